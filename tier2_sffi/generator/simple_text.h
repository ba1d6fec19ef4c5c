// How parts of operators are written in Simple, for all that emits functions.
#pragma once

#include <string>
#include <vector>

#include "model.h"

namespace simple_torch::generator {

// An argument's default, which it has, as Simple writes it; `where` begins the message of
// an Error.
std::string default_of(const OperationArgument& argument, const std::string& where);

// What a function gives: the written arguments if it has no other result.
struct Outcome {
  std::string type;
  // The value, made from `raw`; several results are a labelled tuple. A written argument
  // is called by its name, with `$` before it.
  std::string value;
};
Outcome outcome_of(const Operation& operation);

// "if raw == nil: fail("add", ["input", input, "other", other])", or the same with
// "return Err(error_of(…))". The values are those of the operator's arguments in Simple.
std::string failure_line(const Operation& operation, const std::string& name,
                         const std::vector<std::string>& values,
                         const std::string& indent, bool is_try);

// The extern function of Simple.
std::string extern_name(const Operation& operation);

// The schema as a comment.
std::string schema_comment(const Operation& operation, const std::string& indent);

// "fn name(…) -> result:", in one line if it fits.
std::string function_head(const std::string& indent, const std::string& name,
                          const std::vector<std::string>& list,
                          const std::string& result);

// "before name(values)", in one line if it fits.
std::string call_of(const std::string& name, const std::vector<std::string>& values,
                    const std::string& before);

}  // namespace simple_torch::generator
