// run, check, and programs that are given as a word.
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <string>

#include "cli/commands.h"
#include "cli/source_file.h"
#include "compile/engine.h"
#include "spec/spec.h"

namespace simple {
namespace {

int complain(const std::string& problem) {
  std::fprintf(stderr, "error: io: %s\n", problem.c_str());
  return 1;
}

// The engine that runs, for the handler of Ctrl-C.
Vm* running = nullptr;

extern "C" void on_interrupt(int number) {
  // A second one ends a program that does not come to its end.
  static volatile sig_atomic_t asked = 0;
  if (running == nullptr || asked != 0) {
    signal(number, SIG_DFL);
    raise(number);
    return;
  }
  asked = 1;
  running->request_stop();
}

class Interruptible {
 public:
  explicit Interruptible(Engine& engine) {
    running = &engine.vm();
    struct sigaction action {};
    action.sa_handler = on_interrupt;
    sigemptyset(&action.sa_mask);
    // System calls that wait end, so that the machine sees it.
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
  }
  ~Interruptible() { running = nullptr; }
  Interruptible(const Interruptible&) = delete;
  Interruptible& operator=(const Interruptible&) = delete;
};

int run_text(const std::string& name, const std::string& text, const Words& arguments) {
  Engine engine(options_from_environment(executable_path()));
  const Interruptible interruptible(engine);
  return finish_spec(engine.run_text(name, text, arguments));
}

}  // namespace

int run_command(const Words& words) {
  if (words.empty()) return misused("run", "which file?");
  if (words[0] != "-" && words[0].starts_with('-')) {
    return misused("run", "there is no option '" + words[0] + "'");
  }
  const Words arguments(words.begin() + 1, words.end());
  std::string text, problem;
  if (words[0] == "-") {
    text.assign(std::istreambuf_iterator<char>(std::cin), {});
    if (!check_utf8("<stdin>", text, problem)) return complain(problem);
    return run_text("<stdin>", text, arguments);
  }
  if (!read_source(words[0], text, problem)) return complain(problem);
  // What comes through a pipe can be read once only.
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(words[0], ignored)) {
    return run_text(words[0], text, arguments);
  }
  Engine engine(options_from_environment(executable_path()));
  const Interruptible interruptible(engine);
  return finish_spec(engine.run_file(words[0], arguments));
}

int evaluate_command(const std::string& option, const Words& words) {
  if (words.empty()) return misused(option, "which code?");
  std::string problem;
  if (!check_utf8("<" + option + ">", words[0], problem)) return complain(problem);
  return run_text("<" + option + ">", words[0] + "\n", {words.begin() + 1, words.end()});
}

int check_command(const Words& words) {
  if (words.empty()) return misused("check", "which files?");
  int status = 0;
  Words files;
  for (const std::string& word : words) {
    if (word.starts_with('-'))
      return misused("check", "there is no option '" + word + "'");
    std::string text, problem;
    if (read_source(word, text, problem)) {
      files.push_back(word);
    } else {
      status = complain(problem);
    }
  }
  if (files.empty()) return status;
  Engine engine(options_from_environment(executable_path()));
  return engine.check(files) != 0 ? 1 : status;
}

}  // namespace simple
