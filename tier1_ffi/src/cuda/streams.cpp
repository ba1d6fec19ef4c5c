// Exports of cuda.h that are about streams and events.
#include <algorithm>
#include <limits>

#include "core/arguments.h"
#include "core/guarded.h"
#include "cuda/cuda.h"
#include "simple_torch/cuda.h"

namespace simple_torch {
namespace {

c10::Stream require_cuda(c10::Stream given, const char* argument) {
  if (!given.device().is_cuda()) {
    fail_argument(argument, "is no CUDA stream, but one of " + given.device().str());
  }
  return given;
}

c10::Stream cuda_stream(simple_torch_handle stream, const char* argument) {
  return require_cuda(*borrow<c10::Stream>(stream, argument), argument);
}

OwnedHandle store_stream(c10::Stream stream) {
  return store(std::make_unique<c10::Stream>(stream));
}

}  // namespace
}  // namespace simple_torch

using namespace simple_torch;

simple_torch_handle simple_torch_cuda_stream_create(int64_t device, int64_t priority) {
  return guarded([&] {
    const c10::DeviceIndex named = cuda_device(device, "device");
    if (priority > 0) fail_argument("priority", "must be 0 or negative");
    // libtorch takes what is beyond the highest priority for it.
    const int64_t highest = std::numeric_limits<int>::min();
    return store_stream(
        cuda().make_stream(named, static_cast<int>(std::max(priority, highest))));
  });
}

simple_torch_handle simple_torch_cuda_stream_default(int64_t device) {
  return guarded([&] {
    const c10::DeviceIndex named = cuda_device(device, "device");
    return store_stream(cuda().default_stream(named));
  });
}

int64_t simple_torch_cuda_stream_set_current(simple_torch_handle stream) {
  return guarded([&] {
    const c10::Stream next = cuda_stream(stream, "stream");
    cuda().set_stream(next);
  });
}

int64_t simple_torch_cuda_stream_priority(simple_torch_handle stream,
                                          int64_t* priority_out) {
  return guarded([&] {
    const c10::Stream asked = cuda_stream(stream, "stream");
    *required(priority_out, "priority_out") = cuda().priority(asked);
  });
}

int64_t simple_torch_cuda_stream_priorities(int64_t* lowest_out, int64_t* highest_out) {
  return guarded([&] {
    CudaProvider& provider = cuda();
    required(lowest_out, "lowest_out");
    required(highest_out, "highest_out");
    const auto [lowest, highest] = provider.priorities();
    *lowest_out = lowest;
    *highest_out = highest;
  });
}

int64_t simple_torch_cuda_stream_query(simple_torch_handle stream) {
  return guarded([&] {
    const c10::Stream asked = cuda_stream(stream, "stream");
    return cuda().query(asked);
  });
}

int64_t simple_torch_cuda_stream_synchronize(simple_torch_handle stream) {
  return guarded([&] {
    const c10::Stream awaited = cuda_stream(stream, "stream");
    cuda().synchronize(awaited);
  });
}

int64_t simple_torch_cuda_stream_wait(simple_torch_handle stream,
                                      simple_torch_handle awaited) {
  return guarded([&] {
    const auto given = borrow<c10::Stream>(stream, "stream");
    const auto given_awaited = borrow<c10::Stream>(awaited, "awaited");
    const c10::Stream waiting = require_cuda(*given, "stream");
    const c10::Stream first = require_cuda(*given_awaited, "awaited");
    const auto event = cuda().make_event(/*timing=*/false, /*blocking=*/false);
    event->record(first);
    event->block(waiting);
  });
}

simple_torch_handle simple_torch_cuda_event_create(int64_t timing, int64_t blocking) {
  return guarded([&] { return store(cuda().make_event(timing != 0, blocking != 0)); });
}

int64_t simple_torch_cuda_event_free(simple_torch_handle event) {
  return guarded([&] { HandleTable::get().free(event, Kind::kEvent, "event"); });
}

int64_t simple_torch_cuda_event_record(simple_torch_handle event,
                                       simple_torch_handle stream) {
  return guarded([&] {
    const auto recorded = borrow<CudaEvent>(event, "event");
    recorded->record(cuda_stream(stream, "stream"));
  });
}

int64_t simple_torch_cuda_event_block(simple_torch_handle event,
                                      simple_torch_handle stream) {
  return guarded([&] {
    const auto awaited = borrow<CudaEvent>(event, "event");
    awaited->block(cuda_stream(stream, "stream"));
  });
}

int64_t simple_torch_cuda_event_query(simple_torch_handle event) {
  return guarded([&] { return borrow<CudaEvent>(event, "event")->query(); });
}

int64_t simple_torch_cuda_event_synchronize(simple_torch_handle event) {
  return guarded([&] { borrow<CudaEvent>(event, "event")->synchronize(); });
}

int64_t simple_torch_cuda_event_elapsed(simple_torch_handle event,
                                        simple_torch_handle later,
                                        double* milliseconds_out) {
  return guarded([&] {
    const auto first = borrow<CudaEvent>(event, "event");
    const auto second = borrow<CudaEvent>(later, "later");
    *required(milliseconds_out, "milliseconds_out") = first->elapsed(*second);
  });
}
