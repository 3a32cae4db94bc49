#!/bin/sh
# The pinned Rust toolchain with the core library for both bare-metal targets: from rustup, or where its
# server can't be reached, built from the source package of a Debian mirror.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/.setup/common.sh"
. "$root/.setup/toolchain.sh"
. "$root/.setup/core-library.sh"

if have rustup; then
    if ! choose_toolchain; then
        say "adding Rust $PINNED"
        rustup toolchain install "$PINNED" --profile minimal --no-self-update >&2 || true
        choose_toolchain || {
            choose_newer_stable || fail "Rust $PINNED is needed and rustup could not install it.
  With a network: rustup toolchain install $PINNED"
            say "Rust $PINNED could not be had; going on with stable $stable, which is newer"
        }
    fi
elif ! have cargo || ! have rustc; then
    fail "Rust is missing. Install rustup (https://rustup.rs), then stable Rust:
  Debian, Ubuntu:  sudo apt-get install rustup && rustup default stable
  Fedora:          sudo dnf install rustup && rustup-init -y
  Arch:            sudo pacman -S rustup && rustup default stable
  macOS:           brew install rustup && rustup default stable
  and see that cargo is on the PATH."
fi

sysroot=$(rustc --print sysroot)
missing=$(missing_targets "$sysroot")
[ -n "$missing" ] || exit 0

if have rustup; then
    say "adding the targets $missing"
    # shellcheck disable=SC2086 # one argument for each target
    RUST_BACKTRACE=0 rustup target add $missing >&2 || say "rustup could not add them"
    missing=$(missing_targets "$sysroot")
    [ -n "$missing" ] || exit 0
fi
if ! is_debian_family; then
    fail "rustc in $sysroot has no core library for: $missing
  Fedora, Arch, macOS: use rustup's Rust, and with a network: rustup target add $missing"
fi
build_core_library "$sysroot" "$missing"
