# shellcheck shell=sh
# The core library (core, alloc, compiler_builtins) for the bare-metal targets in a toolchain's directory:
# what is missing, and how to build it from Debian's rust-src package. Sourced after common.sh.
#
# Two builds of core in one directory break every build (E0464), and a build by another compiler too
# (E0514). So what is built here is listed in a file beside it, with the compiler's version in its first
# line, and taken away again when an official copy or another compiler has come.
# shellcheck disable=SC2154 # root is set by the script that sources this one
. "$root/.setup/apt.sh"

TARGETS="aarch64-unknown-none-softfloat aarch64-unknown-none"
LISTING=commons-core-library

# missing_targets SYSROOT: prints the targets that have no core library fit for this compiler.
missing_targets() {
    for target in $TARGETS; do
        library=$1/lib/rustlib/$target
        [ ! -e "$library/$LISTING" ] || drop_stale_library "$library"
        set -- "$1" "$library"/lib/libcore-*.rlib
        [ -e "$2" ] || printf '%s ' "$target"
    done
}

# Removes our own build if the compiler is another one by now, or an official copy lies beside it.
drop_stale_library() {
    own=$(sed -n '/^libcore-/p' "$1/$LISTING")
    foreign=$(cd "$1/lib" && find . -name 'libcore-*.rlib' ! -name "$own")
    if [ -z "$foreign" ] && [ "$(head -n 1 "$1/$LISTING")" = "$(rustc --version)" ]; then
        return
    fi
    sed 1d "$1/$LISTING" | while read -r file; do
        rm -f "$1/lib/$file"
    done
    rm -f "$1/$LISTING"
}

# fetch_rust_source VERSION: unpacks rust-src of exactly that version into $APT_DIR/source.
fetch_rust_source() {
    for suite in "$(distribution_codename)-backports" trixie-backports sid; do
        private_apt_update "$suite" || fail "no source of packages found in /etc/apt."
        package=$(private_apt apt-cache madison rust-src 2>/dev/null |
            awk -v version="$1" 'index($3, version "+") == 1 || index($3, version "-") == 1 { print $3; exit }')
        [ -z "$package" ] || break
    done
    [ -n "$package" ] || return 1
    say "building core and alloc from rust-src $package of $suite"
    (cd "$APT_DIR" && private_apt apt-get -qq download "rust-src=$package") >"$APT_DIR/log" 2>&1 ||
        fail "could not download rust-src $package: $(tail -n 3 "$APT_DIR/log")"
    mkdir "$APT_DIR/source"
    dpkg-deb -x "$APT_DIR"/rust-src_*.deb "$APT_DIR/source"
}

# build_core_library SYSROOT TARGETS: builds with the flags of an official build, and lays the result in.
build_core_library() {
    sysroot=$1
    targets=$2
    version=$(rustc --version | cut -d ' ' -f 2)
    private_apt_open
    fetch_rust_source "$version" || fail "the targets $targets are missing: rustup could not add them,
  and the package mirrors have no rust-src $version to build them from.
  With a network: rustup target add $targets"
    # shellcheck disable=SC2046,SC2086 # one option for each target
    (
        cd "$APT_DIR"
        RUSTC_BOOTSTRAP=1 RUSTFLAGS="-Zforce-unstable-if-unmarked -Cembed-bitcode=yes" \
            CARGO_TARGET_DIR="$APT_DIR/built" cargo build --release \
            --manifest-path "$APT_DIR"/source/usr/src/rustc-*/library/alloc/Cargo.toml \
            --features compiler-builtins-mem $(printf -- '--target %s ' $targets)
    ) >"$APT_DIR/log" 2>&1 || {
        tail -n 20 "$APT_DIR/log" >&2
        fail "core and alloc could not be built; cargo's last lines are above."
    }
    for target in $targets; do
        install_core_library "$sysroot/lib/rustlib/$target" "$APT_DIR/built/$target/release/deps"
    done
}

# install_core_library DIRECTORY BUILT: libcore goes last, since its presence is what says "complete".
install_core_library() {
    mkdir -p "$1/lib" || fail "no right to write to $1: make it writable, or run make as the toolchain's owner."
    {
        rustc --version
        (cd "$2" && ls -- *.rlib)
    } >"$1/$LISTING"
    cp "$2"/liballoc-*.rlib "$2"/libcompiler_builtins-*.rlib "$1/lib/"
    cp "$2"/libcore-*.rlib "$1/lib/"
}
