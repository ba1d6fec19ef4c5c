// What a thread knows about the call it is in: the function's name, its error record, its
// open scopes and its spare slots of the handle table.
#pragma once

#include <atomic>
#include <cstdint>

#include "core/error_record.h"
#include "core/per_thread.h"
#include "handles/scope_stack.h"
#include "handles/slot_magazine.h"

namespace simple_torch {

struct CallState {
  // Exported function that runs on this thread, for messages and for the list of live
  // handles. Static text.
  const char* operation = "";
  // Calls nest when a callback calls the library.
  int64_t depth = 0;

  ErrorRecord error;
  // libtorch's last warning.
  TextBuffer warning;
  ScopeStack scopes;
  SlotMagazine slots;

  CallState();
  static CallState& get() { return PerThread<CallState>::get(); }

  // See PerThread.
  void finish();
  void retire();
};

}  // namespace simple_torch
