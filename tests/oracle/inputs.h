// Arguments for any operator, made from its schema: attempt after attempt with other
// shapes, dtypes and options, until libtorch accepts some.
#pragma once

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/function_schema.h>
#include <ATen/core/ivalue.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace simple_torch::oracle {

// recipes.txt: arguments for operators that refuse what is made without it.
//   aten::conv2d  input=f[1,2,5,5] weight=f[4,2,3,3] bias=f[4]
class Recipes {
 public:
  explicit Recipes(const std::string& file);
  // The recipe for an argument; nullptr if there is none.
  const std::string* find(const std::string& operation,
                          const std::string& argument) const;
  // What is written of an operator that is left out, "" if it is not.
  std::string skipped(const std::string& operation) const;
  // Memory that is not initialised: contents differ from call to call.
  bool is_uninitialised(const std::string& operation) const;
  // Fails if a line names no operator of this libtorch; patterns may.
  bool has(const std::string& operation) const;

 private:
  struct Line {
    std::string pattern;
    std::map<std::string, std::string> arguments;
  };
  std::vector<Line> lines_;
  std::vector<std::pair<std::string, std::string>> skips_;
  std::vector<std::string> uninitialised_;
};

struct Attempt {
  size_t shape;
  size_t dtype;
  // 0: optional arguments absent, numbers at their defaults; 1: present; 2: some.
  size_t variant;
  size_t out_dtype;
};

// All attempts for a schema, the most promising first.
std::vector<Attempt> attempts_for(const c10::FunctionSchema& schema, bool has_recipe);

// The arguments of one attempt. Fails with std::exception if a recipe cannot be read.
std::vector<c10::IValue> arguments_for(const c10::FunctionSchema& schema,
                                       const Attempt& attempt, const Recipes& recipes);

// "aten::add.Tensor"
std::string full_name(const c10::FunctionSchema& schema);

// All operators of ATen, by name.
std::vector<c10::OperatorHandle> all_operators();

}  // namespace simple_torch::oracle
