// What a person may have meant by a name that nothing has.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace simple {

// How many letters have to be put in, left out, exchanged for another, or exchanged with
// the next one to make one word of the other.
size_t steps_between(std::string_view a, std::string_view b);

// More steps than this, and a word is another one: of short words nearly all are near.
constexpr size_t most_steps(std::string_view word) {
  return word.size() < 3 ? 0 : word.size() < 6 ? 1 : 2;
}

// Of words that could have been meant by one that was written, the nearest; of several
// that are as near the first by the alphabet.
class Nearest {
 public:
  explicit Nearest(std::string_view written)
      : written_(written), least_(most_steps(written) + 1) {}

  void consider(std::string_view word);
  // "did you mean `word`?", or nothing if none is near.
  std::string question() const;
  // The same behind a message.
  std::string after(std::string message) const;
  bool found() const { return !best_.empty(); }
  // The word, or "".
  const std::string& word() const { return best_; }

 private:
  std::string written_;
  std::string best_;
  size_t least_;
};

}  // namespace simple
