// Parts of tensors by several indexes at once.
#include "simple_torch/indexing.h"

#include <ATen/TensorIndexing.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/as_strided.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "core/arguments.h"
#include "core/guarded.h"
#include "core/numbers.h"
#include "tensor/arguments.h"

namespace simple_torch {
namespace {

// An index as it comes from C.
struct Index {
  int64_t kind;
  int64_t start;
  int64_t stop;
  int64_t step;
};
static_assert(sizeof(Index) == 4 * sizeof(int64_t));

c10::ArrayRef<Index> indexes_of(const int64_t* words, int64_t count) {
  list_of(words, count, "indexes");
  return {reinterpret_cast<const Index*>(words), static_cast<size_t>(count)};
}

std::vector<at::indexing::TensorIndex> libtorch_indexes(
    c10::ArrayRef<Index> indexes, const std::vector<at::Tensor>& tensors) {
  using at::indexing::Slice;
  std::vector<at::indexing::TensorIndex> result;
  result.reserve(indexes.size());
  for (const Index& index : indexes) {
    switch (index.kind) {
      case SIMPLE_TORCH_INDEX_AT:
        result.emplace_back(index.start);
        break;
      case SIMPLE_TORCH_INDEX_SLICE:
        result.emplace_back(Slice(index.start, index.stop, index.step));
        break;
      case SIMPLE_TORCH_INDEX_ELLIPSIS:
        result.emplace_back(at::indexing::Ellipsis);
        break;
      case SIMPLE_TORCH_INDEX_NEW_DIM:
        result.emplace_back(at::indexing::None);
        break;
      case SIMPLE_TORCH_INDEX_BOOL:
        result.emplace_back(truth(index.start, "indexes"));
        break;
      case SIMPLE_TORCH_INDEX_TENSOR:
        result.emplace_back(tensors[position_of(index.start, tensors.size(), "indexes")]);
        break;
      default:
        fail_argument("indexes", "have an unknown kind, " + std::to_string(index.kind));
    }
  }
  return result;
}

// Sizes and strides of a view, as they are found dim by dim.
struct Cut {
  std::vector<int64_t> sizes;
  std::vector<int64_t> strides;
  int64_t offset;
};

// Whether a view by sizes and strides does for this tensor what select, slice and
// unsqueeze do. Where autograd records, their gradients are the simpler ones.
bool cuts_by_strides(const at::Tensor& tensor) {
  const bool recorded = at::GradMode::is_enabled() && tensor.requires_grad();
  return !recorded && tensor.layout() == c10::Layout::Strided && !tensor.is_quantized() &&
         !tensor.is_conj() && !tensor.is_neg() && !tensor.is_nested();
}

// The view that indexes without tensors name, as one step; nothing where libtorch has to
// look at them, because they are wrong or of another kind.
std::optional<Cut> cut_of(const at::Tensor& tensor, c10::ArrayRef<Index> indexes) {
  const c10::IntArrayRef sizes = tensor.sizes();
  const c10::IntArrayRef strides = tensor.strides();
  size_t named = 0;
  size_t ellipses = 0;
  for (const Index& index : indexes) {
    const bool takes_dim =
        index.kind == SIMPLE_TORCH_INDEX_AT || index.kind == SIMPLE_TORCH_INDEX_SLICE;
    named += takes_dim ? 1 : 0;
    ellipses += index.kind == SIMPLE_TORCH_INDEX_ELLIPSIS ? 1 : 0;
    if (index.kind > SIMPLE_TORCH_INDEX_NEW_DIM || index.kind < 0) return std::nullopt;
  }
  if (named > sizes.size() || ellipses > 1) return std::nullopt;
  Cut cut{{}, {}, tensor.storage_offset()};
  size_t dim = 0;
  const auto keep = [&](size_t until) {
    for (; dim < until; ++dim) {
      cut.sizes.push_back(sizes[dim]);
      cut.strides.push_back(strides[dim]);
    }
  };
  for (const Index& index : indexes) {
    switch (index.kind) {
      case SIMPLE_TORCH_INDEX_AT: {
        const int64_t size = sizes[dim];
        if (index.start < -size || index.start >= size) return std::nullopt;
        cut.offset += (index.start < 0 ? index.start + size : index.start) * strides[dim];
        ++dim;
        break;
      }
      case SIMPLE_TORCH_INDEX_SLICE: {
        if (index.step <= 0) return std::nullopt;
        const int64_t size = sizes[dim];
        const auto within = [size](int64_t position) {
          if (position < 0) position += size;
          return std::clamp<int64_t>(position, 0, size);
        };
        const int64_t start = within(index.start);
        const int64_t length = std::max<int64_t>(within(index.stop) - start, 0);
        cut.offset += start * strides[dim];
        cut.sizes.push_back(length / index.step + (length % index.step != 0 ? 1 : 0));
        // A step so large that its stride has no number leaves one element at most.
        int64_t stride = 0;
        if (__builtin_mul_overflow(strides[dim], index.step, &stride)) {
          stride = strides[dim];
        }
        cut.strides.push_back(stride);
        ++dim;
        break;
      }
      case SIMPLE_TORCH_INDEX_NEW_DIM:
        cut.sizes.push_back(1);
        cut.strides.push_back(dim < sizes.size() ? sizes[dim] * strides[dim] : 1);
        break;
      default:
        keep(dim + sizes.size() - named);
        break;
    }
  }
  keep(sizes.size());
  return cut;
}

at::Tensor part_of(const at::Tensor& tensor, c10::ArrayRef<Index> indexes,
                   const simple_torch_handle* tensors, int64_t tensor_count) {
  if (indexes.size() == 1 && indexes[0].kind == SIMPLE_TORCH_INDEX_AT &&
      tensor.dim() != 0) {
    const int64_t at = indexes[0].start;
    const int64_t size = tensor.size(0);
    if (at >= -size && at < size) return tensor.select(0, at);
  }
  if (indexes.size() > 1 && tensor_count == 0 && cuts_by_strides(tensor)) {
    if (const std::optional<Cut> cut = cut_of(tensor, indexes)) {
      return at::as_strided(tensor, cut->sizes, cut->strides, cut->offset);
    }
  }
  return tensor.index(
      libtorch_indexes(indexes, borrow_all(tensors, tensor_count, "tensors")));
}

}  // namespace
}  // namespace simple_torch

using namespace simple_torch;

simple_torch_handle simple_torch_tensor_index(simple_torch_handle tensor,
                                              const int64_t* indexes, int64_t count,
                                              const simple_torch_handle* tensors,
                                              int64_t tensor_count) {
  return guarded([&] {
    const auto source = borrow_defined(tensor, "tensor");
    return store(part_of(*source, indexes_of(indexes, count), tensors, tensor_count));
  });
}

int64_t simple_torch_tensor_index_put(simple_torch_handle tensor, const int64_t* indexes,
                                      int64_t count, const simple_torch_handle* tensors,
                                      int64_t tensor_count, simple_torch_handle source) {
  return guarded([&] {
    const auto target = borrow_defined(tensor, "tensor");
    const auto values = borrow_defined(source, "source");
    const auto given = indexes_of(indexes, count);
    const auto among = borrow_all(tensors, tensor_count, "tensors");
    target->index_put_(libtorch_indexes(given, among), *values);
  });
}

int64_t simple_torch_tensor_index_fill(simple_torch_handle tensor, const int64_t* indexes,
                                       int64_t count, const simple_torch_handle* tensors,
                                       int64_t tensor_count, int64_t value_bits,
                                       int64_t value_kind) {
  return guarded([&] {
    const auto target = borrow_defined(tensor, "tensor");
    const auto given = indexes_of(indexes, count);
    const auto among = borrow_all(tensors, tensor_count, "tensors");
    target->index_put_(libtorch_indexes(given, among),
                       number(value_bits, value_kind, "value_bits"));
  });
}
