// A thread's spare slots of the handle table and its share of the handle counts. Only its
// thread writes it; the counts are read by others.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

namespace simple_torch {

inline constexpr size_t kKindLimit = 128;

struct SlotMagazine {
  static constexpr uint32_t kCapacity = 64;

  uint32_t size = 0;
  std::array<uint32_t, kCapacity> indices;

  // Handles made minus handles freed by this thread, for each kind. A sum over all
  // threads is the number of live handles.
  std::array<std::atomic<int64_t>, kKindLimit> balance{};

  void count(size_t kind, int64_t change) {
    std::atomic<int64_t>& mine = balance[kind];
    mine.store(mine.load(std::memory_order_relaxed) + change, std::memory_order_relaxed);
  }
};

}  // namespace simple_torch
