// The callback of libtorch's allocator. It runs on the thread that allocates, with the
// allocator's lock held, each time no cached block fits, and before the driver is asked.
// What it frees on this thread the allocator finds; it waits for nobody.
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAGraphsC10Utils.h>

#include <algorithm>
#include <atomic>

#include "parts.h"

namespace simple_torch {
namespace {

namespace allocator = c10::cuda::CUDACachingAllocator;

constinit std::atomic<const CudaHost*> the_host{nullptr};

// What the current device has for this process, which may have been given a fraction.
// While another thread records a graph, only a relaxed thread may ask.
CudaMemory ask_memory() {
  const c10::cuda::CUDAStreamCaptureModeGuard relaxed(cudaStreamCaptureModeRelaxed);
  size_t free = 0;
  size_t total = 0;
  C10_CUDA_CHECK(cudaMemGetInfo(&free, &total));
  const c10::DeviceIndex device = c10::cuda::current_device();
  const auto allowed = static_cast<int64_t>(static_cast<double>(total) *
                                            allocator::getMemoryFraction(device));
  const int64_t reserved = allocator::getDeviceStats(device).reserved_bytes[0].current;
  return {std::clamp<int64_t>(allowed - reserved, 0, static_cast<int64_t>(free)),
          allowed};
}

// While this thread records a graph nothing that it frees can be used for it.
bool is_recording() {
  return c10::cuda::currentStreamCaptureStatusMayInitCtx() !=
         c10::cuda::CaptureStatus::None;
}

class MakeRoom final : public c10::FreeMemoryCallback {
 public:
  bool Execute() override {
    const CudaHost* const host = the_host.load(std::memory_order_acquire);
    return host != nullptr && host->can_make_room() && !is_recording() &&
           host->make_room(ask_memory());
  }
};

}  // namespace

void make_room_with(const CudaHost& host) {
  the_host.store(&host, std::memory_order_release);
}

}  // namespace simple_torch

namespace c10 {
REGISTER_FREE_MEMORY_CALLBACK(simple_torch, simple_torch::MakeRoom)
}  // namespace c10
