#!/bin/sh
# rustfmt and clippy, which rustup's minimal profile leaves out.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/.setup/common.sh"
. "$root/.setup/toolchain.sh"

use_toolchain
bin=$(rustc --print sysroot)/bin
if [ -x "$bin/cargo-fmt" ] && [ -x "$bin/cargo-clippy" ]; then
    exit 0
fi
say "adding rustfmt and clippy to the toolchain"
if ! have rustup || ! rustup component add rustfmt clippy >&2; then
    fail "rustfmt and clippy are missing beside rustc in $bin.
  'make check' and 'make test' need them ('make run' does not). With a network:
  rustup component add rustfmt clippy"
fi
