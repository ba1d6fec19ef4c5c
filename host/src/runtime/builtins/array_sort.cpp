// Sorting. Whole numbers and floats are sorted where they lie; texts, and numbers as
// keys, by their bits, eight bytes at a time, and tuples by such first items; other
// values by a merge sort, which keeps the order of equal ones and stands any answer of a
// comparison that the program gives.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <utility>
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

// An element's place, and what decides about its order: a number, or eight bytes of a
// text.
struct Ranked {
  uint64_t rank;
  uint32_t index;
};

// Sorts by ranks, and keeps the order of equal ones: by one byte of the ranks after the
// other, from the lowest, but for those in which all are the same. `room` has as many.
void sort_ranks(Ranked* items, size_t count, Ranked* room) {
  constexpr size_t kFew = 200;
  if (count < kFew) {
    std::sort(items, items + count, [](const Ranked& left, const Ranked& right) {
      return left.rank != right.rank ? left.rank < right.rank : left.index < right.index;
    });
    return;
  }
  uint32_t counts[8][256] = {};
  for (size_t i = 0; i < count; ++i) {
    for (int byte = 0; byte < 8; ++byte) {
      ++counts[byte][(items[i].rank >> (8 * byte)) & 255];
    }
  }
  Ranked* from = items;
  Ranked* to = room;
  for (int byte = 0; byte < 8; ++byte) {
    uint32_t* starts = counts[byte];
    if (starts[(from[0].rank >> (8 * byte)) & 255] == count) continue;
    uint32_t start = 0;
    for (int value = 0; value < 256; ++value) {
      start += std::exchange(starts[value], start);
    }
    for (size_t i = 0; i < count; ++i) {
      to[starts[(from[i].rank >> (8 * byte)) & 255]++] = from[i];
    }
    std::swap(from, to);
  }
  if (from != items) std::copy(from, from + count, items);
}

// Sorts texts by eight bytes, then those that have them in common by the next eight.
class TextSorter {
 public:
  TextSorter(const Value* texts, size_t count) : texts_(texts), room_(count) {}

  // All of `items` have the first `done` bytes in common, and stand in their old order.
  void sort(Ranked* items, size_t count, size_t done) const {
    constexpr size_t kDeep = 64;
    if (done >= kDeep) {
      std::sort(items, items + count, [this](const Ranked& left, const Ranked& right) {
        const int order = view(left).compare(view(right));
        return order != 0 ? order < 0 : left.index < right.index;
      });
      return;
    }
    for (size_t i = 0; i < count; ++i) {
      // A text that ends here has zeros; it is told from one that has them itself below.
      uint64_t rank = 0;
      view(items[i]).copy(reinterpret_cast<char*>(&rank), 8, done);
      items[i].rank = __builtin_bswap64(rank);
    }
    sort_ranks(items, count, room_.data());
    for (size_t start = 0, end; start < count; start = end) {
      for (end = start + 1; end < count && items[end].rank == items[start].rank;) ++end;
      if (end - start > 1) finish(items + start, end - start, done + 8);
    }
  }

 private:
  std::string_view view(const Ranked& item) const { return text(texts_[item.index]); }

  // Sorts what has the first `done` bytes in common, but for zeros at the end.
  void finish(Ranked* items, size_t count, size_t done) const {
    Ranked* longer = std::stable_partition(items, items + count, [&](const Ranked& item) {
      return view(item).size() <= done;
    });
    std::stable_sort(items, longer, [this](const Ranked& left, const Ranked& right) {
      return view(left).size() < view(right).size();
    });
    if (items + count - longer > 1) {
      sort(longer, static_cast<size_t>(items + count - longer), done);
    }
  }

  const Value* texts_;
  mutable std::vector<Ranked> room_;
};

// Ranks in the order of numbers. NaN comes last, and -0.0 equals 0.0.
uint64_t rank_of(int64_t number) {
  return static_cast<uint64_t>(number) ^ uint64_t { 1 } << 63;
}
uint64_t rank_of(double number) {
  if (std::isnan(number)) return UINT64_MAX;
  const auto bits = std::bit_cast<int64_t>(number + 0.0);
  return bits < 0 ? ~static_cast<uint64_t>(bits) : rank_of(bits);
}

// What decides about most tuples, if all have one of the same kind: their first items.
std::vector<Value> first_items(const std::vector<Value>& values) {
  std::vector<Value> firsts;
  firsts.reserve(values.size());
  for (const Value& value : values) {
    if (!is(value, Kind::kTuple) || value.object->small == 0) return {};
    firsts.push_back(as<Tuple>(value)->items()[0]);
  }
  const bool alike = std::all_of(firsts.begin(), firsts.end(), is_text) ||
                     std::all_of(firsts.begin(), firsts.end(),
                                 [](Value first) { return first.tag == Tag::kInt; });
  return alike ? firsts : std::vector<Value>();
}

// Puts `items`, which have the places of `values` in their order, in the order of those.
void order_values(Vm& vm, const std::vector<Value>& values, std::vector<Ranked>& items) {
  const size_t count = items.size();
  const auto before = [&](const Ranked& left, const Ranked& right) {
    return compare(vm, values[left.index], values[right.index]) == -1;
  };
  if (std::all_of(values.begin(), values.end(), is_text)) {
    const bool sorted =
        std::is_sorted(values.begin(), values.end(),
                       [](Value left, Value right) { return text(left) < text(right); });
    if (!sorted) TextSorter(values.data(), count).sort(items.data(), count, 0);
    return;
  }
  if (std::all_of(values.begin(), values.end(),
                  [](Value value) { return value.tag == Tag::kInt; })) {
    for (Ranked& item : items) item.rank = rank_of(values[item.index].integer);
    std::vector<Ranked> room(count);
    sort_ranks(items.data(), count, room.data());
    return;
  }
  const std::vector<Value> firsts = first_items(values);
  if (firsts.empty()) return merge_sort(items, before);
  order_values(vm, firsts, items);
  // Where the first items are equal, the others decide.
  std::vector<Ranked> alike;
  for (size_t start = 0, end; start < count; start = end) {
    const Value first = firsts[items[start].index];
    end = start + 1;
    while (end < count && compare(vm, first, firsts[items[end].index]) == 0) ++end;
    if (end - start < 2) continue;
    alike.assign(items.begin() + static_cast<std::ptrdiff_t>(start),
                 items.begin() + static_cast<std::ptrdiff_t>(end));
    merge_sort(alike, before);
    std::copy(alike.begin(), alike.end(),
              items.begin() + static_cast<std::ptrdiff_t>(start));
  }
}

// Where the elements stood that come first, second, …
std::vector<Ranked> order_of(Vm& vm, const Array* keys) {
  if (keys->length > UINT32_MAX)
    fail("E3010", "out of memory: too many elements to sort");
  const auto count = static_cast<size_t>(keys->length);
  std::vector<Ranked> items(count);
  for (size_t i = 0; i < count; ++i) items[i].index = static_cast<uint32_t>(i);
  if (keys->elements() != Elements::kValues) {
    for (size_t i = 0; i < count; ++i) {
      const Value key = keys->get(static_cast<int64_t>(i));
      items[i].rank = key.is_float() ? rank_of(key.real) : rank_of(key.integer);
    }
    std::vector<Ranked> room(count);
    sort_ranks(items.data(), count, room.data());
    return items;
  }
  order_values(vm, {keys->values(), keys->values() + count}, items);
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
      const std::vector<Value> items(result->values(), result->values() + result->length);
      Slot* to = result->slots();
      for (const Ranked& item : order_of(vm, result)) *to++ = items[item.index];
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
  for (const Value& item : items) heap.push(packed, item);
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
      std::reverse(array->slots(), array->slots() + array->length);
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
  const std::vector<Ranked> order = order_of(vm, keys);
  Array* result = vm.heap().array(array->elements(), array->length);
  for (const Ranked& item : order) {
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
