// The record of a thread's last failure. Recording cannot fail and cannot leak: text goes
// to buffers that are kept, and is cut when they cannot grow.
#pragma once

#include <cstddef>
#include <string_view>

#include "core/compat.h"
#include "core/failure.h"

namespace simple_torch {

// Text of bounded length in memory that is reused.
class TextBuffer {
 public:
  TextBuffer() = default;
  TextBuffer(const TextBuffer&) = delete;
  TextBuffer& operator=(const TextBuffer&) = delete;
  ~TextBuffer();

  void clear() { length_ = 0; }
  void append(std::string_view text) noexcept;
  // Ends with NUL.
  const char* text() const { return length_ == 0 ? "" : data_; }
  size_t length() const { return length_; }

 private:
  char* data_ = nullptr;
  size_t capacity_ = 0;
  size_t length_ = 0;
};

struct ErrorRecord {
  int64_t code = 0;
  const char* operation = "";
  const char* argument = "";
  TextBuffer message;
  compat::Backtrace backtrace;
  // What a callback said before it returned a failure.
  TextBuffer callback_text;

  void set(Code failure, const char* failed_operation, const char* failed_argument,
           std::string_view text) noexcept;
  void clear() noexcept;
};

}  // namespace simple_torch
