// Processes that are run several at a time, each in a group of its own, with a time limit
// and its output kept. For `simple test`, and for the tests of the host.
#ifndef SIMPLE_CLI_CHILD_H_
#define SIMPLE_CLI_CHILD_H_

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace simple {

struct ChildCommand {
  std::vector<std::string> arguments;    // The first is the program's path.
  std::vector<std::string> environment;  // "NAME=value", added to this process's own.
  std::string input;                     // What it reads on stdin.
  // Errors are kept in their order among the output, in `output`.
  bool join_errors = false;
  // Not empty: a third pipe is handed over, and this variable holds its descriptor.
  std::string report_variable;
  double seconds = 60;  // 0: no limit.
};

struct ChildOutcome {
  int status = 0;  // The exit status, or -1.
  int signal = 0;  // That ended it, or 0.
  bool timed_out = false;
  // Why it could not be started, or "".
  std::string not_started;
  std::string output, errors, report;
  double seconds = 0;
};

// Runs `count` commands, `parallel` at a time. `command` makes one when its turn comes;
// `done` is called as they end, in whatever order, and says whether to go on. What still
// runs when it says no, or at Ctrl-C, is killed with what it has
// started. Returns the signal that
// ended it (SIGINT, SIGTERM, SIGHUP) or 0. By one thread at a time; other children of the
// process are left alone.
int run_children(size_t count, size_t parallel,
                 const std::function<ChildCommand(size_t)>& command,
                 const std::function<bool(size_t, ChildOutcome&)>& done);

// The cores of this machine that the process may use.
size_t available_cores();

}  // namespace simple

#endif
