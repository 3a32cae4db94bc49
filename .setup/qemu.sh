#!/bin/sh
# QEMU with the machines raspi3b and raspi4b: 9.0 or later. From the distribution's own package, or where
# that is older, from the distribution's own backports suite.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/.setup/common.sh"
. "$root/.setup/apt.sh"

WANTED=9.0

qemu_version() {
    qemu-system-aarch64 --version 2>/dev/null | sed -n 's/^QEMU emulator version \([0-9.]*\).*/\1/p'
}

# The upstream part of a Debian version: 1:10.0.8+ds-0+deb13u1 → 10.0.8
upstream() {
    printf '%s\n' "$1" | sed 's/^[0-9]*://; s/[^0-9.].*//'
}

good_enough() {
    [ -n "$1" ] && version_at_least "$(upstream "$1")" "$WANTED"
}

if have qemu-system-aarch64 && good_enough "$(qemu_version)"; then
    exit 0
fi

if ! is_debian_family; then
    fail "QEMU $WANTED or later with qemu-system-aarch64 is needed. Install it:
  Fedora:  sudo dnf install qemu-system-aarch64
  Arch:    sudo pacman -S qemu-system-aarch64
  macOS:   brew install qemu"
fi

release=$(distribution_codename)
backports=$release-backports
say "QEMU $WANTED or later is missing: reading the package lists of $release"
private_apt_open
private_apt_update "$release" "$release-updates" "$backports" ||
    fail "no source for $release found in /etc/apt, so QEMU can't be installed. Install QEMU $WANTED or later."

suite=
found=$(package_version qemu-system-arm)
if ! good_enough "$found"; then
    suite=$backports
    found=$(package_version qemu-system-arm "$suite")
fi
if ! good_enough "$found"; then
    cat "$APT_DIR/log" >&2
    fail "$release and $backports offer qemu-system-arm ${found:-not at all}; $WANTED or later is needed.
  Ubuntu 24.04: sudo add-apt-repository cloud-archive:epoxy && sudo apt-get install qemu-system-arm
  Elsewhere: upgrade the distribution, or build QEMU from source (target aarch64-softmmu)."
fi
private_apt_install "$suite" qemu-system-arm
good_enough "$(qemu_version)" ||
    fail "qemu-system-arm $found is installed, but qemu-system-aarch64 --version says '$(qemu_version)'."
say "QEMU $(qemu_version) is installed"
