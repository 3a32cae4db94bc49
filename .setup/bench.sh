#!/bin/sh
# Measures what Commons costs, in instructions, and writes it into the documents. bench.sh FOLDER
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/.setup/common.sh"
. "$root/.setup/toolchain.sh"
use_toolchain
exec cargo run --release -q -p tests --bin bench -- "$1"
