#include "core/numbers.h"

#include <bit>
#include <string>

#include "core/compat.h"
#include "core/failure.h"

namespace simple_torch {

std::optional<c10::Scalar> optional_number(int64_t bits, int64_t kind,
                                           const char* argument) {
  switch (kind) {
    case SIMPLE_TORCH_NUMBER_NONE:
      return std::nullopt;
    case SIMPLE_TORCH_NUMBER_INT:
      return c10::Scalar(bits);
    case SIMPLE_TORCH_NUMBER_FLOAT:
      return c10::Scalar(std::bit_cast<double>(bits));
    case SIMPLE_TORCH_NUMBER_BOOL:
      return c10::Scalar(truth(bits, argument));
    case SIMPLE_TORCH_NUMBER_COMPLEX: {
      const auto* const parts = reinterpret_cast<const double*>(bits);
      if (parts == nullptr) fail_argument(argument, "has no parts: the address is NULL");
      return c10::Scalar(c10::complex<double>(parts[0], parts[1]));
    }
    default:
      fail_argument(argument, "has an unknown kind of number, " + std::to_string(kind));
  }
}

c10::Scalar rarer_number(int64_t bits, int64_t kind, const char* argument) {
  const std::optional<c10::Scalar> given = optional_number(bits, kind, argument);
  if (!given) fail_argument(argument, "must be a number, not none");
  return *given;
}

bool truth(int64_t value, const char* argument) {
  if (value != 0 && value != 1) {
    fail_argument(argument, "must be 0 or 1, not " + std::to_string(value));
  }
  return value == 1;
}

NumberSlots slots_of(const c10::Scalar& number) {
  if (number.isComplex()) {
    const auto value = number.toComplexDouble();
    return {{std::bit_cast<int64_t>(value.real()), std::bit_cast<int64_t>(value.imag())},
            SIMPLE_TORCH_NUMBER_COMPLEX};
  }
  if (number.isFloatingPoint()) {
    return {{std::bit_cast<int64_t>(number.toDouble()), 0}, SIMPLE_TORCH_NUMBER_FLOAT};
  }
  if (number.isBoolean()) return {{number.toBool() ? 1 : 0, 0}, SIMPLE_TORCH_NUMBER_BOOL};
  return {{compat::integer_bits(number), 0}, SIMPLE_TORCH_NUMBER_INT};
}

}  // namespace simple_torch
