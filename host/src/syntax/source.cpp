#include "syntax/source.h"

#include <algorithm>
#include <cstring>

namespace simple {
namespace {

// What of a very long line is shown, in characters.
constexpr uint32_t kShownBefore = 70;
constexpr uint32_t kShownAfter = 60;

bool begins_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
}

uint32_t count_characters(std::string_view text) {
  return static_cast<uint32_t>(std::count_if(text.begin(), text.end(), begins_character));
}

// The piece of a line that is shown, and where the place is in it.
struct Excerpt {
  std::string before;  // Up to the place.
  std::string at;
  std::string after;
};

Excerpt excerpt(std::string_view line, size_t offset, size_t length) {
  offset = std::min(offset, line.size());
  length = std::min(length, line.size() - offset);
  size_t from = offset;
  for (uint32_t shown = 0; from > 0 && shown < kShownBefore; ++shown) {
    do --from;
    while (from > 0 && !begins_character(line[from]));
  }
  size_t to = offset;
  for (uint32_t shown = 0; to < line.size() && shown < kShownAfter; ++shown) {
    do ++to;
    while (to < line.size() && !begins_character(line[to]));
  }
  const size_t marked_end = std::min(offset + length, to);
  Excerpt result;
  if (from > 0) result.before = "... ";
  result.before += line.substr(from, offset - from);
  result.at = line.substr(offset, marked_end - offset);
  result.after = line.substr(marked_end, to - marked_end);
  if (to < line.size()) result.after += " ...";
  return result;
}

// Bytes that would disturb a terminal, or that no UTF-8 has, become a question mark.
std::string printable(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    result += (byte < 0x20 && c != '\t') || byte == 0x7F ? '?' : c;
  }
  return result;
}

}  // namespace

Source::Source(std::string name, std::string text)
    : name_(std::move(name)), text_(std::move(text)) {
  line_starts_.push_back(0);
  const char* const begin = text_.data();
  const char* const end = begin + text_.size();
  for (const char* at = begin; at < end;) {
    const void* found = std::memchr(at, '\n', static_cast<size_t>(end - at));
    if (found == nullptr) break;
    at = static_cast<const char*>(found) + 1;
    line_starts_.push_back(static_cast<uint32_t>(at - begin));
  }
}

uint32_t Source::line_number(uint32_t offset) const {
  const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  return static_cast<uint32_t>(after - line_starts_.begin());
}

Place Source::place(uint32_t offset) const {
  offset = std::min(offset, static_cast<uint32_t>(text_.size()));
  const uint32_t line = line_number(offset);
  const uint32_t start = line_starts_[line - 1];
  return {line, count_characters(text().substr(start, offset - start)) + 1};
}

std::string_view Source::line(uint32_t number) const {
  if (number == 0 || number > line_starts_.size()) return {};
  const uint32_t start = line_starts_[number - 1];
  std::string_view rest = text().substr(start);
  if (number < line_starts_.size())
    rest = rest.substr(0, line_starts_[number] - start - 1);
  if (!rest.empty() && rest.back() == '\r') rest.remove_suffix(1);
  return rest;
}

std::string render(std::string_view headline, const Source& source, Span at) {
  const Place place = source.place(at.start);
  const std::string_view line = source.line(place.line);
  const auto line_start = static_cast<size_t>(line.data() - source.text().data());
  const Excerpt shown =
      excerpt(line, line.data() == nullptr ? 0 : at.start - line_start, at.length);

  const std::string number = std::to_string(place.line);
  const std::string margin(number.size() + 1, ' ');
  std::string result(headline);
  result += "\n" + margin + " --> " + source.name() + ":" + number + ":" +
            std::to_string(place.column) + "\n";
  result += margin + " |\n";
  result += " " + number + " | " + printable(shown.before) + printable(shown.at) +
            printable(shown.after) + "\n";
  result += margin + " | ";
  for (const char c : shown.before) {
    if (begins_character(c)) result += c == '\t' ? '\t' : ' ';
  }
  result.append(std::max<uint32_t>(1, count_characters(shown.at)), '^');
  result += "\n";
  return result;
}

std::string render(const Diagnostic& diagnostic, const Source& source) {
  std::string headline = "error: ";
  headline += diagnostic.kind;
  headline += ": " + diagnostic.message;
  if (*diagnostic.code != '\0') headline += std::string(" [") + diagnostic.code + "]";
  std::string result = render(headline, source, diagnostic.at);
  if (!diagnostic.help.empty()) {
    const Place place = source.place(diagnostic.at.start);
    result += std::string(std::to_string(place.line).size() + 1, ' ') + " = " +
              diagnostic.help + "\n";
  }
  return result;
}

}  // namespace simple
