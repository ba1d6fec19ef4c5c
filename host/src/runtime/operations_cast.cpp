// e as T.
#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>

#include "runtime/numbers.h"
#include "runtime/operations_impl.h"
#include "runtime/unicode.h"

namespace simple {
namespace {

enum class Target : uint8_t {
  kI8,
  kI16,
  kI32,
  kI64,
  kU8,
  kU16,
  kU32,
  kU64,
  kF32,
  kF64,
  kBool,
  kText,
  kChar,
  kAny,
};

const std::unordered_map<Symbol, Target>& targets() {
  static const std::unordered_map<Symbol, Target> all = {
      {intern("i8"), Target::kI8},       {intern("i16"), Target::kI16},
      {intern("i32"), Target::kI32},     {intern("i64"), Target::kI64},
      {intern("int"), Target::kI64},     {intern("u8"), Target::kU8},
      {intern("u16"), Target::kU16},     {intern("u32"), Target::kU32},
      {intern("u64"), Target::kU64},     {intern("f32"), Target::kF32},
      {intern("f64"), Target::kF64},     {intern("float"), Target::kF64},
      {intern("bool"), Target::kBool},   {intern("text"), Target::kText},
      {intern("str"), Target::kText},    {intern("string"), Target::kText},
      {intern("String"), Target::kText}, {intern("char"), Target::kChar},
      {intern("any"), Target::kAny},     {intern("Any"), Target::kAny},
  };
  return all;
}

// A type that has no name in `targets`: the value has to be of it already.
bool is_of(Vm& vm, Value value, Symbol target) {
  const Type* type = vm.type_of(value);
  if (type == nullptr) return false;
  if (type->name == target || type_name(value) == text_of(target)) return true;
  for (const Type* trait : type->traits) {
    if (trait->name == target) return true;
  }
  return type == vm.types().option || text_of(target) == "Option";
}

// The whole number that a value is taken for, or nothing.
struct Whole {
  bool known = false;
  int64_t value = 0;
};
Whole whole_of(Value value) {
  if (value.is_integral() || value.is_bool()) return {true, value.integer};
  if (is_text(value) && count_characters(text(value)) == 1) {
    return {true, static_cast<int64_t>(decode(text(value), 0).code)};
  }
  if (is(value, Kind::kEnum)) {
    const auto* item = as<EnumValue>(value);
    const Value ordinal = item->type->variants[item->variant].ordinal;
    return {true, ordinal.is_integral() ? ordinal.integer : item->variant};
  }
  return {};
}

template <typename Narrow>
Value signed_cast(double value) {
  constexpr auto kLeast = static_cast<double>(std::numeric_limits<Narrow>::min());
  constexpr auto kMost = static_cast<double>(std::numeric_limits<Narrow>::max());
  if (sizeof(Narrow) == 8) return Value::of(saturate(value));
  if (std::isnan(value)) return Value::of(int64_t{0});
  return Value::of(static_cast<int64_t>(std::fmin(std::fmax(value, kLeast), kMost)));
}

Value unsigned_cast(Tag tag, double value) {
  uint64_t result = saturate_unsigned(value);
  const int width = width_of(tag);
  if (width < 64) result = std::min(result, (uint64_t{1} << width) - 1);
  return Value(tag, static_cast<int64_t>(result));
}

Value cast_real(double value, Target target) {
  switch (target) {
    case Target::kI8:
      return signed_cast<int8_t>(value);
    case Target::kI16:
      return signed_cast<int16_t>(value);
    case Target::kI32:
      return signed_cast<int32_t>(value);
    case Target::kI64:
      return signed_cast<int64_t>(value);
    case Target::kU8:
      return unsigned_cast(Tag::kU8, value);
    case Target::kU16:
      return unsigned_cast(Tag::kU16, value);
    case Target::kU32:
      return unsigned_cast(Tag::kU32, value);
    default:
      return unsigned_cast(Tag::kU64, value);
  }
}

Value cast_whole(int64_t value, Target target) {
  switch (target) {
    case Target::kI8:
      return Value::of(int64_t{static_cast<int8_t>(value)});
    case Target::kI16:
      return Value::of(int64_t{static_cast<int16_t>(value)});
    case Target::kI32:
      return Value::of(int64_t{static_cast<int32_t>(value)});
    case Target::kI64:
      return Value::of(value);
    case Target::kU8:
      return wrap_unsigned(Tag::kU8, value);
    case Target::kU16:
      return wrap_unsigned(Tag::kU16, value);
    case Target::kU32:
      return wrap_unsigned(Tag::kU32, value);
    default:
      return wrap_unsigned(Tag::kU64, value);
  }
}

}  // namespace

Value cast(Vm& vm, Value value, Symbol name) {
  const auto found = targets().find(name);
  value = found != targets().end() ? without_some(vm, value) : value;
  if (found == targets().end()) {
    if (is_of(vm, value, name)) return value;
  } else {
    const Target target = found->second;
    switch (target) {
      case Target::kAny:
        return value;
      case Target::kText:
        return is_text(value) ? value : vm.text(display(vm, value));
      case Target::kBool:
        if (value.is_number() || value.is_bool() || value.is_nil()) {
          return Value::of(truthy(value));
        }
        break;
      case Target::kF32:
      case Target::kF64:
        if (value.is_number() || value.is_bool()) {
          const double number = to_double(value);
          return target == Target::kF64 ? Value::of(number)
                                        : Value::single(static_cast<float>(number));
        }
        break;
      case Target::kChar:
        if (is_text(value) && count_characters(text(value)) == 1) return value;
        if (value.is_integral()) {
          std::string character;
          encode(static_cast<uint32_t>(
                     std::min<uint64_t>(static_cast<uint64_t>(value.integer), 0x110000)),
                 character);
          return vm.text(character);
        }
        break;
      default:
        if (value.is_real()) return cast_real(value.real, target);
        if (const Whole whole = whole_of(value); whole.known) {
          return cast_whole(whole.value, target);
        }
        break;
    }
  }
  const bool named = is(value, Kind::kInstance) || is(value, Kind::kEnum);
  const std::string from =
      named ? std::string(text_of(vm.type_of(value)->name)) : type_name(value);
  fail("E1003",
       "type mismatch: cannot cast " + from + " to " + std::string(text_of(name)));
}

}  // namespace simple
