// The functions of Simple: for each public operator one that stops the program on
// failure, and one, try_…, that returns a Result. Both stand in the file of the
// operator's group.
#include "emit.h"
#include "simple_text.h"
#include "text.h"

namespace simple_torch::generator {
namespace {

std::vector<std::string> parameters_of(const Operation& operation) {
  std::vector<std::string> parameters;
  // One without default cannot follow one with, in the order of the call.
  bool after_default = false;
  for (const OperationArgument& argument : operation.arguments) {
    std::string parameter = argument.simple_name + ": " + argument.type->simple;
    if (argument.schema.has_default) {
      parameter += " = " + default_of(argument, operation.full_name);
      after_default = true;
    } else if (after_default && ends_with(argument.type->simple, "?")) {
      parameter += " = nil";
    }
    parameters.push_back(std::move(parameter));
  }
  return parameters;
}

std::string functions(const Operation& operation) {
  const Outcome outcome = outcome_of(operation);
  const std::string value = replace_all(outcome.value, "$", "");
  std::vector<std::string> lowered;
  std::vector<std::string> names;
  for (const OperationArgument& argument : operation.arguments) {
    names.push_back(argument.simple_name);
    for (const std::string& each : argument.type->lowered) {
      lowered.push_back(replace_all(each, "$", argument.simple_name));
    }
  }
  const std::vector<std::string> parameters = parameters_of(operation);
  const std::string& name = operation.simple_name;
  const std::string external = extern_name(operation);

  std::string text = '\n' + schema_comment(operation, "");
  text += function_head("", name, parameters, outcome.type);
  text += call_of(external, lowered, "    val raw = ");
  text += failure_line(operation, name, names, "    ", false);
  text += cat("    ", value, "\n\n");

  text += cat("## ", name, "(), with a failure as Err.\n");
  text += function_head("", "try_" + name, parameters,
                        "Result<" + outcome.type + ", TorchError>");
  text += call_of(external, lowered, "    val raw = ");
  text += failure_line(operation, name, names, "    ", true);
  text += cat("    Ok(", value, ")\n");
  return text;
}

}  // namespace

void emit_api(const Model& model, const std::filesystem::path& folder) {
  for (const auto& [group, title] : model.groups) {
    std::string text = cat("# ", title, ": functions for the operators of libtorch ",
                           model.version.text(),
                           ".\n# Made by tier2_sffi/generator from libtorch's headers. "
                           "Not to be edited.\n\n",
                           "use lib.torch.ffi.{Tensor, Generator, Storage, Stream}\n",
                           "use lib.torch.ffi_", group, ".*\nuse lib.torch.support.*\n");
    bool is_empty = true;
    for (const Operation& operation : model.operations) {
      if (operation.group != group || operation.is_excluded() ||
          operation.simple_name.empty()) {
        continue;
      }
      text += functions(operation);
      is_empty = false;
    }
    if (!is_empty) write_if_changed(folder / cat("ops_", group, ".spl"), text);
  }
}

}  // namespace simple_torch::generator
