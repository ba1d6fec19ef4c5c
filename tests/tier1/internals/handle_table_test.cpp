#include "handles/handle_table.h"

#include <gtest/gtest.h>

#include "simple_torch/simple_torch.h"

namespace simple_torch {

class HandleTableTestPeer {
 public:
  // Ages a vacant slot, so that a test need not free it sixteen million times.
  static void set_generation(simple_torch_handle stale, uint64_t generation) {
    HandleTable& table = HandleTable::get();
    Slot& slot = table.at(HandleTable::index_of(stale));
    slot.state.store(generation << 32);
  }
};

namespace {

simple_torch_handle one() {
  const int64_t dims[] = {1};
  return simple_torch_tensor_zeros(dims, 1);
}

TEST(HandleTable, RetiresASlotWhoseGenerationWouldWrap) {
  const simple_torch_handle first = one();
  ASSERT_EQ(simple_torch_tensor_free(first), 0);
  HandleTableTestPeer::set_generation(first, 0xffffff);
  const simple_torch_handle last = one();
  ASSERT_EQ(last & 0xffffffff, first & 0xffffffff);
  ASSERT_EQ((last >> 32) & 0xffffff, 0xffffff);
  ASSERT_EQ(simple_torch_tensor_free(last), 0);

  // The slot is never used again, and no handle to it comes back to life.
  std::vector<simple_torch_handle> more;
  for (int i = 0; i < 200; ++i) more.push_back(one());
  for (const simple_torch_handle each : more) {
    EXPECT_NE(each & 0xffffffff, last & 0xffffffff);
    EXPECT_EQ(simple_torch_tensor_free(each), 0);
  }
  EXPECT_EQ(simple_torch_tensor_ndim(last), SIMPLE_TORCH_E_STALE_HANDLE);
  EXPECT_EQ(simple_torch_tensor_ndim(first), SIMPLE_TORCH_E_STALE_HANDLE);
  EXPECT_EQ(simple_torch_release(last), SIMPLE_TORCH_E_STALE_HANDLE);
}

TEST(HandleTable, KeepsAnObjectWhileItIsPinned) {
  const simple_torch_handle handle = one();
  {
    const Pin pin = HandleTable::get().pin(handle, Kind::kTensor, "tensor");
    EXPECT_EQ(simple_torch_tensor_free(handle), 0);
    const auto* const tensor = reinterpret_cast<const at::Tensor*>(pin.slot()->payload);
    EXPECT_EQ(tensor->numel(), 1);
    // Its slot is not given to another meanwhile.
    const simple_torch_handle other = one();
    EXPECT_NE(other & 0xffffffff, handle & 0xffffffff);
    EXPECT_EQ(simple_torch_tensor_free(other), 0);
  }
  EXPECT_EQ(simple_torch_handle_live_count(0), 0);
}

}  // namespace
}  // namespace simple_torch
