#!/usr/bin/env bash
# Every function of the list in parity.txt has ours, which the headers declare.
source "$(dirname "$0")/lib.sh"

list="$here/parity.txt"
declared=$(declarations | cut -f1 | name_of | sort -u)
if [[ -n ${SIMPLE_TORCH_BUILD_DIR:-} ]]; then
  operators=$(grep -ohE '\bsimple_torch_op_[a-z0-9_]+\(' "$SIMPLE_TORCH_BUILD_DIR/generated/include/simple_torch/ops.h" | tr -d '(' | sort -u)
fi

count=0
while IFS='|' read -r theirs ours simple; do
  [[ $theirs == '#'* || -z $theirs ]] && continue
  theirs=${theirs// /}
  [[ -n ${simple// /} ]] || fail "$theirs: nothing is said of Simple"
  ours=${ours// /}
  # Three more are for tensors of a Python process.
  [[ $ours == none && $theirs == thp_* ]] && continue
  count=$((count + 1))
  for name in ${ours//,/ }; do
    if [[ $name == op_* ]]; then
      [[ -z ${operators:-} ]] || grep -qx "simple_torch_$name" <<< "$operators" || fail "$theirs: there is no simple_torch_$name"
    else
      grep -qx "simple_torch_$name" <<< "$declared" || fail "$theirs: there is no simple_torch_$name"
    fi
  done
done < "$list"
[[ $count == 170 ]] || fail "the list has $count functions instead of 170"
twice=$(grep -v '^#' "$list" | cut -d' ' -f1 | sort | uniq -d)
[[ -z $twice ]] || fail "twice in the list: $twice"
finish
