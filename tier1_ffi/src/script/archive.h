// What the handles of archive.h name.
#pragma once

#include <torch/serialize/input-archive.h>
#include <torch/serialize/output-archive.h>

#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <variant>

namespace simple_torch {

struct WrittenArchive {
  torch::serialize::OutputArchive archive;
  // libtorch replaces what is there already by something of its own making.
  std::set<std::string> names;
  // Once it is a part of another one nothing is added: they could contain each other.
  bool is_part = false;
};

// Written to or loaded, never both.
class Archive {
 public:
  using Written = WrittenArchive;
  using Loaded = torch::serialize::InputArchive;

  Archive() = default;
  explicit Archive(Loaded loaded) : content_(std::move(loaded)) {}

  // Fail with TYPE for an archive of the other sort.
  Written& written();
  Loaded& loaded();

 private:
  friend class ArchiveUse;
  std::mutex mutex_;
  std::variant<Written, Loaded> content_;
};

// One call at a time uses an archive; another one is refused and does not wait, because
// the first may be writing to a stream of the host.
class ArchiveUse {
 public:
  explicit ArchiveUse(Archive& archive);

 private:
  std::unique_lock<std::mutex> lock_;
};

}  // namespace simple_torch
