// Numbers that cross the border in two slots: bits and kind.
#pragma once

#include <c10/core/Scalar.h>

#include <cstdint>
#include <optional>

#include "simple_torch/abi.h"

namespace simple_torch {

// nullopt for a number that is absent.
std::optional<c10::Scalar> optional_number(int64_t bits, int64_t kind,
                                           const char* argument);

// A number that must be there.
c10::Scalar rarer_number(int64_t bits, int64_t kind, const char* argument);
inline c10::Scalar number(int64_t bits, int64_t kind, const char* argument) {
  if (kind == SIMPLE_TORCH_NUMBER_INT) [[likely]]
    return bits;
  return rarer_number(bits, kind, argument);
}

// 0 or 1.
bool truth(int64_t value, const char* argument);

// The slots of a number on its way out. A complex number takes both words of `bits`.
struct NumberSlots {
  int64_t bits[2];
  int64_t kind;
};
NumberSlots slots_of(const c10::Scalar& number);

}  // namespace simple_torch
