#include "autograd/engine.h"

#include <torch/csrc/autograd/engine.h>

#include "autograd/anomaly.h"
#include "autograd/quick_walk.h"
#include "autograd/saving.h"

namespace simple_torch {
namespace {

using torch::autograd::Engine;

// A run of the engine has begun and not come to a good end. What a failed one leaves in
// the thread's queue is thrown away by the engine's next run, so that has to come.
constinit thread_local bool unfinished = false;

class WalkingEngine final : public Engine {
 public:
  torch::autograd::variable_list execute(
      const torch::autograd::edge_list& roots,
      const torch::autograd::variable_list& gradients, bool keep_graph, bool create_graph,
      bool accumulate, const torch::autograd::edge_list& inputs) override {
    const BackwardRun run{roots, gradients, keep_graph, create_graph, accumulate, inputs};
    return run_backwards(run, /*may_walk=*/!unfinished, [&] {
      unfinished = true;
      auto results =
          Engine::execute(roots, gradients, keep_graph, create_graph, accumulate, inputs);
      unfinished = false;
      return results;
    });
  }

  std::unique_ptr<torch::autograd::AnomalyMetadata> make_anomaly_metadata() override {
    auto telling = telling_metadata();
    return telling != nullptr ? std::move(telling) : Engine::make_anomaly_metadata();
  }

  std::unique_ptr<torch::autograd::SavedVariableHooks> get_default_saved_variable_hooks()
      override {
    return hooks_of_thread();
  }
};

Engine& walking_engine() {
  static WalkingEngine& immortal = *new WalkingEngine;
  return immortal;
}

}  // namespace

void install_engine() {
  if (&Engine::get_default_engine() != &Engine::get_base_engine()) return;
  torch::autograd::set_default_engine_stub(walking_engine);
}

bool has_own_engine() { return &Engine::get_default_engine() == &walking_engine(); }

}  // namespace simple_torch
