// Run-time errors of programs, as C++ exceptions. The machine catches them, runs what was
// deferred, and adds where it happened.
#ifndef SIMPLE_RUNTIME_FAILURE_H_
#define SIMPLE_RUNTIME_FAILURE_H_

#include <cstdint>
#include <string>
#include <vector>

namespace simple {

struct TraceLine {
  std::string function;
  std::string file;
  uint32_t line = 0;
  uint32_t column = 0;
};

// "function (file:line:column)"
std::string to_text(const TraceLine& line);

struct Failure {
  // "runtime", or "io" for files.
  const char* kind = "runtime";
  std::string code;  // "E3001", or ""
  std::string message;
  // Filled by the machine: where it happened with the source line, and who called.
  std::string excerpt;
  std::vector<TraceLine> trace;
  // The functions of packages that the program's innermost one was in, and where.
  std::string inside_excerpt;
  std::vector<TraceLine> inside;
  // The last of the machine's frames that is among these.
  const void* noted = nullptr;

  // Once all functions were left: without a function of the program's own, a package's
  // is where it happened.
  void settle();
};

// exit(n), and Ctrl-C: ends the program; nothing catches it, what was deferred runs.
struct Exit {
  int status;
  std::string interrupted{};  // By Ctrl-C: the message; "" for exit(n).
};

[[noreturn]] void fail(const char* code, std::string message);

}  // namespace simple

#endif
