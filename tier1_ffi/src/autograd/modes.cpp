#include "autograd/modes.h"

#include <c10/core/GradMode.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/autograd/anomaly_mode.h>

#include "autograd/quick_walk.h"
#include "core/arguments.h"
#include "core/compat_autograd.h"
#include "core/guarded.h"
#include "core/numbers.h"
#include "simple_torch/autograd.h"

namespace simple_torch {
namespace {

using torch::autograd::AnomalyMode;

void require_multithreading() {
  if (!compat::multithreading()) {
    fail(Code::kUnsupported, "mode", "is not in this libtorch");
  }
}

[[noreturn]] void refuse_mode(int64_t mode) {
  fail_argument("mode", "is " + std::to_string(mode) + ", which is no mode");
}

bool is_enabled(int64_t mode) {
  switch (mode) {
    case SIMPLE_TORCH_MODE_GRAD:
      return c10::GradMode::is_enabled();
    case SIMPLE_TORCH_MODE_INFERENCE:
      return c10::InferenceMode::is_enabled();
    case SIMPLE_TORCH_MODE_ANOMALY:
      return AnomalyMode::is_enabled() && AnomalyMode::should_check_nan();
    case SIMPLE_TORCH_MODE_ANOMALY_WITHOUT_NAN:
      return AnomalyMode::is_enabled() && !AnomalyMode::should_check_nan();
    case SIMPLE_TORCH_MODE_MULTITHREADING:
      require_multithreading();
      return *compat::multithreading();
    case SIMPLE_TORCH_MODE_WALK:
      return walk_enabled();
    default:
      refuse_mode(mode);
  }
}

void set(int64_t mode, bool enabled) {
  switch (mode) {
    case SIMPLE_TORCH_MODE_GRAD:
      return c10::GradMode::set_enabled(enabled);
    case SIMPLE_TORCH_MODE_INFERENCE:
      fail_argument("mode", "is that of inference, which can only be entered and left");
    case SIMPLE_TORCH_MODE_ANOMALY:
      return AnomalyMode::set_enabled(enabled, true);
    case SIMPLE_TORCH_MODE_ANOMALY_WITHOUT_NAN:
      return AnomalyMode::set_enabled(enabled, !enabled);
    case SIMPLE_TORCH_MODE_MULTITHREADING:
      require_multithreading();
      return compat::set_multithreading(enabled);
    case SIMPLE_TORCH_MODE_WALK:
      return set_walk_enabled(enabled);
    default:
      refuse_mode(mode);
  }
}

class EnteredInference final : public EnteredMode {
 public:
  explicit EnteredInference(bool enabled) : guard_(enabled) {}

 private:
  const c10::InferenceMode guard_;
};

class EnteredAnomaly final : public EnteredMode {
 public:
  EnteredAnomaly(int64_t mode, bool enabled) { set(mode, enabled); }
  ~EnteredAnomaly() override { AnomalyMode::set_enabled(was_enabled_, checked_nan_); }

 private:
  const bool was_enabled_ = AnomalyMode::is_enabled();
  const bool checked_nan_ = AnomalyMode::should_check_nan();
};

class EnteredSwitch final : public EnteredMode {
 public:
  EnteredSwitch(int64_t mode, bool enabled) : mode_(mode), before_(is_enabled(mode)) {
    set(mode, enabled);
  }
  ~EnteredSwitch() override { set(mode_, before_); }

 private:
  const int64_t mode_;
  const bool before_;
};

std::unique_ptr<EnteredMode> entered(int64_t mode, bool enabled) {
  switch (mode) {
    case SIMPLE_TORCH_MODE_INFERENCE:
      return std::make_unique<EnteredInference>(enabled);
    case SIMPLE_TORCH_MODE_ANOMALY:
    case SIMPLE_TORCH_MODE_ANOMALY_WITHOUT_NAN:
      return std::make_unique<EnteredAnomaly>(mode, enabled);
    default:
      return std::make_unique<EnteredSwitch>(mode, enabled);
  }
}

}  // namespace
}  // namespace simple_torch

using namespace simple_torch;

int64_t simple_torch_mode_enabled(int64_t mode) {
  return guarded([&] { return is_enabled(mode); });
}

int64_t simple_torch_mode_set(int64_t mode, int64_t enabled) {
  return guarded([&] {
    const bool wanted = truth(enabled, "enabled");
    const bool before = is_enabled(mode);
    set(mode, wanted);
    return before;
  });
}

int64_t simple_torch_mode_enter(int64_t mode, int64_t enabled) {
  return guarded([&] {
    const bool wanted = truth(enabled, "enabled");
    return enter([&] { return entered(mode, wanted); }, "mode");
  });
}

int64_t simple_torch_mode_leave(int64_t depth) {
  return guarded([&] {
    ThreadModes& modes = ThreadModes::get();
    const auto count = static_cast<int64_t>(modes.entered.size());
    if (depth < 1 || depth > count) {
      fail_argument("depth", "is " + std::to_string(depth) + " where " +
                                 std::to_string(count) + " modes were entered");
    }
    modes.leave_down_to(static_cast<size_t>(depth - 1));
  });
}
