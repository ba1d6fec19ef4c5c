// Images out of memory, beside stb_image. The picture is noise with as much of each size
// as photographs have, encoded by our own writers.
#include <ATen/ATen.h>

#include <cmath>
#include <cstdlib>

#include "files/support.h"

#if __has_include(<stb/stb_image.h>)
#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_ONLY_JPEG
#define STBI_ONLY_PNG
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#include <stb/stb_image.h>
#pragma GCC diagnostic pop
#define HAS_STB 1
#else
#define HAS_STB 0
#endif

namespace simple_torch_benchmark {
namespace {

constexpr int64_t kHeight = 960;
constexpr int64_t kWidth = 1280;
constexpr int kBlocks = 20;

// [channels, height, width]: octaves of noise, those of coarser grain stronger, mostly
// the same in all channels.
at::Tensor picture_of(int64_t channels) {
  at::manual_seed(1);
  at::Tensor sum = at::zeros({1, channels, kHeight, kWidth});
  double strength = 1;
  for (int64_t grain = 1; grain <= 256; grain *= 2, strength *= 2) {
    const int64_t height = kHeight / grain + 2;
    const int64_t width = kWidth / grain + 2;
    const at::Tensor noise =
        at::randn({1, channels, height, width}) * 0.6 + at::randn({1, 1, height, width});
    sum += at::upsample_bicubic2d(noise, {kHeight, kWidth}, false) * strength;
  }
  sum = (sum - sum.mean()) / sum.std() * 50 + 128;
  return sum.clamp(0, 255).to(at::kByte)[0].contiguous();
}

std::string encoded(const at::Tensor& picture, const char* format, int64_t quality) {
  const Held image(handle_of(picture));
  const Held bytes(simple_torch_image_encode(image, format, quality));
  std::string content(static_cast<size_t>(simple_torch_tensor_numel(bytes)), '\0');
  simple_torch_tensor_copy_to(bytes, content.data(), std::ssize(content));
  return content;
}

simple_torch_handle decode(const std::string& content) {
  return require_handle(
      simple_torch_image_decode(content.data(), std::ssize(content), 0, 8));
}

#if HAS_STB
stbi_uc* decode_with_stb(const std::string& content) {
  int width = 0;
  int height = 0;
  int channels = 0;
  return stbi_load_from_memory(reinterpret_cast<const stbi_uc*>(content.data()),
                               static_cast<int>(content.size()), &width, &height,
                               &channels, 0);
}

// They need not round alike.
void check(const std::string& row, const std::string& content, int64_t channels,
           double most_off) {
  stbi_uc* const pixels = decode_with_stb(content);
  require(pixels != nullptr, row + " of stb");
  const int64_t count = channels * kHeight * kWidth;
  std::vector<unsigned char> ours(static_cast<size_t>(count));
  simple_torch_tensor_copy_to(Held(decode(content)), ours.data(), count);
  double off = 0;
  for (int64_t i = 0; i < count; ++i) {
    const int64_t plane = kHeight * kWidth;
    const int64_t in_pixels = i % plane * channels + i / plane;
    off += std::abs(pixels[in_pixels] - ours[static_cast<size_t>(i)]);
  }
  require(off <= most_off * static_cast<double>(count), row);
  std::free(pixels);
}
#endif

void compare(const std::string& row, const at::Tensor& picture, const char* format,
             int64_t quality, [[maybe_unused]] double most_off) {
  if (!is_wanted(row)) return;
  const std::string content = encoded(picture, format, quality);
#if HAS_STB
  check(row, content, picture.size(0), most_off);
  measure(row, "stb", kBlocks, 1, [&] { std::free(decode_with_stb(content)); });
#endif
  measure(row, "ours", kBlocks, 1, [&] { simple_torch_release(decode(content)); });
}

}  // namespace

void compare_images() {
  const at::Tensor picture = picture_of(3);
  const at::Tensor with_alpha = picture_of(4);
  compare("png_rgb", picture, "png", -1, 0);
  compare("png_rgba", with_alpha, "png", -1, 0);
  compare("png_gray", picture.slice(0, 0, 1).contiguous(), "png", -1, 0);
  compare("jpeg_75", picture, "jpeg", 75, 1);
  compare("jpeg_90", picture, "jpeg", 90, 1);
}

}  // namespace simple_torch_benchmark
