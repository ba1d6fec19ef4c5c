// The loop that runs instructions. What an instruction does in its common case is written
// here; the rest is in calls.cpp, members.cpp and operations.h.

#include "runtime/interpreter.h"

#include <sys/mman.h>

#include <algorithm>
#include <cmath>

#include "runtime/numbers.h"
#include "runtime/operations.h"
#include "runtime/table.h"
#include "sffi/extern.h"

namespace simple {
namespace {

constexpr size_t kStackValues = 8u << 20;
constexpr size_t kMostFrames = 200'000;

template <typename T>
T* reserve(size_t count) {
  void* memory = mmap(nullptr, count * sizeof(T), PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) fail("E3010", "out of memory: no room for the stack");
  return static_cast<T*>(memory);
}

bool is_function(Value value) {
  return is(value, Kind::kClosure) || is(value, Kind::kNative) ||
         is(value, Kind::kBound) || is(value, Kind::kExtern);
}

std::string_view constant_text(Value value) { return text(value); }

// What the compiler sees to. Code that comes from the cache could be any: verify() knows
// the places that instructions use, and here is looked at what is in them.
[[noreturn]] void unsound() { fail("E1002", "internal: the compiled code is not sound"); }

template <typename T>
T* expect(Value value, Kind kind) {
  if (!is(value, kind)) [[unlikely]]
    unsound();
  return as<T>(value);
}

// A type that has instances.
Type* expect_class(Value value) {
  auto* type = expect<Type>(value, Kind::kType);
  if (type->form != Type::Form::kClass && type->form != Type::Form::kStruct)
      [[unlikely]] {
    unsound();
  }
  return type;
}

// An enum that has the variant, with so many values.
Type* expect_enum(Value value, uint32_t variant, size_t count) {
  auto* type = expect<Type>(value, Kind::kType);
  if (variant >= type->variants.size() || type->variants[variant].fields.size() != count)
      [[unlikely]] {
    unsound();
  }
  return type;
}

}  // namespace

Interpreter::Interpreter(Vm& vm)
    : vm_(vm),
      heap_(vm.heap()),
      stack_(reserve<Value>(kStackValues)),
      stack_end_(stack_ + kStackValues - 1024),
      high_water_(stack_),
      reserved_(stack_),
      frames_(reserve<Frame>(kMostFrames)),
      frames_end_(frames_ + kMostFrames - 1),
      frame_(frames_) {
  names_ = {intern("__getitem__"),
            intern("__call__"),
            intern("method_missing"),
            intern("__iter__"),
            intern("next"),
            intern("__len__"),
            intern("new"),
            intern("(enter)"),
            intern("(close)"),
            intern("__enter__"),
            intern("__exit__"),
            intern("close"),
            {},
            {},
            {},
            {}};
  const char* const operators[] = {"add",    "sub", "mul", "div", "mod",    "pow",
                                   "matmul", "and", "or",  "xor", "lshift", "rshift"};
  for (size_t i = 0; i < std::size(operators); ++i) {
    const std::string name = operators[i];
    names_.operators[i] = intern("__" + name + "__");
    names_.reflected[i] = intern("__r" + name + "__");
    names_.in_place[i] = intern("__i" + name + "__");
    if (i < 4) names_.with_numbers[i] = intern(name + "_scalar");
  }
}

Interpreter::~Interpreter() {
  munmap(stack_, kStackValues * sizeof(Value));
  munmap(frames_, kMostFrames * sizeof(Frame));
}

void Interpreter::clear_above() {
  Value* end = top();
  for (Value* value = end; value < high_water_; ++value) *value = Value();
  high_water_ = end;
}

void Interpreter::collect() {
  clear_above();
  vm_.externs().begin_collection();
  heap_.collect();
  vm_.externs().release_dead();
}

void Interpreter::collect_young() {
  clear_above();
  heap_.collect_young();
  vm_.externs().release_dead_young(static_cast<size_t>(top() - stack_));
}

// What an earlier call left in a register that this one has not used yet is not held, and
// is forgotten. So whatever runs code of the program has to note where it is before.
void Interpreter::mark_registers() {
  const Value* end = top();
  Value* value = stack_;
  for (Frame* frame = frames_ + 1; frame <= frame_; ++frame) {
    // Between frames are arguments of natives.
    for (; value < frame->base; ++value) heap_.mark(*value);
    heap_.mark(frame->closure);
    FunctionCode* code = frame->code;
    const auto at = static_cast<uint32_t>(frame->pc - code->code.data());
    const Value* next = frame == frame_ ? end : (frame + 1)->base;
    for (uint32_t from : code->used_from()) {
      if (value == next) break;
      if (from <= at) {
        heap_.mark(*value);
      } else {
        *value = Value();
      }
      ++value;
    }
  }
  for (; value < end; ++value) heap_.mark(*value);
  if (ellipsis_.is_object()) heap_.mark(ellipsis_);
}

void Interpreter::mark_globals() {
  for (Module* module : modules) {
    for (const Value& value : module->globals) heap_.mark(value);
  }
}

void Interpreter::attend() {
  vm_.interrupted_.store(false, std::memory_order_relaxed);
  vm_.check_stop();
  vm_.externs().run_queued();
  // The first may find that the second is due.
  if (heap_.wants_young_collection()) collect_young();
  if (heap_.wants_collection()) collect();
}

// The instructions are reached through a table of addresses, an extension of C++ that
// both gcc and clang have.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"

#define A (base[pc->a])
#define B (base[pc->b])
#define C (base[pc->c])
#define K(index) (code->constants[index])
#define NEXT                                   \
  do {                                         \
    ++pc;                                      \
    goto* labels[static_cast<size_t>(pc->op)]; \
  } while (0)
#define ATTEND                                                           \
  do {                                                                   \
    if (vm_.interrupted_.load(std::memory_order_relaxed)) [[unlikely]] { \
      frame_->pc = pc;                                                   \
      attend();                                                          \
    }                                                                    \
  } while (0)
// After a frame was entered or left.
#define LOAD_FRAME       \
  do {                   \
    pc = frame_->pc;     \
    base = frame_->base; \
    code = frame_->code; \
  } while (0)

#define ARITHMETIC(name, op_name, int_expression, float_expression)   \
  L_##name##Into : L_##name : {                                       \
    const Value& left = B;                                            \
    const Value& right = C;                                           \
    if (left.tag == Tag::kInt && right.tag == Tag::kInt) [[likely]] { \
      const int64_t x = left.integer, y = right.integer;              \
      A = Value::of(static_cast<int64_t>(int_expression));            \
    } else if (left.tag == Tag::kFloat && right.tag == Tag::kFloat) { \
      const double x = left.real, y = right.real;                     \
      A = Value::of(float_expression);                                \
    } else {                                                          \
      operation = ast::BinaryOp::op_name;                             \
      left_operand = left;                                            \
      right_operand = right;                                          \
      goto slow_arithmetic;                                           \
    }                                                                 \
    NEXT;                                                             \
  }

#define ARITHMETIC_CONSTANT(name, op_name, int_expression, float_expression) \
  L_##name##Into : L_##name : {                                              \
    const Value& left = B;                                                   \
    const Value& right = K(pc->c);                                           \
    if (left.tag == Tag::kInt && right.tag == Tag::kInt) [[likely]] {        \
      const int64_t x = left.integer, y = right.integer;                     \
      A = Value::of(static_cast<int64_t>(int_expression));                   \
    } else if (left.tag == Tag::kFloat && right.tag == Tag::kFloat) {        \
      const double x = left.real, y = right.real;                            \
      A = Value::of(float_expression);                                       \
    } else {                                                                 \
      operation = ast::BinaryOp::op_name;                                    \
      left_operand = left;                                                   \
      right_operand = right;                                                 \
      goto slow_arithmetic;                                                  \
    }                                                                        \
    NEXT;                                                                    \
  }

// Division and remainder fail for 0, and wrap for the smallest number by -1.
#define DIVISION(name, op_name, right_value, int_expression, float_case)            \
  L_##name##Into : L_##name : {                                                     \
    const Value& left = B;                                                          \
    const Value& right = right_value;                                               \
    if (left.tag == Tag::kInt && right.tag == Tag::kInt &&                          \
        static_cast<uint64_t>(right.integer) + 1 > 1) [[likely]] {                  \
      const int64_t x = left.integer, y = right.integer;                            \
      A = Value::of(static_cast<int64_t>(int_expression));                          \
    } else if (float_case && left.tag == Tag::kFloat && right.tag == Tag::kFloat) { \
      A = Value::of(left.real / right.real);                                        \
    } else {                                                                        \
      operation = ast::BinaryOp::op_name;                                           \
      left_operand = left;                                                          \
      right_operand = right;                                                        \
      goto slow_arithmetic;                                                         \
    }                                                                               \
    NEXT;                                                                           \
  }

#define BITS(name, op_name, expression)                               \
  L_##name##Into : L_##name : {                                       \
    const Value& left = B;                                            \
    const Value& right = C;                                           \
    if (left.tag == Tag::kInt && right.tag == Tag::kInt) [[likely]] { \
      const int64_t x = left.integer, y = right.integer;              \
      A = Value::of(static_cast<int64_t>(expression));                \
      NEXT;                                                           \
    }                                                                 \
    operation = ast::BinaryOp::op_name;                               \
    left_operand = left;                                              \
    right_operand = right;                                            \
    goto slow_arithmetic;                                             \
  }

// What is done out of line whatever the operands are.
#define OUT_OF_LINE(name)            \
  L_##name##Into : L_##name : {      \
    operation = ast::BinaryOp::name; \
    left_operand = B;                \
    right_operand = C;               \
    goto slow_arithmetic;            \
  }

constexpr ast::BinaryOp order_of(const char* sign) {
  if (sign[0] == '<') {
    return sign[1] == '=' ? ast::BinaryOp::kLessEqual : ast::BinaryOp::kLess;
  }
  return sign[1] == '=' ? ast::BinaryOp::kGreaterEqual : ast::BinaryOp::kGreater;
}

#define ORDER(name, sign)                                             \
  L_##name : {                                                        \
    const Value& left = B;                                            \
    const Value& right = C;                                           \
    if (left.tag == Tag::kInt && right.tag == Tag::kInt) [[likely]] { \
      A = Value::of(left.integer sign right.integer);                 \
    } else if (left.tag == Tag::kFloat && right.tag == Tag::kFloat) { \
      A = Value::of(left.real sign right.real);                       \
    } else if (is_text(left) && is_text(right)) {                     \
      A = Value::of(order_of_texts(text(left), text(right)) sign 0);  \
    } else {                                                          \
      frame_->pc = pc;                                                \
      result = related(vm_, order_of(#sign), left, right);            \
      A = result;                                                     \
    }                                                                 \
    NEXT;                                                             \
  }

#define JUMP_ORDER(name, sign, when)                                  \
  L_##name : {                                                        \
    const Value& left = A;                                            \
    const Value& right = B;                                           \
    bool holds;                                                       \
    if (left.tag == Tag::kInt && right.tag == Tag::kInt) [[likely]] { \
      holds = left.integer sign right.integer;                        \
    } else if (left.tag == Tag::kFloat && right.tag == Tag::kFloat) { \
      holds = left.real sign right.real;                              \
    } else if (is_text(left) && is_text(right)) {                     \
      holds = order_of_texts(text(left), text(right)) sign 0;         \
    } else {                                                          \
      frame_->pc = pc;                                                \
      holds = relation(vm_, order_of(#sign), left, right);            \
    }                                                                 \
    if (holds == when) pc += pc->near();                              \
    NEXT;                                                             \
  }

#define JUMP_ORDER_INT(name, sign, when)                                       \
  L_##name : {                                                                 \
    const Value& left = A;                                                     \
    const auto right = static_cast<int16_t>(pc->b);                            \
    bool holds;                                                                \
    if (left.tag == Tag::kInt) [[likely]] {                                    \
      holds = left.integer sign right;                                         \
    } else if (left.tag == Tag::kFloat) {                                      \
      holds = left.real sign static_cast<double>(right);                       \
    } else {                                                                   \
      frame_->pc = pc;                                                         \
      holds = relation(vm_, order_of(#sign), left, Value::of(int64_t{right})); \
    }                                                                          \
    if (holds == when) pc += pc->near();                                       \
    NEXT;                                                                      \
  }

Value Interpreter::run(Frame* boundary) {
  static const void* const labels[] = {
#define SIMPLE_INSTRUCTION(name, a, b, c) &&L_##name,
      SIMPLE_INSTRUCTIONS(SIMPLE_INSTRUCTION)
#undef SIMPLE_INSTRUCTION
  };
  const Instruction* pc = frame_->pc;
  Value* base = frame_->base;
  FunctionCode* code = frame_->code;
  ast::BinaryOp operation = ast::BinaryOp::kAdd;
  Value left_operand;
  Value right_operand;
  Value result;
  for (;;) {
    try {
      goto* labels[static_cast<size_t>(pc->op)];

    L_kNop:
      NEXT;
    L_kMove : {
      A = B;
      NEXT;
    }
    L_kMoveShare : {
      const Value value = B;
      share(value);
      A = value;
      NEXT;
    }
    L_kShare : {
      share(A);
      NEXT;
    }
    L_kLoadNil : {
      A = Value();
      NEXT;
    }
    L_kLoadMissing : {
      A = Value::missing();
      NEXT;
    }
    L_kLoadBool : {
      A = Value::of(pc->b != 0);
      NEXT;
    }
    L_kLoadInt : {
      A = Value::of(int64_t{pc->wide()});
      NEXT;
    }
    L_kLoadConstant : {
      A = K(pc->b);
      NEXT;
    }
    L_kGetGlobal : {
      A = *code->module->references[pc->b];
      NEXT;
    }
    L_kSetGlobal : {
      heap_.set_global(*code->module->references[pc->b], A);
      NEXT;
    }
    L_kGetGlobalMutable : {
      Slot& global = *code->module->references[pc->b];
      unshare(heap_, global);
      A = global;
      NEXT;
    }
    L_kGetCaptured : {
      A = frame_->closure->captured()[pc->b];
      NEXT;
    }
    L_kGetSelfClosure : {
      A = Value::of(static_cast<Object*>(frame_->closure));
      NEXT;
    }
    L_kNewCell : {
      A = Value::of(static_cast<Object*>(heap_.cell(B)));
      NEXT;
    }
    L_kGetCell : {
      A = expect<Cell>(B, Kind::kCell)->value;
      NEXT;
    }
    L_kSetCell : {
      expect<Cell>(A, Kind::kCell)->value = B;
      NEXT;
    }
    L_kGetCellMutable : {
      Cell* cell = expect<Cell>(B, Kind::kCell);
      unshare(heap_, cell->value);
      A = cell->value;
      NEXT;
    }
    L_kUnshare : {
      unshare(heap_, A);
      NEXT;
    }
    L_kCopy : {
      A = heap_.copy(B);
      NEXT;
    }
    L_kClosure : {
      FunctionCode* function = code->module->functions[pc->b].get();
      const auto count = static_cast<uint32_t>(function->captures.size());
      Closure* closure = heap_.closure(function, count);
      for (uint32_t i = 0; i < count; ++i) {
        const CaptureImage& capture = function->captures[i];
        const Value value = capture.from_register
                                ? base[capture.index]
                                : frame_->closure->captured()[capture.index];
        share(value);
        closure->slots()[i] = value;
      }
      A = Value::of(static_cast<Object*>(closure));
      ATTEND;
      NEXT;
    }

      ARITHMETIC(kAdd, kAdd, wrapping_add(x, y), x + y)
      ARITHMETIC(kSubtract, kSubtract, wrapping_subtract(x, y), x - y)
      ARITHMETIC(kMultiply, kMultiply, wrapping_multiply(x, y), x * y)
      DIVISION(kDivide, kDivide, C, x / y, true)
      DIVISION(kRemainder, kRemainder, C, x % y, false)
      ARITHMETIC_CONSTANT(kAddConstant, kAdd, wrapping_add(x, y), x + y)
      ARITHMETIC_CONSTANT(kSubtractConstant, kSubtract, wrapping_subtract(x, y), x - y)
      ARITHMETIC_CONSTANT(kMultiplyConstant, kMultiply, wrapping_multiply(x, y), x * y)
      DIVISION(kDivideConstant, kDivide, K(pc->c), x / y, true)
      DIVISION(kRemainderConstant, kRemainder, K(pc->c), x % y, false)
      BITS(kBitAnd, kBitAnd, x & y)
      BITS(kBitOr, kBitOr, x | y)
      BITS(kBitXor, kBitXor, x ^ y)
      OUT_OF_LINE(kPower)
      OUT_OF_LINE(kMatmul)
      OUT_OF_LINE(kShiftLeft)
      OUT_OF_LINE(kShiftRight)
    L_kAddIntInto:
    L_kAddInt : {
      const Value& left = B;
      const auto amount = static_cast<int16_t>(pc->c);
      if (left.tag == Tag::kInt) [[likely]] {
        A = Value::of(wrapping_add(left.integer, amount));
        NEXT;
      }
      if (left.tag == Tag::kFloat) {
        A = Value::of(left.real + amount);
        NEXT;
      }
      // What was written was an addition or a subtraction.
      operation = amount < 0 ? ast::BinaryOp::kSubtract : ast::BinaryOp::kAdd;
      left_operand = left;
      right_operand = Value::of(int64_t{amount < 0 ? -amount : amount});
      goto slow_arithmetic;
    }

    slow_arithmetic : {
      frame_->pc = pc;
      // Methods of the program's own types are called as calls.
      if (left_operand.is_object() && right_operand.is_object() &&
          left_operand.object->kind == Kind::kText &&
          right_operand.object->kind == Kind::kText && operation == ast::BinaryOp::kAdd) {
        A = Value::of(static_cast<Object*>(
            heap_.concat(as<Text>(left_operand), as<Text>(right_operand))));
        ATTEND;
        NEXT;
      }
      bool reflected = false;
      if (Closure* method = operator_method(operation, is_into(pc->op), left_operand,
                                            right_operand, reflected)) {
        Value* window = base + code->registers;
        window[0] = reflected ? right_operand : left_operand;
        window[1] = reflected ? left_operand : right_operand;
        enter(method, window, 2, &A);
        LOAD_FRAME;
        goto* labels[static_cast<size_t>(pc->op)];
      }
      result = operation == ast::BinaryOp::kShiftRight && is_function(left_operand) &&
                       is_function(right_operand)
                   ? compose(left_operand, right_operand)
                   : arithmetic(vm_, operation, left_operand, right_operand);
      A = result;
      ATTEND;
      NEXT;
    }

    L_kNegate : {
      const Value& value = B;
      if (value.tag == Tag::kInt) {
        A = Value::of(wrapping_negate(value.integer));
      } else if (value.tag == Tag::kFloat) {
        A = Value::of(-value.real);
      } else {
        frame_->pc = pc;
        result = negate(vm_, value);
        A = result;
      }
      NEXT;
    }
    L_kNot : {
      frame_->pc = pc;
      A = Value::of(!truth(vm_, B));
      NEXT;
    }
    L_kInvert : {
      const Value& value = B;
      if (value.tag == Tag::kInt) {
        A = Value::of(~value.integer);
      } else {
        frame_->pc = pc;
        result = invert(vm_, value);
        A = result;
      }
      NEXT;
    }
    L_kEqual : {
      const Value& left = B;
      const Value& right = C;
      if (left.tag == Tag::kInt && right.tag == Tag::kInt) {
        A = Value::of(left.integer == right.integer);
      } else if (is_text(left) && is_text(right)) {
        A = Value::of(same_text(as<Text>(left), as<Text>(right)));
      } else {
        frame_->pc = pc;
        result = related(vm_, ast::BinaryOp::kEqual, left, right);
        A = result;
      }
      NEXT;
    }
    L_kNotEqual : {
      const Value& left = B;
      const Value& right = C;
      if (left.tag == Tag::kInt && right.tag == Tag::kInt) {
        A = Value::of(left.integer != right.integer);
      } else if (is_text(left) && is_text(right)) {
        A = Value::of(!same_text(as<Text>(left), as<Text>(right)));
      } else {
        frame_->pc = pc;
        result = related(vm_, ast::BinaryOp::kNotEqual, left, right);
        A = result;
      }
      NEXT;
    }
      ORDER(kLess, <)
      ORDER(kLessEqual, <=)
      ORDER(kGreater, >)
      ORDER(kGreaterEqual, >=)
    L_kIn : {
      const Value& container = C;
      frame_->pc = pc;
      const bool in = is(container, Kind::kDict) || is(container, Kind::kSet)
                          ? table_find(vm_, as<Table>(container), B) != nullptr
                          : contains(vm_, container, B);
      A = Value::of(in);
      NEXT;
    }
    L_kIs : {
      const Value& left = B;
      const Value& right = C;
      frame_->pc = pc;
      bool same;
      if (is(right, Kind::kType)) {
        same = is_of(as<Type>(right), left);
      } else if (left.is_object() && right.is_object() && !is_text(left)) {
        same = left.object == right.object || equal(vm_, left, right);
      } else {
        same = equal(vm_, left, right);
      }
      A = Value::of(same);
      NEXT;
    }
    L_kTruth : {
      frame_->pc = pc;
      A = Value::of(truth(vm_, B));
      NEXT;
    }

    L_kJump : {
      pc += pc->wide();
      NEXT;
    }
    L_kJumpBack : {
      ATTEND;
      pc += pc->wide();
      NEXT;
    }
    L_kJumpIf : {
      const Value& value = A;
      if (value.tag == Tag::kBool) {
        if (value.integer != 0) pc += pc->wide();
        NEXT;
      }
      frame_->pc = pc;
      if (truth(vm_, value)) pc += pc->wide();
      NEXT;
    }
    L_kJumpIfNot : {
      const Value& value = A;
      if (value.tag == Tag::kBool) {
        if (value.integer == 0) pc += pc->wide();
        NEXT;
      }
      frame_->pc = pc;
      if (!truth(vm_, value)) pc += pc->wide();
      NEXT;
    }
    L_kJumpIfNil : {
      if (A.is_nil()) pc += pc->wide();
      NEXT;
    }
    L_kJumpIfNotNil : {
      if (!A.is_nil() && !is_none(A)) pc += pc->wide();
      NEXT;
    }
    L_kJumpIfGiven : {
      if (!A.is_missing()) pc += pc->wide();
      NEXT;
    }
      JUMP_ORDER(kJumpLess, <, true)
      JUMP_ORDER(kJumpNotLess, <, false)
      JUMP_ORDER(kJumpLessEqual, <=, true)
      JUMP_ORDER(kJumpNotLessEqual, <=, false)
      JUMP_ORDER(kJumpGreater, >, true)
      JUMP_ORDER(kJumpNotGreater, >, false)
      JUMP_ORDER(kJumpGreaterEqual, >=, true)
      JUMP_ORDER(kJumpNotGreaterEqual, >=, false)
      JUMP_ORDER_INT(kJumpLessInt, <, true)
      JUMP_ORDER_INT(kJumpNotLessInt, <, false)
      JUMP_ORDER_INT(kJumpLessEqualInt, <=, true)
      JUMP_ORDER_INT(kJumpNotLessEqualInt, <=, false)
      JUMP_ORDER_INT(kJumpGreaterInt, >, true)
      JUMP_ORDER_INT(kJumpNotGreaterInt, >, false)
      JUMP_ORDER_INT(kJumpGreaterEqualInt, >=, true)
      JUMP_ORDER_INT(kJumpNotGreaterEqualInt, >=, false)
    L_kJumpEqual : {
      const Value& left = A;
      const Value& right = B;
      bool same;
      if (left.tag == Tag::kInt && right.tag == Tag::kInt) {
        same = left.integer == right.integer;
      } else if (is_text(left) && is_text(right)) {
        same = same_text(as<Text>(left), as<Text>(right));
      } else {
        frame_->pc = pc;
        same = relation(vm_, ast::BinaryOp::kEqual, left, right);
      }
      if (same) pc += pc->near();
      NEXT;
    }
    L_kJumpNotEqual : {
      const Value& left = A;
      const Value& right = B;
      bool differ;
      if (left.tag == Tag::kInt && right.tag == Tag::kInt) {
        differ = left.integer != right.integer;
      } else if (is_text(left) && is_text(right)) {
        differ = !same_text(as<Text>(left), as<Text>(right));
      } else {
        frame_->pc = pc;
        differ = relation(vm_, ast::BinaryOp::kNotEqual, left, right);
      }
      if (differ) pc += pc->near();
      NEXT;
    }
    L_kJumpEqualInt : {
      const Value& left = A;
      const Value right = Value::of(int64_t{static_cast<int16_t>(pc->b)});
      frame_->pc = pc;
      const bool same = left.tag == Tag::kInt
                            ? left.integer == right.integer
                            : relation(vm_, ast::BinaryOp::kEqual, left, right);
      if (same) pc += pc->near();
      NEXT;
    }
    L_kJumpNotEqualInt : {
      const Value& left = A;
      const Value right = Value::of(int64_t{static_cast<int16_t>(pc->b)});
      frame_->pc = pc;
      const bool differ = left.tag == Tag::kInt
                              ? left.integer != right.integer
                              : relation(vm_, ast::BinaryOp::kNotEqual, left, right);
      if (differ) pc += pc->near();
      NEXT;
    }

    L_kCountPrepare : {
      Value* state = &A;
      if (!state[0].is_integral() || !state[1].is_integral()) {
        fail("E1005", "a range to count over needs whole numbers, found " +
                          type_name(state[0]) + " and " + type_name(state[1]));
      }
      int64_t limit = state[1].integer;
      if (pc->b != 0 && limit != INT64_MAX) ++limit;
      state[1] = Value::of(limit);
      state[0].tag = Tag::kInt;
      if (state[0].integer < limit) {
        state[2] = state[0];
      } else {
        pc += pc->near();
      }
      NEXT;
    }
    L_kCountNext : {
      Value* state = &A;
      state[0] = Value::of(state[0].integer + 1);
      if (state[0].integer < state[1].integer) {
        ATTEND;
        state[2] = state[0];
        pc += pc->wide();
      }
      NEXT;
    }
    L_kIteratePrepare : {
      frame_->pc = pc;
      iterate_prepare(&A);
      NEXT;
    }
    L_kIterateNext : {
      Value* state = &A;
      if (is(state[0], Kind::kArray)) [[likely]] {
        const auto* array = as<Array>(state[0]);
        state[1].tag = Tag::kInt;
        int64_t& position = state[1].integer;
        if (static_cast<uint64_t>(position) >= static_cast<uint64_t>(array->length)) {
          pc += pc->wide();
          NEXT;
        }
        state[2] = array->get(position++);
        NEXT;
      }
      if (is_text(state[0])) {
        const std::string_view bytes = text(state[0]);
        const auto position = static_cast<uint64_t>(state[1].integer);
        if (position < bytes.size()) {
          const auto first = static_cast<uint8_t>(bytes[position]);
          if (first < 128 && !vm_.characters_[first].is_nil()) {
            state[2] = vm_.characters_[first];
            state[1] = Value::of(state[1].integer + 1);
            NEXT;
          }
        }
      }
      frame_->pc = pc;
      if (!iterate_next(state)) pc += pc->wide();
      NEXT;
    }
    L_kIteratePair : {
      Value* state = &A;
      frame_->pc = pc;
      if (!iterate_next_pair(state)) pc += pc->wide();
      NEXT;
    }
    L_kIterateNumbered : {
      Value* state = &A;
      frame_->pc = pc;
      if (!iterate_next_numbered(state)) pc += pc->wide();
      NEXT;
    }

    L_kCallGlobal : {
      const Value callee = *code->module->references[pc->b];
      Value* window = &A;
      frame_->pc = pc;
      if (is(callee, Kind::kClosure)) [[likely]] {
        ATTEND;
        enter(as<Closure>(callee), window, pc->c, window);
        LOAD_FRAME;
        goto* labels[static_cast<size_t>(pc->op)];
      }
      if (is(callee, Kind::kExtern)) {
        result = simple::call(vm_, *static_cast<ExternFunction*>(callee.object), window,
                              pc->c);
        A = result;
        ATTEND;
        NEXT;
      }
      if (call_value(callee, window, pc->c, window)) {
        ATTEND;
        NEXT;
      }
      LOAD_FRAME;
      goto* labels[static_cast<size_t>(pc->op)];
    }
    L_kCall : {
      const Value callee = B;
      Value* window = &A;
      frame_->pc = pc;
      ATTEND;
      if (is(callee, Kind::kClosure)) {
        enter(as<Closure>(callee), window, pc->c, window);
      } else if (call_value(callee, window, pc->c, window)) {
        ATTEND;
        NEXT;
      }
      LOAD_FRAME;
      goto* labels[static_cast<size_t>(pc->op)];
    }
    L_kCallNamed : {
      Value* window = &A;
      frame_->pc = pc;
      if (call_named(code->sites[pc->b], 0, window[pc->c], window, pc->c, window)) {
        ATTEND;
        NEXT;
      }
      LOAD_FRAME;
      goto* labels[static_cast<size_t>(pc->op)];
    }
    L_kCallMethod : {
      Value* window = &A;
      Site& site = code->sites[pc->b];
      frame_->pc = pc;
      const Value receiver = window[0];
      const void* key;
      if (is(receiver, Kind::kInstance)) [[likely]] {
        key = as<Instance>(receiver)->type;
      } else if (is(receiver, Kind::kType)) {
        key = receiver.object;
      } else if (is_text(receiver)) {
        key = vm_.types_.text;
      } else if (is(receiver, Kind::kArray)) {
        key = vm_.types_.array;
      } else {
        key = vm_.type_of(receiver);
      }
      if (site.key != key) [[unlikely]]
        find_method(site, receiver);
      if (site.mutates && receiver.is_object() && copies(receiver.object) &&
          (site.deep || receiver.object->shared)) [[unlikely]] {
        if (site.mutate_at >= 0) {
          pc = code->code.data() + site.mutate_at;
          goto* labels[static_cast<size_t>(pc->op)];
        }
        if (receiver.object->shared) window[0] = heap_.copy(receiver);
      }
      if (site.shares) [[unlikely]]
        share(receiver);
      if (site.found == Site::Found::kClosure) [[likely]] {
        ATTEND;
        if (!site.argument_names.empty()) {
          call_named(site, 0, Value::of(site.target), window, pc->c, window);
        } else {
          enter(static_cast<Closure*>(site.target), window, pc->c, window);
        }
        LOAD_FRAME;
        goto* labels[static_cast<size_t>(pc->op)];
      }
      if (site.found == Site::Found::kNative) [[likely]] {
        result = native_method(site, window, pc->c);
        A = result;
        ATTEND;
        NEXT;
      }
      if (call_found(site, window, pc->c, window)) {
        ATTEND;
        NEXT;
      }
      LOAD_FRAME;
      goto* labels[static_cast<size_t>(pc->op)];
    }
    L_kCallSpread : {
      Value* window = &A;
      frame_->pc = pc;
      // The arguments go behind the function's own registers.
      const Value callee = window[0];
      const auto* array = expect<Array>(B, Kind::kArray);
      const int64_t count = array->length;
      Value* arguments = base + code->registers;
      if (count > 60000 || arguments + count >= stack_end_) {
        fail("E1020", "too many arguments: " + std::to_string(count));
      }
      for (int64_t i = 0; i < count; ++i) arguments[i] = array->get(i);
      high_water_ = std::max(high_water_, arguments + count);
      if (call_spread(callee, arguments, static_cast<int>(count), C, window)) {
        NEXT;
      }
      LOAD_FRAME;
      goto* labels[static_cast<size_t>(pc->op)];
    }
    L_kSpread : {
      frame_->pc = pc;
      spread_arguments(expect<Array>(A, Kind::kArray), B, C);
      NEXT;
    }
    L_kNameLast : {
      name_last_argument(expect<Array>(A, Kind::kArray), B, code->sites[pc->c].name);
      NEXT;
    }
    L_kGetMethod : {
      frame_->pc = pc;
      result = get_method(code->sites[pc->c], B);
      A = result;
      NEXT;
    }
    L_kReturn : {
      result = A;
      goto leave;
    }
    L_kReturnShare : {
      result = A;
      share(result);
      goto leave;
    }
    L_kReturnNil : {
      result = Value();
      goto leave;
    }
    leave : {
      Value* to = frame_->result;
      const bool done = frame_ == boundary;
      --frame_;
      if (done) return result;
      *to = result;
      LOAD_FRAME;
      NEXT;
    }

    L_kNew : {
      Type* type = expect_class(*code->module->references[pc->b]);
      Instance* instance = heap_.instance(type);
      const Value* from = &A;
      const uint32_t count = std::min<uint32_t>(pc->c, instance->small);
      for (uint32_t i = 0; i < count; ++i) instance->slots()[i] = from[i];
      A = Value::of(static_cast<Object*>(instance));
      ATTEND;
      NEXT;
    }
    L_kEnum : {
      const uint32_t variant = (pc + 1)->a;
      const uint32_t count = pc->c;
      Type* type = expect_enum(*code->module->references[pc->b], variant, count);
      result = make_variant(type, variant, &A, count);
      A = result;
      ATTEND;
      NEXT;
    }
    L_kEnumUnit : {
      Type* type = expect_enum(*code->module->references[pc->b], pc->c, 0);
      result = make_variant(type, pc->c, nullptr, 0);
      A = result;
      NEXT;
    }
    L_kGetField : {
      const Value& receiver = B;
      Site& site = code->sites[pc->c];
      if (is(receiver, Kind::kInstance)) [[likely]] {
        auto* instance = as<Instance>(receiver);
        if (site.key == instance->type && site.found == Site::Found::kField) [[likely]] {
          A = instance->fields()[site.slot];
          NEXT;
        }
      }
      frame_->pc = pc;
      result = get_member(site, receiver);
      A = result;
      ATTEND;
      NEXT;
    }
    L_kSetField : {
      Value& receiver = A;
      Site& site = code->sites[pc->c];
      if (is(receiver, Kind::kInstance)) [[likely]] {
        auto* instance = as<Instance>(receiver);
        if (site.key == instance->type && site.found == Site::Found::kField &&
            !(instance->shared && instance->type->is_value())) [[likely]] {
          instance->slots()[site.slot] = B;
          NEXT;
        }
      }
      frame_->pc = pc;
      set_field(site, receiver, B);
      NEXT;
    }
    L_kGetFieldMutable : {
      const Value receiver = B;
      Site& site = code->sites[pc->c];
      frame_->pc = pc;
      if (is(receiver, Kind::kInstance) && find_field(site, receiver)) {
        Slot& field = as<Instance>(receiver)->slots()[site.slot];
        unshare(heap_, field);
        A = field;
      } else {
        result = get_member(site, receiver);
        A = result;
      }
      NEXT;
    }
    L_kGetTuple : {
      const Value& receiver = B;
      const uint32_t index = pc->c;
      if (is(receiver, Kind::kTuple) && index < receiver.object->small) {
        result = as<Tuple>(receiver)->items()[index];
      } else {
        result = payload(receiver, static_cast<uint16_t>(index));
      }
      A = result;
      NEXT;
    }
    L_kGetIndex : {
      const Value& container = B;
      const Value& index = C;
      if (index.tag == Tag::kInt && is(container, Kind::kArray)) [[likely]] {
        const auto* array = as<Array>(container);
        if (static_cast<uint64_t>(index.integer) < static_cast<uint64_t>(array->length))
            [[likely]] {
          if (array->elements() == Elements::kValues) {
            A = array->values()[index.integer];
          } else {
            A = array->get(index.integer);
          }
          NEXT;
        }
      }
      frame_->pc = pc;
      if (is(container, Kind::kDict)) {
        const Slot* found = table_find(vm_, as<Table>(container), index);
        A = found == nullptr ? Value() : found->get();
        NEXT;
      }
      if (is(container, Kind::kInstance)) {
        if (const Method* method = as<Instance>(container)->type->find(names_.getitem);
            method != nullptr && method->callable->kind == Kind::kClosure) {
          Value* window = base + code->registers;
          const Value key = index;
          window[0] = container;
          window[1] = key;
          enter(static_cast<Closure*>(method->callable), window, 2, &A);
          LOAD_FRAME;
          goto* labels[static_cast<size_t>(pc->op)];
        }
      }
      result = index_get(vm_, container, index);
      A = result;
      ATTEND;
      NEXT;
    }
    L_kSetIndex : {
      Value& container = A;
      const Value& index = B;
      const Value& value = C;
      if (container.is_object() && container.object->shared) unshare(heap_, container);
      if (index.tag == Tag::kInt && is(container, Kind::kArray)) [[likely]] {
        auto* array = as<Array>(container);
        if (static_cast<uint64_t>(index.integer) < static_cast<uint64_t>(array->length))
            [[likely]] {
          if (array->elements() == Elements::kInts && value.tag == Tag::kInt) {
            array->ints()[index.integer] = value.integer;
          } else if (array->elements() == Elements::kFloats && value.tag == Tag::kFloat) {
            array->floats()[index.integer] = value.real;
          } else if (array->elements() == Elements::kValues) {
            array->slots()[index.integer] = value;
          } else {
            heap_.set(array, index.integer, value);
          }
          NEXT;
        }
      }
      frame_->pc = pc;
      if (is(container, Kind::kDict)) {
        *table_insert(vm_, as<Table>(container), index) = value;
      } else {
        index_set(vm_, container, index, value);
      }
      ATTEND;
      NEXT;
    }
    L_kGetIndexMutable : {
      const Value& container = B;
      const Value& index = C;
      if (index.tag == Tag::kInt && is(container, Kind::kArray)) [[likely]] {
        auto* array = as<Array>(container);
        if (array->elements() == Elements::kValues &&
            static_cast<uint64_t>(index.integer) < static_cast<uint64_t>(array->length))
            [[likely]] {
          Slot& element = array->slots()[index.integer];
          unshare(heap_, element);
          A = element;
          NEXT;
        }
      }
      frame_->pc = pc;
      result = get_index_mutable(B, C);
      A = result;
      NEXT;
    }
    L_kSlice : {
      const Value* parts = &B;
      A = Value::of(static_cast<Object*>(heap_.slice(parts[0], parts[1], parts[2])));
      NEXT;
    }
    L_kRange : {
      A = Value::of(static_cast<Object*>(heap_.range(B, C, false)));
      NEXT;
    }
    L_kRangeInclusive : {
      A = Value::of(static_cast<Object*>(heap_.range(B, C, true)));
      NEXT;
    }
    L_kEllipsis : {
      A = ellipsis();
      NEXT;
    }
    L_kArray : {
      const Value* from = &B;
      A = Value::of(static_cast<Object*>(heap_.array(from, pc->c)));
      ATTEND;
      NEXT;
    }
    L_kArrayPush : {
      heap_.push(expect<Array>(A, Kind::kArray), B);
      NEXT;
    }
    L_kArrayExtend : {
      frame_->pc = pc;
      extend(expect<Array>(A, Kind::kArray), B);
      NEXT;
    }
    L_kRepeat : {
      frame_->pc = pc;
      result = repeat(B, C);
      A = result;
      ATTEND;
      NEXT;
    }
    L_kTuple : {
      const Value* from = &B;
      Tuple* tuple = heap_.tuple(pc->c);
      for (uint16_t i = 0; i < pc->c; ++i) tuple->slots()[i] = from[i];
      A = Value::of(static_cast<Object*>(tuple));
      ATTEND;
      NEXT;
    }
    L_kLabel : {
      auto* tuple = expect<Tuple>(A, Kind::kTuple);
      const auto& names = code->sites[pc->b].argument_names;
      if (names.size() != tuple->small) [[unlikely]]
        unsound();
      tuple->labels = &names;
      NEXT;
    }
    L_kDict : {
      A = Value::of(static_cast<Object*>(heap_.dict()));
      NEXT;
    }
    L_kDictSet : {
      frame_->pc = pc;
      *table_insert(vm_, expect<Table>(A, Kind::kDict), B) = C;
      NEXT;
    }
    L_kDictMerge : {
      frame_->pc = pc;
      merge(expect<Table>(A, Kind::kDict), B);
      NEXT;
    }
    L_kDisplay : {
      frame_->pc = pc;
      result = display_all(&B, pc->c);
      A = result;
      ATTEND;
      NEXT;
    }
    L_kFormat : {
      frame_->pc = pc;
      result = format_value(B, constant_text(K(pc->c)));
      A = result;
      NEXT;
    }
    L_kTry : {
      Value& value = A;
      if (is(value, Kind::kEnum)) {
        auto* variant = as<EnumValue>(value);
        if (variant->type == vm_.types().result || variant->type == vm_.types().option) {
          if (variant->variant == 0) {
            value = variant->payload()[0];
          } else {
            pc += pc->wide();
          }
        }
      } else if (value.is_nil()) {
        pc += pc->wide();
      }
      NEXT;
    }
    L_kUnwrap : {
      frame_->pc = pc;
      result = unwrap(B);
      A = result;
      NEXT;
    }
    L_kUnwrapOr : {
      Value& value = A;
      bool something = !value.is_nil();
      if (is(value, Kind::kEnum)) {
        auto* variant = as<EnumValue>(value);
        if (variant->type == vm_.types().result || variant->type == vm_.types().option) {
          something = variant->variant == 0;
          if (something) value = variant->payload()[0];
        }
      }
      if (something) pc += pc->wide();
      NEXT;
    }
    L_kPresent : {
      result = present(B);
      A = result;
      NEXT;
    }
    L_kCast : {
      frame_->pc = pc;
      result = cast(vm_, B, code->sites[pc->c].name);
      A = result;
      NEXT;
    }
    L_kIsVariant : {
      const bool yes = is_variant(code->sites[pc->c], B);
      A = Value::of(yes);
      NEXT;
    }
    L_kGetPayload : {
      result = payload(B, pc->c);
      A = result;
      NEXT;
    }
    L_kPayloadCount : {
      A = Value::of(int64_t{is(B, Kind::kEnum) ? B.object->small : 0});
      NEXT;
    }
    L_kGetPayloadNamed : {
      frame_->pc = pc;
      result = payload_named(code->sites[pc->c], B);
      A = result;
      NEXT;
    }
    L_kIsType : {
      const bool yes = is_type(code->sites[pc->c].name, B);
      A = Value::of(yes);
      NEXT;
    }
    L_kIsSequence : {
      const Value& value = B;
      int64_t length = -1;
      if (is(value, Kind::kTuple) && pc->c % 2 == 0) length = value.object->small;
      if (is(value, Kind::kArray)) length = as<Array>(value)->length;
      const int64_t wanted = pc->c / 4;
      A = Value::of((pc->c & 2) != 0 ? length == wanted : length >= wanted);
      NEXT;
    }
    L_kMatchItem : {
      frame_->pc = pc;
      result = match_item(B, static_cast<int16_t>(pc->c));
      A = result;
      NEXT;
    }
    L_kMatchRest : {
      result = match_rest(B, pc->c, A.integer);
      A = result;
      NEXT;
    }
    L_kFail : {
      frame_->pc = pc;
      fail(std::string(constant_text(K(pc->a))).c_str(),
           std::string(constant_text(K(pc->b))));
    }
    L_kFailWith : {
      frame_->pc = pc;
      fail(std::string(constant_text(K(pc->a))).c_str(), display(vm_, B));
    }
    L_kMisfit : {
      frame_->pc = pc;
      misfit(A);
    }
    L_kMethodReference : {
      result = method_reference(code->sites[pc->b].name);
      A = result;
      NEXT;
    }
    L_kRethrow : {
      if (pending_.empty()) [[unlikely]]
        unsound();
      const std::exception_ptr failure = pending_.back().failure;
      pending_.pop_back();
      frame_->pc = pc;
      std::rethrow_exception(failure);
    }
    } catch (...) {
      // The function on top is the one that was running here: what it called is gone.
      frame_->pc = pc;
      if (!unwind(boundary)) throw;
      LOAD_FRAME;
    }
  }
}

#pragma GCC diagnostic pop

}  // namespace simple
