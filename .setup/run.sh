#!/bin/sh
# Runs the image in QEMU with the serial line on this terminal, and leaves the terminal as it was.
# run.sh IMAGE [QEMU ARGUMENT…]
set -eu
image=$1
shift

if [ -t 0 ]; then
    # QEMU restores the terminal itself, unless it is killed.
    terminal=$(stty -g)
    trap 'stty "$terminal"' EXIT
    trap 'exit 130' INT TERM HUP
    echo "Ctrl-A X ends QEMU, Ctrl-A C is its monitor." >&2
fi
status=0
qemu-system-aarch64 -M "${COMMONS_BOARD:-raspi3b}" -kernel "$image" -serial mon:stdio -display none "$@" || status=$?
exit "$status"
