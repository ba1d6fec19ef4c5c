#include "cli/build_library.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <set>

extern "C" char** environ;

namespace simple {

Built build_library(std::string_view name) {
  const char* pattern = std::getenv("SIMPLE_SFFI_BUILD_COMMAND");
  if (pattern == nullptr || *pattern == '\0') return Built::kUnknownHow;
  // It becomes a part of a shell's command.
  const bool plain = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '_';
  });
  if (!plain) return Built::kUnknownHow;
  // Once is enough. The machine's thread is the only one that loads libraries.
  static std::set<std::string, std::less<>> tried;
  if (!tried.emplace(name).second) return Built::kFailed;
  std::string command = pattern;
  for (size_t at = command.find("{}"); at != std::string::npos;
       at = command.find("{}", at + name.size())) {
    command.replace(at, 2, name);
  }
  // The program's output is only its own.
  std::fflush(stdout);
  command = "exec >&2; " + command;
  std::string shell = "sh", option = "-c";
  char* const arguments[] = {shell.data(), option.data(), command.data(), nullptr};
  pid_t process = 0;
  if (posix_spawn(&process, "/bin/sh", nullptr, nullptr, arguments, environ) != 0) {
    return Built::kFailed;
  }
  int status = 0;
  while (waitpid(process, &status, 0) < 0) {
    if (errno != EINTR) return Built::kFailed;
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? Built::kYes : Built::kFailed;
}

}  // namespace simple
