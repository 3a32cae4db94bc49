#!/bin/sh
# Compiles and links a static program with musl instead of the compiler's own C library.
#
# musl-cc.sh ROOT COMPILER OPTION…: ROOT has Debian's musl-dev for arm64 unpacked.
set -eu
root=$1
compiler=$2
shift 2
library=$root/usr/lib/aarch64-linux-musl
# shellcheck disable=SC2086 # the compiler and its options
exec $compiler -static -nostdinc -isystem "$root/usr/include/aarch64-linux-musl" -nostartfiles -nostdlib \
    "$library/crt1.o" "$library/crti.o" "$@" -L"$library" \
    -Wl,--start-group -lc -lgcc -lgcc_eh -Wl,--end-group "$library/crtn.o"
