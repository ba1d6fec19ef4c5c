#include "cli/spec_files.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <string_view>
#include <system_error>

namespace simple {
namespace {

namespace fs = std::filesystem;

bool is_spec_file(const fs::path& path) {
  const std::string name = path.filename().string();
  const std::string ending = path.extension().string();
  if (ending == ".sspec") return true;
  if (ending != ".spl" && ending != ".simple" && ending != ".sscript") return false;
  return name.find("_spec.") != std::string::npos ||
         name.find("_test.") != std::string::npos;
}

void collect(const fs::path& folder, std::vector<std::string>& files) {
  std::vector<fs::path> found;
  std::error_code error;
  fs::recursive_directory_iterator entry(
      folder, fs::directory_options::skip_permission_denied, error);
  for (const fs::recursive_directory_iterator end; !error && entry != end;
       entry.increment(error)) {
    const fs::path& path = entry->path();
    std::error_code ignored;
    if (path.filename().string().starts_with('.')) {
      if (entry->is_directory(ignored)) entry.disable_recursion_pending();
    } else if (is_spec_file(path) && entry->is_regular_file(ignored)) {
      found.push_back(path.lexically_normal());
    }
  }
  std::sort(found.begin(), found.end());
  for (const fs::path& path : found) files.push_back(path.string());
}

}  // namespace

bool find_spec_files(const std::vector<std::string>& paths,
                     std::vector<std::string>& files, std::string& problem) {
  std::vector<std::string> wanted = paths;
  std::error_code ignored;
  if (wanted.empty()) {
    for (const char* folder : {"test", "tests"}) {
      if (fs::is_directory(folder, ignored)) wanted.emplace_back(folder);
    }
    if (wanted.empty()) {
      problem = "there is no folder `test` or `tests` here; name the files or folders";
      return false;
    }
  }
  for (const std::string& path : wanted) {
    if (fs::is_directory(path, ignored)) {
      collect(path, files);
    } else if (fs::exists(path, ignored)) {
      files.push_back(path);
    } else {
      problem = "there is no file or folder `" + path + "`";
      return false;
    }
  }
  // Named twice, or a folder and a file in it.
  std::set<std::string> seen;
  std::erase_if(files, [&](const std::string& file) {
    return !seen.insert(fs::weakly_canonical(file, ignored).string()).second;
  });
  return true;
}

std::vector<std::string> tags_of_file(const std::string& path) {
  std::vector<std::string> tags;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::string_view rest = line;
    // Only lines that are nothing else, at the margin: others belong to a part of the
    // file.
    if (!rest.starts_with('#')) continue;
    size_t start = std::string_view::npos;
    for (const std::string_view form :
         {"# @tag ", "#@tag ", "#tag: ", "# tag: ", "#[tag("}) {
      if (rest.starts_with(form)) start = form.size();
    }
    if (start == std::string_view::npos) continue;
    rest.remove_prefix(start);
    constexpr std::string_view kBetween = " \t\r,\"()[]";
    while (!rest.empty()) {
      const size_t first = rest.find_first_not_of(kBetween);
      if (first == std::string_view::npos) break;
      const size_t end = std::min(rest.find_first_of(kBetween, first), rest.size());
      tags.emplace_back(rest.substr(first, end - first));
      rest.remove_prefix(end);
    }
  }
  return tags;
}

}  // namespace simple
