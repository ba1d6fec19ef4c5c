// Exports of cuda.h that are about devices and their random numbers.
#include <ATen/Context.h>

#include <bit>
#include <mutex>

#include "core/arguments.h"
#include "core/guarded.h"
#include "cuda/cuda.h"
#include "device/device.h"
#include "simple_torch/cuda.h"

namespace simple_torch {
namespace {

at::Generator generator_of(c10::DeviceIndex device) {
  return at::globalContext().defaultGenerator(c10::Device(c10::DeviceType::CUDA, device));
}

void seed_generator(c10::DeviceIndex device, int64_t seed) {
  at::Generator generator = generator_of(device);
  const std::lock_guard lock(generator.mutex());
  generator.set_current_seed(std::bit_cast<uint64_t>(seed));
}

}  // namespace
}  // namespace simple_torch

using namespace simple_torch;

int64_t simple_torch_cuda_device_count(void) {
  return guarded([] {
    CudaProvider* const provider = cuda_provider();
    return provider == nullptr ? device_count(c10::DeviceType::CUDA)
                               : provider->device_count();
  });
}

int64_t simple_torch_cuda_current_device(void) {
  return guarded([] { return cuda().current_device(); });
}

int64_t simple_torch_cuda_set_device(int64_t device) {
  return guarded([&] {
    const c10::DeviceIndex next = cuda_device(device, "device");
    const int64_t before = cuda().current_device();
    cuda().set_device(next);
    return before;
  });
}

int64_t simple_torch_cuda_synchronize(int64_t device) {
  return guarded([&] {
    const c10::DeviceIndex named = cuda_device(device, "device");
    cuda().synchronize(named);
  });
}

int64_t simple_torch_cuda_device_name(int64_t device, char* buffer, int64_t capacity) {
  return guarded([&] {
    const c10::DeviceIndex named = cuda_device(device, "device");
    return write_text(cuda().device_name(named), buffer, capacity, "buffer");
  });
}

int64_t simple_torch_cuda_device_uuid(int64_t device, char* buffer, int64_t capacity) {
  return guarded([&] {
    const c10::DeviceIndex named = cuda_device(device, "device");
    return write_text(cuda().device_uuid(named), buffer, capacity, "buffer");
  });
}

int64_t simple_torch_cuda_device_property(int64_t device, int64_t property) {
  return guarded([&] {
    const c10::DeviceIndex named = cuda_device(device, "device");
    if (property < 0 || property > SIMPLE_TORCH_CUDA_PCI_DEVICE) {
      fail_argument("property", "names no property: " + std::to_string(property));
    }
    return cuda().device_property(named, property);
  });
}

int64_t simple_torch_cuda_can_access_peer(int64_t device, int64_t peer) {
  return guarded([&] {
    const c10::DeviceIndex named = cuda_device(device, "device");
    return cuda().can_access_peer(named, cuda_device(peer, "peer"));
  });
}

int64_t simple_torch_cuda_enable_peer_access(int64_t device, int64_t peer) {
  return guarded([&] {
    const c10::DeviceIndex named = cuda_device(device, "device");
    return cuda().enable_peer_access(named, cuda_device(peer, "peer"));
  });
}

int64_t simple_torch_cuda_driver_version(void) {
  return guarded([] { return cuda().driver_version(); });
}

int64_t simple_torch_cuda_runtime_version(void) {
  return guarded([] { return cuda().runtime_version(); });
}

int64_t simple_torch_cuda_manual_seed(int64_t device, int64_t seed) {
  return guarded([&] { seed_generator(cuda_device(device, "device"), seed); });
}

int64_t simple_torch_cuda_manual_seed_all(int64_t seed) {
  return guarded([&] {
    const int64_t count = cuda().device_count();
    for (int64_t each = 0; each < count; ++each) {
      seed_generator(static_cast<c10::DeviceIndex>(each), seed);
    }
  });
}

int64_t simple_torch_cuda_initial_seed(int64_t device, int64_t* seed_out) {
  return guarded([&] {
    at::Generator generator = generator_of(cuda_device(device, "device"));
    required(seed_out, "seed_out");
    const std::lock_guard lock(generator.mutex());
    *seed_out = std::bit_cast<int64_t>(generator.current_seed());
  });
}
