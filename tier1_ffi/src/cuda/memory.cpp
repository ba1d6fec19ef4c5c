// Exports of cuda.h that are about memory.
#include <algorithm>

#include "core/arguments.h"
#include "core/guarded.h"
#include "cuda/cuda.h"
#include "simple_torch/cuda.h"

namespace simple_torch {
namespace {

// Members and items of JSON, with commas between them.
class Json {
 public:
  void open(char bracket) {
    separate();
    text_ += bracket;
    first_ = true;
  }
  void close(char bracket) {
    text_ += bracket;
    first_ = false;
  }
  void open(const char* name, char bracket) {
    key(name);
    open(bracket);
  }
  void number(const char* name, int64_t value) { raw(name, std::to_string(value)); }
  void truth(const char* name, bool value) { raw(name, value ? "true" : "false"); }
  // Of letters that need no escape.
  void word(const char* name, const std::string& value) { raw(name, '"' + value + '"'); }
  void raw(const char* name, const std::string& value) {
    key(name);
    text_ += value;
    first_ = false;
  }
  const std::string& text() const { return text_; }

 private:
  void separate() {
    if (!first_) text_ += ", ";
  }
  void key(const char* name) {
    separate();
    text_ += '"';
    text_ += name;
    text_ += "\": ";
    first_ = true;
  }

  std::string text_;
  bool first_ = true;
};

void append(Json& json, const CudaBlock& block) {
  json.open('{');
  json.number("address", block.address);
  json.number("size", block.size);
  json.number("requested_size", block.requested_size);
  json.word("state", block.state);
  json.close('}');
}

void append(Json& json, const CudaSegment& segment) {
  json.open('{');
  json.number("device", segment.device);
  json.number("address", segment.address);
  json.number("total_size", segment.total_size);
  json.number("allocated_size", segment.allocated_size);
  json.number("active_size", segment.active_size);
  json.number("requested_size", segment.requested_size);
  json.number("stream", segment.stream);
  json.word("segment_type", segment.is_large ? "large" : "small");
  json.raw("segment_pool_id", '[' + std::to_string(segment.pool.first) + ", " +
                                  std::to_string(segment.pool.second) + ']');
  json.truth("is_expandable", segment.is_expandable);
  json.open("blocks", '[');
  for (const CudaBlock& each : segment.blocks) append(json, each);
  json.close(']');
  json.close('}');
}

std::string snapshot_text(const std::vector<CudaSegment>& segments) {
  Json json;
  json.open('[');
  for (const CudaSegment& each : segments) append(json, each);
  json.close(']');
  return json.text();
}

std::string statistics_text(CudaStatistics statistics) {
  std::sort(statistics.begin(), statistics.end());
  std::string text;
  for (const auto& [name, figure] : statistics) {
    text += name + ' ' + std::to_string(figure) + '\n';
  }
  return text;
}

}  // namespace
}  // namespace simple_torch

using namespace simple_torch;

int64_t simple_torch_cuda_memory_info(int64_t device, int64_t* free_out,
                                      int64_t* total_out) {
  return guarded([&] {
    const c10::DeviceIndex named = cuda_device(device, "device");
    required(free_out, "free_out");
    required(total_out, "total_out");
    const CudaMemory memory = cuda().memory(named);
    *free_out = memory.free;
    *total_out = memory.total;
  });
}

int64_t simple_torch_cuda_memory_statistic(int64_t device, const char* name) {
  return guarded([&]() -> int64_t {
    const c10::DeviceIndex named = cuda_device(device, "device");
    const std::string_view wanted = text_of(name, "name");
    for (const auto& [known, figure] : cuda().statistics(named)) {
      if (known == wanted) return figure;
    }
    fail_argument("name", "names no statistic: " + std::string(wanted));
  });
}

int64_t simple_torch_cuda_memory_statistics(int64_t device, char* buffer,
                                            int64_t capacity) {
  return guarded([&] {
    const c10::DeviceIndex named = cuda_device(device, "device");
    return write_text(statistics_text(cuda().statistics(named)), buffer, capacity,
                      "buffer");
  });
}

int64_t simple_torch_cuda_memory_snapshot(char* buffer, int64_t capacity) {
  return guarded([&] {
    return write_text(snapshot_text(cuda().snapshot()), buffer, capacity, "buffer");
  });
}

int64_t simple_torch_cuda_memory_empty_cache(void) {
  return guarded([] { cuda().empty_cache(); });
}

int64_t simple_torch_cuda_memory_set_fraction(int64_t device, double fraction) {
  return guarded([&] {
    const c10::DeviceIndex named = cuda_device(device, "device");
    // Written so that NaN is refused too.
    if (!(fraction >= 0 && fraction <= 1)) {
      fail_argument("fraction", "must be from 0 to 1, not " + std::to_string(fraction));
    }
    cuda().set_memory_fraction(named, fraction);
  });
}

int64_t simple_torch_cuda_memory_fraction(int64_t device, double* fraction_out) {
  return guarded([&] {
    const c10::DeviceIndex named = cuda_device(device, "device");
    *required(fraction_out, "fraction_out") = cuda().memory_fraction(named);
  });
}

int64_t simple_torch_cuda_memory_reset_peak(int64_t device) {
  return guarded([&] {
    const c10::DeviceIndex named = cuda_device(device, "device");
    cuda().reset_peak(named);
  });
}

int64_t simple_torch_cuda_memory_reset_accumulated(int64_t device) {
  return guarded([&] {
    const c10::DeviceIndex named = cuda_device(device, "device");
    cuda().reset_accumulated(named);
  });
}
