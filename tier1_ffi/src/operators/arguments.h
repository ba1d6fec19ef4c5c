// What the parameters of an operator's C function become before libtorch is called: one
// reader for each type in libtorch's schemas. The generated functions use nothing else.
// Each reader names its argument when it fails.
#pragma once

#include <ATen/core/List.h>
#include <ATen/core/Tensor.h>
#include <c10/core/Layout.h>
#include <c10/core/MemoryFormat.h>
#include <c10/core/Scalar.h>
#include <c10/core/Storage.h>
#include <c10/core/Stream.h>
#include <c10/core/SymIntArrayRef.h>
#include <c10/util/OptionalArrayRef.h>
#include <c10/util/string_view.h>

#include <array>
#include <cstdint>
#include <vector>

#include "core/arguments.h"
#include "core/compat.h"
#include "core/numbers.h"
#include "device/device.h"
#include "device/dtype.h"
#include "handles/borrow.h"
#include "random/random.h"
#include "tensor/arguments.h"

// Of its own, because arguments of operators are called `tensors` and `mask` too.
namespace simple_torch::in {

using compat::Optional;
using simple_torch::dtype_of;
using simple_torch::number;
using simple_torch::optional_generator;
using simple_torch::truth;
using simple_torch::usable_device;

// An undefined tensor is refused: it is none, and many operators that need one crash.
inline Borrowed<at::Tensor> tensor(simple_torch_handle handle, const char* argument) {
  return borrow_defined(handle, argument);
}
Optional<at::Tensor> optional_tensor(simple_torch_handle handle, const char* argument);
std::vector<at::Tensor> tensors(const simple_torch_handle* handles, int64_t count,
                                const char* argument);
c10::List<Optional<at::Tensor>> optional_tensors(const simple_torch_handle* handles,
                                                 int64_t count, const char* argument);

// A list that its callee takes as at::ITensorListRef.
struct TensorRefs {
  std::vector<at::Tensor> list;
  operator at::TensorList() const { return list; }  // NOLINT: meant to be implicit.
};
TensorRefs tensor_refs(const simple_torch_handle* handles, int64_t count,
                       const char* argument);

Optional<int64_t> optional_int(int64_t bits, int64_t kind, const char* argument);
Optional<c10::SymInt> optional_sym_int(int64_t bits, int64_t kind, const char* argument);
Optional<double> optional_float(int64_t bits, int64_t kind, const char* argument);
Optional<bool> optional_truth(int64_t bits, int64_t kind, const char* argument);
Optional<at::Scalar> optional_scalar(int64_t bits, int64_t kind, const char* argument);
std::vector<at::Scalar> numbers(const int64_t* slots, int64_t count,
                                const char* argument);

// Lists are not copied: libtorch reads the caller's memory.
at::IntArrayRef ints(const int64_t* items, int64_t count, const char* argument);
c10::SymIntArrayRef sym_ints(const int64_t* items, int64_t count, const char* argument);
at::OptionalIntArrayRef optional_ints(const int64_t* items, int64_t count,
                                      const char* argument);
at::OptionalSymIntArrayRef optional_sym_ints(const int64_t* items, int64_t count,
                                             const char* argument);
at::ArrayRef<double> floats(const double* items, int64_t count, const char* argument);
Optional<at::ArrayRef<double>> optional_floats(const double* items, int64_t count,
                                               const char* argument);

// The lowest `size` bits of a number; higher ones are an error.
int64_t checked_mask(int64_t bits, size_t size, const char* argument);
template <size_t kSize>
std::array<bool, kSize> mask(int64_t bits, const char* argument) {
  const int64_t checked = checked_mask(bits, kSize, argument);
  std::array<bool, kSize> result{};
  for (size_t i = 0; i < kSize; ++i) result[i] = ((checked >> i) & 1) != 0;
  return result;
}

Optional<at::ScalarType> optional_scalar_type(int64_t dtype, const char* argument);
at::Layout layout_of(int64_t layout, const char* argument);
Optional<at::Layout> optional_layout(int64_t layout, const char* argument);
at::MemoryFormat memory_format_of(int64_t format, const char* argument);
Optional<at::MemoryFormat> optional_memory_format(int64_t format, const char* argument);
Optional<at::Device> optional_device(int64_t device, const char* argument);
c10::DeviceIndex device_index(int64_t index, const char* argument);
at::Generator generator(simple_torch_handle handle, const char* argument);
c10::string_view text(const char* value, const char* argument);
Optional<c10::string_view> optional_text(const char* value, const char* argument);
at::Storage storage(simple_torch_handle handle, const char* argument);
at::Stream stream(simple_torch_handle handle, const char* argument);

#if SIMPLE_TORCH_DIM_NAMES
at::Dimname dim_name(const char* name, const char* argument);
std::vector<at::Dimname> dim_names(const char* names, const char* argument);

struct DimNames {
  bool given;
  std::vector<at::Dimname> names;
  operator Optional<at::DimnameList>() const {  // NOLINT: meant to be implicit.
    return given ? Optional<at::DimnameList>(names) : Optional<at::DimnameList>();
  }
};
DimNames optional_dim_names(const char* names, const char* argument);
#endif

}  // namespace simple_torch::in
