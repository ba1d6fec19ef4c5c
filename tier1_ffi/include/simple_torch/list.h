/**
 * Lists of tensors, as operators return them.
 *
 * A list holds its tensors; a handle that is taken out of it owns the tensor too.
 */
#ifndef SIMPLE_TORCH_LIST_H_
#define SIMPLE_TORCH_LIST_H_

#include "simple_torch/abi.h"

/**
 * A list of tensors.
 *
 * @param tensors  Handles, borrowed.
 * @param count    Of the tensors.
 * @return         A list owned by the caller; 0 on failure.
 */
SIMPLE_TORCH_API simple_torch_handle
simple_torch_list_create(const simple_torch_handle* tensors, int64_t count);

/**
 * How many tensors a list has.
 *
 * @param list  Borrowed.
 * @return      The length.
 */
SIMPLE_TORCH_API int64_t simple_torch_list_length(simple_torch_handle list);

/**
 * One tensor of a list.
 *
 * @param list   Borrowed.
 * @param index  From 0; negative ones count from the end.
 * @return       The tensor, owned by the caller; 0 with INDEX and others.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_list_get(simple_torch_handle list,
                                                           int64_t index);

/**
 * All tensors of a list.
 *
 * @param list         Borrowed.
 * @param handles_out  Gets a handle for each, owned by the caller.
 * @param capacity     The room in `handles_out`: at least the list's length.
 * @return             The list's length.
 */
SIMPLE_TORCH_API int64_t simple_torch_list_tensors(simple_torch_handle list,
                                                   simple_torch_handle* handles_out,
                                                   int64_t capacity);

/**
 * Frees a list's handle.
 *
 * @param list  Taken from the caller; 0 does nothing.
 * @return      0, or why it failed.
 */
SIMPLE_TORCH_API int64_t simple_torch_list_free(simple_torch_handle list);

#endif
