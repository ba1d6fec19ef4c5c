// A thread of the library's own that gives idle memory back and destroys released objects
// when no call comes by to do it. It sleeps when there is nothing to look after.
#pragma once

#include <atomic>

namespace simple_torch::housekeeping {

enum class Phase { kNotStarted, kAsleep, kAwake };
extern std::atomic<Phase> phase;
void wake_up();

// There is something to look after. Starts the thread if need be. Cheap when it is awake.
inline void wake() {
  if (phase.load(std::memory_order_relaxed) != Phase::kAwake) [[unlikely]]
    wake_up();
}

}  // namespace simple_torch::housekeeping
