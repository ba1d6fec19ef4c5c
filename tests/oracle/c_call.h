// Calls the C function of an operator with values of libtorch, by abi.md's rules for how
// a schema becomes a C function. The rules are written down here a second time, so that a
// mistake of the generator does not hide itself.
#pragma once

#include <ATen/core/function_schema.h>
#include <ATen/core/ivalue.h>

#include <deque>
#include <string>
#include <vector>

#include "declared_form.h"

namespace simple_torch::oracle {

// A type without its "?".
c10::TypePtr bare(const c10::TypePtr& type);

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

// What a word of a call stands for.
enum class WordKind {
  kInteger,
  kReal,
  kTensor,
  kOptionalTensor,
  kHandle,
  kOptionalHandle,
  kHandleList,
  kList,
  kCount,
  kOptionalCount,
  kBits,
  kNumberKind,
  kOptionalNumberKind,
  kIntKind,
  kFloatKind,
  kBoolKind,
  kBool,
  kEnumerator,
  kDevice,
  kMask,
  kText,
  kOptionalText,
};

struct CWord {
  WordKind kind = WordKind::kInteger;
  int64_t bits = 0;
};

// The words of a call, and what they point at.
class Words {
 public:
  Words(const c10::FunctionSchema& schema, const std::vector<c10::IValue>& arguments);
  Words(const Words&) = delete;
  Words& operator=(const Words&) = delete;
  ~Words();
  std::vector<CWord> words;

 private:
  void add_argument(const c10::IValue& value, const c10::Argument& argument);
  void add_list(const c10::IValue& value, const c10::Argument& argument);
  void add(WordKind kind, int64_t bits) { words.push_back({kind, bits}); }
  void add_address(WordKind kind, const void* pointer);
  void add_text(WordKind kind, std::string value);
  void add_handle(WordKind kind, int64_t made);
  void add_number(const c10::IValue& value, WordKind kind);

  std::deque<std::vector<int64_t>> lists_;
  std::deque<std::string> texts_;
  std::vector<int64_t> handles_;
};

// nullptr if the library has no such function.
void* c_function(const c10::FunctionSchema& schema);

// With arguments of the libtorch that was found.
CResult call_c(void* function, const DeclaredForm& form,
               const std::vector<c10::IValue>& arguments);

// How many out parameters it has, and whether it returns a handle.
size_t out_parameter_count(const c10::FunctionSchema& schema);
bool returns_handle(const c10::FunctionSchema& schema);

// Calls with words; out parameters point at words of `outs`.
int64_t call_raw(void* function, const c10::FunctionSchema& schema,
                 const std::vector<CWord>& words, std::vector<int64_t>& outs);

}  // namespace simple_torch::oracle
