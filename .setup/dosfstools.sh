#!/bin/sh
# fsck.fat, with which the tests check the cards that Commons has written.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/.setup/common.sh"
. "$root/.setup/apt.sh"

if have fsck.fat || [ -x /usr/sbin/fsck.fat ]; then
    exit 0
fi

if ! is_debian_family; then
    fail "fsck.fat is needed to check SD cards in the tests. Install it:
  Fedora:  sudo dnf install dosfstools
  Arch:    sudo pacman -S dosfstools
  macOS:   brew install dosfstools"
fi

release=$(distribution_codename)
say "fsck.fat is missing: reading the package lists of $release"
private_apt_open
private_apt_update "$release" "$release-updates" ||
    fail "no source for $release found in /etc/apt, so dosfstools can't be installed. Install it."
private_apt_install "" dosfstools
say "dosfstools is installed"
