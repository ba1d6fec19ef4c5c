#include "core/call_state.h"

#include "handles/handle_table.h"

namespace simple_torch {
namespace {

class KeepWarnings final : public compat::WarningHandler {
 protected:
  void warn(const std::string& text) override {
    TextBuffer& kept = CallState::get().warning;
    kept.clear();
    kept.append(text);
  }
};

}  // namespace

// libtorch knows one handler for each thread, and prints where there is none.
CallState::CallState() {
  static KeepWarnings& immortal = *new KeepWarnings;
  compat::set_warning_handler(&immortal);
}

void CallState::finish() {
  scopes.end_all();
  HandleTable::get().give_back(slots);
}

void CallState::retire() { HandleTable::get().retire(slots); }

}  // namespace simple_torch
