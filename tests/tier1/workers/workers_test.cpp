// Threads that prepare data: what they give is what the direct call gives, in the order
// in which it was asked for, and what fails there fails here.
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "support/support.h"
#include "support/values.h"

namespace {

using WorkersTest = LeavesNoHandles;

const std::string kImages = SIMPLE_TORCH_RECORDED_FILES "/images/";

simple_torch_handle places(const std::vector<int64_t>& numbers) {
  const auto count = static_cast<int64_t>(numbers.size());
  return simple_torch_tensor_from_data(
      numbers.data(), count * static_cast<int64_t>(sizeof(int64_t)), &count, 1, kInt64);
}

int64_t add_rows(simple_torch_handle workers,
                 const std::vector<simple_torch_handle>& tensors,
                 const std::vector<int64_t>& rows) {
  const Owned at(places(rows));
  return simple_torch_workers_add_rows(workers, tensors.data(),
                                       static_cast<int64_t>(tensors.size()), at);
}

int64_t add_images(simple_torch_handle workers, const std::vector<std::string>& names,
                   int64_t channels = 3) {
  std::vector<simple_torch_handle> texts;
  for (const std::string& each : names) texts.push_back(value::of(each.c_str()));
  const Owned paths(value::list(texts));
  return simple_torch_workers_add_images(workers, paths, channels);
}

TEST_F(WorkersTest, GiveTheRowsInTheOrderTheyWereAskedFor) {
  const Owned inputs(doubles({4, 2}, {0, 1, 10, 11, 20, 21, 30, 31}));
  const Owned targets(doubles({4}, {0, 100, 200, 300}));
  for (const int64_t threads : {1, 2, 7}) {
    const Owned workers(simple_torch_workers_start(threads));
    constexpr int64_t kBatches = 200;
    for (int64_t i = 0; i < kBatches; ++i) {
      ASSERT_EQ(add_rows(workers, {inputs, targets}, {i % 4, 3}), 0);
    }
    EXPECT_EQ(simple_torch_workers_pending(workers), kBatches);
    for (int64_t i = 0; i < kBatches; ++i) {
      const Owned batch(simple_torch_workers_next(workers));
      ASSERT_EQ(simple_torch_list_length(batch), 2);
      const Owned rows(simple_torch_list_get(batch, 0));
      const Owned numbers(simple_torch_list_get(batch, 1));
      const auto first = static_cast<double>(i % 4);
      EXPECT_EQ(values(rows), (std::vector<double>{10 * first, 10 * first + 1, 30, 31}));
      EXPECT_EQ(values(numbers), (std::vector<double>{100 * first, 300}));
    }
    EXPECT_EQ(simple_torch_workers_pending(workers), 0);
  }
}

TEST_F(WorkersTest, ReadTheImagesThatTheDirectCallReads) {
  const std::string path = kImages + "RGB.jpg";
  const std::string other = kImages + "RGBA.png";
  const Owned workers(simple_torch_workers_start(2));
  ASSERT_EQ(add_images(workers, {path, other}), 0);
  ASSERT_EQ(add_images(workers, {other}, 1), 0);
  const Owned both(simple_torch_workers_next(workers));
  ASSERT_EQ(simple_torch_list_length(both), 2);
  for (const int64_t i : {0, 1}) {
    const Owned found(simple_torch_list_get(both, i));
    const Owned direct(simple_torch_image_load((i == 0 ? path : other).c_str(), 3, 8));
    EXPECT_EQ(shape(found), shape(direct));
    EXPECT_EQ(values(found), values(direct));
  }
  const Owned gray(simple_torch_workers_next(workers));
  const Owned only(simple_torch_list_get(gray, 0));
  EXPECT_EQ(shape(only)[0], 1);
}

TEST_F(WorkersTest, FailHereWithWhatTheWorkFailedWith) {
  const Owned data(doubles({3}, {1, 2, 3}));
  const Owned workers(simple_torch_workers_start(2));
  ASSERT_EQ(add_rows(workers, {data}, {0, 3}), 0);
  ASSERT_EQ(add_images(workers, {kImages + "none.png"}), 0);
  ASSERT_EQ(add_images(workers, {kImages + "animated.png"}), 0);
  ASSERT_EQ(add_rows(workers, {data}, {2}), 0);
  EXPECT_EQ(simple_torch_workers_next(workers), 0);
  EXPECT_EQ(simple_torch_error_code(), SIMPLE_TORCH_E_INDEX);
  EXPECT_NE(std::string(simple_torch_error_message()).find("out of range"),
            std::string::npos);
  EXPECT_EQ(simple_torch_workers_next(workers), 0);
  EXPECT_EQ(simple_torch_error_code(), SIMPLE_TORCH_E_IO);
  EXPECT_NE(std::string(simple_torch_error_message()).find("none.png"),
            std::string::npos);
  EXPECT_EQ(simple_torch_workers_next(workers), 0);
  EXPECT_NE(std::string(simple_torch_error_message()).find("animated"),
            std::string::npos);
  const Owned last(simple_torch_workers_next(workers));
  const Owned row(simple_torch_list_get(last, 0));
  EXPECT_EQ(values(row), std::vector<double>{3});
  EXPECT_EQ(simple_torch_workers_next(workers), 0);
  expect_failure(SIMPLE_TORCH_E_VALUE, "workers");
}

TEST_F(WorkersTest, WorkInTheModesOfWhoAsked) {
  const Owned data(doubles({2}, {1, 2}));
  ASSERT_EQ(simple_torch_tensor_set_requires_grad(data, 1), 0);
  const Owned workers(simple_torch_workers_start(1));
  ASSERT_EQ(add_rows(workers, {data}, {0}), 0);
  ASSERT_EQ(simple_torch_mode_set(SIMPLE_TORCH_MODE_GRAD, 0), 1);
  ASSERT_EQ(add_rows(workers, {data}, {0}), 0);
  ASSERT_EQ(simple_torch_mode_set(SIMPLE_TORCH_MODE_GRAD, 1), 0);
  for (const int64_t wanted : {1, 0}) {
    const Owned batch(simple_torch_workers_next(workers));
    const Owned row(simple_torch_list_get(batch, 0));
    EXPECT_EQ(simple_torch_tensor_requires_grad(row), wanted);
  }
}

TEST_F(WorkersTest, RefuseWhatIsNoWork) {
  for (const int64_t threads : {int64_t{0}, int64_t{-1}, int64_t{257}, INT64_MAX}) {
    EXPECT_EQ(simple_torch_workers_start(threads), 0);
    expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "threads");
  }
  const Owned data(doubles({1}, {1}));
  const Owned workers(simple_torch_workers_start(1));
  EXPECT_NE(add_rows(data, {data}, {0}), 0);
  expect_failure(SIMPLE_TORCH_E_WRONG_KIND, "workers");
  const simple_torch_handle tensors[] = {data};
  EXPECT_NE(simple_torch_workers_add_rows(workers, tensors, 1, 12345), 0);
  expect_failure(SIMPLE_TORCH_E_BAD_HANDLE, "rows");
  const simple_torch_handle wrong[] = {workers};
  EXPECT_NE(simple_torch_workers_add_rows(workers, wrong, 1, data), 0);
  expect_failure(SIMPLE_TORCH_E_WRONG_KIND, "tensors");
  EXPECT_NE(simple_torch_workers_add_images(workers, data, 3), 0);
  expect_failure(SIMPLE_TORCH_E_WRONG_KIND, "paths");
  EXPECT_NE(add_images(workers, {kImages + "RGB.png"}, 5), 0);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "channels");
  const Owned number(value::of(int64_t{1}));
  EXPECT_NE(simple_torch_workers_add_images(workers, number, 3), 0);
  expect_failure(SIMPLE_TORCH_E_TYPE, "paths");
  const Owned numbers(value::list({value::of(int64_t{1})}));
  EXPECT_NE(simple_torch_workers_add_images(workers, numbers, 3), 0);
  expect_failure(SIMPLE_TORCH_E_TYPE, "paths");
  EXPECT_EQ(simple_torch_workers_pending(workers), 0);
}

// Nothing may be left behind, whenever they go: before, within or after their work.
TEST_F(WorkersTest, GoAtAnyTime) {
  const Owned data(ones({200, 200}));
  const std::vector<int64_t> rows(100, 7);
  for (int i = 0; i < 100; ++i) {
    const Owned workers(simple_torch_workers_start(1 + i % 4));
    for (int k = 0; k < i % 7; ++k) ASSERT_EQ(add_rows(workers, {data}, rows), 0);
    if (i % 3 == 0) std::this_thread::sleep_for(std::chrono::microseconds(50));
    if (i % 7 > 2) Owned(simple_torch_workers_next(workers));
  }
}

TEST_F(WorkersTest, AreUsedByManyThreads) {
  const Owned data(doubles({3}, {1, 2, 3}));
  const Owned workers(simple_torch_workers_start(3));
  std::vector<std::thread> users;
  std::atomic<int> taken = 0;
  for (int user = 0; user < 4; ++user) {
    users.emplace_back([&] {
      for (int i = 0; i < 100; ++i) {
        ASSERT_EQ(add_rows(workers, {data}, {i % 3}), 0);
        const Owned batch(simple_torch_workers_next(workers));
        ASSERT_NE(batch, 0);
        ++taken;
      }
    });
  }
  for (std::thread& each : users) each.join();
  EXPECT_EQ(taken, 400);
}

// What is at work when a program ends must not be in libtorch when that goes.
TEST_F(WorkersTest, EndBeforeTheirProgram) {
  // In a process of its own: OpenMP's threads do not go through a fork.
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  for (size_t i = 0; i < 5; ++i) {
    EXPECT_EXIT(
        {
          const simple_torch_handle data = ones({1000, 1000});
          const simple_torch_handle workers = simple_torch_workers_start(2);
          for (int k = 0; k < 50; ++k) {
            add_rows(workers, {data}, std::vector<int64_t>(200 + i, k));
          }
          std::exit(0);
        },
        testing::ExitedWithCode(0), "");
  }
}

TEST_F(WorkersTest, StayInTheirProcess) {
  const Owned data(doubles({1}, {1}));
  const Owned workers(simple_torch_workers_start(1));
  ASSERT_EQ(add_rows(workers, {data}, {0}), 0);
  const pid_t child = fork();
  if (child == 0) {
    const bool refuses = simple_torch_workers_next(workers) == 0 &&
                         simple_torch_error_code() == SIMPLE_TORCH_E_UNSUPPORTED &&
                         simple_torch_workers_free(workers) == 0;
    _exit(refuses ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  const Owned batch(simple_torch_workers_next(workers));
  EXPECT_EQ(simple_torch_list_length(batch), 1);
}

}  // namespace
