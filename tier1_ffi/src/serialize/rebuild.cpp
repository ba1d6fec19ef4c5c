#include "serialize/rebuild.h"

#include <ATen/Functions.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

namespace simple_torch {
namespace {

struct LayoutName {
  c10::Layout layout;
  const char* name;
};
constexpr LayoutName kLayoutNames[] = {{c10::kSparse, "torch.sparse_coo"},
                                       {c10::kSparseCsr, "torch.sparse_csr"},
                                       {c10::kSparseCsc, "torch.sparse_csc"},
                                       {c10::kSparseBsr, "torch.sparse_bsr"},
                                       {c10::kSparseBsc, "torch.sparse_bsc"}};

// Whether a tensor of these sizes has a number of elements, as libtorch counts them.
bool is_countable(const std::vector<int64_t>& sizes) {
  int64_t count = 1;
  return std::all_of(sizes.begin(), sizes.end(), [&](int64_t each) {
    return each >= 0 &&
           !__builtin_mul_overflow(count, std::max<int64_t>(each, 1), &count);
  });
}

// Whether each column of the indices is behind the one before it.
bool is_in_order(const at::Tensor& indices, const std::vector<int64_t>& sizes) {
  const int64_t count = indices.size(1);
  if (count < 2) return true;
  if (indices.size(0) == 0) return false;
  at::Tensor place = indices.select(0, 0);
  for (int64_t i = 1; i < indices.size(0); ++i) {
    place = place.mul(sizes[static_cast<size_t>(i)]).add(indices.select(0, i));
  }
  return place.narrow(0, 1, count - 1)
      .gt(place.narrow(0, 0, count - 1))
      .all()
      .item<bool>();
}

// Of a type that has a byte for an element at least.
bool has_zero_point(c10::ScalarType dtype, int64_t zero_point) {
  switch (dtype) {
    case c10::ScalarType::QInt8:
      return zero_point == static_cast<int8_t>(zero_point);
    case c10::ScalarType::QUInt8:
      return zero_point == static_cast<uint8_t>(zero_point);
    case c10::ScalarType::QInt32:
      return zero_point == static_cast<int32_t>(zero_point);
    default:
      return false;
  }
}

// Whether there are a scale and a zero point for each of so many channels.
bool fits_channels(const Quantization& quantization, c10::ScalarType dtype,
                   int64_t channels) {
  const at::Tensor& scales = quantization.scales;
  const at::Tensor& zeros = quantization.zero_points;
  for (const at::Tensor& each : {scales, zeros}) {
    if (!is_plain_part(each) || each.dim() != 1 || each.numel() != channels) return false;
  }
  // Floats of both kinds would be another way of quantizing.
  if (scales.scalar_type() != c10::ScalarType::Double ||
      zeros.scalar_type() != c10::ScalarType::Long) {
    return false;
  }
  if (channels == 0) return true;
  return scales.gt(0).logical_and(scales.isfinite()).all().item<bool>() &&
         has_zero_point(dtype, zeros.min().item<int64_t>()) &&
         has_zero_point(dtype, zeros.max().item<int64_t>());
}

}  // namespace

std::optional<c10::Layout> sparse_layout(const std::string& name) {
  for (const LayoutName& each : kLayoutNames) {
    if (name == each.name) return each.layout;
  }
  return {};
}

const char* sparse_layout_name(c10::Layout layout) {
  for (const LayoutName& each : kLayoutNames) {
    if (layout == each.layout) return each.name;
  }
  return nullptr;
}

bool is_plain_part(const at::Tensor& tensor) {
  // A view may repeat an element as often as it likes, which costs whoever walks over it.
  return tensor.layout() == c10::kStrided && !tensor.is_quantized() &&
         tensor.nbytes() <= tensor.storage().nbytes();
}

at::Tensor coordinate_tensor(const at::Tensor& indices, const at::Tensor& values,
                             const std::vector<int64_t>& sizes, bool is_coalesced) {
  if (!is_plain_part(indices) || !is_plain_part(values) || !is_countable(sizes) ||
      indices.scalar_type() != c10::ScalarType::Long || indices.dim() != 2 ||
      indices.size(0) > static_cast<int64_t>(sizes.size()) || values.dim() < 1 ||
      // So many elements take nothing in a file.
      (indices.size(0) == 0 && indices.size(1) > 1)) {
    return {};
  }
  try {
    const at::Tensor own = indices.clone();
    at::_validate_sparse_coo_tensor_args(own, values, sizes);
    if (is_coalesced && !is_in_order(own, sizes)) return {};
    const at::Tensor made = at::_sparse_coo_tensor_unsafe(own, values, sizes);
    return made._coalesced_(is_coalesced);
  } catch (const c10::Error&) {
    return {};
  }
}

// Blocks have a height and a width, the two dims of the values behind that of the blocks.
bool has_blocks(const at::Tensor& bounds, const at::Tensor& values) {
  const int64_t height = bounds.dim();
  return values.dim() >= height + 2 && values.size(height) > 0 &&
         values.size(height + 1) > 0;
}

at::Tensor compressed_tensor(c10::Layout layout, const at::Tensor& bounds,
                             const at::Tensor& indices, const at::Tensor& values,
                             const std::vector<int64_t>& sizes) {
  if (!is_plain_part(bounds) || !is_plain_part(indices) || !is_plain_part(values) ||
      !is_countable(sizes)) {
    return {};
  }
  const bool is_of_blocks = layout == c10::kSparseBsr || layout == c10::kSparseBsc;
  if (is_of_blocks && !has_blocks(bounds, values)) return {};
  try {
    const at::Tensor own_bounds = bounds.clone();
    const at::Tensor own_indices = indices.clone();
    at::_validate_sparse_compressed_tensor_args(own_bounds, own_indices, values, sizes,
                                                layout);
    return at::_sparse_compressed_tensor_unsafe(own_bounds, own_indices, values, sizes,
                                                values.options().layout(layout));
  } catch (const c10::Error&) {
    return {};
  }
}

at::Tensor quantized_tensor(const c10::Storage& storage, c10::ScalarType dtype,
                            int64_t offset, const std::vector<int64_t>& sizes,
                            const std::vector<int64_t>& strides,
                            const Quantization& quantization) {
  const auto options = at::TensorOptions().dtype(dtype).device(storage.device());
  at::Tensor made;
  if (!quantization.scales.defined()) {
    if (!std::isfinite(quantization.scale) || quantization.scale <= 0 ||
        !has_zero_point(dtype, quantization.zero_point)) {
      return {};
    }
    made = at::_empty_affine_quantized({0}, options, quantization.scale,
                                       quantization.zero_point);
  } else {
    const int64_t axis = quantization.axis;
    if (axis < 0 || axis >= static_cast<int64_t>(sizes.size())) return {};
    const int64_t channels = sizes[static_cast<size_t>(axis)];
    Quantization own = quantization;
    own.scales = own.scales.clone();
    own.zero_points = own.zero_points.clone();
    if (!fits_channels(own, dtype, channels)) return {};
    // As large as it must be to have its channels; what it has is let go at once.
    std::vector<int64_t> least(sizes.size());
    least[static_cast<size_t>(axis)] = channels;
    made = at::_empty_per_channel_affine_quantized(least, own.scales, own.zero_points,
                                                   axis, options);
  }
  return made.set_(storage, offset, sizes, strides);
}

}  // namespace simple_torch
