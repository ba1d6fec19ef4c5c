/**
 * Threads that prepare a program's next data while it computes with the last: batches
 * that are gathered, images that are read. Results come in the order in which they were
 * asked for, whichever thread had them first.
 *
 * Work runs in the modes (gradients, inference) of the thread that asked for it, and each
 * piece of it on one thread. What it fails with comes when its result is taken.
 */
#ifndef SIMPLE_TORCH_WORKERS_H_
#define SIMPLE_TORCH_WORKERS_H_

#include "simple_torch/abi.h"

/**
 * Starts threads that wait for work.
 *
 * @param threads  How many, from 1 to 256.
 * @return         The workers, owned by the caller; 0 with BAD_ARGUMENT, or
 *                 OUT_OF_MEMORY if the system gives no more threads.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_workers_start(int64_t threads);

/**
 * Asks for rows of each of the tensors, in its first dim: what
 * simple_torch_op_index_select() gives. The tensors are not to be written to before the
 * result is taken.
 *
 * @param workers  Borrowed.
 * @param tensors  Borrowed.
 * @param count    How many.
 * @param rows     Borrowed: an int64 tensor of one dim.
 * @return         0, or why the work cannot be begun.
 */
SIMPLE_TORCH_API int64_t simple_torch_workers_add_rows(simple_torch_handle workers,
                                                       const simple_torch_handle* tensors,
                                                       int64_t count,
                                                       simple_torch_handle rows);

/**
 * Asks for images, as simple_torch_image_load() reads them in 8 bits.
 *
 * @param workers   Borrowed.
 * @param paths     Borrowed: a value, a list of texts.
 * @param channels  As simple_torch_image_load() has it.
 * @return          0, or why the work cannot be begun.
 */
SIMPLE_TORCH_API int64_t simple_torch_workers_add_images(simple_torch_handle workers,
                                                         simple_torch_handle paths,
                                                         int64_t channels);

/**
 * How much was asked for and not yet taken.
 *
 * @param workers  Borrowed.
 * @return         The number of results to come; negative on failure.
 */
SIMPLE_TORCH_API int64_t simple_torch_workers_pending(simple_torch_handle workers);

/**
 * Takes the result of what was asked for first, and waits for it if need be.
 *
 * @param workers  Borrowed.
 * @return         A list of tensors owned by the caller; 0 with what the work failed
 *                 with, VALUE if nothing was asked for, or UNSUPPORTED in a process that
 *                 was forked: the threads stayed in the other.
 */
SIMPLE_TORCH_API simple_torch_handle
simple_torch_workers_next(simple_torch_handle workers);

/**
 * Frees workers. What they have not begun is not done; nothing is waited for.
 *
 * @param workers  Taken from the caller; 0 does nothing.
 * @return         0, or why it failed.
 */
SIMPLE_TORCH_API int64_t simple_torch_workers_free(simple_torch_handle workers);

#endif
