#include "device/dtype.h"

#include <c10/core/DefaultDtype.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "core/arguments.h"
#include "core/guarded.h"
#include "simple_torch/dtype.h"

namespace simple_torch {
namespace {

constexpr auto kCount = static_cast<size_t>(c10::ScalarType::Undefined);

// Python's names of the types that C++ calls otherwise. All others are the C++ names in
// lower case.
struct Name {
  c10::ScalarType dtype;
  const char* name;
};
constexpr Name kOwnNames[] = {
    {c10::ScalarType::Byte, "uint8"},
    {c10::ScalarType::Char, "int8"},
    {c10::ScalarType::Short, "int16"},
    {c10::ScalarType::Int, "int32"},
    {c10::ScalarType::Long, "int64"},
    {c10::ScalarType::Half, "float16"},
    {c10::ScalarType::Float, "float32"},
    {c10::ScalarType::Double, "float64"},
    {c10::ScalarType::ComplexHalf, "complex32"},
    {c10::ScalarType::ComplexFloat, "complex64"},
    {c10::ScalarType::ComplexDouble, "complex128"},
};

constexpr Name kShortNames[] = {
    {c10::ScalarType::Half, "half"},
    {c10::ScalarType::Float, "float"},
    {c10::ScalarType::Double, "double"},
    {c10::ScalarType::ComplexHalf, "chalf"},
    {c10::ScalarType::ComplexFloat, "cfloat"},
    {c10::ScalarType::ComplexDouble, "cdouble"},
    {c10::ScalarType::Short, "short"},
    {c10::ScalarType::Int, "int"},
    {c10::ScalarType::Long, "long"},
};

std::string make_name(c10::ScalarType dtype) {
  for (const Name& each : kOwnNames) {
    if (each.dtype == dtype) return each.name;
  }
  std::string name = c10::toString(dtype);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return name;
}

const std::array<std::string, kCount>& names() {
  static const auto& immortal = *[] {
    auto* const made = new std::array<std::string, kCount>;
    for (size_t i = 0; i < kCount; ++i) {
      (*made)[i] = make_name(static_cast<c10::ScalarType>(i));
    }
    return made;
  }();
  return immortal;
}

}  // namespace

c10::ScalarType dtype_of(int64_t dtype, const char* argument) {
  if (dtype < 0 || dtype >= int64_t{kCount}) {
    fail_argument(argument, "names no dtype of this libtorch: " + std::to_string(dtype));
  }
  return static_cast<c10::ScalarType>(dtype);
}

std::optional<c10::ScalarType> optional_dtype(int64_t dtype, const char* argument) {
  if (dtype == -1) return std::nullopt;
  return dtype_of(dtype, argument);
}

std::optional<c10::ScalarType> element_dtype(int64_t dtype, const char* argument) {
  const std::optional<c10::ScalarType> named = optional_dtype(dtype, argument);
  if (named && c10::isQIntType(*named)) {
    fail(Code::kType, argument,
         std::string(dtype_name(*named)) + " tensors are made by quantizing others");
  }
  return named;
}

std::optional<c10::ScalarType> dtype_named(std::string_view name) {
  for (size_t i = 0; i < kCount; ++i) {
    if (names()[i] == name) return static_cast<c10::ScalarType>(i);
  }
  return std::nullopt;
}

const char* dtype_name(c10::ScalarType dtype) {
  const auto index = static_cast<size_t>(dtype);
  return index < kCount ? names()[index].c_str() : "undefined";
}

}  // namespace simple_torch

using namespace simple_torch;

int64_t simple_torch_dtype_count(void) {
  return guarded([] { return int64_t{kCount}; });
}

const char* simple_torch_dtype_name(int64_t dtype) {
  return guarded([&] { return dtype_name(dtype_of(dtype, "dtype")); });
}

int64_t simple_torch_dtype_from_name(const char* name) {
  return guarded([&]() -> int64_t {
    const std::string_view wanted = text_of(name, "name");
    if (const auto dtype = dtype_named(wanted)) return static_cast<int64_t>(*dtype);
    for (const Name& each : kShortNames) {
      if (each.name == wanted) return static_cast<int64_t>(each.dtype);
    }
    fail_argument("name", "names no dtype of this libtorch: " + std::string(wanted));
  });
}

int64_t simple_torch_dtype_size(int64_t dtype) {
  return guarded([&] { return c10::elementSize(dtype_of(dtype, "dtype")); });
}

int64_t simple_torch_dtype_is_floating_point(int64_t dtype) {
  return guarded([&] { return c10::isFloatingType(dtype_of(dtype, "dtype")); });
}

int64_t simple_torch_dtype_is_complex(int64_t dtype) {
  return guarded([&] { return c10::isComplexType(dtype_of(dtype, "dtype")); });
}

int64_t simple_torch_dtype_promote(int64_t left, int64_t right) {
  return guarded([&] {
    const c10::ScalarType result =
        c10::promoteTypes(dtype_of(left, "left"), dtype_of(right, "right"));
    // Types that do not mix: old versions answer this where newer ones throw.
    if (result == c10::ScalarType::Undefined)
      fail(Code::kTorch, "", "the dtypes do not mix");
    return static_cast<int64_t>(result);
  });
}

int64_t simple_torch_dtype_default(void) {
  return guarded(
      [] { return static_cast<int64_t>(c10::get_default_dtype_as_scalartype()); });
}

int64_t simple_torch_dtype_set_default(int64_t dtype) {
  return guarded([&] {
    const c10::ScalarType next = dtype_of(dtype, "dtype");
    if (!c10::isFloatingType(next)) {
      fail_argument(
          "dtype", std::string("must be a floating-point type, not ") + dtype_name(next));
    }
    const auto before = static_cast<int64_t>(c10::get_default_dtype_as_scalartype());
    c10::set_default_dtype(c10::scalarTypeToTypeMeta(next));
    return before;
  });
}
