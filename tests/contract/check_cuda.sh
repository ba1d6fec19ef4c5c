#!/usr/bin/env bash
# The library for CUDA shows one function, needs the libraries that a build of libtorch for
# CUDA has, and uses no symbol that none of them defines. It is not loaded for this, so the
# check works on machines without a device.
source "$(dirname "$0")/lib.sh"

if [[ -z ${SIMPLE_TORCH_CUDA_LIBRARY:-} ]]; then
  echo 'nothing to check: the library for CUDA is not built'
  exit 0
fi
library=$SIMPLE_TORCH_CUDA_LIBRARY

shown=$(nm -D --defined-only "$library" | awk '{ print $NF }')
[[ $shown == simple_torch_cuda_library ]] || fail "$library shows $shown"

needed=$(readelf -d "$library" | sed -nE 's/.*\(NEEDED\).*\[(.*)\]/\1/p')
allowed='^(libtorch|libtorch_cpu|libtorch_cuda|libc10|libc10_cuda|libcudart(-[0-9a-f]+)?|libstdc\+\+|libc\+\+|libm|libgcc_s|libc|libdl|libpthread|librt|ld-linux.*|lib(a|t|ub)san)$'
for each in libtorch_cuda.so libc10_cuda.so; do
  [[ " $(echo $needed) " == *" $each "* ]] || fail "$library does not need $each"
done
providers=()
folders=$(readelf -d "$library" | sed -nE 's/.*R(UN)?PATH.*\[(.*)\]/\2/p' | tr ':' '\n')
for each in $needed; do
  [[ ${each%%.so*} =~ $allowed ]] || fail "$library needs $each"
  while IFS= read -r folder; do
    if [[ -n $folder && -e $folder/$each ]]; then providers+=("$folder/$each"); break; fi
  done < <(echo "$folders"; dirname "$(${CXX:-c++} -print-file-name="$each")")
done

# Names without the versions that some libraries give them.
names() { awk '{ print $NF }' | sed 's/@.*//' | sort -u; }
missing=$(comm -23 <(nm -D --undefined-only "$library" | grep -v ' w ' | names) \
  <(for each in "${providers[@]}"; do nm -D --defined-only "$each"; done | names))
[[ -z $missing ]] || fail "$library uses $(echo $missing), which no library that it needs defines"
finish
