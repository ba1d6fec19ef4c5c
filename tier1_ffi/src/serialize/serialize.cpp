// Exports of serialize.h.
#include "simple_torch/serialize.h"

#include <memory>

#include "core/arguments.h"
#include "core/guarded.h"
#include "device/device.h"
#include "serialize/formats.h"

namespace simple_torch {
namespace {

std::string path_of(const char* path) {
  const std::string_view text = text_of(path, "path");
  if (text.empty()) fail_argument("path", "must not be empty");
  return std::string(text);
}

OwnedHandle store_value(c10::IValue&& value) {
  return store(std::make_unique<c10::IValue>(std::move(value)));
}

}  // namespace
}  // namespace simple_torch

using namespace simple_torch;

int64_t simple_torch_value_save(simple_torch_handle value, const char* path) {
  return guarded(
      [&] { save_torch_file(*borrow<c10::IValue>(value, "value"), path_of(path)); });
}

simple_torch_handle simple_torch_value_load(const char* path, int64_t device) {
  return guarded([&] {
    const c10::Device where = usable_device(device, "device");
    return store_value(load_torch_file(path_of(path), where));
  });
}

int64_t simple_torch_safetensors_save(simple_torch_handle tensors,
                                      simple_torch_handle metadata, const char* path) {
  return guarded([&] {
    const auto named = borrow<c10::IValue>(tensors, "tensors");
    const c10::IValue said =
        metadata == 0 ? c10::IValue() : *borrow<c10::IValue>(metadata, "metadata");
    save_safetensors(*named, said, path_of(path));
  });
}

simple_torch_handle simple_torch_safetensors_load(const char* path, int64_t device) {
  return guarded([&] {
    const c10::Device where = usable_device(device, "device");
    return store_value(load_safetensors(path_of(path), where));
  });
}

simple_torch_handle simple_torch_safetensors_tensor(const char* path, const char* name,
                                                    int64_t device) {
  return guarded([&] {
    const c10::Device where = usable_device(device, "device");
    return store(
        load_safetensor(path_of(path), std::string(text_of(name, "name")), where));
  });
}

simple_torch_handle simple_torch_safetensors_metadata(const char* path) {
  return guarded([&] { return store_value(safetensors_metadata(path_of(path))); });
}
