// Methods of whole numbers, floats and bools.
#include "runtime/numbers.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

#include "runtime/builtins.h"
#include "runtime/builtins/arguments.h"
#include "runtime/operations_impl.h"
#include "runtime/unicode.h"

namespace simple {
namespace {

// ---- Of both kinds

Value to_text(Vm& vm, Value* arguments, int) {
  return vm.text(display(vm, arguments[0]));
}

Value pick(Value* arguments, const char* name, int wanted) {
  if (!arguments[1].is_number()) wrong_argument(name, 1, "a number", arguments[1]);
  return compare_numbers(arguments[1], arguments[0]) == wanted ? arguments[1]
                                                               : arguments[0];
}
Value min(Vm&, Value* arguments, int) { return pick(arguments, "min", -1); }
Value max(Vm&, Value* arguments, int) { return pick(arguments, "max", 1); }

Value clamp(Vm&, Value* arguments, int) {
  for (int i = 1; i < 3; ++i) {
    if (!arguments[i].is_number()) wrong_argument("clamp", i, "a number", arguments[i]);
  }
  if (compare_numbers(arguments[0], arguments[1]) == -1) return arguments[1];
  if (compare_numbers(arguments[0], arguments[2]) == 1) return arguments[2];
  return arguments[0];
}

Value pow(Vm& vm, Value* arguments, int) {
  if (!arguments[1].is_number()) wrong_argument("pow", 1, "a number", arguments[1]);
  return arithmetic(vm, ast::BinaryOp::kPower, arguments[0], arguments[1]);
}

Value sign(Vm&, Value* arguments, int) {
  const Value value = arguments[0];
  if (value.is_real()) {
    const double result = std::isnan(value.real) ? value.real
                          : value.real > 0       ? 1.0
                          : value.real < 0       ? -1.0
                                                 : 0.0;
    return value.is_float() ? Value::of(result)
                            : Value::single(static_cast<float>(result));
  }
  return Value::of(int64_t{compare_numbers(value, Value::of(int64_t{0}))});
}

Value to_float(Vm&, Value* arguments, int) { return Value::of(to_double(arguments[0])); }
Value to_f32(Vm&, Value* arguments, int) {
  return Value::single(static_cast<float>(to_double(arguments[0])));
}
Value to_int(Vm&, Value* arguments, int) {
  const Value value = arguments[0];
  return Value::of(value.is_real() ? saturate(value.real) : value.integer);
}
Value same(Vm&, Value* arguments, int) { return arguments[0]; }

// ---- Functions of one float. The result of an f32 is an f32.

template <double (*function)(double)>
Value real_function(Vm&, Value* arguments, int) {
  const double result = function(to_double(arguments[0]));
  return arguments[0].tag == Tag::kF32 ? Value::single(static_cast<float>(result))
                                       : Value::of(result);
}

// In extended precision: the root of 27.0 is 3.
double cube_root(double value) {
  return static_cast<double>(std::cbrt(static_cast<long double>(value)));
}
double fract(double value) { return value - std::trunc(value); }
double to_radians(double value) { return value * (M_PI / 180); }
double to_degrees(double value) { return value * (180 / M_PI); }

Value real_result(Value receiver, Value argument, double result) {
  const bool single = receiver.tag == Tag::kF32 && argument.tag != Tag::kFloat;
  return single ? Value::single(static_cast<float>(result)) : Value::of(result);
}

Value log(Vm&, Value* arguments, int count) {
  const double value = to_double(arguments[0]);
  if (!given(arguments, count, 1))
    return real_result(arguments[0], Value(), std::log(value));
  const double base = expect_number(arguments[1], "log", 1);
  const double result = base == 2    ? std::log2(value)
                        : base == 10 ? std::log10(value)
                                     : std::log(value) / std::log(base);
  return real_result(arguments[0], arguments[1], result);
}

Value atan2(Vm&, Value* arguments, int) {
  const double other = expect_number(arguments[1], "atan2", 1);
  return real_result(arguments[0], arguments[1],
                     std::atan2(to_double(arguments[0]), other));
}

Value hypot(Vm&, Value* arguments, int) {
  const double other = expect_number(arguments[1], "hypot", 1);
  return real_result(arguments[0], arguments[1],
                     std::hypot(to_double(arguments[0]), other));
}

Value powi(Vm&, Value* arguments, int) {
  const auto exponent = static_cast<double>(expect_integer(arguments[1], "powi", 1));
  return real_result(arguments[0], Value(), std::pow(to_double(arguments[0]), exponent));
}

Value round_to(Vm&, Value* arguments, int) {
  const int64_t digits =
      std::clamp<int64_t>(expect_integer(arguments[1], "round_to", 1), -400, 400);
  const double value = to_double(arguments[0]);
  const double scale = std::pow(10.0, static_cast<double>(digits));
  const double scaled = value * scale;
  // Beyond what the number holds there is nothing to round.
  if (!std::isfinite(scaled) || std::fabs(scaled) >= 4503599627370496.0)
    return arguments[0];
  return real_result(arguments[0], Value(), std::round(scaled) / scale);
}

Value is_nan(Vm&, Value* arguments, int) {
  return Value::of(std::isnan(to_double(arguments[0])));
}
Value is_finite(Vm&, Value* arguments, int) {
  return Value::of(std::isfinite(to_double(arguments[0])));
}
Value is_infinite(Vm&, Value* arguments, int) {
  return Value::of(std::isinf(to_double(arguments[0])));
}
Value is_integer(Vm&, Value* arguments, int) {
  const double value = to_double(arguments[0]);
  return Value::of(std::isfinite(value) && value == std::trunc(value));
}

// ---- Whole numbers

uint64_t magnitude(Value value) {
  const auto bits = static_cast<uint64_t>(value.integer);
  return value.is_int() && value.integer < 0 ? 0 - bits : bits;
}

// A result of the receiver's kind.
Value whole_result(Value receiver, int64_t bits) {
  return receiver.is_unsigned() ? wrap_unsigned(receiver.tag, bits) : Value::of(bits);
}

Value abs_whole(Vm&, Value* arguments, int) {
  return whole_result(arguments[0], static_cast<int64_t>(magnitude(arguments[0])));
}

Value is_even(Vm&, Value* arguments, int) {
  return Value::of((arguments[0].integer & 1) == 0);
}
Value is_odd(Vm&, Value* arguments, int) {
  return Value::of((arguments[0].integer & 1) != 0);
}

// Division that rounds down.
Value fdiv(Vm&, Value* arguments, int) {
  const int64_t divisor = expect_integer(arguments[1], "fdiv", 1);
  const int64_t dividend = arguments[0].integer;
  if (divisor == 0) fail("E3001", "division by zero");
  if (divisor == -1) {
    return whole_result(arguments[0],
                        static_cast<int64_t>(-static_cast<uint64_t>(dividend)));
  }
  const int64_t quotient = dividend / divisor;
  const bool rounds = dividend % divisor != 0 && (dividend < 0) != (divisor < 0);
  return whole_result(arguments[0], rounds ? quotient - 1 : quotient);
}

Value gcd(Vm&, Value* arguments, int) {
  expect_integer(arguments[1], "gcd", 1);
  return whole_result(
      arguments[0],
      static_cast<int64_t>(std::gcd(magnitude(arguments[0]), magnitude(arguments[1]))));
}

Value lcm(Vm&, Value* arguments, int) {
  expect_integer(arguments[1], "lcm", 1);
  const uint64_t left = magnitude(arguments[0]);
  const uint64_t right = magnitude(arguments[1]);
  if (left == 0 || right == 0) return whole_result(arguments[0], 0);
  return whole_result(arguments[0],
                      static_cast<int64_t>(left / std::gcd(left, right) * right));
}

Value digits(Vm& vm, Value* arguments, int) {
  Array* result = vm.heap().array(Elements::kInts, 20);
  for (const char digit : std::to_string(magnitude(arguments[0]))) {
    vm.heap().push(result, Value::of(int64_t{digit - '0'}));
  }
  return Value::of(result);
}

template <unsigned base>
Value to_base(Vm& vm, Value* arguments, int) {
  return vm.text(digits_in_base(arguments[0], base));
}

Value chr(Vm& vm, Value* arguments, int) {
  const int64_t code = arguments[0].integer;
  if (code < 0 || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) {
    fail("E1005", "there is no character with the number " + std::to_string(code));
  }
  std::string result;
  encode(static_cast<uint32_t>(code), result);
  return vm.text(result);
}

Value bit_count(Vm&, Value* arguments, int) {
  return Value::of(int64_t{std::popcount(static_cast<uint64_t>(arguments[0].integer))});
}

Value leading_zeros(Vm&, Value* arguments, int) {
  const int width = arguments[0].is_unsigned() ? width_of(arguments[0].tag) : 64;
  const int zeros = std::countl_zero(static_cast<uint64_t>(arguments[0].integer));
  return Value::of(int64_t{zeros - (64 - width)});
}

Value trailing_zeros(Vm&, Value* arguments, int) {
  const int width = arguments[0].is_unsigned() ? width_of(arguments[0].tag) : 64;
  const int zeros = std::countr_zero(static_cast<uint64_t>(arguments[0].integer));
  return Value::of(int64_t{std::min(zeros, width)});
}

Value bool_to_float(Vm&, Value* arguments, int) {
  return Value::of(static_cast<double>(arguments[0].integer));
}

const NativeSpec kBoth[] = {
    {"to_text", to_text, 0, 0},
    {"to_string", to_text, 0, 0},
    {"min", min, 1, 1},
    {"max", max, 1, 1},
    {"clamp", clamp, 2, 2},
    {"pow", pow, 1, 1},
    {"sign", sign, 0, 0},
    {"signum", sign, 0, 0},
    {"to_float", to_float, 0, 0},
    {"to_f64", to_float, 0, 0},
    {"to_f32", to_f32, 0, 0},
    {"to_int", to_int, 0, 0},
    {"to_i64", to_int, 0, 0},
    {"sqrt", real_function<std::sqrt>, 0, 0},
    {"cbrt", real_function<cube_root>, 0, 0},
    {"exp", real_function<std::exp>, 0, 0},
    {"exp2", real_function<std::exp2>, 0, 0},
    {"expm1", real_function<std::expm1>, 0, 0},
    {"ln", real_function<std::log>, 0, 0},
    {"log1p", real_function<std::log1p>, 0, 0},
    {"log", log, 0, 1},
    {"log2", real_function<std::log2>, 0, 0},
    {"log10", real_function<std::log10>, 0, 0},
    {"sin", real_function<std::sin>, 0, 0},
    {"cos", real_function<std::cos>, 0, 0},
    {"tan", real_function<std::tan>, 0, 0},
    {"asin", real_function<std::asin>, 0, 0},
    {"acos", real_function<std::acos>, 0, 0},
    {"atan", real_function<std::atan>, 0, 0},
    {"sinh", real_function<std::sinh>, 0, 0},
    {"cosh", real_function<std::cosh>, 0, 0},
    {"tanh", real_function<std::tanh>, 0, 0},
    {"to_radians", real_function<to_radians>, 0, 0},
    {"to_degrees", real_function<to_degrees>, 0, 0},
    {"atan2", atan2, 1, 1},
    {"hypot", hypot, 1, 1},
    {"powi", powi, 1, 1},
    {"is_nan", is_nan, 0, 0},
    {"is_finite", is_finite, 0, 0},
    {"is_infinite", is_infinite, 0, 0},
    {"is_integer", is_integer, 0, 0},
};

const NativeSpec kWhole[] = {
    {"abs", abs_whole, 0, 0},
    {"is_even", is_even, 0, 0},
    {"is_odd", is_odd, 0, 0},
    {"fdiv", fdiv, 1, 1},
    {"gcd", gcd, 1, 1},
    {"lcm", lcm, 1, 1},
    {"digits", digits, 0, 0},
    {"to_hex", to_base<16>, 0, 0},
    {"to_bin", to_base<2>, 0, 0},
    {"to_oct", to_base<8>, 0, 0},
    {"chr", chr, 0, 0},
    {"bit_count", bit_count, 0, 0},
    {"leading_zeros", leading_zeros, 0, 0},
    {"trailing_zeros", trailing_zeros, 0, 0},
    {"floor", same, 0, 0},
    {"ceil", same, 0, 0},
    {"round", same, 0, 0},
    {"trunc", same, 0, 0},
};

const NativeSpec kReal[] = {
    {"abs", real_function<std::fabs>, 0, 0},
    {"floor", real_function<std::floor>, 0, 0},
    {"ceil", real_function<std::ceil>, 0, 0},
    {"round", real_function<std::round>, 0, 0},
    {"trunc", real_function<std::trunc>, 0, 0},
    {"fract", real_function<fract>, 0, 0},
    {"round_to", round_to, 1, 1},
};

const NativeSpec kBool[] = {
    {"to_text", to_text, 0, 0},        {"to_string", to_text, 0, 0},
    {"to_int", to_int, 0, 0},          {"to_i64", to_int, 0, 0},
    {"to_float", bool_to_float, 0, 0}, {"to_f64", bool_to_float, 0, 0},
};

}  // namespace

void define_numbers(Vm& vm) {
  const BuiltinTypes& types = vm.types();
  for (Type* type : {types.integer, types.u8, types.u16, types.u32, types.u64}) {
    define_all(vm, type, kBoth);
    define_all(vm, type, kWhole);
  }
  for (Type* type : {types.real, types.f32}) {
    define_all(vm, type, kBoth);
    define_all(vm, type, kReal);
  }
  define_all(vm, types.boolean, kBool);
}

}  // namespace simple
