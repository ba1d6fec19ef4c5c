// The garbage-collected runtime that owns handles in this process, and when it is asked
// to collect.
#pragma once

#include <cstdint>

namespace simple_torch {

// Called once when the library is loaded.
void set_up_runtime();

// Memory has grown past the threshold: the next exported call asks the runtime to
// collect.
void want_collection();

// Much was made since the last collection: the next exported call asks the runtime to
// release what of that is forgotten.
void want_young_collection();

// A large block is about to be taken: lets the runtime release now what of that is
// forgotten, if that is due and this thread is one on which it can. Then the block that
// was given back last is the one to be taken.
void collect_young_before(int64_t bytes);

// Collects if that is wanted and this thread is one on which the runtime can.
void collect_if_wanted() noexcept;

// An allocation of this size failed: collects now, on this thread or, waiting for at most
// a second, on the runtime's. Says whether anything may have been freed.
bool collect_now(int64_t bytes_wanted);

// The same for one who holds a lock of libtorch's: collects if that can be done on this
// thread at once, and else only asks for it. How much is wanted is not known.
bool collect_without_waiting();

bool runtime_attached();

int64_t collection_count();

}  // namespace simple_torch
