// The machine as native functions see it.
#ifndef SIMPLE_RUNTIME_VM_H_
#define SIMPLE_RUNTIME_VM_H_

#include <atomic>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "runtime/character_places.h"
#include "runtime/failure.h"
#include "runtime/heap.h"
#include "runtime/object.h"

namespace simple {

// The types of what is built in; `impl i64:` adds methods to them.
struct BuiltinTypes {
  Type *nil, *boolean, *integer, *real, *text, *array, *dict, *set, *tuple, *range,
      *slice, *function, *symbol, *type, *module, *u8, *u16, *u32, *u64, *f32, *ellipsis;
  Type *option, *result;  // Enums: Some None, Ok Err.
};

class Externs;
class Interpreter;

class Vm {
 public:
  Vm();
  ~Vm();
  Vm(const Vm&) = delete;
  Vm& operator=(const Vm&) = delete;

  Heap& heap() { return heap_; }
  BuiltinTypes& types() { return types_; }
  CharacterPlaces& character_places() { return character_places_; }
  Type* type_of(Value value) const;

  // ---- Making values
  Value text(std::string_view bytes) { return Value::of(heap_.text(bytes)); }
  // The text of one character; those of ASCII are made once.
  Value character(std::string_view bytes);
  Value some(Value value);
  Value ok(Value value);
  Value err(Value value);
  Value tuple(std::initializer_list<Value> items);

  // ---- Calling back. Collections can happen inside: protect what you hold with Rooted.
  Value call(Value callee, std::span<const Value> arguments);
  // The method of a value, or null.
  const Method* find_method(Value receiver, Symbol name) const;
  Value call_method(Value receiver, const Method& method,
                    std::span<const Value> arguments);

  // ---- Natives by name: globals of every module, and methods of builtin types.
  void define(const NativeSpec* specs, size_t count);
  void define_methods(Type* type, const NativeSpec* specs, size_t count);
  const std::unordered_map<Symbol, Slot>& natives() const { return natives_; }

  // Sets a flag that the machine looks at soon: a collection, Ctrl-C, a queued callback.
  void interrupt() { interrupted_.store(true, std::memory_order_relaxed); }
  // Asks the program to end (from a signal handler).
  void request_stop() {
    stop_requested_.store(true, std::memory_order_relaxed);
    interrupt();
  }

  bool is_to_stop() const { return stop_requested_.load(std::memory_order_relaxed); }
  // Ends the program if that was asked for. For what takes long between two instructions.
  void check_stop() {
    if (is_to_stop()) [[unlikely]]
      stop();
  }

  // What is printed while this holds a text goes there.
  std::optional<std::string>& kept_output() { return kept_output_; }

  std::vector<std::string>& program_arguments() { return program_arguments_; }

  // For the heap: marks what everything that the program can reach is reached from, and
  // of that what is held by registers and natives, which is all but the globals.
  void mark_roots();
  void mark_held();

  Interpreter& interpreter() { return *interpreter_; }
  Externs& externs() { return *externs_; }

 private:
  friend class Heap;
  friend class Interpreter;
  friend class Rooted;

  [[noreturn]] void stop();

  Heap heap_;
  CharacterPlaces character_places_{heap_};
  BuiltinTypes types_{};
  std::unordered_map<Symbol, Slot> natives_;
  std::vector<Value> roots_;  // Rooted's
  Value characters_[128];
  std::atomic<bool> interrupted_{false};
  std::atomic<bool> stop_requested_{false};
  std::vector<std::string> program_arguments_;
  std::optional<std::string> kept_output_;
  std::unique_ptr<Externs> externs_;
  std::unique_ptr<Interpreter> interpreter_;
};

// Keeps values alive while a native function calls back.
class Rooted {
 public:
  Rooted(Vm& vm, std::initializer_list<Value> values) : vm_(vm), size_(vm.roots_.size()) {
    vm.roots_.insert(vm.roots_.end(), values);
  }
  ~Rooted() { vm_.roots_.resize(size_); }
  Rooted(const Rooted&) = delete;
  Rooted& operator=(const Rooted&) = delete;
  void add(Value value) { vm_.roots_.push_back(value); }

 private:
  Vm& vm_;
  size_t size_;
};

}  // namespace simple

#endif
