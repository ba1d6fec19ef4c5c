// operators.json: one object for each operator. tier2_sffi/README.md describes it.
#include "emit.h"
#include "text.h"

namespace simple_torch::generator {
namespace {

std::string json(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    if (static_cast<unsigned char>(c) < 0x20) {
      throw Error(cat("a control character in: ", text));
    }
    result += c;
  }
  return result + '"';
}

std::string json(const std::vector<std::string>& texts) {
  std::vector<std::string> parts;
  for (const std::string& each : texts) parts.push_back(json(each));
  return '[' + joined(parts, ",") + ']';
}

const char* truth(bool value) { return value ? "true" : "false"; }

std::string argument_object(const PassedArgument& argument) {
  const Argument& schema = argument.schema;
  std::string text =
      cat("{\"name\":", json(schema.name), ",\"type\":", json(schema.written_type),
          ",\"cpp_type\":", json(argument.cpp_type));
  if (schema.has_default) text += ",\"default\":" + json(schema.default_value);
  if (schema.keyword_only) text += ",\"keyword_only\":true";
  if (!schema.alias.empty()) text += ",\"alias\":" + json(schema.alias);
  if (schema.is_written) text += ",\"written\":true";
  return text + '}';
}

std::string result_object(const Argument& result) {
  std::string text =
      cat("{\"name\":", json(result.name), ",\"type\":", json(result.written_type));
  if (!result.alias.empty()) text += ",\"alias\":" + json(result.alias);
  if (result.is_written) text += ",\"dropped\":true";
  return text + '}';
}

std::string operation_object(const Operation& operation) {
  std::vector<std::string> arguments;
  for (const PassedArgument& each : operation.passed) {
    arguments.push_back(argument_object(each));
  }
  std::vector<std::string> results;
  for (const Argument& each : operation.own_schema.results) {
    results.push_back(result_object(each));
  }
  std::vector<std::string> parameters;
  for (const CFunctionParameter& each : c_parameters(operation)) {
    parameters.push_back(
        cat("{\"type\":", json(each.type), ",\"name\":", json(each.name), '}'));
  }
  std::string text =
      cat("{\"name\":", json(operation.declaration.name),
          ",\"overload\":", json(operation.declaration.overload),
          ",\"schema\":", json(operation.declaration.schema), ",\n  \"arguments\":[",
          joined(arguments, ",\n    "), "],\n  \"results\":[", joined(results, ","),
          "],\n  \"classes\":", json(classes_of(operation)),
          ",\"backends\":", json(operation.declaration.backends),
          ",\"function\":", truth(operation.declaration.is_function),
          ",\"method\":", truth(operation.declaration.is_method),
          ",\"group\":", json(operation.group));
  if (!operation.deprecation.empty()) {
    text += ",\"deprecated\":" + json(operation.deprecation);
  }
  if (operation.is_excluded()) {
    text += ",\"excluded\":" + json(operation.exclusion);
  } else {
    text += cat(",\n  \"symbol\":", json(operation.c_name),
                ",\"returns\":", json(c_result(operation)), ",\"parameters\":[",
                joined(parameters, ","), ']');
    if (operation.has_other_form()) text += ",\"form\":" + json(operation.schema_text);
    if (!operation.agreement.refusal.empty()) text += ",\"refused\":true";
  }
  if (!operation.simple_name.empty()) {
    text += ",\"simple\":" + json(operation.simple_name);
  }
  return text + '}';
}

}  // namespace

void emit_manifest(const Model& model, const std::filesystem::path& file) {
  std::vector<std::string> operations;
  for (const Operation& operation : model.operations) {
    operations.push_back(operation_object(operation));
  }
  write_if_changed(file, cat("{\"format\":1,\"libtorch\":", json(model.version.text()),
                             ",\"operators\":[\n", joined(operations, ",\n"), "\n]}\n"));
}

}  // namespace simple_torch::generator
