// A fork copies only the calling thread. Locks that another thread holds at that moment
// would stay held in the child for ever, so every mutex of the library is taken before a
// fork and released after it on both sides.
#pragma once

#include <mutex>

namespace simple_torch {

// `mutex` is never destroyed. No thread holds two of these at once.
void hold_during_fork(std::mutex& mutex);

// `function` runs in the child, before anything else of the library does.
void after_fork_in_child(void (*function)());

}  // namespace simple_torch
