/**
 * Transforms of functions (torch.func): the rules by which libtorch computes with whole
 * batches, with gradients in gradients and with derivatives that run forwards. A
 * transform is entered, tensors are wrapped for it, the function is called with these,
 * its results are unwrapped, and the transform is left with simple_torch_mode_leave().
 * All of it belongs to the thread.
 */
#ifndef SIMPLE_TORCH_TRANSFORMS_H_
#define SIMPLE_TORCH_TRANSFORMS_H_

#include "simple_torch/abi.h"

enum {
  /** Each operator computes for all elements of a batch at once. */
  SIMPLE_TORCH_TRANSFORM_BATCH = 0,
  /** What runs backwards within it can be part of other transforms. */
  SIMPLE_TORCH_TRANSFORM_GRADIENT = 1,
  /** Derivatives run forwards; tensors are wrapped by simple_torch_op__make_dual(), level
   * 0. */
  SIMPLE_TORCH_TRANSFORM_FORWARD = 2
};

enum {
  /** Random operators fail within a batch. */
  SIMPLE_TORCH_RANDOMNESS_ERROR = 0,
  /** All elements of a batch get the same random numbers. */
  SIMPLE_TORCH_RANDOMNESS_SAME = 1,
  /** Each gets its own. */
  SIMPLE_TORCH_RANDOMNESS_DIFFERENT = 2
};

/**
 * Enters a transform, within those that were entered before.
 *
 * @param transform   A SIMPLE_TORCH_TRANSFORM_ number.
 * @param size        The number of elements of a batch; 0 for the others.
 * @param randomness  A SIMPLE_TORCH_RANDOMNESS_ number.
 * @return            How many modes the thread has entered now, as
 * simple_torch_mode_enter(); BAD_ARGUMENT, also for more than 60 transforms, or
 * UNSUPPORTED before libtorch 2.0.
 */
SIMPLE_TORCH_API int64_t simple_torch_transform_enter(int64_t transform, int64_t size,
                                                      int64_t randomness);

/**
 * The level of the transform that was entered last: what its tensors are marked with.
 *
 * @return The level, 1 or more; 0 where none is entered.
 */
SIMPLE_TORCH_API int64_t simple_torch_transform_level(void);

/**
 * A tensor one of whose dims is hidden: that of the batch.
 *
 * @param tensor  Borrowed.
 * @param dim     The dim; -1 is the last.
 * @param level   The level of the last transform, which is one of batches.
 * @return        A tensor owned by the caller, for use until the transform is left; 0
 * with INDEX, or VALUE for another level.
 */
SIMPLE_TORCH_API simple_torch_handle
simple_torch_transform_batch(simple_torch_handle tensor, int64_t dim, int64_t level);

/**
 * A tensor with the dim of the batch as one that everyone sees. One that does not depend
 * on the batch is repeated.
 *
 * @param tensor  Borrowed.
 * @param dim     Where the dim is to be in the result; -1 is the last.
 * @param size    The number of elements of the batch.
 * @param level   The level of the transform.
 * @return        A tensor owned by the caller; 0 with INDEX or BAD_ARGUMENT.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_transform_unbatch(
    simple_torch_handle tensor, int64_t dim, int64_t size, int64_t level);

/**
 * A tensor with a graph of its own.
 *
 * @param tensor         Borrowed.
 * @param requires_grad  1 for one that is differentiated.
 * @param level          The level of the last transform, which is no one of batches.
 * @return               A tensor owned by the caller, for use until the transform is
 * left; 0 with VALUE for another level, or TORCH for a tensor of integers that is to
 * require grad.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_transform_wrap(
    simple_torch_handle tensor, int64_t requires_grad, int64_t level);

/**
 * What a tensor of a transform is to those around it.
 *
 * @param tensor  Borrowed.
 * @param level   The level of the transform.
 * @return        A tensor owned by the caller: the same if it is not of that level.
 */
SIMPLE_TORCH_API simple_torch_handle
simple_torch_transform_unwrap(simple_torch_handle tensor, int64_t level);

#endif
