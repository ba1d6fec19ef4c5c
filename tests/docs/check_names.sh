#!/usr/bin/env bash
# Every public name of the API is used in a spec: check_names.sh HOST. A function that cannot do
# its work on an ordinary machine is used by its try_ form. unused_names.txt has those that no
# spec can use, with the reason.
set -euo pipefail
unset CDPATH
host=$(realpath "$1")
cd "$(dirname "$0")/../.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
SIMPLE_PACKAGES=lib.torch=tier3_api/torch "$host" doc --names tier3_api/torch > "$scratch/names"
find tests/tier3 \( -name '*.spl' -o -path '*/recorded/*' \) -print0 |
  xargs -0 grep -ohE '[A-Za-z_][A-Za-z0-9_]*' | sort -u > "$scratch/used"
sed -nE 's/^([^# ]+) .*/\1/p' tests/docs/unused_names.txt > "$scratch/known"
awk -v used="$scratch/used" -v known="$scratch/known" '
  BEGIN {
    while ((getline word < used) > 0) is_used[word] = 1
    while ((getline word < known) > 0) is_known[word] = 1
  }
  $2 != "field" {
    count++
    name = $3
    sub(/.*\./, "", name)
    if (is_used[name] || is_used["try_" name]) {
      if (is_known[name]) { print name " is used now: take it out of unused_names.txt"; bad++ }
    } else if (!is_known[name]) {
      print $3 " of " $1 " is used in no spec"
      bad++
    }
  }
  END {
    print count " names, " bad + 0 " of them at fault"
    exit bad > 0 || count < 1000
  }' "$scratch/names"
