// The C function of an operator is the same whatever libtorch is behind it: the one that
// is declared for the default libtorch. Here is how another libtorch's own form of the
// operator is called with what is declared.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "schema.h"

namespace simple_torch::generator {

// The schemas of the declared operators, "add.Tensor(…) -> Tensor", by
// "aten::add.Tensor".
using Declared = std::map<std::string, std::string>;

// From the declarations for Simple, which carry them: tier2_sffi/torch.
Declared read_declared(const std::filesystem::path& folder);

struct Agreement {
  // For each argument that this libtorch has, the index of the declared one that it is
  // given; kDefault if none is, and it stays at its default.
  static constexpr int kDefault = -1;
  std::vector<int> sources;
  // The declared arguments that this libtorch has not: only their defaults can be given.
  std::vector<int> missing;

  // Why it cannot be called so at all, and the argument that is the reason; "" if it can,
  // and if no argument is.
  std::string refusal;
  std::string refused_argument;
};

// Arguments belong together by name, and those without default also by place.
Agreement agreement_of(const Schema& declared, const Schema& found);

// Whether two forms differ in more than annotations and symbolic sizes.
bool is_same_form(const Schema& one, const Schema& other);

}  // namespace simple_torch::generator
