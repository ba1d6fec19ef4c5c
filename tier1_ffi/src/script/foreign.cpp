#include "script/foreign.h"

#include <algorithm>

namespace simple_torch {

ForeignArchive::ForeignArchive(Input& input) : input_(input), archive_(input) {
  archive_.check_compressed();
}

size_t ForeignArchive::give(uint64_t at, void* to, size_t size) {
  if (at >= input_.size() || damage_ != nullptr) return 0;
  size = std::min<uint64_t>(size, input_.size() - at);
  if (!input_.read(at, to, size)) return 0;
  // This is called from C, which no exception should cross.
  try {
    archive_.check_read(at, {static_cast<const char*>(to), size});
  } catch (...) {
    damage_ = std::current_exception();
    return 0;
  }
  return size;
}

void ForeignArchive::refuse(const std::string& why) const {
  input_.check();
  if (damage_ != nullptr) std::rethrow_exception(damage_);
  fail_format(input_.name(), why);
}

std::function<size_t(const void*, size_t)> ForeignWriter::function() {
  return [this](const void* data, size_t size) {
    try {
      if (failure_ == nullptr) output_.write(data, size);
    } catch (...) {
      failure_ = std::current_exception();
    }
    return size;
  };
}

void ForeignWriter::check() const {
  if (failure_ != nullptr) std::rethrow_exception(failure_);
}

}  // namespace simple_torch
