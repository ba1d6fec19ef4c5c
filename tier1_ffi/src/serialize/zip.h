// The zip archives that PyTorch writes: records that are stored as they are, each
// beginning at a multiple of 64 bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/input.h"

namespace simple_torch {

// What is in an archive. The input must outlive it.
class ZipReader {
 public:
  explicit ZipReader(Input& input);

  bool has(const std::string& name) const { return records_.contains(name); }
  // The content of a record, whose sum was checked.
  std::string_view record(const std::string& name) const;
  // The same, copied to memory of its size.
  uint64_t size(const std::string& name) const { return stored(name).size; }
  void read(const std::string& name, void* to) const;
  // Reads all records that are not compressed, to check their sums.
  void check_sums() const;
  std::vector<std::string> names() const;
  // The content of a record, unpacked if it is compressed. check_compressed() was called.
  std::string unpacked(const std::string& name) const;
  // The folder that all records of PyTorch lie in, with its slash.
  const std::string& folder() const { return folder_; }

  static bool is_archive(Input& input);

  // For libtorch's own reader of archives, which trusts what it reads: whether what was
  // read at a place is, if it is the whole of a record, what the record's sum says; and
  // that what is compressed is not out of all proportion to the file.
  void check_read(uint64_t at, std::string_view bytes) const;
  void check_compressed() const;
  // For a reader that makes files of the records: that none is outside its folder.
  void check_paths() const;

 private:
  struct Record {
    uint64_t at = 0;
    uint64_t size = 0;
    // Of what is compressed, when it is not any more.
    uint64_t unpacked_size = 0;
    uint32_t sum = 0;
    // Not stored as it is, but compressed or encrypted.
    bool is_packed = false;
  };

  const Record& stored(const std::string& name) const;
  // Reads a record in pieces to where `place` says for each; checks its sum.
  template <typename Place>
  void read_pieces(const std::string& name, const Record& record, Place&& place) const;
  void check_sum(const std::string& name, const Record& record,
                 std::string_view content) const;
  void check_sum(const std::string& name, const Record& record, uint32_t sum) const;

  Input& input_;
  const std::string& path_;
  std::unordered_map<std::string, Record> records_;
  // Names of the records that begin at a place.
  std::unordered_map<uint64_t, std::string> names_;
  std::string folder_;
};

class ZipWriter {
 public:
  ZipWriter(Output& output, std::string folder)
      : output_(output), folder_(std::move(folder)) {}

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

  Output& output_;
  std::string folder_;
  std::vector<Entry> entries_;
};

}  // namespace simple_torch
