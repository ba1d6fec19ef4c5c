#!/usr/bin/env bash
# The C functions of operators have the parameters and results that the declarations for
# Simple say, though these are of the default libtorch and the functions of the one that was
# found. What only one of them has is left out. tier2_sffi/README.md has the table by which a
# declaration is turned into C here.
source "$(dirname "$0")/lib.sh"

torch="$here/../../tier2_sffi/torch"
header="$SIMPLE_TORCH_BUILD_DIR/generated/include/simple_torch/ops.h"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# "simple_torch_op_x int64_t(simple_torch_handle self, int64_t dim, simple_torch_handle*)":
# parameters with their names, results without.
of_header() {
  awk -f "$here/declarations.awk" "$header" | cut -f1 | awk '
    {
      open = index($0, "(")
      split(substr($0, 1, open - 1), head, " ")
      list = substr($0, open + 1)
      sub(/\);$/, "", list)
      count = list == "void" ? 0 : split(list, parameters, /, */)
      text = head[2] " " head[1] "("
      for (i = 1; i <= count; ++i) {
        parameter = parameters[i]
        if (parameter !~ /^const/ && parameter ~ /\* out_[^ ]*$/) sub(/ [^ ]*$/, "", parameter)
        text = text parameter ";"
      }
      print text ")"
    }'
}

of_declarations() {
  awk '
    BEGIN {
      number = "int64_t NAME_bits;int64_t NAME_kind;"
      split("Scalar Scalar? i64? f64? bool?", numbers, " ")
      for (i in numbers) parameter[numbers[i]] = number
      parameter["i64"] = parameter["bool"] = "int64_t NAME;"
      parameter["f64"] = "double NAME;"
      parameter["text"] = parameter["text?"] = "const char* NAME;"
      parameter["[i64]"] = parameter["[i64]?"] = parameter["[Scalar]"] = "const int64_t* NAME;"
      parameter["[f64]"] = parameter["[f64]?"] = "const double* NAME;"
      parameter["[Tensor]"] = parameter["[Tensor?]"] = "const simple_torch_handle* NAME;"
      split("Tensor Tensor? Generator Generator? Storage Stream", handles, " ")
      for (i in handles) parameter[handles[i]] = "simple_torch_handle NAME;"
      result["Tensor"] = result["TensorList"] = result["Value"] = "simple_torch_handle"
      result["i64"] = result["bool"] = "int64_t"
      result["f64"] = "double"
    }
    /^extern fn rt_torch_op_/ { text = ""; inside = 1 }
    inside { sub(/^ +/, text ~ /\($/ ? "" : " "); text = text $0 }
    inside && /\) -> / {
      inside = 0
      sub(/^extern fn rt_/, "", text)
      open = index(text, "(")
      arrow = index(text, ") -> ")
      name = "simple_" substr(text, 1, open - 1)
      list = substr(text, open + 1, arrow - open - 1)
      results = substr(text, arrow + 5)
      gsub(/[()]/, "", results)
      count = split(results, each, /, */)
      line = name " " result[each[1]] "("
      n = split(list, parameters, /, */)
      for (i = 1; i <= n; ++i) {
        split(parameters[i], pair, ": ")
        lowered = pair[2] in parameter ? parameter[pair[2]] : "? " pair[2] ";"
        gsub(/NAME/, pair[1], lowered)
        line = line lowered
      }
      for (i = 2; i <= count; ++i) {
        line = line (each[i] == "Scalar" ? "int64_t*;int64_t*;" : result[each[i]] "*;")
      }
      print line ")"
    }' "$torch"/ffi_*.spl
}

# Names of parameters that Simple spells otherwise.
plain_names() {
  sed -E 's/_;/;/g; s/__(bits|kind|count);/_\1;/g; s/ self(_[a-z]+)?;/ input\1;/g' | sort
}

of_header | plain_names > "$scratch/header"
of_declarations | plain_names > "$scratch/declarations"
known=$(comm -12 <(cut -d' ' -f1 "$scratch/header") <(cut -d' ' -f1 "$scratch/declarations"))
count=$(wc -l <<< "$known")
# Fewer would mean that this script reads one of the two wrongly.
((count > 2500)) || fail "only $count functions are in both $header and $torch"
differing=$(comm -23 "$scratch/header" "$scratch/declarations" | join - <(echo "$known"))
while read -r name function; do
  [[ -n $name ]] || continue
  fail "$name is ${function}, and declared as $(sed -n "s/^$name //p" "$scratch/declarations")"
done <<< "$differing"
finish
echo "$count functions are as they are declared"
