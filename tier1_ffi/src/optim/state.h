// An optimizer's state in the form of PyTorch's state_dict().
#pragma once

#include <ATen/core/ivalue.h>

namespace simple_torch {

class Optimizer;

c10::IValue optimizer_state(Optimizer& optimizer);

// Fails with TYPE or VALUE, and then changes nothing.
void load_optimizer_state(Optimizer& optimizer, const c10::IValue& state);

// Makes the states of all tensors such that libtorch can go on with them, whatever
// options were set since. Fails with VALUE.
void complete_states(Optimizer& optimizer);

// What Adagrad knows of a tensor from the start.
void add_first_states(Optimizer& optimizer);

}  // namespace simple_torch
