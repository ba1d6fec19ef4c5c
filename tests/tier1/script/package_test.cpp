// Packages of AOTInductor. A real one is native code for one version of libtorch and one
// kind of machine, so none is in the tree: tests/oracle/record_package.py makes one, and
// SIMPLE_TORCH_PACKAGE names it.
#include <gtest/gtest.h>

#include "simple_torch/ops.h"
#include "support/archives.h"
#include "support/files.h"
#include "support/support.h"
#include "support/values.h"

namespace {

class Packages : public LeavesNoHandles {};

TEST_F(Packages, ThatAreNoneAreRefused) {
  if (simple_torch_package_available() == 0) {
    const std::string path = SIMPLE_TORCH_RECORDED_FILES "/state.pt";
    EXPECT_EQ(simple_torch_package_load(path.c_str(), nullptr), 0);
    EXPECT_EQ(simple_torch_error_code(), SIMPLE_TORCH_E_UNSUPPORTED);
    return;
  }
  const Folder folder;
  EXPECT_EQ(simple_torch_package_load((folder / "missing.pt2").c_str(), nullptr), 0);
  EXPECT_EQ(simple_torch_error_code(), SIMPLE_TORCH_E_IO);
  const std::string text = write_file(folder / "text.pt2", "no package");
  const std::string other = SIMPLE_TORCH_RECORDED_FILES "/state.pt";
  for (const std::string& path : {text, other}) {
    EXPECT_EQ(simple_torch_package_load(path.c_str(), nullptr), 0);
    EXPECT_EQ(simple_torch_error_code(), SIMPLE_TORCH_E_FORMAT)
        << simple_torch_error_message();
    EXPECT_NE(std::string(simple_torch_error_message()).find(path), std::string::npos)
        << simple_torch_error_message();
  }
}

TEST_F(Packages, ThatWouldWriteOutsideTheirFolderAreRefused) {
  if (simple_torch_package_available() == 0) GTEST_SKIP() << "there are no packages";
  const Folder folder;
  std::string bytes = read_file(SIMPLE_TORCH_RECORDED_FILES "/script_model.pt");
  // As a package has it, with names of the same length.
  const std::string inside = "script_model/code/__torch__/torch/nn/";
  const std::string outside = "../../elsewhere/data/aotinductor/mod/";
  ASSERT_EQ(inside.size(), outside.size());
  for (size_t at = 0; (at = bytes.find(inside, at)) != std::string::npos;) {
    bytes.replace(at, inside.size(), outside);
  }
  const std::string path = write_file(folder / "outside.pt2", bytes);
  EXPECT_EQ(simple_torch_package_load(path.c_str(), nullptr), 0);
  EXPECT_EQ(simple_torch_error_code(), SIMPLE_TORCH_E_FORMAT);
  EXPECT_NE(std::string(simple_torch_error_message()).find("outside its folder"),
            std::string::npos)
      << simple_torch_error_message();
}

void expect_message(const std::string& part) {
  const std::string message = simple_torch_error_message();
  EXPECT_NE(message.find(part), std::string::npos) << message;
}

// Before the loader of libtorch has unpacked anything.
TEST_F(Packages, WithoutTheModelOrItsCodeAreRefused) {
  if (simple_torch_package_available() == 0) GTEST_SKIP() << "there are no packages";
  const Folder folder;
  const std::string path = write_file(
      folder / "other.pt2", archive_of({{"p/version", "1"},
                                        {"p/data/aotinductor/one/a.json", "{}"},
                                        {"p/data/aotinductor/two/b.so", "code"}}));
  EXPECT_EQ(simple_torch_package_load(path.c_str(), nullptr), 0);
  expect_failure(SIMPLE_TORCH_E_INDEX, "name");
  expect_message("which has one, two");
  EXPECT_EQ(simple_torch_package_load(path.c_str(), "one"), 0);
  expect_failure(SIMPLE_TORCH_E_FORMAT, "");
  expect_message("no code of the model 'one'");
}

TEST_F(Packages, ThatAreDamagedAreRefusedBeforeTheyAreLoaded) {
  if (simple_torch_package_available() == 0) GTEST_SKIP() << "there are no packages";
  const Folder folder;
  const Record code = {"p/data/aotinductor/model/a.so", "code", 0, -1, 1};
  const std::string path =
      write_file(folder / "damaged.pt2", archive_of({{"p/version", "1"}, code}));
  EXPECT_EQ(simple_torch_package_load(path.c_str(), nullptr), 0);
  expect_failure(SIMPLE_TORCH_E_FORMAT, "");
  expect_message("its sum is wrong");
}

TEST_F(Packages, ForAnUnknownDeviceAreRefused) {
  if (simple_torch_package_available() == 0) GTEST_SKIP() << "there are no packages";
  const Folder folder;
  const std::string path = write_file(
      folder / "foreign.pt2", archive_of({{"p/data/aotinductor/model/a.so", "code"},
                                          {"p/data/aotinductor/model/a_metadata.json",
                                           R"({"AOTI_DEVICE_KEY": "abacus"})"}}));
  EXPECT_EQ(simple_torch_package_load(path.c_str(), nullptr), 0);
  expect_failure(SIMPLE_TORCH_E_UNSUPPORTED, "");
  expect_message("'abacus'");
}

// A model of two inputs: linear(x) + y, and the sum of x.
TEST_F(Packages, RunTheirModel) {
  const char* const path = std::getenv("SIMPLE_TORCH_PACKAGE");
  if (path == nullptr) GTEST_SKIP() << "SIMPLE_TORCH_PACKAGE names no package";
  const Owned package(simple_torch_package_load(path, nullptr));
  const Owned wide(doubles({1, 3}, {1, 2, 3}));
  const Owned x(simple_torch_tensor_to_dtype(wide, kFloat32));
  const Owned y(ones({2}));
  const simple_torch_handle inputs[] = {x, y};
  const auto run = [&] {
    const Owned results(simple_torch_package_run(package, inputs, 2));
    const Owned sum(simple_torch_list_get(results, 1));
    EXPECT_EQ(values(sum), (std::vector<double>{6}));
    const Owned first(simple_torch_list_get(results, 0));
    return values(first);
  };
  EXPECT_EQ(run(), (std::vector<double>{15.5, 6.5}));
  EXPECT_EQ(simple_torch_package_run(package, inputs, 1), 0);
  expect_failure(SIMPLE_TORCH_E_VALUE, "count");
  const auto refuses = [&](simple_torch_handle wrong, const char* why) {
    const Owned first(wrong);
    const simple_torch_handle given[] = {first, y};
    EXPECT_EQ(simple_torch_package_run(package, given, 2), 0) << why;
    expect_failure(SIMPLE_TORCH_E_VALUE, "tensors");
    expect_message(why);
  };
  constexpr int64_t kMeta = 14;
  refuses(simple_torch_tensor_to_device(x, kMeta), "on meta");
  // What the package itself finds.
  refuses(doubles({1, 3}, {1, 2, 3}), "refused by the package's code");
  refuses(ones({1, 1}), "refused by the package's code");
  // The strides of dims of size 1 do not matter.
  const Owned column(ones({3, 1}));
  const Owned row(simple_torch_op_t(column));
  const simple_torch_handle turned[] = {row, y};
  const Owned same(simple_torch_package_run(package, turned, 2));
  const Owned metadata(simple_torch_package_metadata(package));
  EXPECT_GT(simple_torch_value_length(metadata), 0);
  // The bias is so small that the compiler keeps it in the code.
  EXPECT_EQ(value::texts(simple_torch_package_constants(package)),
            (std::vector<std::string>{"l.weight"}));
  const Owned wide_zeros(zeros({2, 3}));
  const Owned constants(value::dict(
      {{"l.weight",
        value::of_tensor(simple_torch_tensor_to_dtype(wide_zeros, kFloat32))}}));
  EXPECT_EQ(simple_torch_package_set_constants(package, constants, 1), 0)
      << simple_torch_error_message();
  EXPECT_EQ(run(), (std::vector<double>{1.5, 0.5}));
  const auto refuses_constant = [&](simple_torch_handle wrong, const char* why) {
    const Owned given(value::dict({{"l.weight", value::of_tensor(wrong)}}));
    EXPECT_LT(simple_torch_package_set_constants(package, given, 0), 0) << why;
    expect_failure(SIMPLE_TORCH_E_VALUE, "constants");
    expect_message(why);
  };
  refuses_constant(doubles({2, 3}, {1, 2, 3, 4, 5, 6}), "Double");
  refuses_constant(ones({1}), "[1]");
  refuses_constant(simple_torch_tensor_to_device(wide_zeros, kMeta), "meta");
  // A part of a larger memory.
  const Owned large(ones({4, 100}));
  const Owned rows(simple_torch_op_narrow(large, 0, 2, 2));
  const Owned some(value::dict(
      {{"l.weight", value::of_tensor(simple_torch_op_narrow(rows, 1, 7, 3))}}));
  EXPECT_EQ(simple_torch_package_set_constants(package, some, 0), 0)
      << simple_torch_error_message();
  EXPECT_EQ(run(), (std::vector<double>{7.5, 6.5}));
  const Owned other(value::dict({{"other", value::of_tensor(zeros({2}))}}));
  EXPECT_LT(simple_torch_package_set_constants(package, other, 0), 0);
  expect_failure(SIMPLE_TORCH_E_INDEX, "constants");
}

}  // namespace
