// Values that get the type that a function of TorchScript wants.
#pragma once

#include <ATen/core/ivalue.h>
#include <ATen/core/jit_type.h>

namespace simple_torch {

// The value as `type` has it: a list of anything becomes a list of tensors if all its
// elements are. Fails with TYPE if it does not fit.
c10::IValue fitted(const c10::IValue& value, const c10::TypePtr& type,
                   const char* argument);

}  // namespace simple_torch
