// What a library does that was built for one libtorch and has met another. The version is
// compared when the library is loaded; here the verdict is set by hand.
#include <gtest/gtest.h>

#include <cstring>

#include "core/guarded.h"
#include "simple_torch/simple_torch.h"

namespace simple_torch {
namespace {

constexpr const char* kVerdict = "built for libtorch 2.11.0, met libtorch 2.6.0";

class Refusal : public testing::Test {
 protected:
  void SetUp() override { set_refusal(kVerdict); }
  void TearDown() override {
    set_refusal(nullptr);
    simple_torch_error_clear();
  }
};

TEST_F(Refusal, MakesTheLibraryUnavailable) {
  EXPECT_EQ(simple_torch_available(), 0);
  set_refusal(nullptr);
  EXPECT_EQ(simple_torch_available(), 1);
}

TEST_F(Refusal, IsTheAnswerOfEveryKindOfFunction) {
  const int64_t dims[] = {2};
  EXPECT_EQ(simple_torch_tensor_zeros(dims, 1), 0);
  EXPECT_EQ(simple_torch_error_code(), SIMPLE_TORCH_E_UNSUPPORTED);
  EXPECT_STREQ(
      simple_torch_error_message(),
      "simple_torch_tensor_zeros: built for libtorch 2.11.0, met libtorch 2.6.0");
  EXPECT_EQ(simple_torch_tensor_numel(1), SIMPLE_TORCH_E_UNSUPPORTED);
  EXPECT_EQ(simple_torch_dtype_name(0), nullptr);
  EXPECT_EQ(simple_torch_release_many(nullptr, 0), SIMPLE_TORCH_E_UNSUPPORTED);
  EXPECT_EQ(simple_torch_scope_begin(), 0);
}

TEST_F(Refusal, GivesBackWhatItWasHanded) {
  int destroyed = 0;
  void (*const destroy)(void*) = [](void* context) { ++*static_cast<int*>(context); };
  const int64_t dims[] = {1};
  float element = 0;
  EXPECT_EQ(simple_torch_tensor_from_blob(&element, 4, dims, 1, nullptr, 6, destroy,
                                          &destroyed),
            0);
  EXPECT_EQ(destroyed, 1);
  simple_torch_runtime runtime{};
  runtime.size = sizeof(runtime);
  runtime.context = &destroyed;
  runtime.collect = [](void*, int64_t, int64_t) -> int64_t { return 0; };
  runtime.destroy = destroy;
  EXPECT_EQ(simple_torch_runtime_attach(&runtime), SIMPLE_TORCH_E_UNSUPPORTED);
  EXPECT_EQ(destroyed, 2);
  // Of a struct of unknown size nothing is touched.
  runtime.size = 8;
  EXPECT_EQ(simple_torch_runtime_attach(&runtime), SIMPLE_TORCH_E_UNSUPPORTED);
  EXPECT_EQ(destroyed, 2);
}

TEST_F(Refusal, LeavesVersionsAndTheErrorRecordReadable) {
  EXPECT_NE(std::strstr(simple_torch_version(), "simple-torch"), nullptr);
  EXPECT_STRNE(simple_torch_libtorch_version(), "");
  EXPECT_GT(simple_torch_abi_version(), 0);
  EXPECT_STREQ(simple_torch_error_name(SIMPLE_TORCH_E_UNSUPPORTED), "UNSUPPORTED");
  EXPECT_EQ(simple_torch_tensor_numel(1), SIMPLE_TORCH_E_UNSUPPORTED);
  EXPECT_EQ(simple_torch_error_backtrace(nullptr, 0), 0);
  EXPECT_STREQ(simple_torch_error_operation(), "simple_torch_tensor_numel");
  EXPECT_EQ(simple_torch_error_clear(), 0);
}

}  // namespace
}  // namespace simple_torch
