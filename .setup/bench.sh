#!/bin/sh
# Measures what Commons costs, in instructions. bench.sh ARGUMENT… goes to tests/src/bin/bench, which
# writes into the documents or, with --compare, only prints.
#
# The image has the program of tests/ipcbench besides, built as it was for Linux's figures.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/.setup/common.sh"
. "$root/.setup/toolchain.sh"
. "$root/.setup/c-compiler.sh"
cd "$root"

cc=$(arm64_compiler)
[ -n "$cc" ] || fail "the comparison with Linux needs a compiler for AArch64 Linux (Debian, Ubuntu:
  apt-get install gcc-aarch64-linux-gnu)"
out=target/bench
mkdir -p "$out"
# shellcheck disable=SC2086 # the compiler and its options
$cc -O2 -static -nostdlib -ffreestanding -Wall -Wextra -Werror -o "$out/ipcbench" tests/ipcbench/ipcbench.c
sh .setup/image.sh "$out/kernel8.img" --file "/extra/ipcbench=$out/ipcbench"

# The kernel that counts its locks is for one part, which is measured too when none is named.
parts=cores
for word in "$@"; do
    case $word in
    cores) parts=cores && break ;;
    --compare | linux | growth | memory | messages | screen | in-time) parts=others ;;
    esac
done
[ "$parts" = others ] || PROFILE=checked sh .setup/image.sh "$out/checked/kernel8.img"

use_toolchain
export COMMONS_IMAGE="$root/$out/kernel8.img" COMMONS_CHECKED_IMAGE="$root/$out/checked/kernel8.img"
exec cargo run --release -q -p tests --bin bench -- "$@"
