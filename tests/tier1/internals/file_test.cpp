// Files that change under a reader.
#include "core/file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace simple_torch {
namespace {

class FileTest : public testing::Test {
 protected:
  FileTest() { std::ofstream(path_) << std::string(10000, 'x') + "end"; }
  ~FileTest() override { std::filesystem::remove(path_); }

  std::string failure_of(const FileInput& input) {
    try {
      input.check();
    } catch (const Failure& failure) {
      return failure.what();
    }
    return "none";
  }

  std::string path_ = testing::TempDir() + "simple_torch_file_test";
};

TEST_F(FileTest, IsReadAndLookedAt) {
  FileInput input(path_);
  EXPECT_EQ(input.size(), 10003u);
  EXPECT_EQ(input.view(9999, 4), "xend");
  std::string end(3, ' ');
  EXPECT_TRUE(input.read(10000, end.data(), 3));
  EXPECT_EQ(end, "end");
  EXPECT_EQ(failure_of(input), "none");
}

TEST_F(FileTest, MayBecomeShorterWhileItIsRead) {
  FileInput input(path_);
  std::filesystem::resize_file(path_, 5000);
  std::string content(10003, ' ');
  EXPECT_FALSE(input.read(0, content.data(), content.size()));
  EXPECT_EQ(failure_of(input), path_ + ": the file became shorter while it was read");
}

TEST_F(FileTest, IsTheOldOneIfItIsReplaced) {
  FileInput input(path_);
  NewFile other(path_);
  other.write("new", 3);
  other.commit();
  std::string end(3, ' ');
  EXPECT_TRUE(input.read(10000, end.data(), 3));
  EXPECT_EQ(end, "end");
}

}  // namespace
}  // namespace simple_torch
