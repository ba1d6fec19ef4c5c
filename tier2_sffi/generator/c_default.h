// A schema's default as C has it.
#pragma once

#include <string>

#include "schema.h"
#include "types.h"

namespace simple_torch::generator {

struct CDefault {
  // A line of code that must come before, or "".
  std::string prelude;
  // All parts that C takes for the argument: "nullptr, -1", "SIMPLE_TORCH_INT(1)".
  std::string values;
  // Whether the parameters of the argument's name have this value.
  std::string test;
};

// Fails with Error where there is no way to write it.
CDefault c_default(const ArgumentType& type, const Argument& argument);

}  // namespace simple_torch::generator
