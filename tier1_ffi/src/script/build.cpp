// Exports of script.h that make modules and functions: by hand, from text, by tracing.
#include <ATen/core/Dict.h>
#include <torch/csrc/jit/frontend/resolver.h>
#include <torch/csrc/jit/frontend/script_type_parser.h>
#include <torch/csrc/jit/frontend/sugared_value.h>
#include <torch/csrc/jit/frontend/tracer.h>
#include <torch/csrc/jit/passes/fixup_trace_scope_blocks.h>
#include <torch/csrc/jit/passes/normalize_ops.h>
#include <torch/csrc/jit/runtime/interpreter.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <map>

#include "autograd/host_callback.h"
#include "core/arguments.h"
#include "core/guarded.h"
#include "core/numbers.h"
#include "operators/arguments.h"
#include "script/objects.h"
#include "script/trace.h"
#include "simple_torch/script.h"
#include "values/fitted.h"

namespace simple_torch {
namespace {

using torch::jit::Module;

// A name that TorchScript can write in a program.
std::string name_of(const char* text, const char* argument) {
  const std::string name(text_of(text, argument));
  const bool fits = !name.empty() && std::isdigit(name[0]) == 0 &&
                    std::all_of(name.begin(), name.end(), [](unsigned char each) {
                      return each < 128 && (std::isalnum(each) != 0 || each == '_');
                    });
  if (!fits) fail(Code::kValue, argument, "'" + name + "' is no name for TorchScript");
  return name;
}

Module new_module(const std::string& name) {
  return Module("__torch__." + name, std::make_shared<torch::jit::CompilationUnit>());
}

std::string new_part(const Module& module, const char* text) {
  const std::string name = name_of(text, "name");
  const auto type = module.type();
  if (type->hasAttribute(name) || type->findMethod(name) != nullptr) {
    fail(Code::kValue, "name", "'" + name + "' is there already");
  }
  return name;
}

// Knows Python's exceptions, which libtorch leaves to Python: `raise ValueError('no')`.
class ProgramNames final : public torch::jit::NativeResolver {
 public:
  std::shared_ptr<torch::jit::SugaredValue> resolveValue(
      const std::string& name, torch::jit::GraphFunction& function,
      const torch::jit::SourceRange& place) override {
    static constexpr std::array<std::string_view, 11> kExceptions = {
        "Exception",           "ArithmeticError", "AssertionError", "AttributeError",
        "IndexError",          "KeyError",        "LookupError",    "RuntimeError",
        "NotImplementedError", "TypeError",       "ValueError"};
    if (std::find(kExceptions.begin(), kExceptions.end(), name) != kExceptions.end()) {
      return std::make_shared<torch::jit::ExceptionValue>(name);
    }
    return NativeResolver::resolveValue(name, function, place);
  }
};

// ---- Tracing

// The module that a tensor of a dotted name belongs to, which is made on the way.
class Parts {
 public:
  explicit Parts(Module& whole) { made_.emplace("", whole); }

  void add(const std::string& path, const at::Tensor& tensor) {
    const size_t dot = path.rfind('.');
    Module owner = part(dot == std::string::npos ? "" : path.substr(0, dot));
    const std::string name =
        attribute_name(dot == std::string::npos ? path : path.substr(dot + 1));
    if (owner.hasattr(name)) {
      fail(Code::kValue, "parameters", "has '" + path + "' twice");
    }
    if (tensor.requires_grad()) {
      owner.register_parameter(name, tensor, false);
    } else {
      owner.register_buffer(name, tensor);
    }
  }

 private:
  // Places in lists are numbers, and stay so: libtorch takes them.
  static std::string attribute_name(const std::string& name) {
    const bool fits =
        !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char each) {
          return each < 128 && (std::isalnum(each) != 0 || each == '_');
        });
    if (!fits) fail(Code::kValue, "parameters", "'" + name + "' is no name for a part");
    return name;
  }

  Module part(const std::string& path) {
    if (const auto found = made_.find(path); found != made_.end()) return found->second;
    const size_t dot = path.rfind('.');
    Module owner = part(dot == std::string::npos ? "" : path.substr(0, dot));
    const std::string name =
        attribute_name(dot == std::string::npos ? path : path.substr(dot + 1));
    if (owner.hasattr(name)) {
      fail(Code::kValue, "parameters", "has a tensor and a part at '" + path + "'");
    }
    Module made(c10::QualifiedName("__torch__.Part"), owner._ivalue()->compilation_unit(),
                true);
    made.register_attribute("training", c10::BoolType::get(), true);
    owner.register_module(name, made);
    return made_.emplace(path, made).first->second;
  }

  std::map<std::string, Module> made_;
};

void add_tensors(Module& module, const c10::IValue& parameters) {
  if (parameters.isNone()) return;
  if (!parameters.isGenericDict()) fail(Code::kType, "parameters", "must be a dict");
  Parts parts(module);
  for (const auto& entry : parameters.toGenericDict()) {
    if (!entry.key().isString() || !entry.value().isTensor() ||
        !entry.value().toTensor().defined()) {
      fail(Code::kType, "parameters", "must be a dict of texts and tensors");
    }
    parts.add(entry.key().toStringRef(), entry.value().toTensor());
  }
}

// The tracer wants lists and dicts with the types of their elements.
c10::IValue with_types(const c10::IValue& value, const char* argument) {
  if (value.isTuple()) {
    std::vector<c10::IValue> members;
    for (const c10::IValue& each : value.toTupleRef().elements()) {
      members.push_back(with_types(each, argument));
    }
    return c10::ivalue::Tuple::create(std::move(members));
  }
  if (value.isList() && !value.toList().empty()) {
    c10::IValue first = with_types(value.toListRef()[0], argument);
    return fitted(value, c10::ListType::create(first.type()), argument);
  }
  if (value.isGenericDict() && value.toGenericDict().size() > 0) {
    const c10::impl::GenericDict dict = value.toGenericDict();
    const auto place = dict.begin();
    const auto& first = *place;
    return fitted(value,
                  c10::DictType::create(first.key().type(),
                                        with_types(first.value(), argument).type()),
                  argument);
  }
  return value;
}

c10::IValue run_traced(const HandleCallback& callback, std::vector<c10::IValue> inputs) {
  const auto state = std::make_shared<TraceState>(std::move(inputs));
  call_with_handle(callback, [&] { return store(std::make_unique<Trace>(state)); });
  std::optional<c10::IValue> result = state->take();
  if (!result) fail(Code::kValue, "call", "gave no result");
  return with_types(*result, "call");
}

Module traced(const std::string& name, std::vector<c10::IValue> inputs,
              const c10::IValue& parameters, bool strict,
              const HandleCallback& callback) {
  if (torch::jit::tracer::isTracing()) {
    fail(Code::kValue, "call", "is traced within another traced function");
  }
  Module module = new_module(name);
  module.register_attribute("training", c10::BoolType::get(), true);
  add_tensors(module, parameters);
  const auto function = [&](torch::jit::Stack stack) -> torch::jit::Stack {
    return {run_traced(callback, std::move(stack))};
  };
  // The tracer itself forgets the trace if the function throws.
  const auto [state, results] = torch::jit::tracer::trace(
      std::move(inputs), function, [](const at::Tensor&) { return std::string(); },
      strict, /*force_outplace=*/false, &module);
  auto graph = state->graph;
  torch::jit::FixupTraceScopeBlocks(graph, &module);
  torch::jit::NormalizeOps(graph);
  module.type()->addMethod(module._ivalue()->compilation_unit()->create_function(
      c10::QualifiedName(*module.type()->name(), "forward"), graph));
  return module;
}

}  // namespace

torch::jit::Function& function_of(
    const std::shared_ptr<torch::jit::CompilationUnit>& unit, const char* name) {
  const std::string text(text_of(name, "name"));
  const bool is_name = !text.empty() && text.find('.') == std::string::npos;
  torch::jit::Function* const found =
      is_name ? unit->find_function(c10::QualifiedName(text)) : nullptr;
  if (found == nullptr) {
    fail(Code::kIndex, "name", "'" + text + "' is no function of this script");
  }
  return *found;
}

}  // namespace simple_torch

using namespace simple_torch;

simple_torch_handle simple_torch_module_create(const char* name) {
  return guarded([&] {
    Module module = new_module(name_of(name, "name"));
    module.register_attribute("training", c10::BoolType::get(), true);
    return store_module(std::move(module));
  });
}

int64_t simple_torch_module_define(simple_torch_handle module, const char* source) {
  return guarded([&] {
    const auto changed = borrow<ScriptModule>(module, "module");
    changed->module.define(std::string(text_of(source, "source")),
                           std::make_shared<ProgramNames>());
  });
}

int64_t simple_torch_module_add_parameter(simple_torch_handle module, const char* name,
                                          simple_torch_handle tensor) {
  return guarded([&] {
    const auto changed = borrow<ScriptModule>(module, "module");
    const auto added = in::tensor(tensor, "tensor");
    changed->module.register_parameter(new_part(changed->module, name), *added, false);
  });
}

int64_t simple_torch_module_add_buffer(simple_torch_handle module, const char* name,
                                       simple_torch_handle tensor) {
  return guarded([&] {
    const auto changed = borrow<ScriptModule>(module, "module");
    const auto added = in::tensor(tensor, "tensor");
    changed->module.register_buffer(new_part(changed->module, name), *added);
  });
}

int64_t simple_torch_module_add_attribute(simple_torch_handle module, const char* name,
                                          simple_torch_handle value,
                                          const char* type_name) {
  return guarded([&] {
    const auto changed = borrow<ScriptModule>(module, "module");
    const auto added = borrow<c10::IValue>(value, "value");
    const c10::TypePtr wanted = type_name == nullptr
                                    ? c10::TypePtr(added->type())
                                    : torch::jit::ScriptTypeParser().parseType(
                                          std::string(text_of(type_name, "type_name")));
    c10::IValue fit_value = fitted(*added, wanted, "value");
    changed->module.register_attribute(new_part(changed->module, name), wanted,
                                       std::move(fit_value));
  });
}

int64_t simple_torch_module_add_module(simple_torch_handle module, const char* name,
                                       simple_torch_handle part) {
  return guarded([&] {
    const auto changed = borrow<ScriptModule>(module, "module");
    const auto added = borrow<ScriptModule>(part, "part");
    if (changed->module == added->module) {
      fail(Code::kValue, "part", "is the module itself");
    }
    for (const auto& each : added->module.modules()) {
      if (each == changed->module) {
        fail(Code::kValue, "part", "has the module as a part of its own");
      }
    }
    changed->module.register_module(new_part(changed->module, name), added->module);
  });
}

simple_torch_handle simple_torch_module_trace(
    const char* name, const simple_torch_handle* inputs, int64_t input_count,
    simple_torch_handle parameters, int64_t strict,
    int64_t (*call)(void* context, simple_torch_handle trace), void* context,
    void (*destroy)(void* context)) {
  Ownership owned(destroy, context);
  return guarded([&] {
    const HandleCallback callback(required(call, "call"), context, std::move(owned));
    const std::string class_name = name_of(name, "name");
    const c10::IValue own =
        parameters == 0 ? c10::IValue() : *borrow<c10::IValue>(parameters, "parameters");
    const bool is_strict = truth(strict, "strict");
    std::vector<c10::IValue> given;
    for (const simple_torch_handle each : list_of(inputs, input_count, "inputs")) {
      given.push_back(with_types(*borrow<c10::IValue>(each, "inputs"), "inputs"));
    }
    return store_module(traced(class_name, std::move(given), own, is_strict, callback));
  });
}

int64_t simple_torch_trace_count(simple_torch_handle trace) {
  return guarded([&] { return std::ssize((*borrow<Trace>(trace, "trace"))->inputs); });
}

simple_torch_handle simple_torch_trace_input(simple_torch_handle trace, int64_t index) {
  return guarded([&] {
    const auto traced_call = borrow<Trace>(trace, "trace");
    const auto& inputs = (*traced_call)->inputs;
    return store_value(inputs[position_of(index, inputs.size(), "index")]);
  });
}

int64_t simple_torch_trace_give(simple_torch_handle trace, simple_torch_handle value) {
  return guarded([&] {
    const auto traced_call = borrow<Trace>(trace, "trace");
    (*traced_call)->give(*borrow<c10::IValue>(value, "value"));
  });
}

int64_t simple_torch_trace_free(simple_torch_handle trace) {
  return guarded([&] { HandleTable::get().free(trace, Kind::kTrace, "trace"); });
}

simple_torch_handle simple_torch_script_compile(const char* source) {
  return guarded([&] {
    auto unit = std::make_shared<torch::jit::CompilationUnit>();
    unit->define({}, std::string(text_of(source, "source")),
                 std::make_shared<ProgramNames>(), nullptr);
    return store(std::make_unique<ScriptUnit>(std::move(unit)));
  });
}

simple_torch_handle simple_torch_script_functions(simple_torch_handle script) {
  return guarded([&] {
    const auto program = borrow<ScriptUnit>(script, "script");
    std::vector<std::string> names;
    for (const torch::jit::Function* each : program->unit->get_functions()) {
      names.push_back(each->name());
    }
    return store_names(names);
  });
}

int64_t simple_torch_script_graph(simple_torch_handle script, const char* name,
                                  char* buffer, int64_t capacity) {
  return guarded([&] {
    const auto program = borrow<ScriptUnit>(script, "script");
    const auto graph =
        torch::jit::toGraphFunction(function_of(program->unit, name)).graph();
    return write_text(graph->toString(false), buffer, capacity, "buffer");
  });
}

int64_t simple_torch_script_free(simple_torch_handle script) {
  return guarded([&] { HandleTable::get().free(script, Kind::kScript, "script"); });
}
