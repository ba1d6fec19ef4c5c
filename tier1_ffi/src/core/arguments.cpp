#include "core/arguments.h"

#include <algorithm>

#include "core/utf8.h"

namespace simple_torch {

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
  if (const size_t length = utf8_length(whole); length < whole.size()) {
    fail_argument(argument, "is not UTF-8 at byte " + std::to_string(length));
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
