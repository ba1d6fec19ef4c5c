// Exports of value.h.
#include "simple_torch/value.h"

#include <memory>
#include <sstream>

#include "core/arguments.h"
#include "core/guarded.h"
#include "values/slots.h"

namespace simple_torch {
namespace {

bool has_elements(const c10::IValue& value) { return value.isList() || value.isTuple(); }

size_t length_of(const c10::IValue& value) {
  return value.isTuple() ? value.toTupleRef().elements().size()
                         : value.toListRef().size();
}

c10::IValue element_at(const c10::IValue& value, size_t position) {
  return value.isTuple() ? value.toTupleRef().elements()[position]
                         : value.toListRef()[position];
}

}  // namespace
}  // namespace simple_torch

using namespace simple_torch;

simple_torch_handle simple_torch_value_create(const simple_torch_slot* slot) {
  return guarded([&] {
    return store(
        std::make_unique<c10::IValue>(value_of(*required(slot, "slot"), "slot")));
  });
}

int64_t simple_torch_value_kind(simple_torch_handle value) {
  return guarded([&] { return slot_kind(*borrow<c10::IValue>(value, "value")); });
}

int64_t simple_torch_value_length(simple_torch_handle value) {
  return guarded([&] {
    const auto whole = borrow<c10::IValue>(value, "value");
    if (!has_elements(*whole)) {
      fail(Code::kType, "value", "is no list and no tuple, but " + whole->type()->str());
    }
    return static_cast<int64_t>(length_of(*whole));
  });
}

int64_t simple_torch_value_get(simple_torch_handle value, int64_t index,
                               simple_torch_slot* slot_out) {
  return guarded([&] {
    const auto whole = borrow<c10::IValue>(value, "value");
    required(slot_out, "slot_out");
    const bool many = has_elements(*whole);
    const size_t position = position_of(index, many ? length_of(*whole) : 1, "index");
    *slot_out = slot_of(many ? element_at(*whole, position) : *whole);
  });
}

int64_t simple_torch_value_integers(simple_torch_handle value, int64_t* integers_out,
                                    int64_t capacity) {
  return guarded([&] {
    const auto whole = borrow<c10::IValue>(value, "value");
    if (!whole->isIntList()) {
      fail(Code::kType, "value", "is no list of integers, but " + whole->type()->str());
    }
    const std::vector<int64_t> integers = whole->toIntVector();
    copy_out(integers, integers_out, capacity, "integers_out");
    return static_cast<int64_t>(integers.size());
  });
}

int64_t simple_torch_value_text(simple_torch_handle value, char* buffer,
                                int64_t capacity) {
  return guarded([&] {
    const auto whole = borrow<c10::IValue>(value, "value");
    if (whole->isString()) {
      return write_text(whole->toStringRef(), buffer, capacity, "buffer");
    }
    std::ostringstream text;
    text << *whole;
    return write_text(text.str(), buffer, capacity, "buffer");
  });
}

int64_t simple_torch_value_free(simple_torch_handle value) {
  return guarded([&] { HandleTable::get().free(value, Kind::kValue, "value"); });
}
