// Members of dicts of texts and tensors, as files of tensors take them.
#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>

#include <string>
#include <utility>

namespace simple_torch {

// The two of a member. Fails with TYPE, and says which member it is.
std::pair<std::string, at::Tensor> named_tensor(const c10::IValue& key,
                                                const c10::IValue& member,
                                                const char* argument);

}  // namespace simple_torch
