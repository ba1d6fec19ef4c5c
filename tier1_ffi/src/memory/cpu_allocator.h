// libtorch's CPU allocator, replaced: it caches blocks, counts bytes, and when memory
// runs out lets the runtime collect before it gives up.
#pragma once

namespace simple_torch {

// Called once when the library is loaded. Blocks that libtorch allocated before keep
// their own way of being freed.
void install_cpu_allocator();

}  // namespace simple_torch
