/**
 * Tensors that are shared with other libraries of the same process, in the DLPack format:
 * numpy, JAX, TensorFlow, CuPy and others make its structs and take them. Elements are
 * not copied.
 *
 * A struct belongs to whoever holds it, and goes back to its producer by its deleter,
 * called exactly once. Here it lies in a handle of its own, which owns it until
 * it is imported or taken out.
 */
#ifndef SIMPLE_TORCH_DLPACK_H_
#define SIMPLE_TORCH_DLPACK_H_

#include "simple_torch/abi.h"

/**
 * A DLPack struct for a tensor's elements. It keeps them alive, also when the tensor is
 * freed.
 *
 * @param tensor     Borrowed: dense, on the CPU or a CUDA device, not requiring grad.
 * @param versioned  1 for a DLManagedTensorVersioned, of version 1.0; 0 for a
 *                   DLManagedTensor, which all libraries know.
 * @return           A handle owned by the caller; 0 with VALUE, TYPE or UNSUPPORTED for a
 *                   tensor that cannot be shared as it is.
 */
SIMPLE_TORCH_API simple_torch_handle
simple_torch_dlpack_export(simple_torch_handle tensor, int64_t versioned);

/**
 * A handle for a struct that another library made.
 *
 * @param managed    The address of a DLManagedTensor or DLManagedTensorVersioned. It is
 *                   the handle's from now on, unless this fails.
 * @param versioned  1 if it is a DLManagedTensorVersioned.
 * @return           A handle owned by the caller; 0 with BAD_ARGUMENT, and with FORMAT or
 *                   UNSUPPORTED if it is of the other form or of a version that is not
 *                   known.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_dlpack_wrap(void* managed,
                                                              int64_t versioned);

/**
 * The struct itself, to hand it to another library, whose it is then. The handle is
 * empty after that, and still to be freed.
 *
 * @param dlpack  Borrowed.
 * @return        The address of the struct; NULL with VALUE if the handle is empty.
 */
SIMPLE_TORCH_API void* simple_torch_dlpack_take(simple_torch_handle dlpack);

/**
 * A tensor over the elements that a struct describes. The producer's memory lives as long
 * as the tensor's; the handle is empty after that, and still to be freed. If the memory
 * may not be written, the tensor is a copy.
 *
 * @param dlpack  Borrowed.
 * @return        A tensor owned by the caller; 0 with VALUE if the handle is empty, with
 *                FORMAT or BAD_ARGUMENT if the struct makes no sense, with UNSUPPORTED if
 * there is no such dtype or device here. After a failure the handle holds the struct
 * still.
 */
SIMPLE_TORCH_API simple_torch_handle
simple_torch_dlpack_import(simple_torch_handle dlpack);

/**
 * Whether a handle's struct is a DLManagedTensorVersioned.
 *
 * @param dlpack  Borrowed.
 * @return        1 or 0; BAD_HANDLE and its kin.
 */
SIMPLE_TORCH_API int64_t simple_torch_dlpack_versioned(simple_torch_handle dlpack);

/**
 * Frees a handle, and gives its struct back to the producer unless it is empty.
 *
 * @param dlpack  Owned, or 0.
 * @return        0; BAD_HANDLE and its kin.
 */
SIMPLE_TORCH_API int64_t simple_torch_dlpack_free(simple_torch_handle dlpack);

#endif
