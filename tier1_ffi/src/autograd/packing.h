// What a callback that saves tensors, or brings them back, works with.
#pragma once

#include <ATen/core/Tensor.h>

#include <memory>
#include <mutex>
#include <utility>

#include "autograd/host_callback.h"
#include "core/failure.h"

namespace simple_torch {

// What a callback's handle names: a tensor on its way into the graph or out of it. Shared
// with the callback's frame, because other threads may use the handle when that is over.
class Packing {
 public:
  enum class Way { kIn, kOut };
  Packing(Way way, at::Tensor tensor) : way_(way), tensor_(std::move(tensor)) {}

  at::Tensor tensor() {
    const std::lock_guard lock(mutex_);
    return tensor_;
  }
  void set_tensor(at::Tensor tensor) {
    if (way_ != Way::kOut)
      fail(Code::kValue, "packed", "is being saved, not brought back");
    const std::lock_guard lock(mutex_);
    // What was there before goes after the lock.
    std::swap(tensor_, tensor);
  }
  void set_unpack(std::unique_ptr<const HandleCallback> unpack) {
    if (way_ != Way::kIn)
      fail(Code::kValue, "packed", "is being brought back, not saved");
    const std::lock_guard lock(mutex_);
    std::swap(unpack_, unpack);
  }
  std::unique_ptr<const HandleCallback> take_unpack() {
    const std::lock_guard lock(mutex_);
    return std::move(unpack_);
  }

 private:
  const Way way_;
  std::mutex mutex_;  // Guards what follows.
  at::Tensor tensor_;
  std::unique_ptr<const HandleCallback> unpack_;
};

class Packed {
 public:
  explicit Packed(std::shared_ptr<Packing> packing) : packing_(std::move(packing)) {}
  Packing* operator->() const { return packing_.get(); }

 private:
  const std::shared_ptr<Packing> packing_;
};

}  // namespace simple_torch
