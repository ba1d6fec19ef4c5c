// JSON: json_parse(text) -> Result, json_text(value), json_pretty(value[, indent]).
//
// Objects are dicts, arrays are arrays, null is nil. A number without a dot and exponent
// that fits is an i64, any other an f64; a whole f64 is written as 1.0, so that it comes
// back as one. The keys of what is written are in the language's order.
#include <charconv>
#include <cmath>

#include "runtime/builtins.h"
#include "runtime/builtins/arguments.h"
#include "runtime/numbers.h"
#include "runtime/operations_impl.h"
#include "runtime/table.h"
#include "runtime/unicode.h"

namespace simple {
namespace {

// How deep arrays and objects may lie in one another, read or written.
constexpr int kJsonDeepest = 512;

struct JsonError {
  std::string message;
  size_t at;
};

class Reader {
 public:
  Reader(Vm& vm, std::string_view text) : vm_(vm), text_(text) {}

  Value read() {
    const Value result = value(0);
    skip_blanks();
    if (at_ != text_.size()) wrong("expected the end of the text");
    return result;
  }

 private:
  [[noreturn]] void wrong(const std::string& message) const {
    if (at_ >= text_.size()) throw JsonError{message + ", found its end", at_};
    throw JsonError{message + ", found `" +
                        valid_utf8(text_.substr(at_, decode(text_, at_).length)) + "`",
                    at_};
  }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void skip_blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' ||
                                  text_[at_] == '\t' || text_[at_] == '\r')) {
      ++at_;
    }
  }
  bool accept(char c) {
    skip_blanks();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  Value word(std::string_view name, Value result) {
    if (!text_.substr(at_).starts_with(name)) wrong("expected a value");
    at_ += name.size();
    return result;
  }

  Value value(int depth) {
    if (depth > kJsonDeepest) {
      throw JsonError{
          "values lie more than " + std::to_string(kJsonDeepest) + " deep in one another",
          at_};
    }
    skip_blanks();
    switch (peek()) {
      case '{':
        return object(depth);
      case '[':
        return array(depth);
      case '"':
        return vm_.text(string());
      case 't':
        return word("true", Value::of(true));
      case 'f':
        return word("false", Value::of(false));
      case 'n':
        return word("null", Value());
      default:
        return number();
    }
  }

  Value object(int depth) {
    ++at_;
    Table* result = vm_.heap().dict();
    if (accept('}')) return Value::of(result);
    do {
      skip_blanks();
      if (peek() != '"') wrong("expected a key in quotes");
      const Value key = vm_.text(string());
      if (!accept(':')) wrong("expected `:`");
      const Value item = value(depth + 1);
      *table_insert(vm_, result, key) = item;
    } while (accept(','));
    if (!accept('}')) wrong("expected `,` or `}`");
    return Value::of(result);
  }

  Value array(int depth) {
    ++at_;
    Array* result = vm_.heap().array(Elements::kValues, 0);
    if (accept(']')) return Value::of(result);
    do {
      vm_.heap().push(result, value(depth + 1));
    } while (accept(','));
    if (!accept(']')) wrong("expected `,` or `]`");
    return Value::of(result);
  }

  void digits() {
    if (peek() < '0' || peek() > '9') wrong("expected a digit");
    while (peek() >= '0' && peek() <= '9') ++at_;
  }

  Value number() {
    const size_t start = at_;
    if (peek() != '-' && (peek() < '0' || peek() > '9')) wrong("expected a value");
    if (peek() == '-') ++at_;
    if (peek() == '0') {
      ++at_;
      if (peek() >= '0' && peek() <= '9') wrong("a number cannot start with 0");
    } else {
      digits();
    }
    bool whole = true;
    if (peek() == '.') {
      whole = false;
      ++at_;
      digits();
    }
    if (peek() == 'e' || peek() == 'E') {
      whole = false;
      ++at_;
      if (peek() == '+' || peek() == '-') ++at_;
      digits();
    }
    const std::string_view written = text_.substr(start, at_ - start);
    if (whole) {
      int64_t result = 0;
      const auto parsed =
          std::from_chars(written.data(), written.data() + written.size(), result);
      if (parsed.ec == std::errc()) return Value::of(result);
    }
    return Value::of(parse_real(written).value_or(0));
  }

  uint32_t hex4() {
    uint32_t code = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
      const char c = peek();
      const auto lower = static_cast<char>(c | 0x20);
      if (c >= '0' && c <= '9') {
        code = code * 16 + static_cast<uint32_t>(c - '0');
      } else if (lower >= 'a' && lower <= 'f') {
        code = code * 16 + static_cast<uint32_t>(lower - 'a' + 10);
      } else {
        wrong("expected four hexadecimal digits");
      }
    }
    return code;
  }

  void escape(std::string& out) {
    static constexpr std::string_view kFrom = "\"\\/bfnrt";
    static constexpr std::string_view kTo = "\"\\/\b\f\n\r\t";
    if (const size_t known = kFrom.find(peek());
        at_ < text_.size() && known != std::string_view::npos) {
      out += kTo[known];
      ++at_;
      return;
    }
    if (peek() != 'u') wrong("unknown escape");
    ++at_;
    uint32_t code = hex4();
    // Two halves make one character; a half without its other one becomes U+FFFD.
    if (code >= 0xD800 && code < 0xDC00 && text_.substr(at_).starts_with("\\u")) {
      const size_t second = at_;
      at_ += 2;
      const uint32_t low = hex4();
      if (low >= 0xDC00 && low < 0xE000) {
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
      } else {
        at_ = second;
      }
    }
    encode(code, out);
  }

  // What stands between quotes; valid until the next one is read.
  std::string_view string() {
    ++at_;
    std::string& result = scratch_;
    result.clear();
    for (;;) {
      const size_t start = at_;
      while (at_ < text_.size() && text_[at_] != '"' && text_[at_] != '\\' &&
             static_cast<uint8_t>(text_[at_]) >= 0x20) {
        ++at_;
      }
      const std::string_view plain = text_.substr(start, at_ - start);
      if (result.empty() && at_ < text_.size() && text_[at_] == '"') {
        ++at_;
        return plain;
      }
      result += plain;
      if (at_ == text_.size()) wrong("expected `\"`");
      if (text_[at_] == '"') break;
      if (text_[at_] != '\\') wrong("expected an escape for a control character");
      ++at_;
      escape(result);
    }
    ++at_;
    return result;
  }

  Vm& vm_;
  std::string_view text_;
  size_t at_ = 0;
  std::string scratch_;
};

std::string describe(const JsonError& error, std::string_view text) {
  const std::string_view before = text.substr(0, error.at);
  size_t line = 1;
  for (const char c : before) line += c == '\n' ? 1 : 0;
  const size_t start =
      before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  return "JSON: " + error.message + " (line " + std::to_string(line) + ", column " +
         std::to_string(count_characters(before.substr(start)) + 1) + ")";
}

class Writer {
 public:
  // `indent` blanks for each level, on lines of their own; -1: all in one line.
  Writer(Vm& vm, int64_t indent) : vm_(vm), indent_(indent) {}

  std::string write(Value value) {
    any(value, 0);
    return std::move(out_);
  }

 private:
  void any(Value value, int depth) {
    value = without_some(vm_, value);
    if (value.is_nil()) {
      out_ += "null";
    } else if (value.is_bool()) {
      out_ += value.integer != 0 ? "true" : "false";
    } else if (value.is_number()) {
      number(value);
    } else if (value.tag == Tag::kSymbol) {
      string(text_of(value.symbol()));
    } else if (is_text(value)) {
      string(text(value));
    } else {
      if (depth > kJsonDeepest) {
        fail("E3003", "JSON: values lie more than " + std::to_string(kJsonDeepest) +
                          " deep in one another");
      }
      vm_.check_stop();
      vm_.heap().check_text(out_.size());
      composed(value, depth);
    }
  }

  void composed(Value value, int depth) {
    switch (value.object->kind) {
      case Kind::kArray:
      case Kind::kTuple:
      case Kind::kSet: {
        const Array* items = items_of(vm_, value, "json_text", 1);
        open('[');
        for (int64_t i = 0; i < items->length; ++i) {
          next(i == 0, depth);
          any(items->get(i), depth + 1);
        }
        close(']', items->length == 0, depth);
        break;
      }
      case Kind::kDict: {
        const Table* table = as<Table>(value);
        open('{');
        bool first = true;
        for (const uint32_t i : table_order(vm_, table)) {
          const TableEntry entry = table->entries[i];
          next(first, depth);
          key(is_text(entry.key) ? text(entry.key) : display(vm_, entry.key));
          any(entry.value, depth + 1);
          first = false;
        }
        close('}', first, depth);
        break;
      }
      case Kind::kInstance: {
        auto* instance = as<Instance>(value);
        open('{');
        for (uint32_t i = 0; i < instance->small; ++i) {
          next(i == 0, depth);
          key(text_of(instance->type->fields[i].name));
          any(instance->fields()[i], depth + 1);
        }
        close('}', instance->small == 0, depth);
        break;
      }
      case Kind::kEnum: {
        auto* item = as<EnumValue>(value);
        if (item->small == 0) {
          string(text_of(item->type->variants[item->variant].name));
          break;
        }
        [[fallthrough]];
      }
      default:
        fail("E1005", "JSON has no form for a value of type " + type_name(value));
    }
  }

  void open(char bracket) { out_ += bracket; }
  void next(bool first, int depth) {
    if (!first) out_ += ',';
    if (indent_ >= 0) {
      line(depth + 1);
    } else if (!first) {
      out_ += ' ';
    }
  }
  void close(char bracket, bool empty, int depth) {
    if (indent_ >= 0 && !empty) line(depth);
    out_ += bracket;
  }
  void line(int depth) {
    out_ += '\n';
    out_.append(static_cast<size_t>(indent_ * depth), ' ');
  }
  void key(std::string_view name) {
    string(name);
    out_ += ": ";
  }

  void number(Value value) {
    if (value.is_real() && !std::isfinite(value.real)) {
      fail("E1005", "JSON has no form for " + display(vm_, value));
    }
    const size_t start = out_.size();
    append_number(value, out_);
    const bool whole = out_.find('.', start) == std::string::npos;
    if (value.is_real() && whole) out_ += ".0";
  }

  void string(std::string_view text) {
    out_ += '"';
    for (const char c : text) {
      switch (c) {
        case '"':
          out_ += "\\\"";
          break;
        case '\\':
          out_ += "\\\\";
          break;
        case '\n':
          out_ += "\\n";
          break;
        case '\r':
          out_ += "\\r";
          break;
        case '\t':
          out_ += "\\t";
          break;
        default:
          if (static_cast<uint8_t>(c) < 0x20 || c == 0x7F) {
            static constexpr char kDigits[] = "0123456789abcdef";
            out_ += "\\u00";
            out_ += kDigits[c >> 4];
            out_ += kDigits[c & 15];
          } else {
            out_ += c;
          }
      }
    }
    out_ += '"';
  }

  Vm& vm_;
  int64_t indent_;
  std::string out_;
};

Value parse(Vm& vm, Value* arguments, int) {
  const std::string_view text = expect_text(arguments[0], "json_parse", 1);
  try {
    return vm.ok(Reader(vm, text).read());
  } catch (const JsonError& error) {
    return vm.err(vm.text(describe(error, text)));
  }
}

Value compact(Vm& vm, Value* arguments, int) {
  const Rooted rooted(vm, {arguments[0]});
  return vm.text(Writer(vm, -1).write(arguments[0]));
}

Value pretty(Vm& vm, Value* arguments, int count) {
  int64_t indent = 2;
  if (given(arguments, count, 1)) indent = expect_integer(arguments[1], "json_pretty", 2);
  if (indent < 0 || indent > 16) fail("E1005", "`json_pretty` indents by 0 to 16 blanks");
  const Rooted rooted(vm, {arguments[0]});
  return vm.text(Writer(vm, indent).write(arguments[0]));
}

const NativeSpec kFunctions[] = {
    {"json_parse", parse, 1, 1},
    {"json_text", compact, 1, 1},
    {"json_pretty", pretty, 1, 2},
};

}  // namespace

void define_json(Vm& vm) { define_all(vm, kFunctions); }

}  // namespace simple
