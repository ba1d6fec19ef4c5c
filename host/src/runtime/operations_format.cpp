// Formats of interpolations: {x:>8.2f}. [[fill]align][sign][#][0][width][, or _][.digits]
// [type]. Alignment is to the left if nothing says otherwise, for numbers too.
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "runtime/numbers.h"
#include "runtime/operations_impl.h"
#include "runtime/unicode.h"

namespace simple {
namespace {

constexpr int64_t kWidest = 1'000'000;

struct Spec {
  std::string fill = " ";
  char align = 0;
  bool plus = false;
  bool prefix = false;
  bool zeros = false;
  int64_t width = 0;
  char grouping = 0;
  int64_t digits = -1;
  char type = 0;
};

class SpecParser {
 public:
  explicit SpecParser(std::string_view text) : text_(text) {}

  Spec parse() {
    Spec spec;
    const size_t fill = decode(text_, 0).length;
    if (fill != 0 && fill < text_.size() && is_align(text_[fill])) {
      spec.fill = text_.substr(0, fill);
      spec.align = text_[fill];
      at_ = fill + 1;
    } else if (is_align(peek())) {
      spec.align = text_[at_++];
    }
    if (accept('+')) {
      spec.plus = true;
    } else {
      accept('-');
    }
    spec.prefix = accept('#');
    spec.zeros = accept('0');
    spec.width = number();
    if (peek() == ',' || peek() == '_') spec.grouping = text_[at_++];
    if (accept('.')) {
      if (peek() < '0' || peek() > '9') wrong();
      spec.digits = number();
    }
    if (at_ < text_.size()) spec.type = text_[at_++];
    if (at_ != text_.size() || spec.width > kWidest || spec.digits > kWidest) wrong();
    return spec;
  }

 private:
  static bool is_align(char c) { return c == '<' || c == '>' || c == '^' || c == '='; }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool accept(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  int64_t number() {
    int64_t value = 0;
    while (peek() >= '0' && peek() <= '9') {
      value = std::min<int64_t>(value * 10 + (text_[at_++] - '0'), kWidest + 1);
    }
    return value;
  }
  [[noreturn]] void wrong() const {
    fail("E1005", "`" + std::string(text_) + "` is not a format");
  }

  std::string_view text_;
  size_t at_ = 0;
};

// A number, taken apart so that zeros and fill can stand between sign and digits.
struct Parts {
  std::string sign;  // And the prefix of a base.
  std::string body;
};

void group(std::string& body, char separator, size_t size) {
  size_t end = 0;
  while (end < body.size() && std::isxdigit(static_cast<unsigned char>(body[end]))) ++end;
  for (size_t at = end; at > size;) {
    at -= size;
    body.insert(at, 1, separator);
  }
}

std::string real_digits(double value, char type, int64_t digits) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return "inf";
  const int precision = static_cast<int>(digits < 0 ? 6 : digits);
  char pattern[] = {'%', '.', '*', type, '\0'};
  std::string result(64, '\0');
  for (;;) {
    const int length =
        std::snprintf(result.data(), result.size(), pattern, precision, value);
    const auto needed = static_cast<size_t>(std::max(length, 0));
    if (needed < result.size()) {
      result.resize(needed);
      return result;
    }
    result.resize(needed + 1);
  }
}

class Formatter {
 public:
  Formatter(Vm& vm, Value value, std::string_view text, std::string& out)
      : vm_(vm), value_(without_some(vm, value)), text_(text), out_(out) {}

  void format() {
    spec_ = SpecParser(text_).parse();
    switch (spec_.type) {
      case 0:
      case 's':
        plain();
        break;
      case 'd':
      case 'n':
        as_integer();
        if (value_.is_real() && spec_.type == 'n') {
          real('g', 1);
          break;
        }
        integer(10);
        break;
      case 'x':
      case 'X':
        as_integer();
        integer(16);
        break;
      case 'o':
        as_integer();
        integer(8);
        break;
      case 'b':
        as_integer();
        integer(2);
        break;
      case 'c':
        character();
        break;
      case '%':
        real('f', 100);
        break;
      case 'e':
      case 'E':
      case 'f':
      case 'F':
      case 'g':
      case 'G':
        real(spec_.type, 1);
        break;
      default:
        fail("E1005", "`" + std::string(text_) + "` is not a format");
    }
  }

 private:
  [[noreturn]] void refuse() const {
    fail("E1005",
         "cannot format " + type_name(value_) + " as `" + std::string(text_) + "`");
  }

  void plain() {
    std::string body = display(vm_, value_);
    if (spec_.digits >= 0) {
      size_t end = 0;
      for (int64_t i = 0; i < spec_.digits && end < body.size(); ++i) {
        end += decode(body, end).length;
      }
      body.resize(end);
    }
    if (!value_.is_number()) {
      if (spec_.grouping != 0) refuse();
      pad({"", std::move(body)});
      return;
    }
    Parts parts = signed_parts(body);
    if (spec_.grouping != 0) group(parts.body, spec_.grouping, 3);
    pad(parts);
  }

  Parts signed_parts(const std::string& number) const {
    if (number.starts_with('-')) return {"-", number.substr(1)};
    return {spec_.plus ? "+" : "", number};
  }

  void integer(unsigned base) {
    Value value = value_;
    if (value.is_bool()) value = Value::of(value.integer);
    if (!value.is_integral() || spec_.digits >= 0) refuse();
    Parts parts = signed_parts(digits_in_base(value, base));
    if (spec_.grouping != 0) group(parts.body, spec_.grouping, base == 10 ? 3 : 4);
    if (spec_.type == 'X') {
      for (char& c : parts.body) c = static_cast<char>(c >= 'a' ? c - 32 : c);
    }
    if (spec_.prefix && base != 10) {
      parts.sign += base == 16  ? (spec_.type == 'X' ? "0X" : "0x")
                    : base == 8 ? "0o"
                                : "0b";
    }
    pad(parts);
  }

  void as_integer() { value_ = number_for(vm_, value_, dunders().as_integer); }

  void real(char type, double factor) {
    value_ = number_for(vm_, value_, dunders().as_float);
    if (!value_.is_number() && !value_.is_bool()) refuse();
    const double value = to_double(value_) * factor;
    std::string body = real_digits(std::fabs(value), type, spec_.digits);
    if (spec_.grouping != 0) group(body, spec_.grouping, 3);
    if (spec_.type == '%') body += '%';
    pad({std::signbit(value) && !std::isnan(value) ? "-"
         : spec_.plus                              ? "+"
                                                   : "",
         std::move(body)});
  }

  void character() {
    if (!value_.is_integral()) refuse();
    std::string body;
    encode(static_cast<uint32_t>(std::clamp<int64_t>(value_.integer, 0, 0x110000)), body);
    pad({"", std::move(body)});
  }

  void pad(const Parts& parts) {
    const int64_t length = count_characters(parts.sign) + count_characters(parts.body);
    const int64_t missing = std::max<int64_t>(spec_.width - length, 0);
    // A given alignment wins over the zero, which then is only what is filled with.
    const bool zeros = spec_.zeros && spec_.align == 0;
    const char align = zeros ? '=' : spec_.align == 0 ? '<' : spec_.align;
    const std::string fill = spec_.zeros && spec_.fill == " " ? "0" : spec_.fill;
    const int64_t before = align == '<' ? 0 : align == '^' ? missing / 2 : missing;
    if (align == '=') {
      out_ += parts.sign;
      repeat(fill, before);
    } else {
      repeat(fill, before);
      out_ += parts.sign;
    }
    out_ += parts.body;
    repeat(fill, missing - before);
  }

  void repeat(const std::string& fill, int64_t count) {
    for (int64_t i = 0; i < count; ++i) out_ += fill;
  }

  Vm& vm_;
  Value value_;
  std::string_view text_;
  std::string& out_;
  Spec spec_;
};

}  // namespace

void format(Vm& vm, Value value, std::string_view spec, std::string& out) {
  Formatter(vm, value, spec, out).format();
}

}  // namespace simple
