// Numbers of all kinds: how they convert into one another, and how they are written.
#ifndef SIMPLE_RUNTIME_NUMBERS_H_
#define SIMPLE_RUNTIME_NUMBERS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/value.h"

namespace simple {

// Arithmetic of i64 wraps; in C++ only that of unsigned numbers does.
inline int64_t wrapping_add(int64_t left, int64_t right) {
  return static_cast<int64_t>(static_cast<uint64_t>(left) + static_cast<uint64_t>(right));
}
inline int64_t wrapping_subtract(int64_t left, int64_t right) {
  return static_cast<int64_t>(static_cast<uint64_t>(left) - static_cast<uint64_t>(right));
}
inline int64_t wrapping_multiply(int64_t left, int64_t right) {
  return static_cast<int64_t>(static_cast<uint64_t>(left) * static_cast<uint64_t>(right));
}
inline int64_t wrapping_negate(int64_t value) { return wrapping_subtract(0, value); }
// `exponent` is not negative.
int64_t wrapping_power(int64_t base, int64_t exponent);

// Bits of an unsigned kind: 8 … 64.
int width_of(Tag tag);
// A value of an unsigned kind from the lowest bits of a number.
Value wrap_unsigned(Tag tag, int64_t bits);

// The value of any number, bool or nil (0).
double to_double(Value value);
// Towards zero; out of range: the nearest end; NaN: 0.
int64_t saturate(double value);
uint64_t saturate_unsigned(double value);

// The order of two numbers by value, exact also between i64 and f64: -1, 0, 1, and 2 if
// one is NaN.
int compare_numbers(Value left, Value right);

// The shortest decimal that gives the number back, without an exponent.
void append_float(double value, std::string& out);
void append_single(float value, std::string& out);
// Any number, as print shows it.
void append_number(Value value, std::string& out);
// In base 2 … 16, small letters, with a minus where it is negative.
std::string digits_in_base(Value value, unsigned base);

// The whole text as a decimal number ("-12", "1_000", "0xff"), with blanks around it
// allowed.
std::optional<int64_t> parse_integer(std::string_view text);
std::optional<double> parse_real(std::string_view text);

}  // namespace simple

#endif
