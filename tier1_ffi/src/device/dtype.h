// Dtypes as they cross the border.
#pragma once

#include <c10/core/ScalarType.h>

#include <cstdint>
#include <optional>
#include <string_view>

namespace simple_torch {

// The dtype of a number; refuses those that name none.
c10::ScalarType dtype_of(int64_t dtype, const char* argument);

// nullopt for -1.
std::optional<c10::ScalarType> optional_dtype(int64_t dtype, const char* argument);

// A dtype that a tensor can be made of without more ado; nullopt for -1. Quantized types,
// which need a scale, fail with TYPE: libtorch crashes on tensors of these without one.
std::optional<c10::ScalarType> element_dtype(int64_t dtype, const char* argument);

// The dtype of a name, as "float32"; nullopt if this libtorch has none.
std::optional<c10::ScalarType> dtype_named(std::string_view name);

// The name in Python's torch; static.
const char* dtype_name(c10::ScalarType dtype);

}  // namespace simple_torch
