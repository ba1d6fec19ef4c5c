// Methods of dicts. What takes functions is in host/lib/prelude.spl.
#include "runtime/builtins.h"
#include "runtime/builtins/arguments.h"
#include "runtime/operations.h"
#include "runtime/table.h"

namespace simple {
namespace {

Table* self(const Value* arguments) { return as<Table>(arguments[0]); }

Value len(Vm&, Value* arguments, int) {
  return Value::of(int64_t{self(arguments)->live});
}

Value is_empty(Vm&, Value* arguments, int) {
  return Value::of(self(arguments)->live == 0);
}

Value has(Vm& vm, Value* arguments, int) {
  return Value::of(table_find(vm, self(arguments), arguments[1]) != nullptr);
}

// get(k) is nil where there is no such key, get(k, d) is d.
Value get(Vm& vm, Value* arguments, int count) {
  const Value fallback = given(arguments, count, 2) ? arguments[2] : Value();
  const Slot* found = table_find(vm, self(arguments), arguments[1]);
  return kept(found != nullptr ? found->get() : fallback);
}

// ---- In the language's order of keys

template <typename Item>
Value list(Vm& vm, const Table* table, Item item) {
  Array* result = vm.heap().array(Elements::kValues, 0);
  for (const uint32_t i : table_order(vm, table)) {
    vm.heap().push(result, item(table->entries[i]));
  }
  return Value::of(result);
}

Value keys(Vm& vm, Value* arguments, int) {
  return list(vm, self(arguments),
              [](const TableEntry& entry) { return kept(entry.key); });
}
Value values(Vm& vm, Value* arguments, int) {
  return list(vm, self(arguments),
              [](const TableEntry& entry) { return kept(entry.value); });
}
Value entries(Vm& vm, Value* arguments, int) {
  return list(vm, self(arguments), [&vm](const TableEntry& entry) {
    return vm.tuple({kept(entry.key), kept(entry.value)});
  });
}

// ---- Changing in place

Value set(Vm& vm, Value* arguments, int) {
  const Value receiver = arguments[0];
  const Value value = kept(arguments[2]);
  *table_insert(vm, as<Table>(receiver), arguments[1]) = value;
  return receiver;
}

Value set_default(Vm& vm, Value* arguments, int) {
  Table* table = self(arguments);
  const Value fallback = arguments[2];
  const uint32_t before = table->live;
  Slot* place = table_insert(vm, table, arguments[1]);
  if (table->live != before) *place = fallback;
  return kept(*place);
}

Value pop(Vm& vm, Value* arguments, int) {
  Value removed;
  table_remove(vm, self(arguments), arguments[1], &removed);
  return removed;
}

// The value is the dict, as that of set.
Value remove(Vm& vm, Value* arguments, int count) {
  const Value receiver = arguments[0];
  pop(vm, arguments, count);
  return receiver;
}

void copy_entries(Vm& vm, Table* to, const Table* from) {
  const Rooted rooted(vm, {Value::of(to), Value::of(const_cast<Table*>(from))});
  for (uint32_t i = 0; i < from->used; ++i) {
    const TableEntry entry = from->entries[i];
    if (entry.key.is_missing()) continue;
    *table_insert(vm, to, entry.key) = kept(entry.value);
  }
}

Value extend(Vm& vm, Value* arguments, int) {
  const Value receiver = arguments[0];
  copy_entries(vm, as<Table>(receiver),
               expect_table(arguments[1], Kind::kDict, "extend", 1));
  return receiver;
}

Value clear(Vm&, Value* arguments, int) {
  table_clear(self(arguments));
  return arguments[0];
}

// ---- New ones

Value copy(Vm& vm, Value* arguments, int) {
  return Value::of(vm.heap().copy(self(arguments)));
}

Value merge(Vm& vm, Value* arguments, int) {
  const Table* other = expect_table(arguments[1], Kind::kDict, "merge", 1);
  Table* result = vm.heap().copy(self(arguments));
  copy_entries(vm, result, other);
  return Value::of(result);
}

Value make(Vm& vm, Value*, int) { return Value::of(vm.heap().dict()); }

// Dict.from(pairs)
Value from_pairs(Vm& vm, Value* arguments, int) {
  Array* pairs = items_of(vm, arguments[0], "from", 1);
  Table* result = vm.heap().dict();
  const Rooted rooted(vm, {Value::of(pairs), Value::of(result)});
  for (int64_t i = 0; i < pairs->length; ++i) {
    const Value pair = pairs->get(i);
    const bool is_pair = (is(pair, Kind::kTuple) && pair.object->small == 2) ||
                         (is(pair, Kind::kArray) && as<Array>(pair)->length == 2);
    if (!is_pair) fail("E1005", "`from` expects pairs, found " + type_name(pair));
    const Value value = kept(index_get(vm, pair, Value::of(int64_t{1})));
    *table_insert(vm, result, index_get(vm, pair, Value::of(int64_t{0}))) = value;
  }
  return Value::of(result);
}

const NativeSpec kMethods[] = {
    {"len", len, 0, 0},
    {"length", len, 0, 0},
    {"is_empty", is_empty, 0, 0},
    {"has", has, 1, 1},
    {"has_key", has, 1, 1},
    {"contains_key", has, 1, 1},
    {"contains", has, 1, 1},
    {"get", get, 1, 2},
    {"get_or", get, 2, 2},
    {"keys", keys, 0, 0},
    {"values", values, 0, 0},
    {"entries", entries, 0, 0},
    {"items", entries, 0, 0},
    {"to_array", entries, 0, 0},
    {"set", set, 2, 2, true},
    {"insert", set, 2, 2, true},
    {"setdefault", set_default, 2, 2, true},
    {"remove", remove, 1, 1, true},
    {"delete", remove, 1, 1, true},
    {"pop", pop, 1, 1, true},
    {"extend", extend, 1, 1, true},
    {"update", extend, 1, 1, true},
    {"clear", clear, 0, 0, true},
    {"merge", merge, 1, 1},
    {"copy", copy, 0, 0},
    {"clone", copy, 0, 0},
};
const NativeSpec kStatics[] = {
    {"new", make, 0, 0},
    {"from", from_pairs, 1, 1},
};

}  // namespace

void define_dicts(Vm& vm) {
  define_all(vm, vm.types().dict, kMethods);
  define_statics(vm, vm.types().dict, kStatics);
  define_sets(vm);
}

}  // namespace simple
