// Arithmetic and bit operators for operands of any kind.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "runtime/numbers.h"
#include "runtime/operations_impl.h"
#include "runtime/table.h"

namespace simple {
namespace {

using ast::BinaryOp;

// What an operator is called in messages; %l and %r stand for the types of its operands.
const char* sentence_of(BinaryOp op) {
  switch (op) {
    case BinaryOp::kAdd:
      return "cannot add %l and %r";
    case BinaryOp::kSubtract:
      return "cannot subtract %r from %l";
    case BinaryOp::kMultiply:
      return "cannot multiply %l by %r";
    case BinaryOp::kDivide:
      return "cannot divide %l by %r";
    case BinaryOp::kRemainder:
      return "cannot take the remainder of %l by %r";
    case BinaryOp::kPower:
      return "cannot raise %l to the power of %r";
    case BinaryOp::kMatmul:
      return "cannot matrix-multiply %l by %r";
    case BinaryOp::kBitAnd:
      return "cannot apply `&` to %l and %r";
    case BinaryOp::kBitOr:
      return "cannot apply `|` to %l and %r";
    case BinaryOp::kBitXor:
      return "cannot apply `^` to %l and %r";
    case BinaryOp::kShiftLeft:
      return "cannot shift %l to the left by %r";
    case BinaryOp::kShiftRight:
      return "cannot shift %l to the right by %r";
    default:
      return "cannot combine %l and %r";
  }
}

[[noreturn]] void refuse(BinaryOp op, Value left, Value right) {
  fail("E1005", mismatch(op, type_name(left), type_name(right)));
}

struct Methods {
  Symbol own;
  Symbol reflected;
  Symbol scalar;
};
Methods methods_of(BinaryOp op) {
  const Dunders& n = dunders();
  switch (op) {
    case BinaryOp::kAdd:
      return {n.add, n.reflected_add, n.add_scalar};
    case BinaryOp::kSubtract:
      return {n.subtract, n.reflected_subtract, n.sub_scalar};
    case BinaryOp::kMultiply:
      return {n.multiply, n.reflected_multiply, n.mul_scalar};
    case BinaryOp::kDivide:
      return {n.divide, n.reflected_divide, n.div_scalar};
    case BinaryOp::kRemainder:
      return {n.remainder, n.reflected_remainder, {}};
    case BinaryOp::kPower:
      return {n.power, n.reflected_power, {}};
    case BinaryOp::kMatmul:
      return {n.matmul, n.reflected_matmul, {}};
    case BinaryOp::kBitAnd:
      return {n.bit_and, n.reflected_and, {}};
    case BinaryOp::kBitOr:
      return {n.bit_or, n.reflected_or, {}};
    case BinaryOp::kBitXor:
      return {n.bit_xor, n.reflected_xor, {}};
    case BinaryOp::kShiftLeft:
      return {n.shift_left, n.reflected_left, {}};
    default:
      return {n.shift_right, n.reflected_right, {}};
  }
}

// ---- Numbers

// bool counts 0 or 1, nil counts 0.
bool counts(Value value) {
  return value.is_number() || value.is_bool() || value.is_nil();
}

// The kind in which two whole numbers are combined: the wider of two unsigned kinds, i64
// as soon as one is signed.
Tag common_kind(Value left, Value right) {
  if (!left.is_unsigned() || !right.is_unsigned()) return Tag::kInt;
  return width_of(left.tag) >= width_of(right.tag) ? left.tag : right.tag;
}

int64_t divide(Tag kind, int64_t left, int64_t right, bool remainder) {
  if (right == 0) fail("E3001", remainder ? "modulo by zero" : "division by zero");
  if (kind != Tag::kInt) {
    const auto a = static_cast<uint64_t>(left);
    const auto b = static_cast<uint64_t>(right);
    return static_cast<int64_t>(remainder ? a % b : a / b);
  }
  // The one quotient that i64 cannot hold.
  if (right == -1) return remainder ? 0 : wrapping_negate(left);
  return remainder ? left % right : left / right;
}

int64_t shift(Tag kind, int64_t left, int64_t right, bool to_left) {
  const int64_t by = right & (width_of(kind) - 1);
  if (to_left) return static_cast<int64_t>(static_cast<uint64_t>(left) << by);
  if (kind != Tag::kInt) return static_cast<int64_t>(static_cast<uint64_t>(left) >> by);
  return left >> by;
}

Value combine_integers(BinaryOp op, Value left_value, Value right_value) {
  const Tag kind = common_kind(left_value, right_value);
  const int64_t left = left_value.is_nil() ? 0 : left_value.integer;
  const int64_t right = right_value.is_nil() ? 0 : right_value.integer;
  int64_t result = 0;
  switch (op) {
    case BinaryOp::kAdd:
      result = wrapping_add(left, right);
      break;
    case BinaryOp::kSubtract:
      result = wrapping_subtract(left, right);
      break;
    case BinaryOp::kMultiply:
      result = wrapping_multiply(left, right);
      break;
    case BinaryOp::kDivide:
      result = divide(kind, left, right, false);
      break;
    case BinaryOp::kRemainder:
      result = divide(kind, left, right, true);
      break;
    case BinaryOp::kPower:
      if (kind == Tag::kInt && right < 0) {
        fail("E1005", "cannot raise an integer to the negative power " +
                          std::to_string(right) + "; use a float");
      }
      result = wrapping_power(left, right);
      break;
    case BinaryOp::kBitAnd:
      result = left & right;
      break;
    case BinaryOp::kBitOr:
      result = left | right;
      break;
    case BinaryOp::kBitXor:
      result = left ^ right;
      break;
    case BinaryOp::kShiftLeft:
      // The kind of a shift is that of what is shifted.
      if (left_value.is_unsigned()) {
        return wrap_unsigned(left_value.tag, shift(left_value.tag, left, right, true));
      }
      return Value::of(shift(Tag::kInt, left, right, true));
    case BinaryOp::kShiftRight:
      if (left_value.is_unsigned()) {
        return wrap_unsigned(left_value.tag, shift(left_value.tag, left, right, false));
      }
      return Value::of(shift(Tag::kInt, left, right, false));
    default:
      refuse(op, left_value, right_value);
  }
  const bool logical =
      op == BinaryOp::kBitAnd || op == BinaryOp::kBitOr || op == BinaryOp::kBitXor;
  if (logical && left_value.is_bool() && right_value.is_bool()) {
    return Value::of(result != 0);
  }
  return kind == Tag::kInt ? Value::of(result) : wrap_unsigned(kind, result);
}

Value combine_reals(BinaryOp op, Value left_value, Value right_value) {
  const double left = to_double(left_value);
  const double right = to_double(right_value);
  double result = 0;
  switch (op) {
    case BinaryOp::kAdd:
      result = left + right;
      break;
    case BinaryOp::kSubtract:
      result = left - right;
      break;
    case BinaryOp::kMultiply:
      result = left * right;
      break;
    case BinaryOp::kDivide:
      result = left / right;
      break;
    case BinaryOp::kRemainder:
      if (right == 0) fail("E3001", "modulo by zero");
      result = std::fmod(left, right);
      break;
    case BinaryOp::kPower:
      result = std::pow(left, right);
      break;
    default:
      refuse(op, left_value, right_value);
  }
  // The result of two singles, rounded from double, is the one that single arithmetic
  // gives.
  const bool single = left_value.tag != Tag::kFloat && right_value.tag != Tag::kFloat;
  return single ? Value::single(static_cast<float>(result)) : Value::of(result);
}

// ---- Texts and lists

Text* as_text(Vm& vm, Value value) {
  return is_text(value) ? as<Text>(value) : vm.heap().text(display(vm, value));
}

Value concatenate(Vm& vm, Value left, Value right) {
  // Displaying may run the program's own fmt.
  const Rooted rooted(vm, {left, right});
  Text* other = is_text(left) ? as_text(vm, right) : as_text(vm, left);
  return is_text(left) ? Value::of(vm.heap().concat(as<Text>(left), other))
                       : Value::of(vm.heap().concat(other, as<Text>(right)));
}

Value repeat(Vm& vm, Value text_value, Value count_value) {
  const std::string_view unit = text(text_value);
  const int64_t count = count_value.integer;
  if (count <= 0 || unit.empty()) return vm.text("");
  uint64_t length;
  if (__builtin_mul_overflow(unit.size(), count, &length)) length = UINT64_MAX;
  vm.heap().check_text(length);
  char* bytes;
  Text* result = vm.heap().text_buffer(static_cast<uint32_t>(length), &bytes);
  // Each round doubles what is there.
  unit.copy(bytes, unit.size());
  for (uint64_t done = unit.size(); done < length;) {
    const uint64_t more = std::min(done, length - done);
    std::memcpy(bytes + done, bytes, more);
    done += more;
  }
  return Value::of(result);
}

void append_all(Vm& vm, Array* to, const Array* from) {
  for (int64_t i = 0; i < from->length; ++i) {
    const Value item = from->get(i);
    share(item);
    vm.heap().push(to, item);
  }
}

Value concatenate_arrays(Vm& vm, const Array* left, const Array* right) {
  Array* result =
      vm.heap().array(left->length != 0 ? left->elements() : right->elements(),
                      left->length + right->length);
  append_all(vm, result, left);
  append_all(vm, result, right);
  return Value::of(result);
}

Value concatenate_tuples(Vm& vm, Tuple* left, Tuple* right) {
  Tuple* result = vm.heap().tuple(left->small + right->small);
  for (uint32_t i = 0; i < result->small; ++i) {
    const Value item =
        i < left->small ? left->items()[i] : right->items()[i - left->small];
    share(item);
    result->slots()[i] = item;
  }
  return Value::of(result);
}

// ---- Matrix product of nested arrays

struct Matrix {
  int64_t rows = 0;
  int64_t columns = 0;
  bool whole = true;  // All of its elements are integers.
  std::vector<Value> items;
  const Value& at(int64_t row, int64_t column) const {
    return items[static_cast<size_t>(row * columns + column)];
  }
};

bool is_nested(const Array* array) {
  return array->length != 0 && is(array->get(0), Kind::kArray);
}

void read_row(Matrix& matrix, const Array* row) {
  if (matrix.rows++ == 0) matrix.columns = row->length;
  if (row->length != matrix.columns) {
    fail("E1005", "cannot matrix-multiply: rows have " + std::to_string(matrix.columns) +
                      " and " + std::to_string(row->length) + " elements");
  }
  for (int64_t i = 0; i < row->length; ++i) {
    const Value item = row->get(i);
    if (!item.is_number()) {
      fail("E1005", "cannot matrix-multiply: an element is of type " + type_name(item));
    }
    matrix.whole = matrix.whole && item.is_integral();
    matrix.items.push_back(item);
  }
}

Matrix read_matrix(const Array* array) {
  Matrix matrix;
  if (!is_nested(array)) {
    read_row(matrix, array);
    return matrix;
  }
  for (int64_t i = 0; i < array->length; ++i) {
    const Value row = array->get(i);
    if (!is(row, Kind::kArray)) {
      fail("E1005", "cannot matrix-multiply: a row is of type " + type_name(row));
    }
    read_row(matrix, as<Array>(row));
  }
  return matrix;
}

Value product_at(const Matrix& left, const Matrix& right, int64_t row, int64_t column) {
  if (left.whole && right.whole) {
    int64_t sum = 0;
    for (int64_t i = 0; i < left.columns; ++i) {
      sum = wrapping_add(
          sum, wrapping_multiply(left.at(row, i).integer, right.at(i, column).integer));
    }
    return Value::of(sum);
  }
  double sum = 0;
  for (int64_t i = 0; i < left.columns; ++i) {
    sum += to_double(left.at(row, i)) * to_double(right.at(i, column));
  }
  return Value::of(sum);
}

Value matrix_product(Vm& vm, const Array* left_array, const Array* right_array) {
  const bool left_flat = !is_nested(left_array);
  const bool right_flat = !is_nested(right_array);
  const Matrix left = read_matrix(left_array);
  Matrix right = read_matrix(right_array);
  if (right_flat) std::swap(right.rows, right.columns);  // A column.
  if (left.columns != right.rows) {
    fail("E1005", "cannot matrix-multiply: the left operand has " +
                      std::to_string(left.columns) + " columns, the right one " +
                      std::to_string(right.rows) + " rows");
  }
  if (left_flat && right_flat) return product_at(left, right, 0, 0);
  Heap& heap = vm.heap();
  Array* result = heap.array(Elements::kValues, left.rows);
  for (int64_t row = 0; row < left.rows; ++row) {
    Array* line = heap.array(Elements::kValues, 0);
    for (int64_t column = 0; column < right.columns; ++column) {
      heap.push(line, product_at(left, right, row, column));
    }
    if (left_flat) return Value::of(line);
    heap.push(result, right_flat ? line->get(0) : Value::of(line));
  }
  return Value::of(result);
}

// ---- Sets

Value combine_sets(Vm& vm, BinaryOp op, Table* left, Table* right) {
  Table* result = vm.heap().set();
  const Rooted rooted(vm, {Value::of(result), Value::of(left), Value::of(right)});
  const auto take = [&](Table* from, auto wanted) {
    for (uint32_t i = 0; i < from->used; ++i) {
      const Value key = from->entries[i].key;
      if (!key.is_missing() && wanted(key)) table_insert(vm, result, key);
    }
  };
  const auto in_left = [&](Value key) { return table_find(vm, left, key) != nullptr; };
  const auto in_right = [&](Value key) { return table_find(vm, right, key) != nullptr; };
  switch (op) {
    case BinaryOp::kBitAnd:
      take(left, in_right);
      break;
    case BinaryOp::kSubtract:
      take(left, [&](Value key) { return !in_right(key); });
      break;
    case BinaryOp::kBitXor:
      take(left, [&](Value key) { return !in_right(key); });
      take(right, [&](Value key) { return !in_left(key); });
      break;
    default:
      take(left, [](Value) { return true; });
      take(right, [](Value) { return true; });
      break;
  }
  return Value::of(result);
}

// ---- Objects

// An object whose only field is `value` counts as that.
bool unwrap_value(Value& value) {
  if (!is(value, Kind::kInstance)) return false;
  auto* instance = as<Instance>(value);
  if (instance->small != 1 || instance->type->fields[0].name != dunders().value)
    return false;
  value = instance->fields()[0];
  return true;
}

Value combine(Vm& vm, BinaryOp op, Value left, Value right, int depth) {
  if (counts(left) && counts(right)) {
    if (op == BinaryOp::kMatmul) op = BinaryOp::kMultiply;  // The product of two scalars.
    return left.is_real() || right.is_real() ? combine_reals(op, left, right)
                                             : combine_integers(op, left, right);
  }
  const Methods methods = methods_of(op);
  if (methods.scalar && right.is_number()) {
    if (const Method* method = protocol_method(vm, left, methods.scalar)) {
      return call_protocol(vm, left, *method, right);
    }
  }
  if (const Method* method = protocol_method(vm, left, methods.own)) {
    return call_protocol(vm, left, *method, right);
  }
  // A text and anything: their displays, also if the other would take the text.
  if (op == BinaryOp::kAdd && (is_text(left) || is_text(right))) {
    return concatenate(vm, left, right);
  }
  if (const Method* method = protocol_method(vm, right, methods.reflected)) {
    return call_protocol(vm, right, *method, left);
  }
  if (op == BinaryOp::kMultiply && is_text(left) && right.is_integral()) {
    return repeat(vm, left, right);
  }
  if (op == BinaryOp::kMultiply && is_text(right) && left.is_integral()) {
    return repeat(vm, right, left);
  }
  if (left.is_object() && right.is_object() && left.object->kind == right.object->kind) {
    const Kind kind = left.object->kind;
    if (kind == Kind::kArray && op == BinaryOp::kAdd) {
      return concatenate_arrays(vm, as<Array>(left), as<Array>(right));
    }
    if (kind == Kind::kArray && op == BinaryOp::kMatmul) {
      return matrix_product(vm, as<Array>(left), as<Array>(right));
    }
    if (kind == Kind::kTuple && op == BinaryOp::kAdd) {
      return concatenate_tuples(vm, as<Tuple>(left), as<Tuple>(right));
    }
    const bool of_sets = op == BinaryOp::kBitAnd || op == BinaryOp::kBitOr ||
                         op == BinaryOp::kBitXor || op == BinaryOp::kSubtract;
    if (kind == Kind::kSet && of_sets) {
      return combine_sets(vm, op, as<Table>(left), as<Table>(right));
    }
  }
  if (depth < kDeepest) {
    Value plain_left = left;
    Value plain_right = right;
    const bool changed = unwrap_value(plain_left);
    if (unwrap_value(plain_right) || changed) {
      return combine(vm, op, plain_left, plain_right, depth + 1);
    }
  }
  refuse(op, left, right);
}

}  // namespace

Value arithmetic(Vm& vm, BinaryOp op, Value left, Value right) {
  return combine(vm, op, left, right, 0);
}

Value negate(Vm& vm, Value value) {
  switch (value.tag) {
    case Tag::kInt:
    case Tag::kBool:
      return Value::of(wrapping_negate(value.integer));
    case Tag::kFloat:
      return Value::of(-value.real);
    case Tag::kF32:
      return Value::single(static_cast<float>(-value.real));
    case Tag::kNil:
      return Value::of(int64_t{0});
    case Tag::kObject:
      if (const Method* method = protocol_method(vm, value, dunders().negate)) {
        return call_protocol(vm, value, *method);
      }
      if (Value plain = value; unwrap_value(plain) && plain.is_number()) {
        return negate(vm, plain);
      }
      break;
    default:
      if (value.is_unsigned()) {
        return wrap_unsigned(value.tag, wrapping_negate(value.integer));
      }
      break;
  }
  fail("E1005", "cannot negate " + type_name(value));
}

Value invert(Vm& vm, Value value) {
  if (value.tag == Tag::kInt) return Value::of(~value.integer);
  if (value.is_unsigned()) return wrap_unsigned(value.tag, ~value.integer);
  if (const Method* method = protocol_method(vm, value, dunders().invert)) {
    return call_protocol(vm, value, *method);
  }
  fail("E1005", "`~` needs a whole number, found " + type_name(value));
}

std::string mismatch(ast::BinaryOp op, std::string_view left, std::string_view right) {
  std::string message = sentence_of(op);
  message.replace(message.find("%l"), 2, left);
  message.replace(message.find("%r"), 2, right);
  return message;
}

}  // namespace simple
