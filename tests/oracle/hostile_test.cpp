// Every operator's C function refuses what its parameters cannot take, one bad word at a
// time, before libtorch sees any of it; and says so with its own name.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>

#include "c_call.h"
#include "inputs.h"
#include "simple_torch/simple_torch.h"

namespace simple_torch::oracle {
namespace {

struct Hostile {
  simple_torch_handle stale;
  simple_torch_handle undefined;
  simple_torch_handle generator;
  simple_torch_handle list;
};

// The words that a parameter of a kind must refuse.
std::vector<int64_t> bad_words(WordKind kind, const Hostile& handles) {
  switch (kind) {
    case WordKind::kTensor:
      return {
          0, -1, 12345, INT64_MAX, handles.stale, handles.undefined, handles.generator};
    case WordKind::kOptionalTensor:
      return {-1, 12345, INT64_MAX, handles.stale, handles.generator};
    case WordKind::kHandle:
      return {0, -1, 12345, handles.stale, handles.list};
    case WordKind::kOptionalHandle:
      return {-1, 12345, handles.stale, handles.list};
    case WordKind::kCount:
      return {-1, -7, INT64_MIN, int64_t{1} << 50};
    case WordKind::kOptionalCount:
      return {-2, INT64_MIN, int64_t{1} << 50};
    case WordKind::kNumberKind:
      return {SIMPLE_TORCH_NUMBER_NONE, 5, 99, -1};
    case WordKind::kOptionalNumberKind:
      return {5, 99, -1};
    case WordKind::kIntKind:
      return {SIMPLE_TORCH_NUMBER_FLOAT, SIMPLE_TORCH_NUMBER_BOOL,
              SIMPLE_TORCH_NUMBER_COMPLEX, 99, -1};
    case WordKind::kFloatKind:
      return {SIMPLE_TORCH_NUMBER_BOOL, SIMPLE_TORCH_NUMBER_COMPLEX, 99, -1};
    case WordKind::kBoolKind:
      return {SIMPLE_TORCH_NUMBER_INT, SIMPLE_TORCH_NUMBER_FLOAT,
              SIMPLE_TORCH_NUMBER_COMPLEX, 99, -1};
    case WordKind::kBool:
      return {2, -1, INT64_MIN};
    case WordKind::kEnumerator:
      return {-2, 100, 1000, INT64_MAX};
    case WordKind::kDevice:
      return {-2, 77, int64_t{1} << 40};
    case WordKind::kMask:
      return {-1, 1 << 8, INT64_MAX};
    case WordKind::kText:
      return {0};
    default:
      return {};
  }
}

TEST(Hostile, WordsAreRefusedByEveryOperator) {
  const Recipes recipes(SIMPLE_TORCH_RECIPES);
  Hostile handles{};
  const int64_t dims[] = {2};
  handles.stale = simple_torch_tensor_zeros(dims, 1);
  simple_torch_tensor_free(handles.stale);
  handles.undefined = simple_torch_tensor_undefined();
  handles.generator = simple_torch_generator_create(-1);
  handles.list = simple_torch_list_create(nullptr, 0);

  size_t operators = 0;
  size_t calls = 0;
  for (const c10::OperatorHandle& operation : all_operators()) {
    const DeclaredForm form(operation.schema());
    const c10::FunctionSchema& schema = form.schema();
    void* const function = c_function(schema);
    if (function == nullptr) continue;
    // It refuses good words too, which the sweep sees to.
    if (!form.obstacle().empty()) continue;
    ++operators;
    // Whether libtorch would take the other words does not matter: it is never asked.
    const Attempt attempt{0, 0, 1, 0};
    const Words good(schema,
                     form.arguments(arguments_for(operation.schema(), attempt, recipes)));
    for (size_t i = 0; i < good.words.size(); ++i) {
      std::vector<int64_t> bad = bad_words(good.words[i].kind, handles);
      const bool is_list = good.words[i].kind == WordKind::kList ||
                           good.words[i].kind == WordKind::kHandleList;
      if (is_list && good.words[i + 1].bits > 0) bad = {0};
      for (const int64_t word : bad) {
        std::vector<CWord> words = good.words;
        words[i].bits = word;
        simple_torch_error_clear();
        std::vector<int64_t> outs;
        const int64_t returned = call_raw(function, schema, words, outs);
        ++calls;
        ASSERT_NE(simple_torch_error_code(), 0)
            << c_name_of(schema) << " takes " << word << " as word " << i;
        ASSERT_EQ(returned, returns_handle(schema) ? 0 : simple_torch_error_code());
        ASSERT_EQ(c_name_of(schema), simple_torch_error_operation());
        ASSERT_STRNE(simple_torch_error_argument(), "")
            << c_name_of(schema) << " with " << word << " as word " << i << ": "
            << simple_torch_error_message();
        ASSERT_TRUE(std::all_of(outs.begin(), outs.end(), [](int64_t each) {
          return each == 0;
        })) << c_name_of(schema);
      }
    }
    // A bad handle among good ones.
    for (size_t i = 0; i < good.words.size(); ++i) {
      if (good.words[i].kind != WordKind::kHandleList || good.words[i + 1].bits < 1) {
        continue;
      }
      std::vector<simple_torch_handle> list(
          reinterpret_cast<const simple_torch_handle*>(good.words[i].bits),
          reinterpret_cast<const simple_torch_handle*>(good.words[i].bits) +
              good.words[i + 1].bits);
      list.back() = handles.stale;
      std::vector<CWord> words = good.words;
      words[i].bits = reinterpret_cast<int64_t>(list.data());
      simple_torch_error_clear();
      std::vector<int64_t> outs;
      call_raw(function, schema, words, outs);
      ++calls;
      ASSERT_EQ(simple_torch_error_code(), SIMPLE_TORCH_E_STALE_HANDLE)
          << c_name_of(schema) << ": " << simple_torch_error_message();
    }
  }
  EXPECT_GT(operators, 2900u);
  EXPECT_GT(calls, 40000u);
  std::cout << "operators " << operators << ", hostile calls " << calls << '\n';
  simple_torch_release(handles.undefined);
  simple_torch_release(handles.generator);
  simple_torch_release(handles.list);
}

}  // namespace
}  // namespace simple_torch::oracle
