// The part of compat.h that needs the headers of autograd, which are large. Libtorch
// moved its nodes from shared_ptr to intrusive_ptr, and added parameters, in versions
// between those that are tested, so what is asked for is the form and not the version.
#pragma once

#include <c10/core/AutogradState.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/function_hook.h>
#include <torch/csrc/autograd/input_buffer.h>
#include <torch/csrc/autograd/variable.h>

#include <functional>
#include <memory>
#include <optional>
#include <unordered_set>
#include <utility>
#include <vector>

#include "core/compat.h"

// Whether a leaf can have hooks that run after its gradient was accumulated.
#define SIMPLE_TORCH_ACCUMULATION_HOOKS SIMPLE_TORCH_LIBTORCH_AT_LEAST(2, 1)

// Whether what a walk of our own needs can be called from outside of libtorch.
#define SIMPLE_TORCH_QUICK_WALK SIMPLE_TORCH_LIBTORCH_AT_LEAST(2, 6)

namespace simple_torch::compat {

using torch::autograd::Node;
using NodePtr = decltype(torch::autograd::Edge::function);

// A node is freed in a way of its own: the chain behind it may be long.
template <typename T>
auto make_node(T* fresh) {
  if constexpr (std::is_constructible_v<NodePtr, std::shared_ptr<Node>>) {
    // Found by its argument: newer versions have no such function.
    return std::shared_ptr<T>(fresh, [](auto* node) { deleteNode(node); });
  } else {
    return c10::intrusive_ptr<T>::unsafe_steal_from_new(fresh);
  }
}

template <typename T>
auto pointer_to(T& node) {
  if constexpr (requires { node.getptr(); }) {
    return node.getptr();
  } else {
    return node.shared_from_this();
  }
}

// Makes results part of the graph. `node` is null where nothing is recorded. What
// follows once the node is complete is for `finish_recording`.
template <typename Ptr>
std::vector<Optional<at::Tensor>> wrap_outputs(
    const std::vector<at::Tensor>& inputs,
    const std::unordered_set<at::TensorImpl*>& non_differentiable,
    const std::unordered_set<at::TensorImpl*>& dirty,
    const std::vector<Optional<at::Tensor>>& outputs, const Ptr& node, Ptr& attached) {
  using torch::autograd::_wrap_outputs;
  using Tensors = std::vector<at::Tensor>;
  const auto forward = [](const Tensors&, const Tensors&) -> Tensors {
    TORCH_CHECK_NOT_IMPLEMENTED(false,
                                "a function with a derivative of its own has none "
                                "in forward mode");
  };
  const auto view = [](const at::Tensor& self) { return self.view_as(self); };
  const std::unordered_set<at::TensorImpl*> none;
  const at::ArrayRef<Optional<at::Tensor>> raw(outputs);
  const bool pure_view = false;
  if constexpr (requires {
                  _wrap_outputs(inputs, non_differentiable, dirty, raw, node, forward,
                                none, view, pure_view, attached);
                }) {
    return _wrap_outputs(inputs, non_differentiable, dirty, raw, node, forward, none,
                         view, pure_view, attached);
  } else if constexpr (requires {
                         _wrap_outputs(inputs, non_differentiable, dirty, raw, node,
                                       forward, none, view, pure_view);
                       }) {
    return _wrap_outputs(inputs, non_differentiable, dirty, raw, node, forward, none,
                         view, pure_view);
  } else if constexpr (requires {
                         _wrap_outputs(inputs, non_differentiable, dirty, raw, node,
                                       forward, none, view);
                       }) {
    return _wrap_outputs(inputs, non_differentiable, dirty, raw, node, forward, none,
                         view);
  } else if constexpr (requires {
                         _wrap_outputs(inputs, non_differentiable, dirty, raw, node,
                                       forward, none);
                       }) {
    return _wrap_outputs(inputs, non_differentiable, dirty, raw, node, forward, none);
  } else {
    return _wrap_outputs(inputs, non_differentiable, dirty, raw, node, forward);
  }
}

template <typename Ptr>
void finish_recording(const Ptr& attached) {
  if constexpr (requires { fire_node_creation_hooks(attached); }) {
    if (attached) fire_node_creation_hooks(attached);
  }
}

#if SIMPLE_TORCH_QUICK_WALK
// The sum of two gradients for the same input of `node`, as the engine makes it: in the
// memory of the first where nobody else has it.
template <typename Buffer = torch::autograd::InputBuffer>
at::Tensor accumulated(at::Tensor&& sum, at::Tensor&& gradient,
                       [[maybe_unused]] Node& node) {
  Buffer buffer(1);
  buffer.buffer[0] = std::move(sum);
  if constexpr (requires { buffer.add(0, std::move(gradient), {}, {}, &node); }) {
    buffer.add(0, std::move(gradient), {}, {}, &node);
  } else {
    buffer.add(0, std::move(gradient), {}, {});
  }
  return std::move(buffer.buffer[0]);
}
#endif

// Whether the devices of a backward run work at once.
#if SIMPLE_TORCH_LIBTORCH_AT_LEAST(2, 0)
inline std::optional<bool> multithreading() {
  return c10::AutogradState::get_tls_state().get_multithreading_enabled();
}
inline void set_multithreading(bool enabled) {
  c10::AutogradState::get_tls_state().set_multithreading_enabled(enabled);
}
#else
inline std::optional<bool> multithreading() { return std::nullopt; }
inline void set_multithreading(bool) {}
#endif

}  // namespace simple_torch::compat
