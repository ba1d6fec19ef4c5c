// Runs programs: finds their modules, has them compiled, links and starts them.
#ifndef SIMPLE_COMPILE_ENGINE_H_
#define SIMPLE_COMPILE_ENGINE_H_

#include <filesystem>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "compile/cache.h"
#include "compile/compiler.h"
#include "compile/module_finder.h"
#include "runtime/failure.h"
#include "runtime/module.h"
#include "runtime/vm.h"

namespace simple {

struct EngineOptions {
  // The folder of the language's own library: prelude.spl and std.
  std::filesystem::path library;
  Packages packages;
  std::filesystem::path cache;  // The folder of compiled modules; empty: none are kept.
  bool stress = false;          // Collect whenever something was made.
  uint64_t memory =
      0;  // The most that objects may take; 0: three quarters of the machine's.
};

// Options from the environment: SIMPLE_LIB, SIMPLE_PACKAGES ("name=folder:folder;…"),
// SIMPLE_GC_STRESS, SIMPLE_MEMORY_LIMIT, SIMPLE_CACHE. `executable` is where the host
// itself lies.
EngineOptions options_from_environment(const std::filesystem::path& executable);

class Engine {
 public:
  explicit Engine(EngineOptions options);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Run a program to its end and say how it ended: the exit status. What went wrong is
  // written to the standard error output.
  int run_file(const std::string& path, const std::vector<std::string>& arguments);
  int run_text(const std::string& name, std::string text,
               const std::vector<std::string>& arguments);
  // Parses and compiles, and writes every error of all files. 0 if there are none.
  int check(const std::vector<std::string>& paths);

  // For the prompt: runs lines in one module that stays. The value's text, "" if there is
  // none, or a message.
  struct Answer {
    bool failed = false;
    bool ended = false;  // exit() was called
    int status = 0;
    std::string text;
  };
  Answer evaluate(const std::string& text);

  Vm& vm() { return *vm_; }
  // The libraries that the program's externs are in, once it was loaded.
  std::vector<std::string> native_libraries() const;

 private:
  struct Loaded;

  Loaded* load_text(const std::string& key, const std::string& name, std::string text,
                    bool is_library);
  Loaded* load_file(const std::string& path, bool is_library);
  Loaded* add(const std::string& key, const std::string& name, std::string text,
              bool is_library);
  void parse_and_declare(Loaded& loaded);
  bool load_stored(Loaded& loaded);
  static void forget(Loaded& loaded);
  void load_spec(const Loaded& loaded);
  void load_imports(Loaded& loaded);
  Digest inputs(const Loaded& loaded) const;
  bool finds_references(const Loaded& loaded) const;
  void check_stored();
  bool compile_all();
  void link_all();
  void link(Loaded& loaded);
  void link_types(Loaded& loaded);
  void start(Loaded& loaded);
  void load_prelude();
  int run_program(Loaded* entry, const std::vector<std::string>& arguments);
  bool report();
  void finish();

  EngineOptions options_;
  ModuleFinder finder_;
  Cache cache_;
  std::unique_ptr<Vm> vm_;
  Program program_;
  std::unordered_map<std::string, std::unique_ptr<Loaded>> modules_;
  std::vector<Loaded*> order_;  // Those that others need come first.
  size_t linked_ = 0;
  size_t started_ = 0;
  size_t reported_ = 0;
  std::string failed_read_;
  size_t lines_ = 0;                 // Of the prompt.
  std::vector<Interface*> prompts_;  // What was entered, the latest first.
};

// A failure as people read it, with where it happened.
std::string render(const Failure& failure);

}  // namespace simple

#endif
