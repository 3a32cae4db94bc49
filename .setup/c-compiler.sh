# shellcheck shell=sh
# Finds a C compiler for AArch64 Linux. Sourced after common.sh.

# Prints the compiler with its options, or nothing.
arm64_compiler() {
    if have aarch64-linux-gnu-gcc; then
        echo aarch64-linux-gnu-gcc
    elif [ "$(uname -sm)" = "Linux aarch64" ] && have cc; then
        echo cc
    elif have clang && have ld.lld; then
        echo "clang --target=aarch64-linux-gnu -fuse-ld=lld"
    fi
}
