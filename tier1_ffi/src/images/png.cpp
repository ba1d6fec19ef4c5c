// PNG through libpng. libpng reports errors by a jump, which must not pass over objects
// with destructors: so what can jump is in functions of their own that have none.
#include <png.h>

#include <bit>
#include <csetjmp>
#include <cstring>
#include <new>
#include <string>
#include <vector>

#include "core/file.h"
#include "images/pixels.h"
#include "images/png_plain.h"

namespace simple_torch::images {
namespace {

struct Failing {
  char text[200] = "";
};

[[noreturn]] void fail_png(png_structp png, png_const_charp text) {
  auto* const failing = static_cast<Failing*>(png_get_error_ptr(png));
  std::strncpy(failing->text, text, sizeof failing->text - 1);
  png_longjmp(png, 1);
}

void ignore_warning(png_structp, png_const_charp) {}

// ---- Reading

struct Input {
  const char* next;
  size_t left;
};

void read_bytes(png_structp png, png_bytep out, size_t count) {
  auto* const input = static_cast<Input*>(png_get_io_ptr(png));
  if (count > input->left) png_error(png, "the file ends in the middle of the image");
  std::memcpy(out, input->next, count);
  input->next += count;
  input->left -= count;
}

struct Reader {
  png_structp png = nullptr;
  png_infop info = nullptr;
  Failing failing;
  ~Reader() { png_destroy_read_struct(&png, &info, nullptr); }
};

// Everything that the pixels do not need is passed over, so that it takes no memory.
void ignore_texts(png_structp png) {
  static const png_byte kNames[] = "eXIf\0iCCP\0iTXt\0sPLT\0tEXt\0zTXt\0hIST\0pCAL";
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, kNames, 8);
}

// False if libpng has failed.
bool read_header(Reader& reader) {
  if (setjmp(png_jmpbuf(reader.png)) != 0) return false;
  ignore_texts(reader.png);
  png_set_crc_action(reader.png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
  png_set_user_limits(reader.png, 1 << 24, 1 << 24);
  png_read_info(reader.png, reader.info);
  return true;
}

// Says what rows are wanted, for which libpng takes memory. False if it has failed.
bool prepare_rows(Reader& reader, bool wants_16_bits) {
  if (setjmp(png_jmpbuf(reader.png)) != 0) return false;
  // Palettes become colours, what is transparent an alpha channel, and bits bytes.
  png_set_expand(reader.png);
  if (png_get_bit_depth(reader.png, reader.info) == 16) {
    if (wants_16_bits) {
      if constexpr (std::endian::native == std::endian::little) png_set_swap(reader.png);
    } else {
      png_set_scale_16(reader.png);
    }
  }
  png_set_interlace_handling(reader.png);
  png_read_update_info(reader.png, reader.info);
  return true;
}

bool read_rows(Reader& reader, png_bytepp rows) {
  if (setjmp(png_jmpbuf(reader.png)) != 0) return false;
  png_read_image(reader.png, rows);
  png_read_end(reader.png, nullptr);
  return true;
}

// What the file has; once the rows are prepared, what they have.
Shape shape_of(const Reader& reader) {
  return {png_get_image_width(reader.png, reader.info),
          png_get_image_height(reader.png, reader.info),
          png_get_channels(reader.png, reader.info),
          png_get_bit_depth(reader.png, reader.info) / 8};
}

struct Chunks {
  bool is_animated = false;
  std::string_view exif;
};

// What stands in chunks that libpng passes over.
Chunks chunks_of(std::string_view bytes) {
  Chunks found;
  size_t at = 8;
  while (bytes.size() - at >= 12) {
    uint32_t length = 0;
    for (size_t i = 0; i < 4; ++i) {
      length = length << 8 | static_cast<unsigned char>(bytes[at + i]);
    }
    if (length > bytes.size() - at - 12) break;
    const std::string_view name = bytes.substr(at + 4, 4);
    if (name == "acTL") found.is_animated = true;
    if (name == "eXIf") found.exif = bytes.substr(at + 8, length);
    at += 12 + length;
  }
  return found;
}

// ---- Writing

void write_bytes(png_structp png, png_bytep data, size_t count) {
  static_cast<std::string*>(png_get_io_ptr(png))
      ->append(reinterpret_cast<const char*>(data), count);
}
void flush(png_structp) {}

struct Writer {
  png_structp png = nullptr;
  png_infop info = nullptr;
  Failing failing;
  ~Writer() { png_destroy_write_struct(&png, &info); }
};

bool write_all(Writer& writer, const Shape& shape, png_bytepp rows) {
  if (setjmp(png_jmpbuf(writer.png)) != 0) return false;
  constexpr int kTypes[] = {PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA,
                            PNG_COLOR_TYPE_RGB, PNG_COLOR_TYPE_RGB_ALPHA};
  png_set_IHDR(writer.png, writer.info, static_cast<png_uint_32>(shape.width),
               static_cast<png_uint_32>(shape.height), 8 * shape.bytes_per_sample,
               kTypes[shape.channels - 1], PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(writer.png, writer.info);
  if (shape.bytes_per_sample == 2 && std::endian::native == std::endian::little) {
    png_set_swap(writer.png);
  }
  png_write_image(writer.png, rows);
  png_write_end(writer.png, nullptr);
  return true;
}

std::vector<png_bytep> rows_of(const Shape& shape, void* samples) {
  std::vector<png_bytep> rows(static_cast<size_t>(shape.height));
  auto* row = static_cast<png_bytep>(samples);
  for (png_bytep& each : rows) {
    each = row;
    row += shape.row_bytes();
  }
  return rows;
}

}  // namespace

int read_png(const Source& source, Canvas& canvas) {
  const Chunks chunks = chunks_of(source.bytes);
  if (chunks.is_animated) fail_format(source.name, "an animated PNG is not read");
  if (read_plain_png(source, canvas)) return orientation_in(chunks.exif);
  Reader reader;
  reader.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &reader.failing, fail_png,
                                      ignore_warning);
  if (reader.png != nullptr) reader.info = png_create_info_struct(reader.png);
  if (reader.info == nullptr) throw std::bad_alloc();
  Input input{source.bytes.data(), source.bytes.size()};
  png_set_read_fn(reader.png, &input, read_bytes);
  const auto fail_damaged = [&] {
    fail_format(source.name, std::string("a damaged PNG: ") + reader.failing.text);
  };
  if (!read_header(reader)) fail_damaged();
  // Deflate makes at most 1,032 bytes of one, and a sample may be one bit.
  require_possible(source, shape_of(reader),
                   int64_t{1032} * 8 / png_get_bit_depth(reader.png, reader.info) + 1);
  if (!prepare_rows(reader, source.wants_16_bits)) fail_damaged();
  const Shape shape = shape_of(reader);
  std::vector<png_bytep> rows = rows_of(shape, canvas.begin(shape));
  if (!read_rows(reader, rows.data())) fail_damaged();
  return orientation_in(chunks.exif);
}

std::string write_png(const Shape& shape, const void* samples) {
  Writer writer;
  writer.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &writer.failing, fail_png,
                                       ignore_warning);
  if (writer.png != nullptr) writer.info = png_create_info_struct(writer.png);
  if (writer.info == nullptr) throw std::bad_alloc();
  std::string content;
  png_set_write_fn(writer.png, &content, write_bytes, flush);
  std::vector<png_bytep> rows = rows_of(shape, const_cast<void*>(samples));
  if (!write_all(writer, shape, rows.data())) {
    fail(Code::kValue, "tensor", std::string("cannot be a PNG: ") + writer.failing.text);
  }
  return content;
}

}  // namespace simple_torch::images
