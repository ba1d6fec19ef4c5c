// Room on a CUDA device. libtorch's allocator asks for it each time it has no block that
// fits, before it asks the driver for more, and does not say how much it needs.
#pragma once

#include <chrono>

#include "cuda/provider.h"

namespace simple_torch {

// When the runtime collects for a device. The less of it is free, the larger the share of
// the time that collections may take: none of it is free, any share; as much is free as
// is in use, a fiftieth.
class CollectionPace {
 public:
  using Time = std::chrono::microseconds;

  bool due(CudaMemory memory, Time now) const;
  void collected(Time began, Time ended);

 private:
  Time took_{0};
  Time ended_{0};
  bool ever_ = false;
};

// For the library for CUDA. Only one thread at a time makes room, and the others go on
// without: freeing another device's tensors takes that device's lock, and two threads
// that did so with each other's would wait for ever.
extern const CudaHost kCudaHost;

// An allocation failed. If the runtime was last not asked to collect, because it was not
// yet time, it is at the next call: who tries again finds what that frees.
void want_postponed_collection();

}  // namespace simple_torch
