// Files as the readers and writers of formats use them: read through a mapping, written
// beside the old file and put in its place when all is on the disk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "core/failure.h"
#include "core/input.h"

namespace simple_torch {

// A damaged or foreign file: `what` is wrong with it.
[[noreturn]] void fail_format(const std::string& path, const std::string& what);

// The path of a file that was given by a caller.
std::string path_of(const char* path);

// Closes what the system opened.
struct Descriptor {
  int number;
  ~Descriptor();
};

// A file that is there, is no folder or device, and has something in it.
class OpenFile {
 public:
  explicit OpenFile(const std::string& path);
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  const std::string& path() const { return path_; }
  int descriptor() const { return opened_.number; }
  size_t size() const { return size_; }

 private:
  std::string path_;
  Descriptor opened_;
  size_t size_ = 0;
};

// The bytes of a file. The pages are private: writing to them does not change the file.
// Someone who shortens the file meanwhile takes them away; NewFile never does that.
class MappedFile {
 public:
  explicit MappedFile(const std::string& path) : MappedFile(OpenFile(path)) {}
  explicit MappedFile(const OpenFile& file);
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile();

  char* data() const { return data_; }
  std::string_view bytes() const { return {data_, size_}; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  char* data_ = nullptr;
  size_t size_ = 0;
};

// A file as an input. What is looked at is mapped, and what is copied is read: touching
// the pages of a mapping costs more than copying them.
class FileInput final : public Input {
 public:
  explicit FileInput(const std::string& path)
      : FileInput(std::make_unique<OpenFile>(path)) {}
  std::string_view view(uint64_t at, uint64_t size) override {
    return mapped_.bytes().substr(at, size);
  }
  bool read(uint64_t at, void* to, uint64_t size) override;
  void check() const override;

 private:
  explicit FileInput(std::unique_ptr<OpenFile> file)
      : Input(file->path(), file->size()), file_(std::move(file)), mapped_(*file_) {}

  std::unique_ptr<OpenFile> file_;
  MappedFile mapped_;
  int error_ = 0;
  bool was_cut_ = false;
};

// A file that comes to be as a whole or not at all.
class NewFile final : public Output {
 public:
  explicit NewFile(const std::string& path);
  // Without commit() nothing is left behind, and an old file stays as it was.
  ~NewFile() override;

  using Output::write;
  void write(const void* data, size_t size) override;
  void commit();

 private:
  [[noreturn]] void fail_write(const char* what) const;

  std::string path_;
  std::string beside_;
  int descriptor_ = -1;
};

}  // namespace simple_torch
