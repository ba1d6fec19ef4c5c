// The C++ functions. What they do is in tier1_ffi/src/operators; here each becomes one
// list of readers and one call.
#include <algorithm>
#include <set>

#include "c_default.h"
#include "emit.h"
#include "text.h"

namespace simple_torch::generator {
namespace {

// The C++ variable of an argument that has a reader.
std::string variable(const PassedArgument& argument) {
  return argument.schema.name + "_in";
}

std::string quoted(const std::string& text) {
  return '"' + replace_all(text, "\"", "\\\"") + '"';
}

// A line that reads an argument, if it has a reader, and the expression that is passed.
struct Passed {
  std::string reading;
  std::string value;
};

Passed pass(const Operation& operation, size_t index) {
  const PassedArgument& argument = operation.passed[index];
  const int source = operation.agreement.sources[index];
  std::string name = argument.schema.name;
  CDefault given;
  if (source == Agreement::kDefault) {
    given = c_default(*argument.type, argument.schema);
  } else {
    name = operation.arguments[static_cast<size_t>(source)].schema.name;
    std::vector<std::string> parts;
    for (const CParameter& part : argument.type->c) parts.push_back(name + part.suffix);
    given.values = joined(parts, ", ");
  }
  if (argument.reader.empty()) return {"", given.values};
  const std::string read = variable(argument);
  return {cat(given.prelude, "    const auto ", read, " = in::", argument.reader, '(',
              given.values, ", ", quoted(name), ");\n"),
          argument.reader == "tensor" ? '*' + read : read};
}

// What this libtorch has not may only be left at its default.
std::string checks_of_missing(const Operation& operation) {
  std::string text;
  for (const int index : operation.agreement.missing) {
    const OperationArgument& argument = operation.arguments[static_cast<size_t>(index)];
    text +=
        cat("    in::require_default(", c_default(*argument.type, argument.schema).test,
            ", ", quoted(argument.schema.name), ", ",
            quoted(argument.schema.default_value), ");\n");
  }
  return text;
}

std::string call_of(const std::string& struct_name,
                    const std::vector<std::string>& values) {
  return cat("at::_ops::", struct_name, "::call(", joined(values, ", "), ")");
}

std::string head_of(const Operation& operation, bool has_names) {
  std::vector<std::string> parameters;
  for (const CFunctionParameter& parameter : c_parameters(operation)) {
    parameters.push_back(has_names ? parameter.type + ' ' + parameter.name
                                   : parameter.type);
  }
  if (parameters.empty()) parameters.push_back("void");
  return cat("// ", operation.full_name, "\n", c_result(operation), ' ', operation.c_name,
             '(', joined(parameters, ", "), ") {\n");
}

// Of an operator that cannot be called with what is declared.
std::string refusing_function(const Operation& operation) {
  const char* const result =
      operation.returned() != nullptr ? "[]() -> OwnedHandle" : "[]";
  return cat(head_of(operation, false), "  return guarded(", result,
             " { in::refuse_form(", quoted(operation.agreement.refused_argument), ", ",
             quoted(operation.agreement.refusal), "); });\n}\n");
}

std::string function(const Operation& operation) {
  if (!operation.agreement.refusal.empty()) return refusing_function(operation);
  std::string text = head_of(operation, true) + "  return guarded([&] {\n" +
                     checks_of_missing(operation);
  std::vector<std::string> values;
  std::vector<std::string> tensors;
  for (size_t i = 0; i < operation.passed.size(); ++i) {
    const Passed passed = pass(operation, i);
    text += passed.reading;
    values.push_back(passed.value);
    if (starts_with(operation.passed[i].schema.type, "Tensor")) {
      tensors.push_back(values.back());
    }
  }

  std::string give_start;
  std::string give_end;
  const auto outs = operation.outs();
  if (operation.returned() != nullptr || !outs.empty()) {
    give_start = operation.returned() != nullptr ? "return out::give(" : "out::give(";
    for (const OperationResult* result : outs) {
      for (const CParameter& part : result->type->out) {
        give_end += ", out_" + result->name + part.suffix;
      }
    }
    give_end += ')';
  }

  if (!operation.small_work.empty()) {
    text += cat("    const OneThread alone(", operation.small_work, "(",
                joined(tensors, ", "), "));\n");
  }
  if (operation.number_argument >= 0) {
    // With a tensor in the number's place, if that is the same.
    const PassedArgument& number =
        operation.passed[static_cast<size_t>(operation.number_argument)];
    std::vector<std::string> replaced = values;
    replaced[static_cast<size_t>(operation.number_argument)] = "*wrapped";
    text += cat("    const AsTensor wrapped(", variable(number), ", *self_in);\n",
                "    if (wrapped) {\n");
    if (!operation.is_mutating) text += "      const BelowAutograd below(*self_in);\n";
    text += cat("      ", give_start, call_of(operation.number_struct, replaced),
                give_end, ";\n");
    if (operation.returned() == nullptr) text += "      return;\n";
    text += "    }\n";
  } else if (operation.can_skip_autograd) {
    text += cat("    const BelowAutograd below(", joined(tensors, ", "), ");\n");
  }
  text += cat("    ", give_start, call_of(operation.declaration.struct_name, values),
              give_end, ";\n  });\n}\n");
  return text;
}

}  // namespace

void emit_cpp(const Model& model, const std::filesystem::path& folder, int units) {
  std::vector<const Operation*> operations;
  for (const Operation& operation : model.operations) {
    if (!operation.is_excluded()) operations.push_back(&operation);
  }
  const size_t per_unit =
      (operations.size() + static_cast<size_t>(units) - 1) / static_cast<size_t>(units);
  for (size_t unit = 0; unit < static_cast<size_t>(units); ++unit) {
    const size_t start = std::min(unit * per_unit, operations.size());
    const size_t end = std::min(start + per_unit, operations.size());
    std::set<std::string> headers;
    std::string functions;
    for (size_t i = start; i < end; ++i) {
      headers.insert(operations[i]->declaration.header);
      // The operator that a number rule calls is in a header of its own name.
      functions += '\n' + function(*operations[i]);
      if (!operations[i]->number_struct.empty()) {
        for (const Operation& other : model.operations) {
          if (other.declaration.struct_name == operations[i]->number_struct) {
            headers.insert(other.declaration.header);
          }
        }
      }
    }
    std::string text =
        cat("// Made by tier2_sffi/generator from the headers of libtorch ",
            model.version.text(),
            ". Not to be edited.\n\n#include \"simple_torch/ops.h\"\n\n",
            // It brings the types that the declarations of operators name.
            "#include \"operators/generated.h\"\n\n");
    for (const std::string& header : headers) {
      text += cat("#include <ATen/ops/", header, ">\n");
    }
    text += cat("\nusing namespace simple_torch;\n", functions);
    write_if_changed(folder / cat("ops_", unit + 1, ".cpp"), text);
  }
}

}  // namespace simple_torch::generator
