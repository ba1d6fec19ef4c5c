#include "compile/module_finder.h"

#include <algorithm>
#include <iterator>

namespace simple {

namespace fs = std::filesystem;

namespace {

// One of these lies in the folder of a project.
constexpr const char* kMarks[] = {".git", "simple.toml", "simple.sdn"};
constexpr size_t kLongestPath = 4096;

// Folders of the language's own library that say how memory is managed; all the same
// here.
bool is_family(const std::string& name) {
  return name == "common" || name == "nogc_sync_mut" || name == "nogc_async_mut" ||
         name == "gc_async_mut" || name == "nogc_async_mut_noalloc" || name == "src";
}

// "" for that of "/" and of a name alone.
std::string folder_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

std::string joined(const std::vector<std::string>& parts) {
  std::string dotted;
  for (const std::string& part : parts) {
    if (!dotted.empty()) dotted += '.';
    dotted += part;
  }
  return dotted;
}

}  // namespace

bool ModuleFinder::is_folder(const std::string& path) {
  if (path.size() > kLongestPath) return false;
  if (const auto known = folders_.find(path); known != folders_.end()) {
    return known->second;
  }
  // What lies in no folder is none either.
  const std::string around = folder_of(path);
  std::error_code error;
  const bool is = (around.empty() || is_folder(around)) && fs::is_directory(path, error);
  return folders_[path] = is;
}

bool ModuleFinder::is_file(const std::string& folder, const std::string& name) {
  if (!is_folder(folder)) return false;
  std::error_code error;
  return fs::is_regular_file(folder + '/' + name, error);
}

bool ModuleFinder::in_folder(const std::string& folder,
                             const std::vector<std::string>& parts, size_t first,
                             std::vector<std::string>* looked) {
  std::string path = folder;
  for (size_t i = first; i + 1 < parts.size(); ++i) path += '/' + parts[i];
  if (first < parts.size()) {
    const std::string name = parts.back() + ".spl";
    file_ = path + '/' + name;
    if (is_file(path, name)) return true;
    if (looked != nullptr) looked->push_back(file_);
    path += '/' + parts.back();
  }
  file_ = path + "/__init__.spl";
  if (is_file(path, "__init__.spl")) return true;
  if (looked != nullptr && first == parts.size()) looked->push_back(file_);
  return false;
}

bool ModuleFinder::is_root(const std::string& folder) {
  const auto [known, is_new] = roots_.try_emplace(folder);
  if (!is_new) return known->second;
  std::error_code error;
  known->second = std::any_of(
      std::begin(kMarks), std::end(kMarks),
      [&](const char* mark) { return fs::exists(folder + '/' + mark, error); });
  return known->second;
}

std::optional<ModuleFinder::Found> ModuleFinder::find(
    const std::vector<std::string>& parts, const std::string& from,
    std::vector<std::string>* looked) {
  const std::string dotted = joined(parts);
  for (const auto& [name, folders] : packages_) {
    if (dotted != name && !dotted.starts_with(name + ".")) continue;
    const auto depth = static_cast<size_t>(std::count(name.begin(), name.end(), '.')) + 1;
    for (const fs::path& folder : folders) {
      if (in_folder(folder.string(), parts, depth, looked)) return Found{file_, false};
    }
  }
  if (parts[0] == "std" || parts[0] == "lib" || parts[0] == "std_lib") {
    size_t first = 1;
    while (first + 1 < parts.size() && is_family(parts[first])) ++first;
    if (first < parts.size()) {
      // The words of specs are there without being asked for.
      if (parts[first] == "spec" || parts[first] == "spipe" || parts[first] == "sspec") {
        return Found{library_ + "/spec.spl", true};
      }
      if (in_folder(library_, parts, first, looked)) return Found{file_, true};
    }
    if (parts[0] == "std") return {};
  }
  // Beside the file that imports, then in the folders above it, to the project's root.
  std::string folder = from;
  while (true) {
    if (in_folder(folder, parts, 0, looked)) return Found{file_, false};
    if (folder.empty() || is_root(folder)) break;
    folder = folder_of(folder);
  }
  if (in_folder(folder + "/src", parts, 0, looked)) return Found{file_, false};
  // Then the library, without `std` in front.
  if (in_folder(library_, parts, 0, looked)) return Found{file_, true};
  return {};
}

std::string ModuleFinder::canonical(const std::string& file) {
  const auto [known, is_new] = canonical_.try_emplace(file);
  if (is_new) {
    std::error_code error;
    const fs::path path = fs::weakly_canonical(file, error);
    known->second = error ? file : path.string();
  }
  return known->second;
}

bool ModuleFinder::is_in_package(const fs::path& file) {
  if (package_folders_.empty()) {
    std::error_code error;
    for (const auto& [name, folders] : packages_) {
      for (const fs::path& folder : folders) {
        package_folders_.push_back(fs::weakly_canonical(folder, error));
      }
    }
  }
  return std::any_of(package_folders_.begin(), package_folders_.end(),
                     [&](const fs::path& folder) {
                       const fs::path inside = file.lexically_relative(folder);
                       return !inside.empty() && *inside.begin() != "..";
                     });
}

void ModuleFinder::forget() {
  folders_.clear();
  roots_.clear();
  canonical_.clear();
}

}  // namespace simple
