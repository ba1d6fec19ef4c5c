// Functions of the host that libtorch calls with a tensor's gradient.
#include <map>
#include <memory>
#include <mutex>

#include "autograd/gradients.h"
#include "autograd/host_callback.h"
#include "core/compat_autograd.h"
#include "operators/arguments.h"
#include "simple_torch/autograd.h"

namespace simple_torch {
namespace {

Borrowed<at::Tensor> borrow_differentiable(simple_torch_handle tensor) {
  auto borrowed = borrow_defined(tensor, "tensor");
  if (!borrowed->requires_grad()) {
    fail(Code::kValue, "tensor", "does not require grad, so it never gets a gradient");
  }
  return borrowed;
}

[[noreturn]] void refuse_hook(int64_t hook) {
  fail(Code::kValue, "hook", "is " + std::to_string(hook) + ", which names none");
}

// What the hook puts in the gradient's place; undefined if nothing.
at::Tensor call_hook(const HandleCallback& callback, const at::Tensor& gradient) {
  const auto state = std::make_shared<GradientsState>(gradient);
  call_with_handle(callback, [&] { return store(std::make_unique<Gradients>(state)); });
  return state->take()[0];
}

#if SIMPLE_TORCH_ACCUMULATION_HOOKS
// libtorch keeps one for each tensor.
class AccumulationHooks final : public torch::autograd::PostAccumulateGradHook {
 public:
  int64_t add(HandleCallback callback) {
    auto added = std::make_shared<const HandleCallback>(std::move(callback));
    const std::lock_guard lock(mutex_);
    hooks_.emplace(next_, std::move(added));
    return next_++;
  }
  bool remove(int64_t hook) {
    std::shared_ptr<const HandleCallback> removed;
    const std::lock_guard lock(mutex_);
    const auto found = hooks_.find(hook);
    if (found == hooks_.end()) return false;
    removed = std::move(found->second);
    hooks_.erase(found);
    return true;
  }
  void operator()(const at::Tensor& tensor) override {
    // A copy, because a hook may remove hooks.
    std::map<int64_t, std::shared_ptr<const HandleCallback>> now;
    {
      const std::lock_guard lock(mutex_);
      now = hooks_;
    }
    for (const auto& [number, callback] : now) {
      call_with_handle(*callback, [&] { return store(at::Tensor(tensor)); });
    }
  }

 private:
  std::mutex mutex_;  // Guards what follows.
  std::map<int64_t, std::shared_ptr<const HandleCallback>> hooks_;
  int64_t next_ = 0;
};

AccumulationHooks* accumulation_hooks(const at::Tensor& tensor) {
  namespace impl = torch::autograd::impl;
  if (impl::get_autograd_meta(tensor) == nullptr) return nullptr;
  auto& present = impl::post_acc_grad_hooks(tensor);
  auto* const ours = dynamic_cast<AccumulationHooks*>(present.get());
  if (present != nullptr && ours == nullptr) {
    fail(Code::kValue, "tensor", "has a hook of another library");
  }
  return ours;
}
#else
[[noreturn]] void refuse_accumulation_hooks() {
  fail(Code::kUnsupported, "",
       "hooks that run after accumulation are not in this libtorch");
}
#endif

}  // namespace
}  // namespace simple_torch

using namespace simple_torch;

int64_t simple_torch_tensor_add_hook(simple_torch_handle tensor,
                                     int64_t (*call)(void* context,
                                                     simple_torch_handle gradients),
                                     void* context, void (*destroy)(void* context)) {
  Ownership owned(destroy, context);
  return guarded([&] {
    const auto target = borrow_differentiable(tensor);
    const auto callback = std::make_shared<const HandleCallback>(
        required(call, "call"), context, std::move(owned));
    return static_cast<int64_t>(
        target->register_hook([callback](const at::Tensor& gradient) {
          return call_hook(*callback, gradient);
        }));
  });
}

int64_t simple_torch_tensor_remove_hook(simple_torch_handle tensor, int64_t hook) {
  return guarded([&] {
    const auto target = borrow_defined(tensor, "tensor");
    const auto* const meta = torch::autograd::impl::get_autograd_meta(*target);
    const auto* const hooks = meta == nullptr ? nullptr : meta->cpp_hooks_list_.get();
    if (hooks == nullptr || hook < 0 || hook >= std::ssize(*hooks) ||
        (*hooks)[static_cast<size_t>(hook)] == nullptr) {
      refuse_hook(hook);
    }
    target->remove_hook(static_cast<unsigned>(hook));
  });
}

int64_t simple_torch_tensor_add_accumulation_hook(
    simple_torch_handle tensor,
    int64_t (*call)(void* context, simple_torch_handle tensor), void* context,
    void (*destroy)(void* context)) {
  Ownership owned(destroy, context);
  return guarded([&] {
    const auto target = borrow_differentiable(tensor);
    if (!target->is_leaf()) {
      fail(Code::kValue, "tensor", "is no leaf, so no gradient is accumulated for it");
    }
    HandleCallback callback(required(call, "call"), context, std::move(owned));
#if SIMPLE_TORCH_ACCUMULATION_HOOKS
    AccumulationHooks* hooks = accumulation_hooks(*target);
    if (hooks == nullptr) {
      auto made = std::make_unique<AccumulationHooks>();
      hooks = made.get();
      torch::autograd::impl::set_post_acc_grad_hooks(*target, std::move(made));
    }
    return hooks->add(std::move(callback));
#else
    refuse_accumulation_hooks();
    return int64_t{0};
#endif
  });
}

int64_t simple_torch_tensor_remove_accumulation_hook(simple_torch_handle tensor,
                                                     [[maybe_unused]] int64_t hook) {
  return guarded([&] {
    const auto target = borrow_defined(tensor, "tensor");
#if SIMPLE_TORCH_ACCUMULATION_HOOKS
    AccumulationHooks* const hooks = accumulation_hooks(*target);
    if (hooks == nullptr || !hooks->remove(hook)) refuse_hook(hook);
#else
    refuse_accumulation_hooks();
#endif
  });
}
