#include "spec/message.h"

#include <string_view>
#include <vector>

#include "runtime/operations.h"
#include "runtime/vm.h"
#include "spec/difference.h"

namespace simple {
namespace {

constexpr size_t kLong = 72;   // Longer values are compared piece by piece.
constexpr size_t kMost = 400;  // Longer ones are cut where they are shown in a line.

// Text is shown as it is, unless that would show nothing, or several lines.
bool needs_quotes(std::string_view text) {
  return text.empty() || text.front() == ' ' || text.back() == ' ' ||
         text.find_first_of("\n\r\t") != std::string_view::npos;
}

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    switch (c) {
      case '\n':
        result += "\\n";
        break;
      case '\r':
        result += "\\r";
        break;
      case '\t':
        result += "\\t";
        break;
      case '"':
        result += "\\\"";
        break;
      default:
        result += c;
    }
  }
  return result + "\"";
}

std::string cut(std::string text) {
  if (text.size() <= kMost) return text;
  size_t end = kMost;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "…";
}

// The lines of a text, the elements of a collection; otherwise the lines of what is
// shown.
std::vector<std::string> pieces(Vm& vm, Value value) {
  std::vector<std::string> result;
  if (is(value, Kind::kArray)) {
    auto* array = as<Array>(value);
    for (int64_t i = 0; i < array->length; ++i)
      result.push_back(display(vm, array->get(i)));
  } else if (is(value, Kind::kTuple)) {
    auto* tuple = as<Tuple>(value);
    for (uint32_t i = 0; i < tuple->small; ++i) {
      result.push_back(display(vm, tuple->items()[i]));
    }
  } else if (is(value, Kind::kDict)) {
    auto* table = as<Table>(value);
    for (uint32_t i = 0; i < table->used; ++i) {
      const TableEntry& entry = table->entries[i];
      if (entry.key.is_missing()) continue;
      result.push_back(display(vm, entry.key) + ": " + display(vm, entry.value));
    }
  } else {
    result = split_lines(display(vm, value));
  }
  return result;
}

bool is_long(Vm& vm, Value value) {
  const std::string shown = display(vm, value);
  return shown.size() > kLong || shown.find('\n') != std::string::npos;
}

}  // namespace

std::string show(Vm& vm, Value value) {
  std::string shown = display(vm, value);
  if (is_text(value) && needs_quotes(shown)) return cut(quoted(shown));
  return cut(std::move(shown));
}

std::string explain(Vm& vm, Value actual, const std::string& phrase, Value expected) {
  // Displaying can call the program's own functions, which can collect.
  const Rooted rooted(vm, {actual, expected});
  if ((phrase == "equal" || phrase == "be") && is_long(vm, actual) &&
      is_long(vm, expected)) {
    const std::vector<std::string> wanted = pieces(vm, expected),
                                   got = pieces(vm, actual);
    if (wanted != got) {
      return "expected (-) and actual (+) differ:\n" + difference(wanted, got);
    }
  }
  std::string left = show(vm, actual), right = show(vm, expected);
  if (left == right && type_name(actual) != type_name(expected)) {
    left += " (" + type_name(actual) + ")";
    right += " (" + type_name(expected) + ")";
  }
  return "expected " + left + " to " + phrase + " " + right;
}

}  // namespace simple
