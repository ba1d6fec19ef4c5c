// Exports of storage.h.
#include "simple_torch/storage.h"

#include <c10/core/Storage.h>
#include <c10/core/Stream.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include <memory>

#include "core/arguments.h"
#include "core/guarded.h"
#include "device/device.h"
#include "operators/arguments.h"

using namespace simple_torch;

simple_torch_handle simple_torch_storage_of(simple_torch_handle tensor) {
  return guarded([&] {
    const auto whole = in::tensor(tensor, "tensor");
    if (!whole->has_storage()) fail(Code::kType, "tensor", "has no storage");
    return store(std::make_unique<c10::Storage>(whole->storage()));
  });
}

int64_t simple_torch_storage_bytes(simple_torch_handle storage) {
  return guarded([&] {
    return static_cast<int64_t>(borrow<c10::Storage>(storage, "storage")->nbytes());
  });
}

int64_t simple_torch_storage_free(simple_torch_handle storage) {
  return guarded([&] { HandleTable::get().free(storage, Kind::kStorage, "storage"); });
}

simple_torch_handle simple_torch_stream_current(int64_t device) {
  return guarded([&] {
    const c10::Device where = usable_device(device, "device");
    const c10::impl::VirtualGuardImpl guard(where.type());
    return store(std::make_unique<c10::Stream>(guard.getStream(where)));
  });
}

int64_t simple_torch_stream_device(simple_torch_handle stream) {
  return guarded(
      [&] { return number_of(borrow<c10::Stream>(stream, "stream")->device()); });
}

int64_t simple_torch_stream_id(simple_torch_handle stream, int64_t* id_out) {
  return guarded([&] {
    const auto asked = borrow<c10::Stream>(stream, "stream");
    *required(id_out, "id_out") = asked->id();
  });
}

int64_t simple_torch_stream_free(simple_torch_handle stream) {
  return guarded([&] { HandleTable::get().free(stream, Kind::kStream, "stream"); });
}
