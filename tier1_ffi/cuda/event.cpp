// Events, on CUDA's own functions: libtorch's class for them moved between versions.
#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAGuard.h>

#include <mutex>

#include "parts.h"

namespace simple_torch {
namespace {

class Event final : public CudaEvent {
 public:
  explicit Event(unsigned flags) : flags_(flags) {}
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event() override {
    if (event_ == nullptr) return;
    const c10::cuda::OptionalCUDAGuard guard(device_);
    C10_CUDA_CHECK_WARN(cudaEventDestroy(event_));
  }

  // It is made at the first record, for only then its device is known.
  void record(c10::Stream given) override {
    const c10::cuda::CUDAStream stream = cuda_stream(given);
    const std::lock_guard lock(mutex_);
    TORCH_CHECK(event_ == nullptr || device_ == stream.device_index(),
                "the event is of device ", static_cast<int>(device_),
                ", and the stream of device ", static_cast<int>(stream.device_index()));
    const c10::cuda::CUDAGuard guard(stream.device_index());
    if (event_ == nullptr) {
      C10_CUDA_CHECK(cudaEventCreateWithFlags(&event_, flags_));
      device_ = stream.device_index();
    }
    C10_CUDA_CHECK(cudaEventRecord(event_, stream.stream()));
  }

  void block(c10::Stream given) const override {
    const cudaEvent_t awaited = event();
    if (awaited == nullptr) return;
    const c10::cuda::CUDAStream stream = cuda_stream(given);
    const c10::cuda::CUDAGuard guard(stream.device_index());
    C10_CUDA_CHECK(cudaStreamWaitEvent(stream.stream(), awaited, 0));
  }

  bool query() const override {
    const cudaEvent_t asked = event();
    if (asked == nullptr) return true;
    const cudaError_t answer = cudaEventQuery(asked);
    if (answer == cudaErrorNotReady) {
      (void)cudaGetLastError();
      return false;
    }
    C10_CUDA_CHECK(answer);
    return true;
  }

  void synchronize() const override {
    const cudaEvent_t awaited = event();
    if (awaited != nullptr) C10_CUDA_CHECK(cudaEventSynchronize(awaited));
  }

  double elapsed(const CudaEvent& other) const override {
    const Event& later = static_cast<const Event&>(other);
    TORCH_CHECK_VALUE((flags_ & cudaEventDisableTiming) == 0 &&
                          (later.flags_ & cudaEventDisableTiming) == 0,
                      "both events must be made with timing");
    const cudaEvent_t from = event();
    const cudaEvent_t to = later.event();
    TORCH_CHECK_VALUE(from != nullptr && to != nullptr, "both events must be recorded");
    TORCH_CHECK_VALUE(query() && later.query(), "both events must be over");
    float milliseconds = 0;
    const c10::cuda::CUDAGuard guard(device_);
    C10_CUDA_CHECK(cudaEventElapsedTime(&milliseconds, from, to));
    return static_cast<double>(milliseconds);
  }

 private:
  cudaEvent_t event() const {
    const std::lock_guard lock(mutex_);
    return event_;
  }

  const unsigned flags_;
  mutable std::mutex mutex_;  // Guards what follows; once set it stays.
  cudaEvent_t event_ = nullptr;
  c10::DeviceIndex device_ = -1;
};

}  // namespace

std::unique_ptr<CudaEvent> make_cuda_event(bool timing, bool blocking) {
  unsigned flags = timing ? cudaEventDefault : cudaEventDisableTiming;
  if (blocking) flags |= cudaEventBlockingSync;
  return std::make_unique<Event>(flags);
}

}  // namespace simple_torch
