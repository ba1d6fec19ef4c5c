#include "doc/documented.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>

#include "cli/source_file.h"
#include "syntax/ast.h"
#include "syntax/parser.h"

namespace simple::doc {
namespace {

namespace fs = std::filesystem;
using ast::StmtKind;

bool is_private(std::string_view name) { return name.empty() || name.starts_with('_'); }

std::string_view trimmed(std::string_view line) {
  const size_t start = line.find_first_not_of(" \t");
  if (start == std::string_view::npos) return {};
  return line.substr(start, line.find_last_not_of(" \t\r") + 1 - start);
}

// The text of a comment's line, behind its marks and one blank.
std::string comment_text(std::string_view line) {
  line = trimmed(line);
  while (line.starts_with('#')) line.remove_prefix(1);
  if (line.starts_with(' ')) line.remove_prefix(1);
  return std::string(line);
}

// ---- One file

class File {
 public:
  File(std::string path, std::string text) : source(std::move(path), std::move(text)) {}

  bool parse(std::string& problem) {
    std::vector<Diagnostic> diagnostics;
    tree = simple::parse(source, diagnostics);
    if (!diagnostics.empty()) problem = render(diagnostics.front(), source);
    return diagnostics.empty();
  }

  std::vector<std::string> about() const;
  std::vector<Entry> entries() const;

  Source source;
  std::unique_ptr<ast::Module> tree;
  std::vector<std::string> parts;  // Of its name, behind the package's: nn, linear.
  fs::path shown;

 private:
  Entry entry(Entry::Kind kind, Symbol name, uint32_t offset) const;
  Entry of_function(const ast::Function& function) const;
  Entry of_field(const ast::FieldDecl& field) const;
  void add_functions(const ast::List<ast::Function*>& functions,
                     std::vector<Entry>& entries) const;
  void add_constants(const ast::List<ast::Let*>& constants,
                     std::vector<Entry>& entries) const;
  bool of_statement(const ast::Stmt* statement, Entry& result) const;
  uint32_t end_of(const ast::Function& function) const;
  // What is written from a line's first character to `end`, with later lines moved to the
  // left as far as the first.
  std::string written(uint32_t line, uint32_t end) const;
  std::string header(uint32_t line) const;
};

std::vector<std::string> File::about() const {
  std::vector<std::string> lines;
  for (uint32_t i = 1; i <= source.line_count(); ++i) {
    const std::string_view line = source.line(i);
    if (i == 1 && line.starts_with("#!")) continue;
    if (!line.starts_with('#')) break;
    lines.push_back(comment_text(line));
  }
  return lines;
}

Entry File::entry(Entry::Kind kind, Symbol name, uint32_t offset) const {
  Entry result;
  result.kind = kind;
  result.name = text_of(name);
  result.line = source.line_number(offset);
  uint32_t above = result.line;
  while (above > 1 && trimmed(source.line(above - 1)).starts_with('@')) --above;
  uint32_t first = above;
  while (first > 1 && trimmed(source.line(first - 1)).starts_with("##")) --first;
  for (uint32_t i = first; i < above; ++i)
    result.text.push_back(comment_text(source.line(i)));
  return result;
}

std::string File::written(uint32_t line, uint32_t end) const {
  const std::string_view first = source.line(line);
  const size_t indent = first.find_first_not_of(' ');
  std::string result;
  for (uint32_t i = line; i <= source.line_number(end == 0 ? 0 : end - 1); ++i) {
    std::string_view text = source.line(i);
    const auto start = static_cast<uint32_t>(text.data() - source.text().data());
    if (end < start + text.size()) text = text.substr(0, end - start);
    text.remove_prefix(std::min({indent, text.size(), text.find_first_not_of(' ')}));
    if (i != line) result += '\n';
    result += text;
  }
  return result;
}

// A type's line, without the colon and what follows it.
std::string File::header(uint32_t line) const {
  std::string_view text = trimmed(source.line(line));
  text = trimmed(text.substr(0, text.find(" #")));
  if (text.ends_with(':')) text.remove_suffix(1);
  return std::string(text);
}

// Behind the result's type, or else the parameters, or else the name.
uint32_t File::end_of(const ast::Function& function) const {
  const std::string_view text = source.text();
  if (function.result != nullptr) return function.result->at.end();
  uint32_t at = function.at.end();
  if (!function.parameters.empty()) {
    at = function.parameters.back().at.end();
  } else if (text.substr(at, 1) != "(") {
    return at;
  }
  const size_t close = text.find(')', at);
  return close == std::string_view::npos ? at : static_cast<uint32_t>(close + 1);
}

Entry File::of_function(const ast::Function& function) const {
  Entry result = entry(function.is_static ? Entry::Kind::kStatic : Entry::Kind::kFunction,
                       function.name, function.at.start);
  result.signature = written(result.line, end_of(function));
  return result;
}

Entry File::of_field(const ast::FieldDecl& field) const {
  Entry result = entry(Entry::Kind::kField, field.name, field.at.start);
  std::string_view line = trimmed(source.line(result.line));
  result.signature = trimmed(line.substr(0, line.find(" #")));
  return result;
}

void File::add_functions(const ast::List<ast::Function*>& functions,
                         std::vector<Entry>& entries) const {
  for (const ast::Function* function : functions) {
    const std::string_view name = text_of(function->name);
    // Operators are found by how they are used.
    if (name == "__init__" || !is_private(name))
      entries.push_back(of_function(*function));
  }
}

void File::add_constants(const ast::List<ast::Let*>& constants,
                         std::vector<Entry>& entries) const {
  for (const ast::Let* constant : constants) {
    Entry result;
    if (of_statement(constant, result)) entries.push_back(std::move(result));
  }
}

// A declaration at the margin, or a constant of a type. False if it has no public name.
bool File::of_statement(const ast::Stmt* statement, Entry& result) const {
  switch (statement->kind) {
    case StmtKind::kFunction: {
      const ast::Function& function =
          *ast::as<const ast::FunctionDecl>(statement)->function;
      if (function.is_extern) return false;
      result = of_function(function);
      break;
    }
    case StmtKind::kLet: {
      const auto* let = ast::as<const ast::Let>(statement);
      if (let->pattern->kind != ast::PatternKind::kName) return false;
      result =
          entry(Entry::Kind::kValue, ast::as<const ast::NamePattern>(let->pattern)->name,
                statement->at.start);
      const std::string_view line = trimmed(source.line(result.line));
      const bool is_short = source.line_number(statement->at.end() - 1) == result.line;
      result.signature = is_short && !let->is_mutable
                             ? trimmed(line.substr(0, line.find(" #")))
                             : (let->is_mutable ? "var " : "val ") + result.name;
      break;
    }
    case StmtKind::kTypeDecl: {
      const auto* type = ast::as<const ast::TypeDecl>(statement);
      result = entry(Entry::Kind::kType, type->name, type->name_at.start);
      result.signature = header(result.line);
      for (const ast::FieldDecl& field : type->fields) {
        if (!is_private(text_of(field.name))) result.members.push_back(of_field(field));
      }
      add_constants(type->constants, result.members);
      add_functions(type->methods, result.members);
      break;
    }
    case StmtKind::kEnum: {
      const auto* type = ast::as<const ast::EnumDecl>(statement);
      result = entry(Entry::Kind::kType, type->name, type->name_at.start);
      result.signature = header(result.line);
      for (const ast::VariantDecl& variant : type->variants) {
        Entry member = entry(Entry::Kind::kField, variant.name, variant.at.start);
        member.signature = trimmed(source.line(member.line));
        result.members.push_back(std::move(member));
      }
      add_functions(type->methods, result.members);
      break;
    }
    case StmtKind::kImpl: {
      const auto* impl = ast::as<const ast::Impl>(statement);
      result = entry(Entry::Kind::kImpl, impl->type->name, statement->at.start);
      result.signature = header(result.line);
      add_constants(impl->constants, result.members);
      add_functions(impl->methods, result.members);
      return !result.members.empty();
    }
    case StmtKind::kAlias: {
      result = entry(Entry::Kind::kValue, ast::as<const ast::Alias>(statement)->name,
                     statement->at.start);
      result.signature = header(result.line);
      break;
    }
    default:
      return false;
  }
  return !is_private(result.name);
}

std::vector<Entry> File::entries() const {
  std::vector<Entry> result;
  for (const ast::Stmt* statement : tree->body->statements) {
    Entry entry;
    if (of_statement(statement, entry)) result.push_back(std::move(entry));
  }
  return result;
}

// ---- A package: which names a program can reach

class Package {
 public:
  Package(std::vector<std::unique_ptr<File>>& files, const std::string& name) {
    size_t start = 0;
    while (start < name.size()) {
      const size_t end = std::min(name.find('.', start), name.size());
      prefix_.push_back(name.substr(start, end - start));
      start = end + 1;
    }
    for (const auto& file : files) by_name_[file->parts] = file.get();
  }

  // Marks what the package's own module exports, and what that leads to.
  void begin() {
    const auto root = by_name_.find({});
    if (root == by_name_.end()) return;
    load(*root->second);
    bring_all(*root->second);
  }

  bool names(const File& file, const Entry& entry) const {
    return entry.kind == Entry::Kind::kImpl || named_.contains({&file, entry.name});
  }

  bool reaches(const File& file, const Entry& entry) const {
    if (entry.kind != Entry::Kind::kImpl) {
      return reached_.contains({&file, entry.name});
    }
    // Of a type of this package that nobody can name there is nothing to be said.
    if (!loaded_.contains(&file)) return false;
    bool is_known = false;
    for (const auto& [name, other] : by_name_) {
      if (reached_.contains({other, entry.name})) return true;
      is_known = is_known || declares(*other, entry.name);
    }
    return !is_known;
  }

 private:
  using Path = std::vector<std::string>;

  // The parts of an import behind the package's name; false if it is another package's.
  bool inside(const ast::List<Symbol>& path, Path& parts) const {
    if (path.size() < prefix_.size()) return false;
    for (size_t i = 0; i < path.size(); ++i) {
      if (i >= prefix_.size()) {
        parts.emplace_back(text_of(path[i]));
      } else if (text_of(path[i]) != prefix_[i]) {
        return false;
      }
    }
    return true;
  }

  const File* find(const Path& parts) const {
    const auto found = by_name_.find(parts);
    return found == by_name_.end() ? nullptr : found->second;
  }

  static bool declares(const File& file, std::string_view name) {
    for (const ast::Stmt* statement : file.tree->body->statements) {
      switch (statement->kind) {
        case StmtKind::kFunction:
          if (text_of(ast::as<const ast::FunctionDecl>(statement)->function->name) ==
              name)
            return true;
          break;
        case StmtKind::kTypeDecl:
          if (text_of(ast::as<const ast::TypeDecl>(statement)->name) == name) return true;
          break;
        case StmtKind::kEnum:
          if (text_of(ast::as<const ast::EnumDecl>(statement)->name) == name) return true;
          break;
        case StmtKind::kAlias:
          if (text_of(ast::as<const ast::Alias>(statement)->name) == name) return true;
          break;
        case StmtKind::kLet: {
          const auto* pattern = ast::as<const ast::Let>(statement)->pattern;
          if (pattern->kind == ast::PatternKind::kName &&
              text_of(ast::as<const ast::NamePattern>(pattern)->name) == name) {
            return true;
          }
          break;
        }
        default:
          break;
      }
    }
    return false;
  }

  // An import, whichever way it is written.
  struct Use {
    const File* from = nullptr;
    bool everything = false, exported = false;
    ast::List<ast::ImportName> names;
    Symbol last;  // use a.b.C, where C is a name of a.b
    bool is_module = false;
  };

  bool use_of(const ast::Stmt* statement, Use& use) const {
    Path parts;
    if (statement->kind == StmtKind::kExport) {
      const auto* exported = ast::as<const ast::Export>(statement);
      if (!inside(exported->from, parts)) return false;
      use.from = find(parts);
      use.exported = true;
      use.names = exported->names;
      return use.from != nullptr;
    }
    if (statement->kind != StmtKind::kImport) return false;
    const auto* import = ast::as<const ast::Import>(statement);
    if (!inside(import->path, parts)) return false;
    use.exported = import->reexport;
    use.everything = import->wildcard;
    use.names = import->names;
    use.from = find(parts);
    use.is_module = !import->wildcard && import->names.empty();
    if (use.from == nullptr && import->names_or_module && !parts.empty()) {
      parts.pop_back();
      use.from = find(parts);
      use.last = import->path.back();
      use.is_module = false;
    }
    return use.from != nullptr;
  }

  void load(const File& file) {
    if (!loaded_.insert(&file).second) return;
    for (const ast::Stmt* statement : file.tree->body->statements) {
      Use use;
      if (use_of(statement, use)) load(*use.from);
    }
  }

  // A type's traits and mixins belong to it, also if they have no name outside.
  void reach(const File& file, const std::string& name, bool is_named = true) {
    if (is_named) named_.insert({&file, name});
    if (!reached_.insert({&file, name}).second) return;
    for (const ast::Stmt* statement : file.tree->body->statements) {
      if (statement->kind != StmtKind::kTypeDecl) continue;
      const auto* type = ast::as<const ast::TypeDecl>(statement);
      if (text_of(type->name) != name) continue;
      for (const Symbol base : type->bases)
        bring(file, std::string(text_of(base)), false);
    }
  }

  // Everything that `use file.*` brings, and `file.x` finds.
  void bring_all(const File& file) {
    if (!opened_.insert(&file).second) return;
    for (const Entry& entry : file.entries()) {
      if (entry.kind != Entry::Kind::kImpl) reach(file, entry.name);
    }
    for (const ast::Stmt* statement : file.tree->body->statements) {
      Use use;
      if (!use_of(statement, use) || !use.exported) continue;
      if (use.everything || use.is_module) bring_all(*use.from);
      if (use.last) bring(*use.from, std::string(text_of(use.last)));
      for (const ast::ImportName& name : use.names)
        bring(*use.from, std::string(text_of(name.name)));
    }
  }

  // One name that is imported from a file: its own, or one that it has from another file.
  bool bring(const File& file, const std::string& name, bool is_named = true,
             int depth = 0) {
    if (depth > 32) return false;
    if (declares(file, name)) {
      reach(file, name, is_named);
      return true;
    }
    for (const ast::Stmt* statement : file.tree->body->statements) {
      Use use;
      if (!use_of(statement, use)) continue;
      if (use.everything && bring(*use.from, name, is_named, depth + 1)) return true;
      if (use.last && text_of(use.last) == name &&
          bring(*use.from, name, is_named, depth + 1))
        return true;
      for (const ast::ImportName& other : use.names) {
        if (text_of(other.as) == name &&
            bring(*use.from, std::string(text_of(other.name)), is_named, depth + 1)) {
          return true;
        }
      }
    }
    // use a.{b}, where b is a module.
    Path parts = file.parts;
    parts.push_back(name);
    const File* module = find(parts);
    if (module != nullptr) bring_all(*module);
    return module != nullptr;
  }

  std::vector<std::string> prefix_;
  std::map<Path, const File*> by_name_;
  std::set<const File*> loaded_, opened_;
  std::set<std::pair<const File*, std::string>> reached_, named_;
};

// ---- Files

std::vector<fs::path> sources_below(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code error;
  fs::recursive_directory_iterator entry(folder, error);
  for (const fs::recursive_directory_iterator end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().extension() == ".spl" && entry->is_regular_file(error))
      found.push_back(entry->path().lexically_normal());
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::unique_ptr<File> read(const fs::path& path, std::string& problem) {
  std::string text;
  if (!read_source(path.string(), text, problem)) return nullptr;
  auto file = std::make_unique<File>(path.string(), std::move(text));
  file->shown = path;
  return file->parse(problem) ? std::move(file) : nullptr;
}

std::string dotted(const std::string& first, const std::vector<std::string>& parts) {
  std::string result = first;
  for (const std::string& part : parts) {
    if (!result.empty()) result += '.';
    result += part;
  }
  return result;
}

}  // namespace

bool read_modules(const fs::path& path, const std::string& name,
                  std::vector<Module>& modules, std::string& problem) {
  std::error_code error;
  const bool is_folder = fs::is_directory(path, error);
  std::vector<std::unique_ptr<File>> files;
  for (const fs::path& source :
       is_folder ? sources_below(path) : std::vector<fs::path>{path}) {
    auto file = read(source, problem);
    if (file == nullptr) return false;
    if (is_folder) {
      fs::path relative = source.lexically_relative(path.lexically_normal());
      relative.replace_extension();
      for (const fs::path& part : relative) {
        if (part != "__init__") file->parts.push_back(part.string());
      }
    } else if (name.empty()) {
      file->parts.push_back(source.stem().string());
    }
    files.push_back(std::move(file));
  }
  const bool is_package = is_folder && fs::exists(path / "__init__.spl", error);
  Package package(files, name);
  if (is_package) package.begin();
  std::set<std::vector<std::string>> folders;
  for (const auto& file : files) {
    if (file->shown.filename() == "__init__.spl") folders.insert(file->parts);
  }
  for (const auto& file : files) {
    Module module;
    module.name = dotted(name, file->parts);
    module.file = file->shown;
    module.text = file->about();
    module.entries = file->entries();
    if (is_package) {
      std::erase_if(module.entries,
                    [&](const Entry& entry) { return !package.reaches(*file, entry); });
      for (Entry& entry : module.entries) entry.is_named = package.names(*file, entry);
    }
    std::vector<std::string> parts;
    if (folders.contains(parts)) module.packages.push_back(name);
    for (const std::string& part : file->parts) {
      parts.push_back(part);
      if (folders.contains(parts)) module.packages.push_back(dotted(name, parts));
    }
    const bool is_init = file->shown.filename() == "__init__.spl";
    if (!module.entries.empty() || is_init) modules.push_back(std::move(module));
  }
  return true;
}

}  // namespace simple::doc
