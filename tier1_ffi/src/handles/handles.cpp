// Exports of handle.h: freeing handles of any kind, and seeing which are alive.
#include "simple_torch/handle.h"

#include <algorithm>
#include <cstdio>
#include <limits>
#include <string>
#include <unordered_set>
#include <vector>

#include "core/arguments.h"
#include "core/guarded.h"
#include "memory/housekeeping.h"

namespace simple_torch {
namespace {

// The storage behind a tensor, 0 bytes for one that has none or, like a meta tensor, no
// memory behind it.
struct StorageUse {
  const void* identity = nullptr;
  int64_t bytes = 0;
};

StorageUse storage_of(const at::Tensor& tensor) {
  if (!tensor.defined() || !tensor.has_storage() || tensor.is_meta()) return {};
  const c10::Storage& storage = tensor.storage();
  return {storage.unsafeGetStorageImpl(), static_cast<int64_t>(storage.nbytes())};
}

// What is shown of a handle. `shape` keeps the record's array alive.
struct Shown {
  simple_torch_handle_record record;
  std::vector<int64_t> shape;
};

Shown describe(const HandleTable::Entry& entry) {
  Shown shown{};
  simple_torch_handle_record& record = shown.record;
  record.handle = entry.handle;
  record.kind = static_cast<int64_t>(entry.kind);
  // The clock is coarse, so a new handle may seem to be of the future.
  const auto age =
      static_cast<int32_t>(housekeeping::about_now_ms() - entry.slot->born_ms);
  record.age_ms = std::max(age, 0);
  record.operation = entry.slot->operation;
  record.dtype = -1;
  if (entry.kind == Kind::kTensor) {
    const at::Tensor& tensor = *Borrowed<at::Tensor>::address(entry.slot);
    record.bytes = storage_of(tensor).bytes;
    if (tensor.defined()) {
      record.dtype = static_cast<int64_t>(tensor.scalar_type());
      shown.shape = tensor.sizes().vec();
    }
  }
  return shown;
}

void append_line(std::string& text, const Shown& shown) {
  const simple_torch_handle_record& record = shown.record;
  text += kind_name(static_cast<Kind>(record.kind));
  if (record.dtype >= 0) {
    text += ' ';
    text += c10::toString(static_cast<c10::ScalarType>(record.dtype));
    text += " [";
    for (size_t i = 0; i < shown.shape.size(); ++i) {
      if (i > 0) text += ", ";
      text += std::to_string(shown.shape[i]);
    }
    text += "] " + std::to_string(record.bytes) + " bytes";
  }
  text += ", " + std::to_string(record.age_ms) + " ms old, made by ";
  text += record.operation;
  text += '\n';
}

}  // namespace
}  // namespace simple_torch

using namespace simple_torch;

int64_t simple_torch_release(simple_torch_handle handle) {
  return guarded([&] { HandleTable::get().free(handle, Kind::kNone, "handle"); });
}

int64_t simple_torch_release_many(const simple_torch_handle* handles, int64_t count) {
  return guarded(
      [&] {
        HandleTable& table = HandleTable::get();
        int64_t freed = 0;
        for (const simple_torch_handle each : list_of(handles, count, "handles")) {
          if (table.doom(each)) ++freed;
        }
        if (freed > 0) {
          work_waits.store(true, std::memory_order_relaxed);
          housekeeping::wake();
        }
        return freed;
      },
      Waiting::kLeave);
}

int64_t simple_torch_handle_kind(simple_torch_handle handle) {
  return guarded([&] {
    const Pin pin = HandleTable::get().pin(handle, Kind::kNone, "handle");
    return static_cast<int64_t>(HandleTable::kind_of(handle));
  });
}

int64_t simple_torch_handle_live_count(int64_t kind) {
  return guarded([&] {
    const bool all = kind == 0;
    if (!all && (kind < 0 || kind >= int64_t{kKindLimit} ||
                 kind_name(static_cast<Kind>(kind)) == nullptr)) {
      fail_argument("kind", "names no kind of handle: " + std::to_string(kind));
    }
    return HandleTable::get().live_count(static_cast<Kind>(kind));
  });
}

int64_t simple_torch_handle_live_bytes(void) {
  return guarded([] {
    std::unordered_set<const void*> seen;
    int64_t sum = 0;
    HandleTable::get().for_each([&](const HandleTable::Entry& entry) {
      if (entry.kind != Kind::kTensor) return;
      const StorageUse use = storage_of(*Borrowed<at::Tensor>::address(entry.slot));
      if (use.identity == nullptr || !seen.insert(use.identity).second) return;
      // The host's own memory is as large as it says.
      if (__builtin_add_overflow(sum, use.bytes, &sum)) {
        sum = std::numeric_limits<int64_t>::max();
      }
    });
    return sum;
  });
}

int64_t simple_torch_handle_visit(
    int64_t (*visit)(void* context, const simple_torch_handle_record* record),
    void* context) {
  return guarded([&] {
    required(visit, "visit");
    int64_t shown_count = 0;
    HandleTable::get().for_each([&](const HandleTable::Entry& entry) {
      Shown shown = describe(entry);
      shown.record.shape = shown.shape.data();
      shown.record.ndim = static_cast<int64_t>(shown.shape.size());
      call_back([&] { return visit(context, &shown.record); });
      ++shown_count;
    });
    return shown_count;
  });
}

int64_t simple_torch_handle_dump(char* buffer, int64_t capacity) {
  return guarded([&] {
    std::vector<Shown> all;
    HandleTable::get().for_each(
        [&](const HandleTable::Entry& entry) { all.push_back(describe(entry)); });
    std::stable_sort(all.begin(), all.end(), [](const Shown& left, const Shown& right) {
      return left.record.age_ms > right.record.age_ms;
    });
    std::string text;
    for (const Shown& each : all) append_line(text, each);
    return write_text(text, buffer, capacity, "buffer");
  });
}
