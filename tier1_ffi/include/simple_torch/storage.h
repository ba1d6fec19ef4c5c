/**
 * Storages and streams, for the few operators that take one.
 */
#ifndef SIMPLE_TORCH_STORAGE_H_
#define SIMPLE_TORCH_STORAGE_H_

#include "simple_torch/abi.h"

/**
 * The memory behind a tensor, which its views share.
 *
 * @param tensor  Borrowed.
 * @return        A storage owned by the caller; 0 on failure.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_storage_of(simple_torch_handle tensor);

/**
 * The size of a storage.
 *
 * @param storage  Borrowed.
 * @return         Bytes.
 */
SIMPLE_TORCH_API int64_t simple_torch_storage_bytes(simple_torch_handle storage);

/**
 * Frees a storage's handle. The memory goes when nothing else refers to it.
 *
 * @param storage  Taken from the caller; 0 does nothing.
 * @return         0, or why it failed.
 */
SIMPLE_TORCH_API int64_t simple_torch_storage_free(simple_torch_handle storage);

/**
 * The stream on which this thread's work for a device goes.
 *
 * @param device  A device's number.
 * @return        A stream owned by the caller; 0 on failure.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_stream_current(int64_t device);

/**
 * The device whose work goes to a stream.
 *
 * @param stream  Borrowed.
 * @return        Its number; BAD_HANDLE, STALE_HANDLE or WRONG_KIND.
 */
SIMPLE_TORCH_API int64_t simple_torch_stream_device(simple_torch_handle stream);

/**
 * What tells a stream from the others of its device.
 *
 * @param stream  Borrowed.
 * @param id_out  Receives the number.
 * @return        0; BAD_HANDLE, STALE_HANDLE, WRONG_KIND or BAD_ARGUMENT.
 */
SIMPLE_TORCH_API int64_t simple_torch_stream_id(simple_torch_handle stream,
                                                int64_t* id_out);

/**
 * Frees a stream's handle. The work on it goes on.
 *
 * @param stream  Taken from the caller; 0 does nothing.
 * @return        0, or why it failed.
 */
SIMPLE_TORCH_API int64_t simple_torch_stream_free(simple_torch_handle stream);

#endif
