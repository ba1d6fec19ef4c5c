# The places where a libtorch is looked for, in order. The same search serves the build and
# `bin/simple doctor`.
include_guard()
include("${CMAKE_CURRENT_LIST_DIR}/LibtorchInspect.cmake")

set(SIMPLE_TORCH_DEFAULT_LIBTORCH 2.11.0)

# The folder in which fetched libtorchs lie, one for each version.
function(libtorch_cache_folder out)
  if(DEFINED ENV{XDG_CACHE_HOME} AND IS_ABSOLUTE "$ENV{XDG_CACHE_HOME}")
    set(base "$ENV{XDG_CACHE_HOME}")
  elseif(NOT "$ENV{HOME}" STREQUAL "")
    set(base "$ENV{HOME}/.cache")
  else()
    set(base "/tmp")
  endif()
  set(${out} "${base}/simple-torch/libtorch" PARENT_SCOPE)
endfunction()

# The version that is asked for by name, or "". It is part of the environment so that the
# build, the doctor and the fetch agree on it.
function(_asked_version out)
  set(${out} "$ENV{SIMPLE_TORCH_LIBTORCH_VERSION}" PARENT_SCOPE)
endfunction()

# Inspects a folder, and has as a problem also that it is not the version asked for.
macro(_inspect root)
  libtorch_inspect("${root}")
  if(NOT LIBTORCH_PROBLEM AND asked AND NOT LIBTORCH_VERSION VERSION_EQUAL asked)
    string(CONCAT LIBTORCH_PROBLEM "the libtorch in ${root} is ${LIBTORCH_VERSION}, and "
                                   "SIMPLE_TORCH_LIBTORCH_VERSION asks for ${asked}")
  endif()
endmacro()

# An entry of the cache must also have all of its files: people and tidying programs delete
# in caches. Its last file to be written says how many there are.
function(libtorch_inspect_entry entry)
  libtorch_inspect("${entry}")
  if(NOT LIBTORCH_PROBLEM)
    set(expected "")
    if(EXISTS "${entry}/complete")
      file(READ "${entry}/complete" expected)
      string(STRIP "${expected}" expected)
    endif()
    libtorch_count_headers("${entry}" actual)
    if(expected STREQUAL "")
      set(LIBTORCH_PROBLEM "${entry} is damaged: it lacks the file 'complete'")
    elseif(NOT actual STREQUAL expected)
      set(LIBTORCH_PROBLEM
          "${entry} is damaged: it has ${actual} headers, and ${expected} were unpacked")
    endif()
  endif()
  foreach(result PROBLEM INCLUDE LIB VERSION CXX11_ABI)
    set(LIBTORCH_${result} "${LIBTORCH_${result}}" PARENT_SCOPE)
  endforeach()
endfunction()

function(libtorch_count_headers entry out)
  file(GLOB_RECURSE headers "${entry}/torch/include/*")
  list(LENGTH headers count)
  set(${out} ${count} PARENT_SCOPE)
endfunction()

# Sets ${out} to the folders of torch in the Pythons that the user can call. Each is asked
# where the package lies; torch itself is not imported, and a folder of the name "torch" where
# the question is asked does not count.
function(_python_torch_folders out)
  set(question "import importlib.util as u, sys; sys.path[:] = [p for p in sys.path if p]\ns = u.find_spec('torch')\nif s and s.origin: print(list(s.submodule_search_locations)[0])")
  string(REPLACE ":" ";" path "$ENV{PATH}")
  set(folders "")
  foreach(program IN LISTS path)
    foreach(name python3 python)
      if(EXISTS "${program}/${name}")
        execute_process(COMMAND "${program}/${name}" -c "${question}" TIMEOUT 10
                        OUTPUT_VARIABLE folder OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
        list(APPEND folders ${folder})
      endif()
    endforeach()
  endforeach()
  list(REMOVE_DUPLICATES folders)
  set(${out} "${folders}" PARENT_SCOPE)
endfunction()

# Adds a line to the report of the search.
macro(_report step text)
  list(APPEND report "${step}: ${text}")
endmacro()

# A place that was named on purpose: what is there must be usable.
macro(_take_named step given)
  if(NOT found)
    # The loader and the linker run elsewhere, so a relative path would mean another folder.
    get_filename_component(root "${given}" ABSOLUTE BASE_DIR "$ENV{PWD}")
    _inspect("${root}")
    if(LIBTORCH_PROBLEM)
      _report("${step}" "${LIBTORCH_PROBLEM}")
      set(problem "${step}: ${LIBTORCH_PROBLEM}")
      set(found failed)
    else()
      _report("${step}" "libtorch ${LIBTORCH_VERSION} in ${root}")
      set(found "${step}")
    endif()
  endif()
endmacro()

# A place that may hold one or not.
macro(_take_if_there step root)
  if(NOT found)
    if("${step}" STREQUAL "cache")
      libtorch_inspect_entry("${root}")
    else()
      _inspect("${root}")
    endif()
    if(NOT LIBTORCH_PROBLEM)
      _report("${step}" "libtorch ${LIBTORCH_VERSION} in ${root}")
      set(found "${step}")
    elseif(LIBTORCH_PROBLEM MATCHES "damaged|lacks|needs|asks for|not libtorch's")
      _report("${step}" "passed over: ${LIBTORCH_PROBLEM}")
    else()
      _report("${step}" "nothing in ${root}")
    endif()
  endif()
endmacro()

# libtorch_find(option): `option` is the value of -DSIMPLE_TORCH_LIBTORCH, or "". Sets in
# the caller the results of libtorch_inspect() and
#   LIBTORCH_FOUND_BY   the step that found it, or ""
#   LIBTORCH_ERROR      "" or why the search must stop: a named place was not usable
#   LIBTORCH_REPORT     a list, one line for each step that was tried
#   LIBTORCH_WANTED     the version to fetch if none is found
function(libtorch_find option)
  _asked_version(asked)
  set(wanted "${asked}")
  if(NOT wanted)
    set(wanted ${SIMPLE_TORCH_DEFAULT_LIBTORCH})
  endif()
  set(found "")
  set(problem "")
  set(report "")

  if(option)
    _take_named("-DSIMPLE_TORCH_LIBTORCH" "${option}")
  else()
    _report("-DSIMPLE_TORCH_LIBTORCH" "not given")
  endif()

  if(NOT found)
    if("$ENV{LIBTORCH}" STREQUAL "")
      _report("LIBTORCH" "not set")
    else()
      _take_named("LIBTORCH" "$ENV{LIBTORCH}")
    endif()
  endif()

  if(NOT found)
    set(home "$ENV{TORCH_HOME}")
    if(home STREQUAL "")
      _report("TORCH_HOME" "not set")
    elseif(IS_DIRECTORY "${home}/hub" AND NOT IS_DIRECTORY "${home}/include")
      # Python's torch keeps its downloads in a folder of this name.
      _report("TORCH_HOME" "passed over: ${home} is a cache of models")
    else()
      _take_named("TORCH_HOME" "${home}")
    endif()
  endif()

  if(NOT found)
    find_program(SIMPLE_TORCH_PKG_CONFIG pkg-config)
    set(prefix "")
    if(SIMPLE_TORCH_PKG_CONFIG)
      foreach(name torch libtorch)
        if(NOT prefix)
          execute_process(COMMAND "${SIMPLE_TORCH_PKG_CONFIG}" --variable=prefix ${name}
                          OUTPUT_VARIABLE prefix OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
        endif()
      endforeach()
    endif()
    string(REPLACE "\\ " " " prefix "${prefix}")
    if(prefix)
      _take_if_there("pkg-config" "${prefix}")
    elseif(SIMPLE_TORCH_PKG_CONFIG)
      _report("pkg-config" "knows no torch and no libtorch")
    else()
      _report("pkg-config" "not installed")
    endif()
  endif()

  if(NOT found)
    libtorch_cache_folder(cache)
    _take_if_there("cache" "${cache}/${wanted}")
  endif()

  foreach(folder /usr/local /usr /opt/libtorch)
    if(NOT found)
      _take_if_there("system" "${folder}")
    endif()
  endforeach()
  foreach(folder /opt/homebrew /opt/homebrew/opt/pytorch /usr/local/opt/pytorch)
    if(NOT found AND IS_DIRECTORY "${folder}")
      _take_if_there("Homebrew" "${folder}")
    endif()
  endforeach()

  if(NOT found)
    _python_torch_folders(folders)
    foreach(folder IN LISTS folders)
      _take_if_there("Python" "${folder}")
    endforeach()
    if(NOT folders)
      _report("Python" "none that has a torch")
    endif()
  endif()

  if(found STREQUAL "failed")
    set(found "")
  endif()
  set(LIBTORCH_FOUND_BY "${found}" PARENT_SCOPE)
  set(LIBTORCH_ERROR "${problem}" PARENT_SCOPE)
  set(LIBTORCH_REPORT "${report}" PARENT_SCOPE)
  set(LIBTORCH_WANTED "${wanted}" PARENT_SCOPE)
  foreach(result INCLUDE LIB VERSION CXX11_ABI)
    set(LIBTORCH_${result} "${LIBTORCH_${result}}" PARENT_SCOPE)
  endforeach()
endfunction()
