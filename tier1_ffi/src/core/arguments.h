// Checks of what comes in from C, and of what goes out to buffers. Each names the
// parameter when it fails.
#pragma once

#include <c10/util/ArrayRef.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "core/failure.h"

namespace simple_torch {

// A pointer that must be there.
template <typename T>
T* required(T* pointer, const char* argument) {
  if (pointer == nullptr) fail_argument(argument, "must not be NULL");
  return pointer;
}

// A list given as pointer and count.
template <typename T>
c10::ArrayRef<T> list_of(const T* items, int64_t count, const char* argument) {
  if (count < 0) {
    fail_argument(argument, "has a negative count, " + std::to_string(count));
  }
  // More than any address space holds: the count is garbage.
  constexpr int64_t kMost = int64_t{1} << 40;
  if (count > kMost) {
    fail_argument(argument, "has an impossible count, " + std::to_string(count));
  }
  if (items == nullptr && count > 0) fail_argument(argument, "must not be NULL");
  return {items, static_cast<size_t>(count)};
}

// The position that an index names among `length` elements; -1 is the last.
size_t position_of(int64_t index, size_t length, const char* argument);

// NUL-terminated UTF-8.
std::string_view text_of(const char* text, const char* argument);

// Writes text to a caller's buffer, cut at a character's border; returns its whole
// length.
int64_t write_text(std::string_view text, char* buffer, int64_t capacity,
                   const char* argument);

// Cuts text to at most `length` bytes without splitting a UTF-8 character.
std::string_view cut_text(std::string_view text, size_t length);

// Writes a list to a caller's buffer, which must be large enough.
void copy_out(c10::ArrayRef<int64_t> values, int64_t* buffer, int64_t capacity,
              const char* argument);

}  // namespace simple_torch
