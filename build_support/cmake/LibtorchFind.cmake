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

# Adds a line to the report of the search.
macro(_report step text)
  list(APPEND report "${step}: ${text}")
endmacro()

# A place that was named on purpose: what is there must be usable.
macro(_take_named step root)
  if(NOT found)
    libtorch_inspect("${root}")
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
    libtorch_inspect("${root}")
    if(NOT LIBTORCH_PROBLEM)
      _report("${step}" "libtorch ${LIBTORCH_VERSION} in ${root}")
      set(found "${step}")
    elseif(LIBTORCH_PROBLEM MATCHES "damaged|lacks|needs")
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
function(libtorch_find option)
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
    _take_if_there("cache" "${cache}/${SIMPLE_TORCH_DEFAULT_LIBTORCH}")
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

  foreach(python python3 python)
    if(NOT found)
      find_program(SIMPLE_TORCH_${python} ${python})
      set(folder "")
      if(SIMPLE_TORCH_${python})
        # Asks where the package lies; torch itself is not imported.
        execute_process(
          COMMAND "${SIMPLE_TORCH_${python}}" -c
            "import importlib.util as u; s = u.find_spec('torch'); print(list(s.submodule_search_locations)[0] if s else '')"
          OUTPUT_VARIABLE folder OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
      endif()
      if(folder)
        _take_if_there("${python}" "${folder}")
      elseif(SIMPLE_TORCH_${python})
        _report("${python}" "has no torch")
      else()
        _report("${python}" "not installed")
      endif()
    endif()
  endforeach()

  if(found STREQUAL "failed")
    set(found "")
  endif()
  set(LIBTORCH_FOUND_BY "${found}" PARENT_SCOPE)
  set(LIBTORCH_ERROR "${problem}" PARENT_SCOPE)
  set(LIBTORCH_REPORT "${report}" PARENT_SCOPE)
  foreach(result INCLUDE LIB VERSION CXX11_ABI)
    set(LIBTORCH_${result} "${LIBTORCH_${result}}" PARENT_SCOPE)
  endforeach()
endfunction()
