#include "core/call_state.h"

#include "handles/handle_table.h"

namespace simple_torch {

void CallState::finish() {
  scopes.end_all();
  HandleTable::get().give_back(slots);
}

void CallState::retire() { HandleTable::get().retire(slots); }

}  // namespace simple_torch
