#include "tensor/element_text.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/view_as_real.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>

#include "core/compat.h"
#include "tensor/read_data.h"

namespace simple_torch {
namespace {

std::string formatted(const char* format, int64_t precision, double value) {
  const int length =
      std::snprintf(nullptr, 0, format, static_cast<int>(precision), value);
  std::string text(static_cast<size_t>(length), '\0');
  std::snprintf(text.data(), text.size() + 1, format, static_cast<int>(precision), value);
  return text;
}

// How one column of real numbers is written: all with the same notation and width.
class RealFormat {
 public:
  RealFormat(const std::vector<double>& values, const simple_torch_print_options& options)
      : precision_(options.precision) {
    double least = INFINITY;
    double greatest = 0;
    for (const double value : values) {
      if (!std::isfinite(value) || value == 0) continue;
      least = std::min(least, std::fabs(value));
      greatest = std::max(greatest, std::fabs(value));
      whole_ = whole_ && value == std::ceil(value);
    }
    if (greatest == 0) return;
    scientific_ = options.sci_mode == -1
                      ? greatest / least > 1000 || greatest > 1e8 || least < 1e-4
                      : options.sci_mode == 1;
    for (const double value : values) {
      if (std::isfinite(value) && value != 0) {
        width_ = std::max(width_, write(value).size());
      }
    }
  }

  size_t width() const { return width_; }

  std::string padded(double value) const {
    const std::string text = write(value);
    return std::string(width_ - std::min(width_, text.size()), ' ') + text;
  }

 private:
  std::string write(double value) const {
    if (std::isnan(value)) return "nan";
    if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
    if (scientific_) return formatted("%.*e", precision_, value);
    if (whole_) return formatted("%.*f", 0, value) + ".";
    return formatted("%.*f", precision_, value);
  }

  int64_t precision_;
  size_t width_ = 1;
  bool whole_ = true;
  bool scientific_ = false;
};

// What is shown of a tensor: all of it, or the ends of each dim that is too long.
struct Excerpt {
  at::Tensor tensor;
  // For each dim, whether its middle is left out.
  std::vector<bool> shortened;
};

Excerpt excerpt_of(const at::Tensor& tensor, const simple_torch_print_options& options) {
  Excerpt excerpt{tensor, std::vector<bool>(static_cast<size_t>(tensor.dim()), false)};
  if (tensor.numel() <= options.threshold) return excerpt;
  for (int64_t dim = 0; dim < tensor.dim(); ++dim) {
    const int64_t size = tensor.size(dim);
    const int64_t edge = options.edge_items;
    if (edge > size / 2 || size <= 2 * edge) continue;
    excerpt.shortened[static_cast<size_t>(dim)] = true;
    excerpt.tensor = at::cat({excerpt.tensor.narrow(dim, 0, edge),
                              excerpt.tensor.narrow(dim, size - edge, edge)},
                             dim);
  }
  return excerpt;
}

template <typename T>
std::vector<T> values_of(const at::Tensor& tensor, c10::ScalarType type) {
  const at::Tensor plain =
      tensor.to(c10::Device(c10::DeviceType::CPU), type).contiguous();
  const T* const first = static_cast<const T*>(read_data(plain));
  return {first, first + plain.numel()};
}

std::vector<double> doubles_of(const at::Tensor& tensor) {
  return values_of<double>(tensor, c10::ScalarType::Double);
}

// Each element's text, all of the same width, in row-major order.
struct Cells {
  std::vector<std::string> texts;
  size_t width;
};

Cells real_cells(const at::Tensor& tensor, const simple_torch_print_options& options) {
  const std::vector<double> values = doubles_of(tensor);
  const RealFormat format(values, options);
  Cells cells{{}, format.width()};
  for (const double value : values) cells.texts.push_back(format.padded(value));
  return cells;
}

Cells complex_cells(const at::Tensor& tensor, const simple_torch_print_options& options) {
  const std::vector<double> pairs = doubles_of(
      at::view_as_real(tensor.to(c10::ScalarType::ComplexDouble).resolve_conj()));
  std::vector<double> real;
  std::vector<double> imaginary;
  for (size_t i = 0; i < pairs.size(); i += 2) {
    real.push_back(pairs[i]);
    imaginary.push_back(pairs[i + 1]);
  }
  const RealFormat real_format(real, options);
  const RealFormat imaginary_format(imaginary, options);
  Cells cells{{}, real_format.width() + imaginary_format.width() + 1};
  for (size_t i = 0; i < real.size(); ++i) {
    std::string part = imaginary_format.padded(imaginary[i]);
    part.erase(0, part.find_first_not_of(' '));
    const bool is_signed = part[0] == '-' || part[0] == '+';
    cells.texts.push_back(real_format.padded(real[i]) + (is_signed ? "" : "+") + part +
                          "j");
  }
  return cells;
}

Cells whole_cells(const at::Tensor& tensor) {
  Cells cells{{}, 1};
  if (tensor.scalar_type() == c10::ScalarType::Bool) {
    for (const uint8_t value : values_of<uint8_t>(tensor, c10::ScalarType::Byte)) {
      cells.texts.push_back(value != 0 ? "True" : "False");
    }
  } else if (compat::is_uint64(tensor.scalar_type())) {
    for (const uint64_t value : values_of<uint64_t>(tensor, tensor.scalar_type())) {
      cells.texts.push_back(std::to_string(value));
    }
  } else {
    for (const int64_t value : values_of<int64_t>(tensor, c10::ScalarType::Long)) {
      cells.texts.push_back(std::to_string(value));
    }
  }
  for (const std::string& each : cells.texts) {
    cells.width = std::max(cells.width, each.size());
  }
  for (std::string& each : cells.texts) each.insert(0, cells.width - each.size(), ' ');
  return cells;
}

Cells cells_of(const at::Tensor& tensor, const simple_torch_print_options& options) {
  if (tensor.is_complex()) return complex_cells(tensor, options);
  return tensor.is_floating_point() ? real_cells(tensor, options) : whole_cells(tensor);
}

// Puts the cells into nested brackets.
class Layout {
 public:
  Layout(const Excerpt& excerpt, const Cells& cells,
         const simple_torch_print_options& options)
      : excerpt_(excerpt), cells_(cells), options_(options) {}

  std::string nested(int64_t dim, size_t& next, int64_t indent) const {
    const int64_t dims = excerpt_.tensor.dim();
    if (dims == 0) return cells_.texts[next++];
    const bool innermost = dim == dims - 1;
    const int64_t size = excerpt_.tensor.size(dim);
    const bool shortened = excerpt_.shortened[static_cast<size_t>(dim)];
    std::vector<std::string> parts;
    for (int64_t i = 0; i < size; ++i) {
      if (shortened && i == size / 2) parts.push_back(innermost ? " ..." : "...");
      parts.push_back(innermost ? cells_.texts[next++]
                                : nested(dim + 1, next, indent + 1));
    }
    if (shortened && size == 0) parts.push_back("...");
    return innermost ? row(parts, indent) : stacked(parts, dims - dim, indent);
  }

 private:
  std::string row(const std::vector<std::string>& parts, int64_t indent) const {
    const auto cell = static_cast<int64_t>(cells_.width) + 2;
    const int64_t per_line = std::max<int64_t>(1, (options_.line_width - indent) / cell);
    std::string text = "[";
    for (size_t i = 0; i < parts.size(); ++i) {
      const bool wraps = i > 0 && static_cast<int64_t>(i) % per_line == 0;
      if (wraps) text += ",\n" + std::string(static_cast<size_t>(indent + 1), ' ');
      if (i > 0 && !wraps) text += ", ";
      text += parts[i];
    }
    return text + "]";
  }

  static std::string stacked(const std::vector<std::string>& parts, int64_t depth,
                             int64_t indent) {
    std::string between = ",";
    between.append(static_cast<size_t>(depth - 1), '\n');
    between.append(static_cast<size_t>(indent + 1), ' ');
    std::string text = "[";
    for (size_t i = 0; i < parts.size(); ++i) {
      if (i > 0) text += between;
      text += parts[i];
    }
    return text + "]";
  }

  const Excerpt& excerpt_;
  const Cells& cells_;
  const simple_torch_print_options& options_;
};

}  // namespace

std::string element_text(const at::Tensor& tensor,
                         const simple_torch_print_options& options, int64_t indent) {
  if (tensor.numel() == 0) return "[]";
  const Excerpt excerpt = excerpt_of(tensor.resolve_neg(), options);
  const Cells cells = cells_of(excerpt.tensor, options);
  size_t next = 0;
  return Layout(excerpt, cells, options).nested(0, next, indent);
}

}  // namespace simple_torch
