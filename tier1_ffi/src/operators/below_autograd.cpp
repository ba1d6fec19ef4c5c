#include "operators/below_autograd.h"

#include <ATen/core/List.h>
#include <c10/core/GradMode.h>

namespace simple_torch {

bool undifferentiated(const at::Tensor& tensor) {
  if (c10::GradMode::is_enabled() && tensor.requires_grad()) return false;
  // Forward mode: level 0 is the only one there is.
  return !tensor.unsafeGetTensorImpl()->_fw_grad(0, tensor).defined();
}

bool needs_no_autograd(const c10::List<compat::Optional<at::Tensor>>& tensors) {
  for (size_t i = 0; i < tensors.size(); ++i) {
    const compat::Optional<at::Tensor> each = tensors.get(i);
    if (each && each->defined() && !needs_no_autograd(*each)) return false;
  }
  return true;
}

}  // namespace simple_torch
