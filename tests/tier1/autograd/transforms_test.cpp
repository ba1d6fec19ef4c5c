// Transforms of functions. Expected values are closed formulas.
#include "simple_torch/ops.h"
#include "support/support.h"

namespace {

using Elements = std::vector<double>;
using Transform = LeavesNoHandles;

int64_t enter(int64_t transform, int64_t size = 0) {
  return simple_torch_transform_enter(transform, size, SIMPLE_TORCH_RANDOMNESS_ERROR);
}

bool is_supported() {
  const int64_t depth = enter(SIMPLE_TORCH_TRANSFORM_GRADIENT);
  if (depth > 0) return simple_torch_mode_leave(depth) == 0;
  EXPECT_EQ(depth, SIMPLE_TORCH_E_UNSUPPORTED);
  return false;
}

TEST_F(Transform, HidesTheDimOfABatch) {
  if (!is_supported()) GTEST_SKIP() << "this libtorch has none";
  const Owned x(doubles({2, 3}, {1, 2, 3, 4, 5, 6}));
  const int64_t depth = enter(SIMPLE_TORCH_TRANSFORM_BATCH, 3);
  const int64_t level = simple_torch_transform_level();
  EXPECT_GT(level, 0);
  simple_torch_handle sums = 0;
  {
    const Owned batch(simple_torch_transform_batch(x, -1, level));
    EXPECT_EQ(simple_torch_tensor_ndim(batch), 1);
    const Owned sum(simple_torch_op_sum(batch, -1));
    sums = simple_torch_transform_unbatch(sum, 0, 3, level);
  }
  const Owned repeated(simple_torch_transform_unbatch(x, 1, 3, level));
  EXPECT_EQ(simple_torch_mode_leave(depth), 0);
  EXPECT_EQ(simple_torch_transform_level(), 0);
  EXPECT_EQ(values(Owned(sums)), (Elements{5, 7, 9}));
  EXPECT_EQ(simple_torch_tensor_ndim(repeated), 3);
}

TEST_F(Transform, GivesAGraphOfItsOwn) {
  if (!is_supported()) GTEST_SKIP() << "this libtorch has none";
  const Owned x(doubles({}, {3}));
  const int64_t depth = enter(SIMPLE_TORCH_TRANSFORM_GRADIENT);
  const int64_t level = simple_torch_transform_level();
  simple_torch_handle slope = 0;
  {
    const Owned own(simple_torch_transform_wrap(x, 1, level));
    const Owned square(simple_torch_tensor_mul(own, own));
    const simple_torch_handle outputs[] = {square};
    const simple_torch_handle inputs[] = {own};
    const Owned list(
        simple_torch_autograd_grad(outputs, 1, inputs, 1, nullptr, 0, -1, 1, 0));
    const Owned found(simple_torch_list_get(list, 0));
    slope = simple_torch_transform_unwrap(found, level);
  }
  EXPECT_EQ(simple_torch_mode_leave(depth), 0);
  EXPECT_EQ(values(Owned(slope)), Elements{6});
  EXPECT_EQ(simple_torch_tensor_requires_grad(x), 0);
}

TEST_F(Transform, RunsDerivativesForwards) {
  if (!is_supported()) GTEST_SKIP() << "this libtorch has none";
  const Owned x(doubles({}, {3}));
  const Owned one(doubles({}, {1}));
  const int64_t depth = enter(SIMPLE_TORCH_TRANSFORM_FORWARD);
  const int64_t level = simple_torch_transform_level();
  simple_torch_handle slope = 0;
  {
    const Owned dual(simple_torch_op__make_dual(x, one, 0));
    const Owned square(simple_torch_tensor_mul(dual, dual));
    simple_torch_handle tangent = 0;
    const Owned primal(simple_torch_op__unpack_dual(square, 0, &tangent));
    const Owned found(tangent);
    slope = simple_torch_transform_unwrap(found, level);
  }
  EXPECT_EQ(simple_torch_mode_leave(depth), 0);
  EXPECT_EQ(values(Owned(slope)), Elements{6});
}

TEST_F(Transform, MakesTensorsOfTheHostsMemoryWithin) {
  if (!is_supported()) GTEST_SKIP() << "this libtorch has none";
  const int64_t depth = enter(SIMPLE_TORCH_TRANSFORM_GRADIENT);
  const Owned made(doubles({2}, {1, 2}));
  EXPECT_EQ(simple_torch_mode_leave(depth), 0);
  EXPECT_EQ(values(made), (Elements{1, 2}));
}

TEST_F(Transform, RefusesWhatMakesNoSense) {
  if (!is_supported()) GTEST_SKIP() << "this libtorch has none";
  EXPECT_EQ(enter(7), SIMPLE_TORCH_E_BAD_ARGUMENT);
  EXPECT_EQ(enter(SIMPLE_TORCH_TRANSFORM_BATCH, -1), SIMPLE_TORCH_E_BAD_ARGUMENT);
  EXPECT_EQ(simple_torch_transform_enter(SIMPLE_TORCH_TRANSFORM_BATCH, 1, 3),
            SIMPLE_TORCH_E_BAD_ARGUMENT);
  const Owned x(doubles({2}, {1, 2}));
  EXPECT_EQ(simple_torch_transform_wrap(x, 1, 1), 0);
  EXPECT_EQ(simple_torch_error_code(), SIMPLE_TORCH_E_VALUE);
  const int64_t first = enter(SIMPLE_TORCH_TRANSFORM_BATCH, 2);
  const int64_t level = simple_torch_transform_level();
  EXPECT_EQ(simple_torch_transform_wrap(x, 1, level), 0);
  EXPECT_EQ(simple_torch_transform_batch(x, 1, level), 0);
  EXPECT_EQ(simple_torch_error_code(), SIMPLE_TORCH_E_INDEX);
  int64_t depth = first;
  while (depth > 0) depth = enter(SIMPLE_TORCH_TRANSFORM_BATCH, 2);
  EXPECT_EQ(depth, SIMPLE_TORCH_E_BAD_ARGUMENT);
  EXPECT_EQ(simple_torch_mode_leave(first), 0);
  EXPECT_EQ(simple_torch_transform_level(), 0);
}

}  // namespace
