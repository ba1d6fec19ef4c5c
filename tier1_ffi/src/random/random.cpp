#include "random/random.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/ops/clone.h>

#include <bit>
#include <cstring>
#include <memory>
#include <mutex>

#include "core/arguments.h"
#include "core/guarded.h"
#include "device/device.h"
#include "simple_torch/random.h"

namespace simple_torch {
namespace {

std::unique_ptr<at::Generator> make_generator(c10::Device device) {
  if (device.is_cpu())
    return std::make_unique<at::Generator>(at::detail::createCPUGenerator());
  const at::Generator& shared = at::globalContext().defaultGenerator(device);
  auto made = std::make_unique<at::Generator>(shared.clone());
  made->set_current_seed(c10::detail::getNonDeterministicRandom());
  return made;
}

// The state's tensor is made from a copy: its memory may make the host collect, and host
// code must not run while the generator is locked.
at::Generator copy_of(at::Generator& generator) {
  const std::lock_guard lock(generator.mutex());
  return generator.clone();
}

// libtorch looks at each number of a CPU generator's state alone. Of `left` draws the
// first reads the element `next`, so together they must stay within the state's 624.
void require_sound(const at::Tensor& state) {
  constexpr int64_t kElements = 624;
  constexpr size_t kLeftAt = 8;
  constexpr size_t kNextAt = 16;
  int32_t left = 0;
  uint64_t next = 0;
  // What is no state at all is libtorch's to refuse.
  if (state.scalar_type() != c10::ScalarType::Byte || !state.device().is_cpu() ||
      state.layout() != c10::Layout::Strided || !state.is_contiguous() ||
      state.numel() < static_cast<int64_t>(kNextAt + sizeof(next))) {
    return;
  }
  const auto* const bytes = static_cast<const unsigned char*>(state.data_ptr());
  std::memcpy(&left, bytes + kLeftAt, sizeof(left));
  std::memcpy(&next, bytes + kNextAt, sizeof(next));
  if (left < 1 || left > kElements || next > kElements ||
      static_cast<int64_t>(next) + left > kElements + 1) {
    fail(Code::kValue, "state", "is damaged: a generator cannot be where it says");
  }
}

}  // namespace

compat::Optional<at::Generator> optional_generator(simple_torch_handle generator,
                                                   const char* argument) {
  if (generator == 0) return {};
  return *borrow<at::Generator>(generator, argument);
}

}  // namespace simple_torch

using namespace simple_torch;

int64_t simple_torch_manual_seed(int64_t seed) {
  return guarded([&] { at::manual_seed(std::bit_cast<uint64_t>(seed)); });
}

simple_torch_handle simple_torch_generator_create(int64_t device) {
  return guarded([&] { return store(make_generator(usable_device(device, "device"))); });
}

simple_torch_handle simple_torch_generator_default(int64_t device) {
  return guarded([&] {
    const c10::Device named = usable_device(device, "device");
    return store(
        std::make_unique<at::Generator>(at::globalContext().defaultGenerator(named)));
  });
}

int64_t simple_torch_generator_free(simple_torch_handle generator) {
  return guarded(
      [&] { HandleTable::get().free(generator, Kind::kGenerator, "generator"); });
}

int64_t simple_torch_generator_set_seed(simple_torch_handle generator, int64_t seed) {
  return guarded([&] {
    const auto chosen = borrow<at::Generator>(generator, "generator");
    const std::lock_guard lock(chosen->mutex());
    chosen->set_current_seed(std::bit_cast<uint64_t>(seed));
  });
}

int64_t simple_torch_generator_seed(simple_torch_handle generator, int64_t* seed_out) {
  return guarded([&] {
    const auto chosen = borrow<at::Generator>(generator, "generator");
    required(seed_out, "seed_out");
    const std::lock_guard lock(chosen->mutex());
    *seed_out = std::bit_cast<int64_t>(chosen->current_seed());
  });
}

simple_torch_handle simple_torch_generator_state(simple_torch_handle generator) {
  return guarded([&] {
    const auto chosen = borrow<at::Generator>(generator, "generator");
    return store(copy_of(*chosen).get_state());
  });
}

int64_t simple_torch_generator_set_state(simple_torch_handle generator,
                                         simple_torch_handle state) {
  return guarded([&] {
    const auto chosen = borrow<at::Generator>(generator, "generator");
    const auto wanted = borrow<at::Tensor>(state, "state");
    if (!wanted->defined()) fail(Code::kValue, "state", "is an undefined tensor");
    // A copy, so that what is checked is what is set, whatever other threads do.
    const at::Tensor copy = at::clone(*wanted);
    if (chosen->device().is_cpu()) require_sound(copy);
    const std::lock_guard lock(chosen->mutex());
    chosen->set_state(copy);
  });
}
