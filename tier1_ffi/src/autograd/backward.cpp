// Running backwards, and what autograd knows of a tensor.
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/engine.h>

#include <sstream>

#include "core/arguments.h"
#include "core/compat_autograd.h"
#include "core/guarded.h"
#include "operators/arguments.h"
#include "simple_torch/autograd.h"

namespace simple_torch {
namespace {

// -1 leaves it to libtorch.
compat::Optional<bool> three_way(int64_t value, const char* argument) {
  if (value == -1) return {};
  return truth(value, argument);
}

// Gradients for what is differentiated, undefined ones where 0 was given.
std::vector<at::Tensor> gradients_for(size_t count, const simple_torch_handle* gradients,
                                      int64_t gradient_count) {
  std::vector<at::Tensor> list;
  for (const simple_torch_handle each : list_of(gradients, gradient_count, "gradients")) {
    const auto given = in::optional_tensor(each, "gradients");
    list.push_back(given ? *given : at::Tensor());
  }
  if (!list.empty() && list.size() != count) {
    fail_argument("gradients", "has " + std::to_string(list.size()) +
                                   " elements where there are " + std::to_string(count) +
                                   " tensors to differentiate");
  }
  return list;
}

}  // namespace
}  // namespace simple_torch

using namespace simple_torch;

int64_t simple_torch_autograd_backward(
    const simple_torch_handle* tensors, int64_t tensor_count,
    const simple_torch_handle* gradients, int64_t gradient_count, int64_t retain_graph,
    int64_t create_graph, const simple_torch_handle* inputs, int64_t input_count) {
  return guarded([&] {
    const auto roots = in::tensors(tensors, tensor_count, "tensors");
    if (roots.empty()) fail_argument("tensors", "is empty");
    const auto given = gradients_for(roots.size(), gradients, gradient_count);
    const auto only = in::tensors(inputs, input_count, "inputs");
    const auto retain = three_way(retain_graph, "retain_graph");
    torch::autograd::backward(roots, given, retain, truth(create_graph, "create_graph"),
                              only);
  });
}

simple_torch_handle simple_torch_autograd_grad(
    const simple_torch_handle* outputs, int64_t output_count,
    const simple_torch_handle* inputs, int64_t input_count,
    const simple_torch_handle* gradients, int64_t gradient_count, int64_t retain_graph,
    int64_t create_graph, int64_t allow_unused) {
  return guarded([&] {
    const auto roots = in::tensors(outputs, output_count, "outputs");
    if (roots.empty()) fail_argument("outputs", "is empty");
    const auto leaves = in::tensors(inputs, input_count, "inputs");
    if (leaves.empty()) fail_argument("inputs", "is empty");
    const auto given = gradients_for(roots.size(), gradients, gradient_count);
    const auto retain = three_way(retain_graph, "retain_graph");
    const bool create = truth(create_graph, "create_graph");
    return store(std::make_unique<TensorList>(torch::autograd::grad(
        roots, leaves, given, retain, create, truth(allow_unused, "allow_unused"))));
  });
}

int64_t simple_torch_autograd_reaches_all(void) {
  return guarded(
      [] { return torch::autograd::Engine::get_default_engine().is_checkpoint_valid(); });
}

simple_torch_handle simple_torch_tensor_grad(simple_torch_handle tensor) {
  return guarded(
      [&] { return store(at::Tensor(borrow_defined(tensor, "tensor")->grad())); });
}

int64_t simple_torch_tensor_set_grad(simple_torch_handle tensor,
                                     simple_torch_handle grad) {
  return guarded([&] {
    const auto target = borrow_defined(tensor, "tensor");
    const auto given = in::optional_tensor(grad, "grad");
    if (!given) {
      // What has no gradient shall not get memory for one.
      if (target->grad().defined()) target->mutable_grad().reset();
      return;
    }
    if (given->is_same(*target)) fail(Code::kValue, "grad", "is the tensor itself");
    if (given->sizes() != target->sizes() || given->dtype() != target->dtype() ||
        given->device() != target->device()) {
      std::ostringstream text;
      text << "is " << given->dtype() << ' ' << given->sizes() << " on "
           << given->device() << " where the tensor is " << target->dtype() << ' '
           << target->sizes() << " on " << target->device();
      fail(Code::kValue, "grad", text.str());
    }
    target->mutable_grad() = *given;
  });
}

int64_t simple_torch_tensor_grad_fn_name(simple_torch_handle tensor, char* buffer,
                                         int64_t capacity) {
  return guarded([&] {
    const auto shown = borrow_defined(tensor, "tensor");
    const auto node = shown->grad_fn();
    return write_text(node ? node->name() : std::string(), buffer, capacity, "buffer");
  });
}

simple_torch_handle simple_torch_tensor_base(simple_torch_handle tensor) {
  return guarded([&] {
    const auto view = borrow_defined(tensor, "tensor");
    return store(view->is_view() ? at::Tensor(view->_base()) : at::Tensor());
  });
}
