#include "syntax/spelling.h"

#include <algorithm>
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

}  // namespace simple
