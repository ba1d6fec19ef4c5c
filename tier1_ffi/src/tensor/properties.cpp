// What a tensor says of itself.
#include "core/arguments.h"
#include "core/guarded.h"
#include "core/numbers.h"
#include "device/device.h"
#include "simple_torch/tensor.h"
#include "tensor/arguments.h"

namespace simple_torch {
namespace {

// A tensor whose elements lie in a storage at regular distances.
Borrowed<at::Tensor> borrow_strided(simple_torch_handle tensor, const char* argument) {
  Borrowed<at::Tensor> borrowed = borrow_defined(tensor, argument);
  if (borrowed->layout() != c10::Layout::Strided) {
    fail(Code::kValue, argument,
         "has no strides and no storage of its own: it is not strided");
  }
  return borrowed;
}

// A list whose length the caller may ask for first.
int64_t list_out(c10::IntArrayRef values, int64_t* buffer, int64_t capacity,
                 const char* argument) {
  if (capacity != 0) copy_out(values, buffer, capacity, argument);
  return static_cast<int64_t>(values.size());
}

}  // namespace
}  // namespace simple_torch

using namespace simple_torch;

int64_t simple_torch_tensor_defined(simple_torch_handle tensor) {
  return guarded([&] { return borrow<at::Tensor>(tensor, "tensor")->defined(); });
}

int64_t simple_torch_tensor_dtype(simple_torch_handle tensor) {
  return guarded([&] {
    return static_cast<int64_t>(borrow_defined(tensor, "tensor")->scalar_type());
  });
}

int64_t simple_torch_tensor_device(simple_torch_handle tensor) {
  return guarded([&] { return number_of(borrow_defined(tensor, "tensor")->device()); });
}

int64_t simple_torch_tensor_layout(simple_torch_handle tensor) {
  return guarded(
      [&] { return static_cast<int64_t>(borrow_defined(tensor, "tensor")->layout()); });
}

int64_t simple_torch_tensor_ndim(simple_torch_handle tensor) {
  return guarded([&] { return borrow_defined(tensor, "tensor")->dim(); });
}

int64_t simple_torch_tensor_numel(simple_torch_handle tensor) {
  return guarded([&] { return borrow_defined(tensor, "tensor")->numel(); });
}

int64_t simple_torch_tensor_shape(simple_torch_handle tensor, int64_t* dims_out,
                                  int64_t max_dims) {
  return guarded([&] {
    const auto shown = borrow_defined(tensor, "tensor");
    return list_out(shown->sizes(), dims_out, max_dims, "dims_out");
  });
}

int64_t simple_torch_tensor_strides(simple_torch_handle tensor, int64_t* strides_out,
                                    int64_t max_dims) {
  return guarded([&] {
    const auto shown = borrow_strided(tensor, "tensor");
    return list_out(shown->strides(), strides_out, max_dims, "strides_out");
  });
}

int64_t simple_torch_tensor_storage_offset(simple_torch_handle tensor) {
  return guarded([&] { return borrow_strided(tensor, "tensor")->storage_offset(); });
}

int64_t simple_torch_tensor_element_size(simple_torch_handle tensor) {
  return guarded([&] { return borrow_defined(tensor, "tensor")->element_size(); });
}

int64_t simple_torch_tensor_is_contiguous(simple_torch_handle tensor) {
  return guarded([&] { return borrow_strided(tensor, "tensor")->is_contiguous(); });
}

int64_t simple_torch_tensor_is_sparse(simple_torch_handle tensor) {
  return guarded([&] { return borrow_defined(tensor, "tensor")->is_sparse(); });
}

int64_t simple_torch_tensor_is_mkldnn(simple_torch_handle tensor) {
  return guarded([&] { return borrow_defined(tensor, "tensor")->is_mkldnn(); });
}

int64_t simple_torch_tensor_requires_grad(simple_torch_handle tensor) {
  return guarded([&] { return borrow_defined(tensor, "tensor")->requires_grad(); });
}

int64_t simple_torch_tensor_set_requires_grad(simple_torch_handle tensor,
                                              int64_t requires_grad) {
  return guarded([&] {
    const auto target = borrow_defined(tensor, "tensor");
    const bool wanted = truth(requires_grad, "requires_grad");
    if (!wanted && !target->is_leaf()) {
      fail(Code::kValue, "tensor",
           "is the result of recorded operations; detach it instead");
    }
    target->set_requires_grad(wanted);
  });
}

int64_t simple_torch_tensor_is_leaf(simple_torch_handle tensor) {
  return guarded([&] { return borrow_defined(tensor, "tensor")->is_leaf(); });
}

int64_t simple_torch_tensor_data_pointer(simple_torch_handle tensor, void** pointer_out) {
  return guarded([&] {
    const auto shown = borrow_strided(tensor, "tensor");
    required(pointer_out, "pointer_out");
    *pointer_out = shown->data_ptr();
  });
}

int64_t simple_torch_tensor_storage_bytes(simple_torch_handle tensor) {
  return guarded([&] {
    const auto shown = borrow_defined(tensor, "tensor");
    return shown->has_storage() ? static_cast<int64_t>(shown->storage().nbytes()) : 0;
  });
}
