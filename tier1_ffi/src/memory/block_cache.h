// A thread's cache of small blocks, and its share of the memory statistics.
//
// Only the owner puts blocks in and takes them out, without atomic read-modify-writes. So
// that an idle thread's memory can be given back, another thread may lock the cache out
// of its owner's hands: the owner marks itself busy and then looks for the lock; the
// other locks, makes every thread pass a fence, and then looks whether the owner is busy.
// One of them always sees the other, and the owner pays for no fence of its own.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "core/per_thread.h"
#include "memory/block.h"

namespace simple_torch {

class BlockCache {
 public:
  // The most that a thread's cache keeps: what a collection of a runtime gives back at
  // once, so that the next temporaries find it.
  static constexpr size_t kLimit = size_t{32} << 20;

  static BlockCache& get() { return PerThread<BlockCache>::get(); }

  // A block of this class, or nullptr if none is cached.
  SIMPLE_TORCH_HOT Block* take(uint32_t size_class) {
    if (!enter()) [[unlikely]]
      return nullptr;
    Block* const block = heads_[size_class];
    if (block != nullptr) [[likely]] {
      heads_[size_class] = block->next;
      set(cached_bytes_, cached_bytes() - block->length);
      count(/*hit=*/true);
    }
    leave();
    return block;
  }

  // Keeps a small block if there is room.
  SIMPLE_TORCH_HOT bool put(Block* block) {
    if (cached_bytes() + block->length > kLimit || !enter()) [[unlikely]]
      return false;
    push(block);
    leave();
    return true;
  }

  // Keeps a small block in place of larger ones.
  void put_slowly(Block* block);

  // Statistics of this thread. `bytes` may be negative.
  void count(bool hit) {
    std::atomic<int64_t>& counter = hit ? hits_ : misses_;
    set(counter, counter.load(std::memory_order_relaxed) + 1);
  }
  // Adds to the bytes that the process holds, in steps: each thread keeps up to kLiveStep
  // to itself.
  static constexpr int64_t kLiveStep = 64 << 10;
  void count_live(int64_t bytes) {
    const int64_t pending = pending_live_.load(std::memory_order_relaxed) + bytes;
    set(pending_live_, pending);
    if (pending >= kLiveStep || pending <= -kLiveStep) [[unlikely]]
      publish_live();
  }

  int64_t pending_live() const { return pending_live_.load(std::memory_order_relaxed); }
  int64_t allocations() const { return hits() + misses_.load(std::memory_order_relaxed); }
  int64_t hits() const { return hits_.load(std::memory_order_relaxed); }
  size_t cached_bytes() const { return cached_bytes_.load(std::memory_order_relaxed); }

  // Gives back all that is cached. On the owner's thread.
  size_t trim();

  // Gives back the caches of all other threads that are not at work in theirs at this
  // moment; of those only that have allocated nothing since the last call of the kind, if
  // `idle_only`. Returns the bytes.
  static size_t trim_others(bool idle_only);

  // See PerThread.
  void finish();
  void retire();

 private:
  friend class BlockCacheTestPeer;

  template <typename T, typename V>
  static void set(std::atomic<T>& value, V to) {
    value.store(static_cast<T>(to), std::memory_order_relaxed);
  }

  // False if another thread has the cache.
  bool enter() {
    busy_.store(true, std::memory_order_relaxed);
    std::atomic_signal_fence(std::memory_order_seq_cst);
    if (!locked_.load(std::memory_order_acquire)) [[likely]]
      return true;
    leave();
    return false;
  }
  void leave() { busy_.store(false, std::memory_order_release); }

  void push(Block* block) {
    block->next = heads_[block->origin];
    heads_[block->origin] = block;
    set(cached_bytes_, cached_bytes() + block->length);
  }
  Block* detach_all();
  void evict_for(size_t length);
  [[gnu::cold]] void publish_live();

  std::atomic<bool> busy_{false};
  std::atomic<bool> locked_{false};
  std::atomic<size_t> cached_bytes_{0};
  std::array<Block*, kSmallClasses> heads_{};

  std::atomic<int64_t> pending_live_{0};
  std::atomic<int64_t> hits_{0};
  std::atomic<int64_t> misses_{0};
  int64_t allocations_at_last_look_ = -1;
};

// What threads that have ended had counted. Guarded by the registry's lock.
struct RetiredCounts {
  int64_t allocations = 0;
  int64_t hits = 0;
};
extern RetiredCounts retired_counts;

}  // namespace simple_torch
