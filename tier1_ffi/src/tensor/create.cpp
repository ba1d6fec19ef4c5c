// Tensors made from nothing: filled, counted and random ones.
#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/full.h>
#include <ATen/ops/linspace.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/randperm.h>
#include <ATen/ops/zeros.h>

#include <limits>
#include <string>

#include "core/guarded.h"
#include "core/numbers.h"
#include "device/dtype.h"
#include "random/random.h"
#include "simple_torch/tensor.h"
#include "tensor/arguments.h"

namespace simple_torch {
namespace {

int64_t size_of(int64_t count, const char* argument) {
  if (count < 0) fail_argument(argument, "is negative: " + std::to_string(count));
  return count;
}

// Integers where nothing else was asked for.
c10::TensorOptions integer_options(int64_t dtype, int64_t device) {
  constexpr auto kInt64 = static_cast<int64_t>(c10::ScalarType::Long);
  return options_of(dtype == -1 ? kInt64 : dtype, device);
}

// Whether libtorch counts these numbers in int64_t.
bool counts_in_int64(const c10::Scalar& start, const c10::Scalar& end,
                     const c10::Scalar& step, const c10::TensorOptions& options) {
  if (options.has_dtype()) return options.dtype() == c10::ScalarType::Long;
  return start.isIntegral(/*includeBool=*/true) && end.isIntegral(/*includeBool=*/true) &&
         step.isIntegral(/*includeBool=*/true);
}

// libtorch computes (end - start + step - sign) / step without a look at overflow, of
// which the division INT64_MIN / -1 ends the process.
void require_countable(int64_t start, int64_t end, int64_t step) {
  int64_t sum = 0;
  if (__builtin_sub_overflow(end, start, &sum) ||
      __builtin_add_overflow(sum, step - (step > 0) + (step < 0), &sum) ||
      (sum == std::numeric_limits<int64_t>::min() && step == -1)) {
    fail_argument("end_bits", "lies further from the start than can be counted");
  }
}

}  // namespace
}  // namespace simple_torch

using namespace simple_torch;

simple_torch_handle simple_torch_tensor_zeros(const int64_t* dims, int64_t ndims) {
  return guarded([&] { return store(at::zeros(shape_of(dims, ndims, "dims"))); });
}

simple_torch_handle simple_torch_tensor_ones(const int64_t* dims, int64_t ndims) {
  return guarded([&] { return store(at::ones(shape_of(dims, ndims, "dims"))); });
}

simple_torch_handle simple_torch_tensor_randn(const int64_t* dims, int64_t ndims) {
  return guarded([&] { return store(at::randn(shape_of(dims, ndims, "dims"))); });
}

simple_torch_handle simple_torch_tensor_zeros_with(const int64_t* dims, int64_t ndims,
                                                   int64_t dtype, int64_t device) {
  return guarded([&] {
    return store(at::zeros(shape_of(dims, ndims, "dims"), options_of(dtype, device)));
  });
}

simple_torch_handle simple_torch_tensor_ones_with(const int64_t* dims, int64_t ndims,
                                                  int64_t dtype, int64_t device) {
  return guarded([&] {
    return store(at::ones(shape_of(dims, ndims, "dims"), options_of(dtype, device)));
  });
}

simple_torch_handle simple_torch_tensor_randn_with(const int64_t* dims, int64_t ndims,
                                                   int64_t dtype, int64_t device,
                                                   simple_torch_handle generator) {
  return guarded([&] {
    return store(at::randn(shape_of(dims, ndims, "dims"),
                           optional_generator(generator, "generator"),
                           options_of(dtype, device)));
  });
}

simple_torch_handle simple_torch_tensor_empty(const int64_t* dims, int64_t ndims,
                                              int64_t dtype, int64_t device) {
  return guarded([&] {
    return store(at::empty(shape_of(dims, ndims, "dims"), options_of(dtype, device)));
  });
}

simple_torch_handle simple_torch_tensor_full(const int64_t* dims, int64_t ndims,
                                             int64_t value_bits, int64_t value_kind,
                                             int64_t dtype, int64_t device) {
  return guarded([&] {
    return store(at::full(shape_of(dims, ndims, "dims"),
                          number(value_bits, value_kind, "value_bits"),
                          options_of(dtype, device)));
  });
}

simple_torch_handle simple_torch_tensor_eye(int64_t rows, int64_t columns, int64_t dtype,
                                            int64_t device) {
  return guarded([&] {
    const int64_t dims[] = {size_of(rows, "rows"), size_of(columns, "columns")};
    shape_of(dims, 2, "rows");
    return store(at::eye(rows, columns, options_of(dtype, device)));
  });
}

simple_torch_handle simple_torch_tensor_arange(int64_t start_bits, int64_t start_kind,
                                               int64_t end_bits, int64_t end_kind,
                                               int64_t step_bits, int64_t step_kind,
                                               int64_t dtype, int64_t device) {
  return guarded([&] {
    const c10::Scalar start =
        optional_number(start_bits, start_kind, "start_bits").value_or(0);
    const c10::Scalar end = number(end_bits, end_kind, "end_bits");
    const c10::Scalar step =
        optional_number(step_bits, step_kind, "step_bits").value_or(1);
    const c10::TensorOptions options = options_of(dtype, device);
    if (counts_in_int64(start, end, step, options)) {
      require_countable(start.to<int64_t>(), end.to<int64_t>(), step.to<int64_t>());
    }
    return store(at::arange(start, end, step, options));
  });
}

simple_torch_handle simple_torch_tensor_linspace(int64_t start_bits, int64_t start_kind,
                                                 int64_t end_bits, int64_t end_kind,
                                                 int64_t steps, int64_t dtype,
                                                 int64_t device) {
  return guarded([&] {
    return store(at::linspace(number(start_bits, start_kind, "start_bits"),
                              number(end_bits, end_kind, "end_bits"),
                              *shape_of(&steps, 1, "steps").begin(),
                              options_of(dtype, device)));
  });
}

simple_torch_handle simple_torch_tensor_rand(const int64_t* dims, int64_t ndims,
                                             int64_t dtype, int64_t device,
                                             simple_torch_handle generator) {
  return guarded([&] {
    return store(at::rand(shape_of(dims, ndims, "dims"),
                          optional_generator(generator, "generator"),
                          options_of(dtype, device)));
  });
}

simple_torch_handle simple_torch_tensor_randint(int64_t low, int64_t high,
                                                const int64_t* dims, int64_t ndims,
                                                int64_t dtype, int64_t device,
                                                simple_torch_handle generator) {
  return guarded([&] {
    if (high <= low) {
      fail(Code::kValue, "high",
           "is not greater than low: " + std::to_string(high) + " and " +
               std::to_string(low));
    }
    return store(at::randint(low, high, shape_of(dims, ndims, "dims"),
                             optional_generator(generator, "generator"),
                             integer_options(dtype, device)));
  });
}

simple_torch_handle simple_torch_tensor_randperm(int64_t count, int64_t dtype,
                                                 int64_t device,
                                                 simple_torch_handle generator) {
  return guarded([&] {
    shape_of(&count, 1, "count");
    return store(at::randperm(count, optional_generator(generator, "generator"),
                              integer_options(dtype, device)));
  });
}

simple_torch_handle simple_torch_tensor_undefined(void) {
  return guarded([] { return store(at::Tensor()); });
}
