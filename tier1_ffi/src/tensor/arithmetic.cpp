// The operations that the design of this library names.
#include <ATen/core/Tensor.h>
#include <ATen/ops/add_ops.h>
#include <ATen/ops/matmul_ops.h>
#include <ATen/ops/mul_ops.h>
#include <ATen/ops/relu_ops.h>
#include <ATen/ops/sigmoid_ops.h>
#include <ATen/ops/tanh_ops.h>

#include "core/guarded.h"
#include "core/one_thread.h"
#include "operators/below_autograd.h"
#include "simple_torch/tensor.h"

using namespace simple_torch;

simple_torch_handle simple_torch_tensor_add(simple_torch_handle left,
                                            simple_torch_handle right) {
  return guarded([&] {
    const auto a = borrow<at::Tensor>(left, "left");
    const auto b = borrow<at::Tensor>(right, "right");
    const BelowAutograd below(*a, *b);
    return store(at::_ops::add_Tensor::call(*a, *b, 1));
  });
}

simple_torch_handle simple_torch_tensor_mul(simple_torch_handle left,
                                            simple_torch_handle right) {
  return guarded([&] {
    const auto a = borrow<at::Tensor>(left, "left");
    const auto b = borrow<at::Tensor>(right, "right");
    const BelowAutograd below(*a, *b);
    return store(at::_ops::mul_Tensor::call(*a, *b));
  });
}

simple_torch_handle simple_torch_tensor_matmul(simple_torch_handle left,
                                               simple_torch_handle right) {
  return guarded([&] {
    const auto a = borrow<at::Tensor>(left, "left");
    const auto b = borrow<at::Tensor>(right, "right");
    const OneThread alone(is_small(*a, *b));
    return store(at::_ops::matmul::call(*a, *b));
  });
}

simple_torch_handle simple_torch_relu(simple_torch_handle tensor) {
  return guarded([&] {
    const auto input = borrow<at::Tensor>(tensor, "tensor");
    const BelowAutograd below(*input);
    return store(at::_ops::relu::call(*input));
  });
}

simple_torch_handle simple_torch_sigmoid(simple_torch_handle tensor) {
  return guarded([&] {
    const auto input = borrow<at::Tensor>(tensor, "tensor");
    const BelowAutograd below(*input);
    return store(at::_ops::sigmoid::call(*input));
  });
}

simple_torch_handle simple_torch_tanh(simple_torch_handle tensor) {
  return guarded([&] {
    const auto input = borrow<at::Tensor>(tensor, "tensor");
    const BelowAutograd below(*input);
    return store(at::_ops::tanh::call(*input));
  });
}
