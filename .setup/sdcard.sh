#!/bin/sh
# Makes the image of an SD card that all supported boards boot from. SIZE is that of the whole card, FIRMWARE a folder
# with the boards' firmware in place of Debian's package.
#
# sdcard.sh CARD KERNEL8.IMG
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/.setup/common.sh"
. "$root/.setup/toolchain.sh"
use_toolchain

sh "$root/.setup/firmware.sh" "$root/target/firmware"
exec cargo run --release -q -p mkcard -- --output "$1" --size "${SIZE:-256M}" \
    --file "kernel8.img=$2" --tree "/=$root/bsp/mkcard/files" --tree "/=$root/target/firmware"
