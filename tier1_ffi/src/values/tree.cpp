// Exports of value.h that make values of values, and take them apart.
#include <ATen/core/Dict.h>
#include <ATen/core/List.h>
#include <ATen/core/jit_type.h>

#include <memory>
#include <unordered_map>
#include <vector>

#include "core/arguments.h"
#include "core/guarded.h"
#include "core/utf8.h"
#include "device/device.h"
#include "simple_torch/value.h"
#include "values/equal.h"

namespace simple_torch {
namespace {

// Freeing, saving and printing go down by calling themselves.
constexpr int kDeepest = 200;

bool is_container(const c10::IValue& value) {
  return value.isList() || value.isTuple() || value.isGenericDict();
}

template <typename F>
void for_each_inside(const c10::IValue& value, F&& body) {
  if (value.isGenericDict()) {
    for (const auto& entry : value.toGenericDict()) body(entry.value());
  } else {
    for (const c10::IValue& each :
         value.isTuple() ? c10::ArrayRef<c10::IValue>(value.toTupleRef().elements())
                         : value.toListRef()) {
      body(each);
    }
  }
}

// How many containers lie in each other. One that stands in several places is looked into
// once.
class Depth {
 public:
  int of(const c10::IValue& value) {
    if (!is_container(value)) return 0;
    const void* const object = value.internalToPointer();
    if (const auto found = known_.find(object); found != known_.end()) {
      return found->second;
    }
    int deepest = 0;
    for_each_inside(
        value, [&](const c10::IValue& each) { deepest = std::max(deepest, of(each)); });
    return known_[object] = deepest + 1;
  }

 private:
  std::unordered_map<const void*, int> known_;
};

OwnedHandle store_value(c10::IValue&& value) {
  return store(std::make_unique<c10::IValue>(std::move(value)));
}

OwnedHandle store_container(c10::IValue&& value) {
  if (Depth().of(value) > kDeepest) {
    fail(Code::kValue, "values", "would lie more than 200 deep in each other");
  }
  return store_value(std::move(value));
}

std::vector<c10::IValue> values_of(const simple_torch_handle* handles, int64_t count,
                                   const char* argument) {
  std::vector<c10::IValue> values;
  for (const simple_torch_handle each : list_of(handles, count, argument)) {
    values.push_back(*borrow<c10::IValue>(each, argument));
  }
  return values;
}

c10::IValue list_with(const std::vector<c10::IValue>& values) {
  c10::impl::GenericList list(c10::AnyType::get());
  list.reserve(values.size());
  for (const c10::IValue& each : values) list.push_back(each);
  return list;
}

int64_t type_of(const c10::IValue& value) {
  if (value.isNone()) return SIMPLE_TORCH_TYPE_NONE;
  if (value.isInt()) return SIMPLE_TORCH_TYPE_INT;
  if (value.isDouble()) return SIMPLE_TORCH_TYPE_FLOAT;
  if (value.isBool()) return SIMPLE_TORCH_TYPE_BOOL;
  if (value.isComplexDouble()) return SIMPLE_TORCH_TYPE_COMPLEX;
  if (value.isTensor()) return SIMPLE_TORCH_TYPE_TENSOR;
  if (value.isDevice()) return SIMPLE_TORCH_TYPE_DEVICE;
  if (value.isString()) return SIMPLE_TORCH_TYPE_TEXT;
  if (value.isList()) return SIMPLE_TORCH_TYPE_LIST;
  if (value.isTuple()) return SIMPLE_TORCH_TYPE_TUPLE;
  if (value.isGenericDict()) return SIMPLE_TORCH_TYPE_DICT;
  if (value.isGenerator()) return SIMPLE_TORCH_TYPE_GENERATOR;
  if (value.isStorage()) return SIMPLE_TORCH_TYPE_STORAGE;
  if (value.isStream()) return SIMPLE_TORCH_TYPE_STREAM;
  if (value.isObject()) return SIMPLE_TORCH_TYPE_OBJECT;
  return SIMPLE_TORCH_TYPE_OTHER;
}

[[noreturn]] void fail_type(const c10::IValue& value, const char* wanted) {
  fail(Code::kType, "value", std::string("is no ") + wanted + ", but " + value.tagKind());
}

template <typename F>
OwnedHandle list_from_dict(simple_torch_handle value, F&& choose) {
  const auto dict = borrow<c10::IValue>(value, "value");
  if (!dict->isGenericDict()) fail_type(*dict, "dict");
  std::vector<c10::IValue> chosen;
  for (const auto& entry : dict->toGenericDict()) chosen.push_back(choose(entry));
  return store_value(list_with(chosen));
}

}  // namespace
}  // namespace simple_torch

using namespace simple_torch;

simple_torch_handle simple_torch_value_from_text(const char* text) {
  return guarded([&] { return store_value(std::string(text_of(text, "text"))); });
}

simple_torch_handle simple_torch_value_from_utf8(const void* data, int64_t bytes) {
  return guarded([&] {
    const auto given = list_of(static_cast<const char*>(data), bytes, "data");
    std::string text(given.data(), given.size());
    if (!is_utf8(text)) fail_argument("data", "is not UTF-8");
    return store_value(std::move(text));
  });
}

simple_torch_handle simple_torch_value_from_float(double number) {
  return guarded([&] { return store_value(number); });
}

simple_torch_handle simple_torch_value_from_complex(double real, double imaginary) {
  return guarded([&] { return store_value(c10::complex<double>(real, imaginary)); });
}

simple_torch_handle simple_torch_value_from_tensor(simple_torch_handle tensor) {
  return guarded([&] { return store_value(*borrow<at::Tensor>(tensor, "tensor")); });
}

simple_torch_handle simple_torch_value_from_generator(simple_torch_handle generator) {
  return guarded(
      [&] { return store_value(*borrow<at::Generator>(generator, "generator")); });
}

simple_torch_handle simple_torch_value_from_list(const simple_torch_handle* values,
                                                 int64_t count) {
  return guarded(
      [&] { return store_container(list_with(values_of(values, count, "values"))); });
}

simple_torch_handle simple_torch_value_from_tuple(const simple_torch_handle* values,
                                                  int64_t count) {
  return guarded([&] {
    return store_container(
        c10::ivalue::Tuple::create(values_of(values, count, "values")));
  });
}

simple_torch_handle simple_torch_value_from_dict(const simple_torch_handle* keys,
                                                 const simple_torch_handle* values,
                                                 int64_t count) {
  return guarded([&] {
    const std::vector<c10::IValue> names = values_of(keys, count, "keys");
    const std::vector<c10::IValue> members = values_of(values, count, "values");
    c10::impl::GenericDict dict(c10::AnyType::get(), c10::AnyType::get());
    for (size_t i = 0; i < names.size(); ++i) {
      const int64_t type = type_of(names[i]);
      if (type != SIMPLE_TORCH_TYPE_TEXT &&
          (type < SIMPLE_TORCH_TYPE_INT || type > SIMPLE_TORCH_TYPE_BOOL)) {
        fail(Code::kType, "keys", "must be texts or numbers, not " + names[i].tagKind());
      }
      dict.insert_or_assign(names[i], members[i]);
    }
    return store_container(std::move(dict));
  });
}

int64_t simple_torch_value_type(simple_torch_handle value) {
  return guarded([&] { return type_of(*borrow<c10::IValue>(value, "value")); });
}

simple_torch_handle simple_torch_value_item(simple_torch_handle value, int64_t index) {
  return guarded([&] {
    const auto whole = borrow<c10::IValue>(value, "value");
    if (!whole->isList() && !whole->isTuple()) fail_type(*whole, "list or tuple");
    const auto elements = whole->isTuple()
                              ? c10::ArrayRef<c10::IValue>(whole->toTupleRef().elements())
                              : whole->toListRef();
    return store_value(
        c10::IValue(elements[position_of(index, elements.size(), "index")]));
  });
}

simple_torch_handle simple_torch_value_keys(simple_torch_handle value) {
  return guarded([&] {
    return list_from_dict(value, [](const auto& entry) { return entry.key(); });
  });
}

simple_torch_handle simple_torch_value_members(simple_torch_handle value) {
  return guarded([&] {
    return list_from_dict(value, [](const auto& entry) { return entry.value(); });
  });
}

simple_torch_handle simple_torch_value_tensor(simple_torch_handle value) {
  return guarded([&] {
    const auto whole = borrow<c10::IValue>(value, "value");
    if (!whole->isTensor()) fail_type(*whole, "tensor");
    return store(at::Tensor(whole->toTensor()));
  });
}

simple_torch_handle simple_torch_value_generator(simple_torch_handle value) {
  return guarded([&] {
    const auto whole = borrow<c10::IValue>(value, "value");
    if (!whole->isGenerator()) fail_type(*whole, "generator");
    return store(std::make_unique<at::Generator>(whole->toGenerator()));
  });
}

simple_torch_handle simple_torch_value_find(simple_torch_handle value,
                                            simple_torch_handle key) {
  return guarded([&] {
    const auto dict = borrow<c10::IValue>(value, "value");
    const auto wanted = borrow<c10::IValue>(key, "key");
    if (!dict->isGenericDict()) fail_type(*dict, "dict");
    for (const auto& entry : dict->toGenericDict()) {
      if (are_equal(entry.key(), *wanted)) {
        return store_value(c10::IValue(entry.value()));
      }
    }
    fail(Code::kIndex, "key", "is not in the dict");
  });
}

simple_torch_handle simple_torch_value_tensors(simple_torch_handle value) {
  return guarded([&] {
    const auto whole = borrow<c10::IValue>(value, "value");
    if (!whole->isList() && !whole->isTuple()) fail_type(*whole, "list of tensors");
    TensorList tensors;
    for_each_inside(*whole, [&](const c10::IValue& each) {
      if (!each.isTensor()) fail_type(*whole, "list of tensors");
      tensors.push_back(each.toTensor());
    });
    return store(std::make_unique<TensorList>(std::move(tensors)));
  });
}

int64_t simple_torch_value_integer(simple_torch_handle value, int64_t* integer_out) {
  return guarded([&] {
    const auto whole = borrow<c10::IValue>(value, "value");
    required(integer_out, "integer_out");
    if (whole->isInt()) {
      *integer_out = whole->toInt();
    } else if (whole->isBool()) {
      *integer_out = whole->toBool() ? 1 : 0;
    } else if (whole->isDevice()) {
      *integer_out = number_of(whole->toDevice());
    } else {
      fail_type(*whole, "int");
    }
  });
}

int64_t simple_torch_value_parts(simple_torch_handle value, double* parts_out) {
  return guarded([&] {
    const auto whole = borrow<c10::IValue>(value, "value");
    required(parts_out, "parts_out");
    if (!whole->isDouble() && !whole->isComplexDouble()) fail_type(*whole, "float");
    const bool is_complex = whole->isComplexDouble();
    parts_out[0] = is_complex ? whole->toComplexDouble().real() : whole->toDouble();
    parts_out[1] = is_complex ? whole->toComplexDouble().imag() : 0.0;
  });
}
