#!/bin/sh
# Writes the image of a card to a device, after showing what that device is and asking. Refuses everything that is not
# a whole, removable disk with nothing of it in use. YES=1 does not ask (the checks stay).
#
# flash.sh CARD DEVICE
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/.setup/common.sh"

card=$1
device=${2:-}
[ -n "$device" ] || {
    say "which device? make flash DEVICE=/dev/sdX; these disks can be taken out:"
    lsblk --nodeps --noheadings --output PATH,SIZE,RM,TRAN,VENDOR,MODEL | awk '$3 == 1 || $4 == "usb" || $1 ~ /mmcblk/' >&2
    exit 1
}
[ "$(uname)" = Linux ] || fail "this writes cards on Linux only; docs/hardware.md says how macOS does it"
lsblk --nodeps "$device" >/dev/null 2>&1 || fail "$device is no disk; lsblk lists those that there are"

# field COLUMN: what lsblk says of the device itself.
field() {
    lsblk --nodeps --noheadings --output "$1" "$device" | tr -d ' '
}

[ "$(field TYPE)" = disk ] || fail "$device is a $(field TYPE), not a whole disk: leave out the partition's number"
case "$(field RM)$(field HOTPLUG)$(field TRAN)" in
    1* | ?1* | *usb* | *mmc*) ;;
    *) fail "$device cannot be taken out of this machine, so it is no card" ;;
esac
used=$(lsblk --noheadings --raw --output MOUNTPOINT "$device" | grep . || true)
[ -z "$used" ] || fail "$device is in use ($(printf '%s' "$used" | tr '\n' ' ')): unmount it first"
[ "$(field RO)" = 0 ] || fail "$device is write-protected: look for the lock on the card's side"
have_bytes=$(lsblk --nodeps --noheadings --bytes --output SIZE "$device" | tr -d ' ')
need_bytes=$(wc -c <"$card" | tr -d ' ')
[ "$have_bytes" -ge "$need_bytes" ] ||
    fail "$device has $have_bytes bytes and the card's image $need_bytes: make sdcard SIZE=… makes a smaller one"

lsblk --output PATH,SIZE,TYPE,TRAN,VENDOR,MODEL,FSTYPE,LABEL "$device"
if [ "${YES:-}" != 1 ]; then
    printf 'Everything on %s will be lost. Type its name to go on: ' "$device"
    read -r answer || answer=
    [ "$answer" = "$device" ] || fail "nothing was written"
fi
need_root "write to $device"
as_root dd if="$card" of="$device" bs=4M conv=fsync status=progress
# What comes back from the card, and not from this machine's memory, is what was written, or the card is worn out.
as_root blockdev --flushbufs "$device" 2>/dev/null || :
as_root cmp -n "$need_bytes" "$card" "$device" || fail "$device does not give back what was written: try another card"
say "$device boots Commons now; take it out"
