// Autocast on the CPU: what is cast, how regions lie in each other, and that all is as
// before at the end.
#include <thread>

#include "simple_torch/ops.h"
#include "support/support.h"

namespace {

constexpr int64_t kBfloat16 = 15;
constexpr int64_t kCpu = 0;

class Autocast : public LeavesNoHandles {
 protected:
  ~Autocast() override {
    EXPECT_EQ(simple_torch_autocast_enabled(kCpu), 0);
    EXPECT_EQ(simple_torch_autocast_dtype(kCpu), kBfloat16);
    EXPECT_EQ(simple_torch_autocast_cache_enabled(), 1);
    EXPECT_EQ(simple_torch_autocast_increment_nesting(), 1);
    EXPECT_EQ(simple_torch_autocast_decrement_nesting(), 0);
  }
};

int64_t dtype_of_product() {
  const Owned a(ones({2, 2}));
  const Owned product(simple_torch_tensor_matmul(a, a));
  return simple_torch_tensor_dtype(product);
}

// An operator that needs the longer type gets it.
int64_t dtype_of_sum(simple_torch_handle tensor) {
  const Owned loss(simple_torch_op_mse_loss(tensor, tensor, 2));
  return simple_torch_tensor_dtype(loss);
}

TEST_F(Autocast, MultipliesInTheShorterType) {
  EXPECT_EQ(dtype_of_product(), kFloat32);
  const int64_t depth = simple_torch_autocast_enter(kCpu, 1, kBfloat16, -1);
  ASSERT_GT(depth, 0) << simple_torch_error_message();
  EXPECT_EQ(simple_torch_autocast_enabled(kCpu), 1);
  EXPECT_EQ(dtype_of_product(), kBfloat16);
  const Owned a(ones({2, 2}));
  const Owned product(simple_torch_tensor_matmul(a, a));
  EXPECT_EQ(dtype_of_sum(product), kFloat32);
  EXPECT_EQ(simple_torch_mode_leave(depth), 0);
  EXPECT_EQ(dtype_of_product(), kFloat32);
}

// 1 + 2^-9 is not a bfloat16: the nearest is 1, so the sum of 4 products is 4.
TEST_F(Autocast, RoundsAsTheShorterTypeDoes) {
  const Owned long_numbers(doubles({2, 2}, {1 + 0x1p-9, 1 + 0x1p-9, 2, 2}));
  const Owned a(simple_torch_tensor_to_dtype(long_numbers, kFloat32));
  const Owned one(ones({2, 2}));
  const int64_t depth = simple_torch_autocast_enter(kCpu, 1, kBfloat16, -1);
  const Owned product(simple_torch_tensor_matmul(a, one));
  simple_torch_mode_leave(depth);
  EXPECT_EQ(values(product), (std::vector<double>{2, 2, 4, 4}));
}

TEST_F(Autocast, IsLeftAndEnteredInsideItself) {
  const int64_t outer = simple_torch_autocast_enter(kCpu, 1, -1, 0);
  EXPECT_EQ(simple_torch_autocast_cache_enabled(), 0);
  const int64_t off = simple_torch_autocast_enter(kCpu, 0, -1, -1);
  EXPECT_EQ(dtype_of_product(), kFloat32);
  // An old libtorch refuses, and leaves all as it was.
  const int64_t half = simple_torch_autocast_enter(kCpu, 1, kFloat16, 1);
  EXPECT_EQ(simple_torch_autocast_cache_enabled(), half < 0 ? 0 : 1);
  if (half >= 0) simple_torch_mode_leave(half);
  EXPECT_EQ(dtype_of_product(), kFloat32);
  simple_torch_mode_leave(off);
  EXPECT_EQ(dtype_of_product(), kBfloat16);
  simple_torch_mode_leave(outer);
}

TEST_F(Autocast, IsOfOneThread) {
  const int64_t depth = simple_torch_autocast_enter(kCpu, 1, -1, -1);
  std::thread([] {
    EXPECT_EQ(simple_torch_autocast_enabled(kCpu), 0);
    // What a thread leaves behind ends with it.
    simple_torch_autocast_enter(kCpu, 1, -1, -1);
  }).join();
  simple_torch_mode_leave(depth);
}

int64_t live_tensors() { return statistic(SIMPLE_TORCH_MEMORY_LIVE_BYTES); }

TEST_F(Autocast, KeepsCastWeightsUntilTheOutermostRegionIsLeft) {
  const Owned weights(ones({64, 64}));
  simple_torch_tensor_set_requires_grad(weights, 1);
  const Owned input(ones({1, 64}));
  const int64_t before = live_tensors();
  const int64_t depth = simple_torch_autocast_enter(kCpu, 1, kBfloat16, 1);
  simple_torch_tensor_free(simple_torch_tensor_matmul(input, weights));
  const int64_t kept = live_tensors() - before;
  EXPECT_GE(kept, 64 * 64 * 2);
  simple_torch_tensor_free(simple_torch_tensor_matmul(input, weights));
  EXPECT_EQ(live_tensors() - before, kept);
  simple_torch_autocast_clear_cache();
  EXPECT_LT(live_tensors() - before, 64 * 64 * 2);
  simple_torch_tensor_free(simple_torch_tensor_matmul(input, weights));
  simple_torch_mode_leave(depth);
  EXPECT_EQ(live_tensors(), before);
}

TEST_F(Autocast, IsSetInParts) {
  EXPECT_EQ(simple_torch_autocast_set_enabled(kCpu, 1), 0);
  EXPECT_EQ(simple_torch_autocast_increment_nesting(), 1);
  // An old libtorch has only one type on the CPU.
  const int64_t before = simple_torch_autocast_set_dtype(kCpu, kFloat16);
  const bool is_old = before == SIMPLE_TORCH_E_TORCH;
  EXPECT_TRUE(is_old || before == kBfloat16) << before;
  EXPECT_EQ(simple_torch_autocast_set_dtype(kCpu, kBfloat16),
            is_old ? kBfloat16 : kFloat16);
  EXPECT_EQ(simple_torch_autocast_set_cache_enabled(0), 1);
  EXPECT_EQ(dtype_of_product(), kBfloat16);
  EXPECT_EQ(simple_torch_autocast_set_cache_enabled(1), 0);
  EXPECT_EQ(simple_torch_autocast_decrement_nesting(), 0);
  EXPECT_EQ(simple_torch_autocast_set_enabled(kCpu, 0), 1);
}

TEST_F(Autocast, RefusesWhatItCannotDo) {
  EXPECT_EQ(simple_torch_autocast_available(kCpu), 1);
  const int64_t meta = simple_torch_device_from_name("meta");
  EXPECT_EQ(simple_torch_autocast_available(meta), 0);
  EXPECT_EQ(simple_torch_autocast_enter(meta, 1, -1, -1), SIMPLE_TORCH_E_UNSUPPORTED);
  expect_failure(SIMPLE_TORCH_E_UNSUPPORTED, "device");
  EXPECT_EQ(simple_torch_autocast_enter(kCpu, 1, kFloat64, -1), SIMPLE_TORCH_E_VALUE);
  expect_failure(SIMPLE_TORCH_E_VALUE, "dtype");
  EXPECT_EQ(simple_torch_autocast_enter(kCpu, 1, -1, 2), SIMPLE_TORCH_E_BAD_ARGUMENT);
  EXPECT_EQ(simple_torch_autocast_decrement_nesting(), SIMPLE_TORCH_E_VALUE);
}

}  // namespace
