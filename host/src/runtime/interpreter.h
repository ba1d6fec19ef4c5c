// The machine: runs the instructions of compiled functions.
//
// Calls do not use the stack of C++: a frame is a record, and registers lie in one long
// array in which the arguments of a call are the first registers of what is called. Only
// natives that call back, and operators of the program's own inside of natives, run a
// machine inside the machine.
#ifndef SIMPLE_RUNTIME_INTERPRETER_H_
#define SIMPLE_RUNTIME_INTERPRETER_H_

#include <exception>
#include <span>
#include <vector>

#include "runtime/module.h"
#include "runtime/vm.h"
#include "syntax/ast.h"

namespace simple {

struct Frame {
  const Instruction* pc = nullptr;
  Value* base = nullptr;
  Value* result = nullptr;  // Where the caller wants it; null: it goes back to C++.
  FunctionCode* code = nullptr;
  Closure* closure = nullptr;
};

// Whether what is called has that many parameters, self included.
inline bool takes(const Object* callable, int parameters) {
  return callable->kind == Kind::kClosure &&
         static_cast<const Closure*>(callable)->code->parameters >= parameters;
}

class Interpreter {
 public:
  explicit Interpreter(Vm& vm);
  ~Interpreter();
  Interpreter(const Interpreter&) = delete;
  Interpreter& operator=(const Interpreter&) = delete;

  Value call(Value callee, std::span<const Value> arguments);
  Value call_method(Value receiver, Object* method, std::span<const Value> arguments);
  void mark_registers();
  void mark_globals();
  // Collects, runs what waits; throws if the program is to stop.
  void attend();
  void collect();
  void collect_young();
  // Where the program is, the innermost function first.
  std::vector<TraceLine> trace() const;
  // The place of the innermost function that is not of the library, for messages.
  bool current_place(std::string& file, uint32_t& line, std::string& excerpt) const;

  std::vector<Module*> modules;

 private:
  struct Pending {
    std::exception_ptr failure;
    Frame* frame;
  };
  struct Names {
    Symbol getitem, call, method_missing, iter, next, len, make, enter_name, close_name,
        enter, exit, close;
    // By the numbers of ast::BinaryOp.
    Symbol operators[12], reflected[12], in_place[12], with_numbers[4];
  };
  // Keeps room above the running function while a native has its arguments there.
  class Reserve {
   public:
    Reserve(Interpreter& machine, Value* end)
        : machine_(machine), before_(machine.reserved_) {
      if (end > machine.reserved_) machine.reserved_ = end;
    }
    ~Reserve() { machine_.reserved_ = before_; }
    Reserve(const Reserve&) = delete;
    Reserve& operator=(const Reserve&) = delete;

   private:
    Interpreter& machine_;
    Value* before_;
  };

  Value run(Frame* boundary);
  // Looks for what is to be done about the failure in hand; false if the boundary was
  // left.
  bool unwind(Frame* boundary);
  // The first register that is free.
  Value* top() const {
    if (frame_ == frames_) return reserved_;
    Value* end = frame_->base + frame_->code->registers;
    return end > reserved_ ? end : reserved_;
  }

  // ---- Calls (calls.cpp)
  void enter(Closure* closure, Value* base, int count, Value* result) {
    FunctionCode* code = closure->code;
    if (count != code->parameters || code->variadic) [[unlikely]]
      arrange(code, base, count);
    push_frame(closure, base, result);
  }
  // All parameters are in their registers.
  void push_frame(Closure* closure, Value* base, Value* result) {
    FunctionCode* code = closure->code;
    Value* end = base + code->registers;
    if (end >= stack_end_ || frame_ + 1 >= frames_end_) [[unlikely]]
      overflow();
    if (end > high_water_) high_water_ = end;
    ++frame_;
    frame_->pc = code->code.data();
    frame_->base = base;
    frame_->result = result;
    frame_->code = code;
    frame_->closure = closure;
  }
  // What lies above the running function was left behind by others.
  void clear_above();
  [[noreturn]] void overflow();
  void arrange(FunctionCode* code, Value* base, int count);
  // Calls anything. True if it is done, false if a frame was entered.
  bool call_value(Value callee, Value* base, int count, Value* result);
  // True if it is done, false if a frame was entered. `before` is Site's.
  bool call_named(Site& site, int before, Value callee, Value* base, int count,
                  Value* result);
  bool call_named_with_receiver(Site& site, int before, Value receiver, Value callee,
                                Value* base, int count, Value* result);
  void arrange_named(Site& site, int before, const FunctionCode* code, int count);
  void name_arguments(Array* arguments, Value& names, int64_t before);
  void spread_arguments(Array* arguments, Value values, Value& names);
  void name_last_argument(Array* arguments, Value& names, Symbol name);
  bool call_spread(Value callee, Value* base, int count, Value names, Value* result);
  bool call_found(Site& site, Value* base, int count, Value* result);
  Value call_native(const NativeSpec* spec, Value* base, int count, bool is_method);
  Value native_method(Site& site, Value* base, int count);
  void find_method(Site& site, Value receiver);
  void find_static(Site& site, Type* type);
  // The function that an operator is for these operands, if it is written in Simple;
  // `into` if the left one is to be changed, `reflected` if the right one answers.
  Closure* operator_method(ast::BinaryOp op, bool into, Value left, Value right,
                           bool& reflected) const;
  [[noreturn]] void method_not_found(const Site& site, Value receiver);
  Value get_method(Site& site, Value receiver);
  Value method_reference(Symbol name);
  Value compose(Value first, Value second);

  // ---- Parts of values (members.cpp)
  bool find_field(Site& site, Value receiver);
  Value get_member(Site& site, Value receiver);
  void set_field(Site& site, Value& receiver, Value value);
  Value get_index_mutable(Value container, Value index);
  void iterate_prepare(Value* state);
  bool iterate_next(Value* state);
  bool iterate_next_pair(Value* state);
  bool iterate_next_numbered(Value* state);
  [[noreturn]] void misfit(Value value);
  bool is_none(Value value) const;
  bool is_variant(const Site& site, Value value) const;
  bool is_type(Symbol type, Value value);
  bool is_of(const Type* type, Value value);
  Value payload(Value value, uint16_t index);
  Value payload_named(const Site& site, Value value);
  Value match_item(Value value, int index);
  Value match_rest(Value value, int from, int64_t behind);
  Value present(Value value);
  Value unwrap(Value value);
  Value make_variant(Type* type, uint32_t variant, const Value* values, uint32_t count);
  void extend(Array* array, Value values);
  Value repeat(Value value, Value count);
  void merge(Table* table, Value other);
  Value display_all(const Value* values, int count);
  Value format_value(Value value, std::string_view spec);
  Value ellipsis();

  void note_current() const;
  void note(Failure& failure) const;

  Vm& vm_;
  Heap& heap_;
  Names names_;
  Value* stack_;
  Value* stack_end_;
  Value* high_water_;
  Value* reserved_;
  Frame* frames_;
  Frame* frames_end_;
  Frame* frame_;  // The one that runs; frames_ itself if none does.
  size_t nesting_ = 0;
  Value ellipsis_;
  std::string text_;
  std::vector<Pending> pending_;
};

}  // namespace simple

#endif
