// Calls, and the exports of script.h that call something.
#include <ATen/core/Dict.h>

#include "core/arguments.h"
#include "core/guarded.h"
#include "operators/arguments.h"
#include "script/objects.h"
#include "simple_torch/script.h"
#include "values/fitted.h"

namespace simple_torch {
namespace {

std::string quoted(const char* text) { return "'" + std::string(text) + "'"; }

std::string type_name(const torch::jit::Object& object) {
  return object.type()->annotation_str();
}

torch::jit::Object object_of(const c10::IValue& value) {
  if (!value.isObject()) {
    fail(Code::kType, "object",
         "is no object of TorchScript, but " + value.type()->annotation_str());
  }
  return torch::jit::Object(value.toObject());
}

// A name alone is looked for where the module's own class is.
c10::ClassTypePtr class_of(const torch::jit::Module& module, const std::string& name) {
  const auto unit = module._ivalue()->compilation_unit();
  const std::string prefix = module.type()->name()->prefix();
  for (const std::string& each : {name, prefix + "." + name, "__torch__." + name}) {
    if (each.empty() || each.front() == '.' || each.back() == '.' ||
        each.find("..") != std::string::npos) {
      continue;
    }
    if (c10::ClassTypePtr found = unit->get_class(c10::QualifiedName(each))) return found;
  }
  fail(Code::kIndex, "name", "'" + name + "' is no class of this program");
}

std::unordered_map<std::string, c10::IValue> named_values(const c10::IValue& dict) {
  if (!dict.isGenericDict()) fail(Code::kType, "keywords", "must be a dict");
  std::unordered_map<std::string, c10::IValue> named;
  for (const auto& entry : dict.toGenericDict()) {
    if (!entry.key().isString()) {
      fail(Code::kType, "keywords", "must be a dict of texts and values");
    }
    named.emplace(entry.key().toStringRef(), entry.value());
  }
  return named;
}

}  // namespace

OwnedHandle store_value(c10::IValue value) {
  return store(std::make_unique<c10::IValue>(std::move(value)));
}

OwnedHandle store_names(const std::vector<std::string>& names) {
  return store_value(c10::List<std::string>(c10::ArrayRef<std::string>(names)));
}

torch::jit::Method method_of(const torch::jit::Object& object, const char* method) {
  const std::string name(text_of(method, "method"));
  if (const auto found = object.find_method(name)) return *found;
  fail(Code::kIndex, "method", quoted(method) + " is no method of " + type_name(object));
}

c10::IValue attribute_of(const torch::jit::Object& object, const char* name) {
  const std::string text(text_of(name, "name"));
  if (!object.hasattr(text)) {
    fail(Code::kIndex, "name", quoted(name) + " is no attribute of " + type_name(object));
  }
  return object.attr(text);
}

void set_attribute(torch::jit::Object object, const char* name,
                   const c10::IValue& value) {
  const std::string text(text_of(name, "name"));
  if (!object.type()->hasAttribute(text)) {
    fail(Code::kIndex, "name", quoted(name) + " is no attribute of " + type_name(object));
  }
  object.setattr(text, fitted(value, object.type()->getAttribute(text), "value"));
}

ScriptArguments::ScriptArguments(const simple_torch_handle* values, int64_t count,
                                 simple_torch_handle keywords) {
  if (keywords != 0) {
    const auto given = borrow<c10::IValue>(keywords, "keywords");
    named = named_values(*given);
  }
  for (const simple_torch_handle each : list_of(values, count, "values")) {
    positional.push_back(*borrow<c10::IValue>(each, "values"));
  }
}

void fit(const c10::FunctionSchema& schema, ScriptArguments& arguments, size_t skipped) {
  const auto& declared = schema.arguments();
  for (size_t i = 0; i < arguments.positional.size(); ++i) {
    // libtorch says itself that there are too many.
    if (i + skipped >= declared.size()) break;
    c10::IValue& value = arguments.positional[i];
    const c10::Argument& wanted = declared[i + skipped];
    value =
        fitted(value, wanted.type(), Place("values", "argument", i + 1, wanted.name()));
  }
  for (auto& [name, value] : arguments.named) {
    const auto place = schema.argumentIndexWithName(name);
    if (!place) continue;
    const auto position = static_cast<size_t>(*place);
    value = fitted(value, declared[position].type(),
                   Place("keywords", "argument", position + 1 - skipped, name));
  }
}

c10::IValue call_method(const torch::jit::Object& object, const char* method,
                        ScriptArguments arguments) {
  const torch::jit::Method found = method_of(object, method);
  fit(found.function().getSchema(), arguments, 1);
  return found(std::move(arguments.positional), arguments.named);
}

}  // namespace simple_torch

using namespace simple_torch;

simple_torch_handle simple_torch_module_call(simple_torch_handle module,
                                             const char* method,
                                             const simple_torch_handle* values,
                                             int64_t count,
                                             simple_torch_handle keywords) {
  return guarded([&] {
    const auto called = borrow<ScriptModule>(module, "module");
    ScriptArguments arguments(values, count, keywords);
    return store_value(call_method(called->module, method, std::move(arguments)));
  });
}

simple_torch_handle simple_torch_module_call_tensors(simple_torch_handle module,
                                                     const char* method,
                                                     const simple_torch_handle* tensors,
                                                     int64_t count) {
  return guarded([&] {
    const auto called = borrow<ScriptModule>(module, "module");
    std::vector<c10::IValue> arguments;
    for (const simple_torch_handle each : list_of(tensors, count, "tensors")) {
      arguments.emplace_back(*in::tensor(each, "tensors"));
    }
    c10::IValue result = method_of(called->module, method)(std::move(arguments));
    if (!result.isTensor()) {
      fail(Code::kType, "method",
           "gives " + result.type()->annotation_str() + ", no tensor");
    }
    return store(std::move(result).toTensor());
  });
}

simple_torch_handle simple_torch_module_create_object(simple_torch_handle module,
                                                      const char* name,
                                                      const simple_torch_handle* values,
                                                      int64_t count,
                                                      simple_torch_handle keywords) {
  return guarded([&] {
    const auto program = borrow<ScriptModule>(module, "module");
    ScriptArguments arguments(values, count, keywords);
    const auto type = class_of(program->module, std::string(text_of(name, "name")));
    auto object = c10::ivalue::Object::create(
        c10::StrongTypePtr(program->module._ivalue()->compilation_unit(), type),
        type->numAttributes());
    if (type->findMethod("__init__") == nullptr) {
      fail(Code::kIndex, "name", "'" + std::string(name) + "' has no __init__");
    }
    call_method(torch::jit::Object(object), "__init__", std::move(arguments));
    return store_value(std::move(object));
  });
}

simple_torch_handle simple_torch_object_call(simple_torch_handle object,
                                             const char* method,
                                             const simple_torch_handle* values,
                                             int64_t count,
                                             simple_torch_handle keywords) {
  return guarded([&] {
    const auto value = borrow<c10::IValue>(object, "object");
    ScriptArguments arguments(values, count, keywords);
    return store_value(call_method(object_of(*value), method, std::move(arguments)));
  });
}

simple_torch_handle simple_torch_object_get(simple_torch_handle object,
                                            const char* name) {
  return guarded([&] {
    return store_value(
        attribute_of(object_of(*borrow<c10::IValue>(object, "object")), name));
  });
}

int64_t simple_torch_object_set(simple_torch_handle object, const char* name,
                                simple_torch_handle value) {
  return guarded([&] {
    const auto changed = borrow<c10::IValue>(object, "object");
    const auto given = borrow<c10::IValue>(value, "value");
    set_attribute(object_of(*changed), name, *given);
  });
}

simple_torch_handle simple_torch_object_attributes(simple_torch_handle object) {
  return guarded([&] {
    const auto value = borrow<c10::IValue>(object, "object");
    const auto type = object_of(*value).type();
    std::vector<std::string> names;
    for (size_t i = 0; i < type->numAttributes(); ++i) {
      names.push_back(type->getAttributeName(i));
    }
    return store_names(names);
  });
}

simple_torch_handle simple_torch_script_call(simple_torch_handle script, const char* name,
                                             const simple_torch_handle* values,
                                             int64_t count,
                                             simple_torch_handle keywords) {
  return guarded([&] {
    const auto program = borrow<ScriptUnit>(script, "script");
    ScriptArguments arguments(values, count, keywords);
    torch::jit::Function& function = function_of(program->unit, name);
    fit(function.getSchema(), arguments, 0);
    return store_value(function(std::move(arguments.positional), arguments.named));
  });
}
