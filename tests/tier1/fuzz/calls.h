// What all targets that call the C ABI hold it to: a refusal has an expected code and a
// text, and no handle is left.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <initializer_list>

#include "simple_torch/simple_torch.h"

namespace fuzz {

inline constexpr int64_t kCpu = -1;

[[noreturn]] inline void fail(const char* what) {
  std::fprintf(stderr, "%s\nthe last failure: %s: %s\n", what,
               simple_torch_error_name(simple_torch_error_code()),
               simple_torch_error_message());
  std::abort();
}

inline void require_refusal(std::initializer_list<int64_t> codes) {
  for (const int64_t each : codes) {
    if (simple_torch_error_code() != each) continue;
    if (std::strlen(simple_torch_error_message()) == 0) fail("a refusal without a text");
    return;
  }
  fail("an unexpected kind of failure");
}

// What a damaged or hostile file is refused with.
inline void require_refusal() {
  require_refusal({SIMPLE_TORCH_E_FORMAT, SIMPLE_TORCH_E_UNSUPPORTED});
}

class Handle {
 public:
  explicit Handle(simple_torch_handle handle) : handle_(handle) {}
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() { simple_torch_release(handle_); }
  operator simple_torch_handle() const {
    return handle_;
  }  // NOLINT: converts on purpose.

 private:
  simple_torch_handle handle_;
};

class LeavesNoHandles {
 public:
  LeavesNoHandles() : before_(simple_torch_handle_live_count(0)) {
    if (simple_torch_available() != 1) fail("the library cannot run here");
  }
  LeavesNoHandles(const LeavesNoHandles&) = delete;
  LeavesNoHandles& operator=(const LeavesNoHandles&) = delete;
  ~LeavesNoHandles() {
    simple_torch_runtime_poll();
    if (simple_torch_handle_live_count(0) != before_) fail("handles are still alive");
  }

 private:
  int64_t before_;
};

// Every element of every tensor is read, so that one outside its memory is seen. What is
// written must be read again, unless it cannot be written.
inline void use(simple_torch_handle value) {
  const Handle memory(simple_torch_io_memory(nullptr, 0));
  if (simple_torch_value_write(value, memory) != 0) {
    return require_refusal({SIMPLE_TORCH_E_UNSUPPORTED});
  }
  if (simple_torch_io_seek_start(memory, 0) != 0) fail("a stream cannot be read again");
  if (Handle(simple_torch_value_read(memory, kCpu)) == 0) {
    fail("what was written cannot be read");
  }
}

}  // namespace fuzz
