// Small work on one thread. libtorch's elementwise kernels share what they do among
// threads from some size on; matrix products, convolutions, recurrent layers and some
// others always do, and waking the others then takes longer than the work.
#pragma once

#include <ATen/core/Tensor.h>

#include "core/compat.h"
#include "core/platform.h"

namespace simple_torch {

// Operands of so many elements together are small. A product of such matrices has at most
// 400,000 multiplications, some ten microseconds.
inline constexpr int64_t kSmallWork = 16'384;
// The same for work that grows no faster than its operands: some tens of microseconds.
inline constexpr int64_t kSmallLinearWork = 131'072;

SIMPLE_TORCH_HOT int64_t elements_of(const at::Tensor& tensor) {
  const c10::TensorImpl* const impl = tensor.unsafeGetTensorImpl();
  // Those that compute their shape each time are not dense, so not what this is for.
  return impl->key_set().has(c10::DispatchKey::Dense) ? impl->numel() : 0;
}
inline int64_t elements_of(const compat::Optional<at::Tensor>& tensor) {
  return tensor ? elements_of(*tensor) : 0;
}
inline int64_t elements_of(at::TensorList tensors) {
  int64_t sum = 0;
  for (const at::Tensor& each : tensors) sum += elements_of(each);
  return sum;
}

template <typename... Tensors>
SIMPLE_TORCH_HOT bool is_small(const Tensors&... tensors) {
  return (elements_of(tensors) + ... + 0) <= kSmallWork;
}
template <typename... Tensors>
SIMPLE_TORCH_HOT bool is_small_linear(const Tensors&... tensors) {
  return (elements_of(tensors) + ... + 0) <= kSmallLinearWork;
}

// While it lives, libtorch uses this thread alone, if the work is small. What the program
// has set comes back afterwards.
class OneThread {
 public:
  SIMPLE_TORCH_HOT explicit OneThread(bool small) {
    if (small) begin();
  }
  OneThread(const OneThread&) = delete;
  OneThread& operator=(const OneThread&) = delete;
  ~OneThread() {
    if (threads_ != 0) end();
  }

 private:
  void begin();
  void end();
  // What there was before; 0 if that stays.
  int threads_ = 0;
  int blas_threads_ = 0;
};

}  // namespace simple_torch
