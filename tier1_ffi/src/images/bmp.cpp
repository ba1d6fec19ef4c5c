// BMP: Windows bitmaps, uncompressed, with 1, 4, 8, 16, 24 or 32 bits a pixel.
#include <algorithm>
#include <array>
#include <bit>
#include <string>

#include "core/file.h"
#include "images/pixels.h"

namespace simple_torch::images {
namespace {

class Fields {
 public:
  explicit Fields(const Source& source) : source_(source) {}

  uint32_t number(size_t at, size_t size) const {
    if (at > source_.bytes.size() || source_.bytes.size() - at < size) {
      fail_format(source_.name, "a damaged BMP: the file ends in its header");
    }
    uint32_t value = 0;
    for (size_t i = size; i-- > 0;) {
      value = value << 8 | static_cast<unsigned char>(source_.bytes[at + i]);
    }
    return value;
  }

 private:
  const Source& source_;
};

struct Header {
  int64_t width;
  int64_t height;
  bool from_top;
  uint32_t bits;
  size_t pixels_at;
  // Of 16 and 32 bits: which are red, green, blue and alpha.
  std::array<uint32_t, 4> masks{};
  size_t palette_at = 0;
  size_t palette_entries = 0;
  size_t palette_entry_bytes = 4;
};

[[noreturn]] void fail_unsupported(const Source& source, const std::string& what) {
  fail(Code::kUnsupported, "", source.name + ": a BMP " + what + " is not read");
}

Header header_of(const Source& source) {
  const Fields fields(source);
  Header header{};
  header.pixels_at = fields.number(10, 4);
  const uint32_t size = fields.number(14, 4);
  uint32_t compression = 0;
  if (size == 12) {
    header.width = fields.number(18, 2);
    header.height = fields.number(20, 2);
    header.bits = fields.number(24, 2);
    header.palette_entry_bytes = 3;
  } else if (size >= 40 && size <= 1024) {
    header.width = static_cast<int32_t>(fields.number(18, 4));
    const auto height = static_cast<int32_t>(fields.number(22, 4));
    header.from_top = height < 0;
    header.height = header.from_top ? -int64_t{height} : int64_t{height};
    header.bits = fields.number(28, 2);
    compression = fields.number(30, 4);
    header.palette_entries = fields.number(46, 4);
  } else {
    fail_format(source.name,
                "a damaged BMP: a header of " + std::to_string(size) + " bytes");
  }
  constexpr uint32_t kMasks = 3;
  constexpr uint32_t kMasksWithAlpha = 6;
  const bool has_masks = compression == kMasks || compression == kMasksWithAlpha;
  if (compression != 0 && !has_masks) fail_unsupported(source, "that is compressed");
  header.palette_at = 14 + size;
  size_t end = header.palette_at;
  if (header.bits == 16) header.masks = {0x7c00, 0x3e0, 0x1f, 0};
  if (header.bits == 32) header.masks = {0xff0000, 0xff00, 0xff, 0};
  if (has_masks) {
    if (header.bits != 16 && header.bits != 32) {
      fail_format(source.name,
                  "a damaged BMP: masks of " + std::to_string(header.bits) + " bits");
    }
    for (size_t i = 0; i < 3; ++i) header.masks[i] = fields.number(54 + 4 * i, 4);
    const bool has_alpha = size >= 56 || compression == kMasksWithAlpha;
    if (has_alpha) header.masks[3] = fields.number(66, 4);
    // They may stand behind the header.
    end = std::max(end, size_t{has_alpha ? 70u : 66u});
  }
  if (header.pixels_at < end) {
    fail_format(source.name, "a damaged BMP: its pixels begin at byte " +
                                 std::to_string(header.pixels_at) +
                                 ", within its header of " + std::to_string(end));
  }
  return header;
}

// The bits of a mask as a number from 0 to 255.
unsigned char scaled(uint32_t pixel, uint32_t mask) {
  if (mask == 0) return 255;
  const int shift = std::countr_zero(mask);
  const uint64_t most = mask >> shift;
  return static_cast<unsigned char>(((pixel & mask) >> shift) * uint64_t{255} / most);
}

// What the header says, or as many as the bits can name, but none where the pixels are.
size_t palette_entries(const Header& header) {
  const size_t most = size_t{1} << header.bits;
  const size_t said = header.palette_entries == 0 ? most : header.palette_entries;
  const size_t room = (header.pixels_at - header.palette_at) / header.palette_entry_bytes;
  return std::min({said, most, room});
}

void read_indexed_row(const Source& source, const Header& header,
                      const unsigned char* row, unsigned char* out) {
  const auto* const palette =
      reinterpret_cast<const unsigned char*>(source.bytes.data()) + header.palette_at;
  for (int64_t x = 0; x < header.width; ++x, out += 3) {
    const auto bit = static_cast<size_t>(x) * header.bits;
    const size_t index =
        row[bit / 8] >> (8 - header.bits - bit % 8) & ((size_t{1} << header.bits) - 1);
    if (index >= header.palette_entries) {
      fail_format(source.name, "a damaged BMP: a pixel that is not in its palette");
    }
    const unsigned char* const entry = palette + index * header.palette_entry_bytes;
    out[0] = entry[2];
    out[1] = entry[1];
    out[2] = entry[0];
  }
}

void read_direct_row(const Header& header, int channels, const unsigned char* row,
                     unsigned char* out) {
  const size_t bytes = header.bits / 8;
  for (int64_t x = 0; x < header.width; ++x, row += bytes, out += channels) {
    if (bytes == 3) {
      out[0] = row[2];
      out[1] = row[1];
      out[2] = row[0];
      continue;
    }
    uint32_t pixel = 0;
    for (size_t i = bytes; i-- > 0;) pixel = pixel << 8 | row[i];
    for (int i = 0; i < channels; ++i) {
      out[i] = scaled(pixel, header.masks[static_cast<size_t>(i)]);
    }
  }
}

void append(std::string& content, uint32_t number, int bytes) {
  for (int i = 0; i < bytes; ++i) content += static_cast<char>(number >> 8 * i & 0xff);
}

}  // namespace

int read_bmp(const Source& source, Canvas& canvas) {
  Header header = header_of(source);
  const bool is_indexed = header.bits == 1 || header.bits == 4 || header.bits == 8;
  if (!is_indexed && header.bits != 16 && header.bits != 24 && header.bits != 32) {
    fail_format(source.name,
                "a damaged BMP: " + std::to_string(header.bits) + " bits a pixel");
  }
  const Shape shape{header.width, header.height, header.masks[3] != 0 ? 4 : 3, 1};
  require_possible(source, shape, 8 * 3);
  if (is_indexed) header.palette_entries = palette_entries(header);
  const size_t row_bytes =
      (static_cast<size_t>(header.width) * header.bits + 31) / 32 * 4;
  const auto rows = static_cast<size_t>(header.height);
  if (header.pixels_at > source.bytes.size() ||
      (source.bytes.size() - header.pixels_at) / row_bytes < rows) {
    fail_format(source.name, "a damaged BMP: the file ends in the middle of the image");
  }
  auto* const out = static_cast<unsigned char*>(canvas.begin(shape));
  const auto* const pixels =
      reinterpret_cast<const unsigned char*>(source.bytes.data()) + header.pixels_at;
  for (size_t y = 0; y < rows; ++y) {
    const unsigned char* const row = pixels + y * row_bytes;
    unsigned char* const to =
        out + (header.from_top ? y : rows - 1 - y) * shape.row_bytes();
    if (is_indexed) {
      read_indexed_row(source, header, row, to);
    } else {
      read_direct_row(header, shape.channels, row, to);
    }
  }
  return 1;
}

std::string write_bmp(const Shape& shape, const void* samples) {
  const bool has_alpha = shape.channels == 4;
  const bool is_gray = shape.channels == 1;
  const uint32_t bits = is_gray ? 8 : has_alpha ? 32 : 24;
  const auto width = static_cast<size_t>(shape.width);
  const auto height = static_cast<size_t>(shape.height);
  const size_t row_bytes = (width * bits + 31) / 32 * 4;
  const size_t header_bytes = has_alpha ? 108 : 40;
  const size_t pixels_at = 14 + header_bytes + (is_gray ? 1024 : 0);
  const size_t size = pixels_at + row_bytes * height;
  if (size > UINT32_MAX) fail(Code::kValue, "tensor", "is too large for a BMP");
  std::string content = "BM";
  content.reserve(size);
  append(content, static_cast<uint32_t>(size), 4);
  append(content, 0, 4);
  append(content, static_cast<uint32_t>(pixels_at), 4);
  append(content, static_cast<uint32_t>(header_bytes), 4);
  append(content, static_cast<uint32_t>(width), 4);
  append(content, static_cast<uint32_t>(height), 4);
  append(content, 1, 2);
  append(content, bits, 2);
  append(content, has_alpha ? 3 : 0, 4);
  append(content, static_cast<uint32_t>(row_bytes * height), 4);
  append(content, 2835, 4);  // 72 pixels an inch, as pixels a metre.
  append(content, 2835, 4);
  append(content, is_gray ? 256 : 0, 4);
  append(content, 0, 4);
  if (has_alpha) {
    for (const uint32_t mask : {0xff0000u, 0xff00u, 0xffu, 0xff000000u}) {
      append(content, mask, 4);
    }
    append(content, 0x73524742, 4);  // sRGB.
    content.append(14 + header_bytes - content.size(), '\0');
  }
  for (uint32_t i = 0; is_gray && i < 256; ++i) append(content, i * 0x10101, 4);
  const auto* const in = static_cast<const unsigned char*>(samples);
  for (size_t y = height; y-- > 0;) {
    const unsigned char* pixel = in + y * shape.row_bytes();
    for (size_t x = 0; x < width; ++x, pixel += shape.channels) {
      if (is_gray) {
        content += static_cast<char>(pixel[0]);
        continue;
      }
      for (const int i : {2, 1, 0}) content += static_cast<char>(pixel[i]);
      if (has_alpha) content += static_cast<char>(pixel[3]);
    }
    content.append(row_bytes - width * bits / 8, '\0');
  }
  return content;
}

}  // namespace simple_torch::images
