# shellcheck shell=sh
# A private apt: the machine's own mirrors and keys, but suites of our choice and lists of our own, so
# that the system's sources and package lists stay as they are. Sourced after common.sh.

# Prints each one-line source of the machine that serves SUITE, with SUITE replaced by each of the others.
# one_line_sources FILE SUITE NEW…
one_line_sources() (
    file=$1 suite=$2
    shift 2
    awk -v suite="$suite" -v new="$*" '
        /^[ \t]*deb[ \t]/ {
            at = 3
            if ($2 ~ /^\[/) { at = 2; while (at < NF && $at !~ /\]$/) at++; at += 2 }
            if ($at != suite) next
            count = split(new, suites, " ")
            for (i = 1; i <= count; i++) { $at = suites[i]; print }
        }' "$file"
)

# The same for the deb822 format: the stanza is repeated whole, so that keys written into it come along.
deb822_sources() (
    file=$1 suite=$2
    shift 2
    awk -v suite="$suite" -v new="$*" '
        function flush() {
            if (serves && !off) print stanza "Types: deb\nSuites: " new "\n"
            stanza = ""; serves = 0; off = 0; skip = 0
        }
        /^[ \t]*$/ { flush(); next }
        /^#/ { next }
        /^[^ \t]/ { field = tolower($1); skip = (field == "types:" || field == "suites:") }
        tolower($1) == "enabled:" && tolower($2) == "no" { off = 1 }
        field == "suites:" { for (i = 1; i <= NF; i++) if ($i == suite) serves = 1 }
        !skip { stanza = stanza $0 "\n" }
        END { flush() }' "$file"
)

# private_apt_sources SUITE…: writes sources for these suites into $APT_DIR, from every source of the
# machine that serves its own release (by code name, or by the moving names some machines use). The
# security suite often lies on a mirror of its own: it is taken as the machine has it.
private_apt_sources() {
    release=$(distribution_codename)
    for own in "$release" stable testing unstable sid; do
        [ -z "$own" ] || private_apt_sources_like "$own" "$@"
    done
    [ -s "$APT_DIR/parts/machine.list" ] || [ -s "$APT_DIR/parts/machine.sources" ] || return 1
    [ -z "$release" ] || private_apt_sources_like "$release-security" "$release-security"
}

# private_apt_sources_like OWN SUITE…: for every source of the machine with the suite OWN.
private_apt_sources_like() {
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
        [ ! -r "$file" ] || one_line_sources "$file" "$@"
    done >>"$APT_DIR/parts/machine.list"
    for file in /etc/apt/sources.list.d/*.sources; do
        [ ! -r "$file" ] || deb822_sources "$file" "$@"
    done >>"$APT_DIR/parts/machine.sources"
}

# Opens the private state. It lives in a temporary directory, which private_apt_close removes.
private_apt_open() {
    APT_DIR=$(mktemp -d "${TMPDIR:-/tmp}/commons-setup.XXXXXX")
    trap private_apt_close EXIT
    trap 'exit 130' INT TERM HUP
    # apt's download user must be able to enter it.
    chmod 755 "$APT_DIR"
    mkdir -p "$APT_DIR/parts" "$APT_DIR/lists/partial" "$APT_DIR/cache/archives/partial"
}

private_apt_close() {
    rm -rf "$APT_DIR" 2>/dev/null || as_root rm -rf "$APT_DIR"
}

# private_apt COMMAND ARGUMENT…: apt-get or apt-cache (with what it takes to be root before it) on the
# private lists.
private_apt() {
    "$@" \
        -o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$APT_DIR/parts" \
        -o "Dir::State::Lists=$APT_DIR/lists" -o "Dir::Cache=$APT_DIR/cache" \
        -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3
}

# private_apt_update SUITE…: reads the package lists of these suites. A suite that a mirror does not have
# is no error here: what counts is whether the package is found afterwards.
private_apt_update() {
    rm -f "$APT_DIR"/parts/*
    private_apt_sources "$@" || return 1
    private_apt apt-get -qq update >"$APT_DIR/log" 2>&1 || true
}

# package_version PACKAGE [SUITE]: the version that an installation would take, nothing if there is none.
package_version() {
    private_apt apt-cache policy "$1" ${2:+-t "$2"} 2>/dev/null |
        awk '$1 == "Candidate:" && $2 != "(none)" { print $2 }'
}

# private_apt_install SUITE PACKAGE…: installs without a question; an empty SUITE is the release's own.
private_apt_install() {
    suite=$1
    shift
    need_root "install $*"
    say "installing $*"
    if ! private_apt as_root env DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l \
        apt-get install -y -qq --no-install-recommends ${suite:+-t "$suite"} "$@" >"$APT_DIR/log" 2>&1; then
        tail -n 20 "$APT_DIR/log" >&2
        fail "apt-get could not install $*; its last lines are above."
    fi
}
