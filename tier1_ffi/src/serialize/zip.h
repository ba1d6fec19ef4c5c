// The zip archives that PyTorch writes: records that are stored as they are, each
// beginning at a multiple of 64 bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/file.h"

namespace simple_torch {

// What is in an archive. The mapping must outlive it.
class ZipReader {
 public:
  explicit ZipReader(const MappedFile& file);

  bool has(const std::string& name) const { return records_.contains(name); }
  // The content of a record, whose sum was checked.
  std::string_view record(const std::string& name) const;
  // The folder that all records of PyTorch lie in, with its slash.
  const std::string& folder() const { return folder_; }

  static bool is_archive(std::string_view bytes);

 private:
  struct Record {
    std::string_view content;
    uint32_t sum = 0;
    // Not stored as it is, but compressed or encrypted.
    bool is_packed = false;
  };
  struct Directory {
    uint64_t start = 0;
    uint64_t count = 0;
  };

  Directory find_directory() const;
  size_t read_entry(uint64_t at);
  std::string_view content_at(const std::string& name, uint64_t header,
                              uint64_t size) const;

  const std::string& path_;
  std::string_view bytes_;
  std::unordered_map<std::string, Record> records_;
  std::string folder_;
  uint64_t total_ = 0;
};

class ZipWriter {
 public:
  ZipWriter(NewFile& file, std::string folder)
      : file_(file), folder_(std::move(folder)) {}

  void add(const std::string& name, std::string_view content);
  // Writes the list of the records. Nothing can be added any more.
  void finish();

 private:
  struct Entry {
    std::string name;
    uint64_t at;
    uint64_t size;
    uint32_t sum;
  };

  NewFile& file_;
  std::string folder_;
  std::vector<Entry> entries_;
};

// CRC-32, as zip has it.
uint32_t crc32(std::string_view bytes);

}  // namespace simple_torch
