#!/usr/bin/env bash
# Fetching a libtorch into the cache, from an index that is a folder: a stand-in for pip copies
# the packages, and can break off, dawdle or bring what is damaged.
source "$(dirname "$0")/lib.sh"
fetched=$work/cache/simple-torch/libtorch
entry=$fetched/2.11.0
index=$work/index
export PIP_STAND_IN=$index

mkdir -p "$work/bin" "$index"
cat > "$work/bin/pip3" <<'TEXT'
#!/usr/bin/env bash
if [[ $1 == --version ]]; then exit 0; fi
while (($# > 1)); do
  if [[ $1 == --dest ]]; then folder=$2; fi
  shift
done
echo "$1" >> "$PIP_STAND_IN/asked"
mkdir -p "$folder"
if [[ -e $PIP_STAND_IN/dawdle ]]; then
  echo $$ > "$PIP_STAND_IN/pid"
  head -c 100 "$PIP_STAND_IN/$1.whl" > "$folder/package.whl"
  : > "$TMPDIR/half a download"
  sleep "$(< "$PIP_STAND_IN/dawdle")" > /dev/null 2>&1
fi
cp "$PIP_STAND_IN/$1.whl" "$folder/package.whl"
TEXT
chmod +x "$work/bin/pip3"

# A package from a folder with its files; the second argument is what it is called.
# As in all packages, the last file lists all files with their sizes.
package() { (
  cd "$1" && mkdir -p "${2/==/-}.dist-info" && rm -f -- *.dist-info/RECORD
  find . -type f -printf '%P,sha256=abc,%s\n' > record && mv record "${2/==/-}.dist-info/RECORD"
  files=()
  for file in *; do if [[ $file != *.dist-info ]]; then files+=("$file"); fi; done
  cmake -E tar cf "$index/$2.whl" --format=zip -- "${files[@]}" *.dist-info
); }

# Takes the place of the shell that calls it, so that what is killed is the fetch itself.
fetch() { exec env XDG_CACHE_HOME="$work/cache" PATH="$work/bin:$PATH" \
  cmake "$@" -P "$root/build_support/cmake/LibtorchFetch.cmake"; }
nothing_left() { [[ -z $(compgen -G "$fetched/partial-*") ]]; }

# A libtorch that needs two of CUDA's libraries, found as the real one finds them. One package
# is named by torch's own, the other by the toolkit's.
source_tree=$work/torch-wheel
fake "$source_tree/torch" 2.11.0
mkdir -p "$source_tree/torch/share" "$source_tree/torch-2.11.0.dist-info"
echo unused > "$source_tree/torch/share/unused"
library "$work/libcudart.so.99" '' -Wl,-soname,libcudart.so.99
library "$work/libcupti.so.99" '' -Wl,-soname,libcupti.so.99
library "$source_tree/torch/lib/libtorch_cpu.so" '' -Wl,--no-as-needed \
  "$work/libcudart.so.99" "$work/libcupti.so.99" "-Wl,-rpath,\$ORIGIN/../../nvidia/cu99/lib"
cat > "$source_tree/torch-2.11.0.dist-info/METADATA" <<'TEXT'
Name: torch
Requires-Dist: filelock
Requires-Dist: cuda-toolkit[cudart,cublas]==99.1; platform_system == "Linux"
Requires-Dist: nvidia-cuda-cupti-cu99==99.2 ; platform_system == "Linux"
Requires-Dist: nvidia-cudnn-cu99==99.4 ; platform_system == "Linux"
TEXT
package "$source_tree" torch==2.11.0
mkdir -p "$work/toolkit/cuda_toolkit-99.1.dist-info"
cat > "$work/toolkit/cuda_toolkit-99.1.dist-info/METADATA" <<'TEXT'
Name: cuda-toolkit
Requires-Dist: nvidia-cublas==99.5 ; extra == "cublas"
Requires-Dist: nvidia-cuda-runtime==99.3 ; extra == "cudart"
Requires-Dist: nvidia-cuda-crt==99.6 ; extra == "all"
Requires-Dist: nvidia-cuda-crt==99.6 ; extra == "crt"
TEXT
package "$work/toolkit" cuda-toolkit==99.1
for name in cudart:nvidia-cuda-runtime==99.3 cupti:nvidia-cuda-cupti-cu99==99.2; do
  tree=$work/${name%%:*}
  mkdir -p "$tree/nvidia/cu99/lib"
  cp "$work/lib${name%%:*}.so.99" "$tree/nvidia/cu99/lib"
  if [[ $name == cudart:* ]]; then
    mkdir "$tree/nvidia/cu99/include"
    echo '#include "crt/host_config.h"' > "$tree/nvidia/cu99/include/cuda_runtime.h"
  fi
  package "$tree" "${name#*:}"
done
mkdir -p "$work/crt/nvidia/cu99/include/crt"
touch "$work/crt/nvidia/cu99/include/crt/host_config.h"
package "$work/crt" nvidia-cuda-crt==99.6

output=$(fetch 2>&1) && [[ -e $entry/complete && -e $entry/nvidia/cu99/lib/libcudart.so.99 ]]
expect 'a libtorch is fetched with the libraries that it needs'
[[ -e $entry/nvidia/cu99/include/crt/host_config.h ]]
expect 'and with the headers that those of CUDA include'
[[ $(sort "$index/asked" | tr '\n' ' ') == 'cuda-toolkit==99.1 nvidia-cuda-crt==99.6 nvidia-cuda-cupti-cu99==99.2 nvidia-cuda-runtime==99.3 torch==2.11.0 ' ]]
expect 'no package is fetched that is not needed'
nothing_left && [[ ! -e $entry/torch/share ]]
expect 'only what is used is kept'
output=$(env XDG_CACHE_HOME="$work/cache" cmake -P "$root/build_support/cmake/LibtorchReport.cmake" 2> /dev/null)
says "cache: libtorch 2.11.0 in $entry"
expect 'what was fetched is found'
: > "$index/asked"
output=$(fetch 2>&1) && [[ ! -s $index/asked ]]
expect 'what is there is not fetched again'
rm "$entry/nvidia/cu99/lib/libcupti.so.99"
output=$(fetch 2>&1) && [[ -s $index/asked && -e $entry/nvidia/cu99/lib/libcupti.so.99 ]]
expect 'an entry that cannot be loaded any more is fetched anew'

# Killed at its worst moment, with the download going on.
rm -rf "$fetched"
echo 60 > "$index/dawdle"
fetch > /dev/null 2>&1 &
fetching=$!
for _ in {1..100}; do
  if [[ -s $index/pid ]]; then break; fi
  sleep 0.1
done
kill -9 "$fetching" "$(< "$index/pid")"
wait "$fetching" 2> /dev/null
rm "$index/dawdle"
[[ ! -e $entry ]] && ! nothing_left
expect 'a fetch that is killed leaves no entry'
output=$(env XDG_CACHE_HOME="$work/cache" SIMPLE_TORCH_FETCH=0 cmake -P "$root/build_support/cmake/LibtorchReport.cmake" 2> /dev/null)
says "cache: nothing in $entry"
expect 'what it left is not found'
output=$(fetch 2>&1) && [[ -e $entry/complete ]] && nothing_left
expect 'the next fetch removes what it left, and brings the whole'

# Two at once.
rm -rf "$fetched" && : > "$index/asked" && echo 1 > "$index/dawdle"
fetch > /dev/null 2>&1 &
first=$!
fetch > /dev/null 2>&1 &
second=$!
wait "$first" && wait "$second" && [[ -e $entry/complete && $(grep -c '^torch' "$index/asked") == 1 ]]
expect 'of two fetches at once, one waits and uses what the other brings'
rm "$index/dawdle"

# What is damaged on the way.
rm -rf "$fetched" && cp "$index/torch==2.11.0.whl" "$work/whole.whl"
size=$(stat -c %s "$work/whole.whl")
for part in 20 40 60; do
  head -c $((size * part / 100)) "$work/whole.whl" > "$index/torch==2.11.0.whl"
  output=$(fetch 2>&1)
  [[ $? != 0 && ! -e $entry ]]
  expect "a package that is cut off at $part of a hundred is refused"
done
rm "$source_tree/torch/lib/libc10.so" && package "$source_tree" torch==2.11.0
output=$(fetch 2>&1)
[[ $? != 0 && ! -e $entry ]] && says 'What was fetched cannot be used' && says 'libc10.so'
expect 'a package without a library is refused'
cp "$work/whole.whl" "$index/torch==2.11.0.whl" && rm "$index/nvidia-cuda-cupti-cu99==99.2.whl"
output=$(fetch 2>&1)
[[ $? != 0 && ! -e $entry ]] && says 'pip could not download nvidia-cuda-cupti-cu99==99.2' && says 'set LIBTORCH'
expect 'a package that cannot be had is an error that names it'
nothing_left
expect 'nothing is left of what was refused'

output=$(SIMPLE_TORCH_LIBTORCH_VERSION=2.7.1 fetch 2>&1)
[[ $? != 0 ]] && says 'could not download torch==2.7.1'
expect 'the version asked for is the one that is fetched'

# Without pip, python and apt. CMake also looks in the system's own folders, so the machine's
# are hidden by programs that do not work.
mkdir "$work/bare"
for name in pip pip3 python python3 apt-get sudo; do
  printf '#!/bin/sh\nexit 1\n' > "$work/bare/$name" && chmod +x "$work/bare/$name"
done
output=$(env XDG_CACHE_HOME="$work/cache" PATH="$work/bare:$PATH" \
  cmake -P "$root/build_support/cmake/LibtorchFetch.cmake" 2>&1)
[[ $? != 0 ]] && says 'There is no pip to fetch libtorch with' && says 'apt-get install'
expect 'without pip, and where apt may not install, it says what to install'
finish
