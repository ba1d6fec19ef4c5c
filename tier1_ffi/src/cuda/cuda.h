// The way to the library for CUDA, for the functions of cuda.h.
#pragma once

#include "cuda/provider.h"

namespace simple_torch {

// nullptr until the library for CUDA has been loaded, and where it is not there. Lives as
// long as the process.
CudaProvider* cuda_provider();
void set_cuda_provider(CudaProvider* provider);

// The same for functions that cannot do without: fails with UNSUPPORTED and the reason if
// it is not there, or if there is no device.
CudaProvider& cuda();

// A CUDA device that is there, as it is named in calls: -1 or a number without an index
// is the current one.
c10::DeviceIndex cuda_device(int64_t device, const char* argument);

}  // namespace simple_torch
