#include "simple_text.h"

#include <algorithm>

#include "text.h"

namespace simple_torch::generator {
namespace {

std::string raised(const OperationResult& result, const std::string& raw) {
  return replace_all(result.type->raised, "$", raw);
}

}  // namespace

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
      values.push_back('$' + argument.simple_name);
      names.push_back(argument.simple_name);
    }
    if (types.empty()) return {"nil", "nil"};
  }
  if (types.size() == 1) return {types.front(), values.front()};
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] = names[i] + ": " + values[i];
    types[i] = names[i] + ": " + types[i];
  }
  return {'(' + joined(types, ", ") + ')', '(' + joined(values, ", ") + ')'};
}

std::string function_head(const std::string& indent, const std::string& name,
                          const std::vector<std::string>& list,
                          const std::string& result) {
  const std::string head = indent + "fn " + name + '(';
  const std::string tail = ") -> " + result + ":\n";
  const std::string all = joined(list, ", ");
  if (head.size() + all.size() + tail.size() <= 90) return head + all + tail;
  const std::string below = wrapped_list(list, indent + "        ", 88);
  const size_t last = below.size() - (below.rfind('\n') + 1);
  const std::string before_tail = last + tail.size() <= 98 ? "" : '\n' + indent + "    ";
  return head + '\n' + below + before_tail + tail;
}

std::string call_of(const std::string& name, const std::vector<std::string>& values,
                    const std::string& before) {
  const std::string all = joined(values, ", ");
  if (before.size() + name.size() + all.size() + 2 <= 90) {
    return cat(before, name, '(', all, ")\n");
  }
  const size_t blanks = std::min(before.find_first_not_of(' '), before.size());
  const std::string indent(blanks + 4, ' ');
  return cat(before, name, "(\n", wrapped_list(values, indent, 88), ")\n");
}

std::string failure_line(const Operation& operation, const std::string& name,
                         const std::vector<std::string>& values,
                         const std::string& indent, bool is_try) {
  std::vector<std::string> tensors;
  for (size_t i = 0; i < values.size(); ++i) {
    const OperationArgument& argument = operation.arguments[i];
    if (!starts_with(argument.type->schema, "Tensor") || values[i] == "nil") continue;
    tensors.push_back(cat('"', argument.simple_name, "\", ", values[i]));
  }
  std::vector<std::string> list = {cat('"', name, '"')};
  if (!tensors.empty()) list.push_back('[' + joined(tensors, ", ") + ']');
  const std::string status = operation.outs().empty() ? "raw" : "raw.0";
  const std::string test = operation.returned() != nullptr ? " == nil" : " < 0";
  const std::string head = cat(indent, "if ", status, test, ": ");
  if (!is_try) return call_of("fail", list, head);
  std::string text = call_of("error_of", list, head + "return Err(");
  text.insert(text.size() - 1, ")");
  return text;
}

std::string extern_name(const Operation& operation) {
  return "rt_" + operation.c_name.substr(7);
}

std::string schema_comment(const Operation& operation, const std::string& indent) {
  std::string text;
  const size_t width = 86 - indent.size();
  for (const std::string& line : wrapped("aten::" + operation.schema_text, width)) {
    text += cat(indent, "## ", line, '\n');
  }
  if (!operation.deprecation.empty()) {
    text += cat(indent, "## Deprecated: ", operation.deprecation, '\n');
  }
  return text;
}

}  // namespace simple_torch::generator
