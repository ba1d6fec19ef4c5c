#!/usr/bin/env bash
# The examples in the comments of tier3_api print what they say: check_examples.sh HOST.
set -euo pipefail
unset CDPATH
host=$(realpath "$1")
root=$(cd "$(dirname "$0")/../.." && pwd -P)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export SIMPLE_LIB=${SIMPLE_LIB:-$root/host/lib}
cd "$root"
SIMPLE_PACKAGES=lib.torch=tier3_api/torch "$host" doc --examples "$scratch/specs" tier3_api/torch
# Some write files.
mkdir "$scratch/work"
cd "$scratch/work"
export SIMPLE_PACKAGES="lib.torch=$root/tier3_api/torch:$root/tier2_sffi/torch"
"$host" test --format brief --timeout 300 "$scratch/specs"
