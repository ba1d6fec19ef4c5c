/** What this library is, what it was built for, and whether it can run here. */
#ifndef SIMPLE_TORCH_LIBRARY_H_
#define SIMPLE_TORCH_LIBRARY_H_

#include "simple_torch/abi.h"

/**
 * Whether the library works in this process.
 *
 * @return 1; 0 when the libtorch that was loaded is not of the version that this library
 *         was built for. Every other function then fails with UNSUPPORTED and a message
 *         that names both versions. Only a libtorch of another age altogether, 1.13 for a
 *         library that was built for 2.6 or newer, is turned away before that, by the
 *         system's loader, which names a symbol that is missing.
 */
SIMPLE_TORCH_API int64_t simple_torch_available(void);

/**
 * The versions of this library and of the libtorch it runs on, for people.
 *
 * @return Static text such as "simple-torch 0.1.0 (libtorch 2.11.0)".
 */
SIMPLE_TORCH_API const char* simple_torch_version(void);

/**
 * The version of this interface. It grows by one with each change that could break a
 * caller that was compiled before.
 *
 * @return A positive number.
 */
SIMPLE_TORCH_API int64_t simple_torch_abi_version(void);

/**
 * The version of the libtorch that was loaded, which may differ in its last part from the
 * one that this library was built for.
 *
 * @return Static text such as "2.11.0".
 */
SIMPLE_TORCH_API const char* simple_torch_libtorch_version(void);

/**
 * Whether CUDA tensors can be made in this process. libtorch_cuda is loaded together with
 * this library if the machine has it. SIMPLE_TORCH_CUDA=0 in the environment forbids
 * that, SIMPLE_TORCH_CUDA=1 makes its absence an error of each call of this function.
 *
 * @return 1 or 0; UNSUPPORTED if CUDA was demanded and is not there.
 */
SIMPLE_TORCH_API int64_t simple_torch_cuda_available(void);

/**
 * Why CUDA can or cannot be used here, in a sentence for people.
 *
 * @param buffer    Receives the text; may be NULL if `capacity` is 0.
 * @param capacity  Bytes in `buffer`.
 * @return          The length of the text.
 */
SIMPLE_TORCH_API int64_t simple_torch_cuda_status(char* buffer, int64_t capacity);

#endif
