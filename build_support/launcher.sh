# What bin/simple does, as functions. Sourced by it, with `root` and `support` set.

die() {
  printf '%s\n' "$*" >&2
  exit 1
}

# Relative paths are the caller's, and what is remembered must not depend on where that was.
for variable in LIBTORCH TORCH_HOME SIMPLE_TORCH_BUILD; do
  if [[ -n ${!variable:-} && ${!variable} != /* ]]; then export "$variable=$PWD/${!variable}"; fi
done

# Where the library's build and the host's lie: in the checkout, or in the cache if the checkout
# cannot be written.
if [[ -n ${SIMPLE_TORCH_BUILD:-} ]]; then
  build=$SIMPLE_TORCH_BUILD
  host_build=$SIMPLE_TORCH_BUILD/host
elif [[ -w $root ]]; then
  build=$root/build/release
  host_build=$root/build/host
else
  build=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/simple-torch/build/$(printf '%s' "$root" | cksum | tr ' ' '-')
  host_build=$build/host
fi
log=$build/simple-build.log
verbose=

# What the result of configuring depends on, apart from the files that CMake watches.
inputs() {
  local variable
  printf '%s\n' "root=$root"
  for variable in LIBTORCH TORCH_HOME SIMPLE_TORCH_LIBTORCH_VERSION SIMPLE_TORCH_FETCH \
    XDG_CACHE_HOME PKG_CONFIG_PATH CC CXX CFLAGS CXXFLAGS LDFLAGS; do
    printf '%s\n' "$variable=${!variable:-}"
  done
  printf '%s\n' "tests=$1"
}

# CMake takes compilers and flags from the environment, and the place of the checkout, only
# into a cache that is empty. Tests alone can be added to one that is not.
needs_empty_cache() {
  if [[ -f $build/simple-inputs ]]; then
    [[ $(grep -v '^tests=' "$build/simple-inputs") != "$(inputs '' | grep -v '^tests=')" ]]
  else
    # Set up by hand, with options that are to be kept.
    ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$build/CMakeCache.txt" 2> /dev/null
  fi
}

# Whether the last configuration was made from these inputs and its libtorch is still there.
configured_for() {
  [[ -f $build/CMakeCache.txt && -f $build/simple-inputs && -f $build/libtorch-files ]] || return 1
  [[ $(< "$build/simple-inputs") == "$1" ]] || return 1
  local file
  while IFS= read -r file; do [[ -e $file ]] || return 1; done < "$build/libtorch-files"
}

# Runs a command with its output in the log. On a terminal a line shows how far it is; when
# it fails, the end of the log is shown. The lock is not handed on: what the build leaves
# running, such as a compiler cache's server, would hold it.
logged() {
  local what=$1 status=0
  shift
  if [[ -n $verbose ]]; then
    "$@" 2>&1 9>&- | tee -a "$log" || status=$?
  elif [[ -t 2 ]]; then
    local line
    "$@" 2>&1 9>&- | tee -a "$log" | while IFS= read -r line; do
      printf '\r\033[K%s: %.60s' "$what" "$line" >&2
    done || status=$?
    printf '\r\033[K' >&2
  else
    "$@" >> "$log" 2>&1 9>&- || status=$?
  fi
  if ((status == 130)); then
    echo "$what was interrupted; the next call goes on from here." >&2
    exit 130
  fi
  if ((status != 0)); then
    # Of CMake's messages, the errors; of a compiler's, those of what failed first.
    {
      echo "$what failed:"
      if grep -q '^CMake Error' "$log"; then
        sed -n '/^CMake Error/,/^-- Configuring incomplete/p' "$log" |
          grep -vE '^(Call Stack|-- Configuring|$)|^  [^ ]*CMakeLists.txt:[0-9]+ \(|^CMake Error at'
      elif grep -q '^FAILED: ' "$log"; then
        sed -n '/^FAILED: /,/^\[[0-9]/p' "$log" | grep -v '^\[[0-9]' | head -n 25
      else
        tail -n 25 "$log"
      fi
      echo "The whole log: $log"
    } >&2
    exit "$status"
  fi
}

# timed NAME COMMAND…: keeps how long it took, for the summary.
times=()
times_total=0
timed() {
  local name=$1 start=${EPOCHREALTIME//[!0-9]/} took
  shift
  "$@"
  took=$(((${EPOCHREALTIME//[!0-9]/} - start) / 1000000))
  times_total=$((times_total + took))
  if ((took > 0)); then times+=("$name $took s"); fi
}

# Where the time went, if it was long enough to be asked for.
report_times() {
  ((times_total >= 5)) || return 0
  local text
  printf -v text '%s, ' "${times[@]}"
  echo "Built in $times_total s: ${text%, }" >&2
}

# Holds the build folder until the script ends, so that two calls at once do not mix.
lock_build() {
  mkdir -p "$build" 2> /dev/null || die "Cannot make the folder $build to build in. Set SIMPLE_TORCH_BUILD to one that can be written."
  exec 9> "$build/simple-lock"
  if ! flock -n 9; then
    echo 'Another simple is building here; waiting for it.' >&2
    flock 9
  fi
}

# make_current TESTS: configures and builds what is not current. TESTS is ON or OFF.
make_current() {
  lock_build
  : > "$log"
  local wanted
  wanted=$(inputs "$1")
  # Whoever wants to see everything also wants to see where libtorch was looked for.
  if [[ -n $verbose ]] || ! configured_for "$wanted"; then
    timed tools "$support/bootstrap" "$1" >&2 9>&-
    # The host has a build of its own, which needs no libtorch.
    local options=(-DCMAKE_BUILD_TYPE=Release "-DSIMPLE_TORCH_TESTS=$1" -DSIMPLE_TORCH_HOST=OFF
      "-DSIMPLE_TORCH_VERBOSE=${verbose:-OFF}")
    if needs_empty_cache; then rm -rf "$build/CMakeCache.txt" "$build/CMakeFiles"; fi
    # Until this has worked, what is there was made from no known inputs.
    echo configuring > "$build/simple-inputs"
    if [[ ! -f $build/CMakeCache.txt && -z ${CMAKE_GENERATOR:-} ]] && command -v ninja > /dev/null; then
      options+=(-G Ninja)
    fi
    if [[ -n ${LIBTORCH:-} || ${SIMPLE_TORCH_FETCH:-} == 0 ]]; then
      echo 'Configuring' >&2
    else
      echo 'Configuring; a libtorch is fetched if there is none (half a gigabyte)' >&2
    fi
    timed 'finding libtorch' logged Configuring cmake -S "$root" -B "$build" "${options[@]}"
    printf '%s\n' "$wanted" > "$build/simple-inputs"
    echo 'Building; the first time takes a minute or two' >&2
  fi
  timed 'the library' logged Building cmake --build "$build" --parallel "$(nproc 2> /dev/null || echo 2)"
}

# ---- The host

# What the host's build depends on, apart from its files.
host_inputs="root=$root
CC=${CC:-}
CXX=${CXX:-}
CFLAGS=${CFLAGS:-}
CXXFLAGS=${CXXFLAGS:-}
LDFLAGS=${LDFLAGS:-}
PKG_CONFIG_PATH=${PKG_CONFIG_PATH:-}"

# Asked at every call, so it has to cost next to nothing: no cmake, no process at all. A folder
# is newer when a file in it came or went.
host_is_current() {
  [[ -x $host_build/simple && -f $host_build/simple-current && -f $host_build/simple-inputs ]] || return 1
  local made_from=
  IFS= read -r -d '' made_from < "$host_build/simple-inputs" || true
  [[ $made_from == "$host_inputs" ]] || return 1
  local file
  shopt -s globstar
  for file in "$root"/host/src/** "$root/host/CMakeLists.txt" "$support/cmake/Defaults.cmake"; do
    if [[ $file -nt $host_build/simple-current ]]; then return 1; fi
  done
}

# make_host [TESTS]: builds the host if it is not current; with TESTS=ON its tests, too.
make_host() {
  local tests=${1:-OFF} build=$host_build log=$host_build/simple-build.log
  if [[ $tests == OFF ]] && host_is_current; then return; fi
  lock_build
  # Another call may have built it meanwhile.
  if [[ $tests == ON ]] || ! host_is_current; then timed 'the host' compile_host "$tests"; fi
  # The library's build has a lock of its own.
  exec 9>&-
}

compile_host() {
  local tests=$1 made_from='' options=()
  : > "$log"
  # What changes while it is built is newer than this.
  touch "$build/simple-started"
  if [[ -f $build/simple-inputs ]]; then IFS= read -r -d '' made_from < "$build/simple-inputs" || true; fi
  if [[ $made_from != "$host_inputs" || ! -f $build/CMakeCache.txt ]]; then
    "$support/bootstrap" "$tests" >&2 9>&-
    rm -rf "$build/CMakeCache.txt" "$build/CMakeFiles" "$build/simple-inputs"
    if [[ -z ${CMAKE_GENERATOR:-} ]] && command -v ninja > /dev/null; then options+=(-G Ninja); fi
    logged 'Configuring the host' cmake -S "$root/host" -B "$build" -DCMAKE_BUILD_TYPE=Release \
      "-DSIMPLE_HOST_TESTS=$tests" "${options[@]}"
    printf '%s' "$host_inputs" > "$build/simple-inputs"
    echo 'Building the host; the first time takes a minute or two' >&2
  elif [[ $tests == ON ]] && ! grep -qx 'SIMPLE_HOST_TESTS:BOOL=ON' "$build/CMakeCache.txt"; then
    "$support/bootstrap" ON >&2 9>&-
    logged 'Configuring the host' cmake -S "$root/host" -B "$build" -DSIMPLE_HOST_TESTS=ON
  fi
  local target=(--target simple_host)
  if [[ $tests == ON ]]; then target=(); fi
  logged 'Building the host' cmake --build "$build" "${target[@]}" \
    --parallel "$(nproc 2> /dev/null || echo 2)"
  mv "$build/simple-started" "$build/simple-current"
}

# Hands the call on to the host, which finds this checkout's modules and libraries, and has a
# library built when a program needs one that is not there.
run_host() {
  make_host
  report_times
  export_host
  say_if_another_libtorch_is_meant
  exec "$host_build/simple" "$@"
}

export_host() {
  export SIMPLE_LIB=${SIMPLE_LIB:-$root/host/lib}
  local packages="lib.torch=$root/tier3_api/torch:$root/tier2_sffi/torch"
  export SIMPLE_PACKAGES=${SIMPLE_PACKAGES:+$SIMPLE_PACKAGES;}$packages
  export SIMPLE_SFFI_BUILD_PATH=$build/tier1_ffi
  # Tensors die many at once: glibc shall keep more of their memory at hand than seven pieces.
  export GLIBC_TUNABLES=${GLIBC_TUNABLES:+$GLIBC_TUNABLES:}glibc.malloc.tcache_count=4000
  # For sh: in single quotes, which the path may hold, too.
  export SIMPLE_SFFI_BUILD_COMMAND="'${root//\'/\'\\\'\'}/bin/simple' build --with-{}"
}

# A library that is there is used as it is; building one anew takes minutes.
say_if_another_libtorch_is_meant() {
  [[ -n ${LIBTORCH:-}${SIMPLE_TORCH_LIBTORCH_VERSION:-} && -z ${SIMPLE_SFFI_PATH:-} &&
    -f $build/simple-inputs ]] || return 0
  local made_from='' variable
  IFS= read -r -d '' made_from < "$build/simple-inputs" || true
  for variable in LIBTORCH SIMPLE_TORCH_LIBTORCH_VERSION; do
    if [[ -n ${!variable:-} && $made_from != *$'\n'"$variable=${!variable}"$'\n'* ]]; then
      echo "simple: the library that is built was not made with $variable=${!variable}; '$root/bin/simple build --with-torch' makes it anew." >&2
    fi
  done
}

# Whether the arguments of `test` are for specs: a path that is there, or an option of theirs.
for_specs() {
  local argument
  for argument in "$@"; do
    case $argument in
      --filter* | --tag* | --format* | --list | --fail-fast | --slow | --only-slow | --json | \
        --output* | --jobs* | --no-color | *.spl | *.sspec) return 0 ;;
      -*) ;;
      *) if [[ -e $argument ]]; then return 0; fi ;;
    esac
  done
  return 1
}

# ---- The library

build_library() {
  verbose=$1
  # A folder that is set up for the tests is not set up anew without them.
  local tests=OFF
  if configured_for "$(inputs ON)"; then tests=ON; fi
  make_current "$tests"
  [[ -x $build/build_support/simple_torch_probe ]] ||
    die "The build made no probe in $build; see $log."
}

build_tests() {
  verbose=
  make_host ON
  make_current ON
  report_times
}

project_version() { sed -nE 's/^project\(.* VERSION ([0-9.]+).*/\1/p' "$root/CMakeLists.txt"; }

# Loads the library in a process of its own and asks for its version. The answer is kept
# until the library or its libtorch changes: loading libtorch takes a third of a second.
loaded_version() {
  local answer status=0 kept=$build/simple-verified
  local library=$build/tier1_ffi/libsimple_torch_ffi.so
  if [[ -f $kept && $kept -nt $library && $kept -nt $build/libtorch-files ]]; then
    cat "$kept"
    return
  fi
  rm -f "$kept"
  answer=$("$build/build_support/simple_torch_probe" 2>&1) || status=$?
  if ((status != 0)); then
    die "The library was built, but cannot be loaded:
$answer"
  fi
  head -n 1 <<< "$answer" | tee "$kept"
}

report_library() {
  local version
  version=$(loaded_version)
  printf '%s\n%s\n' "$version" "$build/tier1_ffi/libsimple_torch_ffi.so"
}

# Adds what a run of ctest wrote to the totals.
count_results() {
  [[ -f $1 ]] || return 0
  passed=$((passed + $(grep -c 'status="run"' "$1" || true)))
  failed=$((failed + $(grep -c 'status="fail"' "$1" || true)))
  skipped=$((skipped + $(grep -cE 'status="(notrun|disabled)"' "$1" || true)))
}

# Runs the C++ tests whose names match one of the arguments, or all and then the specs;
# arguments that start with an option are ctest's own. Ends with the line
# "N passed, N failed, N skipped".
run_tests() {
  local status=0 options=() folder results report passed=0 failed=0 skipped=0
  # The build is done; a test may call bin/simple itself.
  exec 9>&-
  if [[ ${1:-} == -* ]]; then
    options=("$@")
  elif (($# > 0)); then
    options=(-R "$(IFS='|'; printf '%s' "$*")")
  fi
  export_host
  for folder in "$host_build" "$build"; do
    results=$folder/simple-results.xml
    rm -f "$results"
    ctest --test-dir "$folder" --output-on-failure --parallel "$(nproc 2> /dev/null || echo 2)" \
      --output-junit "$results" "${options[@]}" || status=$?
    count_results "$results"
  done
  if (($# == 0)) && [[ -n $(find "$root/tests" -name '*_spec.spl' -print -quit) ]]; then
    report=$host_build/simple-specs.txt
    # The examples learn, on whatever machine this is.
    "$host_build/simple" test --timeout 900 "$root/tests" | tee "$report" || status=1
    local spec_passed spec_failed spec_skipped
    if read -r spec_passed _ spec_failed _ spec_skipped _ < <(tail -n 1 "$report" | tr -d ,) &&
      [[ $spec_passed$spec_failed$spec_skipped =~ ^[0-9]+$ ]]; then
      passed=$((passed + spec_passed))
      failed=$((failed + spec_failed))
      skipped=$((skipped + spec_skipped))
    else
      failed=$((failed + 1))
    fi
    echo
  elif (($# > 0 && passed + failed + skipped == 0)); then
    echo "There is no test whose name matches." >&2
    status=1
  fi
  echo "$passed passed, $failed failed, $skipped skipped"
  return "$status"
}
