#!/bin/sh
# Runs every test and ends with the line `N passed, N failed`, also when something fails before.
#
# test.sh [all | qemu [FILTER] | soak REPORT HOURS SEED]: `qemu` leaves out the checks and the tests on the
# host, `soak` runs what has no end in place of the tests in QEMU. What is not a test (set-up, format,
# lints, builds) counts as one failure when it fails, and not at all otherwise.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root" || exit 1
. .setup/common.sh
. .setup/toolchain.sh

scope=${1:-all}
[ $# -eq 0 ] || shift
passed=0
failed=0
state=target/test
mkdir -p "$state"

finish() {
    printf '%s passed, %s failed\n' "$passed" "$failed"
    exit $((failed > 0 || passed == 0))
}

# step NAME COMMAND…: something that must succeed.
step() {
    name=$1
    shift
    printf '\n== %s\n' "$name"
    "$@" && return
    printf '== %s FAILED\n' "$name"
    failed=$((failed + 1))
    return 1
}

# tests NAME AWK COMMAND…: runs tests, with their output shown as it comes. AWK prints "PASSED FAILED"
# from it. A run that fails without a failed test (it does not compile, it was killed) counts as one.
tests() {
    name=$1
    count=$2
    shift 2
    printf '\n== %s\n' "$name"
    { "$@" 2>&1; echo $? >"$state/status"; } | tee "$state/log"
    # shellcheck disable=SC2046 # two words
    set -- $(awk "$count" "$state/log") "$(cat "$state/status")"
    if [ "$2" -eq 0 ] && { [ "$3" -ne 0 ] || [ "$1" -eq 0 ]; }; then
        set -- "$1" 1
    fi
    passed=$((passed + $1))
    failed=$((failed + $2))
    rm -f "$state/log" "$state/status"
}

set_up() {
    sh .setup/cc.sh && sh .setup/rust.sh && sh .setup/lint.sh && sh .setup/qemu.sh && sh .setup/dosfstools.sh
}

# The images under test also have the test programs, C examples and files below /extra; one has the
# kernel that checks itself.
build_test_images() {
    cargo build --release -p guest -p api --target aarch64-unknown-none || return
    sh .setup/c-examples.sh >"$state/examples" || return
    sh .setup/dynamic-examples.sh || return
    # Its tests are left out where it can't be had.
    [ -f "$state/busybox/busybox" ] || sh .setup/busybox.sh "$state/busybox" || :
    test_image release "$state/kernel8.img" && test_image checked "$state/checked/kernel8.img"
}

# test_image PROFILE IMAGE
test_image() {
    profile=$1
    image=$2
    built=target/aarch64-unknown-none/release
    set --
    for program in target/c/*; do
        [ ! -f "$program" ] || set -- "$@" --file "/extra/c-${program##*/}=$program"
    done
    [ ! -f "$state/busybox/busybox" ] || set -- "$@" --file "/extra/busybox=$state/busybox/busybox"
    [ ! -d target/dynamic ] || set -- "$@" --tree target/dynamic=/
    PROFILE=$profile sh .setup/image.sh "$image" --tree tests/extra=/extra --tree tests/busybox=/extra/scripts --tree tests/shell=/extra/shell \
        --file "/extra/guest=$built/guest" --file "/extra/guest-pie=$built/guest-pie" \
        --file "/extra/api=$built/api" "$@"
}

# libtest: test result: ok. 25 passed; 0 failed; …
# shellcheck disable=SC2016
FROM_LIBTEST='/^test result:/ { for (i = 2; i <= NF; i++) { if ($i == "passed;") p += $(i - 1); if ($i == "failed;") f += $(i - 1) } }
    END { print p + 0, f + 0 }'
# The crate tests: the last line is its sum.
# shellcheck disable=SC2016
FROM_SUM='/^[0-9]+ passed, [0-9]+ failed$/ { p = $1; f = $3 } END { print p + 0, f + 0 }'

step "set-up" set_up || finish
use_toolchain
if [ "$scope" = soak ]; then
    step "test images" build_test_images || finish
    export COMMONS_IMAGE="$root/$state/kernel8.img" COMMONS_CHECKED_IMAGE="$root/$state/checked/kernel8.img"
    exec cargo run -q --release -p tests --bin soak -- "$@"
fi
if [ "$scope" = all ]; then
    step "format, lints, documentation" sh .setup/check.sh
    tests "tests on the host" "$FROM_LIBTEST" cargo test --no-fail-fast
    # The programs beside the runtime can't be linked for this machine.
    tests "the programs' runtime on the host" "$FROM_LIBTEST" cargo test --no-fail-fast -p user --lib
fi
if step "test images" build_test_images && step "test program" cargo build --release -p tests; then
    export COMMONS_IMAGE="$root/$state/kernel8.img" COMMONS_CHECKED_IMAGE="$root/$state/checked/kernel8.img"
    # The C examples that were built: their tests are left out without them.
    COMMONS_C_EXAMPLES="$(ls target/c) $(ls "$state/busybox" target/dynamic/extra/* 2>/dev/null)"
    export COMMONS_C_EXAMPLES
    tests "tests in QEMU" "$FROM_SUM" cargo run -q --release -p tests --bin tests -- "$@"
fi
if [ "$scope" = all ]; then
    # Figures to look at: no test depends on them, so they count neither as passed nor as failed.
    printf '\n== instructions beside Linux, and the change since the recorded run\n'
    sh .setup/bench.sh --compare || echo "== the comparison could not be made"
fi
printf '\n'
finish
