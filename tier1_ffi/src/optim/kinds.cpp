#include "optim/kinds.h"

#include <ATen/core/List.h>
#include <torch/optim/adagrad.h>
#include <torch/optim/adam.h>
#include <torch/optim/adamw.h>
#include <torch/optim/lbfgs.h>
#include <torch/optim/rmsprop.h>
#include <torch/optim/sgd.h>
#include <torch/types.h>

#include <cmath>
#include <deque>
#include <string>
#include <tuple>

#include "core/failure.h"

namespace simple_torch {
namespace {

namespace optim = torch::optim;

[[noreturn]] void refuse(const char* option, const std::string& why) {
  fail(Code::kValue, "", std::string(option) + " " + why);
}

// ---- Options. `member` is an overloaded accessor of libtorch's, T& O::name().

enum class Range { kAny, kNotNegative, kBelowOne };

void check_range(const char* name, double value, Range range) {
  if (std::isnan(value)) refuse(name, "is not a number");
  if (range != Range::kAny && value < 0) refuse(name, "must not be negative");
  if (range == Range::kBelowOne && value >= 1) refuse(name, "must be less than 1");
}

template <typename O>
Option real(const char* name, double& (O::*member)() noexcept, Range range) {
  return {name, false,
          [member](const Options& options) {
            return (static_cast<O&>(const_cast<Options&>(options)).*member)();
          },
          [=](Options& options, double value) {
            check_range(name, value, range);
            (static_cast<O&>(options).*member)() = value;
          }};
}

template <typename O>
Option truth(const char* name, bool& (O::*member)() noexcept) {
  return {name, true,
          [member](const Options& options) {
            return (static_cast<O&>(const_cast<Options&>(options)).*member)() ? 1.0 : 0.0;
          },
          [=](Options& options, double value) {
            if (value != 0 && value != 1) refuse(name, "is a truth value, 0 or 1");
            (static_cast<O&>(options).*member)() = value == 1;
          }};
}

template <typename O, size_t kIndex>
Option beta(const char* name) {
  return {name, false,
          [](const Options& options) {
            return std::get<kIndex>(static_cast<const O&>(options).betas());
          },
          [=](Options& options, double value) {
            check_range(name, value, Range::kBelowOne);
            std::get<kIndex>(static_cast<O&>(options).betas()) = value;
          }};
}

int64_t whole_number(const char* name, double value) {
  if (!(value >= 1 && value <= 1e6) || value != std::floor(value)) {
    refuse(name, "must be a whole number from 1 to 1,000,000");
  }
  return static_cast<int64_t>(value);
}

// ---- What is known of a tensor.

template <typename S>
Field tensor(const char* name, at::Tensor& (S::*member)() noexcept) {
  return {name,
          [member](const ParamState& state) -> c10::IValue {
            const at::Tensor& found =
                (static_cast<S&>(const_cast<ParamState&>(state)).*member)();
            return found.defined() ? c10::IValue(found) : c10::IValue();
          },
          [member](ParamState& state, const c10::IValue& value) {
            if (!value.isTensor() || !value.toTensor().defined()) return false;
            (static_cast<S&>(state).*member)() = value.toTensor();
            return true;
          }};
}

bool is_one_number(const at::Tensor& tensor) {
  return tensor.defined() && tensor.numel() == 1 && !tensor.is_complex() &&
         tensor.layout() == c10::Layout::Strided && !tensor.is_meta();
}

// Also where others keep a number.
c10::IValue as_tensor(const c10::IValue& value) {
  if (!value.isInt() && !value.isDouble()) return value;
  return torch::scalar_tensor(value.toScalar(), torch::kFloat64);
}

template <typename S>
Field tensor_of_one(const char* name, at::Tensor& (S::*member)() noexcept) {
  Field field = tensor<S>(name, member);
  field.set = [set = field.set](ParamState& state, const c10::IValue& value) {
    const c10::IValue found = as_tensor(value);
    return found.isTensor() && is_one_number(found.toTensor()) && set(state, found);
  };
  return field;
}

// PyTorch keeps some in a tensor of one number.
template <typename T, typename S>
Field number(const char* name, T& (S::*member)() noexcept) {
  return {name,
          [member](const ParamState& state) -> c10::IValue {
            return (static_cast<S&>(const_cast<ParamState&>(state)).*member)();
          },
          [member](ParamState& state, const c10::IValue& value) {
            double found = 0;
            if (value.isInt()) {
              found = static_cast<double>(value.toInt());
            } else if (value.isDouble()) {
              found = value.toDouble();
            } else if (value.isTensor() && is_one_number(value.toTensor())) {
              found = value.toTensor().item<double>();
            } else {
              return false;
            }
            // Steps are counted, and not so many that a double loses some.
            if (std::is_integral_v<T> && !(found >= 0 && found <= 9e15)) return false;
            (static_cast<S&>(state).*member)() = static_cast<T>(found);
            return true;
          }};
}

template <typename List>
c10::IValue list_value(const List& tensors) {
  c10::impl::GenericList list(c10::AnyType::get());
  for (const at::Tensor& each : tensors) {
    list.push_back(each.defined() ? c10::IValue(each) : c10::IValue());
  }
  return list;
}

// Nothing where PyTorch has None.
template <typename List>
bool read_list(List& tensors, const c10::IValue& value) {
  if (!value.isList()) return false;
  List read;
  for (const c10::IValue& said : value.toListRef()) {
    const c10::IValue each = as_tensor(said);
    if (!each.isNone() && !each.isTensor()) return false;
    read.push_back(each.isNone() ? at::Tensor() : each.toTensor());
  }
  tensors = std::move(read);
  return true;
}

template <typename S>
Field tensors(const char* name, std::deque<at::Tensor>& (S::*member)() noexcept) {
  return {
      name,
      [member](const ParamState& state) {
        return list_value((static_cast<S&>(const_cast<ParamState&>(state)).*member)());
      },
      [member](ParamState& state, const c10::IValue& value) {
        return read_list((static_cast<S&>(state).*member)(), value);
      }};
}

template <typename S>
std::unique_ptr<ParamState> make() {
  return std::make_unique<S>();
}

void require_average(const at::Tensor& average, const char* name, const at::Tensor& of) {
  if (!average.defined()) refuse(name, "is missing in the state of a tensor");
  if (average.sizes() != of.sizes()) {
    refuse(name, "has another shape than the tensor it belongs to");
  }
}

// One that is only there if an option asks for it.
void add_average(at::Tensor& average, const char* name, const at::Tensor& of,
                 bool is_used) {
  if (is_used && !average.defined()) average = torch::zeros_like(of.detach());
  if (average.defined()) require_average(average, name, of);
}

template <typename O, typename S>
OptimizerKind adam_like(const char* name, bool has_decoupled_weight_decay) {
  return {name,
          has_decoupled_weight_decay,
          /*takes_all_dtypes=*/false,
          {real<O>("lr", &O::lr, Range::kNotNegative), beta<O, 0>("beta1"),
           beta<O, 1>("beta2"), real<O>("eps", &O::eps, Range::kNotNegative),
           real<O>("weight_decay", &O::weight_decay, Range::kNotNegative),
           truth<O>("amsgrad", &O::amsgrad)},
          {number<int64_t, S>("step", &S::step), tensor<S>("exp_avg", &S::exp_avg),
           tensor<S>("exp_avg_sq", &S::exp_avg_sq),
           tensor<S>("max_exp_avg_sq", &S::max_exp_avg_sq)},
          make<S>,
          [](const Options&) {},
          [](ParamState& any, const Options& options,
             const std::vector<at::Tensor>& group, size_t place) {
            const at::Tensor& tensor = group[place];
            auto& state = static_cast<S&>(any);
            require_average(state.exp_avg(), "exp_avg", tensor);
            require_average(state.exp_avg_sq(), "exp_avg_sq", tensor);
            add_average(state.max_exp_avg_sq(), "max_exp_avg_sq", tensor,
                        static_cast<const O&>(options).amsgrad());
          }};
}

OptimizerKind rmsprop() {
  using O = optim::RMSpropOptions;
  using S = optim::RMSpropParamState;
  return {"rmsprop",
          /*has_decoupled_weight_decay=*/false,
          /*takes_all_dtypes=*/false,
          {real<O>("lr", &O::lr, Range::kNotNegative),
           real<O>("alpha", &O::alpha, Range::kNotNegative),
           real<O>("eps", &O::eps, Range::kNotNegative),
           real<O>("weight_decay", &O::weight_decay, Range::kNotNegative),
           real<O>("momentum", &O::momentum, Range::kNotNegative),
           truth<O>("centered", &O::centered)},
          {number<int64_t, S>("step", &S::step), tensor<S>("square_avg", &S::square_avg),
           tensor<S>("momentum_buffer", &S::momentum_buffer),
           tensor<S>("grad_avg", &S::grad_avg)},
          make<S>,
          [](const Options&) {},
          [](ParamState& any, const Options& said, const std::vector<at::Tensor>& group,
             size_t place) {
            const at::Tensor& tensor = group[place];
            auto& state = static_cast<S&>(any);
            const auto& options = static_cast<const O&>(said);
            require_average(state.square_avg(), "square_avg", tensor);
            add_average(state.momentum_buffer(), "momentum_buffer", tensor,
                        options.momentum() > 0);
            add_average(state.grad_avg(), "grad_avg", tensor, options.centered());
          }};
}

OptimizerKind sgd() {
  using O = optim::SGDOptions;
  using S = optim::SGDParamState;
  return {"sgd",
          /*has_decoupled_weight_decay=*/false,
          /*takes_all_dtypes=*/true,
          {real<O>("lr", &O::lr, Range::kNotNegative),
           real<O>("momentum", &O::momentum, Range::kNotNegative),
           real<O>("dampening", &O::dampening, Range::kAny),
           real<O>("weight_decay", &O::weight_decay, Range::kNotNegative),
           truth<O>("nesterov", &O::nesterov)},
          {tensor<S>("momentum_buffer", &S::momentum_buffer)},
          make<S>,
          [](const Options& options) {
            const auto& said = static_cast<const O&>(options);
            if (said.nesterov() && (said.momentum() <= 0 || said.dampening() != 0)) {
              refuse("nesterov", "needs a momentum, and a dampening of 0");
            }
          },
          [](ParamState& any, const Options&, const std::vector<at::Tensor>& group,
             size_t place) {
            require_average(static_cast<S&>(any).momentum_buffer(), "momentum_buffer",
                            group[place]);
          }};
}

OptimizerKind adagrad() {
  using O = optim::AdagradOptions;
  using S = optim::AdagradParamState;
  return {"adagrad",
          /*has_decoupled_weight_decay=*/false,
          /*takes_all_dtypes=*/false,
          {real<O>("lr", &O::lr, Range::kNotNegative),
           real<O>("lr_decay", &O::lr_decay, Range::kNotNegative),
           real<O>("weight_decay", &O::weight_decay, Range::kNotNegative),
           real<O>("initial_accumulator_value", &O::initial_accumulator_value,
                   Range::kNotNegative),
           real<O>("eps", &O::eps, Range::kNotNegative)},
          {number<int64_t, S>("step", &S::step), tensor<S>("sum", &S::sum)},
          make<S>,
          [](const Options&) {},
          [](ParamState& any, const Options&, const std::vector<at::Tensor>& group,
             size_t place) {
            require_average(static_cast<S&>(any).sum(), "sum", group[place]);
          }};
}

// What is about all tensors at once has their numbers in one row.
void require_row(const at::Tensor& row, const char* name, int64_t count) {
  if (row.dim() == 1 && row.numel() == count) return;
  refuse(name, "has " + std::to_string(row.numel()) + " numbers in " +
                   std::to_string(row.dim()) + " dims where the tensors have " +
                   std::to_string(count));
}

// libtorch indexes the lists of what it remembers without looking at their lengths.
template <typename S>
void complete_memory(S& state, size_t longest, int64_t count) {
  auto& directions = state.old_dirs();
  auto& steps = state.old_stps();
  auto& factors = state.ro();
  if (directions.size() != steps.size() || directions.size() != factors.size()) {
    refuse("old_dirs", "and old_stps and ro have different lengths");
  }
  for (size_t i = 0; i < directions.size(); ++i) {
    if (!directions[i].defined() || !steps[i].defined() || !factors[i].defined()) {
      refuse("old_dirs", "or old_stps or ro has gaps");
    }
    require_row(directions[i], "old_dirs", count);
    require_row(steps[i], "old_stps", count);
    if (!is_one_number(factors[i])) refuse("ro", "has something else than numbers");
  }
  while (directions.size() > longest) {
    directions.pop_front();
    steps.pop_front();
    factors.pop_front();
  }
  // Room for numbers within a step, which it makes anew.
  state.al().reset();
}

OptimizerKind lbfgs() {
  using O = optim::LBFGSOptions;
  using S = optim::LBFGSParamState;
  const auto count = [](const char* name, int64_t& (O::*member)() noexcept) {
    return Option{name, false,
                  [member](const Options& options) {
                    return static_cast<double>(
                        (static_cast<O&>(const_cast<Options&>(options)).*member)());
                  },
                  [=](Options& options, double value) {
                    (static_cast<O&>(options).*member)() = whole_number(name, value);
                  }};
  };
  return {"lbfgs",
          /*has_decoupled_weight_decay=*/false,
          /*takes_all_dtypes=*/false,
          {real<O>("lr", &O::lr, Range::kNotNegative),
           count("max_iter", &O::max_iter),
           {"max_eval", false,
            [](const Options& options) {
              return static_cast<double>(*static_cast<const O&>(options).max_eval());
            },
            [](Options& options, double value) {
              static_cast<O&>(options).max_eval(whole_number("max_eval", value));
            }},
           real<O>("tolerance_grad", &O::tolerance_grad, Range::kNotNegative),
           real<O>("tolerance_change", &O::tolerance_change, Range::kNotNegative),
           count("history_size", &O::history_size),
           {"strong_wolfe", true,
            [](const Options& options) {
              return static_cast<const O&>(options).line_search_fn() ? 1.0 : 0.0;
            },
            [](Options& options, double value) {
              if (value != 0 && value != 1) refuse("strong_wolfe", "is 0 or 1");
              auto& function = static_cast<O&>(options).line_search_fn();
              if (value == 1) {
                function = "strong_wolfe";
              } else {
                function.reset();
              }
            }}},
          {number<int64_t, S>("func_evals", &S::func_evals),
           number<int64_t, S>("n_iter", &S::n_iter), number<double, S>("t", &S::t),
           number<double, S>("prev_loss", &S::prev_loss), tensor<S>("d", &S::d),
           tensor_of_one<S>("H_diag", &S::H_diag),
           tensor<S>("prev_flat_grad", &S::prev_flat_grad),
           tensors<S>("old_dirs", &S::old_dirs), tensors<S>("old_stps", &S::old_stps),
           tensors<S>("ro", &S::ro)},
          make<S>,
          [](const Options&) {},
          [](ParamState& any, const Options& options,
             const std::vector<at::Tensor>& group, size_t) {
            auto& state = static_cast<S&>(any);
            int64_t total = 0;
            for (const at::Tensor& each : group) total += each.numel();
            const bool began = state.d().defined() && state.prev_flat_grad().defined() &&
                               state.H_diag().defined();
            if (state.n_iter() > 0 && !began) {
              refuse("d", "or prev_flat_grad or H_diag is missing in the state");
            }
            if (state.d().defined()) require_row(state.d(), "d", total);
            if (state.prev_flat_grad().defined()) {
              require_row(state.prev_flat_grad(), "prev_flat_grad", total);
            }
            complete_memory(
                state, static_cast<size_t>(static_cast<const O&>(options).history_size()),
                total);
          }};
}

}  // namespace

const Option* OptimizerKind::option(std::string_view wanted) const {
  for (const Option& each : options) {
    if (each.name == wanted) return &each;
  }
  return nullptr;
}

const OptimizerKind& adam_kind() {
  static const auto& immortal = *new OptimizerKind(
      adam_like<optim::AdamOptions, optim::AdamParamState>("adam", false));
  return immortal;
}
const OptimizerKind& adamw_kind() {
  static const auto& immortal = *new OptimizerKind(
      adam_like<optim::AdamWOptions, optim::AdamWParamState>("adamw", true));
  return immortal;
}
const OptimizerKind& rmsprop_kind() {
  static const auto& immortal = *new OptimizerKind(rmsprop());
  return immortal;
}
const OptimizerKind& sgd_kind() {
  static const auto& immortal = *new OptimizerKind(sgd());
  return immortal;
}
const OptimizerKind& adagrad_kind() {
  static const auto& immortal = *new OptimizerKind(adagrad());
  return immortal;
}
const OptimizerKind& lbfgs_kind() {
  static const auto& immortal = *new OptimizerKind(lbfgs());
  return immortal;
}

}  // namespace simple_torch
