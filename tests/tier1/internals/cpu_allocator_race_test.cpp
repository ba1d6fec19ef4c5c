// The allocator under threads that hand blocks to each other while others trim. It is
// called directly: what goes through libtorch's own code ThreadSanitizer does not see.
#include <c10/core/CPUAllocator.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <thread>
#include <vector>

#include "memory/block_cache.h"
#include "memory/large_blocks.h"
#include "simple_torch/simple_torch.h"

namespace simple_torch {
namespace {

constexpr int kWorkers = 4;
constexpr std::array<size_t, 6> kSizes = {1, 64, 1000, 70'000, 1 << 20, 3 << 20};

struct Piece {
  c10::DataPtr memory;
  size_t bytes = 0;
  unsigned char mark = 0;
};

// Where threads leave blocks for each other.
struct Exchange {
  std::mutex mutex;
  std::vector<Piece> pieces;
};

bool holds_its_mark(const Piece& piece) {
  const auto* const bytes = static_cast<const unsigned char*>(piece.memory.get());
  return bytes[0] == piece.mark && bytes[piece.bytes - 1] == piece.mark;
}

void work(int worker, int rounds, Exchange& exchange, std::atomic<int>& wrong) {
  c10::Allocator* const allocator = c10::GetCPUAllocator();
  uint32_t random = 2463534242u + static_cast<uint32_t>(worker);
  for (int round = 0; round < rounds; ++round) {
    random ^= random << 13;
    random ^= random >> 17;
    random ^= random << 5;
    Piece piece;
    piece.bytes = kSizes[random % kSizes.size()];
    piece.memory = allocator->allocate(piece.bytes);
    piece.mark = static_cast<unsigned char>(random >> 8);
    auto* const bytes = static_cast<unsigned char*>(piece.memory.get());
    bytes[0] = bytes[piece.bytes - 1] = piece.mark;
    Piece taken;
    {
      const std::lock_guard lock(exchange.mutex);
      exchange.pieces.push_back(std::move(piece));
      std::swap(exchange.pieces[random % exchange.pieces.size()], exchange.pieces.back());
      if (exchange.pieces.size() > 32) {
        taken = std::move(exchange.pieces.back());
        exchange.pieces.pop_back();
      }
    }
    if (taken.bytes > 0 && !holds_its_mark(taken)) ++wrong;
  }
}

TEST(CpuAllocatorRace, NeverGivesABlockToTwo) {
  Exchange exchange;
  std::atomic<int> wrong{0};
  std::atomic<bool> over{false};
  std::vector<std::thread> workers;
  for (int worker = 0; worker < kWorkers; ++worker) {
    workers.emplace_back([&, worker] { work(worker, 20'000, exchange, wrong); });
  }
  std::thread trimmer([&] {
    while (!over.load()) {
      BlockCache::trim_others(/*idle_only=*/false);
      large_blocks::trim(0);
      std::this_thread::yield();
    }
  });
  for (auto& each : workers) each.join();
  over = true;
  trimmer.join();
  for (const Piece& each : exchange.pieces) {
    if (!holds_its_mark(each)) ++wrong;
  }
  exchange.pieces.clear();
  EXPECT_EQ(wrong.load(), 0);
  EXPECT_EQ(simple_torch_memory_statistic(-1, SIMPLE_TORCH_MEMORY_LIVE_BYTES), 0);
}

TEST(CpuAllocatorRace, CountsEveryAllocationOfThreadsThatComeAndGo) {
  const auto count = [] {
    return simple_torch_memory_statistic(-1, SIMPLE_TORCH_MEMORY_ALLOCATIONS);
  };
  const int64_t before = count();
  for (int generation = 0; generation < 20; ++generation) {
    std::vector<std::thread> threads;
    for (int i = 0; i < kWorkers; ++i) {
      threads.emplace_back([] {
        for (int j = 0; j < 100; ++j) c10::GetCPUAllocator()->allocate(200).clear();
      });
    }
    for (auto& each : threads) each.join();
  }
  EXPECT_EQ(count() - before, 20 * kWorkers * 100);
}

}  // namespace
}  // namespace simple_torch
