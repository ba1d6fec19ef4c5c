// A short name for content: two texts with one digest are taken to be equal.
#ifndef SIMPLE_COMPILE_DIGEST_H_
#define SIMPLE_COMPILE_DIGEST_H_

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace simple {

struct Digest {
  uint64_t first = 0;
  uint64_t second = 0;

  friend auto operator<=>(const Digest&, const Digest&) = default;
};

// MurmurHash3, the variant of 128 bits for 64-bit machines, begun with `seed`. It tells
// content apart that differs by accident or by editing, not content made to be mistaken.
Digest digest(std::string_view bytes, Digest seed = {});

// 32 digits.
std::string hex(const Digest& digest);

}  // namespace simple

#endif
