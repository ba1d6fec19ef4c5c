#include "values/slots.h"

#include <ATen/core/List.h>

#include <bit>
#include <memory>
#include <string>
#include <vector>

#include "core/arguments.h"
#include "core/compat.h"
#include "core/numbers.h"
#include "device/device.h"
#include "handles/borrow.h"
#include "operators/arguments.h"
#include "values/fitted.h"

namespace simple_torch {
namespace {

using c10::TypeKind;

constexpr const char* kSlotNames[] = {"none",
                                      "an int",
                                      "a float",
                                      "a bool",
                                      "a complex number",
                                      "a tensor",
                                      "a list of tensors",
                                      "a value",
                                      "a generator",
                                      "a storage",
                                      "a stream",
                                      "a device",
                                      "a text",
                                      "tensors",
                                      "ints",
                                      "floats",
                                      "bools",
                                      "texts",
                                      "a default"};
static_assert(std::size(kSlotNames) == SIMPLE_TORCH_SLOT_DEFAULT + 1);

void require_kind(int64_t kind, const char* argument) {
  if (kind < 0 || kind > SIMPLE_TORCH_SLOT_DEFAULT) {
    fail_argument(argument, "has an unknown kind of slot, " + std::to_string(kind));
  }
}

[[noreturn]] void refuse(const simple_torch_slot& slot, const c10::TypePtr& type,
                         const char* argument) {
  fail(Code::kType, argument,
       "must be " + type->str() + ", not " + kSlotNames[slot.kind]);
}

template <typename T>
const T* items_of(const simple_torch_slot& slot, const char* argument) {
  const T* const items = reinterpret_cast<const T*>(slot.bits);
  list_of(items, slot.count, argument);
  return items;
}

bool is_number(int64_t kind) {
  return kind >= SIMPLE_TORCH_SLOT_INT && kind <= SIMPLE_TORCH_SLOT_COMPLEX;
}

bool is_list(int64_t kind) {
  return kind == SIMPLE_TORCH_SLOT_LIST || kind == SIMPLE_TORCH_SLOT_VALUE ||
         (kind >= SIMPLE_TORCH_SLOT_TENSORS && kind <= SIMPLE_TORCH_SLOT_TEXTS);
}

c10::TypePtr element_of(const c10::TypePtr& type) {
  return type->castRaw<c10::ListType>()->getElementType();
}
c10::TypePtr inner_of(const c10::TypePtr& type) {
  return type->castRaw<c10::OptionalType>()->getElementType();
}

// A list slot's items as slots of their own.
std::vector<simple_torch_slot> items_as_slots(const simple_torch_slot& slot,
                                              const char* argument) {
  std::vector<simple_torch_slot> items;
  const auto add_all = [&](int64_t kind) {
    const int64_t* const all = items_of<int64_t>(slot, argument);
    for (int64_t i = 0; i < slot.count; ++i) items.push_back({kind, all[i], 0});
  };
  switch (slot.kind) {
    case SIMPLE_TORCH_SLOT_TENSORS:
      add_all(SIMPLE_TORCH_SLOT_TENSOR);
      for (simple_torch_slot& each : items) {
        if (each.bits == 0) each.kind = SIMPLE_TORCH_SLOT_NONE;
      }
      break;
    case SIMPLE_TORCH_SLOT_INTS:
      add_all(SIMPLE_TORCH_SLOT_INT);
      break;
    case SIMPLE_TORCH_SLOT_FLOATS:
      add_all(SIMPLE_TORCH_SLOT_FLOAT);
      break;
    case SIMPLE_TORCH_SLOT_BOOLS:
      add_all(SIMPLE_TORCH_SLOT_BOOL);
      break;
    case SIMPLE_TORCH_SLOT_TEXTS:
      add_all(SIMPLE_TORCH_SLOT_TEXT);
      break;
    default:
      break;
  }
  return items;
}

c10::IValue list_value(const simple_torch_slot& slot, const c10::TypePtr& element,
                       const char* argument) {
  c10::impl::GenericList list(element);
  if (slot.kind == SIMPLE_TORCH_SLOT_LIST) {
    for (const at::Tensor& each : *borrow<TensorList>(slot.bits, argument)) {
      list.push_back(c10::IValue(each));
    }
  } else {
    for (const simple_torch_slot& each : items_as_slots(slot, argument)) {
      list.push_back(value_of(each, element, argument));
    }
  }
  return list;
}

}  // namespace

bool may_have_type(const simple_torch_slot& slot, const c10::TypePtr& type) {
  const int64_t kind = slot.kind;
  if (kind == SIMPLE_TORCH_SLOT_VALUE) return true;
  switch (type->kind()) {
    case TypeKind::OptionalType:
      return kind == SIMPLE_TORCH_SLOT_NONE || may_have_type(slot, inner_of(type));
    case TypeKind::AnyType:
      return true;
    case TypeKind::NoneType:
      return kind == SIMPLE_TORCH_SLOT_NONE;
    case TypeKind::TensorType:
      return kind == SIMPLE_TORCH_SLOT_TENSOR;
    case TypeKind::NumberType:
      return is_number(kind);
    case TypeKind::IntType:
    case TypeKind::SymIntType:
      return kind == SIMPLE_TORCH_SLOT_INT;
    case TypeKind::FloatType:
      return kind == SIMPLE_TORCH_SLOT_FLOAT || kind == SIMPLE_TORCH_SLOT_INT;
    case TypeKind::BoolType:
      return kind == SIMPLE_TORCH_SLOT_BOOL;
    case TypeKind::ComplexType:
      return kind == SIMPLE_TORCH_SLOT_COMPLEX || kind == SIMPLE_TORCH_SLOT_FLOAT ||
             kind == SIMPLE_TORCH_SLOT_INT;
    case TypeKind::StringType:
      return kind == SIMPLE_TORCH_SLOT_TEXT;
    case TypeKind::DeviceObjType:
      return kind == SIMPLE_TORCH_SLOT_DEVICE || kind == SIMPLE_TORCH_SLOT_INT;
    case TypeKind::GeneratorType:
      return kind == SIMPLE_TORCH_SLOT_GENERATOR;
    case TypeKind::StorageType:
      return kind == SIMPLE_TORCH_SLOT_STORAGE;
    case TypeKind::StreamObjType:
      return kind == SIMPLE_TORCH_SLOT_STREAM;
    case TypeKind::ListType: {
      if (!is_list(kind)) return false;
      if (slot.count == 0 && kind != SIMPLE_TORCH_SLOT_LIST) return true;
      const simple_torch_slot item = {
          kind == SIMPLE_TORCH_SLOT_LIST || kind == SIMPLE_TORCH_SLOT_TENSORS
              ? SIMPLE_TORCH_SLOT_TENSOR
          : kind == SIMPLE_TORCH_SLOT_INTS   ? SIMPLE_TORCH_SLOT_INT
          : kind == SIMPLE_TORCH_SLOT_FLOATS ? SIMPLE_TORCH_SLOT_FLOAT
          : kind == SIMPLE_TORCH_SLOT_BOOLS  ? SIMPLE_TORCH_SLOT_BOOL
                                             : SIMPLE_TORCH_SLOT_TEXT,
          0, 0};
      return may_have_type(item, element_of(type));
    }
    default:
      return false;
  }
}

c10::IValue value_of(const simple_torch_slot& slot, const c10::TypePtr& type,
                     const char* argument) {
  require_kind(slot.kind, argument);
  if (slot.kind == SIMPLE_TORCH_SLOT_VALUE) {
    return fitted(*borrow<c10::IValue>(slot.bits, argument), type, argument);
  }
  if (!may_have_type(slot, type)) refuse(slot, type, argument);
  switch (type->kind()) {
    case TypeKind::OptionalType:
      if (slot.kind == SIMPLE_TORCH_SLOT_NONE) return {};
      return value_of(slot, inner_of(type), argument);
    case TypeKind::ListType:
      return list_value(slot, element_of(type), argument);
    case TypeKind::FloatType:
      return number(slot.bits, slot.kind, argument).toDouble();
    case TypeKind::ComplexType:
      return number(slot.bits, slot.kind, argument).toComplexDouble();
    case TypeKind::DeviceObjType:
      return usable_device(slot.bits, argument);
    default:
      return value_of(slot, argument);
  }
}

c10::IValue value_of(const simple_torch_slot& slot, const char* argument) {
  require_kind(slot.kind, argument);
  switch (slot.kind) {
    case SIMPLE_TORCH_SLOT_NONE:
      return {};
    case SIMPLE_TORCH_SLOT_INT:
    case SIMPLE_TORCH_SLOT_FLOAT:
    case SIMPLE_TORCH_SLOT_BOOL:
    case SIMPLE_TORCH_SLOT_COMPLEX:
      return number(slot.bits, slot.kind, argument);
    case SIMPLE_TORCH_SLOT_TENSOR:
      return *in::tensor(slot.bits, argument);
    case SIMPLE_TORCH_SLOT_LIST:
    case SIMPLE_TORCH_SLOT_TENSORS:
      return list_value(slot, c10::TensorType::get(), argument);
    case SIMPLE_TORCH_SLOT_VALUE:
      return *borrow<c10::IValue>(slot.bits, argument);
    case SIMPLE_TORCH_SLOT_GENERATOR:
      return in::generator(slot.bits, argument);
    case SIMPLE_TORCH_SLOT_STORAGE:
      return in::storage(slot.bits, argument);
    case SIMPLE_TORCH_SLOT_STREAM:
      return in::stream(slot.bits, argument);
    case SIMPLE_TORCH_SLOT_DEVICE:
      return usable_device(slot.bits, argument);
    case SIMPLE_TORCH_SLOT_TEXT:
      return std::string(text_of(reinterpret_cast<const char*>(slot.bits), argument));
    case SIMPLE_TORCH_SLOT_INTS:
      return list_value(slot, c10::IntType::get(), argument);
    case SIMPLE_TORCH_SLOT_FLOATS:
      return list_value(slot, c10::FloatType::get(), argument);
    case SIMPLE_TORCH_SLOT_BOOLS:
      return list_value(slot, c10::BoolType::get(), argument);
    case SIMPLE_TORCH_SLOT_TEXTS:
      return list_value(slot, c10::StringType::get(), argument);
    default:
      fail_argument(argument, "is a default where a value is needed");
  }
}

int64_t slot_kind(const c10::IValue& value) {
  if (value.isNone()) return SIMPLE_TORCH_SLOT_NONE;
  if (value.isTensor()) return SIMPLE_TORCH_SLOT_TENSOR;
  if (value.isInt() || value.isSymInt()) return SIMPLE_TORCH_SLOT_INT;
  if (value.isDouble()) return SIMPLE_TORCH_SLOT_FLOAT;
  if (value.isBool()) return SIMPLE_TORCH_SLOT_BOOL;
  if (value.isTensorList()) return SIMPLE_TORCH_SLOT_LIST;
  if (value.isGenerator()) return SIMPLE_TORCH_SLOT_GENERATOR;
  if (value.isStorage()) return SIMPLE_TORCH_SLOT_STORAGE;
  if (value.isStream()) return SIMPLE_TORCH_SLOT_STREAM;
  if (value.isDevice()) return SIMPLE_TORCH_SLOT_DEVICE;
  return SIMPLE_TORCH_SLOT_VALUE;
}

simple_torch_slot slot_of(c10::IValue&& value) {
  const int64_t kind = slot_kind(value);
  const auto with_handle = [&](OwnedHandle handle) {
    return simple_torch_slot{kind, handle.value, 0};
  };
  switch (kind) {
    case SIMPLE_TORCH_SLOT_NONE:
      return {kind, 0, 0};
    case SIMPLE_TORCH_SLOT_TENSOR:
      return with_handle(store(std::move(value).toTensor()));
    case SIMPLE_TORCH_SLOT_INT:
      return {kind, value.isInt() ? value.toInt() : compat::concrete(value.toSymInt()),
              0};
    case SIMPLE_TORCH_SLOT_FLOAT:
      return {kind, std::bit_cast<int64_t>(value.toDouble()), 0};
    case SIMPLE_TORCH_SLOT_BOOL:
      return {kind, value.toBool() ? 1 : 0, 0};
    case SIMPLE_TORCH_SLOT_LIST:
      return with_handle(store(std::make_unique<TensorList>(value.toTensorVector())));
    case SIMPLE_TORCH_SLOT_GENERATOR:
      return with_handle(store(std::make_unique<at::Generator>(value.toGenerator())));
    case SIMPLE_TORCH_SLOT_STORAGE:
      return with_handle(store(std::make_unique<c10::Storage>(value.toStorage())));
    case SIMPLE_TORCH_SLOT_STREAM:
      return with_handle(store(std::make_unique<c10::Stream>(value.toStream())));
    case SIMPLE_TORCH_SLOT_DEVICE:
      return {kind, number_of(value.toDevice()), 0};
    default:
      return with_handle(store(std::make_unique<c10::IValue>(std::move(value))));
  }
}

void discard(const simple_torch_slot& slot) {
  switch (slot.kind) {
    case SIMPLE_TORCH_SLOT_TENSOR:
    case SIMPLE_TORCH_SLOT_LIST:
    case SIMPLE_TORCH_SLOT_VALUE:
    case SIMPLE_TORCH_SLOT_GENERATOR:
    case SIMPLE_TORCH_SLOT_STORAGE:
    case SIMPLE_TORCH_SLOT_STREAM:
      HandleTable::get().free_if_alive(slot.bits);
      return;
    default:
      return;
  }
}

}  // namespace simple_torch
