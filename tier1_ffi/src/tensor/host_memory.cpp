// Elements that come from the host's memory or go there.
#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>

#include <cstring>
#include <string>
#include <vector>

#include "core/arguments.h"
#include "core/guarded.h"
#include "core/ownership.h"
#include "device/dtype.h"
#include "simple_torch/tensor.h"
#include "tensor/arguments.h"
#include "tensor/empty_to_write.h"
#include "tensor/reach.h"
#include "tensor/read_data.h"

namespace simple_torch {
namespace {

// libtorch's vector instructions want an element's address to be a multiple of its size,
// which is more than C asks for a complex number.
bool is_aligned(const void* data, size_t element_size) {
  return reinterpret_cast<uintptr_t>(data) % element_size == 0;
}

// A tensor in row-major order over a host buffer; over memory of its own if libtorch
// could not work in the buffer.
at::Tensor buffer_for(const void* data, const at::Tensor& like) {
  const auto options = c10::TensorOptions().dtype(like.scalar_type());
  if (!is_aligned(data, like.itemsize())) return at::empty(like.sizes(), options);
  return at::from_blob(const_cast<void*>(data), like.sizes(), options);
}

// Whether the elements lie in memory just as the host wants them.
bool is_plain(const at::Tensor& tensor) {
  return tensor.is_cpu() && tensor.layout() == c10::Layout::Strided &&
         tensor.is_contiguous() && !tensor.is_conj() && !tensor.is_neg();
}

c10::ScalarType dtype_or_default(int64_t dtype) {
  return element_dtype(dtype, "dtype").value_or(c10::get_default_dtype_as_scalartype());
}

}  // namespace
}  // namespace simple_torch

using namespace simple_torch;

simple_torch_handle simple_torch_tensor_from_data(const void* data, int64_t bytes,
                                                  const int64_t* dims, int64_t ndims,
                                                  int64_t dtype) {
  return guarded([&] {
    const c10::IntArrayRef shape = shape_of(dims, ndims, "dims");
    const c10::ScalarType type = dtype_or_default(dtype);
    require_bytes(bytes, c10::multiply_integers(shape), c10::elementSize(type));
    if (bytes > 0) required(data, "data");
    at::Tensor tensor = empty_to_write(shape, type);
    if (bytes > 0) std::memcpy(tensor.data_ptr(), data, static_cast<size_t>(bytes));
    return store(std::move(tensor));
  });
}

simple_torch_handle simple_torch_tensor_from_blob(void* data, int64_t bytes,
                                                  const int64_t* dims, int64_t ndims,
                                                  const int64_t* strides, int64_t dtype,
                                                  void (*destroy)(void* context),
                                                  void* context) {
  Ownership given(destroy, context);
  return guarded([&] {
    auto ownership = std::make_shared<Ownership>(std::move(given));
    const c10::IntArrayRef shape = shape_of(dims, ndims, "dims");
    const c10::ScalarType type = dtype_or_default(dtype);
    if (bytes < 0) fail_argument("bytes", "is negative");
    const std::vector<int64_t> steps =
        strides == nullptr ? row_major(shape, "dims")
                           : std::vector<int64_t>(strides, strides + shape.size());
    const int64_t elements = reach(shape, steps, "strides");
    if (elements > bytes / static_cast<int64_t>(c10::elementSize(type))) {
      fail_argument("bytes", "is " + std::to_string(bytes) +
                                 ", but shape and strides reach " +
                                 std::to_string(elements) + " elements of " +
                                 std::to_string(c10::elementSize(type)) + " bytes");
    }
    if (elements > 0) required(data, "data");
    if (!is_aligned(data, c10::elementSize(type))) {
      fail_argument("data", "is not aligned to an element's " +
                                std::to_string(c10::elementSize(type)) + " bytes");
    }
    return store(at::from_blob(
        data, shape, steps, [ownership](void*) {}, c10::TensorOptions().dtype(type)));
  });
}

int64_t simple_torch_tensor_copy_to(simple_torch_handle tensor, void* data,
                                    int64_t bytes) {
  return guarded([&] {
    const auto source = borrow_defined(tensor, "tensor");
    require_bytes(bytes, source->numel(), source->itemsize());
    if (bytes == 0) return;
    required(data, "data");
    if (is_plain(*source)) {
      std::memcpy(data, read_data(*source), static_cast<size_t>(bytes));
      return;
    }
    const at::NoGradGuard no_grad;
    const at::Tensor buffer = buffer_for(data, *source);
    buffer.copy_(*source);
    if (buffer.data_ptr() != data) {
      std::memcpy(data, buffer.data_ptr(), static_cast<size_t>(bytes));
    }
  });
}

int64_t simple_torch_tensor_copy_from(simple_torch_handle tensor, const void* data,
                                      int64_t bytes) {
  return guarded([&] {
    const auto target = borrow_defined(tensor, "tensor");
    require_bytes(bytes, target->numel(), target->itemsize());
    if (bytes == 0) return;
    required(data, "data");
    if (is_plain(*target)) {
      std::memcpy(target->data_ptr(), data, static_cast<size_t>(bytes));
      // Autograd must notice if it has saved the tensor.
      if (!target->is_inference()) target->unsafeGetTensorImpl()->bump_version();
      return;
    }
    const at::NoGradGuard no_grad;
    const at::Tensor buffer = buffer_for(data, *target);
    if (buffer.data_ptr() != data) {
      std::memcpy(buffer.data_ptr(), data, static_cast<size_t>(bytes));
    }
    target->copy_(buffer);
  });
}
