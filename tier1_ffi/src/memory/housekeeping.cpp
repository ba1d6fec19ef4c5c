#include "memory/housekeeping.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <semaphore>

#include "core/fork.h"
#include "core/platform.h"
#include "handles/handle_table.h"
#include "memory/block_cache.h"
#include "memory/large_blocks.h"
#include "memory/live_bytes.h"

namespace simple_torch::housekeeping {

constinit std::atomic<Phase> phase{Phase::kNotStarted};
constinit std::atomic<uint32_t> kept_time_ms{0};

namespace {

constexpr auto kRound = std::chrono::milliseconds(500);
// A large block goes when it has lain unused for this long, a thread's small ones when
// the thread has allocated nothing for as many rounds as fit in it.
constexpr uint32_t kIdleMs = 2000;
constexpr int kRoundsPerLook = 4;
// Asleep, the thread looks this often whether it missed a call.
constexpr auto kNap = std::chrono::seconds(30);

struct Keeper {
  std::atomic<bool> stopping{false};
  // Released by whoever ends a sleep early.
  std::counting_semaphore<> alarm{0};
  platform::Thread thread{};
};

Keeper& keeper() {
  static Keeper& immortal = *new Keeper;
  return immortal;
}

void keep_time() {
  kept_time_ms.store(std::max<uint32_t>(platform::coarse_milliseconds(), 1),
                     std::memory_order_relaxed);
}
void keep_no_time() { kept_time_ms.store(0, std::memory_order_relaxed); }

bool anything_to_keep() {
  if (HandleTable::get().has_doomed() || large_blocks::cached_bytes() > 0) return true;
  return PerThread<BlockCache>::locked([](const std::vector<BlockCache*>& caches) {
    for (const BlockCache* each : caches) {
      if (each->cached_bytes() > 0) return true;
    }
    return false;
  });
}

void nap() {
  keep_no_time();
  phase.store(Phase::kAsleep, std::memory_order_release);
  (void)keeper().alarm.try_acquire_for(kNap);
  phase.store(Phase::kAwake, std::memory_order_release);
}

// A call wakes the thread when it leaves something, which is looked at a round later: a
// program that frees and allocates in turn is not asked about it each time.
void keep() {
  Keeper& mine = keeper();
  bool doomed_before = false;
  for (int round = 1; !mine.stopping.load(std::memory_order_acquire); ++round) {
    keep_time();
    if (mine.alarm.try_acquire_for(kRound)) continue;
    keep_time();
    // Objects that have waited for a whole round will not be fetched by a call.
    if (doomed_before) HandleTable::get().drain();
    doomed_before = HandleTable::get().has_doomed();
    large_blocks::trim(kIdleMs);
    if (round % kRoundsPerLook == 0) BlockCache::trim_others(/*idle_only=*/true);
    live_bytes::rearm_pressure_downwards();
    if (!anything_to_keep()) nap();
  }
}

void stop() {
  Keeper& mine = keeper();
  if (phase.load(std::memory_order_acquire) == Phase::kNotStarted) return;
  mine.stopping.store(true, std::memory_order_release);
  mine.alarm.release();
  platform::join_thread(mine.thread);
  keep_no_time();
  phase.store(Phase::kNotStarted, std::memory_order_release);
}

// The thread does not exist in a forked child: it is started anew when it is needed.
void forget() {
  Keeper& mine = keeper();
  new (&mine.alarm) std::counting_semaphore<>(0);
  keep_no_time();
  phase.store(Phase::kNotStarted, std::memory_order_release);
}

void start() {
  Keeper& mine = keeper();
  Phase expected = Phase::kNotStarted;
  if (mine.stopping.load(std::memory_order_acquire) ||
      !phase.compare_exchange_strong(expected, Phase::kAwake)) {
    return;
  }
  static const bool registered = std::atexit(&stop) == 0;
  if (!registered || !platform::start_thread(mine.thread, &keep)) {
    phase.store(Phase::kNotStarted, std::memory_order_release);
  }
}

}  // namespace

void set_up() {
  keeper();
  after_fork_in_child(&forget);
}

void wake_up() {
  if (phase.load(std::memory_order_relaxed) == Phase::kNotStarted) {
    start();
    return;
  }
  Phase expected = Phase::kAsleep;
  if (!phase.compare_exchange_strong(expected, Phase::kAwake)) return;
  keep_time();
  keeper().alarm.release();
}

}  // namespace simple_torch::housekeeping
