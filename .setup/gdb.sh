#!/bin/sh
# Attaches GDB to a halted or running QEMU, with the kernel's symbols, Commons' commands, and a program's
# symbols if one is named.
#
# gdb.sh KERNEL_ELF PORT [PROGRAM]
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/.setup/common.sh"
. "$root/.setup/apt.sh"
elf=$1
port=$2
program=${3:-}

# A GDB that knows arm64: Debian's plain gdb is the machine's own kind alone.
find_gdb() {
    for gdb in gdb-multiarch aarch64-linux-gnu-gdb aarch64-none-elf-gdb aarch64-elf-gdb gdb; do
        # Debian's plain gdb says "Undefined item".
        if have "$gdb" && "$gdb" -nx -batch -ex 'set architecture aarch64' 2>&1 | grep -q 'assumed to be aarch64\|set to "aarch64"'; then
            printf '%s\n' "$gdb"
            return
        fi
    done
    return 1
}

if ! gdb=$(find_gdb); then
    if ! is_debian_family; then
        fail "a GDB that knows arm64, with Python, is needed. Install it:
  Fedora:  sudo dnf install gdb
  Arch:    sudo pacman -S aarch64-linux-gnu-gdb
  macOS:   brew install aarch64-elf-gdb"
    fi
    release=$(distribution_codename)
    say "a GDB for arm64 is missing: reading the package lists of $release"
    private_apt_open
    private_apt_update "$release" "$release-updates" ||
        fail "no source for $release found in /etc/apt, so gdb-multiarch can't be installed. Install it."
    private_apt_install "" gdb-multiarch
    gdb=$(find_gdb) || fail "gdb-multiarch is installed, but does not know arm64"
    say "$gdb is installed"
fi

[ -f "$elf" ] || fail "$elf is not there: \`make debug\` in another terminal makes it"
export COMMONS_PROGRAMS="$root/target/aarch64-unknown-none/debugger"
set -- -q "$elf" -ex "source $root/.setup/gdb/commons.py" -ex "target remote 127.0.0.1:$port"
[ -z "$program" ] || set -- "$@" -ex "commons program $program"
exec "$gdb" "$@" ${GDB_ARGS:-}
