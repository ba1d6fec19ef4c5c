// Files of Python's torch.save: an archive of a pickle and the storages it refers to, and
// the older form, pickles and storages in a row.
#include <ATen/Functions.h>

#include <cstring>
#include <unordered_map>

#include "core/file.h"
#include "serialize/formats.h"
#include "serialize/pickle.h"
#include "serialize/zip.h"
#include "tensor/read_data.h"

namespace simple_torch {
namespace {

at::Tensor bytes_of(const c10::Storage& storage) {
  at::Tensor bytes =
      at::empty({0}, at::TensorOptions().dtype(at::kByte).device(storage.device()));
  bytes.set_(storage, 0, {static_cast<int64_t>(storage.nbytes())}, {1});
  return bytes.cpu();
}

std::string_view view_of(const at::Tensor& bytes) {
  return {static_cast<const char*>(read_data(bytes)), static_cast<size_t>(bytes.numel())};
}

// Storages that are made once for each key.
class Storages : public StorageSource {
 public:
  Storages(const std::string& path, const Placement& placement)
      : path_(path), placement_(placement) {}

  c10::Storage storage(const std::string& key, size_t bytes,
                       const std::string& location) override {
    auto found = made_.find(key);
    if (found == made_.end()) {
      found = made_.emplace(key, make(key, bytes, placement_(location))).first;
    }
    if (found->second.nbytes() < bytes) {
      fail_format(path_, "the storage '" + key + "' should have " +
                             std::to_string(bytes) + " bytes and has " +
                             std::to_string(found->second.nbytes()));
    }
    return found->second;
  }

 protected:
  virtual c10::Storage make(const std::string& key, size_t bytes, c10::Device device) = 0;
  const std::string& path_;

 private:
  const Placement& placement_;
  std::unordered_map<std::string, c10::Storage> made_;
};

// Those in an archive.
class ArchivedStorages final : public Storages {
 public:
  ArchivedStorages(const ZipReader& archive, const std::string& path,
                   const Placement& placement)
      : Storages(path, placement), archive_(archive) {}

 private:
  c10::Storage make(const std::string& key, size_t, c10::Device device) override {
    const std::string name = archive_.folder() + "data/" + key;
    const at::Tensor content =
        at::empty({static_cast<int64_t>(archive_.size(name))}, at::kByte);
    archive_.read(name, content.data_ptr());
    return content.to(device).storage();
  }
  const ZipReader& archive_;
};

using Contents = std::unordered_map<std::string, std::string_view>;

// Those of an old file, whose data comes behind the pickle that refers to them. Before it
// is known where that ends they are empty ones of the right size.
class OldStorages final : public Storages {
 public:
  OldStorages(const Input& input, const Placement& placement,
              const Contents* contents = nullptr)
      : Storages(input.name(), placement), left_(input.size()), contents_(contents) {}

  bool has_data() const override { return contents_ != nullptr; }

 private:
  c10::Storage make(const std::string& key, size_t bytes, c10::Device device) override {
    if (bytes > left_) fail_format(path_, "its storages are larger than the file");
    left_ -= bytes;
    if (contents_ != nullptr) {
      const auto found = contents_->find(key);
      if (found != contents_->end()) return storage_of(found->second, device);
    }
    return at::zeros({static_cast<int64_t>(bytes)}, at::kByte).storage();
  }
  size_t left_;
  const Contents* contents_;
};

// A pickle of 0x1950a86a20f9469cfc6c.
constexpr std::string_view kOldMagic(
    "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.", 15);
constexpr int64_t kOldVersion = 1001;

class OldFile {
 public:
  explicit OldFile(Input& input) : input_(input), rest_(input.view(0, input.size())) {
    rest_.remove_prefix(kOldMagic.size());
  }

  c10::IValue load(const Placement& placement) {
    const Placement nowhere = [](const std::string&) { return c10::Device(c10::kCPU); };
    OldStorages sizes(input_, nowhere);
    const c10::IValue version = next("the version", sizes);
    if (!version.isInt() || version.toInt() != kOldVersion) {
      fail_format(input_.name(), "a version of the old format that is not known");
    }
    next("the description of the system", sizes);
    const std::string_view object = rest_;
    next("the object", sizes);
    const Contents contents = contents_of(next("the list of storages", sizes), sizes);
    OldStorages storages(input_, placement, &contents);
    return unpickle(object, where("the object"), storages).first;
  }

 private:
  std::string where(const char* what) const { return input_.name() + ": in " + what; }

  c10::IValue next(const char* what, StorageSource& storages) {
    auto [value, used] = unpickle(rest_, where(what), storages);
    rest_.remove_prefix(used);
    return std::move(value);
  }

  // For each key the number of elements and the elements.
  Contents contents_of(const c10::IValue& keys, OldStorages& sizes) {
    Contents contents;
    if (!keys.isList()) fail_format(input_.name(), "the list of storages is broken");
    for (const c10::IValue& each : keys.toListRef()) {
      if (!each.isString()) fail_format(input_.name(), "the list of storages is broken");
      const std::string& key = each.toStringRef();
      const size_t bytes = sizes.storage(key, 0, "").nbytes();
      if (rest_.size() < 8 || rest_.size() - 8 < bytes) {
        fail_format(input_.name(), "the storage '" + key + "' does not end in the file");
      }
      uint64_t count = 0;
      std::memcpy(&count, rest_.data(), 8);
      if (count > bytes || (bytes > 0 && (count == 0 || bytes % count != 0))) {
        fail_format(input_.name(), "the storage '" + key + "' should have " +
                                       std::to_string(bytes) + " bytes and has " +
                                       std::to_string(count) + " elements");
      }
      contents.emplace(key, rest_.substr(8, bytes));
      rest_.remove_prefix(8 + bytes);
    }
    return contents;
  }

  Input& input_;
  std::string_view rest_;
};

c10::IValue load_archive(Input& input, const Placement& placement) {
  const ZipReader archive(input);
  const std::string& folder = archive.folder();
  if (folder.empty()) {
    fail_format(input.name(),
                "this archive has no record data.pkl: PyTorch did not write it");
  }
  if (archive.has(folder + "constants.pkl")) {
    fail(Code::kUnsupported, "",
         input.name() +
             ": this is a program of TorchScript or an archive of libtorch's C++, not "
             "saved values");
  }
  if (archive.has(folder + "byteorder") &&
      archive.record(folder + "byteorder") != "little") {
    fail(Code::kUnsupported, "",
         input.name() + ": it was written on a machine with another order of bytes");
  }
  const std::string where = input.name() + ": in data.pkl";
  ArchivedStorages storages(archive, input.name(), placement);
  return unpickle(archive.record(folder + "data.pkl"), where, storages).first;
}

}  // namespace

at::Tensor plain_on_cpu(const at::Tensor& tensor) {
  return tensor.detach().resolve_conj().resolve_neg().cpu().contiguous();
}

c10::Storage storage_of(std::string_view bytes, c10::Device device) {
  at::Tensor copy = at::empty({static_cast<int64_t>(bytes.size())}, at::kByte);
  if (!bytes.empty()) std::memcpy(copy.data_ptr(), bytes.data(), bytes.size());
  return copy.to(device).storage();
}

void write_torch_file(const c10::IValue& value, Output& output) {
  const Pickled pickled = pickle(value);
  ZipWriter archive(output, "archive/");
  archive.add("data.pkl", pickled.bytes);
  archive.add("byteorder", "little");
  for (size_t i = 0; i < pickled.storages.size(); ++i) {
    const at::Tensor bytes = bytes_of(pickled.storages[i].storage);
    archive.add("data/" + std::to_string(i), view_of(bytes));
  }
  archive.add("version", "3\n");
  archive.finish();
}

void save_torch_file(const c10::IValue& value, const std::string& path) {
  NewFile file(path);
  write_torch_file(value, file);
  file.commit();
}

c10::IValue read_torch_file(Input& input, const Placement& placement) {
  if (ZipReader::is_archive(input)) return load_archive(input, placement);
  if (input.has(0, kOldMagic.size()) && input.view(0, kOldMagic.size()) == kOldMagic) {
    return OldFile(input).load(placement);
  }
  fail_format(input.name(), "this is no file of torch.save");
}

c10::IValue load_torch_file(const std::string& path, const Placement& placement) {
  FileInput input(path);
  return read_torch_file(input, placement);
}

}  // namespace simple_torch
