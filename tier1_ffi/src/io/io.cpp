// Exports of io.h that make and use streams, and the kinds of streams.
#include "simple_torch/io.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <string_view>

#include "autograd/host_callback.h"
#include "core/arguments.h"
#include "core/guarded.h"
#include "io/io_stream.h"
#include "io/transfer.h"

namespace simple_torch {
namespace {

// A host that lies about what it did must not lead us out of our memory.
uint64_t checked_count(int64_t count, uint64_t most, const char* what) {
  if (count < 0 || static_cast<uint64_t>(count) > most) {
    fail(Code::kCallback, "",
         std::string("the stream says that it has ") + what + ' ' +
             std::to_string(count) + " of " + std::to_string(most) + " bytes");
  }
  return static_cast<uint64_t>(count);
}

uint64_t checked_progress(int64_t count, uint64_t most) {
  const uint64_t written = checked_count(count, most, "written");
  if (written == 0) fail(Code::kCallback, "", "the stream takes no more bytes");
  return written;
}

uint64_t checked_place(int64_t place) {
  if (place < 0) {
    fail(Code::kCallback, "",
         "the stream says that it is at byte " + std::to_string(place));
  }
  return static_cast<uint64_t>(place);
}

// More at once is no faster, and fits into an int64_t.
constexpr uint64_t kPiece = uint64_t{1} << 30;

class CallbackStream final : public IoStream {
 public:
  explicit CallbackStream(const simple_torch_io_callbacks& callbacks)
      : callbacks_(callbacks) {}
  ~CallbackStream() override {
    for (const auto destroy : {callbacks_.destroy_writer, callbacks_.destroy_reader}) {
      if (destroy != nullptr) destroy(callbacks_.context);
    }
  }

  bool can_read() const override { return callbacks_.read != nullptr; }
  bool can_write() const override { return callbacks_.write != nullptr; }

  uint64_t write_some(const void* data, uint64_t size) override {
    size = std::min(size, kPiece);
    int64_t written = 0;
    call_back([&] {
      return callbacks_.write(callbacks_.context, data, static_cast<int64_t>(size),
                              &written);
    });
    return checked_progress(written, size);
  }
  uint64_t read_some(void* to, uint64_t size) override {
    size = std::min(size, kPiece);
    int64_t got = 0;
    call_back([&] {
      return callbacks_.read(callbacks_.context, to, static_cast<int64_t>(size), &got);
    });
    return checked_count(got, size, "read");
  }
  uint64_t position() override {
    int64_t place = 0;
    call_back(
        [&] { return required_seek(callbacks_.position)(callbacks_.context, &place); });
    return checked_place(place);
  }
  uint64_t seek_start(uint64_t offset) override {
    return seek(callbacks_.seek_start, static_cast<int64_t>(offset));
  }
  uint64_t seek_end(int64_t offset) override { return seek(callbacks_.seek_end, offset); }

 private:
  template <typename F>
  static F* required_seek(F* function) {
    if (function == nullptr) fail_argument("io", "cannot seek");
    return function;
  }
  template <typename F>
  uint64_t seek(F* function, int64_t offset) {
    int64_t place = 0;
    call_back(
        [&] { return required_seek(function)(callbacks_.context, offset, &place); });
    return checked_place(place);
  }

  const simple_torch_io_callbacks callbacks_;
};

class FunctionStream final : public IoStream {
 public:
  explicit FunctionStream(HandleCallback callback) : callback_(std::move(callback)) {}
  bool can_read() const override { return true; }
  bool can_write() const override { return true; }

  uint64_t write_some(const void* data, uint64_t size) override {
    size = std::min(size, kCopied);
    return checked_progress(
        ask(SIMPLE_TORCH_TRANSFER_WRITE, static_cast<int64_t>(size), data, nullptr),
        size);
  }
  uint64_t read_some(void* to, uint64_t size) override {
    size = std::min(size, kCopied);
    return checked_count(
        ask(SIMPLE_TORCH_TRANSFER_READ, static_cast<int64_t>(size), nullptr, to), size,
        "read");
  }
  uint64_t position() override {
    return checked_place(ask(SIMPLE_TORCH_TRANSFER_POSITION, 0, nullptr, nullptr));
  }
  uint64_t seek_start(uint64_t offset) override {
    return checked_place(ask(SIMPLE_TORCH_TRANSFER_SEEK_START,
                             static_cast<int64_t>(offset), nullptr, nullptr));
  }
  uint64_t seek_end(int64_t offset) override {
    return checked_place(ask(SIMPLE_TORCH_TRANSFER_SEEK_END, offset, nullptr, nullptr));
  }

 private:
  // The host copies each piece into memory of its own.
  static constexpr uint64_t kCopied = uint64_t{4} << 20;

  int64_t ask(int64_t operation, int64_t number, const void* source, void* target) const {
    const auto state = std::make_shared<TransferState>(operation, number, source, target);
    const Finishing finishing{*state};
    call_with_handle(callback_, [&] { return store(std::make_unique<Transfer>(state)); });
    return state->finish();
  }
  // Also if the callback fails, what it was given is not ours to hand out any more.
  struct Finishing {
    TransferState& state;
    ~Finishing() { state.finish(); }
  };

  HandleCallback callback_;
};

// Bytes that become more. What realloc() makes larger it need not copy: of large blocks
// the system moves the pages.
class GrowingBytes {
 public:
  explicit GrowingBytes(std::string_view bytes) { append(bytes.data(), bytes.size()); }
  GrowingBytes(const GrowingBytes&) = delete;
  GrowingBytes& operator=(const GrowingBytes&) = delete;
  ~GrowingBytes() { std::free(data_); }

  char* data() { return data_; }
  uint64_t size() const { return size_; }
  void append(const char* from, uint64_t count) {
    if (count == 0) return;
    if (count > room_ - size_) grow(count);
    std::memcpy(data_ + size_, from, count);
    size_ += count;
  }

 private:
  void grow(uint64_t count) {
    uint64_t room = 0;
    if (__builtin_add_overflow(size_, count, &room)) throw std::bad_alloc();
    room = std::max(room, room_ + room_ / 2);
    void* const larger = std::realloc(data_, room);
    if (larger == nullptr) throw std::bad_alloc();
    data_ = static_cast<char*>(larger);
    room_ = room;
  }

  char* data_ = nullptr;
  uint64_t size_ = 0;
  uint64_t room_ = 0;
};

class MemoryStream final : public IoStream {
 public:
  explicit MemoryStream(std::string_view bytes) : bytes_(bytes) {}
  bool can_read() const override { return true; }
  bool can_write() const override { return true; }

  uint64_t write_some(const void* data, uint64_t size) override {
    const char* const from = static_cast<const char*>(data);
    const uint64_t over = std::min(size, bytes_.size() - at_);
    if (over > 0) std::memcpy(bytes_.data() + at_, from, over);
    bytes_.append(from + over, size - over);
    at_ += size;
    return size;
  }
  uint64_t read_some(void* to, uint64_t size) override {
    const uint64_t count = std::min(size, bytes_.size() - at_);
    if (count > 0) std::memcpy(to, bytes_.data() + at_, count);
    at_ += count;
    return count;
  }
  uint64_t position() override { return at_; }
  uint64_t seek_start(uint64_t offset) override {
    if (offset > bytes_.size()) {
      fail(Code::kIo, "offset",
           "is " + std::to_string(offset) + ", behind the end at " +
               std::to_string(bytes_.size()));
    }
    return at_ = offset;
  }
  uint64_t seek_end(int64_t offset) override {
    const auto size = static_cast<int64_t>(bytes_.size());
    if (offset > 0 || offset < -size) {
      fail(Code::kIo, "offset", "is " + std::to_string(offset) + ", outside the stream");
    }
    return at_ = static_cast<uint64_t>(size + offset);
  }

 private:
  GrowingBytes bytes_;
  uint64_t at_ = 0;
};

OwnedHandle store_stream(std::unique_ptr<IoStream> stream) {
  return store(std::move(stream));
}

// Of one with another size it is not known where its functions are.
void check_size(const simple_torch_io_callbacks& callbacks) {
  if (callbacks.size != sizeof(callbacks)) {
    fail_argument("callbacks", "has a size of " + std::to_string(callbacks.size) +
                                   " instead of " + std::to_string(sizeof(callbacks)));
  }
}

void check_callbacks(const simple_torch_io_callbacks& callbacks) {
  if (callbacks.read == nullptr && callbacks.write == nullptr) {
    fail_argument("callbacks", "has neither read nor write");
  }
  const bool can_seek = callbacks.position != nullptr &&
                        callbacks.seek_start != nullptr && callbacks.seek_end != nullptr;
  if (callbacks.read != nullptr && !can_seek) {
    fail_argument("callbacks", "has read, but not position, seek_start and seek_end");
  }
}

}  // namespace
}  // namespace simple_torch

using namespace simple_torch;

simple_torch_handle simple_torch_io_create(const simple_torch_io_callbacks* callbacks) {
  return guarded([&] {
    check_size(*required(callbacks, "callbacks"));
    // From here on the context is the stream's to destroy.
    auto stream = std::make_unique<CallbackStream>(*callbacks);
    check_callbacks(*callbacks);
    return store_stream(std::move(stream));
  });
}

simple_torch_handle simple_torch_io_from_function(
    int64_t (*call)(void* context, simple_torch_handle transfer), void* context,
    void (*destroy)(void* context)) {
  Ownership owned(destroy, context);
  return guarded([&] {
    return store_stream(std::make_unique<FunctionStream>(
        HandleCallback(required(call, "call"), context, std::move(owned))));
  });
}

simple_torch_handle simple_torch_io_memory(const void* data, int64_t bytes) {
  return guarded([&] {
    const auto given = list_of(static_cast<const char*>(data), bytes, "data");
    return store_stream(
        std::make_unique<MemoryStream>(std::string_view(given.data(), given.size())));
  });
}

int64_t simple_torch_io_write(simple_torch_handle io, const void* data, int64_t bytes) {
  return guarded([&] {
    const auto stream = borrow<IoStream>(io, "io");
    const auto given = list_of(static_cast<const char*>(data), bytes, "data");
    StreamOutput(*stream).write(given.data(), given.size());
  });
}

int64_t simple_torch_io_read(simple_torch_handle io, char* buffer, int64_t capacity) {
  return guarded([&] {
    const auto stream = borrow<IoStream>(io, "io");
    list_of(buffer, capacity, "buffer");
    const StreamUse use(*stream);
    if (!stream->can_read()) fail_argument("io", "cannot be read");
    return static_cast<int64_t>(
        read_all(*stream, buffer, static_cast<uint64_t>(capacity)));
  });
}

int64_t simple_torch_io_position(simple_torch_handle io) {
  return guarded([&] {
    const auto stream = borrow<IoStream>(io, "io");
    const StreamUse use(*stream);
    return static_cast<int64_t>(stream->position());
  });
}

int64_t simple_torch_io_seek_start(simple_torch_handle io, int64_t offset) {
  return guarded([&] {
    const auto stream = borrow<IoStream>(io, "io");
    if (offset < 0) fail_argument("offset", "is negative: " + std::to_string(offset));
    const StreamUse use(*stream);
    return static_cast<int64_t>(stream->seek_start(static_cast<uint64_t>(offset)));
  });
}

int64_t simple_torch_io_seek_end(simple_torch_handle io, int64_t offset) {
  return guarded([&] {
    const auto stream = borrow<IoStream>(io, "io");
    const StreamUse use(*stream);
    return static_cast<int64_t>(stream->seek_end(offset));
  });
}

int64_t simple_torch_io_free(simple_torch_handle io) {
  return guarded([&] { HandleTable::get().free(io, Kind::kIo, "io"); });
}
