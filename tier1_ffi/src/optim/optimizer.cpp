#include "optim/optimizer.h"

#include <c10/core/GradMode.h>
#include <torch/optim/adagrad.h>
#include <torch/optim/adam.h>
#include <torch/optim/adamw.h>
#include <torch/optim/lbfgs.h>
#include <torch/optim/rmsprop.h>
#include <torch/optim/sgd.h>
#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "autograd/host_callback.h"
#include "core/arguments.h"
#include "core/guarded.h"
#include "core/numbers.h"
#include "device/dtype.h"
#include "operators/arguments.h"
#include "optim/kinds.h"
#include "optim/state.h"
#include "simple_torch/optimizer.h"

namespace simple_torch {

Optimizer::Optimizer(const OptimizerKind& kind,
                     std::unique_ptr<torch::optim::Optimizer> made)
    : kind_(kind), torch_(std::move(made)) {}

Optimizer::~Optimizer() = default;

std::vector<Notes>& Optimizer::notes() {
  notes_.resize(torch_->param_groups().size());
  return notes_;
}

OptimizerUse::OptimizerUse(Optimizer& optimizer, Kind kind) : optimizer_(optimizer) {
  const std::thread::id self = std::this_thread::get_id();
  std::thread::id user{};
  is_nested_ = !optimizer.user_.compare_exchange_strong(user, self);
  if (!is_nested_ || (user == self && kind == kAlsoWithinStep)) return;
  fail(Code::kValue, "optimizer",
       user == self ? "is making a step" : "is being used by another thread");
}

OptimizerUse::~OptimizerUse() {
  if (!is_nested_) optimizer_.user_ = std::thread::id();
}

namespace {

namespace optim = torch::optim;

struct Setting {
  const char* option;
  double value;
};

double truth_value(int64_t value, const char* option) {
  return truth(value, option) ? 1 : 0;
}

// Tensors that may be added to those that are there.
std::vector<at::Tensor> leaves(const OptimizerKind& kind,
                               const simple_torch_handle* handles, int64_t count,
                               const std::vector<optim::OptimizerParamGroup>& present) {
  std::unordered_set<const void*> known;
  for (const auto& group : present) {
    for (const at::Tensor& each : group.params())
      known.insert(each.unsafeGetTensorImpl());
  }
  std::vector<at::Tensor> tensors = in::tensors(handles, count, "tensors");
  for (const at::Tensor& each : tensors) {
    if (!each.is_leaf()) {
      fail(Code::kValue, "tensors",
           "has one that was computed from others, and is no leaf");
    }
    if (!kind.takes_all_dtypes && !each.is_floating_point()) {
      fail(Code::kType, "tensors",
           std::string("has one of ") + dtype_name(each.scalar_type()) +
               ", and libtorch's " + kind.name +
               " is right for real numbers with a fraction only");
    }
    if (!known.insert(each.unsafeGetTensorImpl()).second) {
      fail(Code::kValue, "tensors", "has one that the optimizer has already");
    }
  }
  return tensors;
}

template <typename Torch, typename TheOptions>
OwnedHandle make(const OptimizerKind& kind, const simple_torch_handle* tensors,
                 int64_t count, TheOptions options,
                 std::initializer_list<Setting> settings) {
  for (const Setting& each : settings) kind.option(each.option)->set(options, each.value);
  kind.check(options);
  return store(std::make_unique<Optimizer>(
      kind, std::make_unique<Torch>(leaves(kind, tensors, count, {}), options)));
}

size_t group_at(Optimizer& optimizer, int64_t group) {
  return position_of(group, optimizer.torch().param_groups().size(), "group");
}

const Option& option_of(const Optimizer& optimizer, const char* name) {
  const std::string_view wanted = text_of(name, "option");
  const Option* const found = optimizer.kind().option(wanted);
  if (found != nullptr) return *found;
  std::string names;
  for (const Option& each : optimizer.kind().options) {
    names += (names.empty() ? "" : ", ") + std::string(each.name);
  }
  fail_argument("option", "'" + std::string(wanted) + "' is none of " +
                              optimizer.kind().name + ", which has " + names);
}

bool is_note(const char* name) {
  return std::ranges::find(kNotes, text_of(name, "option")) != kNotes.end();
}

double note_of(const Notes& notes, const char* name) {
  const auto found = notes.find(std::string_view(name));
  if (found == notes.end()) {
    fail_argument("option", "'" + std::string(name) + "' was not set in this group");
  }
  return found->second;
}

double checked_note(const char* name, double value) {
  if (std::isnan(value)) fail(Code::kValue, "value", std::string(name) + " is no number");
  return value;
}

// Options with one changed, if they go together.
std::unique_ptr<Options> changed(const Optimizer& optimizer, const Options& before,
                                 const Option& option, double value) {
  std::unique_ptr<Options> after = before.clone();
  option.set(*after, value);
  optimizer.kind().check(*after);
  return after;
}

std::optional<double> step(Optimizer& optimizer, optim::Optimizer::LossClosure closure) {
  if (closure == nullptr && &optimizer.kind() == &lbfgs_kind()) {
    fail(Code::kValue, "optimizer", "is LBFGS, which steps with a callback only");
  }
  complete_states(optimizer);
  const at::Tensor loss = optimizer.torch().step(std::move(closure));
  return loss.defined() ? std::optional(loss.item<double>()) : std::nullopt;
}

}  // namespace
}  // namespace simple_torch

using namespace simple_torch;

simple_torch_handle simple_torch_optimizer_adam(const simple_torch_handle* tensors,
                                                int64_t count, double lr, double beta1,
                                                double beta2, double eps,
                                                double weight_decay, int64_t amsgrad) {
  return guarded([&] {
    return make<optim::Adam>(adam_kind(), tensors, count, optim::AdamOptions(),
                             {{"lr", lr},
                              {"beta1", beta1},
                              {"beta2", beta2},
                              {"eps", eps},
                              {"weight_decay", weight_decay},
                              {"amsgrad", truth_value(amsgrad, "amsgrad")}});
  });
}

simple_torch_handle simple_torch_optimizer_adamw(const simple_torch_handle* tensors,
                                                 int64_t count, double lr, double beta1,
                                                 double beta2, double eps,
                                                 double weight_decay, int64_t amsgrad) {
  return guarded([&] {
    return make<optim::AdamW>(adamw_kind(), tensors, count, optim::AdamWOptions(),
                              {{"lr", lr},
                               {"beta1", beta1},
                               {"beta2", beta2},
                               {"eps", eps},
                               {"weight_decay", weight_decay},
                               {"amsgrad", truth_value(amsgrad, "amsgrad")}});
  });
}

simple_torch_handle simple_torch_optimizer_rmsprop(const simple_torch_handle* tensors,
                                                   int64_t count, double lr, double alpha,
                                                   double eps, double weight_decay,
                                                   double momentum, int64_t centered) {
  return guarded([&] {
    return make<optim::RMSprop>(rmsprop_kind(), tensors, count, optim::RMSpropOptions(),
                                {{"lr", lr},
                                 {"alpha", alpha},
                                 {"eps", eps},
                                 {"weight_decay", weight_decay},
                                 {"momentum", momentum},
                                 {"centered", truth_value(centered, "centered")}});
  });
}

simple_torch_handle simple_torch_optimizer_sgd(const simple_torch_handle* tensors,
                                               int64_t count, double lr, double momentum,
                                               double dampening, double weight_decay,
                                               int64_t nesterov) {
  return guarded([&] {
    return make<optim::SGD>(sgd_kind(), tensors, count, optim::SGDOptions(0),
                            {{"lr", lr},
                             {"momentum", momentum},
                             {"dampening", dampening},
                             {"weight_decay", weight_decay},
                             {"nesterov", truth_value(nesterov, "nesterov")}});
  });
}

simple_torch_handle simple_torch_optimizer_adagrad(const simple_torch_handle* tensors,
                                                   int64_t count, double lr,
                                                   double lr_decay, double weight_decay,
                                                   double initial_accumulator_value,
                                                   double eps) {
  return guarded([&] {
    return make<optim::Adagrad>(adagrad_kind(), tensors, count, optim::AdagradOptions(),
                                {{"lr", lr},
                                 {"lr_decay", lr_decay},
                                 {"weight_decay", weight_decay},
                                 {"initial_accumulator_value", initial_accumulator_value},
                                 {"eps", eps}});
  });
}

simple_torch_handle simple_torch_optimizer_lbfgs(
    const simple_torch_handle* tensors, int64_t count, double lr, int64_t max_iter,
    int64_t max_eval, double tolerance_grad, double tolerance_change,
    int64_t history_size, int64_t strong_wolfe) {
  return guarded([&] {
    const auto iterations = static_cast<double>(max_iter);
    const double evaluations =
        max_eval == -1 ? std::floor(iterations * 5 / 4) : static_cast<double>(max_eval);
    return make<optim::LBFGS>(
        lbfgs_kind(), tensors, count, optim::LBFGSOptions(),
        {{"lr", lr},
         {"max_iter", iterations},
         {"max_eval", evaluations},
         {"tolerance_grad", tolerance_grad},
         {"tolerance_change", tolerance_change},
         {"history_size", static_cast<double>(history_size)},
         {"strong_wolfe", truth_value(strong_wolfe, "strong_wolfe")}});
  });
}

const char* simple_torch_optimizer_name(simple_torch_handle optimizer) {
  return guarded([&] { return borrow<Optimizer>(optimizer, "optimizer")->kind().name; });
}

int64_t simple_torch_optimizer_add_group(simple_torch_handle optimizer,
                                         const simple_torch_handle* tensors,
                                         int64_t count) {
  return guarded([&] {
    const auto whole = borrow<Optimizer>(optimizer, "optimizer");
    const OptimizerUse use(*whole, OptimizerUse::kAlone);
    auto& groups = whole->torch().param_groups();
    if (&whole->kind() == &lbfgs_kind()) {
      fail(Code::kValue, "optimizer", "is LBFGS, which has one group");
    }
    // Else options that were set everywhere would not be those of a new group.
    optim::OptimizerParamGroup group(leaves(whole->kind(), tensors, count, groups),
                                     whole->torch().defaults().clone());
    whole->torch().add_param_group(group);
    add_first_states(*whole);
    return std::ssize(groups) - 1;
  });
}

int64_t simple_torch_optimizer_add_tensors(simple_torch_handle optimizer, int64_t group,
                                           const simple_torch_handle* tensors,
                                           int64_t count) {
  return guarded([&] {
    const auto whole = borrow<Optimizer>(optimizer, "optimizer");
    const OptimizerUse use(*whole, OptimizerUse::kAlone);
    auto& groups = whole->torch().param_groups();
    auto& target = groups[group_at(*whole, group)].params();
    if (&whole->kind() == &lbfgs_kind()) {
      // It counts its elements once, and its state is about all of them.
      fail(Code::kValue, "optimizer", "is LBFGS, whose tensors are given once");
    }
    const std::vector<at::Tensor> added = leaves(whole->kind(), tensors, count, groups);
    target.insert(target.end(), added.begin(), added.end());
    add_first_states(*whole);
  });
}

int64_t simple_torch_optimizer_group_count(simple_torch_handle optimizer) {
  return guarded([&] {
    const auto whole = borrow<Optimizer>(optimizer, "optimizer");
    const OptimizerUse use(*whole, OptimizerUse::kAlsoWithinStep);
    return whole->torch().param_groups().size();
  });
}

simple_torch_handle simple_torch_optimizer_tensors(simple_torch_handle optimizer,
                                                   int64_t group) {
  return guarded([&] {
    const auto whole = borrow<Optimizer>(optimizer, "optimizer");
    const OptimizerUse use(*whole, OptimizerUse::kAlsoWithinStep);
    const size_t position = group_at(*whole, group);
    return store(
        std::make_unique<TensorList>(whole->torch().param_groups()[position].params()));
  });
}

int64_t simple_torch_optimizer_option(simple_torch_handle optimizer, int64_t group,
                                      const char* option, double* value_out) {
  return guarded([&] {
    const auto whole = borrow<Optimizer>(optimizer, "optimizer");
    const OptimizerUse use(*whole, OptimizerUse::kAlsoWithinStep);
    const size_t position = group_at(*whole, group);
    if (is_note(option)) {
      *required(value_out, "value_out") = note_of(whole->notes()[position], option);
      return;
    }
    const Option& wanted = option_of(*whole, option);
    *required(value_out, "value_out") =
        wanted.get(whole->torch().param_groups()[position].options());
  });
}

int64_t simple_torch_optimizer_set_option(simple_torch_handle optimizer, int64_t group,
                                          const char* option, double value) {
  return guarded([&] {
    const auto whole = borrow<Optimizer>(optimizer, "optimizer");
    const OptimizerUse use(*whole, OptimizerUse::kAlsoWithinStep);
    const size_t position = group_at(*whole, group);
    if (is_note(option)) {
      whole->notes()[position][option] = checked_note(option, value);
      return;
    }
    auto& target = whole->torch().param_groups()[position].options();
    const Option& wanted = option_of(*whole, option);
    changed(*whole, target, wanted, value);
    // In place: a step that is being made holds a reference.
    wanted.set(target, value);
  });
}

int64_t simple_torch_optimizer_set_option_everywhere(simple_torch_handle optimizer,
                                                     const char* option, double value) {
  return guarded([&] {
    const auto whole = borrow<Optimizer>(optimizer, "optimizer");
    const OptimizerUse use(*whole, OptimizerUse::kAlsoWithinStep);
    if (is_note(option)) {
      checked_note(option, value);
      for (Notes& each : whole->notes()) each[option] = value;
      return;
    }
    const Option& wanted = option_of(*whole, option);
    auto& groups = whole->torch().param_groups();
    for (auto& each : groups) changed(*whole, each.options(), wanted, value);
    changed(*whole, whole->torch().defaults(), wanted, value);
    for (auto& each : groups) wanted.set(each.options(), value);
    wanted.set(whole->torch().defaults(), value);
  });
}

int64_t simple_torch_optimizer_zero_grad(simple_torch_handle optimizer,
                                         int64_t set_to_none) {
  return guarded([&] {
    const bool drop = truth(set_to_none, "set_to_none");
    const auto whole = borrow<Optimizer>(optimizer, "optimizer");
    const OptimizerUse use(*whole, OptimizerUse::kAlsoWithinStep);
    for (auto& group : whole->torch().param_groups()) {
      for (at::Tensor& each : group.params()) {
        at::Tensor& gradient = each.mutable_grad();
        if (!gradient.defined()) continue;
        if (drop) {
          gradient.reset();
        } else {
          gradient.detach_();
          gradient.zero_();
        }
      }
    }
  });
}

int64_t simple_torch_optimizer_step(simple_torch_handle optimizer) {
  return guarded([&] {
    const auto whole = borrow<Optimizer>(optimizer, "optimizer");
    const OptimizerUse use(*whole, OptimizerUse::kAlone);
    step(*whole, nullptr);
  });
}

int64_t simple_torch_optimizer_step_with(simple_torch_handle optimizer,
                                         int64_t (*call)(void* context,
                                                         simple_torch_handle loss),
                                         void* context, void (*destroy)(void* context),
                                         double* loss_out) {
  Ownership owned(destroy, context);
  return guarded([&] {
    const auto whole = borrow<Optimizer>(optimizer, "optimizer");
    const HandleCallback callback(required(call, "call"), context, std::move(owned));
    required(loss_out, "loss_out");
    const OptimizerUse use(*whole, OptimizerUse::kAlone);
    const auto loss = step(*whole, [&] {
      const at::Tensor written = torch::zeros({}, torch::kFloat64);
      call_with_handle(callback, [&] { return store(at::Tensor(written)); });
      return written.detach();
    });
    *loss_out = loss.value();
  });
}

simple_torch_handle simple_torch_optimizer_state(simple_torch_handle optimizer) {
  return guarded([&] {
    const auto whole = borrow<Optimizer>(optimizer, "optimizer");
    const OptimizerUse use(*whole, OptimizerUse::kAlsoWithinStep);
    return store(std::make_unique<c10::IValue>(optimizer_state(*whole)));
  });
}

int64_t simple_torch_optimizer_load_state(simple_torch_handle optimizer,
                                          simple_torch_handle value) {
  return guarded([&] {
    const auto whole = borrow<Optimizer>(optimizer, "optimizer");
    const auto state = borrow<c10::IValue>(value, "value");
    const OptimizerUse use(*whole, OptimizerUse::kAlone);
    load_optimizer_state(*whole, *state);
  });
}

int64_t simple_torch_optimizer_free(simple_torch_handle optimizer) {
  return guarded(
      [&] { HandleTable::get().free(optimizer, Kind::kOptimizer, "optimizer"); });
}
