#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "support.h"

namespace simple_torch_benchmark {

namespace {

c10::Allocator* const ours = c10::GetCPUAllocator();

}  // namespace

void use_stock_allocator() { c10::SetCPUAllocator(c10::GetDefaultCPUAllocator(), 100); }
void use_our_allocator() { c10::SetCPUAllocator(ours, 100); }

simple_torch_handle handle_of(const at::Tensor& tensor) {
  auto* const keeper = new at::Tensor(tensor);
  const simple_torch_handle handle = simple_torch_tensor_from_blob(
      tensor.data_ptr(), static_cast<int64_t>(tensor.nbytes()), tensor.sizes().data(),
      tensor.dim(), nullptr, static_cast<int64_t>(tensor.scalar_type()),
      [](void* context) { delete static_cast<at::Tensor*>(context); }, keeper);
  require(handle != 0, simple_torch_error_message());
  return handle;
}

void require(bool condition, const std::string& what) {
  if (condition) return;
  std::fprintf(stderr, "Wrong result, so nothing is timed: %s\n", what.c_str());
  std::exit(2);
}

std::vector<Row>& rows() {
  static std::vector<Row> all;
  return all;
}

bool Collector::ReportContext(const Context&) { return true; }

void Collector::ReportRuns(const std::vector<Run>& runs) {
  for (const Run& run : runs) {
    if (run.run_type == Run::RT_Iteration && !run.error_occurred) {
      nanoseconds_.emplace_back(run.benchmark_name(), run.GetAdjustedRealTime());
    }
  }
}

double Collector::quiet(const std::string& name) const {
  std::vector<double> times;
  for (const auto& [each, time] : nanoseconds_) {
    if (each == name) times.push_back(time);
  }
  if (times.empty()) return -1;
  std::sort(times.begin(), times.end());
  return times[times.size() / 10];
}

bool Collector::print_table() const {
  std::printf("%-52s %12s %12s %8s %8s\n", "", "plain C++", "ours", "ratio", "limit");
  bool good = true;
  bool compared = false;
  for (const Row& row : rows()) {
    const double ours_time = quiet(row.ours);
    // Either side may be left out by a filter, or have failed.
    if (ours_time < 0 || (!row.plain.empty() && quiet(row.plain) < 0)) continue;
    compared = true;
    if (row.plain.empty()) {
      const bool holds = ours_time <= row.limit;
      good = good && holds;
      std::printf("%-52s %12s %9.0f ns %8s %5.0f ns%s\n", row.what.c_str(), "", ours_time,
                  "", row.limit, holds ? "" : "  MISSED");
    } else {
      const double plain_time = quiet(row.plain);
      const double ratio = ours_time / plain_time;
      const bool holds = ratio <= row.limit;
      good = good && holds;
      std::printf("%-52s %9.0f ns %9.0f ns %8.3f %8.3f%s\n", row.what.c_str(), plain_time,
                  ours_time, ratio, row.limit, holds ? "" : "  MISSED");
    }
  }
  if (!compared) std::printf("Nothing was compared.\n");
  return good && compared;
}

}  // namespace simple_torch_benchmark
