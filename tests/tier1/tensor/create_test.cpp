#include <cmath>
#include <numeric>

#include "support/support.h"

namespace {

constexpr int64_t kDims[] = {2, 3};

using Values = std::vector<double>;
using Shape = std::vector<int64_t>;

TEST(Create, TheDesignsTestProgramWorks) {
  const int64_t dims[] = {2, 3};
  const simple_torch_handle tensor = simple_torch_tensor_zeros(dims, 2);
  ASSERT_NE(tensor, 0);
  EXPECT_EQ(simple_torch_tensor_ndim(tensor), 2);
  simple_torch_tensor_free(tensor);
}

TEST(Create, FillsWithOneNumber) {
  const Owned zero(simple_torch_tensor_zeros(kDims, 2));
  const Owned one(simple_torch_tensor_ones(kDims, 2));
  const Owned seven(
      simple_torch_tensor_full(kDims, 2, SIMPLE_TORCH_INT(7), kFloat64, -1));
  EXPECT_EQ(values(zero), Values(6, 0));
  EXPECT_EQ(values(one), Values(6, 1));
  EXPECT_EQ(values(seven), Values(6, 7));
  EXPECT_EQ(shape(zero), Shape({2, 3}));
  EXPECT_EQ(simple_torch_tensor_dtype(zero), kFloat32);
  EXPECT_EQ(simple_torch_tensor_dtype(seven), kFloat64);
}

TEST(Create, TakesTheDtypeOfTheNumber) {
  const double parts[] = {1, 2};
  const Owned integer(simple_torch_tensor_full(kDims, 2, SIMPLE_TORCH_INT(7), -1, -1));
  const Owned real(simple_torch_tensor_full(kDims, 2, SIMPLE_TORCH_FLOAT(0.5), -1, -1));
  const Owned truth(simple_torch_tensor_full(kDims, 2, SIMPLE_TORCH_BOOL(1), -1, -1));
  const Owned complex(
      simple_torch_tensor_full(kDims, 2, SIMPLE_TORCH_COMPLEX(parts), -1, -1));
  EXPECT_EQ(simple_torch_tensor_dtype(integer), kInt64);
  EXPECT_EQ(simple_torch_tensor_dtype(real), kFloat32);
  EXPECT_EQ(simple_torch_tensor_dtype(truth), kBool);
  EXPECT_EQ(simple_torch_tensor_dtype(complex), 9);
}

TEST(Create, MakesTensorsWithoutDimsAndWithoutElements) {
  const Owned scalar(simple_torch_tensor_ones(nullptr, 0));
  EXPECT_EQ(simple_torch_tensor_ndim(scalar), 0);
  EXPECT_EQ(simple_torch_tensor_numel(scalar), 1);
  const Owned empty(zeros({0, 3}));
  EXPECT_EQ(simple_torch_tensor_numel(empty), 0);
  EXPECT_EQ(shape(empty), Shape({0, 3}));
}

TEST(Create, CountsAndSpreads) {
  const Owned eye(simple_torch_tensor_eye(2, 3, -1, -1));
  EXPECT_EQ(values(eye), Values({1, 0, 0, 0, 1, 0}));
  const Owned range(simple_torch_tensor_arange(SIMPLE_TORCH_NONE, SIMPLE_TORCH_INT(4),
                                               SIMPLE_TORCH_NONE, -1, -1));
  EXPECT_EQ(values(range), Values({0, 1, 2, 3}));
  EXPECT_EQ(simple_torch_tensor_dtype(range), kInt64);
  const Owned down(simple_torch_tensor_arange(SIMPLE_TORCH_INT(3), SIMPLE_TORCH_INT(0),
                                              SIMPLE_TORCH_FLOAT(-1.5), -1, -1));
  EXPECT_EQ(values(down), Values({3, 1.5}));
  EXPECT_EQ(simple_torch_tensor_dtype(down), kFloat32);
  const Owned spread(simple_torch_tensor_linspace(SIMPLE_TORCH_INT(0),
                                                  SIMPLE_TORCH_INT(1), 5, kFloat64, -1));
  EXPECT_EQ(values(spread), Values({0, 0.25, 0.5, 0.75, 1}));
}

TEST(Create, RefusesToCountFurtherThanInt64Goes) {
  const auto range = [](int64_t start, int64_t end, int64_t step, int64_t dtype) {
    const int64_t meta = simple_torch_device_from_name("meta");
    return simple_torch_tensor_arange(SIMPLE_TORCH_INT(start), SIMPLE_TORCH_INT(end),
                                      SIMPLE_TORCH_INT(step), dtype, meta);
  };
  const int64_t too_far[][3] = {{0, INT64_MIN, -1}, {1, INT64_MIN + 1, -1},
                                {1, INT64_MIN, -1}, {INT64_MIN, INT64_MAX, 1},
                                {0, 10, INT64_MAX}, {INT64_MIN, 1, INT64_MIN}};
  for (const auto& [start, end, step] : too_far) {
    for (const int64_t dtype : {kInt64, int64_t{-1}}) {
      EXPECT_EQ(range(start, end, step, dtype), 0) << start << ' ' << end << ' ' << step;
      expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "end_bits");
    }
  }
  const Owned far(range(0, -(int64_t{1} << 62), -(int64_t{1} << 61), kFloat64));
  EXPECT_EQ(shape(far), Shape({2}));
  constexpr int64_t kStep = int64_t{1} << 30;
  const Owned farthest(range(0, INT64_MAX - kStep, kStep, -1));
  EXPECT_EQ(shape(farthest), Shape({(int64_t{1} << 33) - 1}));
  EXPECT_EQ(range(0, 10, 0, -1), 0);
  expect_failure(SIMPLE_TORCH_E_TORCH, "");
  EXPECT_EQ(range(0, INT64_MAX, -1, -1), 0);
  expect_failure(SIMPLE_TORCH_E_TORCH, "");
}

TEST(Create, DrawsRandomNumbersFromTheRightDistributions) {
  constexpr int64_t kMany[] = {100'000};
  const auto moments = [](simple_torch_handle tensor) {
    const Values all = values(tensor);
    const double n = static_cast<double>(all.size());
    const double mean = std::accumulate(all.begin(), all.end(), 0.0) / n;
    double square = 0;
    for (const double each : all) square += (each - mean) * (each - mean);
    return std::pair(mean, square / n);
  };
  const Owned uniform(simple_torch_tensor_rand(kMany, 1, kFloat64, -1, 0));
  const Owned normal(simple_torch_tensor_randn(kMany, 1));
  const Owned integers(simple_torch_tensor_randint(-5, 6, kMany, 1, -1, -1, 0));
  // Bounds are five standard errors wide.
  const auto [uniform_mean, uniform_variance] = moments(uniform);
  EXPECT_NEAR(uniform_mean, 0.5, 0.005);
  EXPECT_NEAR(uniform_variance, 1.0 / 12, 0.002);
  const auto [normal_mean, normal_variance] = moments(normal);
  EXPECT_NEAR(normal_mean, 0, 0.016);
  EXPECT_NEAR(normal_variance, 1, 0.023);
  const auto [integer_mean, integer_variance] = moments(integers);
  EXPECT_NEAR(integer_mean, 0, 0.05);
  EXPECT_NEAR(integer_variance, 10, 0.15);
  EXPECT_EQ(simple_torch_tensor_dtype(integers), kInt64);

  const Owned permutation(simple_torch_tensor_randperm(1000, -1, -1, 0));
  Values sorted = values(permutation);
  EXPECT_FALSE(std::is_sorted(sorted.begin(), sorted.end()));
  std::sort(sorted.begin(), sorted.end());
  for (size_t i = 0; i < sorted.size(); ++i) ASSERT_EQ(sorted[i], static_cast<double>(i));
}

TEST(Create, HasEveryDtype) {
  for (int64_t dtype = 0; dtype < simple_torch_dtype_count(); ++dtype) {
    const std::string name = simple_torch_dtype_name(dtype);
    const simple_torch_handle tensor = simple_torch_tensor_empty(kDims, 2, dtype, -1);
    if (tensor == 0) {
      // Quantized tensors need a scale.
      EXPECT_TRUE(name.starts_with("q")) << name << ": " << simple_torch_error_message();
      expect_failure(SIMPLE_TORCH_E_TYPE, "dtype");
      continue;
    }
    EXPECT_EQ(simple_torch_tensor_dtype(tensor), dtype) << name;
    EXPECT_EQ(simple_torch_tensor_element_size(tensor), simple_torch_dtype_size(dtype));
    simple_torch_tensor_free(tensor);
  }
}

TEST(Create, RefusesImpossibleShapes) {
  const int64_t negative[] = {2, -1};
  EXPECT_EQ(simple_torch_tensor_zeros(negative, 2), 0);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "dims");
  const int64_t huge[] = {int64_t{1} << 32, int64_t{1} << 32};
  EXPECT_EQ(simple_torch_tensor_zeros(huge, 2), 0);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "dims");
  const int64_t huge_and_empty[] = {0, int64_t{1} << 40, int64_t{1} << 40};
  EXPECT_EQ(simple_torch_tensor_zeros(huge_and_empty, 3), 0);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "dims");
  const Shape many(65, 1);
  EXPECT_EQ(simple_torch_tensor_zeros(many.data(), 65), 0);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "dims");
  float element = 0;
  EXPECT_EQ(simple_torch_tensor_from_blob(&element, 4, many.data(), 65, nullptr, kFloat32,
                                          nullptr, nullptr),
            0);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "dims");
  const Owned most(simple_torch_tensor_zeros(many.data(), 64));
  EXPECT_GT(simple_torch_tensor_to_text(most, nullptr, nullptr, 0), 128);
  EXPECT_EQ(simple_torch_tensor_zeros(kDims, -1), 0);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "dims");
  EXPECT_EQ(simple_torch_tensor_zeros(nullptr, 2), 0);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "dims");
  EXPECT_EQ(simple_torch_tensor_eye(-1, 2, -1, -1), 0);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "rows");
  EXPECT_EQ(simple_torch_tensor_randperm(-1, -1, -1, 0), 0);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "count");
  EXPECT_EQ(simple_torch_tensor_randint(3, 3, kDims, 2, -1, -1, 0), 0);
  expect_failure(SIMPLE_TORCH_E_VALUE, "high");
}

TEST(Create, RefusesUnknownDtypesDevicesAndNumbers) {
  EXPECT_EQ(simple_torch_tensor_zeros_with(kDims, 2, 1000, -1), 0);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "dtype");
  EXPECT_EQ(simple_torch_tensor_zeros_with(kDims, 2, -2, -1), 0);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "dtype");
  EXPECT_EQ(simple_torch_tensor_ones_with(kDims, 2, -1, 255), 0);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "device");
  EXPECT_EQ(simple_torch_tensor_ones_with(kDims, 2, -1, 2 * 256), 0);  // cpu:1
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "device");
  EXPECT_EQ(simple_torch_tensor_full(kDims, 2, SIMPLE_TORCH_NONE, -1, -1), 0);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "value_bits");
  EXPECT_EQ(simple_torch_tensor_full(kDims, 2, 1, 9, -1, -1), 0);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "value_bits");
  EXPECT_EQ(simple_torch_tensor_randn_with(kDims, 2, -1, -1, 5), 0);
  expect_failure(SIMPLE_TORCH_E_BAD_HANDLE, "generator");
}

TEST(Create, GivesASecondOwnerOrACopy) {
  const simple_torch_handle original = ones({2});
  const Owned alias(simple_torch_tensor_alias(original));
  const Owned copy(simple_torch_tensor_clone(original));
  EXPECT_EQ(simple_torch_tensor_fill(original, SIMPLE_TORCH_INT(5)), 0);
  EXPECT_EQ(simple_torch_tensor_free(original), 0);
  EXPECT_EQ(values(alias), Values({5, 5}));
  EXPECT_EQ(values(copy), Values({1, 1}));
}

}  // namespace
