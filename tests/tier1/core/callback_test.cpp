// Callbacks: what they say when they fail, and that they may call the library.
#include <thread>

#include "support/support.h"

namespace {

using Visit = int64_t (*)(void*, const simple_torch_handle_record*);

// Runs a callback once, inside simple_torch_handle_visit().
int64_t call_back(Visit visit, void* context = nullptr) {
  const Owned shown(zeros({1}));
  return simple_torch_handle_visit(visit, context);
}

TEST(Callback, MayFailWithoutSayingWhy) {
  EXPECT_EQ(
      call_back([](void*, const simple_torch_handle_record*) -> int64_t { return -7; }),
      SIMPLE_TORCH_E_CALLBACK);
  EXPECT_STREQ(simple_torch_error_operation(), "simple_torch_handle_visit");
  EXPECT_NE(std::strstr(simple_torch_error_message(), "simple_torch_handle_visit: "),
            nullptr);
}

TEST(Callback, DoesNotSayWhatAnEarlierOneSaid) {
  simple_torch_callback_error("something else, long ago");
  EXPECT_EQ(
      call_back([](void*, const simple_torch_handle_record*) -> int64_t { return 1; }),
      SIMPLE_TORCH_E_CALLBACK);
  EXPECT_EQ(std::strstr(simple_torch_error_message(), "long ago"), nullptr);
}

TEST(Callback, ThatSucceedsLeavesNoRecordWhateverItSaid) {
  simple_torch_error_clear();
  EXPECT_EQ(call_back([](void*, const simple_torch_handle_record*) -> int64_t {
              simple_torch_callback_error("not so bad after all");
              return 0;
            }),
            1);
  EXPECT_EQ(simple_torch_error_code(), 0);
}

TEST(Callback, MayTakeItsWordsBack) {
  EXPECT_EQ(call_back([](void*, const simple_torch_handle_record*) -> int64_t {
              simple_torch_callback_error("wrong");
              simple_torch_callback_error(nullptr);
              return 1;
            }),
            SIMPLE_TORCH_E_CALLBACK);
  EXPECT_EQ(std::strstr(simple_torch_error_message(), "wrong"), nullptr);
}

TEST(Callback, MaySayAMegabyteWhichIsCutAtACharactersBorder) {
  std::string euros;
  for (int i = 0; i < 350'000; ++i) euros += "\xe2\x82\xac";
  EXPECT_EQ(call_back(
                [](void* text, const simple_torch_handle_record*) -> int64_t {
                  return 1 + simple_torch_callback_error(
                                 static_cast<std::string*>(text)->c_str());
                },
                &euros),
            SIMPLE_TORCH_E_CALLBACK);
  const std::string message = simple_torch_error_message();
  const std::string start = "simple_torch_handle_visit: ";
  ASSERT_TRUE(message.starts_with(start));
  const std::string said = message.substr(start.size());
  EXPECT_GT(said.size(), size_t{1000});
  EXPECT_EQ(said.size() % 3, 0u);
  EXPECT_EQ(said, euros.substr(0, said.size()));
}

TEST(Callback, ThatCallsTheLibraryAndFailsThereReportsTheOuterFunction) {
  EXPECT_EQ(call_back([](void*, const simple_torch_handle_record*) -> int64_t {
              EXPECT_EQ(simple_torch_tensor_ndim(0), SIMPLE_TORCH_E_BAD_HANDLE);
              EXPECT_STREQ(simple_torch_error_operation(), "simple_torch_tensor_ndim");
              return simple_torch_callback_error(simple_torch_error_message()) + 1;
            }),
            SIMPLE_TORCH_E_CALLBACK);
  EXPECT_STREQ(simple_torch_error_operation(), "simple_torch_handle_visit");
  EXPECT_STREQ(
      simple_torch_error_message(),
      "simple_torch_handle_visit: simple_torch_tensor_ndim: tensor: is 0, which names "
      "no tensor");
}

TEST(Callback, MayMakeHandlesWhichCarryTheNameOfTheInnerFunction) {
  simple_torch_handle made = 0;
  // The visit may or may not come by the new handle.
  EXPECT_GE(call_back(
                [](void* context, const simple_torch_handle_record*) -> int64_t {
                  auto& handle = *static_cast<simple_torch_handle*>(context);
                  if (handle == 0) handle = ones({4});
                  return 0;
                },
                &made),
            1);
  char text[1024];
  simple_torch_handle_dump(text, sizeof(text));
  EXPECT_NE(std::strstr(text, "made by simple_torch_tensor_ones"), nullptr) << text;
  EXPECT_EQ(simple_torch_tensor_free(made), 0);
}

TEST(Callback, MayVisitInsideAVisit) {
  int64_t inner = 0;
  EXPECT_EQ(
      call_back(
          [](void* context, const simple_torch_handle_record*) -> int64_t {
            const auto nothing = [](void*, const simple_torch_handle_record*) -> int64_t {
              return 0;
            };
            *static_cast<int64_t*>(context) = simple_torch_handle_visit(nothing, nullptr);
            return 0;
          },
          &inner),
      1);
  EXPECT_EQ(inner, 1);
}

TEST(Callback, TextBelongsToItsThread) {
  EXPECT_EQ(
      call_back([](void*, const simple_torch_handle_record*) -> int64_t {
        std::thread([] { simple_torch_callback_error("of another thread"); }).join();
        return 1;
      }),
      SIMPLE_TORCH_E_CALLBACK);
  EXPECT_EQ(std::strstr(simple_torch_error_message(), "of another thread"), nullptr);
}

TEST(Destroy, IsCalledOnceHoweverManyHandlesShareTheMemory) {
  static float memory[4];
  int destroyed = 0;
  const int64_t dims[] = {4};
  const simple_torch_handle blob = simple_torch_tensor_from_blob(
      memory, sizeof(memory), dims, 1, nullptr, kFloat32,
      [](void* context) { ++*static_cast<int*>(context); }, &destroyed);
  const simple_torch_handle alias = simple_torch_tensor_alias(blob);
  EXPECT_EQ(simple_torch_tensor_free(blob), 0);
  EXPECT_EQ(destroyed, 0);
  EXPECT_EQ(simple_torch_tensor_free(alias), 0);
  EXPECT_EQ(destroyed, 1);
}

TEST(Destroy, MayCallTheLibraryAndFreeOtherHandles) {
  static float memory[4];
  simple_torch_handle other = zeros({2});
  const int64_t dims[] = {4};
  const simple_torch_handle blob = simple_torch_tensor_from_blob(
      memory, sizeof(memory), dims, 1, nullptr, kFloat32,
      [](void* context) {
        auto& handle = *static_cast<simple_torch_handle*>(context);
        EXPECT_EQ(simple_torch_tensor_free(handle), 0);
        handle = zeros({3});
      },
      &other);
  EXPECT_EQ(simple_torch_tensor_free(blob), 0);
  EXPECT_EQ(simple_torch_tensor_numel(other), 3);
  EXPECT_EQ(simple_torch_tensor_free(other), 0);
}

TEST(Destroy, MayFailACallWithoutFailingTheOneThatFreed) {
  static float memory[4];
  const int64_t dims[] = {4};
  const simple_torch_handle blob = simple_torch_tensor_from_blob(
      memory, sizeof(memory), dims, 1, nullptr, kFloat32,
      [](void*) { simple_torch_tensor_ndim(0); }, nullptr);
  EXPECT_EQ(simple_torch_tensor_free(blob), 0);
}

}  // namespace
