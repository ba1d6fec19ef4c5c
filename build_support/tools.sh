# What the build needs of the machine: one list for bootstrap, which installs it, and for
# doctor, which shows it. Sourced by them.

# missing_packages TESTS: sets `packages` to Debian's packages of what is missing.
missing_packages() {
  packages=()
  # If one is named and not there, another one is no remedy; CMake says so.
  [[ -n ${CXX:-} ]] || has_tool c++ || packages+=(g++)
  has_cmake || packages+=(cmake)
  # Where there is neither, the quicker one.
  has_tool make || has_tool ninja || packages+=(ninja-build)
  has_tool pkg-config || packages+=(pkg-config)
  has_tool flock || packages+=(util-linux)
  # Where they are not Debian's, CMake looks further and says what it misses.
  if has_tool apt-get; then
    has_ffi || packages+=(libffi-dev)
    has_library libpng || packages+=(libpng-dev)
    has_library libjpeg || packages+=(libjpeg-dev)
    has_library zlib || packages+=(zlib1g-dev)
    has_library libdeflate || packages+=(libdeflate-dev)
    has_json || packages+=(nlohmann-json3-dev)
    if [[ $1 == ON ]]; then
      has_gtest || packages+=(libgtest-dev)
    fi
  fi
}

has_tool() { command -v "${1%% *}" > /dev/null; }

has_gtest() { [[ -e /usr/include/gtest/gtest.h || -e /usr/local/include/gtest/gtest.h ]]; }

has_library() { pkg-config --exists "$1" 2> /dev/null; }

has_ffi() { has_library libffi; }

has_json() { [[ -e /usr/include/nlohmann/json.hpp || -e /usr/local/include/nlohmann/json.hpp ]]; }

cmake_version() { cmake --version 2> /dev/null | sed -nE '1s/.* ([0-9]+\.[0-9.]+).*/\1/p'; }

# 3.25 or newer.
has_cmake() {
  local major minor
  IFS=. read -r major minor _ <<< "$(cmake_version)"
  [[ -n $major ]] && ((major > 3 || (major == 3 && minor >= 25)))
}
