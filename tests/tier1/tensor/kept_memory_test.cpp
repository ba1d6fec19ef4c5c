// Tensors over elements that the host keeps as they are.
#include "simple_torch/ops.h"
#include "support/support.h"

namespace {

using Values = std::vector<double>;

struct Host {
  Values memory;
  int returned = 0;
  static void take_back(void* context) { ++static_cast<Host*>(context)->returned; }
};

simple_torch_handle tensor_of(Host& host, int64_t rows, int64_t columns) {
  const int64_t dims[] = {rows, columns};
  return simple_torch_tensor_from_kept(host.memory.data(), &host, &Host::take_back,
                                       rows * columns * 8, dims, 2, kFloat64);
}

// Before libtorch 2.4 there is a copy at once.
bool shares(const Host& host, simple_torch_handle tensor) {
  const std::string version = simple_torch_libtorch_version();
  const int minor = std::stoi(version.substr(2));
  if (version[0] == '1' || (version[0] == '2' && minor < 4)) {
    EXPECT_EQ(host.returned, 1);
    return false;
  }
  EXPECT_NE(tensor, 0) << simple_torch_error_message();
  return true;
}

TEST(KeptMemory, IsReadUntilTheLastViewGoes) {
  Host host{{1, 2, 3, 4}};
  simple_torch_handle row = 0;
  {
    const Owned tensor(tensor_of(host, 2, 2));
    if (!shares(host, tensor)) return;
    EXPECT_EQ(values(tensor), Values({1, 2, 3, 4}));
    // What nobody else would see: that it reads the host's memory.
    host.memory[3] = 40;
    row = simple_torch_op_select_int(tensor, 0, 1);
  }
  EXPECT_EQ(host.returned, 0);
  EXPECT_EQ(values(row), Values({3, 40}));
  simple_torch_tensor_free(row);
  EXPECT_EQ(host.returned, 1);
}

TEST(KeptMemory, StaysAsItIsWhenTheTensorIsWrittenTo) {
  Host host{{1, 2, 3, 4}};
  {
    const Owned tensor(tensor_of(host, 2, 2));
    const Owned row(simple_torch_op_select_int(tensor, 0, 1));
    EXPECT_EQ(simple_torch_tensor_fill(row, SIMPLE_TORCH_INT(9)), 0);
    EXPECT_EQ(values(tensor), Values({1, 2, 9, 9}));
    const Values fresh = {5, 6, 7, 8};
    EXPECT_EQ(simple_torch_tensor_copy_from(tensor, fresh.data(), 32), 0);
    EXPECT_EQ(values(row), Values({7, 8}));
    const int64_t more[] = {3, 2};
    EXPECT_EQ(simple_torch_op_resize_inplace(tensor, more, 2, -1), 0)
        << simple_torch_error_message();
    EXPECT_EQ(host.memory, Values({1, 2, 3, 4}));
  }
  EXPECT_EQ(host.returned, 1);
}

TEST(KeptMemory, BecomesLargerAsACopy) {
  Host host{{1, 2}};
  const Owned tensor(tensor_of(host, 1, 2));
  const int64_t more[] = {3, 2};
  EXPECT_EQ(simple_torch_op_resize_inplace(tensor, more, 2, -1), 0)
      << simple_torch_error_message();
  const Values grown = values(tensor);
  EXPECT_EQ(Values(grown.begin(), grown.begin() + 2), host.memory);
}

TEST(KeptMemory, GoesBackAlsoIfThereIsNoTensor) {
  Host host{{1, 2}};
  const int64_t dims[] = {2};
  const auto made = [&](const void* data, int64_t bytes, int64_t dtype) {
    host.returned = 0;
    const simple_torch_handle tensor = simple_torch_tensor_from_kept(
        data, &host, &Host::take_back, bytes, dims, 1, dtype);
    EXPECT_EQ(host.returned, 1);
    return tensor;
  };
  EXPECT_EQ(made(host.memory.data(), 15, kFloat64), 0);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "bytes");
  EXPECT_EQ(made(nullptr, 16, kFloat64), 0);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "data");
  EXPECT_EQ(made(reinterpret_cast<const char*>(host.memory.data()) + 4, 16, kFloat64), 0);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "data");
  EXPECT_EQ(made(host.memory.data(), 16, 500), 0);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "dtype");
  const int64_t none[] = {0};
  const Owned empty(simple_torch_tensor_from_kept(nullptr, &host, &Host::take_back, 0,
                                                  none, 1, kFloat64));
  EXPECT_EQ(host.returned, 2);
}

}  // namespace
