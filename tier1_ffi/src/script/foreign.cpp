#include "script/foreign.h"

#include <algorithm>
#include <unordered_set>

#include "script/believed.h"

namespace simple_torch {
namespace {

std::string in_small_letters(std::string text) {
  for (char& each : text) {
    if (each >= 'A' && each <= 'Z') each = static_cast<char>(each - 'A' + 'a');
  }
  return text;
}

}  // namespace

ForeignArchive::ForeignArchive(Input& input) : input_(input), archive_(input) {
  archive_.check_compressed();
  if (!archive_.has(archive_.folder() + "constants.pkl")) {
    fail_format(input_.name(),
                "this is no program of TorchScript and no archive of libtorch's C++");
  }
  // libtorch takes names for the same that differ in the case of letters.
  std::unordered_set<std::string> names;
  for (const std::string& each : archive_.names()) {
    if (!names.insert(in_small_letters(each)).second) {
      fail_format(input_.name(), "there are two records of the name '" + each + "'");
    }
    check_record(each);
  }
}

uint64_t ForeignArchive::storage_size(const std::string& name) {
  const uint64_t size = archive_.size(name);
  // It is read anew whenever it is asked for; PyTorch asks once.
  storage_bytes_ += size;
  if (storage_bytes_ / 2 > input_.size()) {
    fail_format(input_.name(), "its storages are larger than the file");
  }
  return size;
}

void ForeignArchive::check_record(const std::string& name) {
  const std::string where = input_.name() + ": in " + name;
  const size_t slash = std::min(name.find('/'), name.size() - 1);
  const std::string kind = in_small_letters(name.substr(slash + 1));
  if (kind == "model.json") {
    fail(Code::kUnsupported, "",
         where + ": a program in the first format of TorchScript, which is not read");
  }
  if (kind == "data.pkl" || kind == "constants.pkl") {
    const std::string folder = name.substr(0, name.size() - 4) + "/";
    check_program_pickle(archive_.unpacked(name), where, [&](const std::string& key) {
      return storage_size(folder + key);
    });
  } else if (kind.starts_with("code/") && kind.ends_with(".debug_pkl")) {
    check_program_lines(archive_.unpacked(name), where);
  } else if (kind.starts_with("code/")) {
    check_program_code(archive_.unpacked(name), where);
  }
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
