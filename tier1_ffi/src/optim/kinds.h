// What is particular to each of libtorch's optimizers: its options by name, and what it
// knows of each tensor.
#pragma once

#include <ATen/core/ivalue.h>
#include <torch/optim/optimizer.h>

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

namespace simple_torch {

using Options = torch::optim::OptimizerOptions;
using ParamState = torch::optim::OptimizerParamState;

// One number or truth value among the options.
struct Option {
  const char* name;
  bool is_truth;
  std::function<double(const Options&)> get;
  // Fails with VALUE for what makes no sense.
  std::function<void(Options&, double)> set;
};

// One thing that is known of a tensor: its name in PyTorch's state_dict.
struct Field {
  const char* name;
  // None if there is nothing.
  std::function<c10::IValue(const ParamState&)> get;
  // The value is a copy that is the state's own. False if it is of a wrong type.
  std::function<bool(ParamState&, const c10::IValue&)> set;
};

class OptimizerKind {
 public:
  const char* name;
  // Whether the weight decay shrinks the tensors themselves, and not through the
  // gradients.
  bool has_decoupled_weight_decay;
  // libtorch squares complex numbers without the conjugate, and keeps averages in the
  // dtype of the tensor: only what does neither is right for all.
  bool takes_all_dtypes;
  std::vector<Option> options;
  std::vector<Field> fields;
  // An empty state.
  std::function<std::unique_ptr<ParamState>()> new_state;
  // Fails with VALUE if options do not go together.
  std::function<void(const Options&)> check;
  // Adds to the state of the tensor at a place in its group what libtorch takes to be
  // there, as after an option was set that needs more. Fails with VALUE if the state
  // makes no sense.
  std::function<void(ParamState&, const Options&, const std::vector<at::Tensor>& group,
                     size_t place)>
      complete;

  // nullptr if there is none.
  const Option* option(std::string_view wanted) const;
};

const OptimizerKind& adam_kind();
const OptimizerKind& adamw_kind();
const OptimizerKind& rmsprop_kind();
const OptimizerKind& sgd_kind();
const OptimizerKind& adagrad_kind();
const OptimizerKind& lbfgs_kind();

}  // namespace simple_torch
