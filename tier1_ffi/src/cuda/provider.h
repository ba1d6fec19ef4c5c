// What the library for CUDA, libsimple_torch_ffi_cuda, does for this one. It alone is
// compiled with CUDA's headers and linked with libtorch_cuda; here nothing of CUDA is
// needed, only this table of virtual functions. All arguments have been checked on this
// side, and what goes wrong on the other comes as an exception of libtorch's.
#pragma once

#include <c10/core/Device.h>
#include <c10/core/Stream.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace simple_torch {

// A point in a stream's work.
class CudaEvent {
 public:
  virtual ~CudaEvent() = default;
  virtual void record(c10::Stream stream) = 0;
  // Lets what is put on the stream from now on wait for the event.
  virtual void block(c10::Stream stream) const = 0;
  virtual bool query() const = 0;
  virtual void synchronize() const = 0;
  // Milliseconds from this event to a later one of the same provider.
  virtual double elapsed(const CudaEvent& later) const = 0;
};

// Names a pool of memory that graphs share; {0, 0} is none.
using CudaPool = std::pair<uint64_t, uint64_t>;

enum class CudaCapture { kGlobal, kThread, kRelaxed };

// Work that was recorded once and is launched as a whole.
class CudaGraph {
 public:
  virtual ~CudaGraph() = default;
  virtual void capture_begin(CudaPool pool, CudaCapture mode) = 0;
  virtual void capture_end() = 0;
  virtual void replay() = 0;
  virtual void reset() = 0;
  virtual CudaPool pool() = 0;
};

struct CudaMemory {
  int64_t free;
  int64_t total;
};

// The allocator's figures, by the names that they have in Python: "active.all.current".
using CudaStatistics = std::vector<std::pair<std::string, int64_t>>;

struct CudaBlock {
  int64_t address;
  int64_t size;
  int64_t requested_size;
  // "active_allocated", "active_pending_free" or "inactive".
  const char* state;
};

// Memory that the allocator got from the driver in one piece.
struct CudaSegment {
  int64_t device;
  int64_t address;
  int64_t stream;
  int64_t total_size;
  int64_t allocated_size;
  int64_t active_size;
  int64_t requested_size;
  bool is_large;
  bool is_expandable;
  CudaPool pool;
  std::vector<CudaBlock> blocks;
};

class CudaProvider {
 public:
  virtual int64_t device_count() = 0;
  virtual int64_t current_device() = 0;
  virtual void set_device(c10::DeviceIndex device) = 0;
  virtual void synchronize(c10::DeviceIndex device) = 0;
  virtual std::string device_name(c10::DeviceIndex device) = 0;
  virtual std::string device_uuid(c10::DeviceIndex device) = 0;
  // A SIMPLE_TORCH_CUDA_ number of cuda.h.
  virtual int64_t device_property(c10::DeviceIndex device, int64_t property) = 0;
  virtual bool can_access_peer(c10::DeviceIndex device, c10::DeviceIndex peer) = 0;
  virtual bool enable_peer_access(c10::DeviceIndex device, c10::DeviceIndex peer) = 0;
  virtual int64_t driver_version() = 0;
  virtual int64_t runtime_version() = 0;

  virtual CudaMemory memory(c10::DeviceIndex device) = 0;
  virtual CudaStatistics statistics(c10::DeviceIndex device) = 0;
  virtual std::vector<CudaSegment> snapshot() = 0;
  virtual void empty_cache() = 0;
  virtual double memory_fraction(c10::DeviceIndex device) = 0;
  virtual void set_memory_fraction(c10::DeviceIndex device, double fraction) = 0;
  virtual void reset_peak(c10::DeviceIndex device) = 0;
  virtual void reset_accumulated(c10::DeviceIndex device) = 0;

  virtual c10::Stream make_stream(c10::DeviceIndex device, int priority) = 0;
  virtual c10::Stream default_stream(c10::DeviceIndex device) = 0;
  virtual void set_stream(c10::Stream stream) = 0;
  virtual int64_t priority(c10::Stream stream) = 0;
  // The lowest and the highest, which is the smaller number.
  virtual std::pair<int64_t, int64_t> priorities() = 0;
  virtual bool query(c10::Stream stream) = 0;
  virtual void synchronize(c10::Stream stream) = 0;

  virtual std::unique_ptr<CudaEvent> make_event(bool timing, bool blocking) = 0;

  virtual std::unique_ptr<CudaGraph> make_graph() = 0;
  virtual CudaPool make_pool() = 0;
  virtual bool is_capturing() = 0;

 protected:
  // It lives as long as the process.
  ~CudaProvider() = default;
};

// What this library does for the one for CUDA: makes room when the allocator has no block
// that fits. Both are called with the allocator's lock held, so they wait for nobody.
struct CudaHost {
  // Whether make_room() could do anything.
  bool (*can_make_room)() noexcept;
  // Given what is free on the device. Says whether anything was freed.
  bool (*make_room)(CudaMemory memory) noexcept;
};

// What the library for CUDA shows: one function of this type and name.
struct CudaLibrary {
  // Compared before anything else of it is used.
  const char* built_for;
  CudaProvider* (*open)(const CudaHost& host);
};
using CudaEntry = const CudaLibrary* (*)();
inline constexpr const char* kCudaEntry = "simple_torch_cuda_library";

// Both libraries come out of one build. The last number grows with each change of this
// file.
inline constexpr const char* kCudaBuiltFor =
    "simple-torch " SIMPLE_TORCH_VERSION ", libtorch " SIMPLE_TORCH_LIBTORCH_VERSION
    ", table 1";

}  // namespace simple_torch
