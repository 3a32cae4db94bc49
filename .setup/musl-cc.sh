#!/bin/sh
# Compiles and links with musl instead of the compiler's own C library.
#
# musl-cc.sh ROOT COMPILER OPTION…: ROOT has Debian's musl-dev for arm64 unpacked. MUSL_LINK says what is
# made: `static` (a program, as without it), `dynamic` (a program that the dynamic linker loads) or
# `shared` (a library).
set -eu
root=$1
compiler=$2
shift 2
library=$root/usr/lib/aarch64-linux-musl
begin="$library/crt1.o"
how=-static
libraries="-L$library -Wl,--start-group -lc -lgcc -lgcc_eh -Wl,--end-group"
case ${MUSL_LINK:-static} in
dynamic)
    begin="$library/Scrt1.o"
    how=-Wl,-dynamic-linker,/lib/ld-musl-aarch64.so.1
    ;;
shared) begin='' how='' ;;
esac
if [ "${MUSL_LINK:-static}" != static ]; then
    # By its own name: the link for development may lead to the machine that the packages are for.
    libraries="-L$root/lib/aarch64-linux-musl -l:libc.so -lgcc"
fi
# shellcheck disable=SC2086 # words
exec $compiler $how -nostdinc -isystem "$root/usr/include/aarch64-linux-musl" -nostartfiles -nostdlib \
    $begin "$library/crti.o" "$@" $libraries "$library/crtn.o"
