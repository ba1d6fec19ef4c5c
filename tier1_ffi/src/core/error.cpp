// The exported view of a thread's error record. Reading the record must not change it, so
// these functions do not go through guarded(), or make sure before that nothing can fail
// there but memory.
#include "simple_torch/error.h"

#include <algorithm>

#include "core/arguments.h"
#include "core/call_state.h"
#include "core/guarded.h"

namespace simple_torch {
namespace {

constexpr const char* kNames[] = {
    "OK",          "BAD_HANDLE", "STALE_HANDLE", "WRONG_KIND",      "BAD_ARGUMENT",
    "INDEX",       "TYPE",       "VALUE",        "NOT_IMPLEMENTED", "OUT_OF_MEMORY",
    "LINALG",      "IO",         "FORMAT",       "CALLBACK",        "CANCELLED",
    "UNSUPPORTED", "TORCH",      "INTERNAL",
};
static_assert(std::size(kNames) == 1 - SIMPLE_TORCH_E_INTERNAL);

}  // namespace
}  // namespace simple_torch

using simple_torch::CallState;

int64_t simple_torch_error_code(void) { return CallState::get().error.code; }

const char* simple_torch_error_message(void) {
  return CallState::get().error.message.text();
}

const char* simple_torch_error_operation(void) {
  return CallState::get().error.operation;
}

const char* simple_torch_error_argument(void) { return CallState::get().error.argument; }

int64_t simple_torch_error_backtrace(char* buffer, int64_t capacity) {
  if (capacity < 0 || (capacity > 0 && buffer == nullptr)) {
    return SIMPLE_TORCH_E_BAD_ARGUMENT;
  }
  if (simple_torch::refusal() != nullptr) {
    return simple_torch::write_text("", buffer, capacity, "buffer");
  }
  return simple_torch::guarded(
      [&] {
        const auto backtrace = CallState::get().error.backtrace;
        return simple_torch::write_text(simple_torch::compat::backtrace_text(backtrace),
                                        buffer, capacity, "buffer");
      },
      // Host code, which waiting work may call, would leave records of its own.
      simple_torch::Waiting::kLeave);
}

int64_t simple_torch_error_clear(void) {
  CallState::get().error.clear();
  return 0;
}

const char* simple_torch_error_name(int64_t code) {
  const bool known = code <= 0 && code >= SIMPLE_TORCH_E_INTERNAL;
  return known ? simple_torch::kNames[-code] : "UNKNOWN";
}

const char* simple_torch_warning_message(void) { return CallState::get().warning.text(); }

int64_t simple_torch_warning_clear(void) {
  CallState::get().warning.clear();
  return 0;
}

int64_t simple_torch_callback_error(const char* text) {
  simple_torch::TextBuffer& said = CallState::get().error.callback_text;
  said.clear();
  if (text != nullptr) said.append(text);
  return 0;
}
