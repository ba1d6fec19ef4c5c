// What a thread knows of its modes, and the text it last asked for.
#pragma once

#include <memory>
#include <vector>

#include "core/error_record.h"
#include "core/failure.h"
#include "core/per_thread.h"

namespace simple_torch {

// A mode that was entered; going, it puts back what was before.
class EnteredMode {
 public:
  EnteredMode() = default;
  EnteredMode(const EnteredMode&) = delete;
  EnteredMode& operator=(const EnteredMode&) = delete;
  virtual ~EnteredMode() = default;
};

struct ThreadModes {
  std::vector<std::unique_ptr<EnteredMode>> entered;
  TextBuffer anomaly_where;

  // The last first.
  void leave_down_to(size_t depth) {
    while (entered.size() > depth) entered.pop_back();
  }

  // See PerThread.
  void finish() { leave_down_to(0); }
  void retire() {}
  static ThreadModes& get() { return PerThread<ThreadModes>::get(); }
};

// Enters what `make` makes, on this thread. Returns how many modes it has entered.
template <typename Make>
int64_t enter(Make&& make, const char* argument) {
  constexpr size_t kMostEntered = 10'000;
  auto& all = ThreadModes::get().entered;
  if (all.size() >= kMostEntered) {
    fail_argument(argument, "is one too many: 10,000 were entered and not left");
  }
  // First, so that what was entered is always kept.
  all.reserve(all.size() + 1);
  all.push_back(make());
  return static_cast<int64_t>(all.size());
}

}  // namespace simple_torch
