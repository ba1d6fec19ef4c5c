// UTF-8. Programs can only make valid texts; still nothing here reads outside of a text
// or fails on bytes that are no UTF-8: such a byte counts as one character, U+FFFD.
#ifndef SIMPLE_RUNTIME_UNICODE_H_
#define SIMPLE_RUNTIME_UNICODE_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/object.h"

namespace simple {

inline bool is_continuation(char c) { return (static_cast<uint8_t>(c) & 0xC0) == 0x80; }

struct Decoded {
  uint32_t code;
  uint32_t length;  // in bytes; 0 at the end of the text
};
Decoded decode(std::string_view text, size_t at);
// Code points that are none (surrogates, above U+10FFFF) become U+FFFD.
void encode(uint32_t code, std::string& out);
// The same bytes, with U+FFFD for what is not UTF-8.
bool is_valid_utf8(std::string_view text);
std::string valid_utf8(std::string_view text);

int64_t count_characters(std::string_view text);
// Looks once, and remembers.
bool is_ascii(Text* text);
// The next place at or after (before) `at` where a character starts, or the text's end.
size_t border_after(std::string_view text, size_t at);
size_t border_before(std::string_view text, size_t at);

// Letters with one other case of one code point; Latin, Greek, Cyrillic and Armenian.
uint32_t upper(uint32_t code);
uint32_t lower(uint32_t code);
bool is_letter(uint32_t code);
bool is_blank(uint32_t code);

}  // namespace simple

#endif
