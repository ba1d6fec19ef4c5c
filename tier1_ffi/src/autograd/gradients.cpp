#include "autograd/gradients.h"

#include "autograd/recorded_function.h"
#include "core/arguments.h"
#include "core/guarded.h"
#include "operators/arguments.h"
#include "simple_torch/autograd.h"

namespace simple_torch {

GradientsState::GradientsState(std::vector<at::Tensor> gradients,
                               std::vector<bool> wanted, RecordedFunction& recorded)
    : incoming(std::move(gradients)),
      needed(std::move(wanted)),
      function(&recorded),
      node_(compat::pointer_to(recorded)),
      outgoing_(needed.size()) {}

void GradientsState::set(size_t index, at::Tensor gradient) {
  const std::lock_guard lock(mutex_);
  // What was there before goes after the lock.
  std::swap(outgoing_[index], gradient);
}

std::vector<at::Tensor> GradientsState::take() {
  const std::lock_guard lock(mutex_);
  // Another thread may still hold the handle, and set more: in vain.
  return std::exchange(outgoing_, std::vector<at::Tensor>(outgoing_.size()));
}

}  // namespace simple_torch

using namespace simple_torch;

int64_t simple_torch_gradients_count(simple_torch_handle gradients) {
  return guarded(
      [&] { return std::ssize((*borrow<Gradients>(gradients, "gradients"))->incoming); });
}

int64_t simple_torch_gradients_input_count(simple_torch_handle gradients) {
  return guarded([&] {
    return static_cast<int64_t>(
        (*borrow<Gradients>(gradients, "gradients"))->needed.size());
  });
}

simple_torch_handle simple_torch_gradients_get(simple_torch_handle gradients,
                                               int64_t index) {
  return guarded([&] {
    const auto borrowed = borrow<Gradients>(gradients, "gradients");
    const auto& incoming = (*borrowed)->incoming;
    return store(at::Tensor(incoming[position_of(index, incoming.size(), "index")]));
  });
}

int64_t simple_torch_gradients_set(simple_torch_handle gradients, int64_t index,
                                   simple_torch_handle tensor) {
  return guarded([&] {
    const auto borrowed = borrow<Gradients>(gradients, "gradients");
    const size_t position = position_of(index, (*borrowed)->needed.size(), "index");
    const auto given = in::optional_tensor(tensor, "tensor");
    (*borrowed)->set(position, given ? *given : at::Tensor());
  });
}

int64_t simple_torch_gradients_needed(simple_torch_handle gradients, int64_t index) {
  return guarded([&] {
    const auto borrowed = borrow<Gradients>(gradients, "gradients");
    const auto& needed = (*borrowed)->needed;
    return static_cast<bool>(needed[position_of(index, needed.size(), "index")]);
  });
}

int64_t simple_torch_gradients_saved_count(simple_torch_handle gradients) {
  return guarded([&] {
    const auto borrowed = borrow<Gradients>(gradients, "gradients");
    RecordedFunction* const function = (*borrowed)->function;
    return function == nullptr ? int64_t{0}
                               : static_cast<int64_t>(function->saved_count());
  });
}

simple_torch_handle simple_torch_gradients_saved(simple_torch_handle gradients,
                                                 int64_t index) {
  return guarded([&] {
    const auto borrowed = borrow<Gradients>(gradients, "gradients");
    RecordedFunction* const function = (*borrowed)->function;
    const size_t count = function == nullptr ? 0 : function->saved_count();
    return store(function->saved(position_of(index, count, "index")));
  });
}

int64_t simple_torch_gradients_free(simple_torch_handle gradients) {
  return guarded(
      [&] { HandleTable::get().free(gradients, Kind::kGradients, "gradients"); });
}
