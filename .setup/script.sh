#!/bin/sh
# Boots, runs a script of the shell, prints what it prints and nothing else, and ends with its status.
# Takes the line from CMD or the file's name from SCRIPT.
# script.sh [QEMU ARGUMENT…]
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
work=$root/target/script
mark="commons-script-$$"

rm -rf "$work"
mkdir -p "$work/tree/etc"
if [ -n "${SCRIPT:-}" ]; then
    [ -r "$SCRIPT" ] || { echo "SCRIPT=$SCRIPT: cannot be read" >&2; exit 2; }
    cp "$SCRIPT" "$work/tree/etc/run"
else
    printf '%s\n' "$CMD" >"$work/tree/etc/run"
fi
printf '%s\n' "console:root:wait:/bin/echo $mark" 'console:root:end:/bin/shell /etc/run' >"$work/tree/etc/inittab"
# What cargo says is of interest where something is wrong.
sh "$root/.setup/image.sh" "$work/kernel8.img" --tree "$work/tree=/" ${EXTRA:+--tree "$EXTRA=/extra"} \
    >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }

# The kernel's messages come before the mark; the serial line ends its lines with CR LF.
{
    status=0
    qemu-system-aarch64 -M "${COMMONS_BOARD:-raspi3b}" -kernel "$work/kernel8.img" -serial stdio -monitor none \
        -display none -semihosting -no-reboot "$@" </dev/null || status=$?
    echo "$status" >"$work/status"
} | awk -v mark="$mark" '{ sub(/\r$/, "") } begun { print; fflush() } $0 == mark { begun = 1 }'
status=$(cat "$work/status")
exit "$status"
