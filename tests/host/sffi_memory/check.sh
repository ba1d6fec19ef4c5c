#!/usr/bin/env bash
# The memory of programs that free nothing: how much they take, and what that costs.
#
#   check.sh HOST LIBRARY_FOLDER [PROGRAM…]
#
# HOST is the simple program, LIBRARY_FOLDER has libsimple_torch_ffi. The figures that are
# bounds here were set for an idle machine: times are compared within one process only.
set -euo pipefail
host=$1
library=$2
shift 2
programs=("$@")
((${#programs[@]})) || programs=(temporaries small live end)
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export SIMPLE_SFFI_PATH=$library OMP_NUM_THREADS=1
failed=0

value() { awk -v name="$1" '$1 == name { print $2 }' <<<"$output"; }
at_most() {  # NAME FIGURE BOUND
  if awk -v a="$2" -v b="$3" 'BEGIN { exit !(a <= b) }'; then
    echo "ok      $1: $2 (at most $3)"
  else
    echo "FAILED  $1: $2 (at most $3)"
    failed=1
  fi
}
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }

for program in "${programs[@]}"; do
  file=$here/programs/$program.spl
  case $program in
    temporaries)
      output=$("$host" run "$file")
      at_most "10,000 temporaries of 1 MB, MB above the start" "$(value peak_mb)" 250
      at_most "their time, by that with explicit frees" \
        "$(ratio "$(value forgotten_ms)" "$(value freed_ms)")" 1.15
      ;;
    small)
      output=$("$host" run "$file")
      at_most "10 million small tensors, MB grown" "$(value grown_mb)" 20
      at_most "10 million small tensors, MB at the peak" "$(value peak_mb)" 50
      ;;
    live)
      output=$("$host" run "$file")
      at_most "other work with 100,000 live tensors, by that without" \
        "$(ratio "$(value with_ms)" "$(value without_ms)")" 1.2
      ;;
    end)
      scratch=$(mktemp -d)
      trap 'rm -rf "$scratch"' EXIT
      "${CC:-cc}" -shared -fPIC -o "$scratch/live_at_exit.so" "$here/live_at_exit.c" -ldl
      output=$(LD_PRELOAD=$scratch/live_at_exit.so \
        LIVE_AT_EXIT_LIBRARY=$library/libsimple_torch_ffi.so \
        LIVE_AT_EXIT_COUNT=simple_torch_handle_live_count "$host" run "$file" 2>&1)
      at_most "handles alive at the end" "$(value live_at_exit)" 0
      ;;
    *)
      echo "check.sh: there is no program '$program'." >&2
      exit 2
      ;;
  esac
done
exit $failed
