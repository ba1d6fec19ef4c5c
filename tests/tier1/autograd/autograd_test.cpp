// Running backwards, modes, gradients. Expected values are closed formulas.
#include <atomic>
#include <thread>

#include "simple_torch/ops.h"
#include "support/support.h"

namespace {

using Handles = std::vector<simple_torch_handle>;

simple_torch_handle variable(std::initializer_list<int64_t> dims,
                             const std::vector<double>& elements) {
  const simple_torch_handle made = doubles(dims, elements);
  EXPECT_EQ(simple_torch_tensor_set_requires_grad(made, 1), 0);
  return made;
}

simple_torch_handle sum(simple_torch_handle tensor) {
  return simple_torch_op_sum(tensor, -1);
}

int64_t backward(simple_torch_handle tensor, const Handles& gradient = {},
                 int64_t retain_graph = -1, int64_t create_graph = 0,
                 const Handles& inputs = {}) {
  return simple_torch_autograd_backward(&tensor, 1, gradient.data(), std::ssize(gradient),
                                        retain_graph, create_graph, inputs.data(),
                                        std::ssize(inputs));
}

std::vector<double> grad_of(simple_torch_handle tensor) {
  return values(Owned(simple_torch_tensor_grad(tensor)));
}

// The derivatives as a list; 0 on failure.
simple_torch_handle derive(simple_torch_handle output, const Handles& inputs,
                           int64_t create_graph = 0, int64_t allow_unused = 0) {
  return simple_torch_autograd_grad(&output, 1, inputs.data(), std::ssize(inputs),
                                    nullptr, 0, -1, create_graph, allow_unused);
}

using Autograd = LeavesNoHandles;

// d/dx sum(x * x) = 2x.
TEST_F(Autograd, AddsTheGradientToTheLeaf) {
  const Owned x(variable({3}, {1, 2, 3}));
  const Owned y(sum(Owned(simple_torch_tensor_mul(x, x))));
  EXPECT_EQ(backward(y), 0) << simple_torch_error_message();
  EXPECT_EQ(grad_of(x), (std::vector<double>{2, 4, 6}));
}

TEST_F(Autograd, FreesTheGraphUnlessItIsToBeKept) {
  const Owned x(variable({1}, {3}));
  const Owned y(simple_torch_tensor_mul(x, x));
  EXPECT_EQ(backward(y, {}, 1), 0);
  EXPECT_EQ(backward(y), 0);
  EXPECT_EQ(grad_of(x), std::vector<double>{12});
  EXPECT_EQ(backward(y), SIMPLE_TORCH_E_TORCH);
  EXPECT_NE(std::strstr(simple_torch_error_message(), "a second time"), nullptr);
  EXPECT_STREQ(simple_torch_error_operation(), "simple_torch_autograd_backward");
}

TEST_F(Autograd, MultipliesWithTheGradientGiven) {
  const Owned x(variable({2}, {3, 5}));
  const Owned y(simple_torch_tensor_mul(x, x));
  EXPECT_EQ(backward(y), SIMPLE_TORCH_E_TORCH);
  const Owned v(doubles({2}, {10, 100}));
  EXPECT_EQ(backward(y, {v}), 0) << simple_torch_error_message();
  EXPECT_EQ(grad_of(x), (std::vector<double>{60, 1000}));
}

TEST_F(Autograd, DifferentiatesSeveralTensorsTogether) {
  const Owned x(variable({1}, {3}));
  const Owned square(simple_torch_tensor_mul(x, x));
  const Owned twice(simple_torch_tensor_add(x, x));
  const simple_torch_handle roots[] = {square, twice};
  const Owned ten(doubles({1}, {10}));
  const simple_torch_handle gradients[] = {ten, 0};
  EXPECT_EQ(simple_torch_autograd_backward(roots, 2, gradients, 2, -1, 0, nullptr, 0), 0);
  EXPECT_EQ(grad_of(x), std::vector<double>{62});
  EXPECT_EQ(simple_torch_autograd_backward(roots, 2, gradients, 1, -1, 0, nullptr, 0),
            SIMPLE_TORCH_E_BAD_ARGUMENT);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "gradients");
}

TEST_F(Autograd, AddsOnlyToTheInputsThatAreNamed) {
  const Owned x(variable({1}, {3}));
  const Owned w(variable({1}, {5}));
  const Owned y(simple_torch_tensor_mul(x, w));
  EXPECT_EQ(backward(y, {}, 0, 0, {w}), 0);
  EXPECT_EQ(grad_of(w), std::vector<double>{3});
  const Owned none(simple_torch_tensor_grad(x));
  EXPECT_EQ(simple_torch_tensor_defined(none), 0);
}

// y = x³: y' = 3x² = 12, y'' = 6x = 12, y''' = 6.
TEST_F(Autograd, DifferentiatesDerivatives) {
  const Owned x(variable({1}, {2}));
  const Owned square(simple_torch_tensor_mul(x, x));
  simple_torch_handle at = simple_torch_tensor_mul(square, x);
  const double expected[] = {12, 12, 6};
  for (const double each : expected) {
    const Owned list(derive(at, {x}, 1));
    simple_torch_tensor_free(at);
    at = simple_torch_list_get(list, 0);
    EXPECT_EQ(values(at), std::vector<double>{each});
  }
  simple_torch_tensor_free(at);
  const Owned none(simple_torch_tensor_grad(x));
  EXPECT_EQ(simple_torch_tensor_defined(none), 0);
}

TEST_F(Autograd, SaysWhichInputsAreUnused) {
  const Owned x(variable({1}, {2}));
  const Owned other(variable({1}, {2}));
  const Owned y(simple_torch_tensor_mul(x, x));
  EXPECT_EQ(derive(y, {x, other}), 0);
  EXPECT_EQ(simple_torch_error_code(), SIMPLE_TORCH_E_TORCH);
  const Owned z(simple_torch_tensor_mul(x, x));
  const Owned list(derive(z, {x, other}, 0, 1));
  const Owned first(simple_torch_list_get(list, 0));
  const Owned second(simple_torch_list_get(list, 1));
  EXPECT_EQ(values(first), std::vector<double>{4});
  EXPECT_EQ(simple_torch_tensor_defined(second), 0);
}

TEST_F(Autograd, RefusesTensorsWithoutAGraphAndBadHandles) {
  const Owned x(doubles({1}, {2}));
  EXPECT_EQ(backward(x), SIMPLE_TORCH_E_TORCH);
  EXPECT_EQ(backward(0), SIMPLE_TORCH_E_BAD_HANDLE);
  expect_failure(SIMPLE_TORCH_E_BAD_HANDLE, "tensors");
  const Owned y(variable({1}, {2}));
  EXPECT_EQ(backward(y, {12345}), SIMPLE_TORCH_E_BAD_HANDLE);
  expect_failure(SIMPLE_TORCH_E_BAD_HANDLE, "gradients");
  EXPECT_EQ(backward(y, {}, 2), SIMPLE_TORCH_E_BAD_ARGUMENT);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "retain_graph");
  EXPECT_EQ(simple_torch_autograd_grad(nullptr, 0, nullptr, 0, nullptr, 0, -1, 0, 0), 0);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "outputs");
  EXPECT_EQ(derive(y, {}), 0);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "inputs");
}

TEST_F(Autograd, TakesAndGivesAwayGradients) {
  const Owned x(variable({2}, {1, 2}));
  const Owned g(doubles({2}, {7, 8}));
  EXPECT_EQ(simple_torch_tensor_set_grad(x, g), 0);
  EXPECT_EQ(grad_of(x), (std::vector<double>{7, 8}));
  EXPECT_EQ(simple_torch_tensor_set_grad(x, 0), 0);
  const Owned none(simple_torch_tensor_grad(x));
  EXPECT_EQ(simple_torch_tensor_defined(none), 0);
  EXPECT_EQ(simple_torch_tensor_set_grad(x, x), SIMPLE_TORCH_E_VALUE);
  const Owned three(doubles({3}, {1, 2, 3}));
  EXPECT_EQ(simple_torch_tensor_set_grad(x, three), SIMPLE_TORCH_E_VALUE);
  expect_failure(SIMPLE_TORCH_E_VALUE, "grad");
  const Owned single(simple_torch_tensor_to_dtype(g, kFloat32));
  EXPECT_EQ(simple_torch_tensor_set_grad(x, single), SIMPLE_TORCH_E_VALUE);
}

TEST_F(Autograd, NamesTheFunctionThatLeadsBack) {
  const Owned x(variable({1}, {2}));
  const Owned y(simple_torch_tensor_mul(x, x));
  char name[32];
  EXPECT_EQ(simple_torch_tensor_grad_fn_name(y, name, sizeof(name)), 12);
  EXPECT_STREQ(name, "MulBackward0");
  EXPECT_EQ(simple_torch_tensor_grad_fn_name(x, name, sizeof(name)), 0);
  EXPECT_STREQ(name, "");
}

TEST_F(Autograd, RunsInSeveralThreadsAtOnce) {
  const Owned x(variable({4}, {1, 2, 3, 4}));
  std::vector<std::thread> threads;
  std::atomic<int> right{0};
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 50; ++round) {
        const Owned y(sum(Owned(simple_torch_tensor_mul(x, x))));
        const Owned list(derive(y, {x}));
        const Owned g(simple_torch_list_get(list, 0));
        right += values(g) == std::vector<double>{2, 4, 6, 8};
      }
    });
  }
  for (auto& each : threads) each.join();
  EXPECT_EQ(right, 200);
}

// ---- Modes

using Mode = Autograd;

TEST_F(Mode, OfGradDecidesWhatIsRecorded) {
  const Owned x(variable({1}, {2}));
  EXPECT_EQ(simple_torch_mode_enabled(SIMPLE_TORCH_MODE_GRAD), 1);
  EXPECT_EQ(simple_torch_mode_set(SIMPLE_TORCH_MODE_GRAD, 0), 1);
  EXPECT_EQ(simple_torch_tensor_requires_grad(Owned(simple_torch_tensor_mul(x, x))), 0);
  EXPECT_EQ(simple_torch_mode_set(SIMPLE_TORCH_MODE_GRAD, 1), 0);
  EXPECT_EQ(simple_torch_tensor_requires_grad(Owned(simple_torch_tensor_mul(x, x))), 1);
}

TEST_F(Mode, NestsAndLeavesWhatWasEnteredAfterItToo) {
  const int64_t off = simple_torch_mode_enter(SIMPLE_TORCH_MODE_GRAD, 0);
  const int64_t on = simple_torch_mode_enter(SIMPLE_TORCH_MODE_GRAD, 1);
  EXPECT_EQ(simple_torch_mode_enabled(SIMPLE_TORCH_MODE_GRAD), 1);
  EXPECT_EQ(simple_torch_mode_leave(on), 0);
  EXPECT_EQ(simple_torch_mode_enabled(SIMPLE_TORCH_MODE_GRAD), 0);
  simple_torch_mode_enter(SIMPLE_TORCH_MODE_INFERENCE, 1);
  simple_torch_mode_enter(SIMPLE_TORCH_MODE_ANOMALY, 1);
  EXPECT_EQ(simple_torch_mode_enabled(SIMPLE_TORCH_MODE_INFERENCE), 1);
  EXPECT_EQ(simple_torch_mode_leave(off), 0);
  for (const int64_t mode : {SIMPLE_TORCH_MODE_INFERENCE, SIMPLE_TORCH_MODE_ANOMALY}) {
    EXPECT_EQ(simple_torch_mode_enabled(mode), 0);
  }
  EXPECT_EQ(simple_torch_mode_enabled(SIMPLE_TORCH_MODE_GRAD), 1);
  EXPECT_EQ(simple_torch_mode_leave(off), SIMPLE_TORCH_E_BAD_ARGUMENT);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "depth");
}

TEST_F(Mode, OfInferenceMakesTensorsThatNoGraphTakes) {
  EXPECT_EQ(simple_torch_mode_set(SIMPLE_TORCH_MODE_INFERENCE, 1),
            SIMPLE_TORCH_E_BAD_ARGUMENT);
  const Owned x(variable({1}, {2}));
  const int64_t depth = simple_torch_mode_enter(SIMPLE_TORCH_MODE_INFERENCE, 1);
  const Owned y(simple_torch_tensor_mul(x, x));
  EXPECT_EQ(simple_torch_mode_leave(depth), 0);
  EXPECT_EQ(simple_torch_tensor_mul(x, y), 0);
  EXPECT_NE(std::strstr(simple_torch_error_message(), "Inference tensors"), nullptr);
}

TEST_F(Mode, BelongsToItsThread) {
  const int64_t depth = simple_torch_mode_enter(SIMPLE_TORCH_MODE_GRAD, 0);
  std::thread([&] {
    EXPECT_EQ(simple_torch_mode_enabled(SIMPLE_TORCH_MODE_GRAD), 1);
    EXPECT_EQ(simple_torch_mode_leave(depth), SIMPLE_TORCH_E_BAD_ARGUMENT);
    simple_torch_mode_enter(SIMPLE_TORCH_MODE_ANOMALY, 1);
  }).join();
  // What a thread does not leave is left when it ends.
  EXPECT_EQ(simple_torch_mode_enabled(SIMPLE_TORCH_MODE_ANOMALY), 0);
  EXPECT_EQ(simple_torch_mode_leave(depth), 0);
}

TEST_F(Mode, ThatDoesNotExistIsRefused) {
  for (const int64_t mode : {-1, 6, 1000}) {
    EXPECT_EQ(simple_torch_mode_enabled(mode), SIMPLE_TORCH_E_BAD_ARGUMENT);
    EXPECT_EQ(simple_torch_mode_enter(mode, 1), SIMPLE_TORCH_E_BAD_ARGUMENT);
    expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "mode");
  }
  EXPECT_EQ(simple_torch_mode_enter(0, 2), SIMPLE_TORCH_E_BAD_ARGUMENT);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "enabled");
}

TEST_F(Mode, OfAnomalyFindsTheFirstNanAndWhereItsFunctionWasCalled) {
  int destroyed = 0;
  struct Program {
    const char* line;
    int* destroyed;
  } program{"", &destroyed};
  simple_torch_anomaly_set_where(
      [](void* context) { return static_cast<Program*>(context)->line; }, &program,
      [](void* context) { ++*static_cast<Program*>(context)->destroyed; });
  const int64_t depth = simple_torch_mode_enter(SIMPLE_TORCH_MODE_ANOMALY, 1);
  const Owned x(variable({1}, {-1}));
  program.line = "line 1";
  const Owned square(simple_torch_tensor_mul(x, x));
  program.line = "line 2";
  const Owned root(simple_torch_op_sqrt(x));
  program.line = "line 3";
  const Owned y(simple_torch_tensor_add(root, square));
  program.line = "line 4";
  EXPECT_EQ(backward(y), SIMPLE_TORCH_E_TORCH);
  EXPECT_NE(std::strstr(simple_torch_error_message(), "SqrtBackward0"), nullptr);
  EXPECT_STREQ(simple_torch_anomaly_where(), "line 2");
  EXPECT_EQ(simple_torch_mode_leave(depth), 0);
  EXPECT_EQ(simple_torch_anomaly_set_where(nullptr, nullptr, nullptr), 0);
  EXPECT_EQ(destroyed, 1);
  // What a run that failed had not done yet, libtorch keeps until the thread's next run.
  EXPECT_EQ(backward(Owned(simple_torch_tensor_mul(x, x))), 0);
}

}  // namespace
