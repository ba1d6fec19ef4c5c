// The C function of an operator has the declared form, that of the default libtorch; the
// libtorch that was found may have the operator in another. Here is what arguments of the
// one are in the other; like c_call.h's, these rules are written down a second time.
#pragma once

#include <ATen/core/function_schema.h>
#include <ATen/core/ivalue.h>

#include <optional>
#include <string>
#include <vector>

namespace simple_torch::oracle {

class DeclaredForm {
 public:
  // Of an operator that has this schema in the libtorch that was found. One that is not
  // declared has only this form.
  explicit DeclaredForm(const c10::FunctionSchema& found);

  // What the C function is called by.
  const c10::FunctionSchema& schema() const { return declared_; }
  // Why the C function can do no more than refuse; "" if it can.
  const std::string& obstacle() const { return obstacle_; }
  // Whether the C function can be given the argument of this number in the found schema.
  bool takes(size_t found_argument) const { return is_taken_[found_argument]; }
  // Puts those that it cannot be given at their defaults.
  void leave_out_others(std::vector<c10::IValue>& found_arguments) const;
  // The C function's arguments; those that the found libtorch lacks are at their
  // defaults.
  std::vector<c10::IValue> arguments(
      const std::vector<c10::IValue>& found_arguments) const;

 private:
  c10::FunctionSchema found_;
  c10::FunctionSchema declared_;
  // For each declared argument the number of the found one.
  std::vector<std::optional<size_t>> sources_;
  std::vector<bool> is_taken_;
  std::string obstacle_;
};

}  // namespace simple_torch::oracle
