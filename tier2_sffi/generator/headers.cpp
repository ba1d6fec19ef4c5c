#include "headers.h"

#include <algorithm>
#include <map>
#include <unordered_set>

#include "text.h"

namespace simple_torch::generator {
namespace {

constexpr std::string_view kStruct = "struct TORCH_API ";

// The text of a C++ string literal that starts at `at`.
std::string string_literal(std::string_view text, size_t at, const std::string& where) {
  std::string value;
  for (++at; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
    if (at < text.size()) value += text[at];
  }
  if (at >= text.size()) throw Error(cat(where, ": a text does not end"));
  return value;
}

// A member that is a text, in one of its two forms:
//   static constexpr const char* name = "aten::add";
//   STATIC_CONSTEXPR_STR_INL_EXCEPT_WIN_CUDA(name, "aten::add")
std::string text_member(std::string_view body, const std::string& member,
                        const std::string& where) {
  for (const std::string& start :
       {"const char* " + member + " = \"", "WIN_CUDA(" + member + ", \""}) {
    const size_t found = body.find(start);
    if (found == std::string_view::npos) continue;
    return string_literal(body, found + start.size() - 1, where);
  }
  throw Error(cat(where, ": there is no '", member, "'"));
}

std::vector<CppParameter> parse_parameters(std::string_view list,
                                           const std::string& where) {
  std::vector<CppParameter> parameters;
  for (const std::string& parameter : split_outside_brackets(list, ',')) {
    const std::string without_default = split_outside_brackets(parameter, '=').front();
    const size_t space = without_default.find_last_of(" &*");
    if (space == std::string::npos || space + 1 == without_default.size()) {
      throw Error(cat(where, ": a parameter without name: ", parameter));
    }
    parameters.push_back({plain_type(without_default.substr(0, space + 1)),
                          without_default.substr(space + 1)});
  }
  return parameters;
}

// The text between the bracket at `open` and the one that closes it.
std::string_view in_brackets(std::string_view text, size_t open,
                             const std::string& where) {
  int depth = 0;
  for (size_t at = open; at < text.size(); ++at) {
    if (text[at] == '(' || text[at] == '{') ++depth;
    if (text[at] == ')' || text[at] == '}') --depth;
    if (depth == 0) return text.substr(open + 1, at - open - 1);
  }
  throw Error(cat(where, ": a bracket is not closed; is the file cut off?"));
}

std::string key_of(std::string_view function,
                   const std::vector<CppParameter>& parameters) {
  std::string key(function);
  for (const CppParameter& parameter : parameters) key += ';' + parameter.type;
  return key;
}

// The functions that a header declares, as keys.
void collect_functions(std::string_view text, const std::string& where,
                       std::unordered_set<std::string>& functions) {
  constexpr std::string_view kExport = "TORCH_API ";
  for (size_t at = 0; (at = text.find(kExport, at)) != std::string_view::npos;) {
    at += kExport.size();
    const size_t open = text.find('(', at);
    if (open == std::string_view::npos) break;
    const std::string_view head = text.substr(at, open - at);
    const size_t name = head.find_last_of(" &") + 1;
    const std::string_view list = in_brackets(text, open, where);
    functions.insert(key_of(head.substr(name), parse_parameters(list, where)));
  }
}

// The structs named after `marker` in a text: "at::_ops::add_Tensor::call(" has
// add_Tensor.
void collect_names(std::string_view text, std::string_view marker,
                   std::unordered_set<std::string>& names) {
  for (size_t at = 0; (at = text.find(marker, at)) != std::string_view::npos;) {
    at += marker.size();
    const size_t end = text.find_first_not_of(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", at);
    names.emplace(text.substr(at, end - at));
  }
}

// How a backend's header calls the function of an operator: "add", "add_outf", and with
// symbolic sizes "add_symint".
bool has_kernel(const Declaration& operation,
                const std::unordered_set<std::string>& functions) {
  std::string name = operation.name.substr(operation.name.find("::") + 2);
  const bool is_out = operation.schema.find("!) out") != std::string::npos ||
                      ends_with(operation.overload, "out");
  for (const char* symbolic : {"", "_symint"}) {
    for (const char* out : {"", "_outf"}) {
      if (is_out == (*out == '\0')) continue;
      if (functions.count(key_of(name + symbolic + out, operation.parameters)) > 0) {
        return true;
      }
    }
  }
  return false;
}

// What in-place, out and plain form of an operator share: name and input types.
std::string family_of(const Declaration& operation) {
  const std::string schema = operation.schema;
  std::string name = operation.name;
  if (ends_with(name, "_") && !ends_with(name, "__")) name.pop_back();
  std::string key = name;
  for (const CppParameter& parameter : operation.parameters) {
    const std::string annotated = "!) " + parameter.name;
    const bool is_written = schema.find(annotated + ",") != std::string::npos ||
                            schema.find(annotated + ")") != std::string::npos;
    if (is_written && parameter.name != "self") continue;
    key +=
        ';' + (parameter.name == "self" ? std::string("const Tensor&") : parameter.type);
  }
  return key;
}

// The headers of one operator name, <name>_… .
struct Family {
  std::vector<size_t> declarations;
  std::set<std::string> structured;
};

}  // namespace

std::string Version::text() const { return cat(major, '.', minor, '.', patch); }

Version read_version(const std::filesystem::path& include) {
  for (const char* file : {"torch/csrc/api/include/torch/version.h", "torch/version.h",
                           "torch/headeronly/version.h"}) {
    if (!std::filesystem::exists(include / file)) continue;
    Version version;
    int found = 0;
    for (const std::string& line : lines_of(read_file(include / file))) {
      const std::vector<std::string> words = words_of(line);
      if (words.size() != 3 || words[0] != "#define") continue;
      for (const auto& [name, part] : std::initializer_list<std::pair<const char*, int*>>{
               {"TORCH_VERSION_MAJOR", &version.major},
               {"TORCH_VERSION_MINOR", &version.minor},
               {"TORCH_VERSION_PATCH", &version.patch}}) {
        if (words[1] == name &&
            words[2].find_first_not_of("0123456789") == std::string::npos) {
          *part = std::stoi(words[2]);
          ++found;
        }
      }
    }
    if (found >= 3) return version;
  }
  throw Error(cat(include.string(), ": no version.h that tells libtorch's version"));
}

std::string plain_type(std::string_view type) {
  std::string plain(trimmed(type));
  for (const char* space : {"::std::", "std::", "c10::", "at::", "::"}) {
    plain = replace_all(std::move(plain), space, "");
  }
  for (const auto& [from, to] :
       std::initializer_list<std::pair<const char*, const char*>>{
           {" &", "&"}, {" *", "*"}, {", ", ","}, {" >", ">"}, {"< ", "<"}}) {
    plain = replace_all(std::move(plain), from, to);
  }
  return plain;
}

std::vector<Declaration> parse_ops_header(std::string_view text,
                                          const std::string& header) {
  std::vector<Declaration> declarations;
  for (size_t at = 0; (at = text.find(kStruct, at)) != std::string_view::npos;) {
    at += kStruct.size();
    const size_t open = text.find('{', at);
    if (open == std::string_view::npos)
      throw Error(cat(header, ": a struct has no body"));
    Declaration declaration;
    declaration.struct_name = trimmed(text.substr(at, open - at));
    declaration.header = header;
    const std::string where = cat(header, ": ", declaration.struct_name);
    const size_t end = text.find("\n};", open);
    if (end == std::string_view::npos) {
      throw Error(cat(where, ": the struct does not end; is the file cut off?"));
    }
    const std::string_view body = text.substr(open, end - open);
    declaration.name = text_member(body, "name", where);
    declaration.overload = text_member(body, "overload_name", where);
    declaration.schema = text_member(body, "schema_str", where);

    const size_t call = body.find(" call(");
    if (call == std::string_view::npos) throw Error(cat(where, ": there is no call()"));
    constexpr std::string_view kStatic = "static ";
    const size_t line = body.rfind(kStatic, call) + kStatic.size();
    declaration.result_type = plain_type(body.substr(line, call - line));
    declaration.parameters = parse_parameters(in_brackets(body, call + 5, where), where);
    declarations.push_back(std::move(declaration));
    at = end;
  }
  if (declarations.empty()) throw Error(cat(header, ": declares no operator"));
  return declarations;
}

std::vector<Declaration> read_declarations(const std::filesystem::path& include) {
  const std::filesystem::path folder = include / "ATen" / "ops";
  std::vector<Declaration> declarations;
  std::map<std::string, Family> families;
  // All names first: add_relu_meta.h could be the file "relu_meta.h" of add.
  const auto files = files_in(folder, ".h");
  for (const std::filesystem::path& file : files) {
    const std::string name = file.filename().string();
    if (!ends_with(name, "_ops.h")) continue;
    Family& family = families[name.substr(0, name.size() - 6)];
    for (Declaration& declaration : parse_ops_header(read_file(file), name)) {
      family.declarations.push_back(declarations.size());
      declarations.push_back(std::move(declaration));
    }
  }
  if (declarations.empty()) throw Error(cat(folder.string(), ": holds no *_ops.h"));

  std::unordered_set<std::string> in_functions;
  std::unordered_set<std::string> in_methods;
  collect_names(read_file(include / "ATen" / "core" / "TensorBody.h"),
                "at::_ops::", in_methods);
  for (const std::filesystem::path& file : files) {
    const std::string name = file.filename().string();
    if (ends_with(name, "_dispatch.h")) {
      // <name>_<backend>_dispatch.h
      const std::string stem = name.substr(0, name.size() - 11);
      const size_t underscore = stem.rfind('_');
      const auto family = families.find(stem.substr(0, underscore));
      if (underscore == std::string::npos || family == families.end()) continue;
      std::unordered_set<std::string> functions;
      collect_functions(read_file(file), name, functions);
      for (const size_t index : family->second.declarations) {
        if (has_kernel(declarations[index], functions)) {
          declarations[index].backends.push_back(stem.substr(underscore + 1));
        }
      }
    } else if (ends_with(name, "_meta.h")) {
      const auto family = families.find(name.substr(0, name.size() - 7));
      if (family == families.end()) continue;
      std::unordered_set<std::string> names;
      collect_names(read_file(file), "struct TORCH_API structured_", names);
      family->second.structured.insert(names.begin(), names.end());
    } else if (families.count(name.substr(0, name.size() - 2)) > 0) {
      collect_names(read_file(file), "at::_ops::", in_functions);
    }
  }

  for (const auto& [name, family] : families) {
    // The struct in <name>_meta.h is named after the plain form; the others share its
    // inputs.
    std::set<std::string> structured;
    for (const size_t index : family.declarations) {
      if (family.structured.count(declarations[index].struct_name) > 0) {
        structured.insert(family_of(declarations[index]));
      }
    }
    for (const size_t index : family.declarations) {
      Declaration& declaration = declarations[index];
      declaration.is_structured = structured.count(family_of(declaration)) > 0;
      declaration.is_function = in_functions.count(declaration.struct_name) > 0;
      declaration.is_method = in_methods.count(declaration.struct_name) > 0;
    }
  }
  std::sort(declarations.begin(), declarations.end(),
            [](const Declaration& left, const Declaration& right) {
              return left.struct_name < right.struct_name;
            });
  return declarations;
}

}  // namespace simple_torch::generator
