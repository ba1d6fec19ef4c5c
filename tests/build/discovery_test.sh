#!/usr/bin/env bash
# Finding a libtorch: the order of the search, and what is said about one that is not usable.
# The fakes have the files of a libtorch, with hardly anything in them.
source "$(dirname "$0")/lib.sh"

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

output=$(cd "$work" && env XDG_CACHE_HOME="$work/cache" LIBTORCH=one \
  cmake -P "$root/build_support/cmake/LibtorchReport.cmake" 2> /dev/null)
says "uses libtorch 2.3.4 in $work/one/lib"
expect 'a relative path is meant from where the caller is'

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
search PKG_CONFIG_PATH="$work/pc" TORCH_HOME="$work/two" && says 'uses libtorch 2.5.0'
expect 'TORCH_HOME comes before pkg-config'

entry=$work/cache/simple-torch/libtorch/2.11.0
fake "$entry/torch" 2.11.0
search SIMPLE_TORCH_FETCH=0
says "cache: passed over: $entry is damaged: it lacks the file 'complete'"
expect 'an entry of the cache that does not say that it is whole is passed over'
complete "$entry"
search && says "cache: libtorch 2.11.0" && says 'uses libtorch 2.11.0'
expect 'the cache is used'
search TORCH_HOME="$work/two" && says 'uses libtorch 2.5.0'
expect 'TORCH_HOME comes before the cache'
search PKG_CONFIG_PATH="$work/pc" && says 'uses libtorch 2.2.2'
expect 'pkg-config comes before the cache'
rm "$entry/torch/include/ATen/ops/add_ops.h" && touch "$entry/torch/include/ATen/ops/sub_ops.h"
search SIMPLE_TORCH_FETCH=0
says 'lacks'
expect 'an entry of the cache without a header that is needed is passed over'
fake "$entry/torch" 2.11.0
rm "$entry/torch/include/ATen/ops/sub_ops.h" && mkdir "$entry/torch/include/more" && touch "$entry/torch/include/more/"{a,b}.h
complete "$entry" && rm "$entry/torch/include/more/a.h"
search SIMPLE_TORCH_FETCH=0
says 'is damaged: it has 5 headers, and 6 were unpacked'
expect 'an entry of the cache that lost any header is passed over'
rm "$entry/torch/lib/libc10.so"
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

fake "$work/foreign" 2.4.0
printf '\x28' | dd of="$work/foreign/lib/libc10.so" bs=1 seek=18 conv=notrunc 2> /dev/null
search LIBTORCH="$work/foreign"
[[ $? != 0 ]] && says 'is for another kind of processor'
expect "another processor's library is an error"
fake "$work/needy" 2.4.0
library "$work/libabsent.so" ''
library "$work/needy/lib/libtorch_cpu.so" '' -Wl,--no-as-needed "$work/libabsent.so"
rm "$work/libabsent.so"
search LIBTORCH="$work/needy"
[[ $? != 0 ]] && says 'libabsent.so, which this machine lacks: install'
expect 'a library that the libtorch needs and nobody has is an error that names it'

# A version that is asked for by name.
search LIBTORCH="$work/one" SIMPLE_TORCH_LIBTORCH_VERSION=2.5.0
[[ $? != 0 ]] && says 'is 2.3.4, and SIMPLE_TORCH_LIBTORCH_VERSION asks for 2.5.0'
expect 'a LIBTORCH that is not the version asked for is an error'
fake "$work/cache/simple-torch/libtorch/2.6.0/torch" 2.6.0 "$old_abi"
complete "$work/cache/simple-torch/libtorch/2.6.0"
search PKG_CONFIG_PATH="$work/pc" SIMPLE_TORCH_LIBTORCH_VERSION=2.6.0 && says 'uses libtorch 2.6.0' &&
  says 'pkg-config: passed over'
expect 'the version asked for is taken, and others are passed over'
rm -r "$work/cache"

# A Python's torch, of one that answers as Python does.
fake "$work/site/torch" 2.9.1
mkdir "$work/python"
printf '#!/bin/sh\necho "%s/site/torch"\n' "$work" > "$work/python/python3"
chmod +x "$work/python/python3"
search PATH="$work/python:$work/bin" SIMPLE_TORCH_LIBTORCH_VERSION=2.9.1 &&
  says "Python: libtorch 2.9.1 in $work/site/torch" && says 'uses libtorch 2.9.1'
expect "a Python's torch is used"
if real=$(command -v python3); then
  mkdir -p "$work/here/torch"
  output=$(cd "$work/here" && env PATH="${real%/*}:$PATH" XDG_CACHE_HOME="$work/cache" SIMPLE_TORCH_FETCH=0 \
    SIMPLE_TORCH_LIBTORCH_VERSION=9.9.9 cmake -P "$root/build_support/cmake/LibtorchReport.cmake" 2> /dev/null)
  ! says "$work/here"
  expect 'a folder that is called torch, where the search runs, is not taken for a package'
fi

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

finish
