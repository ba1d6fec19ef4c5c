// libtorch keeps the transforms of a thread as a stack, of which each operator goes
// through every layer; entering and leaving is what its Python does in torch._functorch.
#include "simple_torch/transforms.h"

#include "autograd/modes.h"
#include "core/arguments.h"
#include "core/compat_transforms.h"
#include "core/guarded.h"
#include "handles/borrow.h"
#include "operators/arguments.h"

namespace simple_torch {
namespace {

#if SIMPLE_TORCH_TRANSFORMS

namespace functorch = at::functorch;
using functorch::TransformType;

// libtorch has bits for 64 levels.
constexpr size_t kMostTransforms = 60;

int64_t count(TransformType type) {
  int64_t found = 0;
  for (const auto& layer : functorch::getDynamicLayerStack()) {
    if (layer.key() == type) ++found;
  }
  return found;
}

int64_t current_level() {
  const auto& stack = functorch::getDynamicLayerStack();
  return stack.empty() ? 0 : stack.back().layerId();
}

class EnteredTransform final : public EnteredMode {
 public:
  EnteredTransform(TransformType type, int64_t size, functorch::RandomnessType randomness)
      : forward_(type == TransformType::Jvp && count(type) == 0) {
    // Within another, forward derivatives are told apart by the layers.
    if (forward_) compat::enter_dual_level();
    if (type == TransformType::Vmap) {
      functorch::initAndPushDynamicLayer(type, c10::SymInt(size), randomness);
    } else if (type == TransformType::Grad) {
      functorch::initAndPushDynamicLayer(type, {}, {}, c10::GradMode::is_enabled());
    } else {
      functorch::initAndPushDynamicLayer(
          type, {}, {}, {}, c10::AutogradState::get_tls_state().get_fw_grad_mode());
    }
  }
  ~EnteredTransform() override {
    functorch::popDynamicLayerAndDeleteMetadata();
    if (forward_) compat::leave_dual_level();
  }

 private:
  const bool forward_;
};

TransformType transform_type(int64_t transform) {
  switch (transform) {
    case SIMPLE_TORCH_TRANSFORM_BATCH:
      return TransformType::Vmap;
    case SIMPLE_TORCH_TRANSFORM_GRADIENT:
      return TransformType::Grad;
    case SIMPLE_TORCH_TRANSFORM_FORWARD:
      return TransformType::Jvp;
    default:
      fail_argument("transform",
                    "is " + std::to_string(transform) + ", which is no transform");
  }
}

functorch::RandomnessType randomness_type(int64_t randomness) {
  switch (randomness) {
    case SIMPLE_TORCH_RANDOMNESS_ERROR:
      return functorch::RandomnessType::Error;
    case SIMPLE_TORCH_RANDOMNESS_SAME:
      return functorch::RandomnessType::Same;
    case SIMPLE_TORCH_RANDOMNESS_DIFFERENT:
      return functorch::RandomnessType::Different;
    default:
      fail_argument("randomness",
                    "is " + std::to_string(randomness) + ", which is none of the three");
  }
}

int64_t enter_transform(int64_t transform, int64_t size, int64_t randomness) {
  const TransformType type = transform_type(transform);
  const functorch::RandomnessType drawn = randomness_type(randomness);
  if (size < 0) fail_argument("size", "is negative");
  if (functorch::getDynamicLayerStack().size() >= kMostTransforms) {
    fail_argument("transform", "is one too many: 60 were entered and not left");
  }
  return enter([&] { return std::make_unique<EnteredTransform>(type, size, drawn); },
               "transform");
}

void require_level(int64_t level, bool of_batches) {
  const auto& stack = functorch::getDynamicLayerStack();
  if (stack.empty() || stack.back().layerId() != level ||
      (stack.back().key() == TransformType::Vmap) != of_batches) {
    fail(Code::kValue, "level",
         "is " + std::to_string(level) + ", which is not that of the last transform");
  }
}

at::Tensor batched(const at::Tensor& tensor, int64_t dim, int64_t level) {
  require_level(level, true);
  const size_t position = position_of(dim, static_cast<size_t>(tensor.dim()), "dim");
  return functorch::addBatchDim(tensor, static_cast<int64_t>(position), level);
}

at::Tensor unbatched(const at::Tensor& tensor, int64_t dim, int64_t size, int64_t level) {
  if (size < 0) fail_argument("size", "is negative");
  const auto position = static_cast<int64_t>(
      position_of(dim, static_cast<size_t>(tensor.dim()) + 1, "dim"));
  const auto* const impl = functorch::maybeGetBatchedImpl(tensor);
  if (impl != nullptr && impl->level() == level) {
    return impl->value().movedim(impl->bdim(), position);
  }
  std::vector<int64_t> sizes = tensor.sizes().vec();
  sizes.insert(sizes.begin() + position, size);
  return tensor.unsqueeze(position).expand(sizes);
}

at::Tensor wrapped(const at::Tensor& tensor, bool requires_grad, int64_t level) {
  require_level(level, false);
  at::Tensor made = functorch::makeTensorWrapper(tensor, level);
  if (requires_grad) made.set_requires_grad(true);
  return made;
}

at::Tensor unwrapped(const at::Tensor& tensor, int64_t level) {
  const auto* const wrapper = functorch::maybeGetTensorWrapper(tensor);
  return wrapper != nullptr && wrapper->level() == level ? wrapper->value() : tensor;
}

#else

[[noreturn]] void refuse() {
  fail(Code::kUnsupported, "", "transforms are not in this libtorch");
}
int64_t current_level() { return 0; }
int64_t enter_transform(int64_t, int64_t, int64_t) { refuse(); }
at::Tensor batched(const at::Tensor&, int64_t, int64_t) { refuse(); }
at::Tensor unbatched(const at::Tensor&, int64_t, int64_t, int64_t) { refuse(); }
at::Tensor wrapped(const at::Tensor&, bool, int64_t) { refuse(); }
at::Tensor unwrapped(const at::Tensor&, int64_t) { refuse(); }

#endif

}  // namespace
}  // namespace simple_torch

using namespace simple_torch;

int64_t simple_torch_transform_enter(int64_t transform, int64_t size,
                                     int64_t randomness) {
  return guarded([&] { return enter_transform(transform, size, randomness); });
}

int64_t simple_torch_transform_level(void) {
  return guarded([&] { return current_level(); });
}

simple_torch_handle simple_torch_transform_batch(simple_torch_handle tensor, int64_t dim,
                                                 int64_t level) {
  return guarded(
      [&] { return store(batched(*borrow_defined(tensor, "tensor"), dim, level)); });
}

simple_torch_handle simple_torch_transform_unbatch(simple_torch_handle tensor,
                                                   int64_t dim, int64_t size,
                                                   int64_t level) {
  return guarded([&] {
    return store(unbatched(*borrow_defined(tensor, "tensor"), dim, size, level));
  });
}

simple_torch_handle simple_torch_transform_wrap(simple_torch_handle tensor,
                                                int64_t requires_grad, int64_t level) {
  return guarded([&] {
    const auto given = borrow_defined(tensor, "tensor");
    return store(wrapped(*given, truth(requires_grad, "requires_grad"), level));
  });
}

simple_torch_handle simple_torch_transform_unwrap(simple_torch_handle tensor,
                                                  int64_t level) {
  return guarded(
      [&] { return store(unwrapped(*borrow_defined(tensor, "tensor"), level)); });
}
