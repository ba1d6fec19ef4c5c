// PNGs made here, byte by byte: every filter in rows of every width, packed rows in
// pieces, and what is wrong in ways that no encoder makes.
#include <array>
#include <cstdlib>
#include <random>

#include "support/support.h"

namespace {

using Png = LeavesNoHandles;

void put_number(std::string& out, uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift);
}

uint32_t crc_of(const std::string& bytes) {
  uint32_t sum = ~uint32_t{0};
  for (const char each : bytes) {
    sum ^= static_cast<unsigned char>(each);
    for (int bit = 0; bit < 8; ++bit) sum = (sum >> 1) ^ ((sum & 1) * 0xedb88320u);
  }
  return ~sum;
}

std::string chunk(const std::string& name, const std::string& data) {
  std::string out;
  put_number(out, static_cast<uint32_t>(data.size()));
  out += name + data;
  put_number(out, crc_of(name + data));
  return out;
}

// Stored as it is, in zlib's wrapping.
std::string packed(const std::string& bytes) {
  std::string out = "\x78\x01";
  constexpr size_t kMost = 65535;
  for (size_t at = 0; at < bytes.size(); at += kMost) {
    const std::string part = bytes.substr(at, kMost);
    const auto size = static_cast<unsigned>(part.size());
    out += at + kMost >= bytes.size() ? '\1' : '\0';
    for (const unsigned each : {size, size >> 8, ~size, ~size >> 8}) {
      out += static_cast<char>(each);
    }
    out += part;
  }
  uint32_t low = 1;
  uint32_t high = 0;
  for (const char each : bytes) {
    low = (low + static_cast<unsigned char>(each)) % 65521;
    high = (high + low) % 65521;
  }
  put_number(out, high << 16 | low);
  return out;
}

struct Picture {
  int channels;
  int height;
  int width;
  std::string pixels;
  size_t row_bytes() const { return static_cast<size_t>(channels * width); }
};

Picture random_picture(int channels, int height, int width) {
  static std::mt19937 random(7);
  Picture picture{channels, height, width, {}};
  for (int i = 0; i < channels * height * width; ++i) {
    // Ends of the range and neighbours that are equal are where filters go wrong.
    constexpr std::array<uint32_t, 8> kOdd = {0, 255, 1, 254, 127, 128, 0, 255};
    const auto number = static_cast<uint32_t>(random());
    picture.pixels +=
        static_cast<char>(number % 3 == 0 ? kOdd[number / 4 % 8] : number / 4 % 256);
  }
  return picture;
}

// The predictor as PNG's specification words it.
int paeth(int left, int above, int corner) {
  const int plane = left + above - corner;
  const int to_left = std::abs(plane - left);
  const int to_above = std::abs(plane - above);
  const int to_corner = std::abs(plane - corner);
  if (to_left <= to_above && to_left <= to_corner) return left;
  return to_above <= to_corner ? above : corner;
}

// Row after row with its filter's number before it.
std::string filtered(const Picture& picture, int first_filter) {
  std::string out;
  const size_t row = picture.row_bytes();
  const auto step = static_cast<size_t>(picture.channels);
  for (size_t y = 0; y < static_cast<size_t>(picture.height); ++y) {
    const int filter = static_cast<int>(y + static_cast<size_t>(first_filter)) % 5;
    out += static_cast<char>(filter);
    for (size_t x = 0; x < row; ++x) {
      const auto sample = [&](size_t up, size_t back) -> int {
        if (y < up || x < back) return 0;
        return static_cast<unsigned char>(picture.pixels[(y - up) * row + x - back]);
      };
      const int left = sample(0, step);
      const int above = sample(1, 0);
      const int expected[] = {0, left, above, (left + above) / 2,
                              paeth(left, above, sample(1, step))};
      out += static_cast<char>(sample(0, 0) - expected[filter]);
    }
  }
  return out;
}

std::string header(const Picture& picture) {
  constexpr std::array<char, 5> kColours = {0, 0, 4, 2, 6};
  std::string out;
  put_number(out, static_cast<uint32_t>(picture.width));
  put_number(out, static_cast<uint32_t>(picture.height));
  out += '\x08';
  out += kColours[static_cast<size_t>(picture.channels)];
  return chunk("IHDR", out + std::string(3, '\0'));
}

// A file whose packed rows are in pieces of a size.
std::string file_of(const Picture& picture, const std::string& data,
                    size_t piece = SIZE_MAX) {
  std::string out = "\x89PNG\r\n\x1a\n" + header(picture);
  for (size_t at = 0; at < data.size();) {
    const std::string part = data.substr(at, piece);
    out += chunk("IDAT", part);
    at += part.size();
  }
  return out + chunk("IEND", "");
}

simple_torch_handle decode(const std::string& content) {
  return simple_torch_image_decode(content.data(), static_cast<int64_t>(content.size()),
                                   0, 8);
}

void expect_pixels(const std::string& content, const Picture& picture) {
  const Owned image(decode(content));
  ASSERT_NE(image, 0) << simple_torch_error_message();
  ASSERT_EQ(shape(image),
            (std::vector<int64_t>{picture.channels, picture.height, picture.width}));
  const std::vector<double> found = values(image);
  const size_t plane = static_cast<size_t>(picture.height * picture.width);
  const auto channels = static_cast<size_t>(picture.channels);
  for (size_t i = 0; i < found.size(); ++i) {
    const size_t at = i % plane * channels + i / plane;
    ASSERT_EQ(found[i], static_cast<unsigned char>(picture.pixels[at])) << "at " << i;
  }
}

void expect_refusal(const std::string& content, const std::string& what) {
  EXPECT_EQ(decode(content), 0) << what;
  EXPECT_EQ(simple_torch_error_code(), SIMPLE_TORCH_E_FORMAT) << what;
}

TEST_F(Png, HasEveryFilterInRowsOfEveryWidth) {
  for (int channels = 1; channels <= 4; ++channels) {
    for (int width = 1; width <= 20; ++width) {
      for (int filter = 0; filter < 5; ++filter) {
        SCOPED_TRACE(std::to_string(channels) + " channels, " + std::to_string(width) +
                     " wide, from filter " + std::to_string(filter));
        // Twice the eight rows that may be worked out at once, and some.
        const Picture picture = random_picture(channels, 19, width);
        expect_pixels(file_of(picture, packed(filtered(picture, filter))), picture);
      }
    }
  }
}

TEST_F(Png, IsTheSameInPiecesOfAnySize) {
  const Picture picture = random_picture(3, 9, 10);
  const std::string data = packed(filtered(picture, 0));
  for (const size_t piece : {size_t{1}, size_t{2}, size_t{7}, size_t{100}, data.size()}) {
    SCOPED_TRACE(piece);
    expect_pixels(file_of(picture, data, piece), picture);
  }
}

// A palette that RGB may have, and that is of no use, is left to libpng.
TEST_F(Png, IsTheSameReadByLibpng) {
  const Picture picture = random_picture(3, 40, 33);
  std::string content = file_of(picture, packed(filtered(picture, 0)));
  expect_pixels(content, picture);
  content.insert(8 + header(picture).size(), chunk("PLTE", "abc"));
  expect_pixels(content, picture);
}

TEST_F(Png, MayHaveMoreThanItsPixels) {
  const Picture picture = random_picture(4, 6, 5);
  const std::string data = packed(filtered(picture, 0));
  expect_pixels(file_of(picture, data + "more"), picture);
  expect_pixels(file_of(picture, data) + "more", picture);
  std::string content = file_of(picture, data);
  content.insert(8 + header(picture).size(), chunk("tEXt", "who\0me"));
  expect_pixels(content, picture);
}

TEST_F(Png, IsRefusedIfAnythingInItIsWrong) {
  const Picture picture = random_picture(3, 6, 5);
  const std::string rows = filtered(picture, 0);
  std::string unknown_filter = rows;
  unknown_filter[0] = 5;
  expect_refusal(file_of(picture, packed(unknown_filter)), "an unknown filter");
  const std::string cut = rows.substr(0, rows.size() - 1);
  expect_refusal(file_of(picture, packed(cut)), "a byte too few");
  std::string wrong_sum = packed(rows);
  wrong_sum.back() = static_cast<char>(wrong_sum.back() ^ 1);
  expect_refusal(file_of(picture, wrong_sum), "a wrong sum of the rows");
  expect_refusal(file_of(picture, ""), "no rows");
  std::string content = file_of(picture, packed(rows));
  content.insert(8 + header(picture).size(), chunk("ABCD", ""));
  expect_refusal(content, "a chunk that must be understood and is not known");
  Picture huge = picture;
  huge.width = 60000;
  huge.height = 60000;
  expect_refusal(file_of(huge, packed(rows)), "more pixels than there can be");
  huge.width = 0;
  expect_refusal(file_of(huge, packed(rows)), "no pixels");
}

}  // namespace
