// What modules say about themselves: their names that others can use, each with its
// signature as it is written and the comment above it.
#ifndef SIMPLE_DOC_DOCUMENTED_H_
#define SIMPLE_DOC_DOCUMENTED_H_

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace simple::doc {

struct Entry {
  enum class Kind : uint8_t { kFunction, kStatic, kField, kValue, kType, kImpl };
  Kind kind = Kind::kFunction;
  std::string name;       // Of an impl, the type's.
  std::string signature;  // As written, without the body and what it is indented by.
  // The lines of the ## comment above it, without the marks.
  std::vector<std::string> text;
  uint32_t line = 0;
  std::vector<Entry> members;  // Of a type or an impl.
  // A program can use the name; what is only part of another type has none outside.
  bool is_named = true;
};

struct Module {
  std::string name;  // lib.x.nn.linear
  std::filesystem::path
      file;  // As the user named it, or below the folder that was named.
  std::vector<std::string> text;  // The comment at the top of the file.
  std::vector<Entry> entries;     // In the order of the file.
  // The packages around it, from the outermost one: lib.x, lib.x.nn.
  std::vector<std::string> packages;
};

// Reads a file, or all modules of a folder. Of a folder that is a package (it has
// __init__.spl) only those names are kept that a program can reach by what the package
// exports. `name` is what modules are called by: the package's name, or "".
// Modules without names are left out. False, with what is wrong in `problem`.
bool read_modules(const std::filesystem::path& path, const std::string& name,
                  std::vector<Module>& modules, std::string& problem);

}  // namespace simple::doc

#endif
