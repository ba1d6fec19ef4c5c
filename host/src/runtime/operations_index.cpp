// Indices, slices, and `in`.
#include <algorithm>
#include <cstring>

#include "runtime/operations_impl.h"
#include "runtime/table.h"
#include "runtime/unicode.h"

namespace simple {
namespace {

int64_t part_of_slice(Value part) {
  if (part.is_integral()) return part.integer;
  fail("E1043", "a slice needs i64 for its parts, found " + type_name(part));
}

// A slice of text cuts bytes; with a step other than 1 it takes characters, because
// single bytes would not be text.
Value slice_text(Vm& vm, Text* text, Value start, Value end, Value step) {
  const int64_t by = step.is_nil() ? 1 : part_of_slice(step);
  if (by == 1) {
    const Cut cut = cut_of(text->length, start, end, step);
    return cut_text(vm, text, static_cast<size_t>(cut.start),
                    static_cast<size_t>(cut.start + cut.count));
  }
  std::vector<std::string_view> characters;
  const std::string_view view = text->view();
  for (size_t at = 0; at < view.size();) {
    const size_t length = decode(view, at).length;
    characters.push_back(view.substr(at, length));
    at += length;
  }
  const Cut cut = cut_of(static_cast<int64_t>(characters.size()), start, end, step);
  std::string result;
  for (int64_t i = 0; i < cut.count; ++i) {
    result += characters[static_cast<size_t>(cut.start + i * cut.step)];
  }
  return vm.text(result);
}

Value cut_tuple(Vm& vm, const Tuple* tuple, const Cut& cut) {
  Tuple* result = vm.heap().tuple(static_cast<uint32_t>(cut.count));
  for (int64_t i = 0; i < cut.count; ++i) {
    const Value item = tuple->items()[cut.start + i * cut.step];
    share(item);
    result->slots()[i] = item;
  }
  return Value::of(result);
}

Value slice_of(Vm& vm, Value container, Value start, Value end, Value step) {
  switch (container.object->kind) {
    case Kind::kArray:
      return Value::of(cut_array(vm, as<Array>(container),
                                 cut_of(as<Array>(container)->length, start, end, step)));
    case Kind::kTuple:
      return cut_tuple(vm, as<Tuple>(container),
                       cut_of(container.object->small, start, end, step));
    default:
      return slice_text(vm, as<Text>(container), start, end, step);
  }
}

// The end of a range as that of a slice: a[..=2] is a[:3], and a[..=-1] is all of a.
Value end_of(const Range* range) {
  if (!range->inclusive() || !range->end.is_integral()) return range->end;
  if (range->end.get().integer == -1) return Value();
  return Value::of(range->end.get().integer == INT64_MAX ? INT64_MAX
                                                         : range->end.get().integer + 1);
}

bool is_sequence(Value value) {
  return is(value, Kind::kArray) || is(value, Kind::kTuple) || is_text(value);
}

[[noreturn]] void cannot_index(Value container) {
  fail("E1005", "cannot index " + type_name(container));
}

Value get_from_range(const Range* range, int64_t index) {
  if (!range->start.is_integral()) fail("E1005", "cannot index a range without a start");
  const int64_t start = range->start.get().integer;
  if (range->end.is_integral()) {
    const int64_t length = range_length(range);
    const int64_t place = place_of(index, length);
    if (place < 0) out_of_bounds("range", index, length);
    return Value::of(start + place);
  }
  int64_t result = 0;
  if (index < 0 || __builtin_add_overflow(start, index, &result)) {
    out_of_bounds("range", index, INT64_MAX);
  }
  return Value::of(result);
}

void replace_slice(Vm& vm, Array* array, const Cut& cut, Value value) {
  if (!is(value, Kind::kArray)) {
    fail("E1005", "cannot assign " + type_name(value) + " to a slice: it takes an array");
  }
  Heap& heap = vm.heap();
  // A copy first: it may be the array itself.
  const Array* items = heap.copy(as<Array>(value));
  if (cut.step != 1) {
    if (items->length != cut.count) {
      fail("E1005", "cannot assign " + std::to_string(items->length) +
                        " elements to a slice of " + std::to_string(cut.count));
    }
    for (int64_t i = 0; i < cut.count; ++i) {
      heap.set(array, cut.start + i * cut.step, items->get(i));
    }
    return;
  }
  const Array* rest = cut_array(
      vm, array, {cut.start + cut.count, 1, array->length - cut.start - cut.count});
  array->length = cut.start;
  for (int64_t i = 0; i < items->length; ++i) heap.push(array, items->get(i));
  for (int64_t i = 0; i < rest->length; ++i) heap.push(array, rest->get(i));
}

bool in_range(Vm& vm, const Range* range, Value item) {
  if (!item.is_number()) return false;
  if (!range->start.is_nil() && compare(vm, item, range->start) < 0) return false;
  if (range->end.is_nil()) return compare(vm, item, item) != 2;
  const int order = compare(vm, item, range->end);
  return order < 0 || (order == 0 && range->inclusive());
}

bool in_array(Vm& vm, const Array* array, Value item) {
  if (array->elements() == Elements::kInts && item.is_int()) {
    return std::find(array->ints(), array->ints() + array->length, item.integer) !=
           array->ints() + array->length;
  }
  for (int64_t i = 0; i < array->length; ++i) {
    if (equal(vm, array->get(i), item)) return true;
  }
  return false;
}

}  // namespace

Cut cut_of(int64_t length, Value start, Value end, Value step) {
  const int64_t by = step.is_nil() ? 1 : part_of_slice(step);
  if (by == 0) fail("E1005", "the step of a slice cannot be 0");
  // Where a slice may begin and end: one place beyond the last one in its direction.
  const int64_t lowest = by > 0 ? 0 : -1;
  const int64_t highest = by > 0 ? length : length - 1;
  const auto clamp = [&](int64_t index) {
    if (index < 0) index = index < -length ? lowest : index + length;
    return std::clamp(index, lowest, std::max(lowest, highest));
  };
  const int64_t from =
      start.is_nil() ? (by > 0 ? lowest : highest) : clamp(part_of_slice(start));
  const int64_t to =
      end.is_nil() ? (by > 0 ? highest : lowest) : clamp(part_of_slice(end));
  const int64_t distance = by > 0 ? to - from : from - to;
  if (distance <= 0) return {std::max<int64_t>(from, 0), by, 0};
  if (by == INT64_MIN) return {from, by, 1};
  return {from, by, (distance - 1) / (by > 0 ? by : -by) + 1};
}

Cut cut_of(int64_t length, const Range* range) {
  return cut_of(length, range->start, end_of(range), Value());
}

int64_t range_length(const Range* range) {
  if (!range->start.is_integral() || !range->end.is_integral()) {
    fail("E1005", "only a range of integers with both ends has a length");
  }
  const int64_t start = range->start.get().integer;
  const int64_t end = range->end.get().integer;
  if (end < start || (end == start && !range->inclusive())) return 0;
  int64_t length = 0;
  if (__builtin_sub_overflow(end, start, &length) ||
      __builtin_add_overflow(length, range->inclusive() ? 1 : 0, &length)) {
    return INT64_MAX;
  }
  return length;
}

int64_t index_number(Value container, Value index) {
  if (index.is_integral()) return index.integer;
  fail("E1043", "cannot index " + type_name(container) + " with " + type_name(index));
}

void out_of_bounds(const char* what, int64_t index, int64_t length) {
  fail("E3002", std::string(what) + " index out of bounds: index is " +
                    std::to_string(index) + " but length is " + std::to_string(length));
}

Array* cut_array(Vm& vm, const Array* array, const Cut& cut) {
  Heap& heap = vm.heap();
  Array* result = heap.array(array->elements(), cut.count);
  const auto count = static_cast<size_t>(cut.count);
  switch (array->elements()) {
    case Elements::kInts:
    case Elements::kFloats: {
      int64_t* to = result->ints();  // Floats are copied as their bits.
      const int64_t* from = array->ints();
      if (count != 0 && cut.step == 1) {
        std::memcpy(to, from + cut.start, count * sizeof(int64_t));
      } else {
        for (int64_t i = 0; i < cut.count; ++i) {
          std::memcpy(to + i, from + cut.start + i * cut.step, sizeof(int64_t));
        }
      }
      break;
    }
    case Elements::kBytes:
      for (int64_t i = 0; i < cut.count; ++i) {
        result->bytes()[i] = array->bytes()[cut.start + i * cut.step];
      }
      break;
    case Elements::kValues:
      for (int64_t i = 0; i < cut.count; ++i) {
        const Value item = array->values()[cut.start + i * cut.step];
        share(item);
        result->slots()[i] = item;
      }
      break;
  }
  result->length = cut.count;
  return result;
}

Value cut_text(Vm& vm, Text* text, size_t start, size_t end) {
  const std::string_view view = text->view();
  // Both ends move to where the character starts that they lie in: parts that were cut at
  // one place always make up the whole again.
  start = border_before(view, std::min(start, view.size()));
  end = border_before(view, std::min(end, view.size()));
  if (start == 0 && end == view.size()) return Value::of(text);
  return vm.text(start < end ? view.substr(start, end - start) : std::string_view());
}

Value character_at(Vm& vm, Text* text, int64_t index) {
  const std::string_view view = text->view();
  if (is_ascii(text)) {
    const int64_t place = place_of(index, static_cast<int64_t>(view.size()));
    return place < 0 ? Value() : vm.character(view.substr(static_cast<size_t>(place), 1));
  }
  CharacterPlaces& places = vm.character_places();
  const int64_t place =
      index < 0 ? place_of(index, static_cast<int64_t>(places.count(text))) : index;
  if (place < 0) return Value();
  const size_t at = places.start(text, static_cast<size_t>(place));
  if (at == view.size()) return Value();
  return vm.character(view.substr(at, decode(view, at).length));
}

Value index_get(Vm& vm, Value container, Value index) {
  if (!container.is_object()) cannot_index(container);
  if (is_sequence(container)) {
    if (is(index, Kind::kSlice)) {
      const auto* slice = as<SliceObject>(index);
      return slice_of(vm, container, slice->start, slice->end, slice->step);
    }
    if (is(index, Kind::kRange)) {
      const auto* range = as<Range>(index);
      return slice_of(vm, container, range->start, end_of(range), Value());
    }
  }
  switch (container.object->kind) {
    case Kind::kArray: {
      const auto* array = as<Array>(container);
      const int64_t number = index_number(container, index);
      const int64_t place = place_of(number, array->length);
      if (place < 0) out_of_bounds("array", number, array->length);
      return array->get(place);
    }
    case Kind::kTuple: {
      const int64_t number = index_number(container, index);
      const int64_t place = place_of(number, container.object->small);
      if (place < 0) out_of_bounds("tuple", number, container.object->small);
      return as<Tuple>(container)->items()[place];
    }
    case Kind::kText: {
      const int64_t number = index_number(container, index);
      const Value found = character_at(vm, as<Text>(container), number);
      if (found.is_nil()) {
        out_of_bounds("text", number, count_characters(text(container)));
      }
      return found;
    }
    case Kind::kDict: {
      const Slot* found = table_find(vm, as<Table>(container), index);
      return found == nullptr ? Value() : found->get();
    }
    case Kind::kRange:
      return get_from_range(as<Range>(container), index_number(container, index));
    default:
      if (const Method* method = protocol_method(vm, container, dunders().get_item)) {
        return call_protocol(vm, container, *method, index);
      }
      cannot_index(container);
  }
}

void index_set(Vm& vm, Value container, Value index, Value value) {
  if (!container.is_object()) cannot_index(container);
  switch (container.object->kind) {
    case Kind::kArray: {
      auto* array = as<Array>(container);
      if (is(index, Kind::kSlice)) {
        const auto* slice = as<SliceObject>(index);
        replace_slice(vm, array,
                      cut_of(array->length, slice->start, slice->end, slice->step),
                      value);
        return;
      }
      if (is(index, Kind::kRange)) {
        replace_slice(vm, array, cut_of(array->length, as<Range>(index)), value);
        return;
      }
      const int64_t number = index_number(container, index);
      const int64_t place = place_of(number, array->length);
      if (place < 0) out_of_bounds("array", number, array->length);
      vm.heap().set(array, place, value);
      return;
    }
    case Kind::kDict: {
      const Rooted rooted(vm, {value});
      *table_insert(vm, as<Table>(container), index) = value;
      return;
    }
    case Kind::kText:
      fail("E1005", "a text cannot be changed; make a new one, with replace or by parts");
    case Kind::kTuple:
      fail("E1005", "the items of a tuple cannot be changed");
    default:
      if (const Method* method = protocol_method(vm, container, dunders().set_item)) {
        const Rooted rooted(vm, {container, index, value});
        const Value arguments[] = {index, value};
        vm.call_method(container, *method, arguments);
        return;
      }
      cannot_index(container);
  }
}

bool contains(Vm& vm, Value container, Value item) {
  if (container.is_object()) {
    switch (container.object->kind) {
      case Kind::kArray:
        return in_array(vm, as<Array>(container), item);
      case Kind::kTuple:
        for (uint32_t i = 0; i < container.object->small; ++i) {
          if (equal(vm, as<Tuple>(container)->items()[i], item)) return true;
        }
        return false;
      case Kind::kDict:
      case Kind::kSet:
        return table_find(vm, as<Table>(container), item) != nullptr;
      case Kind::kText:
        if (is_text(item))
          return text(container).find(text(item)) != std::string_view::npos;
        fail("E1005", "cannot look for " + type_name(item) + " in a text");
      case Kind::kRange:
        return in_range(vm, as<Range>(container), item);
      default:
        if (const Method* method = protocol_method(vm, container, dunders().contains)) {
          return truth(vm, call_protocol(vm, container, *method, item));
        }
        break;
    }
  }
  fail("E1005", "cannot look for something in " + type_name(container));
}

}  // namespace simple
