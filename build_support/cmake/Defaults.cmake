# What holds for all of our own code: the standard, the warnings, the sanitizers.

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Kind of build" FORCE)
endif()

if((CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 12)
   OR (CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 14))
  message(FATAL_ERROR "${CMAKE_CXX_COMPILER} is version ${CMAKE_CXX_COMPILER_VERSION}; "
    "g++ 12, clang 14 or newer is needed. Let the variable CXX name one.")
endif()

set(CMAKE_C_STANDARD 11)
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# Flags of targets that hold our own code.
add_library(simple_torch_flags INTERFACE)
add_library(simple_flags ALIAS simple_torch_flags)
target_compile_options(simple_torch_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror
  # g++ 12 sees overlapping copies in `"literal" + std::string` that are not there.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)

if(SIMPLE_TORCH_SANITIZE STREQUAL "address")
  set(flags -fsanitize=address,undefined -fno-sanitize-recover=undefined
      -fno-omit-frame-pointer)
elseif(SIMPLE_TORCH_SANITIZE STREQUAL "thread")
  set(flags -fsanitize=thread -fno-omit-frame-pointer)
elseif(SIMPLE_TORCH_SANITIZE STREQUAL "fuzzer")
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "libFuzzer belongs to clang, and ${CMAKE_CXX_COMPILER} is none. "
                        "Let the variable CXX name one.")
  endif()
  set(flags -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined
      -fno-omit-frame-pointer)
elseif(SIMPLE_TORCH_SANITIZE)
  message(FATAL_ERROR "SIMPLE_TORCH_SANITIZE is '${SIMPLE_TORCH_SANITIZE}'; "
                      "it can be empty, address, thread or fuzzer")
else()
  set(flags "")
endif()
target_compile_options(simple_torch_flags INTERFACE ${flags})
target_link_options(simple_torch_flags INTERFACE ${flags})
