#include "autograd/recorded_function.h"

#include <torch/csrc/autograd/saved_variable.h>

#include "autograd/gradients.h"
#include "operators/arguments.h"
#include "simple_torch/autograd.h"

namespace simple_torch {
namespace {

using torch::autograd::variable_list;

std::unordered_set<at::TensorImpl*> impls_of(const variable_list& tensors) {
  std::unordered_set<at::TensorImpl*> impls;
  for (const at::Tensor& each : tensors) impls.insert(each.unsafeGetTensorImpl());
  return impls;
}

// Adds the node to the graph behind `outputs`; returns these as part of it.
variable_list record(const variable_list& inputs, const variable_list& outputs,
                     const variable_list& dirty, const variable_list& non_differentiable,
                     const compat::NodePtr& node) {
  for (const at::Tensor& each : dirty) each.unsafeGetTensorImpl()->bump_version();
  std::vector<compat::Optional<at::Tensor>> raw(outputs.begin(), outputs.end());
  compat::NodePtr attached;
  const auto wrapped = compat::wrap_outputs(inputs, impls_of(non_differentiable),
                                            impls_of(dirty), raw, node, attached);
  compat::finish_recording(attached);
  variable_list results;
  results.reserve(wrapped.size());
  for (const auto& each : wrapped) results.push_back(*each);
  return results;
}

}  // namespace

void RecordedFunction::complete(const variable_list& outputs,
                                const variable_list& saved) {
  for (const at::Tensor& each : outputs) outputs_.emplace_back(each);
  Saved kept;
  kept.reserve(saved.size());
  for (const at::Tensor& each : saved) {
    // A result that refers to this node would keep it alive for ever.
    kept.emplace_back(each, /*is_output=*/each.grad_fn().get() == this);
  }
  saved_count_ = kept.size();
  saved_ = std::make_shared<const Saved>(std::move(kept));
}

std::shared_ptr<const RecordedFunction::Saved> RecordedFunction::saved_now() {
  const std::lock_guard lock(saved_mutex_);
  return saved_;
}

at::Tensor RecordedFunction::saved(size_t index) {
  const auto now = saved_now();
  TORCH_CHECK(now != nullptr, torch::autograd::ERR_BACKWARD_TWICE);
  return (*now)[index].unpack(compat::pointer_to(*this));
}

void RecordedFunction::release_variables() {
  std::shared_ptr<const Saved> released;
  const std::lock_guard lock(saved_mutex_);
  saved_.swap(released);
}

variable_list RecordedFunction::apply(variable_list&& gradients) {
  at::OptionalDeviceGuard guard;
  for (size_t i = 0; materialize_ && i < gradients.size(); ++i) {
    if (!gradients[i].defined()) gradients[i] = outputs_[i].zeros(guard);
  }
  std::vector<bool> needed(num_outputs());
  for (size_t i = 0; i < needed.size(); ++i) needed[i] = task_should_compute_output(i);
  const auto state =
      std::make_shared<GradientsState>(std::move(gradients), std::move(needed), *this);
  call_with_handle(callback_, [&] { return store(std::make_unique<Gradients>(state)); });
  return state->take();
}

}  // namespace simple_torch

using namespace simple_torch;

simple_torch_handle simple_torch_function_record(
    const char* name, const simple_torch_handle* inputs, int64_t input_count,
    const simple_torch_handle* outputs, int64_t output_count,
    const simple_torch_handle* saved, int64_t saved_count,
    const simple_torch_handle* dirty, int64_t dirty_count,
    const simple_torch_handle* non_differentiable, int64_t non_differentiable_count,
    int64_t materialize, int64_t (*call)(void* context, simple_torch_handle gradients),
    void* context, void (*destroy)(void* context)) {
  Ownership owned(destroy, context);
  return guarded([&] {
    const auto given = in::tensors(inputs, input_count, "inputs");
    const auto made = in::tensors(outputs, output_count, "outputs");
    const auto kept = in::tensors(saved, saved_count, "saved");
    const auto changed = in::tensors(dirty, dirty_count, "dirty");
    const auto constant =
        in::tensors(non_differentiable, non_differentiable_count, "non_differentiable");
    if (made.empty()) fail_argument("outputs", "is empty");
    const bool zeros = truth(materialize, "materialize");
    HandleCallback callback(required(call, "call"), context, std::move(owned));
    const std::string named(text_of(name, "name"));

    if (!c10::GradMode::is_enabled() ||
        !torch::autograd::any_variable_requires_grad(given)) {
      return store(
          std::make_unique<TensorList>(record(given, made, changed, constant, nullptr)));
    }
    const auto node =
        compat::make_node(new RecordedFunction(named, zeros, std::move(callback)));
    node->set_next_edges(torch::autograd::collect_next_edges(given));
    auto results = record(given, made, changed, constant, node);
    node->complete(results, kept);
    return store(std::make_unique<TensorList>(std::move(results)));
  });
}
