# Looks into a folder and says whether it holds a libtorch that can be used, and which.
# Everything is read from the files themselves; nothing of it is executed.
include_guard()

set(SIMPLE_TORCH_OLDEST_LIBTORCH 1.13.0)
set(SIMPLE_TORCH_NEWEST_LIBTORCH 2.15.999)

# Sets ${out} to the unsigned little-endian number in `size` bytes of a file, or "".
function(_read_number file offset size out)
  file(READ "${file}" hex OFFSET ${offset} LIMIT ${size} HEX)
  string(LENGTH "${hex}" length)
  set(${out} "" PARENT_SCOPE)
  math(EXPR expected "2 * ${size}")
  if(length EQUAL expected)
    string(REGEX MATCHALL ".." bytes "${hex}")
    list(REVERSE bytes)
    list(JOIN bytes "" hex)
    math(EXPR number "0x${hex}")
    set(${out} ${number} PARENT_SCOPE)
  endif()
endfunction()

# Sets ${out} to what is wrong with a shared library's file, or "". A download that broke
# off is found by the table at its end, whose place the ELF header tells.
function(_library_problem file out)
  set(${out} "" PARENT_SCOPE)
  if(NOT EXISTS "${file}")
    set(${out} "missing" PARENT_SCOPE)
    return()
  endif()
  if(NOT CMAKE_HOST_SYSTEM_NAME STREQUAL "Linux")
    return()
  endif()
  file(READ "${file}" magic LIMIT 5 HEX)
  if(NOT magic STREQUAL "7f454c4602")
    set(${out} "not a 64-bit shared library" PARENT_SCOPE)
    return()
  endif()
  # Another machine's library would only be noticed by the linker.
  _read_number("${file}" 18 2 machine)
  cmake_host_system_information(RESULT host QUERY OS_PLATFORM)
  if((host STREQUAL "x86_64" AND NOT machine EQUAL 62)
     OR (host STREQUAL "aarch64" AND NOT machine EQUAL 183))
    set(${out} "for another kind of processor than this machine's ${host}" PARENT_SCOPE)
    return()
  endif()
  _read_number("${file}" 40 8 table)
  _read_number("${file}" 58 2 entry)
  _read_number("${file}" 60 2 count)
  file(SIZE "${file}" size)
  if(table STREQUAL "" OR entry STREQUAL "" OR count STREQUAL "")
    set(${out} "cut off" PARENT_SCOPE)
    return()
  endif()
  math(EXPR needed "${table} + ${entry} * ${count}")
  if(size LESS needed)
    set(${out} "cut off: ${size} bytes where there should be ${needed}" PARENT_SCOPE)
  endif()
endfunction()

# Sets ${out} to the libraries that a shared library needs and the loader cannot find.
function(libtorch_unresolved library out)
  set(${out} "" PARENT_SCOPE)
  find_program(SIMPLE_TORCH_LDD ldd)
  if(NOT SIMPLE_TORCH_LDD)
    return()
  endif()
  execute_process(COMMAND "${SIMPLE_TORCH_LDD}" "${library}"
                  OUTPUT_VARIABLE listing ERROR_QUIET)
  string(REGEX MATCHALL "[^ \t\n]+ => not found" lines "${listing}")
  list(TRANSFORM lines REPLACE " => not found" "")
  list(REMOVE_DUPLICATES lines)
  set(${out} "${lines}" PARENT_SCOPE)
endfunction()

# Looks for the first of some files below some folders.
function(_first_below out folders)
  set(${out} "" PARENT_SCOPE)
  foreach(folder IN LISTS folders)
    foreach(file IN LISTS ARGN)
      if(EXISTS "${folder}/${file}")
        set(${out} "${folder}" PARENT_SCOPE)
        return()
      endif()
    endforeach()
  endforeach()
endfunction()

# libtorch_inspect(root): looks for libtorch in `root` (a libtorch folder, a Python torch
# package, the folder that holds one, or a prefix such as /usr) and sets in the caller
#   LIBTORCH_PROBLEM      "" or what is wrong, a sentence for people
#   LIBTORCH_INCLUDE      folder of the headers
#   LIBTORCH_LIB          folder of the libraries
#   LIBTORCH_VERSION      as 2.11.0
#   LIBTORCH_CXX11_ABI    1, 0, or "" where there is only one
function(libtorch_inspect root)
  foreach(result PROBLEM INCLUDE LIB VERSION CXX11_ABI)
    set(LIBTORCH_${result} "" PARENT_SCOPE)
  endforeach()

  if(NOT IS_DIRECTORY "${root}")
    set(LIBTORCH_PROBLEM "there is no folder ${root}" PARENT_SCOPE)
    return()
  endif()

  set(suffix so)
  if(CMAKE_HOST_SYSTEM_NAME STREQUAL "Darwin")
    set(suffix dylib)
  endif()
  set(tensor_header ATen/core/Tensor.h)
  set(version_header torch/csrc/api/include/torch/version.h)

  set(include_folders "${root}/include" "${root}/torch/include")
  file(GLOB multiarch "${root}/lib/*-linux-gnu")
  set(library_folders "${root}/lib" "${root}/torch/lib" ${multiarch} "${root}/lib64")
  _first_below(include "${include_folders}" ${tensor_header} ${version_header})
  _first_below(lib "${library_folders}" libtorch_cpu.${suffix} libc10.${suffix})
  set(missing "")
  if(NOT include)
    list(APPEND missing "include/${tensor_header}")
    set(include "${root}/include")
  endif()
  if(NOT lib)
    list(APPEND missing "lib/libc10.${suffix}" "lib/libtorch_cpu.${suffix}")
  endif()
  if(missing)
    list(JOIN missing ", " missing)
    list(JOIN library_folders ", " looked)
    string(CONCAT problem "${root} holds no libtorch: looked there for ${missing}, "
                          "the libraries in ${looked}")
    set(LIBTORCH_PROBLEM "${problem}" PARENT_SCOPE)
    return()
  endif()

  foreach(header ${tensor_header} ${version_header} c10/core/Allocator.h
                 ATen/ops/add_ops.h)
    if(NOT EXISTS "${include}/${header}")
      set(LIBTORCH_PROBLEM "the libtorch in ${root} lacks ${include}/${header}"
          PARENT_SCOPE)
      return()
    endif()
  endforeach()
  foreach(library c10 torch_cpu)
    set(file "${lib}/lib${library}.${suffix}")
    _library_problem("${file}" problem)
    if(problem)
      set(LIBTORCH_PROBLEM "the libtorch in ${root} is damaged: ${file} is ${problem}"
          PARENT_SCOPE)
      return()
    endif()
  endforeach()

  # Newer versions keep the numbers in another header, which version.h includes.
  set(version "")
  foreach(header torch/headeronly/version.h ${version_header})
    if(version OR NOT EXISTS "${include}/${header}")
      continue()
    endif()
    file(STRINGS "${include}/${header}" lines REGEX "#define TORCH_VERSION_(MAJOR|MINOR|PATCH) ")
    if("${lines}" MATCHES "MAJOR ([0-9]+).*MINOR ([0-9]+).*PATCH ([0-9]+)")
      set(version "${CMAKE_MATCH_1}.${CMAKE_MATCH_2}.${CMAKE_MATCH_3}")
    endif()
  endforeach()
  if(NOT version)
    set(LIBTORCH_PROBLEM
        "the libtorch in ${root} does not tell its version in ${include}/${version_header}"
        PARENT_SCOPE)
    return()
  endif()
  if(version VERSION_LESS SIMPLE_TORCH_OLDEST_LIBTORCH)
    set(LIBTORCH_PROBLEM
        "the libtorch in ${root} is ${version}, and simple-torch needs 1.13 or newer"
        PARENT_SCOPE)
    return()
  endif()

  # Libraries of both kinds hold symbols of both ABIs; this one tells which is theirs.
  set(abi "")
  if(suffix STREQUAL "so")
    file(STRINGS "${lib}/libc10.so" symbols
         REGEX "^_ZN3c105ErrorC[12]ENS_14SourceLocationE")
    if("${symbols}" MATCHES "SourceLocationENSt7__cxx11")
      set(abi 1)
    elseif("${symbols}" MATCHES "SourceLocationESs")
      set(abi 0)
    else()
      set(LIBTORCH_PROBLEM
          "${lib}/libc10.so is not libtorch's: it has no constructor of c10::Error"
          PARENT_SCOPE)
      return()
    endif()
  endif()

  libtorch_unresolved("${lib}/libtorch_cpu.${suffix}" missing)
  if(missing)
    list(JOIN missing ", " missing)
    string(CONCAT problem "the libtorch in ${root} needs ${missing}, which this machine lacks: "
                          "install what provides it, or add its folder to LD_LIBRARY_PATH")
    set(LIBTORCH_PROBLEM "${problem}" PARENT_SCOPE)
    return()
  endif()

  set(LIBTORCH_INCLUDE "${include}" PARENT_SCOPE)
  set(LIBTORCH_LIB "${lib}" PARENT_SCOPE)
  set(LIBTORCH_VERSION "${version}" PARENT_SCOPE)
  set(LIBTORCH_CXX11_ABI "${abi}" PARENT_SCOPE)
endfunction()
