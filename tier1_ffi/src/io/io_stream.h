// Streams of bytes behind handles. Who reads or writes a format sees an Input or Output.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <string>

#include "core/input.h"

namespace simple_torch {

class IoStream {
 public:
  IoStream() = default;
  IoStream(const IoStream&) = delete;
  IoStream& operator=(const IoStream&) = delete;
  virtual ~IoStream() = default;

  virtual bool can_read() const = 0;
  virtual bool can_write() const = 0;
  // Each fails with CALLBACK and what the stream said. One piece of what is asked for.
  virtual uint64_t write_some(const void* data, uint64_t size) = 0;
  virtual uint64_t read_some(void* to, uint64_t size) = 0;
  virtual uint64_t position() = 0;
  virtual uint64_t seek_start(uint64_t offset) = 0;
  virtual uint64_t seek_end(int64_t offset) = 0;

 private:
  friend class StreamUse;
  std::atomic<bool> in_use_{false};
};

// A stream has one place where it stands, so one call at a time uses it: another one,
// from a second thread or from the stream's own callbacks, is refused.
class StreamUse {
 public:
  explicit StreamUse(IoStream& stream);
  StreamUse(const StreamUse&) = delete;
  StreamUse& operator=(const StreamUse&) = delete;
  ~StreamUse() { stream_.in_use_.store(false, std::memory_order_release); }
  IoStream& stream() const { return stream_; }

 private:
  IoStream& stream_;
};

void write_all(IoStream& stream, const void* data, uint64_t size);
// How many bytes there were.
uint64_t read_all(IoStream& stream, void* to, uint64_t size);

// From where the stream stands to its end.
class StreamInput final : public Input {
 public:
  explicit StreamInput(IoStream& stream);
  std::string_view view(uint64_t at, uint64_t size) override;
  bool read(uint64_t at, void* to, uint64_t size) override;
  void check() const override;

 private:
  struct Extent {
    uint64_t start;
    uint64_t size;
  };
  StreamInput(IoStream& stream, Extent extent);
  static Extent extent_of(IoStream& stream);
  void read_or_fail(uint64_t at, void* to, uint64_t size);

  StreamUse use_;
  uint64_t start_;
  uint64_t stands_at_ = UINT64_MAX;
  std::deque<std::string> seen_;
  std::exception_ptr failure_;
};

class StreamOutput final : public Output {
 public:
  explicit StreamOutput(IoStream& stream);
  void write(const void* data, size_t size) override;

 private:
  StreamUse use_;
};

}  // namespace simple_torch
