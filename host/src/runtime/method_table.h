// The methods of a type by name. Operators between objects look here each time they are
// computed, so a look costs a few instructions.
#ifndef SIMPLE_RUNTIME_METHOD_TABLE_H_
#define SIMPLE_RUNTIME_METHOD_TABLE_H_

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "syntax/symbol.h"

namespace simple {

struct Object;

struct Method {
  Object* callable = nullptr;  // Closure or Native
  bool mutates = false;        // `me`, or a native that changes its receiver
};

// In the order in which they were added.
class MethodTable {
 public:
  using Entry = std::pair<Symbol, Method>;

  const Method* find(Symbol name) const {
    if (places_.empty()) return nullptr;
    const Place& place = places_[place_of(name)];
    return place.name == name ? &entries_[place.entry].second : nullptr;
  }
  // Replaces one of the same name.
  void set(Symbol name, Method method) {
    if (find(name) == nullptr) {
      add(name, method);
    } else {
      entries_[places_[place_of(name)].entry].second = method;
    }
  }
  // Only if there is none of that name.
  void add_missing(Symbol name, Method method) {
    if (find(name) == nullptr) add(name, method);
  }
  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }

 private:
  struct Place {
    Symbol name;  // None where it is free.
    uint32_t entry = 0;
  };

  // Where it is, or the free place where it could be: names go to the place that their
  // number says, or the next one that is free.
  size_t place_of(Symbol name) const {
    size_t at = std::hash<Symbol>()(name);
    const size_t last = places_.size() - 1;
    while (places_[at & last].name && places_[at & last].name != name) ++at;
    return at & last;
  }
  void add(Symbol name, Method method) {
    entries_.emplace_back(name, method);
    // At least half of the places are free.
    if (entries_.size() * 2 > places_.size()) {
      places_.assign(std::max<size_t>(8, places_.size() * 2), Place());
      for (size_t i = 0; i + 1 < entries_.size(); ++i) occupy(i);
    }
    occupy(entries_.size() - 1);
  }
  void occupy(size_t entry) {
    const Symbol name = entries_[entry].first;
    places_[place_of(name)] = {name, static_cast<uint32_t>(entry)};
  }

  std::vector<Entry> entries_;
  std::vector<Place> places_;  // A power of two of them.
};

}  // namespace simple
#endif
