// Functions of the host that say how what the graph saves is kept. libtorch asks its
// engine for them, which is ours: see engine.h.
#pragma once

#include <torch/csrc/autograd/saved_variable_hooks.h>

#include <memory>

namespace simple_torch {

// Null where this thread has entered none.
std::unique_ptr<torch::autograd::SavedVariableHooks> hooks_of_thread();

}  // namespace simple_torch
