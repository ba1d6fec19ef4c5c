// Blocks above 1 MiB: mapped in huge pages, and kept for a while after use in a cache
// that all threads share. Without it each large temporary costs a page fault for every 4
// KiB.
#pragma once

#include <cstddef>
#include <cstdint>

#include "memory/block.h"

namespace simple_torch::large_blocks {

// A block with room for `bytes` of data: a cached one that is at most a quarter too
// large, or a new one. nullptr if there is no memory.
struct Taken {
  Block* block;
  bool hit;
};
Taken take(size_t bytes);

void put(Block* block);

// The most that the cache keeps; the oldest blocks go first. Returns the former bound.
size_t default_limit();
size_t set_limit(size_t bytes);
size_t cached_bytes();

// Gives back what has lain here for at least this long; returns the bytes.
size_t trim(uint32_t older_than_ms);

// Called once when the library is loaded.
void set_up();

}  // namespace simple_torch::large_blocks
