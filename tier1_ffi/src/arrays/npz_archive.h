// Zip archives as numpy writes them, whose records may be compressed. (Those of PyTorch
// are never, and are read in place: serialize/zip.h.) Nothing here knows libtorch.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/file.h"

namespace simple_torch {

class NpzReader {
 public:
  // The bytes must outlive it. Fails with FORMAT; `name` is what messages begin with.
  NpzReader(std::string_view bytes, std::string name);

  struct Record {
    std::string name;
    std::string_view packed;
    uint64_t size;
    uint32_t sum;
    bool is_deflated;
  };
  const std::vector<Record>& records() const { return records_; }

  // A record's content, whose sum was checked; `room` keeps it if it was compressed.
  std::string_view content(const Record& record, std::string& room) const;

 private:
  std::string name_;
  std::vector<Record> records_;
};

class NpzWriter {
 public:
  NpzWriter(NewFile& file, bool compresses) : file_(file), compresses_(compresses) {}
  // A record of several pieces, one behind the other.
  void add(const std::string& name, const std::vector<std::string_view>& pieces);
  // Writes the list of the records.
  void finish();

 private:
  NewFile& file_;
  const bool compresses_;
  std::string list_;
  uint64_t count_ = 0;
};

}  // namespace simple_torch
