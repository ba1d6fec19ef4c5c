#!/usr/bin/env bash
# Builds and runs a small C program against the installed tree and against the unpacked
# archive, each found with CMake and with pkg-config, in folders with a space in their names.
#   check_install.sh BUILD_FOLDER
set -euo pipefail
# With it, cd may go elsewhere, and prints where.
unset CDPATH
build=$1
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/simple torch install.XXXXXX")
trap 'rm -rf "$work"' EXIT
expected='tensor([[2., 2., 2.],
        [2., 2., 2.]])'

check() { # what, program
  local answer
  answer=$("$2")
  if [[ $answer != "$expected" ]]; then
    printf '%s printed:\n%s\n' "$1" "$answer" >&2
    exit 1
  fi
  echo "$1: good"
}

use_tree() { # what, prefix
  local config
  config=$(find "$2" -name simple_torch-config.cmake)
  cmake -S "$here/consumer" -B "$work/$1 cmake" "-Dsimple_torch_DIR=$(dirname "$config")" > "$work/log"
  cmake --build "$work/$1 cmake" >> "$work/log"
  check "$1 with cmake" "$work/$1 cmake/consumer"

  local pkgconfig flags
  pkgconfig=$(dirname "$(find "$2" -name simple_torch.pc)")
  # pkg-config escapes the space in the path as a shell does.
  flags=$(PKG_CONFIG_PATH=$pkgconfig pkg-config --cflags --libs simple_torch)
  eval "cc \"$here/consumer/main.c\" $flags -o \"$work/$1 pkg-config\""
  LD_LIBRARY_PATH=$(dirname "$(find "$2" -name libsimple_torch_ffi.so)") \
    check "$1 with pkg-config" "$work/$1 pkg-config"

  # The operators' header works without the build folder.
  eval "cc -x c - $flags -o \"$work/$1 operators\"" <<'TEXT'
#include <simple_torch/ops.h>
int main(void) { return simple_torch_op_relu(0) == 0 ? 0 : 1; }
TEXT
  LD_LIBRARY_PATH=$(dirname "$(find "$2" -name libsimple_torch_ffi.so)") "$work/$1 operators"

  # An archive or prefix holds the headers, the library, what is for Simple, and no tests.
  local file
  for file in include/simple_torch/simple_torch.h share/simple_torch/operators.json \
    share/simple_torch/torch/{ffi,ffi_pointwise,ops_pointwise,support}.spl; do
    [[ -e $2/$file ]] || { echo "$1 lacks $file" >&2; exit 1; }
  done
  [[ -z $(find "$2" -name tests -o -name '*_test*' -o -name '*_spec.spl') ]]
}

cmake --install "$build" --prefix "$work/installed tree" > "$work/log"
use_tree installed "$work/installed tree"

(cd "$build" && cpack -G TGZ -B "$work/package" > "$work/log")
mkdir "$work/unpacked archive"
tar -xzf "$work"/package/*.tar.gz -C "$work/unpacked archive" --strip-components=1
use_tree archive "$work/unpacked archive"
