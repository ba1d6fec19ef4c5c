// Images: what Pillow reads is read, what is written is read again, and what is damaged
// or claims too much is refused before it costs anything.
#include <sys/stat.h>

#include <cmath>
#include <filesystem>
#include <random>
#include <sstream>

#include "support/support.h"

namespace {

namespace fs = std::filesystem;
using Image = LeavesNoHandles;

const std::string kFiles = SIMPLE_TORCH_RECORDED_FILES "/images/";

std::string read(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

simple_torch_handle decode(const std::string& content, int64_t channels = 0,
                           int64_t depth = 8) {
  return simple_torch_image_decode(content.data(), static_cast<int64_t>(content.size()),
                                   channels, depth);
}

struct Expected {
  const char* file;
  int64_t channels;
  int64_t depth;
  std::vector<int64_t> shape;
  std::vector<double> values;
  double off;
};
const std::vector<Expected> kExpected = {
#include "images/expected.inc"
};

TEST_F(Image, HoldsWhatPillowReads) {
  ASSERT_GT(kExpected.size(), 60u);
  for (const Expected& each : kExpected) {
    SCOPED_TRACE(std::string(each.file) + ", " + std::to_string(each.channels) + ", " +
                 std::to_string(each.depth));
    const Owned image(
        simple_torch_image_load((kFiles + each.file).c_str(), each.channels, each.depth));
    ASSERT_EQ(shape(image), each.shape);
    EXPECT_EQ(simple_torch_tensor_dtype(image), each.depth == 8 ? kUint8 : kInt32);
    const std::vector<double> found = values(image);
    for (size_t i = 0; i < found.size(); ++i) {
      ASSERT_LE(std::abs(found[i] - each.values[i]), each.off) << "at " << i;
    }
    // From memory it is the same.
    const Owned again(decode(read(kFiles + each.file), each.channels, each.depth));
    EXPECT_EQ(values(again), found);
  }
}

TEST_F(Image, HasAlphaOnlyIfItIsAskedFor) {
  const Owned gray(simple_torch_image_load((kFiles + "RGBA.png").c_str(), 1, 8));
  EXPECT_EQ(shape(gray), (std::vector<int64_t>{1, 3, 5}));
  const Owned with_alpha(simple_torch_image_load((kFiles + "RGB.png").c_str(), 4, 16));
  const std::vector<double> all = values(with_alpha);
  EXPECT_EQ(std::vector<double>(all.end() - 15, all.end()),
            std::vector<double>(15, 65535));
}

simple_torch_handle random_image(int64_t channels, int64_t height, int64_t width,
                                 int64_t most, int64_t dtype) {
  std::mt19937 random(5);
  std::vector<double> numbers(static_cast<size_t>(channels * height * width));
  for (double& each : numbers)
    each = static_cast<double>(random() % static_cast<size_t>(most));
  const Owned real(doubles({channels, height, width}, numbers));
  return simple_torch_tensor_to_dtype(real, dtype);
}

class Scratch {
 public:
  Scratch()
      : path_(fs::temp_directory_path() /
              ("simple_torch_image_" + std::to_string(getpid()))) {
    fs::create_directories(path_);
  }
  ~Scratch() { fs::remove_all(path_); }
  std::string operator/(const std::string& name) const { return path_ / name; }
  bool is_empty() const { return fs::is_empty(path_); }

 private:
  fs::path path_;
};

TEST_F(Image, IsReadAsItWasWritten) {
  const Scratch folder;
  const struct {
    const char* name;
    std::vector<int64_t> channels;
    bool is_wide;
  } formats[] = {{"x.png", {1, 2, 3, 4}, true},
                 {"x.bmp", {1, 3, 4}, false},
                 {"x.PPM", {1, 3}, true}};
  for (const auto& format : formats) {
    for (const int64_t channels : format.channels) {
      for (const bool is_wide : {false, true}) {
        if (is_wide && !format.is_wide) continue;
        SCOPED_TRACE(format.name + std::to_string(channels));
        const std::string path = folder / format.name;
        const Owned image(random_image(channels, 7, 13, is_wide ? 65536 : 256,
                                       is_wide ? kInt32 : kUint8));
        ASSERT_EQ(simple_torch_image_save(image, path.c_str(), -1), 0)
            << simple_torch_error_message();
        const Owned again(
            simple_torch_image_load(path.c_str(), channels, is_wide ? 16 : 8));
        EXPECT_EQ(values(again), values(image));
      }
    }
  }
}

TEST_F(Image, IsNearlyReadAsItWasWrittenInJpeg) {
  // Smooth, because that is what JPEG is for.
  std::vector<double> numbers;
  for (int c = 0; c < 3; ++c) {
    for (int y = 0; y < 40; ++y) {
      for (int x = 0; x < 50; ++x) numbers.push_back(40 * c + 2 * y + x);
    }
  }
  const Owned real(doubles({3, 40, 50}, numbers));
  const Owned image(simple_torch_tensor_to_dtype(real, kUint8));
  int64_t last_size = 0;
  for (const int64_t quality : {10, 50, 100}) {
    const Owned content(simple_torch_image_encode(image, "jpeg", quality));
    const int64_t size = simple_torch_tensor_numel(content);
    EXPECT_GT(size, last_size);
    last_size = size;
    std::string bytes(static_cast<size_t>(size), ' ');
    simple_torch_tensor_copy_to(content, bytes.data(), size);
    const Owned again(decode(bytes));
    const std::vector<double> found = values(again);
    double worst = 0;
    for (size_t i = 0; i < found.size(); ++i) {
      worst = std::max(worst, std::abs(found[i] - numbers[i]));
    }
    EXPECT_LE(worst, quality == 100 ? 4 : 40);
  }
}

TEST_F(Image, IsRefusedIfItCannotBeWritten) {
  const Scratch folder;
  const auto save = [&](simple_torch_handle image, const char* name) {
    return simple_torch_image_save(image, (folder / name).c_str(), -1);
  };
  const Owned rgba(random_image(4, 2, 2, 256, kUint8));
  const Owned real(ones({3, 2, 2}));
  const Owned wide(random_image(3, 2, 2, 65536, kInt32));
  const Owned too_wide(random_image(3, 2, 2, 70000 * 100, kInt32));
  const Owned flat(ones({4}));
  EXPECT_EQ(save(rgba, "x.jpg"), SIMPLE_TORCH_E_VALUE);
  EXPECT_EQ(save(real, "x.png"), SIMPLE_TORCH_E_TYPE);
  EXPECT_EQ(save(wide, "x.bmp"), SIMPLE_TORCH_E_TYPE);
  EXPECT_EQ(save(too_wide, "x.png"), SIMPLE_TORCH_E_VALUE);
  EXPECT_EQ(save(flat, "x.png"), SIMPLE_TORCH_E_VALUE);
  EXPECT_EQ(save(rgba, "x.tiff"), SIMPLE_TORCH_E_BAD_ARGUMENT);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "path");
  EXPECT_EQ(simple_torch_image_encode(rgba, "gif", -1), 0);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "format");
  EXPECT_EQ(simple_torch_image_encode(rgba, "png", 0), 0);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "quality");
  EXPECT_TRUE(folder.is_empty());
}

void expect_refused(const std::string& content, const std::string& said,
                    int64_t code = SIMPLE_TORCH_E_FORMAT) {
  const int64_t before = statistic(SIMPLE_TORCH_MEMORY_LIVE_BYTES);
  EXPECT_EQ(decode(content), 0) << said;
  EXPECT_EQ(simple_torch_error_code(), code) << simple_torch_error_message();
  const std::string message = simple_torch_error_message();
  EXPECT_NE(message.find(said), std::string::npos) << message;
  EXPECT_EQ(statistic(SIMPLE_TORCH_MEMORY_LIVE_BYTES), before);
}

TEST_F(Image, IsRefusedIfItIsAnimatedOrForeign) {
  expect_refused(read(kFiles + "animated.png"), "animated");
  expect_refused(read(kFiles + "animated.gif"), "GIF");
  expect_refused("RIFF\x10\0\0\0WEBPVP8 ", "WebP");
  expect_refused("II*", "no image");
  expect_refused("hello", "no image");
  expect_refused("", "no image");
  expect_refused("P7\nWIDTH 1", "PAM", SIMPLE_TORCH_E_UNSUPPORTED);
  EXPECT_EQ(simple_torch_image_load("/nonexistent.png", 0, 8), 0);
  EXPECT_EQ(simple_torch_error_code(), SIMPLE_TORCH_E_IO);
  EXPECT_EQ(simple_torch_image_load((kFiles + "L.png").c_str(), 5, 8), 0);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "channels");
  EXPECT_EQ(simple_torch_image_load((kFiles + "L.png").c_str(), 0, 12), 0);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "depth");
}

std::string big_endian(uint32_t number) {
  return {static_cast<char>(number >> 24), static_cast<char>(number >> 16),
          static_cast<char>(number >> 8), static_cast<char>(number)};
}

uint32_t crc(const std::string& bytes) {
  uint32_t value = ~0u;
  for (const char each : bytes) {
    value ^= static_cast<unsigned char>(each);
    for (int i = 0; i < 8; ++i) value = value >> 1 ^ (0xedb88320u & (0u - (value & 1)));
  }
  return ~value;
}

// The most that 32 bits can claim, with a checksum that is right.
TEST_F(Image, IsRefusedIfItClaimsMoreThanItsFileCanHold) {
  std::string png = read(kFiles + "RGB.png");
  for (const uint32_t side : {30'000u, 1'000'000u, 16'777'216u, 0x7fffffffu}) {
    const std::string header =
        "IHDR" + big_endian(side) + big_endian(side) + png.substr(24, 5);
    std::string claims = png;
    claims.replace(12, header.size(), header);
    claims.replace(12 + header.size(), 4, big_endian(crc(header)));
    expect_refused(claims, "");
  }
  std::string jpeg = read(kFiles + "RGB.jpg");
  const size_t frame = jpeg.find("\xff\xc0");
  ASSERT_NE(frame, std::string::npos);
  jpeg.replace(frame + 5, 4, std::string("\xf0\x00\xf0\x00", 4));
  expect_refused(jpeg, "cannot hold");
  std::string bmp = read(kFiles + "RGB.bmp");
  bmp.replace(18, 8, std::string("\x00\x00\xf0\x00\x00\x00\xf0\x00", 8));
  expect_refused(bmp, "cannot hold");
  bmp.replace(18, 8, std::string("\xff\xff\xff\xff\x00\x00\x00\x80", 8));
  expect_refused(bmp, "x");
  expect_refused("P6 16000000 16000000 255 ", "cannot hold");
  expect_refused("P6 99999999999999999999 1 255 ", "too large");
  expect_refused("P6 0 1 255 ", "0 x 1");
}

// A limit of pixels for the time of a test.
class PixelLimit {
 public:
  explicit PixelLimit(int64_t pixels) { simple_torch_image_set_max_pixels(pixels); }
  ~PixelLimit() { simple_torch_image_set_max_pixels(kDefault); }
  static constexpr int64_t kDefault = 178'956'970;
};

TEST_F(Image, IsRefusedIfItHasMorePixelsThanTheLimit) {
  EXPECT_EQ(simple_torch_image_max_pixels(), PixelLimit::kDefault);
  // Palettes and rows of bits are read by libpng, other PNGs by ourselves.
  for (const char* const name :
       {"RGB.png", "palette.png", "bits.png", "RGB.jpg", "RGB.bmp", "RGB.ppm"}) {
    SCOPED_TRACE(name);
    const std::string content = read(kFiles + name);
    const Owned image(decode(content));
    ASSERT_NE(image, 0) << simple_torch_error_message();
    const std::vector<int64_t> sizes = shape(image);
    const int64_t pixels = sizes[1] * sizes[2];
    {
      const PixelLimit limit(pixels - 1);
      expect_refused(content,
                     std::to_string(sizes[2]) + " x " + std::to_string(sizes[1]) +
                         " pixels, " + std::to_string(pixels) +
                         " in all, where the limit is " + std::to_string(pixels - 1) +
                         "; image.set_max_pixels()");
    }
    const PixelLimit limit(pixels);
    const Owned again(decode(content));
    EXPECT_EQ(values(again), values(image));
  }
  const PixelLimit limit(5);
  EXPECT_EQ(simple_torch_image_max_pixels(), 5);
  EXPECT_EQ(simple_torch_image_set_max_pixels(0), SIMPLE_TORCH_E_BAD_ARGUMENT);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "pixels");
  EXPECT_EQ(simple_torch_image_max_pixels(), 5);
}

// Where its pixels begin, a BMP says itself.
TEST_F(Image, OfBmpIsRefusedIfItsPixelsLieInItsHeader) {
  std::string bmp = read(kFiles + "RGB.bmp");
  for (const int offset : {0, 13, 53}) {
    bmp[10] = static_cast<char>(offset);
    expect_refused(bmp, "within its header of 54");
  }
  // Four bytes before the pixels are the last colour of the palette, white.
  std::string indexed = read(kFiles + "L.bmp");
  const Owned image(decode(indexed));
  ASSERT_NE(image, 0);
  indexed[10] = 54;
  indexed[11] = 0;
  expect_refused(indexed, "not in its palette");
}

// Cut anywhere, an image is refused, or, where only the end of what nobody needs is gone,
// whole.
TEST_F(Image, IsRefusedWhereverItsFileIsCut) {
  for (const auto& entry : fs::directory_iterator(kFiles)) {
    const std::string whole = read(entry.path());
    SCOPED_TRACE(entry.path());
    size_t refused = 0;
    for (size_t size = 0; size < whole.size(); ++size) {
      const simple_torch_handle image = decode(whole.substr(0, size));
      if (image == 0) {
        ++refused;
        const int64_t code = simple_torch_error_code();
        ASSERT_TRUE(code == SIMPLE_TORCH_E_FORMAT || code == SIMPLE_TORCH_E_UNSUPPORTED)
            << simple_torch_error_message();
      }
      simple_torch_release(image);
    }
    // A JPEG's last two bytes only say that it ends; a text's last digit may go.
    EXPECT_GE(refused + 2, whole.size());
  }
}

// With any bits turned, it is refused or an image, and nothing else happens.
TEST_F(Image, SurvivesTurnedBits) {
  std::mt19937 random(3);
  for (const auto& entry : fs::directory_iterator(kFiles)) {
    const std::string whole = read(entry.path());
    for (int i = 0; i < 200; ++i) {
      std::string content = whole;
      for (unsigned j = 0; j <= random() % 4; ++j) {
        const size_t at = random() % content.size();
        content[at] = static_cast<char>(content[at] ^ 1 << random() % 8);
      }
      const simple_torch_handle image =
          decode(content, static_cast<int64_t>(random() % 5), 8);
      if (image == 0) {
        const int64_t code = simple_torch_error_code();
        ASSERT_TRUE(code == SIMPLE_TORCH_E_FORMAT || code == SIMPLE_TORCH_E_UNSUPPORTED)
            << simple_torch_error_message();
      }
      simple_torch_release(image);
    }
  }
}

// A bit turned in the middle of a PNG's data never goes unnoticed: it has checksums.
TEST_F(Image, OfPngIsRefusedWithAnyBitTurned) {
  const std::string whole = read(kFiles + "RGB.png");
  for (size_t at = 0; at < whole.size() - 12; ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string content = whole;
      content[at] = static_cast<char>(content[at] ^ 1 << bit);
      EXPECT_EQ(decode(content), 0) << at << ", " << bit;
    }
  }
}

// ---- Other sizes

TEST_F(Image, IsResized) {
  const Owned image(doubles({1, 2, 2}, {0, 4, 8, 12}));
  const Owned nearest(simple_torch_image_resize(image, 4, 4, "nearest", 0));
  EXPECT_EQ(values(nearest),
            (std::vector<double>{0, 0, 4, 4, 0, 0, 4, 4, 8, 8, 12, 12, 8, 8, 12, 12}));
  // Between the centres of pixels.
  const Owned larger(simple_torch_image_resize(image, 2, 4, "bilinear", 0));
  EXPECT_EQ(values(larger), (std::vector<double>{0, 1, 3, 4, 8, 9, 11, 12}));
  const Owned one(simple_torch_image_resize(image, 1, 1, "bilinear", 1));
  EXPECT_EQ(values(one), (std::vector<double>{6}));
}

// Only with antialias does each of a row of pixels count.
TEST_F(Image, IsMadeSmallerWithAllItsPixels) {
  std::vector<double> stripes(64);
  for (size_t i = 0; i < 64; ++i) stripes[i] = i % 8 == 0 ? 255 : 0;
  const Owned real(doubles({1, 1, 64}, stripes));
  const Owned image(simple_torch_tensor_to_dtype(real, kUint8));
  const Owned without(simple_torch_image_resize(image, 1, 4, "bilinear", 0));
  const Owned with(simple_torch_image_resize(image, 1, 4, "bilinear", 1));
  EXPECT_EQ(simple_torch_tensor_dtype(with), kUint8);
  const std::vector<double> blurred = values(with);
  EXPECT_NEAR(blurred[1], 255.0 / 8, 8);
  EXPECT_NEAR(blurred[2], 255.0 / 8, 8);
  EXPECT_NE(values(without), blurred);
}

TEST_F(Image, IsNotResizedToWhatMakesNoSense) {
  const Owned image(ones({1, 2, 2}));
  const Owned integers(simple_torch_tensor_to_dtype(image, kInt64));
  EXPECT_EQ(simple_torch_image_resize(image, 0, 1, "bilinear", 0), 0);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "height");
  EXPECT_EQ(simple_torch_image_resize(image, 1, 1 << 20, "bilinear", 0), 0);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "width");
  EXPECT_EQ(simple_torch_image_resize(image, 1, 1, "smooth", 0), 0);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "interpolation");
  EXPECT_EQ(simple_torch_image_resize(image, 1, 1, "nearest", 1), 0);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "antialias");
  EXPECT_EQ(simple_torch_image_resize(integers, 1, 1, "nearest", 0), 0);
  expect_failure(SIMPLE_TORCH_E_TYPE, "tensor");
}

}  // namespace
