// Finding and opening native libraries.
#ifndef SIMPLE_SFFI_LIBRARY_H_
#define SIMPLE_SFFI_LIBRARY_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "syntax/symbol.h"

namespace simple {

// What a runtime tells a library about itself; see runtime_attach.
struct NativeRuntime {
  int64_t size;
  void* context;
  int64_t (*collect)(void* context, int64_t reason, int64_t bytes_wanted);
  void (*destroy)(void* context);
  int64_t thread_rule;
};
inline constexpr int64_t kCollectOnAttachingThread = 1;
// A reason: memory_set_young.
inline constexpr int64_t kCollectYoung = 2;

// A library that is open. It stays so until the process ends: threads of its own may run.
struct NativeLibrary {
  Symbol name;  // "x" of libsimple_x_ffi
  std::string path;
  void* loaded = nullptr;

  // What any library may export, simple_x_…; null if it does not.
  int64_t (*release_many)(const int64_t* handles, int64_t count) = nullptr;
  int64_t (*runtime_attach)(const NativeRuntime* runtime) = nullptr;
  int64_t (*callback_error)(const char* text) = nullptr;
  // The number of native bytes at which it asks for a collection.
  int64_t (*memory_set_pressure)(int64_t bytes) = nullptr;
  // The number at which it asks for a look at what was made lately.
  int64_t (*memory_set_young)(int64_t bytes) = nullptr;

  // The address of simple_<name>_<rest>, or null.
  void* find(std::string_view rest) const;
};

// The part of rt_<library>_<rest> that names the library; "" for another kind of name.
std::string_view library_of(std::string_view function);
// What follows it.
std::string_view rest_of(std::string_view function);

// The folders that are searched, in their order: SIMPLE_SFFI_PATH, beside the program and
// in the lib beside its folder, SIMPLE_SFFI_BUILD_PATH, where the host was installed.
std::vector<std::string> library_folders();

// Fails if there is none that can be opened; `function` is who needs it, for the message.
NativeLibrary open_library(Symbol name, std::string_view function);

}  // namespace simple

#endif
