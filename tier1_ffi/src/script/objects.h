// What the handles of script.h name, and calls of functions of TorchScript.
#pragma once

#include <torch/csrc/jit/api/compilation_unit.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/api/object.h>

#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "handles/borrow.h"

namespace simple_torch {

class ScriptModule {
 public:
  explicit ScriptModule(torch::jit::Module loaded) : module(std::move(loaded)) {}
  torch::jit::Module module;
};

class ScriptUnit {
 public:
  explicit ScriptUnit(std::shared_ptr<torch::jit::CompilationUnit> compiled)
      : unit(std::move(compiled)) {}
  std::shared_ptr<torch::jit::CompilationUnit> unit;
};

OwnedHandle store_module(torch::jit::Module module);
OwnedHandle store_value(c10::IValue value);
// A list of texts.
OwnedHandle store_names(const std::vector<std::string>& names);

// A method that is there, or INDEX.
torch::jit::Method method_of(const torch::jit::Object& object, const char* method);
// An attribute or constant.
c10::IValue attribute_of(const torch::jit::Object& object, const char* name);
void set_attribute(torch::jit::Object object, const char* name, const c10::IValue& value);

// A function that is there, or INDEX.
torch::jit::Function& function_of(
    const std::shared_ptr<torch::jit::CompilationUnit>& unit, const char* name);

// Arguments as they were given.
struct ScriptArguments {
  ScriptArguments(const simple_torch_handle* values, int64_t count,
                  simple_torch_handle keywords);
  std::vector<c10::IValue> positional;
  std::unordered_map<std::string, c10::IValue> named;
};

// Gives the arguments the types that a function declares. Its first `skipped` parameters
// are somebody else's.
void fit(const c10::FunctionSchema& schema, ScriptArguments& arguments, size_t skipped);

c10::IValue call_method(const torch::jit::Object& object, const char* method,
                        ScriptArguments arguments);

}  // namespace simple_torch
