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
#include "memory/housekeeping.h"
#include "memory/large_blocks.h"
#include "memory/live_bytes.h"
#include "memory/runtime.h"

namespace simple_torch {
namespace {

// Blocks up to this size come from the threads' caches; 0 when the pool is switched off.
constinit size_t largest_cached = kLargestSmall;

// More is not asked for.
constexpr size_t kLargest = SIZE_MAX / 4;

// From the system, with room for `bytes`.
Block* fresh(uint32_t origin, size_t bytes) {
  if (bytes > kLargest) return nullptr;
  const size_t length = sizeof(Block) + bytes;
  auto* const block = static_cast<Block*>(platform::allocate_aligned(length));
  if (block != nullptr) {
    block->origin = origin;
    block->length = length;
  }
  return block;
}

// What no thread's cache has. Small blocks get the full size of their class.
large_blocks::Taken take_elsewhere(size_t bytes) {
  if (bytes <= largest_cached) {
    const uint32_t size_class = size_class_of(bytes);
    return {fresh(size_class, size_of_class(size_class)), false};
  }
  if (largest_cached == 0) return {fresh(Block::kPlain, bytes), false};
  return large_blocks::take(bytes);
}

[[noreturn]] void fail_out_of_memory(size_t bytes) {
  TORCH_CHECK_WITH(OutOfMemoryError, false, "cannot allocate ", bytes,
                   " bytes on the CPU, where ", live_bytes::now(), " bytes are in use");
  std::abort();  // Not reached.
}

// Nothing is to be had: give back what the caches hold, then let the runtime collect.
large_blocks::Taken take_after_making_room(size_t bytes) {
  BlockCache::get().trim();
  BlockCache::trim_others(/*idle_only=*/false);
  large_blocks::trim(0);
  HandleTable::get().drain();
  const large_blocks::Taken taken = take_elsewhere(bytes);
  if (taken.block != nullptr) return taken;
  if (collect_now(static_cast<int64_t>(bytes))) {
    BlockCache::get().trim();
    large_blocks::trim(0);
    const large_blocks::Taken collected = take_elsewhere(bytes);
    if (collected.block != nullptr) return collected;
  }
  fail_out_of_memory(bytes);
}

[[gnu::noinline]] Block* take_slowly(BlockCache& cache, size_t bytes) {
  if (bytes > kLargestSmall && bytes <= kLargest) {
    collect_young_before(static_cast<int64_t>(bytes));
  }
  large_blocks::Taken taken = take_elsewhere(bytes);
  if (taken.block == nullptr) taken = take_after_making_room(bytes);
  cache.count(taken.hit);
  return taken.block;
}

// Whether a memory profiler was ever on: until then, frees need not ask.
constinit std::atomic<bool> profiled{false};

[[gnu::cold]] void report_to_profiler(Block* block, int64_t change) {
  profiled.store(true, std::memory_order_relaxed);
  c10::reportMemoryUsageToProfiler(block->data(), change,
                                   static_cast<size_t>(live_bytes::now()), 0,
                                   c10::Device(c10::DeviceType::CPU));
}

[[gnu::noinline]] void release_slowly(Block* block) {
  const auto bytes = static_cast<int64_t>(block->bytes);
  if (profiled.load(std::memory_order_relaxed) && c10::memoryProfilingEnabled()) {
    report_to_profiler(block, -bytes);
  }
  BlockCache& cache = BlockCache::get();
  if (block->origin < kSmallClasses) {
    cache.put_slowly(block);
    housekeeping::wake();
  } else if (block->origin == Block::kLarge) {
    large_blocks::put(block);
  } else {
    platform::free_aligned(block);
  }
  cache.count_live(-bytes);
}

void release(void* data) {
  if (data == nullptr) return;
  Block* const block = Block::of(data);
  BlockCache& cache = BlockCache::get();
  const auto bytes = static_cast<int64_t>(block->bytes);
  if (block->origin >= kSmallClasses || profiled.load(std::memory_order_relaxed) ||
      !cache.put(block)) [[unlikely]] {
    release_slowly(block);
    return;
  }
  cache.count_live(-bytes);
  // There is something to look after.
  housekeeping::wake();
}

class CpuAllocator final : public compat::Allocator<CpuAllocator> {
 public:
  c10::DeleterFnPtr raw_deleter() const override { return &release; }

  c10::DataPtr obtain(size_t bytes) const {
    const c10::Device cpu(c10::DeviceType::CPU);
    if (bytes == 0) [[unlikely]]
      return {nullptr, nullptr, &release, cpu};
    BlockCache& cache = BlockCache::get();
    Block* block = bytes <= largest_cached ? cache.take(size_class_of(bytes)) : nullptr;
    if (block == nullptr) [[unlikely]]
      block = take_slowly(cache, bytes);
    block->bytes = bytes;
    cache.count_live(static_cast<int64_t>(bytes));
    if (c10::memoryProfilingEnabled()) [[unlikely]]
      report_to_profiler(block, static_cast<int64_t>(bytes));
    return {block->data(), block->data(), &release, cpu};
  }
};

}  // namespace

void install_cpu_allocator() {
  const char* const pool = std::getenv("SIMPLE_TORCH_POOL");
  if (pool != nullptr && std::strcmp(pool, "0") == 0) largest_cached = 0;
  large_blocks::set_up();
  static CpuAllocator& immortal = *new CpuAllocator;
  // Higher than anything that libtorch itself registers.
  constexpr uint8_t kPriority = 100;
  c10::SetCPUAllocator(&immortal, kPriority);
}

}  // namespace simple_torch
