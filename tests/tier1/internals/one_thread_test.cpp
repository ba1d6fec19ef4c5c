// Small work stays on the calling thread, whatever number of threads a program has set.
#include "core/one_thread.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <functional>
#include <random>
#include <thread>

#include "core/compat_autograd.h"
#include "core/platform.h"
#include "handles/borrow.h"
#include "simple_torch/ops.h"
#include "simple_torch/simple_torch.h"

namespace simple_torch {
namespace {

constexpr int kThreads = 3;

class OneThreadTest : public testing::Test {
 protected:
  void SetUp() override {
    if (platform::find_symbol("omp_set_num_threads") == nullptr) {
      GTEST_SKIP() << "this libtorch has no OpenMP";
    }
    at::set_num_threads(kThreads);
  }
  void TearDown() override { at::set_num_threads(before_); }

 private:
  const int before_ = at::get_num_threads();
};

TEST_F(OneThreadTest, LastsAsLongAsItLives) {
  {
    const OneThread outer(true);
    EXPECT_EQ(at::get_num_threads(), 1);
    {
      const OneThread inner(true);
      EXPECT_EQ(at::get_num_threads(), 1);
    }
    EXPECT_EQ(at::get_num_threads(), 1);
  }
  EXPECT_EQ(at::get_num_threads(), kThreads);
  const OneThread none(false);
  EXPECT_EQ(at::get_num_threads(), kThreads);
}

TEST_F(OneThreadTest, LeavesANewThreadTheNumberThatTheProgramHasSet) {
  int after = 0;
  std::thread([&] {
    { const OneThread alone(true); }
    after = at::get_num_threads();
  }).join();
  EXPECT_EQ(after, kThreads);
}

TEST_F(OneThreadTest, CountsTheElementsOfAllOperands) {
  const at::Tensor half = at::zeros({kSmallWork / 2});
  const std::vector<at::Tensor> list = {half, at::zeros({1})};
  EXPECT_TRUE(is_small(half, half));
  EXPECT_FALSE(is_small(half, at::TensorList(list)));
  EXPECT_TRUE(is_small(compat::Optional<at::Tensor>(), half, at::Tensor()));
  EXPECT_TRUE(is_small_linear(half, at::TensorList(list)));
}

at::Tensor on_one_thread(const std::function<at::Tensor()>& work) {
  at::set_num_threads(1);
  at::Tensor result = work();
  at::set_num_threads(kThreads);
  return result;
}

at::Tensor product(const at::Tensor& a, const at::Tensor& b) {
  const simple_torch_handle left = store(at::Tensor(a)).value;
  const simple_torch_handle right = store(at::Tensor(b)).value;
  const simple_torch_handle made = simple_torch_op_mm(left, right);
  at::Tensor result = *borrow<at::Tensor>(made, "made");
  for (const simple_torch_handle each : {left, right, made}) simple_torch_release(each);
  return result;
}

// Shared among threads, some of these products differ in their last bits.
TEST_F(OneThreadTest, MakesTheProductsThatLibtorchMakesOnOneThread) {
  std::mt19937 random(1);
  const auto size = [&] { return static_cast<int64_t>(1 + random() % 70); };
  for (int i = 0; i < 200; ++i) {
    const at::Tensor a = at::randn({size(), size()});
    const at::Tensor b = at::randn({a.size(1), size()});
    EXPECT_TRUE(product(a, b).equal(on_one_thread([&] { return at::mm(a, b); })));
    EXPECT_EQ(at::get_num_threads(), kThreads);

#if SIMPLE_TORCH_QUICK_WALK
    const auto gradient = [&] {
      const at::Tensor x = a.detach().requires_grad_();
      torch::autograd::backward({at::mm(x.sin(), b)}, {at::ones({a.size(0), b.size(1)})});
      return x.grad();
    };
    const at::Tensor expected = on_one_thread(gradient);
    // It does not depend on the product, which this makes with several threads.
    EXPECT_TRUE(gradient().equal(expected));
#endif
  }
}

}  // namespace
}  // namespace simple_torch
