// Checks of arguments that describe tensors.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/TensorOptions.h>
#include <c10/util/ArrayRef.h>

#include <cstdint>

#include "handles/borrow.h"

namespace simple_torch {

// More dims than libtorch's own kernels take are a mistake, and code that goes through
// them one inside the other must come to an end.
inline constexpr int64_t kMostDims = 64;

// A shape: at most kMostDims, no negative dim, and no more bytes than an int64_t can
// count, whatever the dtype.
c10::IntArrayRef shape_of(const int64_t* dims, int64_t ndims, const char* argument);

// Where and of what a new tensor is to be made.
c10::TensorOptions options_of(int64_t dtype, int64_t device);

// Fails with VALUE for an undefined tensor.
[[noreturn, gnu::cold]] void refuse_undefined(const char* argument);
inline void require_defined(const at::Tensor& tensor, const char* argument) {
  if (!tensor.defined()) [[unlikely]]
    refuse_undefined(argument);
}

// A tensor that is one: an undefined tensor fails with VALUE. (Every operator does this,
// so what it does is in one place, and comes back in a register.)
[[gnu::returns_nonnull]] Slot* pin_defined(simple_torch_handle tensor,
                                           const char* argument);
inline Borrowed<at::Tensor> borrow_defined(simple_torch_handle tensor,
                                           const char* argument) {
  return Borrowed<at::Tensor>(Pin(pin_defined(tensor, argument), tensor));
}

// Fails unless a buffer of the host has exactly the size that elements need.
void require_bytes(int64_t bytes, int64_t elements, size_t element_size);

}  // namespace simple_torch
