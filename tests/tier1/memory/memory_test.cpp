#include <sys/resource.h>
#include <sys/wait.h>

#include <atomic>
#include <functional>
#include <thread>

#include "support/support.h"

namespace {

// Runs `body` in a forked child, which ends with 0 if it returns true.
bool in_child(const std::function<bool()>& body) {
  const pid_t child = fork();
  if (child == 0) _exit(body() ? 0 : 1);
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

// Memory that libtorch does not fill, because in a forked child it cannot: the threads
// that it would do so with do not exist there, and libgomp waits for them.
simple_torch_handle unfilled(int64_t elements) {
  return simple_torch_tensor_empty(&elements, 1, kFloat32, -1);
}

TEST(Memory, CountsLiveBytesAndThePeak) {
  const int64_t before = statistic(SIMPLE_TORCH_MEMORY_LIVE_BYTES);
  EXPECT_EQ(simple_torch_memory_reset_peak(-1), 0);
  {
    const Owned large(zeros({1'000'000}));
    const Owned small(zeros({10}));
    EXPECT_EQ(statistic(SIMPLE_TORCH_MEMORY_LIVE_BYTES) - before, 4'000'040);
  }
  EXPECT_EQ(statistic(SIMPLE_TORCH_MEMORY_LIVE_BYTES), before);
  const int64_t peak = statistic(SIMPLE_TORCH_MEMORY_PEAK_BYTES) - before;
  EXPECT_GE(peak, 4'000'000);
  EXPECT_LE(peak, 4'000'040 + 65'536);
  EXPECT_EQ(simple_torch_memory_reset_peak(-1), 0);
  EXPECT_EQ(statistic(SIMPLE_TORCH_MEMORY_PEAK_BYTES), before);
}

TEST(Memory, CountsWhatThreadsHoldAndHaveAllocated) {
  const int64_t live = statistic(SIMPLE_TORCH_MEMORY_LIVE_BYTES);
  const int64_t allocations = statistic(SIMPLE_TORCH_MEMORY_ALLOCATIONS);
  simple_torch_handle made = 0;
  std::thread([&] { made = zeros({100}); }).join();
  EXPECT_EQ(statistic(SIMPLE_TORCH_MEMORY_LIVE_BYTES) - live, 400);
  EXPECT_GE(statistic(SIMPLE_TORCH_MEMORY_ALLOCATIONS) - allocations, 1);
  EXPECT_EQ(simple_torch_tensor_free(made), 0);
  EXPECT_EQ(statistic(SIMPLE_TORCH_MEMORY_LIVE_BYTES), live);
}

TEST(Memory, RefusesUnknownStatisticsAndOtherDevices) {
  EXPECT_EQ(simple_torch_memory_statistic(-1, 99), SIMPLE_TORCH_E_BAD_ARGUMENT);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "statistic");
  EXPECT_EQ(simple_torch_memory_statistic(1, 0), SIMPLE_TORCH_E_UNSUPPORTED);
  expect_failure(SIMPLE_TORCH_E_UNSUPPORTED, "device");
  EXPECT_EQ(simple_torch_memory_set_cache_limit(-2), SIMPLE_TORCH_E_BAD_ARGUMENT);
  EXPECT_EQ(simple_torch_memory_set_pressure(-2), SIMPLE_TORCH_E_BAD_ARGUMENT);
  EXPECT_EQ(simple_torch_memory_set_young(-2), SIMPLE_TORCH_E_BAD_ARGUMENT);
}

TEST(Pool, ServesBlocksAgain) {
  if (pool_is_off()) GTEST_SKIP() << "the pool is off";
  for (const int64_t elements : {10, 100'000, 10'000'000}) {
    simple_torch_tensor_free(zeros({elements}));
    const int64_t hits = statistic(SIMPLE_TORCH_MEMORY_POOL_HITS);
    simple_torch_tensor_free(zeros({elements}));
    EXPECT_EQ(statistic(SIMPLE_TORCH_MEMORY_POOL_HITS) - hits, 1) << elements;
  }
}

// What a thread keeps of small blocks, as memory.h says.
constexpr int64_t kThreadShare = 32 * kMiB;

TEST(Pool, KeepsNoMoreThanItsBounds) {
  if (pool_is_off()) GTEST_SKIP() << "the pool is off";
  simple_torch_memory_trim();
  const int64_t former = simple_torch_memory_set_cache_limit(20 * kMiB);
  {
    std::vector<Owned> many;
    for (int i = 0; i < 40; ++i) many.emplace_back(zeros({1 << 20}));  // 4 MiB each.
    for (int i = 0; i < 80; ++i) many.emplace_back(zeros({1 << 17}));  // 512 KiB each.
    for (int i = 0; i < 40'000; ++i) many.emplace_back(zeros({64}));
  }
  EXPECT_GT(statistic(SIMPLE_TORCH_MEMORY_CACHED_BYTES), 0);
  EXPECT_LE(statistic(SIMPLE_TORCH_MEMORY_CACHED_BYTES), 20 * kMiB + kThreadShare);
  EXPECT_EQ(simple_torch_memory_set_cache_limit(0), 20 * kMiB);
  EXPECT_LE(statistic(SIMPLE_TORCH_MEMORY_CACHED_BYTES), kThreadShare);
  EXPECT_GT(simple_torch_memory_trim(), 0);
  EXPECT_EQ(statistic(SIMPLE_TORCH_MEMORY_CACHED_BYTES), 0);
  EXPECT_EQ(simple_torch_memory_set_cache_limit(former), 0);
}

TEST(Pool, PrefersSmallBlocksWhenItsShareIsFull) {
  if (pool_is_off()) GTEST_SKIP() << "the pool is off";
  {
    std::vector<Owned> large;
    for (int i = 0; i < 40; ++i) large.emplace_back(zeros({1 << 18}));  // 1 MiB each.
  }
  {
    std::vector<Owned> small;
    for (int i = 0; i < 100; ++i) small.emplace_back(zeros({64}));
  }
  const int64_t hits = statistic(SIMPLE_TORCH_MEMORY_POOL_HITS);
  std::vector<Owned> small;
  for (int i = 0; i < 100; ++i) small.emplace_back(zeros({64}));
  EXPECT_EQ(statistic(SIMPLE_TORCH_MEMORY_POOL_HITS) - hits, 100);
}

TEST(Pool, GivesIdleMemoryBackByItself) {
  if (pool_is_off()) GTEST_SKIP() << "the pool is off";
  simple_torch_tensor_free(zeros({8 << 20}));
  simple_torch_tensor_free(zeros({100}));
  EXPECT_GE(statistic(SIMPLE_TORCH_MEMORY_CACHED_BYTES), 32 * kMiB);
  // A thread that stays, and allocates no more.
  std::atomic<bool> over{false};
  std::thread idle([&] {
    simple_torch_tensor_free(zeros({1000}));
    while (!over.load()) usleep(10'000);
  });
  int64_t cached = 1;
  for (int i = 0; i < 160 && cached > 0; ++i) {
    usleep(50'000);
    cached = statistic(SIMPLE_TORCH_MEMORY_CACHED_BYTES);
  }
  over = true;
  idle.join();
  EXPECT_EQ(cached, 0);
}

TEST(Pool, GivesAThreadsShareBackWhenItEnds) {
  if (pool_is_off()) GTEST_SKIP() << "the pool is off";
  simple_torch_memory_trim();
  std::thread([] {
    simple_torch_tensor_free(zeros({10'000}));
    EXPECT_GT(statistic(SIMPLE_TORCH_MEMORY_CACHED_BYTES), 0);
  }).join();
  EXPECT_EQ(statistic(SIMPLE_TORCH_MEMORY_CACHED_BYTES), 0);
}

TEST(Pool, IsTrimmedFromAnotherThreadWhileItsOwnerWorks) {
  std::atomic<bool> over{false};
  std::vector<std::thread> workers;
  for (int i = 0; i < 3; ++i) {
    workers.emplace_back([&] {
      while (!over.load()) {
        const Owned tensor(ones({100}));
        EXPECT_EQ(values(tensor)[99], 1);
      }
    });
  }
  for (int i = 0; i < 300; ++i) {
    EXPECT_GE(simple_torch_memory_trim(), 0);
    usleep(300);
  }
  over = true;
  for (auto& each : workers) each.join();
}

TEST(Memory, OfTenThousandTemporariesStaysFlat) {
  if (kSanitized) GTEST_SKIP() << "a sanitizer keeps freed memory";
  // Filled here and not by libtorch, whose threads would make this slow on a busy
  // machine.
  const auto once = [](int64_t elements) {
    const Owned tensor(unfilled(elements));
    void* data = nullptr;
    ASSERT_EQ(simple_torch_tensor_data_pointer(tensor, &data), 0);
    std::memset(data, 1, static_cast<size_t>(elements) * sizeof(float));
  };
  for (const int64_t elements : {int64_t{1} << 18, int64_t{300'000}}) {
    once(elements);
    const int64_t before = resident_bytes();
    int64_t most = 0;
    for (int i = 0; i < 10'000; ++i) {
      once(elements);
      if (i % 100 == 0) most = std::max(most, resident_bytes() - before);
    }
    EXPECT_LT(most, 40 * kMiB);
  }
}

TEST(Memory, WorksInTheChildOfAThreadedProcess) {
  if (kSanitized) GTEST_SKIP() << "sanitizers do not support this";
  // So that no fork comes between the beginning and the end of a first use.
  { const Owned all[] = {zeros({100}), ones({100}), unfilled(1 << 20)}; }
  std::atomic<bool> over{false};
  std::vector<std::thread> workers;
  for (int i = 0; i < 3; ++i) {
    workers.emplace_back([&] {
      while (!over.load()) {
        const Owned small(zeros({100}));
        const Owned large(unfilled(1 << 20));
        for (int64_t which = 0; which <= SIMPLE_TORCH_MEMORY_COLLECTIONS; ++which) {
          statistic(which);
        }
      }
    });
  }
  // This one is at a lock whenever a fork comes.
  workers.emplace_back([&] {
    while (!over.load()) statistic(SIMPLE_TORCH_MEMORY_CACHED_BYTES);
  });
  int good = 0;
  for (int i = 0; i < 20; ++i) {
    good += in_child([&] {
      alarm(20);
      const simple_torch_handle small = ones({100});
      const simple_torch_handle large = unfilled(1 << 20);
      const bool fine = simple_torch_tensor_numel(large) == 1 << 20 &&
                        simple_torch_memory_trim() >= 0 &&
                        statistic(SIMPLE_TORCH_MEMORY_LIVE_BYTES) > 0 &&
                        statistic(SIMPLE_TORCH_MEMORY_CACHED_BYTES) >= 0 &&
                        statistic(SIMPLE_TORCH_MEMORY_ALLOCATIONS) > 0 &&
                        statistic(SIMPLE_TORCH_MEMORY_POOL_HITS) >= 0;
      return fine && simple_torch_tensor_free(small) == 0 &&
             simple_torch_release_many(&large, 1) == 1 &&
             simple_torch_runtime_poll() == 0;
    });
  }
  over = true;
  for (auto& each : workers) each.join();
  EXPECT_EQ(good, 20);
}

// What a runtime was asked, and what it does about it.
struct Host {
  std::vector<simple_torch_handle> garbage;
  std::atomic<int> pressure{0};
  std::atomic<int> out_of_memory{0};
  std::atomic<int> young{0};
  std::atomic<int> destroyed{0};
  std::atomic<int64_t> bytes_wanted{0};
  std::thread::id collected_on;
  bool fails = false;
  bool has_none_young = false;
  // What it does, beside collecting, for pressure.
  std::function<void()> under_pressure = [] {};

  static int64_t collect(void* context, int64_t reason, int64_t bytes_wanted) {
    Host& host = *static_cast<Host*>(context);
    ++(reason == SIMPLE_TORCH_COLLECT_PRESSURE ? host.pressure
       : reason == SIMPLE_TORCH_COLLECT_YOUNG  ? host.young
                                               : host.out_of_memory);
    host.bytes_wanted = bytes_wanted;
    host.collected_on = std::this_thread::get_id();
    if (reason == SIMPLE_TORCH_COLLECT_PRESSURE) host.under_pressure();
    if (host.fails) return 1;
    if (reason == SIMPLE_TORCH_COLLECT_YOUNG && host.has_none_young) return 0;
    simple_torch_release_many(host.garbage.data(),
                              static_cast<int64_t>(host.garbage.size()));
    host.garbage.clear();
    return 0;
  }

  simple_torch_runtime runtime(int64_t thread_rule) {
    simple_torch_runtime made{};
    made.size = sizeof(made);
    made.context = this;
    made.collect = &collect;
    made.destroy = [](void* context) { ++static_cast<Host*>(context)->destroyed; };
    made.thread_rule = thread_rule;
    return made;
  }
};

TEST(Runtime, IsAskedToCollectWhenMemoryGrows) {
  Host host;
  const auto runtime = host.runtime(SIMPLE_TORCH_COLLECT_ON_ANY_THREAD);
  ASSERT_EQ(simple_torch_runtime_attach(&runtime), 0);
  const int64_t before = statistic(SIMPLE_TORCH_MEMORY_LIVE_BYTES);
  const int64_t collections = statistic(SIMPLE_TORCH_MEMORY_COLLECTIONS);
  simple_torch_memory_set_pressure(64 * kMiB);
  simple_torch_memory_reset_peak(-1);
  for (int i = 0; i < 1000; ++i) host.garbage.push_back(zeros({1 << 18}));
  // About one collection for each 64 MiB of the 1000 MiB.
  EXPECT_GE(host.pressure.load(), 10);
  EXPECT_LE(host.pressure.load(), 20);
  EXPECT_EQ(statistic(SIMPLE_TORCH_MEMORY_COLLECTIONS) - collections,
            host.pressure.load());
  EXPECT_EQ(host.out_of_memory.load(), 0);
  EXPECT_LE(statistic(SIMPLE_TORCH_MEMORY_PEAK_BYTES) - before, 70 * kMiB);
  Host::collect(&host, SIMPLE_TORCH_COLLECT_PRESSURE, 0);
  simple_torch_memory_set_pressure(-1);
  EXPECT_EQ(simple_torch_runtime_attach(nullptr), 0);
  EXPECT_EQ(host.destroyed.load(), 1);
}

TEST(Runtime, IsNotAskedAgainAtOnceWhenNothingCouldBeFreed) {
  Host host;
  const auto runtime = host.runtime(SIMPLE_TORCH_COLLECT_ON_ANY_THREAD);
  ASSERT_EQ(simple_torch_runtime_attach(&runtime), 0);
  simple_torch_memory_set_pressure(16 * kMiB);
  std::vector<Owned> kept;
  for (int i = 0; i < 256; ++i) kept.emplace_back(zeros({1 << 18}));
  // 16, then half more each time: 32, 48, 72, 108, 162, 243.
  EXPECT_LE(host.pressure.load(), 8);
  EXPECT_GE(host.pressure.load(), 5);
  simple_torch_memory_set_pressure(-1);
  simple_torch_runtime_attach(nullptr);
}

TEST(Runtime, IsAskedForWhatItMadeLatelyBeforeEverything) {
  Host host;
  const auto runtime = host.runtime(SIMPLE_TORCH_COLLECT_ON_ANY_THREAD);
  ASSERT_EQ(simple_torch_runtime_attach(&runtime), 0);
  const int64_t before = statistic(SIMPLE_TORCH_MEMORY_LIVE_BYTES);
  simple_torch_memory_set_pressure(16 * kMiB);
  EXPECT_EQ(simple_torch_memory_set_young(kMiB), 0);
  simple_torch_memory_reset_peak(-1);
  for (int i = 0; i < 100; ++i) host.garbage.push_back(zeros({1 << 18}));
  EXPECT_GE(host.young.load(), 90);
  EXPECT_EQ(host.pressure.load(), 0);
  EXPECT_LE(statistic(SIMPLE_TORCH_MEMORY_PEAK_BYTES) - before, 3 * kMiB);

  // Where that frees nothing, everything is collected as ever.
  host.has_none_young = true;
  for (int i = 0; i < 100; ++i) host.garbage.push_back(zeros({1 << 18}));
  EXPECT_GE(host.pressure.load(), 5);
  EXPECT_LE(statistic(SIMPLE_TORCH_MEMORY_PEAK_BYTES) - before, 20 * kMiB);

  Host::collect(&host, SIMPLE_TORCH_COLLECT_PRESSURE, 0);
  EXPECT_EQ(simple_torch_memory_set_young(0), kMiB);
  simple_torch_memory_set_pressure(-1);
  simple_torch_runtime_attach(nullptr);
}

// What was still in use when the last call looked is forgotten by now.
TEST(Runtime, IsAskedForWhatItMadeLatelyBeforeALargeBlockIsTaken) {
  Host host;
  const auto runtime = host.runtime(SIMPLE_TORCH_COLLECT_ON_ANY_THREAD);
  ASSERT_EQ(simple_torch_runtime_attach(&runtime), 0);
  const int64_t before = statistic(SIMPLE_TORCH_MEMORY_LIVE_BYTES);
  simple_torch_memory_set_young(kMiB);
  simple_torch_memory_reset_peak(-1);
  for (int i = 0; i < 20; ++i) {
    const simple_torch_handle made = zeros({1 << 20});
    EXPECT_EQ(simple_torch_tensor_ndim(made), 1);
    host.garbage.push_back(made);
  }
  EXPECT_EQ(host.young.load(), 20);
  EXPECT_EQ(host.pressure.load(), 0);
  EXPECT_LE(statistic(SIMPLE_TORCH_MEMORY_PEAK_BYTES) - before, 5 * kMiB);
  Host::collect(&host, SIMPLE_TORCH_COLLECT_PRESSURE, 0);
  simple_torch_memory_set_young(0);
  simple_torch_runtime_attach(nullptr);
}

TEST(Runtime, OfOneThreadCollectsOnThatThread) {
  Host host;
  const auto runtime = host.runtime(SIMPLE_TORCH_COLLECT_ON_ATTACHING_THREAD);
  ASSERT_EQ(simple_torch_runtime_attach(&runtime), 0);
  simple_torch_memory_set_pressure(16 * kMiB);
  std::thread([&] {
    for (int i = 0; i < 32; ++i) host.garbage.push_back(zeros({1 << 18}));
  }).join();
  EXPECT_EQ(host.pressure.load(), 0);
  simple_torch_runtime_poll();
  EXPECT_EQ(host.pressure.load(), 1);
  EXPECT_EQ(host.collected_on, std::this_thread::get_id());
  EXPECT_EQ(simple_torch_handle_live_count(0), 0);
  simple_torch_memory_set_pressure(-1);
  simple_torch_runtime_attach(nullptr);
}

constexpr int64_t kTooMuch = int64_t{1} << 50;

TEST(Runtime, CollectsBeforeAnAllocationFails) {
  Host host;
  const auto runtime = host.runtime(SIMPLE_TORCH_COLLECT_ON_ANY_THREAD);
  ASSERT_EQ(simple_torch_runtime_attach(&runtime), 0);
  const simple_torch_handle garbage = zeros({1000});
  host.garbage.push_back(garbage);
  const int64_t dims[] = {kTooMuch};
  EXPECT_EQ(simple_torch_tensor_empty(dims, 1, kUint8, -1), 0);
  expect_failure(SIMPLE_TORCH_E_OUT_OF_MEMORY, "");
  EXPECT_EQ(host.out_of_memory.load(), 1);
  EXPECT_EQ(host.bytes_wanted.load(), kTooMuch);
  EXPECT_EQ(simple_torch_handle_live_count(0), 0);
  simple_torch_runtime_attach(nullptr);
}

TEST(Runtime, MakesAnAllocationSucceedThatWouldHaveFailed) {
  if (kSanitized) GTEST_SKIP() << "sanitizers need all address space";
  EXPECT_TRUE(in_child([] {
    Host host;
    const auto runtime = host.runtime(SIMPLE_TORCH_COLLECT_ON_ANY_THREAD);
    simple_torch_runtime_attach(&runtime);
    simple_torch_memory_set_pressure(0);
    int64_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    const auto limit = static_cast<rlim_t>(pages * sysconf(_SC_PAGESIZE) + 256 * kMiB);
    const rlimit bound{limit, limit};
    setrlimit(RLIMIT_AS, &bound);
    // Each fits alone, the last only when the first is gone.
    host.garbage.push_back(unfilled(40 << 20));
    const simple_torch_handle second = unfilled(40 << 20);
    return second != 0 && host.out_of_memory == 1 &&
           simple_torch_tensor_free(second) == 0;
  }));
}

TEST(Runtime, ServesAThreadOnWhichItCannotCollect) {
  Host host;
  const auto runtime = host.runtime(SIMPLE_TORCH_COLLECT_ON_ATTACHING_THREAD);
  ASSERT_EQ(simple_torch_runtime_attach(&runtime), 0);
  std::atomic<bool> done{false};
  std::thread needy([&] {
    const int64_t dims[] = {kTooMuch};
    EXPECT_EQ(simple_torch_tensor_empty(dims, 1, kUint8, -1), 0);
    expect_failure(SIMPLE_TORCH_E_OUT_OF_MEMORY, "");
    done = true;
  });
  while (!done.load()) simple_torch_runtime_poll();
  needy.join();
  EXPECT_EQ(host.out_of_memory.load(), 1);
  EXPECT_EQ(host.collected_on, std::this_thread::get_id());
  simple_torch_runtime_attach(nullptr);
}

TEST(Runtime, ThatDoesNotAnswerHoldsAnotherThreadUpForAboutASecond) {
  Host host;
  const auto runtime = host.runtime(SIMPLE_TORCH_COLLECT_ON_ATTACHING_THREAD);
  ASSERT_EQ(simple_torch_runtime_attach(&runtime), 0);
  const auto start = std::chrono::steady_clock::now();
  std::thread([&] {
    const int64_t dims[] = {kTooMuch};
    EXPECT_EQ(simple_torch_tensor_empty(dims, 1, kUint8, -1), 0);
    expect_failure(SIMPLE_TORCH_E_OUT_OF_MEMORY, "");
  }).join();
  const auto waited = std::chrono::steady_clock::now() - start;
  EXPECT_GE(waited, std::chrono::milliseconds(900));
  EXPECT_LE(waited, std::chrono::seconds(10));
  EXPECT_EQ(host.out_of_memory.load(), 0);
  simple_torch_runtime_attach(nullptr);
}

// An allocation that cannot succeed, on another thread.
std::thread needy_thread(std::atomic<bool>& done) {
  return std::thread([&done] {
    const int64_t dims[] = {kTooMuch};
    EXPECT_EQ(simple_torch_tensor_empty(dims, 1, kUint8, -1), 0);
    expect_failure(SIMPLE_TORCH_E_OUT_OF_MEMORY, "");
    done = true;
  });
}

TEST(Runtime, IsNotAskedForARequestThatWasGivenUp) {
  Host host;
  Host later;
  const auto runtime = host.runtime(SIMPLE_TORCH_COLLECT_ON_ATTACHING_THREAD);
  const auto next = later.runtime(SIMPLE_TORCH_COLLECT_ON_ATTACHING_THREAD);
  ASSERT_EQ(simple_torch_runtime_attach(&runtime), 0);
  std::atomic<bool> done{false};
  needy_thread(done).join();
  ASSERT_EQ(simple_torch_runtime_attach(&next), 0);
  simple_torch_runtime_poll();
  EXPECT_EQ(host.out_of_memory.load(), 0);
  EXPECT_EQ(later.out_of_memory.load(), 0);
  // Nor do its bytes count later.
  done = false;
  std::thread needy = needy_thread(done);
  while (!done.load()) simple_torch_runtime_poll();
  needy.join();
  EXPECT_EQ(later.out_of_memory.load(), 1);
  EXPECT_EQ(later.bytes_wanted.load(), kTooMuch);
  simple_torch_runtime_attach(nullptr);
}

TEST(Runtime, ServesARequestThatComesWhileItCollects) {
  Host host;
  std::atomic<bool> done{false};
  std::thread needy;
  host.under_pressure = [&] {
    needy = needy_thread(done);
    usleep(200'000);
    // It cannot collect for the request now, and must not take it for served.
    simple_torch_runtime_poll();
  };
  const auto runtime = host.runtime(SIMPLE_TORCH_COLLECT_ON_ATTACHING_THREAD);
  ASSERT_EQ(simple_torch_runtime_attach(&runtime), 0);
  simple_torch_memory_set_pressure(16 * kMiB);
  const Owned large(zeros({8 << 20}));
  while (!done.load()) simple_torch_runtime_poll();
  needy.join();
  EXPECT_EQ(host.pressure.load(), 1);
  EXPECT_EQ(host.out_of_memory.load(), 1);
  simple_torch_memory_set_pressure(-1);
  simple_torch_runtime_attach(nullptr);
}

TEST(Runtime, IsNotWaitedForWhenItIsGone) {
  Host host;
  const auto runtime = host.runtime(SIMPLE_TORCH_COLLECT_ON_ATTACHING_THREAD);
  ASSERT_EQ(simple_torch_runtime_attach(&runtime), 0);
  std::atomic<bool> done{false};
  const auto start = std::chrono::steady_clock::now();
  std::thread needy = needy_thread(done);
  usleep(100'000);
  // The thread that attached it would collect first.
  std::thread([] { simple_torch_runtime_attach(nullptr); }).join();
  needy.join();
  EXPECT_LE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(900));
  EXPECT_EQ(host.out_of_memory.load(), 0);
}

TEST(Runtime, MayFail) {
  Host host;
  host.fails = true;
  const auto runtime = host.runtime(SIMPLE_TORCH_COLLECT_ON_ANY_THREAD);
  ASSERT_EQ(simple_torch_runtime_attach(&runtime), 0);
  const int64_t dims[] = {kTooMuch};
  EXPECT_EQ(simple_torch_tensor_empty(dims, 1, kUint8, -1), 0);
  expect_failure(SIMPLE_TORCH_E_OUT_OF_MEMORY, "");
  simple_torch_runtime_attach(nullptr);
}

TEST(Runtime, IsDestroyedOnceWhenItIsReplaced) {
  Host first;
  Host second;
  const auto runtime = first.runtime(SIMPLE_TORCH_COLLECT_ON_ANY_THREAD);
  const auto next = second.runtime(SIMPLE_TORCH_COLLECT_ON_ANY_THREAD);
  EXPECT_EQ(simple_torch_runtime_attach(&runtime), 0);
  EXPECT_EQ(simple_torch_runtime_attach(&next), 0);
  EXPECT_EQ(first.destroyed.load(), 1);
  EXPECT_EQ(second.destroyed.load(), 0);
  EXPECT_EQ(simple_torch_runtime_attach(nullptr), 0);
  EXPECT_EQ(second.destroyed.load(), 1);
}

TEST(Runtime, IsRefusedIfItCannotWork) {
  Host host;
  auto runtime = host.runtime(SIMPLE_TORCH_COLLECT_ON_ANY_THREAD);
  runtime.size = 8;
  EXPECT_EQ(simple_torch_runtime_attach(&runtime), SIMPLE_TORCH_E_BAD_ARGUMENT);
  runtime = host.runtime(7);
  EXPECT_EQ(simple_torch_runtime_attach(&runtime), SIMPLE_TORCH_E_BAD_ARGUMENT);
  runtime = host.runtime(0);
  runtime.collect = nullptr;
  EXPECT_EQ(simple_torch_runtime_attach(&runtime), SIMPLE_TORCH_E_BAD_ARGUMENT);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "runtime");
  // Destroyed once, also when the call fails; but not what a foreign struct may mean.
  EXPECT_EQ(host.destroyed.load(), 2);
}

TEST(Pool, CanBeSwitchedOff) {
  if (kSanitized) GTEST_SKIP() << "it is off already";
  // The variable is read when the library is loaded, so this needs a process of its own.
  char self[4096];
  const ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);
  ASSERT_GT(length, 0);
  self[length] = '\0';
  const pid_t child = fork();
  if (child == 0) {
    setenv("SIMPLE_TORCH_POOL", "0", 1);
    execl(self, self, "--gtest_filter=PoolOff.*", "--gtest_also_run_disabled_tests",
          nullptr);
    _exit(1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

TEST(PoolOff, DISABLED_KeepsNothing) {
  ASSERT_TRUE(pool_is_off());
  for (const int64_t elements : {10, 100'000, 10'000'000}) {
    simple_torch_tensor_free(zeros({elements}));
    simple_torch_tensor_free(zeros({elements}));
  }
  EXPECT_EQ(statistic(SIMPLE_TORCH_MEMORY_POOL_HITS), 0);
  EXPECT_EQ(statistic(SIMPLE_TORCH_MEMORY_CACHED_BYTES), 0);
  EXPECT_EQ(statistic(SIMPLE_TORCH_MEMORY_LIVE_BYTES), 0);
}

}  // namespace
