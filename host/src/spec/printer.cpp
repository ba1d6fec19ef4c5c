#include "spec/printer.h"

#include <unistd.h>

#include <cstdlib>

#include "spec/difference.h"

namespace simple {

std::string Colors::paint(const char* number, std::string_view text) const {
  if (!on) return std::string(text);
  return "\033[" + std::string(number) + "m" + std::string(text) + "\033[0m";
}

bool wants_color(int descriptor) {
  const char* refused = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  return isatty(descriptor) != 0 && (refused == nullptr || *refused == '\0') &&
         (terminal == nullptr || std::string_view(terminal) != "dumb");
}

std::string count_of(size_t count, const char* noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

void SpecPrinter::line(size_t depth, std::string_view text) {
  out_(std::string(2 * depth, ' ') + std::string(text) + "\n");
}

void SpecPrinter::lines(size_t depth, std::string_view text) {
  for (const std::string& one : split_lines(text)) {
    if (one.empty()) {
      out_("\n");
    } else {
      line(depth, one);
    }
  }
}

void SpecPrinter::print(const SpecEvent& event) {
  switch (event.kind) {
    case SpecEvent::Kind::kGroupBegin:
      groups_.push_back(event.name);
      break;
    case SpecEvent::Kind::kGroupEnd:
      if (groups_.empty()) break;
      groups_.pop_back();
      if (printed_ > groups_.size()) printed_ = groups_.size();
      if (groups_.empty()) total();
      break;
    case SpecEvent::Kind::kExample:
      example(event);
      break;
    case SpecEvent::Kind::kExampleBegin:
      headings();
      break;
    case SpecEvent::Kind::kEnd:
      // Of examples outside of all groups.
      total();
      break;
  }
}

void SpecPrinter::headings() {
  for (; printed_ < groups_.size(); ++printed_) line(printed_, groups_[printed_]);
}

void SpecPrinter::total() {
  if (examples_ == 0) return;
  const std::string text =
      count_of(examples_, "example") + ", " + count_of(failures_, "failure");
  out_("\n");
  line(0, failures_ > 0 ? colors_.red(text) : colors_.green(text));
  out_("\n");
  examples_ = failures_ = 0;
}

void SpecPrinter::example(const SpecEvent& event) {
  if (event.status == SpecEvent::Status::kListed) {
    std::string name;
    for (const std::string& group : groups_) name += group + " ";
    line(0, name + event.name);
    return;
  }
  headings();
  const size_t depth = groups_.size();
  ++examples_;
  switch (event.status) {
    case SpecEvent::Status::kPassed:
      line(depth, colors_.green("✓ " + event.name));
      break;
    case SpecEvent::Status::kSkipped:
      line(depth,
           colors_.yellow("○ " + event.name + " (skipped" +
                          (event.reason.empty() ? "" : ": " + event.reason) + ")"));
      break;
    default:
      ++failures_;
      line(depth, colors_.red("✗ " + event.name));
      lines(depth + 1, event.message);
      lines(depth + 1, event.detail);
  }
}

}  // namespace simple
