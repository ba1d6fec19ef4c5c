// What an operator's results become: the first, if it is a tensor or a list of tensors,
// the C function's own handle; the others go to out pointers, which may be NULL. Nothing
// is written, and no handle stays, if one of them cannot be stored.
#pragma once

#include <ATen/core/ivalue.h>
#include <c10/core/QScheme.h>
#include <c10/core/Scalar.h>
#include <c10/core/SymInt.h>

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <tuple>
#include <type_traits>
#include <vector>

#include "core/compat.h"
#include "core/numbers.h"
#include "handles/borrow.h"

namespace simple_torch::out {

// Takes over a tensor. Not inline: three thousand functions call it.
OwnedHandle handle_of(c10::TensorImpl* owned);
inline OwnedHandle handle_of(at::Tensor&& tensor) {
  return handle_of(tensor.unsafeReleaseTensorImpl());
}
inline OwnedHandle handle_of(TensorList&& list) {
  return store(std::make_unique<TensorList>(std::move(list)));
}
inline OwnedHandle handle_of(std::vector<int64_t>&& list) {
  return store(std::make_unique<c10::IValue>(std::move(list)));
}

inline int64_t bits_of(int64_t value) { return value; }
inline int64_t bits_of(double value) { return std::bit_cast<int64_t>(value); }
inline int64_t bits_of(bool value) { return value ? 1 : 0; }
inline int64_t bits_of(at::ScalarType value) { return static_cast<int64_t>(value); }
inline int64_t bits_of(c10::QScheme value) { return static_cast<int64_t>(value); }
inline int64_t bits_of(const c10::SymInt& value) { return compat::concrete(value); }
#if SIMPLE_TORCH_LIBTORCH_AT_LEAST(2, 1)
inline int64_t bits_of(const c10::SymBool& value) {
  return value.guard_bool(__FILE__, __LINE__) ? 1 : 0;
}
#endif

template <typename T>
inline constexpr bool kIsHandle =
    std::is_same_v<T, at::Tensor> || std::is_same_v<T, TensorList> ||
    std::is_same_v<T, std::vector<int64_t>>;

// Words for out pointers, kept until all results are stored.
template <size_t kSize>
class Pending {
 public:
  Pending() = default;
  Pending(const Pending&) = delete;
  Pending& operator=(const Pending&) = delete;
  ~Pending() {
    // An exception is on its way: the caller will never see these handles.
    for (size_t i = 0; i < size_; ++i) {
      if (words_[i].is_handle) HandleTable::get().free_if_alive(words_[i].bits);
    }
  }

  template <typename T, typename Target>
  void put(T&& result, Target* target) {
    static_assert(sizeof(Target) == sizeof(int64_t));
    using Plain = std::remove_cv_t<std::remove_reference_t<T>>;
    if (target == nullptr) return;
    if constexpr (kIsHandle<Plain>) {
      words_[size_] = {handle_of(std::move(result)).value, target, true};
    } else {
      words_[size_] = {bits_of(result), target, false};
    }
    ++size_;
  }
  // A handle that is returned.
  template <typename T>
  OwnedHandle keep(T&& result) {
    const OwnedHandle handle = handle_of(std::forward<T>(result));
    words_[size_++] = {handle.value, nullptr, true};
    return handle;
  }
  void write() {
    for (size_t i = 0; i < size_; ++i) {
      if (words_[i].target != nullptr) {
        std::memcpy(words_[i].target, &words_[i].bits, sizeof(int64_t));
      }
    }
    size_ = 0;
  }

 private:
  struct Word {
    int64_t bits;
    void* target;
    bool is_handle;
  };
  std::array<Word, kSize> words_{};
  size_t size_ = 0;
};

// One result that is returned.
template <typename T>
std::enable_if_t<kIsHandle<T>, OwnedHandle> give(T&& result) {
  return handle_of(std::move(result));
}

// One result for an out pointer.
template <typename T, typename Target>
void give(const T& result, Target* target) {
  Pending<1> pending;
  pending.put(result, target);
  pending.write();
}
inline void give(const at::Scalar& number, int64_t* bits, int64_t* kind) {
  const NumberSlots slots = slots_of(number);
  if (bits != nullptr) {
    bits[0] = slots.bits[0];
    bits[1] = slots.bits[1];
  }
  if (kind != nullptr) *kind = slots.kind;
}

// Several: one pointer for each that is not returned.
template <typename... T, typename... Target>
auto give(std::tuple<T...>&& results, Target*... targets) {
  Pending<sizeof...(T)> pending;
  using First = std::tuple_element_t<0, std::tuple<T...>>;
  if constexpr (kIsHandle<First>) {
    static_assert(sizeof...(Target) + 1 == sizeof...(T));
    const OwnedHandle first = pending.keep(std::move(std::get<0>(results)));
    std::apply(
        [&](auto&, auto&... rest) { (pending.put(std::move(rest), targets), ...); },
        results);
    pending.write();
    return first;
  } else {
    static_assert(sizeof...(Target) == sizeof...(T));
    std::apply([&](auto&... all) { (pending.put(std::move(all), targets), ...); },
               results);
    pending.write();
  }
}

}  // namespace simple_torch::out
