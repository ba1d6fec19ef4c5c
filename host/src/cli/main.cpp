// The command line of the host. In a checkout bin/simple calls it, with what it found in
// the environment; an installed tree has it as it is.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <new>
#include <string>

#include "cli/commands.h"
#include "syntax/spelling.h"

namespace simple {
namespace {

int unknown(const std::string& word) {
  if (word.starts_with('-')) return misused("", "there is no option '" + word + "'");
  Nearest nearest(word);
  for (const char* command :
       {"run", "test", "check", "doc", "repl", "build", "doctor", "version", "help"}) {
    nearest.consider(command);
  }
  return misused("",
                 "there is no command and no file '" + word + "'" +
                     (nearest.found() ? "; did you mean '" + nearest.word() + "'?" : ""));
}

int dispatch(const Words& words) {
  if (words.empty()) return repl_command({});
  const std::string& command = words[0];
  const Words rest(words.begin() + 1, words.end());
  const bool asks = !rest.empty() && (rest[0] == "--help" || rest[0] == "-h");
  if (asks && print_help(command)) return 0;
  if (command == "run") return run_command(rest);
  if (command == "-e" || command == "-c") return evaluate_command(command, rest);
  if (command == "test") return test_command(rest);
  if (command == "check") return check_command(rest);
  if (command == "doc") return doc_command(rest);
  if (command == "repl") return repl_command(rest);
  if (command == "doctor") return doctor_command(rest);
  if (command == "version" || command == "--version" || command == "-V") {
    return version_command(rest);
  }
  if (command == "build") return build_command(rest);
  if (command == "help" || command == "--help" || command == "-h") {
    if (print_help(rest.empty() ? "" : rest[0])) return 0;
    return misused("", "there is no command '" + rest[0] + "'");
  }
  std::error_code ignored;
  const bool is_file = command == "-" || command.ends_with(".spl") ||
                       std::filesystem::is_regular_file(command, ignored);
  return is_file ? run_command(words) : unknown(command);
}

}  // namespace

std::string executable_path() {
  std::error_code error;
  const auto path = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? "simple" : path.string();
}

}  // namespace simple

int main(int count, char** words) {
  try {
    return simple::dispatch(simple::Words(words + 1, words + count));
  } catch (const std::bad_alloc&) {
    std::fputs("error: runtime: out of memory\n", stderr);
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "error: internal: %s\n", failure.what());
  }
  return 101;
}
