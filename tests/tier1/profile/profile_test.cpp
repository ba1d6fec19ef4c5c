#include <chrono>
#include <map>
#include <string>
#include <thread>

#include "simple_torch/ops.h"
#include "support/support.h"

namespace {

struct Line {
  int64_t calls;
  int64_t total;
  int64_t own;
};

int64_t number_in(simple_torch_handle tuple, int64_t place) {
  simple_torch_slot slot{};
  EXPECT_EQ(simple_torch_value_get(tuple, place, &slot), 0);
  return slot.bits;
}

std::map<std::string, Line> ended() {
  std::map<std::string, Line> result;
  const Owned lines(simple_torch_profile_end());
  const int64_t count = simple_torch_value_length(lines);
  for (int64_t i = 0; i < count; ++i) {
    const Owned line(simple_torch_value_item(lines, i));
    const Owned name(simple_torch_value_item(line, 0));
    char text[200];
    EXPECT_GT(simple_torch_value_text(name, text, sizeof(text)), 0);
    result[text] = {number_in(line, 1), number_in(line, 2), number_in(line, 3)};
  }
  return result;
}

TEST(Profile, CountsCallsAndWhatLiesInThem) {
  const Owned x(zeros({2}));
  ASSERT_EQ(simple_torch_profile_begin(), 0);
  const int64_t depth = simple_torch_profile_enter("mine");
  EXPECT_EQ(depth, 1);
  for (int i = 0; i < 3; ++i) const Owned y(simple_torch_op_sin(x));
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(simple_torch_profile_leave(), 0);
  const Owned z(simple_torch_op_cos(x));
  auto lines = ended();
  EXPECT_EQ(lines["aten::sin"].calls, 3);
  EXPECT_EQ(lines["aten::cos"].calls, 1);
  const Line mine = lines["mine"];
  EXPECT_EQ(mine.calls, 1);
  EXPECT_GE(mine.own, 19'000'000);
  EXPECT_GE(mine.total, mine.own + lines["aten::sin"].total);
  for (const auto& [name, line] : lines) {
    EXPECT_GE(line.total, line.own) << name;
    EXPECT_GE(line.own, 0) << name;
  }
}

TEST(Profile, MeasuresNothingBeforeAndAfter) {
  const Owned x(zeros({2}));
  EXPECT_EQ(simple_torch_profile_enter("before"), 1);
  ASSERT_EQ(simple_torch_profile_begin(), 0);
  EXPECT_EQ(simple_torch_profile_leave(), 0);
  EXPECT_EQ(simple_torch_profile_enter("across"), 1);
  EXPECT_EQ(ended().size(), 0U);
  const Owned y(simple_torch_op_sin(x));
  EXPECT_EQ(simple_torch_profile_leave(), 0);
  ASSERT_EQ(simple_torch_profile_begin(), 0);
  EXPECT_EQ(ended().size(), 0U);
}

TEST(Profile, IsOneAtATime) {
  EXPECT_EQ(simple_torch_profile_end(), 0);
  expect_failure(SIMPLE_TORCH_E_VALUE, "");
  ASSERT_EQ(simple_torch_profile_begin(), 0);
  EXPECT_LT(simple_torch_profile_begin(), 0);
  expect_failure(SIMPLE_TORCH_E_VALUE, "");
  EXPECT_EQ(ended().size(), 0U);
  EXPECT_LT(simple_torch_profile_leave(), 0);
  expect_failure(SIMPLE_TORCH_E_VALUE, "");
}

}  // namespace
