#include "memory/block_cache.h"

#include <utility>

#include "core/platform.h"
#include "memory/housekeeping.h"
#include "memory/live_bytes.h"

namespace simple_torch {
namespace {

size_t give_back(Block* list) {
  size_t bytes = 0;
  while (list != nullptr) {
    Block* const block = std::exchange(list, list->next);
    bytes += block->length;
    platform::free_aligned(block);
  }
  return bytes;
}

}  // namespace

RetiredCounts retired_counts;

void BlockCache::put_slowly(Block* block) {
  if (!enter()) {
    platform::free_aligned(block);
    return;
  }
  evict_for(block->length);
  push(block);
  leave();
}

// Makes room: the largest blocks go first, for they are the cheapest to get again in
// proportion to what is done with them.
void BlockCache::evict_for(size_t length) {
  for (uint32_t each = kSmallClasses; each-- > 0;) {
    while (heads_[each] != nullptr) {
      if (cached_bytes() + length <= kLimit) return;
      Block* const block = std::exchange(heads_[each], heads_[each]->next);
      set(cached_bytes_, cached_bytes() - block->length);
      platform::free_aligned(block);
    }
  }
}

// All blocks as one list. The caller has the cache.
Block* BlockCache::detach_all() {
  Block* all = nullptr;
  for (Block*& head : heads_) {
    while (head != nullptr) {
      Block* const block = std::exchange(head, head->next);
      block->next = all;
      all = block;
    }
  }
  set(cached_bytes_, size_t{0});
  return all;
}

size_t BlockCache::trim() {
  if (!enter()) return 0;
  Block* const all = detach_all();
  leave();
  return give_back(all);
}

size_t BlockCache::trim_others(bool idle_only) {
  Block* all = nullptr;
  PerThread<BlockCache>::locked([&](const std::vector<BlockCache*>& caches) {
    const BlockCache* const mine = PerThread<BlockCache>::peek();
    bool any = false;
    for (BlockCache* each : caches) {
      const bool idle =
          each->allocations() ==
          std::exchange(each->allocations_at_last_look_, each->allocations());
      if (each == mine || each->cached_bytes() == 0 || (idle_only && !idle)) continue;
      each->locked_.store(true, std::memory_order_seq_cst);
      any = true;
    }
    if (!any) return;
    const bool fenced = platform::fence_all_threads();
    for (BlockCache* each : caches) {
      if (!each->locked_.load(std::memory_order_relaxed)) continue;
      if (fenced && !each->busy_.load(std::memory_order_acquire)) {
        Block* list = each->detach_all();
        while (list != nullptr) {
          Block* const block = std::exchange(list, list->next);
          block->next = all;
          all = block;
        }
      }
      each->locked_.store(false, std::memory_order_release);
    }
  });
  return give_back(all);
}

void BlockCache::publish_live() {
  const int64_t pending = pending_live_.load(std::memory_order_relaxed);
  set(pending_live_, 0);
  live_bytes::add(pending);
}

void BlockCache::finish() {
  trim();
  publish_live();
}

void BlockCache::retire() {
  // finish() finds no block if another thread has the cache just then; under the
  // registry's lock none has.
  give_back(detach_all());
  retired_counts.allocations += allocations();
  retired_counts.hits += hits();
}

}  // namespace simple_torch
