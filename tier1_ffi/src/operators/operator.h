// Operators by name, called through libtorch's dispatcher with boxed arguments.
#pragma once

#include <ATen/core/dispatch/Dispatcher.h>

#include <string>
#include <vector>

namespace simple_torch {

// One overload, or all of a name.
class Operator {
 public:
  explicit Operator(std::vector<c10::OperatorHandle> overloads)
      : overloads_(std::move(overloads)) {}
  const std::vector<c10::OperatorHandle>& overloads() const { return overloads_; }

 private:
  std::vector<c10::OperatorHandle> overloads_;
};

}  // namespace simple_torch
