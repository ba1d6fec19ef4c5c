#include "core/error_record.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "core/arguments.h"

namespace simple_torch {
namespace {

// Longer messages are cut. libtorch's longest are lists of overloads, a few kilobytes.
constexpr size_t kLongestText = size_t{64} << 10;

}  // namespace

TextBuffer::~TextBuffer() { std::free(data_); }

void TextBuffer::append(std::string_view text) noexcept {
  const size_t wanted = std::min(length_ + text.size(), kLongestText) + 1;
  if (wanted > capacity_) {
    const size_t grown = std::max<size_t>(wanted, 256);
    if (void* const larger = std::realloc(data_, grown)) {
      data_ = static_cast<char*>(larger);
      capacity_ = grown;
    }
  }
  if (capacity_ == 0) return;
  const std::string_view fitting = cut_text(text, capacity_ - 1 - length_);
  std::memcpy(data_ + length_, fitting.data(), fitting.size());
  length_ += fitting.size();
  data_[length_] = '\0';
}

void ErrorRecord::set(Code failure, const char* failed_operation,
                      const char* failed_argument, std::string_view text) noexcept {
  code = static_cast<int64_t>(failure);
  operation = failed_operation;
  argument = failed_argument;
  backtrace = {};
  message.clear();
  for (const std::string_view part :
       {std::string_view(operation), std::string_view(argument)}) {
    if (part.empty()) continue;
    message.append(part);
    message.append(": ");
  }
  message.append(text);
}

void ErrorRecord::clear() noexcept {
  code = 0;
  operation = "";
  argument = "";
  backtrace = {};
  message.clear();
}

}  // namespace simple_torch
