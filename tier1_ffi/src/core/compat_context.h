// The part of compat.h that is about libtorch's switches and autocast. They came one by
// one, in versions between those that are tested, so what is asked for is the form of a
// function and not the version.
#pragma once

#include <ATen/Context.h>
#include <ATen/autocast_mode.h>

#include <algorithm>
#include <thread>
#include <type_traits>

#include "core/compat.h"

namespace simple_torch::compat {

// A switch's value as a number: some became an enum or optional.
template <typename T>
int64_t number_of_switch(const T& value) {
  if constexpr (std::is_same_v<T, bool> || std::is_integral_v<T>) {
    return static_cast<int64_t>(value);
  } else if constexpr (std::is_enum_v<T>) {
    return static_cast<int64_t>(value);
  } else {
    return value.value_or(false) ? 1 : 0;
  }
}

// Whether sums may be less precise: the first of the answers, where there are several.
template <typename T>
int64_t allows_reduction(const T& value) {
  if constexpr (std::is_same_v<T, bool>) {
    return value ? 1 : 0;
  } else {
    return static_cast<int64_t>(value) == 0 ? 1 : 0;
  }
}

#if SIMPLE_TORCH_LIBTORCH_AT_LEAST(2, 5)
inline bool autocast_available(c10::DeviceType type) {
  return at::autocast::is_autocast_available(type);
}
inline bool autocast_enabled(c10::DeviceType type) {
  return at::autocast::is_autocast_enabled(type);
}
inline void set_autocast_enabled(c10::DeviceType type, bool enabled) {
  at::autocast::set_autocast_enabled(type, enabled);
}
inline c10::ScalarType autocast_dtype(c10::DeviceType type) {
  return at::autocast::get_autocast_dtype(type);
}
inline void set_autocast_dtype(c10::DeviceType type, c10::ScalarType dtype) {
  at::autocast::set_autocast_dtype(type, dtype);
}
#else
// CPU and CUDA; the functions for CUDA had no name of a device.
inline bool autocast_available(c10::DeviceType type) {
  return type == c10::DeviceType::CPU || type == c10::DeviceType::CUDA;
}
inline bool autocast_enabled(c10::DeviceType type) {
  return type == c10::DeviceType::CPU ? at::autocast::is_cpu_enabled()
                                      : at::autocast::is_enabled();
}
inline void set_autocast_enabled(c10::DeviceType type, bool enabled) {
  if (type == c10::DeviceType::CPU) return at::autocast::set_cpu_enabled(enabled);
  at::autocast::set_enabled(enabled);
}
inline c10::ScalarType autocast_dtype(c10::DeviceType type) {
  return type == c10::DeviceType::CPU ? at::autocast::get_autocast_cpu_dtype()
                                      : at::autocast::get_autocast_gpu_dtype();
}
inline void set_autocast_dtype(c10::DeviceType type, c10::ScalarType dtype) {
  if (type == c10::DeviceType::CPU) return at::autocast::set_autocast_cpu_dtype(dtype);
  at::autocast::set_autocast_gpu_dtype(dtype);
}
#endif

// libtorch 1.13 starts them at once, and waits for ever for one that the system does not
// give.
inline int64_t most_threads() {
  if (SIMPLE_TORCH_LIBTORCH_AT_LEAST(2, 0)) return 65'535;
  return std::max<int64_t>(64, std::thread::hardware_concurrency());
}

}  // namespace simple_torch::compat
