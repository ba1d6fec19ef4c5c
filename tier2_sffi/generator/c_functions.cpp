#include "c_functions.h"

#include <map>

#include "text.h"

namespace simple_torch::generator {
namespace {

constexpr std::string_view kExport = "SIMPLE_TORCH_API ";
constexpr std::string_view kPrefix = "simple_torch_";
constexpr std::string_view kFunctionPointer = "a function pointer";

// The first paragraph of the comment that ends before `at`.
std::string summary_before(std::string_view text, size_t at) {
  const size_t end = text.rfind("*/", at);
  if (end == std::string_view::npos ||
      !trimmed(text.substr(end + 2, at - end - 2)).empty()) {
    return "";
  }
  const size_t start = text.rfind("/**", end);
  std::string summary;
  for (const std::string& line : lines_of(text.substr(start + 3, end - start - 3))) {
    std::string_view content = trimmed(line);
    if (starts_with(content, "*")) content = trimmed(content.substr(1));
    if (content.empty() && !summary.empty()) break;
    if (starts_with(content, "@")) break;
    if (!summary.empty()) summary += ' ';
    summary += content;
  }
  return summary;
}

CFunction parse_function(std::string_view declaration, const std::string& header) {
  // "int64_t simple_torch_x(int64_t a, const char* b)", on one line.
  const std::string text = joined(words_of(declaration), " ");
  const size_t open = text.find('(');
  const std::string head = text.substr(0, open);
  const size_t name = head.find_last_of(" *") + 1;
  CFunction function;
  function.header = header;
  function.name = head.substr(name);
  function.result = trimmed(head.substr(0, name));
  for (const std::string& parameter :
       split_outside_brackets(text.substr(open + 1, text.rfind(')') - open - 1), ',')) {
    if (parameter == "void") continue;
    // The name of a function stands in the middle: "int64_t (*call)(void* context)".
    const size_t star = parameter.find("(*");
    if (star != std::string::npos) {
      const size_t end = parameter.find(')', star);
      function.parameters.push_back(
          {std::string(kFunctionPointer), parameter.substr(star + 2, end - star - 2)});
      continue;
    }
    const size_t last = parameter.find_last_of(" *") + 1;
    function.parameters.push_back(
        {std::string(trimmed(parameter.substr(0, last))), parameter.substr(last)});
  }
  return function;
}

// What a handle's name says of its kind.
std::string kind_of(const std::string& name) {
  static const std::map<std::string, std::string> kinds = {
      {"generator", "Generator"}, {"scope", "Scope"},
      {"handle", "i64"},          {"list", "TensorList"},
      {"operation", "Operation"}, {"storage", "Storage"},
      {"stream", "Stream"},       {"event", "Event"},
      {"graph", "Graph"},         {"value", "Value"},
      {"gradients", "Gradients"}, {"packed", "Packed"},
      {"dlpack", "Dlpack"},       {"optimizer", "NativeOptimizer"},
      {"scalar", "ScalarHandle"}, {"object", "Value"},
      {"module", "RawModule"},    {"script", "RawScript"},
      {"trace", "Trace"},         {"io", "IoStream"},
      {"transfer", "Transfer"},   {"archive", "Archive"},
      {"package", "Package"},     {"workers", "Workers"}};
  const auto kind = kinds.find(name);
  return kind == kinds.end() ? "Tensor" : kind->second;
}

// "x=[f64]" among a rule's words gives [f64].
std::string given(const Rule* rule, const std::string& name) {
  if (rule == nullptr) return "";
  for (const std::string& word : rule->words) {
    if (starts_with(word, name + "=")) return word.substr(name.size() + 1);
  }
  return "";
}

bool is_count(const CFunction::Parameter& parameter) {
  return parameter.type == "int64_t" &&
         (ends_with(parameter.name, "count") || ends_with(parameter.name, "capacity") ||
          starts_with(parameter.name, "max_") || parameter.name == "ndims" ||
          parameter.name == "bytes");
}

// The declaration in Simple. See tier2_sffi/README.md for what the host makes of it.
std::string simple_declaration(const CFunction& function, const Rule* rule) {
  std::vector<std::string> parameters;
  std::string outs;
  const auto& all = function.parameters;
  for (size_t i = 0; i < all.size(); ++i) {
    const auto& [type, name] = all[i];
    const bool has_count = i + 1 < all.size() && is_count(all[i + 1]);
    std::string simple = given(rule, name);
    std::string simple_name = name;
    if (!simple.empty()) {
      // As the rule says. A function of Simple is three parameters in C: itself, its
      // context, and what destroys that. So is an array that C keeps.
      if (type == kFunctionPointer || starts_with(simple, "Kept<")) i += 2;
    } else if (type == "simple_torch_handle") {
      simple = kind_of(name);
    } else if (type == "int64_t" && ends_with(name, "_bits") && i + 1 < all.size() &&
               ends_with(all[i + 1].name, "_kind")) {
      simple = "Scalar";
      simple_name = name.substr(0, name.size() - 5);
      ++i;
    } else if (type == "int64_t") {
      simple = "i64";
    } else if (type == "double") {
      simple = "f64";
    } else if (type == "const char*") {
      simple = "text";
    } else if (type == "const simple_torch_handle*" && has_count) {
      simple = "[i64]";
    } else if ((type == "const int64_t*" || type == "int64_t*") && has_count) {
      simple = "[i64]";
    } else if (type == "char*" && has_count) {
      simple = "[u8]";
    } else if (type == "int64_t*" && (ends_with(name, "_bits") || name == "bits_out")) {
      outs += ", Scalar";
      ++i;
      continue;
    } else if (type == "int64_t*") {
      outs += ", i64";
      continue;
    } else if (type == "double*") {
      outs += ", f64";
      continue;
    } else {
      throw Error(cat(function.header, ": ", function.name, ": the parameter '", name,
                      "' of type '", type,
                      "' has no counterpart in Simple; a line in rules/externs.txt can "
                      "give it one, or leave the function to C"));
    }
    parameters.push_back(simple_name + ": " + simple);
  }
  std::string result = given(rule, "result");
  if (result.empty()) {
    result = function.result == "simple_torch_handle" ? "Tensor"
             : function.result == "const char*"       ? "text"
                                                      : "i64";
  }
  if (!outs.empty()) result = '(' + result + outs + ')';
  return cat("rt_torch_", function.name.substr(kPrefix.size()), '(',
             joined(parameters, ", "), ") -> ", result);
}

}  // namespace

std::vector<CFunction> read_c_functions(const std::filesystem::path& folder,
                                        const Rules& rules) {
  std::vector<CFunction> functions;
  for (const std::filesystem::path& file : files_in(folder, ".h")) {
    const std::string header = file.filename().string();
    const std::string text = read_file(file);
    for (size_t at = 0;
         (at = text.find("\n" + std::string(kExport), at)) != std::string::npos;) {
      const size_t start = at + 1;
      const size_t end = text.find(';', start);
      if (end == std::string::npos)
        throw Error(cat(header, ": a declaration does not end"));
      CFunction function =
          parse_function(std::string_view(text).substr(start + kExport.size(),
                                                       end - start - kExport.size()),
                         header);
      function.summary = summary_before(text, start);
      const Rule* const rule = rule_for(rules.externs, function.name);
      if (rule != nullptr && rule->words[1] == "c-only") {
        function.c_only = rule->rest(2);
      } else {
        function.simple = simple_declaration(function, rule);
      }
      functions.push_back(std::move(function));
      at = end;
    }
  }
  return functions;
}

}  // namespace simple_torch::generator
