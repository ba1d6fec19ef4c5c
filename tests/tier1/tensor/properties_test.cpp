#include "support/support.h"

namespace {

TEST(Properties, DescribeATensor) {
  const Owned tensor(
      simple_torch_tensor_zeros_with(std::vector<int64_t>{2, 3}.data(), 2, kFloat64, 0));
  EXPECT_EQ(simple_torch_tensor_defined(tensor), 1);
  EXPECT_EQ(simple_torch_tensor_dtype(tensor), kFloat64);
  EXPECT_EQ(simple_torch_tensor_device(tensor), 0);
  EXPECT_EQ(simple_torch_tensor_layout(tensor), 0);
  EXPECT_EQ(simple_torch_tensor_ndim(tensor), 2);
  EXPECT_EQ(simple_torch_tensor_numel(tensor), 6);
  EXPECT_EQ(simple_torch_tensor_storage_offset(tensor), 0);
  EXPECT_EQ(simple_torch_tensor_element_size(tensor), 8);
  EXPECT_EQ(simple_torch_tensor_storage_bytes(tensor), 48);
  EXPECT_EQ(simple_torch_tensor_is_contiguous(tensor), 1);
  EXPECT_EQ(simple_torch_tensor_is_sparse(tensor), 0);
  EXPECT_EQ(simple_torch_tensor_is_mkldnn(tensor), 0);
  EXPECT_EQ(simple_torch_tensor_requires_grad(tensor), 0);
  EXPECT_EQ(simple_torch_tensor_is_leaf(tensor), 1);
  int64_t strides[2];
  EXPECT_EQ(simple_torch_tensor_strides(tensor, strides, 2), 2);
  EXPECT_EQ(strides[0], 3);
  EXPECT_EQ(strides[1], 1);
}

TEST(Properties, GoToABufferThatIsLargeEnoughOrNowhere) {
  const Owned tensor(zeros({2, 3}));
  int64_t dims[3] = {-7, -7, -7};
  EXPECT_EQ(simple_torch_tensor_shape(tensor, dims, 1), SIMPLE_TORCH_E_BAD_ARGUMENT);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "dims_out");
  EXPECT_EQ(dims[0], -7);
  EXPECT_EQ(simple_torch_tensor_shape(tensor, dims, -1), SIMPLE_TORCH_E_BAD_ARGUMENT);
  EXPECT_EQ(simple_torch_tensor_shape(tensor, nullptr, 2), SIMPLE_TORCH_E_BAD_ARGUMENT);
  EXPECT_EQ(simple_torch_tensor_shape(tensor, nullptr, 0), 2);
  EXPECT_EQ(simple_torch_tensor_shape(tensor, dims, 3), 2);
  EXPECT_EQ(dims[0], 2);
  EXPECT_EQ(dims[1], 3);
  EXPECT_EQ(dims[2], -7);
}

TEST(Properties, OfAnUndefinedTensorAreRefused) {
  const Owned none(simple_torch_tensor_undefined());
  EXPECT_EQ(simple_torch_tensor_defined(none), 0);
  for (const auto property : {&simple_torch_tensor_dtype, &simple_torch_tensor_device,
                              &simple_torch_tensor_numel, &simple_torch_tensor_layout,
                              &simple_torch_tensor_is_contiguous}) {
    EXPECT_EQ(property(none), SIMPLE_TORCH_E_VALUE);
    expect_failure(SIMPLE_TORCH_E_VALUE, "tensor");
  }
  const Owned tensor(zeros({1}));
  EXPECT_EQ(simple_torch_tensor_add(none, tensor), 0);
  EXPECT_NE(simple_torch_error_code(), SIMPLE_TORCH_E_INTERNAL);
}

TEST(Properties, OfGradFollowAutograd) {
  const Owned weights(ones({2}));
  EXPECT_EQ(simple_torch_tensor_set_requires_grad(weights, 1), 0);
  EXPECT_EQ(simple_torch_tensor_requires_grad(weights), 1);
  const Owned result(simple_torch_tensor_mul(weights, weights));
  EXPECT_EQ(simple_torch_tensor_requires_grad(result), 1);
  EXPECT_EQ(simple_torch_tensor_is_leaf(result), 0);
  EXPECT_EQ(simple_torch_tensor_set_requires_grad(result, 0), SIMPLE_TORCH_E_VALUE);
  EXPECT_EQ(simple_torch_tensor_set_requires_grad(weights, 2),
            SIMPLE_TORCH_E_BAD_ARGUMENT);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "requires_grad");
  const Owned integers(simple_torch_tensor_to_dtype(weights, kInt64));
  EXPECT_EQ(simple_torch_tensor_set_requires_grad(integers, 1), SIMPLE_TORCH_E_TORCH);
}

TEST(Convert, ChangesTheDtype) {
  const Owned tensor(doubles({3}, {-1.5, 0, 2.7}));
  const Owned integers(simple_torch_tensor_to_dtype(tensor, kInt32));
  EXPECT_EQ(simple_torch_tensor_dtype(integers), kInt32);
  EXPECT_EQ(values(integers), std::vector<double>({-1, 0, 2}));
  const Owned truths(simple_torch_tensor_to_dtype(tensor, kBool));
  EXPECT_EQ(values(truths), std::vector<double>({1, 0, 1}));
  EXPECT_EQ(simple_torch_tensor_to_dtype(tensor, -1), 0);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "dtype");
}

TEST(Convert, PutsElementsInOrder) {
  const std::vector<double> data = {1, 2, 3, 4, 5, 6};
  const int64_t dims[] = {3, 2};
  const int64_t strides[] = {1, 3};
  const Owned view(simple_torch_tensor_from_blob(const_cast<double*>(data.data()), 48,
                                                 dims, 2, strides, kFloat64, nullptr,
                                                 nullptr));
  const Owned ordered(simple_torch_tensor_contiguous(view));
  EXPECT_EQ(simple_torch_tensor_is_contiguous(ordered), 1);
  EXPECT_EQ(values(ordered), values(view));
}

TEST(Arithmetic, Computes) {
  const Owned left(doubles({2, 2}, {1, 2, 3, 4}));
  const Owned right(doubles({2}, {10, 20}));
  const Owned sum(simple_torch_tensor_add(left, right));
  EXPECT_EQ(values(sum), std::vector<double>({11, 22, 13, 24}));
  const Owned product(simple_torch_tensor_mul(left, right));
  EXPECT_EQ(values(product), std::vector<double>({10, 40, 30, 80}));
  const Owned matrix(simple_torch_tensor_matmul(left, left));
  EXPECT_EQ(values(matrix), std::vector<double>({7, 10, 15, 22}));
  const Owned numbers(doubles({3}, {-2, 0, 2}));
  const Owned clipped(simple_torch_relu(numbers));
  EXPECT_EQ(values(clipped), std::vector<double>({0, 0, 2}));
  const Owned squashed(simple_torch_sigmoid(numbers));
  EXPECT_DOUBLE_EQ(values(squashed)[2], 0.88079707797788243);
  const Owned tangent(simple_torch_tanh(numbers));
  EXPECT_DOUBLE_EQ(values(tangent)[0], -0.9640275800758169);
}

TEST(Arithmetic, RefusesShapesThatDoNotGoTogether) {
  const Owned left(zeros({2, 3}));
  const Owned right(zeros({4}));
  EXPECT_EQ(simple_torch_tensor_add(left, right), 0);
  EXPECT_EQ(simple_torch_error_code(), SIMPLE_TORCH_E_TORCH);
  EXPECT_NE(std::strstr(simple_torch_error_message(), "size of tensor a (3) must match"),
            nullptr)
      << simple_torch_error_message();
}

}  // namespace
