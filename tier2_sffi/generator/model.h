// All that is known of libtorch's operators, and the names we give them: headers and
// rules in, pure data out. The emitters only write it down.
#pragma once

#include <string>
#include <vector>

#include "agreement.h"
#include "headers.h"
#include "rules.h"
#include "schema.h"
#include "types.h"

namespace simple_torch::generator {

struct OperationArgument {
  Argument schema;
  const ArgumentType* type = nullptr;
  // In Simple, whose reserved words cannot be names.
  std::string simple_name;
};

// What libtorch's own function is given for one of its arguments.
struct PassedArgument {
  Argument schema;
  const ArgumentType* type = nullptr;
  // Its C++ type, and the function that makes it.
  std::string cpp_type;
  std::string reader;
};

struct OperationResult {
  Argument schema;
  const ResultType* type = nullptr;
  // "values", or "result1" where the schema has no name.
  std::string name;
  // Written arguments come back as results in libtorch; here they do not.
  bool is_dropped = false;
};

struct Operation {
  // As this libtorch has it.
  Declaration declaration;
  Schema own_schema;
  // As it is exported and declared: that of the default libtorch, if that has it.
  std::string schema_text;
  Schema schema;
  std::vector<OperationArgument> arguments;
  std::vector<OperationResult> results;
  // This libtorch's own arguments, and which of the exported ones they are given.
  std::vector<PassedArgument> passed;
  Agreement agreement;

  // "aten::add.Tensor"
  std::string full_name;
  // "simple_torch_op_add_tensor"
  std::string c_name;
  // Of Tier 3; "" for internal operators, which have no function there.
  std::string simple_name;
  std::string group;
  std::string exclusion;
  std::string deprecation;

  bool is_inplace = false;
  bool is_out = false;
  bool is_view = false;
  bool is_factory = false;
  bool is_random = false;
  bool is_backward = false;
  bool is_internal = false;
  bool is_composite = false;
  // Writes to an argument: in place, out, or otherwise.
  bool is_mutating = false;
  // May be called below autograd where nothing is differentiated.
  bool can_skip_autograd = false;
  // The function that says whether its operands are small, so that it is called on one
  // thread; "" if that does not matter.
  std::string small_work;
  // Index in `passed` of the one that may be a wrapped number, and the operator that
  // takes it as a tensor; -1 and "" if there is none.
  int number_argument = -1;
  std::string number_struct;

  bool is_excluded() const { return !exclusion.empty(); }
  // Whether this libtorch has it in another form than the exported one.
  bool has_other_form() const { return !is_same_form(schema, own_schema); }
  // The first result if it is the C function's own, else nullptr.
  const OperationResult* returned() const;
  // The results that go to out parameters.
  std::vector<const OperationResult*> outs() const;
};

// "inplace", "view", …: what applies to an operator, in a fixed order.
std::vector<std::string> classes_of(const Operation& operation);

struct CFunctionParameter {
  std::string type;
  std::string name;
};

// The parameters of an operator's C function, in order.
std::vector<CFunctionParameter> c_parameters(const Operation& operation);
std::string c_result(const Operation& operation);

struct Model {
  Version version;
  std::vector<Operation> operations;
  // Groups in the order of the rules: name and title.
  std::vector<std::pair<std::string, std::string>> groups;
};

// What is declared for the default libtorch is exported in that form. Fails with Error
// where a type has no rule, two names collide, or a rule matches nothing.
Model make_model(std::vector<Declaration> declarations, const Rules& rules,
                 const Version& version, const Declared& declared = {});

}  // namespace simple_torch::generator
