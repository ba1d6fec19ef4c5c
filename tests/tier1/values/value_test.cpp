// Values of any type: made, taken apart, compared, copied and printed.
#include <gtest/gtest.h>

#include <functional>

#include "support/support.h"

namespace {

class Values : public LeavesNoHandles {};

simple_torch_handle of_slot(int64_t kind, int64_t bits) {
  const simple_torch_slot slot = {kind, bits, 0};
  return simple_torch_value_create(&slot);
}
simple_torch_handle of_int(int64_t number) {
  return of_slot(SIMPLE_TORCH_SLOT_INT, number);
}
simple_torch_handle none() { return of_slot(SIMPLE_TORCH_SLOT_NONE, 0); }

template <typename... T>
simple_torch_handle of_list(const T&... items) {
  const simple_torch_handle handles[] = {static_cast<simple_torch_handle>(items)...};
  return simple_torch_value_from_list(handles, sizeof...(items));
}

template <typename... T>
simple_torch_handle of_tuple(const T&... items) {
  const simple_torch_handle handles[] = {static_cast<simple_torch_handle>(items)...};
  return simple_torch_value_from_tuple(handles, sizeof...(items));
}

std::string text_of(
    const std::function<int64_t(simple_torch_handle, char*, int64_t)>& write,
    simple_torch_handle handle) {
  char text[200];
  EXPECT_GE(write(handle, text, sizeof text), 0) << simple_torch_error_message();
  return text;
}
std::string shown(simple_torch_handle value) {
  return text_of(simple_torch_value_text, value);
}
std::string type_of(simple_torch_handle value) {
  return text_of(simple_torch_value_type_name, value);
}

TEST_F(Values, SayWhatTheyAre) {
  const Owned number(of_int(7));
  const Owned tensor(ones({2}));
  const Owned of_tensor(simple_torch_value_from_tensor(tensor));
  const Owned generator(simple_torch_generator_create(-1));
  const Owned of_generator(simple_torch_value_from_generator(generator));
  const Owned complex(simple_torch_value_from_complex(1, -2));
  const Owned text(simple_torch_value_from_text("é"));
  const Owned device(of_slot(SIMPLE_TORCH_SLOT_DEVICE, 0));
  const Owned nothing(none());
  const Owned list(of_list(number, text));
  EXPECT_EQ(simple_torch_value_type(number), SIMPLE_TORCH_TYPE_INT);
  EXPECT_EQ(simple_torch_value_type(of_tensor), SIMPLE_TORCH_TYPE_TENSOR);
  EXPECT_EQ(simple_torch_value_type(of_generator), SIMPLE_TORCH_TYPE_GENERATOR);
  EXPECT_EQ(simple_torch_value_type(device), SIMPLE_TORCH_TYPE_DEVICE);
  EXPECT_EQ(type_of(number), "int");
  EXPECT_EQ(type_of(of_tensor), "Tensor");
  EXPECT_EQ(type_of(complex), "complex");
  EXPECT_EQ(type_of(nothing), "NoneType");
  EXPECT_EQ(type_of(list), "List[Any]");
  EXPECT_EQ(simple_torch_value_length(list), 2);
  EXPECT_EQ(simple_torch_value_length(text), 2);
  EXPECT_LT(simple_torch_value_length(number), 0);
  expect_failure(SIMPLE_TORCH_E_TYPE, "value");
  const Owned same(simple_torch_value_generator(of_generator));
  EXPECT_EQ(simple_torch_generator_set_seed(same, 11), 0);
  int64_t seed = 0;
  EXPECT_EQ(simple_torch_generator_seed(generator, &seed), 0);
  EXPECT_EQ(seed, 11);
  EXPECT_EQ(simple_torch_value_generator(number), 0);
  expect_failure(SIMPLE_TORCH_E_TYPE, "value");
}

TEST_F(Values, GetTheTypeThatIsWanted) {
  const Owned one(of_int(1));
  const Owned two(of_int(2));
  const Owned nothing(none());
  const Owned list(of_list(one, two));
  const Owned floats(simple_torch_value_as(list, "List[float]"));
  const Owned optional(simple_torch_value_as(list, "Optional[List[int]]"));
  const Owned tuple(simple_torch_value_as(list, "Tuple[int, float]"));
  const Owned key(simple_torch_value_from_text("k"));
  const simple_torch_handle keys[] = {key};
  const simple_torch_handle members[] = {list};
  const Owned dict(simple_torch_value_from_dict(keys, members, 1));
  const Owned typed(simple_torch_value_as(dict, "Dict[str, List[Optional[float]]]"));
  EXPECT_EQ(type_of(floats), "List[float]");
  EXPECT_EQ(type_of(optional), "List[int]");
  EXPECT_EQ(type_of(tuple), "Tuple[int, float]");
  EXPECT_EQ(type_of(typed), "Dict[str, List[Optional[float]]]");
  double numbers[2] = {};
  EXPECT_EQ(simple_torch_value_floats(floats, numbers, 2), 2);
  EXPECT_EQ(numbers[1], 2.0);
  EXPECT_LT(simple_torch_value_floats(floats, numbers, 1), 0);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "capacity");
  int64_t integers[2] = {};
  EXPECT_EQ(simple_torch_value_integers(list, integers, 2), 2);
  EXPECT_EQ(integers[1], 2);
  EXPECT_EQ(simple_torch_value_as(list, "List[str]"), 0);
  expect_failure(SIMPLE_TORCH_E_TYPE, "value");
  EXPECT_EQ(simple_torch_value_as(list, "Tuple[int]"), 0);
  expect_failure(SIMPLE_TORCH_E_TYPE, "value");
  EXPECT_EQ(simple_torch_value_as(list, "List[Nonsense"), 0);
  EXPECT_LT(simple_torch_value_floats(nothing, numbers, 2), 0);
  expect_failure(SIMPLE_TORCH_E_TYPE, "value");
}

TEST_F(Values, HoldBoolsFloatsAndTextsInLists) {
  const int64_t bits[] = {1, 0, 1};
  const simple_torch_slot bools = {SIMPLE_TORCH_SLOT_BOOLS,
                                   reinterpret_cast<int64_t>(bits), 3};
  const Owned list(simple_torch_value_create(&bools));
  int64_t integers[3] = {};
  EXPECT_EQ(simple_torch_value_integers(list, integers, 3), 3);
  EXPECT_EQ(std::vector<int64_t>(integers, integers + 3),
            (std::vector<int64_t>{1, 0, 1}));
  const char* const words[] = {"a", "bc"};
  const simple_torch_slot texts = {SIMPLE_TORCH_SLOT_TEXTS,
                                   reinterpret_cast<int64_t>(words), 2};
  const Owned named(simple_torch_value_create(&texts));
  EXPECT_EQ(type_of(named), "List[str]");
  const Owned last(simple_torch_value_item(named, -1));
  EXPECT_EQ(shown(last), "bc");
  const Owned tensor(ones({2}));
  const simple_torch_handle tensors[] = {tensor, tensor};
  const simple_torch_slot of_tensors = {SIMPLE_TORCH_SLOT_TENSORS,
                                        reinterpret_cast<int64_t>(tensors), 2};
  const Owned pair(simple_torch_value_create(&of_tensors));
  const Owned taken(simple_torch_value_tensors(pair));
  EXPECT_EQ(simple_torch_list_length(taken), 2);
  EXPECT_EQ(simple_torch_value_tensors(named), 0);
  expect_failure(SIMPLE_TORCH_E_TYPE, "value");
}

TEST_F(Values, AreFoundInADictByTheirKey) {
  const Owned key(simple_torch_value_from_text("a"));
  const Owned other(simple_torch_value_from_text("b"));
  const Owned member(of_int(5));
  const simple_torch_handle keys[] = {key};
  const simple_torch_handle members[] = {member};
  const Owned dict(simple_torch_value_from_dict(keys, members, 1));
  EXPECT_EQ(simple_torch_value_length(dict), 1);
  const Owned found(simple_torch_value_find(dict, key));
  EXPECT_EQ(shown(found), "5");
  EXPECT_EQ(simple_torch_value_find(dict, other), 0);
  expect_failure(SIMPLE_TORCH_E_INDEX, "key");
  EXPECT_EQ(simple_torch_value_find(member, key), 0);
  expect_failure(SIMPLE_TORCH_E_TYPE, "value");
}

TEST_F(Values, AreEqualIfTheirElementsAre) {
  const Owned tensor(doubles({2}, {1, 2}));
  const Owned same(doubles({2}, {1, 2}));
  const Owned different(doubles({2}, {1, 3}));
  const Owned longer(doubles({3}, {1, 2, 3}));
  const Owned a(simple_torch_value_from_tensor(tensor));
  const Owned b(simple_torch_value_from_tensor(same));
  const Owned c(simple_torch_value_from_tensor(different));
  const Owned d(simple_torch_value_from_tensor(longer));
  const Owned one(of_int(1));
  const Owned real(simple_torch_value_from_float(1));
  const Owned list_a(of_list(one, a));
  const Owned list_b(of_list(one, b));
  const Owned list_c(of_list(one, c));
  const Owned tuple(of_tuple(one, a));
  EXPECT_EQ(simple_torch_value_equal(a, b), 1);
  EXPECT_EQ(simple_torch_value_equal(a, c), 0);
  EXPECT_EQ(simple_torch_value_equal(a, d), 0);
  EXPECT_EQ(simple_torch_value_equal(list_a, list_b), 1);
  EXPECT_EQ(simple_torch_value_equal(list_a, list_c), 0);
  EXPECT_EQ(simple_torch_value_equal(list_a, tuple), 0);
  EXPECT_EQ(simple_torch_value_equal(one, real), 0);
  EXPECT_EQ(simple_torch_value_equal(one, one), 1);
}

TEST_F(Values, ShareWithAnAliasAndNotWithAClone) {
  const Owned tensor(zeros({2}));
  const Owned whole(simple_torch_value_from_tensor(tensor));
  const Owned list(of_list(whole));
  const Owned alias(simple_torch_value_alias(list));
  const Owned clone(simple_torch_value_clone(list));
  simple_torch_tensor_fill(tensor, SIMPLE_TORCH_INT(4));
  EXPECT_EQ(simple_torch_value_equal(list, alias), 1);
  EXPECT_EQ(simple_torch_value_equal(list, clone), 0);
}

TEST_F(Values, NestToAnyDepthUpTo200) {
  simple_torch_handle value = of_int(1);
  for (int depth = 0; depth < 200; ++depth) {
    const simple_torch_handle inner = value;
    value = depth % 2 == 0 ? of_list(inner) : of_tuple(inner);
    ASSERT_NE(value, 0) << depth;
    simple_torch_value_free(inner);
  }
  const Owned deepest(value);
  const Owned clone(simple_torch_value_clone(deepest));
  EXPECT_EQ(simple_torch_value_equal(deepest, clone), 1);
  EXPECT_EQ(of_list(deepest), 0);
  expect_failure(SIMPLE_TORCH_E_VALUE, "values");
}

TEST_F(Values, OfNumbersCanBeKept) {
  const Owned whole(simple_torch_scalar_create(SIMPLE_TORCH_INT(-3)));
  const Owned real(simple_torch_scalar_create(SIMPLE_TORCH_FLOAT(2.5)));
  const Owned flag(simple_torch_scalar_create(SIMPLE_TORCH_BOOL(1)));
  const double given[] = {1, -2};
  const Owned complex(simple_torch_scalar_create(SIMPLE_TORCH_COMPLEX(given)));
  EXPECT_EQ(simple_torch_scalar_kind(whole), SIMPLE_TORCH_NUMBER_INT);
  EXPECT_EQ(simple_torch_scalar_kind(real), SIMPLE_TORCH_NUMBER_FLOAT);
  EXPECT_EQ(simple_torch_scalar_kind(flag), SIMPLE_TORCH_NUMBER_BOOL);
  EXPECT_EQ(simple_torch_scalar_kind(complex), SIMPLE_TORCH_NUMBER_COMPLEX);
  int64_t integer = 0;
  EXPECT_EQ(simple_torch_scalar_integer(real, &integer), 0);
  EXPECT_EQ(integer, 2);
  double parts[2] = {};
  EXPECT_EQ(simple_torch_scalar_parts(complex, parts), 0);
  EXPECT_EQ(parts[1], -2);
  EXPECT_LT(simple_torch_scalar_integer(complex, &integer), 0);
  EXPECT_EQ(text_of(simple_torch_scalar_text, whole), "-3");
  EXPECT_EQ(text_of(simple_torch_scalar_text, real), "2.5");
  EXPECT_EQ(text_of(simple_torch_scalar_text, flag), "true");
  EXPECT_EQ(text_of(simple_torch_scalar_text, complex), "(1,-2)");
  EXPECT_EQ(simple_torch_scalar_create(SIMPLE_TORCH_NONE), 0);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "number");
}

}  // namespace
