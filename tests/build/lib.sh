# What the tests of the build share. Sourced by them.
set -uo pipefail
# With it, cd may go elsewhere, and prints where.
unset CDPATH
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
work=$(mktemp -d "${TMPDIR:-/tmp}/simple torch build.XXXXXX")
trap 'rm -rf "$work"' EXIT
failures=0

# The variables that the build was made with, as arguments of env; the tests set their own.
given=()
for variable in LIBTORCH TORCH_HOME SIMPLE_TORCH_LIBTORCH_VERSION SIMPLE_TORCH_FETCH \
  SIMPLE_TORCH_BUILD XDG_CACHE_HOME PKG_CONFIG_PATH CC CXX CFLAGS CXXFLAGS LDFLAGS; do
  if [[ -n ${!variable:-} ]]; then given+=("$variable=${!variable}"); fi
  unset "$variable"
done

# expect "what it does": the last command's result must be 0.
expect() {
  local status=$?
  if ((status == 0)); then
    echo "good: $1"
  else
    echo "FAILED: $1"
    if [[ -n ${output:-} ]]; then sed 's/^/    /' <<< "$output"; fi
    failures=$((failures + 1))
  fi
}

# The text is in the last command's output, whatever the line breaks.
says() { [[ $(tr -s ' \n' ' ' <<< "$output") == *"$1"* ]]; }

# Milliseconds since some moment.
now() { echo $(($(date +%s%N) / 1000000)); }

# A library of a few bytes that holds a text: c10's has a symbol that tells the C++ ABI.
library() { # file, text, more options of the compiler
  printf 'const char symbol[] = "%s"; void function(void) {}\n' "$2" |
    cc -shared -fPIC -x c - -x none -o "$1" "${@:3}"
}
new_abi=_ZN3c105ErrorC1ENS_14SourceLocationENSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE
# shellcheck disable=SC2034
old_abi=_ZN3c105ErrorC1ENS_14SourceLocationESs

# The files of a libtorch that are looked at, with hardly anything in them.
fake() { # folder, version, symbol
  mkdir -p "$1/lib" "$1/include/ATen/core" "$1/include/ATen/ops" "$1/include/c10/core" \
    "$1/include/torch/csrc/api/include/torch"
  touch "$1/include/ATen/core/Tensor.h" "$1/include/ATen/ops/add_ops.h" \
    "$1/include/c10/core/Allocator.h"
  local numbers
  IFS=. read -ra numbers <<< "$2"
  printf '#define TORCH_VERSION_MAJOR %s\n#define TORCH_VERSION_MINOR %s\n#define TORCH_VERSION_PATCH %s\n' \
    "${numbers[@]}" > "$1/include/torch/csrc/api/include/torch/version.h"
  library "$1/lib/libc10.so" "${3:-$new_abi}"
  library "$1/lib/libtorch_cpu.so" ''
}

# Marks an entry of the cache as whole, as the fetch does.
complete() { find "$1/torch/include" -type f | wc -l > "$1/complete"; }

finish() { exit $((failures > 0)); }
