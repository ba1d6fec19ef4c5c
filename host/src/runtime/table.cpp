// A table of up to eight entries is searched from its start to its end. A larger one has
// an index of at least twice as many places as entries: open addressing. Where a search
// goes on is what the whole hash says: integers that follow one another lie one behind
// the other, and a search that went from place to place would walk through all of them. A
// removed entry keeps its place, so that searches go on behind it, until the table is
// packed.
#include "runtime/table.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <string>

#include "runtime/hash.h"
#include "runtime/numbers.h"
#include "runtime/operations.h"
#include "runtime/vm.h"

namespace simple {
namespace {

constexpr uint32_t kNone = UINT32_MAX;
constexpr uint32_t kFirstEntries = 4;
constexpr uint32_t kWithoutIndex = 8;
constexpr uint32_t kMost = uint32_t{1} << 30;

// The language's own implementation keeps keys as text and orders them as text, numbers
// too: 10 comes before 9. If this is false, numbers come first and by value.
constexpr bool kNumbersByText = true;

// Nearly all keys are texts and integers.
uint64_t hash_of(Vm& vm, Value key) {
  if (key.is_int()) return hash_integer(key.integer);
  return is_text(key) ? hash_text(as<Text>(key)) : hash(vm, key);
}

inline bool same_key(Vm& vm, Value left, Value right) {
  if (left.tag == right.tag) {
    if (left.is_int()) return left.integer == right.integer;
    if (left.is_float() && std::isnan(left.real)) return std::isnan(right.real);
    if (is_text(left) && is_text(right))
      return same_text(as<Text>(left), as<Text>(right));
  }
  if (left.is_object() && right.is_object() && left.object == right.object) return true;
  return equal(vm, left, right);
}

// The places of a table's index that a hash leads to, one after the other. In the end it
// comes to each of them.
class Search {
 public:
  explicit Search(uint64_t hash)
      : at_(static_cast<uint32_t>(hash)), rest_(static_cast<uint32_t>(hash >> 32)) {}
  IndexPlace& place(const Table* table) const {
    return table->index[at_ & table->index_mask];
  }
  void go_on() {
    at_ = at_ * 5 + rest_ + 1;
    rest_ >>= 5;
  }

 private:
  uint32_t at_;
  uint32_t rest_;
};

// A comparison may run the program's own __eq__, which may change the table: nothing that
// points into it is kept meanwhile, and if entries have got other numbers the search
// begins again.
uint32_t find_entry(Vm& vm, Table* table, Value key, uint64_t hash) {
  const auto low = static_cast<uint32_t>(hash);
  uint32_t numbered;
  const auto matches = [&](uint32_t entry) {
    const TableEntry& found = table->entries[entry];
    return found.hash == hash && !found.key.is_missing() && same_key(vm, found.key, key);
  };
  const auto search_once = [&]() -> uint32_t {
    if (table->index_mask == 0) {
      for (uint32_t i = 0; i < table->used; ++i) {
        if (matches(i) || table->numbered != numbered) return i;
      }
      return kNone;
    }
    for (Search search(hash);; search.go_on()) {
      const IndexPlace place = search.place(table);
      if (place.entry == 0) return kNone;
      if (place.hash != low) continue;
      if (matches(place.entry - 1) || table->numbered != numbered) return place.entry - 1;
    }
  };
  for (;;) {
    numbered = table->numbered;
    const uint32_t entry = search_once();
    if (table->numbered == numbered) return entry;
  }
}

// The entry of a key that is the very text looked up before, or kNone.
uint32_t recent_entry(const Table* table, Value key) {
  return key.is_object() && key.object == table->recent_key ? table->recent_entry : kNone;
}

void remember(Table* table, Value key, uint32_t entry) {
  if (!is_text(key)) return;
  table->recent_key = key.object;
  table->recent_entry = entry;
}

void link(Table* table, uint32_t entry) {
  const uint64_t hash = table->entries[entry].hash;
  Search search(hash);
  while (search.place(table).entry != 0) search.go_on();
  search.place(table) = {entry + 1, static_cast<uint32_t>(hash)};
}

void build_index(Table* table, uint32_t places) {
  if (places != table->index_mask + 1 || table->index == nullptr) {
    std::free(table->index);
    table->index = static_cast<IndexPlace*>(std::malloc(places * sizeof(IndexPlace)));
    if (table->index == nullptr) {
      table->index_mask = 0;
      table->capacity = table->used;
      fail("E3010",
           "out of memory: a dict of " + std::to_string(table->live) + " entries");
    }
    table->index_mask = places - 1;
  }
  std::memset(static_cast<void*>(table->index), 0, places * sizeof(IndexPlace));
  for (uint32_t i = 0; i < table->used; ++i) link(table, i);
}

void drop_removed(Table* table) {
  table->recent_key = nullptr;
  ++table->numbered;
  uint32_t kept = 0;
  for (uint32_t i = 0; i < table->used; ++i) {
    if (!table->entries[i].key.is_missing()) table->entries[kept++] = table->entries[i];
  }
  table->used = kept;
}

// Gives the table room for `capacity` entries, without the removed ones.
void resize(Vm* vm, Table* table, uint32_t capacity) {
  if (capacity > kMost) fail("E3010", "out of memory: a dict of more than 2^30 entries");
  drop_removed(table);
  if (capacity != table->capacity) {
    if (vm != nullptr) vm->heap().check_room(size_t{capacity} * sizeof(TableEntry));
    auto* entries = static_cast<TableEntry*>(std::realloc(
        static_cast<void*>(table->entries), size_t{capacity} * sizeof(TableEntry)));
    if (entries == nullptr) {
      fail("E3010", "out of memory: a dict of " + std::to_string(capacity) + " entries");
    }
    if (vm != nullptr && capacity > table->capacity) {
      const uint32_t more = capacity - table->capacity;
      vm->heap().account(
          static_cast<int64_t>(more * (sizeof(TableEntry) + 2 * sizeof(IndexPlace))));
    }
    table->entries = entries;
    table->capacity = capacity;
  }
  if (capacity > kWithoutIndex) {
    build_index(table, std::bit_ceil(capacity) * 2);
  } else if (table->index != nullptr) {
    std::free(table->index);
    table->index = nullptr;
    table->index_mask = 0;
  }
}

void make_room(Vm& vm, Table* table) {
  if (table->used < table->capacity) return;
  // Many removed entries: packing is enough.
  const bool pack = table->live < table->capacity - table->capacity / 4;
  resize(&vm, table,
         pack ? table->capacity : std::max(kFirstEntries, table->capacity * 2));
}

// What keys are ordered by. `prefix` has the first bytes, so that few texts are compared.
struct OrderKey {
  uint64_t prefix;
  std::string_view text;
  uint32_t entry;
};

OrderKey order_key(std::string_view text, uint32_t entry) {
  uint64_t prefix = 0;
  std::memcpy(&prefix, text.data(), std::min<size_t>(text.size(), 8));
  return {__builtin_bswap64(prefix), text, entry};
}

bool before(const OrderKey& left, const OrderKey& right) {
  if (left.prefix != right.prefix) return left.prefix < right.prefix;
  const int order = left.text.compare(right.text);
  return order != 0 ? order < 0 : left.entry < right.entry;
}

bool is_scalar(Value key) { return !key.is_object(); }

}  // namespace

Slot* table_find(Vm& vm, Table* table, Value key) {
  if (table->live == 0) return nullptr;
  uint32_t entry = recent_entry(table, key);
  if (entry == kNone) {
    entry = find_entry(vm, table, key, hash_of(vm, key));
    if (entry == kNone) return nullptr;
    remember(table, key, entry);
  }
  return &table->entries[entry].value;
}

Slot* table_insert(Vm& vm, Table* table, Value key) {
  uint32_t entry = recent_entry(table, key);
  if (entry != kNone) return &table->entries[entry].value;
  const uint64_t code = hash_of(vm, key);
  entry = find_entry(vm, table, key, code);
  if (entry == kNone) {
    make_room(vm, table);
    share(key);
    entry = table->used++;
    table->entries[entry] = {key, Value(), code};
    ++table->live;
    if (table->index_mask != 0) link(table, entry);
  }
  remember(table, key, entry);
  return &table->entries[entry].value;
}

bool table_remove(Vm& vm, Table* table, Value key, Value* removed) {
  if (table->live == 0) return false;
  const uint32_t entry = find_entry(vm, table, key, hash_of(vm, key));
  if (entry == kNone) return false;
  TableEntry& found = table->entries[entry];
  if (removed != nullptr) *removed = found.value;
  table->recent_key = nullptr;
  found.key = Value::missing();
  found.value = Value();
  --table->live;
  return true;
}

void table_clear(Table* table) {
  std::free(table->entries);
  std::free(table->index);
  table->entries = nullptr;
  table->index = nullptr;
  table->used = table->live = table->capacity = table->index_mask = 0;
  table->recent_key = nullptr;
  ++table->numbered;
}

void table_reserve(Table* table, uint32_t entries) {
  if (entries > table->capacity) resize(nullptr, table, entries);
}

std::vector<uint32_t> table_order(Vm& vm, const Table* table) {
  std::vector<uint32_t> order;
  order.reserve(table->live);
  std::vector<OrderKey> keys;
  keys.reserve(table->live);
  std::vector<uint32_t> numbers;
  std::vector<uint32_t> others;
  std::deque<std::string> texts;
  for (uint32_t i = 0; i < table->used; ++i) {
    const Value key = table->entries[i].key;
    if (key.is_missing()) continue;
    if (is_text(key)) {
      keys.push_back(order_key(text(key), i));
    } else if (!kNumbersByText && key.is_number()) {
      numbers.push_back(i);
    } else if (is_scalar(key)) {
      keys.push_back(order_key(texts.emplace_back(display(vm, key)), i));
    } else {
      others.push_back(i);
    }
  }
  std::sort(keys.begin(), keys.end(), before);
  std::stable_sort(
      numbers.begin(), numbers.end(), [table](uint32_t left, uint32_t right) {
        return compare_numbers(table->entries[left].key, table->entries[right].key) == -1;
      });
  order.insert(order.end(), numbers.begin(), numbers.end());
  for (const OrderKey& key : keys) order.push_back(key.entry);
  order.insert(order.end(), others.begin(), others.end());
  return order;
}

}  // namespace simple
