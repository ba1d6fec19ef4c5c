#include <thread>

#include "support/support.h"

namespace {

int64_t live() { return simple_torch_handle_live_count(SIMPLE_TORCH_KIND_TENSOR); }

TEST(Scope, FreesWhatWasMadeInsideIt) {
  const Owned outside(zeros({1}));
  const simple_torch_handle scope = simple_torch_scope_begin();
  const simple_torch_handle inside = zeros({1});
  zeros({2});
  EXPECT_EQ(live(), 3);
  EXPECT_EQ(simple_torch_scope_end(scope), 2);
  EXPECT_EQ(live(), 1);
  EXPECT_EQ(simple_torch_tensor_ndim(inside), SIMPLE_TORCH_E_STALE_HANDLE);
  EXPECT_EQ(simple_torch_handle_live_count(SIMPLE_TORCH_KIND_SCOPE), 0);
}

TEST(Scope, DoesNotCountWhatWasFreedByHand) {
  const simple_torch_handle scope = simple_torch_scope_begin();
  EXPECT_EQ(simple_torch_tensor_free(zeros({1})), 0);
  zeros({1});
  EXPECT_EQ(simple_torch_scope_end(scope), 1);
}

TEST(Scope, KeepsWhatIsKept) {
  const simple_torch_handle scope = simple_torch_scope_begin();
  const simple_torch_handle kept = zeros({1});
  EXPECT_EQ(simple_torch_scope_keep(scope, kept), 0);
  EXPECT_EQ(simple_torch_scope_end(scope), 0);
  EXPECT_EQ(simple_torch_tensor_numel(kept), 1);
  EXPECT_EQ(simple_torch_tensor_free(kept), 0);
}

TEST(Scope, HandsAKeptHandleToTheScopeAroundIt) {
  const simple_torch_handle outer = simple_torch_scope_begin();
  const simple_torch_handle inner = simple_torch_scope_begin();
  const simple_torch_handle result = zeros({1});
  zeros({1});
  EXPECT_EQ(simple_torch_scope_keep(inner, result), 0);
  EXPECT_EQ(simple_torch_scope_end(inner), 1);
  EXPECT_EQ(simple_torch_tensor_numel(result), 1);
  EXPECT_EQ(simple_torch_scope_end(outer), 1);
  EXPECT_EQ(live(), 0);
}

TEST(Scope, LetsAHandleOutliveSeveralScopesAtOnce) {
  const simple_torch_handle outer = simple_torch_scope_begin();
  simple_torch_scope_begin();
  const simple_torch_handle result = zeros({1});
  EXPECT_EQ(simple_torch_scope_keep(outer, result), 0);
  EXPECT_EQ(simple_torch_scope_end(outer), 0);
  EXPECT_EQ(simple_torch_tensor_free(result), 0);
}

TEST(Scope, EndsTheScopesInsideIt) {
  const simple_torch_handle outer = simple_torch_scope_begin();
  const simple_torch_handle inner = simple_torch_scope_begin();
  zeros({1});
  EXPECT_EQ(simple_torch_scope_end(outer), 1);
  EXPECT_EQ(simple_torch_scope_end(inner), SIMPLE_TORCH_E_STALE_HANDLE);
  EXPECT_EQ(simple_torch_handle_live_count(0), 0);
}

TEST(Scope, OfAnotherThreadIsRefused) {
  const simple_torch_handle scope = simple_torch_scope_begin();
  const simple_torch_handle inside = zeros({1});
  std::thread([&] {
    EXPECT_EQ(simple_torch_scope_end(scope), SIMPLE_TORCH_E_BAD_ARGUMENT);
    expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "scope");
    EXPECT_EQ(simple_torch_scope_keep(scope, inside), SIMPLE_TORCH_E_BAD_ARGUMENT);
    // What another thread makes belongs to no scope of this one.
    EXPECT_EQ(simple_torch_tensor_free(zeros({1})), 0);
  }).join();
  EXPECT_EQ(simple_torch_scope_end(scope), 1);
}

TEST(Scope, ClosesWithItsThread) {
  std::thread([] {
    simple_torch_scope_begin();
    zeros({1});
  }).join();
  EXPECT_EQ(simple_torch_handle_live_count(0), 0);
}

TEST(Scope, IsNoTensor) {
  const simple_torch_handle scope = simple_torch_scope_begin();
  EXPECT_EQ(simple_torch_tensor_ndim(scope), SIMPLE_TORCH_E_WRONG_KIND);
  const Owned tensor(zeros({1}));
  EXPECT_EQ(simple_torch_scope_end(tensor), SIMPLE_TORCH_E_WRONG_KIND);
  EXPECT_EQ(simple_torch_scope_end(0), SIMPLE_TORCH_E_BAD_HANDLE);
  EXPECT_EQ(simple_torch_scope_keep(scope, 0), SIMPLE_TORCH_E_BAD_HANDLE);
  expect_failure(SIMPLE_TORCH_E_BAD_HANDLE, "handle");
  simple_torch_scope_keep(scope, tensor);
  EXPECT_EQ(simple_torch_scope_end(scope), 0);
}

TEST(Scope, WhoseHandleIsFreedStaysOpenUntilTheScopeAroundItEnds) {
  const simple_torch_handle outer = simple_torch_scope_begin();
  const simple_torch_handle inner = simple_torch_scope_begin();
  EXPECT_EQ(simple_torch_release(inner), 0);
  zeros({1});
  EXPECT_EQ(live(), 1);
  EXPECT_EQ(simple_torch_scope_end(outer), 1);
}

TEST(Scope, DoesNotGrowWithWhatWasFreedInside) {
  if (kSanitized) GTEST_SKIP() << "a sanitizer's memory hides the scope's";
  const simple_torch_handle scope = simple_torch_scope_begin();
  const Owned base(zeros({1}));
  simple_torch_scope_keep(scope, base);
  const int64_t before = resident_bytes();
  for (int i = 0; i < 1'000'000; ++i) {
    simple_torch_tensor_free(simple_torch_tensor_alias(base));
  }
  EXPECT_LT(resident_bytes() - before, kMiB);
  EXPECT_EQ(simple_torch_scope_end(scope), 0);
}

}  // namespace
