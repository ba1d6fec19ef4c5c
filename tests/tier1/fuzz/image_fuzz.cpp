// Any bytes are an image or are refused, and take no more memory than their size allows.
#include <cstdlib>
#include <memory>

#include "core/failure.h"
#include "images/pixels.h"

namespace {

using namespace simple_torch;

class Memory final : public images::Canvas {
 public:
  explicit Memory(size_t input) : input_(input) {}
  void* begin(const images::Shape& shape) override {
    shape_ = shape;
    const size_t bytes = shape.row_bytes() * static_cast<size_t>(shape.height);
    // The loosest bound is that of a PNG of one bit a pixel with a palette.
    if (bytes > (input_ + 64) * 1032 * 8 * 4 * 2) std::abort();
    // More than a fuzzer should take; the bound above is what is tested.
    if (bytes > (size_t{1} << 28)) throw std::bad_alloc();
    samples_ = std::make_unique<unsigned char[]>(bytes);
    return samples_.get();
  }
  // Every sample, so that one that was not written would be seen by a stricter sanitizer.
  void use() const {
    const size_t bytes = shape_.row_bytes() * static_cast<size_t>(shape_.height);
    unsigned sum = 0;
    for (size_t i = 0; samples_ != nullptr && i < bytes; ++i) sum += samples_[i];
    if (sum == 1 && bytes == 0) std::abort();
  }

 private:
  size_t input_;
  images::Shape shape_{};
  std::unique_ptr<unsigned char[]> samples_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  for (const bool wants_16_bits : {false, true}) {
    Memory memory(size);
    try {
      const images::Source source{
          "input", {reinterpret_cast<const char*>(data), size}, wants_16_bits};
      const int orientation = images::read(source, memory);
      if (orientation < 1 || orientation > 8) std::abort();
      memory.use();
    } catch (const Failure& failure) {
      const bool expected =
          failure.code() == Code::kFormat || failure.code() == Code::kUnsupported;
      if (!expected) std::abort();
    } catch (const std::bad_alloc&) {
    }
  }
  return 0;
}
