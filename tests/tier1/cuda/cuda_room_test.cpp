// What happens when a device's memory runs out, on a device. The device seems small: a
// bound of a fraction of it stands for all it has.
#include <atomic>
#include <mutex>
#include <thread>

#include "cuda/device.h"

namespace {

constexpr int64_t kPieces = 16;

// A runtime whose garbage is tensors that nobody has freed.
class Garbage {
 public:
  void add(simple_torch_handle handle) {
    const std::lock_guard lock(mutex_);
    handles_.push_back(handle);
  }
  int64_t collect() {
    ++collections;
    std::vector<simple_torch_handle> dead;
    {
      const std::lock_guard lock(mutex_);
      dead.swap(handles_);
    }
    simple_torch_release_many(dead.data(), static_cast<int64_t>(dead.size()));
    return 0;
  }
  std::atomic<int64_t> collections{0};

 private:
  std::mutex mutex_;
  std::vector<simple_torch_handle> handles_;
};

class CudaRoom : public OnDevice {
 protected:
  void SetUp() override {
    OnDevice::SetUp();
    if (IsSkipped()) return;
    simple_torch_cuda_memory_empty_cache();
    const int64_t total =
        simple_torch_cuda_device_property(kCuda, SIMPLE_TORCH_CUDA_TOTAL_MEMORY);
    bytes_ = std::min(total / 4, 4096 * kMiB);
    ASSERT_EQ(simple_torch_cuda_memory_set_fraction(
                  kCuda, static_cast<double>(bytes_) / static_cast<double>(total)),
              0);
  }
  void TearDown() override {
    if (IsSkipped()) return;
    simple_torch_runtime_attach(nullptr);
    garbage_.collect();
    simple_torch_runtime_poll();
    simple_torch_cuda_memory_set_fraction(kCuda, 1);
    simple_torch_cuda_memory_empty_cache();
  }
  void attach(int64_t thread_rule) {
    simple_torch_runtime runtime{};
    runtime.size = sizeof(runtime);
    runtime.context = &garbage_;
    runtime.collect = [](void* context, int64_t, int64_t) -> int64_t {
      return static_cast<Garbage*>(context)->collect();
    };
    runtime.thread_rule = thread_rule;
    ASSERT_EQ(simple_torch_runtime_attach(&runtime), 0);
  }
  // A sixteenth of all there is.
  simple_torch_handle piece() const {
    const int64_t dims[] = {bytes_ / kPieces};
    return simple_torch_tensor_zeros_with(dims, 1, kUint8, kCuda);
  }

  Garbage garbage_;
  int64_t bytes_ = 0;
};

TEST_F(CudaRoom, IsMadeOfReleasedHandles) {
  for (int64_t i = 0; i < 10 * kPieces; ++i) {
    const simple_torch_handle made = piece();
    ASSERT_NE(made, 0) << "piece " << i << ": " << simple_torch_error_message();
    simple_torch_release_many(&made, 1);
  }
}

TEST_F(CudaRoom, IsMadeByCollections) {
  attach(SIMPLE_TORCH_COLLECT_ON_ATTACHING_THREAD);
  // The bound is not the device's end, so the pace is that of a device with much that is
  // free; garbage is at most what was allocated since the last collection.
  int64_t failures = 0;
  for (int64_t i = 0; i < 10 * kPieces; ++i) {
    const simple_torch_handle made = piece();
    if (made == 0) {
      ++failures;
      // What failed has asked for a collection: trying again works.
      const simple_torch_handle again = piece();
      ASSERT_NE(again, 0) << simple_torch_error_message();
      garbage_.add(again);
    } else {
      garbage_.add(made);
    }
  }
  EXPECT_GT(garbage_.collections, 0);
  RecordProperty("failures", static_cast<int>(failures));
  RecordProperty("collections", static_cast<int>(garbage_.collections));
}

TEST_F(CudaRoom, IsMadeInManyThreadsWithoutWaitingForEver) {
  attach(SIMPLE_TORCH_COLLECT_ON_ANY_THREAD);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([this] {
      for (int64_t i = 0; i < 4 * kPieces; ++i) {
        const simple_torch_handle made = piece();
        if (made != 0) garbage_.add(made);
      }
    });
  }
  for (std::thread& each : threads) each.join();
  EXPECT_GT(garbage_.collections, 0);
}

TEST_F(CudaRoom, IsEndedByAnError) {
  std::vector<simple_torch_handle> kept;
  simple_torch_handle made = 0;
  while (static_cast<int64_t>(kept.size()) <= kPieces && (made = piece()) != 0) {
    kept.push_back(made);
  }
  EXPECT_EQ(made, 0);
  EXPECT_EQ(simple_torch_error_code(), SIMPLE_TORCH_E_OUT_OF_MEMORY);
  for (const simple_torch_handle each : kept) simple_torch_tensor_free(each);
  const Owned again(piece());
}

}  // namespace
