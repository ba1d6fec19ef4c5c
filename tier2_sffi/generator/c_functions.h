// The functions that our own public headers declare.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "rules.h"

namespace simple_torch::generator {

struct CFunction {
  std::string header;
  std::string name;
  std::string result;
  struct Parameter {
    std::string type;
    std::string name;
  };
  std::vector<Parameter> parameters;
  // The first paragraph of its comment.
  std::string summary;
  // How it is declared in Simple, without "extern fn"; "" if it is for C alone, and why.
  std::string simple;
  std::string c_only;
};

// All functions, by header and in the order of the headers. Fails with Error where a
// parameter has a type that Simple does not have and no rule says what to do.
std::vector<CFunction> read_c_functions(const std::filesystem::path& folder,
                                        const Rules& rules);

}  // namespace simple_torch::generator
