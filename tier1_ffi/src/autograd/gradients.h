// What a callback that computes derivatives works with: the gradients that came in,
// places for those that go out, and what its function saved.
#pragma once

#include <ATen/core/Tensor.h>

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "core/compat_autograd.h"

namespace simple_torch {

class RecordedFunction;

// Shared by the callback's frame and the handle, which other threads may be using when
// the callback has returned.
class GradientsState {
 public:
  // Of a hook: one comes in, one may go out.
  explicit GradientsState(at::Tensor gradient)
      : incoming{std::move(gradient)}, needed{true}, outgoing_(1) {}
  GradientsState(std::vector<at::Tensor> gradients, std::vector<bool> wanted,
                 RecordedFunction& recorded);

  const std::vector<at::Tensor> incoming;
  const std::vector<bool> needed;
  // Null for a hook.
  RecordedFunction* const function = nullptr;

  void set(size_t index, at::Tensor gradient);
  std::vector<at::Tensor> take();

 private:
  // Keeps `function`.
  const compat::NodePtr node_;
  std::mutex mutex_;
  std::vector<at::Tensor> outgoing_;
};

// What the handle names.
class Gradients {
 public:
  explicit Gradients(std::shared_ptr<GradientsState> state) : state_(std::move(state)) {}
  GradientsState& operator*() const { return *state_; }
  GradientsState* operator->() const { return state_.get(); }

 private:
  std::shared_ptr<GradientsState> state_;
};

}  // namespace simple_torch
