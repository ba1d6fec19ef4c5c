// `simple doc`: pages from the comments in sources, the examples in them as specs, and
// the public names.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "compile/engine.h"
#include "doc/documented.h"
#include "doc/examples.h"
#include "doc/page.h"

namespace simple {
namespace {

namespace fs = std::filesystem;

struct DocOptions {
  std::string output, examples, title = "Modules";
  std::vector<std::string> paths, compact;
  bool names = false;
};

std::string parse(const Words& words, DocOptions& options) {
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (!word.starts_with('-')) {
      options.paths.push_back(word);
      continue;
    }
    if (word == "--names") {
      options.names = true;
      continue;
    }
    const bool known = word == "--output" || word == "--examples" || word == "--title" ||
                       word == "--compact";
    if (!known) return "there is no option '" + word + "'";
    if (i + 1 == words.size()) return word + " needs a value";
    const std::string& value = words[++i];
    if (word == "--output") options.output = value;
    if (word == "--examples") options.examples = value;
    if (word == "--title") options.title = value;
    if (word == "--compact") options.compact.push_back(value);
  }
  return options.paths.empty() ? "which files, or which folder?" : "";
}

// What the modules of a path are called by: the package whose folder it is or lies in.
std::string name_of(const fs::path& path, const EngineOptions& options) {
  std::error_code error;
  fs::path wanted = fs::weakly_canonical(path, error);
  const bool is_folder = fs::is_directory(wanted, error);
  if (!is_folder) wanted.replace_extension();
  for (const auto& [name, folders] : options.packages) {
    for (const fs::path& folder : folders) {
      const fs::path relative =
          wanted.lexically_relative(fs::weakly_canonical(folder, error));
      if (relative.empty() || *relative.begin() == "..") continue;
      std::string result = name;
      for (const fs::path& part : relative) {
        if (part != "." && part != "__init__") result += "." + part.string();
      }
      return result;
    }
  }
  return "";
}

bool is_compact(const doc::Module& module, const DocOptions& options) {
  const std::string last = module.name.substr(module.name.rfind('.') + 1);
  for (const std::string& start : options.compact) {
    if (last.starts_with(start)) return true;
  }
  return false;
}

bool write(const fs::path& file, const std::string& text) {
  std::error_code ignored;
  fs::create_directories(file.parent_path(), ignored);
  std::ofstream out(file, std::ios::binary);
  out << text;
  out.close();
  if (!out) {
    std::fprintf(stderr, "error: io: `%s` cannot be written\n", file.c_str());
  }
  return static_cast<bool>(out);
}

const char* kind_of(const doc::Entry& entry, bool is_member) {
  using Kind = doc::Entry::Kind;
  switch (entry.kind) {
    case Kind::kFunction:
      return is_member ? "method" : "function";
    case Kind::kStatic:
      return "static";
    case Kind::kField:
      return "field";
    case Kind::kValue:
      return "value";
    case Kind::kType:
    case Kind::kImpl:
      break;
  }
  return "type";
}

void print_names(const doc::Module& module) {
  for (const doc::Entry& entry : module.entries) {
    if (entry.kind != doc::Entry::Kind::kImpl && entry.is_named) {
      std::printf("%s %s %s\n", module.name.c_str(), kind_of(entry, false),
                  entry.name.c_str());
    }
    for (const doc::Entry& member : entry.members) {
      if (member.name == "__init__") continue;
      std::printf("%s %s %s.%s\n", module.name.c_str(), kind_of(member, true),
                  entry.name.c_str(), member.name.c_str());
    }
  }
}

}  // namespace

int doc_command(const Words& words) {
  DocOptions options;
  const std::string misuse = parse(words, options);
  if (!misuse.empty()) return misused("doc", misuse);
  const EngineOptions engine = options_from_environment(executable_path());
  std::vector<doc::Module> modules;
  for (const std::string& path : options.paths) {
    std::string problem;
    if (!doc::read_modules(path, name_of(path, engine), modules, problem)) {
      std::fprintf(stderr, "%s%s\n",
                   problem.starts_with("error:") ? "" : "error: io: ", problem.c_str());
      return 1;
    }
  }
  bool good = true;
  for (const doc::Module& module : modules) {
    if (options.names) print_names(module);
    if (!options.examples.empty()) {
      const auto examples = doc::examples_of(module);
      const fs::path file = fs::path(options.examples) / (module.name + "_spec.spl");
      if (!examples.empty()) good = write(file, doc::spec_of(module, examples)) && good;
    }
    if (module.entries.empty()) continue;
    const std::string page = doc::page_of(module, is_compact(module, options));
    if (!options.output.empty()) {
      good = write(fs::path(options.output) / doc::page_name(module), page) && good;
    } else if (!options.names && options.examples.empty()) {
      std::fputs(page.c_str(), stdout);
    }
  }
  if (!options.output.empty()) {
    std::erase_if(modules,
                  [](const doc::Module& module) { return module.entries.empty(); });
    const std::string index = doc::index_of(modules, options.title);
    good = write(fs::path(options.output) / "README.md", index) && good;
  }
  return good ? 0 : 1;
}

}  // namespace simple
