// What the files of this library share.
#pragma once

#include <c10/cuda/CUDAStream.h>

#include <memory>

#include "cuda/provider.h"

namespace simple_torch {

// Makes libtorch ready for CUDA, as its own functions do at their first use.
void initialize();

inline c10::cuda::CUDAStream cuda_stream(c10::Stream stream) {
  return c10::cuda::CUDAStream(stream);
}

std::unique_ptr<CudaEvent> make_cuda_event(bool timing, bool blocking);
std::unique_ptr<CudaGraph> make_cuda_graph();
CudaPool make_cuda_pool();

// From now on the allocator's callback asks the host.
void make_room_with(const CudaHost& host);

}  // namespace simple_torch
