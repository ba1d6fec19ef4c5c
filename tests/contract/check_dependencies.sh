#!/usr/bin/env bash
# The library needs libtorch, what reads images, and the C++ run-time libraries: no Python, and no CUDA, which
# is looked for when the library is loaded.
source "$(dirname "$0")/lib.sh"

if [[ -z ${SIMPLE_TORCH_LIBRARY:-} ]]; then
  echo 'nothing to check: SIMPLE_TORCH_LIBRARY names no library'
  exit 0
fi

allowed='^(libtorch|libtorch_cpu|libc10|libpng16|libjpeg|libz|libdeflate|libstdc\+\+|libc\+\+|libm|libgcc_s|libc|libdl|libpthread|librt|ld-linux.*|lib(a|t|ub)san)$'
needed=$(readelf -d "$SIMPLE_TORCH_LIBRARY" | sed -nE 's/.*\(NEEDED\).*\[(.*)\]/\1/p')
[[ $needed == *libc10* ]] || fail "$SIMPLE_TORCH_LIBRARY does not need libc10"
for each in $needed; do
  [[ ${each%%.so*} =~ $allowed ]] || fail "$SIMPLE_TORCH_LIBRARY needs $each"
done
foreign=$(nm -D --undefined-only "$SIMPLE_TORCH_LIBRARY" | grep -E ' _?Py[A-Z_]| cuda?[A-Z]| _ZNK?(2at|3c10)4cuda' || true)
[[ -z $foreign ]] || fail "$SIMPLE_TORCH_LIBRARY uses $foreign"
finish
