#include "operators/results.h"

namespace simple_torch::out {

OwnedHandle handle_of(at::Tensor&& tensor) { return store(std::move(tensor)); }

}  // namespace simple_torch::out
