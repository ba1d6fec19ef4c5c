// The cost of a call on tensors of one element, where the work itself is nothing.
#include <ATen/core/Tensor.h>
#include <ATen/ops/add_ops.h>
#include <ATen/ops/matmul_ops.h>
#include <ATen/ops/ones.h>
#include <c10/core/InferenceMode.h>
#include <c10/util/Exception.h>

#include <cstdlib>
#include <cstring>

#include "support.h"

namespace simple_torch_benchmark {
namespace {

enum class Mode { kInference, kGrad };

at::Tensor plain_one() { return at::ones({1}); }

void plain_add(benchmark::State& state, Mode mode) {
  use_stock_allocator();
  const c10::InferenceMode inference(mode == Mode::kInference);
  const at::Tensor one = plain_one();
  require(at::_ops::add_Tensor::call(one, one, 1).item<float>() == 2, "1 + 1 in C++");
  for (auto _ : state) {
    at::Tensor sum = at::_ops::add_Tensor::call(one, one, 1);
    benchmark::DoNotOptimize(sum);
  }
}

void our_add(benchmark::State& state, Mode mode) {
  use_our_allocator();
  const c10::InferenceMode inference(mode == Mode::kInference);
  const int64_t dims[] = {1};
  const simple_torch_handle one = simple_torch_tensor_ones(dims, 1);
  const simple_torch_handle sum = simple_torch_tensor_add(one, one);
  float value = 0;
  simple_torch_tensor_copy_to(sum, &value, sizeof(value));
  require(value == 2, "1 + 1 through the C ABI");
  simple_torch_tensor_free(sum);
  for (auto _ : state) {
    simple_torch_tensor_free(simple_torch_tensor_add(one, one));
  }
  simple_torch_tensor_free(one);
}

void handle_alone(benchmark::State& state) {
  use_our_allocator();
  const int64_t dims[] = {1};
  const simple_torch_handle one = simple_torch_tensor_ones(dims, 1);
  const simple_torch_handle alias = simple_torch_tensor_alias(one);
  require(alias != one && simple_torch_tensor_numel(alias) == 1, "an alias");
  simple_torch_tensor_free(alias);
  for (auto _ : state) {
    simple_torch_tensor_free(simple_torch_tensor_alias(one));
  }
  simple_torch_tensor_free(one);
}

void our_failure(benchmark::State& state) {
  use_our_allocator();
  const int64_t dims[] = {2, 3};
  const simple_torch_handle matrix = simple_torch_tensor_ones(dims, 2);
  require(
      simple_torch_tensor_matmul(matrix, matrix) == 0 &&
          std::strstr(simple_torch_error_message(), "cannot be multiplied") != nullptr,
      "a product that fails");
  for (auto _ : state) {
    benchmark::DoNotOptimize(simple_torch_tensor_matmul(matrix, matrix));
  }
  simple_torch_tensor_free(matrix);
}

void plain_failure(benchmark::State& state) {
  use_stock_allocator();
  const at::Tensor matrix = at::ones({2, 3});
  for (auto _ : state) {
    try {
      at::_ops::matmul::call(matrix, matrix);
    } catch (const c10::Error& error) {
      benchmark::DoNotOptimize(error.what_without_backtrace());
    }
  }
}

}  // namespace

void register_calls() {
  using benchmark::RegisterBenchmark;
  RegisterBenchmark("add/inference/plain", plain_add, Mode::kInference);
  RegisterBenchmark("add/inference/ours", our_add, Mode::kInference);
  RegisterBenchmark("add/grad/plain", plain_add, Mode::kGrad);
  RegisterBenchmark("add/grad/ours", our_add, Mode::kGrad);
  const char* const pool = std::getenv("SIMPLE_TORCH_POOL");
  const bool pool_off = pool != nullptr && std::strcmp(pool, "0") == 0;
  const double limit = pool_off ? 1.08 : 0.88;
  rows().push_back({"add of two [1] tensors, inference mode", "add/inference/plain",
                    "add/inference/ours", limit});
  rows().push_back({"add of two [1] tensors, grad mode", "add/grad/plain",
                    "add/grad/ours", pool_off ? 1.08 : 1.0});
  if (pool_off) return;

  RegisterBenchmark("handle", handle_alone);
  RegisterBenchmark("failure/plain", plain_failure);
  RegisterBenchmark("failure/ours", our_failure);
  RegisterBenchmark("add/1_thread", our_add, Mode::kInference)->Threads(1)->UseRealTime();
  RegisterBenchmark("add/2_threads", our_add, Mode::kInference)
      ->Threads(2)
      ->UseRealTime();
  rows().push_back({"handle: look-up, insert and free", "", "handle", 40});
  rows().push_back({"a failing call", "", "failure/ours", 25'000});
  rows().push_back(
      {"a failing call, against catching in C++", "failure/plain", "failure/ours", 1.5});
  // The time of one call over all threads: half of it is twice the throughput.
  rows().push_back({"add by 2 threads, against 1 thread",
                    "add/1_thread/real_time/threads:1",
                    "add/2_threads/real_time/threads:2", 1 / 1.8});
}

}  // namespace simple_torch_benchmark
