// What tests of differentiation share.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "simple_torch/ops.h"
#include "support/support.h"

// A tensor of one dim that requires a gradient.
inline simple_torch_handle variable(const std::vector<double>& elements) {
  const simple_torch_handle made = doubles({std::ssize(elements)}, elements);
  EXPECT_EQ(simple_torch_tensor_set_requires_grad(made, 1), 0);
  return made;
}

// From the sum of its elements.
inline int64_t backward(simple_torch_handle tensor, int64_t retain_graph = -1,
                        int64_t create_graph = 0) {
  const Owned sum(simple_torch_op_sum(tensor, -1));
  const simple_torch_handle root = sum;
  return simple_torch_autograd_backward(&root, 1, nullptr, 0, retain_graph, create_graph,
                                        nullptr, 0);
}

inline std::vector<double> grad_of(simple_torch_handle tensor) {
  return values(Owned(simple_torch_tensor_grad(tensor)));
}

// A function of C++ as a callback; it counts how often it is called and destroyed.
struct Counted {
  std::function<int64_t(simple_torch_handle)> body;
  int called = 0;
  int destroyed = 0;

  static int64_t call(void* context, simple_torch_handle handle) {
    auto& self = *static_cast<Counted*>(context);
    ++self.called;
    return self.body(handle);
  }
  static void destroy(void* context) { ++static_cast<Counted*>(context)->destroyed; }
};
