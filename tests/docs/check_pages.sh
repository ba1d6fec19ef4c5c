#!/usr/bin/env bash
# The pages in docs/api are those that the comments in tier3_api give: check_pages.sh HOST.
set -euo pipefail
unset CDPATH
host=$(realpath "$1")
cd "$(dirname "$0")/../.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
build_support/docs "$host" "$scratch/api"
if ! diff -r "$scratch/api" docs/api; then
  echo 'docs/api is not what the comments say: run build_support/docs.' >&2
  exit 1
fi
# Links lead somewhere.
status=0
while read -r page; do
  if [[ ! -f docs/api/$page ]]; then
    echo "docs/api/README.md leads to $page, which is not there" >&2
    status=1
  fi
done < <(grep -oE '\]\([^)]+\)' docs/api/README.md | tr -d ']()')
exit "$status"
