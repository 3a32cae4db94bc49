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
case ${SCREEN:-} in
'' | 0) display=none ;;
vnc) display=vnc=127.0.0.1:0 && echo "The screen is served by VNC on 127.0.0.1:5900." >&2 ;;
vnc:[0-9]*) display=vnc=127.0.0.1:${SCREEN#vnc:} ;;
1) display=$(qemu-system-aarch64 -display help | awk '/^(gtk|sdl|cocoa)$/ { print; exit }') ;;
*) echo "SCREEN is 1 for a window, or vnc, or vnc:N for port 5900 + N" >&2 && exit 2 ;;
esac
if [ -z "$display" ]; then
    echo "This QEMU opens no windows (Debian, Ubuntu: apt-get install qemu-system-gui); SCREEN=vnc serves the screen." >&2
    exit 1
fi
set -- -M "${COMMONS_BOARD:-raspi3b}" -kernel "$image" -serial mon:stdio -display "$display" "$@"
# Whoever ends this script ends QEMU then.
[ -t 0 ] || exec qemu-system-aarch64 "$@"
status=0
qemu-system-aarch64 "$@" || status=$?
exit "$status"
