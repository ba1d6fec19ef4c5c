// What a thread knows about the call it is in: the function's name, its error record, its
// open scopes and its spare slots of the handle table.
#pragma once

#include <c10/core/impl/LocalDispatchKeySet.h>

#include <atomic>
#include <cstdint>

#include "core/error_record.h"
#include "core/per_thread.h"
#include "handles/scope_stack.h"
#include "handles/slot_magazine.h"

namespace simple_torch {

struct CallState {
  // Exported function that runs on this thread, or nullptr, for messages and for the list
  // of live handles. Static text.
  const char* operation = nullptr;
  // libtorch's state of this thread, which is found by a call.
  c10::impl::PODLocalDispatchKeySet& dispatch = c10::impl::raw_local_dispatch_key_set;
  ScopeStack scopes;
  SlotMagazine slots;
  ErrorRecord error;
  // libtorch's last warning.
  TextBuffer warning;

  CallState();
  static CallState& get() { return PerThread<CallState>::get(); }
  // Within a call there is one.
  static CallState& current() { return *PerThread<CallState>::peek(); }

  // See PerThread.
  void finish();
  void retire();
};

}  // namespace simple_torch
