// How many bytes the process holds in CPU blocks, the most it held, and the threshold at
// which the runtime is asked to collect.
#pragma once

#include <atomic>
#include <cstdint>

namespace simple_torch::live_bytes {

// Threads keep a part to themselves (BlockCache::kLiveStep) and publish the rest here.
void add(int64_t bytes);

// With what the threads still keep to themselves.
int64_t now();
int64_t peak();
void reset_peak();

// The least number of live bytes that counts as pressure; 0 is never. Returns the former.
inline constexpr int64_t kDefaultPressure = int64_t{256} << 20;
int64_t set_pressure(int64_t bytes);

// How much more may live before what was made lately is looked at; 0 is any. Returns the
// former.
int64_t set_young(int64_t bytes);

// Whether so many live that the runtime is to collect everything.
bool pressure_is_due();

// After a collection: the next one is due when the live bytes have grown by half, or by
// the threshold if that is more.
void rearm_pressure();

// Whether so many will live that the runtime is to collect what was made lately.
bool young_is_due(int64_t more);

// After any collection: when the next one of what was made lately is due, beyond `more`
// bytes that are about to live.
void rearm_young(int64_t more = 0);

// The same, if memory has shrunk so much that the next collection is due earlier.
void rearm_pressure_downwards();

}  // namespace simple_torch::live_bytes
