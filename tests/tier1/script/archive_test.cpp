// Archives of libtorch's C++, written and read again.
#include <gtest/gtest.h>

#include "support/files.h"
#include "support/support.h"
#include "support/values.h"

namespace {

class Archives : public LeavesNoHandles {};

// A parameter, a buffer, a number and an archive with a tensor.
simple_torch_handle filled() {
  const simple_torch_handle archive = simple_torch_archive_create();
  const Owned weight(doubles({2}, {1, 2}));
  simple_torch_tensor_set_requires_grad(weight, 1);
  EXPECT_EQ(simple_torch_archive_write_tensor(archive, "weight", weight, 0), 0);
  const Owned mean(doubles({1}, {3}));
  EXPECT_EQ(simple_torch_archive_write_tensor(archive, "mean", mean, 1), 0);
  const Owned step(value::of(int64_t{7}));
  EXPECT_EQ(simple_torch_archive_write_value(archive, "step", step), 0);
  const Owned part(simple_torch_archive_create());
  const Owned inner(doubles({1}, {9}));
  EXPECT_EQ(simple_torch_archive_write_tensor(part, "inner", inner, 1), 0);
  EXPECT_EQ(simple_torch_archive_write_archive(archive, "part", part), 0)
      << simple_torch_error_message();
  return archive;
}

std::vector<double> tensor_of(simple_torch_handle archive, const char* name) {
  const Owned tensor(simple_torch_archive_tensor(archive, name));
  return values(tensor);
}

void expect_filled(simple_torch_handle archive) {
  EXPECT_EQ(tensor_of(archive, "weight"), (std::vector<double>{1, 2}));
  EXPECT_EQ(tensor_of(archive, "mean"), (std::vector<double>{3}));
  const Owned weight(simple_torch_archive_tensor(archive, "weight"));
  EXPECT_EQ(simple_torch_tensor_requires_grad(weight), 1);
  const Owned step(simple_torch_archive_value(archive, "step"));
  EXPECT_EQ(value::text(step), "7");
  const Owned part(simple_torch_archive_part(archive, "part"));
  EXPECT_EQ(tensor_of(part, "inner"), (std::vector<double>{9}));
  EXPECT_EQ(value::texts(simple_torch_archive_keys(archive)).size(), 4U);
}

TEST_F(Archives, AreTheSameWhenTheyWereSaved) {
  const Folder folder;
  const std::string path = folder / "archive.pt";
  {
    const Owned archive(filled());
    EXPECT_EQ(simple_torch_archive_save(archive, path.c_str()), 0)
        << simple_torch_error_message();
    const Owned stream(simple_torch_io_memory(nullptr, 0));
    EXPECT_EQ(simple_torch_archive_write(archive, stream), 0);
    simple_torch_io_seek_start(stream, 0);
    const Owned from_stream(simple_torch_archive_read(stream, -1));
    expect_filled(from_stream);
  }
  const Owned loaded(simple_torch_archive_load(path.c_str(), -1));
  expect_filled(loaded);
  const std::string bytes = read_file(path);
  const Owned from_memory(simple_torch_archive_load_bytes(
      bytes.data(), static_cast<int64_t>(bytes.size()), -1));
  expect_filled(from_memory);
}

TEST_F(Archives, AreModulesOfTorchScriptToo) {
  const Folder folder;
  const std::string path = folder / "archive_module.pt";
  {
    const Owned archive(filled());
    EXPECT_EQ(simple_torch_archive_save(archive, path.c_str()), 0);
  }
  const Owned module(simple_torch_module_load(path.c_str(), -1));
  const Owned parameters(simple_torch_module_parameters(module, 1));
  const Owned weight(value::find(parameters, "weight"));
  EXPECT_EQ(value::elements(weight), (std::vector<double>{1, 2}));
}

TEST_F(Archives, SayWhatIsNotThere) {
  const Owned stream(simple_torch_io_memory(nullptr, 0));
  {
    const Owned archive(filled());
    simple_torch_archive_write(archive, stream);
    EXPECT_EQ(simple_torch_archive_tensor(archive, "weight"), 0);
    expect_failure(SIMPLE_TORCH_E_TYPE, "archive");
  }
  simple_torch_io_seek_start(stream, 0);
  const Owned archive(simple_torch_archive_read(stream, -1));
  EXPECT_EQ(simple_torch_archive_tensor(archive, "other"), 0);
  expect_failure(SIMPLE_TORCH_E_INDEX, "name");
  EXPECT_EQ(simple_torch_archive_tensor(archive, "step"), 0);
  expect_failure(SIMPLE_TORCH_E_TYPE, "name");
  EXPECT_EQ(simple_torch_archive_part(archive, "weight"), 0);
  expect_failure(SIMPLE_TORCH_E_TYPE, "name");
  const Owned number(value::of(int64_t{1}));
  EXPECT_LT(simple_torch_archive_write_value(archive, "more", number), 0);
  expect_failure(SIMPLE_TORCH_E_TYPE, "archive");
}

TEST_F(Archives, AreNotMadeOfWhatTheyCouldNotGiveBack) {
  const Owned archive(simple_torch_archive_create());
  const Owned all(simple_torch_value_load(SIMPLE_TORCH_RECORDED_FILES "/sparse.pt", -1));
  const Owned sparse(simple_torch_value_tensor(Owned(value::find(all, "coo"))));
  EXPECT_LT(simple_torch_archive_write_tensor(archive, "m", sparse, 1), 0);
  expect_failure(SIMPLE_TORCH_E_UNSUPPORTED, "tensor");
  const Owned list(value::list({value::tuple({simple_torch_value_from_tensor(sparse)})}));
  EXPECT_LT(simple_torch_archive_write_value(archive, "list", list), 0);
  expect_failure(SIMPLE_TORCH_E_UNSUPPORTED, "value");
}

TEST_F(Archives, HaveEachNameOnceAndNoCircles) {
  const Owned archive(filled());
  const Owned number(value::of(int64_t{1}));
  EXPECT_LT(simple_torch_archive_write_value(archive, "weight", number), 0);
  expect_failure(SIMPLE_TORCH_E_VALUE, "name");
  EXPECT_LT(simple_torch_archive_write_value(archive, "a.b", number), 0);
  expect_failure(SIMPLE_TORCH_E_VALUE, "name");
  const Owned outer(simple_torch_archive_create());
  EXPECT_EQ(simple_torch_archive_write_archive(outer, "inner", archive), 0);
  EXPECT_LT(simple_torch_archive_write_archive(archive, "outer", outer), 0);
  expect_failure(SIMPLE_TORCH_E_VALUE, "archive");
  EXPECT_LT(simple_torch_archive_write_archive(outer, "itself", outer), 0);
  expect_failure(SIMPLE_TORCH_E_VALUE, "part");
}

TEST_F(Archives, ThatAreDamagedAreRefused) {
  const Folder folder;
  const std::string path = folder / "damaged.pt";
  {
    const Owned archive(filled());
    simple_torch_archive_save(archive, path.c_str());
  }
  const std::string whole = read_file(path);
  for (size_t length = 0; length < whole.size(); length += 211) {
    EXPECT_EQ(
        simple_torch_archive_load_bytes(whole.data(), static_cast<int64_t>(length), -1),
        0);
    EXPECT_EQ(simple_torch_error_code(), SIMPLE_TORCH_E_FORMAT)
        << simple_torch_error_message();
  }
}

}  // namespace
