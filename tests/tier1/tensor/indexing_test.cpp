#include "support/support.h"

namespace {

using Values = std::vector<double>;
using Shape = std::vector<int64_t>;
using Words = std::vector<int64_t>;

constexpr int64_t kLast = INT64_MAX;

// 0 to 23 in the shape [2, 3, 4].
Owned counted() {
  std::vector<int64_t> data(24);
  for (size_t i = 0; i < data.size(); ++i) data[i] = static_cast<int64_t>(i);
  const int64_t dims[] = {2, 3, 4};
  return Owned(simple_torch_tensor_from_data(data.data(), 192, dims, 3, kInt64));
}

simple_torch_handle part(simple_torch_handle tensor, const Words& words,
                         const std::vector<simple_torch_handle>& tensors = {}) {
  return simple_torch_tensor_index(tensor, words.data(),
                                   static_cast<int64_t>(words.size() / 4), tensors.data(),
                                   static_cast<int64_t>(tensors.size()));
}

Words at(int64_t position) { return {SIMPLE_TORCH_INDEX_AT, position, 0, 0}; }
Words slice(int64_t start, int64_t stop, int64_t step = 1) {
  return {SIMPLE_TORCH_INDEX_SLICE, start, stop, step};
}
Words ellipsis() { return {SIMPLE_TORCH_INDEX_ELLIPSIS, 0, 0, 0}; }
Words new_dim() { return {SIMPLE_TORCH_INDEX_NEW_DIM, 0, 0, 0}; }
Words operator+(Words left, const Words& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

TEST(Indexing, OfSeveralKindsGivesOneView) {
  const Owned tensor = counted();
  const Owned view(part(tensor, at(-1) + slice(1, kLast) + slice(0, kLast, 3)));
  EXPECT_EQ(shape(view), Shape({2, 2}));
  EXPECT_EQ(values(view), Values({16, 19, 20, 23}));
  EXPECT_EQ(simple_torch_tensor_storage_offset(view), 16);
  const Owned other(part(tensor, new_dim() + ellipsis() + at(2) + new_dim()));
  EXPECT_EQ(shape(other), Shape({1, 2, 3, 1}));
  EXPECT_EQ(values(other), Values({2, 6, 10, 14, 18, 22}));
}

TEST(Indexing, OfSlicesIsCutAtTheEnds) {
  const Owned tensor = counted();
  const Owned empty(part(tensor, slice(5, 9) + slice(-9, 1)));
  EXPECT_EQ(shape(empty), Shape({0, 1, 4}));
  const Owned few(part(tensor, slice(0, kLast, INT64_MAX) + slice(-2, -1)));
  EXPECT_EQ(shape(few), Shape({1, 1, 4}));
}

TEST(Indexing, ByTensorsGathers) {
  const Owned tensor = counted();
  const int64_t rows[] = {1, 0};
  const int64_t dims[] = {2};
  const Owned index(simple_torch_tensor_from_data(rows, 16, dims, 1, kInt64));
  const Words words = Words{SIMPLE_TORCH_INDEX_TENSOR, 0, 0, 0} + at(0) + at(1);
  const Owned gathered(part(tensor, words, {index}));
  EXPECT_EQ(values(gathered), Values({13, 1}));
}

TEST(Indexing, WritesTensorsAndNumbers) {
  const Owned tensor = counted();
  const Words words = at(0) + slice(0, 2) + at(3);
  EXPECT_EQ(simple_torch_tensor_index_fill(tensor, words.data(), 3, nullptr, 0,
                                           SIMPLE_TORCH_INT(7)),
            0);
  const Owned column(part(tensor, at(0) + slice(0, kLast) + at(3)));
  EXPECT_EQ(values(column), Values({7, 7, 11}));
  const Owned row(part(tensor, at(1) + at(0)));
  const Words first = at(0) + at(0);
  EXPECT_EQ(simple_torch_tensor_index_put(tensor, first.data(), 2, nullptr, 0, row), 0);
  const Owned now(part(tensor, first));
  EXPECT_EQ(values(now), Values({12, 13, 14, 15}));
}

TEST(Indexing, ThatIsWrongIsRefused) {
  const Owned tensor = counted();
  for (const Words& words :
       {at(2), at(-3), at(0) + at(3), at(0) + at(0) + at(0) + at(0)}) {
    EXPECT_EQ(part(tensor, words), 0);
    EXPECT_EQ(simple_torch_error_code(), SIMPLE_TORCH_E_INDEX);
  }
  for (const Words& words : {Words{9, 0, 0, 0}, Words{-1, 0, 0, 0},
                             Words{SIMPLE_TORCH_INDEX_TENSOR, 0, 0, 0}}) {
    EXPECT_EQ(part(tensor, words), 0);
    EXPECT_EQ(simple_torch_error_code() == 0, false);
  }
  EXPECT_EQ(part(tensor, slice(0, kLast, -1)), 0);
  EXPECT_EQ(simple_torch_tensor_index(tensor, nullptr, 1, nullptr, 0), 0);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "indexes");
}

Owned of_numbers(const Words& numbers, int64_t dtype = -1) {
  const int64_t dims[] = {static_cast<int64_t>(numbers.size() / 2)};
  return Owned(
      simple_torch_tensor_from_numbers(numbers.data(), dims[0], dims, 1, dtype, -1));
}

TEST(Numbers, SayTheDtype) {
  const double parts[] = {1, -2};
  const Words whole = {SIMPLE_TORCH_INT(3), SIMPLE_TORCH_BOOL(1)};
  const Words real = {SIMPLE_TORCH_INT(3), SIMPLE_TORCH_FLOAT(0.5)};
  const Words truths = {SIMPLE_TORCH_BOOL(1), SIMPLE_TORCH_BOOL(0)};
  const Words complex = {SIMPLE_TORCH_INT(3), SIMPLE_TORCH_COMPLEX(parts)};
  EXPECT_EQ(simple_torch_tensor_dtype(of_numbers(whole)), kInt64);
  EXPECT_EQ(simple_torch_tensor_dtype(of_numbers(real)), kFloat32);
  EXPECT_EQ(simple_torch_tensor_dtype(of_numbers(truths)),
            simple_torch_dtype_from_name("bool"));
  EXPECT_EQ(simple_torch_tensor_dtype(of_numbers(complex)),
            simple_torch_dtype_from_name("complex64"));
  EXPECT_EQ(simple_torch_tensor_dtype(of_numbers({})), kFloat32);
  EXPECT_EQ(values(of_numbers(real)), Values({3, 0.5}));
  EXPECT_EQ(values(of_numbers(whole, kFloat32)), Values({3, 1}));
  EXPECT_EQ(simple_torch_tensor_dtype(of_numbers(real, kInt64)), kInt64);
}

TEST(Numbers, OfAnotherCountAreRefused) {
  const Words numbers = {SIMPLE_TORCH_INT(3), SIMPLE_TORCH_INT(4)};
  const int64_t dims[] = {3};
  EXPECT_EQ(simple_torch_tensor_from_numbers(numbers.data(), 2, dims, 1, -1, -1), 0);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "count");
}

}  // namespace
