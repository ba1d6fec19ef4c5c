// Methods of arrays. Those that change the array get one that nobody else holds. Sorting
// is in array_sort.cpp; what takes functions is in host/lib/prelude.spl.
#include <algorithm>
#include <cstring>

#include "runtime/builtins.h"
#include "runtime/builtins/arguments.h"
#include "runtime/operations_impl.h"
#include "runtime/table.h"
#include "runtime/unicode.h"

namespace simple {
namespace {

Array* self(const Value* arguments) { return as<Array>(arguments[0]); }

Value element(const Array* array, int64_t index) { return kept(array->get(index)); }

Value len(Vm&, Value* arguments, int) { return Value::of(self(arguments)->length); }

Value is_empty(Vm&, Value* arguments, int) {
  return Value::of(self(arguments)->length == 0);
}

Value first(Vm&, Value* arguments, int) {
  return self(arguments)->length == 0 ? Value() : element(self(arguments), 0);
}

Value last(Vm&, Value* arguments, int) {
  const Array* array = self(arguments);
  return array->length == 0 ? Value() : element(array, array->length - 1);
}

// get(i) is nil outside, get(i, d) is d.
Value get(Vm&, Value* arguments, int count) {
  const Array* array = self(arguments);
  const int64_t place = place_of(expect_integer(arguments[1], "get", 1), array->length);
  if (place >= 0) return element(array, place);
  return given(arguments, count, 2) ? kept(arguments[2]) : Value();
}

// ---- Looking for elements

int64_t find_element(Vm& vm, const Array* array, Value wanted, int64_t start,
                     int64_t step) {
  const Rooted rooted(vm, {Value::of(const_cast<Array*>(array)), wanted});
  for (int64_t i = start; i >= 0 && i < array->length; i += step) {
    const Value item = array->get(i);
    const bool same = item.is_int() && wanted.is_int() ? item.integer == wanted.integer
                                                       : equal(vm, item, wanted);
    if (same) return i;
  }
  return -1;
}

Value contains_element(Vm& vm, Value* arguments, int) {
  return Value::of(find_element(vm, self(arguments), arguments[1], 0, 1) >= 0);
}
Value index_of(Vm& vm, Value* arguments, int) {
  return Value::of(find_element(vm, self(arguments), arguments[1], 0, 1));
}
Value last_index_of(Vm& vm, Value* arguments, int) {
  const Array* array = self(arguments);
  return Value::of(find_element(vm, array, arguments[1], array->length - 1, -1));
}

// ---- Taken all together

Value sum(Vm& vm, Value* arguments, int) {
  const Array* array = self(arguments);
  switch (array->elements()) {
    case Elements::kInts: {
      uint64_t total = 0;
      for (int64_t i = 0; i < array->length; ++i) {
        total += static_cast<uint64_t>(array->ints()[i]);
      }
      return Value::of(static_cast<int64_t>(total));
    }
    case Elements::kFloats: {
      double total = 0;
      for (int64_t i = 0; i < array->length; ++i) total += array->floats()[i];
      return Value::of(total);
    }
    case Elements::kBytes: {
      int64_t total = 0;  // A sum of many bytes is no byte.
      for (int64_t i = 0; i < array->length; ++i) total += array->bytes()[i];
      return Value::of(total);
    }
    case Elements::kValues:
      break;
  }
  if (array->length == 0) return Value::of(int64_t{0});
  Value total = array->get(0);
  for (int64_t i = 1; i < array->length; ++i) {
    const Rooted rooted(vm, {Value::of(const_cast<Array*>(array)), total});
    total = arithmetic(vm, ast::BinaryOp::kAdd, total, array->get(i));
  }
  return kept(total);
}

Value product(Vm& vm, Value* arguments, int) {
  const Array* array = self(arguments);
  Value total = Value::of(int64_t{1});
  for (int64_t i = 0; i < array->length; ++i) {
    const Rooted rooted(vm, {Value::of(const_cast<Array*>(array)), total});
    total = arithmetic(vm, ast::BinaryOp::kMultiply, total, array->get(i));
  }
  return kept(total);
}

Value extreme(Vm& vm, const Array* array, int wanted) {
  if (array->length == 0) return Value();
  if (array->elements() == Elements::kInts) {
    const int64_t* start = array->ints();
    const int64_t* end = start + array->length;
    return Value::of(wanted < 0 ? *std::min_element(start, end)
                                : *std::max_element(start, end));
  }
  const Rooted rooted(vm, {Value::of(const_cast<Array*>(array))});
  Value best = array->get(0);
  for (int64_t i = 1; i < array->length; ++i) {
    const Value item = array->get(i);
    if (compare(vm, item, best) == wanted) best = item;
  }
  return kept(best);
}
Value min(Vm& vm, Value* arguments, int) { return extreme(vm, self(arguments), -1); }
Value max(Vm& vm, Value* arguments, int) { return extreme(vm, self(arguments), 1); }

Value join(Vm& vm, Value* arguments, int count) {
  Value separator = given(arguments, count, 1) ? arguments[1] : vm.text("");
  expect_text(separator, "join", 1);
  return joined(vm, self(arguments), separator);
}

// ---- Changing in place

Value push(Vm& vm, Value* arguments, int) {
  vm.heap().push(self(arguments), kept(arguments[1]));
  return arguments[0];
}

Value pop(Vm&, Value* arguments, int) {
  Array* array = self(arguments);
  if (array->length == 0) return Value();
  const Value removed = array->get(array->length - 1);
  --array->length;
  return removed;
}

size_t element_size(const Array* array) {
  switch (array->elements()) {
    case Elements::kValues:
      return sizeof(Value);
    case Elements::kBytes:
      return 1;
    default:
      return 8;
  }
}

// Moves the elements from `from` on to `to`.
void move_elements(Array* array, int64_t from, int64_t to) {
  const size_t size = element_size(array);
  char* data = static_cast<char*>(array->data);
  const auto count = static_cast<size_t>(array->length - from);
  if (count == 0) return;
  std::memmove(data + static_cast<size_t>(to) * size,
               data + static_cast<size_t>(from) * size, count * size);
}

Value insert(Vm& vm, Value* arguments, int) {
  Array* array = self(arguments);
  const int64_t index = expect_integer(arguments[1], "insert", 1);
  const int64_t place = index == array->length ? index : place_of(index, array->length);
  if (place < 0) out_of_bounds("array", index, array->length);
  vm.heap().push(array, kept(arguments[2]));
  if (place == array->length - 1) return arguments[0];
  // The new element went to the end, so that there is room; now it goes to its place.
  const Value item = array->get(array->length - 1);
  --array->length;
  move_elements(array, place, place + 1);
  ++array->length;
  vm.heap().set(array, place, item);
  return arguments[0];
}

Value remove(Vm&, Value* arguments, int) {
  Array* array = self(arguments);
  const int64_t index = expect_integer(arguments[1], "remove", 1);
  const int64_t place = place_of(index, array->length);
  if (place < 0) out_of_bounds("array", index, array->length);
  const Value removed = array->get(place);
  move_elements(array, place + 1, place);
  --array->length;
  return removed;
}

void append_items(Vm& vm, Array* to, const Array* from) {
  const int64_t count = from->length;  // It may be the same array.
  if (to->elements() == from->elements() && from->elements() != Elements::kValues) {
    vm.heap().reserve(to, std::max(to->length + count, to->capacity));
    const size_t size = element_size(to);
    if (count != 0) {
      std::memcpy(static_cast<char*>(to->data) + static_cast<size_t>(to->length) * size,
                  from->data, static_cast<size_t>(count) * size);
    }
    to->length += count;
    return;
  }
  for (int64_t i = 0; i < count; ++i) vm.heap().push(to, kept(from->get(i)));
}

Value extend(Vm& vm, Value* arguments, int) {
  const Array* items = items_of(vm, arguments[1], "extend", 1);
  Array* array = self(arguments);
  // Doubling, so that many small pieces stay cheap.
  if (array->elements() == items->elements() &&
      array->length + items->length > array->capacity) {
    vm.heap().reserve(array,
                      std::max(array->length + items->length, array->capacity * 2));
  }
  append_items(vm, array, items);
  return arguments[0];
}

Value clear(Vm&, Value* arguments, int) {
  self(arguments)->length = 0;
  return arguments[0];
}

Value truncate(Vm&, Value* arguments, int) {
  const int64_t length = expect_integer(arguments[1], "truncate", 1);
  self(arguments)->length = std::clamp<int64_t>(length, 0, self(arguments)->length);
  return arguments[0];
}

Value fill(Vm& vm, Value* arguments, int) {
  for (int64_t i = 0; i < self(arguments)->length; ++i) {
    vm.heap().set(self(arguments), i, kept(arguments[1]));
  }
  return arguments[0];
}

Value swap(Vm& vm, Value* arguments, int) {
  Array* array = self(arguments);
  int64_t places[2];
  for (int i = 0; i < 2; ++i) {
    const int64_t index = expect_integer(arguments[i + 1], "swap", i + 1);
    places[i] = place_of(index, array->length);
    if (places[i] < 0) out_of_bounds("array", index, array->length);
  }
  const Value item = array->get(places[0]);
  vm.heap().set(array, places[0], array->get(places[1]));
  vm.heap().set(array, places[1], item);
  return arguments[0];
}

// ---- New arrays

Value part(Vm& vm, const Array* array, int64_t start, int64_t end) {
  start = std::clamp<int64_t>(start, 0, array->length);
  end = std::clamp<int64_t>(end, start, array->length);
  return Value::of(cut_array(vm, array, {start, 1, end - start}));
}

Value slice(Vm& vm, Value* arguments, int count) {
  const Value end = given(arguments, count, 2) ? arguments[2] : Value();
  const Cut cut = cut_of(self(arguments)->length, arguments[1], end, Value());
  return Value::of(cut_array(vm, self(arguments), cut));
}

Value take(Vm& vm, Value* arguments, int) {
  return part(vm, self(arguments), 0, expect_integer(arguments[1], "take", 1));
}

Value skip(Vm& vm, Value* arguments, int) {
  const Array* array = self(arguments);
  return part(vm, array, expect_integer(arguments[1], "skip", 1), array->length);
}

Value copy(Vm& vm, Value* arguments, int) {
  return Value::of(vm.heap().copy(self(arguments)));
}

Value reverse(Vm& vm, Value* arguments, int) {
  const Array* array = self(arguments);
  return Value::of(cut_array(vm, array, {array->length - 1, -1, array->length}));
}

Value concat(Vm& vm, Value* arguments, int) {
  const Array* items = items_of(vm, arguments[1], "concat", 1);
  Array* result = vm.heap().copy(self(arguments));
  append_items(vm, result, items);
  return Value::of(result);
}

Value repeat(Vm& vm, Value* arguments, int) {
  const Array* array = self(arguments);
  const int64_t count = std::max<int64_t>(expect_integer(arguments[1], "repeat", 1), 0);
  int64_t length = 0;
  if (__builtin_mul_overflow(array->length, count, &length)) length = INT64_MAX;
  Array* result = vm.heap().array(array->elements(), length);
  for (int64_t i = 0; i < count && array->length != 0; ++i)
    append_items(vm, result, array);
  return Value::of(result);
}

Value flatten(Vm& vm, Value* arguments, int) {
  const Array* array = self(arguments);
  Array* result = vm.heap().array(Elements::kValues, 0);
  for (int64_t i = 0; i < array->length; ++i) {
    const Value item = array->get(i);
    if (is(item, Kind::kArray) || is(item, Kind::kTuple)) {
      append_items(vm, result, items_of(vm, item, "flatten", 0));
    } else {
      vm.heap().push(result, kept(item));
    }
  }
  return Value::of(result);
}

Value compact(Vm& vm, Value* arguments, int) {
  const Array* array = self(arguments);
  Array* result = vm.heap().array(Elements::kValues, 0);
  for (int64_t i = 0; i < array->length; ++i) {
    if (!array->get(i).is_nil()) vm.heap().push(result, element(array, i));
  }
  return Value::of(result);
}

int64_t positive(Value value, const char* name) {
  const int64_t number = expect_integer(value, name, 1);
  if (number > 0) return number;
  fail("E1005", std::string("`") + name + "` needs a positive number, found " +
                    std::to_string(number));
}

Value chunk(Vm& vm, Value* arguments, int) {
  const Array* array = self(arguments);
  const int64_t size = positive(arguments[1], "chunk");
  Array* result = vm.heap().array(Elements::kValues, 0);
  for (int64_t i = 0; i < array->length; i += std::min(size, array->length)) {
    vm.heap().push(result, part(vm, array, i, i + std::min(size, array->length - i)));
  }
  return Value::of(result);
}

Value windows(Vm& vm, Value* arguments, int) {
  const Array* array = self(arguments);
  const int64_t size = positive(arguments[1], "windows");
  Array* result = vm.heap().array(Elements::kValues, 0);
  for (int64_t i = 0; size <= array->length - i; ++i) {
    vm.heap().push(result, part(vm, array, i, i + size));
  }
  return Value::of(result);
}

Value unique(Vm& vm, Value* arguments, int) {
  const Array* array = self(arguments);
  Table* seen = vm.heap().set();
  Array* result = vm.heap().array(Elements::kValues, 0);
  const Rooted rooted(vm, {arguments[0], Value::of(seen), Value::of(result)});
  for (int64_t i = 0; i < array->length; ++i) {
    const uint32_t before = seen->live;
    const Value item = element(array, i);
    table_insert(vm, seen, item);
    if (seen->live != before) vm.heap().push(result, item);
  }
  return Value::of(result);
}

Value enumerate(Vm& vm, Value* arguments, int) {
  const Array* array = self(arguments);
  Array* result = vm.heap().array(Elements::kValues, array->length);
  for (int64_t i = 0; i < array->length; ++i) {
    vm.heap().push(result, vm.tuple({Value::of(i), element(array, i)}));
  }
  return Value::of(result);
}

Value zip(Vm& vm, Value* arguments, int) {
  const Array* left = self(arguments);
  const Array* right = items_of(vm, arguments[1], "zip", 1);
  const int64_t length = std::min(left->length, right->length);
  Array* result = vm.heap().array(Elements::kValues, length);
  for (int64_t i = 0; i < length; ++i) {
    vm.heap().push(result, vm.tuple({element(left, i), element(right, i)}));
  }
  return Value::of(result);
}

Value transpose(Vm& vm, Value* arguments, int) {
  const Array* rows = self(arguments);
  Array* result = vm.heap().array(Elements::kValues, 0);
  int64_t columns = 0;
  for (int64_t i = 0; i < rows->length; ++i) {
    const Value row = rows->get(i);
    if (!is(row, Kind::kArray)) {
      fail("E1005", "`transpose` expects an array of arrays, found " + type_name(row));
    }
    if (i == 0) columns = as<Array>(row)->length;
    if (as<Array>(row)->length != columns) {
      fail("E1005", "`transpose` expects rows of one length, found " +
                        std::to_string(columns) + " and " +
                        std::to_string(as<Array>(row)->length));
    }
  }
  for (int64_t column = 0; column < columns; ++column) {
    Array* line = vm.heap().array(Elements::kValues, 0);
    for (int64_t i = 0; i < rows->length; ++i) {
      vm.heap().push(line, element(as<Array>(rows->get(i)), column));
    }
    vm.heap().push(result, Value::of(line));
  }
  return Value::of(result);
}

Value to_tuple(Vm& vm, Value* arguments, int) {
  const Array* array = self(arguments);
  if (array->length > UINT16_MAX) fail("E1005", "a tuple cannot have so many items");
  Tuple* result = vm.heap().tuple(static_cast<uint32_t>(array->length));
  for (int64_t i = 0; i < array->length; ++i) result->slots()[i] = element(array, i);
  return Value::of(result);
}

// The text whose UTF-8 bytes these are; nil if they are none.
Value to_text_from_bytes(Vm& vm, Value* arguments, int) {
  const Array* array = self(arguments);
  std::string bytes;
  for (int64_t i = 0; i < array->length; ++i) {
    const Value item = array->get(i);
    if (!item.is_integral() || item.integer < 0 || item.integer > 255) return Value();
    bytes += static_cast<char>(item.integer);
  }
  return is_valid_utf8(bytes) ? vm.text(bytes) : Value();
}

Value itself(Vm&, Value* arguments, int) { return kept(arguments[0]); }

const NativeSpec kMethods[] = {
    {"len", len, 0, 0},
    {"length", len, 0, 0},
    {"is_empty", is_empty, 0, 0},
    {"first", first, 0, 0},
    {"last", last, 0, 0},
    {"get", get, 1, 2},
    {"contains", contains_element, 1, 1},
    {"has", contains_element, 1, 1},
    {"index_of", index_of, 1, 1},
    {"last_index_of", last_index_of, 1, 1},
    {"join", join, 0, 1},
    {"sum", sum, 0, 0},
    {"product", product, 0, 0},
    {"min", min, 0, 0},
    {"max", max, 0, 0},
    {"push", push, 1, 1, true},
    {"append", push, 1, 1, true},
    {"pop", pop, 0, 0, true},
    {"insert", insert, 2, 2, true},
    {"remove", remove, 1, 1, true},
    {"extend", extend, 1, 1, true},
    {"clear", clear, 0, 0, true},
    {"truncate", truncate, 1, 1, true},
    {"fill", fill, 1, 1, true},
    {"swap", swap, 2, 2, true},
    {"slice", slice, 1, 2},
    {"take", take, 1, 1},
    {"skip", skip, 1, 1},
    {"drop", skip, 1, 1},
    {"copy", copy, 0, 0},
    {"clone", copy, 0, 0},
    {"reverse", reverse, 0, 0},
    {"reversed", reverse, 0, 0},
    {"concat", concat, 1, 1},
    {"repeat", repeat, 1, 1},
    {"flatten", flatten, 0, 0},
    {"compact", compact, 0, 0},
    {"chunk", chunk, 1, 1},
    {"windows", windows, 1, 1},
    {"unique", unique, 0, 0},
    {"enumerate", enumerate, 0, 0},
    {"zip", zip, 1, 1},
    {"transpose", transpose, 0, 0},
    {"to_array", itself, 0, 0},
    {"to_tuple", to_tuple, 0, 0},
    {"decode_utf8", to_text_from_bytes, 0, 0},
};

}  // namespace

void define_arrays(Vm& vm) {
  define_all(vm, vm.types().array, kMethods);
  define_sorting(vm);
  define_tuples(vm);
  define_ranges(vm);
}

}  // namespace simple
