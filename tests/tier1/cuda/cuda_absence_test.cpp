// Where there is no CUDA device every function says so, and why; nothing else is harmed.
// It is run a second time with a driver that is none.
#include <functional>

#include "cuda/device.h"

namespace {

class CudaAbsence : public LeavesNoHandles {
 protected:
  void SetUp() override {
    if (simple_torch_cuda_device_count() > 0) GTEST_SKIP() << "there is a CUDA device";
  }
};

TEST_F(CudaAbsence, HasNoDevice) {
  EXPECT_EQ(simple_torch_cuda_device_count(), 0);
  EXPECT_EQ(simple_torch_cuda_available(), 0);
  EXPECT_FALSE(why_no_cuda().empty());
}

TEST_F(CudaAbsence, IsToldByEveryFunctionThatNeedsOne) {
  char text[64];
  int64_t numbers[2] = {};
  double real = 0;
  const std::vector<std::function<int64_t()>> calls = {
      [] { return simple_torch_cuda_current_device(); },
      [] { return simple_torch_cuda_set_device(1); },
      [] { return simple_torch_cuda_synchronize(-1); },
      [&] { return simple_torch_cuda_device_name(1 + 256, text, sizeof(text)); },
      [&] { return simple_torch_cuda_device_uuid(1, text, sizeof(text)); },
      [] { return simple_torch_cuda_device_property(1, SIMPLE_TORCH_CUDA_MAJOR); },
      [] { return simple_torch_cuda_can_access_peer(1, 1); },
      [] { return simple_torch_cuda_enable_peer_access(1, 1); },
      [] { return simple_torch_cuda_driver_version(); },
      [] { return simple_torch_cuda_runtime_version(); },
      [] { return simple_torch_cuda_manual_seed(1, 7); },
      [] { return simple_torch_cuda_manual_seed_all(7); },
      [&] { return simple_torch_cuda_initial_seed(1, numbers); },
      [&] { return simple_torch_cuda_memory_info(1, numbers, numbers + 1); },
      [] { return simple_torch_cuda_memory_statistic(1, "num_ooms"); },
      [&] { return simple_torch_cuda_memory_statistics(1, text, sizeof(text)); },
      [&] { return simple_torch_cuda_memory_snapshot(text, sizeof(text)); },
      [] { return simple_torch_cuda_memory_empty_cache(); },
      [] { return simple_torch_cuda_memory_set_fraction(1, 0.5); },
      [&] { return simple_torch_cuda_memory_fraction(1, &real); },
      [] { return simple_torch_cuda_memory_reset_peak(1); },
      [] { return simple_torch_cuda_memory_reset_accumulated(1); },
      [&] { return simple_torch_cuda_stream_priorities(numbers, numbers + 1); },
      [&] { return simple_torch_cuda_pool_create(numbers, 2); },
      [] { return simple_torch_cuda_is_capturing(); },
  };
  for (size_t i = 0; i < calls.size(); ++i) {
    EXPECT_EQ(calls[i](), SIMPLE_TORCH_E_UNSUPPORTED) << "call " << i;
    EXPECT_EQ(std::string(simple_torch_error_message()),
              std::string(simple_torch_error_operation()) +
                  ": CUDA is not there: " + why_no_cuda());
  }
  const std::vector<std::function<simple_torch_handle()>> makers = {
      [] { return simple_torch_cuda_stream_create(-1, 0); },
      [] { return simple_torch_cuda_stream_default(1); },
      [] { return simple_torch_cuda_event_create(0, 0); },
      [] { return simple_torch_cuda_graph_create(); },
  };
  for (size_t i = 0; i < makers.size(); ++i) {
    EXPECT_EQ(makers[i](), 0) << "maker " << i;
    expect_failure(SIMPLE_TORCH_E_UNSUPPORTED, "");
  }
}

TEST_F(CudaAbsence, LeavesTheCpuAlone) {
  const Owned left(ones({2, 3}));
  const Owned sum(simple_torch_tensor_add(left, left));
  EXPECT_EQ(values(sum), std::vector<double>(6, 2.0));
  EXPECT_EQ(simple_torch_manual_seed(7), 0);
}

TEST(CpuStream, TellsItsDeviceAndNumber) {
  const Owned stream(simple_torch_stream_current(0));
  // There is one CPU, and its streams are all the same.
  EXPECT_EQ(simple_torch_stream_device(stream) % 256, 0);
  int64_t number = -1;
  EXPECT_EQ(simple_torch_stream_id(stream, &number), 0);
  EXPECT_EQ(number, 0);
  EXPECT_EQ(simple_torch_stream_id(stream, nullptr), SIMPLE_TORCH_E_BAD_ARGUMENT);
}

}  // namespace
