// What must hold however threads interleave. Meant to be run under ThreadSanitizer too.
#include <array>
#include <atomic>
#include <barrier>
#include <thread>

#include "support/support.h"

namespace {

constexpr int kThreads = 8;

// Runs `body(thread)` on all threads, which start as close together as can be.
template <typename F>
void at_once(F&& body) {
  std::barrier together(kThreads);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      together.arrive_and_wait();
      body(thread);
    });
  }
  for (auto& each : threads) each.join();
}

std::vector<simple_torch_handle> many(size_t count) {
  std::vector<simple_torch_handle> handles(count);
  for (auto& each : handles) each = zeros({3});
  return handles;
}

TEST(HandleRace, EachHandleIsFreedByExactlyOneOfTheThreadsThatTry) {
  const size_t count = kSanitized ? 2000 : 20'000;
  const std::vector<simple_torch_handle> handles = many(count);
  std::atomic<size_t> freed{0};
  std::atomic<size_t> refused{0};
  at_once([&](int) {
    for (const simple_torch_handle each : handles) {
      const int64_t result = simple_torch_tensor_free(each);
      if (result == 0) ++freed;
      if (result == SIMPLE_TORCH_E_STALE_HANDLE) ++refused;
    }
  });
  EXPECT_EQ(freed.load(), count);
  EXPECT_EQ(refused.load(), count * (kThreads - 1));
}

TEST(HandleRace, EachHandleIsReleasedOnceInListsThatOverlap) {
  const size_t count = kSanitized ? 2000 : 20'000;
  const std::vector<simple_torch_handle> handles = many(count);
  std::atomic<int64_t> freed{0};
  at_once([&](int thread) {
    constexpr size_t kPart = 100;
    for (size_t i = 0; i + kPart <= handles.size(); i += kPart) {
      freed += thread % 2 == 0
                   ? simple_torch_release_many(handles.data() + i, kPart)
                   : static_cast<int64_t>(simple_torch_release(handles[i]) == 0);
    }
  });
  EXPECT_EQ(freed.load(), static_cast<int64_t>(count));
  simple_torch_runtime_poll();
  EXPECT_EQ(simple_torch_handle_live_count(0), 0);
}

TEST(HandleRace, DestroyRunsOnceWhoeverFreesWhileOthersUse) {
  static float memory[4] = {1, 2, 3, 4};
  const int rounds = kSanitized ? 100 : 1000;
  std::atomic<int> destroyed{0};
  std::atomic<int> wrong{0};
  for (int round = 0; round < rounds; ++round) {
    const int64_t dims[] = {4};
    const simple_torch_handle blob = simple_torch_tensor_from_blob(
        memory, sizeof(memory), dims, 1, nullptr, kFloat32,
        [](void* context) { ++*static_cast<std::atomic<int>*>(context); }, &destroyed);
    if (round % 50 != 0) {
      // Most rounds: two threads are enough, and quick to start.
      std::thread other([&] { simple_torch_tensor_free(blob); });
      const int64_t numel = simple_torch_tensor_numel(blob);
      if (numel != 4 && numel != SIMPLE_TORCH_E_STALE_HANDLE) ++wrong;
      other.join();
    } else {
      at_once([&](int thread) {
        if (thread == 3) simple_torch_release_many(&blob, 1);
        if (thread == 5) simple_torch_tensor_free(blob);
        const int64_t numel = simple_torch_tensor_numel(blob);
        if (numel != 4 && numel != SIMPLE_TORCH_E_STALE_HANDLE) ++wrong;
      });
      simple_torch_runtime_poll();
    }
    EXPECT_EQ(destroyed.load(), round + 1);
  }
  EXPECT_EQ(wrong.load(), 0);
}

TEST(HandleRace, AnOldHandleNeverNamesANewTensor) {
  // Each thread's tensors have a size of their own; a handle that came back to life would
  // show another thread's.
  const int rounds = kSanitized ? 2000 : 50'000;
  std::array<std::atomic<simple_torch_handle>, kThreads> shared{};
  std::atomic<int> wrong{0};
  at_once([&](int thread) {
    const auto mine = static_cast<size_t>(thread);
    for (int round = 0; round < rounds; ++round) {
      const simple_torch_handle made = zeros({thread + 1});
      shared[mine] = made;
      const size_t other = static_cast<size_t>(round) % kThreads;
      const simple_torch_handle theirs = shared[other].load();
      const int64_t numel = theirs == 0 ? -1 : simple_torch_tensor_numel(theirs);
      if (numel >= 0 && numel != static_cast<int64_t>(other) + 1) ++wrong;
      if (simple_torch_tensor_free(made) != 0) ++wrong;
    }
  });
  EXPECT_EQ(wrong.load(), 0);
}

TEST(HandleRace, CountsAndDumpsMayBeTakenAtAnyTime) {
  std::atomic<bool> over{false};
  std::thread observer([&] {
    char text[4096];
    while (!over.load()) {
      const int64_t count = simple_torch_handle_live_count(SIMPLE_TORCH_KIND_TENSOR);
      // A sum over threads that are at work: at most one handle of each is half counted.
      EXPECT_GE(count, -kThreads);
      EXPECT_GE(simple_torch_handle_dump(text, sizeof(text)), 0);
      EXPECT_GE(simple_torch_handle_live_bytes(), 0);
    }
  });
  at_once([&](int) {
    for (int i = 0; i < (kSanitized ? 300 : 3000); ++i) {
      const simple_torch_handle scope = simple_torch_scope_begin();
      const simple_torch_handle kept = zeros({2});
      zeros({5});
      EXPECT_EQ(simple_torch_scope_keep(scope, kept), 0);
      EXPECT_EQ(simple_torch_scope_end(scope), 1);
      EXPECT_EQ(simple_torch_release_many(&kept, 1), 1);
    }
  });
  over = true;
  observer.join();
  simple_torch_runtime_poll();
  EXPECT_EQ(simple_torch_handle_live_count(0), 0);
}

}  // namespace
