// Callbacks of autograd: hooks, and functions whose derivative the caller computes.
#include <atomic>
#include <thread>

#include "support/gradients.h"

namespace {

using Handles = std::vector<simple_torch_handle>;

using Autograd = LeavesNoHandles;

using Hook = Autograd;

int64_t multiply(simple_torch_handle gradients, double factor) {
  const Owned given(simple_torch_gradients_get(gradients, 0));
  const Owned changed(simple_torch_op_mul_scalar(given, SIMPLE_TORCH_FLOAT(factor)));
  return simple_torch_gradients_set(gradients, 0, changed);
}

TEST_F(Hook, SeesAndReplacesTheGradient) {
  Counted hook{[](simple_torch_handle gradients) {
    EXPECT_EQ(simple_torch_handle_kind(gradients), SIMPLE_TORCH_KIND_GRADIENTS);
    EXPECT_EQ(simple_torch_gradients_count(gradients), 1);
    EXPECT_EQ(simple_torch_gradients_input_count(gradients), 1);
    EXPECT_EQ(simple_torch_gradients_saved_count(gradients), 0);
    EXPECT_EQ(simple_torch_gradients_needed(gradients, 0), 1);
    return multiply(gradients, 10);
  }};
  {
    const Owned x(variable({1, 2}));
    EXPECT_EQ(simple_torch_tensor_add_hook(x, Counted::call, &hook, Counted::destroy), 0);
    EXPECT_EQ(backward(Owned(simple_torch_tensor_mul(x, x))), 0)
        << simple_torch_error_message();
    EXPECT_EQ(grad_of(x), (std::vector<double>{20, 40}));
    EXPECT_EQ(hook.destroyed, 0);
  }
  EXPECT_EQ(hook.called, 1);
  EXPECT_EQ(hook.destroyed, 1);
}

TEST_F(Hook, RunsInOrderUntilItIsRemoved) {
  const Owned x(variable({1}));
  Counted first{[](simple_torch_handle g) { return multiply(g, 10); }};
  Counted second{[](simple_torch_handle g) {
    EXPECT_EQ(values(Owned(simple_torch_gradients_get(g, 0))), std::vector<double>{10});
    return 0;
  }};
  const auto a = simple_torch_tensor_add_hook(x, Counted::call, &first, Counted::destroy);
  const auto b = simple_torch_tensor_add_hook(x, Counted::call, &second, nullptr);
  EXPECT_NE(a, b);
  EXPECT_EQ(backward(x), 0);
  EXPECT_EQ(grad_of(x), std::vector<double>{10});
  EXPECT_EQ(simple_torch_tensor_remove_hook(x, a), 0);
  EXPECT_EQ(first.destroyed, 1);
  EXPECT_EQ(simple_torch_tensor_remove_hook(x, b), 0);
  EXPECT_EQ(backward(x), 0);
  EXPECT_EQ(grad_of(x), std::vector<double>{11});
  EXPECT_EQ(second.called, 1);
  EXPECT_EQ(simple_torch_tensor_remove_hook(x, a), SIMPLE_TORCH_E_VALUE);
  expect_failure(SIMPLE_TORCH_E_VALUE, "hook");
}

TEST_F(Hook, ThatFailsEndsTheBackwardRunWithItsText) {
  const Owned x(variable({1}));
  Counted hook{[](simple_torch_handle) {
    return 1 + simple_torch_callback_error("the gradient is too steep");
  }};
  simple_torch_tensor_add_hook(x, Counted::call, &hook, nullptr);
  EXPECT_EQ(backward(Owned(simple_torch_tensor_mul(x, x))), SIMPLE_TORCH_E_CALLBACK);
  EXPECT_STREQ(simple_torch_error_message(),
               "simple_torch_autograd_backward: the gradient is too steep");
  const Owned none(simple_torch_tensor_grad(x));
  EXPECT_EQ(simple_torch_tensor_defined(none), 0);
}

TEST_F(Hook, MayNotPutAGradientOfAnotherShape) {
  const Owned x(variable({1}));
  Counted hook{[](simple_torch_handle gradients) {
    return simple_torch_gradients_set(gradients, 0, Owned(doubles({2}, {1, 2})));
  }};
  simple_torch_tensor_add_hook(x, Counted::call, &hook, nullptr);
  EXPECT_LT(backward(x), 0);
}

TEST_F(Hook, KeepsNothingOfItsGradients) {
  const Owned x(variable({1}));
  simple_torch_handle kept = 0;
  Counted hook{[&](simple_torch_handle gradients) {
    kept = gradients;
    EXPECT_EQ(simple_torch_gradients_get(gradients, 1), 0);
    expect_failure(SIMPLE_TORCH_E_INDEX, "index");
    EXPECT_EQ(simple_torch_gradients_set(gradients, -2, 0), SIMPLE_TORCH_E_INDEX);
    EXPECT_EQ(simple_torch_gradients_saved(gradients, 0), 0);
    EXPECT_EQ(simple_torch_gradients_set(gradients, 0, 0), 0);
    return 0;
  }};
  simple_torch_tensor_add_hook(x, Counted::call, &hook, nullptr);
  EXPECT_EQ(backward(x), 0);
  EXPECT_EQ(grad_of(x), std::vector<double>{1});
  EXPECT_EQ(simple_torch_gradients_count(kept), SIMPLE_TORCH_E_STALE_HANDLE);
}

TEST_F(Hook, NeedsATensorThatGetsAGradient) {
  Counted hook{[](simple_torch_handle) { return 0; }};
  const Owned constant(doubles({1}, {1}));
  EXPECT_EQ(
      simple_torch_tensor_add_hook(constant, Counted::call, &hook, Counted::destroy),
      SIMPLE_TORCH_E_VALUE);
  EXPECT_EQ(hook.destroyed, 1);
  const Owned x(variable({1}));
  EXPECT_EQ(simple_torch_tensor_add_hook(x, nullptr, &hook, Counted::destroy),
            SIMPLE_TORCH_E_BAD_ARGUMENT);
  EXPECT_EQ(hook.destroyed, 2);
}

using AccumulationHook = Autograd;

TEST_F(AccumulationHook, SeesTheTensorWithItsGradient) {
  const Owned x(variable({2}));
  Counted hook{[](simple_torch_handle tensor) {
    EXPECT_EQ(grad_of(tensor), std::vector<double>{4});
    return simple_torch_tensor_set_grad(tensor, 0);
  }};
  const int64_t added = simple_torch_tensor_add_accumulation_hook(x, Counted::call, &hook,
                                                                  Counted::destroy);
  if (added == SIMPLE_TORCH_E_UNSUPPORTED) GTEST_SKIP() << simple_torch_error_message();
  ASSERT_EQ(added, 0) << simple_torch_error_message();
  EXPECT_EQ(backward(Owned(simple_torch_tensor_mul(x, x))), 0);
  const Owned none(simple_torch_tensor_grad(x));
  EXPECT_EQ(simple_torch_tensor_defined(none), 0);
  EXPECT_EQ(simple_torch_tensor_remove_accumulation_hook(x, added), 0);
  EXPECT_EQ(hook.destroyed, 1);
  EXPECT_EQ(simple_torch_tensor_remove_accumulation_hook(x, added), SIMPLE_TORCH_E_VALUE);
  EXPECT_EQ(backward(Owned(simple_torch_tensor_mul(x, x))), 0);
  EXPECT_EQ(hook.called, 1);
  EXPECT_EQ(grad_of(x), std::vector<double>{4});
}

TEST_F(AccumulationHook, IsOnlyForLeaves) {
  const Owned x(variable({2}));
  const Owned y(simple_torch_tensor_mul(x, x));
  Counted hook{[](simple_torch_handle) { return 0; }};
  EXPECT_EQ(simple_torch_tensor_add_accumulation_hook(y, Counted::call, &hook,
                                                      Counted::destroy),
            SIMPLE_TORCH_E_VALUE);
  EXPECT_EQ(hook.destroyed, 1);
}

// ---- Functions

using Function = Autograd;

struct Parts {
  Handles inputs, outputs, saved, dirty, non_differentiable;
};

simple_torch_handle record(const Parts& parts, Counted& derivative,
                           int64_t materialize = 1) {
  return simple_torch_function_record(
      "Product", parts.inputs.data(), std::ssize(parts.inputs), parts.outputs.data(),
      std::ssize(parts.outputs), parts.saved.data(), std::ssize(parts.saved),
      parts.dirty.data(), std::ssize(parts.dirty), parts.non_differentiable.data(),
      std::ssize(parts.non_differentiable), materialize, Counted::call, &derivative,
      Counted::destroy);
}

simple_torch_handle product_without_graph(simple_torch_handle a, simple_torch_handle b) {
  const int64_t depth = simple_torch_mode_enter(SIMPLE_TORCH_MODE_GRAD, 0);
  const simple_torch_handle result = simple_torch_tensor_mul(a, b);
  simple_torch_mode_leave(depth);
  return result;
}

// The derivative of a * b with what was saved.
int64_t product_rule(simple_torch_handle gradients) {
  const Owned g(simple_torch_gradients_get(gradients, 0));
  for (int64_t i = 0; i < 2; ++i) {
    if (simple_torch_gradients_needed(gradients, i) == 0) continue;
    const simple_torch_handle other = simple_torch_gradients_saved(gradients, 1 - i);
    if (other == 0) return 1 + simple_torch_callback_error(simple_torch_error_message());
    simple_torch_gradients_set(gradients, i, Owned(simple_torch_tensor_mul(g, other)));
    simple_torch_tensor_free(other);
  }
  return 0;
}

// The product as a tensor with history.
simple_torch_handle product(simple_torch_handle a, simple_torch_handle b,
                            Counted& derivative) {
  const Owned plain(product_without_graph(a, b));
  const Owned list(record({{a, b}, {plain}, {a, b}, {}, {}}, derivative));
  return simple_torch_list_get(list, 0);
}

TEST_F(Function, IsDifferentiatedByItsCallback) {
  Counted derivative{product_rule};
  {
    const Owned a(variable({2, 3}));
    const Owned b(variable({5, 7}));
    const Owned y(product(a, b, derivative));
    char name[32];
    simple_torch_tensor_grad_fn_name(y, name, sizeof(name));
    EXPECT_STREQ(name, "Product");
    EXPECT_EQ(values(y), (std::vector<double>{10, 21}));
    EXPECT_EQ(backward(y), 0) << simple_torch_error_message();
    EXPECT_EQ(grad_of(a), (std::vector<double>{5, 7}));
    EXPECT_EQ(grad_of(b), (std::vector<double>{2, 3}));
    EXPECT_EQ(backward(y), SIMPLE_TORCH_E_CALLBACK);
    EXPECT_NE(std::strstr(simple_torch_error_message(), "a second time"), nullptr);
    EXPECT_EQ(derivative.destroyed, 0);
  }
  EXPECT_EQ(derivative.destroyed, 1);
}

TEST_F(Function, IsNotAskedForWhatNobodyNeeds) {
  Counted derivative{[](simple_torch_handle gradients) {
    EXPECT_EQ(simple_torch_gradients_needed(gradients, 0), 0);
    EXPECT_EQ(simple_torch_gradients_needed(gradients, 1), 1);
    return product_rule(gradients);
  }};
  const Owned a(doubles({1}, {2}));
  const Owned b(variable({5}));
  EXPECT_EQ(backward(Owned(product(a, b, derivative))), 0);
  EXPECT_EQ(grad_of(b), std::vector<double>{2});
  EXPECT_EQ(derivative.called, 1);
}

TEST_F(Function, IsDifferentiatedTwice) {
  Counted derivative{product_rule};
  const Owned a(variable({3}));
  // a * a: 2a = 6, then 2.
  const Owned y(product(a, a, derivative));
  simple_torch_handle roots[] = {y};
  const simple_torch_handle inputs[] = {a};
  const Owned list(simple_torch_autograd_grad(roots, 1, inputs, 1, nullptr, 0, -1, 1, 0));
  const Owned first(simple_torch_list_get(list, 0));
  EXPECT_EQ(values(first), std::vector<double>{6});
  roots[0] = first;
  const Owned again(
      simple_torch_autograd_grad(roots, 1, inputs, 1, nullptr, 0, -1, 0, 0));
  EXPECT_EQ(values(Owned(simple_torch_list_get(again, 0))), std::vector<double>{2});
}

TEST_F(Function, RecordsNothingWhereNothingNeedsAGradient) {
  Counted derivative{product_rule};
  const Owned a(doubles({1}, {3}));
  EXPECT_EQ(simple_torch_tensor_requires_grad(Owned(product(a, a, derivative))), 0);
  EXPECT_EQ(derivative.destroyed, 1);
  const Owned b(variable({3}));
  const int64_t depth = simple_torch_mode_enter(SIMPLE_TORCH_MODE_GRAD, 0);
  EXPECT_EQ(simple_torch_tensor_requires_grad(Owned(product(b, b, derivative))), 0);
  simple_torch_mode_leave(depth);
  EXPECT_EQ(derivative.destroyed, 2);
}

TEST_F(Function, GetsZerosForGradientsThatAreNotThere) {
  for (const int64_t materialize : {1, 0}) {
    Counted derivative{[&](simple_torch_handle gradients) {
      EXPECT_EQ(simple_torch_gradients_count(gradients), 2);
      const Owned second(simple_torch_gradients_get(gradients, 1));
      EXPECT_EQ(simple_torch_tensor_defined(second), materialize);
      if (materialize == 1) {
        EXPECT_EQ(values(second), (std::vector<double>{0, 0}));
      }
      return simple_torch_gradients_set(gradients, 0,
                                        Owned(simple_torch_gradients_get(gradients, 0)));
    }};
    const Owned x(variable({1, 2}));
    const Owned one(doubles({2}, {1, 2}));
    const Owned two(doubles({2}, {3, 4}));
    const Owned list(record({{x}, {one, two}, {}, {}, {}}, derivative, materialize));
    EXPECT_EQ(backward(Owned(simple_torch_list_get(list, 0))), 0)
        << simple_torch_error_message();
    EXPECT_EQ(derivative.called, 1);
  }
}

TEST_F(Function, MarksOutputsAsNotDifferentiable) {
  Counted derivative{[](simple_torch_handle) { return 0; }};
  const Owned x(variable({1}));
  const Owned one(doubles({1}, {1}));
  const Owned two(doubles({1}, {2}));
  const Owned list(record({{x}, {one, two}, {}, {}, {two}}, derivative));
  EXPECT_EQ(simple_torch_tensor_requires_grad(Owned(simple_torch_list_get(list, 0))), 1);
  EXPECT_EQ(simple_torch_tensor_requires_grad(Owned(simple_torch_list_get(list, 1))), 0);
}

TEST_F(Function, MayChangeItsInputInPlace) {
  Counted derivative{[](simple_torch_handle g) { return multiply(g, 100); }};
  const Owned x(variable({1}));
  const Owned y(simple_torch_op_mul_scalar(x, SIMPLE_TORCH_FLOAT(2)));
  const int64_t depth = simple_torch_mode_enter(SIMPLE_TORCH_MODE_GRAD, 0);
  EXPECT_EQ(simple_torch_op_mul_inplace_scalar(y, SIMPLE_TORCH_FLOAT(100)), 0);
  simple_torch_mode_leave(depth);
  {
    const Owned list(record({{y}, {y}, {}, {y}, {}}, derivative));
    EXPECT_EQ(backward(y), 0) << simple_torch_error_message();
  }
  EXPECT_EQ(grad_of(x), std::vector<double>{200});
  EXPECT_EQ(derivative.called, 1);
}

TEST_F(Function, SeesWhenWhatItSavedWasChanged) {
  std::string said;
  Counted derivative{[&](simple_torch_handle gradients) {
    EXPECT_EQ(simple_torch_gradients_saved(gradients, 0), 0);
    said = simple_torch_error_message();
    return 0;
  }};
  const Owned a(variable({2}));
  const Owned extra(doubles({1}, {2}));
  const Owned plain(product_without_graph(a, a));
  const Owned list(record({{a}, {plain}, {extra}, {}, {}}, derivative));
  EXPECT_EQ(simple_torch_op_mul_inplace_scalar(extra, SIMPLE_TORCH_FLOAT(2)), 0);
  EXPECT_EQ(backward(Owned(simple_torch_list_get(list, 0))), 0);
  EXPECT_NE(said.find("modified by an inplace operation"), std::string::npos) << said;
}

TEST_F(Function, MaySaveItsResultAndIsFreedAllTheSame) {
  Counted derivative{[](simple_torch_handle gradients) {
    const Owned result(simple_torch_gradients_saved(gradients, 0));
    const Owned g(simple_torch_gradients_get(gradients, 0));
    return simple_torch_gradients_set(gradients, 0,
                                      Owned(simple_torch_tensor_mul(g, result)));
  }};
  {
    const Owned x(variable({0}));
    const int64_t depth = simple_torch_mode_enter(SIMPLE_TORCH_MODE_GRAD, 0);
    const Owned e(simple_torch_op_exp(x));
    simple_torch_mode_leave(depth);
    const Owned list(record({{x}, {e}, {e}, {}, {}}, derivative));
    EXPECT_EQ(backward(Owned(simple_torch_list_get(list, 0)), 1, 1), 0);
    EXPECT_EQ(grad_of(x), std::vector<double>{1});
    // create_graph leaves a cycle of gradient and graph, as in libtorch itself.
    simple_torch_tensor_set_grad(x, 0);
  }
  EXPECT_EQ(derivative.destroyed, 1);
}

TEST_F(Function, ThatFailsEndsTheBackwardRunWithItsText) {
  Counted derivative{
      [](simple_torch_handle) { return -1 - simple_torch_callback_error("no, thanks"); }};
  const Owned a(variable({2}));
  EXPECT_EQ(backward(Owned(product(a, a, derivative))), SIMPLE_TORCH_E_CALLBACK);
  EXPECT_NE(std::strstr(simple_torch_error_message(), "no, thanks"), nullptr);
}

TEST_F(Function, MayRunBackwardsItself) {
  Counted inner_rule{product_rule};
  Counted derivative{[&](simple_torch_handle gradients) {
    const Owned leaf(variable({7}));
    // Like everything in a derivative, it is recorded only if that is asked for.
    const int64_t depth = simple_torch_mode_enter(SIMPLE_TORCH_MODE_GRAD, 1);
    EXPECT_EQ(backward(Owned(product(leaf, leaf, inner_rule))), 0);
    simple_torch_mode_leave(depth);
    EXPECT_EQ(grad_of(leaf), std::vector<double>{14});
    return product_rule(gradients);
  }};
  const Owned a(variable({2}));
  EXPECT_EQ(backward(Owned(product(a, a, derivative))), 0)
      << simple_torch_error_message();
  EXPECT_EQ(grad_of(a), std::vector<double>{4});
}

// Deeper than libtorch nests in one thread: it goes on in another.
TEST_F(Function, MayRunBackwardsItselfAHundredLevelsDeep) {
  int levels = 100;
  std::vector<std::thread::id> threads;
  Counted derivative{nullptr};
  derivative.body = [&](simple_torch_handle gradients) {
    threads.push_back(std::this_thread::get_id());
    if (--levels > 0) {
      const Owned leaf(variable({7}));
      const int64_t depth = simple_torch_mode_enter(SIMPLE_TORCH_MODE_GRAD, 1);
      EXPECT_EQ(backward(Owned(product(leaf, leaf, derivative))), 0);
      simple_torch_mode_leave(depth);
    }
    return product_rule(gradients);
  };
  const Owned a(variable({2}));
  EXPECT_EQ(backward(Owned(product(a, a, derivative))), 0)
      << simple_torch_error_message();
  EXPECT_EQ(threads.size(), size_t{100});
  EXPECT_EQ(grad_of(a), std::vector<double>{4});
}

TEST_F(Function, IsCalledFromSeveralThreads) {
  const Owned a(variable({3}));
  std::vector<std::thread> threads;
  std::atomic<int> right{0};
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 50; ++round) {
        Counted derivative{product_rule};
        {
          const Owned y(product(a, a, derivative));
          const simple_torch_handle root = y;
          const simple_torch_handle input = a;
          const Owned list(
              simple_torch_autograd_grad(&root, 1, &input, 1, nullptr, 0, -1, 0, 0));
          right += values(Owned(simple_torch_list_get(list, 0)))[0] == 6;
        }
        right += derivative.destroyed == 1;
      }
    });
  }
  for (auto& each : threads) each.join();
  EXPECT_EQ(right, 400);
}

TEST_F(Function, RefusesWhatMakesNoSense) {
  Counted derivative{product_rule};
  const Owned a(variable({3}));
  EXPECT_EQ(record({{a}, {}, {}, {}, {}}, derivative), 0);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "outputs");
  EXPECT_EQ(record({{a}, {12345}, {}, {}, {}}, derivative), 0);
  expect_failure(SIMPLE_TORCH_E_BAD_HANDLE, "outputs");
  EXPECT_EQ(record({{a}, {a}, {}, {}, {}}, derivative, 2), 0);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "materialize");
  // A leaf that requires grad may not be changed in place.
  EXPECT_EQ(record({{a}, {a}, {}, {a}, {}}, derivative), 0);
  EXPECT_EQ(simple_torch_error_code(), SIMPLE_TORCH_E_TORCH);
  EXPECT_EQ(derivative.destroyed, 4);
}

}  // namespace
