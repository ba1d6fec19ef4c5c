// PBM, PGM and PPM: P1 to P6, as text or as bytes.
#include <bit>
#include <cstring>
#include <string>

#include "core/file.h"
#include "images/pixels.h"

namespace simple_torch::images {
namespace {

class Reader {
 public:
  explicit Reader(const Source& source) : source_(source) {}

  // Blanks and comments, then a number.
  int64_t number() {
    pass_blanks();
    int64_t value = 0;
    const size_t begin = at_;
    while (at_ < source_.bytes.size() && is_digit(source_.bytes[at_])) {
      value = value * 10 + (source_.bytes[at_++] - '0');
      if (value > int64_t{1} << 31) damaged("a number that is too large");
    }
    if (at_ == begin) {
      damaged(at_ == source_.bytes.size() ? "the file ends"
                                          : "something else than a number");
    }
    return value;
  }

  // 0 or 1; in this format no blank need be between them.
  int bit() {
    pass_blanks();
    if (at_ == source_.bytes.size()) damaged("the file ends");
    const char digit = source_.bytes[at_++];
    if (digit != '0' && digit != '1') damaged("something else than 0 and 1");
    return digit - '0';
  }

  // What is left behind one blank.
  std::string_view rest() {
    if (at_ == source_.bytes.size()) damaged("the file ends");
    return source_.bytes.substr(at_ + 1);
  }

  [[noreturn]] void damaged(const std::string& what) const {
    fail_format(source_.name, "a damaged PPM: " + what);
  }

 private:
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }
  static bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

  void pass_blanks() {
    while (at_ < source_.bytes.size()) {
      if (source_.bytes[at_] == '#') {
        const size_t end = source_.bytes.find('\n', at_);
        at_ = end == std::string_view::npos ? source_.bytes.size() : end;
      } else if (!is_blank(source_.bytes[at_])) {
        return;
      } else {
        ++at_;
      }
    }
  }

  const Source& source_;
  size_t at_ = 2;
};

// Puts samples of 0 to `most` into a canvas of 8 or 16 bits.
class Samples {
 public:
  Samples(void* out, int bytes, int64_t most) : out_(out), bytes_(bytes), most_(most) {}
  void put(int64_t value) {
    const int64_t full = bytes_ == 2 ? 65535 : 255;
    const int64_t scaled = most_ == full ? value : (value * full + most_ / 2) / most_;
    if (bytes_ == 2) {
      static_cast<uint16_t*>(out_)[at_++] = static_cast<uint16_t>(scaled);
    } else {
      static_cast<unsigned char*>(out_)[at_++] = static_cast<unsigned char>(scaled);
    }
  }

 private:
  void* out_;
  int bytes_;
  int64_t most_;
  size_t at_ = 0;
};

void read_text(Reader& reader, const Shape& shape, int64_t most, Samples& samples) {
  for (int64_t i = 0; i < shape.width * shape.height * shape.channels; ++i) {
    const int64_t value = reader.number();
    if (value > most) reader.damaged("a sample above the largest that it names");
    samples.put(value);
  }
}

void read_bytes(Reader& reader, const Shape& shape, int64_t most, Samples& samples) {
  const std::string_view bytes = reader.rest();
  const auto count = static_cast<size_t>(shape.width * shape.height * shape.channels);
  const size_t size = most > 255 ? 2 : 1;
  if (bytes.size() / size < count)
    reader.damaged("the file ends in the middle of the image");
  for (size_t i = 0; i < count; ++i) {
    int64_t value = static_cast<unsigned char>(bytes[i * size]);
    if (size == 2) value = value << 8 | static_cast<unsigned char>(bytes[i * size + 1]);
    if (value > most) reader.damaged("a sample above the largest that it names");
    samples.put(value);
  }
}

// Black is 1 here; eight pixels to a byte, rows begin with one.
void read_bits(Reader& reader, const Shape& shape, bool is_text, Samples& samples) {
  const std::string_view bytes = is_text ? std::string_view() : reader.rest();
  const auto row_bytes = static_cast<size_t>((shape.width + 7) / 8);
  if (!is_text && bytes.size() / row_bytes < static_cast<size_t>(shape.height)) {
    reader.damaged("the file ends in the middle of the image");
  }
  for (int64_t y = 0; y < shape.height; ++y) {
    for (int64_t x = 0; x < shape.width; ++x) {
      if (is_text) {
        samples.put(1 - reader.bit());
      } else {
        const size_t byte =
            static_cast<size_t>(y) * row_bytes + static_cast<size_t>(x / 8);
        samples.put(1 - (static_cast<unsigned char>(bytes[byte]) >> (7 - x % 8) & 1));
      }
    }
  }
}

}  // namespace

int read_ppm(const Source& source, Canvas& canvas) {
  const char kind = source.bytes[1];
  if (kind == '7') {
    fail(Code::kUnsupported, "", source.name + ": PAM, the form P7 of PPM, is not read");
  }
  Reader reader(source);
  Shape shape{0, 0, kind == '3' || kind == '6' ? 3 : 1, 1};
  shape.width = reader.number();
  shape.height = reader.number();
  const bool is_bits = kind == '1' || kind == '4';
  const int64_t most = is_bits ? 1 : reader.number();
  if (most < 1 || most > 65535)
    reader.damaged("a largest sample of " + std::to_string(most));
  if (most > 255 && source.wants_16_bits) shape.bytes_per_sample = 2;
  require_possible(source, shape, kind == '4' ? 8 : 1);
  Samples samples(canvas.begin(shape), shape.bytes_per_sample, most);
  if (is_bits) {
    read_bits(reader, shape, kind == '1', samples);
  } else if (kind <= '3') {
    read_text(reader, shape, most, samples);
  } else {
    read_bytes(reader, shape, most, samples);
  }
  return 1;
}

std::string write_ppm(const Shape& shape, const void* samples) {
  const bool is_wide = shape.bytes_per_sample == 2;
  std::string content = std::string(shape.channels == 1 ? "P5" : "P6") + "\n" +
                        std::to_string(shape.width) + " " + std::to_string(shape.height) +
                        "\n" + (is_wide ? "65535" : "255") + "\n";
  const size_t size = shape.row_bytes() * static_cast<size_t>(shape.height);
  if (!is_wide) return content.append(static_cast<const char*>(samples), size);
  const auto* const in = static_cast<const uint16_t*>(samples);
  for (size_t i = 0; i < size / 2; ++i) {
    content += static_cast<char>(in[i] >> 8);
    content += static_cast<char>(in[i] & 0xff);
  }
  return content;
}

}  // namespace simple_torch::images
