#!/bin/sh
# Fetches Debian's packages for arm64 and the C library, and puts what programs need of them into DIRECTORY:
# without documentation, and with /bin and /sbin below /usr, where they hide none of Commons' programs.
#
# debian.sh DIRECTORY PACKAGE…: these packages and all that they depend on.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/.setup/common.sh"
. "$root/.setup/apt.sh"
. "$root/.setup/arm64-packages.sh"

tree=$1
shift
[ $# -gt 0 ] || fail 'no packages: say which, as in make debian PACKAGES="dash coreutils"'
packages=$(arm64_closure libc6 "$@") || fail "the packages could not be had: the last lines are above"
# shellcheck disable=SC2086 # a list of words
set -- $packages
arm64_packages "$@" || fail "the packages could not be had"
rm -rf "$tree"
mkdir -p "$tree/usr"
for package; do
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
# What Debian's alternatives would choose; scripts name the shells by these paths.
link() {
    if [ -e "$tree/usr/bin/$1" ] && ! [ -e "$tree/$2" ]; then
        mkdir -p "$(dirname "$tree/$2")"
        ln -s "$3$1" "$tree/$2"
    fi
}
link gawk usr/bin/awk ''
link mawk usr/bin/awk ''
link vim.tiny usr/bin/vi ''
for shell in sh bash dash; do
    link "$shell" "bin/$shell" ../usr/bin/
done
mkdir -p "$tree/etc"
ln -sfn ../proc/self/mounts "$tree/etc/mtab"
# Where Debian has /lib as a link to /usr/lib, its packages have nothing in /lib.
linker=ld-linux-aarch64.so.1
if [ ! -e "$tree/lib/$linker" ]; then
    mkdir -p "$tree/lib"
    ln -s "../usr/lib/$linker" "$tree/lib/$linker"
fi
