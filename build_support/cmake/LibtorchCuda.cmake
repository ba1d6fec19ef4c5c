# Looks whether the library for CUDA can be built: libtorch is a build for CUDA, and the
# headers and the run-time library of the same major version of CUDA are there. Nothing of
# them is executed.
include_guard()

set(SIMPLE_TORCH_OLDEST_LIBTORCH_FOR_CUDA 2.6.0)

# The folders with CUDA's headers that a libtorch in `lib` may go with.
function(_cuda_include_folders lib major out)
  set(folders "")
  foreach(packages "${lib}/../../nvidia" "${lib}/../nvidia")
    list(APPEND folders "${packages}/cuda_runtime/include" "${packages}/cu${major}/include")
  endforeach()
  foreach(variable CUDA_HOME CUDA_PATH CUDAToolkit_ROOT)
    if(DEFINED ENV{${variable}})
      list(APPEND folders "$ENV{${variable}}/include")
    endif()
  endforeach()
  file(GLOB toolkits "/usr/local/cuda-${major}*")
  list(SORT toolkits COMPARE NATURAL ORDER DESCENDING)
  foreach(toolkit IN LISTS toolkits)
    list(APPEND folders "${toolkit}/include")
  endforeach()
  list(APPEND folders /usr/local/cuda/include /usr/lib/cuda/include /usr/include)
  set(${out} "${folders}" PARENT_SCOPE)
endfunction()

# libtorch_inspect_cuda(include lib version): sets in the caller
#   LIBTORCH_CUDA_PROBLEM   "" or why the library is not built, a sentence for people
#   LIBTORCH_CUDA_VERSION   CUDA's major version, as 13
#   LIBTORCH_CUDA_INCLUDE   folder of CUDA's headers
#   LIBTORCH_CUDA_RUNTIME   CUDA's run-time library, a file
function(libtorch_inspect_cuda include lib version)
  foreach(result PROBLEM VERSION INCLUDE RUNTIME)
    set(LIBTORCH_CUDA_${result} "" PARENT_SCOPE)
  endforeach()
  foreach(file "${lib}/libtorch_cuda.so" "${lib}/libc10_cuda.so"
               "${include}/c10/cuda/CUDACachingAllocator.h")
    if(NOT EXISTS "${file}")
      set(LIBTORCH_CUDA_PROBLEM "this libtorch is no build for CUDA: there is no ${file}"
          PARENT_SCOPE)
      return()
    endif()
  endforeach()
  if(version VERSION_LESS SIMPLE_TORCH_OLDEST_LIBTORCH_FOR_CUDA)
    set(LIBTORCH_CUDA_PROBLEM
        "it needs libtorch ${SIMPLE_TORCH_OLDEST_LIBTORCH_FOR_CUDA} or newer, and this is ${version}"
        PARENT_SCOPE)
    return()
  endif()

  # The name that libtorch asks the loader for; it tells the version.
  file(STRINGS "${lib}/libc10_cuda.so" names REGEX "^libcudart[^/ ]*\\.so\\.[0-9.]+$")
  list(GET names 0 runtime)
  if(NOT runtime MATCHES "\\.so\\.([0-9]+)")
    set(LIBTORCH_CUDA_PROBLEM "${lib}/libc10_cuda.so does not tell its version of CUDA"
        PARENT_SCOPE)
    return()
  endif()
  set(major ${CMAKE_MATCH_1})
  set(LIBTORCH_CUDA_VERSION ${major} PARENT_SCOPE)

  set(found "")
  set(others "")
  _cuda_include_folders("${lib}" ${major} folders)
  foreach(folder IN LISTS folders)
    # The runtime's headers alone are of no use: they include the compiler's.
    if(NOT found AND EXISTS "${folder}/cuda_runtime_api.h" AND EXISTS "${folder}/cuda.h"
       AND EXISTS "${folder}/crt/host_config.h")
      file(STRINGS "${folder}/cuda_runtime_api.h" line REGEX "^#define CUDART_VERSION +[0-9]+")
      string(REGEX REPLACE ".*CUDART_VERSION +([0-9]*)[0-9][0-9][0-9].*" "\\1" theirs "${line}")
      if(theirs STREQUAL major)
        get_filename_component(found "${folder}" REALPATH)
      elseif(theirs)
        string(APPEND others " (${folder} is of CUDA ${theirs})")
      endif()
    endif()
  endforeach()
  if(NOT found)
    string(CONCAT problem "the headers of CUDA ${major}, for which this libtorch was built, "
                          "are not there${others}; let the variable CUDA_HOME name the folder of its toolkit")
    set(LIBTORCH_CUDA_PROBLEM "${problem}" PARENT_SCOPE)
    return()
  endif()

  get_filename_component(prefix "${found}" DIRECTORY)
  file(GLOB multiarch "/usr/lib/*-linux-gnu")
  set(file "")
  foreach(folder "${lib}" "${prefix}/lib64" "${prefix}/lib" "${prefix}/../../lib"
                 ${multiarch} /usr/local/lib)
    if(NOT file AND EXISTS "${folder}/${runtime}")
      get_filename_component(file "${folder}/${runtime}" ABSOLUTE)
    endif()
  endforeach()
  if(NOT file)
    set(LIBTORCH_CUDA_PROBLEM "${runtime} is not there, not beside ${found} either" PARENT_SCOPE)
    return()
  endif()
  set(LIBTORCH_CUDA_INCLUDE "${found}" PARENT_SCOPE)
  set(LIBTORCH_CUDA_RUNTIME "${file}" PARENT_SCOPE)
endfunction()
