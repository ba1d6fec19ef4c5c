// JPEG through libjpeg-turbo, which reports errors by a jump where we make it: what can
// jump is in functions of their own, without objects that have destructors.
#include <cstdio>

#include <jpeglib.h>

#include <csetjmp>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "core/file.h"
#include "images/pixels.h"

namespace simple_torch::images {
namespace {

// More scans than any encoder makes: each goes over the whole image again.
constexpr int kMostScans = 500;

struct Failing {
  jpeg_error_mgr manager;
  std::jmp_buf jump;
  char text[JMSG_LENGTH_MAX] = "";
};

[[noreturn]] void fail_jpeg(j_common_ptr jpeg) {
  auto* const failing = reinterpret_cast<Failing*>(jpeg->err);
  jpeg->err->format_message(jpeg, failing->text);
  std::longjmp(failing->jump, 1);
}

// A warning says that something is damaged, and that the rest is guessed.
void fail_at_warning(j_common_ptr jpeg, int level) {
  if (level < 0) fail_jpeg(jpeg);
}

jpeg_error_mgr* set_up(Failing& failing) {
  jpeg_std_error(&failing.manager);
  failing.manager.error_exit = fail_jpeg;
  failing.manager.emit_message = fail_at_warning;
  return &failing.manager;
}

// ---- Reading

void count_scans(j_common_ptr jpeg) {
  auto* const reading = reinterpret_cast<j_decompress_ptr>(jpeg);
  if (reading->input_scan_number > kMostScans) {
    auto* const failing = reinterpret_cast<Failing*>(jpeg->err);
    std::strcpy(failing->text, "too many scans");
    std::longjmp(failing->jump, 1);
  }
}

struct Reader {
  jpeg_decompress_struct jpeg{};
  Failing failing;
  jpeg_progress_mgr progress{};
  ~Reader() { jpeg_destroy_decompress(&jpeg); }
};

bool read_header(Reader& reader, const unsigned char* data, size_t size) {
  if (setjmp(reader.failing.jump) != 0) return false;
  jpeg_create_decompress(&reader.jpeg);
  reader.progress.progress_monitor = count_scans;
  reader.jpeg.progress = &reader.progress;
  jpeg_mem_src(&reader.jpeg, data, static_cast<unsigned long>(size));
  jpeg_save_markers(&reader.jpeg, JPEG_APP0 + 1, 0xffff);
  jpeg_read_header(&reader.jpeg, TRUE);
  switch (reader.jpeg.jpeg_color_space) {
    case JCS_GRAYSCALE:
      reader.jpeg.out_color_space = JCS_GRAYSCALE;
      break;
    case JCS_CMYK:
    case JCS_YCCK:
      reader.jpeg.out_color_space = JCS_CMYK;
      break;
    default:
      reader.jpeg.out_color_space = JCS_RGB;
  }
  jpeg_calc_output_dimensions(&reader.jpeg);
  return true;
}

// Four inks, which Adobe stores inverted, become three colours in place: a row of them is
// read into a buffer of its own.
void colours_of_inks(const unsigned char* inks, unsigned char* colours, int64_t width,
                     bool inverted) {
  for (int64_t x = 0; x < width; ++x, inks += 4, colours += 3) {
    const int black = inverted ? inks[3] : 255 - inks[3];
    for (int i = 0; i < 3; ++i) {
      const int light = inverted ? inks[i] : 255 - inks[i];
      colours[i] = static_cast<unsigned char>((light * black + 127) / 255);
    }
  }
}

// Apart from where a jump comes back to, which may leave changed variables in any state.
[[gnu::noinline]] void decode_rows(jpeg_decompress_struct& jpeg, unsigned char* out,
                                   size_t row_bytes, unsigned char* inks) {
  jpeg_start_decompress(&jpeg);
  const bool inverted = jpeg.saw_Adobe_marker == TRUE;
  while (jpeg.output_scanline < jpeg.output_height) {
    unsigned char* row = inks == nullptr ? out : inks;
    jpeg_read_scanlines(&jpeg, &row, 1);
    if (inks != nullptr) {
      colours_of_inks(inks, out, static_cast<int64_t>(jpeg.output_width), inverted);
    }
    out += row_bytes;
  }
  jpeg_finish_decompress(&jpeg);
}

bool read_rows(Reader& reader, unsigned char* out, size_t row_bytes,
               unsigned char* inks) {
  if (setjmp(reader.failing.jump) != 0) return false;
  decode_rows(reader.jpeg, out, row_bytes, inks);
  return true;
}

int orientation_of(const jpeg_decompress_struct& jpeg) {
  using std::string_view_literals::operator""sv;
  constexpr auto kExif = "Exif\0\0"sv;
  for (const auto* each = jpeg.marker_list; each != nullptr; each = each->next) {
    const std::string_view data(reinterpret_cast<const char*>(each->data),
                                each->data_length);
    if (data.starts_with(kExif)) return orientation_in(data.substr(kExif.size()));
  }
  return 1;
}

// ---- Writing

struct Writer {
  jpeg_compress_struct jpeg{};
  Failing failing;
  unsigned char* data = nullptr;
  unsigned long size = 0;
  ~Writer() {
    jpeg_destroy_compress(&jpeg);
    std::free(data);
  }
};

bool write_all(Writer& writer, const Shape& shape, const unsigned char* samples,
               int quality) {
  if (setjmp(writer.failing.jump) != 0) return false;
  jpeg_create_compress(&writer.jpeg);
  jpeg_mem_dest(&writer.jpeg, &writer.data, &writer.size);
  writer.jpeg.image_width = static_cast<JDIMENSION>(shape.width);
  writer.jpeg.image_height = static_cast<JDIMENSION>(shape.height);
  writer.jpeg.input_components = shape.channels;
  writer.jpeg.in_color_space = shape.channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(&writer.jpeg);
  jpeg_set_quality(&writer.jpeg, quality, TRUE);
  jpeg_start_compress(&writer.jpeg, TRUE);
  while (writer.jpeg.next_scanline < writer.jpeg.image_height) {
    auto* row = const_cast<unsigned char*>(samples) +
                writer.jpeg.next_scanline * shape.row_bytes();
    jpeg_write_scanlines(&writer.jpeg, &row, 1);
  }
  jpeg_finish_compress(&writer.jpeg);
  return true;
}

}  // namespace

int read_jpeg(const Source& source, Canvas& canvas) {
  Reader reader;
  reader.jpeg.err = set_up(reader.failing);
  const auto* const data = reinterpret_cast<const unsigned char*>(source.bytes.data());
  if (!read_header(reader, data, source.bytes.size())) {
    fail_format(source.name, std::string("a damaged JPEG: ") + reader.failing.text);
  }
  // Before the pixels are read: what the header said is gone after that.
  const int orientation = orientation_of(reader.jpeg);
  const bool has_inks = reader.jpeg.out_color_space == JCS_CMYK;
  const Shape shape{reader.jpeg.output_width, reader.jpeg.output_height,
                    reader.jpeg.out_color_space == JCS_GRAYSCALE ? 1 : 3, 1};
  // A block of 8 x 8 samples takes a bit at least.
  require_possible(source, shape, 8 * 64 * 3);
  std::vector<unsigned char> inks(has_inks ? static_cast<size_t>(shape.width) * 4
                                           : size_t{0});
  auto* const out = static_cast<unsigned char*>(canvas.begin(shape));
  if (!read_rows(reader, out, shape.row_bytes(), has_inks ? inks.data() : nullptr)) {
    fail_format(source.name, std::string("a damaged JPEG: ") + reader.failing.text);
  }
  return orientation;
}

std::string write_jpeg(const Shape& shape, const void* samples, int quality) {
  Writer writer;
  writer.jpeg.err = set_up(writer.failing);
  if (!write_all(writer, shape, static_cast<const unsigned char*>(samples), quality)) {
    fail(Code::kValue, "tensor", std::string("cannot be a JPEG: ") + writer.failing.text);
  }
  return {reinterpret_cast<const char*>(writer.data), writer.size};
}

}  // namespace simple_torch::images
