// Devices as they cross the border, and what of them can be used here.
#pragma once

#include <c10/core/Device.h>

#include <cstdint>
#include <string>

namespace simple_torch {

// The device of a number; -1 is the CPU. It need not exist.
c10::Device device_of(int64_t device, const char* argument);

// The same for a device that tensors are to be made on: fails with UNSUPPORTED if none of
// its type can be used here, with BAD_ARGUMENT if it has no such index.
c10::Device usable_device(int64_t device, const char* argument);

int64_t number_of(c10::Device device);

// How many devices of a type can be used.
int64_t device_count(c10::DeviceType type);

}  // namespace simple_torch
