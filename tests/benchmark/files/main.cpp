// files WHAT FOLDER [ROW…]: measures what build_support/ci/benchmark-files compares, and
// says each as ROW SIDE NUMBER. WHAT is files, resident, calls or images.
#include <ATen/Parallel.h>
#include <c10/core/CPUAllocator.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "files/support.h"

namespace simple_torch_benchmark {
namespace {

c10::Allocator* const ours = c10::GetCPUAllocator();
std::vector<std::string> wanted;

}  // namespace

void require(bool condition, const std::string& what) {
  if (condition) return;
  std::fprintf(stderr, "Wrong result, so nothing is timed: %s\n", what.c_str());
  std::exit(2);
}

simple_torch_handle handle_of(const at::Tensor& tensor) {
  auto* const keeper = new at::Tensor(tensor);
  return require_handle(simple_torch_tensor_from_blob(
      tensor.data_ptr(), static_cast<int64_t>(tensor.nbytes()), tensor.sizes().data(),
      tensor.dim(), nullptr, static_cast<int64_t>(tensor.scalar_type()),
      [](void* context) { delete static_cast<at::Tensor*>(context); }, keeper));
}

bool is_wanted(const std::string& row) {
  return wanted.empty() || std::find(wanted.begin(), wanted.end(), row) != wanted.end();
}

void say(const std::string& row, const std::string& side, int64_t number) {
  std::printf("%s %s %lld\n", row.c_str(), side.c_str(), static_cast<long long>(number));
  std::fflush(stdout);
}

void measure(const std::string& row, const std::string& side, int blocks, int times,
             const std::function<void()>& call) {
  using Clock = std::chrono::steady_clock;
  c10::SetCPUAllocator(side == "ours" ? ours : c10::GetDefaultCPUAllocator(), 100);
  int64_t least = INT64_MAX;
  // One more, in which everything is made ready.
  for (int block = 0; block <= blocks; ++block) {
    const auto start = Clock::now();
    for (int i = 0; i < times; ++i) call();
    const auto took =
        std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - start);
    if (block > 0) least = std::min<int64_t>(least, took.count() / times);
  }
  c10::SetCPUAllocator(ours, 100);
  say(row, side, least);
}

}  // namespace simple_torch_benchmark

int main(int argc, char** argv) {
  using namespace simple_torch_benchmark;
  require(argc >= 3, "files WHAT FOLDER [ROW…]");
  const std::string what = argv[1];
  const std::string folder = argv[2];
  wanted.assign(argv + 3, argv + argc);
  // On a busy machine threads that wait for each other cost more than what is compared.
  at::set_num_threads(1);
  if (what == "files") compare_files(folder);
  if (what == "resident") measure_resident(folder);
  if (what == "calls") compare_calls();
  if (what == "images") compare_images();
}
