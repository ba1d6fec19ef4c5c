// What the files of the operations share.
#ifndef SIMPLE_RUNTIME_OPERATIONS_IMPL_H_
#define SIMPLE_RUNTIME_OPERATIONS_IMPL_H_

#include <string>

#include "runtime/operations.h"
#include "runtime/vm.h"

namespace simple {

// How deep values may lie in one another for what goes through all of them. Only objects
// of classes can hold themselves; they would otherwise never end.
inline constexpr int kDeepest = 1000;
// Fails when they lie too deep, or when the C++ stack ends before that, and ends what the
// program is to stop. For each object on the way: what has parts in common is gone
// through again and again, and may take for ever.
void check_depth(Vm& vm, int depth, const char* verb);

// The names of the protocol's methods.
struct Dunders {
  Symbol add, subtract, multiply, divide, remainder, power, matmul;
  Symbol bit_and, bit_or, bit_xor, shift_left, shift_right;
  Symbol reflected_add, reflected_subtract, reflected_multiply, reflected_divide;
  Symbol reflected_remainder, reflected_power, reflected_matmul;
  Symbol reflected_and, reflected_or, reflected_xor, reflected_left, reflected_right;
  Symbol add_scalar, sub_scalar, mul_scalar, div_scalar;
  Symbol negate, equal, not_equal, less, less_equal, greater, greater_equal, hash;
  Symbol truth, equals, invert, as_float, as_integer;
  Symbol contains, get_item, set_item, length, format, value;
};
const Dunders& dunders();

// The method of an object of a class, a struct, an enum or an extern type; null for
// others.
inline const Method* protocol_method(Vm& vm, Value value, Symbol name) {
  if (!value.is_object()) return nullptr;
  const Kind kind = value.object->kind;
  if (kind != Kind::kInstance && kind != Kind::kEnum && kind != Kind::kHandle) {
    return nullptr;
  }
  return vm.find_method(value, name);
}
// Calls a method of the protocol with at most one argument.
Value call_protocol(Vm& vm, Value receiver, const Method& method);
Value call_protocol(Vm& vm, Value receiver, const Method& method, Value argument);

// What __float__ or __int__ gives for an object that has it; the value itself without.
Value number_for(Vm& vm, Value value, Symbol protocol);

// Some(x) is x in comparisons.
bool is_some(Vm& vm, Value value);
Value without_some(Vm& vm, Value value);

// What a slice of something of `length` means: `count` places from `start` on, every
// `step`th. Fails if the parts are no integers or the step is 0.
struct Cut {
  int64_t start;
  int64_t step;
  int64_t count;
};
Cut cut_of(int64_t length, Value start, Value end, Value step);
Cut cut_of(int64_t length, const Range* range);
// The place of an index that may count from the end, or -1 if there is none.
inline int64_t place_of(int64_t index, int64_t length) {
  if (index < 0) index += length;
  return index < 0 || index >= length ? -1 : index;
}
// The number of integers in a range; fails if it has not both ends.
int64_t range_length(const Range* range);
// The whole number that an index is; fails for others.
int64_t index_number(Value container, Value index);
[[noreturn]] void out_of_bounds(const char* what, int64_t index, int64_t length);

// Parts of arrays and texts; the elements of an array become shared.
Array* cut_array(Vm& vm, const Array* array, const Cut& cut);
Value cut_text(Vm& vm, Text* text, size_t start,
               size_t end);  // At borders of characters.
// The `index`th character, or nil.
Value character_at(Vm& vm, Text* text, int64_t index);

}  // namespace simple

#endif
