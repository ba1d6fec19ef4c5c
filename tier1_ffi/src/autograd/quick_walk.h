// Running backwards in the calling thread, where that gives exactly what libtorch's
// engine gives. The engine keeps queues, saves the thread's state for every node and
// looks its nodes up in maps: for small tensors that is most of the time.
#pragma once

#include <ATen/core/Tensor.h>  // What FunctionRef.h of libtorch 1.13 lacks.
#include <c10/util/FunctionRef.h>

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

// The gradients of the inputs, by a walk if it `may` be one, and else by the engine.
// Where all nodes have small work, either does it on one thread: see OneThread.
torch::autograd::variable_list run_backwards(
    const BackwardRun& run, bool may_walk,
    c10::function_ref<torch::autograd::variable_list()> engine);

// Whether this thread may walk. At first unless SIMPLE_TORCH_WALK is 0.
bool walk_enabled();
void set_walk_enabled(bool enabled);

// How often this thread has walked.
int64_t walks();

}  // namespace simple_torch
