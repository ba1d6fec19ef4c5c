/** Handles of every kind: freeing them, and seeing which are alive. */
#ifndef SIMPLE_TORCH_HANDLE_H_
#define SIMPLE_TORCH_HANDLE_H_

#include "simple_torch/abi.h"

/**
 * Frees a handle of any kind.
 *
 * @param handle  Taken from the caller; 0 does nothing.
 * @return        0; BAD_HANDLE or STALE_HANDLE.
 */
SIMPLE_TORCH_API int64_t simple_torch_release(simple_torch_handle handle);

/**
 * Frees many handles of any kinds, from any thread, a finalizer's included. The handles
 * are invalid at once; their objects are destroyed soon after, by the next call into the
 * library on any thread or by the library's own housekeeping. The function never enters
 * libtorch and waits for nothing.
 *
 * @param handles  `count` handles, taken from the caller. Zeros and handles that are not
 *                 alive are passed over.
 * @param count    How many.
 * @return         How many were alive and are now freed; BAD_ARGUMENT.
 */
SIMPLE_TORCH_API int64_t simple_torch_release_many(const simple_torch_handle* handles,
                                                   int64_t count);

/**
 * What a handle names.
 *
 * @param handle  Borrowed.
 * @return        A SIMPLE_TORCH_KIND_ number; BAD_HANDLE or STALE_HANDLE.
 */
SIMPLE_TORCH_API int64_t simple_torch_handle_kind(simple_torch_handle handle);

/**
 * How many handles are alive.
 *
 * @param kind  A SIMPLE_TORCH_KIND_ number, or 0 for all kinds together.
 * @return      The count; BAD_ARGUMENT for a kind that does not exist.
 */
SIMPLE_TORCH_API int64_t simple_torch_handle_live_count(int64_t kind);

/**
 * The bytes of storage that the live tensor handles refer to. A storage that several
 * tensors share is counted once; a meta tensor has none.
 *
 * @return The bytes.
 */
SIMPLE_TORCH_API int64_t simple_torch_handle_live_bytes(void);

/** One live handle, as simple_torch_handle_visit() shows it. */
typedef struct simple_torch_handle_record {
  simple_torch_handle handle;
  /** A SIMPLE_TORCH_KIND_ number. */
  int64_t kind;
  /** Milliseconds since the handle was made, good to half a second. */
  int64_t age_ms;
  /** The function that made it; static. */
  const char* operation;
  /** For tensors: dtype number or -1, bytes of storage, the shape. Else -1, 0, NULL, 0.
   */
  int64_t dtype;
  int64_t bytes;
  const int64_t* shape;
  int64_t ndim;
} simple_torch_handle_record;

/**
 * Shows every live handle to a callback, in the order of their slots. Handles that are
 * made or freed meanwhile may or may not be shown. The callback may call the library, and
 * may free the handle it is shown.
 *
 * @param visit    Gets a record that is valid during the call. A result other than 0 ends
 *                 the visit with CALLBACK.
 * @param context  Passed through; may be NULL.
 * @return         How many handles were shown; BAD_ARGUMENT or CALLBACK.
 */
SIMPLE_TORCH_API int64_t simple_torch_handle_visit(
    int64_t (*visit)(void* context, const simple_torch_handle_record* record),
    void* context);

/**
 * A table of the live handles for people: kind, dtype, shape, bytes, age and the function
 * that made each, oldest first. This is where to look for a leak.
 *
 * @param buffer    Receives the text; may be NULL if `capacity` is 0.
 * @param capacity  Bytes in `buffer`.
 * @return          The length of the text; OUT_OF_MEMORY.
 */
SIMPLE_TORCH_API int64_t simple_torch_handle_dump(char* buffer, int64_t capacity);

#endif
