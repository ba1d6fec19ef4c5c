// Tensors of numbers that are given one by one.
#include <c10/util/complex.h>

#include <algorithm>
#include <string>

#include "core/arguments.h"
#include "core/guarded.h"
#include "core/numbers.h"
#include "device/dtype.h"
#include "simple_torch/tensor.h"
#include "tensor/arguments.h"
#include "tensor/empty_to_write.h"

namespace simple_torch {
namespace {

// A number as it comes from C.
struct Slots {
  int64_t bits;
  int64_t kind;

  c10::Scalar value() const { return number(bits, kind, "numbers"); }
};
static_assert(sizeof(Slots) == 2 * sizeof(int64_t));

// The dtype in which all of the numbers are exact.
c10::ScalarType widest(c10::ArrayRef<Slots> numbers) {
  const auto any = [&](int64_t kind) {
    return std::any_of(numbers.begin(), numbers.end(),
                       [kind](const Slots& each) { return each.kind == kind; });
  };
  if (any(SIMPLE_TORCH_NUMBER_COMPLEX)) return c10::ScalarType::ComplexDouble;
  if (numbers.empty() || any(SIMPLE_TORCH_NUMBER_FLOAT)) return c10::ScalarType::Double;
  return any(SIMPLE_TORCH_NUMBER_INT) ? c10::ScalarType::Long : c10::ScalarType::Bool;
}

// What such numbers become where nothing was asked for.
c10::ScalarType usual(c10::ScalarType widest) {
  const c10::ScalarType real = c10::get_default_dtype_as_scalartype();
  if (widest == c10::ScalarType::Double) return real;
  return widest == c10::ScalarType::ComplexDouble ? c10::toComplexType(real) : widest;
}

template <typename T, typename Convert>
void write(const at::Tensor& tensor, c10::ArrayRef<Slots> numbers, Convert&& convert) {
  T* element = static_cast<T*>(tensor.data_ptr());
  for (const Slots& each : numbers) *element++ = convert(each.value());
}

// A tensor of the dtype that holds all of them, or of float32, which most are to be.
at::Tensor filled(c10::ArrayRef<Slots> numbers, c10::IntArrayRef shape,
                  c10::ScalarType type) {
  const at::Tensor tensor = empty_to_write(shape, type);
  switch (type) {
    case c10::ScalarType::ComplexDouble:
      write<c10::complex<double>>(
          tensor, numbers, [](const c10::Scalar& x) { return x.toComplexDouble(); });
      break;
    case c10::ScalarType::Double:
      write<double>(tensor, numbers, [](const c10::Scalar& x) { return x.toDouble(); });
      break;
    case c10::ScalarType::Float:
      write<float>(tensor, numbers,
                   [](const c10::Scalar& x) { return static_cast<float>(x.toDouble()); });
      break;
    case c10::ScalarType::Long:
      write<int64_t>(tensor, numbers, [](const c10::Scalar& x) { return x.toLong(); });
      break;
    default:
      write<bool>(tensor, numbers, [](const c10::Scalar& x) { return x.toBool(); });
      break;
  }
  return tensor;
}

}  // namespace
}  // namespace simple_torch

using namespace simple_torch;

simple_torch_handle simple_torch_tensor_from_numbers(const int64_t* numbers,
                                                     int64_t count, const int64_t* dims,
                                                     int64_t ndims, int64_t dtype,
                                                     int64_t device) {
  return guarded([&] {
    list_of(numbers, count, "numbers");
    const c10::ArrayRef<Slots> given(reinterpret_cast<const Slots*>(numbers),
                                     static_cast<size_t>(count));
    const c10::IntArrayRef shape = shape_of(dims, ndims, "dims");
    if (c10::multiply_integers(shape) != count) {
      fail_argument("count", "is " + std::to_string(count) + ", but the shape needs " +
                                 std::to_string(c10::multiply_integers(shape)));
    }
    const c10::ScalarType exact = widest(given);
    const c10::TensorOptions wanted = options_of(dtype, device);
    const c10::ScalarType type =
        dtype == -1 ? usual(exact) : wanted.dtype().toScalarType();
    const bool as_float =
        type == c10::ScalarType::Float && exact != c10::ScalarType::ComplexDouble;
    const at::Tensor tensor = filled(given, shape, as_float ? type : exact);
    return store(tensor.to(wanted.dtype(type)));
  });
}
