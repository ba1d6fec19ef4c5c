// A node of the graph whose derivative the host computes.
#pragma once

#include <string>
#include <vector>

#include "autograd/host_callback.h"
#include "core/compat_autograd.h"

namespace simple_torch {

class RecordedFunction final : public torch::autograd::Node {
 public:
  RecordedFunction(std::string name, bool materialize, HandleCallback callback)
      : name_(std::move(name)),
        materialize_(materialize),
        callback_(std::move(callback)) {}

  // Once it is part of the graph: what its gradients look like, and what it needs.
  void complete(const std::vector<at::Tensor>& outputs,
                const std::vector<at::Tensor>& saved);

  size_t saved_count() const { return saved_count_; }
  // Fails if the tensor was changed since then, or freed.
  at::Tensor saved(size_t index);

  std::string name() const override { return name_; }
  void release_variables() override;

 private:
  torch::autograd::variable_list apply(
      torch::autograd::variable_list&& gradients) override;

  const std::string name_;
  const bool materialize_;
  const HandleCallback callback_;
  std::vector<torch::autograd::VariableInfo> outputs_;
  // Reading what was saved may call the host, so that is done without the lock, while the
  // run that frees the graph takes it away here.
  using Saved = std::vector<torch::autograd::SavedVariable>;
  std::shared_ptr<const Saved> saved_now();
  std::mutex saved_mutex_;  // Guards what follows.
  std::shared_ptr<const Saved> saved_;
  size_t saved_count_ = 0;
};

}  // namespace simple_torch
