// Devices, their memory and random numbers, on a device.
#include <cmath>

#include "cuda/device.h"

namespace {

class CudaDevices : public OnDevice {};

int64_t property(int64_t which) {
  return simple_torch_cuda_device_property(kCuda, which);
}

int64_t figure(const char* name) {
  return simple_torch_cuda_memory_statistic(kCuda, name);
}

TEST_F(CudaDevices, TellWhatTheyAre) {
  char name[256] = "";
  EXPECT_GT(simple_torch_cuda_device_name(kCuda, name, sizeof(name)), 0);
  char uuid[64] = "";
  EXPECT_EQ(simple_torch_cuda_device_uuid(kCuda, uuid, sizeof(uuid)), 36);
  // No GPU of another kind was ever made.
  EXPECT_EQ(property(SIMPLE_TORCH_CUDA_WARP_SIZE), 32);
  EXPECT_EQ(property(SIMPLE_TORCH_CUDA_THREADS_PER_BLOCK), 1024);
  EXPECT_GE(property(SIMPLE_TORCH_CUDA_MAJOR), 5);
  EXPECT_GT(property(SIMPLE_TORCH_CUDA_MULTIPROCESSORS), 0);
  int64_t free = 0;
  int64_t total = 0;
  EXPECT_EQ(simple_torch_cuda_memory_info(kCuda, &free, &total), 0);
  EXPECT_GT(free, 0);
  EXPECT_LE(free, total);
  // The driver keeps some of it back.
  EXPECT_LE(std::abs(static_cast<double>(total) /
                         static_cast<double>(property(SIMPLE_TORCH_CUDA_TOTAL_MEMORY)) -
                     1),
            0.1);
  EXPECT_GE(simple_torch_cuda_driver_version(), 11000);
  EXPECT_GE(simple_torch_cuda_runtime_version(), 11000);
  EXPECT_EQ(simple_torch_cuda_can_access_peer(kCuda, kCuda), 1);
}

TEST_F(CudaDevices, CountTheirMemory) {
  ASSERT_EQ(simple_torch_cuda_memory_empty_cache(), 0);
  ASSERT_EQ(simple_torch_cuda_memory_reset_peak(kCuda), 0);
  const int64_t before = figure("allocated_bytes.all.current");
  {
    const Owned tensor(cuda_ones({1024, 1024}));
    EXPECT_EQ(figure("allocated_bytes.all.current") - before, 4 * kMiB);
    EXPECT_GE(figure("reserved_bytes.all.current"), 4 * kMiB);
  }
  EXPECT_EQ(figure("allocated_bytes.all.current"), before);
  EXPECT_EQ(figure("allocated_bytes.all.peak") - before, 4 * kMiB);
  const int64_t reserved = figure("reserved_bytes.all.current");
  ASSERT_EQ(simple_torch_cuda_memory_empty_cache(), 0);
  EXPECT_LT(figure("reserved_bytes.all.current"), reserved);
  ASSERT_EQ(simple_torch_cuda_memory_reset_accumulated(kCuda), 0);
  EXPECT_EQ(figure("allocation.all.allocated"), 0);
}

TEST_F(CudaDevices, ShowTheirMemory) {
  const Owned tensor(cuda_ones({1024, 1024}));
  std::string text(1 << 20, '\0');
  const int64_t length =
      simple_torch_cuda_memory_snapshot(text.data(), static_cast<int64_t>(text.size()));
  ASSERT_GT(length, 0);
  text.resize(static_cast<size_t>(length));
  EXPECT_NE(text.find("\"state\": \"active_allocated\""), std::string::npos) << text;
  EXPECT_GT(simple_torch_cuda_memory_statistics(kCuda, nullptr, 0), 1000);
}

TEST_F(CudaDevices, RefuseWhatIsBeyondTheirFraction) {
  double fraction = 0;
  ASSERT_EQ(simple_torch_cuda_memory_fraction(kCuda, &fraction), 0);
  const int64_t total = property(SIMPLE_TORCH_CUDA_TOTAL_MEMORY);
  ASSERT_EQ(simple_torch_cuda_memory_set_fraction(kCuda, 0.01), 0);
  const int64_t dims[] = {total / 50};
  EXPECT_EQ(simple_torch_tensor_zeros_with(dims, 1, kUint8, kCuda), 0);
  EXPECT_EQ(simple_torch_error_code(), SIMPLE_TORCH_E_OUT_OF_MEMORY);
  ASSERT_EQ(simple_torch_cuda_memory_set_fraction(kCuda, fraction), 0);
  const Owned tensor(simple_torch_tensor_zeros_with(dims, 1, kUint8, kCuda));
}

TEST_F(CudaDevices, RepeatRandomNumbers) {
  const int64_t dims[] = {100};
  ASSERT_EQ(simple_torch_cuda_manual_seed(kCuda, 42), 0);
  int64_t seed = 0;
  EXPECT_EQ(simple_torch_cuda_initial_seed(kCuda, &seed), 0);
  EXPECT_EQ(seed, 42);
  const Owned first(simple_torch_tensor_randn_with(dims, 1, 0, kFloat32, kCuda));
  const Owned other(simple_torch_tensor_randn_with(dims, 1, 0, kFloat32, kCuda));
  ASSERT_EQ(simple_torch_cuda_manual_seed_all(42), 0);
  const Owned again(simple_torch_tensor_randn_with(dims, 1, 0, kFloat32, kCuda));
  EXPECT_EQ(values_on_device(first), values_on_device(again));
  EXPECT_NE(values_on_device(first), values_on_device(other));
}

TEST_F(CudaDevices, ReachEachOther) {
  if (simple_torch_cuda_device_count() < 2) GTEST_SKIP() << "there is only one device";
  const int64_t first = 1 + 256;
  const int64_t second = 1 + 2 * 256;
  EXPECT_EQ(simple_torch_cuda_enable_peer_access(first, second),
            simple_torch_cuda_can_access_peer(first, second));
  EXPECT_EQ(simple_torch_cuda_set_device(second), 0);
  EXPECT_EQ(simple_torch_cuda_current_device(), 1);
  const Owned there(cuda_ones({3}));
  EXPECT_EQ(simple_torch_tensor_device(there), second);
  EXPECT_EQ(simple_torch_cuda_set_device(first), 1);
  const Owned here(simple_torch_tensor_to_device(there, first));
  EXPECT_EQ(values_on_device(here), std::vector<double>({1, 1, 1}));
}

}  // namespace
