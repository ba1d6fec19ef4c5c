// The part of compat.h for transforms of functions. Before libtorch 2.0 their functions
// were still changing.
#pragma once

#include "core/compat.h"

#define SIMPLE_TORCH_TRANSFORMS SIMPLE_TORCH_LIBTORCH_AT_LEAST(2, 0)

#if SIMPLE_TORCH_TRANSFORMS

#include <ATen/functorch/BatchedTensorImpl.h>
#include <ATen/functorch/DynamicLayer.h>
#include <ATen/functorch/TensorWrapper.h>
#include <c10/core/AutogradState.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/forward_grad.h>

namespace simple_torch::compat {

// The process has one: a second thread that enters it fails.
inline void enter_dual_level() { torch::autograd::ForwardADLevel::get_next_idx(); }
inline void leave_dual_level() { torch::autograd::ForwardADLevel::release_idx(0); }

}  // namespace simple_torch::compat

#endif
