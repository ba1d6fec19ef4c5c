// Methods of sets. The operators & | - ^ are in operations_arithmetic.cpp.
#include "runtime/builtins/arguments.h"
#include "runtime/operations.h"
#include "runtime/table.h"

namespace simple {
namespace {

Table* self(const Value* arguments) { return as<Table>(arguments[0]); }

Table* set_of(Vm& vm, Value items, const char* function) {
  if (is(items, Kind::kSet)) return as<Table>(items);
  Array* array = items_of(vm, items, function, 1);
  Table* result = vm.heap().set();
  const Rooted rooted(vm, {Value::of(array), Value::of(result)});
  for (int64_t i = 0; i < array->length; ++i) table_insert(vm, result, array->get(i));
  return result;
}

Value len(Vm&, Value* arguments, int) {
  return Value::of(int64_t{self(arguments)->live});
}

Value is_empty(Vm&, Value* arguments, int) {
  return Value::of(self(arguments)->live == 0);
}

Value has(Vm& vm, Value* arguments, int) {
  return Value::of(table_find(vm, self(arguments), arguments[1]) != nullptr);
}

Value add(Vm& vm, Value* arguments, int) {
  const Value receiver = arguments[0];
  table_insert(vm, as<Table>(receiver), arguments[1]);
  return receiver;
}

// Whether it was there.
Value remove(Vm& vm, Value* arguments, int) {
  return Value::of(table_remove(vm, self(arguments), arguments[1]));
}

Value extend(Vm& vm, Value* arguments, int) {
  const Value receiver = arguments[0];
  Array* items = items_of(vm, arguments[1], "extend", 1);
  const Rooted rooted(vm, {receiver, Value::of(items)});
  for (int64_t i = 0; i < items->length; ++i) {
    table_insert(vm, as<Table>(receiver), items->get(i));
  }
  return receiver;
}

Value clear(Vm&, Value* arguments, int) {
  table_clear(self(arguments));
  return arguments[0];
}

template <ast::BinaryOp op>
Value combine(Vm& vm, Value* arguments, int) {
  const Value left = arguments[0];
  return arithmetic(vm, op, left, Value::of(set_of(vm, arguments[1], "union")));
}

bool holds_all(Vm& vm, Table* whole, Table* part) {
  for (uint32_t i = 0; i < part->used; ++i) {
    const Value key = part->entries[i].key;
    if (!key.is_missing() && table_find(vm, whole, key) == nullptr) return false;
  }
  return true;
}

Value is_subset(Vm& vm, Value* arguments, int) {
  Table* own = self(arguments);
  return Value::of(holds_all(vm, set_of(vm, arguments[1], "is_subset"), own));
}
Value is_superset(Vm& vm, Value* arguments, int) {
  Table* own = self(arguments);
  return Value::of(holds_all(vm, own, set_of(vm, arguments[1], "is_superset")));
}
Value is_disjoint(Vm& vm, Value* arguments, int count) {
  const Value common = combine<ast::BinaryOp::kBitAnd>(vm, arguments, count);
  return Value::of(as<Table>(common)->live == 0);
}

Value copy(Vm& vm, Value* arguments, int) {
  return Value::of(vm.heap().copy(self(arguments)));
}

Value to_array(Vm& vm, Value* arguments, int) {
  return Value::of(items_of(vm, arguments[0], "to_array", 0));
}

Value make(Vm& vm, Value*, int) { return Value::of(vm.heap().set()); }

Value from_items(Vm& vm, Value* arguments, int) {
  Table* result = set_of(vm, arguments[0], "Set");
  return Value::of(is(arguments[0], Kind::kSet) ? vm.heap().copy(result) : result);
}

const NativeSpec kMethods[] = {
    {"len", len, 0, 0},
    {"length", len, 0, 0},
    {"is_empty", is_empty, 0, 0},
    {"has", has, 1, 1},
    {"contains", has, 1, 1},
    {"add", add, 1, 1, true},
    {"insert", add, 1, 1, true},
    {"remove", remove, 1, 1, true},
    {"delete", remove, 1, 1, true},
    {"discard", remove, 1, 1, true},
    {"extend", extend, 1, 1, true},
    {"clear", clear, 0, 0, true},
    {"union", combine<ast::BinaryOp::kBitOr>, 1, 1},
    {"intersection", combine<ast::BinaryOp::kBitAnd>, 1, 1},
    {"intersect", combine<ast::BinaryOp::kBitAnd>, 1, 1},
    {"difference", combine<ast::BinaryOp::kSubtract>, 1, 1},
    {"symmetric_difference", combine<ast::BinaryOp::kBitXor>, 1, 1},
    {"is_subset", is_subset, 1, 1},
    {"is_superset", is_superset, 1, 1},
    {"is_disjoint", is_disjoint, 1, 1},
    {"copy", copy, 0, 0},
    {"clone", copy, 0, 0},
    {"to_array", to_array, 0, 0},
    {"values", to_array, 0, 0},
};
const NativeSpec kConversions[] = {
    {"to_set", from_items, 0, 0},
};
// Set(), or Set(items), which is what a literal s{1, 2} and a comprehension call.
Value construct(Vm& vm, Value* arguments, int count) {
  return count == 0 ? make(vm, arguments, count) : from_items(vm, arguments, count);
}

const NativeSpec kConstructor = {"Set", construct, 0, 1};
const NativeSpec kStatics[] = {
    {"new", make, 0, 0},
    {"from", from_items, 1, 1},
};

}  // namespace

void define_sets(Vm& vm) {
  const BuiltinTypes& types = vm.types();
  define_all(vm, types.set, kMethods);
  define_statics(vm, types.set, kStatics);
  types.set->constructor = vm.heap().immortal(vm.heap().native(&kConstructor));
  for (Type* type : {types.array, types.tuple, types.range, types.set}) {
    define_all(vm, type, kConversions);
  }
}

}  // namespace simple
