#include "spec/difference.h"

#include <algorithm>
#include <cstdint>

namespace simple {
namespace {

constexpr size_t kNear = 3;  // Lines that are shown around a difference.
// What is between the common lines at both ends is compared by a table of this many lines
// squared; more is cut.
constexpr size_t kMost = 1000;

struct Line {
  char sign;
  const std::string* text;
};

// The longest common subsequence of two ranges, as a list of lines with signs.
void compare(const std::string* first, size_t first_count, const std::string* second,
             size_t second_count, std::vector<Line>& lines) {
  const size_t width = second_count + 1;
  std::vector<uint32_t> common((first_count + 1) * width, 0);
  for (size_t i = first_count; i-- > 0;) {
    for (size_t j = second_count; j-- > 0;) {
      common[i * width + j] =
          first[i] == second[j]
              ? common[(i + 1) * width + j + 1] + 1
              : std::max(common[(i + 1) * width + j], common[i * width + j + 1]);
    }
  }
  size_t i = 0, j = 0;
  while (i < first_count || j < second_count) {
    if (i < first_count && j < second_count && first[i] == second[j]) {
      lines.push_back({' ', &first[i]});
      ++i, ++j;
    } else if (i < first_count && (j == second_count || common[(i + 1) * width + j] >=
                                                            common[i * width + j + 1])) {
      lines.push_back({'-', &first[i++]});
    } else {
      lines.push_back({'+', &second[j++]});
    }
  }
}

}  // namespace

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string difference(const std::vector<std::string>& first,
                       const std::vector<std::string>& second) {
  size_t start = 0;
  const size_t shorter = std::min(first.size(), second.size());
  while (start < shorter && first[start] == second[start]) ++start;
  size_t tail = 0;
  while (tail < shorter - start &&
         first[first.size() - 1 - tail] == second[second.size() - 1 - tail]) {
    ++tail;
  }
  const size_t first_middle = first.size() - start - tail;
  const size_t second_middle = second.size() - start - tail;
  const bool cut = first_middle > kMost || second_middle > kMost;

  std::vector<Line> lines;
  for (size_t i = start - std::min(start, kNear + 1); i < start; ++i) {
    lines.push_back({' ', &first[i]});
  }
  compare(first.data() + start, std::min(first_middle, kMost), second.data() + start,
          std::min(second_middle, kMost), lines);
  if (!cut) {
    for (size_t i = first.size() - tail;
         i < first.size() - tail + std::min(tail, kNear + 1); ++i) {
      lines.push_back({' ', &first[i]});
    }
  }

  std::vector<bool> shown(lines.size(), false);
  for (size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].sign == ' ') continue;
    const size_t from = i - std::min(i, kNear);
    for (size_t j = from; j < std::min(lines.size(), i + kNear + 1); ++j) shown[j] = true;
  }
  std::string result;
  bool left_out = false;
  for (size_t i = 0; i < lines.size(); ++i) {
    if (!shown[i]) {
      if (!left_out) result += "  …\n";
      left_out = true;
      continue;
    }
    left_out = false;
    result += lines[i].sign;
    result += " " + *lines[i].text + "\n";
  }
  if (cut) result += "  … and more\n";
  return result;
}

}  // namespace simple
