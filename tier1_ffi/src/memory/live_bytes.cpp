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

void raise_peak(int64_t live) {
  int64_t before = most.load(std::memory_order_relaxed);
  while (live > before &&
         !most.compare_exchange_weak(before, live, std::memory_order_relaxed)) {
  }
}

int64_t next_due() {
  const int64_t least = threshold.load(std::memory_order_relaxed);
  if (least == 0) return std::numeric_limits<int64_t>::max();
  const int64_t live = published.load(std::memory_order_relaxed);
  return live < least / 2 ? least : live + std::max(least, live / 2);
}

}  // namespace

void add(int64_t bytes) {
  const int64_t live = published.fetch_add(bytes, std::memory_order_relaxed) + bytes;
  if (bytes <= 0) return;
  raise_peak(live);
  if (live >= due.load(std::memory_order_relaxed)) [[unlikely]]
    want_collection();
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

void rearm_pressure() { due.store(next_due(), std::memory_order_relaxed); }

void rearm_pressure_downwards() {
  int64_t before = due.load(std::memory_order_relaxed);
  const int64_t next = next_due();
  if (next < before) due.compare_exchange_strong(before, next, std::memory_order_relaxed);
}

}  // namespace simple_torch::live_bytes
