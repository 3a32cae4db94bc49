#!/bin/sh
# Builds the dynamically linked test program into the tree target/dynamic, with the dynamic linkers and
# libraries that it needs at the places where programs look for them: with the compiler's C library, and
# with musl and some of Debian's own programs where they can be had. Says what is left out.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/.setup/common.sh"
. "$root/.setup/apt.sh"
. "$root/.setup/arm64-packages.sh"
. "$root/.setup/c-compiler.sh"
cd "$root"

tree=target/dynamic
programs=$tree/extra/dynamic
source=tests/c/dynamic
rm -rf "$tree"

# build OPTION…: its warnings are errors.
build() {
    # shellcheck disable=SC2086 # the compiler and its options
    $cc -std=gnu11 -O2 -Wall -Wextra -Wpedantic -Werror -DSTART=100 "$@"
}

# program NAME LIBRARY OPTION…: with a library beside it, and the same once more to be opened later.
program() {
    name=$1 library=$2
    shift 2
    build -pthread "$@" -o "$programs/$name" "$source/main.c" -L"$programs" -l:"$library" -Wl,-rpath,"/extra/dynamic"
}

with_glibc() {
    loader=$($cc -print-file-name=ld-linux-aarch64.so.1)
    if [ ! -e "$loader" ]; then
        say "dynamic programs skipped: no shared C library for AArch64 (Debian, Ubuntu: libc6-dev-arm64-cross)"
        return 1
    fi
    mkdir -p "$programs" "$tree/lib/aarch64-linux-gnu"
    for library in ld-linux-aarch64.so.1 libc.so.6; do
        install -m 755 "$($cc -print-file-name=$library)" "$tree/lib/aarch64-linux-gnu/$library"
    done
    # A link, as Debian has it.
    ln -s aarch64-linux-gnu/ld-linux-aarch64.so.1 "$tree/lib/ld-linux-aarch64.so.1"
    build -shared -fPIC -o "$programs/libtest.so" "$source/library.c"
    cp "$programs/libtest.so" "$programs/late.so"
    program dynamic libtest.so -fPIE -pie
    program dynamic-fixed libtest.so -fno-pie -no-pie
}

with_musl() {
    arm64_packages musl musl-dev || return 1
    mkdir -p "$tree/lib"
    install -m 755 "$ARM64/lib/aarch64-linux-musl/libc.so" "$tree/lib/ld-musl-aarch64.so.1"
    set -- sh .setup/musl-cc.sh "$ARM64" "$cc"
    cc="$*"
    MUSL_LINK=shared build -shared -fPIC -o "$programs/libtest-musl.so" "$source/library.c"
    cp "$programs/libtest-musl.so" "$programs/late-musl.so"
    MUSL_LINK=dynamic program dynamic-musl libtest-musl.so -fPIE -pie
}

# Debian's programs as they are.
with_debian() {
    arm64_packages dash coreutils || return 1
    for program in dash seq sort wc sleep; do
        for directory in bin usr/bin; do
            [ ! -f "$ARM64/$directory/$program" ] ||
                install -D -m 755 "$ARM64/$directory/$program" "$tree/extra/debian/$program"
        done
    done
}

cc=$(arm64_compiler)
if [ -z "$cc" ]; then
    say "dynamic programs skipped: no compiler for AArch64 Linux"
elif with_glibc; then
    with_debian || say "Debian's dynamic programs skipped"
    with_musl || say "dynamic programs with musl skipped"
fi
