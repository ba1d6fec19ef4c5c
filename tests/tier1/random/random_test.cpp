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

TEST(Generator, OfADeviceIsTheOneThatIsUsedByDefault) {
  const Owned shared(simple_torch_generator_default(-1));
  simple_torch_manual_seed(3);
  const auto first = draw(0);
  simple_torch_generator_set_seed(shared, 3);
  EXPECT_EQ(draw(0), first);
}

}  // namespace
