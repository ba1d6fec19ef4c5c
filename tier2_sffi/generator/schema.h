// An operator's schema, as libtorch writes it:
//   add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace simple_torch::generator {

struct Argument {
  // Without annotation and sizes: "Tensor", "Tensor?[]", "int[]?", "bool[3]".
  std::string type;
  // As it stands: "Tensor(a!)", "int[2]".
  std::string written_type;
  std::string name;
  std::string default_value;
  bool has_default = false;
  bool keyword_only = false;
  // What stands in the parentheses of an annotation, "a" or "a!", and whether it is
  // written to.
  std::string alias;
  bool is_written = false;
  // The length a list is meant to have, or 0.
  int length = 0;
};

// A result is an argument without default.
struct Schema {
  std::string name;
  std::string overload;
  std::vector<Argument> arguments;
  std::vector<Argument> results;
};

// Fails with Error, saying what was not understood; `where` begins the message.
Schema parse_schema(std::string_view text, std::string_view where);

}  // namespace simple_torch::generator
