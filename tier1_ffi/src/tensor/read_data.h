// The address of a tensor's elements, to read them.
#pragma once

#include <ATen/core/Tensor.h>

#include "core/compat.h"

namespace simple_torch {

// Asked for in order to write, elements that others read too would be copied first.
inline const void* read_data(const at::Tensor& tensor) {
#if SIMPLE_TORCH_LIBTORCH_AT_LEAST(2, 1)
  return tensor.const_data_ptr();
#else
  return tensor.data_ptr();
#endif
}

}  // namespace simple_torch
