// What the tests share that need a CUDA device. Without one they are skipped, and say
// why.
#pragma once

#include "support/support.h"

inline constexpr int64_t kCuda = 1;

inline std::string why_no_cuda() {
  char why[1024] = "";
  simple_torch_cuda_status(why, sizeof(why));
  return why;
}

class OnDevice : public LeavesNoHandles {
 protected:
  void SetUp() override {
    if (simple_torch_cuda_device_count() == 0) {
      GTEST_SKIP() << "there is no CUDA device: " << why_no_cuda();
    }
    ASSERT_EQ(simple_torch_cuda_synchronize(-1), 0) << simple_torch_error_message();
  }
};

inline simple_torch_handle cuda_ones(std::initializer_list<int64_t> dims) {
  return simple_torch_tensor_ones_with(dims.begin(), static_cast<int64_t>(dims.size()),
                                       kFloat32, kCuda);
}

inline std::vector<double> values_on_device(simple_torch_handle tensor) {
  const Owned here(simple_torch_tensor_to_device(tensor, 0));
  return values(here);
}

// Makes a stream the current one of its device, and at its end the one before.
class CurrentStream {
 public:
  explicit CurrentStream(simple_torch_handle stream)
      : before_(simple_torch_stream_current(kCuda)) {
    EXPECT_EQ(simple_torch_cuda_stream_set_current(stream), 0);
  }
  CurrentStream(const CurrentStream&) = delete;
  CurrentStream& operator=(const CurrentStream&) = delete;
  ~CurrentStream() { EXPECT_EQ(simple_torch_cuda_stream_set_current(before_), 0); }

 private:
  Owned before_;
};
