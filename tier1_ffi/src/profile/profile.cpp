// Exports of profile.h. libtorch tells observers when an operator begins and ends; a
// thread that works for another one has the same observers.
#include "simple_torch/profile.h"

#include <ATen/core/ivalue.h>
#include <ATen/record_function.h>

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "core/arguments.h"
#include "core/guarded.h"
#include "handles/borrow.h"

namespace simple_torch {
namespace {

int64_t nanoseconds() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

struct Line {
  int64_t calls = 0;
  int64_t total = 0;
  int64_t own = 0;
};

// The one profile of the process. It is never destroyed: threads may end later.
class Profile {
 public:
  static Profile& get() {
    static auto* const profile = new Profile;
    return *profile;
  }

  void begin() {
    const std::lock_guard lock(mutex_);
    if (running_) fail(Code::kValue, "", "there is a profile already");
    lines_.clear();
    observer_ = at::addThreadLocalCallback(at::RecordFunctionCallback(started, ended));
    running_ = true;
  }

  std::map<std::string, Line> end() {
    const std::lock_guard lock(mutex_);
    if (!running_) fail(Code::kValue, "", "there is no profile");
    at::removeCallback(observer_);
    running_ = false;
    return std::exchange(lines_, {});
  }

 private:
  // One call. Calls of a thread lie in each other.
  struct Span final : at::ObserverContext {
    int64_t inner = 0;
    Span* outer = std::exchange(innermost, this);
    int64_t began = nanoseconds();
  };

  static std::unique_ptr<at::ObserverContext> started(const at::RecordFunction&) {
    return std::make_unique<Span>();
  }

  static void ended(const at::RecordFunction& function, at::ObserverContext* context) {
    const int64_t now = nanoseconds();
    const auto* const span = static_cast<Span*>(context);
    const int64_t duration = now - span->began;
    innermost = span->outer;
    if (innermost != nullptr) innermost->inner += duration;
    get().add(function.name(), duration, duration - span->inner);
  }

  void add(const char* name, int64_t total, int64_t own) {
    const std::lock_guard lock(mutex_);
    // What ends after the profile did.
    if (!running_) return;
    Line& line = lines_[name];
    ++line.calls;
    line.total += total;
    line.own += own;
  }

  static thread_local Span* innermost;

  std::mutex mutex_;
  std::map<std::string, Line> lines_;
  at::CallbackHandle observer_ = at::INVALID_CALLBACK_HANDLE;
  bool running_ = false;
};

thread_local Profile::Span* Profile::innermost = nullptr;

// The ranges that this thread is in.
std::vector<std::unique_ptr<at::RecordFunction>>& ranges() {
  thread_local std::vector<std::unique_ptr<at::RecordFunction>> all;
  return all;
}

}  // namespace
}  // namespace simple_torch

using namespace simple_torch;

int64_t simple_torch_profile_begin(void) {
  return guarded([] { Profile::get().begin(); });
}

simple_torch_handle simple_torch_profile_end(void) {
  return guarded([] {
    c10::impl::GenericList lines(c10::AnyType::get());
    for (const auto& [name, line] : Profile::get().end()) {
      lines.push_back(c10::ivalue::Tuple::create(
          std::vector<c10::IValue>{name, line.calls, line.total, line.own}));
    }
    return store(std::make_unique<c10::IValue>(std::move(lines)));
  });
}

int64_t simple_torch_profile_enter(const char* name) {
  return guarded([&] {
    const std::string called(text_of(name, "name"));
    auto range = std::make_unique<at::RecordFunction>(at::RecordScope::USER_SCOPE);
    if (range->isActive()) range->before(called);
    ranges().push_back(std::move(range));
    return static_cast<int64_t>(ranges().size());
  });
}

int64_t simple_torch_profile_leave(void) {
  return guarded([] {
    if (ranges().empty()) fail(Code::kValue, "", "the thread is in no range");
    ranges().pop_back();
  });
}
