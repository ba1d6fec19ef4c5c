#include "support/support.h"

namespace {

std::string device_name(int64_t device) {
  char text[64] = "";
  simple_torch_device_name(device, text, sizeof(text));
  return text;
}

TEST(Device, HasANumberAndAName) {
  const std::pair<int64_t, const char*> known[] = {
      {0, "cpu"}, {256, "cpu:0"}, {1, "cuda"}, {257, "cuda:0"}, {1 + 3 * 256, "cuda:2"},
  };
  for (const auto& [number, name] : known) {
    EXPECT_EQ(simple_torch_device_from_name(name), number) << name;
    EXPECT_EQ(device_name(number), name);
  }
  EXPECT_EQ(device_name(-1), "cpu");
  EXPECT_EQ(device_name(simple_torch_device_from_name("meta")), "meta");
}

TEST(Device, IsRefusedIfItIsNone) {
  for (const char* const name : {"", "gpu", "cuda:", "cuda:x", "cuda:-1", "cuda:1000",
                                 "CPU", "cpu:1", "cuda:1:2"}) {
    EXPECT_EQ(simple_torch_device_from_name(name), SIMPLE_TORCH_E_BAD_ARGUMENT) << name;
    expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "name");
  }
  EXPECT_EQ(simple_torch_device_from_name(nullptr), SIMPLE_TORCH_E_BAD_ARGUMENT);
  for (const int64_t number : {int64_t{-2}, int64_t{99}, INT64_MAX, INT64_MIN}) {
    EXPECT_EQ(simple_torch_device_count(number), SIMPLE_TORCH_E_BAD_ARGUMENT) << number;
    expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "device");
  }
}

TEST(Device, OfTheMetaTypeHasShapesOnly) {
  const int64_t meta = simple_torch_device_from_name("meta");
  const int64_t dims[] = {int64_t{1} << 20, 1000};
  const Owned tensor(simple_torch_tensor_zeros_with(dims, 2, -1, meta));
  EXPECT_EQ(simple_torch_tensor_device(tensor) & 0xff, meta);
  EXPECT_EQ(simple_torch_tensor_numel(tensor), (int64_t{1} << 20) * 1000);
}

TEST(Cuda, SaysWhyItIsNotThere) {
  char why[512];
  EXPECT_GT(simple_torch_cuda_status(why, sizeof(why)), 0);
  const int64_t cuda = simple_torch_device_from_name("cuda");
  if (simple_torch_cuda_available() == 1) {
    EXPECT_GT(simple_torch_device_count(cuda), 0);
    const int64_t dims[] = {2};
    const Owned tensor(simple_torch_tensor_ones_with(dims, 1, -1, cuda));
    const Owned back(simple_torch_tensor_to_device(tensor, 0));
    EXPECT_EQ(values(back), std::vector<double>({1, 1}));
    return;
  }
  EXPECT_EQ(simple_torch_device_count(cuda), 0);
  const Owned tensor(zeros({1}));
  EXPECT_EQ(simple_torch_tensor_to_device(tensor, cuda), 0);
  expect_failure(SIMPLE_TORCH_E_UNSUPPORTED, "device");
  EXPECT_NE(std::strstr(simple_torch_error_message(), why), nullptr)
      << simple_torch_error_message();
}

TEST(Dtype, HasANumberAndAName) {
  const std::pair<int64_t, const char*> known[] = {
      {kUint8, "uint8"}, {1, "int8"},           {2, "int16"},       {kInt32, "int32"},
      {kInt64, "int64"}, {kFloat16, "float16"}, {6, "float32"},     {7, "float64"},
      {8, "complex32"},  {9, "complex64"},      {10, "complex128"}, {11, "bool"},
      {12, "qint8"},     {15, "bfloat16"},
  };
  for (const auto& [number, name] : known) {
    EXPECT_STREQ(simple_torch_dtype_name(number), name);
    EXPECT_EQ(simple_torch_dtype_from_name(name), number);
  }
  EXPECT_EQ(simple_torch_dtype_from_name("float"), kFloat32);
  EXPECT_EQ(simple_torch_dtype_from_name("long"), kInt64);
  for (int64_t each = 0; each < simple_torch_dtype_count(); ++each) {
    const char* const name = simple_torch_dtype_name(each);
    ASSERT_NE(name, nullptr);
    EXPECT_EQ(simple_torch_dtype_from_name(name), each) << name;
  }
  EXPECT_EQ(simple_torch_dtype_name(simple_torch_dtype_count()), nullptr);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "dtype");
  EXPECT_EQ(simple_torch_dtype_from_name("float33"), SIMPLE_TORCH_E_BAD_ARGUMENT);
}

TEST(Dtype, KnowsItsSizeAndKind) {
  EXPECT_EQ(simple_torch_dtype_size(kFloat64), 8);
  EXPECT_EQ(simple_torch_dtype_size(kComplex128), 16);
  EXPECT_EQ(simple_torch_dtype_size(kBool), 1);
  EXPECT_EQ(simple_torch_dtype_is_floating_point(kFloat16), 1);
  EXPECT_EQ(simple_torch_dtype_is_floating_point(kInt64), 0);
  EXPECT_EQ(simple_torch_dtype_is_floating_point(kComplex128), 0);
  EXPECT_EQ(simple_torch_dtype_is_complex(kComplex128), 1);
  EXPECT_EQ(simple_torch_dtype_promote(kInt64, kFloat32), kFloat32);
  EXPECT_EQ(simple_torch_dtype_promote(kUint8, 1), 2);
  EXPECT_EQ(simple_torch_dtype_promote(kFloat64, 9), kComplex128);
}

TEST(Dtype, CanBeTheDefaultOne) {
  EXPECT_EQ(simple_torch_dtype_default(), kFloat32);
  EXPECT_EQ(simple_torch_dtype_set_default(kFloat64), kFloat32);
  {
    const Owned tensor(zeros({1}));
    EXPECT_EQ(simple_torch_tensor_dtype(tensor), kFloat64);
  }
  EXPECT_EQ(simple_torch_dtype_set_default(kFloat32), kFloat64);
  EXPECT_EQ(simple_torch_dtype_set_default(kInt64), SIMPLE_TORCH_E_BAD_ARGUMENT);
  EXPECT_EQ(simple_torch_dtype_default(), kFloat32);
}

}  // namespace
