// Sorting. Whole numbers and floats are sorted where they lie; other values by a merge
// sort, which keeps the order of equal ones and stands any answer of a comparison that
// the program gives.
#include <algorithm>
#include <cmath>
#include <vector>

#include "runtime/builtins/arguments.h"
#include "runtime/operations.h"

namespace simple {
namespace {

// Sorts with comparisons that may throw, and may contradict one another.
template <typename Item, typename Before>
void merge_sort(std::vector<Item>& items, const Before& before) {
  constexpr size_t kRun = 8;
  const size_t count = items.size();
  for (size_t start = 0; start < count; start += kRun) {
    const size_t end = std::min(start + kRun, count);
    for (size_t i = start + 1; i < end; ++i) {
      const Item item = items[i];
      size_t at = i;
      for (; at > start && before(item, items[at - 1]); --at) items[at] = items[at - 1];
      items[at] = item;
    }
  }
  std::vector<Item> merged(count);
  for (size_t width = kRun; width < count; width *= 2) {
    for (size_t start = 0; start < count; start += 2 * width) {
      const size_t middle = std::min(start + width, count);
      const size_t end = std::min(start + 2 * width, count);
      size_t left = start;
      size_t right = middle;
      for (size_t to = start; to < end; ++to) {
        const bool from_right =
            left == middle || (right < end && before(items[right], items[left]));
        merged[to] = from_right ? items[right++] : items[left++];
      }
    }
    items.swap(merged);
  }
}

// A key of any kind; texts have their first bytes beside them, which decide most
// comparisons.
struct Keyed {
  uint64_t prefix;
  Value key;
  uint32_t index;
};

uint64_t prefix_of(std::string_view text) {
  uint64_t prefix = 0;
  text.copy(reinterpret_cast<char*>(&prefix), 8);
  return __builtin_bswap64(prefix);
}

bool text_before(const Keyed& left, const Keyed& right) {
  if (left.prefix != right.prefix) return left.prefix < right.prefix;
  const int order = text(left.key).compare(text(right.key));
  return order != 0 ? order < 0 : left.index < right.index;
}

bool integer_before(const Keyed& left, const Keyed& right) {
  if (left.key.integer != right.key.integer) return left.key.integer < right.key.integer;
  return left.index < right.index;
}

// The keys of an array, sorted, with the places where they were.
std::vector<Keyed> order_of(Vm& vm, const Array* keys) {
  if (keys->length > UINT32_MAX)
    fail("E3010", "out of memory: too many elements to sort");
  std::vector<Keyed> items;
  items.reserve(static_cast<size_t>(keys->length));
  bool all_text = true;
  for (int64_t i = 0; i < keys->length; ++i) {
    const Value key = keys->get(i);
    all_text = all_text && is_text(key);
    items.push_back(
        {is_text(key) ? prefix_of(text(key)) : 0, key, static_cast<uint32_t>(i)});
  }
  if (all_text) {
    std::sort(items.begin(), items.end(), text_before);
  } else if (keys->elements() == Elements::kInts) {
    std::sort(items.begin(), items.end(), integer_before);
  } else {
    merge_sort(items, [&vm](const Keyed& left, const Keyed& right) {
      return compare(vm, left.key, right.key) == -1;
    });
  }
  return items;
}

// NaN comes last.
void sort_floats(double* start, double* end) {
  double* numbers_end =
      std::stable_partition(start, end, [](double item) { return !std::isnan(item); });
  std::sort(start, numbers_end);
}

Array* sorted(Vm& vm, const Array* array) {
  Heap& heap = vm.heap();
  Array* result = heap.copy(const_cast<Array*>(array));
  if (result->length < 2) return result;
  switch (result->elements()) {
    case Elements::kInts:
      std::sort(result->ints(), result->ints() + result->length);
      break;
    case Elements::kFloats:
      sort_floats(result->floats(), result->floats() + result->length);
      break;
    case Elements::kBytes:
      std::sort(result->bytes(), result->bytes() + result->length);
      break;
    case Elements::kValues: {
      const Rooted rooted(vm, {Value::of(result)});
      const std::vector<Keyed> order = order_of(vm, result);
      for (size_t i = 0; i < order.size(); ++i) result->values()[i] = order[i].key;
      break;
    }
  }
  return result;
}

// A comparison of the program answers with a bool (whether the first comes before), or
// with a number (negative: it does).
Array* sorted_by(Vm& vm, const Array* array, Value comparison) {
  Heap& heap = vm.heap();
  Array* result = heap.copy(const_cast<Array*>(array));
  heap.generalize(result);
  const Rooted rooted(vm, {Value::of(result), comparison});
  std::vector<Value> items(result->values(), result->values() + result->length);
  merge_sort(items, [&](Value left, Value right) {
    const Value pair[] = {left, right};
    const Value answer = vm.call(comparison, pair);
    if (answer.is_bool()) return answer.integer != 0;
    if (answer.is_integral()) return answer.integer < 0;
    if (answer.is_real()) return answer.real < 0;
    fail("E1003", "the comparison of `sort` has to return a bool or a number, found " +
                      type_name(answer));
  });
  Array* packed = heap.array(Elements::kValues, 0);
  for (const Value item : items) heap.push(packed, item);
  return packed;
}

void reverse_elements(Array* array) {
  switch (array->elements()) {
    case Elements::kInts:
      std::reverse(array->ints(), array->ints() + array->length);
      break;
    case Elements::kFloats:
      std::reverse(array->floats(), array->floats() + array->length);
      break;
    case Elements::kBytes:
      std::reverse(array->bytes(), array->bytes() + array->length);
      break;
    case Elements::kValues:
      std::reverse(array->values(), array->values() + array->length);
      break;
  }
}

Value sort(Vm& vm, Value* arguments, int count) {
  const Array* array = as<Array>(arguments[0]);
  const bool by = given(arguments, count, 1) && !arguments[1].is_nil();
  return Value::of(by ? sorted_by(vm, array, arguments[1]) : sorted(vm, array));
}

Value sort_desc(Vm& vm, Value* arguments, int) {
  Array* result = sorted(vm, as<Array>(arguments[0]));
  reverse_elements(result);
  return Value::of(result);
}

// rt_sort_by_keys(xs, keys): the elements of xs in the order of their keys; used by
// sort_by.
Value sort_by_keys(Vm& vm, Value* arguments, int) {
  const Array* array = expect_array(arguments[0], "rt_sort_by_keys", 1);
  const Array* keys = expect_array(arguments[1], "rt_sort_by_keys", 2);
  if (array->length != keys->length) {
    fail("E1005", "`rt_sort_by_keys` expects one key for each element");
  }
  const Rooted rooted(vm, {arguments[0], arguments[1]});
  Array* result = vm.heap().array(Elements::kValues, 0);
  const Rooted result_rooted(vm, {Value::of(result)});
  for (const Keyed& item : order_of(vm, keys)) {
    vm.heap().push(result, kept(array->get(item.index)));
  }
  return Value::of(result);
}

const NativeSpec kMethods[] = {
    {"sort", sort, 0, 1},
    {"sorted", sort, 0, 1},
    {"sort_desc", sort_desc, 0, 0},
};
const NativeSpec kFunctions[] = {
    {"rt_sort_by_keys", sort_by_keys, 2, 2},
};

}  // namespace

void define_sorting(Vm& vm) {
  define_all(vm, vm.types().array, kMethods);
  define_all(vm, kFunctions);
}

}  // namespace simple
