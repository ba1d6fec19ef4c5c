// Compiled modules, ready to run: what an image holds, with addresses in place of
// numbers.
#ifndef SIMPLE_RUNTIME_MODULE_H_
#define SIMPLE_RUNTIME_MODULE_H_

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "compile/image.h"
#include "runtime/object.h"

namespace simple {

struct FunctionCode;
struct Module;

// A place in the code where a name is looked up, and what was found last time.
struct Site {
  enum class Found : uint8_t {
    kNothing,
    kClosure,  // a method
    kNative,
    kExtern,
    kFieldCall,  // a field that holds a function
    kFunction,   // a free function: x.f(a) is f(x, a)
    kStatic,     // a function of a type
    kStaticNative,
    kMake,  // P.new where there is no `new`
    kVariant,
    kMissing,  // method_missing
    kField,
  };
  Symbol name;
  Symbol owner;
  std::vector<Symbol> argument_names;
  int32_t mutate_at = -1;
  bool deep = false;
  bool reachable = false;
  bool passes_function = false;
  const Slot* fallback = nullptr;

  const void* key = nullptr;  // The type, or the type object itself, that `found` is for.
  Found found = Found::kNothing;
  bool mutates = false;
  bool shares = false;  // The receiver stays what it is while the method runs.
  int32_t slot = 0;
  Object* target = nullptr;

  // Of a call with names: the function that the arguments were last put in order for, how
  // many of them stood before those that have a place in `argument_names` (less than 0:
  // how many were left out), and which argument each parameter gets.
  static constexpr int16_t kNotGiven = -1;
  const FunctionCode* arranged_for = nullptr;
  int arranged_before = 0;
  std::vector<int16_t> arrangement;

  Symbol argument_name(int argument, int before) const {
    const int at = argument - before;
    return at < 0 ? Symbol() : argument_names[static_cast<size_t>(at)];
  }
};

struct FunctionCode {
  Symbol name;
  Module* module = nullptr;
  uint32_t line = 0;
  uint16_t parameters = 0;  // Registers that arguments take: self, and the variadic one.
  uint16_t required = 0;
  uint16_t only_named = 0;  // Of the parameters, those behind the variadic one.
  uint16_t registers = 0;
  bool variadic = false;
  bool is_method = false;
  bool calls_out = false;
  std::vector<Instruction> code;
  std::vector<Value> constants;
  std::vector<Site> sites;
  std::vector<HandlerImage> handlers;
  std::vector<CaptureImage> captures;
  std::vector<Symbol> parameter_names;  // Without self.
  // How many parameters arguments without names can be for.
  int positional() const { return variadic ? parameters - 1 - only_named : parameters; }
  std::vector<bool> optional;
  std::vector<Span> spans;

  // For each register the first instruction with which something may be in it that this
  // call put there: before, it has what an earlier call left behind. Found out when it is
  // first asked for.
  const std::vector<uint32_t>& used_from() {
    if (used_from_.empty()) find_used_from();
    return used_from_;
  }

 private:
  void find_used_from();
  std::vector<uint32_t> used_from_;
};

struct Module : Object {
  std::string key;                 // Its path.
  std::string name;                // As messages call it.
  std::unique_ptr<Source> source;  // Read when a message needs it.
  bool is_library = false;         // Its functions are left out of messages.
  bool is_package = false;         // Messages point at what called its functions.
  std::vector<Slot> globals;       // Never grows once it is linked.
  std::unordered_map<Symbol, uint32_t> names;
  std::vector<Slot*> references;
  std::vector<std::unique_ptr<FunctionCode>> functions;
  std::vector<Value> function_values;  // Closures of functions that capture nothing.
  std::vector<Symbol> strings;

  const Source& text();
};

}  // namespace simple

#endif
