// How code inside the library says that a call cannot go on: it throws a Failure, which
// guarded() turns into the thread's error record. Nothing else is thrown on purpose.
#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <utility>

#include "simple_torch/abi.h"

namespace simple_torch {

enum class Code : int64_t {
  kBadHandle = SIMPLE_TORCH_E_BAD_HANDLE,
  kStaleHandle = SIMPLE_TORCH_E_STALE_HANDLE,
  kWrongKind = SIMPLE_TORCH_E_WRONG_KIND,
  kBadArgument = SIMPLE_TORCH_E_BAD_ARGUMENT,
  kIndex = SIMPLE_TORCH_E_INDEX,
  kType = SIMPLE_TORCH_E_TYPE,
  kValue = SIMPLE_TORCH_E_VALUE,
  kNotImplemented = SIMPLE_TORCH_E_NOT_IMPLEMENTED,
  kOutOfMemory = SIMPLE_TORCH_E_OUT_OF_MEMORY,
  kLinalg = SIMPLE_TORCH_E_LINALG,
  kIo = SIMPLE_TORCH_E_IO,
  kFormat = SIMPLE_TORCH_E_FORMAT,
  kCallback = SIMPLE_TORCH_E_CALLBACK,
  kCancelled = SIMPLE_TORCH_E_CANCELLED,
  kUnsupported = SIMPLE_TORCH_E_UNSUPPORTED,
  kTorch = SIMPLE_TORCH_E_TORCH,
  kInternal = SIMPLE_TORCH_E_INTERNAL,
};

class Failure final : public std::exception {
 public:
  // `argument` is a string literal: the name of the parameter that was wrong, or "".
  Failure(Code code, const char* argument, std::string message)
      : code_(code), argument_(argument), message_(std::move(message)) {}

  Code code() const { return code_; }
  const char* argument() const { return argument_; }
  const char* what() const noexcept override { return message_.c_str(); }

 private:
  Code code_;
  const char* argument_;
  std::string message_;
};

[[noreturn]] inline void fail(Code code, const char* argument, std::string message) {
  throw Failure(code, argument, std::move(message));
}

[[noreturn]] inline void fail_argument(const char* argument, std::string message) {
  throw Failure(Code::kBadArgument, argument, std::move(message));
}

}  // namespace simple_torch
