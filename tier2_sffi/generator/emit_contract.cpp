// What is promised, and what was left out: operators.txt lists the names, coverage.md is
// the report.
#include <map>

#include "emit.h"
#include "text.h"

namespace simple_torch::generator {
namespace {

struct Counts {
  size_t c = 0;
  size_t simple = 0;
};

std::string operator_list(const Model& model) {
  std::string text = cat(
      "# The operators of libtorch ", model.version.text(),
      ": libtorch's name, the C function, the function of Simple.\n# Made by ",
      "tier2_sffi/generator. `-` in the last column: internal, for C and externs alone.\n");
  for (const Operation& operation : model.operations) {
    text += cat(operation.full_name, ' ',
                operation.is_excluded() ? "-" : operation.c_name, ' ',
                operation.simple_name.empty() ? "-" : operation.simple_name, '\n');
  }
  return text;
}

std::string report(const Model& model, const std::vector<CFunction>& functions) {
  std::map<std::string, Counts> by_group;
  std::map<std::string, size_t> by_class;
  Counts total;
  std::string exclusions;
  for (const Operation& operation : model.operations) {
    if (operation.is_excluded()) {
      exclusions += cat("* `", operation.full_name, "`: ", operation.exclusion, "\n");
      continue;
    }
    Counts& group = by_group[operation.group];
    ++total.c;
    ++group.c;
    if (!operation.simple_name.empty()) {
      ++total.simple;
      ++group.simple;
    }
    for (const auto& [name, has] : std::initializer_list<std::pair<const char*, bool>>{
             {"in place", operation.is_inplace},
             {"out", operation.is_out},
             {"view", operation.is_view},
             {"factory", operation.is_factory},
             {"random", operation.is_random},
             {"backward", operation.is_backward},
             {"internal", operation.is_internal},
             {"composite", operation.is_composite},
             {"structured", operation.declaration.is_structured}}) {
      if (has) ++by_class[name];
    }
  }
  std::string text = cat("# Coverage of libtorch ", model.version.text(),
                         "\n\nMade by tier2_sffi/generator; not to be edited.\n\n",
                         "| | operators |\n|---|---|\n| in the headers | ",
                         model.operations.size(), " |\n| C functions and externs | ",
                         total.c, " |\n| excluded | ", model.operations.size() - total.c,
                         " |\n| functions of Simple, each also as `try_` | ",
                         total.simple, " |\n");
  text += "\nWhat begins with an underscore is internal to libtorch: it can be called from "
          "C and through\nits extern, and has no function of Simple.\n";
  text += "\n## By group\n\n| group | | C | Simple |\n|---|---|---|---|\n";
  for (const auto& [group, title] : model.groups) {
    text += cat("| ", group, " | ", title, " | ", by_group[group].c, " | ",
                by_group[group].simple, " |\n");
  }
  text += "\n## By kind\n\n| kind | operators |\n|---|---|\n";
  for (const auto& [name, count] : by_class) {
    text += cat("| ", name, " | ", count, " |\n");
  }
  text += "\n## Excluded\n\n";
  text += exclusions.empty() ? "None.\n" : exclusions;
  text += "\n## Functions of the C headers without an extern\n\n";
  std::string c_only;
  for (const CFunction& function : functions) {
    if (!function.c_only.empty()) {
      c_only += cat("* `", function.name, "`: ", function.c_only, "\n");
    }
  }
  text += c_only.empty() ? "None.\n" : c_only;
  return text;
}

}  // namespace

void emit_contract(const Model& model, const std::vector<CFunction>& functions,
                   const std::filesystem::path& folder) {
  write_if_changed(folder / "operators.txt", operator_list(model));
  write_if_changed(folder / "coverage.md", report(model, functions));
}

}  // namespace simple_torch::generator
