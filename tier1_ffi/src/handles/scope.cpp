// Exports of scope.h.
#include "simple_torch/scope.h"

#include <memory>

#include "core/guarded.h"

using namespace simple_torch;

simple_torch_handle simple_torch_scope_begin(void) {
  return guarded([] {
    CallState& state = CallState::get();
    auto marker = std::make_unique<Scope>();
    // Not through store(): a scope's own handle belongs to no scope.
    const simple_torch_handle scope = HandleTable::get().insert(
        state.slots, state.operation, Kind::kScope,
        [&](void* payload) { new (payload) Scope*(marker.release()); });
    state.scopes.begin(scope);
    return OwnedHandle{scope};
  });
}

int64_t simple_torch_scope_end(simple_torch_handle scope) {
  return guarded([&] {
    { const auto alive = borrow<Scope>(scope, "scope"); }
    return CallState::get().scopes.end(scope, "scope");
  });
}

int64_t simple_torch_scope_keep(simple_torch_handle scope, simple_torch_handle handle) {
  return guarded([&] {
    const auto open = borrow<Scope>(scope, "scope");
    const Pin kept = HandleTable::get().pin(handle, Kind::kNone, "handle");
    CallState::get().scopes.keep(scope, "scope", handle);
  });
}
