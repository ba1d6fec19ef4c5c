#include "runtime/native_stack.h"

#include <pthread.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "runtime/failure.h"

namespace simple {
namespace {

// What a native function may need that asks no more, and the way of a failure back.
constexpr size_t kKept = size_t{256} << 10;

// The lowest address that may be in use. Threads of native libraries have stacks of their
// own. Where nobody knows, there is no limit.
uintptr_t find_end() {
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return 1;
  void* low = nullptr;
  size_t size = 0;
  const bool known = pthread_attr_getstack(&attributes, &low, &size) == 0;
  pthread_attr_destroy(&attributes);
  if (!known) return 1;
  return reinterpret_cast<uintptr_t>(low) + std::min(kKept, size / 4);
}

constinit thread_local uintptr_t end = 0;

}  // namespace

void check_native_stack() {
  if (end == 0) end = find_end();
  if (reinterpret_cast<uintptr_t>(__builtin_frame_address(0)) > end) return;
  fail("E3003", "stack overflow: built-in functions call each other too deep");
}

}  // namespace simple
