#!/bin/sh
# Boots, runs CMD or SCRIPT, and writes which functions of the kernel were entered meanwhile, and which
# exceptions were taken.
#
# trace.sh OUTPUT [WORD…]: only what has one of these words in its name.
#
# Instructions are counted (-icount), so all cores run in turn in one thread of the emulator: lines of
# two cores do not mix, and the same commands give the same trace.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/.setup/common.sh"
. "$root/.setup/toolchain.sh"
use_toolchain
output=$1
shift
[ -n "${CMD:-}${SCRIPT:-}" ] || fail 'what is to be traced? make trace CMD="region create /plan 64K"'

cargo build -q --release -p tests --bin trace
log=$root/target/trace.fifo
rm -f "$log"
mkfifo "$log"
trap 'rm -f "$log"' EXIT
kernel=$root/target/script/kernel.elf
{
    machine=0
    sh "$root/.setup/script.sh" -icount shift=0,sleep=off -d exec,int,nochain \
        -dfilter 0xffffff8000000000..0xffffffffffffffff -D "$log" || machine=$?
    echo "$machine" >"$log.status"
    # Ends a reader that still waits for an emulator which was never started.
    : <>"$log"
} >&2 &
status=0
"$root/target/release/trace" "$log" "$kernel" "$output" "$@" || status=$?
wait
[ "$status" -ne 0 ] || status=$(cat "$log.status")
rm -f "$log.status"
[ "$status" -ne 0 ] || say "$output has it line by line"
exit "$status"
