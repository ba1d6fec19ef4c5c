// Methods of text that look at it or take it apart by characters: cases, padding,
// parsing. Those that look for one text in another are in text_search.cpp.
#include <algorithm>

#include "runtime/builtins.h"
#include "runtime/builtins/arguments.h"
#include "runtime/numbers.h"
#include "runtime/operations_impl.h"
#include "runtime/table.h"
#include "runtime/unicode.h"

namespace simple {
namespace {

std::string_view self(const Value* arguments) { return text(arguments[0]); }
Text* self_text(const Value* arguments) { return as<Text>(arguments[0]); }

Value len(Vm&, Value* arguments, int) {
  return Value::of(int64_t{self_text(arguments)->length});
}

Value char_count(Vm& vm, Value* arguments, int) {
  Text* text = self_text(arguments);
  if (is_ascii(text)) return Value::of(int64_t{text->length});
  return Value::of(static_cast<int64_t>(vm.character_places().count(text)));
}

Value is_empty(Vm&, Value* arguments, int) {
  return Value::of(self_text(arguments)->length == 0);
}

Value chars(Vm& vm, Value* arguments, int) {
  return Value::of(items_of(vm, arguments[0], "chars", 0));
}

Value bytes(Vm& vm, Value* arguments, int) {
  const std::string_view view = self(arguments);
  Array* result = vm.heap().array(Elements::kBytes, static_cast<int64_t>(view.size()));
  if (!view.empty()) view.copy(reinterpret_cast<char*>(result->bytes()), view.size());
  result->length = static_cast<int64_t>(view.size());
  return Value::of(result);
}

// ---- Cases

template <uint32_t (*change)(uint32_t)>
Value change_case(Vm& vm, Value* arguments, int) {
  const std::string_view view = self(arguments);
  if (is_ascii(self_text(arguments))) {
    char* to;
    Text* result = vm.heap().text_buffer(self_text(arguments)->length, &to);
    for (size_t i = 0; i < view.size(); ++i) {
      to[i] = static_cast<char>(change(static_cast<uint8_t>(view[i])));
    }
    return Value::of(result);
  }
  std::string result;
  for (size_t at = 0; at < view.size();) {
    const Decoded next = decode(view, at);
    encode(change(next.code), result);
    at += next.length;
  }
  return vm.text(result);
}

Value capitalize(Vm& vm, Value* arguments, int) {
  const std::string_view view = self(arguments);
  const Decoded first = decode(view, 0);
  std::string result;
  if (first.length != 0) encode(upper(first.code), result);
  result += view.substr(first.length);
  return vm.text(result);
}

// ---- Blanks

std::string_view trim_left(std::string_view view) {
  while (!view.empty()) {
    const Decoded next = decode(view, 0);
    if (!is_blank(next.code)) break;
    view.remove_prefix(next.length);
  }
  return view;
}

std::string_view trim_right(std::string_view view) {
  while (!view.empty()) {
    const size_t last = border_before(view, view.size() - 1);
    if (!is_blank(decode(view, last).code)) break;
    view = view.substr(0, last);
  }
  return view;
}

// A part of a text, or itself if it is all of it.
Value part(Vm& vm, const Value* arguments, std::string_view view) {
  return view.size() == self(arguments).size() ? arguments[0] : vm.text(view);
}

Value trim(Vm& vm, Value* arguments, int) {
  return part(vm, arguments, trim_left(trim_right(self(arguments))));
}
Value trim_start(Vm& vm, Value* arguments, int) {
  return part(vm, arguments, trim_left(self(arguments)));
}
Value trim_end(Vm& vm, Value* arguments, int) {
  return part(vm, arguments, trim_right(self(arguments)));
}

// ---- Parts by place

Value char_at(Vm& vm, Value* arguments, int) {
  const int64_t index = expect_integer(arguments[1], "char_at", 1);
  const Value found = character_at(vm, self_text(arguments), index);
  return found.is_nil() ? vm.text("") : found;
}

Value slice(Vm& vm, Value* arguments, int count) {
  const Value end = given(arguments, count, 2) ? arguments[2] : Value();
  const Cut cut = cut_of(self_text(arguments)->length, arguments[1], end, Value());
  return cut_text(vm, self_text(arguments), static_cast<size_t>(cut.start),
                  static_cast<size_t>(cut.start + cut.count));
}

Value take(Vm& vm, Value* arguments, int) {
  Value range[] = {
      arguments[0], Value::of(int64_t{0}),
      Value::of(std::max<int64_t>(expect_integer(arguments[1], "take", 1), 0))};
  return slice(vm, range, 3);
}

Value drop(Vm& vm, Value* arguments, int) {
  Value range[] = {arguments[0], Value::of(std::max<int64_t>(
                                     expect_integer(arguments[1], "drop", 1), 0))};
  return slice(vm, range, 2);
}

Value ord(Vm&, Value* arguments, int) {
  const Decoded first = decode(self(arguments), 0);
  if (first.length == 0) fail("E1005", "`ord` of an empty text");
  return Value::of(int64_t{first.code});
}

Value char_code_at(Vm& vm, Value* arguments, int) {
  const int64_t index = expect_integer(arguments[1], "char_code_at", 1);
  const Value found = character_at(vm, self_text(arguments), index);
  return found.is_nil() ? found : Value::of(int64_t{decode(text(found), 0).code});
}

Value byte_at(Vm&, Value* arguments, int) {
  const int64_t index = expect_integer(arguments[1], "byte_at", 1);
  const int64_t place = place_of(index, self_text(arguments)->length);
  if (place < 0) out_of_bounds("byte", index, self_text(arguments)->length);
  const char byte = self(arguments)[static_cast<size_t>(place)];
  return Value::of(int64_t{static_cast<uint8_t>(byte)});
}

// ---- Building

Value repeat(Vm& vm, Value* arguments, int) {
  expect_integer(arguments[1], "repeat", 1);
  return arithmetic(vm, ast::BinaryOp::kMultiply, arguments[0], arguments[1]);
}

Value reverse(Vm& vm, Value* arguments, int) {
  const std::string_view view = self(arguments);
  char* to;
  Text* result = vm.heap().text_buffer(self_text(arguments)->length, &to);
  to += view.size();
  for (size_t at = 0; at < view.size();) {
    const size_t length = decode(view, at).length;
    to -= length;
    view.copy(to, length, at);
    at += length;
  }
  return Value::of(result);
}

struct Padding {
  size_t missing;
  std::string fill;
};
Padding padding(Vm& vm, Value* arguments, int count, const char* name,
                const char* standard) {
  const int64_t width = expect_integer(arguments[1], name, 1);
  Padding result{0, standard};
  if (given(arguments, count, 2)) {
    result.fill = expect_text(arguments[2], name, 2);
    if (count_characters(result.fill) != 1) {
      fail("E1005", std::string("`") + name + "` fills with one character, found `" +
                        result.fill + "`");
    }
  }
  const int64_t length = count_characters(self(arguments));
  if (width > length) result.missing = static_cast<size_t>(width - length);
  uint64_t bytes;
  if (__builtin_mul_overflow(result.missing, result.fill.size(), &bytes)) {
    bytes = UINT64_MAX / 2;
  }
  vm.heap().check_text(bytes + self(arguments).size());
  return result;
}

std::string times(const std::string& unit, size_t count) {
  if (unit.size() == 1) return std::string(count, unit[0]);
  std::string result;
  result.reserve(unit.size() * count);
  for (size_t i = 0; i < count; ++i) result += unit;
  return result;
}

Value pad_left(Vm& vm, Value* arguments, int count) {
  const Padding pad = padding(vm, arguments, count, "pad_left", " ");
  return vm.text(times(pad.fill, pad.missing).append(self(arguments)));
}

Value pad_right(Vm& vm, Value* arguments, int count) {
  const Padding pad = padding(vm, arguments, count, "pad_right", " ");
  return vm.text(std::string(self(arguments)) + times(pad.fill, pad.missing));
}

Value center(Vm& vm, Value* arguments, int count) {
  const Padding pad = padding(vm, arguments, count, "center", " ");
  const size_t left = pad.missing / 2;
  return vm.text(times(pad.fill, left).append(self(arguments)) +
                 times(pad.fill, pad.missing - left));
}

Value zfill(Vm& vm, Value* arguments, int count) {
  const Padding pad = padding(vm, arguments, count, "zfill", "0");
  const std::string_view view = self(arguments);
  const size_t sign = !view.empty() && (view[0] == '-' || view[0] == '+') ? 1 : 0;
  std::string result(view.substr(0, sign));
  result.append(pad.missing, '0');
  return vm.text(result.append(view.substr(sign)));
}

// ---- Reading numbers

Value parse_int(Vm& vm, Value* arguments, int) {
  const auto parsed = parse_integer(self(arguments));
  return parsed ? vm.some(Value::of(*parsed)) : Value();
}
Value parse_float(Vm& vm, Value* arguments, int) {
  const auto parsed = parse_real(self(arguments));
  return parsed ? vm.some(Value::of(*parsed)) : Value();
}
Value to_int(Vm&, Value* arguments, int) {
  return Value::of(parse_integer(self(arguments)).value_or(0));
}
Value to_float(Vm&, Value* arguments, int) {
  return Value::of(parse_real(self(arguments)).value_or(0.0));
}

// ---- Questions about all characters; an empty text answers no.

template <bool (*question)(uint32_t)>
Value all_characters(Vm&, Value* arguments, int) {
  const std::string_view view = self(arguments);
  for (size_t at = 0; at < view.size();) {
    const Decoded next = decode(view, at);
    if (!question(next.code)) return Value::of(false);
    at += next.length;
  }
  return Value::of(!view.empty());
}

bool is_digit(uint32_t code) { return code >= '0' && code <= '9'; }
bool is_letter_or_digit(uint32_t code) { return is_letter(code) || is_digit(code); }
bool is_not_small(uint32_t code) { return upper(code) == code; }
bool is_not_capital(uint32_t code) { return lower(code) == code; }

Value same(Vm&, Value* arguments, int) { return arguments[0]; }

// "{name} is {age}".with {"name": "Ada", "age": 36}. Names that are missing stay.
Value fill_template(Vm& vm, Value* arguments, int) {
  if (!is(arguments[1], Kind::kDict)) wrong_argument("with", 1, "a dict", arguments[1]);
  const Value values = arguments[1];
  const Rooted rooted(vm, {arguments[0], values});
  const std::string_view view = self(arguments);
  std::string result;
  size_t done = 0;
  for (size_t open = view.find('{'); open != std::string_view::npos;
       open = view.find('{', open + 1)) {
    const size_t close = view.find('}', open);
    if (close == std::string_view::npos) break;
    const Value key = vm.text(view.substr(open + 1, close - open - 1));
    const Slot* found = table_find(vm, as<Table>(values), key);
    if (found == nullptr) continue;
    result += view.substr(done, open - done);
    display(vm, *found, result);
    done = close + 1;
  }
  return vm.text(result += view.substr(done));
}

const NativeSpec kMethods[] = {
    {"len", len, 0, 0},
    {"length", len, 0, 0},
    {"char_count", char_count, 0, 0},
    {"is_empty", is_empty, 0, 0},
    {"chars", chars, 0, 0},
    {"to_array", chars, 0, 0},
    {"bytes", bytes, 0, 0},
    {"to_bytes", bytes, 0, 0},
    {"upper", change_case<upper>, 0, 0},
    {"to_upper", change_case<upper>, 0, 0},
    {"uppercase", change_case<upper>, 0, 0},
    {"lower", change_case<lower>, 0, 0},
    {"to_lower", change_case<lower>, 0, 0},
    {"lowercase", change_case<lower>, 0, 0},
    {"capitalize", capitalize, 0, 0},
    {"trim", trim, 0, 0},
    {"strip", trim, 0, 0},
    {"trim_start", trim_start, 0, 0},
    {"trim_end", trim_end, 0, 0},
    {"char_at", char_at, 1, 1},
    {"at", char_at, 1, 1},
    {"slice", slice, 1, 2},
    {"substring", slice, 1, 2},
    {"take", take, 1, 1},
    {"drop", drop, 1, 1},
    {"skip", drop, 1, 1},
    {"ord", ord, 0, 0},
    {"char_code_at", char_code_at, 1, 1},
    {"byte_at", byte_at, 1, 1},
    {"repeat", repeat, 1, 1},
    {"reverse", reverse, 0, 0},
    {"reversed", reverse, 0, 0},
    {"pad_left", pad_left, 1, 2},
    {"pad_start", pad_left, 1, 2},
    {"pad_right", pad_right, 1, 2},
    {"pad_end", pad_right, 1, 2},
    {"center", center, 1, 2},
    {"zfill", zfill, 1, 1},
    {"parse_int", parse_int, 0, 0},
    {"parse_i64", parse_int, 0, 0},
    {"parse_float", parse_float, 0, 0},
    {"parse_f64", parse_float, 0, 0},
    {"to_int", to_int, 0, 0},
    {"to_i64", to_int, 0, 0},
    {"to_float", to_float, 0, 0},
    {"to_f64", to_float, 0, 0},
    {"is_numeric", all_characters<is_digit>, 0, 0},
    {"is_digit", all_characters<is_digit>, 0, 0},
    {"is_alpha", all_characters<is_letter>, 0, 0},
    {"is_alphabetic", all_characters<is_letter>, 0, 0},
    {"is_alphanumeric", all_characters<is_letter_or_digit>, 0, 0},
    {"is_whitespace", all_characters<is_blank>, 0, 0},
    {"is_upper", all_characters<is_not_small>, 0, 0},
    {"is_lower", all_characters<is_not_capital>, 0, 0},
    {"to_text", same, 0, 0},
    {"to_string", same, 0, 0},
    {"clone", same, 0, 0},
    {"with", fill_template, 1, 1},
};

}  // namespace

void define_text(Vm& vm) {
  define_all(vm, vm.types().text, kMethods);
  define_text_search(vm);
}

}  // namespace simple
