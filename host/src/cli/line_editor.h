// Reads lines from a person, with the keys that shells have and a history; or, where
// there is no terminal, just lines.
//
// It is our own since GNU readline's licence does not fit this project's, and editline
// would be one more package to install for what is a page of code here.
#ifndef SIMPLE_CLI_LINE_EDITOR_H_
#define SIMPLE_CLI_LINE_EDITOR_H_

#include <string>
#include <vector>

namespace simple {

class LineEditor {
 public:
  enum class Result { kLine, kEnd, kInterrupted };  // kEnd: Ctrl-D; kInterrupted: Ctrl-C.

  // The history is read from this file and written to it; "" for none.
  explicit LineEditor(std::string history_file);

  // The prompt is shown only on a terminal. The line comes without its end.
  Result read(const std::string& prompt, std::string& line);
  // Keeps an entry (of one or several lines) in the history.
  void remember(const std::string& entry);
  bool is_terminal() const { return terminal_; }

 private:
  Result edit(const std::string& prompt, std::string& line);

  bool terminal_;
  std::string file_;
  std::vector<std::string> history_;
};

// Where a person's history lies: $XDG_STATE_HOME/simple/history, or the same under
// ~/.local/state; "" if there is no such folder and none can be made.
std::string history_path();

}  // namespace simple

#endif
