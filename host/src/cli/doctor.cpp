// doctor and version: what this host is, and what it finds.
#include <dlfcn.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "compile/engine.h"
#include "sffi/library.h"

namespace simple {
namespace {

namespace fs = std::filesystem;

void found(const std::string& name, const std::string& text) {
  std::printf("  %-12s %s\n", name.c_str(), text.c_str());
}

struct FoundLibrary {
  std::string name;  // x of libsimple_x_ffi
  fs::path path;
};

// The native libraries in the folders; of two of a name, the one that programs get.
std::vector<FoundLibrary> native_libraries() {
  std::vector<FoundLibrary> libraries;
  for (const std::string& folder : library_folders()) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
      const std::string file = entry.path().filename().string();
      constexpr std::string_view kStart = "libsimple_";
      const size_t end = file.find("_ffi.");
      if (!file.starts_with(kStart) || end == std::string::npos) continue;
      const std::string ending = file.substr(end + 5);
      if (ending != "so" && ending != "dylib") continue;
      const std::string name = file.substr(kStart.size(), end - kStart.size());
      bool known = false;
      for (const FoundLibrary& other : libraries) known = known || other.name == name;
      if (!known) libraries.push_back({name, entry.path()});
    }
  }
  return libraries;
}

// Loads it, as a program would. "" if that works.
std::string try_library(const FoundLibrary& library) {
  if (dlopen(library.path.c_str(), RTLD_NOW | RTLD_LOCAL) != nullptr) return "";
  const char* reason = dlerror();
  return reason == nullptr ? "unknown reason" : reason;
}

}  // namespace

int version_command(const Words& words) {
  if (!words.empty()) {
    return misused("version", "it takes no arguments, and '" + words[0] + "' was given");
  }
  std::printf("Simple Language v%s\n", kVersion);
  return 0;
}

int doctor_command(const Words& words) {
  if (!words.empty()) {
    return misused("doctor", "it takes no arguments, and '" + words[0] + "' was given");
  }
  size_t missing = 0;
  std::puts("Host");
  found("version", kVersion);
  found("program", executable_path());
  const EngineOptions options = options_from_environment(executable_path());
  const fs::path prelude = options.library / "prelude.spl";
  if (access(prelude.c_str(), R_OK) == 0) {
    found("library", options.library.lexically_normal().string());
  } else {
    found("library", "MISSING: " + prelude.lexically_normal().string() +
                         "; SIMPLE_LIB can name its folder");
    ++missing;
  }
  for (const auto& [name, folders] : options.packages) {
    std::string text;
    for (const fs::path& folder : folders) {
      std::error_code error;
      if (!text.empty()) text += ", ";
      text += folder.string();
      if (!fs::is_directory(folder, error)) {
        text += " (MISSING)";
        ++missing;
      }
    }
    found("package", name + " in " + text);
  }
  std::puts("Native libraries, in");
  for (const std::string& folder : library_folders())
    std::printf("  %s\n", folder.c_str());
  const std::vector<FoundLibrary> libraries = native_libraries();
  for (const FoundLibrary& library : libraries) {
    const std::string problem = try_library(library);
    if (problem.empty()) {
      found(library.name, library.path.string());
    } else {
      found(library.name, "cannot be loaded: " + problem);
      ++missing;
    }
  }
  if (libraries.empty()) found("none", "programs that need none run without");
  std::puts(missing == 0 ? "Nothing is missing." : "Something is missing: see above.");
  return missing == 0 ? 0 : 1;
}

int build_command(const Words& words) {
  // A checkout's launcher says where it is.
  const char* launcher = std::getenv("SIMPLE_LAUNCHER");
  if (launcher == nullptr || *launcher == '\0') {
    std::fputs(
        "simple build: native libraries are built in a checkout, by its bin/simple.\n",
        stderr);
    return 1;
  }
  std::vector<char*> arguments;
  std::string program = launcher, command = "build";
  Words copies = words;
  arguments.push_back(program.data());
  arguments.push_back(command.data());
  for (std::string& word : copies) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  execv(program.c_str(), arguments.data());
  std::perror(launcher);
  return 1;
}

}  // namespace simple
