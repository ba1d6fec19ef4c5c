// What the readers share: telling formats apart, sizes that are possible, EXIF.
#include <algorithm>
#include <atomic>

#include "core/file.h"
#include "images/pixels.h"

namespace simple_torch::images {
namespace {

using std::string_view_literals::operator""sv;

// Formats that people have and that are not read.
struct Foreign {
  std::string_view begin;
  const char* name;
};
constexpr Foreign kForeign[] = {{"GIF8"sv, "GIF, which may be animated,"},
                                {"RIFF"sv, "WebP"},
                                {"II*\0"sv, "TIFF"},
                                {"MM\0*"sv, "TIFF"},
                                {"\0\0\0\x0cJXL "sv, "JPEG XL"},
                                {"\xff\x0a"sv, "JPEG XL"}};

// Where Pillow refuses an image too.
std::atomic<int64_t> most_pixels{178'956'970};

}  // namespace

int64_t max_pixels() { return most_pixels.load(std::memory_order_relaxed); }

void set_max_pixels(int64_t pixels) {
  most_pixels.store(pixels, std::memory_order_relaxed);
}

void require_possible(const Source& source, const Shape& shape, int64_t most) {
  // A side that an int can count, as all libraries have it.
  constexpr int64_t kLongest = 1 << 24;
  if (shape.width < 1 || shape.height < 1 || shape.width > kLongest ||
      shape.height > kLongest) {
    fail_format(source.name, "an image of " + std::to_string(shape.width) + " x " +
                                 std::to_string(shape.height) + " pixels");
  }
  const int64_t pixels = shape.width * shape.height;
  const std::string claim = "it says to be of " + std::to_string(shape.width) + " x " +
                            std::to_string(shape.height) + " pixels, ";
  // A few bytes hold a small image in any format.
  const int64_t possible = (static_cast<int64_t>(source.bytes.size()) + 64) * most;
  if (pixels * shape.channels > possible) {
    fail_format(source.name, claim + "which " + std::to_string(source.bytes.size()) +
                                 " bytes cannot hold");
  }
  if (const int64_t limit = max_pixels(); pixels > limit) {
    fail_format(source.name, claim + std::to_string(pixels) +
                                 " in all, where the limit is " + std::to_string(limit) +
                                 "; image.set_max_pixels() raises it");
  }
}

int read(const Source& source, Canvas& canvas) {
  const std::string_view bytes = source.bytes;
  if (bytes.starts_with("\x89PNG\r\n\x1a\n")) return read_png(source, canvas);
  if (bytes.starts_with("\xff\xd8")) return read_jpeg(source, canvas);
  if (bytes.starts_with("BM")) return read_bmp(source, canvas);
  if (bytes.size() > 2 && bytes[0] == 'P' && bytes[1] >= '1' && bytes[1] <= '7') {
    return read_ppm(source, canvas);
  }
  for (const Foreign& each : kForeign) {
    if (bytes.starts_with(each.begin)) {
      fail_format(source.name, std::string("this is an image in the format ") +
                                   each.name +
                                   " and only PNG, JPEG, BMP and PPM are read");
    }
  }
  fail_format(source.name, "this is no image in the formats PNG, JPEG, BMP or PPM");
}

int orientation_in(std::string_view exif) {
  const bool is_big = exif.starts_with("MM\0*"sv);
  if (!is_big && !exif.starts_with("II*\0"sv)) return 1;
  const auto number = [&](size_t at, size_t size) -> size_t {
    if (at > exif.size() || exif.size() - at < size) return 0;
    size_t value = 0;
    for (size_t i = 0; i < size; ++i) {
      const size_t from = is_big ? at + i : at + size - 1 - i;
      value = value << 8 | static_cast<unsigned char>(exif[from]);
    }
    return value;
  };
  const size_t directory = number(4, 4);
  const size_t count = std::min<size_t>(number(directory, 2), 1000);
  for (size_t i = 0; i < count; ++i) {
    const size_t entry = directory + 2 + 12 * i;
    constexpr size_t kOrientation = 0x112;
    constexpr size_t kShort = 3;
    if (number(entry, 2) == kOrientation && number(entry + 2, 2) == kShort) {
      const size_t value = number(entry + 8, 2);
      return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
    }
  }
  return 1;
}

}  // namespace simple_torch::images
