// Hashes of keys. They are keyed by numbers that differ in every process, so that nobody
// can prepare keys that all fall into one place.
#ifndef SIMPLE_RUNTIME_HASH_H_
#define SIMPLE_RUNTIME_HASH_H_

#include <bit>
#include <cstdint>

#include "runtime/object.h"

namespace simple {

struct HashSecrets {
  uint64_t words[4];
  HashSecrets();
};
extern const HashSecrets kHashSecrets;

// The two halves of the product of two words, folded into one.
inline uint64_t mix(uint64_t left, uint64_t right) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(left) * right;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

// A table begins to look at the place that the low half says, and goes on as the high
// half says. The low half of an integer is the integer itself, so that neighbours lie
// side by side; the high half is keyed, so that integers which begin at one place part at
// once.
inline uint64_t hash_integer(int64_t value) {
  const auto word = static_cast<uint64_t>(value);
  return mix(word ^ kHashSecrets.words[0], kHashSecrets.words[1]) << 32 |
         static_cast<uint32_t>(word);
}

void make_hash(Text* text);
inline uint64_t hash_text(Text* text) {
  if ((text->small & Text::kHashed) == 0) make_hash(text);
  return uint64_t{std::rotl(text->hash, 16)} << 32 | text->hash;
}

}  // namespace simple

#endif
