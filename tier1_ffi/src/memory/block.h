// The unit of the CPU allocator: a 64-byte header, then the data, so that a pointer to
// the data is all that is needed to free it.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace simple_torch {

// Sizes of small blocks: every 64 bytes up to 1 KiB, then four steps for each doubling,
// up to 1 MiB. A block wastes at most a fifth of its size.
inline constexpr size_t kLargestSmall = size_t{1} << 20;
inline constexpr uint32_t kSmallClasses = 56;

// `bytes` is 1 to kLargestSmall.
constexpr uint32_t size_class_of(size_t bytes) {
  if (bytes <= 1024) [[likely]]
    return static_cast<uint32_t>((bytes - 1) / 64);
  const auto width = static_cast<uint32_t>(std::bit_width(bytes - 1));
  return 16 + (width - 11) * 4 + static_cast<uint32_t>((bytes - 1) >> (width - 3)) - 4;
}

constexpr size_t size_of_class(uint32_t size_class) {
  if (size_class < 16) return (size_t{size_class} + 1) * 64;
  const uint32_t doubling = (size_class - 16) / 4;
  const size_t step = (size_class - 16) % 4;
  return (step + 5) << (doubling + 8);
}

static_assert(size_class_of(kLargestSmall) == kSmallClasses - 1);
static_assert(size_of_class(size_class_of(1025)) == 1280);
static_assert(size_of_class(kSmallClasses - 1) == kLargestSmall);

struct alignas(64) Block {
  // Where the block comes from and goes back to: a small class, or one of these.
  static constexpr uint32_t kLarge = kSmallClasses;
  static constexpr uint32_t kPlain = kSmallClasses + 1;

  uint32_t origin;
  // Bytes that were asked for.
  size_t bytes;
  // Bytes of the whole block, header included.
  size_t length;
  // Link in a cache's list.
  Block* next;

  void* data() { return this + 1; }
  static Block* of(void* data) { return static_cast<Block*>(data) - 1; }
};
static_assert(sizeof(Block) == 64);

}  // namespace simple_torch
