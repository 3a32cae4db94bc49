#!/bin/sh
# Builds the C programs of the tests and of user/c into target/c, where a C compiler for AArch64 Linux is
# installed; says so where there is none. mapping, offers and topics need nothing but the headers, the
# others a C library for the target. The conformance set is built with that library, and with musl where
# it can be had.
#
# The last line is the number of programs that were built.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/.setup/common.sh"
. "$root/.setup/apt.sh"
. "$root/.setup/arm64-packages.sh"
. "$root/.setup/c-compiler.sh"
cd "$root"

out=target/c
rm -rf "$out"
mkdir -p "$out"
built=0

# example SOURCE OPTION…: its warnings are errors.
example() {
    source=$1
    name=$(basename "$source" .c)
    shift
    # shellcheck disable=SC2086 # the compiler and its options
    $cc -std=gnu11 -O2 -Wall -Wextra -Wpedantic -Werror -fno-stack-protector -fno-pie -no-pie \
        -static "$@" -o "$out/$name" "$source"
    built=$((built + 1))
}

# check_on_host NAME: what a program of user/c prints on Commons is what it prints on Linux, where the host
# can run it.
check_on_host() {
    # This emulator keeps no lists of robust mutexes.
    [ "$1" != mutex ] && have qemu-aarch64 || return 0
    if ! qemu-aarch64 "$out/$1" | cmp -s - "user/c/$1.expected"; then
        fail "user/c/$1 prints on this host something else than user/c/$1.expected"
    fi
}

# conformance NAME COMPILER…: the whole set in one program. Its cases call with arguments that compilers
# warn of.
conformance() {
    name=$1
    shift
    "$@" -std=gnu11 -O1 -Wall -Wextra -Werror -Wno-nonnull -Wno-stringop-overflow -Wno-stringop-overread -fno-stack-protector -fno-pie -no-pie \
        -pthread -I tests/posix -o "$out/$name" tests/posix/*.c
    built=$((built + 1))
}

# Whether the compiler finds a C library for the target.
has_library() {
    # shellcheck disable=SC2086
    printf '#include <semaphore.h>\nint main(void) { return 0; }\n' |
        $cc -static -x c - -o "$out/probe" 2>/dev/null && rm "$out/probe"
}

cc=$(arm64_compiler)
if [ -z "$cc" ]; then
    say "C examples skipped: no compiler for AArch64 Linux (Debian, Ubuntu:
  apt-get install gcc-aarch64-linux-gnu libc6-dev-arm64-cross)"
else
    for name in mapping offers topics; do
        example "tests/c/$name.c" -ffreestanding -nostdlib -I user/include
    done
    if has_library; then
        for name in posix signals threads; do
            example "tests/c/$name.c" -pthread
        done
        for source in user/c/*.c; do
            example "$source" -pthread
            check_on_host "$name"
        done
        # shellcheck disable=SC2086
        conformance conform-glibc $cc -static
    else
        say "C examples posix, signals and threads skipped: no C library for AArch64 (Debian, Ubuntu: libc6-dev-arm64-cross)"
    fi
    if arm64_packages musl-dev; then
        conformance conform-musl sh .setup/musl-cc.sh "$ARM64" "$cc"
    else
        say "conformance with musl skipped"
    fi
fi
echo "$built"
