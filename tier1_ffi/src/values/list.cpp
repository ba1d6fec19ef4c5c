// Exports of list.h.
#include "simple_torch/list.h"

#include <memory>

#include "core/arguments.h"
#include "core/guarded.h"
#include "operators/arguments.h"

using namespace simple_torch;

simple_torch_handle simple_torch_list_create(const simple_torch_handle* tensors,
                                             int64_t count) {
  return guarded([&] {
    return store(std::make_unique<TensorList>(borrow_all(tensors, count, "tensors")));
  });
}

int64_t simple_torch_list_length(simple_torch_handle list) {
  return guarded(
      [&] { return static_cast<int64_t>(borrow<TensorList>(list, "list")->size()); });
}

simple_torch_handle simple_torch_list_get(simple_torch_handle list, int64_t index) {
  return guarded([&] {
    const auto tensors = borrow<TensorList>(list, "list");
    return store(at::Tensor((*tensors)[position_of(index, tensors->size(), "index")]));
  });
}

int64_t simple_torch_list_tensors(simple_torch_handle list,
                                  simple_torch_handle* handles_out, int64_t capacity) {
  return guarded([&] {
    const auto tensors = borrow<TensorList>(list, "list");
    const auto length = static_cast<int64_t>(tensors->size());
    if (capacity < length) {
      fail_argument("capacity", "is " + std::to_string(capacity) +
                                    " where the list has " + std::to_string(length));
    }
    if (length > 0) required(handles_out, "handles_out");
    // Storing can fail only for want of memory: then none is handed out.
    std::vector<simple_torch_handle> made;
    made.reserve(tensors->size());
    try {
      for (const at::Tensor& each : *tensors) {
        made.push_back(store(at::Tensor(each)).value);
      }
    } catch (...) {
      for (const simple_torch_handle each : made) HandleTable::get().free_if_alive(each);
      throw;
    }
    std::copy(made.begin(), made.end(), handles_out);
    return length;
  });
}

int64_t simple_torch_list_free(simple_torch_handle list) {
  return guarded([&] { HandleTable::get().free(list, Kind::kList, "list"); });
}
