#include "runtime/unicode.h"

namespace simple {
namespace {

constexpr uint32_t kReplacement = 0xFFFD;

bool all_ascii(std::string_view text) {
  uint8_t seen = 0;
  for (const char c : text) seen |= static_cast<uint8_t>(c);
  return seen < 0x80;
}

bool between(uint32_t code, uint32_t first, uint32_t last) {
  return code >= first && code <= last;
}

// Blocks in which small letters follow their capitals, each pair at an even (odd) number.
bool pairs_from_even(uint32_t code) {
  return between(code, 0x100, 0x137) || between(code, 0x14A, 0x177) ||
         between(code, 0x460, 0x481) || between(code, 0x48A, 0x4BF) ||
         between(code, 0x4D0, 0x52F) || between(code, 0x1E00, 0x1E95) ||
         between(code, 0x1EA0, 0x1EFF) || between(code, 0x3D8, 0x3EF);
}
bool pairs_from_odd(uint32_t code) {
  return between(code, 0x139, 0x148) || between(code, 0x179, 0x17E) ||
         between(code, 0x4C1, 0x4CE) || between(code, 0x1CD, 0x1DC);
}

}  // namespace

Decoded decode(std::string_view text, size_t at) {
  if (at >= text.size()) return {0, 0};
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[at + i]); };
  const uint8_t first = byte(0);
  if (first < 0x80) return {first, 1};
  const uint32_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() - at < length) return {kReplacement, 1};
  uint32_t code = first & (0x7Fu >> length);
  for (uint32_t i = 1; i < length; ++i) {
    if (!is_continuation(text[at + i])) return {kReplacement, 1};
    code = code << 6 | (byte(i) & 0x3Fu);
  }
  const bool too_long = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  if (too_long || code > 0x10FFFF || between(code, 0xD800, 0xDFFF))
    return {kReplacement, 1};
  return {code, length};
}

void encode(uint32_t code, std::string& out) {
  if (code > 0x10FFFF || between(code, 0xD800, 0xDFFF)) code = kReplacement;
  const auto tail = [&](uint32_t shift) {
    out += static_cast<char>(0x80 | ((code >> shift) & 0x3F));
  };
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | code >> 6);
    tail(0);
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | code >> 12);
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xF0 | code >> 18);
    tail(12);
    tail(6);
    tail(0);
  }
}

bool is_valid_utf8(std::string_view text) {
  if (all_ascii(text)) return true;
  for (size_t at = 0; at < text.size();) {
    const Decoded next = decode(text, at);
    if (next.code == kReplacement && next.length == 1) return false;
    at += next.length;
  }
  return true;
}

std::string valid_utf8(std::string_view text) {
  if (is_valid_utf8(text)) return std::string(text);
  std::string result;
  for (size_t at = 0; at < text.size();) {
    const Decoded next = decode(text, at);
    encode(next.code, result);
    at += next.length;
  }
  return result;
}

int64_t count_characters(std::string_view text) {
  int64_t count = 0;
  for (const char c : text) count += is_continuation(c) ? 0 : 1;
  return count;
}

bool is_ascii(Text* text) {
  if ((text->small & (Text::kAscii | Text::kNotAscii)) == 0) {
    text->small |= all_ascii(text->view()) ? Text::kAscii : Text::kNotAscii;
  }
  return (text->small & Text::kAscii) != 0;
}

size_t border_after(std::string_view text, size_t at) {
  while (at < text.size() && is_continuation(text[at])) ++at;
  return at;
}

size_t border_before(std::string_view text, size_t at) {
  while (at > 0 && at < text.size() && is_continuation(text[at])) --at;
  return at;
}

uint32_t upper(uint32_t code) {
  if (between(code, 'a', 'z')) return code - 32;
  if (code < 0x80) return code;
  if (code == 0xB5) return 0x39C;
  if (code == 0xFF) return 0x178;
  if (between(code, 0xE0, 0xFE) && code != 0xF7) return code - 32;
  if (code == 0x131) return 'I';
  if (pairs_from_even(code) && code != 0x138) return code & ~1u;
  if (pairs_from_odd(code)) return (code & 1) == 0 ? code - 1 : code;
  if (code == 0x3AC) return 0x386;
  if (between(code, 0x3AD, 0x3AF)) return code - 37;
  if (code == 0x3C2) return 0x3A3;
  if (between(code, 0x3B1, 0x3CB)) return code - 32;
  if (code == 0x3CC) return 0x38C;
  if (between(code, 0x3CD, 0x3CE)) return code - 63;
  if (between(code, 0x430, 0x44F)) return code - 32;
  if (between(code, 0x450, 0x45F)) return code - 80;
  if (between(code, 0x561, 0x586)) return code - 48;
  return code;
}

uint32_t lower(uint32_t code) {
  if (between(code, 'A', 'Z')) return code + 32;
  if (code < 0x80) return code;
  if (code == 0x178) return 0xFF;
  if (between(code, 0xC0, 0xDE) && code != 0xD7) return code + 32;
  if (code == 0x130) return 'i';
  if (pairs_from_even(code)) return code | 1u;
  if (pairs_from_odd(code)) return (code & 1) == 1 ? code + 1 : code;
  if (code == 0x386) return 0x3AC;
  if (between(code, 0x388, 0x38A)) return code + 37;
  if (code == 0x38C) return 0x3CC;
  if (between(code, 0x38E, 0x38F)) return code + 63;
  if (between(code, 0x391, 0x3AB)) return code + 32;
  if (between(code, 0x410, 0x42F)) return code + 32;
  if (between(code, 0x400, 0x40F)) return code + 80;
  if (between(code, 0x531, 0x556)) return code + 48;
  return code;
}

bool is_letter(uint32_t code) {
  if (code < 0x80) return between(code | 0x20, 'a', 'z');
  if (code < 0x250)
    return code == 0xAA || code == 0xB5 || code == 0xBA ||
           (code >= 0xC0 && code != 0xD7 && code != 0xF7);
  // Above: all but spaces, punctuation, symbols, combining marks and pictures.
  return !between(code, 0x2B0, 0x36F) && !between(code, 0x2000, 0x2BFF) &&
         !between(code, 0x3000, 0x303F) && !between(code, 0xD800, 0xF8FF) &&
         !between(code, 0xFE00, 0xFE6F) && !between(code, 0xFF00, 0xFF20) &&
         code < 0x1F000;
}

bool is_blank(uint32_t code) {
  return code == ' ' || between(code, 9, 13) || code == 0x85 || code == 0xA0 ||
         code == 0x1680 || between(code, 0x2000, 0x200A) || code == 0x2028 ||
         code == 0x2029 || code == 0x202F || code == 0x205F || code == 0x3000;
}

}  // namespace simple
