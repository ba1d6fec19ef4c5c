// Expected text recorded from Python.
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/guarded.h"
#include "simple_torch/simple_torch.h"

namespace simple_torch {
namespace {

TEST(SparseText, IsWhatPythonsTorchPrints) {
  const at::Tensor dense = at::tensor({0.f, 0.f, 3.f, 4.f, 0.f, 5.f}).reshape({2, 3});
  const simple_torch_handle sparse = store(dense.to_sparse()).value;
  char text[1024];
  ASSERT_GT(simple_torch_tensor_to_text(sparse, nullptr, text, sizeof(text)), 0);
  EXPECT_STREQ(text,
               "tensor(indices=tensor([[0, 1, 1],\n"
               "                       [2, 0, 2]]),\n"
               "       values=tensor([3., 4., 5.]),\n"
               "       size=(2, 3), nnz=3, layout=torch.sparse_coo)");
  EXPECT_EQ(simple_torch_tensor_is_sparse(sparse), 1);
  EXPECT_EQ(simple_torch_tensor_layout(sparse), 1);
  EXPECT_EQ(simple_torch_tensor_storage_bytes(sparse), 0);
  EXPECT_EQ(simple_torch_tensor_strides(sparse, nullptr, 0), SIMPLE_TORCH_E_VALUE);
  EXPECT_EQ(simple_torch_tensor_is_contiguous(sparse), SIMPLE_TORCH_E_VALUE);
  void* address = nullptr;
  EXPECT_EQ(simple_torch_tensor_data_pointer(sparse, &address), SIMPLE_TORCH_E_VALUE);
  EXPECT_EQ(simple_torch_tensor_free(sparse), 0);
}

// Functions of this library make no such tensor, operators of libtorch do.
TEST(Text, OfTooManyDimsIsRefused) {
  const std::vector<int64_t> many(20'000, 1);
  const simple_torch_handle tensor = store(at::tensor({1.f}).reshape(many)).value;
  EXPECT_EQ(simple_torch_tensor_to_text(tensor, nullptr, nullptr, 0),
            SIMPLE_TORCH_E_VALUE);
  EXPECT_STREQ(simple_torch_error_argument(), "tensor");
  EXPECT_EQ(simple_torch_tensor_free(tensor), 0);
}

}  // namespace
}  // namespace simple_torch
