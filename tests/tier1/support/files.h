// Files that tests read and write.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

// A folder that goes with the test, unless someone wants to look into the files.
class Folder {
 public:
  Folder() {
    namespace fs = std::filesystem;
    const char* const keep = std::getenv("SIMPLE_TORCH_KEEP_FILES");
    is_kept_ = keep != nullptr;
    // In memory where that is possible: some tests write thousands of files.
    const fs::path memory = "/dev/shm";
    const fs::path parent = fs::exists(memory) ? memory : fs::temp_directory_path();
    path_ =
        is_kept_ ? fs::path(keep) : parent / ("simple_torch_" + std::to_string(getpid()));
    fs::create_directories(path_);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    if (!is_kept_) std::filesystem::remove_all(path_);
  }
  std::string operator/(const std::string& name) const { return path_ / name; }
  size_t files() const {
    return static_cast<size_t>(
        std::distance(std::filesystem::directory_iterator(path_), {}));
  }

 private:
  std::filesystem::path path_;
  bool is_kept_;
};

inline std::string read_file(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

inline std::string write_file(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
  return path;
}
