// Dicts and sets: a hash table that keeps its entries in the order in which they came.
#ifndef SIMPLE_RUNTIME_TABLE_H_
#define SIMPLE_RUNTIME_TABLE_H_

#include <vector>

#include "runtime/object.h"

namespace simple {

// The value of a key, or null. Keys that are equal (see operations.h) are the same key.
Slot* table_find(Vm& vm, Table* table, Value key);
// The place of a key's value, made (nil) if it was not there. Fails for keys that cannot
// be hashed (functions, handles).
Slot* table_insert(Vm& vm, Table* table, Value key);
// Whether it was there; its value goes to *removed if that is not null.
bool table_remove(Vm& vm, Table* table, Value key, Value* removed = nullptr);
void table_clear(Table* table);
void table_reserve(Table* table, uint32_t entries);
// The numbers of the entries in the language's order: that of the bytes of the keys'
// texts, numbers too, so that 10 comes before 9; then keys that are objects other than
// text, in the order in which they came.
std::vector<uint32_t> table_order(Vm& vm, const Table* table);

}  // namespace simple

#endif
