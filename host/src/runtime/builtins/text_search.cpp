// Methods of text that look for one text in another, split and join. Places count bytes.
#include <algorithm>
#include <cstring>
#include <optional>

#include "runtime/builtins/arguments.h"
#include "runtime/operations.h"
#include "runtime/unicode.h"

namespace simple {
namespace {

constexpr size_t kNowhere = std::string_view::npos;

std::string_view self(const Value* arguments) { return text(arguments[0]); }

size_t find_in(std::string_view whole, std::string_view wanted, size_t from) {
  if (from > whole.size()) return kNowhere;
  if (wanted.empty()) return from;
  // In short texts memmem takes longer to prepare than to search.
  constexpr size_t kShort = 64;
  if (wanted.size() > 1 && whole.size() - from <= kShort) return whole.find(wanted, from);
  const void* found =
      wanted.size() == 1
          ? std::memchr(whole.data() + from, wanted[0], whole.size() - from)
          : ::memmem(whole.data() + from, whole.size() - from, wanted.data(),
                     wanted.size());
  if (found == nullptr) return kNowhere;
  return static_cast<size_t>(static_cast<const char*>(found) - whole.data());
}

// How often a text that is not empty occurs.
int64_t count_in(std::string_view whole, std::string_view wanted) {
  if (wanted.size() == 1) return std::count(whole.begin(), whole.end(), wanted[0]);
  int64_t count = 0;
  for (size_t at = find_in(whole, wanted, 0); at != kNowhere;
       at = find_in(whole, wanted, at + wanted.size())) {
    ++count;
  }
  return count;
}

Value place(size_t found) {
  return Value::of(found == kNowhere ? int64_t{-1} : static_cast<int64_t>(found));
}

Value contains_text(Vm&, Value* arguments, int) {
  const std::string_view wanted = expect_text(arguments[1], "contains", 1);
  return Value::of(find_in(self(arguments), wanted, 0) != kNowhere);
}

Value starts_with(Vm&, Value* arguments, int) {
  return Value::of(
      self(arguments).starts_with(expect_text(arguments[1], "starts_with", 1)));
}

Value ends_with(Vm&, Value* arguments, int) {
  return Value::of(self(arguments).ends_with(expect_text(arguments[1], "ends_with", 1)));
}

Value index_of(Vm&, Value* arguments, int count) {
  const std::string_view wanted = expect_text(arguments[1], "index_of", 1);
  int64_t from = 0;
  if (given(arguments, count, 2)) from = expect_integer(arguments[2], "index_of", 2);
  return place(
      find_in(self(arguments), wanted, static_cast<size_t>(std::max<int64_t>(from, 0))));
}

Value last_index_of(Vm&, Value* arguments, int) {
  return place(self(arguments).rfind(expect_text(arguments[1], "last_index_of", 1)));
}

Value count_of(Vm&, Value* arguments, int) {
  const std::string_view view = self(arguments);
  const std::string_view wanted = expect_text(arguments[1], "count", 1);
  if (wanted.empty()) return Value::of(count_characters(view) + 1);
  return Value::of(count_in(view, wanted));
}

// ---- Taking apart

void split_characters(Vm& vm, Array* to, std::string_view view) {
  for (size_t at = 0; at < view.size();) {
    const size_t length = decode(view, at).length;
    vm.heap().push(to, vm.character(view.substr(at, length)));
    at += length;
  }
}

// The second argument is the greatest number of parts.
Value split(Vm& vm, Value* arguments, int count) {
  const std::string_view view = self(arguments);
  const std::string_view separator =
      given(arguments, count, 1) ? expect_text(arguments[1], "split", 1) : " ";
  int64_t most = INT64_MAX;
  if (given(arguments, count, 2)) {
    most = std::max<int64_t>(expect_integer(arguments[2], "split", 2), 1);
  }
  if (separator.empty()) {
    Array* result = vm.heap().array(Elements::kValues, 0);
    split_characters(vm, result, view);
    return Value::of(result);
  }
  Array* result =
      vm.heap().array(Elements::kValues, std::min(count_in(view, separator) + 1, most));
  size_t start = 0;
  while (result->length + 1 < result->capacity) {
    const size_t found = find_in(view, separator, start);
    result->slots()[result->length++] = vm.text(view.substr(start, found - start));
    start = found + separator.size();
  }
  result->slots()[result->length++] = vm.text(view.substr(start));
  return Value::of(result);
}

Value split_whitespace(Vm& vm, Value* arguments, int) {
  const std::string_view view = self(arguments);
  Array* result = vm.heap().array(Elements::kValues, 0);
  size_t start = kNowhere;  // Of the word that is being read.
  for (size_t at = 0; at < view.size();) {
    const Decoded next = decode(view, at);
    if (is_blank(next.code)) {
      if (start != kNowhere)
        vm.heap().push(result, vm.text(view.substr(start, at - start)));
      start = kNowhere;
    } else if (start == kNowhere) {
      start = at;
    }
    at += next.length;
  }
  if (start != kNowhere) vm.heap().push(result, vm.text(view.substr(start)));
  return Value::of(result);
}

Value lines(Vm& vm, Value* arguments, int) {
  std::string_view view = self(arguments);
  Array* result = vm.heap().array(Elements::kValues, 0);
  while (!view.empty()) {
    const size_t end = std::min(find_in(view, "\n", 0), view.size());
    std::string_view line = view.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    vm.heap().push(result, vm.text(line));
    view.remove_prefix(std::min(end + 1, view.size()));
  }
  return Value::of(result);
}

// (before, after) of the first separator; nil without one.
Value split_once(Vm& vm, Value* arguments, int) {
  const std::string_view view = self(arguments);
  const std::string_view separator = expect_text(arguments[1], "split_once", 1);
  const size_t found = find_in(view, separator, 0);
  if (found == kNowhere) return Value();
  return vm.tuple(
      {vm.text(view.substr(0, found)), vm.text(view.substr(found + separator.size()))});
}

Value remove_prefix(Vm& vm, Value* arguments, int) {
  std::string_view view = self(arguments);
  const std::string_view prefix = expect_text(arguments[1], "removeprefix", 1);
  if (!view.starts_with(prefix)) return arguments[0];
  return vm.text(view.substr(prefix.size()));
}

Value remove_suffix(Vm& vm, Value* arguments, int) {
  std::string_view view = self(arguments);
  const std::string_view suffix = expect_text(arguments[1], "removesuffix", 1);
  if (!view.ends_with(suffix)) return arguments[0];
  return vm.text(view.substr(0, view.size() - suffix.size()));
}

// ---- Putting together

// With the first `count` places replaced; `wanted` is not empty.
Value replace_text(Vm& vm, std::string_view view, std::string_view wanted,
                   std::string_view replacement, int64_t count) {
  const auto times = static_cast<uint64_t>(count);
  const uint64_t length =
      view.size() - times * wanted.size() + times * replacement.size();
  if (length > UINT32_MAX) {
    fail("E3010", "out of memory: a text cannot be longer than 4 GB");
  }
  char* to;
  Text* result = vm.heap().text_buffer(static_cast<uint32_t>(length), &to);
  size_t start = 0;
  for (int64_t i = 0; i < count; ++i) {
    const size_t found = find_in(view, wanted, start);
    to += view.copy(to, found - start, start);
    to += replacement.copy(to, replacement.size());
    start = found + wanted.size();
  }
  view.copy(to, view.size() - start, start);
  return Value::of(result);
}

Value replace_some(Vm& vm, Value* arguments, const char* name, int64_t most) {
  const std::string_view view = self(arguments);
  const std::string_view wanted = expect_text(arguments[1], name, 1);
  const std::string_view replacement = expect_text(arguments[2], name, 2);
  if (find_in(view, wanted, 0) == kNowhere) return arguments[0];
  if (!wanted.empty()) {
    const int64_t count = most == 1 ? 1 : count_in(view, wanted);
    return replace_text(vm, view, wanted, replacement, count);
  }
  // Between any two characters.
  std::string result;
  size_t start = 0;
  for (int64_t i = 0; i < most; ++i) {
    result += replacement;
    if (start >= view.size()) break;
    const size_t length = decode(view, start).length;
    result += view.substr(start, length);
    start += length;
    vm.heap().check_text(result.size());
  }
  if (start < view.size()) result += view.substr(start);
  return vm.text(result);
}

Value replace(Vm& vm, Value* arguments, int) {
  return replace_some(vm, arguments, "replace", INT64_MAX);
}
Value replace_first(Vm& vm, Value* arguments, int) {
  return replace_some(vm, arguments, "replace_first", 1);
}

// How long joined texts are; nothing if there are items of other kinds, or too many.
std::optional<uint32_t> length_of_joined(const Array* array, std::string_view between) {
  if (array->elements() != Elements::kValues) return {};
  uint64_t length = 0;
  for (int64_t i = 0; i < array->length; ++i) {
    if (!is_text(array->values()[i])) return {};
    length += text(array->values()[i]).size() + (i == 0 ? 0 : between.size());
    if (length > UINT32_MAX) return {};
  }
  return static_cast<uint32_t>(length);
}

// ", ".join(xs); arrays have a join of their own.
Value join(Vm& vm, Value* arguments, int) {
  const Array* array = items_of(vm, arguments[1], "join", 1);
  return joined(vm, array, arguments[0]);
}

Value concat(Vm& vm, Value* arguments, int) {
  return arithmetic(vm, ast::BinaryOp::kAdd, arguments[0], arguments[1]);
}

const NativeSpec kMethods[] = {
    {"contains", contains_text, 1, 1},
    {"has", contains_text, 1, 1},
    {"starts_with", starts_with, 1, 1},
    {"ends_with", ends_with, 1, 1},
    {"find", index_of, 1, 2},
    {"index_of", index_of, 1, 2},
    {"last_index_of", last_index_of, 1, 1},
    {"rfind", last_index_of, 1, 1},
    {"count", count_of, 1, 1},
    {"split", split, 0, 2},
    {"split_whitespace", split_whitespace, 0, 0},
    {"split_once", split_once, 1, 1},
    {"lines", lines, 0, 0},
    {"replace", replace, 2, 2},
    {"replace_all", replace, 2, 2},
    {"replace_first", replace_first, 2, 2},
    {"removeprefix", remove_prefix, 1, 1},
    {"remove_prefix", remove_prefix, 1, 1},
    {"removesuffix", remove_suffix, 1, 1},
    {"remove_suffix", remove_suffix, 1, 1},
    {"join", join, 1, 1},
    {"concat", concat, 1, 1},
};

}  // namespace

Value joined(Vm& vm, const Array* array, Value separator) {
  const Rooted rooted(vm, {Value::of(const_cast<Array*>(array)), separator});
  const std::string_view between = text(separator);
  if (const auto length = length_of_joined(array, between)) {
    char* to;
    Text* result = vm.heap().text_buffer(*length, &to);
    for (int64_t i = 0; i < array->length; ++i) {
      if (i != 0) to += between.copy(to, between.size());
      const std::string_view item = text(array->values()[i]);
      to += item.copy(to, item.size());
    }
    return Value::of(result);
  }
  std::string result;
  for (int64_t i = 0; i < array->length; ++i) {
    if (i != 0) result += between;
    display(vm, array->get(i), result);
    vm.heap().check_text(result.size());
  }
  return vm.text(result);
}

void define_text_search(Vm& vm) { define_all(vm, vm.types().text, kMethods); }

}  // namespace simple
