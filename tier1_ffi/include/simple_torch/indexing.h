/**
 * Parts of tensors by several indexes at once, as `tensor[index, …]` means them in
 * Python.
 *
 * An index is four words: what it is, then up to three numbers.
 *   SIMPLE_TORCH_INDEX_AT        position: negative ones count from the end
 *   SIMPLE_TORCH_INDEX_SLICE     start, stop, step
 *   SIMPLE_TORCH_INDEX_ELLIPSIS  all dims that no other index is for
 *   SIMPLE_TORCH_INDEX_NEW_DIM   a dim of size 1 at this place
 *   SIMPLE_TORCH_INDEX_BOOL      0 or 1
 *   SIMPLE_TORCH_INDEX_TENSOR    which of the tensors: integers or truth values
 *
 * Indexes that are out of range, or too many, fail with INDEX.
 */
#ifndef SIMPLE_TORCH_INDEXING_H_
#define SIMPLE_TORCH_INDEXING_H_

#include "simple_torch/abi.h"

#define SIMPLE_TORCH_INDEX_AT 0
#define SIMPLE_TORCH_INDEX_SLICE 1
#define SIMPLE_TORCH_INDEX_ELLIPSIS 2
#define SIMPLE_TORCH_INDEX_NEW_DIM 3
#define SIMPLE_TORCH_INDEX_BOOL 4
#define SIMPLE_TORCH_INDEX_TENSOR 5

/**
 * What the indexes name: a view as long as none of them is a tensor or a truth value.
 *
 * @param tensor        Borrowed.
 * @param indexes       Four words for each.
 * @param count         How many indexes.
 * @param tensors       The tensors among them, borrowed.
 * @param tensor_count  How many.
 * @return              A tensor owned by the caller; 0 on failure.
 *
 * Wraps at::indexing::get_item.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_tensor_index(
    simple_torch_handle tensor, const int64_t* indexes, int64_t count,
    const simple_torch_handle* tensors, int64_t tensor_count);

/**
 * Copies a tensor into what the indexes name, with broadcasting.
 *
 * @param tensor        Borrowed; changed in place.
 * @param indexes       Four words for each.
 * @param count         How many indexes.
 * @param tensors       The tensors among them, borrowed.
 * @param tensor_count  How many.
 * @param source        Borrowed.
 * @return              0, or a failure code.
 *
 * Wraps at::indexing::set_item.
 */
SIMPLE_TORCH_API int64_t simple_torch_tensor_index_put(
    simple_torch_handle tensor, const int64_t* indexes, int64_t count,
    const simple_torch_handle* tensors, int64_t tensor_count, simple_torch_handle source);

/**
 * Sets what the indexes name to one number.
 *
 * @param tensor        Borrowed; changed in place.
 * @param indexes       Four words for each.
 * @param count         How many indexes.
 * @param tensors       The tensors among them, borrowed.
 * @param tensor_count  How many.
 * @param value_bits    The number's bits.
 * @param value_kind    The number's kind.
 * @return              0, or a failure code.
 */
SIMPLE_TORCH_API int64_t simple_torch_tensor_index_fill(
    simple_torch_handle tensor, const int64_t* indexes, int64_t count,
    const simple_torch_handle* tensors, int64_t tensor_count, int64_t value_bits,
    int64_t value_kind);

#endif
