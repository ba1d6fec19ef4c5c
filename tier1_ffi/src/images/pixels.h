// Images between files and tensors. Nothing here knows libtorch, so that the readers can
// be fuzzed without it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace simple_torch::images {

// Rows from the top, pixels from the left, channels of a pixel together. A sample is one
// byte, or a uint16_t.
struct Shape {
  int64_t width;
  int64_t height;
  // 1 gray, 2 with alpha, 3 RGB, 4 with alpha.
  int channels;
  int bytes_per_sample;

  size_t row_bytes() const {
    return static_cast<size_t>(width * channels * bytes_per_sample);
  }
};

// Where a reader puts what it reads.
class Canvas {
 public:
  virtual ~Canvas() = default;
  // Room for all rows; called once, when the shape is known to be possible.
  virtual void* begin(const Shape& shape) = 0;
};

// A file's content, and what it is called in messages.
struct Source {
  std::string name;
  std::string_view bytes;
  // Whether samples of two bytes are wanted as such.
  bool wants_16_bits;
};

// Reads an image of any format. Returns how EXIF says it lies, 1 to 8; 1 is upright.
// Fails with FORMAT or UNSUPPORTED.
int read(const Source& source, Canvas& canvas);

int read_png(const Source& source, Canvas& canvas);
int read_jpeg(const Source& source, Canvas& canvas);
int read_bmp(const Source& source, Canvas& canvas);
int read_ppm(const Source& source, Canvas& canvas);

// The orientation in EXIF data, which begins as a TIFF file does; 1 if there is none or
// it makes no sense.
int orientation_in(std::string_view exif);

// Fails unless the size makes sense, a file of so many bytes can hold so many samples,
// with `most` of them in each byte, and there are no more pixels than max_pixels().
void require_possible(const Source& source, const Shape& shape, int64_t most);

// Of any image that is read. A file of some KB may truly unpack to gigabytes.
int64_t max_pixels();
void set_max_pixels(int64_t pixels);

// A file's content. Samples lie as in a Canvas.
std::string write_png(const Shape& shape, const void* samples);
std::string write_jpeg(const Shape& shape, const void* samples, int quality);
std::string write_bmp(const Shape& shape, const void* samples);
std::string write_ppm(const Shape& shape, const void* samples);

}  // namespace simple_torch::images
