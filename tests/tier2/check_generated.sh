#!/usr/bin/env bash
# The committed files are those that the build has generated: check_generated.sh FOLDER.
set -euo pipefail
unset CDPATH
generated=$1
root=$(cd "$(dirname "$0")/../.." && pwd -P)
status=0
compare() { # generated, committed
  if ! diff -r "$1" "$2" | head -n 20; then :; fi
  if ! diff -rq "$1" "$2" > /dev/null; then status=1; fi
}
compare "$generated/simple/ffi" "$root/tier2_sffi/torch"
for file in operators.txt coverage.md; do
  compare "$generated/contract/$file" "$root/tier2_sffi/contract/$file"
done
for file in "$generated"/contract/versions/*.txt; do
  compare "$file" "$root/tier2_sffi/contract/versions/${file##*/}"
done
for file in "$root"/tier3_api/torch/{ops,methods,functions}_*.spl "$generated"/simple/api/*.spl; do
  compare "$generated/simple/api/${file##*/}" "$root/tier3_api/torch/${file##*/}"
done
if ((status != 0)); then
  echo 'What is committed is not what the generator writes: run build_support/refresh.' >&2
fi
exit "$status"
