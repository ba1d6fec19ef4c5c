// Exports of scalar.h.
#include "simple_torch/scalar.h"

#include <ATen/core/Formatting.h>

#include <memory>
#include <sstream>

#include "core/arguments.h"
#include "core/guarded.h"
#include "core/numbers.h"

using namespace simple_torch;

simple_torch_handle simple_torch_scalar_create(int64_t number_bits, int64_t number_kind) {
  return guarded([&] {
    return store(
        std::make_unique<c10::Scalar>(number(number_bits, number_kind, "number")));
  });
}

int64_t simple_torch_scalar_kind(simple_torch_handle scalar) {
  return guarded([&] { return slots_of(*borrow<c10::Scalar>(scalar, "scalar")).kind; });
}

int64_t simple_torch_scalar_integer(simple_torch_handle scalar, int64_t* integer_out) {
  return guarded([&] {
    const auto number = borrow<c10::Scalar>(scalar, "scalar");
    *required(integer_out, "integer_out") = number->toLong();
  });
}

int64_t simple_torch_scalar_parts(simple_torch_handle scalar, double* parts_out) {
  return guarded([&] {
    const auto number = borrow<c10::Scalar>(scalar, "scalar");
    required(parts_out, "parts_out");
    const c10::complex<double> value = number->toComplexDouble();
    parts_out[0] = value.real();
    parts_out[1] = value.imag();
  });
}

int64_t simple_torch_scalar_text(simple_torch_handle scalar, char* buffer,
                                 int64_t capacity) {
  return guarded([&] {
    std::ostringstream text;
    text << std::boolalpha << *borrow<c10::Scalar>(scalar, "scalar");
    return write_text(text.str(), buffer, capacity, "buffer");
  });
}

int64_t simple_torch_scalar_free(simple_torch_handle scalar) {
  return guarded([&] { HandleTable::get().free(scalar, Kind::kScalar, "scalar"); });
}
