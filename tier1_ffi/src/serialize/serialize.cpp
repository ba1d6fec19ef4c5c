// Exports of serialize.h.
#include "simple_torch/serialize.h"

#include <memory>

#include "core/arguments.h"
#include "core/file.h"
#include "core/guarded.h"
#include "core/ownership.h"
#include "device/device.h"
#include "io/io_stream.h"
#include "serialize/formats.h"

namespace simple_torch {
namespace {

OwnedHandle store_value(c10::IValue&& value) {
  return store(std::make_unique<c10::IValue>(std::move(value)));
}

// All on one device.
Placement placement_on(int64_t device) {
  const c10::Device where = usable_device(device, "device");
  return [where](const std::string&) { return where; };
}

using Place = int64_t(void* context, const char* location);

// Each where the host's function says.
Placement placement_by(Place* place, void* context) {
  required(place, "place");
  return [=](const std::string& location) {
    int64_t number = 0;
    call_back([&] {
      number = place(context, location.c_str());
      return number < 0 ? number : 0;
    });
    return usable_device(number, "place");
  };
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
    const Placement where = placement_on(device);
    return store_value(load_torch_file(path_of(path), where));
  });
}

int64_t simple_torch_value_write(simple_torch_handle value, simple_torch_handle io) {
  return guarded([&] {
    const auto written = borrow<c10::IValue>(value, "value");
    const auto stream = borrow<IoStream>(io, "io");
    StreamOutput output(*stream);
    write_torch_file(*written, output);
  });
}

simple_torch_handle simple_torch_value_read(simple_torch_handle io, int64_t device) {
  return guarded([&] {
    const Placement where = placement_on(device);
    const auto stream = borrow<IoStream>(io, "io");
    StreamInput input(*stream);
    return store_value(read_torch_file(input, where));
  });
}

simple_torch_handle simple_torch_value_load_bytes(const void* data, int64_t bytes,
                                                  int64_t device) {
  return guarded([&] {
    const Placement where = placement_on(device);
    const auto given = list_of(static_cast<const char*>(data), bytes, "data");
    BytesInput input("the bytes", {given.data(), given.size()});
    return store_value(read_torch_file(input, where));
  });
}

simple_torch_handle simple_torch_value_load_placed(
    const char* path, int64_t (*place)(void* context, const char* location),
    void* context, void (*destroy)(void* context)) {
  const Ownership owned(destroy, context);
  return guarded([&] {
    const Placement where = placement_by(place, context);
    return store_value(load_torch_file(path_of(path), where));
  });
}

simple_torch_handle simple_torch_value_read_placed(
    simple_torch_handle io, int64_t (*place)(void* context, const char* location),
    void* context, void (*destroy)(void* context)) {
  const Ownership owned(destroy, context);
  return guarded([&] {
    const Placement where = placement_by(place, context);
    const auto stream = borrow<IoStream>(io, "io");
    StreamInput input(*stream);
    return store_value(read_torch_file(input, where));
  });
}

int64_t simple_torch_file_replace(const char* path, const void* data, int64_t bytes) {
  return guarded([&] {
    const auto given = list_of(static_cast<const char*>(data), bytes, "data");
    NewFile file(path_of(path));
    file.write(given.data(), given.size());
    file.commit();
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

simple_torch_handle simple_torch_safetensors_names(const char* path) {
  return guarded([&] { return store_value(safetensors_names(path_of(path))); });
}

simple_torch_handle simple_torch_safetensors_metadata(const char* path) {
  return guarded([&] { return store_value(safetensors_metadata(path_of(path))); });
}
