#include "runtime/numbers.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace simple {
namespace {

// Documents of the language disagree: 1.0 is shown as `1` by its implementation, as `1.0`
// in its texts. This is the one place that decides.
constexpr bool kWholeFloatsShowPoint = false;

constexpr double kTwoTo63 = 9223372036854775808.0;
constexpr double kTwoTo64 = 18446744073709551616.0;

// Writes digits and exponent, "1.2345e+20", without the exponent.
void append_plain(std::string_view scientific, std::string& out) {
  const size_t mark = scientific.find('e');
  std::string digits;
  for (const char c : scientific.substr(0, mark)) {
    if (c == '-') {
      out += '-';
    } else if (c != '.') {
      digits += c;
    }
  }
  int exponent = 0;
  std::string_view tail = scientific.substr(mark + 1);
  if (tail.front() == '+') tail.remove_prefix(1);
  std::from_chars(tail.data(), tail.data() + tail.size(), exponent);

  const int count = static_cast<int>(digits.size());
  if (exponent < 0) {
    out += "0.";
    out.append(static_cast<size_t>(-exponent - 1), '0');
    out += digits;
  } else if (exponent >= count - 1) {
    out += digits;
    out.append(static_cast<size_t>(exponent - count + 1), '0');
    if (kWholeFloatsShowPoint) out += ".0";
  } else {
    out.append(digits, 0, static_cast<size_t>(exponent) + 1);
    out += '.';
    out.append(digits, static_cast<size_t>(exponent) + 1);
  }
}

template <typename Real>
void append_real(Real value, std::string& out) {
  if (std::isnan(value)) {
    out += "NaN";
    return;
  }
  if (std::isinf(value)) {
    out += value < 0 ? "-inf" : "inf";
    return;
  }
  char buffer[64];
  const auto end = std::to_chars(buffer, buffer + sizeof(buffer), value,
                                 std::chars_format::scientific);
  append_plain({buffer, static_cast<size_t>(end.ptr - buffer)}, out);
}

std::string_view without_blanks(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n\f\v";
  const size_t start = text.find_first_not_of(kBlanks);
  if (start == std::string_view::npos) return {};
  return text.substr(start, text.find_last_not_of(kBlanks) - start + 1);
}

int order(auto left, auto right) { return left < right ? -1 : left > right ? 1 : 0; }

int compare_with_real(int64_t left, double right) {
  if (std::isnan(right)) return 2;
  if (right >= kTwoTo63) return -1;
  if (right < -kTwoTo63) return 1;
  const double whole = std::trunc(right);
  const int result = order(left, static_cast<int64_t>(whole));
  return result != 0 ? result : order(0.0, right - whole);
}

int compare_with_real(uint64_t left, double right) {
  if (std::isnan(right)) return 2;
  if (right >= kTwoTo64) return -1;
  if (right < 0) return 1;
  const double whole = std::trunc(right);
  const int result = order(left, static_cast<uint64_t>(whole));
  return result != 0 ? result : order(0.0, right - whole);
}

bool is_big(Value value) { return value.tag == Tag::kU64 && value.integer < 0; }

}  // namespace

int64_t wrapping_power(int64_t base, int64_t exponent) {
  uint64_t result = 1;
  auto factor = static_cast<uint64_t>(base);
  for (auto left = static_cast<uint64_t>(exponent); left != 0; left >>= 1) {
    if ((left & 1) != 0) result *= factor;
    factor *= factor;
  }
  return static_cast<int64_t>(result);
}

int width_of(Tag tag) {
  switch (tag) {
    case Tag::kU8:
      return 8;
    case Tag::kU16:
      return 16;
    case Tag::kU32:
      return 32;
    default:
      return 64;
  }
}

Value wrap_unsigned(Tag tag, int64_t bits) {
  const int width = width_of(tag);
  if (width < 64) bits &= (int64_t{1} << width) - 1;
  return Value(tag, bits);
}

double to_double(Value value) {
  switch (value.tag) {
    case Tag::kFloat:
    case Tag::kF32:
      return value.real;
    case Tag::kU64:
      return static_cast<double>(static_cast<uint64_t>(value.integer));
    case Tag::kNil:
      return 0;
    default:
      return static_cast<double>(value.integer);
  }
}

int64_t saturate(double value) {
  if (std::isnan(value)) return 0;
  if (value >= kTwoTo63) return std::numeric_limits<int64_t>::max();
  if (value <= -kTwoTo63) return std::numeric_limits<int64_t>::min();
  return static_cast<int64_t>(value);
}

uint64_t saturate_unsigned(double value) {
  if (std::isnan(value) || value <= 0) return 0;
  if (value >= kTwoTo64) return std::numeric_limits<uint64_t>::max();
  return static_cast<uint64_t>(value);
}

int compare_numbers(Value left, Value right) {
  if (left.is_real() && right.is_real()) {
    if (std::isnan(left.real) || std::isnan(right.real)) return 2;
    return order(left.real, right.real);
  }
  if (left.is_real()) {
    const int result = compare_numbers(right, left);
    return result == 2 ? 2 : -result;
  }
  const int64_t integer = left.is_nil() ? 0 : left.integer;
  if (right.is_real()) {
    return is_big(left) ? compare_with_real(static_cast<uint64_t>(integer), right.real)
                        : compare_with_real(integer, right.real);
  }
  if (is_big(left) != is_big(right)) return is_big(left) ? 1 : -1;
  // Two that are both above i64 keep their order as negative numbers.
  return order(integer, right.is_nil() ? 0 : right.integer);
}

void append_float(double value, std::string& out) { append_real(value, out); }
void append_single(float value, std::string& out) { append_real(value, out); }

void append_number(Value value, std::string& out) {
  char buffer[24];
  std::to_chars_result end{};
  switch (value.tag) {
    case Tag::kFloat:
      append_float(value.real, out);
      return;
    case Tag::kF32:
      append_single(static_cast<float>(value.real), out);
      return;
    case Tag::kU64:
      end = std::to_chars(buffer, buffer + sizeof(buffer),
                          static_cast<uint64_t>(value.integer));
      break;
    default:
      end = std::to_chars(buffer, buffer + sizeof(buffer), value.integer);
      break;
  }
  out.append(buffer, end.ptr);
}

std::string digits_in_base(Value value, unsigned base) {
  const bool negative = value.integer < 0 && value.tag != Tag::kU64;
  auto bits = static_cast<uint64_t>(value.integer);
  if (negative) bits = 0 - bits;
  std::string result;
  do {
    result += "0123456789abcdef"[bits % base];
    bits /= base;
  } while (bits != 0);
  if (negative) result += '-';
  std::reverse(result.begin(), result.end());
  return result;
}

std::optional<int64_t> parse_integer(std::string_view text) {
  text = without_blanks(text);
  bool negative = false;
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    negative = text.front() == '-';
    text.remove_prefix(1);
  }
  int base = 10;
  if (text.size() > 2 && text[0] == '0') {
    const char mark = static_cast<char>(text[1] | 0x20);
    base = mark == 'x' ? 16 : mark == 'o' ? 8 : mark == 'b' ? 2 : 10;
    if (base != 10) text.remove_prefix(2);
  }
  // The sign stands before the prefix, and only once; underscores stand between digits.
  if (text.empty() || text.front() == '-' || text.front() == '_' || text.back() == '_') {
    return std::nullopt;
  }
  std::string digits(negative ? "-" : "");
  for (const char c : text) {
    if (c != '_') digits += c;
  }
  int64_t result = 0;
  const char* end = digits.data() + digits.size();
  const auto parsed = std::from_chars(digits.data(), end, result, base);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return result;
}

std::optional<double> parse_real(std::string_view text) {
  text = without_blanks(text);
  if (text == "NaN" || text == "nan") return std::numeric_limits<double>::quiet_NaN();
  if (!text.empty() && text.front() == '+') {
    text.remove_prefix(1);
    if (!text.empty() && text.front() == '-') return std::nullopt;
  }
  std::string digits;
  for (const char c : text) {
    if (c != '_') digits += c;
  }
  double result = 0;
  const char* end = digits.data() + digits.size();
  const auto parsed = std::from_chars(digits.data(), end, result);
  if (parsed.ptr != end || digits.empty()) return std::nullopt;
  if (parsed.ec == std::errc::result_out_of_range) {
    // Too large is infinite, too small is zero; from_chars leaves the result alone.
    const bool small = digits.find("e-") != std::string::npos ||
                       digits.find("E-") != std::string::npos ||
                       digits.starts_with("0.") || digits.starts_with("-0.");
    const double size = small ? 0.0 : std::numeric_limits<double>::infinity();
    return digits.front() == '-' ? -size : size;
  }
  if (parsed.ec != std::errc()) return std::nullopt;
  return result;
}

}  // namespace simple
