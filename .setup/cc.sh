#!/bin/sh
# A C compiler as the linker of what is built for this machine (the image builder, build scripts, tests).
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/.setup/common.sh"
. "$root/.setup/apt.sh"

! have cc || exit 0

if ! is_debian_family; then
    fail "a C compiler is needed to link programs for this machine. Install it:
  Fedora:  sudo dnf install gcc
  Arch:    sudo pacman -S gcc
  macOS:   xcode-select --install"
fi
release=$(distribution_codename)
say "no C compiler found: reading the package lists of $release"
private_apt_open
private_apt_update "$release" "$release-updates" ||
    fail "no source for $release found in /etc/apt, so gcc can't be installed. Install gcc and libc6-dev."
private_apt_install "" gcc libc6-dev
