/** Random numbers: seeds and generators. */
#ifndef SIMPLE_TORCH_RANDOM_H_
#define SIMPLE_TORCH_RANDOM_H_

#include "simple_torch/abi.h"

/**
 * Seeds the default generators of all devices.
 *
 * @param seed  The seed's 64 bits.
 * @return      0.
 *
 * Wraps at::manual_seed.
 */
SIMPLE_TORCH_API int64_t simple_torch_manual_seed(int64_t seed);

/**
 * Makes a generator of random numbers, seeded as a new generator of libtorch's is.
 *
 * @param device  The device whose tensors it is for; -1 is the CPU.
 * @return        A generator owned by the caller; 0 with BAD_ARGUMENT or UNSUPPORTED.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_generator_create(int64_t device);

/**
 * The default generator of a device, the one that is used where none is given.
 *
 * @param device  A device number; -1 is the CPU.
 * @return        A generator owned by the caller, who shares the default generator's
 * state with libtorch; 0 with BAD_ARGUMENT or UNSUPPORTED.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_generator_default(int64_t device);

/**
 * Frees a generator.
 *
 * @param generator  Taken from the caller; 0 does nothing.
 * @return           0; BAD_HANDLE, STALE_HANDLE or WRONG_KIND.
 */
SIMPLE_TORCH_API int64_t simple_torch_generator_free(simple_torch_handle generator);

/**
 * Seeds a generator.
 *
 * @param generator  Borrowed.
 * @param seed       The seed's 64 bits.
 * @return           0; BAD_HANDLE, STALE_HANDLE or WRONG_KIND.
 */
SIMPLE_TORCH_API int64_t simple_torch_generator_set_seed(simple_torch_handle generator,
                                                         int64_t seed);

/**
 * The seed that a generator was last given.
 *
 * @param generator  Borrowed.
 * @param seed_out   Receives the seed's 64 bits.
 * @return           0; BAD_HANDLE, STALE_HANDLE, WRONG_KIND or BAD_ARGUMENT.
 */
SIMPLE_TORCH_API int64_t simple_torch_generator_seed(simple_torch_handle generator,
                                                     int64_t* seed_out);

/**
 * A copy of a generator's whole state.
 *
 * @param generator  Borrowed.
 * @return           A uint8 tensor owned by the caller; 0 with BAD_HANDLE, STALE_HANDLE
 * or WRONG_KIND.
 */
SIMPLE_TORCH_API simple_torch_handle
simple_torch_generator_state(simple_torch_handle generator);

/**
 * Puts a generator into a state that simple_torch_generator_state() gave.
 *
 * @param generator  Borrowed.
 * @param state      Borrowed; copied.
 * @return           0; BAD_HANDLE, STALE_HANDLE, WRONG_KIND, TORCH for a tensor that is
 * no state of such a generator, or VALUE for a state that is damaged.
 */
SIMPLE_TORCH_API int64_t simple_torch_generator_set_state(simple_torch_handle generator,
                                                          simple_torch_handle state);

#endif
