#!/bin/sh
# Draws the pictures of sessions anew. pictures.sh FOLDER
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/.setup/common.sh"
. "$root/.setup/toolchain.sh"
use_toolchain
exec cargo run --release -q -p tests --bin pictures -- "$1"
