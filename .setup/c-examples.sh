#!/bin/sh
# Builds the C examples into target/c, where a C compiler for AArch64 Linux is installed; says so
# where there is none. posix, signals and threads need a C library for the target, the others only the headers.
#
# The last line is the number of programs that were built.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/.setup/common.sh"
cd "$root"

out=target/c
rm -rf "$out"
mkdir -p "$out"
built=0

compiler() {
    if have aarch64-linux-gnu-gcc; then
        echo aarch64-linux-gnu-gcc
    elif [ "$(uname -sm)" = "Linux aarch64" ] && have cc; then
        echo cc
    elif have clang && have ld.lld; then
        echo "clang --target=aarch64-linux-gnu -fuse-ld=lld"
    fi
}

# example NAME OPTION…: its warnings are errors.
example() {
    name=$1
    shift
    # shellcheck disable=SC2086 # the compiler and its options
    $cc -std=gnu11 -O2 -Wall -Wextra -Wpedantic -Werror -fno-stack-protector -fno-pie -no-pie \
        -static "$@" -o "$out/$name" "tests/c/$name.c"
    built=$((built + 1))
}

# Whether the compiler finds a C library for the target.
has_library() {
    # shellcheck disable=SC2086
    printf '#include <semaphore.h>\nint main(void) { return 0; }\n' |
        $cc -static -x c - -o "$out/probe" 2>/dev/null && rm "$out/probe"
}

cc=$(compiler)
if [ -z "$cc" ]; then
    say "C examples skipped: no compiler for AArch64 Linux (Debian, Ubuntu:
  apt-get install gcc-aarch64-linux-gnu libc6-dev-arm64-cross)"
else
    for name in mapping offers topics; do
        example "$name" -ffreestanding -nostdlib -I user/include
    done
    if has_library; then
        example posix -pthread
        example signals
        example threads -pthread
    else
        say "C examples posix, signals and threads skipped: no C library for AArch64 (Debian, Ubuntu: libc6-dev-arm64-cross)"
    fi
fi
echo "$built"
