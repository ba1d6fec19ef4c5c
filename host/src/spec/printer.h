// Prints the results of specs as people read them:
//
//   stack
//     push
//       ✓ grows
//       ✗ shrinks
//         expected 3 to equal 4
//       ○ remembers (skipped)
//   3 examples, 1 failure
#ifndef SIMPLE_SPEC_PRINTER_H_
#define SIMPLE_SPEC_PRINTER_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "spec/event.h"

namespace simple {

struct Colors {
  bool on = false;
  std::string paint(const char* number, std::string_view text) const;
  std::string green(std::string_view text) const { return paint("32", text); }
  std::string red(std::string_view text) const { return paint("31", text); }
  std::string yellow(std::string_view text) const { return paint("33", text); }
  std::string dim(std::string_view text) const { return paint("2", text); }
};

// Whether what is written there is read by a person, and NO_COLOR is not set.
bool wants_color(int descriptor);

// "1 failure", "2 failures".
std::string count_of(size_t count, const char* noun);

class SpecPrinter {
 public:
  SpecPrinter(Colors colors, std::function<void(std::string_view)> out)
      : colors_(colors), out_(std::move(out)) {}
  void print(const SpecEvent& event);

 private:
  void headings();
  void total();
  void example(const SpecEvent& event);
  void line(size_t depth, std::string_view text);
  void lines(size_t depth, std::string_view text);

  Colors colors_;
  std::function<void(std::string_view)> out_;
  std::vector<std::string> groups_;
  // How many of the groups are printed: a group is when its first example begins.
  size_t printed_ = 0;
  size_t examples_ = 0, failures_ = 0;  // Of the outermost group.
};

}  // namespace simple

#endif
