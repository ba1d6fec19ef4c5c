#include "device/device.h"

#include <c10/core/impl/DeviceGuardImplInterface.h>

#include "core/arguments.h"
#include "core/guarded.h"
#include "device/cuda.h"
#include "simple_torch/device.h"

namespace simple_torch {

c10::Device device_of(int64_t device, const char* argument) {
  if (device == -1) return c10::Device(c10::DeviceType::CPU);
  const int64_t type = device & 0xff;
  const int64_t index = (device >> 8) - 1;
  const bool fits = device >= 0 && type < int64_t{c10::COMPILE_TIME_MAX_DEVICE_TYPES} &&
                    index <= INT8_MAX;
  // There is one CPU.
  if (!fits || (type == static_cast<int64_t>(c10::DeviceType::CPU) && index > 0)) {
    fail_argument(argument, "names no device: " + std::to_string(device));
  }
  return {static_cast<c10::DeviceType>(type), static_cast<c10::DeviceIndex>(index)};
}

int64_t number_of(c10::Device device) {
  return static_cast<int64_t>(device.type()) + (int64_t{device.index()} + 1) * 256;
}

int64_t device_count(c10::DeviceType type) {
  if (type == c10::DeviceType::CPU || type == c10::DeviceType::Meta) return 1;
  if (!c10::impl::hasDeviceGuardImpl(type)) return 0;
  return c10::impl::getDeviceGuardImpl(type)->deviceCount();
}

namespace {

c10::Device parse_device(const std::string& name) {
  const size_t colon = name.find(':');
  const std::string index = colon == std::string::npos ? "" : name.substr(colon + 1);
  const bool digits = !index.empty() && index.size() <= 3 &&
                      index.find_first_not_of("0123456789") == std::string::npos;
  if (colon == std::string::npos || digits) {
    for (int64_t type = 0; type < int64_t{c10::COMPILE_TIME_MAX_DEVICE_TYPES}; ++type) {
      const auto each = static_cast<c10::DeviceType>(type);
      if (!c10::isValidDeviceType(each) ||
          c10::DeviceTypeName(each, /*lower_case=*/true) != name.substr(0, colon)) {
        continue;
      }
      return device_of(digits ? type + (std::stoll(index) + 1) * 256 : type, "name");
    }
  }
  fail_argument("name", "names no device: " + name);
}

}  // namespace

c10::Device usable_device(int64_t device, const char* argument) {
  const c10::Device named = device_of(device, argument);
  const int64_t count = device_count(named.type());
  if (count == 0) {
    fail(Code::kUnsupported, argument,
         "there is no " + c10::DeviceTypeName(named.type(), /*lower_case=*/true) +
             " device: " +
             (named.is_cuda() ? cuda_status() : "this libtorch cannot use any here"));
  }
  if (named.index() >= count) {
    fail_argument(argument, "there is no " + named.str() + ", only " +
                                std::to_string(count) + " of its kind");
  }
  return named;
}

}  // namespace simple_torch

using namespace simple_torch;

int64_t simple_torch_device_from_name(const char* name) {
  return guarded([&] {
    const c10::Device device = parse_device(std::string(text_of(name, "name")));
    return device.has_index() ? number_of(device) : static_cast<int64_t>(device.type());
  });
}

int64_t simple_torch_device_name(int64_t device, char* buffer, int64_t capacity) {
  return guarded([&] {
    return write_text(device_of(device, "device").str(), buffer, capacity, "buffer");
  });
}

int64_t simple_torch_device_count(int64_t device) {
  return guarded([&] { return device_count(device_of(device, "device").type()); });
}
