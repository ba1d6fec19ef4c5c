#!/usr/bin/env bash
# Finding a libtorch: the order of the search, and what is said about one that is not usable.
# The fakes have the files of a libtorch, with hardly anything in them.
source "$(dirname "$0")/lib.sh"

# A library of a few bytes that has the symbol which tells the C++ ABI.
library() { # file, symbol
  printf 'const char symbol[] = "%s"; void function(void) {}\n' "$2" |
    cc -shared -fPIC -x c - -o "$1"
}
new_abi=_ZN3c105ErrorC1ENS_14SourceLocationENSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE
old_abi=_ZN3c105ErrorC1ENS_14SourceLocationESs

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

# Runs the search with these variables and a cache of its own; keeps what it reports.
search() {
  output=$(env XDG_CACHE_HOME="$work/cache" "$@" cmake -P "$root/build_support/cmake/LibtorchReport.cmake" 2> /dev/null)
}
mkdir -p "$work/bin"
ln -s "$(command -v cmake)" "$work/bin/cmake"

fake "$work/one" 2.3.4
search LIBTORCH="$work/one" && says "uses libtorch 2.3.4 in $work/one/lib"
expect 'LIBTORCH is used'

fake "$work/two" 2.5.0
search LIBTORCH="$work/one" TORCH_HOME="$work/two" && says 'uses libtorch 2.3.4'
expect 'LIBTORCH comes before TORCH_HOME'
search TORCH_HOME="$work/two" && says 'uses libtorch 2.5.0'
expect 'TORCH_HOME is used'

mkdir -p "$work/models/hub"
search TORCH_HOME="$work/models" SIMPLE_TORCH_FETCH=0
says 'TORCH_HOME: passed over'
expect "a TORCH_HOME that is Python's cache of models is passed over"

mkdir -p "$work/pc"
fake "$work/packaged" 2.2.2
printf 'prefix=%s\nName: torch\nDescription: fake\nVersion: 2.2.2\n' \
  "${work// /\\ }/packaged" > "$work/pc/torch.pc"
search PKG_CONFIG_PATH="$work/pc" && says 'uses libtorch 2.2.2'
expect 'pkg-config is asked'

fake "$work/cache/simple-torch/libtorch/2.11.0/torch" 2.11.0
search && says "cache: libtorch 2.11.0" && says 'uses libtorch 2.11.0'
expect 'the cache is used'
search TORCH_HOME="$work/two" && says 'uses libtorch 2.5.0'
expect 'TORCH_HOME comes before the cache'
rm "$work/cache/simple-torch/libtorch/2.11.0/torch/lib/libc10.so"
search SIMPLE_TORCH_FETCH=0
says 'cache: passed over: the libtorch in'
expect 'a damaged cache is passed over, and this is said'
rm -r "$work/cache"

search LIBTORCH=/nonexistent
[[ $? != 0 ]] && says 'LIBTORCH: there is no folder /nonexistent'
expect 'a LIBTORCH that does not exist is an error'
mkdir "$work/hollow"
search LIBTORCH="$work/hollow"
[[ $? != 0 ]] && says 'holds no libtorch: looked there for include/ATen/core/Tensor.h, lib/libc10.so, lib/libtorch_cpu.so'
expect 'a LIBTORCH without one is an error that says what was looked for'

for file in include/ATen/core/Tensor.h include/ATen/ops/add_ops.h \
  include/torch/csrc/api/include/torch/version.h include/c10/core/Allocator.h \
  lib/libc10.so lib/libtorch_cpu.so; do
  rm -rf "$work/torn" && fake "$work/torn" 2.4.0 && rm "$work/torn/$file"
  search LIBTORCH="$work/torn"
  [[ $? != 0 ]] && says "$(basename "$file")"
  expect "a libtorch without $file is an error that names it"
done
fake "$work/cut" 2.4.0
truncate -s -100 "$work/cut/lib/libtorch_cpu.so"
search LIBTORCH="$work/cut"
[[ $? != 0 ]] && says 'libtorch_cpu.so is cut off'
expect 'a library that is cut off is an error'
echo 'not a library' > "$work/cut/lib/libtorch_cpu.so"
search LIBTORCH="$work/cut"
[[ $? != 0 ]] && says 'is not a 64-bit shared library'
expect 'a file that is no library is an error'
fake "$work/old" 1.12.1
search LIBTORCH="$work/old"
[[ $? != 0 ]] && says 'is 1.12.1, and simple-torch needs 1.13 or newer'
expect 'a libtorch that is too old is an error'

# The ABI is read from the symbols.
for abi in "$new_abi 1" "$old_abi 0"; do
  fake "$work/abi" 2.4.0 "${abi% *}"
  cat > "$work/abi.cmake" <<TEXT
include("$root/build_support/cmake/LibtorchInspect.cmake")
libtorch_inspect("$work/abi")
message("ABI \${LIBTORCH_CXX11_ABI}")
TEXT
  output=$(cmake -P "$work/abi.cmake" 2>&1)
  says "ABI ${abi#* }"
  expect "the symbols tell ABI ${abi#* }"
done

# A fetch that was interrupted left nothing that counts, and its remains are removed.
mkdir -p "$work/cache/simple-torch/libtorch/partial-abc/tree/torch/lib"
search SIMPLE_TORCH_FETCH=0
[[ $? != 0 ]] || ! says 'partial'
expect 'an interrupted fetch is not found'
output=$(env XDG_CACHE_HOME="$work/cache" PATH="$work/bin" "$(command -v cmake)" \
  -DVERSION=0.0.1 -P "$root/build_support/cmake/LibtorchFetch.cmake" 2>&1)
[[ $? != 0 && ! -e $work/cache/simple-torch/libtorch/partial-abc ]]
expect 'the next fetch removes what an interrupted one left'
says 'There is no pip to fetch libtorch with'
expect 'without pip and apt the fetch says what to install'
finish
