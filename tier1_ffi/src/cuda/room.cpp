#include "cuda/room.h"

#include <algorithm>
#include <atomic>

#include "handles/handle_table.h"
#include "memory/runtime.h"

namespace simple_torch {
namespace {

constinit std::atomic<bool> busy{false};
constinit std::atomic<bool> postponed{false};
// Of the thread that is busy.
constinit CollectionPace pace;

CollectionPace::Time now() {
  return std::chrono::duration_cast<CollectionPace::Time>(
      std::chrono::steady_clock::now().time_since_epoch());
}

bool can_make_room() noexcept {
  return HandleTable::get().has_doomed() || runtime_attached();
}

bool make_room(CudaMemory memory) noexcept {
  if (busy.exchange(true, std::memory_order_acquire)) return false;
  bool freed = HandleTable::get().has_doomed();
  HandleTable::get().drain();
  const CollectionPace::Time began = now();
  const bool due = pace.due(memory, began);
  postponed.store(!due, std::memory_order_relaxed);
  if (due && collect_without_waiting()) {
    pace.collected(began, now());
    freed = true;
  }
  busy.store(false, std::memory_order_release);
  return freed;
}

}  // namespace

void want_postponed_collection() {
  if (postponed.exchange(false, std::memory_order_relaxed)) want_collection();
}

bool CollectionPace::due(CudaMemory memory, Time now) const {
  if (!ever_) return true;
  constexpr int64_t kFiftieth = 50;
  const int64_t used = std::max<int64_t>(memory.total - memory.free, 1);
  const double share =
      kFiftieth * static_cast<double>(memory.free) / static_cast<double>(used);
  return static_cast<double>((now - ended_).count()) >=
         share * static_cast<double>(took_.count());
}

void CollectionPace::collected(Time began, Time ended) {
  took_ = std::max(ended - began, Time(1));
  ended_ = ended;
  ever_ = true;
}

constinit const CudaHost kCudaHost = {&can_make_room, &make_room};

}  // namespace simple_torch
