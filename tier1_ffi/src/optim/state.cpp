#include "optim/state.h"

#include <ATen/core/Dict.h>
#include <ATen/core/List.h>
#include <ATen/core/jit_type.h>
#include <torch/optim/adagrad.h>
#include <torch/types.h>

#include <memory>
#include <sstream>
#include <string>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/failure.h"
#include "optim/kinds.h"
#include "optim/optimizer.h"

namespace simple_torch {
namespace {

using Dict = c10::impl::GenericDict;
using States =
    std::remove_reference_t<decltype(std::declval<torch::optim::Optimizer&>().state())>;

// Older versions know a tensor by its address as text.
template <typename Key = States::key_type>
Key key_of(const at::Tensor& tensor) {
  auto* const impl = tensor.unsafeGetTensorImpl();
  if constexpr (std::is_same_v<Key, std::string>) {
    std::ostringstream text;
    text << impl;
    return text.str();
  } else {
    return impl;
  }
}

Dict dict_of(c10::TypePtr key) { return Dict(std::move(key), c10::AnyType::get()); }

[[noreturn]] void refuse(const std::string& what) {
  fail(Code::kValue, "value", "the state " + what);
}

// What stands under a name; nullptr if nothing does.
const c10::IValue* find(const Dict& dict, const c10::IValue& name, c10::IValue& storage) {
  // Keys of another type cannot be looked up in a dict.
  for (const auto& entry : dict) {
    const c10::IValue& key = entry.key();
    const bool is_it = name.isInt()
                           ? key.isInt() && key.toInt() == name.toInt()
                           : key.isString() && key.toStringRef() == name.toStringRef();
    if (is_it) {
      storage = entry.value();
      return &storage;
    }
  }
  return nullptr;
}

Dict dict_in(const c10::IValue* value, const char* what) {
  if (value == nullptr || !value->isGenericDict()) {
    fail(Code::kType, "value", std::string(what) + " is no dict");
  }
  return value->toGenericDict();
}

double number_in(const c10::IValue& value, const char* name) {
  if (value.isBool()) return value.toBool() ? 1 : 0;
  if (value.isInt()) return static_cast<double>(value.toInt());
  if (value.isDouble()) return value.toDouble();
  if (value.isTensor() && value.toTensor().defined() && value.toTensor().numel() == 1 &&
      !value.toTensor().is_complex() && !value.toTensor().is_meta()) {
    return value.toTensor().item<double>();
  }
  fail(Code::kType, "value", std::string(name) + " is no number");
}

// Of options that PyTorch has in another form than we name them.
void write_special(Dict& group, const OptimizerKind& kind, const Options& options) {
  if (const Option* const first = kind.option("beta1"); first != nullptr) {
    group.insert("betas", c10::ivalue::Tuple::create(
                              {first->get(options), kind.option("beta2")->get(options)}));
    group.insert("decoupled_weight_decay", kind.has_decoupled_weight_decay);
  }
  if (const Option* const wolfe = kind.option("strong_wolfe"); wolfe != nullptr) {
    group.insert("line_search_fn",
                 wolfe->get(options) == 1 ? c10::IValue("strong_wolfe") : c10::IValue());
  }
}

bool is_special(const std::string& name) {
  return name == "beta1" || name == "beta2" || name == "strong_wolfe";
}

void read_special(const Dict& group, const OptimizerKind& kind, Options& options) {
  c10::IValue storage;
  if (const Option* const first = kind.option("beta1"); first != nullptr) {
    const c10::IValue* const betas = find(group, "betas", storage);
    if (betas != nullptr) {
      const auto pair = betas->isTuple()  ? betas->toTupleRef().elements().vec()
                        : betas->isList() ? betas->toListRef().vec()
                                          : std::vector<c10::IValue>();
      if (pair.size() != 2) fail(Code::kType, "value", "betas are no two numbers");
      first->set(options, number_in(pair[0], "betas"));
      kind.option("beta2")->set(options, number_in(pair[1], "betas"));
    }
  }
  if (const Option* const wolfe = kind.option("strong_wolfe"); wolfe != nullptr) {
    const c10::IValue* const function = find(group, "line_search_fn", storage);
    if (function != nullptr) {
      const bool is_wolfe =
          function->isString() && function->toStringRef() == "strong_wolfe";
      if (!is_wolfe && !function->isNone()) refuse("has an unknown line_search_fn");
      wolfe->set(options, is_wolfe ? 1 : 0);
    }
  }
}

// What libtorch's optimizers do in one way only.
void require_only(const Dict& group, const char* name, bool value,
                  const OptimizerKind& kind) {
  c10::IValue storage;
  const c10::IValue* const said = find(group, name, storage);
  if (said == nullptr || said->isNone() || number_in(*said, name) == (value ? 1 : 0)) {
    return;
  }
  refuse(std::string("has ") + name + ": " + (value ? "false" : "true") +
         ", which libtorch's " + kind.name + " does not know");
}

std::unique_ptr<Options> options_in(const Dict& group, const OptimizerKind& kind,
                                    const Options& before) {
  require_only(group, "maximize", false, kind);
  require_only(group, "decoupled_weight_decay", kind.has_decoupled_weight_decay, kind);
  std::unique_ptr<Options> options = before.clone();
  c10::IValue storage;
  for (const Option& each : kind.options) {
    if (is_special(each.name)) continue;
    const c10::IValue* const said = find(group, each.name, storage);
    if (said != nullptr) each.set(*options, number_in(*said, each.name));
  }
  read_special(group, kind, *options);
  kind.check(*options);
  return options;
}

Notes notes_in(const Dict& group) {
  Notes notes;
  c10::IValue storage;
  for (const std::string_view each : kNotes) {
    const std::string name(each);
    const c10::IValue* const said = find(group, name, storage);
    if (said != nullptr && !said->isNone()) {
      notes[name] = number_in(*said, name.c_str());
    }
  }
  return notes;
}

// A tensor of the state as one of this optimizer's: on the device of what it is about,
// and of its dtype, as PyTorch has it.
c10::IValue own_copy(const c10::IValue& value, const at::Tensor& about) {
  if (!value.isTensor() || !value.toTensor().defined()) return value;
  const at::Tensor& tensor = value.toTensor();
  const auto options = tensor.options().device(about.device());
  return tensor.detach().to(about.is_floating_point() && tensor.dim() > 0
                                ? options.dtype(about.scalar_type())
                                : options,
                            /*non_blocking=*/false, /*copy=*/true);
}

c10::IValue own_copies(const c10::IValue& value, const at::Tensor& about) {
  if (!value.isList()) return own_copy(value, about);
  c10::impl::GenericList list(c10::AnyType::get());
  for (const c10::IValue& each : value.toListRef()) list.push_back(own_copy(each, about));
  return list;
}

// nullptr where nothing has begun yet.
std::unique_ptr<ParamState> state_in(const Dict& said, const OptimizerKind& kind,
                                     const Options& options,
                                     const std::vector<at::Tensor>& group, size_t place) {
  bool has_begun = false;
  for (const auto& entry : said) has_begun = has_begun || !entry.value().isNone();
  if (!has_begun) return nullptr;
  const at::Tensor& about = group[place];
  std::unique_ptr<ParamState> state = kind.new_state();
  c10::IValue storage;
  for (const Field& each : kind.fields) {
    const c10::IValue* const value = find(said, each.name, storage);
    if (value == nullptr || value->isNone()) continue;
    if (!each.set(*state, own_copies(*value, about))) {
      fail(Code::kType, "value", std::string(each.name) + " is not what it should be");
    }
  }
  kind.complete(*state, options, group, place);
  return state;
}

template <typename F>
void for_each_tensor(Optimizer& optimizer, F&& body) {
  for (auto& group : optimizer.torch().param_groups()) {
    for (size_t i = 0; i < group.params().size(); ++i) {
      body(group.options(), std::as_const(group.params()), i);
    }
  }
}

std::vector<c10::IValue> groups_in(const Dict& whole) {
  c10::IValue storage;
  const c10::IValue* const groups = find(whole, "param_groups", storage);
  if (groups == nullptr || !groups->isList()) {
    fail(Code::kType, "value", "param_groups is no list");
  }
  return groups->toListRef().vec();
}

// The positions under which a group's tensors are in "state".
std::vector<int64_t> positions_in(const Dict& group, size_t wanted) {
  c10::IValue storage;
  const c10::IValue* const params = find(group, "params", storage);
  if (params == nullptr || !params->isList()) {
    fail(Code::kType, "value", "params is no list");
  }
  std::vector<int64_t> positions;
  for (const c10::IValue& each : params->toListRef().vec()) {
    if (!each.isInt())
      fail(Code::kType, "value", "params has something else than numbers");
    positions.push_back(each.toInt());
  }
  if (positions.size() != wanted) {
    refuse("has a group of " + std::to_string(positions.size()) + " tensors where " +
           std::to_string(wanted) + " are");
  }
  return positions;
}

}  // namespace

c10::IValue optimizer_state(Optimizer& optimizer) {
  const OptimizerKind& kind = optimizer.kind();
  States& states = optimizer.torch().state();
  Dict known = dict_of(c10::IntType::get());
  c10::impl::GenericList groups(c10::AnyType::get());
  int64_t position = 0;
  size_t index = 0;
  for (auto& group : optimizer.torch().param_groups()) {
    Dict described = dict_of(c10::StringType::get());
    for (const Option& each : kind.options) {
      if (is_special(each.name)) continue;
      const double value = each.get(group.options());
      described.insert(each.name,
                       each.is_truth ? c10::IValue(value == 1) : c10::IValue(value));
    }
    write_special(described, kind, group.options());
    for (const auto& [name, value] : optimizer.notes()[index++]) {
      described.insert(name, value);
    }
    c10::impl::GenericList positions(c10::AnyType::get());
    for (const at::Tensor& each : group.params()) {
      const auto found = states.find(key_of(each));
      if (found != states.end() && found->second != nullptr) {
        Dict state = dict_of(c10::StringType::get());
        for (const Field& field : kind.fields) {
          c10::IValue value = field.get(*found->second);
          if (!value.isNone()) state.insert(field.name, std::move(value));
        }
        known.insert(position, state);
      }
      positions.push_back(position++);
    }
    described.insert("params", positions);
    groups.push_back(described);
  }
  Dict whole = dict_of(c10::StringType::get());
  whole.insert("state", known);
  whole.insert("param_groups", groups);
  return whole;
}

void load_optimizer_state(Optimizer& optimizer, const c10::IValue& state) {
  const OptimizerKind& kind = optimizer.kind();
  auto& groups = optimizer.torch().param_groups();
  const Dict whole = dict_in(&state, "the state");
  c10::IValue storage;
  const Dict known = dict_in(find(whole, "state", storage), "state");
  std::unordered_map<int64_t, c10::IValue> by_position;
  for (const auto& entry : known) {
    if (entry.key().isInt()) by_position.emplace(entry.key().toInt(), entry.value());
  }
  const std::vector<c10::IValue> said = groups_in(whole);
  if (said.size() != groups.size()) {
    refuse("has " + std::to_string(said.size()) + " groups where " +
           std::to_string(groups.size()) + " are");
  }
  std::vector<std::unique_ptr<Options>> options;
  std::vector<Notes> notes;
  States states;
  for (size_t i = 0; i < groups.size(); ++i) {
    const Dict group = dict_in(&said[i], "a group");
    options.push_back(options_in(group, kind, groups[i].options()));
    notes.push_back(notes_in(group));
    const auto& tensors = groups[i].params();
    const std::vector<int64_t> positions = positions_in(group, tensors.size());
    for (size_t j = 0; j < tensors.size(); ++j) {
      const auto found = by_position.find(positions[j]);
      if (found == by_position.end()) continue;
      auto begun = state_in(dict_in(&found->second, "the state of a tensor"), kind,
                            *options[i], tensors, j);
      if (begun != nullptr) states[key_of(tensors[j])] = std::move(begun);
    }
  }
  for (size_t i = 0; i < groups.size(); ++i) groups[i].set_options(std::move(options[i]));
  optimizer.torch().state() = std::move(states);
  optimizer.notes() = std::move(notes);
  add_first_states(optimizer);
}

void complete_states(Optimizer& optimizer) {
  States& states = optimizer.torch().state();
  for_each_tensor(optimizer, [&](const Options& options, const auto& group, size_t i) {
    const auto found = states.find(key_of(group[i]));
    if (found != states.end() && found->second != nullptr) {
      optimizer.kind().complete(*found->second, options, group, i);
    }
  });
}

void add_first_states(Optimizer& optimizer) {
  if (&optimizer.kind() != &adagrad_kind()) return;
  States& states = optimizer.torch().state();
  for_each_tensor(optimizer, [&](const Options& options, const auto& group, size_t i) {
    const at::Tensor& tensor = group[i];
    auto& state = states[key_of(tensor)];
    if (state != nullptr) return;
    auto fresh = std::make_unique<torch::optim::AdagradParamState>();
    fresh->sum(torch::full_like(tensor.detach(),
                                static_cast<const torch::optim::AdagradOptions&>(options)
                                    .initial_accumulator_value()));
    state = std::move(fresh);
  });
}

}  // namespace simple_torch
