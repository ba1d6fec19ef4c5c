// What the handle of an optimizer names: libtorch's object, what kind it is, and who is
// using it.
#pragma once

#include <atomic>
#include <memory>
#include <thread>

namespace torch::optim {
class Optimizer;
}

namespace simple_torch {

class OptimizerKind;

class Optimizer {
 public:
  Optimizer(const OptimizerKind& kind, std::unique_ptr<torch::optim::Optimizer> made);
  Optimizer(const Optimizer&) = delete;
  Optimizer& operator=(const Optimizer&) = delete;
  ~Optimizer();

  const OptimizerKind& kind() const { return kind_; }
  torch::optim::Optimizer& torch() const { return *torch_; }

 private:
  friend class OptimizerUse;

  const OptimizerKind& kind_;
  const std::unique_ptr<torch::optim::Optimizer> torch_;
  // The thread that is using it, or none.
  std::atomic<std::thread::id> user_{};
};

// A use of an optimizer by this thread. Nothing is waited for, because the callback of a
// step may be what the other thread waits for: who comes second fails with VALUE.
class OptimizerUse {
 public:
  enum Kind { kAlone, kAlsoWithinStep };
  OptimizerUse(Optimizer& optimizer, Kind kind);
  OptimizerUse(const OptimizerUse&) = delete;
  OptimizerUse& operator=(const OptimizerUse&) = delete;
  ~OptimizerUse();

 private:
  Optimizer& optimizer_;
  bool is_nested_;
};

}  // namespace simple_torch
