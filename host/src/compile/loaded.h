// A module on its way from its file to the machine.
#ifndef SIMPLE_COMPILE_LOADED_H_
#define SIMPLE_COMPILE_LOADED_H_

#include <filesystem>
#include <memory>
#include <vector>

#include "compile/engine.h"

namespace simple {

struct Engine::Loaded {
  std::unique_ptr<Source> source;
  std::unique_ptr<ast::Module> tree;
  Interface interface;
  std::vector<Diagnostic> diagnostics;
  std::vector<Diagnostic> missing;  // Modules that a spec imports and that are not there.
  std::unique_ptr<Module> module;
  std::filesystem::path path;  // Empty if it is not from a file.
  Digest digest;               // Of the source.
  bool stored = false;         // The image is from the cache, and there is no tree.
  Digest inputs;  // Of a stored image: what it was made of; see Engine::inputs().
  bool is_library = false;
  bool failed = false;
};

}  // namespace simple

#endif
