// Runs a file's tests, then fails if they left handles or memory behind.
#include <gtest/gtest.h>

#include <cstdio>
#include <string>

#include "simple_torch/simple_torch.h"

// What is too large is refused, as without a sanitizer, and does not end the program.
constexpr const char* kSanitizerOptions =
    "allocator_may_return_null=1:max_allocation_size_mb=1024";
extern "C" const char* __asan_default_options() { return kSanitizerOptions; }
extern "C" const char* __tsan_default_options() { return kSanitizerOptions; }

namespace {

int64_t live_bytes() {
  return simple_torch_memory_statistic(-1, SIMPLE_TORCH_MEMORY_LIVE_BYTES);
}

bool handles_are_left() {
  if (simple_torch_handle_live_count(0) == 0) return false;
  std::string dump(static_cast<size_t>(simple_torch_handle_dump(nullptr, 0)) + 4096,
                   '\0');
  simple_torch_handle_dump(dump.data(), static_cast<int64_t>(dump.size()));
  std::fprintf(stderr, "[  FAILED  ] handles are still alive:\n%s", dump.c_str());
  return true;
}

bool memory_is_left(int64_t before) {
  const int64_t left = live_bytes() - before;
  if (left <= 0) return false;
  std::fprintf(stderr, "[  FAILED  ] %lld bytes of tensors are still alive\n",
               static_cast<long long>(left));
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  const int64_t before = live_bytes();
  const int result = RUN_ALL_TESTS();
  // Destroys what was released and waits for a call.
  simple_torch_runtime_poll();
  simple_torch_memory_trim();
  const bool left = handles_are_left() || memory_is_left(before);
  return left ? 1 : result;
}
