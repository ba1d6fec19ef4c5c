// Exports of value.h.
#include "simple_torch/value.h"

#include <torch/csrc/jit/frontend/script_type_parser.h>

#include <algorithm>
#include <memory>
#include <sstream>

#include "core/arguments.h"
#include "core/guarded.h"
#include "values/equal.h"
#include "values/fitted.h"
#include "values/slots.h"

namespace simple_torch {
namespace {

// What libtorch calls a type, which for values that it cannot name is what they are.
std::string type_name(const c10::IValue& value) { return value.type()->annotation_str(); }

bool has_elements(const c10::IValue& value) { return value.isList() || value.isTuple(); }

size_t length_of(const c10::IValue& value) {
  return value.isTuple() ? value.toTupleRef().elements().size()
                         : value.toListRef().size();
}

template <typename F>
void require_list_of(const c10::IValue& value, F&& fits, const char* elements) {
  if (value.isList()) {
    const auto all = value.toListRef();
    if (std::all_of(all.begin(), all.end(), fits)) return;
  }
  fail(Code::kType, "value",
       std::string("is no list of ") + elements + ", but " + type_name(value));
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
    if (whole->isString()) return static_cast<int64_t>(whole->toStringRef().size());
    if (whole->isGenericDict()) {
      return static_cast<int64_t>(whole->toGenericDict().size());
    }
    if (!has_elements(*whole)) {
      fail(Code::kType, "value", "has no elements, but is " + whole->type()->str());
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
    const auto fits = [](const c10::IValue& each) {
      return each.isInt() || each.isBool();
    };
    require_list_of(*whole, fits, "integers");
    std::vector<int64_t> integers;
    for (const c10::IValue& each : whole->toListRef()) {
      integers.push_back(each.isInt() ? each.toInt() : each.toBool());
    }
    copy_out(integers, integers_out, capacity, "integers_out");
    return static_cast<int64_t>(integers.size());
  });
}

int64_t simple_torch_value_floats(simple_torch_handle value, double* floats_out,
                                  int64_t capacity) {
  return guarded([&] {
    const auto whole = borrow<c10::IValue>(value, "value");
    require_list_of(
        *whole, [](const c10::IValue& each) { return each.isDouble(); }, "floats");
    const auto floats = whole->toListRef();
    if (capacity < std::ssize(floats)) {
      fail_argument("capacity", "is " + std::to_string(capacity) +
                                    " where the list has " +
                                    std::to_string(floats.size()));
    }
    if (!floats.empty()) required(floats_out, "floats_out");
    for (size_t i = 0; i < floats.size(); ++i) floats_out[i] = floats[i].toDouble();
    return static_cast<int64_t>(floats.size());
  });
}

simple_torch_handle simple_torch_value_alias(simple_torch_handle value) {
  return guarded([&] {
    return store(std::make_unique<c10::IValue>(*borrow<c10::IValue>(value, "value")));
  });
}

simple_torch_handle simple_torch_value_clone(simple_torch_handle value) {
  return guarded([&] {
    return store(
        std::make_unique<c10::IValue>(borrow<c10::IValue>(value, "value")->deepcopy()));
  });
}

int64_t simple_torch_value_equal(simple_torch_handle value, simple_torch_handle other) {
  return guarded([&] {
    return are_equal(*borrow<c10::IValue>(value, "value"),
                     *borrow<c10::IValue>(other, "other"))
               ? 1
               : 0;
  });
}

simple_torch_handle simple_torch_value_as(simple_torch_handle value,
                                          const char* type_name) {
  return guarded([&] {
    const auto whole = borrow<c10::IValue>(value, "value");
    const c10::TypePtr wanted = torch::jit::ScriptTypeParser().parseType(
        std::string(text_of(type_name, "type_name")));
    return store(std::make_unique<c10::IValue>(fitted(*whole, wanted, "value")));
  });
}

int64_t simple_torch_value_type_name(simple_torch_handle value, char* buffer,
                                     int64_t capacity) {
  return guarded([&] {
    return write_text(type_name(*borrow<c10::IValue>(value, "value")), buffer, capacity,
                      "buffer");
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
