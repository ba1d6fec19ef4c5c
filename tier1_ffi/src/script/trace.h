// What a function that is being traced works with.
#pragma once

#include <ATen/core/ivalue.h>

#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace simple_torch {

// Shared by the callback's frame and the handle, which other threads may be using when
// the callback has returned.
class TraceState {
 public:
  explicit TraceState(std::vector<c10::IValue> given) : inputs(std::move(given)) {}

  const std::vector<c10::IValue> inputs;

  void give(c10::IValue value) {
    const std::lock_guard lock(mutex_);
    result_ = std::move(value);
  }
  std::optional<c10::IValue> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(result_, std::nullopt);
  }

 private:
  std::mutex mutex_;
  std::optional<c10::IValue> result_;
};

// What the handle names.
class Trace {
 public:
  explicit Trace(std::shared_ptr<TraceState> state) : state_(std::move(state)) {}
  TraceState* operator->() const { return state_.get(); }

 private:
  std::shared_ptr<TraceState> state_;
};

}  // namespace simple_torch
