#include "support/support.h"

namespace {

std::vector<double> draw(simple_torch_handle generator) {
  const int64_t dims[] = {5};
  const Owned tensor(simple_torch_tensor_rand(dims, 1, kFloat64, -1, generator));
  return values(tensor);
}

TEST(Random, RepeatsItselfAfterTheSameSeed) {
  EXPECT_EQ(simple_torch_manual_seed(42), 0);
  const auto first = draw(0);
  const auto second = draw(0);
  EXPECT_NE(first, second);
  EXPECT_EQ(simple_torch_manual_seed(42), 0);
  EXPECT_EQ(draw(0), first);
}

// Recorded from Python: torch.manual_seed(0); torch.rand(3); torch.randn(3)
TEST(Random, DrawsWhatPyTorchDraws) {
  const int64_t dims[] = {3};
  EXPECT_EQ(simple_torch_manual_seed(0), 0);
  const Owned uniform(simple_torch_tensor_rand(dims, 1, -1, -1, 0));
  EXPECT_NEAR(values(uniform)[0], 0.4962565899, 1e-9);
  EXPECT_NEAR(values(uniform)[1], 0.7682217956, 1e-9);
  EXPECT_NEAR(values(uniform)[2], 0.0884774327, 1e-9);
  EXPECT_EQ(simple_torch_manual_seed(0), 0);
  const Owned normal(simple_torch_tensor_randn(dims, 1));
  EXPECT_NEAR(values(normal)[0], 1.5409960746765137, 1e-6);
  EXPECT_NEAR(values(normal)[1], -0.293428897857666, 1e-6);
  EXPECT_NEAR(values(normal)[2], -2.1787893772125244, 1e-6);
}

TEST(Generator, IsIndependentOfTheDefaultOne) {
  const Owned generator(simple_torch_generator_create(-1));
  EXPECT_EQ(simple_torch_generator_set_seed(generator, 7), 0);
  int64_t seed = 0;
  EXPECT_EQ(simple_torch_generator_seed(generator, &seed), 0);
  EXPECT_EQ(seed, 7);
  const auto first = draw(generator);
  simple_torch_manual_seed(1);
  draw(0);
  EXPECT_EQ(simple_torch_generator_set_seed(generator, 7), 0);
  EXPECT_EQ(draw(generator), first);
}

TEST(Generator, TakesAllSeeds) {
  const Owned generator(simple_torch_generator_create(-1));
  for (const int64_t wanted : {int64_t{0}, int64_t{-1}, INT64_MIN, INT64_MAX}) {
    int64_t seed = 5;
    EXPECT_EQ(simple_torch_generator_set_seed(generator, wanted), 0);
    EXPECT_EQ(simple_torch_generator_seed(generator, &seed), 0);
    EXPECT_EQ(seed, wanted);
  }
}

TEST(Generator, ReturnsToASavedState) {
  const Owned generator(simple_torch_generator_create(0));
  const Owned state(simple_torch_generator_state(generator));
  EXPECT_EQ(simple_torch_tensor_dtype(state), kUint8);
  const auto first = draw(generator);
  EXPECT_EQ(simple_torch_generator_set_state(generator, state), 0);
  EXPECT_EQ(draw(generator), first);
  const Owned foreign(zeros({3}));
  EXPECT_LT(simple_torch_generator_set_state(generator, foreign), 0);
  const Owned none(simple_torch_tensor_undefined());
  EXPECT_EQ(simple_torch_generator_set_state(generator, none), SIMPLE_TORCH_E_VALUE);
}

TEST(Generator, RefusesAStateThatWouldReadPastItsEnd) {
  const Owned generator(simple_torch_generator_create(0));
  const int64_t bytes = 5056;
  const auto state_with = [&](int32_t left, uint64_t next) {
    simple_torch_handle state = simple_torch_generator_state(generator);
    EXPECT_EQ(simple_torch_tensor_numel(state), bytes);
    std::vector<char> data(bytes);
    EXPECT_EQ(simple_torch_tensor_copy_to(state, data.data(), bytes), 0);
    std::memcpy(&data[8], &left, sizeof(left));
    std::memcpy(&data[16], &next, sizeof(next));
    EXPECT_EQ(simple_torch_tensor_copy_from(state, data.data(), bytes), 0);
    return state;
  };
  const std::pair<int32_t, uint64_t> damaged[] = {
      {600, 624}, {624, 2}, {2, 624}, {0, 0}, {-1, 0}, {625, 0}, {1, 625}, {1, ~0ull}};
  for (const auto& [left, next] : damaged) {
    const Owned state(state_with(left, next));
    EXPECT_EQ(simple_torch_generator_set_state(generator, state), SIMPLE_TORCH_E_VALUE)
        << left << ' ' << next;
    expect_failure(SIMPLE_TORCH_E_VALUE, "state");
  }
  const std::pair<int32_t, uint64_t> sound[] = {{1, 0}, {1, 624}, {624, 1}, {300, 325}};
  for (const auto& [left, next] : sound) {
    const Owned state(state_with(left, next));
    EXPECT_EQ(simple_torch_generator_set_state(generator, state), 0)
        << simple_torch_error_message();
    EXPECT_EQ(draw(generator).size(), 5u);
  }
}

TEST(Generator, CanBeSavedAfterAnyNumberOfDraws) {
  const Owned generator(simple_torch_generator_create(0));
  for (int i = 0; i < 300; ++i) {
    const Owned state(simple_torch_generator_state(generator));
    const auto drawn = draw(generator);
    EXPECT_EQ(simple_torch_generator_set_state(generator, state), 0);
    ASSERT_EQ(draw(generator), drawn);
    const int64_t one[] = {1};
    simple_torch_tensor_free(simple_torch_tensor_rand(one, 1, kFloat32, -1, generator));
  }
}

TEST(Generator, OfADeviceIsTheOneThatIsUsedByDefault) {
  const Owned shared(simple_torch_generator_default(-1));
  simple_torch_manual_seed(3);
  const auto first = draw(0);
  simple_torch_generator_set_seed(shared, 3);
  EXPECT_EQ(draw(0), first);
}

}  // namespace
