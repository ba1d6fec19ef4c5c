#include "runtime/builtins/arguments.h"

#include "runtime/numbers.h"
#include "runtime/operations_impl.h"
#include "runtime/table.h"
#include "runtime/unicode.h"

namespace simple {

void wrong_argument(const char* function, int place, const char* expected, Value found) {
  static constexpr const char* kPlaces[] = {"zeroth", "first", "second", "third",
                                            "fourth"};
  const std::string which =
      place < 5 ? kPlaces[place] : "argument number " + std::to_string(place);
  fail("E1003", std::string("`") + function + "` expects " + expected + " for its " +
                    which + " argument, found " + type_name(found));
}

double expect_number(Value value, const char* function, int place) {
  if (!value.is_number()) wrong_argument(function, place, "a number", value);
  return to_double(value);
}

Array* items_of(Vm& vm, Value items, const char* function, int place) {
  if (is(items, Kind::kArray)) return as<Array>(items);
  Heap& heap = vm.heap();
  Array* result = heap.array(Elements::kValues, 0);
  if (is(items, Kind::kTuple)) {
    for (uint32_t i = 0; i < items.object->small; ++i) {
      heap.push(result, kept(as<Tuple>(items)->items()[i]));
    }
  } else if (is(items, Kind::kSet)) {
    const Table* set = as<Table>(items);
    for (const uint32_t i : table_order(vm, set)) {
      heap.push(result, kept(set->entries[i].key));
    }
  } else if (is(items, Kind::kDict)) {
    const Table* dict = as<Table>(items);
    for (const uint32_t i : table_order(vm, dict)) {
      const TableEntry& entry = dict->entries[i];
      heap.push(result, vm.tuple({kept(entry.key), kept(entry.value)}));
    }
  } else if (is(items, Kind::kRange)) {
    const Range* range = as<Range>(items);
    const int64_t length = range_length(range);
    result->small = static_cast<uint32_t>(Elements::kInts);
    heap.reserve(result, length);
    const int64_t start = range->start.get().integer;
    for (int64_t i = 0; i < length; ++i) result->ints()[i] = start + i;
    result->length = length;
  } else if (is_text(items)) {
    const std::string_view view = text(items);
    for (size_t at = 0; at < view.size();) {
      const size_t length = decode(view, at).length;
      heap.push(result, vm.character(view.substr(at, length)));
      at += length;
    }
  } else {
    wrong_argument(function, place, "an array", items);
  }
  return result;
}

void define_statics(Vm& vm, Type* type, std::span<const NativeSpec> specs) {
  for (const NativeSpec& spec : specs) {
    type->statics[intern(spec.name)] = vm.heap().immortal(vm.heap().native(&spec));
  }
}

}  // namespace simple
