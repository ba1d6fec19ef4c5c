#include "core/file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "core/arguments.h"

namespace simple_torch {
namespace {

[[noreturn]] void fail_system(const std::string& path, const char* what, int error) {
  fail(Code::kIo, "", path + ": " + what + ": " + std::generic_category().message(error));
}

// More than this at once some systems refuse.
constexpr size_t kMostAtOnce = size_t{1} << 30;

// Where a link leads to, so that the link stays one.
std::string target_of(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_symlink(path, error)) return path;
  const auto target = std::filesystem::weakly_canonical(path, error);
  return error ? path : target.string();
}

// A name in the same folder that no one else uses: renaming must not leave the disk.
std::string name_beside(const std::string& path) {
  static std::atomic<uint64_t> counter{0};
  return path + ".new-" + std::to_string(getpid()) + "-" + std::to_string(counter++);
}

}  // namespace

void fail_format(const std::string& path, const std::string& what) {
  fail(Code::kFormat, "", path + ": " + what);
}

std::string path_of(const char* path) {
  const std::string_view text = text_of(path, "path");
  if (text.empty()) fail_argument("path", "must not be empty");
  return std::string(text);
}

Descriptor::~Descriptor() {
  if (number >= 0) close(number);
}

// Opened without waiting, so that a pipe without a writer is refused too.
OpenFile::OpenFile(const std::string& path)
    : path_(path), opened_{open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)} {
  if (opened_.number < 0) fail_system(path, "cannot be opened", errno);
  struct stat about {};
  if (fstat(opened_.number, &about) != 0) fail_system(path, "cannot be read", errno);
  if (!S_ISREG(about.st_mode)) fail(Code::kIo, "", path + ": is no regular file");
  if (about.st_size == 0) fail_format(path, "the file is empty");
  size_ = static_cast<size_t>(about.st_size);
}

MappedFile::MappedFile(const OpenFile& file) : path_(file.path()), size_(file.size()) {
  void* const pages =
      mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE, file.descriptor(), 0);
  if (pages == MAP_FAILED) fail_system(path_, "cannot be mapped", errno);
  data_ = static_cast<char*>(pages);
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) munmap(data_, size_);
}

bool FileInput::read(uint64_t at, void* to, uint64_t size) {
  char* next = static_cast<char*>(to);
  while (size > 0) {
    const ssize_t count = pread(file_->descriptor(), next, std::min(size, kMostAtOnce),
                                static_cast<off_t>(at));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      if (count < 0) error_ = errno;
      was_cut_ = count == 0;
      return false;
    }
    next += count;
    at += static_cast<uint64_t>(count);
    size -= static_cast<uint64_t>(count);
  }
  return true;
}

void FileInput::check() const {
  if (error_ != 0) fail_system(name(), "cannot be read", error_);
  if (was_cut_) fail_format(name(), "the file became shorter while it was read");
}

NewFile::NewFile(const std::string& path)
    : path_(target_of(path)), beside_(name_beside(path_)) {
  struct stat about {};
  const bool exists = stat(path_.c_str(), &about) == 0;
  // A device or a folder is not to be replaced by a file.
  if (exists && !S_ISREG(about.st_mode)) {
    fail(Code::kIo, "", path + ": is no regular file");
  }
  descriptor_ = open(beside_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (descriptor_ < 0) fail_system(path_, "cannot be written", errno);
  // Who may read the old file may read the new one. If that cannot be, the usual applies.
  if (exists && fchmod(descriptor_, about.st_mode & 07777) != 0) errno = 0;
}

NewFile::~NewFile() {
  if (descriptor_ >= 0) close(descriptor_);
  if (!beside_.empty()) unlink(beside_.c_str());
}

void NewFile::fail_write(const char* what) const { fail_system(path_, what, errno); }

void NewFile::write(const void* data, size_t size) {
  const char* next = static_cast<const char*>(data);
  while (size > 0) {
    const ssize_t written = ::write(descriptor_, next, std::min(size, kMostAtOnce));
    if (written < 0) {
      if (errno == EINTR) continue;
      fail_write("cannot be written");
    }
    next += written;
    size -= static_cast<size_t>(written);
    position_ += static_cast<uint64_t>(written);
  }
}

void NewFile::commit() {
  if (fsync(descriptor_) != 0) fail_write("cannot be written");
  const int closed = close(descriptor_);
  descriptor_ = -1;
  if (closed != 0) fail_write("cannot be written");
  if (std::rename(beside_.c_str(), path_.c_str()) != 0) fail_write("cannot be replaced");
  beside_.clear();
  // The new name must outlive a power failure too. Some file systems cannot promise it.
  const std::filesystem::path folder = std::filesystem::path(path_).parent_path();
  const Descriptor opened{
      open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_CLOEXEC | O_DIRECTORY)};
  if (opened.number >= 0) fsync(opened.number);
}

}  // namespace simple_torch
