// Anomaly mode that knows where in the caller's program a node was made.
#pragma once

#include <torch/csrc/autograd/anomaly_mode.h>

#include <memory>

namespace simple_torch {

// For a new node; null if the host tells nothing.
std::unique_ptr<torch::autograd::AnomalyMetadata> telling_metadata();

}  // namespace simple_torch
