#!/usr/bin/env bash
# examples_test.sh HOST: each program of examples/language prints what stands in its file in
# expected/. The programs run from the project's folder, as their comments say.
set -euo pipefail
# With it, cd may go elsewhere, and prints where.
unset CDPATH
host=$(realpath "$1")
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
examples=examples/language
export SIMPLE_LIB=${SIMPLE_LIB:-$PWD/host/lib}

# Programs of one file, and folders with a main.spl.
programs=("$examples"/*.spl "$examples"/*/main.spl)
status=0
for program in "${programs[@]}"; do
  name=${program#"$examples/"}
  name=${name%.spl}
  expected=$examples/expected/${name%/main}.txt
  if [[ ! -f $expected ]]; then
    echo "FAILED $program: there is no $expected" >&2
    status=1
  elif ! difference=$(diff "$expected" <("$host" run "$program" < /dev/null 2>&1)); then
    printf 'FAILED %s prints something else (< expected, > printed):\n%s\n' "$program" \
      "$difference" >&2
    status=1
  fi
done
for expected in "$examples"/expected/*.txt; do
  name=$(basename "$expected" .txt)
  if [[ ! -f $examples/$name.spl && ! -f $examples/$name/main.spl ]]; then
    echo "FAILED $expected belongs to no program" >&2
    status=1
  fi
done
if ((status == 0)); then echo "${#programs[@]} examples print what they should"; fi
exit "$status"
