// Where modules are found, and that what was not there is looked for anew when it should
// be.
#include "compile/module_finder.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

namespace simple {
namespace {

namespace fs = std::filesystem;

class Finder : public testing::Test {
 protected:
  Finder() {
    root_ = fs::temp_directory_path() / ("module finder " + std::to_string(getpid()));
    fs::create_directories(root_ / "project/app");
    fs::create_directories(root_ / "library/std");
    fs::create_directories(root_ / "package");
    std::ofstream(root_ / "project/simple.toml");
  }
  ~Finder() override { fs::remove_all(root_); }

  std::string write(const std::string& file) {
    const fs::path path = root_ / file;
    fs::create_directories(path.parent_path());
    std::ofstream(path) << "\n";
    return path.string();
  }
  std::string find(const std::vector<std::string>& parts,
                   std::vector<std::string>* looked = nullptr) {
    const auto found = finder_->find(parts, (root_ / "project/app").string(), looked);
    return found ? found->file : "";
  }
  void begin() { finder_.emplace(root_ / "library", packages_); }

  fs::path root_;
  Packages packages_;
  std::optional<ModuleFinder> finder_;
};

TEST_F(Finder, LooksUpToTheFolderOfTheProject) {
  const std::string beside = write("project/app/a.spl");
  const std::string above = write("project/b/__init__.spl");
  const std::string source = write("project/src/c/d.spl");
  const std::string library = write("library/std/e.spl");
  write("f.spl");
  begin();
  EXPECT_EQ(find({"a"}), beside);
  EXPECT_EQ(find({"b"}), above);
  EXPECT_EQ(find({"c", "d"}), source);
  EXPECT_EQ(find({"e"}), library);
  EXPECT_EQ(find({"std", "e"}), library);
  std::vector<std::string> looked;
  EXPECT_EQ(find({"f"}, &looked), "");
  const std::vector<std::string> expected = {
      root_ / "project/app/f.spl", root_ / "project/f.spl", root_ / "project/src/f.spl",
      root_ / "library/std/f.spl"};
  EXPECT_EQ(looked, expected);
}

TEST_F(Finder, LooksInPackagesFirst) {
  packages_ = {{"lib.pack", {root_ / "nowhere", root_ / "package"}}};
  const std::string whole = write("package/__init__.spl");
  const std::string part = write("package/deep/part.spl");
  write("library/std/pack.spl");
  begin();
  EXPECT_EQ(find({"lib", "pack"}), whole);
  EXPECT_EQ(find({"lib", "pack", "deep", "part"}), part);
  EXPECT_EQ(find({"lib", "package"}), "");
  EXPECT_TRUE(finder_->is_in_package(part));
  EXPECT_FALSE(finder_->is_in_package(root_ / "project/app/a.spl"));
}

TEST_F(Finder, RemembersUntilItForgets) {
  begin();
  EXPECT_EQ(find({"late", "module"}), "");
  const std::string late = write("project/app/late/module.spl");
  EXPECT_EQ(find({"late", "module"}), "");
  finder_->forget();
  EXPECT_EQ(find({"late", "module"}), late);
}

TEST_F(Finder, TakesNoPathsThatNoFileCanHave) {
  begin();
  EXPECT_EQ(find({std::string(100000, 'x')}), "");
  EXPECT_EQ(find(std::vector<std::string>(100000, "x")), "");
}

}  // namespace
}  // namespace simple
