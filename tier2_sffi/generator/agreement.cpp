#include "agreement.h"

#include <algorithm>

#include "text.h"
#include "types.h"

namespace simple_torch::generator {
namespace {

std::string concrete(const std::string& type) {
  return replace_all(type == "DeviceIndex" ? "int" : type, "SymInt", "int");
}

bool is_number_of_any_kind(const ArgumentType& type) {
  return type.c.back().suffix == "_kind";
}

// Whether what C gives for one can be read as the other: the same parameters with the
// same meaning. A value that the other cannot have, none or a float, its reader refuses.
bool can_be_read_as(const Argument& declared, const Argument& found) {
  const ArgumentType& from = argument_type(declared.type, declared.name);
  const ArgumentType& to = argument_type(found.type, found.name);
  if (from.c != to.c) return false;
  const auto plain = [](const Argument& argument) {
    return replace_all(concrete(argument.type), "?", "");
  };
  return plain(declared) == plain(found) || is_number_of_any_kind(from);
}

bool has_same_type(const Argument& one, const Argument& other) {
  return concrete(one.type) == concrete(other.type) && one.length == other.length;
}

bool have_same_results(const Schema& declared, const Schema& found) {
  return std::equal(
      declared.results.begin(), declared.results.end(), found.results.begin(),
      found.results.end(), [](const Argument& one, const Argument& other) {
        return has_same_type(one, other) && one.is_written == other.is_written;
      });
}

int named(const std::vector<Argument>& arguments, const std::string& name) {
  const auto found =
      std::find_if(arguments.begin(), arguments.end(),
                   [&](const Argument& argument) { return argument.name == name; });
  return found == arguments.end() ? -1 : static_cast<int>(found - arguments.begin());
}

void refuse(Agreement& agreement, const std::string& argument, std::string why) {
  if (!agreement.refusal.empty()) return;
  agreement.refused_argument = argument;
  agreement.refusal = std::move(why);
}

}  // namespace

Declared read_declared(const std::filesystem::path& folder) {
  constexpr std::string_view kStart = "## aten::";
  Declared declared;
  for (const std::filesystem::path& file : files_in(folder, ".spl")) {
    std::string schema;
    for (const std::string& line : lines_of(read_file(file))) {
      if (starts_with(line, kStart)) {
        schema = line.substr(kStart.size());
      } else if (!schema.empty() && starts_with(line, "## ")) {
        schema += line.substr(2);
      } else if (!schema.empty()) {
        declared.emplace("aten::" + schema.substr(0, schema.find('(')), schema);
        schema.clear();
      }
    }
  }
  if (declared.empty()) throw Error(cat(folder.string(), ": declares no operator"));
  return declared;
}

Agreement agreement_of(const Schema& declared, const Schema& found) {
  Agreement agreement;
  std::vector<bool> is_given(declared.arguments.size(), false);
  for (const Argument& argument : found.arguments) {
    const int source = named(declared.arguments, argument.name);
    const bool fits =
        source >= 0 &&
        can_be_read_as(declared.arguments[static_cast<size_t>(source)], argument);
    agreement.sources.push_back(fits ? source : Agreement::kDefault);
    if (fits) is_given[static_cast<size_t>(source)] = true;
  }
  for (size_t i = 0; i < std::min(found.arguments.size(), is_given.size()); ++i) {
    const Argument& from = declared.arguments[i];
    const Argument& to = found.arguments[i];
    // Under another name. With defaults there would be no need to believe that.
    if (is_given[i] || agreement.sources[i] >= 0 || from.has_default || to.has_default ||
        named(found.arguments, from.name) >= 0 || !can_be_read_as(from, to)) {
      continue;
    }
    agreement.sources[i] = static_cast<int>(i);
    is_given[i] = true;
  }

  for (size_t i = 0; i < is_given.size(); ++i) {
    if (is_given[i]) continue;
    const Argument& argument = declared.arguments[i];
    agreement.missing.push_back(static_cast<int>(i));
    if (argument.has_default) continue;
    refuse(agreement, argument.name,
           named(found.arguments, argument.name) >= 0 ? "is of another type"
                                                      : "is no argument");
  }
  for (size_t i = 0; i < found.arguments.size(); ++i) {
    const Argument& argument = found.arguments[i];
    if (agreement.sources[i] < 0 && !argument.has_default) {
      refuse(agreement, argument.name, "is needed");
    }
  }
  if (!have_same_results(declared, found))
    refuse(agreement, "", "the results are others");
  return agreement;
}

bool is_same_form(const Schema& one, const Schema& other) {
  const auto is_same = [](const Argument& left, const Argument& right) {
    return left.name == right.name && has_same_type(left, right) &&
           left.default_value == right.default_value &&
           left.keyword_only == right.keyword_only;
  };
  return std::equal(one.arguments.begin(), one.arguments.end(), other.arguments.begin(),
                    other.arguments.end(), is_same) &&
         std::equal(one.results.begin(), one.results.end(), other.results.begin(),
                    other.results.end(), is_same);
}

}  // namespace simple_torch::generator
