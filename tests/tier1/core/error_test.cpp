#include <thread>

#include "support/support.h"

namespace {

TEST(ErrorRecord, SaysWhatFailedAndWhy) {
  const Owned left(zeros({2, 3}));
  const Owned right(zeros({2, 3}));
  EXPECT_EQ(simple_torch_tensor_matmul(left, right), 0);
  EXPECT_EQ(simple_torch_error_code(), SIMPLE_TORCH_E_TORCH);
  EXPECT_STREQ(simple_torch_error_name(simple_torch_error_code()), "TORCH");
  EXPECT_STREQ(simple_torch_error_operation(), "simple_torch_tensor_matmul");
  EXPECT_STREQ(simple_torch_error_argument(), "");
  // Newer versions say "mm: " before it.
  const std::string message = simple_torch_error_message();
  EXPECT_TRUE(message.starts_with("simple_torch_tensor_matmul: ")) << message;
  EXPECT_TRUE(
      message.ends_with("mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)"))
      << message;
}

TEST(ErrorRecord, StaysUntilTheNextFailureOrUntilItIsCleared) {
  EXPECT_EQ(simple_torch_tensor_ndim(0), SIMPLE_TORCH_E_BAD_HANDLE);
  const Owned tensor(zeros({1}));
  EXPECT_EQ(simple_torch_error_code(), SIMPLE_TORCH_E_BAD_HANDLE);
  EXPECT_EQ(simple_torch_tensor_zeros(nullptr, 2), 0);
  EXPECT_EQ(simple_torch_error_code(), SIMPLE_TORCH_E_BAD_ARGUMENT);
  EXPECT_EQ(simple_torch_error_clear(), 0);
  EXPECT_EQ(simple_torch_error_code(), 0);
  EXPECT_STREQ(simple_torch_error_message(), "");
  EXPECT_STREQ(simple_torch_error_operation(), "");
}

TEST(ErrorRecord, BelongsToItsThread) {
  simple_torch_error_clear();
  std::thread([] {
    EXPECT_EQ(simple_torch_tensor_ndim(0), SIMPLE_TORCH_E_BAD_HANDLE);
    EXPECT_EQ(simple_torch_error_code(), SIMPLE_TORCH_E_BAD_HANDLE);
  }).join();
  EXPECT_EQ(simple_torch_error_code(), 0);
}

TEST(ErrorRecord, HasABacktraceApartFromTheMessage) {
  const Owned tensor(zeros({2, 3}));
  EXPECT_EQ(simple_torch_tensor_matmul(tensor, tensor), 0);
  const std::string message = simple_torch_error_message();
  EXPECT_EQ(message.find("Exception raised"), std::string::npos) << message;
  EXPECT_EQ(message.find("frame #"), std::string::npos) << message;
  const int64_t length = simple_torch_error_backtrace(nullptr, 0);
  ASSERT_GT(length, 0);
  std::string text(static_cast<size_t>(length) + 1, '\0');
  EXPECT_EQ(simple_torch_error_backtrace(text.data(), length + 1), length);
  // Old versions make the frames only if that was asked for at the start.
  const bool old = std::strncmp(simple_torch_libtorch_version(), "1.", 2) == 0;
  EXPECT_EQ(text.find("frame #") == std::string::npos, old) << text;
}

TEST(ErrorRecord, IsNotChangedByABacktraceThatCannotBeWritten) {
  EXPECT_EQ(simple_torch_tensor_ndim(0), SIMPLE_TORCH_E_BAD_HANDLE);
  const std::string message = simple_torch_error_message();
  char text[8] = "as it";
  EXPECT_EQ(simple_torch_error_backtrace(nullptr, 8), SIMPLE_TORCH_E_BAD_ARGUMENT);
  EXPECT_EQ(simple_torch_error_backtrace(text, -1), SIMPLE_TORCH_E_BAD_ARGUMENT);
  EXPECT_STREQ(text, "as it");
  EXPECT_EQ(simple_torch_error_code(), SIMPLE_TORCH_E_BAD_HANDLE);
  EXPECT_EQ(simple_torch_error_message(), message);
  EXPECT_STREQ(simple_torch_error_operation(), "simple_torch_tensor_ndim");
}

TEST(ErrorRecord, IsReadBeforeTheHostCollects) {
  int collected = 0;
  simple_torch_runtime runtime{};
  runtime.size = sizeof(runtime);
  runtime.context = &collected;
  runtime.collect = [](void* context, int64_t, int64_t) -> int64_t {
    ++*static_cast<int*>(context);
    return simple_torch_tensor_ndim(-1);
  };
  ASSERT_EQ(simple_torch_runtime_attach(&runtime), 0);
  simple_torch_memory_set_pressure(kMiB);
  EXPECT_EQ(simple_torch_tensor_ndim(0), SIMPLE_TORCH_E_BAD_HANDLE);
  const std::string message = simple_torch_error_message();
  const Owned large(zeros({kMiB}));
  EXPECT_EQ(simple_torch_error_backtrace(nullptr, 0), 0);
  EXPECT_EQ(collected, 0);
  EXPECT_EQ(simple_torch_error_message(), message);
  simple_torch_runtime_poll();
  EXPECT_EQ(collected, 1);
  simple_torch_memory_set_pressure(-1);
  simple_torch_runtime_attach(nullptr);
}

TEST(ErrorRecord, CutsTextAtACharactersBorder) {
  // A name of two-byte characters that is no dtype comes back in the message.
  std::string name;
  for (int i = 0; i < 100'000; ++i) name += "\xc3\xa4";
  EXPECT_LT(simple_torch_dtype_from_name(name.c_str()), 0);
  const std::string message = simple_torch_error_message();
  EXPECT_LT(message.size(), size_t{64} << 10 | 1);
  EXPECT_GT(message.size(), size_t{60} << 10);
  EXPECT_EQ(message.substr(message.size() - 2), "\xc3\xa4");
}

TEST(ErrorRecord, NamesEveryCode) {
  EXPECT_STREQ(simple_torch_error_name(0), "OK");
  EXPECT_STREQ(simple_torch_error_name(SIMPLE_TORCH_E_STALE_HANDLE), "STALE_HANDLE");
  EXPECT_STREQ(simple_torch_error_name(SIMPLE_TORCH_E_INTERNAL), "INTERNAL");
  EXPECT_STREQ(simple_torch_error_name(SIMPLE_TORCH_E_INTERNAL - 1), "UNKNOWN");
  EXPECT_STREQ(simple_torch_error_name(1), "UNKNOWN");
  EXPECT_STREQ(simple_torch_error_name(INT64_MIN), "UNKNOWN");
}

TEST(ErrorRecord, FollowsTheTypeOfTheError) {
  const Owned tensor(zeros({2}));
  const int64_t beyond[] = {5};
  int64_t bits[2];
  int64_t kind;
  EXPECT_EQ(simple_torch_tensor_get(tensor, beyond, 1, bits, &kind),
            SIMPLE_TORCH_E_INDEX);
  EXPECT_LT(simple_torch_dtype_set_default(kInt64), 0);
  // More memory than there can be.
  const int64_t dims[] = {int64_t{1} << 50};
  EXPECT_EQ(simple_torch_tensor_zeros(dims, 1), 0);
  expect_failure(SIMPLE_TORCH_E_OUT_OF_MEMORY, "");
}

TEST(ErrorRecord, DoesNotGrowWithTheNumberOfFailures) {
  if (kSanitized)
    GTEST_SKIP() << "a sanitizer's memory hides a leak; it looks for them itself";
  const Owned left(zeros({2, 3}));
  const auto fail_often = [&](int count) {
    for (int i = 0; i < count; ++i) {
      simple_torch_tensor_ndim(0);
      if (i % 10 == 0) simple_torch_tensor_matmul(left, left);
    }
  };
  fail_often(1000);
  const int64_t before = resident_bytes();
  // Old versions take a hundred times as long for an error of their own.
  const bool quick = std::strncmp(simple_torch_libtorch_version(), "1.", 2) != 0;
  fail_often(quick ? 1'000'000 : 100'000);
  EXPECT_LT(resident_bytes() - before, kMiB);
}

TEST(Warning, IsKeptForItsThreadAndNotPrinted) {
  simple_torch_warning_clear();
  EXPECT_STREQ(simple_torch_warning_message(), "");
  testing::internal::CaptureStderr();
  // libtorch warns once that this type is not ready yet.
  const int64_t dims[] = {2};
  const Owned half(simple_torch_tensor_empty(dims, 1, 8, -1));
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  EXPECT_NE(std::strstr(simple_torch_warning_message(), "ComplexHalf"), nullptr)
      << simple_torch_warning_message();
  EXPECT_EQ(simple_torch_warning_clear(), 0);
  EXPECT_STREQ(simple_torch_warning_message(), "");
}

TEST(Library, SaysWhatItIs) {
  EXPECT_EQ(simple_torch_available(), 1);
  EXPECT_EQ(simple_torch_abi_version(), 1);
  const std::string version = simple_torch_version();
  const std::string libtorch = simple_torch_libtorch_version();
  EXPECT_TRUE(version.starts_with("simple-torch 0.1.0 (libtorch ")) << version;
  EXPECT_NE(version.find(libtorch), std::string::npos) << version;
}

TEST(Text, GoesToABufferAsFarAsItFits) {
  char text[8];
  EXPECT_EQ(simple_torch_device_name(0, text, sizeof(text)), 3);
  EXPECT_STREQ(text, "cpu");
  EXPECT_EQ(simple_torch_device_name(0, text, 3), 3);
  EXPECT_STREQ(text, "cp");
  EXPECT_EQ(simple_torch_device_name(0, nullptr, 0), 3);
  EXPECT_EQ(simple_torch_device_name(0, nullptr, 8), SIMPLE_TORCH_E_BAD_ARGUMENT);
  EXPECT_EQ(simple_torch_device_name(0, text, -1), SIMPLE_TORCH_E_BAD_ARGUMENT);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "capacity");
}

TEST(Text, ThatIsNotUtf8IsRefused) {
  for (const char* const bad : {"\xff", "a\xc3", "\xc0\x80", "\xed\xa0\x80",
                                "\xf5\x80\x80\x80", "\xe0\x80\x80", "\xf4\x90\x80\x80"}) {
    EXPECT_EQ(simple_torch_dtype_from_name(bad), SIMPLE_TORCH_E_BAD_ARGUMENT);
    EXPECT_NE(std::strstr(simple_torch_error_message(), "is not UTF-8"), nullptr)
        << simple_torch_error_message();
  }
}

}  // namespace
