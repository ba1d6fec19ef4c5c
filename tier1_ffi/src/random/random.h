// Generators as they cross the border.
#pragma once

#include <ATen/core/Generator.h>
#include <c10/core/Device.h>

#include <optional>

#include "simple_torch/abi.h"

namespace simple_torch {

// nullopt for handle 0.
std::optional<at::Generator> optional_generator(simple_torch_handle generator,
                                                const char* argument);

}  // namespace simple_torch
