// Exports of autocast.h.
#include "simple_torch/autocast.h"

#include <memory>
#include <string>

#include "autograd/modes.h"
#include "core/compat_context.h"
#include "core/guarded.h"
#include "core/numbers.h"
#include "device/device.h"
#include "device/dtype.h"

namespace simple_torch {
namespace {

namespace autocast = at::autocast;

c10::DeviceType type_of(int64_t device) {
  const c10::DeviceType type = device_of(device, "device").type();
  if (!compat::autocast_available(type)) {
    fail(Code::kUnsupported, "device",
         "is of type " + c10::DeviceTypeName(type, /*lower_case=*/true) +
             ", for which this libtorch has no autocast");
  }
  return type;
}

c10::ScalarType shorter(int64_t dtype) {
  const c10::ScalarType named = dtype_of(dtype, "dtype");
  if (named != c10::ScalarType::Half && named != c10::ScalarType::BFloat16) {
    fail(Code::kValue, "dtype",
         std::string("must be float16 or bfloat16, and is ") + dtype_name(named));
  }
  return named;
}

class EnteredAutocast final : public EnteredMode {
 public:
  EnteredAutocast(c10::DeviceType type, bool enabled, c10::ScalarType dtype, bool cache)
      : type_(type) {
    // First what can fail: old versions have not every type on the CPU.
    compat::set_autocast_dtype(type, dtype);
    compat::set_autocast_enabled(type, enabled);
    autocast::set_autocast_cache_enabled(cache);
    autocast::increment_nesting();
  }
  ~EnteredAutocast() override {
    if (autocast::decrement_nesting() == 0) autocast::clear_cache();
    compat::set_autocast_enabled(type_, was_enabled_);
    compat::set_autocast_dtype(type_, dtype_before_);
    autocast::set_autocast_cache_enabled(had_cache_);
  }

 private:
  const c10::DeviceType type_;
  const bool was_enabled_ = compat::autocast_enabled(type_);
  const c10::ScalarType dtype_before_ = compat::autocast_dtype(type_);
  const bool had_cache_ = autocast::is_autocast_cache_enabled();
};

}  // namespace
}  // namespace simple_torch

using namespace simple_torch;

int64_t simple_torch_autocast_available(int64_t device) {
  return guarded(
      [&] { return compat::autocast_available(device_of(device, "device").type()); });
}

int64_t simple_torch_autocast_enabled(int64_t device) {
  return guarded([&] { return compat::autocast_enabled(type_of(device)); });
}

int64_t simple_torch_autocast_set_enabled(int64_t device, int64_t enabled) {
  return guarded([&] {
    const c10::DeviceType type = type_of(device);
    const bool wanted = truth(enabled, "enabled");
    const bool before = compat::autocast_enabled(type);
    compat::set_autocast_enabled(type, wanted);
    return before;
  });
}

int64_t simple_torch_autocast_dtype(int64_t device) {
  return guarded(
      [&] { return static_cast<int64_t>(compat::autocast_dtype(type_of(device))); });
}

int64_t simple_torch_autocast_set_dtype(int64_t device, int64_t dtype) {
  return guarded([&] {
    const c10::DeviceType type = type_of(device);
    const c10::ScalarType wanted = shorter(dtype);
    const c10::ScalarType before = compat::autocast_dtype(type);
    compat::set_autocast_dtype(type, wanted);
    return static_cast<int64_t>(before);
  });
}

int64_t simple_torch_autocast_cache_enabled(void) {
  return guarded([] { return autocast::is_autocast_cache_enabled(); });
}

int64_t simple_torch_autocast_set_cache_enabled(int64_t enabled) {
  return guarded([&] {
    const bool wanted = truth(enabled, "enabled");
    const bool before = autocast::is_autocast_cache_enabled();
    autocast::set_autocast_cache_enabled(wanted);
    return before;
  });
}

int64_t simple_torch_autocast_clear_cache(void) {
  return guarded([] { autocast::clear_cache(); });
}

int64_t simple_torch_autocast_increment_nesting(void) {
  return guarded([] { return int64_t{autocast::increment_nesting()}; });
}

int64_t simple_torch_autocast_decrement_nesting(void) {
  return guarded([] {
    const int now = autocast::decrement_nesting();
    if (now < 0) {
      autocast::increment_nesting();
      fail(Code::kValue, "", "there is no region to leave");
    }
    return int64_t{now};
  });
}

int64_t simple_torch_autocast_enter(int64_t device, int64_t enabled, int64_t dtype,
                                    int64_t cache) {
  return guarded([&] {
    const c10::DeviceType type = type_of(device);
    const bool wanted = truth(enabled, "enabled");
    const c10::ScalarType named =
        dtype == -1 ? compat::autocast_dtype(type) : shorter(dtype);
    const bool kept =
        cache == -1 ? autocast::is_autocast_cache_enabled() : truth(cache, "cache");
    return enter(
        [&] { return std::make_unique<EnteredAutocast>(type, wanted, named, kept); },
        "device");
  });
}
