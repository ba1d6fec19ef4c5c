// Tensors of other kinds than the usual one, from parts that a file has told: sparse and
// quantized ones. What does not fit together gives an undefined tensor.
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>
#include <vector>

namespace simple_torch {

// The layout of a name as Python has it, such as torch.sparse_csr, if it is a sparse one.
std::optional<c10::Layout> sparse_layout(const std::string& name);
// The reverse; nullptr for others.
const char* sparse_layout_name(c10::Layout layout);

// Whether a tensor has data of its own for all its elements, and is none of those made
// here.
bool is_plain_part(const at::Tensor& tensor);

// `indices` has a column for each of the `values`.
at::Tensor coordinate_tensor(const at::Tensor& indices, const at::Tensor& values,
                             const std::vector<int64_t>& sizes, bool is_coalesced);
// `bounds` says where in `indices` and `values` each row, or column, begins.
at::Tensor compressed_tensor(c10::Layout layout, const at::Tensor& bounds,
                             const at::Tensor& indices, const at::Tensor& values,
                             const std::vector<int64_t>& sizes);

// How numbers stand for others: those of a tensor together, or of each channel.
struct Quantization {
  double scale = 1;
  int64_t zero_point = 0;
  // Defined for each channel.
  at::Tensor scales{};
  at::Tensor zero_points{};
  int64_t axis = 0;
};
// `storage` holds the elements, which must lie within it.
at::Tensor quantized_tensor(const c10::Storage& storage, c10::ScalarType dtype,
                            int64_t offset, const std::vector<int64_t>& sizes,
                            const std::vector<int64_t>& strides,
                            const Quantization& quantization);

}  // namespace simple_torch
