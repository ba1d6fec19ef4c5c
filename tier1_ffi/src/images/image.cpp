// Exports of image.h: images as tensors.
#include "simple_torch/image.h"

#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/_upsample_bicubic2d_aa.h>
#include <ATen/ops/_upsample_bilinear2d_aa.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/upsample_bicubic2d.h>
#include <ATen/ops/upsample_bilinear2d.h>
#include <ATen/ops/upsample_nearest2d.h>

#include <array>
#include <cstring>
#include <string>
#include <vector>

#include "core/arguments.h"
#include "core/file.h"
#include "core/guarded.h"
#include "core/numbers.h"
#include "device/dtype.h"
#include "images/image.h"
#include "images/pixels.h"
#include "tensor/arguments.h"
#include "tensor/read_data.h"

namespace simple_torch {
namespace {

using images::Shape;

// ---- From a file

// The rows as a tensor [height, width, channels]: uint8, or int16 for samples of 16 bits,
// which libtorch has no common type for.
class TensorCanvas final : public images::Canvas {
 public:
  void* begin(const Shape& shape) override {
    tensor = at::empty(
        {shape.height, shape.width, int64_t{shape.channels}},
        shape.bytes_per_sample == 2 ? c10::ScalarType::Short : c10::ScalarType::Byte);
    return tensor.data_ptr();
  }
  at::Tensor tensor;
};

// Samples as they were asked for.
at::Tensor with_depth(const at::Tensor& samples, int64_t depth) {
  if (samples.scalar_type() == c10::ScalarType::Short) {
    return samples.to(c10::ScalarType::Int).bitwise_and_(0xffff);
  }
  return depth == 16 ? samples.to(c10::ScalarType::Int).mul_(257) : samples;
}

// How ITU-R 601 weighs the colours, in the whole numbers that Pillow uses.
at::Tensor gray_of(const at::Tensor& colours) {
  const auto weighted = [&](int64_t channel, int64_t weight) {
    return colours.select(2, channel).to(c10::ScalarType::Long).mul_(weight);
  };
  return weighted(0, 19595)
      .add_(weighted(1, 38470))
      .add_(weighted(2, 7471))
      .add_(0x8000)
      .bitwise_right_shift_(16)
      .to(colours.scalar_type())
      .unsqueeze(2);
}

at::Tensor with_channels(const at::Tensor& samples, int64_t wanted) {
  const int64_t present = samples.size(2);
  if (wanted == 0 || wanted == present) return samples;
  const bool had_alpha = present % 2 == 0;
  const at::Tensor colours = had_alpha ? samples.narrow(2, 0, present - 1) : samples;
  at::Tensor made = colours;
  const int64_t wanted_colours = wanted - (wanted % 2 == 0 ? 1 : 0);
  if (colours.size(2) == 3 && wanted_colours == 1) made = gray_of(colours);
  if (colours.size(2) == 1 && wanted_colours == 3) {
    made = colours.expand({samples.size(0), samples.size(1), 3});
  }
  at::Tensor result =
      at::empty({samples.size(0), samples.size(1), wanted}, samples.options());
  result.narrow(2, 0, wanted_colours).copy_(made);
  if (wanted % 2 == 0) {
    at::Tensor alpha = result.narrow(2, wanted - 1, 1);
    if (had_alpha) {
      alpha.copy_(samples.narrow(2, present - 1, 1));
    } else {
      alpha.fill_(samples.scalar_type() == c10::ScalarType::Byte ? 255 : 65535);
    }
  }
  return result;
}

// EXIF's numbers say where the first row and the first column of the file are seen.
at::Tensor upright(const at::Tensor& samples, int orientation) {
  if (orientation == 1) return samples;
  // From 5 on, rows are columns.
  at::Tensor turned = orientation >= 5 ? samples.transpose(0, 1) : samples;
  const bool upside_down =
      orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8;
  const bool mirrored =
      orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7;
  std::vector<int64_t> flipped;
  if (upside_down) flipped.push_back(0);
  if (mirrored) flipped.push_back(1);
  if (!flipped.empty()) turned = turned.flip(flipped);
  return turned.contiguous();
}

at::Tensor image_of(const images::Source& source, int64_t channels, int64_t depth) {
  const at::NoGradGuard no_grad;
  TensorCanvas canvas;
  const int orientation = images::read(source, canvas);
  const at::Tensor samples = with_channels(with_depth(canvas.tensor, depth), channels);
  return upright(samples, orientation).permute({2, 0, 1});
}

// ---- To a file

struct Format {
  const char* name;
  std::vector<const char*> endings;
  // How many channels it takes.
  std::vector<int> channels;
  bool takes_16_bits;
};

const std::vector<Format>& formats() {
  static const auto& immortal =
      *new std::vector<Format>{{"png", {".png"}, {1, 2, 3, 4}, true},
                               {"jpeg", {".jpg", ".jpeg"}, {1, 3}, false},
                               {"bmp", {".bmp"}, {1, 3, 4}, false},
                               {"ppm", {".ppm", ".pgm", ".pnm"}, {1, 3}, true}};
  return immortal;
}

std::string lower(std::string text) {
  for (char& each : text) {
    each = static_cast<char>(std::tolower(static_cast<unsigned char>(each)));
  }
  return text;
}

// Their own names are among the endings.
const Format& format_named(const std::string& name) {
  const std::string wanted = "." + lower(name);
  for (const Format& each : formats()) {
    for (const char* const ending : each.endings) {
      if (wanted == ending) return each;
    }
  }
  fail_argument("format",
                "'" + name + "' is none of png, jpeg, jpg, bmp, ppm, pgm and pnm");
}

const Format& format_of(const std::string& path) {
  const std::string wanted = lower(path);
  for (const Format& each : formats()) {
    for (const char* const ending : each.endings) {
      if (wanted.ends_with(ending)) return each;
    }
  }
  fail_argument("path", "'" + path +
                            "' ends in none of .png, .jpg, .jpeg, .bmp, .ppm, "
                            ".pgm and .pnm");
}

// Fails unless the integers are samples of 16 bits.
void require_16_bits(const at::Tensor& samples) {
  if (samples.lt(0).logical_or(samples.gt(65535)).any().item<bool>()) {
    fail(Code::kValue, "tensor", "has values that are not from 0 to 65,535");
  }
}

// [height, width, channels], as writers have it; uint8 or int16.
at::Tensor samples_of(const at::Tensor& image, const Format& format) {
  if (image.dim() != 2 && image.dim() != 3) {
    fail(Code::kValue, "tensor",
         "has " + std::to_string(image.dim()) +
             " dims, where an image has channels, height and width");
  }
  const at::Tensor whole = image.dim() == 2 ? image.unsqueeze(0) : image;
  const int64_t channels = whole.size(0);
  bool takes = false;
  for (const int each : format.channels) takes = takes || each == channels;
  if (!takes) {
    fail(Code::kValue, "tensor",
         "has " + std::to_string(channels) + " channels, which " + format.name +
             " does not take");
  }
  if (whole.size(1) < 1 || whole.size(2) < 1 || whole.size(1) > 65535 ||
      whole.size(2) > 65535) {
    fail(Code::kValue, "tensor", "must be from 1 to 65,535 pixels wide and high");
  }
  const c10::ScalarType dtype = whole.scalar_type();
  const bool is_wide = dtype == c10::ScalarType::Int && format.takes_16_bits;
  if (dtype != c10::ScalarType::Byte && !is_wide) {
    fail(Code::kType, "tensor",
         std::string("must be uint8") + (format.takes_16_bits ? " or int32" : "") +
             " to be saved as " + format.name);
  }
  at::Tensor samples = whole.detach().to(c10::DeviceType::CPU).permute({1, 2, 0});
  if (is_wide) {
    require_16_bits(samples);
    samples = samples.to(c10::ScalarType::Short);
  }
  return samples.contiguous();
}

int quality_of(int64_t quality) {
  if (quality == -1) return 75;
  if (quality < 1 || quality > 100) {
    fail_argument("quality", "must be from 1 to 100, and is " + std::to_string(quality));
  }
  return static_cast<int>(quality);
}

std::string content_of(const at::Tensor& image, const Format& format, int64_t quality) {
  const at::NoGradGuard no_grad;
  const int wanted = quality_of(quality);
  const at::Tensor samples = samples_of(image, format);
  const Shape shape{samples.size(1), samples.size(0), static_cast<int>(samples.size(2)),
                    static_cast<int>(samples.itemsize())};
  const std::string name = format.name;
  const void* const data = read_data(samples);
  if (name == "png") return images::write_png(shape, data);
  if (name == "jpeg") return images::write_jpeg(shape, data, wanted);
  if (name == "bmp") return images::write_bmp(shape, data);
  return images::write_ppm(shape, data);
}

// ---- Other sizes

at::Tensor interpolated(const at::Tensor& input, at::IntArrayRef size,
                        std::string_view interpolation, bool antialias) {
  if (interpolation == "nearest") {
    if (antialias) {
      fail_argument("antialias", "cannot be 1 for the interpolation \"nearest\"");
    }
    return at::upsample_nearest2d(input, size);
  }
  if (interpolation == "bilinear") {
    return antialias ? at::_upsample_bilinear2d_aa(input, size, false)
                     : at::upsample_bilinear2d(input, size, false);
  }
  if (interpolation == "bicubic") {
    return antialias ? at::_upsample_bicubic2d_aa(input, size, false)
                     : at::upsample_bicubic2d(input, size, false);
  }
  fail_argument("interpolation",
                "'" + std::string(interpolation) +
                    "' is none of \"nearest\", \"bilinear\" and \"bicubic\"");
}

at::Tensor resized(const at::Tensor& image, at::IntArrayRef size,
                   std::string_view interpolation, bool antialias) {
  if (image.dim() != 3 && image.dim() != 4) {
    fail(Code::kValue, "tensor", "must have 3 dims, or 4 with one of images");
  }
  const c10::ScalarType dtype = image.scalar_type();
  const bool is_real = image.is_floating_point();
  const bool is_wide = dtype == c10::ScalarType::Int;
  if (!is_real && !is_wide && dtype != c10::ScalarType::Byte) {
    fail(Code::kType, "tensor",
         "must be uint8, int32 or of a floating-point type, and is " +
             std::string(dtype_name(dtype)));
  }
  if (is_wide) require_16_bits(image);
  const at::Tensor input = image.dim() == 3 ? image.unsqueeze(0) : image;
  // libtorch has some of the interpolations for these two only.
  const bool is_ready =
      dtype == c10::ScalarType::Float || dtype == c10::ScalarType::Double;
  at::Tensor output = interpolated(is_ready ? input : input.to(c10::ScalarType::Float),
                                   size, interpolation, antialias);
  if (!is_real) output = output.round_().clamp_(0, is_wide ? 65535 : 255);
  output = output.to(dtype);
  return image.dim() == 3 ? output.squeeze(0) : output;
}

}  // namespace

void check_image_form(int64_t channels, int64_t depth) {
  if (channels < 0 || channels > 4) {
    fail_argument("channels", "must be from 0 to 4, and is " + std::to_string(channels));
  }
  if (depth != 8 && depth != 16) {
    fail_argument("depth", "must be 8 or 16, and is " + std::to_string(depth));
  }
}

at::Tensor load_image(const std::string& path, int64_t channels, int64_t depth) {
  const MappedFile file(path);
  return image_of({path, file.bytes(), depth == 16}, channels, depth);
}

}  // namespace simple_torch

using namespace simple_torch;

int64_t simple_torch_image_max_pixels() { return images::max_pixels(); }

int64_t simple_torch_image_set_max_pixels(int64_t pixels) {
  return guarded([&] {
    if (pixels < 1) {
      fail_argument("pixels", "must be at least 1, and is " + std::to_string(pixels));
    }
    images::set_max_pixels(pixels);
  });
}

simple_torch_handle simple_torch_image_load(const char* path, int64_t channels,
                                            int64_t depth) {
  return guarded([&] {
    check_image_form(channels, depth);
    return store(load_image(std::string(text_of(path, "path")), channels, depth));
  });
}

simple_torch_handle simple_torch_image_decode(const void* data, int64_t bytes,
                                              int64_t channels, int64_t depth) {
  return guarded([&] {
    check_image_form(channels, depth);
    const auto content = list_of(static_cast<const char*>(data), bytes, "bytes");
    return store(image_of({"the image", {content.data(), content.size()}, depth == 16},
                          channels, depth));
  });
}

int64_t simple_torch_image_save(simple_torch_handle tensor, const char* path,
                                int64_t quality) {
  return guarded([&] {
    const auto image = borrow_defined(tensor, "tensor");
    const std::string name(text_of(path, "path"));
    const std::string content = content_of(*image, format_of(name), quality);
    NewFile file(name);
    file.write(content);
    file.commit();
  });
}

simple_torch_handle simple_torch_image_encode(simple_torch_handle tensor,
                                              const char* format, int64_t quality) {
  return guarded([&] {
    const auto image = borrow_defined(tensor, "tensor");
    const std::string content =
        content_of(*image, format_named(std::string(text_of(format, "format"))), quality);
    at::Tensor bytes =
        at::empty({static_cast<int64_t>(content.size())}, c10::ScalarType::Byte);
    std::memcpy(bytes.data_ptr(), content.data(), content.size());
    return store(std::move(bytes));
  });
}

simple_torch_handle simple_torch_image_resize(simple_torch_handle tensor, int64_t height,
                                              int64_t width, const char* interpolation,
                                              int64_t antialias) {
  return guarded([&] {
    const auto image = borrow_defined(tensor, "tensor");
    for (const auto& [size, name] :
         {std::pair(height, "height"), std::pair(width, "width")}) {
      if (size < 1 || size > 65535) {
        fail_argument(name, "must be from 1 to 65,535, and is " + std::to_string(size));
      }
    }
    return store(resized(*image, {height, width}, text_of(interpolation, "interpolation"),
                         truth(antialias, "antialias")));
  });
}
