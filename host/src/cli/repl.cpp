// The prompt: reads a statement or a block, evaluates it, shows its value.
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <string>
#include <string_view>

#include "cli/commands.h"
#include "cli/line_editor.h"
#include "cli/source_file.h"
#include "compile/engine.h"
#include "syntax/parser.h"

namespace simple {
namespace {

constexpr const char* kHelp =
    "Type a statement or an expression; its value is shown. A block ends with an empty "
    "line.\n"
    "  :load FILE   runs a file's statements here\n"
    "  :quit        ends it, as Ctrl-D does\n"
    "  Ctrl-C       drops what was typed, or stops what runs\n";

Vm* running = nullptr;

extern "C" void on_interrupt_at_prompt(int) {
  if (running != nullptr) running->request_stop();
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  while (!text.empty() &&
         (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) {
    text.remove_suffix(1);
  }
  return text;
}

// Whether lines open a block, which only an empty line ends: its header ends with a
// colon.
bool opens_block(std::string_view line) {
  line = trim(line);
  return line.ends_with(':') || line.ends_with("=>") || line.ends_with("->");
}

class Prompt {
 public:
  Prompt()
      : engine_(options_from_environment(executable_path())), editor_(history_path()) {}

  int run() {
    if (editor_.is_terminal()) {
      std::printf("Simple Language v%s. :help shows what can be done, :quit ends.\n",
                  kVersion);
    }
    struct sigaction action {};
    action.sa_handler = on_interrupt_at_prompt;
    sigemptyset(&action.sa_mask);
    if (editor_.is_terminal()) sigaction(SIGINT, &action, nullptr);
    std::string entry;
    for (;;) {
      const auto result = read(entry);
      if (result == LineEditor::Result::kEnd && trim(entry).empty()) break;
      if (result == LineEditor::Result::kInterrupted || trim(entry).empty()) continue;
      while (entry.ends_with('\n')) entry.pop_back();
      editor_.remember(entry);
      if (!word(std::string(trim(entry)))) return status_;
      if (result == LineEditor::Result::kEnd) break;
    }
    // Read from a file or a pipe, it is a program like others.
    return editor_.is_terminal() ? 0 : status_;
  }

 private:
  // Reads lines until they are a whole.
  LineEditor::Result read(std::string& entry) {
    entry.clear();
    bool block = false;
    for (;;) {
      std::string line;
      const auto result = editor_.read(entry.empty() ? "simple> " : "   ...> ", line);
      if (result != LineEditor::Result::kLine) return result;
      const bool empty = trim(line).empty();
      if (entry.empty() && empty) continue;
      entry += line + "\n";
      block = block || opens_block(line);
      const bool is_command = trim(entry).starts_with(':') && !block;
      if (is_command || (empty && block) || (!block && !wants_more(entry))) return result;
      // Whoever types an empty line twice wants an end, whatever is still open.
      if (entry.ends_with("\n\n\n")) return result;
    }
  }

  // False if that was the end.
  bool word(const std::string& text) {
    if (text == ":quit" || text == ":q" || text == ":exit" || text == "exit" ||
        text == "quit") {
      return false;
    }
    if (text == ":help" || text == "help") {
      std::fputs(kHelp, stdout);
      return true;
    }
    if (text.starts_with(":load")) {
      std::string source, problem;
      const std::string path(trim(std::string_view(text).substr(5)));
      if (!read_source(path, source, problem)) {
        std::fprintf(stderr, "error: io: %s\n", problem.c_str());
        return true;
      }
      return evaluate(source);
    }
    return evaluate(text + "\n");
  }

  bool evaluate(const std::string& text) {
    std::string problem;
    if (!check_utf8("<prompt>", text, problem)) {
      std::fprintf(stderr, "error: io: %s\n", problem.c_str());
      return true;
    }
    running = &engine_.vm();
    const Engine::Answer answer = engine_.evaluate(text);
    running = nullptr;
    if (answer.failed) status_ = 1;
    if (!answer.text.empty()) {
      std::fflush(stdout);
      std::fputs(answer.text.c_str(), answer.failed ? stderr : stdout);
      if (!answer.text.ends_with('\n')) std::fputc('\n', answer.failed ? stderr : stdout);
    }
    std::fflush(stdout);
    if (answer.ended) {
      status_ = answer.status;
      return false;
    }
    return true;
  }

  Engine engine_;
  LineEditor editor_;
  int status_ = 0;
};

}  // namespace

int repl_command(const Words& words) {
  if (!words.empty())
    return misused("repl", "it takes no arguments, and '" + words[0] + "' was given");
  return Prompt().run();
}

}  // namespace simple
