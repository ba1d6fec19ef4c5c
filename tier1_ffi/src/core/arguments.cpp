#include "core/arguments.h"

#include <algorithm>

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

size_t position_of(int64_t index, size_t length, const char* argument) {
  const auto count = static_cast<int64_t>(length);
  const int64_t position = index < 0 ? index + count : index;
  if (position < 0 || position >= count) {
    fail(Code::kIndex, argument,
         "is " + std::to_string(index) + " where there are " + std::to_string(count));
  }
  return static_cast<size_t>(position);
}

std::string_view text_of(const char* text, const char* argument) {
  const std::string_view whole(required(text, argument));
  for (std::string_view rest = whole; !rest.empty();) {
    const size_t length = character_length(rest);
    if (length == 0) {
      fail_argument(argument,
                    "is not UTF-8 at byte " + std::to_string(whole.size() - rest.size()));
    }
    rest.remove_prefix(length);
  }
  return whole;
}

std::string_view cut_text(std::string_view text, size_t length) {
  if (text.size() <= length) return text;
  while (length > 0 && (static_cast<unsigned char>(text[length]) & 0xc0) == 0x80)
    --length;
  return text.substr(0, length);
}

int64_t write_text(std::string_view text, char* buffer, int64_t capacity,
                   const char* argument) {
  if (capacity < 0) fail_argument("capacity", "is negative");
  if (capacity > 0) {
    required(buffer, argument);
    const std::string_view fitting = cut_text(text, static_cast<size_t>(capacity) - 1);
    std::copy(fitting.begin(), fitting.end(), buffer);
    buffer[fitting.size()] = '\0';
  }
  return static_cast<int64_t>(text.size());
}

void copy_out(c10::ArrayRef<int64_t> values, int64_t* buffer, int64_t capacity,
              const char* argument) {
  const auto count = static_cast<int64_t>(values.size());
  if (capacity < count) {
    fail_argument(argument, "has room for " + std::to_string(capacity) + " of " +
                                std::to_string(count) + " values");
  }
  if (count > 0) required(buffer, argument);
  std::copy(values.begin(), values.end(), buffer);
}

}  // namespace simple_torch
