// Programs of TorchScript: a call, and saving to memory.
#include <ATen/ops/ones.h>
#include <ATen/ops/rand.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/jit/api/module.h>

#include <sstream>

#include "support.h"

namespace simple_torch_benchmark {
namespace {

constexpr const char* kForward = "def forward(self, x):\n    return x + 1\n";

void plain_forward(benchmark::State& state) {
  use_stock_allocator();
  const c10::InferenceMode inference;
  torch::jit::Module module("Increment");
  module.define(kForward);
  const at::Tensor one = at::ones({1});
  torch::jit::Method method = module.get_method("forward");
  require(method({one}).toTensor().item<float>() == 2, "1 + 1 in TorchScript");
  for (auto _ : state) {
    at::Tensor sum = method({one}).toTensor();
    benchmark::DoNotOptimize(sum);
  }
}

void our_forward(benchmark::State& state) {
  use_our_allocator();
  const c10::InferenceMode inference;
  const simple_torch_handle module = simple_torch_module_create("Increment");
  simple_torch_module_define(module, kForward);
  const int64_t dims[] = {1};
  const simple_torch_handle one = simple_torch_tensor_ones(dims, 1);
  const auto call = [&] {
    return simple_torch_module_call_tensors(module, "forward", &one, 1);
  };
  const simple_torch_handle sum = call();
  float value = 0;
  simple_torch_tensor_copy_to(sum, &value, sizeof(value));
  require(value == 2, "1 + 1 in TorchScript through the C ABI");
  simple_torch_tensor_free(sum);
  for (auto _ : state) simple_torch_tensor_free(call());
  simple_torch_tensor_free(one);
  simple_torch_module_free(module);
}

constexpr int64_t kElements = int64_t{4} << 20;

void plain_save(benchmark::State& state) {
  use_stock_allocator();
  torch::jit::Module module("Holder");
  module.register_parameter("weight", at::rand({kElements}), false);
  for (auto _ : state) {
    std::ostringstream out;
    module.save(out);
    require(out.tellp() > kElements * 4, "a program in a stream of C++");
  }
}

void our_save(benchmark::State& state) {
  use_our_allocator();
  const simple_torch_handle module = simple_torch_module_create("Holder");
  const simple_torch_handle weight = handle_of(at::rand({kElements}));
  simple_torch_module_add_parameter(module, "weight", weight);
  for (auto _ : state) {
    const simple_torch_handle io = simple_torch_io_memory(nullptr, 0);
    require(simple_torch_module_write(module, io) == 0, "saving");
    require(simple_torch_io_position(io) > kElements * 4, "a program in memory");
    simple_torch_io_free(io);
  }
  simple_torch_tensor_free(weight);
  simple_torch_module_free(module);
}

}  // namespace

void register_script() {
  benchmark::RegisterBenchmark("script/forward/plain", plain_forward);
  benchmark::RegisterBenchmark("script/forward/ours", our_forward);
  rows().push_back({"TorchScript: x + 1, one element", "script/forward/plain",
                    "script/forward/ours", 1.5});
  benchmark::RegisterBenchmark("script/save/plain", plain_save);
  benchmark::RegisterBenchmark("script/save/ours", our_save);
  rows().push_back({"TorchScript: 16 MiB saved to memory", "script/save/plain",
                    "script/save/ours", 1.25});
}

}  // namespace simple_torch_benchmark
