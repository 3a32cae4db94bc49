#!/bin/sh
# Fetches Debian's packages for arm64 and the C library, and puts what programs need of them into DIRECTORY:
# without documentation, and with /bin and /sbin below /usr, where they hide none of Commons' programs.
#
# debian.sh DIRECTORY PACKAGE…: these packages only, not those that they depend on.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/.setup/common.sh"
. "$root/.setup/apt.sh"
. "$root/.setup/arm64-packages.sh"

tree=$1
shift
[ $# -gt 0 ] || fail 'no packages: say which, as in make debian PACKAGES="dash coreutils"'
arm64_packages libc6 "$@" || fail "the packages could not be had"
rm -rf "$tree"
mkdir -p "$tree/usr"
for package in libc6 "$@"; do
    dpkg-deb --extract "$ARM64/download/${package}"_*.deb "$tree"
done
rm -rf "$tree/usr/share/doc" "$tree/usr/share/man" "$tree/usr/share/locale" "$tree/usr/share/lintian" \
    "$tree"/usr/lib/*/gconv "$tree/usr/include"
for directory in bin sbin; do
    [ -d "$tree/$directory" ] || continue
    mkdir -p "$tree/usr/$directory"
    cp -a "$tree/$directory/." "$tree/usr/$directory/"
    rm -r "${tree:?}/$directory"
done
# Where Debian has /lib as a link to /usr/lib, its packages have nothing in /lib.
linker=ld-linux-aarch64.so.1
if [ ! -e "$tree/lib/$linker" ]; then
    mkdir -p "$tree/lib"
    ln -s "../usr/lib/$linker" "$tree/lib/$linker"
fi
