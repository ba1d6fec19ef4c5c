// PNGs of the form that most have: they are unpacked at once by libdeflate, into memory
// of the size that the header tells, and each row is then undone from its filter.
// Everything is checked before a pixel is written, and whatever is unusual is left to
// libpng.
#include "images/png_plain.h"

#include <algorithm>
#include <cctype>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/packing.h"
#include "images/png_filters.h"

namespace simple_torch::images {
namespace {

using Byte = unsigned char;

uint32_t big_endian(std::string_view bytes, size_t at) {
  uint32_t value = 0;
  for (size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<Byte>(bytes[at + i]);
  return value;
}

struct Chunk {
  std::string_view name;
  std::string_view data;
};

// Takes the next chunk from the front, if it is whole and its sum is right.
std::optional<Chunk> next_chunk(std::string_view& rest) {
  constexpr size_t kAround = 12;
  if (rest.size() < kAround) return {};
  const size_t length = big_endian(rest, 0);
  if (length > rest.size() - kAround) return {};
  const std::string_view summed = rest.substr(4, 4 + length);
  if (crc32_of(summed) != big_endian(rest, 8 + length)) return {};
  rest.remove_prefix(kAround + length);
  return Chunk{summed.substr(0, 4), summed.substr(4)};
}

// Whether it says nothing about the pixels.
bool is_ancillary(std::string_view name) {
  return name != "tRNS" && std::islower(static_cast<Byte>(name[0])) != 0 &&
         std::all_of(name.begin(), name.end(), [](char each) {
           return std::isalpha(static_cast<Byte>(each)) != 0;
         });
}

std::optional<Shape> shape_in(std::string_view header) {
  constexpr std::string_view kUsual("\0\0\0", 3);  // packing, filters, no interlacing
  if (header.size() != 13 || header[8] != 8 || header.substr(10) != kUsual) return {};
  int channels = 0;
  switch (header[9]) {
    case 0:
      channels = 1;
      break;
    case 2:
      channels = 3;
      break;
    case 4:
      channels = 2;
      break;
    case 6:
      channels = 4;
      break;
    default:
      return {};
  }
  return Shape{big_endian(header, 0), big_endian(header, 4), channels, 1};
}

// What of the file the pixels are in.
struct Parts {
  Shape shape;
  // Where the packed rows are in more than one chunk, these are put together.
  std::string joined;
  std::string_view packed;
};

std::optional<Parts> parts_of(std::string_view bytes) {
  bytes.remove_prefix(8);
  std::optional<Chunk> chunk = next_chunk(bytes);
  if (!chunk || chunk->name != "IHDR") return {};
  const std::optional<Shape> shape = shape_in(chunk->data);
  if (!shape) return {};
  std::vector<std::string_view> data;
  bool has_ended = false;
  for (;;) {
    chunk = next_chunk(bytes);
    if (!chunk) return {};
    if (chunk->name == "IEND") break;
    if (chunk->name == "IDAT") {
      if (has_ended) return {};
      data.push_back(chunk->data);
    } else {
      if (!is_ancillary(chunk->name)) return {};
      has_ended = !data.empty();
    }
  }
  if (data.empty() || !chunk->data.empty()) return {};
  std::optional<Parts> parts(std::in_place);
  parts->shape = *shape;
  parts->packed = data.front();
  if (data.size() > 1) {
    for (const std::string_view each : data) parts->joined += each;
    parts->packed = parts->joined;
  }
  return parts;
}

}  // namespace

bool read_plain_png(const Source& source, Canvas& canvas) {
  const std::optional<Parts> parts = parts_of(source.bytes);
  if (!parts) return false;
  const Shape& shape = parts->shape;
  // Deflate makes at most 1,032 bytes of one.
  require_possible(source, shape, 1032);
  const size_t row_bytes = shape.row_bytes();
  const size_t size = (1 + row_bytes) * static_cast<size_t>(shape.height);
  const auto rows = std::make_unique_for_overwrite<Byte[]>(size);
  if (!unpack_zlib(parts->packed, rows.get(), size) ||
      !has_known_filters(rows.get(), row_bytes, shape.height)) {
    return false;
  }
  auto* const out = static_cast<Byte*>(canvas.begin(shape));
  undo_filters(rows.get(), out, row_bytes, shape.height, shape.channels);
  return true;
}

}  // namespace simple_torch::images
