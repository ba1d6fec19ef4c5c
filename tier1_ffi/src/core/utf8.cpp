#include "core/utf8.h"

namespace simple_torch {
namespace {

// Bytes of the UTF-8 character that starts `text`; 0 if there is none. Refuses overlong
// forms, surrogates and what lies beyond U+10FFFF.
size_t character_length(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  const bool overlong =
      (first == 0xe0 && byte(1) < 0xa0) || (first == 0xf0 && byte(1) < 0x90);
  const bool surrogate = first == 0xed && byte(1) > 0x9f;
  const bool beyond = first == 0xf4 && byte(1) > 0x8f;
  return overlong || surrogate || beyond ? 0 : length;
}

}  // namespace

size_t utf8_length(std::string_view text) {
  size_t length = 0;
  while (length < text.size()) {
    const size_t character = character_length(text.substr(length));
    if (character == 0) break;
    length += character;
  }
  return length;
}

}  // namespace simple_torch
