#!/bin/sh
# Fuzzes on the host with libFuzzer, which is guided by coverage: docs/fuzzing.md.
#
# fuzz.sh SECONDS [TARGET]: the target, or all in turn, for so long each. What reaches something new is kept below
# target/fuzz/corpus, with the fewest inputs that reach as much beside it; one that fails in tests/fuzz/crashes.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
. .setup/common.sh
. .setup/toolchain.sh
use_toolchain

seconds=$1
cargo_fuzz=$root/target/cargo-fuzz
PATH=$cargo_fuzz/bin:$PATH
if ! have cargo-fuzz; then
    say "installing cargo-fuzz below target"
    cargo install cargo-fuzz --locked --quiet --root "$cargo_fuzz" >&2 ||
        fail "cargo-fuzz is missing and could not be installed. With a network: cargo install cargo-fuzz --locked"
fi
if ! have c++; then
    fail "libFuzzer is in C++, and there is no c++ to compile it with. Install one:
  Debian, Ubuntu:  sudo apt-get install g++"
fi

# Stable Rust has coverage and no sanitizers, whose place the kernel's own checks take. LTO would undo the
# marks that coverage is made of.
export CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16
fuzz() {
    command=$1
    shift
    cargo fuzz "$command" --fuzz-dir tests/fuzz --features libfuzzer --sanitizer none --target-dir target/fuzz "$@"
}

one() {
    corpus=tests/fuzz/corpus/$1
    crashes=tests/fuzz/crashes/$1
    work=target/fuzz/corpus/$1
    log=target/fuzz/$1.log
    mkdir -p "$corpus" "$crashes" "$work"
    cp -f "$corpus"/* "$work" 2>/dev/null || :
    fuzz run "$1" "$work" -- -max_total_time="$seconds" -timeout=10 -max_len="${MAX_LEN:-2048}" -rss_limit_mb=4096 \
        -artifact_prefix="$root/$crashes/" -print_final_stats=1 >"$log" 2>&1 && status=0 || status=$?
    grep -aE 'cov: |panicked|^SUMMARY|^error|number_of_executed' "$log" | tail -n 4
    if [ $status -ne 0 ]; then
        say "$1: failed; $log has the output, and $crashes the input if there is one. docs/fuzzing.md says how to make it small."
        return 1
    fi
    # The fewest inputs that reach as much.
    rm -rf "$work.small"
    mkdir "$work.small"
    fuzz run "$1" "$work.small" "$work" -- -set_cover_merge=1 -use_counters=0 -timeout=10 >>"$log" 2>&1
    # Git keeps no empty folders.
    rmdir "$crashes" 2>/dev/null || :
}

wrong=0
if [ $# -gt 1 ] && [ -n "$2" ]; then
    one "$2" || wrong=1
else
    for target in $(cargo fuzz list --fuzz-dir tests/fuzz); do
        printf '== %s\n' "$target"
        one "$target" || wrong=1
    done
fi
exit $wrong
