#include "memory/large_blocks.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <utility>

#include "core/fork.h"
#include "core/platform.h"
#include "memory/housekeeping.h"

namespace simple_torch::large_blocks {
namespace {

// Lengths are rounded up to this, so that blocks of nearly the same size can serve for
// each other. The part above whole 2 MiB lies in ordinary pages.
constexpr size_t kStep = size_t{64} << 10;

struct Spare {
  Block* block;
  size_t length;
  uint32_t since_ms;
};

// Spare blocks, ordered by length; of equal ones the latest comes first. A plain array,
// so that freeing memory never needs memory.
class Cache {
 public:
  Block* take(size_t length) {
    const std::lock_guard lock(mutex_);
    Spare* const found =
        std::lower_bound(begin(), end(), length,
                         [](const Spare& each, size_t l) { return each.length < l; });
    if (found == end() || found->length > length + length / 4) return nullptr;
    Block* const block = found->block;
    erase(found);
    return block;
  }

  // Keeps the block and drops others, or this one, until the bound holds.
  void put(Block* block, Block*& dropped) {
    const std::lock_guard lock(mutex_);
    if (block->length > limit_) {
      drop(block, dropped);
      return;
    }
    while (count_ == spares_.size() || bytes_ + block->length > limit_) {
      drop_spare(oldest(), dropped);
    }
    Spare* const place =
        std::lower_bound(begin(), end(), block->length,
                         [](const Spare& each, size_t l) { return each.length < l; });
    std::move_backward(place, end(), end() + 1);
    *place = {block, block->length, platform::coarse_milliseconds()};
    ++count_;
    bytes_ += block->length;
  }

  void trim(uint32_t older_than_ms, Block*& dropped) {
    const uint32_t now = platform::coarse_milliseconds();
    const std::lock_guard lock(mutex_);
    for (size_t i = count_; i-- > 0;) {
      if (now - spares_[i].since_ms >= older_than_ms) drop_spare(begin() + i, dropped);
    }
  }

  size_t set_limit(size_t bytes, Block*& dropped) {
    const std::lock_guard lock(mutex_);
    const size_t before = limit_;
    limit_ = bytes;
    while (bytes_ > limit_) drop_spare(oldest(), dropped);
    return before;
  }

  size_t bytes() {
    const std::lock_guard lock(mutex_);
    return bytes_;
  }

  std::mutex& mutex() { return mutex_; }

 private:
  Spare* begin() { return spares_.data(); }
  Spare* end() { return spares_.data() + count_; }

  Spare* oldest() {
    const uint32_t now = platform::coarse_milliseconds();
    return std::max_element(begin(), end(), [now](const Spare& left, const Spare& right) {
      return now - left.since_ms < now - right.since_ms;
    });
  }

  void erase(Spare* spare) {
    bytes_ -= spare->length;
    std::move(spare + 1, end(), spare);
    --count_;
  }

  void drop_spare(Spare* spare, Block*& dropped) {
    Block* const block = spare->block;
    erase(spare);
    drop(block, dropped);
  }

  static void drop(Block* block, Block*& dropped) {
    block->next = dropped;
    dropped = block;
  }

  std::mutex mutex_;
  std::array<Spare, 1024> spares_{};
  size_t count_ = 0;
  size_t bytes_ = 0;
  size_t limit_ = 0;
};

constinit Cache cache;

// Outside the lock: returning pages takes the kernel long.
size_t unmap(Block* list) {
  size_t bytes = 0;
  while (list != nullptr) {
    Block* const block = std::exchange(list, list->next);
    bytes += block->length;
    platform::unmap_pages(block, block->length);
  }
  return bytes;
}

}  // namespace

Taken take(size_t bytes) {
  if (bytes > SIZE_MAX / 2) return {nullptr, false};
  const size_t length = (bytes + sizeof(Block) + kStep - 1) / kStep * kStep;
  if (Block* const spare = cache.take(length)) return {spare, true};
  auto* const block = static_cast<Block*>(platform::map_pages(length));
  if (block != nullptr) {
    block->origin = Block::kLarge;
    block->length = length;
  }
  return {block, false};
}

void put(Block* block) {
  Block* dropped = nullptr;
  cache.put(block, dropped);
  unmap(dropped);
  housekeeping::wake();
}

size_t default_limit() {
  static const size_t limit = platform::physical_memory() / 8;
  return limit;
}

size_t set_limit(size_t bytes) {
  Block* dropped = nullptr;
  const size_t before = cache.set_limit(bytes, dropped);
  unmap(dropped);
  return before;
}

size_t cached_bytes() { return cache.bytes(); }

size_t trim(uint32_t older_than_ms) {
  Block* dropped = nullptr;
  cache.trim(older_than_ms, dropped);
  return unmap(dropped);
}

void set_up() {
  hold_during_fork(cache.mutex());
  set_limit(default_limit());
}

}  // namespace simple_torch::large_blocks
