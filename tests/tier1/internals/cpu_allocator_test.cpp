#include <c10/core/CPUAllocator.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <thread>
#include <vector>

#include "core/platform.h"
#include "memory/block_cache.h"
#include "simple_torch/simple_torch.h"

namespace simple_torch {

class BlockCacheTestPeer {
 public:
  // As another thread does that trims the cache.
  static void set_locked(BlockCache& cache, bool locked) { cache.locked_.store(locked); }
};

namespace {

TEST(CpuAllocator, IsTheOneThatLibtorchUses) {
  const auto count = [] {
    return simple_torch_memory_statistic(-1, SIMPLE_TORCH_MEMORY_ALLOCATIONS);
  };
  const int64_t before = count();
  c10::GetCPUAllocator()->allocate(100).clear();
  EXPECT_EQ(count() - before, 1);
}

TEST(CpuAllocator, AlignsEveryBlockTo64Bytes) {
  c10::Allocator* const allocator = c10::GetCPUAllocator();
  for (size_t bytes = 1; bytes < (size_t{5} << 20); bytes = bytes * 5 / 4 + 1) {
    const c10::DataPtr block = allocator->allocate(bytes);
    ASSERT_EQ(reinterpret_cast<uintptr_t>(block.get()) % 64, 0u) << bytes;
    std::memset(block.get(), 0xab, bytes);
  }
}

TEST(CpuAllocator, GivesNothingForZeroBytes) {
  const c10::DataPtr block = c10::GetCPUAllocator()->allocate(0);
  EXPECT_EQ(block.get(), nullptr);
}

TEST(CpuAllocator, ServesRawUsers) {
  c10::Allocator* const allocator = c10::GetCPUAllocator();
  for (const size_t bytes : {size_t{0}, size_t{1}, size_t{100}, size_t{3} << 20}) {
    void* const block = allocator->raw_allocate(bytes);
    ASSERT_EQ(block == nullptr, bytes == 0);
    if (bytes > 0) std::memset(block, 1, bytes);
    allocator->raw_deallocate(block);
  }
}

TEST(CpuAllocator, TakesBlocksBackOnAnotherThread) {
  c10::Allocator* const allocator = c10::GetCPUAllocator();
  for (const size_t bytes : {size_t{100}, size_t{100'000}, size_t{8} << 20}) {
    c10::DataPtr block = allocator->allocate(bytes);
    std::thread([moved = std::move(block)]() mutable { moved.clear(); }).join();
  }
}

TEST(BlockCache, IsEmptiedAlsoIfItsThreadEndsWhileAnotherTrimsIt) {
  BlockCache cache;
  auto* const block =
      static_cast<Block*>(platform::allocate_aligned(sizeof(Block) + size_of_class(3)));
  ASSERT_NE(block, nullptr);
  block->origin = 3;
  block->length = sizeof(Block) + size_of_class(3);
  cache.put(block);
  BlockCacheTestPeer::set_locked(cache, true);
  cache.finish();
  EXPECT_GT(cache.cached_bytes(), 0u);
  BlockCacheTestPeer::set_locked(cache, false);
  cache.retire();
  EXPECT_EQ(cache.cached_bytes(), 0u);
}

TEST(SizeClasses, HoldWhatIsAskedForAndWasteAtMostAFifth) {
  for (size_t bytes = 1; bytes <= kLargestSmall; bytes += bytes < 5000 ? 1 : 61) {
    const uint32_t size_class = size_class_of(bytes);
    ASSERT_LT(size_class, kSmallClasses);
    ASSERT_GE(size_of_class(size_class), bytes);
    if (size_class > 0) {
      ASSERT_LT(size_of_class(size_class - 1), bytes);
    }
    if (bytes > 1024) {
      ASSERT_LE(size_of_class(size_class) - bytes, size_of_class(size_class) / 5);
    }
  }
}

}  // namespace
}  // namespace simple_torch
