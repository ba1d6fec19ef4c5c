// The functions of Simple: for each public operator one that stops the program on
// failure, and one, try_…, that returns a Result. Both stand in the file of the
// operator's group.
#include "emit.h"
#include "text.h"

namespace simple_torch::generator {
namespace {

// A default of the schema, written in Simple.
std::string default_of(const OperationArgument& argument, const std::string& where) {
  const std::string& type = argument.type->schema;
  const std::string& value = argument.schema.default_value;
  if (value == "None") return "nil";
  if (value == "True") return "true";
  if (value == "False") return "false";
  if (type == "str" || type == "str?") {
    return '"' + std::string(value.substr(1, value.size() - 2)) + '"';
  }
  if (type == "int" && (value == "Mean" || value == "Sum")) {
    // The reduction of losses: at::Reduction.
    return value == "Mean" ? "1" : "2";
  }
  if (type == "ScalarType" || type == "ScalarType?") {
    if (value == "long") return "int64";
  } else if (type == "MemoryFormat" || type == "MemoryFormat?") {
    if (value == "contiguous_format") return value;
  } else if (starts_with(type, "int[]") || starts_with(type, "float[]")) {
    if (starts_with(value, "[")) {
      return replace_all(replace_all(value, ",", ", "), ",  ", ", ");
    }
    // One number stands for a list of the length that is meant.
    std::vector<std::string> all(static_cast<size_t>(std::max(argument.schema.length, 1)),
                                 value);
    return '[' + joined(all, ", ") + ']';
  } else if (starts_with(type, "bool[")) {
    if (starts_with(value, "[")) {
      return replace_all(
          replace_all(replace_all(value, "True", "true"), "False", "false"), ",", ", ");
    }
  } else if (value.find_first_not_of("0123456789.e-") == std::string::npos) {
    // A float's digit after the point is needed.
    if (type == "float" || type == "float?") {
      const bool is_float = value.find_first_of(".e") != std::string::npos;
      return is_float ? (value.back() == '.' ? value + '0' : value) : value + ".0";
    }
    return value;
  } else if (value == "inf") {
    return "infinity";
  }
  throw Error(cat(where, ": no way to write the default '", value, "' of '",
                  argument.schema.name, "' of type ", type, " in Simple"));
}

// What a function gives: the written arguments if it has no other result.
struct Outcome {
  std::string type;
  // The value, made from `raw`; several results are a labelled tuple.
  std::string value;
};

std::string raised(const OperationResult& result, const std::string& raw) {
  return replace_all(result.type->raised, "$", raw);
}

Outcome outcome_of(const Operation& operation) {
  std::vector<std::string> types;
  std::vector<std::string> values;
  const auto outs = operation.outs();
  const OperationResult* const returned = operation.returned();
  const bool is_tuple = !outs.empty();
  std::vector<std::string> names;
  if (returned != nullptr) {
    types.push_back(returned->type->simple);
    names.push_back(returned->name);
    values.push_back(raised(*returned, is_tuple ? "raw.0" : "raw"));
  }
  for (size_t i = 0; i < outs.size(); ++i) {
    types.push_back(outs[i]->type->simple);
    names.push_back(outs[i]->name);
    values.push_back(raised(*outs[i], cat("raw.", i + 1)));
  }
  if (types.empty()) {
    for (const OperationArgument& argument : operation.arguments) {
      if (!argument.schema.is_written) continue;
      types.push_back(argument.type->simple);
      values.push_back(argument.simple_name);
      names.push_back(argument.simple_name);
    }
    if (types.empty()) return {"nil", "nil"};
  }
  if (types.size() == 1) return {types.front(), values.front()};
  for (size_t i = 0; i < values.size(); ++i) values[i] = names[i] + ": " + values[i];
  return {'(' + joined(types, ", ") + ')', '(' + joined(values, ", ") + ')'};
}

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

std::string function_head(const std::string& name, const std::vector<std::string>& list,
                          const std::string& result) {
  const std::string head = "fn " + name + '(';
  const std::string tail = ") -> " + result + ":\n";
  const std::string all = joined(list, ", ");
  if (head.size() + all.size() + tail.size() <= 90) return head + all + tail;
  return head + '\n' + wrapped_list(list, "        ", 88) + tail;
}

std::string call_of(const std::string& name, const std::vector<std::string>& values,
                    const std::string& before) {
  const std::string all = joined(values, ", ");
  if (before.size() + name.size() + all.size() + 2 <= 90) {
    return cat(before, name, '(', all, ")\n");
  }
  return cat(before, name, "(\n", wrapped_list(values, "        ", 88), ")\n");
}

// What a failure is told of: the operator, and its tensors with their names.
std::vector<std::string> failure_of(const Operation& operation) {
  std::vector<std::string> values = {cat('"', operation.simple_name, '"')};
  std::vector<std::string> tensors;
  for (const OperationArgument& argument : operation.arguments) {
    if (argument.type->simple.find("Tensor") == std::string::npos) continue;
    tensors.push_back(cat('"', argument.simple_name, "\", ", argument.simple_name));
  }
  if (!tensors.empty()) values.push_back('[' + joined(tensors, ", ") + ']');
  return values;
}

std::string functions(const Operation& operation) {
  const Outcome outcome = outcome_of(operation);
  const bool returns_handle = operation.returned() != nullptr;
  const bool is_tuple = !operation.outs().empty();
  const std::string status = is_tuple ? "raw.0" : "raw";
  const std::string failed = returns_handle ? status + " == nil" : status + " < 0";

  std::vector<std::string> lowered;
  std::vector<std::string> names;
  for (const OperationArgument& argument : operation.arguments) {
    names.push_back(argument.simple_name);
    for (const std::string& value : argument.type->lowered) {
      lowered.push_back(replace_all(value, "$", argument.simple_name));
    }
  }
  const std::vector<std::string> parameters = parameters_of(operation);
  const std::string& name = operation.simple_name;

  const std::string external = "rt_" + operation.c_name.substr(7);
  std::string text = "\n";
  for (const std::string& line : wrapped("aten::" + operation.declaration.schema, 86)) {
    text += "## " + line + '\n';
  }
  if (!operation.deprecation.empty()) {
    text += "## Deprecated: " + operation.deprecation + '\n';
  }
  text += function_head(name, parameters, outcome.type);
  text += call_of(external, lowered, "    val raw = ");
  const std::vector<std::string> failure = failure_of(operation);
  text += call_of("fail", failure, cat("    if ", failed, ": "));
  text += cat("    ", outcome.value, "\n\n");

  text += cat("## ", name, "(), with a failure as Err.\n");
  text += function_head("try_" + name, parameters,
                        "Result<" + outcome.type + ", TorchError>");
  text += call_of(external, lowered, "    val raw = ");
  text += call_of("error_of", failure, cat("    if ", failed, ": return Err("));
  text.insert(text.size() - 1, ")");
  text += cat("    Ok(", outcome.value, ")\n");
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
