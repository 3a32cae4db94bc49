#!/bin/sh
# Gathers the boards' firmware in FOLDER: what a card needs beside the kernel. The files come from the folder that
# FIRMWARE names, or from Debian's package raspi-firmware. They belong to Broadcom and Raspberry Pi, may be passed on
# unchanged with their notice and are for use with a Raspberry Pi: they are never part of this repository.
#
# firmware.sh FOLDER
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/.setup/common.sh"
. "$root/.setup/apt.sh"

folder=$1
package=raspi-firmware
# bootcode.bin, start.elf and fixup.dat are for the boards with a BCM2837, the two with a 4 for the Pi 4.
needed='bootcode.bin start.elf fixup.dat start4.elf fixup4.dat'

# Copies the needed files from DIRECTORY, and what else the firmware would look for.
take_from() {
    for file in $needed; do
        [ -f "$1/$file" ] || fail "$1 has no $file: a card for all boards needs $needed, all of one release"
    done
    rm -rf "$folder"
    mkdir -p "$folder"
    for file in $needed; do
        cp "$1/$file" "$folder/"
    done
    # Device trees tell the kernel of the board; the firmware goes on without.
    for file in "$1"/bcm27*.dtb "$1"/LICENCE*; do
        [ ! -f "$file" ] || cp "$file" "$folder/"
    done
}

# Debian has the firmware in a component that few machines take packages from: it is added to the private sources alone.
add_component() {
    for list in "$APT_DIR/parts/machine.list"; do
        [ ! -f "$list" ] || sed -i '/^deb/s/$/ non-free-firmware/' "$list"
    done
    for list in "$APT_DIR/parts/machine.sources"; do
        [ ! -f "$list" ] || sed -i '/^[Cc]omponents:/s/$/ non-free-firmware/' "$list"
    done
}

fetch() {
    is_debian_family ||
        fail "only Debian and its family have the package $package: put the files of the folder boot of https://github.com/raspberrypi/firmware into a directory, and say FIRMWARE=DIRECTORY"
    download=$root/target/firmware-package
    mkdir -p "$download"
    (
        private_apt_open
        private_apt_sources "$(distribution_codename)" && add_component && cd "$download" || exit 1
        private_apt apt-get -qq -o APT::Sandbox::User= update
        private_apt apt-get -qq -o APT::Sandbox::User= download "$package"
    ) >"$download/log" 2>&1 || {
        tail -n 5 "$download/log" >&2
        fail "the package $package could not be downloaded, the last lines are above; FIRMWARE=DIRECTORY takes the files from there"
    }
    dpkg-deb --extract "$download/${package}"_*.deb "$download/files"
    take_from "$download/files/usr/lib/$package"
    cp "$download/files/usr/share/doc/$package/copyright" "$folder/LICENCE.txt"
}

if [ -n "${FIRMWARE:-}" ]; then
    [ -d "$FIRMWARE" ] || fail "FIRMWARE=$FIRMWARE is no directory"
    take_from "$FIRMWARE"
elif [ ! -f "$folder/LICENCE.txt" ]; then
    say "fetching the boards' firmware (package $package)"
    fetch
fi
