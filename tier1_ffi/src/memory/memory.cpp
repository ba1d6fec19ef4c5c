// Exports of memory.h that are about the allocator. Those about the runtime are in
// runtime.cpp.
#include "simple_torch/memory.h"

#include <algorithm>
#include <limits>
#include <string>

#include "core/guarded.h"
#include "device/device.h"
#include "memory/block_cache.h"
#include "memory/large_blocks.h"
#include "memory/live_bytes.h"
#include "memory/runtime.h"
#include "operators/as_tensor.h"

namespace simple_torch {
namespace {

void require_cpu(int64_t device) {
  if (!device_of(device, "device").is_cpu()) {
    fail(Code::kUnsupported, "device", "only the CPU's memory is counted");
  }
}

struct Totals {
  int64_t allocations = 0;
  int64_t hits = 0;
  int64_t cached = 0;
};

Totals totals() {
  // Before the registry's lock is taken, for this takes a lock too.
  const auto large = static_cast<int64_t>(large_blocks::cached_bytes());
  return PerThread<BlockCache>::locked([&](const std::vector<BlockCache*>& caches) {
    Totals sum{retired_counts.allocations, retired_counts.hits, large};
    for (const BlockCache* each : caches) {
      sum.allocations += each->allocations();
      sum.hits += each->hits();
      sum.cached += static_cast<int64_t>(each->cached_bytes());
    }
    return sum;
  });
}

// A setting of 0 or more bytes, or -1 for the default.
int64_t bytes_or_default(int64_t bytes, int64_t default_bytes) {
  if (bytes < -1) fail_argument("bytes", "is negative");
  return bytes == -1 ? default_bytes : bytes;
}

}  // namespace
}  // namespace simple_torch

using namespace simple_torch;

int64_t simple_torch_memory_statistic(int64_t device, int64_t statistic) {
  return guarded([&]() -> int64_t {
    require_cpu(device);
    switch (statistic) {
      case SIMPLE_TORCH_MEMORY_LIVE_BYTES:
        return live_bytes::now();
      case SIMPLE_TORCH_MEMORY_PEAK_BYTES:
        return live_bytes::peak();
      case SIMPLE_TORCH_MEMORY_CACHED_BYTES:
        return totals().cached;
      case SIMPLE_TORCH_MEMORY_ALLOCATIONS:
        return totals().allocations;
      case SIMPLE_TORCH_MEMORY_POOL_HITS:
        return totals().hits;
      case SIMPLE_TORCH_MEMORY_COLLECTIONS:
        return collection_count();
      default:
        fail_argument("statistic", "names no statistic: " + std::to_string(statistic));
    }
  });
}

int64_t simple_torch_memory_reset_peak(int64_t device) {
  return guarded([&] {
    require_cpu(device);
    live_bytes::reset_peak();
  });
}

int64_t simple_torch_memory_trim(void) {
  return guarded([] {
    forget_numbers();
    return BlockCache::get().trim() + BlockCache::trim_others(/*idle_only=*/false) +
           large_blocks::trim(0);
  });
}

int64_t simple_torch_memory_set_cache_limit(int64_t bytes) {
  return guarded([&] {
    const auto usual = static_cast<int64_t>(large_blocks::default_limit());
    return large_blocks::set_limit(static_cast<size_t>(bytes_or_default(bytes, usual)));
  });
}

int64_t simple_torch_memory_set_pressure(int64_t bytes) {
  return guarded([&] {
    return live_bytes::set_pressure(
        bytes_or_default(bytes, live_bytes::kDefaultPressure));
  });
}

int64_t simple_torch_memory_set_young(int64_t bytes) {
  return guarded([&] { return live_bytes::set_young(bytes_or_default(bytes, 0)); });
}
