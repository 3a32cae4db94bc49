# shellcheck shell=sh
# Debian's packages for arm64, unpacked below target/arm64 and not installed. Sourced after common.sh
# and apt.sh, with $root set to the repository.

# shellcheck disable=SC2154
ARM64=$root/target/arm64

# Opens a private apt for arm64, to which nothing is installed, in the directory of what was downloaded.
arm64_apt_open() {
    private_apt_open
    mkdir -p "$APT_DIR/status" && : >"$APT_DIR/status/none"
    private_apt_sources "$(distribution_codename)" && cd "$ARM64/download" && for_arm64 update
}

# for_arm64 OPTION…: apt-get for arm64.
for_arm64() {
    private_apt apt-get -qq -o APT::Architecture=arm64 -o APT::Architectures::=arm64 \
        -o "Dir::State::status=$APT_DIR/status/none" -o APT::Sandbox::User= "$@"
}

# arm64_closure PACKAGE…: prints these and all that they depend on, for the machine's own release.
arm64_closure() {
    is_debian_family || return 1
    mkdir -p "$ARM64/download"
    (
        arm64_apt_open >"$ARM64/log" 2>&1 &&
            for_arm64 install --simulate --no-install-recommends "$@" >"$ARM64/closure" 2>>"$ARM64/log"
    ) || {
        tail -n 5 "$ARM64/log" "$ARM64/closure" >&2
        return 1
    }
    awk '$1 == "Inst" { sub(/:.*/, "", $2); print $2 }' "$ARM64/closure"
}

# arm64_packages PACKAGE…: unpacks these (without those they depend on) below $ARM64, each once. Fails
# with a message where that is not possible.
arm64_packages() {
    set -- "$@"
    for package; do
        shift
        [ -e "$ARM64/.$package" ] || set -- "$@" "$package"
    done
    [ $# -gt 0 ] || return 0
    if ! is_debian_family; then
        say "$*: only Debian and its family have the packages"
        return 1
    fi
    mkdir -p "$ARM64/download"
    # In a process of its own, so that the private state goes with it.
    (arm64_apt_open && for_arm64 download "$@") >"$ARM64/log" 2>&1 || {
        tail -n 5 "$ARM64/log" >&2
        say "Debian's arm64 packages $* could not be downloaded; the last lines are above"
        return 1
    }
    for package; do
        dpkg-deb --extract "$ARM64/download/${package}"_*.deb "$ARM64" || return 1
        : >"$ARM64/.$package"
    done
}
