#include "operators/as_tensor.h"

#include <ATen/ScalarOps.h>
#include <c10/core/InferenceMode.h>

#include <array>
#include <bit>
#include <cstdint>

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
    at::Tensor tensor;
  };
  std::array<Entry, kSize> entries;

  void finish() { entries.fill({}); }
  void retire() {}
};

// Inference mode: autograd is off for the thread, and nothing else.
bool plain_inference() {
  static constexpr c10::DispatchKeySet kIncluded =
      c10::default_included_set.remove(c10::DispatchKey::ADInplaceOrView);
  static constexpr c10::DispatchKeySet kExcluded =
      c10::default_excluded_set | c10::autograd_dispatch_keyset;
  const c10::impl::PODLocalDispatchKeySet& state = c10::impl::raw_local_dispatch_key_set;
  return state.included() == kIncluded && state.excluded() == kExcluded;
}

}  // namespace

AsTensor::AsTensor(const at::Scalar& number, const at::Tensor& self) {
  if (!(plain_dispatch() || plain_inference()) || !needs_no_autograd(self)) return;
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
  const uint64_t hash = (static_cast<uint64_t>(bits) ^ static_cast<uint64_t>(type)) *
                        uint64_t{0x9e3779b97f4a7c15};
  Numbers::Entry& entry = PerThread<Numbers>::get()
                              .entries[hash >> (64 - std::bit_width(Numbers::kSize - 1))];
  if (entry.type != type || entry.bits != bits) {
    // A tensor for both modes.
    const c10::InferenceMode outside(false);
    entry.tensor = at::native::wrapped_scalar_tensor(number);
    entry.bits = bits;
    entry.type = type;
  }
  tensor_ = &entry.tensor;
}

void forget_numbers() { PerThread<Numbers>::get().finish(); }

}  // namespace simple_torch
