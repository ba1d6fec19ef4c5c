// The text of a program, looked through without being understood: how deep what is in it
// lies in each other, and whether the values of its classes have types.
#include <algorithm>
#include <array>
#include <vector>

#include "core/failure.h"
#include "core/file.h"
#include "script/believed.h"

namespace simple_torch {
namespace {

// Far more than PyTorch writes, and little enough for the smallest stack of a thread.
constexpr size_t kDeepest = 200;
// Between two commas, or on a line. What stands in brackets is one word.
constexpr size_t kMostWords = 1000;

// What a class may say without a type; its other values are constants, and libtorch 1.13
// does not ask whether they have one.
constexpr std::array<std::string_view, 5> kListsOfAClass = {
    "__parameters__", "__buffers__", "__annotations__", "__forward_pre_hooks__",
    "__forward_hooks__"};

bool is_of_a_word(char each) {
  return each == '_' || (each >= '0' && each <= '9') || (each >= 'a' && each <= 'z') ||
         (each >= 'A' && each <= 'Z');
}

class Text {
 public:
  Text(std::string_view code, const std::string& where) : code_(code), where_(where) {}

  void check() {
    begin_line();
    while (at_ < code_.size()) {
      const char each = code_[at_];
      if (each == '\n') {
        ++at_;
        if (words_.size() == 1) begin_line();
      } else if (each == '#') {
        skip_comment();
      } else if (const size_t length = text_length(); length > 0) {
        at_ += length;
        count_word();
      } else if (is_of_a_word(each)) {
        take_word();
      } else {
        ++at_;
        mark(each);
      }
    }
  }

 private:
  [[noreturn]] void refuse() const {
    fail(Code::kUnsupported, "",
         where_ +
             ": what stands in brackets or blocks goes deeper than in any program, " +
             line_number());
  }
  std::string line_number() const {
    const auto here = code_.begin() + static_cast<std::ptrdiff_t>(at_);
    return "on line " + std::to_string(1 + std::count(code_.begin(), here, '\n'));
  }

  void begin_line() {
    words_.assign(1, 0);
    const size_t start = at_;
    while (at_ < code_.size() && (code_[at_] == ' ' || code_[at_] == '\t')) ++at_;
    const size_t blanks = at_ - start;
    // PyTorch writes two blanks for each block in another.
    if (blanks > 2 * kDeepest) refuse();
    const std::string_view line = code_.substr(at_, code_.find('\n', at_) - at_);
    if (line.empty()) return;
    if (blanks == 0) {
      is_in_class_ = line.starts_with("class") && line.find("(Enum)") == line.npos;
      blanks_of_class_ = 0;
    } else if (is_in_class_) {
      if (blanks_of_class_ == 0) blanks_of_class_ = blanks;
      if (blanks == blanks_of_class_) check_of_class(line);
    }
  }

  void check_of_class(std::string_view line) const {
    const size_t length = static_cast<size_t>(
        std::find_if_not(line.begin(), line.end(), is_of_a_word) - line.begin());
    const size_t next = line.find_first_not_of(" \t", length);
    if (next == line.npos || line[next] != '=') return;
    const std::string_view name = line.substr(0, length);
    if (std::find(kListsOfAClass.begin(), kListsOfAClass.end(), name) ==
        kListsOfAClass.end()) {
      fail_format(where_, "a value of a class has no type, " + line_number());
    }
  }

  void count_word() {
    if (++words_.back() > kMostWords) refuse();
  }

  void take_word() {
    const size_t start = at_;
    while (at_ < code_.size() && is_of_a_word(code_[at_])) ++at_;
    count_word();
    // Each is read as an `if` in the one before.
    if (code_.substr(start, at_ - start) == "elif" && ++elifs_ > kDeepest) refuse();
  }

  void mark(char each) {
    switch (each) {
      case '(':
      case '[':
      case '{':
        count_word();
        words_.push_back(0);
        if (words_.size() > kDeepest) refuse();
        break;
      case ')':
      case ']':
      case '}':
        if (words_.size() > 1) words_.pop_back();
        break;
      case ',':
      case ';':
        words_.back() = 0;
        break;
      case ' ':
      case '\t':
      case '\r':
        break;
      default:
        count_word();
    }
  }

  // Types may stand in comments, and are read.
  void skip_comment() {
    size_t next = at_ + 1;
    while (next < code_.size() && code_[next] == ' ') ++next;
    if (code_.substr(next).starts_with("type:")) {
      at_ = next + 5;
    } else {
      at_ = std::min(code_.find('\n', at_), code_.size());
    }
  }

  // Of a text in quotes that begins here, or 0.
  size_t text_length() const {
    const char quote = code_[at_];
    if (quote != '"' && quote != '\'') return 0;
    const std::string three(3, quote);
    const std::string_view rest = code_.substr(at_);
    const size_t width = rest.starts_with(three) ? 3 : 1;
    const std::string_view end = std::string_view(three).substr(0, width);
    for (size_t i = width; i < rest.size(); ++i) {
      if (rest.substr(i).starts_with(end)) return i + width;
      if (rest[i] == '\n' && width == 1) return 0;
      if (rest[i] == '\\') ++i;
    }
    return 0;
  }

  std::string_view code_;
  const std::string& where_;
  size_t at_ = 0;
  size_t elifs_ = 0;
  bool is_in_class_ = false;
  size_t blanks_of_class_ = 0;
  // How many there were since the last comma, for each bracket that is open.
  std::vector<size_t> words_;
};

}  // namespace

void check_program_code(std::string_view code, const std::string& where) {
  Text(code, where).check();
}

}  // namespace simple_torch
