/**
 * Scopes free what was made inside them. They nest, and belong to the thread that began
 * them; a thread's end closes its scopes.
 */
#ifndef SIMPLE_TORCH_SCOPE_H_
#define SIMPLE_TORCH_SCOPE_H_

#include "simple_torch/abi.h"

/**
 * Begins a scope on this thread. From now on every handle made on this thread belongs to
 * it, until it ends or another scope begins inside it.
 *
 * @return A scope, to be given to simple_torch_scope_end(); 0 with OUT_OF_MEMORY.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_scope_begin(void);

/**
 * Ends a scope, and first any scope still open inside it. Handles that belong to it and
 * are still alive are freed. A scope whose handle is freed in another way stays open
 * until the scope around it or its thread ends.
 *
 * @param scope  Taken from the caller. Begun on this thread.
 * @return       How many handles were freed; BAD_HANDLE, STALE_HANDLE, WRONG_KIND, or
 *               BAD_ARGUMENT for a scope of another thread.
 */
SIMPLE_TORCH_API int64_t simple_torch_scope_end(simple_torch_handle scope);

/**
 * Lets a handle outlive a scope: it then belongs to the scope around that one or, where
 * there is none, to the caller alone. A handle that belongs to no scope inside `scope`
 * stays where it is.
 *
 * @param scope   Borrowed; open on this thread.
 * @param handle  Borrowed; of any kind.
 * @return        0; BAD_HANDLE, STALE_HANDLE, WRONG_KIND or BAD_ARGUMENT.
 */
SIMPLE_TORCH_API int64_t simple_torch_scope_keep(simple_torch_handle scope,
                                                 simple_torch_handle handle);

#endif
