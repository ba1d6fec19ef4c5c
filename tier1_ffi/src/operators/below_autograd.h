// A short cut for operators whose inputs need no gradient.
//
// With gradients on, libtorch takes each call through autograd's kernel, which finds that
// nothing requires a gradient, switches autograd off for this thread, and calls the
// backend's kernel. BelowAutograd finds that out first, and switches autograd off itself:
// the same backend kernel runs under the same thread state, and makes the same result.
//
// This holds for operators that neither write to an argument, nor return a view, nor are
// composed of others above autograd: the generator uses it for no others. And it holds
// only where nothing else looks at the call on its way down: so the thread's dispatch
// state must be the plain one (no autocast, tracing, functorch, functionalization,
// inference mode or Python mode), and the tensors plain dense ones of CPU or CUDA (no
// wrapper, no lazy conjugation or negation, not sparse or quantized). The profiler still
// sees the call.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/DispatchKeySet.h>
#include <c10/core/impl/LocalDispatchKeySet.h>

#include "core/call_state.h"
#include "core/compat.h"
#include "core/platform.h"

namespace simple_torch {

// The thread's dispatch state is that of a thread that has set nothing.
using DispatchState = c10::impl::PODLocalDispatchKeySet;
SIMPLE_TORCH_HOT bool is_plain(const DispatchState& state) {
  return (state.included_ | state.excluded_) == 0;
}

// What a plain dense tensor of the CPU or CUDA may have in its key set.
inline constexpr c10::DispatchKeySet kPlainKeys(
    {c10::DispatchKey::CPU, c10::DispatchKey::CUDA, c10::DispatchKey::ADInplaceOrView,
     c10::DispatchKey::AutogradCPU, c10::DispatchKey::AutogradCUDA,
     c10::DispatchKey::AutocastCPU, c10::DispatchKey::AutocastCUDA});

// libtorch's own question for a tensor's autograd_meta_ is a call into its library, and
// would be asked twice for each operator of two tensors. An explicit instantiation may
// name what is private.
template <auto kMember>
struct PrivateMember {
  friend bool has_autograd_meta(const c10::TensorImpl& impl) {
    return impl.*kMember != nullptr;
  }
};
bool has_autograd_meta(const c10::TensorImpl& impl);
template struct PrivateMember<&c10::TensorImpl::autograd_meta_>;

// The answer for a tensor that autograd knows something about: whether that is nothing to
// be kept for this call.
bool undifferentiated(const at::Tensor& tensor);

SIMPLE_TORCH_HOT bool needs_no_autograd(const at::Tensor& tensor) {
  const c10::TensorImpl* const impl = tensor.unsafeGetTensorImpl();
  const c10::DispatchKeySet keys = impl->key_set();
  if ((keys | kPlainKeys) != kPlainKeys) [[unlikely]]
    return false;
  return !has_autograd_meta(*impl) || undifferentiated(tensor);
}
inline bool needs_no_autograd(const compat::Optional<at::Tensor>& tensor) {
  return !tensor || needs_no_autograd(*tensor);
}
inline bool needs_no_autograd(at::TensorList tensors) {
  for (const at::Tensor& each : tensors) {
    if (!needs_no_autograd(each)) return false;
  }
  return true;
}
bool needs_no_autograd(const c10::List<compat::Optional<at::Tensor>>& tensors);

class BelowAutograd {
 public:
  template <typename... Tensors>
  SIMPLE_TORCH_HOT explicit BelowAutograd(const Tensors&... tensors) {
    DispatchState& state = CallState::current().dispatch;
    if (is_plain(state) && (needs_no_autograd(tensors) && ...)) {
      state.set_excluded(kExcluded);
      changed_ = &state;
    }
  }
  BelowAutograd(const BelowAutograd&) = delete;
  BelowAutograd& operator=(const BelowAutograd&) = delete;
  ~BelowAutograd() {
    if (changed_ != nullptr) changed_->excluded_ = 0;
  }

 private:
  // As at::AutoDispatchBelowADInplaceOrView does.
  static constexpr c10::DispatchKeySet kExcluded =
      c10::default_excluded_set | c10::autograd_dispatch_keyset_with_ADInplaceOrView;
  DispatchState* changed_ = nullptr;
};

}  // namespace simple_torch
