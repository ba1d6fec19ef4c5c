// Generated functions of operators against libtorch's own calls, on tensors of one
// element.
#include <ATen/core/Tensor.h>
#include <ATen/ops/add_ops.h>
#include <ATen/ops/empty_ops.h>
#include <ATen/ops/eq_ops.h>
#include <ATen/ops/lt_ops.h>
#include <ATen/ops/mul_ops.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/relu_ops.h>
#include <ATen/ops/view_ops.h>
#include <c10/core/InferenceMode.h>

#include <cstdlib>
#include <cstring>
#include <string>

#include "simple_torch/ops.h"
#include "support.h"

namespace simple_torch_benchmark {
namespace {

constexpr int64_t kDims[] = {1};

// The functions are templates' parameters, so that what is timed is the call and nothing
// else.
template <at::Tensor (*kCall)(const at::Tensor&)>
void plain(benchmark::State& state, bool inference_mode) {
  use_stock_allocator();
  const c10::InferenceMode inference(inference_mode);
  const at::Tensor one = at::ones({1});
  for (auto _ : state) {
    at::Tensor result = kCall(one);
    benchmark::DoNotOptimize(result);
  }
}

template <at::Tensor (*kPlain)(const at::Tensor&),
          simple_torch_handle (*kCall)(simple_torch_handle)>
void ours(benchmark::State& state, bool inference_mode, bool has_contents) {
  use_our_allocator();
  const c10::InferenceMode inference(inference_mode);
  const at::Tensor expected = kPlain(at::ones({1}));
  const simple_torch_handle one = simple_torch_tensor_ones(kDims, 1);
  const simple_torch_handle result = kCall(one);
  require(result != 0, simple_torch_error_message());
  char bytes[16] = {};
  simple_torch_tensor_copy_to(result, bytes, static_cast<int64_t>(expected.nbytes()));
  require(
      !has_contents || std::memcmp(bytes, expected.data_ptr(), expected.nbytes()) == 0,
      "the same result both ways");
  simple_torch_tensor_free(result);
  for (auto _ : state) {
    simple_torch_tensor_free(kCall(one));
  }
  simple_torch_tensor_free(one);
}

at::Tensor plain_add(const at::Tensor& one) {
  return at::_ops::add_Tensor::call(one, one, 1);
}
simple_torch_handle our_add(simple_torch_handle one) {
  return simple_torch_op_add_tensor(one, one, SIMPLE_TORCH_INT(1));
}
at::Tensor plain_mul(const at::Tensor& one) {
  return at::_ops::mul_Tensor::call(one, one);
}
simple_torch_handle our_mul(simple_torch_handle one) {
  return simple_torch_op_mul_tensor(one, one);
}
at::Tensor plain_relu(const at::Tensor& one) { return at::_ops::relu::call(one); }
simple_torch_handle our_relu(simple_torch_handle one) {
  return simple_torch_op_relu(one);
}
at::Tensor plain_empty(const at::Tensor&) {
  return at::_ops::empty_memory_format::call(
      c10::SymIntArrayRef(reinterpret_cast<const c10::SymInt*>(kDims), 1), c10::nullopt,
      c10::nullopt, c10::nullopt, c10::nullopt, c10::nullopt);
}
simple_torch_handle our_empty(simple_torch_handle) {
  return simple_torch_op_empty_memory_format(kDims, 1, -1, -1, -1, SIMPLE_TORCH_NONE, -1);
}
at::Tensor plain_add_number(const at::Tensor& one) {
  return at::_ops::add_Scalar::call(one, 2.5, 1);
}
simple_torch_handle our_add_number(simple_torch_handle one) {
  return simple_torch_op_add_scalar(one, SIMPLE_TORCH_FLOAT(2.5), SIMPLE_TORCH_INT(1));
}
at::Tensor plain_mul_number(const at::Tensor& one) {
  return at::_ops::mul_Scalar::call(one, 2.5);
}
simple_torch_handle our_mul_number(simple_torch_handle one) {
  return simple_torch_op_mul_scalar(one, SIMPLE_TORCH_FLOAT(2.5));
}
at::Tensor plain_less(const at::Tensor& one) {
  return at::_ops::lt_Scalar::call(one, 2.5);
}
simple_torch_handle our_less(simple_torch_handle one) {
  return simple_torch_op_lt_scalar(one, SIMPLE_TORCH_FLOAT(2.5));
}

template <at::Tensor (*kPlain)(const at::Tensor&),
          simple_torch_handle (*kOurs)(simple_torch_handle)>
void compare(const std::string& name, double inference_limit, double grad_limit) {
  // `empty` leaves memory as it is: there is nothing to compare.
  const bool has_contents = name != "empty";
  for (const bool inference : {true, false}) {
    const std::string mode = inference ? "inference" : "grad";
    const std::string base = "op/" + name + "/" + mode;
    benchmark::RegisterBenchmark((base + "/plain").c_str(), plain<kPlain>, inference);
    benchmark::RegisterBenchmark((base + "/ours").c_str(), ours<kPlain, kOurs>, inference,
                                 has_contents);
    rows().push_back({name + ", " + mode + " mode", base + "/plain", base + "/ours",
                      inference ? inference_limit : grad_limit});
  }
}

}  // namespace

void register_operators() {
  const char* const pool = std::getenv("SIMPLE_TORCH_POOL");
  if (pool != nullptr && std::strcmp(pool, "0") == 0) {
    // At most 45 ns more than libtorch's own call.
    compare<plain_add, our_add>("add", 1.08, 1.08);
    compare<plain_mul, our_mul>("mul", 1.08, 1.08);
    compare<plain_relu, our_relu>("relu", 1.12, 1.12);
    return;
  }
  compare<plain_add, our_add>("add", 0.88, 0.75);
  compare<plain_mul, our_mul>("mul", 0.88, 0.75);
  compare<plain_relu, our_relu>("relu", 0.88, 0.75);
  compare<plain_empty, our_empty>("empty", 0.88, 0.88);
  compare<plain_add_number, our_add_number>("add of a number", 0.5, 0.5);
  compare<plain_mul_number, our_mul_number>("mul by a number", 0.5, 0.5);
  compare<plain_less, our_less>("less than a number", 0.5, 0.5);
}

}  // namespace simple_torch_benchmark
