#include "io/io_stream.h"

#include <algorithm>
#include <exception>

#include "core/failure.h"

namespace simple_torch {

StreamUse::StreamUse(IoStream& stream) : stream_(stream) {
  if (stream.in_use_.exchange(true, std::memory_order_acquire)) {
    fail(Code::kIo, "io", "is being used at this moment");
  }
}

void write_all(IoStream& stream, const void* data, uint64_t size) {
  const char* next = static_cast<const char*>(data);
  while (size > 0) {
    const uint64_t written = stream.write_some(next, size);
    next += written;
    size -= written;
  }
}

uint64_t read_all(IoStream& stream, void* to, uint64_t size) {
  char* const first = static_cast<char*>(to);
  uint64_t done = 0;
  while (done < size) {
    const uint64_t got = stream.read_some(first + done, size - done);
    if (got == 0) break;
    done += got;
  }
  return done;
}

StreamInput::Extent StreamInput::extent_of(IoStream& stream) {
  const StreamUse use(stream);
  if (!stream.can_read()) fail_argument("io", "cannot be read");
  const uint64_t start = stream.position();
  const uint64_t end = stream.seek_end(0);
  if (end < start) fail(Code::kIo, "io", "stands behind its end");
  return {start, end - start};
}

StreamInput::StreamInput(IoStream& stream) : StreamInput(stream, extent_of(stream)) {}

StreamInput::StreamInput(IoStream& stream, Extent extent)
    : Input("the stream", extent.size), use_(stream), start_(extent.start) {}

std::string_view StreamInput::view(uint64_t at, uint64_t size) {
  // A stream that says it is larger than it is gets no memory for what does not come.
  constexpr uint64_t kFirst = uint64_t{1} << 20;
  std::string& bytes = seen_.emplace_back();
  while (bytes.size() < size) {
    const uint64_t done = bytes.size();
    const uint64_t next = std::min(size - done, std::max(done, kFirst));
    bytes.resize(done + next);
    read_or_fail(at + done, bytes.data() + done, next);
  }
  return bytes;
}

bool StreamInput::read(uint64_t at, void* to, uint64_t size) {
  // libtorch's reader is written in C, which no exception should cross.
  try {
    if (failure_ == nullptr) read_or_fail(at, to, size);
  } catch (...) {
    failure_ = std::current_exception();
  }
  return failure_ == nullptr;
}

void StreamInput::check() const {
  if (failure_ != nullptr) std::rethrow_exception(failure_);
}

void StreamInput::read_or_fail(uint64_t at, void* to, uint64_t size) {
  IoStream& stream = use_.stream();
  const uint64_t place = start_ + at;
  if (stands_at_ != place && stream.seek_start(place) != place) {
    fail(Code::kIo, "io", "did not go to byte " + std::to_string(place));
  }
  stands_at_ = UINT64_MAX;
  if (read_all(stream, to, size) != size) {
    fail(Code::kIo, "io", "ended before byte " + std::to_string(place + size));
  }
  stands_at_ = place + size;
}

StreamOutput::StreamOutput(IoStream& stream) : use_(stream) {
  if (!stream.can_write()) fail_argument("io", "cannot be written");
}

void StreamOutput::write(const void* data, size_t size) {
  write_all(use_.stream(), data, size);
  position_ += size;
}

}  // namespace simple_torch
