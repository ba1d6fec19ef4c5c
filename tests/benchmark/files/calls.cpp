// What a call into libtorch's larger machinery costs: autograd, a function with a
// derivative of its own, a program of TorchScript. The tensors have four elements.
#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/api/include/torch/autograd.h>
#include <torch/csrc/jit/api/module.h>

#include "files/support.h"

namespace simple_torch_benchmark {
namespace {

constexpr int kBlocks = 40;
constexpr int kTimes = 500;

at::Tensor input() { return at::full({4}, 3.0); }

double first_of(simple_torch_handle tensor) {
  float values[4] = {};
  require_done(simple_torch_tensor_copy_to(tensor, values, sizeof values) < 0 ? -1 : 0);
  return values[0];
}

// ---- A gradient: of the sum of x * x, again and again through the same graph

void compare_grad() {
  const at::Tensor x = input().requires_grad_();
  const at::Tensor y = (x * x).sum();
  const auto plain = [&] {
    return torch::autograd::grad({y}, {x}, {}, /*retain_graph=*/true)[0];
  };
  require(plain()[0].item<float>() == 6, "a gradient of plain C++");
  measure("grad", "plain", kBlocks, kTimes, plain);

  const Held our_x(handle_of(input()));
  require_done(simple_torch_tensor_set_requires_grad(our_x, 1));
  const Held square(simple_torch_tensor_mul(our_x, our_x));
  const Held our_y(simple_torch_op_sum(square, -1));
  const simple_torch_handle outputs[] = {our_y};
  const simple_torch_handle inputs[] = {our_x};
  const auto ours = [&] {
    return simple_torch_autograd_grad(outputs, 1, inputs, 1, nullptr, 0, 1, 0, 0);
  };
  const auto gradient_of = [](simple_torch_handle list) {
    const Held gradients(list);
    return simple_torch_list_get(gradients, 0);
  };
  require(first_of(Held(gradient_of(ours()))) == 6, "our gradient");
  measure("grad", "ours", kBlocks, kTimes,
          [&] { simple_torch_release(gradient_of(ours())); });
}

// ---- A function with a derivative of its own: x * x, forwards and backwards

struct Square : torch::autograd::Function<Square> {
  static at::Tensor forward(torch::autograd::AutogradContext* context,
                            const at::Tensor& x) {
    context->save_for_backward({x});
    return x * x;
  }
  static torch::autograd::variable_list backward(
      torch::autograd::AutogradContext* context,
      const torch::autograd::variable_list& gradients) {
    const at::Tensor product = gradients[0] * context->get_saved_variables()[0];
    return {product + product};
  }
};

int64_t our_derivative(void*, simple_torch_handle gradients) {
  const Held gradient(simple_torch_gradients_get(gradients, 0));
  const Held x(simple_torch_gradients_saved(gradients, 0));
  const Held product(simple_torch_tensor_mul(gradient, x));
  const Held twice(simple_torch_tensor_add(product, product));
  return simple_torch_gradients_set(gradients, 0, twice);
}

simple_torch_handle our_square(simple_torch_handle x) {
  const int64_t depth = simple_torch_mode_enter(SIMPLE_TORCH_MODE_GRAD, 0);
  const Held result(simple_torch_tensor_mul(x, x));
  simple_torch_mode_leave(depth);
  const simple_torch_handle inputs[] = {x};
  const simple_torch_handle outputs[] = {result};
  const Held recorded(simple_torch_function_record("Square", inputs, 1, outputs, 1,
                                                   inputs, 1, nullptr, 0, nullptr, 0, 1,
                                                   our_derivative, nullptr, nullptr));
  return require_handle(simple_torch_list_get(recorded, 0));
}

void compare_custom_function() {
  const at::Tensor x = input().requires_grad_();
  const at::Tensor ones = at::ones({4});
  const auto plain = [&] {
    return torch::autograd::grad({Square::apply(x)}, {x}, {ones})[0];
  };
  require(plain()[0].item<float>() == 6, "a derivative of plain C++");
  measure("custom_function", "plain", kBlocks, kTimes, plain);

  const Held our_x(handle_of(input()));
  require_done(simple_torch_tensor_set_requires_grad(our_x, 1));
  const Held our_ones(handle_of(ones));
  const auto ours = [&] {
    const Held y(our_square(our_x));
    const simple_torch_handle outputs[] = {y};
    const simple_torch_handle inputs[] = {our_x};
    const simple_torch_handle gradients[] = {our_ones};
    const Held found(
        simple_torch_autograd_grad(outputs, 1, inputs, 1, gradients, 1, 0, 0, 0));
    return require_handle(simple_torch_list_get(found, 0));
  };
  require(first_of(Held(ours())) == 6, "our derivative");
  measure("custom_function", "ours", kBlocks, kTimes,
          [&] { simple_torch_release(ours()); });
}

// ---- A program of TorchScript

void compare_script() {
  const c10::InferenceMode inference;
  constexpr const char* kForward = "def forward(self, x):\n    return x + 1\n";
  torch::jit::Module module("Increment");
  module.define(kForward);
  const at::Tensor x = input();
  torch::jit::Method method = module.get_method("forward");
  require(method({x}).toTensor()[0].item<float>() == 4, "3 + 1 in TorchScript");
  measure("script_forward", "plain", kBlocks, kTimes, [&] { method({x}).toTensor(); });

  const Held ours(simple_torch_module_create("Increment"));
  require_done(simple_torch_module_define(ours, kForward));
  const simple_torch_handle our_x = handle_of(x);
  const auto call = [&] {
    return require_handle(simple_torch_module_call_tensors(ours, "forward", &our_x, 1));
  };
  require(first_of(Held(call())) == 4, "our 3 + 1 in TorchScript");
  measure("script_forward", "ours", kBlocks, kTimes,
          [&] { simple_torch_release(call()); });
  simple_torch_release(our_x);
}

}  // namespace

void compare_calls() {
  if (is_wanted("grad")) compare_grad();
  if (is_wanted("custom_function")) compare_custom_function();
  if (is_wanted("script_forward")) compare_script();
}

}  // namespace simple_torch_benchmark
