#include "cli/line_editor.h"

#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>

namespace simple {
namespace {

constexpr size_t kHistory = 1000;

// The terminal without its own line editing, while it lives.
class RawTerminal {
 public:
  RawTerminal() {
    works_ = tcgetattr(0, &before_) == 0;
    if (!works_) return;
    termios raw = before_;
    raw.c_iflag &= ~static_cast<tcflag_t>(BRKINT | ICRNL | INPCK | ISTRIP | IXON);
    raw.c_lflag &= ~static_cast<tcflag_t>(ECHO | ICANON | IEXTEN | ISIG);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    works_ = tcsetattr(0, TCSADRAIN, &raw) == 0;
  }
  ~RawTerminal() {
    if (works_) tcsetattr(0, TCSADRAIN, &before_);
  }
  RawTerminal(const RawTerminal&) = delete;
  RawTerminal& operator=(const RawTerminal&) = delete;
  bool works() const { return works_; }

 private:
  bool works_;
  termios before_{};
};

bool continues(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

// Keys are their byte, or one of these.
enum Key : int {
  kLeft = 1000,
  kRight,
  kUp,
  kDown,
  kHome,
  kEndKey,
  kDelete,
  kUnknown,
  kClosed
};

int read_byte() {
  unsigned char byte = 0;
  ssize_t count;
  do {
    count = ::read(0, &byte, 1);
  } while (count < 0 && errno == EINTR);
  return count == 1 ? static_cast<int>(byte) : static_cast<int>(kClosed);
}

// Arrows and the like arrive as ESC [ … letter.
int read_key() {
  const int first = read_byte();
  if (first != 27) return first;
  const int second = read_byte();
  if (second != '[' && second != 'O') return kUnknown;
  int third = read_byte();
  int number = 0;
  while ((third >= '0' && third <= '9') || third == ';') {
    number = third == ';' ? 0 : number * 10 + (third - '0');
    third = read_byte();
  }
  switch (third) {
    case 'A':
      return kUp;
    case 'B':
      return kDown;
    case 'C':
      return kRight;
    case 'D':
      return kLeft;
    case 'H':
      return kHome;
    case 'F':
      return kEndKey;
    case '~':
      return number == 3                  ? kDelete
             : number == 1 || number == 7 ? kHome
             : number == 4 || number == 8 ? kEndKey
                                          : kUnknown;
    default:
      return kUnknown;
  }
}

constexpr int control(char letter) { return letter & 0x1F; }

// A line that is being edited. Positions are bytes, at the starts of characters.
class Line {
 public:
  std::string text;
  size_t cursor = 0;

  void set(std::string other) {
    text = std::move(other);
    cursor = text.size();
  }
  void left() {
    if (cursor == 0) return;
    do {
      --cursor;
    } while (cursor > 0 && continues(text[cursor]));
  }
  void right() {
    if (cursor == text.size()) return;
    do {
      ++cursor;
    } while (cursor < text.size() && continues(text[cursor]));
  }
  void erase_left() {
    const size_t end = cursor;
    left();
    text.erase(cursor, end - cursor);
  }
  void erase_right() {
    const size_t start = cursor;
    right();
    text.erase(start, cursor - start);
    cursor = start;
  }
  void erase_word() {
    const size_t end = cursor;
    while (cursor > 0 && text[cursor - 1] == ' ') left();
    while (cursor > 0 && text[cursor - 1] != ' ') left();
    text.erase(cursor, end - cursor);
  }
  // Four spaces: the program's indentation.
  void insert(char byte) {
    const std::string piece = byte == '\t' ? "    " : std::string(1, byte);
    text.insert(cursor, piece);
    cursor += piece.size();
  }
};

size_t columns() {
  winsize size{};
  return ioctl(1, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

// Draws one row. A line that is wider than the terminal is scrolled so that the cursor is
// seen.
void draw(const std::string& prompt, const Line& line) {
  const auto width = [](std::string_view text) {
    return static_cast<size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return !continues(c); }));
  };
  const size_t used = width(prompt);
  const size_t room = columns() > used + 2 ? columns() - used - 1 : 1;
  size_t start = 0;
  const auto skip = [&](size_t& at) {
    do {
      ++at;
    } while (at < line.text.size() && continues(line.text[at]));
  };
  while (width(std::string_view(line.text).substr(start, line.cursor - start)) >= room) {
    skip(start);
  }
  size_t end = start;
  for (size_t shown = 0; end < line.text.size() && shown < room; ++shown) skip(end);
  std::string out = "\r" + prompt;
  for (const char c : line.text.substr(start, end - start)) out += c == '\n' ? ' ' : c;
  out += "\033[K\r";
  const size_t column =
      used + width(std::string_view(line.text).substr(start, line.cursor - start));
  if (column > 0) out += "\033[" + std::to_string(column) + "C";
  std::cout << out << std::flush;
}

}  // namespace

std::string history_path() {
  namespace fs = std::filesystem;
  const char* state = std::getenv("XDG_STATE_HOME");
  const char* home = std::getenv("HOME");
  fs::path folder;
  if (state != nullptr && *state == '/') {
    folder = state;
  } else if (home != nullptr && *home == '/') {
    folder = fs::path(home) / ".local" / "state";
  } else {
    return "";
  }
  folder /= "simple";
  std::error_code error;
  fs::create_directories(folder, error);
  return fs::is_directory(folder, error) ? (folder / "history").string() : "";
}

LineEditor::LineEditor(std::string history_file)
    : terminal_(isatty(0) != 0 && isatty(1) != 0), file_(std::move(history_file)) {
  const char* kind = std::getenv("TERM");
  if (kind != nullptr && std::strcmp(kind, "dumb") == 0) terminal_ = false;
  // Entries of several lines are kept on one, with the ends written as \n.
  std::ifstream file(file_);
  for (std::string line; std::getline(file, line);) {
    std::string entry;
    for (size_t i = 0; i < line.size(); ++i) {
      if (line[i] == '\\' && i + 1 < line.size()) {
        entry += line[++i] == 'n' ? '\n' : line[i];
      } else {
        entry += line[i];
      }
    }
    history_.push_back(entry);
  }
  if (history_.size() > kHistory) {
    history_.erase(history_.begin(), history_.end() - static_cast<ptrdiff_t>(kHistory));
  }
}

void LineEditor::remember(const std::string& entry) {
  if (entry.empty() || (!history_.empty() && history_.back() == entry)) return;
  history_.push_back(entry);
  if (!terminal_ || file_.empty()) return;
  std::string line;
  for (const char c : entry) {
    if (c == '\\') line += '\\';
    line += c == '\n' ? "\\n" : std::string(1, c);
  }
  std::ofstream(file_, std::ios::app) << line << '\n';
}

LineEditor::Result LineEditor::read(const std::string& prompt, std::string& line) {
  if (terminal_) return edit(prompt, line);
  return std::getline(std::cin, line) ? Result::kLine : Result::kEnd;
}

LineEditor::Result LineEditor::edit(const std::string& prompt, std::string& result) {
  const RawTerminal raw;
  if (!raw.works()) {
    std::cout << prompt << std::flush;
    return std::getline(std::cin, result) ? Result::kLine : Result::kEnd;
  }
  Line line;
  std::string draft;  // What was there before going back in the history.
  size_t entry = history_.size();
  const auto go = [&](size_t to) {
    if (entry == history_.size()) draft = line.text;
    entry = to;
    line.set(entry == history_.size() ? draft : history_[entry]);
  };
  for (;;) {
    draw(prompt, line);
    switch (const int key = read_key()) {
      case '\r':
      case '\n':
        line.cursor = line.text.size();
        draw(prompt, line);
        std::cout << '\n' << std::flush;
        result = line.text;
        return Result::kLine;
      case control('C'):
        std::cout << "^C\n" << std::flush;
        return Result::kInterrupted;
      case kClosed:
        return Result::kEnd;
      case control('D'):
        if (line.text.empty()) {
          std::cout << '\n' << std::flush;
          return Result::kEnd;
        }
        line.erase_right();
        break;
      case 127:
      case control('H'):
        line.erase_left();
        break;
      case kDelete:
        line.erase_right();
        break;
      case kLeft:
      case control('B'):
        line.left();
        break;
      case kRight:
      case control('F'):
        line.right();
        break;
      case kHome:
      case control('A'):
        line.cursor = 0;
        break;
      case kEndKey:
      case control('E'):
        line.cursor = line.text.size();
        break;
      case kUp:
      case control('P'):
        if (entry > 0) go(entry - 1);
        break;
      case kDown:
      case control('N'):
        if (entry < history_.size()) go(entry + 1);
        break;
      case control('K'):
        line.text.erase(line.cursor);
        break;
      case control('U'):
        line.text.erase(0, line.cursor);
        line.cursor = 0;
        break;
      case control('W'):
        line.erase_word();
        break;
      case control('L'):
        std::cout << "\033[H\033[2J";
        break;
      default:
        if ((key >= ' ' && key < 256) || key == '\t') line.insert(static_cast<char>(key));
    }
  }
}

}  // namespace simple
