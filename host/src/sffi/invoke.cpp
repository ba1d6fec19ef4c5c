#include "sffi/invoke.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "runtime/failure.h"

namespace simple {
namespace {

template <typename T, size_t>
using Same = T;

// The call for functions with at most `sizeof...(kWords)` words.
template <typename Result, size_t... kWords, size_t... kDoubles>
Result call_with(void* address, const int64_t* words, const double* doubles,
                 std::index_sequence<kWords...>, std::index_sequence<kDoubles...>) {
  // Six words and then doubles: the words behind are the ones on the stack.
  using Function = Result (*)(Same<int64_t, kWords>..., Same<double, kDoubles>...);
  return reinterpret_cast<Function>(address)(words[kWords]..., doubles[kDoubles]...);
}

template <typename Result, size_t kWords, size_t kDoubles>
int64_t direct(void* address, const int64_t* words, const double* doubles) {
  const auto result =
      call_with<Result>(address, words, doubles, std::make_index_sequence<kWords>(),
                        std::make_index_sequence<kDoubles>());
  return std::bit_cast<int64_t>(result);
}

using Direct = int64_t (*)(void* address, const int64_t* words, const double* doubles);

template <size_t kWords>
Direct direct_for(bool has_doubles, char result) {
  if (result == 'd') {
    return has_doubles ? direct<double, kWords, kDoubleRegisters>
                       : direct<double, kWords, 0>;
  }
  return has_doubles ? direct<int64_t, kWords, kDoubleRegisters>
                     : direct<int64_t, kWords, 0>;
}

// Null if the doubles do not all have registers.
Direct find_direct(size_t words, size_t doubles, char result) {
  if (!kHasDirectCalls || doubles > kDoubleRegisters) return nullptr;
  const bool has_doubles = doubles != 0;
  if (words <= 2) return direct_for<2>(has_doubles, result);
  if (words <= 6) return direct_for<6>(has_doubles, result);
  if (words <= 10) return direct_for<10>(has_doubles, result);
  if (words <= 16) return direct_for<16>(has_doubles, result);
  if (words <= 32) return direct_for<32>(has_doubles, result);
  if (words <= 64) return direct_for<64>(has_doubles, result);
  return direct_for<kMaxSlots>(has_doubles, result);
}

}  // namespace

ffi_type* type_of_slot(char slot) {
  switch (slot) {
    case 'i':
      return &ffi_type_sint32;
    case 'd':
      return &ffi_type_double;
    case 'v':
      return &ffi_type_void;
    default:
      return &ffi_type_sint64;
  }
}

Invoker::Invoker(void* address, const std::string& slots, char result, bool portable)
    : address_(address), slots_(slots), result_(result) {
  const auto doubles = static_cast<size_t>(std::count(slots.begin(), slots.end(), 'd'));
  if (!portable) direct_ = find_direct(slots.size() - doubles, doubles, result);
  if (direct_ != nullptr) return;
  description_ = std::make_unique<Description>();
  for (const char slot : slots) description_->types.push_back(type_of_slot(slot));
  if (ffi_prep_cif(&description_->cif, FFI_DEFAULT_ABI,
                   static_cast<unsigned>(slots.size()), type_of_slot(result),
                   description_->types.data()) != FFI_OK) {
    fail("", "libffi cannot describe this function");
  }
}

int64_t Invoker::portably(int64_t* words, double* doubles) const {
  void* arguments[kMaxSlots];
  int32_t small[kMaxSlots];
  size_t next = 0;
  for (const char slot : slots_) {
    if (slot == 'd') {
      arguments[next] = doubles++;
    } else if (slot == 'i') {
      small[next] = static_cast<int32_t>(*words++);
      arguments[next] = &small[next];
    } else {
      arguments[next] = words++;
    }
    ++next;
  }
  // Large enough for a word, which is what libffi makes of an int32_t.
  union {
    ffi_arg word;
    double real;
  } result{};
  ffi_call(&description_->cif, FFI_FN(address_), &result, arguments);
  return result_ == 'd' ? std::bit_cast<int64_t>(result.real)
                        : static_cast<int64_t>(result.word);
}

}  // namespace simple
