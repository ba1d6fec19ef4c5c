// The structs of DLPack 1.0, as its specification lays them out in memory. libtorch's own
// header has the versioned one only since 2.9.
#pragma once

#include <cstdint>

namespace simple_torch::dlpack {

inline constexpr uint32_t kMajor = 1;
inline constexpr uint64_t kReadOnly = 1;

enum DeviceType : int32_t { kCpu = 1, kCuda = 2, kCudaHost = 3, kCudaManaged = 13 };

struct Device {
  int32_t type;
  int32_t index;
};

struct Dtype {
  uint8_t code;
  uint8_t bits;
  uint16_t lanes;
};

struct Tensor {
  void* data;
  Device device;
  int32_t ndim;
  Dtype dtype;
  int64_t* shape;
  // In elements; null for row-major order.
  int64_t* strides;
  uint64_t byte_offset;
};

struct Managed {
  Tensor tensor;
  void* context;
  void (*deleter)(Managed*);
};

struct ManagedVersioned {
  uint32_t major;
  uint32_t minor;
  void* context;
  void (*deleter)(ManagedVersioned*);
  uint64_t flags;
  Tensor tensor;
};

}  // namespace simple_torch::dlpack
