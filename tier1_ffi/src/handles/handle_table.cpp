#include "handles/handle_table.h"

#include <ATen/core/Generator.h>
#include <ATen/core/ivalue.h>

#include <algorithm>
#include <cstdlib>
#include <string>

#include "autograd/gradients.h"
#include "autograd/packing.h"
#include "core/call_state.h"
#include "cuda/provider.h"
#include "dlpack/dlpack.h"
#include "handles/borrow.h"
#include "io/io_stream.h"
#include "io/transfer.h"
#include "operators/operator.h"
#include "optim/optimizer.h"
#include "script/archive.h"
#include "script/objects.h"
#include "script/package.h"
#include "script/trace.h"
#include "workers/workers.h"

namespace simple_torch {
namespace {

// Spare slots that move between a thread and the table at a time.
constexpr uint32_t kBatch = SlotMagazine::kCapacity / 2;

using TensorPointer = c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>;

[[gnu::noinline]] void destroy_object(Kind kind, void* object) {
  switch (kind) {
    case Kind::kList:
      delete static_cast<TensorList*>(object);
      return;
    case Kind::kScalar:
      delete static_cast<c10::Scalar*>(object);
      return;
    case Kind::kValue:
      delete static_cast<c10::IValue*>(object);
      return;
    case Kind::kGenerator:
      delete static_cast<at::Generator*>(object);
      return;
    case Kind::kOperator:
      delete static_cast<Operator*>(object);
      return;
    case Kind::kStorage:
      delete static_cast<c10::Storage*>(object);
      return;
    case Kind::kStream:
      delete static_cast<c10::Stream*>(object);
      return;
    case Kind::kGradients:
      delete static_cast<Gradients*>(object);
      return;
    case Kind::kPacked:
      delete static_cast<Packed*>(object);
      return;
    case Kind::kOptimizer:
      delete static_cast<Optimizer*>(object);
      return;
    case Kind::kDlpack:
      delete static_cast<Dlpack*>(object);
      return;
    case Kind::kModule:
      delete static_cast<ScriptModule*>(object);
      return;
    case Kind::kScript:
      delete static_cast<ScriptUnit*>(object);
      return;
    case Kind::kTrace:
      delete static_cast<Trace*>(object);
      return;
    case Kind::kArchive:
      delete static_cast<Archive*>(object);
      return;
    case Kind::kPackage:
      delete static_cast<Package*>(object);
      return;
    case Kind::kIo:
      delete static_cast<IoStream*>(object);
      return;
    case Kind::kTransfer:
      delete static_cast<Transfer*>(object);
      return;
    case Kind::kScope:
      delete static_cast<Scope*>(object);
      return;
    case Kind::kEvent:
      delete static_cast<CudaEvent*>(object);
      return;
    case Kind::kGraph:
      delete static_cast<CudaGraph*>(object);
      return;
    case Kind::kWorkers:
      delete static_cast<Workers*>(object);
      return;
    case Kind::kTensor:
    case Kind::kNone:
      return;
  }
}

}  // namespace

constinit HandleTable HandleTable::the_table;

const char* kind_name(Kind kind) {
  switch (kind) {
    case Kind::kTensor:
      return "tensor";
    case Kind::kList:
      return "list of tensors";
    case Kind::kValue:
      return "value";
    case Kind::kScalar:
      return "scalar";
    case Kind::kModule:
      return "module of TorchScript";
    case Kind::kOptimizer:
      return "optimizer";
    case Kind::kIo:
      return "io stream";
    case Kind::kEvent:
      return "event";
    case Kind::kGraph:
      return "graph";
    case Kind::kDlpack:
      return "DLPack struct";
    case Kind::kTransfer:
      return "transfer";
    case Kind::kTrace:
      return "trace";
    case Kind::kArchive:
      return "archive";
    case Kind::kPackage:
      return "package";
    case Kind::kScript:
      return "script";
    case Kind::kWorkers:
      return "workers";
    case Kind::kGenerator:
      return "generator";
    case Kind::kOperator:
      return "operator";
    case Kind::kStorage:
      return "storage";
    case Kind::kStream:
      return "stream";
    case Kind::kGradients:
      return "gradients";
    case Kind::kPacked:
      return "packed tensor";
    case Kind::kScope:
      return "scope";
    case Kind::kNone:
      break;
  }
  return nullptr;
}

// Empties a dead slot that nobody pins and makes it available again, then destroys what
// was in it: the destructor may take long, call back, or make handles of its own.
SIMPLE_TORCH_HOT void HandleTable::reclaim(SlotMagazine& magazine, Slot& slot,
                                           uint32_t index, uint64_t state) {
  const Kind kind = kind_of(static_cast<simple_torch_handle>(state));
  // A tensor too is a pointer, which owns.
  void* const object = std::bit_cast<void*>(slot.payload);
  // A generation that would wrap stays, so that no stale handle can match again; such a
  // slot is never handed out.
  const uint64_t next = (state & kGenerationBits) + kGenerationOne;
  if (next > kGenerationBits) [[unlikely]] {
    slot.state.store(kGenerationBits, std::memory_order_release);
  } else {
    slot.state.store(next, std::memory_order_release);
    if (magazine.size == SlotMagazine::kCapacity) [[unlikely]]
      spill(magazine, kBatch);
    magazine.indices[magazine.size++] = index;
  }
  if (kind == Kind::kTensor) [[likely]] {
    TensorPointer::reclaim(static_cast<c10::TensorImpl*>(object));
  } else {
    destroy_object(kind, object);
  }
}

SIMPLE_TORCH_HOT Slot* HandleTable::end_life(SlotMagazine& magazine,
                                             simple_torch_handle handle, uint64_t pins,
                                             uint64_t& state) const {
  Slot* const slot = find(index_of(handle));
  if (slot == nullptr) [[unlikely]]
    return nullptr;
  uint64_t before = slot->state.load(std::memory_order_relaxed);
  do {
    if (!same_life(before, handle)) [[unlikely]]
      return nullptr;
    state = (before | kDeadBit) + pins;
  } while (!slot->state.compare_exchange_weak(before, state, std::memory_order_acq_rel,
                                              std::memory_order_relaxed));
  magazine.count(kind_byte(handle), -1);
  return slot;
}

SIMPLE_TORCH_HOT bool HandleTable::end(simple_torch_handle handle, Kind kind) {
  if (!is_of(handle, kind)) [[unlikely]]
    return false;
  SlotMagazine& magazine = CallState::get().slots;
  uint64_t state = 0;
  Slot* const slot = end_life(magazine, handle, 0, state);
  if (slot == nullptr) [[unlikely]]
    return false;
  if ((state & kPinBits) == 0) [[likely]]
    reclaim(magazine, *slot, index_of(handle), state);
  return true;
}

void HandleTable::free(simple_torch_handle handle, Kind kind, const char* argument) {
  if (!end(handle, kind) && handle != 0) [[unlikely]]
    refuse(handle, kind, argument);
}

bool HandleTable::free_if_alive(simple_torch_handle handle) {
  return end(handle, Kind::kNone);
}

bool HandleTable::doom(simple_torch_handle handle) {
  // The queue's pin keeps the slot from being reused before drain() has seen it.
  if (!is_of(handle, Kind::kNone)) return false;
  uint64_t state = 0;
  Slot* const slot = end_life(CallState::get().slots, handle, 1, state);
  if (slot == nullptr) return false;
  uint32_t head = doomed_.load(std::memory_order_relaxed);
  do {
    slot->next.store(head, std::memory_order_relaxed);
  } while (!doomed_.compare_exchange_weak(
      head, index_of(handle) + 1, std::memory_order_release, std::memory_order_relaxed));
  return true;
}

void HandleTable::drain() {
  uint32_t link = doomed_.exchange(0, std::memory_order_acquire);
  while (link != 0) {
    const simple_torch_handle handle = link;
    Slot& slot = at(index_of(handle));
    link = slot.next.load(std::memory_order_relaxed);
    unpin(slot, handle);
  }
}

void HandleTable::reclaim_if_unpinned(Slot& slot, uint32_t index, uint64_t state) {
  if ((state & kPinBits) == 0) reclaim(CallState::get().slots, slot, index, state);
}

bool HandleTable::alive(simple_torch_handle handle) const {
  const Slot* const slot = find(index_of(handle));
  return slot != nullptr && kind_byte(handle) != 0 &&
         same_life(slot->state.load(std::memory_order_relaxed), handle);
}

void HandleTable::refuse(simple_torch_handle handle, Kind wanted,
                         const char* argument) const {
  const char* const kind = kind_name(kind_of(handle));
  const char* const wanted_name = wanted == Kind::kNone ? "handle" : kind_name(wanted);
  if (handle == 0) {
    fail(Code::kBadHandle, argument, std::string("is 0, which names no ") + wanted_name);
  }
  const Slot* const slot =
      handle > 0 && kind != nullptr ? find(index_of(handle)) : nullptr;
  if (slot != nullptr) {
    const uint64_t state = slot->state.load(std::memory_order_relaxed);
    if (same_life(state, handle)) {
      fail(Code::kWrongKind, argument,
           std::string("is a ") + kind + ", not a " + wanted_name);
    }
    // A slot of the handle's generation is live with it, doomed, or vacant and never to
    // be used again; if it is live with another kind, the handle was never given out.
    const uint64_t generation = static_cast<uint64_t>(handle) & kGenerationBits;
    const uint64_t reached = state & kGenerationBits;
    const bool spent = generation == kGenerationBits && (state & kKindBits) == 0;
    const bool doomed = same_life(state & ~kDeadBit, handle);
    if (generation < reached || doomed || (generation == reached && spent)) {
      fail(Code::kStaleHandle, argument, std::string("is a ") + kind + " that was freed");
    }
  }
  fail(Code::kBadHandle, argument, "is not a handle: " + std::to_string(handle));
}

int64_t HandleTable::live_count(Kind kind) const {
  return PerThread<CallState>::locked([&](const std::vector<CallState*>& states) {
    int64_t sum = 0;
    for (size_t each = 1; each < kKindLimit; ++each) {
      if (kind != Kind::kNone && static_cast<size_t>(kind) != each) continue;
      sum += retired_balance_[each];
      for (const CallState* state : states) {
        sum += state->slots.balance[each].load(std::memory_order_relaxed);
      }
    }
    return sum;
  });
}

void HandleTable::refill(SlotMagazine& magazine) {
  const std::lock_guard lock(mutex_);
  while (magazine.size < kBatch && free_head_ != 0) {
    const uint32_t index = free_head_ - 1;
    free_head_ = at(index).next.load(std::memory_order_relaxed);
    magazine.indices[magazine.size++] = index;
  }
  if (magazine.size > 0) return;

  const uint64_t first = carved_.load(std::memory_order_relaxed);
  const size_t number = first >> kChunkBits;
  // The last chunk stays unused: an index plus one must fit in 32 bits.
  if (number >= kChunks - 1) throw std::bad_alloc();
  if (chunk(number).load(std::memory_order_relaxed) == nullptr) {
    // Zero bytes are a slot that was never used.
    auto* const slots = static_cast<Slot*>(std::calloc(kChunkSlots, sizeof(Slot)));
    if (slots == nullptr) throw std::bad_alloc();
    chunk(number).store(slots, std::memory_order_release);
  }
  // A chunk holds a multiple of the batch, so a batch never crosses a border.
  for (uint32_t i = 0; i < kBatch; ++i) {
    magazine.indices[magazine.size++] = static_cast<uint32_t>(first) + kBatch - 1 - i;
  }
  carved_.store(first + kBatch, std::memory_order_release);
}

void HandleTable::spill(SlotMagazine& magazine, uint32_t keep) {
  const std::lock_guard lock(mutex_);
  while (magazine.size > keep) {
    const uint32_t index = magazine.indices[--magazine.size];
    at(index).next.store(free_head_, std::memory_order_relaxed);
    free_head_ = index + 1;
  }
}

void HandleTable::give_back(SlotMagazine& magazine) { spill(magazine, 0); }

void HandleTable::retire(const SlotMagazine& magazine) {
  for (size_t kind = 1; kind < kKindLimit; ++kind) {
    retired_balance_[kind] += magazine.balance[kind].load(std::memory_order_relaxed);
  }
}

void HandleTable::set_up() { hold_during_fork(the_table.mutex_); }

}  // namespace simple_torch
