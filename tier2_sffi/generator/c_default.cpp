#include "c_default.h"

#include <algorithm>
#include <vector>

#include "text.h"

namespace simple_torch::generator {
namespace {

// Defaults that have names, as the numbers that they are.
constexpr std::pair<const char*, const char*> kNamed[] = {
    {"True", "1"}, {"False", "0"}, {"Mean", "1"},
    {"Sum", "2"},  {"long", "4"},  {"contiguous_format", "0"}};

std::string number_of(const std::string& value) {
  for (const auto& [name, number] : kNamed) {
    if (value == name) return number;
  }
  if (value.empty() || value.find_first_not_of("0123456789.e+-") != std::string::npos) {
    throw Error(cat("no way to write the default '", value, "' in C"));
  }
  return value;
}

// "'a'" and "\"a\"" as C writes them.
std::string text_literal(const std::string& value) {
  std::string inside = value.substr(1, value.size() - 2);
  if (value.front() == '\'') inside = replace_all(std::move(inside), "\"", "\\\"");
  return '"' + inside + '"';
}

CDefault plain(const std::string& name, const std::string& value) {
  return {"", value, cat(name, " == ", value)};
}

CDefault number_with(const std::string& name, const std::string& values) {
  return {"", values, cat("in::is(", name, "_bits, ", name, "_kind, ", values, ')')};
}

CDefault none(const ArgumentType& type, const std::string& name) {
  const std::string& last = type.c.back().suffix;
  if (last == "_kind") return number_with(name, "SIMPLE_TORCH_NONE");
  if (last == "_count") {
    return {"", "nullptr, -1", cat("in::is_none(", name, ", ", name, "_count)")};
  }
  if (type.c.back().type == "const char*") return plain(name, "nullptr");
  return plain(name,
               starts_with(type.schema, "Tensor") || starts_with(type.schema, "Generator")
                   ? "0"
                   : "-1");
}

CDefault number(const std::string& value, const std::string& name,
                const std::string& schema) {
  const bool is_bool = value == "True" || value == "False";
  const bool is_float = value.find_first_of(".e") != std::string::npos;
  const std::string kind = is_bool || schema == "bool?" ? "BOOL"
                           : is_float                   ? "FLOAT"
                                                        : "INT";
  return number_with(name, cat("SIMPLE_TORCH_", kind, '(', number_of(value), ')'));
}

CDefault list(const ArgumentType& type, const std::string& value, int length,
              const std::string& name) {
  std::vector<std::string> elements;
  if (starts_with(value, "[")) {
    elements = split_outside_brackets(value.substr(1, value.size() - 2), ',');
  } else {
    // One number stands for a list of the length that is meant.
    elements.assign(static_cast<size_t>(std::max(length, 1)), value);
  }
  std::vector<std::string> numbers;
  for (const std::string& element : elements) numbers.push_back(number_of(element));
  const std::string test =
      cat("in::is(", name, ", ", name, "_count, {", joined(numbers, ", "), "})");
  if (elements.empty()) return {"", "nullptr, 0", test};
  const std::string own = name + "_default";
  const std::string element_type =
      replace_all(replace_all(type.c.front().type, "const ", ""), "*", "");
  return {cat("    static constexpr ", element_type, ' ', own, "[] = {",
              joined(numbers, ", "), "};\n"),
          cat(own, ", ", elements.size()), test};
}

}  // namespace

CDefault c_default(const ArgumentType& type, const Argument& argument) {
  const std::string& name = argument.name;
  const std::string& value = argument.default_value;
  const CParameter& last = type.c.back();
  if (value == "None") return none(type, name);
  if (last.suffix == "_kind") return number(value, name, type.schema);
  if (last.suffix == "_count") return list(type, value, argument.length, name);
  if (last.type == "const char*") {
    const std::string text = text_literal(value);
    return {"", text, cat("in::is(", name, ", ", text, ')')};
  }
  return plain(name, number_of(value));
}

}  // namespace simple_torch::generator
