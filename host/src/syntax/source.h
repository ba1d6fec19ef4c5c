// A file of source text, and places in it.
#ifndef SIMPLE_SYNTAX_SOURCE_H_
#define SIMPLE_SYNTAX_SOURCE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace simple {

// A piece of a source: byte offset and length. Sources are below 4 GB.
struct Span {
  uint32_t start = 0;
  uint32_t length = 0;

  uint32_t end() const { return start + length; }
};

inline Span cover(Span first, Span last) {
  return {first.start, last.end() > first.start ? last.end() - first.start : 0};
}

struct Place {
  uint32_t line = 0;    // From 1.
  uint32_t column = 0;  // From 1, in characters.
};

class Source {
 public:
  // `name` is how messages call it: a path as the user gave it, or "<line>".
  Source(std::string name, std::string text);

  const std::string& name() const { return name_; }
  std::string_view text() const { return text_; }
  Place place(uint32_t offset) const;
  // The line alone, from 1; it costs less.
  uint32_t line_number(uint32_t offset) const;
  // A line without its end, from 1.
  std::string_view line(uint32_t number) const;
  uint32_t line_count() const { return static_cast<uint32_t>(line_starts_.size()); }

 private:
  std::string name_;
  std::string text_;
  std::vector<uint32_t> line_starts_;
};

// Something wrong with a program before it runs. `kind` is "parse" or "semantic".
struct Diagnostic {
  const char* kind = "parse";
  const char* code = "";  // "E1001", or "" if it has none.
  std::string message;
  Span at;
  std::string help;  // Another line that says what to do, or "".
};

// The message as people read it:
//   error: parse: ... [E1001]
//     --> file.spl:3:9
//      |
//    3 | the line
//      |     ^^^^
std::string render(const Diagnostic& diagnostic, const Source& source);
// The same for a message that is already put together, as run-time errors have it.
std::string render(std::string_view headline, const Source& source, Span at);

}  // namespace simple

#endif
