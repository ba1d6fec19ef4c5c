/**
 * Devices are one number: the type alone for the current device of that type, or
 * type + (index + 1) * 256. Types are those of c10::DeviceType: 0 CPU, 1 CUDA, …
 */
#ifndef SIMPLE_TORCH_DEVICE_H_
#define SIMPLE_TORCH_DEVICE_H_

#include "simple_torch/abi.h"

/**
 * The device of a name.
 *
 * @param name  "cpu", "cuda", "cuda:1", "meta", … The device need not exist.
 * @return      Its number; BAD_ARGUMENT.
 */
SIMPLE_TORCH_API int64_t simple_torch_device_from_name(const char* name);

/**
 * A device's name, as "cuda:1".
 *
 * @param device    A device number.
 * @param buffer    Receives the text; may be NULL if `capacity` is 0.
 * @param capacity  Bytes in `buffer`.
 * @return          The length of the text; BAD_ARGUMENT.
 */
SIMPLE_TORCH_API int64_t simple_torch_device_name(int64_t device, char* buffer,
                                                  int64_t capacity);

/**
 * How many devices of a type can be used in this process.
 *
 * @param device  A device number; only its type counts.
 * @return        The count, 0 if there are none; BAD_ARGUMENT.
 */
SIMPLE_TORCH_API int64_t simple_torch_device_count(int64_t device);

#endif
