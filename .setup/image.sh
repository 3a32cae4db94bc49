#!/bin/sh
# Builds the kernel and the programs, and puts them into one image.
#
# image.sh IMAGE [OPTION…]: the options go to mkimage. Every file user/src/bin/NAME.rs, and every
# directory user/src/bin/NAME with a main.rs, is a program: it becomes /bin/NAME.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/.setup/common.sh"
. "$root/.setup/toolchain.sh"
use_toolchain

image=$1
shift
built=$root/target/aarch64-unknown-none/release
# PROFILE: `release`, or `checked` for a kernel that checks itself. The programs are the same in both.
profile=${PROFILE:-release}
elf=$root/target/aarch64-unknown-none-softfloat/$profile/kernel

# DEBUGGED: a program that is put in with all its symbols, for a debugger to find the same addresses in.
debugged=${DEBUGGED:-}

# Two calls, because cargo would unify the features of crates that both sides use.
cargo build --profile "$profile" -p kernel --target aarch64-unknown-none-softfloat
cargo build --release -p user -p shell --target aarch64-unknown-none
if [ -n "$debugged" ]; then
    [ -e "$built/$debugged" ] || fail "there is no program $debugged: PROGRAM is a name such as region or shell"
    cargo build --profile debugger -p user -p shell --bin "$debugged" --target aarch64-unknown-none
    debugged_file=$root/target/aarch64-unknown-none/debugger/$debugged
fi

program_file() {
    if [ "$1" = "$debugged" ]; then
        printf '%s\n' "$debugged_file"
    else
        printf '%s\n' "$built/$1"
    fi
}

for source in "$root"/user/src/bin/*.rs "$root"/user/src/bin/*/main.rs; do
    [ -e "$source" ] || continue
    program=$(basename "${source%/main.rs}" .rs)
    set -- "$@" --program "$program=$(program_file "$program")"
done
set -- "$@" --program "shell=$(program_file shell)"
# Files that every image has, such as /etc/passwd, unless it is given others of these names.
set -- "$@" --usual "$root/user/files=/"
# What `make busybox` has fetched.
busybox=$root/target/busybox/busybox
[ ! -f "$busybox" ] || set -- "$@" --file "/bin/busybox=$busybox"

# Programs expect /bin/sh: Debian's if the tree has one, else BusyBox's, else Commons' own.
if ! [ -e "$root/target/debian/bin/sh" ] || ! printf '%s\n' "$@" | grep -q '^target/debian=/$'; then
    links=$root/target/links
    mkdir -p "$links/bin"
    sh=shell
    [ ! -f "$busybox" ] || sh=busybox
    ln -sfn "$sh" "$links/bin/sh"
    set -- "$@" --tree "$links=/"
fi

mkdir -p "$(dirname "$image")"
cargo run --release -q -p mkimage -- --kernel "$elf" --output "$image" "$@"
cmp -s "$elf" "${image%8.img}.elf" || cp "$elf" "${image%8.img}.elf"
