// A thread of the library's own that gives idle memory back and destroys released objects
// when no call comes by to do it. It sleeps when there is nothing to look after.
#pragma once

#include <atomic>
#include <cstdint>

#include "core/platform.h"

namespace simple_torch::housekeeping {

enum class Phase { kNotStarted, kAsleep, kAwake };
extern std::atomic<Phase> phase;
void wake_up();

// There is something to look after. Starts the thread if need be. Cheap when it is awake.
inline void wake() {
  if (phase.load(std::memory_order_relaxed) != Phase::kAwake) [[unlikely]]
    wake_up();
}

// The time in milliseconds, good to half a second and nearly free: while the thread is
// awake it keeps the time, which is 0 otherwise.
extern std::atomic<uint32_t> kept_time_ms;
inline uint32_t about_now_ms() {
  const uint32_t kept = kept_time_ms.load(std::memory_order_relaxed);
  return kept != 0 ? kept : platform::coarse_milliseconds();
}

// Called once when the library is loaded.
void set_up();

}  // namespace simple_torch::housekeeping
