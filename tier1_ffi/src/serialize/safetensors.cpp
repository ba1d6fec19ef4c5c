// Safetensors files. Tensors are the file's own pages, so that opening a large file costs
// nothing, and only what is used is ever read.
#include <ATen/Functions.h>
#include <ATen/core/Dict.h>
#include <ATen/ops/from_blob.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "serialize/formats.h"
#include "serialize/safetensors_header.h"
#include "tensor/read_data.h"
#include "values/named_tensor.h"

namespace simple_torch {
namespace {

using TextDict = c10::Dict<std::string, std::string>;
using TensorDict = c10::Dict<std::string, at::Tensor>;

// The tensor of an entry. It keeps the file mapped as long as it uses its pages.
at::Tensor tensor_of(const std::shared_ptr<MappedFile>& file, uint64_t data_start,
                     const SafetensorsEntry& entry, c10::Device device) {
  if (entry.dtype == c10::ScalarType::Undefined) {
    fail(Code::kUnsupported, "",
         file->path() + ": the tensor '" + entry.name + "' holds elements of '" +
             entry.dtype_name + "', which no tensor of this libtorch does");
  }
  char* const data = file->data() + data_start + entry.begin;
  const uint64_t size = entry.end - entry.begin;
  const auto options = at::TensorOptions().dtype(entry.dtype);
  if (entry.dtype == c10::ScalarType::Bool &&
      std::any_of(data, data + size, [](char byte) { return (byte & ~1) != 0; })) {
    fail_format(file->path(),
                "the tensor '" + entry.name + "' has bytes that are no truth values");
  }
  const bool is_aligned =
      reinterpret_cast<uintptr_t>(data) % c10::elementSize(entry.dtype) == 0;
  if (is_aligned && size > 0) {
    return at::from_blob(
               data, entry.shape, [file](void*) {}, options)
        .to(device);
  }
  at::Tensor copy = at::empty(entry.shape, options);
  if (size > 0) std::memcpy(copy.data_ptr(), data, size);
  return copy.to(device);
}

std::string_view bytes_of(const at::Tensor& plain) {
  return {static_cast<const char*>(read_data(plain)), plain.nbytes()};
}

std::vector<std::pair<std::string, at::Tensor>> named_tensors(
    const c10::IValue& tensors) {
  if (!tensors.isGenericDict()) fail(Code::kType, "tensors", "must be a dict");
  std::vector<std::pair<std::string, at::Tensor>> named;
  for (const auto& entry : tensors.toGenericDict()) {
    const auto& [name, tensor] = named_tensor(entry.key(), entry.value(), "tensors");
    if (name == "__metadata__") {
      fail(Code::kValue, "tensors", "has the name __metadata__, which the format needs");
    }
    if (tensor.layout() != c10::kStrided || tensor.is_meta() ||
        safetensors_dtype_name(tensor.scalar_type()) == nullptr) {
      fail(Code::kUnsupported, "tensors",
           "has '" + name + "', of a dtype or layout that the format has not");
    }
    named.emplace_back(name, tensor);
  }
  // The widest elements first, so that all are aligned.
  std::stable_sort(named.begin(), named.end(), [](const auto& a, const auto& b) {
    return a.second.element_size() > b.second.element_size();
  });
  return named;
}

SafetensorsHeader header_of(const std::vector<std::pair<std::string, at::Tensor>>& named,
                            const c10::IValue& metadata) {
  SafetensorsHeader header;
  for (const auto& [name, tensor] : named) {
    SafetensorsEntry entry{name, tensor.scalar_type(), tensor.sizes().vec()};
    entry.begin = header.entries.empty() ? 0 : header.entries.back().end;
    entry.end = entry.begin + tensor.nbytes();
    header.entries.push_back(std::move(entry));
  }
  if (metadata.isNone()) return header;
  if (!metadata.isGenericDict()) fail(Code::kType, "metadata", "must be a dict");
  for (const auto& entry : metadata.toGenericDict()) {
    if (!entry.key().isString() || !entry.value().isString()) {
      fail(Code::kType, "metadata", "must be a dict of texts and texts");
    }
    header.metadata.emplace_back(entry.key().toStringRef(), entry.value().toStringRef());
  }
  return header;
}

}  // namespace

void save_safetensors(const c10::IValue& tensors, const c10::IValue& metadata,
                      const std::string& path) {
  const auto named = named_tensors(tensors);
  NewFile file(path);
  file.write(safetensors_header_text(header_of(named, metadata)));
  for (const auto& [name, tensor] : named) file.write(bytes_of(plain_on_cpu(tensor)));
  file.commit();
}

c10::IValue load_safetensors(const std::string& path, c10::Device device) {
  const auto file = std::make_shared<MappedFile>(path);
  const SafetensorsHeader header = read_safetensors_header(*file);
  TensorDict tensors;
  for (const SafetensorsEntry& each : header.entries) {
    tensors.insert(each.name, tensor_of(file, header.data_start, each, device));
  }
  return tensors;
}

at::Tensor load_safetensor(const std::string& path, const std::string& name,
                           c10::Device device) {
  const auto file = std::make_shared<MappedFile>(path);
  const SafetensorsHeader header = read_safetensors_header(*file);
  for (const SafetensorsEntry& each : header.entries) {
    if (each.name == name) return tensor_of(file, header.data_start, each, device);
  }
  fail(Code::kIndex, "name", path + ": there is no tensor '" + name + "'");
}

c10::IValue safetensors_names(const std::string& path) {
  const MappedFile file(path);
  c10::List<std::string> names;
  for (const SafetensorsEntry& each : read_safetensors_header(file).entries) {
    names.push_back(each.name);
  }
  return names;
}

c10::IValue safetensors_metadata(const std::string& path) {
  const MappedFile file(path);
  TextDict metadata;
  for (const auto& [key, value] : read_safetensors_header(file).metadata) {
    metadata.insert_or_assign(key, value);
  }
  return metadata;
}

}  // namespace simple_torch
