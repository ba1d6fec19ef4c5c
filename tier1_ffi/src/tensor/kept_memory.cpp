// Tensors over memory that others read too.
//
// libtorch has storages that are copied when they are written to ("copy on write"). One
// is written to without a copy only when nothing else refers to its memory: so a storage
// of ours refers to it a second time, on the host's behalf.
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <c10/core/StorageImpl.h>
#include <c10/core/TensorImpl.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "core/arguments.h"
#include "core/compat.h"
#include "core/guarded.h"
#include "core/ownership.h"
#include "device/dtype.h"
#include "simple_torch/tensor.h"
#include "tensor/arguments.h"
#include "tensor/empty_to_write.h"

#if SIMPLE_TORCH_LIBTORCH_AT_LEAST(2, 4)
#include <c10/core/impl/COWDeleter.h>
#endif

namespace simple_torch {
namespace {

#if SIMPLE_TORCH_LIBTORCH_AT_LEAST(2, 4)
using c10::impl::cow::cow_deleter;
using c10::impl::cow::COWDeleterContext;

class KeptStorage final : public c10::StorageImpl {
 public:
  KeptStorage(c10::DataPtr data, c10::DataPtr hosts, int64_t bytes)
      : c10::StorageImpl(use_byte_size_t(), bytes, std::move(data),
                         c10::GetAllocator(c10::DeviceType::CPU), /*resizable=*/true),
        hosts_(std::move(hosts)) {}

  void release_resources() override {
    c10::StorageImpl::release_resources();
    hosts_.clear();
  }

 private:
  c10::DataPtr hosts_;
};

void destroy_ownership(void* ownership) { delete static_cast<Ownership*>(ownership); }

at::Tensor over(const void* data, int64_t bytes, c10::IntArrayRef shape,
                c10::ScalarType type, Ownership given) {
  auto* const memory = const_cast<void*>(data);
  std::unique_ptr<void, c10::DeleterFnPtr> ownership(new Ownership(std::move(given)),
                                                     &destroy_ownership);
  auto* const counted = new COWDeleterContext(std::move(ownership));
  const c10::Device cpu(c10::DeviceType::CPU);
  c10::DataPtr first(memory, counted, &cow_deleter, cpu);
  counted->increment_refcount();
  c10::DataPtr second(memory, counted, &cow_deleter, cpu);
  auto storage =
      c10::make_intrusive<KeptStorage>(std::move(first), std::move(second), bytes);
  at::Tensor tensor = at::detail::make_tensor<c10::TensorImpl>(
      c10::Storage(std::move(storage)), c10::DispatchKeySet(c10::DispatchKey::CPU),
      c10::scalarTypeToTypeMeta(type));
  tensor.unsafeGetTensorImpl()->set_sizes_contiguous(shape);
  return tensor;
}
#else
at::Tensor over(const void* data, int64_t bytes, c10::IntArrayRef shape,
                c10::ScalarType type, const Ownership&) {
  at::Tensor tensor = empty_to_write(shape, type);
  std::memcpy(tensor.data_ptr(), data, static_cast<size_t>(bytes));
  return tensor;
}
#endif

}  // namespace
}  // namespace simple_torch

using namespace simple_torch;

simple_torch_handle simple_torch_tensor_from_kept(const void* data, void* context,
                                                  void (*destroy)(void* context),
                                                  int64_t bytes, const int64_t* dims,
                                                  int64_t ndims, int64_t dtype) {
  Ownership given(destroy, context);
  return guarded([&] {
    const c10::IntArrayRef shape = shape_of(dims, ndims, "dims");
    const c10::ScalarType type =
        element_dtype(dtype, "dtype").value_or(c10::get_default_dtype_as_scalartype());
    require_bytes(bytes, c10::multiply_integers(shape), c10::elementSize(type));
    if (bytes == 0) return store(empty_to_write(shape, type));
    required(data, "data");
    if (reinterpret_cast<uintptr_t>(data) % c10::elementSize(type) != 0) {
      fail_argument("data", "is not aligned to an element's " +
                                std::to_string(c10::elementSize(type)) + " bytes");
    }
    return store(over(data, bytes, shape, type, std::move(given)));
  });
}
