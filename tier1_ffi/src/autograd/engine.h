// The engine of autograd that this library puts in the place of libtorch's own: it runs
// backwards by a quick walk where it can, and as libtorch does where it cannot.
#pragma once

namespace simple_torch {

// Once, when the library is loaded. Where another engine is in place, such as Python's,
// it stays.
void install_engine();

// Whether ours is in place.
bool has_own_engine();

}  // namespace simple_torch
