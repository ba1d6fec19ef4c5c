// libtorch's optimizers: what they make of three numbers, compared with PyTorch's; their
// options, states, and those that use them at the same time.
#include <atomic>
#include <cmath>
#include <functional>
#include <map>
#include <thread>

#include "support/support.h"
#include "support/values.h"

namespace {

using Numbers = std::vector<double>;
using OptimizerTest = LeavesNoHandles;

const Numbers kStart = {1, -2, 3};

// A leaf that a gradient is kept for.
Owned leaf(const Numbers& numbers) {
  Owned tensor(doubles({static_cast<int64_t>(numbers.size())}, numbers));
  simple_torch_tensor_set_requires_grad(tensor, 1);
  return tensor;
}

void set_gradient(simple_torch_handle tensor, const Numbers& gradient) {
  const Owned made(doubles({static_cast<int64_t>(gradient.size())}, gradient));
  ASSERT_EQ(simple_torch_tensor_set_grad(tensor, made), 0)
      << simple_torch_error_message();
}

// Steps down sum(scale * (x - target)^2), as the script does that made the trajectories.
void descend(simple_torch_handle optimizer, simple_torch_handle tensor, int steps) {
  const Numbers target = {0.5, 1.0, -1.5};
  const Numbers scale = {1.0, 0.5, 2.0};
  for (int step = 0; step < steps; ++step) {
    const Numbers now = values(tensor);
    Numbers gradient(3);
    for (size_t i = 0; i < 3; ++i) gradient[i] = 2 * scale[i] * (now[i] - target[i]);
    set_gradient(tensor, gradient);
    ASSERT_EQ(simple_torch_optimizer_step(optimizer), 0) << simple_torch_error_message();
  }
}

void expect_near(const Numbers& found, const Numbers& wanted) {
  ASSERT_EQ(found.size(), wanted.size());
  for (size_t i = 0; i < found.size(); ++i) {
    EXPECT_NEAR(found[i], wanted[i], 1e-12 * std::max(1.0, std::abs(wanted[i])));
  }
}

// With PyTorch's defaults.
simple_torch_handle make(const std::string& kind, const simple_torch_handle* tensors,
                         int64_t count) {
  if (kind == "adam") {
    return simple_torch_optimizer_adam(tensors, count, 1e-3, 0.9, 0.999, 1e-8, 0, 0);
  }
  if (kind == "adamw") {
    return simple_torch_optimizer_adamw(tensors, count, 1e-3, 0.9, 0.999, 1e-8, 0.01, 0);
  }
  if (kind == "rmsprop") {
    return simple_torch_optimizer_rmsprop(tensors, count, 1e-2, 0.99, 1e-8, 0, 0, 0);
  }
  if (kind == "sgd") {
    return simple_torch_optimizer_sgd(tensors, count, 1e-3, 0, 0, 0, 0);
  }
  if (kind == "adagrad") {
    return simple_torch_optimizer_adagrad(tensors, count, 1e-2, 0, 0, 0, 1e-10);
  }
  return simple_torch_optimizer_lbfgs(tensors, count, 1, 20, -1, 1e-7, 1e-9, 100, 0);
}

Owned make(const std::string& kind, const Owned& tensor) {
  const simple_torch_handle handles[] = {tensor};
  return Owned(make(kind, handles, 1));
}

struct Setting {
  const char* option;
  double value;
};
struct Trajectory {
  const char* kind;
  std::vector<Setting> settings;
  std::vector<Numbers> rows;
};
const std::vector<Trajectory> kTrajectories = {
#include "optim/trajectories.inc"
};

void set(simple_torch_handle optimizer, const Trajectory& trajectory) {
  for (const Setting& each : trajectory.settings) {
    ASSERT_EQ(
        simple_torch_optimizer_set_option_everywhere(optimizer, each.option, each.value),
        0)
        << simple_torch_error_message();
  }
}

// What Adagrad begins with is read when it is made.
simple_torch_handle made_for(const Trajectory& trajectory, const Owned& tensor) {
  std::map<std::string, double> said;
  for (const Setting& each : trajectory.settings) said[each.option] = each.value;
  const simple_torch_handle handles[] = {tensor};
  if (std::string(trajectory.kind) != "adagrad") return make(trajectory.kind, handles, 1);
  return simple_torch_optimizer_adagrad(handles, 1, 0.1, 0, 0,
                                        said["initial_accumulator_value"], 1e-10);
}

TEST_F(OptimizerTest, GoesWherePyTorchGoes) {
  ASSERT_EQ(kTrajectories.size(), 11u);
  for (const Trajectory& each : kTrajectories) {
    SCOPED_TRACE(each.kind);
    const Owned tensor = leaf(kStart);
    const Owned optimizer(made_for(each, tensor));
    set(optimizer, each);
    EXPECT_STREQ(simple_torch_optimizer_name(optimizer), each.kind);
    int done = 0;
    for (size_t row = 0; row < each.rows.size(); ++row) {
      const int steps = std::vector<int>{2, 5, 10}[row];
      descend(optimizer, tensor, steps - done);
      done = steps;
      expect_near(values(tensor), each.rows[row]);
    }
  }
}

// A state that is saved and loaded, through a file, goes on as if nothing had been.
TEST_F(OptimizerTest, GoesOnFromAStateThatWasSaved) {
  const std::string path = "/tmp/simple_torch_optimizer_" + std::to_string(getpid());
  for (const Trajectory& each : kTrajectories) {
    SCOPED_TRACE(each.kind);
    const Owned tensor = leaf(kStart);
    const Owned optimizer(made_for(each, tensor));
    set(optimizer, each);
    descend(optimizer, tensor, 5);
    {
      const Owned state(simple_torch_optimizer_state(optimizer));
      ASSERT_EQ(simple_torch_value_save(state, path.c_str()), 0)
          << simple_torch_error_message();
    }
    const Owned other_tensor = leaf(values(tensor));
    const Owned other = make(each.kind, other_tensor);
    const Owned loaded(simple_torch_value_load(path.c_str(), -1));
    ASSERT_EQ(simple_torch_optimizer_load_state(other, loaded), 0)
        << simple_torch_error_message();
    descend(other, other_tensor, 5);
    expect_near(values(other_tensor), each.rows[2]);
    // It has copies of its own: the first one goes its own way.
    expect_near(values(tensor), each.rows[1]);
    descend(optimizer, tensor, 5);
    expect_near(values(tensor), each.rows[2]);
  }
  std::remove(path.c_str());
}

TEST_F(OptimizerTest, LoadsAStateOfPython) {
  const Owned file(
      simple_torch_value_load(SIMPLE_TORCH_RECORDED_FILES "/adam_state.pt", -1));
  const Owned weights(value::find(file, "weights"));
  const Owned stored(simple_torch_value_tensor(weights));
  const Owned tensor = leaf(values(stored));
  const Owned optimizer = make("adam", tensor);
  const Owned state(value::find(file, "optimizer"));
  ASSERT_EQ(simple_torch_optimizer_load_state(optimizer, state), 0)
      << simple_torch_error_message();
  double rate = 0;
  EXPECT_EQ(simple_torch_optimizer_option(optimizer, 0, "lr", &rate), 0);
  EXPECT_EQ(rate, 0.1);
  descend(optimizer, tensor, 5);
  expect_near(values(tensor), kTrajectories[0].rows[2]);
}

// ---- LBFGS

struct Valley {
  simple_torch_handle optimizer;
  simple_torch_handle point;
  std::function<int64_t()> also;
  int evaluations = 0;
  int destroyed = 0;

  // Rosenbrock's function and its derivatives.
  int64_t evaluate(simple_torch_handle loss) {
    ++evaluations;
    EXPECT_EQ(simple_torch_optimizer_zero_grad(optimizer, 1), 0);
    const Numbers x = values(point);
    const double bend = x[1] - x[0] * x[0];
    set_gradient(point, {-2 * (1 - x[0]) - 400 * x[0] * bend, 200 * bend});
    const double value = (1 - x[0]) * (1 - x[0]) + 100 * bend * bend;
    simple_torch_tensor_copy_from(loss, &value, sizeof value);
    return also ? also() : 0;
  }
  int64_t step(double* loss) {
    return simple_torch_optimizer_step_with(
        optimizer,
        [](void* self, simple_torch_handle written) {
          return static_cast<Valley*>(self)->evaluate(written);
        },
        this, [](void* self) { ++static_cast<Valley*>(self)->destroyed; }, loss);
  }
};

const std::vector<std::vector<Numbers>> kValleys = {
#include "optim/lbfgs.inc"
};

TEST_F(OptimizerTest, GoesDownAValleyWithACallback) {
  for (const int64_t search : {0, 1}) {
    const Owned point = leaf({-1.2, 1.0});
    const simple_torch_handle handles[] = {point};
    const Owned optimizer(simple_torch_optimizer_lbfgs(
        handles, 1, search == 1 ? 1 : 0.002, 4, -1, 1e-7, 1e-9, 5, search));
    Valley valley{optimizer, point, {}};
    for (const Numbers& row : kValleys[static_cast<size_t>(search)]) {
      double loss = 0;
      ASSERT_EQ(valley.step(&loss), 0) << simple_torch_error_message();
      const Numbers now = values(point);
      // The searches are the same up to rounding, which they make larger.
      EXPECT_NEAR(loss, row[0], 1e-7 * row[0]);
      EXPECT_NEAR(now[0], row[1], 1e-7);
      EXPECT_NEAR(now[1], row[2], 1e-7);
    }
    EXPECT_EQ(valley.destroyed, 3);
    EXPECT_GT(valley.evaluations, 3);
  }
}

TEST_F(OptimizerTest, RemembersLessWhenItIsTold) {
  const Owned point = leaf({-1.2, 1.0});
  const Owned optimizer = make("lbfgs", point);
  simple_torch_optimizer_set_option(optimizer, 0, "strong_wolfe", 1);
  simple_torch_optimizer_set_option(optimizer, 0, "max_iter", 3);
  Valley valley{optimizer, point, {}};
  double loss = 0;
  for (const double history : {100.0, 2.0, 50.0, 1.0, 100.0}) {
    ASSERT_EQ(simple_torch_optimizer_set_option(optimizer, 0, "history_size", history),
              0);
    for (int i = 0; i < 3; ++i) {
      ASSERT_EQ(valley.step(&loss), 0) << simple_torch_error_message();
    }
  }
  EXPECT_LT(loss, 1e-3);
}

TEST_F(OptimizerTest, GivesTheLossOfItsCallback) {
  const Owned point = leaf({2, 2});
  const Owned optimizer = make("sgd", point);
  Valley valley{optimizer, point, {}};
  double loss = 0;
  EXPECT_EQ(valley.step(&loss), 0) << simple_torch_error_message();
  EXPECT_EQ(loss, 401);
  EXPECT_EQ(valley.evaluations, 1);
}

TEST_F(OptimizerTest, FailsWithItsCallback) {
  const Owned point = leaf({2, 2});
  const Owned optimizer = make("lbfgs", point);
  Valley valley{optimizer, point, [] {
                  simple_torch_callback_error("the data ran out");
                  return int64_t{7};
                }};
  double loss = 5;
  EXPECT_EQ(valley.step(&loss), SIMPLE_TORCH_E_CALLBACK);
  EXPECT_NE(std::string(simple_torch_error_message()).find("the data ran out"),
            std::string::npos);
  EXPECT_EQ(loss, 5);
  EXPECT_EQ(valley.destroyed, 1);
  valley.also = nullptr;
  EXPECT_EQ(valley.step(&loss), 0) << simple_torch_error_message();
}

TEST_F(OptimizerTest, IsNotChangedFromWithinItsStep) {
  const Owned point = leaf({2, 2});
  const Owned other = leaf({1});
  const Owned optimizer = make("sgd", point);
  int64_t inner = 0;
  Valley valley{optimizer, point, [&] {
                  const simple_torch_handle handles[] = {other};
                  inner = simple_torch_optimizer_add_group(optimizer, handles, 1);
                  EXPECT_EQ(simple_torch_optimizer_step(optimizer), SIMPLE_TORCH_E_VALUE);
                  EXPECT_EQ(simple_torch_optimizer_group_count(optimizer), 1);
                  return simple_torch_optimizer_set_option(optimizer, 0, "lr", 0);
                }};
  double loss = 0;
  EXPECT_EQ(valley.step(&loss), 0) << simple_torch_error_message();
  EXPECT_EQ(inner, SIMPLE_TORCH_E_VALUE);
  EXPECT_EQ(values(point), (Numbers{2, 2}));
}

TEST_F(OptimizerTest, IsUsedByOneThreadAtATime) {
  const Owned point = leaf({2, 2});
  const Owned optimizer = make("sgd", point);
  Valley valley{optimizer, point, [&] {
                  std::thread([&] {
                    EXPECT_EQ(simple_torch_optimizer_zero_grad(optimizer, 1),
                              SIMPLE_TORCH_E_VALUE);
                    expect_failure(SIMPLE_TORCH_E_VALUE, "optimizer");
                  }).join();
                  return int64_t{0};
                }};
  double loss = 0;
  EXPECT_EQ(valley.step(&loss), 0) << simple_torch_error_message();
  std::thread([&] { EXPECT_EQ(simple_torch_optimizer_step(optimizer), 0); }).join();
}

// ---- Groups and options

TEST_F(OptimizerTest, HasGroupsWithOptionsOfTheirOwn) {
  const Owned first = leaf({1});
  const Owned second = leaf({1});
  const Owned third = leaf({1});
  const Owned optimizer = make("sgd", first);
  simple_torch_optimizer_set_option_everywhere(optimizer, "lr", 0.5);
  const simple_torch_handle more[] = {second};
  EXPECT_EQ(simple_torch_optimizer_add_group(optimizer, more, 1), 1);
  EXPECT_EQ(simple_torch_optimizer_set_option(optimizer, 1, "lr", 0.25), 0);
  const simple_torch_handle last[] = {third};
  EXPECT_EQ(simple_torch_optimizer_add_tensors(optimizer, -1, last, 1), 0);
  EXPECT_EQ(simple_torch_optimizer_group_count(optimizer), 2);
  {
    const Owned tensors(simple_torch_optimizer_tensors(optimizer, 1));
    EXPECT_EQ(simple_torch_list_length(tensors), 2);
  }
  for (const Owned* each : {&first, &second, &third}) set_gradient(*each, {1});
  EXPECT_EQ(simple_torch_optimizer_step(optimizer), 0);
  EXPECT_EQ(values(first), (Numbers{0.5}));
  EXPECT_EQ(values(second), (Numbers{0.75}));
  EXPECT_EQ(values(third), (Numbers{0.75}));
  // Given twice, or no leaf, or in no group.
  EXPECT_EQ(simple_torch_optimizer_add_group(optimizer, last, 1), SIMPLE_TORCH_E_VALUE);
  expect_failure(SIMPLE_TORCH_E_VALUE, "tensors");
  const Owned computed(simple_torch_tensor_add(first, second));
  const simple_torch_handle no_leaf[] = {computed};
  EXPECT_EQ(simple_torch_optimizer_add_group(optimizer, no_leaf, 1),
            SIMPLE_TORCH_E_VALUE);
  EXPECT_EQ(simple_torch_optimizer_tensors(optimizer, 2), 0);
  expect_failure(SIMPLE_TORCH_E_INDEX, "group");
}

// Every option of every kind is read and set; PyTorch's bounds hold.
TEST_F(OptimizerTest, SetsEveryOptionOfEveryKind) {
  const std::map<std::string, std::vector<const char*>> options = {
      {"adam", {"lr", "beta1", "beta2", "eps", "weight_decay", "amsgrad"}},
      {"adamw", {"lr", "beta1", "beta2", "eps", "weight_decay", "amsgrad"}},
      {"rmsprop", {"lr", "alpha", "eps", "weight_decay", "momentum", "centered"}},
      {"sgd", {"lr", "momentum", "dampening", "weight_decay"}},
      {"adagrad", {"lr", "lr_decay", "weight_decay", "initial_accumulator_value", "eps"}},
      {"lbfgs", {"lr", "tolerance_grad", "tolerance_change", "strong_wolfe"}}};
  for (const auto& [kind, names] : options) {
    const Owned tensor = leaf({1});
    const Owned optimizer = make(kind, tensor);
    for (const char* const name : names) {
      SCOPED_TRACE(kind + ", " + name);
      const bool is_truth =
          std::string("amsgrad centered strong_wolfe").find(name) != std::string::npos;
      const double wanted = is_truth ? 1 : 0.125;
      double found = -1;
      EXPECT_EQ(simple_torch_optimizer_set_option(optimizer, 0, name, wanted), 0)
          << simple_torch_error_message();
      EXPECT_EQ(simple_torch_optimizer_option(optimizer, 0, name, &found), 0);
      EXPECT_EQ(found, wanted);
      EXPECT_EQ(simple_torch_optimizer_set_option(optimizer, 0, name, std::nan("")),
                SIMPLE_TORCH_E_VALUE);
      if (std::string(name) != "dampening") {
        EXPECT_EQ(simple_torch_optimizer_set_option(optimizer, 0, name, -1),
                  SIMPLE_TORCH_E_VALUE);
      }
      EXPECT_EQ(simple_torch_optimizer_option(optimizer, 0, name, &found), 0);
      EXPECT_EQ(found, wanted);
    }
    EXPECT_EQ(simple_torch_optimizer_set_option(optimizer, 0, "speed", 1),
              SIMPLE_TORCH_E_BAD_ARGUMENT);
    expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "option");
  }
}

TEST_F(OptimizerTest, RefusesOptionsThatMakeNoSense) {
  EXPECT_EQ(simple_torch_optimizer_adam(nullptr, 0, -1, 0.9, 0.999, 1e-8, 0, 0), 0);
  EXPECT_EQ(simple_torch_error_code(), SIMPLE_TORCH_E_VALUE);
  EXPECT_EQ(simple_torch_optimizer_adam(nullptr, 0, 1, 1, 0.999, 1e-8, 0, 0), 0);
  EXPECT_EQ(simple_torch_error_code(), SIMPLE_TORCH_E_VALUE);
  // Nesterov's needs momentum and no dampening, also later.
  EXPECT_EQ(simple_torch_optimizer_sgd(nullptr, 0, 1, 0, 0, 0, 1), 0);
  EXPECT_EQ(simple_torch_error_code(), SIMPLE_TORCH_E_VALUE);
  const Owned optimizer(simple_torch_optimizer_sgd(nullptr, 0, 1, 0.9, 0, 0, 1));
  EXPECT_EQ(simple_torch_optimizer_set_option_everywhere(optimizer, "dampening", 0.5),
            SIMPLE_TORCH_E_VALUE);
  const Owned tensor = leaf({1});
  const Owned lbfgs = make("lbfgs", tensor);
  EXPECT_EQ(simple_torch_optimizer_step(lbfgs), SIMPLE_TORCH_E_VALUE);
  for (const double history : {0.0, 0.5, 1e12}) {
    EXPECT_EQ(simple_torch_optimizer_set_option(lbfgs, 0, "history_size", history),
              SIMPLE_TORCH_E_VALUE);
  }
}

// What a step takes to be there is made when an option asks for it later.
TEST_F(OptimizerTest, TakesOptionsThatNeedMoreLater) {
  const std::pair<const char*, const char*> cases[] = {{"adam", "amsgrad"},
                                                       {"adamw", "amsgrad"},
                                                       {"rmsprop", "momentum"},
                                                       {"rmsprop", "centered"},
                                                       {"sgd", "momentum"}};
  for (const auto& [kind, option] : cases) {
    SCOPED_TRACE(std::string(kind) + ", " + option);
    const Owned tensor = leaf(kStart);
    const Owned optimizer = make(kind, tensor);
    descend(optimizer, tensor, 2);
    const double value = std::string(option) == "momentum" ? 0.5 : 1;
    EXPECT_EQ(simple_torch_optimizer_set_option(optimizer, 0, option, value), 0);
    descend(optimizer, tensor, 2);
  }
}

TEST_F(OptimizerTest, TakesGradientsAway) {
  const Owned tensor = leaf(kStart);
  const Owned optimizer = make("adam", tensor);
  set_gradient(tensor, {1, 2, 3});
  EXPECT_EQ(simple_torch_optimizer_zero_grad(optimizer, 0), 0);
  {
    const Owned gradient(simple_torch_tensor_grad(tensor));
    EXPECT_EQ(values(gradient), (Numbers{0, 0, 0}));
  }
  EXPECT_EQ(simple_torch_optimizer_zero_grad(optimizer, 1), 0);
  const Owned gone(simple_torch_tensor_grad(tensor));
  EXPECT_EQ(simple_torch_tensor_defined(gone), 0);
}

// ---- States that do not fit

TEST_F(OptimizerTest, RefusesStatesOfOthersAndStaysAsItWas) {
  for (const Trajectory& each : kTrajectories) {
    for (const char* const other : {"adam", "rmsprop", "sgd", "adagrad", "lbfgs"}) {
      if (std::string(each.kind).starts_with(other)) continue;
      const Owned tensor = leaf(kStart);
      const Owned optimizer(made_for(each, tensor));
      set(optimizer, each);
      descend(optimizer, tensor, 5);
      const Owned state(simple_torch_optimizer_state(optimizer));
      const Owned strange_tensor = leaf({1, 2});
      const Owned strange = make(other, strange_tensor);
      // Its tensors have other shapes, so that even those of the same names do not fit.
      const int64_t status = simple_torch_optimizer_load_state(strange, state);
      if (status != 0) {
        EXPECT_TRUE(status == SIMPLE_TORCH_E_VALUE || status == SIMPLE_TORCH_E_TYPE)
            << simple_torch_error_message();
      }
      descend(optimizer, tensor, 5);
      expect_near(values(tensor), each.rows[2]);
    }
  }
  const Owned tensor = leaf(kStart);
  const Owned optimizer = make("adam", tensor);
  const Owned number(simple_torch_value_from_float(1));
  EXPECT_EQ(simple_torch_optimizer_load_state(optimizer, number), SIMPLE_TORCH_E_TYPE);
  const Owned one_more = leaf({1});
  const simple_torch_handle handles[] = {one_more};
  const Owned empty = make("adam", one_more);
  simple_torch_optimizer_add_group(optimizer, handles, 1);
  const Owned state(simple_torch_optimizer_state(optimizer));
  EXPECT_EQ(simple_torch_optimizer_load_state(empty, state), SIMPLE_TORCH_E_VALUE);
}

}  // namespace
