// A tensor whose elements are written next, where they lie in memory.
#pragma once

#include <ATen/ops/empty.h>
#include <c10/core/impl/LocalDispatchKeySet.h>

namespace simple_torch {

// Transforms of functions wrap what operators make, and a wrapper has no memory.
inline at::Tensor empty_to_write(c10::IntArrayRef shape, c10::ScalarType type) {
  const c10::impl::ExcludeDispatchKeyGuard below(
      c10::DispatchKeySet({c10::DispatchKey::FuncTorchDynamicLayerFrontMode,
                           c10::DispatchKey::FuncTorchDynamicLayerBackMode}));
  return at::empty(shape, c10::TensorOptions().dtype(type));
}

}  // namespace simple_torch
