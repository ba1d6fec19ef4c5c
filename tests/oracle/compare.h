// Whether two values are the same, bit for bit.
#pragma once

#include <ATen/core/ivalue.h>

#include <string>

namespace simple_torch::oracle {

// "" or how they differ. Without `contents`, tensors may hold different numbers: those of
// operators that leave memory as it is.
std::string difference(const c10::IValue& one, const c10::IValue& other, bool contents);

// A copy that shares no memory: views stay views of the same shape and strides.
c10::IValue copied(const c10::IValue& value);

}  // namespace simple_torch::oracle
