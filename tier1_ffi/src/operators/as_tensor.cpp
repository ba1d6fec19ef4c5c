#include "operators/as_tensor.h"

#include <ATen/ScalarOps.h>
#include <ATen/core/LegacyTypeDispatch.h>
#include <c10/core/InferenceMode.h>

#include <array>
#include <bit>
#include <cstdint>
#include <utility>

#include "core/compat.h"
#include "core/per_thread.h"
#include "operators/below_autograd.h"

namespace simple_torch {
namespace {

// A direct-mapped cache: a program's numbers are few.
struct Numbers {
  static constexpr size_t kSize = 64;
  struct Entry {
    int64_t bits = 0;
    at::ScalarType type = at::ScalarType::Undefined;
    at::ScalarType dtype = at::ScalarType::Undefined;
    at::Tensor tensor;
  };
  std::array<Entry, kSize> entries;

  void finish() { entries.fill({}); }
  void retire() {}
};

// Inference mode: autograd is off for the thread, and nothing else.
bool is_plain_inference(const DispatchState& state) {
  static constexpr c10::DispatchKeySet kIncluded =
      c10::default_included_set.remove(c10::DispatchKey::ADInplaceOrView);
  static constexpr c10::DispatchKeySet kExcluded =
      c10::default_excluded_set | c10::autograd_dispatch_keyset;
  return state.included() == kIncluded && state.excluded() == kExcluded;
}

// The dtype in which a number is best kept for a tensor of dtype `self`. libtorch's
// kernels convert the number's tensor to the dtype they compute in; where the number in
// `self` is as good as the number itself, it can be converted beforehand. Not for truth
// values, which some operators refuse by their dtype, and not for the 16-bit floats: some
// kernels look at the number as it was before the conversion.
at::ScalarType kept_dtype(at::ScalarType self, const at::Scalar& number) {
  const at::ScalarType type = number.type();
  if (type == at::ScalarType::Bool) return type;
  const auto fits = [&](auto of) {
    using Integer = decltype(of);
    return type == at::ScalarType::Long && std::in_range<Integer>(number.toLong());
  };
  switch (self) {
    case at::ScalarType::Float:
    case at::ScalarType::Double:
      return self;
    case at::ScalarType::Byte:
      return fits(uint8_t{}) ? self : type;
    case at::ScalarType::Char:
      return fits(int8_t{}) ? self : type;
    case at::ScalarType::Short:
      return fits(int16_t{}) ? self : type;
    case at::ScalarType::Int:
      return fits(int32_t{}) ? self : type;
    default:
      return type;
  }
}

at::Tensor wrapped(const at::Scalar& number, at::ScalarType dtype) {
  // A tensor for all modes.
  const c10::InferenceMode outside(false);
  const at::AutoDispatchBelowADInplaceOrView below;
  at::Tensor tensor = at::native::wrapped_scalar_tensor(number);
  if (tensor.scalar_type() != dtype) {
    tensor = tensor.to(dtype);
    tensor.unsafeGetTensorImpl()->set_wrapped_number(true);
  }
  return tensor;
}

}  // namespace

AsTensor::AsTensor(const at::Scalar& number, const at::Tensor& self) {
  const DispatchState& state = CallState::current().dispatch;
  if (!is_plain(state) && !is_plain_inference(state)) return;
  if (!needs_no_autograd(self)) return;
  // The kinds whose value is a word.
  int64_t bits = 0;
  const at::ScalarType type = number.type();
  if (type == at::ScalarType::Double) {
    bits = std::bit_cast<int64_t>(number.toDouble());
  } else if (type == at::ScalarType::Long) {
    bits = number.toLong();
  } else if (type == at::ScalarType::Bool) {
    bits = number.toBool() ? 1 : 0;
  } else {
    return;
  }
  const at::ScalarType dtype = kept_dtype(self.scalar_type(), number);
  const uint64_t key = static_cast<uint64_t>(bits) ^ static_cast<uint64_t>(type) << 8 ^
                       static_cast<uint64_t>(dtype);
  const uint64_t hash = key * uint64_t{0x9e3779b97f4a7c15};
  Numbers::Entry& entry = PerThread<Numbers>::get()
                              .entries[hash >> (64 - std::bit_width(Numbers::kSize - 1))];
  if (entry.type != type || entry.bits != bits || entry.dtype != dtype) {
    entry.tensor = wrapped(number, dtype);
    entry.bits = bits;
    entry.type = type;
    entry.dtype = dtype;
  }
  tensor_ = &entry.tensor;
}

void set_up_numbers() { PerThread<Numbers>::set_up(); }

void forget_numbers() {
  if (Numbers* const mine = PerThread<Numbers>::peek(); mine != nullptr) mine->finish();
}

}  // namespace simple_torch
