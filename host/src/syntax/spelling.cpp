#include "syntax/spelling.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace simple {

size_t steps_between(std::string_view a, std::string_view b) {
  // The steps from the beginnings of `a` to those of `b`: for the one before the last,
  // the last, and the next letter of `a`.
  std::vector<size_t> earlier(b.size() + 1);
  std::vector<size_t> last(b.size() + 1);
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min(
          {last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], earlier[j - 2] + 1);
      }
    }
    std::swap(earlier, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

void Nearest::consider(std::string_view word) {
  // Nobody writes those.
  if (word.find_first_of(".(#<") != std::string_view::npos) return;
  if (word.starts_with('_') && !written_.starts_with('_')) return;
  // It is there, but cannot be meant.
  if (word == written_) return;
  if (word.size() > written_.size() + 2 || written_.size() > word.size() + 2) return;
  const size_t steps = steps_between(written_, word);
  if (steps < least_ || (steps == least_ && found() && word < best_)) {
    least_ = steps;
    best_ = word;
  }
}

std::string Nearest::question() const {
  return found() ? "did you mean `" + best_ + "`?" : "";
}

std::string Nearest::after(std::string message) const {
  return found() ? std::move(message) + "; " + question() : std::move(message);
}

}  // namespace simple
