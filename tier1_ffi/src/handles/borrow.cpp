#include "handles/borrow.h"

#include "core/arguments.h"

namespace simple_torch {

std::vector<at::Tensor> borrow_all(const simple_torch_handle* handles, int64_t count,
                                   const char* argument) {
  std::vector<at::Tensor> tensors;
  for (const simple_torch_handle each : list_of(handles, count, argument)) {
    tensors.push_back(*borrow<at::Tensor>(each, argument));
  }
  return tensors;
}

}  // namespace simple_torch
