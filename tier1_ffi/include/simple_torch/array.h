/**
 * Arrays of numpy: .npy files, and .npz files, which are archives of them.
 *
 * All dtypes are read that this libtorch has, of either byte order, in rows or columns
 * first. Objects and records fail with UNSUPPORTED, damaged and foreign files with
 * FORMAT, before memory is taken that the file's size does not account for.
 */
#ifndef SIMPLE_TORCH_ARRAY_H_
#define SIMPLE_TORCH_ARRAY_H_

#include "simple_torch/abi.h"

/**
 * The array in a file that numpy.save wrote. Where its elements lie as a tensor's do,
 * they are the file's own pages, and changing the tensor does not change the file.
 *
 * @param path  Of the file.
 * @return      A tensor on the CPU, owned by the caller; 0 with IO, FORMAT, UNSUPPORTED.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_npy_load(const char* path);

/**
 * Saves a tensor as numpy.save does. An old file is replaced only when the new one is
 * complete.
 *
 * @param tensor         Borrowed.
 * @param path           Of the file.
 * @param columns_first  1 for Fortran's order of elements.
 * @return               0; UNSUPPORTED if numpy has no such dtype, IO.
 */
SIMPLE_TORCH_API int64_t simple_torch_npy_save(simple_torch_handle tensor,
                                               const char* path, int64_t columns_first);

/**
 * The arrays in a file that numpy.savez or numpy.savez_compressed wrote.
 *
 * @param path  Of the file.
 * @return      A value, a dict of texts and tensors, owned by the caller; 0 with IO,
 *              FORMAT, UNSUPPORTED.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_npz_load(const char* path);

/**
 * Saves tensors as numpy.savez does, or numpy.savez_compressed.
 *
 * @param tensors     Borrowed: a value, a dict of texts and tensors.
 * @param path        Of the file.
 * @param compressed  1 or 0.
 * @return            0; TYPE, UNSUPPORTED, IO.
 */
SIMPLE_TORCH_API int64_t simple_torch_npz_save(simple_torch_handle tensors,
                                               const char* path, int64_t compressed);

#endif
