// The elements of a tensor as text: which of them are shown, and how wide they are, so
// that they stand in columns as in Python's torch.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "simple_torch/tensor.h"

namespace simple_torch {

// The nested lists of a tensor's elements. `indent` is how far the first line is already.
std::string element_text(const at::Tensor& tensor,
                         const simple_torch_print_options& options, int64_t indent);

}  // namespace simple_torch
