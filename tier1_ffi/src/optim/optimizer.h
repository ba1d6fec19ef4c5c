// What the handle of an optimizer names: libtorch's object, what kind it is, and who is
// using it.
#pragma once

#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace torch::optim {
class Optimizer;
}

namespace simple_torch {

class OptimizerKind;

// What schedulers of learning rates keep with a group, which libtorch's groups have no
// place for, under PyTorch's names.
using Notes = std::map<std::string, double, std::less<>>;
inline constexpr std::array<std::string_view, 6> kNotes = {
    "initial_lr", "max_lr", "min_lr", "swa_lr", "base_momentum", "max_momentum"};

class Optimizer {
 public:
  Optimizer(const OptimizerKind& kind, std::unique_ptr<torch::optim::Optimizer> made);
  Optimizer(const Optimizer&) = delete;
  Optimizer& operator=(const Optimizer&) = delete;
  ~Optimizer();

  const OptimizerKind& kind() const { return kind_; }
  torch::optim::Optimizer& torch() const { return *torch_; }
  // For each group.
  std::vector<Notes>& notes();

 private:
  friend class OptimizerUse;

  const OptimizerKind& kind_;
  const std::unique_ptr<torch::optim::Optimizer> torch_;
  std::vector<Notes> notes_;
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
