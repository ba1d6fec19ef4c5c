#!/usr/bin/env bash
# Each public header compiles alone, in every standard of C and C++ that its users may have,
# without a warning.
source "$(dirname "$0")/lib.sh"

flags=(-fsyntax-only -Wall -Wextra -pedantic -Werror "-I$include")
# That of the operators is in the build folder.
generated=${SIMPLE_TORCH_BUILD_DIR:-}/generated/include
if [[ -d $generated ]]; then flags+=("-I$generated"); fi
checked=0

check() { # compiler, language, standard, header
  local text="#include \"simple_torch/$4\"
int unused_translation_unit;"
  local more=()
  # In C, empty parentheses would take any arguments.
  [[ $2 == c ]] && more=(-Wstrict-prototypes)
  checked=$((checked + 1))
  if ! printf '%s\n' "$text" | "$1" -x "$2" "-std=$3" "${flags[@]}" "${more[@]}" -; then
    fail "$4 with $1 -std=$3"
  fi
}

for path in "$include"/simple_torch/*.h "$generated"/simple_torch/*.h; do
  [[ -e $path ]] || continue
  header=$(basename "$path")
  for compiler in gcc clang; do
    command -v "$compiler" > /dev/null || continue
    for standard in c11 c17; do check "$compiler" c "$standard" "$header"; done
  done
  for compiler in g++ clang++; do
    command -v "$compiler" > /dev/null || continue
    for standard in c++11 c++14 c++17 c++20 c++2b; do
      check "$compiler" c++ "$standard" "$header"
    done
  done
done
((checked > 0)) || fail 'found no header or no compiler'
finish
