#include "sffi/convert.h"

#include <bit>
#include <cstdlib>
#include <cstring>
#include <limits>

#include "runtime/failure.h"
#include "runtime/operations.h"
#include "runtime/vm.h"

namespace simple {
namespace {

// What empty lists have for an address: some libraries take NULL for "none".
alignas(16) char nothing[16];

[[noreturn]] void mismatch(const BoundaryType& type, Value found,
                           const Purpose& purpose) {
  fail("", purpose.text() + ": expected " + type.text + ", found " + describe(found));
}

std::string item(int64_t index) { return ", item " + std::to_string(index + 1); }

// Some(x) is x, None is nil.
Value plain(Vm& vm, Value value) {
  if (value.is_missing()) return Value();
  while (is(value, Kind::kEnum) && as<EnumValue>(value)->type == vm.types().option) {
    auto* option = as<EnumValue>(value);
    value = option->small == 0 ? Value() : option->payload()[0];
  }
  return value;
}

int64_t float_bits(double value) { return std::bit_cast<int64_t>(value); }

double as_double(Value value) {
  if (value.is_real()) return value.real;
  if (value.tag == Tag::kU64)
    return static_cast<double>(static_cast<uint64_t>(value.integer));
  return static_cast<double>(value.integer);
}

struct Number {
  int64_t bits = 0;
  NumberKind kind = NumberKind::kNone;
};

// A complex number is a tuple of its two parts.
bool is_complex(Value value) {
  return is(value, Kind::kTuple) && value.object->small == 2 &&
         as<Tuple>(value)->items()[0].is_number() &&
         as<Tuple>(value)->items()[1].is_number();
}

bool to_number(Value value, Scratch& scratch, Number& number) {
  if (value.is_integral()) {
    number = {value.integer, NumberKind::kInt};
  } else if (value.is_real()) {
    number = {float_bits(value.real), NumberKind::kFloat};
  } else if (value.is_bool()) {
    number = {value.integer, NumberKind::kBool};
  } else if (is_complex(value)) {
    auto* parts = scratch.make<double>(2);
    parts[0] = as_double(as<Tuple>(value)->items()[0]);
    parts[1] = as_double(as<Tuple>(value)->items()[1]);
    number = {reinterpret_cast<int64_t>(parts), NumberKind::kComplex};
  } else {
    return false;
  }
  return true;
}

Number number_of(Vm& vm, const BoundaryType& type, Value value, Scratch& scratch,
                 const Purpose& purpose) {
  const Value found =
      type.shape == Shape::kScalar && !type.optional ? value : plain(vm, value);
  Number number;
  switch (type.shape) {
    case Shape::kMaybeInt:
      if (found.is_nil()) return number;
      if (found.is_integral()) return {found.integer, NumberKind::kInt};
      break;
    case Shape::kMaybeFloat:
      if (found.is_nil()) return number;
      if (found.is_number()) return {float_bits(as_double(found)), NumberKind::kFloat};
      break;
    case Shape::kMaybeBool:
      if (found.is_nil()) return number;
      if (found.is_bool()) return {found.integer, NumberKind::kBool};
      break;
    default:
      if (found.is_nil() && type.optional) return number;
      if (to_number(found, scratch, number)) return number;
      break;
  }
  mismatch(type, found, purpose);
}

const char* text_of_value(Vm& vm, const BoundaryType& type, Value value, Scratch& scratch,
                          const Purpose& purpose) {
  if (type.optional) {
    value = plain(vm, value);
    if (value.is_nil()) return nullptr;
  }
  if (!is_text(value)) mismatch(type, value, purpose);
  const std::string_view view = text(value);
  if (std::memchr(view.data(), 0, view.size()) != nullptr) {
    fail("", purpose.text() + " has a NUL character, which texts in C cannot have");
  }
  char* copy = scratch.make<char>(view.size() + 1);
  std::memcpy(copy, view.data(), view.size());
  copy[view.size()] = 0;
  return copy;
}

// `which` tells apart an argument and an item of a list.
int64_t handle_of(Vm& vm, const BoundaryType& type, bool optional, Value value,
                  const Purpose& purpose, int64_t index = -1) {
  if (optional) {
    value = plain(vm, value);
    if (value.is_nil()) return 0;
  }
  const bool fits = is(value, Kind::kHandle) &&
                    (as<Handle>(value)->type == type.type ||
                     (type.type->release != nullptr &&
                      as<Handle>(value)->type->release == type.type->release));
  if (!fits && index < 0) mismatch(type, value, purpose);
  if (!fits) {
    fail("", purpose.text() + item(index) + ": expected " +
                 std::string(text_of(type.type->name)) + (optional ? "?" : "") +
                 ", found " + describe(value));
  }
  const int64_t handle = as<Handle>(value)->handle;
  if (handle == 0) {
    fail("", purpose.text() + (index < 0 ? "" : item(index)) + " was freed");
  }
  return handle;
}

// What an i64 that may be a handle gets: the number, or the one that a value holds.
int64_t word_of(const BoundaryType& type, Value value, const Purpose& purpose) {
  if (value.is_integral()) return value.integer;
  if (!type.handles_of || !is(value, Kind::kHandle)) mismatch(type, value, purpose);
  const auto* handle = as<Handle>(value);
  const auto* native = static_cast<NativeType*>(handle->type->release);
  if (native == nullptr || native->library != type.handles_of) {
    mismatch(type, value, purpose);
  }
  if (handle->handle == 0) fail("", purpose.text() + " was freed");
  return handle->handle;
}

Elements fitting(Tag tag) {
  switch (tag) {
    case Tag::kInt:
      return Elements::kInts;
    case Tag::kFloat:
      return Elements::kFloats;
    case Tag::kU8:
      return Elements::kBytes;
    default:
      return Elements::kValues;
  }
}

// An array that could hold anything, but has only items of one packed kind: they are
// packed. Nobody sees the difference.
bool pack(Vm& vm, Array* array, const BoundaryType& type) {
  if (array->elements() != Elements::kValues) return false;
  const Elements wanted = fitting(array->values()[0].tag);
  if (wanted == Elements::kValues || !type.takes(wanted)) return false;
  for (int64_t i = 1; i < array->length; ++i) {
    if (fitting(array->values()[i].tag) != wanted) return false;
  }
  vm.heap().pack(array, wanted);
  return true;
}

// A tuple of numbers, as an array of them: a copy, for a tuple is never written to.
const void* elements_of_tuple(const BoundaryType& type, Value value, Scratch& scratch,
                              const Purpose& purpose) {
  const auto* const tuple = as<Tuple>(value);
  if (tuple->small == 0) return nothing;
  const Elements wanted = fitting(tuple->items()[0].tag);
  if ((wanted != Elements::kInts && wanted != Elements::kFloats) || !type.takes(wanted)) {
    mismatch(type, value, purpose);
  }
  auto* const words = scratch.make<int64_t>(tuple->small);
  for (size_t i = 0; i < tuple->small; ++i) {
    const Value each = tuple->items()[i];
    if (fitting(each.tag) != wanted) mismatch(type, value, purpose);
    words[i] = wanted == Elements::kInts ? each.integer : float_bits(as_double(each));
  }
  return words;
}

const void* elements_of(Vm& vm, const BoundaryType& type, Value value, Scratch& scratch,
                        const Purpose& purpose) {
  if (type.optional) {
    value = plain(vm, value);
    if (value.is_nil()) return nullptr;
  }
  if (is(value, Kind::kTuple)) return elements_of_tuple(type, value, scratch, purpose);
  if (!is(value, Kind::kArray)) mismatch(type, value, purpose);
  auto* array = as<Array>(value);
  if (array->length == 0) return nothing;
  if (!type.takes(array->elements()) && !pack(vm, array, type))
    mismatch(type, value, purpose);
  return array->data;
}

// An array itself: a tuple's elements would be a copy, which is gone when the call is.
const void* elements_to_keep(Vm& vm, const BoundaryType& type, Value value,
                             Scratch& scratch, const Purpose& purpose) {
  if (!is(value, Kind::kArray)) mismatch(type, value, purpose);
  return elements_of(vm, type, value, scratch, purpose);
}

// The items of a list that is copied: an array, or a tuple.
class Items {
 public:
  // Of nil, where that is taken, nothing.
  Items(Vm& vm, const BoundaryType& type, Value value, const Purpose& purpose) {
    if (type.optional) value = plain(vm, value);
    if (type.optional && value.is_nil()) return;
    if (is(value, Kind::kTuple)) {
      tuple_ = as<Tuple>(value);
    } else if (is(value, Kind::kArray)) {
      array_ = as<Array>(value);
    } else {
      mismatch(type, value, purpose);
    }
  }
  bool is_nil() const { return array_ == nullptr && tuple_ == nullptr; }
  size_t size() const {
    return array_ != nullptr ? static_cast<size_t>(array_->length) : tuple_->small;
  }
  Value operator[](size_t index) const {
    return array_ != nullptr ? array_->get(static_cast<int64_t>(index))
                             : tuple_->items()[index];
  }

 private:
  const Array* array_ = nullptr;
  const Tuple* tuple_ = nullptr;
};

const void* handles_of(Vm& vm, const BoundaryType& type, Value value, Scratch& scratch,
                       const Purpose& purpose) {
  const Items items(vm, type, value, purpose);
  if (items.is_nil()) return nullptr;
  if (items.size() == 0) return nothing;
  auto* handles = scratch.make<int64_t>(items.size());
  for (size_t i = 0; i < items.size(); ++i) {
    handles[i] = handle_of(vm, type, type.optional_items, items[i], purpose,
                           static_cast<int64_t>(i));
  }
  return handles;
}

const void* scalars_of(Vm& vm, const BoundaryType& type, Value value, Scratch& scratch,
                       const Purpose& purpose) {
  const Items items(vm, type, value, purpose);
  if (items.is_nil()) return nullptr;
  if (items.size() == 0) return nothing;
  auto* pairs = scratch.make<int64_t>(items.size() * 2);
  for (size_t i = 0; i < items.size(); ++i) {
    Number number;
    const Value found = type.optional_items ? plain(vm, items[i]) : items[i];
    if (!(type.optional_items && found.is_nil()) && !to_number(found, scratch, number)) {
      fail("", purpose.text() + item(static_cast<int64_t>(i)) +
                   ": expected Scalar, found " + describe(found));
    }
    pairs[2 * i] = number.bits;
    pairs[2 * i + 1] = static_cast<int64_t>(number.kind);
  }
  return pairs;
}

Value copied_text(Vm& vm, int64_t bits) {
  const auto* bytes = reinterpret_cast<const char*>(bits);
  return bytes == nullptr ? Value() : vm.text(bytes);
}

}  // namespace

void* Scratch::allocate(size_t size) {
  size = (size + 15) & ~size_t{15};
  if (size <= kInside - used_) {
    void* result = inside_ + used_;
    used_ += size;
    return result;
  }
  more_.push_back(std::make_unique<char[]>(size));
  return more_.back().get();
}

std::string Purpose::text() const {
  const std::string name = "`" + std::string(text_of(function)) + "`";
  if (index == 0) return "the function given to " + name;
  return name + ": argument " + std::to_string(index) + " (`" +
         std::string(text_of(parameter)) + "`)";
}

void put(Vm& vm, Frame& frame, const BoundaryType& type, Value value,
         const Purpose& purpose) {
  switch (type.shape) {
    case Shape::kInt:
      frame.word(word_of(type, value, purpose));
      break;
    case Shape::kInt32:
      if (!value.is_integral()) mismatch(type, value, purpose);
      if (value.integer < std::numeric_limits<int32_t>::min() ||
          value.integer > std::numeric_limits<int32_t>::max()) {
        fail("", purpose.text() + ": " + std::to_string(value.integer) +
                     " does not fit into i32");
      }
      frame.word(value.integer);
      break;
    case Shape::kBool:
      if (!value.is_bool()) mismatch(type, value, purpose);
      frame.word(value.integer);
      break;
    case Shape::kFloat:
      if (!value.is_number()) mismatch(type, value, purpose);
      frame.doubles[frame.double_count++] = as_double(value);
      break;
    case Shape::kText:
      frame.pointer(text_of_value(vm, type, value, frame.scratch, purpose));
      break;
    case Shape::kHandle:
      frame.word(handle_of(vm, type, type.optional, value, purpose));
      break;
    case Shape::kScalar:
    case Shape::kMaybeInt:
    case Shape::kMaybeFloat:
    case Shape::kMaybeBool: {
      const Number number = number_of(vm, type, value, frame.scratch, purpose);
      frame.word(number.bits);
      frame.word(static_cast<int64_t>(number.kind));
      break;
    }
    case Shape::kPacked:
      frame.pointer(elements_of(vm, type, value, frame.scratch, purpose));
      break;
    case Shape::kHandles:
      frame.pointer(handles_of(vm, type, value, frame.scratch, purpose));
      break;
    case Shape::kScalars:
      frame.pointer(scalars_of(vm, type, value, frame.scratch, purpose));
      break;
    case Shape::kKept:
      frame.pointer(elements_to_keep(vm, type, value, frame.scratch, purpose));
      frame.word(0);
      frame.word(0);
      break;
    case Shape::kFunction:
    case Shape::kUnit:
      break;
  }
}

Value check_function(Vm& vm, const BoundaryType& type, Value value,
                     const Purpose& purpose) {
  if (type.optional) {
    value = plain(vm, value);
    if (value.is_nil()) return value;
  }
  const bool fits = is(value, Kind::kClosure) || is(value, Kind::kNative) ||
                    is(value, Kind::kBound) || is(value, Kind::kExtern);
  if (!fits) mismatch(type, value, purpose);
  return value;
}

Value get(Vm& vm, const BoundaryType& type, int64_t bits) {
  switch (type.shape) {
    case Shape::kInt:
      return Value::of(bits);
    case Shape::kInt32:
      return Value::of(int64_t{static_cast<int32_t>(bits)});
    case Shape::kBool:
      return Value::of(bits != 0);
    case Shape::kFloat:
      return Value::of(std::bit_cast<double>(bits));
    case Shape::kText:
      return copied_text(vm, bits);
    case Shape::kHandle:
      return bits == 0 ? Value() : vm.externs().own(type.type, bits);
    default:
      return Value();
  }
}

Value get_number(Vm& vm, const int64_t* bits, int64_t kind, bool bits_are_address) {
  switch (static_cast<NumberKind>(kind)) {
    case NumberKind::kInt:
      return Value::of(bits[0]);
    case NumberKind::kFloat:
      return Value::of(std::bit_cast<double>(bits[0]));
    case NumberKind::kBool:
      return Value::of(bits[0] != 0);
    case NumberKind::kComplex: {
      double parts[2];
      const void* from = bits_are_address ? reinterpret_cast<const void*>(bits[0]) : bits;
      std::memcpy(parts, from, sizeof(parts));
      return vm.tuple({Value::of(parts[0]), Value::of(parts[1])});
    }
    default:
      return Value();
  }
}

std::string describe(Value value) {
  if (value.tag != Tag::kObject) return type_name(value);
  switch (value.object->kind) {
    case Kind::kText:
      return "text";
    case Kind::kArray: {
      const auto* array = as<Array>(value);
      if (array->length == 0) return "[]";
      // A mixed array is described by the first item that is not like the one before.
      std::string first = describe(array->get(0));
      for (int64_t i = 1; i < array->length; ++i) {
        const std::string other = describe(array->get(i));
        if (other != first)
          return "[" + first + "] with " + other + " at item " + std::to_string(i + 1);
        if (array->elements() != Elements::kValues) break;
      }
      return "[" + first + "]";
    }
    case Kind::kDict:
      return "dict";
    case Kind::kSet:
      return "set";
    case Kind::kTuple:
      return "tuple";
    case Kind::kRange:
      return "range";
    case Kind::kInstance:
      return std::string(text_of(as<Instance>(value)->type->name));
    case Kind::kEnum:
      return std::string(text_of(as<EnumValue>(value)->type->name));
    case Kind::kHandle:
      return std::string(text_of(as<Handle>(value)->type->name));
    case Kind::kClosure:
    case Kind::kNative:
    case Kind::kBound:
    case Kind::kExtern:
      return "function";
    case Kind::kType:
      return "type " + std::string(text_of(as<Type>(value)->name));
    case Kind::kModule:
      return "module";
    default:
      return "object";
  }
}

}  // namespace simple
