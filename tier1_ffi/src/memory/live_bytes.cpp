#include "memory/live_bytes.h"

#include <algorithm>
#include <limits>

#include "memory/block_cache.h"
#include "memory/runtime.h"

namespace simple_torch::live_bytes {
namespace {

std::atomic<int64_t> published{0};
std::atomic<int64_t> most{0};
std::atomic<int64_t> threshold{kDefaultPressure};
// Live bytes at which a collection is due.
std::atomic<int64_t> due{kDefaultPressure};
// The same for a collection of what was made lately.
constexpr int64_t kNever = std::numeric_limits<int64_t>::max();
std::atomic<int64_t> young_step{0};
std::atomic<int64_t> young_due{kNever};

void raise_peak(int64_t live) {
  int64_t before = most.load(std::memory_order_relaxed);
  while (live > before &&
         !most.compare_exchange_weak(before, live, std::memory_order_relaxed)) {
  }
}

int64_t next_due() {
  const int64_t least = threshold.load(std::memory_order_relaxed);
  if (least == 0) return kNever;
  const int64_t live = published.load(std::memory_order_relaxed);
  return live < least / 2 ? least : live + std::max(least, live / 2);
}

int64_t next_young_due(int64_t live) {
  const int64_t step = young_step.load(std::memory_order_relaxed);
  return step == 0 ? kNever : live + step;
}

// Much was freed in another way.
void rearm_young_downwards(int64_t live) {
  const int64_t next = next_young_due(live);
  if (next < young_due.load(std::memory_order_relaxed)) {
    young_due.store(next, std::memory_order_relaxed);
  }
}

}  // namespace

void add(int64_t bytes) {
  const int64_t live = published.fetch_add(bytes, std::memory_order_relaxed) + bytes;
  if (bytes <= 0) {
    rearm_young_downwards(live);
    return;
  }
  raise_peak(live);
  // The second may be unnecessary after the first.
  if (live >= young_due.load(std::memory_order_relaxed)) [[unlikely]] {
    want_young_collection();
  } else if (live >= due.load(std::memory_order_relaxed)) [[unlikely]] {
    want_collection();
  }
}

int64_t now() {
  return PerThread<BlockCache>::locked([](const std::vector<BlockCache*>& caches) {
    int64_t sum = published.load(std::memory_order_relaxed);
    for (const BlockCache* each : caches) sum += each->pending_live();
    return sum;
  });
}

int64_t peak() {
  raise_peak(now());
  return most.load(std::memory_order_relaxed);
}

void reset_peak() { most.store(now(), std::memory_order_relaxed); }

int64_t set_pressure(int64_t bytes) {
  const int64_t before = threshold.exchange(bytes, std::memory_order_relaxed);
  rearm_pressure();
  return before;
}

int64_t set_young(int64_t bytes) {
  const int64_t before = young_step.exchange(bytes, std::memory_order_relaxed);
  rearm_young();
  return before;
}

bool pressure_is_due() {
  return published.load(std::memory_order_relaxed) >= due.load(std::memory_order_relaxed);
}

bool young_is_due(int64_t more) {
  const int64_t at = young_due.load(std::memory_order_relaxed);
  return at != kNever && published.load(std::memory_order_relaxed) + more >= at;
}

void rearm_young(int64_t more) {
  young_due.store(next_young_due(published.load(std::memory_order_relaxed) + more),
                  std::memory_order_relaxed);
}

void rearm_pressure() { due.store(next_due(), std::memory_order_relaxed); }

void rearm_pressure_downwards() {
  int64_t before = due.load(std::memory_order_relaxed);
  const int64_t next = next_due();
  if (next < before) due.compare_exchange_strong(before, next, std::memory_order_relaxed);
}

}  // namespace simple_torch::live_bytes
