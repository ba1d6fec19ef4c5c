// A chain of elementwise operations, relu(x * 2 + 1) * x, where memory is the cost.
#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/add_ops.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/full.h>
#include <ATen/ops/mul_ops.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/relu_ops.h>

#include <cstdlib>
#include <cstring>
#include <string>

#include "support.h"

namespace simple_torch_benchmark {
namespace {

struct Operands {
  at::Tensor x;
  at::Tensor two = at::full({1}, 2.0);
  at::Tensor one = at::full({1}, 1.0);
  explicit Operands(int64_t bytes) : x(at::rand({bytes / 4})) {}
};

at::Tensor plain_chain(const Operands& operands) {
  const at::Tensor doubled = at::_ops::mul_Tensor::call(operands.x, operands.two);
  const at::Tensor shifted = at::_ops::add_Tensor::call(doubled, operands.one, 1);
  const at::Tensor positive = at::_ops::relu::call(shifted);
  return at::_ops::mul_Tensor::call(positive, operands.x);
}

struct Handles {
  simple_torch_handle x;
  simple_torch_handle two;
  simple_torch_handle one;
  explicit Handles(const Operands& operands)
      : x(handle_of(operands.x)),
        two(handle_of(operands.two)),
        one(handle_of(operands.one)) {}
  Handles(const Handles&) = delete;
  Handles& operator=(const Handles&) = delete;
  ~Handles() {
    for (const simple_torch_handle each : {x, two, one}) simple_torch_tensor_free(each);
  }
};

simple_torch_handle our_chain(const Handles& handles) {
  const simple_torch_handle doubled = simple_torch_tensor_mul(handles.x, handles.two);
  const simple_torch_handle shifted = simple_torch_tensor_add(doubled, handles.one);
  const simple_torch_handle positive = simple_torch_relu(shifted);
  const simple_torch_handle result = simple_torch_tensor_mul(positive, handles.x);
  for (const simple_torch_handle each : {doubled, shifted, positive}) {
    simple_torch_tensor_free(each);
  }
  return result;
}

void time_plain(benchmark::State& state, int64_t bytes, int threads) {
  at::set_num_threads(threads);
  use_stock_allocator();
  const Operands operands(bytes);
  for (auto _ : state) {
    at::Tensor result = plain_chain(operands);
    benchmark::DoNotOptimize(result);
  }
}

void time_ours(benchmark::State& state, int64_t bytes, int threads) {
  at::set_num_threads(threads);
  use_our_allocator();
  const Operands operands(bytes);
  const Handles handles(operands);
  const simple_torch_handle result = our_chain(handles);
  at::Tensor copy = at::empty_like(operands.x);
  simple_torch_tensor_copy_to(result, copy.data_ptr(), bytes);
  require(copy.equal(plain_chain(operands)), "the chain through the C ABI");
  simple_torch_tensor_free(result);
  for (auto _ : state) {
    simple_torch_tensor_free(our_chain(handles));
  }
}

}  // namespace

void register_chains() {
  const char* const pool = std::getenv("SIMPLE_TORCH_POOL");
  if (pool != nullptr && std::strcmp(pool, "0") == 0) return;
  struct Size {
    int64_t bytes;
    const char* name;
    double limit;
  };
  // "Never slower" allows for the noise of a shared machine.
  const Size sizes[] = {{1 << 10, "1 KB", 1.03},
                        {64 << 10, "64 KB", 1.03},
                        {1 << 20, "1 MB", 1.03},
                        {16 << 20, "16 MB", 1.03},
                        {64 << 20, "64 MB", 1 / 1.8}};
  for (const int threads : {1, 2}) {
    for (const Size& size : sizes) {
      const std::string name =
          "chain/" + std::to_string(size.bytes) + "/" + std::to_string(threads);
      benchmark::RegisterBenchmark((name + "/plain").c_str(), time_plain, size.bytes,
                                   threads)
          ->UseRealTime();
      benchmark::RegisterBenchmark((name + "/ours").c_str(), time_ours, size.bytes,
                                   threads)
          ->UseRealTime();
      rows().push_back({std::string("chain on ") + size.name + ", " +
                            std::to_string(threads) + " thread" +
                            (threads == 1 ? "" : "s"),
                        name + "/plain/real_time", name + "/ours/real_time", size.limit});
    }
  }
}

}  // namespace simple_torch_benchmark
