// Values that get the type that a function of TorchScript wants.
#pragma once

#include <ATen/core/ivalue.h>
#include <ATen/core/jit_type.h>

#include <string>
#include <string_view>

namespace simple_torch {

// Where a value stands, for the message that it does not fit. A text of it is made only
// then; what it names outlives it.
class Place {
 public:
  // An argument of the C function.
  Place(const char* argument) : argument_(argument) {}  // NOLINT: meant to be implicit.
  // One of the values that are in another one, counted from 1.
  Place(const Place& outer, const char* kind, size_t number, std::string_view name = {})
      : argument_(outer.argument_),
        outer_(&outer),
        kind_(kind),
        number_(number),
        name_(name) {}

  const char* argument() const { return argument_; }
  // "item 2 of argument 1 (`a`) "; "" for what the argument itself is.
  std::string text() const;

 private:
  const char* argument_;
  const Place* outer_ = nullptr;
  const char* kind_ = "";
  size_t number_ = 0;
  std::string_view name_;
};

// The value as `type` has it: a list of anything becomes a list of tensors if all its
// elements are. Fails with TYPE if it does not fit.
c10::IValue fitted(const c10::IValue& value, const c10::TypePtr& type,
                   const Place& place);

}  // namespace simple_torch
