// Operators by name: found, called with slots, with overloads chosen by the arguments.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "simple_torch/simple_torch.h"
#include "support/support.h"

namespace {

simple_torch_slot tensor_slot(simple_torch_handle tensor) {
  return {SIMPLE_TORCH_SLOT_TENSOR, tensor, 0};
}
simple_torch_slot int_slot(int64_t value) { return {SIMPLE_TORCH_SLOT_INT, value, 0}; }
simple_torch_slot float_slot(double value) {
  return {SIMPLE_TORCH_SLOT_FLOAT, simple_torch_float_bits(value), 0};
}
template <typename T>
simple_torch_slot list_slot(int64_t kind, const std::vector<T>& items) {
  return {kind, reinterpret_cast<int64_t>(items.data()),
          static_cast<int64_t>(items.size())};
}
simple_torch_slot text_slot(const char* text) {
  return {SIMPLE_TORCH_SLOT_TEXT, reinterpret_cast<int64_t>(text), 0};
}

class Found {
 public:
  explicit Found(const char* name, const char* overload = nullptr)
      : handle_(simple_torch_operator_find(name, overload)) {
    EXPECT_NE(handle_, 0) << simple_torch_error_message();
  }
  Found(const Found&) = delete;
  Found& operator=(const Found&) = delete;
  ~Found() { simple_torch_operator_free(handle_); }

  int64_t call(const std::vector<simple_torch_slot>& arguments,
               std::vector<simple_torch_slot>& results) const {
    return simple_torch_operator_call(
        handle_, arguments.data(), static_cast<int64_t>(arguments.size()), results.data(),
        static_cast<int64_t>(results.size()));
  }
  // The one result, a tensor.
  simple_torch_handle tensor(const std::vector<simple_torch_slot>& arguments) const {
    std::vector<simple_torch_slot> results(1);
    EXPECT_EQ(call(arguments, results), 1) << simple_torch_error_message();
    EXPECT_EQ(results[0].kind, SIMPLE_TORCH_SLOT_TENSOR);
    return results[0].bits;
  }
  std::string schema() const {
    std::string text(
        static_cast<size_t>(simple_torch_operator_schema(handle_, nullptr, 0)), '\0');
    simple_torch_operator_schema(handle_, text.data(),
                                 static_cast<int64_t>(text.size()) + 1);
    return text;
  }
  simple_torch_handle handle() const { return handle_; }

 private:
  simple_torch_handle handle_;
};

double item(simple_torch_handle tensor, size_t index) { return values(tensor).at(index); }

class Operator : public testing::Test {
 protected:
  Operator() { tensor_ = doubles({3}, {1, -2, 3}); }
  ~Operator() override { simple_torch_tensor_free(tensor_); }
  simple_torch_handle tensor_;
};

TEST_F(Operator, IsCalledByItsFullName) {
  const Found add("aten::add", "Tensor");
  const auto sum = add.tensor({tensor_slot(tensor_), tensor_slot(tensor_), int_slot(2)});
  EXPECT_EQ(item(sum, 2), 9);
  simple_torch_tensor_free(sum);
}

TEST_F(Operator, HasDefaultsForWhatIsLeftOut) {
  const Found add("aten::add", "Tensor");
  for (const auto& rest :
       {std::vector<simple_torch_slot>{}, {{SIMPLE_TORCH_SLOT_DEFAULT, 0, 0}}}) {
    std::vector<simple_torch_slot> arguments = {tensor_slot(tensor_),
                                                tensor_slot(tensor_)};
    arguments.insert(arguments.end(), rest.begin(), rest.end());
    const auto sum = add.tensor(arguments);
    EXPECT_EQ(item(sum, 0), 2);
    simple_torch_tensor_free(sum);
  }
}

TEST_F(Operator, IsChosenAmongOverloadsByItsArguments) {
  const Found add("aten::add");
  EXPECT_NE(add.schema().find("aten::add.Scalar("), std::string::npos);
  const auto with_number = add.tensor({tensor_slot(tensor_), float_slot(0.5)});
  EXPECT_EQ(item(with_number, 0), 1.5);
  const auto with_tensor = add.tensor({tensor_slot(tensor_), tensor_slot(tensor_)});
  EXPECT_EQ(item(with_tensor, 1), -4);
  simple_torch_tensor_free(with_number);
  simple_torch_tensor_free(with_tensor);

  const Found max("aten::max");
  std::vector<simple_torch_slot> results(2);
  EXPECT_EQ(max.call({tensor_slot(tensor_), int_slot(0)}, results), 2);
  EXPECT_EQ(item(results[0].bits, 0), 3);
  EXPECT_EQ(item(results[1].bits, 0), 2);
  for (const auto& each : results) simple_torch_tensor_free(each.bits);
}

TEST_F(Operator, TakesListsOfEveryKind) {
  const Found sum("aten::sum", "dim_IntList");
  const std::vector<int64_t> dims = {0};
  const auto total =
      sum.tensor({tensor_slot(tensor_), list_slot(SIMPLE_TORCH_SLOT_INTS, dims)});
  EXPECT_EQ(item(total, 0), 2);
  simple_torch_tensor_free(total);

  const Found cat("aten::cat", "");
  const std::vector<simple_torch_handle> two = {tensor_, tensor_};
  const auto longer = cat.tensor({list_slot(SIMPLE_TORCH_SLOT_TENSORS, two)});
  EXPECT_EQ(simple_torch_tensor_numel(longer), 6);
  simple_torch_tensor_free(longer);

  const simple_torch_handle list = simple_torch_list_create(two.data(), 2);
  const auto same = cat.tensor({{SIMPLE_TORCH_SLOT_LIST, list, 0}});
  EXPECT_EQ(simple_torch_tensor_numel(same), 6);
  simple_torch_tensor_free(same);
  simple_torch_list_free(list);

  const Found einsum("aten::einsum", "");
  const auto product =
      einsum.tensor({text_slot("i,i->"), list_slot(SIMPLE_TORCH_SLOT_TENSORS, two)});
  EXPECT_EQ(item(product, 0), 14);
  simple_torch_tensor_free(product);

  // A list whose elements may be none.
  const Found index("aten::index", "Tensor");
  const Owned matrix(ones({2, 3}));
  const Owned columns(simple_torch_tensor_arange(SIMPLE_TORCH_INT(0), SIMPLE_TORCH_INT(2),
                                                 SIMPLE_TORCH_INT(1), kInt64, -1));
  const std::vector<simple_torch_handle> indices = {0, columns};
  const auto part =
      index.tensor({tensor_slot(matrix), list_slot(SIMPLE_TORCH_SLOT_TENSORS, indices)});
  EXPECT_EQ(shape(part), (std::vector<int64_t>{2, 2}));
  simple_torch_tensor_free(part);
}

TEST_F(Operator, GivesListsOfTensors) {
  const Found chunk("aten::chunk", "");
  std::vector<simple_torch_slot> results(1);
  ASSERT_EQ(chunk.call({tensor_slot(tensor_), int_slot(3)}, results), 1);
  ASSERT_EQ(results[0].kind, SIMPLE_TORCH_SLOT_LIST);
  ASSERT_EQ(simple_torch_list_length(results[0].bits), 3);
  const auto last = simple_torch_list_get(results[0].bits, -1);
  EXPECT_EQ(item(last, 0), 3);
  EXPECT_EQ(simple_torch_list_get(results[0].bits, 3), 0);
  EXPECT_EQ(simple_torch_error_code(), SIMPLE_TORCH_E_INDEX);
  simple_torch_handle all[3] = {};
  EXPECT_EQ(simple_torch_list_tensors(results[0].bits, all, 2),
            SIMPLE_TORCH_E_BAD_ARGUMENT);
  EXPECT_EQ(simple_torch_list_tensors(results[0].bits, all, 3), 3);
  simple_torch_list_free(results[0].bits);
  EXPECT_EQ(item(all[1], 0), -2);
  for (const auto each : all) simple_torch_tensor_free(each);
  simple_torch_tensor_free(last);
}

TEST_F(Operator, DropsResultsThatFindNoRoom) {
  const Found max("aten::max", "dim");
  std::vector<simple_torch_slot> none;
  EXPECT_EQ(max.call({tensor_slot(tensor_), int_slot(0)}, none), 2);
  EXPECT_EQ(simple_torch_handle_live_count(SIMPLE_TORCH_KIND_TENSOR), 1);
}

TEST_F(Operator, SaysWhatIsWrongWithItsArguments) {
  const Found add("aten::add", "Tensor");
  std::vector<simple_torch_slot> results(1);
  struct Case {
    std::vector<simple_torch_slot> arguments;
    int64_t code;
    const char* argument;
  };
  const std::vector<Case> cases = {
      {{}, SIMPLE_TORCH_E_BAD_ARGUMENT, "self"},
      {{tensor_slot(tensor_)}, SIMPLE_TORCH_E_BAD_ARGUMENT, "other"},
      {{tensor_slot(tensor_), int_slot(1)}, SIMPLE_TORCH_E_TYPE, "other"},
      {{tensor_slot(0), tensor_slot(tensor_)}, SIMPLE_TORCH_E_BAD_HANDLE, "self"},
      {{tensor_slot(tensor_), tensor_slot(tensor_), text_slot("x")},
       SIMPLE_TORCH_E_TYPE,
       "alpha"},
      {{tensor_slot(tensor_), tensor_slot(tensor_), {99, 0, 0}},
       SIMPLE_TORCH_E_BAD_ARGUMENT,
       "alpha"},
      {{tensor_slot(tensor_), tensor_slot(tensor_), int_slot(1), int_slot(1)},
       SIMPLE_TORCH_E_BAD_ARGUMENT,
       "arguments"},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(add.call(each.arguments, results), each.code);
    EXPECT_EQ(simple_torch_error_code(), each.code) << simple_torch_error_message();
    EXPECT_STREQ(simple_torch_error_argument(), each.argument);
  }
  const Found any("aten::add");
  EXPECT_EQ(any.call({text_slot("x")}, results), SIMPLE_TORCH_E_TYPE);
  EXPECT_EQ(simple_torch_operator_call(tensor_, nullptr, 0, nullptr, 0),
            SIMPLE_TORCH_E_WRONG_KIND);
}

TEST(OperatorFind, SaysWhatThereIsNot) {
  EXPECT_EQ(simple_torch_operator_find("aten::nothing", nullptr), 0);
  EXPECT_EQ(simple_torch_error_code(), SIMPLE_TORCH_E_VALUE);
  EXPECT_STREQ(simple_torch_error_argument(), "name");
  EXPECT_EQ(simple_torch_operator_find("aten::add", "nothing"), 0);
  EXPECT_STREQ(simple_torch_error_argument(), "overload");
  EXPECT_EQ(simple_torch_operator_find(nullptr, ""), 0);
  EXPECT_EQ(simple_torch_error_code(), SIMPLE_TORCH_E_BAD_ARGUMENT);
}

TEST(OperatorList, HasTheOperatorsOfEveryNamespace) {
  std::string text(static_cast<size_t>(simple_torch_operator_list("", nullptr, 0)), '\0');
  simple_torch_operator_list("", text.data(), static_cast<int64_t>(text.size()) + 1);
  EXPECT_NE(text.find("aten::add.Tensor\n"), std::string::npos);
  EXPECT_NE(text.find("quantized::add\n"), std::string::npos);
  EXPECT_GT(std::count(text.begin(), text.end(), '\n'), 3000);
  EXPECT_EQ(simple_torch_operator_list("nowhere::", nullptr, 0), 0);
}

TEST_F(Operator, OfOtherNamespacesIsCalled) {
  const Found quantize("aten::quantize_per_tensor", "");
  const simple_torch_handle single = simple_torch_tensor_to_dtype(tensor_, 6);
  const auto small =
      quantize.tensor({tensor_slot(single), float_slot(0.1), int_slot(10), int_slot(13)});
  const Found add("quantized::add", "");
  const auto sum =
      add.tensor({tensor_slot(small), tensor_slot(small), float_slot(0.1), int_slot(10)});
  const Found back("aten::dequantize", "self");
  const auto plain = back.tensor({tensor_slot(sum)});
  EXPECT_NEAR(item(plain, 2), 6, 0.06);
  for (const auto each : {single, small, sum, plain}) simple_torch_tensor_free(each);
}

TEST_F(Operator, OfALoadedLibraryIsCalled) {
  EXPECT_EQ(simple_torch_operator_load_library("/nonexistent.so"), SIMPLE_TORCH_E_IO);
  EXPECT_NE(std::string(simple_torch_error_message()).find("/nonexistent.so"),
            std::string::npos);
  ASSERT_EQ(simple_torch_operator_load_library(SIMPLE_TORCH_CUSTOM_OPERATORS), 0)
      << simple_torch_error_message();
  const Found twice("simple_torch_test::twice");
  const auto result = twice.tensor({tensor_slot(tensor_)});
  EXPECT_EQ(item(result, 2), 6);
  simple_torch_tensor_free(result);

  // Results that fit into no slot come as values.
  const Found describe("simple_torch_test::describe", "");
  std::vector<simple_torch_slot> results(3);
  ASSERT_EQ(describe.call({tensor_slot(tensor_)}, results), 3)
      << simple_torch_error_message();
  ASSERT_EQ(results[0].kind, SIMPLE_TORCH_SLOT_VALUE);
  int64_t shape[4] = {};
  EXPECT_EQ(simple_torch_value_integers(results[0].bits, shape, 4), 1);
  EXPECT_EQ(shape[0], 3);
  EXPECT_EQ(simple_torch_value_length(results[0].bits), 1);
  simple_torch_slot element;
  EXPECT_EQ(simple_torch_value_get(results[0].bits, -1, &element), 0);
  EXPECT_EQ(element.kind, SIMPLE_TORCH_SLOT_INT);
  EXPECT_EQ(element.bits, 3);
  EXPECT_EQ(simple_torch_value_get(results[0].bits, 1, &element), SIMPLE_TORCH_E_INDEX);
  char text[8] = {};
  EXPECT_EQ(simple_torch_value_text(results[1].bits, text, sizeof text), 1);
  EXPECT_STREQ(text, "0");
  EXPECT_EQ(simple_torch_value_length(results[1].bits), 1);
  simple_torch_value_free(results[0].bits);
  simple_torch_value_free(results[1].bits);
  simple_torch_tensor_free(results[2].bits);
}

TEST_F(Operator, TakesValuesThatWereMade) {
  const std::vector<int64_t> dims = {0};
  const simple_torch_slot list = list_slot(SIMPLE_TORCH_SLOT_INTS, dims);
  const simple_torch_handle value = simple_torch_value_create(&list);
  ASSERT_NE(value, 0) << simple_torch_error_message();
  EXPECT_EQ(simple_torch_value_kind(value), SIMPLE_TORCH_SLOT_VALUE);
  const Found sum("aten::sum", "dim_IntList");
  const auto total =
      sum.tensor({tensor_slot(tensor_), {SIMPLE_TORCH_SLOT_VALUE, value, 0}});
  EXPECT_EQ(item(total, 0), 2);
  simple_torch_tensor_free(total);
  std::vector<simple_torch_slot> results(1);
  EXPECT_EQ(sum.call({{SIMPLE_TORCH_SLOT_VALUE, value, 0}, list}, results),
            SIMPLE_TORCH_E_TYPE);
  simple_torch_value_free(value);
}

TEST_F(Operator, TakesStoragesAndStreams) {
  const simple_torch_handle storage = simple_torch_storage_of(tensor_);
  EXPECT_EQ(simple_torch_storage_bytes(storage), 24);
  const int64_t none[] = {0};
  const simple_torch_handle other = simple_torch_tensor_zeros_with(none, 1, 7, -1);
  const Found set("aten::set_", "source_Storage");
  const auto same =
      set.tensor({tensor_slot(other), {SIMPLE_TORCH_SLOT_STORAGE, storage, 0}});
  EXPECT_EQ(item(other, 2), 3);
  simple_torch_tensor_free(same);
  simple_torch_tensor_free(other);
  simple_torch_storage_free(storage);
  const simple_torch_handle stream = simple_torch_stream_current(0);
  EXPECT_EQ(simple_torch_handle_kind(stream), SIMPLE_TORCH_KIND_STREAM);
  simple_torch_stream_free(stream);
}

}  // namespace
