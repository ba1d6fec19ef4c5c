# Finds or fetches libtorch for this build and makes it the target simple_torch_libtorch.
include_guard()
include(LibtorchFind)
include(LibtorchCuda)

function(simple_torch_use_libtorch)
  libtorch_find("${SIMPLE_TORCH_LIBTORCH}")
  if(NOT LIBTORCH_FOUND_BY AND NOT LIBTORCH_ERROR AND NOT "$ENV{SIMPLE_TORCH_FETCH}" STREQUAL "0")
    execute_process(
      COMMAND "${CMAKE_COMMAND}" "-DVERSION=${LIBTORCH_WANTED}" -P
              "${PROJECT_SOURCE_DIR}/build_support/cmake/LibtorchFetch.cmake"
      RESULT_VARIABLE status)
    if(NOT status EQUAL 0)
      message(FATAL_ERROR "No libtorch was found, and fetching one failed; see above")
    endif()
    libtorch_find("")
  endif()
  if(SIMPLE_TORCH_VERBOSE OR (NOT LIBTORCH_FOUND_BY AND NOT LIBTORCH_ERROR))
    foreach(line IN LISTS LIBTORCH_REPORT)
      message(STATUS "libtorch by ${line}")
    endforeach()
  endif()
  if(LIBTORCH_ERROR)
    message(FATAL_ERROR "No usable libtorch. ${LIBTORCH_ERROR}.\n"
      "Unset it to have libtorch found or fetched, or let it name the folder that holds "
      "libtorch's include and lib.")
  endif()
  if(NOT LIBTORCH_FOUND_BY)
    message(FATAL_ERROR "No libtorch was found, and SIMPLE_TORCH_FETCH=0 forbids to fetch one. "
      "Set LIBTORCH to the folder of a libtorch. 'bin/simple doctor' shows where it was looked for.")
  endif()
  if(LIBTORCH_VERSION VERSION_GREATER SIMPLE_TORCH_NEWEST_LIBTORCH)
    message(WARNING "libtorch ${LIBTORCH_VERSION} is newer than any this was tested with")
  endif()
  message(STATUS "libtorch ${LIBTORCH_VERSION} by ${LIBTORCH_FOUND_BY}: ${LIBTORCH_LIB}")

  string(REPLACE "." ";" numbers "${LIBTORCH_VERSION}")
  list(GET numbers 0 major)
  list(GET numbers 1 minor)
  set(suffix "${CMAKE_SHARED_LIBRARY_SUFFIX}")
  add_library(simple_torch_libtorch INTERFACE)
  target_include_directories(simple_torch_libtorch SYSTEM INTERFACE
    "${LIBTORCH_INCLUDE}" "${LIBTORCH_INCLUDE}/torch/csrc/api/include")
  target_link_libraries(simple_torch_libtorch INTERFACE
    "${LIBTORCH_LIB}/libtorch_cpu${suffix}" "${LIBTORCH_LIB}/libc10${suffix}")
  target_compile_definitions(simple_torch_libtorch INTERFACE
    SIMPLE_TORCH_LIBTORCH_MAJOR=${major}
    SIMPLE_TORCH_LIBTORCH_MINOR=${minor}
    SIMPLE_TORCH_LIBTORCH_VERSION="${LIBTORCH_VERSION}")
  if(NOT LIBTORCH_CXX11_ABI STREQUAL "")
    target_compile_definitions(simple_torch_libtorch INTERFACE
      _GLIBCXX_USE_CXX11_ABI=${LIBTORCH_CXX11_ABI})
  endif()
  # Another libtorch put in this one's place means another version or ABI.
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
    "${LIBTORCH_LIB}/libtorch_cpu${suffix}" "${LIBTORCH_LIB}/libc10${suffix}")
  libtorch_inspect_cuda("${LIBTORCH_INCLUDE}" "${LIBTORCH_LIB}" "${LIBTORCH_VERSION}")
  if(LIBTORCH_CUDA_PROBLEM)
    message(STATUS "The library for CUDA is not built: ${LIBTORCH_CUDA_PROBLEM}")
  else()
    message(STATUS "The library for CUDA is built with ${LIBTORCH_CUDA_INCLUDE}")
    # What it is compiled and linked with besides.
    add_library(simple_torch_libtorch_cuda INTERFACE)
    target_include_directories(simple_torch_libtorch_cuda SYSTEM INTERFACE
      "${LIBTORCH_CUDA_INCLUDE}")
    target_link_libraries(simple_torch_libtorch_cuda INTERFACE simple_torch_libtorch
      "${LIBTORCH_LIB}/libtorch_cuda${suffix}" "${LIBTORCH_LIB}/libc10_cuda${suffix}"
      "${LIBTORCH_CUDA_RUNTIME}")
    get_filename_component(runtime_folder "${LIBTORCH_CUDA_RUNTIME}" DIRECTORY)
    set(SIMPLE_TORCH_CUDA_RPATH "${LIBTORCH_LIB};${runtime_folder}" PARENT_SCOPE)
  endif()
  set(SIMPLE_TORCH_LIBTORCH_INCLUDE "${LIBTORCH_INCLUDE}" PARENT_SCOPE)
  set(SIMPLE_TORCH_LIBTORCH_RPATH "${LIBTORCH_LIB}" PARENT_SCOPE)
  set(SIMPLE_TORCH_LIBTORCH_CXX11_ABI "${LIBTORCH_CXX11_ABI}" PARENT_SCOPE)
  set(SIMPLE_TORCH_LIBTORCH_VERSION "${LIBTORCH_VERSION}" PARENT_SCOPE)
endfunction()
