#include <algorithm>
#include <atomic>
#include <thread>

#include "support/support.h"

namespace {

TEST(Handle, IsPositiveAndCarriesItsKindInBits56To62) {
  const Owned tensor(zeros({2}));
  const Owned generator(simple_torch_generator_create(-1));
  EXPECT_GT(tensor, 0);
  EXPECT_EQ(tensor >> 56, SIMPLE_TORCH_KIND_TENSOR);
  EXPECT_EQ(generator >> 56, SIMPLE_TORCH_KIND_GENERATOR);
  EXPECT_EQ(simple_torch_handle_kind(tensor), SIMPLE_TORCH_KIND_TENSOR);
  EXPECT_EQ(simple_torch_handle_kind(generator), SIMPLE_TORCH_KIND_GENERATOR);
}

TEST(Handle, OfAFreedTensorIsStaleAlsoAfterItsSlotIsReused) {
  const simple_torch_handle freed = zeros({2});
  ASSERT_EQ(simple_torch_tensor_free(freed), 0);
  const Owned next(zeros({3}));
  // Same slot, another generation.
  EXPECT_EQ(next & 0xffffffff, freed & 0xffffffff);
  EXPECT_EQ(simple_torch_tensor_ndim(freed), SIMPLE_TORCH_E_STALE_HANDLE);
  expect_failure(SIMPLE_TORCH_E_STALE_HANDLE, "tensor");
}

TEST(Handle, IsFreedOnce) {
  const simple_torch_handle tensor = zeros({2});
  EXPECT_EQ(simple_torch_tensor_free(tensor), 0);
  EXPECT_EQ(simple_torch_tensor_free(tensor), SIMPLE_TORCH_E_STALE_HANDLE);
  EXPECT_EQ(simple_torch_release(tensor), SIMPLE_TORCH_E_STALE_HANDLE);
  EXPECT_EQ(simple_torch_tensor_free(0), 0);
  EXPECT_EQ(simple_torch_release(0), 0);
}

TEST(Handle, OfAnotherKindIsRefusedAndStaysAlive) {
  const Owned generator(simple_torch_generator_create(-1));
  EXPECT_EQ(simple_torch_tensor_free(generator), SIMPLE_TORCH_E_WRONG_KIND);
  expect_failure(SIMPLE_TORCH_E_WRONG_KIND, "tensor");
  EXPECT_STREQ(simple_torch_error_message(),
               "simple_torch_tensor_free: tensor: is a generator, not a tensor");
  EXPECT_EQ(simple_torch_handle_kind(generator), SIMPLE_TORCH_KIND_GENERATOR);
}

TEST(Handle, ThatWasNeverGivenOutIsBad) {
  const Owned tensor(zeros({2}));
  const int64_t forged[] = {
      1,
      12345,
      -1,
      INT64_MIN,
      INT64_MAX,
      -tensor,
      tensor | INT64_MIN,                     // The dead bit.
      tensor + (int64_t{1} << 32),            // A generation that is still to come.
      tensor + 1'000'000,                     // A slot that does not exist.
      tensor & ~int64_t{0xffffffff},          // No slot.
      (int64_t{99} << 56) | (tensor & 0xff),  // No kind.
  };
  for (const int64_t each : forged) {
    EXPECT_EQ(simple_torch_tensor_numel(each), SIMPLE_TORCH_E_BAD_HANDLE) << each;
    EXPECT_EQ(simple_torch_release(each), SIMPLE_TORCH_E_BAD_HANDLE) << each;
  }
  // The kind's bits changed to another one's: right slot, right generation.
  const int64_t other_kind =
      (tensor & ~(int64_t{0x7f} << 56)) | (int64_t{SIMPLE_TORCH_KIND_SCOPE} << 56);
  EXPECT_LT(simple_torch_release(other_kind), 0);
  EXPECT_EQ(simple_torch_tensor_numel(tensor), 2);
}

TEST(Handle, CountsRiseAndFallForEachKind) {
  const int64_t tensors = simple_torch_handle_live_count(SIMPLE_TORCH_KIND_TENSOR);
  const int64_t all = simple_torch_handle_live_count(0);
  {
    const Owned tensor(zeros({2}));
    const Owned alias(simple_torch_tensor_alias(tensor));
    const Owned generator(simple_torch_generator_create(-1));
    EXPECT_EQ(simple_torch_handle_live_count(SIMPLE_TORCH_KIND_TENSOR), tensors + 2);
    EXPECT_EQ(simple_torch_handle_live_count(SIMPLE_TORCH_KIND_GENERATOR), 1);
    EXPECT_EQ(simple_torch_handle_live_count(0), all + 3);
  }
  EXPECT_EQ(simple_torch_handle_live_count(0), all);
  EXPECT_EQ(simple_torch_handle_live_count(55), SIMPLE_TORCH_E_BAD_ARGUMENT);
  EXPECT_EQ(simple_torch_handle_live_count(-1), SIMPLE_TORCH_E_BAD_ARGUMENT);
}

TEST(Handle, MadeOnOneThreadAndFreedOnAnotherIsCountedRight) {
  std::vector<simple_torch_handle> made(1000);
  std::thread([&] {
    for (auto& each : made) each = zeros({1});
  }).join();
  EXPECT_EQ(simple_torch_handle_live_count(0), 1000);
  for (const auto each : made) EXPECT_EQ(simple_torch_tensor_free(each), 0);
  EXPECT_EQ(simple_torch_handle_live_count(0), 0);
}

TEST(Handle, BytesCountASharedStorageOnce) {
  const int64_t before = simple_torch_handle_live_bytes();
  const Owned tensor(zeros({1000}));
  const Owned alias(simple_torch_tensor_alias(tensor));
  EXPECT_EQ(simple_torch_handle_live_bytes() - before, 4000);
}

TEST(Handle, BytesAreThoseOfRealMemoryAndDoNotOverflow) {
  const int64_t before = simple_torch_handle_live_bytes();
  const int64_t many[] = {int64_t{1} << 58};
  const Owned meta(simple_torch_tensor_zeros_with(many, 1, kFloat64,
                                                  simple_torch_device_from_name("meta")));
  EXPECT_EQ(simple_torch_handle_live_bytes(), before);
  // Memory that is said to be there, and never touched.
  double element = 0;
  std::vector<Owned> huge;
  for (int i = 0; i < 5; ++i) {
    huge.emplace_back(simple_torch_tensor_from_blob(&element, INT64_MAX, many, 1, nullptr,
                                                    kFloat64, nullptr, nullptr));
  }
  EXPECT_EQ(simple_torch_handle_live_bytes(), INT64_MAX);
}

TEST(Handle, DumpShowsKindDtypeShapeBytesAndMaker) {
  const Owned tensor(zeros({2, 3}));
  char text[4096];
  const int64_t length = simple_torch_handle_dump(text, sizeof(text));
  ASSERT_GT(length, 0);
  EXPECT_EQ(static_cast<size_t>(length), std::strlen(text));
  EXPECT_NE(std::strstr(text, "tensor Float [2, 3] 24 bytes"), nullptr) << text;
  EXPECT_NE(std::strstr(text, "made by simple_torch_tensor_zeros"), nullptr) << text;
  EXPECT_EQ(simple_torch_handle_dump(nullptr, 0), length);
}

TEST(Handle, VisitShowsEachLiveHandleOnce) {
  const Owned first(zeros({2, 3}));
  const Owned second(simple_torch_generator_create(-1));
  std::vector<simple_torch_handle_record> seen;
  const auto visit = [](void* context,
                        const simple_torch_handle_record* record) -> int64_t {
    EXPECT_GE(record->age_ms, 0);
    if (record->kind == SIMPLE_TORCH_KIND_TENSOR) {
      EXPECT_EQ(record->ndim, 2);
      EXPECT_EQ(record->shape[1], 3);
      EXPECT_EQ(record->bytes, 24);
      EXPECT_EQ(record->dtype, kFloat32);
    }
    static_cast<std::vector<simple_torch_handle_record>*>(context)->push_back(*record);
    return 0;
  };
  EXPECT_EQ(simple_torch_handle_visit(visit, &seen), 2);
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_NE(seen[0].handle, seen[1].handle);
}

TEST(Handle, VisitEndsWithWhatTheCallbackSaid) {
  const Owned tensor(zeros({1}));
  const auto visit = [](void*, const simple_torch_handle_record*) -> int64_t {
    simple_torch_callback_error("seen enough");
    return 1;
  };
  EXPECT_EQ(simple_torch_handle_visit(visit, nullptr), SIMPLE_TORCH_E_CALLBACK);
  EXPECT_STREQ(simple_torch_error_message(), "simple_torch_handle_visit: seen enough");
  EXPECT_EQ(simple_torch_handle_visit(nullptr, nullptr), SIMPLE_TORCH_E_BAD_ARGUMENT);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "visit");
}

TEST(Handle, CanBeFreedWhileItIsVisited) {
  zeros({4});
  const auto visit = [](void*, const simple_torch_handle_record* record) -> int64_t {
    EXPECT_EQ(simple_torch_release(record->handle), 0);
    EXPECT_EQ(simple_torch_tensor_ndim(record->handle), SIMPLE_TORCH_E_STALE_HANDLE);
    // Still there: the visit holds it.
    EXPECT_EQ(record->shape[0], 4);
    return 0;
  };
  EXPECT_EQ(simple_torch_handle_visit(visit, nullptr), 1);
  EXPECT_EQ(simple_torch_handle_live_count(0), 0);
}

TEST(ReleaseMany, InvalidatesAtOnceAndDestroysAtTheNextCall) {
  const int64_t before = statistic(SIMPLE_TORCH_MEMORY_LIVE_BYTES);
  const simple_torch_handle handles[] = {zeros({1000}), 0, zeros({1000})};
  EXPECT_EQ(simple_torch_release_many(handles, 3), 2);
  EXPECT_EQ(simple_torch_handle_live_count(0), 0);
  EXPECT_EQ(simple_torch_tensor_ndim(handles[0]), SIMPLE_TORCH_E_STALE_HANDLE);
  EXPECT_EQ(statistic(SIMPLE_TORCH_MEMORY_LIVE_BYTES), before);
  // Nothing is alive any more, and that is no error.
  simple_torch_error_clear();
  EXPECT_EQ(simple_torch_release_many(handles, 3), 0);
  EXPECT_EQ(simple_torch_error_code(), 0);
}

TEST(ReleaseMany, RefusesBadLists) {
  EXPECT_EQ(simple_torch_release_many(nullptr, 0), 0);
  EXPECT_EQ(simple_torch_release_many(nullptr, 3), SIMPLE_TORCH_E_BAD_ARGUMENT);
  const simple_torch_handle none = 0;
  EXPECT_EQ(simple_torch_release_many(&none, -1), SIMPLE_TORCH_E_BAD_ARGUMENT);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "handles");
}

TEST(ReleaseMany, IsCompletedByTheLibraryItselfWhenNoCallComes) {
  std::atomic<bool> destroyed{false};
  static float memory[4];
  const int64_t dims[] = {4};
  const simple_torch_handle blob = simple_torch_tensor_from_blob(
      memory, sizeof(memory), dims, 1, nullptr, kFloat32,
      [](void* context) { static_cast<std::atomic<bool>*>(context)->store(true); },
      &destroyed);
  // The housekeeping looks after what is cached; this makes sure it is awake.
  simple_torch_tensor_free(zeros({100}));
  std::thread([&] { simple_torch_release_many(&blob, 1); }).join();
  EXPECT_FALSE(destroyed.load());
  for (int i = 0; i < 100 && !destroyed.load(); ++i) usleep(50'000);
  EXPECT_TRUE(destroyed.load());
}

// Threads that make, share, use, free and doubly free handles, all at random.
TEST(Handle, SurvivesThreadsThatShareAndFree) {
  constexpr int kThreads = 8;
  constexpr int kShared = 64;
  const int rounds = kSanitized ? 3000 : 30'000;
  std::atomic<simple_torch_handle> shared[kShared]{};
  std::atomic<int64_t> wrong{0};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      uint64_t random = 88172645463325252u + static_cast<uint64_t>(thread);
      const auto next = [&] {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        return random;
      };
      const auto check = [&](int64_t result, int64_t good) {
        if (result != good && result != SIMPLE_TORCH_E_STALE_HANDLE &&
            result != SIMPLE_TORCH_E_BAD_HANDLE) {
          ++wrong;
        }
      };
      for (int round = 0; round < rounds; ++round) {
        auto& place = shared[next() % kShared];
        const simple_torch_handle handle = place.load();
        switch (next() % 5) {
          case 0:
            // What was there before may be in use, and may be freed by another, too.
            if (const auto before = place.exchange(zeros({3}))) {
              check(simple_torch_tensor_free(before), 0);
            }
            break;
          case 1:
            check(simple_torch_tensor_numel(handle), 3);
            break;
          case 2:
            if (const auto sum = simple_torch_tensor_add(handle, handle)) {
              check(simple_torch_tensor_numel(sum), 3);
              check(simple_torch_tensor_free(sum), 0);
              check(simple_torch_tensor_free(sum), SIMPLE_TORCH_E_STALE_HANDLE);
            }
            break;
          case 3:
            check(simple_torch_tensor_free(handle), 0);
            break;
          default:
            check(simple_torch_release_many(&handle, 1) >= 0 ? 0 : -100, 0);
            break;
        }
      }
    });
  }
  for (auto& each : threads) each.join();
  for (auto& each : shared) simple_torch_release(each.load());
  simple_torch_runtime_poll();
  EXPECT_EQ(wrong.load(), 0);
  EXPECT_EQ(simple_torch_handle_live_count(0), 0);
}

TEST(Handle, CostsAtMost64BytesBeyondItsTensor) {
  if (kSanitized) GTEST_SKIP() << "a sanitizer's memory hides the table's";
  constexpr size_t kCount = 1'000'000;
  const Owned tensor(zeros({1}));
  std::vector<simple_torch_handle> handles(kCount, 1);
  const int64_t before = resident_bytes();
  for (auto& each : handles) each = simple_torch_tensor_alias(tensor);
  const int64_t grown = resident_bytes() - before;
  EXPECT_LE(grown, int64_t{64 * kCount}) << grown / int64_t{kCount} << " bytes each";
  for (const auto each : handles) ASSERT_EQ(simple_torch_tensor_free(each), 0);
}

}  // namespace
