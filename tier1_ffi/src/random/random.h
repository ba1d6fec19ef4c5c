// Generators as they cross the border.
#pragma once

#include <ATen/core/Generator.h>
#include <c10/core/Device.h>

#include "core/compat.h"
#include "simple_torch/abi.h"

namespace simple_torch {

// Empty for handle 0.
compat::Optional<at::Generator> optional_generator(simple_torch_handle generator,
                                                   const char* argument);

}  // namespace simple_torch
