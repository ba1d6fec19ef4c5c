// guarded(): the border between C and C++. Every exported function that can fail runs its
// body here, and this is the only place that catches.
#pragma once

#include <atomic>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "core/call_state.h"
#include "handles/borrow.h"

namespace simple_torch {

// Whether some call should do what is waiting: destroy the objects of released handles,
// ask the runtime to collect. Set by those who have such work, and for good by a refusal.
extern std::atomic<bool> work_waits;

// Turns the exception in flight into the thread's error record; returns its code.
int64_t record_current_exception() noexcept;

// nullptr, or why nothing may run: another libtorch than the one we were built for.
const char* refusal();
void set_refusal(const char* why);

// Does what is waiting, if this call may. Returns 0, or the code of a refusal, which is
// recorded.
int64_t before_call(bool may_work) noexcept;

// Calls a callback of the host: `call` returns its status. A failure ends the exported
// call with CALLBACK and what the callback said.
[[noreturn]] void fail_callback();
template <typename F>
void call_back(F&& call) {
  CallState::get().error.callback_text.clear();
  if (std::forward<F>(call)() != 0) fail_callback();
}

// The frame of one exported call.
class Call {
 public:
  explicit Call(const char* operation)
      : state_(CallState::get()), outer_operation_(state_.operation) {
    state_.operation = operation;
  }
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;
  ~Call() { state_.operation = outer_operation_; }
  // Calls nest when a callback calls the library.
  bool outermost() const { return outer_operation_ == nullptr; }

 private:
  CallState& state_;
  const char* outer_operation_;
};

enum class Waiting { kDo, kLeave };

template <typename Body>
auto guarded(Body&& body, Waiting waiting = Waiting::kDo,
             const char* function = __builtin_FUNCTION()) noexcept {
  using Result = std::invoke_result_t<Body>;
  const Call call(function);
  int64_t code = 0;
  if (work_waits.load(std::memory_order_relaxed)) [[unlikely]] {
    code = before_call(waiting == Waiting::kDo && call.outermost());
  }
  if (code == 0) [[likely]] {
    try {
      if constexpr (std::is_void_v<Result>) {
        body();
        return int64_t{0};
      } else if constexpr (std::is_same_v<Result, OwnedHandle>) {
        return body().value;
      } else if constexpr (std::is_pointer_v<Result>) {
        return body();
      } else {
        return static_cast<int64_t>(body());
      }
    } catch (...) {
      code = record_current_exception();
    }
  }
  if constexpr (std::is_pointer_v<Result>) {
    return Result{nullptr};
  } else if constexpr (std::is_same_v<Result, OwnedHandle>) {
    return int64_t{0};
  } else {
    return code;
  }
}

}  // namespace simple_torch
