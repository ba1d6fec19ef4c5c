// Handles of libtorch's objects and back, past the C ABI: the tests make their inputs
// with libtorch itself.
#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>

#include "handles/borrow.h"

namespace simple_torch::oracle {

inline simple_torch_handle handle_of(const at::Tensor& tensor) {
  return store(at::Tensor(tensor)).value;
}
template <typename T>
simple_torch_handle handle_of(const T& object) {
  return store(std::make_unique<T>(object)).value;
}

// What is behind a handle, which is freed.
template <typename T>
T take(simple_torch_handle handle) {
  T object = *borrow<T>(handle, "result");
  HandleTable::get().free(handle, Kind::kNone, "result");
  return object;
}
inline at::Tensor tensor_of(simple_torch_handle handle) {
  return take<at::Tensor>(handle);
}
inline c10::List<at::Tensor> tensors_of(simple_torch_handle handle) {
  return c10::List<at::Tensor>(take<TensorList>(handle));
}
inline c10::IValue integers_of(simple_torch_handle handle) {
  return take<c10::IValue>(handle);
}

}  // namespace simple_torch::oracle
