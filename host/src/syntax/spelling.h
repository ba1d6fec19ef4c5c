// What a person may have meant by a name that nothing has.
#pragma once

#include <cstddef>
#include <string_view>

namespace simple {

// How many letters have to be put in, left out, exchanged for another, or exchanged with
// the next one to make one word of the other.
size_t steps_between(std::string_view a, std::string_view b);

// More steps than this, and a word is another one: of short words nearly all are near.
constexpr size_t most_steps(std::string_view word) {
  return word.size() < 3 ? 0 : word.size() < 6 ? 1 : 2;
}

}  // namespace simple
