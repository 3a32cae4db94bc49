# shellcheck shell=sh
# What every set-up script needs: messages, root rights, and version comparison. Sourced, not run.

# A line of progress; standard output stays free for results.
say() {
    printf 'setup: %s\n' "$*" >&2
}

# Ends the set-up with what was wrong and what to do.
fail() {
    printf 'setup: error: %s\n' "$*" >&2
    exit 1
}

have() {
    command -v "$1" >/dev/null 2>&1
}

# version_at_least HAVE WANT: compares MAJOR.MINOR.PATCH numerically; missing parts count as 0.
version_at_least() {
    awk -v have="$1" -v want="$2" 'BEGIN {
        split(have, h, "."); split(want, w, ".")
        for (i = 1; i <= 3; i++) if (h[i] + 0 != w[i] + 0) exit (h[i] + 0 < w[i] + 0)
        exit 0
    }'
}

# as_root COMMAND…: runs it with root rights. sudo may ask for a password only where a person can answer.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif [ -n "${CI:-}" ] || ! [ -t 0 ]; then
        sudo -n "$@"
    else
        sudo "$@"
    fi
}

# need_root PURPOSE: ends the set-up if as_root can't work.
need_root() {
    if ! as_root true; then
        fail "root rights are needed to $1: run this as root, or install sudo and allow it."
    fi
}

is_debian_family() {
    have apt-get && have dpkg && [ -r /etc/os-release ]
}

# The distribution's code name; a derivative such as Mint names its Ubuntu base in UBUNTU_CODENAME.
distribution_codename() (
    . /etc/os-release
    printf '%s\n' "${UBUNTU_CODENAME:-${VERSION_CODENAME:-}}"
)
