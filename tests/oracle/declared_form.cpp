#include "declared_form.h"

#include <torch/csrc/jit/frontend/function_schema_parser.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>

#include "c_call.h"
#include "inputs.h"

namespace simple_torch::oracle {
namespace {

using c10::TypeKind;

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

// The schemas in comments of the declarations for Simple, by "aten::add.Tensor". A
// comment ends at the line that declares the function.
std::map<std::string, std::string> read_schemas() {
  std::map<std::string, std::string> schemas;
  for (const auto& file : std::filesystem::directory_iterator(SIMPLE_TORCH_DECLARED)) {
    std::ifstream stream(file.path());
    std::string comment;
    for (std::string line; std::getline(stream, line);) {
      if (line.rfind("## ", 0) == 0) {
        comment += (comment.empty() ? "" : " ") + line.substr(3);
        continue;
      }
      if (comment.rfind("aten::", 0) == 0) {
        schemas[comment.substr(0, comment.find('('))] = comment;
      }
      comment.clear();
    }
  }
  if (schemas.empty()) throw std::runtime_error("no schema in " SIMPLE_TORCH_DECLARED);
  return schemas;
}

c10::FunctionSchema declared(const c10::FunctionSchema& found) {
  static const std::map<std::string, std::string> schemas = read_schemas();
  const auto schema = schemas.find(full_name(found));
  if (schema == schemas.end()) return found;
  // Some libtorch know this kind of integer by no name of its own.
  return torch::jit::parseSchema(replaced(schema->second, "DeviceIndex ", "int "));
}

// Without "?", and whether a size may be symbolic: neither changes what C gives.
std::string plain_type(const c10::Argument& argument) {
  return replaced(bare(argument.real_type())->str(), "SymInt", "int");
}

// C gives the kind along with it.
bool has_kind(const c10::Argument& argument) {
  switch (bare(argument.real_type())->kind()) {
    case TypeKind::NumberType:
      return true;
    case TypeKind::IntType:
    case TypeKind::SymIntType:
    case TypeKind::FloatType:
    case TypeKind::BoolType:
      return argument.type()->kind() == TypeKind::OptionalType;
    default:
      return false;
  }
}

bool fit(const c10::Argument& one, const c10::Argument& other) {
  if (has_kind(one) || has_kind(other)) return has_kind(one) && has_kind(other);
  return plain_type(one) == plain_type(other);
}

bool is_same_result(const c10::Argument& one, const c10::Argument& other) {
  const auto is_written = [](const c10::Argument& result) {
    return result.alias_info() != nullptr && result.alias_info()->isWrite();
  };
  return plain_type(one) == plain_type(other) && is_written(one) == is_written(other);
}

std::optional<size_t> place_of(const std::string& name,
                               const std::vector<c10::Argument>& arguments) {
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i].name() == name) return i;
  }
  return std::nullopt;
}

}  // namespace

DeclaredForm::DeclaredForm(const c10::FunctionSchema& found)
    : found_(found), declared_(declared(found)), is_taken_(found.arguments().size()) {
  const std::vector<c10::Argument>& ours = declared_.arguments();
  const std::vector<c10::Argument>& theirs = found_.arguments();
  for (size_t i = 0; i < ours.size(); ++i) {
    std::optional<size_t> source = place_of(ours[i].name(), theirs);
    // Under another name.
    if (!source && i < theirs.size() && !place_of(theirs[i].name(), ours) &&
        !ours[i].default_value() && !theirs[i].default_value()) {
      source = i;
    }
    if (source && !fit(ours[i], theirs[*source])) source.reset();
    if (source) is_taken_[*source] = true;
    if (!source && !ours[i].default_value()) obstacle_ = "has no such " + ours[i].name();
    sources_.push_back(source);
  }
  for (size_t i = 0; i < theirs.size(); ++i) {
    if (!is_taken_[i] && !theirs[i].default_value()) {
      obstacle_ = "needs another " + theirs[i].name();
    }
  }
  if (!std::equal(declared_.returns().begin(), declared_.returns().end(),
                  found_.returns().begin(), found_.returns().end(), is_same_result)) {
    obstacle_ = "has other results";
  }
}

void DeclaredForm::leave_out_others(std::vector<c10::IValue>& found_arguments) const {
  for (size_t i = 0; i < found_arguments.size(); ++i) {
    if (!is_taken_[i]) found_arguments[i] = *found_.arguments()[i].default_value();
  }
}

std::vector<c10::IValue> DeclaredForm::arguments(
    const std::vector<c10::IValue>& found_arguments) const {
  std::vector<c10::IValue> values;
  for (size_t i = 0; i < sources_.size(); ++i) {
    values.push_back(sources_[i] ? found_arguments[*sources_[i]]
                                 : *declared_.arguments()[i].default_value());
  }
  return values;
}

}  // namespace simple_torch::oracle
