#!/usr/bin/env bash
# The library exports the functions that the headers declare, and nothing else, and they are
# those of the committed list. `check_exports.sh --refresh` writes the list anew. (Those of
# operators are in the generated ops.h, and tier2_sffi/contract lists them.)
source "$(dirname "$0")/lib.sh"

list="$here/exports.txt"
current=$(declarations | cut -f1 | awk '{ name = $0; sub(/\(.*/, "", name); sub(/.*[ *]/, "", name); print name "\t" $0 }' | sort | cut -f2)

if [[ ${1:-} == --refresh ]]; then
  {
    echo '# Every function that the library exports. Made from the headers; after a change'
    echo '# of them run tests/contract/check_exports.sh --refresh and review the difference.'
    echo "$current"
  } > "$list"
  exit 0
fi

if ! diff <(grep -v '^#' "$list") <(echo "$current"); then
  fail 'the headers declare other functions than tests/contract/exports.txt lists'
fi

if [[ -n ${SIMPLE_TORCH_LIBRARY:-} ]]; then
  visible=$(nm -D --defined-only "$SIMPLE_TORCH_LIBRARY" | awk '{ print $NF }' | sort)
  operators=$(grep -oE '\bsimple_torch_op_[a-z0-9_]+\(' "$SIMPLE_TORCH_BUILD_DIR/generated/include/simple_torch/ops.h" | tr -d '(')
  if ! diff <({ echo "$current" | name_of && echo "$operators"; } | sort) <(echo "$visible"); then
    fail "$SIMPLE_TORCH_LIBRARY exports other symbols than the headers declare"
  fi
fi
finish
