#include "memory/cpu_allocator.h"

#include <c10/core/CPUAllocator.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <string>

#include "core/compat.h"
#include "core/platform.h"
#include "handles/handle_table.h"
#include "memory/block_cache.h"
#include "memory/large_blocks.h"
#include "memory/live_bytes.h"
#include "memory/runtime.h"

namespace simple_torch {
namespace {

constinit bool pool_enabled = true;

struct Taken {
  Block* block;
  bool hit;
};

// From the system, with room for `bytes`; small blocks get the full size of their class.
Block* fresh(uint32_t origin, size_t bytes) {
  if (bytes > SIZE_MAX / 2) return nullptr;
  const size_t length = sizeof(Block) + bytes;
  auto* const block = static_cast<Block*>(platform::allocate_aligned(length));
  if (block != nullptr) {
    block->origin = origin;
    block->length = length;
  }
  return block;
}

SIMPLE_TORCH_HOT Taken take(BlockCache& cache, size_t bytes) {
  if (!pool_enabled) [[unlikely]]
    return {fresh(Block::kPlain, bytes), false};
  if (bytes > kLargestSmall) {
    const large_blocks::Taken taken = large_blocks::take(bytes);
    return {taken.block, taken.hit};
  }
  const uint32_t size_class = size_class_of(bytes);
  if (Block* const cached = cache.take(size_class)) return {cached, true};
  return {fresh(size_class, size_of_class(size_class)), false};
}

[[noreturn]] void fail_out_of_memory(size_t bytes) {
  TORCH_CHECK_WITH(OutOfMemoryError, false, "cannot allocate ", bytes,
                   " bytes on the CPU, where ", live_bytes::now(), " bytes are in use");
  std::abort();  // Not reached.
}

// The first attempt failed: give back what the caches hold, then let the runtime collect.
Taken take_after_making_room(size_t bytes) {
  BlockCache::get().trim();
  BlockCache::trim_others(/*idle_only=*/false);
  large_blocks::trim(0);
  HandleTable::get().drain();
  if (const Taken taken = take(BlockCache::get(), bytes); taken.block != nullptr)
    return taken;
  if (collect_now(static_cast<int64_t>(bytes))) {
    BlockCache::get().trim();
    large_blocks::trim(0);
    if (const Taken taken = take(BlockCache::get(), bytes); taken.block != nullptr) {
      return taken;
    }
  }
  fail_out_of_memory(bytes);
}

// Whether a memory profiler was ever on: until then, frees need not ask.
constinit std::atomic<bool> profiled{false};

void report_to_profiler(void* data, int64_t change) {
  if (!c10::memoryProfilingEnabled()) [[likely]]
    return;
  profiled.store(true, std::memory_order_relaxed);
  c10::reportMemoryUsageToProfiler(data, change, static_cast<size_t>(live_bytes::now()),
                                   0, c10::Device(c10::DeviceType::CPU));
}

void release(void* data) {
  if (data == nullptr) return;
  Block* const block = Block::of(data);
  const auto bytes = static_cast<int64_t>(block->bytes);
  if (profiled.load(std::memory_order_relaxed)) [[unlikely]]
    report_to_profiler(data, -bytes);
  BlockCache& cache = BlockCache::get();
  cache.count_live(-bytes);
  if (block->origin < kSmallClasses) [[likely]] {
    cache.put(block);
  } else if (block->origin == Block::kLarge) {
    large_blocks::put(block);
  } else {
    platform::free_aligned(block);
  }
}

class CpuAllocator final : public compat::Allocator<CpuAllocator> {
 public:
  c10::DeleterFnPtr raw_deleter() const override { return &release; }

  c10::DataPtr obtain(size_t bytes) const {
    const c10::Device cpu(c10::DeviceType::CPU);
    if (bytes == 0) return {nullptr, nullptr, &release, cpu};
    BlockCache& cache = BlockCache::get();
    Taken taken = take(cache, bytes);
    if (taken.block == nullptr) [[unlikely]]
      taken = take_after_making_room(bytes);
    taken.block->bytes = bytes;
    cache.count(taken.hit);
    cache.count_live(static_cast<int64_t>(bytes));
    void* const data = taken.block->data();
    report_to_profiler(data, static_cast<int64_t>(bytes));
    return {data, data, &release, cpu};
  }
};

}  // namespace

void install_cpu_allocator() {
  const char* const pool = std::getenv("SIMPLE_TORCH_POOL");
  pool_enabled = pool == nullptr || std::strcmp(pool, "0") != 0;
  large_blocks::set_up();
  static CpuAllocator& immortal = *new CpuAllocator;
  // Higher than anything that libtorch itself registers.
  constexpr uint8_t kPriority = 100;
  c10::SetCPUAllocator(&immortal, kPriority);
}

}  // namespace simple_torch
