// What is promised, and what was left out: operators.txt lists the names, coverage.md is
// the report.
#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "emit.h"
#include "text.h"

namespace simple_torch::generator {
namespace {

struct Counts {
  size_t c = 0;
  size_t simple = 0;
};

std::string operator_list(const Model& model) {
  std::string text =
      cat("# The operators of libtorch ", model.version.text(),
          ": libtorch's name, the C function, the function of Simple.\n# Made by ",
          "tier2_sffi/generator. `-` in the last column: internal, for C and externs "
          "alone.\n");
  for (const Operation& operation : model.operations) {
    text +=
        cat(operation.full_name, ' ', operation.is_excluded() ? "-" : operation.c_name,
            ' ', operation.simple_name.empty() ? "-" : operation.simple_name, '\n');
  }
  return text;
}

// The operators of one version, how many of them have a C function, and the schemas of
// those that it has in another form than the exported one.
struct Version {
  std::set<std::string> names;
  size_t with_function = 0;
  std::map<std::string, std::string> other_forms;
};

// One line for each operator; that of one without a C function ends so.
constexpr std::string_view kWithoutFunction = " -";

std::string version_list(const Model& model) {
  std::set<std::string> lines;
  for (const Operation& operation : model.operations) {
    const std::string& schema = operation.declaration.schema;
    lines.insert(cat(operation.full_name,
                     operation.has_other_form() ? schema.substr(schema.find('(')) : "",
                     operation.is_excluded() ? kWithoutFunction : ""));
  }
  std::string text;
  for (const std::string& line : lines) text += line + '\n';
  return text;
}

constexpr std::string_view kNamespace = "aten::";

Version version_of(const std::string& list) {
  Version version;
  for (const std::string& line : lines_of(list)) {
    const bool without = ends_with(line, kWithoutFunction);
    version.with_function += without ? 0 : 1;
    const std::string schema =
        line.substr(0, line.size() - (without ? kWithoutFunction.size() : 0));
    const std::string name = schema.substr(0, schema.find('('));
    version.names.insert(name);
    if (name != schema) version.other_forms[name] = schema.substr(kNamespace.size());
  }
  return version;
}

// All versions that are known.
std::map<std::pair<int, int>, Version> known_versions(
    const Model& model, const std::filesystem::path& folder) {
  std::map<std::pair<int, int>, Version> known;
  if (std::filesystem::exists(folder)) {
    for (const std::filesystem::path& file : files_in(folder, ".txt")) {
      const std::string stem = file.stem().string();
      const size_t dot = stem.find('.');
      known[{std::stoi(stem.substr(0, dot)), std::stoi(stem.substr(dot + 1))}] =
          version_of(read_file(file));
    }
  }
  known[{model.version.major, model.version.minor}] = version_of(version_list(model));
  return known;
}

// Names without overloads, with how many of them there are.
std::string brief(const std::set<std::string>& names) {
  std::map<std::string, size_t> counts;
  for (const std::string& name : names) {
    ++counts[name.substr(kNamespace.size(), name.find('.') - kNamespace.size())];
  }
  std::vector<std::string> parts;
  for (const auto& [name, count] : counts) {
    parts.push_back(cat('`', name, '`', count > 1 ? cat(" (", count, ")") : ""));
  }
  return parts.empty() ? "none" : joined(parts, ", ");
}

std::set<std::string> without(const std::set<std::string>& all,
                              const std::set<std::string>& others) {
  std::set<std::string> rest;
  std::set_difference(all.begin(), all.end(), others.begin(), others.end(),
                      std::inserter(rest, rest.end()));
  return rest;
}

// What becomes of an operator whose form is another; "" if nothing is to be said.
std::string note_on(const Agreement& agreement, const Schema& exported,
                    const Schema& own) {
  if (!agreement.refusal.empty()) {
    const std::string& argument = agreement.refused_argument;
    return cat("UNSUPPORTED: ", argument.empty() ? "" : cat('`', argument, "` "),
               agreement.refusal);
  }
  std::vector<std::string> missing;
  for (const int index : agreement.missing) {
    missing.push_back(cat('`', exported.arguments[static_cast<size_t>(index)].name, '`'));
  }
  std::vector<std::string> notes;
  if (!missing.empty()) notes.push_back("has no " + joined(missing, ", "));
  for (size_t i = 0; i < own.arguments.size(); ++i) {
    if (agreement.sources[i] != Agreement::kDefault) continue;
    const Argument& argument = own.arguments[i];
    notes.push_back(cat('`', argument.name, "` stays at ", argument.default_value));
  }
  return joined(notes, "; ");
}

std::string forms_report(const Model& model,
                         const std::map<std::pair<int, int>, Version>& known) {
  std::string text =
      "\n## Operators in another form\n\n"
      "A C function has the same parameters with every libtorch. What an older or newer "
      "one has not may\nonly be given its default, and what it alone has stays at its "
      "default.\n";
  for (const auto& [number, version] : known) {
    std::string notes;
    for (const Operation& operation : model.operations) {
      const auto form = version.other_forms.find(operation.full_name);
      if (form == version.other_forms.end()) continue;
      const Schema own = parse_schema(form->second, operation.full_name);
      const std::string note =
          note_on(agreement_of(operation.schema, own), operation.schema, own);
      if (note.empty()) continue;
      notes +=
          cat("* `", operation.full_name.substr(kNamespace.size()), "`: ", note, '\n');
    }
    if (notes.empty()) continue;
    text += cat("\n### In ", number.first, '.', number.second, "\n\n", notes);
  }
  return text;
}

std::string version_report(const std::map<std::pair<int, int>, Version>& known) {
  std::string table =
      "\n## By version of libtorch\n\n"
      "| libtorch | operators | C functions | new | gone |\n|---|---|---|---|---|\n";
  std::string lists;
  const std::set<std::string>* before = nullptr;
  for (const auto& [number, version] : known) {
    const std::string name = cat(number.first, '.', number.second);
    const std::set<std::string>& names = version.names;
    const std::string counts =
        cat("| ", name, " | ", names.size(), " | ", version.with_function);
    if (before == nullptr) {
      table += counts + " | | |\n";
    } else {
      const auto added = without(names, *before);
      const auto gone = without(*before, names);
      table += cat(counts, " | ", added.size(), " | ", gone.size(), " |\n");
      lists += cat("\n### New in ", name, "\n\n", brief(added), "\n\n### Gone in ", name,
                   "\n\n", brief(gone), "\n");
    }
    before = &names;
  }
  return table + lists;
}

// Python's kinds of names, and what they are.
constexpr std::pair<const char*, const char*> kKinds[] = {
    {"method", "methods of torch.Tensor"},
    {"function", "functions of torch"},
    {"linalg", "functions of torch.linalg"},
    {"fft", "functions of torch.fft"},
    {"special", "functions of torch.special"}};

// Where a name is that is not generated, or why it is not here.
std::string reason_of(const std::string& kind, const std::string& name,
                      const MergedNames& names, const Rules& rules) {
  for (const ByHand& each : names.by_hand) {
    const bool has_file = each.reason.find(".spl") != std::string::npos;
    if (has_file && each.name == name &&
        kind == (each.is_method ? "method" : "function")) {
      return "by hand";
    }
  }
  for (const Rule& rule : rules.python_names) {
    if (rule.words.front() != kind) continue;
    const auto colon = std::find(rule.words.begin(), rule.words.end(), ":");
    const bool fits =
        std::any_of(rule.words.begin() + 1, colon,
                    [&](const std::string& pattern) { return matches(pattern, name); });
    if (fits && colon != rule.words.end()) {
      return rule.rest(static_cast<size_t>(colon - rule.words.begin()) + 1);
    }
  }
  return "not yet";
}

// Which of the names that PyTorch's users know are here.
std::string python_report(const MergedNames& names, const Rules& rules,
                          const std::filesystem::path& file) {
  if (!std::filesystem::exists(file)) return "";
  std::set<std::pair<std::string, std::string>> here;
  for (const Merged& merged : names.methods) here.insert({"method", merged.name});
  for (const Merged& merged : names.functions) {
    here.insert({"function", merged.name});
    const size_t middle = merged.name.find('_');
    if (middle == std::string::npos) continue;
    here.insert({merged.name.substr(0, middle), merged.name.substr(middle + 1)});
  }
  std::map<std::string, std::vector<std::string>> known;
  for (const std::string& line : lines_of(read_file(file))) {
    const std::vector<std::string> words = words_of(line.substr(0, line.find('#')));
    if (words.size() == 2) known[words[0]].push_back(words[1]);
  }
  std::string table =
      "\n## Python's names\n\n| | there | generated here | by hand | not here |\n"
      "|---|---|---|---|---|\n";
  std::string lists;
  for (const auto& [kind, title] : kKinds) {
    size_t generated = 0;
    size_t by_hand = 0;
    size_t missing = 0;
    std::map<std::string, std::vector<std::string>> reasons;
    for (const std::string& name : known[kind]) {
      if (here.count({kind, name}) > 0) {
        ++generated;
        continue;
      }
      const std::string reason = reason_of(kind, name, names, rules);
      if (starts_with(reason, "by hand")) {
        ++by_hand;
      } else {
        ++missing;
        reasons[reason].push_back('`' + name + '`');
      }
    }
    table += cat("| ", title, " | ", known[kind].size(), " | ", generated, " | ", by_hand,
                 " | ", missing, " |\n");
    if (missing == 0) continue;
    lists += cat("\n### Not here of the ", title, "\n\n");
    for (const auto& [reason, list] : reasons) {
      lists += cat("* ", reason, ": ", joined(list, ", "), '\n');
    }
  }
  return table + lists;
}

std::string report(const Model& model, const std::vector<CFunction>& functions,
                   const MergedNames& names, const Rules& rules,
                   const std::filesystem::path& versions) {
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
    for (const std::string& each : classes_of(operation)) ++by_class[each];
  }
  std::string text =
      cat("# Coverage of libtorch ", model.version.text(),
          "\n\nMade by tier2_sffi/generator; not to be edited.\n\n",
          "| | operators |\n|---|---|\n| in the headers | ", model.operations.size(),
          " |\n| C functions and externs | ", total.c, " |\n| excluded | ",
          model.operations.size() - total.c,
          " |\n| functions of Simple, each also as `try_` | ", total.simple,
          " |\n| methods with all overloads under one name | ", names.methods.size(),
          " |\n| functions likewise | ", names.functions.size(), " |\n");
  text +=
      "\nWhat begins with an underscore is internal to libtorch: it can be called from "
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
  text += "\n## Without a part in a merged name\n\n";
  std::map<std::string, size_t> left_out;
  for (const auto& [name, reason] : names.left_out) ++left_out[reason];
  for (const auto& [reason, count] : left_out)
    text += cat("* ", count, ": ", reason, '\n');
  text += "* those with names of dims or `out` arguments\n";
  text += "\n## Functions of the C headers without an extern\n\n";
  std::string c_only;
  for (const CFunction& function : functions) {
    if (!function.c_only.empty()) {
      c_only += cat("* `", function.name, "`: ", function.c_only, "\n");
    }
  }
  text += c_only.empty() ? "None.\n" : c_only;
  text += python_report(names, rules, versions.parent_path() / "python_names.txt");
  const auto known = known_versions(model, versions);
  return text + version_report(known) + forms_report(model, known);
}

}  // namespace

void emit_contract(const Model& model, const std::vector<CFunction>& functions,
                   const MergedNames& names, const Rules& rules,
                   const std::filesystem::path& folder,
                   const std::filesystem::path& versions) {
  write_if_changed(folder / "operators.txt", operator_list(model));
  write_if_changed(folder / "coverage.md",
                   report(model, functions, names, rules, versions));
  write_if_changed(
      folder / "versions" / cat(model.version.major, '.', model.version.minor, ".txt"),
      version_list(model));
}

}  // namespace simple_torch::generator
