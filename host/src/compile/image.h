// A compiled module: plain data without addresses, so that it can be kept on disk.
#ifndef SIMPLE_COMPILE_IMAGE_H_
#define SIMPLE_COMPILE_IMAGE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "compile/bytecode.h"
#include "runtime/value.h"
#include "syntax/source.h"

namespace simple {

// The number of a string of the image. 0 is "", "none".
using StringId = uint32_t;

struct ConstantImage {
  Tag tag = Tag::kNil;  // kObject: a text, whose string is `bits`; kSymbol likewise
  int64_t bits = 0;
};
// A name that is looked up when the program runs: a method, a field, a variant.
struct SiteImage {
  StringId name = 0;
  StringId owner = 0;  // The enum of a variant, if the program names it.
  std::vector<StringId>
      argument_names;  // One for each argument (0: positional), or none.
  // Where the code goes on that changes the receiver in its place, or -1.
  int32_t mutate_at = -1;
  // The receiver is a part of something, so that part has to be unshared as well.
  bool deep = false;
  // Others reach the place that the receiver is in, so a method may change that place
  // while it runs; and a function is among the arguments, so a built-in one may, too.
  bool reachable = false;
  bool passes_function = false;
  // What x.f(a) means if x has no method f: the reference to a function f, or -1.
  int32_t fallback = -1;
};
struct CaptureImage {
  bool from_register = true;  // else from what the function around it captured
  uint16_t index = 0;
  bool is_self = false;  // the closure itself
};
struct HandlerImage {
  uint32_t start, end, target;
};
struct ParameterImage {
  StringId name = 0;
  bool optional = false;
  bool only_named = false;  // It stands behind the variadic one.
  StringId type = 0;  // As it is written, if it is one that checks know; see checks.cpp.
};
struct FunctionImage {
  StringId name = 0;
  uint32_t line = 0;
  bool variadic = false;
  bool is_method = false;  // Register 0 is self, and not in `parameters`.
  bool calls_out = false;  // A method that may run code that changes anything.
  uint16_t registers = 0;
  std::vector<ParameterImage> parameters;
  std::vector<CaptureImage> captures;
  std::vector<Instruction> code;
  std::vector<Span> spans;  // One for each instruction.
  std::vector<ConstantImage> constants;
  std::vector<SiteImage> sites;
  std::vector<HandlerImage> handlers;  // Innermost first.
};

enum class GlobalKind : uint8_t {
  kVariable,
  kConstant,
  kFunction,
  kType,
  kExtern,
  kModule
};
// What other modules have to know of a function to call it.
struct FunctionInfo {
  std::vector<ParameterImage> parameters;
  bool variadic = false;
  uint32_t line = 0;
  bool has_only_named() const {
    return !parameters.empty() && parameters.back().only_named;
  }
  StringId result = 0;  // Like ParameterImage::type.
};
struct FieldImage {
  StringId name = 0;
  StringId type = 0;  // As it is written.
  ConstantImage zero;
  bool has_default = false;
  // A mixin's field with a default: the function that computes it, and its module (0:
  // this one). Whoever has the field from the mixin calls it.
  StringId default_module = 0;
  StringId default_function = 0;
};
struct VariantImage {
  StringId name = 0;
  std::vector<StringId> fields;
  std::vector<StringId> types;  // Of the fields, like ParameterImage::type.
  bool braces = false;
  int64_t ordinal = 0;
};
struct MethodImage {
  StringId name = 0;
  uint32_t function = 0;  // In ModuleImage::functions.
  bool mutates = false;
  bool is_static = false;
  bool has_body = false;  // A trait may only name it.
  FunctionInfo info;
};
struct TypeImage {
  StringId name = 0;
  uint8_t form = 0;  // Type::Form
  uint32_t line = 0;
  std::vector<FieldImage> fields;
  std::vector<VariantImage> variants;
  std::vector<MethodImage> methods;
  std::vector<uint32_t> bases;      // references
  std::vector<StringId> constants;  // static val; globals named Type.NAME
  bool has_init = false;       // __init__, or invariants: made by its constructor only
  bool inherits_init = false;  // __init__ is a mixin's.
  uint32_t constructor = 0;    // function; global Type.(new) holds it too
};
struct GlobalImage {
  StringId name = 0;
  GlobalKind kind = GlobalKind::kVariable;
  // kFunction: of `functions`; kType: of `types`; kExtern: of `externs`; kModule: of
  // `imports`
  uint32_t index = 0;
  FunctionInfo info;
  bool hidden = false;     // Type.method and the like
  bool decorated = false;  // What is called may take other arguments.
};
// A global of this module (module 0) or another: a string "key" of the module and a name.
struct ReferenceImage {
  StringId module = 0;  // 0: this module. See kNatives.
  StringId name = 0;
};
// impl T: for a type that exists.
struct ImplImage {
  uint32_t type = 0;             // reference
  std::vector<uint32_t> traits;  // references
  std::vector<MethodImage> methods;
};
struct ExternTypeText {
  StringId text = 0;  // as it is written: "[i64]?"
};
struct ExternImage {
  StringId name = 0;
  std::vector<StringId> parameter_names;
  std::vector<StringId> parameter_types;  // As they are written.
  StringId result = 0;
  Span at;
};
struct ImportNameImage {
  StringId name = 0;
  StringId as = 0;
  Span at;
};
// What a module asks for; which file that is, is found out whenever it is loaded.
struct ImportImage {
  std::vector<StringId> path;  // Its parts.
  std::vector<ImportNameImage> names;
  StringId alias = 0;  // What the module is called here, if no names are asked for.
  bool wildcard = false;
  bool name_or_module = false;  // The last part may be a name in the module before it.
  bool reexport = false;
  Span at;
};

struct ModuleImage {
  std::vector<std::string> strings{""};
  std::vector<FunctionImage> functions;
  std::vector<TypeImage> types;
  std::vector<GlobalImage> globals;
  std::vector<ReferenceImage> references;
  std::vector<ImplImage> impls;
  std::vector<ExternImage> externs;
  std::vector<ImportImage> imports;
  std::vector<StringId> mutating;  // Methods that change their receiver.
  uint32_t start = 0;              // The function that runs the module's statements.
  bool calls_main = false;         // Its statements call main() themselves.
  bool mentions_spec = false;      // There is a word in it that may be one of specs.
};

// The module of what is built in, for references.
inline constexpr const char* kNatives = "<native>";

}  // namespace simple

#endif
