// What happens in a spec file, as the process that runs it tells the one that reports it:
// one JSON object a line.
#ifndef SIMPLE_SPEC_EVENT_H_
#define SIMPLE_SPEC_EVENT_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace simple {

// In the environment: the descriptor that events are written to. Without it they are
// printed.
inline constexpr const char* kReportVariable = "SIMPLE_SPEC_REPORT_FD";

struct SpecEvent {
  enum class Kind { kGroupBegin, kGroupEnd, kExampleBegin, kExample, kEnd };
  enum class Status { kPassed, kFailed, kSkipped, kListed };

  Kind kind = Kind::kEnd;
  std::string name;  // Of the group or example, without the groups around it.
  Status status = Status::kPassed;
  std::string reason;   // Why it was skipped, or "".
  std::string message;  // Why it failed: "expected 3 to equal 4".
  std::string detail;   // The source line, with where it is, and the calls; may be empty.
  std::string file;     // Where it failed.
  uint32_t line = 0;
  double seconds = 0;
};

std::string encode(const SpecEvent& event);  // With the line's end.
// False if this is no such line.
bool decode(std::string_view line, SpecEvent& event);

// A text as JSON has it, with the quotes.
std::string json_text(std::string_view text);

}  // namespace simple

#endif
