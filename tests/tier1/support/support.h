// What the tests of Tier 1 share.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <bit>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <initializer_list>
#include <string>
#include <vector>

#include "simple_torch/simple_torch.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

inline constexpr int64_t kUint8 = 0;
inline constexpr int64_t kInt32 = 3;
inline constexpr int64_t kInt64 = 4;
inline constexpr int64_t kFloat16 = 5;
inline constexpr int64_t kFloat32 = 6;
inline constexpr int64_t kFloat64 = 7;
inline constexpr int64_t kComplex128 = 10;
inline constexpr int64_t kBool = 11;
inline constexpr int64_t kMiB = int64_t{1} << 20;

// All handles of a test are gone at its end.
class LeavesNoHandles : public testing::Test {
 protected:
  ~LeavesNoHandles() override {
    simple_torch_runtime_poll();
    EXPECT_EQ(simple_torch_handle_live_count(0), before_);
  }
  int64_t before_ = simple_torch_handle_live_count(0);
};

// A handle that is freed when it goes.
class Owned {
 public:
  Owned(simple_torch_handle handle) : handle_(handle) {  // NOLINT: converts on purpose.
    EXPECT_NE(handle, 0) << simple_torch_error_message();
  }
  Owned(Owned&& other) noexcept : handle_(other.handle_) { other.handle_ = 0; }
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;
  ~Owned() { simple_torch_release(handle_); }
  operator simple_torch_handle() const { return handle_; }  // NOLINT

 private:
  simple_torch_handle handle_;
};

inline simple_torch_handle zeros(std::initializer_list<int64_t> dims) {
  return simple_torch_tensor_zeros(dims.begin(), static_cast<int64_t>(dims.size()));
}

inline simple_torch_handle ones(std::initializer_list<int64_t> dims) {
  return simple_torch_tensor_ones(dims.begin(), static_cast<int64_t>(dims.size()));
}

// A float64 tensor with these values.
inline simple_torch_handle doubles(std::initializer_list<int64_t> dims,
                                   const std::vector<double>& values) {
  return simple_torch_tensor_from_data(
      values.data(), static_cast<int64_t>(values.size() * sizeof(double)), dims.begin(),
      static_cast<int64_t>(dims.size()), kFloat64);
}

// The elements as doubles, in row-major order.
inline std::vector<double> values(simple_torch_handle tensor) {
  const Owned as_double(simple_torch_tensor_to_dtype(tensor, kFloat64));
  std::vector<double> result(static_cast<size_t>(simple_torch_tensor_numel(as_double)));
  EXPECT_EQ(
      simple_torch_tensor_copy_to(as_double, result.data(),
                                  static_cast<int64_t>(result.size() * sizeof(double))),
      0)
      << simple_torch_error_message();
  return result;
}

inline std::vector<int64_t> shape(simple_torch_handle tensor) {
  std::vector<int64_t> dims(static_cast<size_t>(simple_torch_tensor_ndim(tensor)));
  simple_torch_tensor_shape(tensor, dims.data(), static_cast<int64_t>(dims.size()));
  return dims;
}

// The result of a call that must fail with this code, about this argument.
inline void expect_failure(int64_t code, const char* argument) {
  EXPECT_EQ(simple_torch_error_code(), code)
      << simple_torch_error_name(simple_torch_error_code()) << ": "
      << simple_torch_error_message();
  EXPECT_STREQ(simple_torch_error_argument(), argument) << simple_torch_error_message();
}

inline int64_t statistic(int64_t which) {
  return simple_torch_memory_statistic(-1, which);
}

// Bytes of this process that are in memory.
inline int64_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  int64_t total = 0;
  int64_t resident = 0;
  file >> total >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

inline bool pool_is_off() {
  const char* const pool = std::getenv("SIMPLE_TORCH_POOL");
  return pool != nullptr && std::strcmp(pool, "0") == 0;
}
