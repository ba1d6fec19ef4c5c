# What bin/simple does, as functions. Sourced by it, with `root` and `support` set.

die() {
  printf '%s\n' "$*" >&2
  exit 1
}

# Relative paths are the caller's, and what is remembered must not depend on where that was.
for variable in LIBTORCH TORCH_HOME SIMPLE_TORCH_BUILD; do
  if [[ -n ${!variable:-} && ${!variable} != /* ]]; then export "$variable=$PWD/${!variable}"; fi
done

# Where the build lies: in the checkout, or in the cache if the checkout cannot be written.
build_folder() {
  if [[ -n ${SIMPLE_TORCH_BUILD:-} ]]; then
    printf '%s\n' "$SIMPLE_TORCH_BUILD"
  elif [[ -w $root ]]; then
    printf '%s\n' "$root/build/release"
  else
    local cache=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}
    printf '%s\n' "$cache/simple-torch/build/$(printf '%s' "$root" | cksum | tr ' ' '-')"
  fi
}
build=$(build_folder)
log=$build/simple-build.log

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
    # Of CMake's messages, the errors; of a compiler's, the last lines.
    {
      echo "$what failed:"
      if grep -q '^CMake Error' "$log"; then
        sed -n '/^CMake Error/,/^-- Configuring incomplete/p' "$log" |
          grep -vE '^(Call Stack|-- Configuring|$)|^  [^ ]*CMakeLists.txt:[0-9]+ \(|^CMake Error at'
      else
        tail -n 25 "$log"
      fi
      echo "The whole log: $log"
    } >&2
    exit "$status"
  fi
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
    "$support/bootstrap" "$1" >&2 9>&-
    local options=(-DCMAKE_BUILD_TYPE=Release "-DSIMPLE_TORCH_TESTS=$1"
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
    logged Configuring cmake -S "$root" -B "$build" "${options[@]}"
    printf '%s\n' "$wanted" > "$build/simple-inputs"
    echo 'Building; the first time takes a minute or two' >&2
  fi
  logged Building cmake --build "$build" --parallel "$(nproc 2> /dev/null || echo 2)"
}

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
  make_current ON
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

# Runs the tests whose names match one of the arguments, or all; arguments that start with an
# option are ctest's own. Ends with the line "N passed, N failed, N skipped".
run_tests() {
  local status=0 filter=() results passed failed skipped
  # The build is done; a test may call bin/simple itself.
  exec 9>&-
  if [[ ${1:-} == -* ]]; then
    filter=("$@")
  elif (($# > 0)); then
    filter=(-R "$(IFS='|'; printf '%s' "$*")" --no-tests=error)
  fi
  results=$build/simple-results.xml
  rm -f "$results"
  ctest --test-dir "$build" --output-on-failure --parallel "$(nproc 2> /dev/null || echo 2)" \
    --output-junit "$results" "${filter[@]}" || status=$?
  if [[ -f $results ]]; then
    passed=$(grep -c 'status="run"' "$results" || true)
    failed=$(grep -c 'status="fail"' "$results" || true)
    skipped=$(grep -cE 'status="(notrun|disabled)"' "$results" || true)
    echo "$passed passed, $failed failed, $skipped skipped"
  fi
  return "$status"
}
