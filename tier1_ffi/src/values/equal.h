// Whether two values are the same, tensors by their elements.
#pragma once

#include <ATen/core/ivalue.h>

namespace simple_torch {

bool are_equal(const c10::IValue& left, const c10::IValue& right);

}  // namespace simple_torch
