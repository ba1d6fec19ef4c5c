// Exports of archive.h.
#include "script/archive.h"

#include <algorithm>

#include "core/arguments.h"
#include "core/guarded.h"
#include "core/numbers.h"
#include "device/device.h"
#include "io/io_stream.h"
#include "operators/arguments.h"
#include "script/foreign.h"
#include "script/objects.h"
#include "simple_torch/archive.h"

namespace simple_torch {

Archive::Written& Archive::written() {
  if (auto* const found = std::get_if<Written>(&content_)) return *found;
  fail(Code::kType, "archive", "was loaded and cannot be written to");
}

Archive::Loaded& Archive::loaded() {
  if (auto* const found = std::get_if<Loaded>(&content_)) return *found;
  fail(Code::kType, "archive", "is one that is written to, and was not loaded");
}

ArchiveUse::ArchiveUse(Archive& archive) : lock_(archive.mutex_, std::try_to_lock) {
  if (!lock_) fail(Code::kValue, "archive", "is being used at this moment");
}

namespace {

std::string new_name(Archive::Written& archive, const char* text) {
  if (archive.is_part) {
    fail(Code::kValue, "archive", "is a part of another one and cannot grow any more");
  }
  const std::string name(text_of(text, "name"));
  if (name.empty() || name.find('.') != std::string::npos) {
    fail(Code::kValue, "name", "'" + name + "' is no name for a part of an archive");
  }
  if (!archive.names.insert(name).second) {
    fail(Code::kValue, "name", "'" + name + "' is there already");
  }
  return name;
}

// What these archives have no form for, libtorch writes in one that it cannot read.
void require_dense(const c10::IValue& value, const char* argument,
                   const std::string& name) {
  value.visit([&](const c10::IValue& each) {
    if (each.isTensor() && each.toTensor().defined() &&
        each.toTensor().layout() != c10::kStrided) {
      fail(Code::kUnsupported, argument,
           "'" + name + "' is, or holds, a tensor that is not dense, which archives of " +
               "libtorch's C++ cannot hold");
    }
    return false;
  });
}

void save_archive(Archive& archive, Output& output) {
  const ArchiveUse use(archive);
  ForeignWriter writer(output);
  archive.written().archive.save_to(writer.function());
  writer.check();
}

OwnedHandle load_archive(Input& input, c10::Device device) {
  if (!ZipReader::is_archive(input)) {
    fail_format(input.name(), "this is no archive of libtorch");
  }
  ForeignArchive checked(input);
  Archive::Loaded loaded;
  checked.read([&] {
    loaded.load_from(
        [&](uint64_t at, void* to, size_t size) { return checked.give(at, to, size); },
        [&]() -> size_t { return checked.size(); }, device);
  });
  return store(std::make_unique<Archive>(std::move(loaded)));
}

[[noreturn]] void fail_missing(const std::string& name) {
  fail(Code::kIndex, "name", "there is no '" + name + "' in the archive");
}

// What `read` finds under a name.
template <typename T>
T part_of(simple_torch_handle archive, const char* name, const char* what) {
  const auto whole = borrow<Archive>(archive, "archive");
  const std::string text(text_of(name, "name"));
  const ArchiveUse use(*whole);
  Archive::Loaded& loaded = whole->loaded();
  const auto keys = loaded.keys();
  if (std::find(keys.begin(), keys.end(), text) == keys.end()) fail_missing(text);
  T found;
  c10::IValue value;
  if constexpr (std::is_same_v<T, c10::IValue>) {
    if (loaded.try_read(text, found)) return found;
  } else if (loaded.try_read(text, value) &&
             (std::is_same_v<T, at::Tensor> ? value.isTensor() : value.isModule()) &&
             loaded.try_read(text, found)) {
    return found;
  }
  fail(Code::kType, "name", "'" + text + "' is no " + what);
}

}  // namespace
}  // namespace simple_torch

using namespace simple_torch;

simple_torch_handle simple_torch_archive_create(void) {
  return guarded([] { return store(std::make_unique<Archive>()); });
}

int64_t simple_torch_archive_write_tensor(simple_torch_handle archive, const char* name,
                                          simple_torch_handle tensor, int64_t is_buffer) {
  return guarded([&] {
    const auto whole = borrow<Archive>(archive, "archive");
    const auto added = in::tensor(tensor, "tensor");
    const bool buffer = truth(is_buffer, "is_buffer");
    const ArchiveUse use(*whole);
    Archive::Written& written = whole->written();
    require_dense(*added, "tensor", std::string(text_of(name, "name")));
    written.archive.write(new_name(written, name), *added, buffer);
  });
}

int64_t simple_torch_archive_write_value(simple_torch_handle archive, const char* name,
                                         simple_torch_handle value) {
  return guarded([&] {
    const auto whole = borrow<Archive>(archive, "archive");
    const auto added = borrow<c10::IValue>(value, "value");
    const ArchiveUse use(*whole);
    Archive::Written& written = whole->written();
    require_dense(*added, "value", std::string(text_of(name, "name")));
    written.archive.write(new_name(written, name), *added);
  });
}

int64_t simple_torch_archive_write_archive(simple_torch_handle archive, const char* name,
                                           simple_torch_handle part) {
  return guarded([&] {
    const auto whole = borrow<Archive>(archive, "archive");
    const auto added = borrow<Archive>(part, "part");
    if (&*whole == &*added) fail(Code::kValue, "part", "is the archive itself");
    const ArchiveUse use(*whole);
    const ArchiveUse part_use(*added);
    Archive::Written& written = whole->written();
    Archive::Written& inner = added->written();
    written.archive.write(new_name(written, name), inner.archive);
    inner.is_part = true;
  });
}

int64_t simple_torch_archive_save(simple_torch_handle archive, const char* path) {
  return guarded([&] {
    const auto saved = borrow<Archive>(archive, "archive");
    NewFile file(path_of(path));
    save_archive(*saved, file);
    file.commit();
  });
}

int64_t simple_torch_archive_write(simple_torch_handle archive, simple_torch_handle io) {
  return guarded([&] {
    const auto saved = borrow<Archive>(archive, "archive");
    const auto stream = borrow<IoStream>(io, "io");
    StreamOutput output(*stream);
    save_archive(*saved, output);
  });
}

simple_torch_handle simple_torch_archive_load(const char* path, int64_t device) {
  return guarded([&] {
    const c10::Device where = usable_device(device, "device");
    FileInput input(path_of(path));
    return load_archive(input, where);
  });
}

simple_torch_handle simple_torch_archive_load_bytes(const void* data, int64_t bytes,
                                                    int64_t device) {
  return guarded([&] {
    const c10::Device where = usable_device(device, "device");
    const auto given = list_of(static_cast<const char*>(data), bytes, "data");
    BytesInput input("the bytes", {given.data(), given.size()});
    return load_archive(input, where);
  });
}

simple_torch_handle simple_torch_archive_read(simple_torch_handle io, int64_t device) {
  return guarded([&] {
    const c10::Device where = usable_device(device, "device");
    const auto stream = borrow<IoStream>(io, "io");
    StreamInput input(*stream);
    return load_archive(input, where);
  });
}

simple_torch_handle simple_torch_archive_keys(simple_torch_handle archive) {
  return guarded([&] {
    const auto whole = borrow<Archive>(archive, "archive");
    const ArchiveUse use(*whole);
    return store_names(whole->loaded().keys());
  });
}

simple_torch_handle simple_torch_archive_tensor(simple_torch_handle archive,
                                                const char* name) {
  return guarded([&] { return store(part_of<at::Tensor>(archive, name, "tensor")); });
}

simple_torch_handle simple_torch_archive_value(simple_torch_handle archive,
                                               const char* name) {
  return guarded(
      [&] { return store_value(part_of<c10::IValue>(archive, name, "value")); });
}

simple_torch_handle simple_torch_archive_part(simple_torch_handle archive,
                                              const char* name) {
  return guarded([&] {
    return store(
        std::make_unique<Archive>(part_of<Archive::Loaded>(archive, name, "archive")));
  });
}

int64_t simple_torch_archive_free(simple_torch_handle archive) {
  return guarded([&] { HandleTable::get().free(archive, Kind::kArchive, "archive"); });
}
