// The same tensor under another handle, of another dtype, on another device, in another
// order.
#include <ATen/ops/clone.h>

#include "core/guarded.h"
#include "device/device.h"
#include "device/dtype.h"
#include "simple_torch/tensor.h"
#include "tensor/arguments.h"

using namespace simple_torch;

simple_torch_handle simple_torch_tensor_alias(simple_torch_handle tensor) {
  return guarded(
      [&] { return store(at::Tensor(*borrow<at::Tensor>(tensor, "tensor"))); });
}

simple_torch_handle simple_torch_tensor_clone(simple_torch_handle tensor) {
  return guarded([&] { return store(at::clone(*borrow_defined(tensor, "tensor"))); });
}

int64_t simple_torch_tensor_free(simple_torch_handle tensor) {
  return guarded([&] { HandleTable::get().free(tensor, Kind::kTensor, "tensor"); });
}

simple_torch_handle simple_torch_tensor_to_dtype(simple_torch_handle tensor,
                                                 int64_t dtype) {
  return guarded([&] {
    const auto source = borrow_defined(tensor, "tensor");
    const std::optional<c10::ScalarType> wanted = element_dtype(dtype, "dtype");
    if (!wanted) fail_argument("dtype", "must name a dtype");
    return store(source->to(*wanted));
  });
}

simple_torch_handle simple_torch_tensor_to_device(simple_torch_handle tensor,
                                                  int64_t device) {
  return guarded([&] {
    const auto source = borrow_defined(tensor, "tensor");
    return store(source->to(usable_device(device, "device")));
  });
}

simple_torch_handle simple_torch_tensor_contiguous(simple_torch_handle tensor) {
  return guarded([&] { return store(borrow_defined(tensor, "tensor")->contiguous()); });
}
