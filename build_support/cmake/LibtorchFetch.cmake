# Fetches a libtorch into the cache:  cmake [-DVERSION=2.11.0] -P LibtorchFetch.cmake
#
# The files come from the Python package index, with pip as the download client; nothing of
# Python is used afterwards. Everything happens in a folder of its own beside the cache's
# entries, which is renamed when all of it has been checked: whatever interrupts this, an
# entry is either whole or not there. What an interrupted run left is removed by the next.
cmake_minimum_required(VERSION 3.25)
include("${CMAKE_CURRENT_LIST_DIR}/LibtorchFind.cmake")

if(NOT VERSION)
  _asked_version(VERSION)
endif()
if(NOT VERSION)
  set(VERSION ${SIMPLE_TORCH_DEFAULT_LIBTORCH})
endif()
libtorch_cache_folder(cache)
set(entry "${cache}/${VERSION}")

file(MAKE_DIRECTORY "${cache}")
file(LOCK "${cache}/fetch.lock" GUARD PROCESS TIMEOUT 3600 RESULT_VARIABLE locked)
if(NOT locked EQUAL 0)
  message(FATAL_ERROR "Cannot lock ${cache}/fetch.lock: ${locked}")
endif()

file(GLOB leftovers "${cache}/partial-*")
if(leftovers)
  file(REMOVE_RECURSE ${leftovers})
endif()
libtorch_inspect_entry("${entry}")
if(NOT LIBTORCH_PROBLEM)
  return()
endif()
string(RANDOM LENGTH 8 random)
set(work "${cache}/partial-${random}")
if(EXISTS "${entry}")
  message(STATUS "Removing what is unusable in the cache: ${LIBTORCH_PROBLEM}")
  # Renamed first, so that an entry which is half removed is not there either.
  file(RENAME "${entry}" "${work}")
  file(REMOVE_RECURSE "${work}")
endif()
# What libraries can be found must not depend on a setting of this one shell.
unset(ENV{LD_LIBRARY_PATH})

# Someone who has installed Debian's package by hand is root, or becomes it with sudo.
function(_use_debian_package)
  find_program(apt_get apt-get)
  if(NOT VERSION VERSION_EQUAL SIMPLE_TORCH_DEFAULT_LIBTORCH)
    message(FATAL_ERROR "There is no pip to fetch libtorch ${VERSION} with. Install it:\n"
                        "    sudo apt-get install python3-pip")
  endif()
  if(apt_get)
    execute_process(COMMAND id -u OUTPUT_VARIABLE user OUTPUT_STRIP_TRAILING_WHITESPACE)
    set(sudo "")
    if(NOT user STREQUAL "0")
      set(sudo sudo -n)
    endif()
    message(STATUS "There is no pip; installing Debian's libtorch-dev")
    set(ENV{DEBIAN_FRONTEND} noninteractive)
    set(install ${sudo} ${apt_get} install -y --no-install-recommends libtorch-dev)
    execute_process(COMMAND ${install} RESULT_VARIABLE status)
    if(NOT status EQUAL 0)
      # A machine that never had a list of packages knows none.
      execute_process(COMMAND ${sudo} ${apt_get} update)
      execute_process(COMMAND ${install} RESULT_VARIABLE status)
    endif()
    if(status EQUAL 0)
      return()
    endif()
  endif()
  message(FATAL_ERROR
    "There is no pip to fetch libtorch with. Install it, or a libtorch:\n"
    "    sudo apt-get install python3-pip\n"
    "or  sudo apt-get install libtorch-dev")
endfunction()

set(pip "")
find_program(pip3 NAMES pip3 pip)
find_program(python3 NAMES python3 python)
foreach(candidate "${pip3}" "${python3};-m;pip")
  if(NOT pip AND NOT "${candidate}" MATCHES "NOTFOUND")
    execute_process(COMMAND ${candidate} --version RESULT_VARIABLE status
                    OUTPUT_QUIET ERROR_QUIET)
    if(status EQUAL 0)
      set(pip ${candidate})
    endif()
  endif()
endforeach()
if(NOT pip)
  _use_debian_package()
  return()
endif()

set(tree "${work}/tree")
file(MAKE_DIRECTORY "${tree}" "${work}/tmp")
# pip keeps half a gigabyte there while it downloads, and leaves it when it is killed.
set(ENV{TMPDIR} "${work}/tmp")

# Which Python is installed does not matter: the wheel of one for which all versions exist
# is asked for by name.
set(tags "")
if(CMAKE_HOST_SYSTEM_NAME STREQUAL "Linux")
  cmake_host_system_information(RESULT machine QUERY OS_PLATFORM)
  set(tags --python-version 3.11 --implementation cp --abi cp311 --abi none)
  # pip takes such names literally, so each version of the C library is listed.
  list(APPEND tags --platform manylinux1_${machine} --platform manylinux2010_${machine}
       --platform manylinux2014_${machine})
  foreach(minor RANGE 5 36)
    list(APPEND tags --platform manylinux_2_${minor}_${machine})
  endforeach()
endif()

# Sets ${out} to a file that a package lists in its RECORD and that was not unpacked whole, or
# "". Of the files it lists, those whose names match the regular expression are looked for.
function(_incomplete package regex out)
  file(GLOB record "${tree}/${package}-*.dist-info/RECORD")
  set(${out} "" PARENT_SCOPE)
  if(NOT record)
    set(${out} "its list of files" PARENT_SCOPE)
    return()
  endif()
  file(STRINGS "${record}" lines REGEX "^${regex}")
  foreach(line IN LISTS lines)
    if(line MATCHES "^([^,]+),[^,]*,([0-9]+)$")
      set(file "${tree}/${CMAKE_MATCH_1}")
      set(expected "${CMAKE_MATCH_2}")
      set(size "")
      if(EXISTS "${file}")
        file(SIZE "${file}" size)
      endif()
      if(NOT size STREQUAL expected)
        set(${out} "${CMAKE_MATCH_1}" PARENT_SCOPE)
        return()
      endif()
    endif()
  endforeach()
endfunction()

# Downloads one package and unpacks those of its files that match the patterns.
function(_fetch_package requirement)
  string(MAKE_C_IDENTIFIER "${requirement}" folder)
  set(folder "${work}/${folder}")
  execute_process(
    COMMAND ${pip} download --no-deps --only-binary=:all: --disable-pip-version-check
            --no-cache-dir ${tags} --dest "${folder}" "${requirement}"
    RESULT_VARIABLE status ERROR_VARIABLE errors ECHO_OUTPUT_VARIABLE)
  file(GLOB wheel "${folder}/*.whl")
  if(NOT status EQUAL 0 OR NOT wheel)
    file(REMOVE_RECURSE "${work}")
    message(FATAL_ERROR "pip could not download ${requirement}:\n${errors}\n"
      "Without the network, set LIBTORCH to the folder of a libtorch.")
  endif()
  file(ARCHIVE_EXTRACT INPUT "${wheel}" DESTINATION "${tree}" PATTERNS ${ARGN})
  file(REMOVE_RECURSE "${folder}")
endfunction()

# Sets ${out} to the requirements in a package's METADATA, without markers but for the
# extra they belong to: "name==version" or "name==version extra".
function(_requirements package out)
  file(GLOB metadata "${tree}/${package}-*.dist-info/METADATA")
  set(list "")
  if(metadata)
    file(STRINGS "${metadata}" lines REGEX "^Requires-Dist: ")
    foreach(line IN LISTS lines)
      if(line MATCHES "^Requires-Dist: ([A-Za-z0-9_.-]+)(\\[[^]]*\\])? *\\(?(==[^;) ]+)")
        set(requirement "${CMAKE_MATCH_1}${CMAKE_MATCH_3}")
        if(line MATCHES "extra == ['\"]([a-z0-9-]+)['\"]")
          string(APPEND requirement " ${CMAKE_MATCH_1}")
        endif()
        list(APPEND list "${requirement}")
      endif()
    endforeach()
  endif()
  set(${out} "${list}" PARENT_SCOPE)
endfunction()

message(STATUS "Fetching libtorch ${VERSION} into ${entry}; this is half a gigabyte")
_fetch_package("torch==${VERSION}" "torch/include/*" "torch/lib/*"
               "*.dist-info/METADATA" "*.dist-info/RECORD")
_incomplete(torch "torch/(include|lib)/" incomplete)
if(incomplete)
  file(REMOVE_RECURSE "${work}")
  message(FATAL_ERROR "What was fetched cannot be used: ${incomplete} was not unpacked whole")
endif()
file(REMOVE "${tree}/torch/lib/libtorch_python.so")

# The CUDA builds need two small libraries of CUDA's even where there is no GPU. What the
# machine lacks comes from the packages that the wheel itself names.
libtorch_unresolved("${tree}/torch/lib/libtorch_cpu.so" missing)
if(missing)
  _requirements(torch candidates)
  foreach(requirement IN LISTS candidates)
    if(requirement MATCHES "^(cuda-toolkit==[^ ]+)")
      _fetch_package("${CMAKE_MATCH_1}" "*.dist-info/METADATA")
      _requirements(cuda_toolkit more)
      list(APPEND candidates ${more})
    endif()
  endforeach()
  foreach(library IN LISTS missing)
    string(REGEX REPLACE "^lib([a-z]+).*" "\\1" stem "${library}")
    # The package of libcudart is called after what it is.
    string(REPLACE cudart "cuda[-_]runtime" name "${stem}")
    foreach(requirement IN LISTS candidates)
      if(requirement MATCHES "^nvidia-[^= ]*${name}[^ ]*" OR requirement MATCHES " ${stem}$")
        string(REGEX REPLACE " .*" "" requirement "${requirement}")
        message(STATUS "Fetching ${requirement} for ${library}")
        _fetch_package("${requirement}" "nvidia/*")
        break()
      endif()
    endforeach()
  endforeach()
  # The headers that come with libcudart include those of another package.
  file(GLOB runtime_headers "${tree}/nvidia/*/include/cuda_runtime.h")
  foreach(header IN LISTS runtime_headers)
    cmake_path(GET header PARENT_PATH folder)
    if(NOT EXISTS "${folder}/crt/host_config.h")
      foreach(requirement IN LISTS candidates)
        if(requirement MATCHES "^(nvidia-cuda-crt[^ ]*) crt$")
          message(STATUS "Fetching ${CMAKE_MATCH_1} for ${header}")
          _fetch_package("${CMAKE_MATCH_1}" "nvidia/*")
          break()
        endif()
      endforeach()
    endif()
  endforeach()
  libtorch_unresolved("${tree}/torch/lib/libtorch_cpu.so" missing)
  if(missing)
    list(JOIN missing ", " missing)
    file(REMOVE_RECURSE "${work}")
    message(FATAL_ERROR "libtorch ${VERSION} needs ${missing}, which is not on this machine "
                        "and not in the packages that it names")
  endif()
endif()

libtorch_inspect("${tree}")
if(LIBTORCH_PROBLEM)
  file(REMOVE_RECURSE "${work}")
  message(FATAL_ERROR "What was fetched cannot be used: ${LIBTORCH_PROBLEM}")
endif()
libtorch_count_headers("${tree}" headers)
file(WRITE "${tree}/complete" "${headers}\n")
file(RENAME "${tree}" "${entry}")
file(REMOVE_RECURSE "${work}")
message(STATUS "Fetched libtorch ${VERSION}")
