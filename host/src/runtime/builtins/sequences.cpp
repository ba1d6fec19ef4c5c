// Methods of tuples and ranges.
#include <algorithm>

#include "runtime/builtins/arguments.h"
#include "runtime/operations_impl.h"

namespace simple {
namespace {

// ---- Tuples

Tuple* tuple(const Value* arguments) { return as<Tuple>(arguments[0]); }

Value tuple_len(Vm&, Value* arguments, int) {
  return Value::of(int64_t{arguments[0].object->small});
}

Value tuple_get(Vm&, Value* arguments, int) {
  const int64_t index = expect_integer(arguments[1], "get", 1);
  const int64_t place = place_of(index, tuple(arguments)->small);
  return place < 0 ? Value() : kept(tuple(arguments)->items()[place]);
}

Value tuple_first(Vm&, Value* arguments, int) {
  return tuple(arguments)->small == 0 ? Value() : kept(tuple(arguments)->items()[0]);
}

Value tuple_last(Vm&, Value* arguments, int) {
  const uint32_t count = tuple(arguments)->small;
  return count == 0 ? Value() : kept(tuple(arguments)->items()[count - 1]);
}

Value tuple_contains(Vm& vm, Value* arguments, int) {
  return Value::of(contains(vm, arguments[0], arguments[1]));
}

Value tuple_index_of(Vm& vm, Value* arguments, int) {
  Tuple* items = tuple(arguments);
  const Value wanted = arguments[1];
  for (uint32_t i = 0; i < items->small; ++i) {
    if (equal(vm, items->items()[i], wanted)) return Value::of(int64_t{i});
  }
  return Value::of(int64_t{-1});
}

Value tuple_to_array(Vm& vm, Value* arguments, int) {
  return Value::of(items_of(vm, arguments[0], "to_array", 0));
}

Value tuple_is_empty(Vm&, Value* arguments, int) {
  return Value::of(arguments[0].object->small == 0);
}

// rt_tuple(xs): a tuple of the elements of an array; rt_tuple(xs, t): with t's labels, if
// it has as many.
Value make_tuple(Vm& vm, Value* arguments, int count) {
  const Array* array = expect_array(arguments[0], "rt_tuple", 1);
  if (array->length > UINT16_MAX) fail("E1005", "a tuple cannot have so many items");
  Tuple* result = vm.heap().tuple(static_cast<uint32_t>(array->length));
  for (int64_t i = 0; i < array->length; ++i) result->slots()[i] = kept(array->get(i));
  if (given(arguments, count, 1) && is(arguments[1], Kind::kTuple) &&
      arguments[1].object->small == result->small) {
    result->labels = as<Tuple>(arguments[1])->labels;
  }
  return Value::of(result);
}

// rt_tuple_labels(t): the labels of a tuple, "" where there is none; nil without any.
Value tuple_labels(Vm& vm, Value* arguments, int) {
  if (!is(arguments[0], Kind::kTuple) || tuple(arguments)->labels == nullptr) {
    return Value();
  }
  Array* result = vm.heap().array(Elements::kValues, 0);
  for (uint32_t i = 0; i < tuple(arguments)->small; ++i) {
    vm.heap().push(result, vm.text(text_of((*tuple(arguments)->labels)[i])));
  }
  return Value::of(static_cast<Object*>(result));
}

// ---- Ranges

Range* range(const Value* arguments) { return as<Range>(arguments[0]); }

Value range_len(Vm&, Value* arguments, int) {
  return Value::of(range_length(range(arguments)));
}
Value range_is_empty(Vm&, Value* arguments, int) {
  return Value::of(range_length(range(arguments)) == 0);
}
Value range_start(Vm&, Value* arguments, int) { return range(arguments)->start; }
Value range_end(Vm&, Value* arguments, int) { return range(arguments)->end; }
Value range_inclusive(Vm&, Value* arguments, int) {
  return Value::of(range(arguments)->inclusive());
}

Value range_to_array(Vm& vm, Value* arguments, int) {
  return Value::of(items_of(vm, arguments[0], "to_array", 0));
}

Value range_first(Vm&, Value* arguments, int) {
  return range_length(range(arguments)) == 0 ? Value() : range(arguments)->start.get();
}

Value range_last(Vm&, Value* arguments, int) {
  const int64_t length = range_length(range(arguments));
  return length == 0 ? Value()
                     : Value::of(range(arguments)->start.get().integer + (length - 1));
}

Value range_sum(Vm&, Value* arguments, int) {
  // start + … + last, in arithmetic that wraps: one of length and first + last is even.
  const auto length = static_cast<uint64_t>(range_length(range(arguments)));
  const auto first = static_cast<uint64_t>(range(arguments)->start.get().integer);
  const uint64_t pairs =
      length % 2 == 0 ? length / 2 * (length - 1) : (length - 1) / 2 * length;
  return Value::of(static_cast<int64_t>(length * first + pairs));
}

Value range_contains(Vm& vm, Value* arguments, int) {
  return Value::of(contains(vm, arguments[0], arguments[1]));
}

Value range_reverse(Vm& vm, Value* arguments, int) {
  Array* items = items_of(vm, arguments[0], "reverse", 0);
  std::reverse(items->ints(), items->ints() + items->length);
  return Value::of(items);
}

Value range_step_by(Vm& vm, Value* arguments, int) {
  const int64_t step = expect_integer(arguments[1], "step_by", 1);
  if (step <= 0) fail("E1005", "`step_by` needs a positive number");
  const int64_t length = range_length(range(arguments));
  Array* result =
      vm.heap().array(Elements::kInts, length == 0 ? 0 : (length - 1) / step + 1);
  for (int64_t i = 0; i < result->capacity && i <= (length - 1) / step && length != 0;
       ++i) {
    vm.heap().push(result, Value::of(range(arguments)->start.get().integer + i * step));
  }
  return Value::of(result);
}

const NativeSpec kTuple[] = {
    {"len", tuple_len, 0, 0},           {"length", tuple_len, 0, 0},
    {"is_empty", tuple_is_empty, 0, 0}, {"get", tuple_get, 1, 1},
    {"first", tuple_first, 0, 0},       {"last", tuple_last, 0, 0},
    {"contains", tuple_contains, 1, 1}, {"has", tuple_contains, 1, 1},
    {"index_of", tuple_index_of, 1, 1}, {"to_array", tuple_to_array, 0, 0},
};
const NativeSpec kRange[] = {
    {"len", range_len, 0, 0},
    {"length", range_len, 0, 0},
    {"count", range_len, 0, 0},
    {"is_empty", range_is_empty, 0, 0},
    {"start", range_start, 0, 0},
    {"end", range_end, 0, 0},
    {"is_inclusive", range_inclusive, 0, 0},
    {"first", range_first, 0, 0},
    {"last", range_last, 0, 0},
    {"sum", range_sum, 0, 0},
    {"contains", range_contains, 1, 1},
    {"has", range_contains, 1, 1},
    {"to_array", range_to_array, 0, 0},
    {"reverse", range_reverse, 0, 0},
    {"reversed", range_reverse, 0, 0},
    {"step_by", range_step_by, 1, 1},
};
const NativeSpec kFunctions[] = {
    {"rt_tuple", make_tuple, 1, 2},
    {"rt_tuple_labels", tuple_labels, 1, 1},
};

}  // namespace

void define_tuples(Vm& vm) {
  define_all(vm, vm.types().tuple, kTuple);
  define_all(vm, kFunctions);
}

void define_ranges(Vm& vm) { define_all(vm, vm.types().range, kRange); }

}  // namespace simple
