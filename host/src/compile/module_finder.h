// Where modules lie: the file that a path as `lib.x.y` names for the file that imports
// it.
#ifndef SIMPLE_COMPILE_MODULE_FINDER_H_
#define SIMPLE_COMPILE_MODULE_FINDER_H_

#include <filesystem>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace simple {

// Packages: the name in front, as "lib.x", and the folders that hold its modules.
using Packages = std::vector<std::pair<std::string, std::vector<std::filesystem::path>>>;

class ModuleFinder {
 public:
  struct Found {
    std::string file;
    bool is_library = false;
  };

  // `library` is the folder of the language's own library.
  ModuleFinder(const std::filesystem::path& library, const Packages& packages)
      : library_((library / "std").string()), packages_(packages) {}

  // For a file in the folder `from`. Where it was looked for is added to `looked`, unless
  // that is null.
  std::optional<Found> find(const std::vector<std::string>& parts,
                            const std::string& from, std::vector<std::string>* looked);
  // A file by the one name that it has.
  std::string canonical(const std::string& file);
  // Whether a file, named by its canonical path, lies in the folder of a package.
  bool is_in_package(const std::filesystem::path& file);
  // Programs import thousands of names, each of which could be a file of many folders; so
  // what the file system said is remembered. This is for when it is asked again later.
  void forget();

 private:
  bool in_folder(const std::string& folder, const std::vector<std::string>& parts,
                 size_t first, std::vector<std::string>* looked);
  bool is_file(const std::string& folder, const std::string& name);
  bool is_folder(const std::string& path);
  bool is_root(const std::string& folder);

  std::string library_;
  const Packages& packages_;
  std::string file_;  // What in_folder() found.
  std::unordered_map<std::string, bool> folders_;
  std::unordered_map<std::string, bool> roots_;
  std::unordered_map<std::string, std::string> canonical_;
  std::vector<std::filesystem::path> package_folders_;  // Once they were asked for.
};

}  // namespace simple

#endif
