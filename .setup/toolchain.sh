# shellcheck shell=sh
# Chooses the Rust toolchain: sets RUSTUP_TOOLCHAIN to an installed toolchain of the version pinned in
# rust-toolchain.toml, whatever its name, so that a machine that has the version downloads nothing.
# Sourced after common.sh, with $root set to the repository.

# shellcheck disable=SC2154
PINNED=$(sed -n 's/^channel *= *"\(.*\)"/\1/p' "$root/rust-toolchain.toml")
TOOLCHAINS=${RUSTUP_HOME:-${HOME:-}/.rustup}/toolchains

# The version of an installed toolchain whose directory name starts with NAME-, nothing if there is none.
installed_version() {
    for toolchain in "$TOOLCHAINS/$1"-*; do
        [ -x "$toolchain/bin/rustc" ] || continue
        "$toolchain/bin/rustc" --version | cut -d ' ' -f 2
        return
    done
}

# Succeeds if a toolchain is chosen: one the caller set, the pinned one, or a stable of that version.
# A stable that is newer comes last: it is used where the pinned version can't be had.
choose_toolchain() {
    [ -z "${RUSTUP_TOOLCHAIN:-}" ] || return 0
    if [ -n "$(installed_version "$PINNED")" ]; then
        RUSTUP_TOOLCHAIN=$PINNED
    elif [ "$(installed_version stable)" = "$PINNED" ]; then
        RUSTUP_TOOLCHAIN=stable
    else
        return 1
    fi
    export RUSTUP_TOOLCHAIN
}

choose_newer_stable() {
    stable=$(installed_version stable)
    if [ -z "$stable" ] || ! version_at_least "$stable" "$PINNED"; then
        return 1
    fi
    RUSTUP_TOOLCHAIN=stable
    export RUSTUP_TOOLCHAIN
}

# For everything that runs after the set-up.
use_toolchain() {
    ! have rustup || choose_toolchain || choose_newer_stable || fail "Rust $PINNED is missing: run 'make setup'."
}
