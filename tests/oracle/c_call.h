// Calls the C function of an operator with values of libtorch, by abi.md's rules for how a
// schema becomes a C function. The rules are written down here a second time, so that a
// mistake of the generator does not hide itself.
#pragma once

#include <ATen/core/function_schema.h>
#include <ATen/core/ivalue.h>

#include <string>
#include <vector>

namespace simple_torch::oracle {

// "simple_torch_op_add_tensor"
std::string c_name_of(const c10::FunctionSchema& schema);

struct CResult {
  // The error record's code; 0 on success.
  int64_t code = 0;
  std::string message;
  std::string operation;
  // What the C function gave; without the arguments that libtorch returns again.
  std::vector<c10::IValue> values;
};

// A raw word for a parameter, for calls with hostile arguments.
struct CWord {
  bool is_float = false;
  int64_t bits = 0;
};

// nullptr if the library has no such function.
void* c_function(const c10::FunctionSchema& schema);

CResult call_c(void* function, const c10::FunctionSchema& schema,
               const std::vector<c10::IValue>& arguments);

// The kinds of a C function's parameters for arguments, without results.
std::vector<bool> parameter_is_float(const c10::FunctionSchema& schema);

// How many out parameters it has, and whether it returns a handle.
size_t out_parameter_count(const c10::FunctionSchema& schema);
bool returns_handle(const c10::FunctionSchema& schema);

// Calls with words; out parameters point at words of `outs`.
int64_t call_raw(void* function, const c10::FunctionSchema& schema,
                 const std::vector<CWord>& words, std::vector<int64_t>& outs);

}  // namespace simple_torch::oracle
