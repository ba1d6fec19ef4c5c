#include "support/support.h"

namespace {

using Values = std::vector<double>;

TEST(HostMemory, IsCopiedIn) {
  std::vector<float> data = {1, 2, 3, 4, 5, 6};
  const int64_t dims[] = {2, 3};
  const Owned tensor(simple_torch_tensor_from_data(data.data(), 24, dims, 2, kFloat32));
  data.assign(6, 0);
  EXPECT_EQ(values(tensor), Values({1, 2, 3, 4, 5, 6}));
}

TEST(HostMemory, OfTheWrongSizeIsRefused) {
  const float data[6] = {};
  const int64_t dims[] = {2, 3};
  for (const int64_t bytes : {int64_t{0}, int64_t{23}, int64_t{25}, int64_t{-24}}) {
    EXPECT_EQ(simple_torch_tensor_from_data(data, bytes, dims, 2, kFloat32), 0);
    expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "bytes");
  }
  EXPECT_EQ(simple_torch_tensor_from_data(nullptr, 24, dims, 2, kFloat32), 0);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "data");
  const Owned tensor(zeros({2, 3}));
  float out[6] = {9, 9, 9, 9, 9, 9};
  EXPECT_EQ(simple_torch_tensor_copy_to(tensor, out, 20), SIMPLE_TORCH_E_BAD_ARGUMENT);
  EXPECT_EQ(out[0], 9);
  EXPECT_EQ(simple_torch_tensor_copy_from(tensor, out, 28), SIMPLE_TORCH_E_BAD_ARGUMENT);
  EXPECT_EQ(simple_torch_tensor_copy_to(tensor, nullptr, 24),
            SIMPLE_TORCH_E_BAD_ARGUMENT);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "data");
}

TEST(HostMemory, OfEveryDtypeComesBackAsItWas) {
  for (int64_t dtype = 0; dtype < simple_torch_dtype_count(); ++dtype) {
    const std::string name = simple_torch_dtype_name(dtype);
    const int64_t dims[] = {3};
    const auto bytes = static_cast<size_t>(3 * simple_torch_dtype_size(dtype));
    std::vector<unsigned char> data(bytes);
    // Small positive values in every type; booleans are 0 and 1.
    for (size_t i = 0; i < bytes; ++i) data[i] = i % 2;
    const auto tensor = simple_torch_tensor_from_data(
        data.data(), static_cast<int64_t>(bytes), dims, 1, dtype);
    if (tensor == 0) {
      EXPECT_TRUE(name.starts_with("q")) << name << ": " << simple_torch_error_message();
      expect_failure(SIMPLE_TORCH_E_TYPE, "dtype");
      continue;
    }
    std::vector<unsigned char> back(bytes, 0xee);
    EXPECT_EQ(
        simple_torch_tensor_copy_to(tensor, back.data(), static_cast<int64_t>(bytes)), 0)
        << name << ": " << simple_torch_error_message();
    EXPECT_EQ(back, data) << name;
    simple_torch_tensor_free(tensor);
  }
}

TEST(HostMemory, NeedNotBeAlignedToBeCopied) {
  const int64_t dims[] = {3, 3};
  const int64_t transposed[] = {1, 3};
  for (const int64_t dtype : {kFloat16, kFloat32, kFloat64, int64_t{9}, kComplex128}) {
    const int64_t bytes = 9 * simple_torch_dtype_size(dtype);
    const auto size = static_cast<size_t>(bytes);
    alignas(64) char memory[144] = {};
    const Owned plain(simple_torch_tensor_zeros_with(dims, 2, dtype, -1));
    const Owned strided(simple_torch_tensor_from_blob(memory, bytes, dims, 2, transposed,
                                                      dtype, nullptr, nullptr));
    for (const size_t offset : {size_t{1}, size_t{8}}) {
      // Bytes that are small numbers in every dtype.
      alignas(64) char in[160] = {};
      alignas(64) char out[160] = {};
      for (size_t i = 0; i < size; i += 2) in[offset + i] = static_cast<char>(i % 7);
      for (const simple_torch_handle each : {plain.operator simple_torch_handle(),
                                             strided.operator simple_torch_handle()}) {
        EXPECT_EQ(simple_torch_tensor_copy_from(each, in + offset, bytes), 0);
        EXPECT_EQ(simple_torch_tensor_copy_to(each, out + offset, bytes), 0);
        EXPECT_EQ(std::memcmp(in + offset, out + offset, size), 0) << dtype;
        std::memset(out, 0, sizeof(out));
      }
    }
  }
}

TEST(HostMemory, ThatIsNotAlignedCannotBeUsedAsATensor) {
  alignas(64) char memory[256] = {};
  const int64_t dims[] = {3, 3};
  const auto make = [&](char* data, int64_t dtype) {
    return simple_torch_tensor_from_blob(data, 160, dims, 2, nullptr, dtype, nullptr,
                                         nullptr);
  };
  EXPECT_EQ(make(memory + 8, kComplex128), 0);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "data");
  EXPECT_EQ(make(memory + 1, kFloat16), 0);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "data");
  EXPECT_EQ(simple_torch_tensor_free(make(memory + 16, kComplex128)), 0);
  EXPECT_EQ(simple_torch_tensor_free(make(memory + 8, 9)), 0);
  EXPECT_EQ(simple_torch_tensor_free(make(memory + 1, kUint8)), 0);
}

struct Lender {
  std::vector<double> memory;
  int returned = 0;
  static void take_back(void* context) { ++static_cast<Lender*>(context)->returned; }
};

TEST(HostMemory, IsUsedWithoutACopyUntilTheLastOwnerGoes) {
  Lender lender{{1, 2, 3, 4}};
  const int64_t dims[] = {2, 2};
  const simple_torch_handle tensor = simple_torch_tensor_from_blob(
      lender.memory.data(), 32, dims, 2, nullptr, kFloat64, &Lender::take_back, &lender);
  ASSERT_NE(tensor, 0) << simple_torch_error_message();
  lender.memory[3] = 40;
  EXPECT_EQ(values(tensor), Values({1, 2, 3, 40}));
  void* address = nullptr;
  EXPECT_EQ(simple_torch_tensor_data_pointer(tensor, &address), 0);
  EXPECT_EQ(address, lender.memory.data());
  const simple_torch_handle alias = simple_torch_tensor_alias(tensor);
  simple_torch_tensor_free(tensor);
  EXPECT_EQ(lender.returned, 0);
  simple_torch_tensor_free(alias);
  EXPECT_EQ(lender.returned, 1);
}

TEST(HostMemory, IsUsedWithItsStrides) {
  Lender lender{{1, 2, 3, 4, 5, 6}};
  const int64_t dims[] = {3, 2};
  const int64_t strides[] = {1, 3};
  const Owned transposed(simple_torch_tensor_from_blob(
      lender.memory.data(), 48, dims, 2, strides, kFloat64, nullptr, nullptr));
  EXPECT_EQ(values(transposed), Values({1, 4, 2, 5, 3, 6}));
  int64_t seen[2];
  EXPECT_EQ(simple_torch_tensor_strides(transposed, seen, 2), 2);
  EXPECT_EQ(seen[0], 1);
  EXPECT_EQ(seen[1], 3);
  EXPECT_EQ(simple_torch_tensor_is_contiguous(transposed), 0);
  // In and out of it in row-major order.
  const double fresh[] = {10, 20, 30, 40, 50, 60};
  EXPECT_EQ(simple_torch_tensor_copy_from(transposed, fresh, 48), 0);
  EXPECT_EQ(lender.memory, Values({10, 30, 50, 20, 40, 60}));
}

TEST(HostMemory, IsNotCopiedToElementsThatShareMemory) {
  float memory[3] = {1, 2, 3};
  const int64_t dims[] = {2, 3};
  const int64_t strides[] = {0, 1};
  const Owned repeated(simple_torch_tensor_from_blob(memory, 12, dims, 2, strides,
                                                     kFloat32, nullptr, nullptr));
  const float data[6] = {};
  EXPECT_EQ(simple_torch_tensor_copy_from(repeated, data, 24), SIMPLE_TORCH_E_TORCH);
  EXPECT_EQ(memory[2], 3);
  float out[6];
  EXPECT_EQ(simple_torch_tensor_copy_to(repeated, out, 24), 0);
  EXPECT_EQ(out[5], 3);
}

TEST(HostMemory, IsGivenBackOnceIfItCannotBeUsed) {
  Lender lender{{1, 2, 3, 4}};
  const int64_t dims[] = {2, 3};
  const int64_t backwards[] = {-1, 1};
  const int64_t far[] = {3, 1};
  const auto make = [&](int64_t bytes, const int64_t* strides, int64_t dtype) {
    return simple_torch_tensor_from_blob(lender.memory.data(), bytes, dims, 2, strides,
                                         dtype, &Lender::take_back, &lender);
  };
  EXPECT_EQ(make(32, nullptr, kFloat64), 0);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "bytes");
  EXPECT_EQ(make(32, backwards, kFloat64), 0);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "strides");
  EXPECT_EQ(make(20, far, kFloat32), 0);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "bytes");
  EXPECT_EQ(make(-1, nullptr, kFloat32), 0);
  EXPECT_EQ(make(32, nullptr, 999), 0);
  EXPECT_EQ(lender.returned, 5);
  // Just enough.
  simple_torch_tensor_free(make(24, far, kFloat32));
  EXPECT_EQ(lender.returned, 6);
}

TEST(HostMemory, WithoutElementsNeedsSoundStridesToo) {
  const int64_t dims[] = {0, 3};
  const auto make = [&](int64_t first, int64_t second) {
    const int64_t strides[] = {first, second};
    return simple_torch_tensor_from_blob(nullptr, 0, dims, 2, strides, kFloat32, nullptr,
                                         nullptr);
  };
  const int64_t bad[][2] = {{1, -1}, {-1, 1}, {1, INT64_MAX / 2}};
  for (const auto& [first, second] : bad) {
    EXPECT_EQ(make(first, second), 0) << first << ' ' << second;
    expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "strides");
  }
  EXPECT_EQ(simple_torch_tensor_free(make(3, 1)), 0);
}

TEST(HostMemory, ReachesATensorThatRequiresGrad) {
  const Owned tensor(zeros({2}));
  simple_torch_tensor_set_requires_grad(tensor, 1);
  const float data[] = {3, 4};
  EXPECT_EQ(simple_torch_tensor_copy_from(tensor, data, 8), 0);
  EXPECT_EQ(simple_torch_tensor_is_leaf(tensor), 1);
  float back[2];
  EXPECT_EQ(simple_torch_tensor_copy_to(tensor, back, 8), 0);
  EXPECT_EQ(back[1], 4);
}

double real(int64_t bits) { return std::bit_cast<double>(bits); }

TEST(Element, IsReadAndWritten) {
  const Owned tensor(doubles({2, 3}, {1, 2, 3, 4, 5, 6}));
  int64_t bits[2];
  int64_t kind = -1;
  const int64_t last[] = {-1, -1};
  ASSERT_EQ(simple_torch_tensor_get(tensor, last, 2, bits, &kind), 0);
  EXPECT_EQ(kind, SIMPLE_TORCH_NUMBER_FLOAT);
  EXPECT_EQ(real(bits[0]), 6);
  const int64_t first[] = {0, 1};
  ASSERT_EQ(simple_torch_tensor_set(tensor, first, 2, SIMPLE_TORCH_FLOAT(0.5)), 0);
  EXPECT_EQ(values(tensor), Values({1, 0.5, 3, 4, 5, 6}));
}

TEST(Element, KeepsItsKind) {
  int64_t bits[2];
  int64_t kind = -1;
  const Owned integer(
      simple_torch_tensor_full(nullptr, 0, SIMPLE_TORCH_INT(INT64_MIN), -1, -1));
  ASSERT_EQ(simple_torch_tensor_get(integer, nullptr, 0, bits, &kind), 0);
  EXPECT_EQ(kind, SIMPLE_TORCH_NUMBER_INT);
  EXPECT_EQ(bits[0], INT64_MIN);
  const Owned truth(simple_torch_tensor_full(nullptr, 0, SIMPLE_TORCH_BOOL(1), -1, -1));
  ASSERT_EQ(simple_torch_tensor_get(truth, nullptr, 0, bits, &kind), 0);
  EXPECT_EQ(kind, SIMPLE_TORCH_NUMBER_BOOL);
  EXPECT_EQ(bits[0], 1);
  const double parts[] = {1.5, -2.5};
  const Owned complex(
      simple_torch_tensor_full(nullptr, 0, SIMPLE_TORCH_COMPLEX(parts), kComplex128, -1));
  ASSERT_EQ(simple_torch_tensor_get(complex, nullptr, 0, bits, &kind), 0);
  EXPECT_EQ(kind, SIMPLE_TORCH_NUMBER_COMPLEX);
  EXPECT_EQ(real(bits[0]), 1.5);
  EXPECT_EQ(real(bits[1]), -2.5);
  // What came out goes in again.
  const Owned copy(
      simple_torch_tensor_full(nullptr, 0, SIMPLE_TORCH_COMPLEX(bits), kComplex128, -1));
  int64_t again[2];
  ASSERT_EQ(simple_torch_tensor_get(copy, nullptr, 0, again, &kind), 0);
  EXPECT_EQ(again[1], bits[1]);
}

TEST(Element, OutOfRangeChangesNothing) {
  const Owned tensor(zeros({2, 3}));
  int64_t bits[2] = {77, 77};
  int64_t kind = 77;
  const int64_t indices[] = {0, 3};
  EXPECT_EQ(simple_torch_tensor_get(tensor, indices, 2, bits, &kind),
            SIMPLE_TORCH_E_INDEX);
  expect_failure(SIMPLE_TORCH_E_INDEX, "indices");
  EXPECT_STREQ(
      simple_torch_error_message(),
      "simple_torch_tensor_get: indices: index 3 is out of range for dim 1 of size 3");
  EXPECT_EQ(simple_torch_tensor_get(tensor, indices, 1, bits, &kind),
            SIMPLE_TORCH_E_BAD_ARGUMENT);
  EXPECT_EQ(simple_torch_tensor_get(tensor, nullptr, 0, bits, &kind),
            SIMPLE_TORCH_E_BAD_ARGUMENT);
  EXPECT_EQ(simple_torch_tensor_get(tensor, indices, 2, nullptr, &kind),
            SIMPLE_TORCH_E_BAD_ARGUMENT);
  EXPECT_EQ(bits[0], 77);
  EXPECT_EQ(kind, 77);
  const int64_t lowest[] = {INT64_MIN, 0};
  EXPECT_EQ(simple_torch_tensor_set(tensor, lowest, 2, SIMPLE_TORCH_INT(1)),
            SIMPLE_TORCH_E_INDEX);
  EXPECT_EQ(simple_torch_tensor_set(tensor, indices, 2, SIMPLE_TORCH_NONE),
            SIMPLE_TORCH_E_BAD_ARGUMENT);
  EXPECT_EQ(values(tensor), Values(6, 0));
}

}  // namespace
