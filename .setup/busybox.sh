#!/bin/sh
# Fetches Debian's BusyBox for arm64, statically linked and unchanged, and puts it into DIRECTORY as
# `busybox`.
#
# busybox.sh DIRECTORY
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/.setup/common.sh"
. "$root/.setup/apt.sh"
. "$root/.setup/arm64-packages.sh"

arm64_packages busybox-static || fail "no BusyBox: put a static one for arm64 into a directory and use EXTRA=DIR."
mkdir -p "$1"
install -m 755 "$ARM64/bin/busybox" "$1/busybox"
