// Running backwards in the calling thread, where that gives exactly what libtorch's
// engine gives. The engine keeps queues, saves the thread's state for every node and
// looks its nodes up in maps: for small tensors that is most of the time.
#pragma once

#include <optional>

#include "core/compat_autograd.h"

namespace simple_torch {

// What torch::autograd::Engine::execute is asked for.
struct BackwardRun {
  const torch::autograd::edge_list& roots;
  const torch::autograd::variable_list& gradients;
  bool keep_graph;
  bool create_graph;
  bool accumulate;
  const torch::autograd::edge_list& inputs;
};

// The gradients of the inputs; nothing, and nothing done, if the engine has to do it.
std::optional<torch::autograd::variable_list> quick_walk(const BackwardRun& run);

// Whether this thread may walk. At first unless SIMPLE_TORCH_WALK is 0.
bool walk_enabled();
void set_walk_enabled(bool enabled);

// How often this thread has walked.
int64_t walks();

}  // namespace simple_torch
