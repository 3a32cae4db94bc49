#!/bin/sh
# Format, lints and documentation links, for every crate on the target that it is for. Everything is
# checked before the result is told, so that one run shows all there is to mend.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/.setup/common.sh"
. "$root/.setup/toolchain.sh"
use_toolchain

wrong=0
check() {
    printf '== %s\n' "$*"
    "$@" || wrong=$((wrong + 1))
}

kernel="-p kernel -p abi -p arch -p kcore -p bsp --target aarch64-unknown-none-softfloat"
programs="-p user -p shell -p guest -p api --target aarch64-unknown-none"
export RUSTDOCFLAGS="-D warnings -D rustdoc::broken_intra_doc_links"

check cargo fmt --all --check
# shellcheck disable=SC2086 # the variables hold several words each
{
    check cargo clippy --all-targets -- -D warnings
    # Linted with its tests (which `--profile test` means): its programs are not for this machine.
    check cargo clippy -p user --lib --profile test -- -D warnings
    check cargo clippy $kernel -- -D warnings
    check cargo clippy $programs -- -D warnings
    check cargo doc --no-deps
    check cargo doc --no-deps $kernel
    check cargo doc --no-deps $programs
}
exit $((wrong > 0))
