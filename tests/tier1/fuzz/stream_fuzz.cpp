// Streams that lie. The first bytes of an input are what the stream does wrong, one call
// after the other, and the rest is what is in it: nothing that a stream says may lead out
// of memory, or make more of it than was given.
#include <algorithm>
#include <string>

#include "calls.h"

namespace {

using fuzz::Handle;

constexpr size_t kLies = 32;

class Liar {
 public:
  Liar(const uint8_t* data, size_t size)
      : lies_(data, data + std::min(size, kLies)),
        content_(data + lies_.size(), data + size) {}

  simple_torch_handle stream() {
    simple_torch_io_callbacks callbacks{};
    callbacks.size = sizeof callbacks;
    callbacks.context = this;
    callbacks.read = [](void* self, void* to, int64_t most, int64_t* got) {
      return static_cast<Liar*>(self)->read(static_cast<char*>(to), most, got);
    };
    callbacks.write = [](void* self, const void*, int64_t count, int64_t* taken) {
      return static_cast<Liar*>(self)->answer(taken, count);
    };
    callbacks.position = [](void* self, int64_t* place) {
      Liar& liar = *static_cast<Liar*>(self);
      return liar.answer(place, liar.at_);
    };
    callbacks.seek_start = [](void* self, int64_t offset, int64_t* place) {
      return static_cast<Liar*>(self)->go(offset, place);
    };
    callbacks.seek_end = [](void* self, int64_t offset, int64_t* place) {
      Liar& liar = *static_cast<Liar*>(self);
      return liar.go(static_cast<int64_t>(liar.content_.size()) + offset, place);
    };
    return simple_torch_io_create(&callbacks);
  }

 private:
  uint8_t next() {
    return told_ < lies_.size() ? static_cast<uint8_t>(lies_[told_++]) : 0;
  }

  // The truth, or what the next byte makes of it.
  int64_t answer(int64_t* to, int64_t truth) {
    const uint8_t lie = next();
    switch (lie >> 4) {
      case 1:
        *to = -1;
        return 0;
      case 2:
        *to = int64_t{1} << (lie % 16 * 4);
        return 0;
      case 3:
        *to = truth + lie % 16 - 8;
        return 0;
      case 4:
        return 1;
      case 5:
        *to = truth / (lie % 16 + 1);
        return 0;
      case 6:
        return 0;
      default:
        *to = truth;
        return 0;
    }
  }

  int64_t go(int64_t place, int64_t* said) {
    at_ = std::clamp<int64_t>(place, 0, static_cast<int64_t>(content_.size()));
    return answer(said, at_);
  }

  int64_t read(char* to, int64_t most, int64_t* got) {
    const int64_t left = static_cast<int64_t>(content_.size()) - at_;
    int64_t count = std::min(most, left);
    // Fewer than there are is no lie.
    if (next() % 4 == 1) count = std::min<int64_t>(count, 1 + count / 3);
    std::copy_n(content_.begin() + at_, count, to);
    at_ += count;
    return answer(got, count);
  }

  std::string lies_;
  std::string content_;
  size_t told_ = 0;
  int64_t at_ = 0;
};

void require_refusal() {
  fuzz::require_refusal({SIMPLE_TORCH_E_FORMAT, SIMPLE_TORCH_E_UNSUPPORTED,
                         SIMPLE_TORCH_E_IO, SIMPLE_TORCH_E_CALLBACK,
                         SIMPLE_TORCH_E_OUT_OF_MEMORY});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const fuzz::LeavesNoHandles checked;
  for (const auto read :
       {simple_torch_value_read, simple_torch_module_read, simple_torch_archive_read}) {
    Liar liar(data, size);
    const Handle stream(liar.stream());
    if (Handle(read(stream, fuzz::kCpu)) == 0) require_refusal();
  }
  Liar liar(data, size);
  const Handle stream(liar.stream());
  const Handle text(simple_torch_value_from_text("some text"));
  if (simple_torch_value_write(text, stream) != 0) require_refusal();
  return 0;
}
