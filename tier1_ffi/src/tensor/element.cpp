// Single elements.
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <string>

#include "core/arguments.h"
#include "core/guarded.h"
#include "core/numbers.h"
#include "simple_torch/tensor.h"
#include "tensor/arguments.h"

namespace simple_torch {
namespace {

// The element that indices name, as a view.
at::Tensor element_of(const at::Tensor& tensor, const int64_t* indices, int64_t count) {
  const c10::IntArrayRef given = list_of(indices, count, "indices");
  if (given.empty()) {
    if (tensor.numel() != 1) {
      fail_argument("indices", "are needed: the tensor has " +
                                   std::to_string(tensor.numel()) + " elements");
    }
    return tensor;
  }
  if (count != tensor.dim()) {
    fail_argument("indices", "are " + std::to_string(count) + " for a tensor of " +
                                 std::to_string(tensor.dim()) + " dims");
  }
  at::Tensor element = tensor;
  for (size_t dim = 0; dim < given.size(); ++dim) {
    const int64_t size = tensor.size(static_cast<int64_t>(dim));
    if (given[dim] < -size || given[dim] >= size) {
      fail(Code::kIndex, "indices",
           "index " + std::to_string(given[dim]) + " is out of range for dim " +
               std::to_string(dim) + " of size " + std::to_string(size));
    }
    element = element.select(0, given[dim]);
  }
  return element;
}

}  // namespace
}  // namespace simple_torch

using namespace simple_torch;

int64_t simple_torch_tensor_get(simple_torch_handle tensor, const int64_t* indices,
                                int64_t count, int64_t* bits_out, int64_t* kind_out) {
  return guarded([&] {
    const auto source = borrow_defined(tensor, "tensor");
    required(bits_out, "bits_out");
    required(kind_out, "kind_out");
    const at::NoGradGuard no_grad;
    const NumberSlots slots = slots_of(element_of(*source, indices, count).item());
    std::copy_n(slots.bits, 2, bits_out);
    *kind_out = slots.kind;
  });
}

int64_t simple_torch_tensor_set(simple_torch_handle tensor, const int64_t* indices,
                                int64_t count, int64_t value_bits, int64_t value_kind) {
  return guarded([&] {
    const auto target = borrow_defined(tensor, "tensor");
    const c10::Scalar value = number(value_bits, value_kind, "value_bits");
    const at::NoGradGuard no_grad;
    element_of(*target, indices, count).fill_(value);
  });
}

int64_t simple_torch_tensor_fill(simple_torch_handle tensor, int64_t value_bits,
                                 int64_t value_kind) {
  return guarded([&] {
    const auto target = borrow_defined(tensor, "tensor");
    target->fill_(number(value_bits, value_kind, "value_bits"));
  });
}
