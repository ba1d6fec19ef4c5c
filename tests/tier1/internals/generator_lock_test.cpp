#include <ATen/CPUGeneratorImpl.h>
#include <c10/core/CPUAllocator.h>
#include <gtest/gtest.h>

#include <mutex>
#include <thread>

#include "core/compat.h"
#include "simple_torch/simple_torch.h"

namespace simple_torch {
namespace {

// Stands before the library's allocator, which may call the host, and looks whether the
// default generator is locked then.
class Watch final : public compat::Allocator<Watch> {
 public:
  Watch() : ours_(c10::GetCPUAllocator()) { c10::SetCPUAllocator(this, 100); }
  ~Watch() override { c10::SetCPUAllocator(ours_, 100); }

  c10::DeleterFnPtr raw_deleter() const override { return ours_->raw_deleter(); }

  c10::DataPtr obtain(size_t bytes) const {
    std::thread([this] {
      at::Generator generator = at::detail::getDefaultCPUGenerator();
      const std::unique_lock lock(generator.mutex(), std::try_to_lock);
      ++(lock.owns_lock() ? unlocked : locked);
    }).join();
    return ours_->allocate(bytes);
  }

  mutable int locked = 0;
  mutable int unlocked = 0;

 private:
  c10::Allocator* const ours_;
};

TEST(Generator, IsNotLockedWhileMemoryIsAllocated) {
  const simple_torch_handle generator = simple_torch_generator_default(-1);
  {
    const Watch watch;
    const simple_torch_handle state = simple_torch_generator_state(generator);
    EXPECT_EQ(simple_torch_generator_set_state(generator, state), 0);
    EXPECT_EQ(simple_torch_generator_set_seed(generator, 1), 0);
    EXPECT_EQ(simple_torch_tensor_free(state), 0);
    EXPECT_GE(watch.unlocked, 1);
    EXPECT_EQ(watch.locked, 0);
  }
  EXPECT_EQ(simple_torch_generator_free(generator), 0);
}

}  // namespace
}  // namespace simple_torch
