// Turns the libtorch that was found into C functions, declarations and functions of
// Simple, a manifest and a report. See tier2_sffi/README.md.
#include <cstdlib>
#include <exception>
#include <iostream>

#include "emit.h"
#include "text.h"

namespace simple_torch::generator {
namespace {

namespace fs = std::filesystem;

struct Options {
  fs::path include;
  fs::path rules;
  fs::path own_headers;
  fs::path declared;
  fs::path build;
  fs::path simple_externs;
  fs::path simple_api;
  fs::path contract;
  fs::path versions;
  fs::path depfile;
  std::string target = "generated";
  int units = 2;
};

constexpr const char* kUsage =
    "usage: generate --include FOLDER --rules FOLDER --own-headers FOLDER\n"
    "                [--declared FOLDER]\n"
    "                [--build FOLDER] [--externs FOLDER] [--api FOLDER]\n"
    "                [--contract FOLDER --versions FOLDER] [--units N]\n"
    "                [--depfile FILE --target NAME]\n";

Options options_of(int count, char** arguments) {
  Options options;
  for (int i = 1; i < count; i += 2) {
    const std::string name = arguments[i];
    if (i + 1 == count) throw Error(cat(name, " needs a value\n", kUsage));
    const std::string value = arguments[i + 1];
    if (name == "--include") {
      options.include = value;
    } else if (name == "--rules") {
      options.rules = value;
    } else if (name == "--own-headers") {
      options.own_headers = value;
    } else if (name == "--declared") {
      options.declared = value;
    } else if (name == "--build") {
      options.build = value;
    } else if (name == "--externs") {
      options.simple_externs = value;
    } else if (name == "--api") {
      options.simple_api = value;
    } else if (name == "--contract") {
      options.contract = value;
    } else if (name == "--versions") {
      options.versions = value;
    } else if (name == "--depfile") {
      options.depfile = value;
    } else if (name == "--target") {
      options.target = value;
    } else if (name == "--units") {
      options.units = std::atoi(value.c_str());
      if (options.units < 1) throw Error("--units must be 1 or more");
    } else {
      throw Error(cat("there is no option ", name, '\n', kUsage));
    }
  }
  if (options.include.empty() || options.rules.empty() || options.own_headers.empty()) {
    throw Error(kUsage);
  }
  return options;
}

// Make's list of what the output depends on.
void write_depfile(const Options& options) {
  std::string text = replace_all(options.target, " ", "\\ ") + ':';
  const auto add = [&](const fs::path& folder, std::string_view end) {
    for (const fs::path& file : files_in(folder, end)) {
      text += " \\\n  " + replace_all(file.string(), " ", "\\ ");
    }
  };
  add(options.include / "ATen" / "ops", "_ops.h");
  add(options.rules, ".txt");
  add(options.own_headers, ".h");
  if (!options.declared.empty()) add(options.declared, ".spl");
  if (!options.versions.empty()) {
    add(options.versions, ".txt");
    add(options.versions.parent_path(), "python_names.txt");
  }
  write_if_changed(options.depfile, text + '\n');
}

void generate(const Options& options) {
  const Version version = read_version(options.include);
  const Rules rules = Rules::read(options.rules, version);
  const Declared declared =
      options.declared.empty() ? Declared() : read_declared(options.declared);
  const Model model =
      make_model(read_declarations(options.include), rules, version, declared);
  const auto functions = read_c_functions(options.own_headers, rules);
  const MergedNames names = merge_names(model, rules);
  rules.require_all_used();

  if (!options.build.empty()) {
    emit_cpp(model, options.build, options.units);
    emit_c_header(model, options.build / "include" / "simple_torch" / "ops.h");
    emit_manifest(model, options.build / "operators.json");
  }
  if (!options.simple_externs.empty()) {
    emit_externs(model, functions, options.simple_externs);
  }
  if (!options.simple_api.empty()) {
    emit_api(model, options.simple_api);
    emit_names(model, names, options.simple_api);
  }
  if (!options.contract.empty()) {
    emit_contract(model, functions, names, rules, options.contract, options.versions);
  }
  if (!options.depfile.empty()) write_depfile(options);
}

}  // namespace
}  // namespace simple_torch::generator

int main(int count, char** arguments) {
  using namespace simple_torch::generator;
  try {
    generate(options_of(count, arguments));
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "generate: " << error.what() << '\n';
    return 1;
  }
}
