// Where native libraries lie differs between a checkout, an installation and a package;
// the messages here say where they were looked for, because that is what goes wrong.
#include "sffi/library.h"

#include <dlfcn.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "cli/build_library.h"
#include "runtime/failure.h"

#ifndef SIMPLE_HOST_LIBRARY_FOLDER
#define SIMPLE_HOST_LIBRARY_FOLDER "/usr/local/lib"
#endif

namespace simple {
namespace {

namespace fs = std::filesystem;

std::string file_of(std::string_view library) {
#ifdef __APPLE__
  constexpr const char* kEnding = ".dylib";
#else
  constexpr const char* kEnding = ".so";
#endif
  return "libsimple_" + std::string(library) + "_ffi" + kEnding;
}

void add(std::vector<std::string>& folders, const std::string& folder) {
  if (folder.empty()) return;
  for (const std::string& other : folders) {
    if (other == folder) return;
  }
  folders.push_back(folder);
}

void add_list(std::vector<std::string>& folders, const char* variable) {
  const char* list = std::getenv(variable);
  if (list == nullptr) return;
  std::string_view rest = list;
  while (!rest.empty()) {
    const size_t colon = rest.find(':');
    add(folders, std::string(rest.substr(0, colon)));
    rest = colon == std::string_view::npos ? "" : rest.substr(colon + 1);
  }
}

std::string folder_of_program() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  return error ? "" : program.parent_path().string();
}

std::string joined(const std::vector<std::string>& folders) {
  std::string result;
  for (const std::string& folder : folders) {
    if (!result.empty()) result += ", ";
    result += folder;
  }
  return result;
}

}  // namespace

std::string_view library_of(std::string_view function) {
  if (!function.starts_with("rt_")) return {};
  function.remove_prefix(3);
  const size_t end = function.find('_');
  if (end == std::string_view::npos || end + 1 == function.size()) return {};
  return function.substr(0, end);
}

std::string_view rest_of(std::string_view function) {
  return function.substr(3 + library_of(function).size() + 1);
}

std::vector<std::string> library_folders() {
  std::vector<std::string> folders;
  add_list(folders, "SIMPLE_SFFI_PATH");
  if (const std::string program = folder_of_program(); !program.empty()) {
    add(folders, program);
    add(folders, (fs::path(program).parent_path() / "lib").string());
  }
  add_list(folders, "SIMPLE_SFFI_BUILD_PATH");
  add(folders, SIMPLE_HOST_LIBRARY_FOLDER);
  return folders;
}

void* NativeLibrary::find(std::string_view rest) const {
  const std::string symbol =
      "simple_" + std::string(text_of(name)) + "_" + std::string(rest);
  return dlsym(loaded, symbol.c_str());
}

NativeLibrary open_library(Symbol name, std::string_view function) {
  const std::string file = file_of(text_of(name));
  const std::vector<std::string> folders = library_folders();
  std::string refused;
  for (const std::string& folder : folders) {
    const std::string path = (fs::path(folder) / file).string();
    if (access(path.c_str(), F_OK) != 0) continue;
    // Symbols are bound when they are needed: a large library is there sooner, and one
    // that does not go with what it stands on can say so itself.
    void* loaded = dlopen(path.c_str(), RTLD_LAZY | RTLD_LOCAL);
    if (loaded == nullptr) {
      const char* reason = dlerror();
      if (refused.empty()) refused = reason == nullptr ? path : reason;
      continue;
    }
    NativeLibrary library;
    library.name = name;
    library.path = path;
    library.loaded = loaded;
    library.release_many =
        reinterpret_cast<decltype(library.release_many)>(library.find("release_many"));
    library.runtime_attach = reinterpret_cast<decltype(library.runtime_attach)>(
        library.find("runtime_attach"));
    library.memory_set_pressure = reinterpret_cast<decltype(library.memory_set_pressure)>(
        library.find("memory_set_pressure"));
    library.memory_set_young = reinterpret_cast<decltype(library.memory_set_young)>(
        library.find("memory_set_young"));
    library.callback_error = reinterpret_cast<decltype(library.callback_error)>(
        library.find("callback_error"));
    return library;
  }
  const std::string needs = "`" + std::string(function) + "` needs " + file + ", which ";
  if (!refused.empty()) fail("", needs + "cannot be loaded: " + refused);
  // In a checkout what is missing is built; once, so this ends.
  switch (build_library(text_of(name))) {
    case Built::kYes:
      return open_library(name, function);
    case Built::kFailed:
      fail("", needs + "could not be built; what went wrong is said above");
    case Built::kUnknownHow:
      break;
  }
  const std::string option = "--with-" + std::string(text_of(name));
  fail("", needs + "was not found in " + joined(folders) +
               "; build it with `simple build " + option +
               "`, or let SIMPLE_SFFI_PATH name its folder");
}

}  // namespace simple
