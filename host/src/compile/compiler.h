// From trees to images. All modules of a program are declared before one is compiled, so
// that they may use each other's names in any order.
#ifndef SIMPLE_COMPILE_COMPILER_H_
#define SIMPLE_COMPILE_COMPILER_H_

#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "compile/image.h"
#include "syntax/ast.h"
#include "syntax/spelling.h"

namespace simple {

// A module as the others see it.
struct Interface {
  std::string key;  // What the module is called in references: its path.
  ModuleImage image;
  std::unordered_map<Symbol, uint32_t> globals;  // Into image.globals.
  std::vector<Interface*> imports;               // As image.imports; null if not found.
  // For each of them: whether the last part of the path is a name in the module.
  std::vector<bool> last_is_name;
  // use a.{b}, where b is a module of the package a.
  std::vector<std::unordered_map<Symbol, Interface*>> submodules;
  std::unordered_map<std::string, StringId> string_ids;
  // Where names come from that are not the module's own.
  struct Imported {
    Interface* module;
    uint32_t global;
  };
  std::unordered_map<Symbol, Imported> imported;
  std::vector<Interface*> wildcards;  // use a.b.*
  // Names that an import would have brought that failed: one error is enough.
  std::unordered_set<Symbol> missing;
  bool misses_any = false;  // use a.b.* failed
  void misses(const ImportImage& import);
  bool is_prompt = false;  // Its last expression is its value.
  // An example of a spec could not be compiled, and fails when it is run.
  bool has_broken_examples = false;
  std::unordered_map<Symbol, Interface*> aliases;  // use a.b as m
  // Types that are to get the fields and __init__ of their mixins.
  struct Heir {
    uint32_t type;  // In image.types.
    std::vector<Symbol> bases;
    Symbol name;  // Of the global.
    Span at;
    bool done = false;
  };
  std::vector<Heir> heirs;
  // Types that are declared inside blocks, and what they are called among the globals.
  std::unordered_map<const ast::Stmt*, Symbol> nested;
  // What others get through this module from those that it imports.
  struct Exported {
    StringId name = 0;  // 0: everything
    StringId as = 0;
    uint32_t import = 0;  // In `imports`.
  };
  std::vector<Exported> exports;
  // export use a.b: modules that others find through this one.
  std::unordered_map<Symbol, Interface*> exported_modules;

  StringId string(std::string_view text);
  StringId string(Symbol symbol) { return string(text_of(symbol)); }
  std::string_view text(StringId id) const { return image.strings[id]; }
  std::string path(const ImportImage& import) const;  // with dots
  GlobalImage* find(Symbol name);
  // What another module gets for a name: own globals, what is exported from others, and
  // then what this module imported itself.
  bool find_exported(Symbol name, Imported& found, int depth = 0);
  // The module of that name that is exported from here, or null.
  Interface* find_module(Symbol name, int depth = 0);
  // Names that others can get from here.
  void suggest(Nearest& nearest, int depth = 0) const;
  // The module that a name means in this one, or null.
  Interface* module_named(Symbol name);
  // What nn.Module means in this one.
  bool find_dotted(std::string_view path, Imported& found);
};

// What the whole program knows.
struct Program {
  std::unordered_set<Symbol> natives;
  // Types that are built in, by their names in the language.
  std::unordered_set<Symbol> native_types;
  // Names of methods that change their receiver.
  std::unordered_set<Symbol> mutating;
  // Names of all methods, those of what is built in included.
  std::unordered_set<Symbol> methods;
  // Methods that modules give to types of others, perhaps instead of their own:
  // Type.method.
  std::unordered_set<Symbol> extended;
  // Where names are looked up that nothing else has: the prelude, and the words of specs.
  Interface* prelude = nullptr;
  Interface* spec = nullptr;
  bool uses_spec = false;  // One of those words was found.
  bool only_checks =
      false;  // Nothing is run: errors in examples are reported as all others.
};

// Fills in the names of a module, and what it asks to import. False if a name was given
// to two things: nothing of the module can be compiled then.
bool declare(const ast::Module& module, Interface& interface, Program& program,
             std::vector<Diagnostic>& diagnostics);
// Does the same with an image that was stored. False if the image is not sound.
bool declare(ModuleImage&& image, Interface& interface, Program& program);
// Connects the names that a module imports; every module is declared.
void connect(Interface& interface, std::vector<Diagnostic>& diagnostics);
// Gives the types of a module what comes from their mixins; every module is connected.
void inherit(Interface& interface, std::vector<Diagnostic>& diagnostics);
// Compiles a module's functions.
void compile(const ast::Module& module, Interface& interface, Program& program,
             std::vector<Diagnostic>& diagnostics);

// The method that types with invariants get, which fails if one does not hold.
inline constexpr const char* kInvariant = "(invariant)";

// Whether a method of a type has no self; in impl blocks some names say so.
bool is_static(const ast::Function& function, bool in_impl);

// A type as it is written.
std::string spell(const ast::Type* type);

// What values of a type are like, as far as it can be seen without running the program.
enum class Look : uint8_t {
  kUnknown,
  kInt,
  kFloat,
  kBool,
  kText,
  kArray,
  kDict,
  kFunction,
  kInstance,  // of a class or struct
};
// Of a type as it is written; T? is like T. Unknown for all that are not built in.
Look look_of_type(std::string_view type);

}  // namespace simple

#endif
