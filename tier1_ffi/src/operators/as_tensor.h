// A number in the place of a tensor. libtorch's kernels for `tensor + number` make a
// tensor of no dims from the number, mark it as a "wrapped number" so that it does not
// take part in the choice of the result's dtype, and go on with `tensor + tensor`. The
// tensors for the numbers that a thread uses are kept here instead.
//
// Only where no gradient is needed: the formulas for gradients differ, and what a graph
// saves must be its own. Which operators do this is in tier2_sffi/rules/numbers.txt.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/Scalar.h>

#include "core/platform.h"

namespace simple_torch {

class AsTensor {
 public:
  // `self` is the operator's tensor.
  AsTensor(const at::Scalar& number, const at::Tensor& self);
  explicit operator bool() const { return tensor_ != nullptr; }
  const at::Tensor& operator*() const { return *tensor_; }

 private:
  const at::Tensor* tensor_ = nullptr;
};

// Called once when the library is loaded.
void set_up_numbers();

// Forgets the calling thread's tensors.
void forget_numbers();

}  // namespace simple_torch
