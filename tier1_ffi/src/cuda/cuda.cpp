#include "cuda/cuda.h"

#include <atomic>

#include "core/failure.h"
#include "device/cuda.h"
#include "device/device.h"

namespace simple_torch {
namespace {

constinit std::atomic<CudaProvider*> the_provider{nullptr};

}  // namespace

CudaProvider* cuda_provider() { return the_provider.load(std::memory_order_acquire); }

void set_cuda_provider(CudaProvider* provider) {
  the_provider.store(provider, std::memory_order_release);
}

CudaProvider& cuda() {
  CudaProvider* const provider = cuda_provider();
  if (provider == nullptr || provider->device_count() == 0) {
    fail(Code::kUnsupported, "", "CUDA is not there: " + cuda_functions_status());
  }
  return *provider;
}

c10::DeviceIndex cuda_device(int64_t device, const char* argument) {
  if (device == -1) return static_cast<c10::DeviceIndex>(cuda().current_device());
  const c10::Device named = device_of(device, argument);
  if (!named.is_cuda()) fail_argument(argument, "is no CUDA device: " + named.str());
  CudaProvider& provider = cuda();
  if (!named.has_index()) return static_cast<c10::DeviceIndex>(provider.current_device());
  const int64_t count = provider.device_count();
  if (named.index() >= count) {
    fail_argument(argument, "there is no " + named.str() + ", only " +
                                std::to_string(count) + " of its kind");
  }
  return named.index();
}

}  // namespace simple_torch
