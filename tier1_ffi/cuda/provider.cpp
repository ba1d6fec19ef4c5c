// Devices, memory and streams, and the function that the library shows.
#include "cuda/provider.h"

#include <ATen/Context.h>
#include <ATen/cuda/PeerToPeerAccess.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAGraphsC10Utils.h>
#include <c10/cuda/CUDAGuard.h>

#include <array>
#include <cstdio>

#include "parts.h"
#include "simple_torch/cuda.h"

namespace simple_torch {

void initialize() { at::globalContext().lazyInitDevice(c10::DeviceType::CUDA); }

namespace {

namespace allocator = c10::cuda::CUDACachingAllocator;

cudaDeviceAttr attribute_of(int64_t property) {
  switch (property) {
    case SIMPLE_TORCH_CUDA_MAJOR:
      return cudaDevAttrComputeCapabilityMajor;
    case SIMPLE_TORCH_CUDA_MINOR:
      return cudaDevAttrComputeCapabilityMinor;
    case SIMPLE_TORCH_CUDA_MULTIPROCESSORS:
      return cudaDevAttrMultiProcessorCount;
    case SIMPLE_TORCH_CUDA_WARP_SIZE:
      return cudaDevAttrWarpSize;
    case SIMPLE_TORCH_CUDA_THREADS_PER_BLOCK:
      return cudaDevAttrMaxThreadsPerBlock;
    case SIMPLE_TORCH_CUDA_THREADS_PER_MULTIPROCESSOR:
      return cudaDevAttrMaxThreadsPerMultiProcessor;
    case SIMPLE_TORCH_CUDA_REGISTERS_PER_MULTIPROCESSOR:
      return cudaDevAttrMaxRegistersPerMultiprocessor;
    case SIMPLE_TORCH_CUDA_SHARED_MEMORY_PER_BLOCK:
      return cudaDevAttrMaxSharedMemoryPerBlock;
    case SIMPLE_TORCH_CUDA_SHARED_MEMORY_PER_BLOCK_AT_MOST:
      return cudaDevAttrMaxSharedMemoryPerBlockOptin;
    case SIMPLE_TORCH_CUDA_SHARED_MEMORY_PER_MULTIPROCESSOR:
      return cudaDevAttrMaxSharedMemoryPerMultiprocessor;
    case SIMPLE_TORCH_CUDA_L2_CACHE:
      return cudaDevAttrL2CacheSize;
    case SIMPLE_TORCH_CUDA_IS_INTEGRATED:
      return cudaDevAttrIntegrated;
    case SIMPLE_TORCH_CUDA_IS_MULTI_GPU_BOARD:
      return cudaDevAttrIsMultiGpuBoard;
    case SIMPLE_TORCH_CUDA_PCI_DOMAIN:
      return cudaDevAttrPciDomainId;
    case SIMPLE_TORCH_CUDA_PCI_BUS:
      return cudaDevAttrPciBusId;
    case SIMPLE_TORCH_CUDA_PCI_DEVICE:
      return cudaDevAttrPciDeviceId;
    default:
      TORCH_INTERNAL_ASSERT(false, "no attribute of CUDA is property ", property);
  }
}

cudaDeviceProp properties_of(c10::DeviceIndex device) {
  cudaDeviceProp properties{};
  C10_CUDA_CHECK(cudaGetDeviceProperties(&properties, device));
  return properties;
}

// The allocator's figures exist once it does.
auto statistics_of(c10::DeviceIndex device) {
  initialize();
  return allocator::getDeviceStats(device);
}

template <typename Figures>
void append(CudaStatistics& all, const std::string& name, const Figures& figures) {
  all.emplace_back(name + ".current", figures.current);
  all.emplace_back(name + ".peak", figures.peak);
  all.emplace_back(name + ".allocated", figures.allocated);
  all.emplace_back(name + ".freed", figures.freed);
}

// One set of figures for each pool of the allocator.
template <typename Figures, size_t kPools>
void append(CudaStatistics& all, const std::string& name,
            const std::array<Figures, kPools>& pools) {
  constexpr std::array<const char*, kPools> kNames = {".all", ".small_pool",
                                                      ".large_pool"};
  for (size_t i = 0; i < kPools; ++i) append(all, name + kNames[i], pools[i]);
}

CudaSegment to_segment(const auto& info) {
  CudaSegment segment{};
  segment.device = info.device;
  segment.address = static_cast<int64_t>(info.address);
  segment.stream = static_cast<int64_t>(reinterpret_cast<intptr_t>(info.stream));
  segment.total_size = static_cast<int64_t>(info.total_size);
  segment.allocated_size = static_cast<int64_t>(info.allocated_size);
  segment.active_size = static_cast<int64_t>(info.active_size);
  segment.requested_size = static_cast<int64_t>(info.requested_size);
  segment.is_large = info.is_large;
  segment.is_expandable = info.is_expandable;
  segment.pool = {info.owner_private_pool_id.first, info.owner_private_pool_id.second};
  int64_t address = segment.address;
  for (const auto& block : info.blocks) {
    const auto size = static_cast<int64_t>(block.size);
    segment.blocks.push_back({address, size, static_cast<int64_t>(block.requested_size),
                              block.allocated ? "active_allocated"
                              : block.active  ? "active_pending_free"
                                              : "inactive"});
    address += size;
  }
  return segment;
}

class Provider final : public CudaProvider {
 public:
  int64_t device_count() override { return c10::cuda::device_count(); }
  int64_t current_device() override { return c10::cuda::current_device(); }
  void set_device(c10::DeviceIndex device) override { c10::cuda::set_device(device); }

  void synchronize(c10::DeviceIndex device) override {
    const c10::cuda::CUDAGuard guard(device);
    c10::cuda::device_synchronize();
  }

  std::string device_name(c10::DeviceIndex device) override {
    return properties_of(device).name;
  }

  std::string device_uuid(c10::DeviceIndex device) override {
    const cudaUUID_t uuid = properties_of(device).uuid;
    std::string text;
    for (size_t i = 0; i < sizeof(uuid.bytes); ++i) {
      if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
      std::array<char, 3> digits{};
      std::snprintf(digits.data(), digits.size(), "%02x",
                    static_cast<unsigned>(static_cast<unsigned char>(uuid.bytes[i])));
      text += digits.data();
    }
    return text;
  }

  int64_t device_property(c10::DeviceIndex device, int64_t property) override {
    // An attribute has no room for it.
    if (property == SIMPLE_TORCH_CUDA_TOTAL_MEMORY) {
      return static_cast<int64_t>(properties_of(device).totalGlobalMem);
    }
    int value = 0;
    C10_CUDA_CHECK(cudaDeviceGetAttribute(&value, attribute_of(property), device));
    return value;
  }

  bool can_access_peer(c10::DeviceIndex device, c10::DeviceIndex peer) override {
    if (device == peer) return true;
    int can = 0;
    C10_CUDA_CHECK(cudaDeviceCanAccessPeer(&can, device, peer));
    return can != 0;
  }

  bool enable_peer_access(c10::DeviceIndex device, c10::DeviceIndex peer) override {
    return device == peer || at::cuda::get_p2p_access(device, peer);
  }

  int64_t driver_version() override {
    int version = 0;
    C10_CUDA_CHECK(cudaDriverGetVersion(&version));
    return version;
  }

  int64_t runtime_version() override {
    int version = 0;
    C10_CUDA_CHECK(cudaRuntimeGetVersion(&version));
    return version;
  }

  CudaMemory memory(c10::DeviceIndex device) override {
    const c10::cuda::CUDAGuard guard(device);
    size_t free = 0;
    size_t total = 0;
    C10_CUDA_CHECK(cudaMemGetInfo(&free, &total));
    return {static_cast<int64_t>(free), static_cast<int64_t>(total)};
  }

  CudaStatistics statistics(c10::DeviceIndex device) override {
    const auto figures = statistics_of(device);
    CudaStatistics all;
    append(all, "allocation", figures.allocation);
    append(all, "segment", figures.segment);
    append(all, "active", figures.active);
    append(all, "inactive_split", figures.inactive_split);
    append(all, "allocated_bytes", figures.allocated_bytes);
    append(all, "reserved_bytes", figures.reserved_bytes);
    append(all, "active_bytes", figures.active_bytes);
    append(all, "inactive_split_bytes", figures.inactive_split_bytes);
    append(all, "requested_bytes", figures.requested_bytes);
    append(all, "oversize_allocations", figures.oversize_allocations);
    append(all, "oversize_segments", figures.oversize_segments);
    all.emplace_back("num_alloc_retries", figures.num_alloc_retries);
    all.emplace_back("num_ooms", figures.num_ooms);
    all.emplace_back("num_sync_all_streams", figures.num_sync_all_streams);
    all.emplace_back("num_device_alloc", figures.num_device_alloc);
    all.emplace_back("num_device_free", figures.num_device_free);
    all.emplace_back("max_split_size", figures.max_split_size);
    return all;
  }

  std::vector<CudaSegment> snapshot() override {
    initialize();
    const auto found = allocator::snapshot();
    std::vector<CudaSegment> segments;
    for (const auto& each : found.segments) segments.push_back(to_segment(each));
    return segments;
  }

  void empty_cache() override {
    initialize();
    allocator::emptyCache();
  }

  double memory_fraction(c10::DeviceIndex device) override {
    initialize();
    return allocator::getMemoryFraction(device);
  }

  void set_memory_fraction(c10::DeviceIndex device, double fraction) override {
    initialize();
    allocator::setMemoryFraction(fraction, device);
  }

  void reset_peak(c10::DeviceIndex device) override {
    initialize();
    allocator::resetPeakStats(device);
  }

  void reset_accumulated(c10::DeviceIndex device) override {
    initialize();
    allocator::resetAccumulatedStats(device);
  }

  c10::Stream make_stream(c10::DeviceIndex device, int priority) override {
    initialize();
    return c10::cuda::getStreamFromPool(priority, device).unwrap();
  }

  c10::Stream default_stream(c10::DeviceIndex device) override {
    return c10::cuda::getDefaultCUDAStream(device).unwrap();
  }

  void set_stream(c10::Stream stream) override {
    c10::cuda::setCurrentCUDAStream(cuda_stream(stream));
  }

  int64_t priority(c10::Stream stream) override { return cuda_stream(stream).priority(); }

  std::pair<int64_t, int64_t> priorities() override {
    const auto [lowest, highest] = c10::cuda::CUDAStream::priority_range();
    return {lowest, highest};
  }

  bool query(c10::Stream stream) override { return cuda_stream(stream).query(); }

  void synchronize(c10::Stream stream) override { cuda_stream(stream).synchronize(); }

  std::unique_ptr<CudaEvent> make_event(bool timing, bool blocking) override {
    return make_cuda_event(timing, blocking);
  }

  std::unique_ptr<CudaGraph> make_graph() override {
    initialize();
    return make_cuda_graph();
  }
  CudaPool make_pool() override { return make_cuda_pool(); }

  bool is_capturing() override {
    return c10::cuda::currentStreamCaptureStatusMayInitCtx() !=
           c10::cuda::CaptureStatus::None;
  }
};

CudaProvider* open(const CudaHost& host) {
  static Provider& immortal = *new Provider;
  make_room_with(host);
  return &immortal;
}

}  // namespace
}  // namespace simple_torch

extern "C" __attribute__((visibility("default"))) const simple_torch::CudaLibrary*
simple_torch_cuda_library() {
  static const simple_torch::CudaLibrary library = {simple_torch::kCudaBuiltFor,
                                                    &simple_torch::open};
  return &library;
}
