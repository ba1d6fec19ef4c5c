#include "syntax/symbol.h"

#include <deque>
#include <string>
#include <unordered_map>

namespace simple {
namespace {

// Only the thread of the machine interns; native code on other threads has no names.
struct Table {
  std::deque<std::string> texts{""};
  std::unordered_map<std::string_view, uint32_t> ids{{"", 0}};
};

Table& table() {
  static Table* instance = new Table;
  return *instance;
}

}  // namespace

Symbol intern(std::string_view text) {
  Table& names = table();
  if (const auto found = names.ids.find(text); found != names.ids.end()) {
    return {found->second};
  }
  const auto id = static_cast<uint32_t>(names.texts.size());
  names.ids.emplace(names.texts.emplace_back(text), id);
  return {id};
}

std::string_view text_of(Symbol symbol) { return table().texts[symbol.id]; }

}  // namespace simple
