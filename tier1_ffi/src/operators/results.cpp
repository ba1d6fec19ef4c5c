#include "operators/results.h"

namespace simple_torch::out {

OwnedHandle handle_of(c10::TensorImpl* owned) {
  return store(at::Tensor(
      c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim(owned)));
}

}  // namespace simple_torch::out
