// The table that gives every object a checked number.
//
// A handle's bits:
//   63   62..56   55..........32   31...................0
//   0  [ kind ] [ generation   ] [ slot index + 1       ]
//
// Bit 63 stays clear so that a handle is a positive i64 in the language. The index is
// stored plus one so that no live handle is 0. Each time a slot is vacated its generation
// grows by one; when it would wrap, the slot is retired: a stale handle must never come
// back to life.
//
// A slot's state is one 64-bit word, so that looking up, using and freeing can race:
//   63     62..56   55..........32   31...................0
//   dead [ kind ] [ generation   ] [ pins                 ]
//
// * vacant: dead 0, kind 0, no pins. On a free list, or of whoever took it from there.
// * live: dead 0, kind k. The upper half equals that of its handle.
// * doomed: dead 1, kind k. Freed, and waiting for its last pin to go.
//
// A look-up adds a pin by compare-and-swap, so only to a live slot of the handle's own
// generation: a vacant slot is never touched by others. Whoever takes the last pin from a
// doomed slot destroys its object, outside every lock.
#pragma once

#include <ATen/core/Tensor.h>

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <new>
#include <utility>
#include <vector>

#include "core/failure.h"
#include "core/platform.h"
#include "handles/slot_magazine.h"
#include "memory/housekeeping.h"

namespace simple_torch {

enum class Kind : uint8_t {
  kNone = 0,
  kTensor = SIMPLE_TORCH_KIND_TENSOR,
  kList = SIMPLE_TORCH_KIND_LIST,
  kScalar = SIMPLE_TORCH_KIND_SCALAR,
  kValue = SIMPLE_TORCH_KIND_VALUE,
  kModule = SIMPLE_TORCH_KIND_MODULE,
  kOptimizer = SIMPLE_TORCH_KIND_OPTIMIZER,
  kGenerator = SIMPLE_TORCH_KIND_GENERATOR,
  kOperator = SIMPLE_TORCH_KIND_OPERATOR,
  kIo = SIMPLE_TORCH_KIND_IO,
  kScope = SIMPLE_TORCH_KIND_SCOPE,
  kStorage = SIMPLE_TORCH_KIND_STORAGE,
  kStream = SIMPLE_TORCH_KIND_STREAM,
  kEvent = SIMPLE_TORCH_KIND_EVENT,
  kGraph = SIMPLE_TORCH_KIND_GRAPH,
  kGradients = SIMPLE_TORCH_KIND_GRADIENTS,
  kDlpack = SIMPLE_TORCH_KIND_DLPACK,
  kTransfer = SIMPLE_TORCH_KIND_TRANSFER,
  kTrace = SIMPLE_TORCH_KIND_TRACE,
  kArchive = SIMPLE_TORCH_KIND_ARCHIVE,
  kPackage = SIMPLE_TORCH_KIND_PACKAGE,
  kScript = SIMPLE_TORCH_KIND_SCRIPT,
  kPacked = SIMPLE_TORCH_KIND_PACKED,
  kWorkers = SIMPLE_TORCH_KIND_WORKERS,
};

// "tensor"; nullptr for a number that is no kind.
const char* kind_name(Kind kind);

struct Slot {
  std::atomic<uint64_t> state{0};
  // A tensor itself, or a pointer to an object of another kind.
  alignas(8) std::byte payload[8]{};
  // Who made the handle, and when.
  const char* operation = "";
  uint32_t born_ms = 0;
  // Link of the free list or of the release queue: slot index + 1, 0 at the end.
  std::atomic<uint32_t> next{0};
};
static_assert(sizeof(Slot) == 32);
static_assert(sizeof(at::Tensor) == sizeof(Slot::payload));

// A use of a slot's object. The object lives at least as long as its pin.
class Pin {
 public:
  // Takes over a pin of this handle's slot.
  Pin(Slot* slot, simple_torch_handle handle) : slot_(slot), handle_(handle) {}
  Pin(Pin&& other) noexcept
      : slot_(std::exchange(other.slot_, nullptr)), handle_(other.handle_) {}
  Pin& operator=(Pin&&) = delete;
  ~Pin() {
    if (slot_ != nullptr) unpin();
  }
  Slot* slot() const { return slot_; }

 private:
  void unpin();
  Slot* slot_;
  simple_torch_handle handle_;
};

class HandleTable {
 public:
  // The process's table. Never destroyed: objects may be freed during exit.
  static HandleTable& get() { return the_table; }

  // What a slot holds, as seen by for_each().
  struct Entry {
    simple_torch_handle handle;
    Kind kind;
    const Slot* slot;
  };

  // Gives an object a handle. `fill` puts it into the payload and must not throw.
  template <typename F>
  SIMPLE_TORCH_HOT simple_torch_handle insert(SlotMagazine& magazine,
                                              const char* operation, Kind kind,
                                              F&& fill) {
    if (magazine.size == 0) refill(magazine);
    const uint32_t index = magazine.indices[--magazine.size];
    Slot& slot = at(index);
    fill(static_cast<void*>(slot.payload));
    slot.operation = operation;
    slot.born_ms = housekeeping::about_now_ms();
    const uint64_t live = (static_cast<uint64_t>(kind) << kKindShift) |
                          slot.state.load(std::memory_order_relaxed);
    slot.state.store(live, std::memory_order_release);
    magazine.count(static_cast<size_t>(kind), 1);
    return static_cast<simple_torch_handle>(live | (uint64_t{index} + 1));
  }

  // Pins the object of a live handle. Fails with BAD_HANDLE, STALE_HANDLE or WRONG_KIND,
  // naming the argument. Kind::kNone means any kind.
  SIMPLE_TORCH_HOT Pin pin(simple_torch_handle handle, Kind kind, const char* argument) {
    Slot* const slot = try_pin(handle, kind);
    if (slot == nullptr) [[unlikely]]
      refuse(handle, kind, argument);
    return Pin(slot, handle);
  }

  // A pin that has no owner yet, or nullptr if the handle is not alive and of this kind.
  SIMPLE_TORCH_HOT Slot* try_pin(simple_torch_handle handle, Kind kind) const {
    return is_of(handle, kind) ? try_pin(handle) : nullptr;
  }
  [[noreturn, gnu::cold]] void refuse(simple_torch_handle handle, Kind wanted,
                                      const char* argument) const;

  // Frees a handle: it is stale when this returns. Its object is destroyed now, or by the
  // last pin. 0 does nothing.
  void free(simple_torch_handle handle, Kind kind, const char* argument);

  // The same for a handle that may be dead already; says whether it was alive.
  bool free_if_alive(simple_torch_handle handle);

  // Frees a handle if it is alive, and leaves the object's destruction to drain().
  bool doom(simple_torch_handle handle);

  // Destroys what doom() has queued.
  void drain();
  bool has_doomed() const { return doomed_.load(std::memory_order_relaxed) != 0; }

  bool alive(simple_torch_handle handle) const;
  int64_t live_count(Kind kind) const;

  // Calls `visit` with each entry that is alive, pinned meanwhile.
  template <typename F>
  void for_each(F&& visit) {
    const uint64_t end = carved_.load(std::memory_order_acquire);
    for (uint64_t index = 0; index < end; ++index) {
      const uint64_t state = at(index).state.load(std::memory_order_relaxed);
      if ((state & kDeadBit) != 0 || (state & kKindBits) == 0) continue;
      const auto handle =
          static_cast<simple_torch_handle>((state & ~kPinBits) | (index + 1));
      if (Slot* const slot = try_pin(handle); slot != nullptr) {
        const Pin pin(slot, handle);
        visit(Entry{handle, kind_of(handle), slot});
      }
    }
  }

  // Takes back the spare slots, then the counts, of a thread that ends.
  void give_back(SlotMagazine& magazine);
  void retire(const SlotMagazine& magazine);

  // Called once when the library is loaded.
  static void set_up();

  static Kind kind_of(simple_torch_handle handle) {
    return static_cast<Kind>((static_cast<uint64_t>(handle) >> kKindShift) & 0x7f);
  }

 private:
  friend class Pin;
  friend class HandleTableTestPeer;

  static constexpr int kKindShift = 56;
  static constexpr int kDeadShift = 63;
  static constexpr uint64_t kPinBits = 0xffff'ffff;
  static constexpr uint64_t kGenerationOne = uint64_t{1} << 32;
  static constexpr uint64_t kGenerationBits = uint64_t{0xff'ffff} << 32;
  static constexpr uint64_t kKindBits = uint64_t{0x7f} << kKindShift;
  static constexpr uint64_t kDeadBit = uint64_t{1} << kDeadShift;

  // Slots lie in chunks of 128 KiB that never move. The directory covers every index, so
  // that a look-up needs no bound; its pages are touched only as far as the table grows.
  static constexpr size_t kChunkBits = 12;
  static constexpr size_t kChunkSlots = size_t{1} << kChunkBits;
  static constexpr size_t kChunks = size_t{1} << (32 - kChunkBits);

  constexpr HandleTable() = default;
  static HandleTable the_table;

  static uint64_t kind_byte(simple_torch_handle handle) {
    return static_cast<uint64_t>(handle) >> kKindShift;
  }

  // Whether a handle says that it is of this kind; Kind::kNone means any.
  static bool is_of(simple_torch_handle handle, Kind kind) {
    return kind == Kind::kNone ? kind_byte(handle) - 1 < kKindLimit - 1
                               : kind_byte(handle) == static_cast<uint64_t>(kind);
  }

  // The index of the slot that a handle points at; for 0 in the lower half, an index that
  // is never carved.
  static uint32_t index_of(simple_torch_handle handle) {
    return static_cast<uint32_t>(static_cast<uint64_t>(handle)) - 1;
  }

  // Plain pointers, used as atomic ones: so the directory is zeros in the library's file,
  // for every compiler, and no code has to run or touch its pages to make it.
  std::atomic_ref<Slot*> chunk(size_t number) const {
    return std::atomic_ref<Slot*>(chunks_[number]);
  }

  // The slot of an index below carved_.
  Slot& at(uint64_t index) const {
    return chunk(index >> kChunkBits)
        .load(std::memory_order_acquire)[index & (kChunkSlots - 1)];
  }

  // The slot of any index; nullptr if there is none.
  Slot* find(uint64_t index) const {
    Slot* const slots = chunk(index >> kChunkBits).load(std::memory_order_acquire);
    return slots == nullptr ? nullptr : slots + (index & (kChunkSlots - 1));
  }

  // nullptr unless the handle is alive. The handle's kind is not 0.
  SIMPLE_TORCH_HOT Slot* try_pin(simple_torch_handle handle) const {
    Slot* const slot = find(index_of(handle));
    if (slot == nullptr) [[unlikely]]
      return nullptr;
    uint64_t state = slot->state.load(std::memory_order_relaxed);
    do {
      if (!same_life(state, handle)) [[unlikely]]
        return nullptr;
    } while (!slot->state.compare_exchange_weak(
        state, state + 1, std::memory_order_acquire, std::memory_order_relaxed));
    return slot;
  }

  static bool same_life(uint64_t state, simple_torch_handle handle) {
    return state >> 32 == static_cast<uint64_t>(handle) >> 32;
  }

  // Takes a handle's slot from live to doomed, with `pins` more of them. nullptr if it
  // was not alive, else the slot, with `state` set to its new state.
  Slot* end_life(SlotMagazine& magazine, simple_torch_handle handle, uint64_t pins,
                 uint64_t& state) const;

  // Frees a handle of this kind if it is alive.
  bool end(simple_torch_handle handle, Kind kind);

  SIMPLE_TORCH_HOT static void unpin(Slot& slot, simple_torch_handle handle) {
    const uint64_t after = slot.state.fetch_sub(1, std::memory_order_acq_rel) - 1;
    // The dead bit is the sign.
    if (static_cast<int64_t>(after) < 0) [[unlikely]]
      get().reclaim_if_unpinned(slot, index_of(handle), after);
  }

  [[gnu::cold]] void reclaim_if_unpinned(Slot& slot, uint32_t index, uint64_t state);
  void reclaim(SlotMagazine& magazine, Slot& slot, uint32_t index, uint64_t state);
  [[gnu::cold]] void refill(SlotMagazine& magazine);
  [[gnu::cold]] void spill(SlotMagazine& magazine, uint32_t keep);

  mutable Slot* chunks_[kChunks] = {};
  // How many slots have ever been handed out.
  std::atomic<uint64_t> carved_{0};
  // Head of the queue of slots that doom() has marked: slot index + 1.
  std::atomic<uint32_t> doomed_{0};

  std::mutex mutex_;  // Guards what follows, and growth.
  uint32_t free_head_ = 0;
  std::array<int64_t, kKindLimit> retired_balance_{};
};

inline void Pin::unpin() { HandleTable::unpin(*slot_, handle_); }

}  // namespace simple_torch
