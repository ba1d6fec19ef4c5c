#include "tensor/arguments.h"

#include <algorithm>
#include <limits>
#include <string>

#include "core/arguments.h"
#include "device/device.h"
#include "device/dtype.h"

namespace simple_torch {

c10::IntArrayRef shape_of(const int64_t* dims, int64_t ndims, const char* argument) {
  const c10::IntArrayRef shape = list_of(dims, ndims, argument);
  if (ndims > kMostDims) {
    fail_argument(argument, "are " + std::to_string(ndims) + ", more than " +
                                std::to_string(kMostDims));
  }
  // The largest element has 16 bytes. Zeros are left out of the product: the strides that
  // libtorch computes are products of the other dims.
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max() / 16;
  int64_t product = 1;
  for (const int64_t dim : shape) {
    if (dim < 0) fail_argument(argument, "has a negative dim, " + std::to_string(dim));
    if (std::max<int64_t>(dim, 1) > kMost / product) {
      fail_argument(argument, "describe more elements than can be counted");
    }
    product *= std::max<int64_t>(dim, 1);
  }
  return shape;
}

c10::TensorOptions options_of(int64_t dtype, int64_t device) {
  const std::optional<c10::ScalarType> element = element_dtype(dtype, "dtype");
  const auto options = c10::TensorOptions().device(usable_device(device, "device"));
  return element ? options.dtype(*element) : options;
}

void refuse_undefined(const char* argument) {
  fail(Code::kValue, argument, "is an undefined tensor");
}

namespace {

[[noreturn, gnu::noinline, gnu::cold]] void refuse(Slot* pinned,
                                                   simple_torch_handle tensor,
                                                   const char* argument) {
  if (pinned == nullptr) HandleTable::get().refuse(tensor, Kind::kTensor, argument);
  const Pin pin(pinned, tensor);
  refuse_undefined(argument);
}

}  // namespace

Slot* pin_defined(simple_torch_handle tensor, const char* argument) {
  Slot* const slot = HandleTable::get().try_pin(tensor, Kind::kTensor);
  if (slot == nullptr || !Borrowed<at::Tensor>::address(slot)->defined()) [[unlikely]]
    refuse(slot, tensor, argument);
  return slot;
}

void require_bytes(int64_t bytes, int64_t elements, size_t element_size) {
  const int64_t needed = elements * static_cast<int64_t>(element_size);
  if (bytes != needed) {
    fail_argument("bytes", "is " + std::to_string(bytes) + " where " +
                               std::to_string(elements) + " elements take " +
                               std::to_string(needed));
  }
}

}  // namespace simple_torch
