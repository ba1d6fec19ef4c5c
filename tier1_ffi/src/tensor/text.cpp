// A tensor as text, in the form in which Python's torch prints it.
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/function.h>

#include <string>
#include <string_view>
#include <vector>

#include "core/arguments.h"
#include "core/guarded.h"
#include "device/dtype.h"
#include "simple_torch/tensor.h"
#include "tensor/arguments.h"
#include "tensor/element_text.h"

namespace simple_torch {
namespace {

constexpr simple_torch_print_options kDefaults = {
    sizeof(simple_torch_print_options), 4, 1000, 3, 80, -1};

simple_torch_print_options options_from(const simple_torch_print_options* given) {
  if (given == nullptr) return kDefaults;
  if (given->size != int64_t{sizeof(*given)}) {
    fail_argument("options", "has size " + std::to_string(given->size) +
                                 " where this library knows " +
                                 std::to_string(sizeof(*given)));
  }
  // More digits than a double has, or longer lines, are a mistake.
  constexpr int64_t kMostDigits = 1000;
  const bool sensible = given->precision >= 0 && given->precision <= kMostDigits &&
                        given->threshold >= 0 && given->edge_items >= 0 &&
                        given->line_width >= 1 && given->sci_mode >= -1 &&
                        given->sci_mode <= 1;
  if (!sensible) fail_argument("options", "has a negative or impossible value");
  return *given;
}

std::string shape_text(c10::IntArrayRef shape) {
  std::string text = "(";
  for (size_t i = 0; i < shape.size(); ++i) {
    if (i > 0) text += ", ";
    text += std::to_string(shape[i]);
  }
  return text + (shape.size() == 1 ? ",)" : ")");
}

std::string dtype_text(const at::Tensor& tensor) {
  return std::string("dtype=torch.") + dtype_name(tensor.scalar_type());
}

// Whether the values alone tell the dtype.
bool dtype_goes_without_saying(const at::Tensor& tensor) {
  const c10::ScalarType usual = c10::get_default_dtype_as_scalartype();
  const c10::ScalarType usual_complex = usual == c10::ScalarType::Double
                                            ? c10::ScalarType::ComplexDouble
                                            : c10::ScalarType::ComplexFloat;
  const c10::ScalarType dtype = tensor.scalar_type();
  return dtype == usual || dtype == usual_complex || dtype == c10::ScalarType::Long ||
         dtype == c10::ScalarType::Bool;
}

// "tensor(" + the elements, and what is said behind them.
struct Parts {
  std::string text;
  std::vector<std::string> suffixes;
};

constexpr std::string_view kPrefix = "tensor(";
constexpr auto kIndent = static_cast<int64_t>(kPrefix.size());

std::string inner_tensor(std::string_view name, const at::Tensor& tensor,
                         const simple_torch_print_options& options, bool with_shape) {
  const std::string prefix = std::string(name) + "=tensor(";
  std::string text = prefix + element_text(tensor, options,
                                           kIndent + static_cast<int64_t>(prefix.size()));
  if (with_shape || tensor.numel() == 0) text += ", size=" + shape_text(tensor.sizes());
  return text + ")";
}

void describe_sparse(const at::Tensor& tensor, const simple_torch_print_options& options,
                     Parts& parts) {
  parts.suffixes.push_back("size=" + shape_text(tensor.sizes()));
  parts.suffixes.push_back("nnz=" + std::to_string(tensor._nnz()));
  if (!dtype_goes_without_saying(tensor)) parts.suffixes.push_back(dtype_text(tensor));
  parts.text = inner_tensor("indices", tensor._indices().detach(), options, false) +
               ",\n" + std::string(kIndent, ' ') +
               inner_tensor("values", tensor._values().detach(), options, false);
}

void describe_strided(const at::Tensor& tensor, const simple_torch_print_options& options,
                      Parts& parts) {
  const bool default_dtype =
      tensor.scalar_type() == c10::get_default_dtype_as_scalartype();
  if (tensor.is_meta()) {
    parts.suffixes.push_back("size=" + shape_text(tensor.sizes()));
    if (!default_dtype) parts.suffixes.push_back(dtype_text(tensor));
    parts.text = "...";
  } else if (tensor.numel() == 0) {
    if (tensor.dim() != 1) parts.suffixes.push_back("size=" + shape_text(tensor.sizes()));
    if (!default_dtype) parts.suffixes.push_back(dtype_text(tensor));
    parts.text = "[]";
  } else {
    if (!dtype_goes_without_saying(tensor)) parts.suffixes.push_back(dtype_text(tensor));
    // Two numbers in a byte, which nothing takes apart: PyTorch shows the bytes.
    const bool has_pairs =
        std::string_view(dtype_name(tensor.scalar_type())) == "float4_e2m1fn_x2";
    parts.text = element_text(has_pairs ? tensor.view(at::kByte).to(at::kFloat) : tensor,
                              options, kIndent);
  }
}

std::string layout_text(c10::Layout layout) {
  switch (layout) {
    case c10::Layout::Sparse:
      return "torch.sparse_coo";
    case c10::Layout::SparseCsr:
      return "torch.sparse_csr";
    case c10::Layout::SparseCsc:
      return "torch.sparse_csc";
    case c10::Layout::SparseBsr:
      return "torch.sparse_bsr";
    case c10::Layout::SparseBsc:
      return "torch.sparse_bsc";
    case c10::Layout::Mkldnn:
      return "torch._mkldnn";
    default:
      return "torch.strided";
  }
}

std::string joined(const Parts& parts, const simple_torch_print_options& options,
                   bool break_first) {
  std::string text = std::string(kPrefix) + parts.text;
  const size_t last_break = text.rfind('\n');
  auto line = static_cast<int64_t>(
      last_break == std::string::npos ? text.size() + 2 : text.size() - last_break + 1);
  for (const std::string& suffix : parts.suffixes) {
    const auto length = static_cast<int64_t>(suffix.size());
    if (break_first || line + length + 2 > options.line_width) {
      text += ",\n" + std::string(kIndent, ' ') + suffix;
      line = kIndent + length;
      break_first = false;
    } else {
      text += ", " + suffix;
      line += length + 2;
    }
  }
  return text + ")";
}

std::string whole_text(const at::Tensor& tensor,
                       const simple_torch_print_options& options) {
  if (!tensor.defined()) return "tensor(undefined)";
  const at::NoGradGuard no_grad;
  Parts parts;
  if (!tensor.device().is_cpu()) {
    parts.suffixes.push_back("device='" + tensor.device().str() + "'");
  }
  if (tensor.is_sparse()) {
    describe_sparse(tensor, options, parts);
  } else if (tensor.layout() == c10::Layout::Strided && !tensor.is_quantized()) {
    describe_strided(tensor, options, parts);
  } else {
    // Other layouts, and quantized numbers, are shown by their values.
    if (!dtype_goes_without_saying(tensor)) parts.suffixes.push_back(dtype_text(tensor));
    const at::Tensor plain =
        tensor.is_quantized() ? tensor.dequantize() : tensor.to_dense();
    parts.text = element_text(plain, options, kIndent);
  }
  if (tensor.layout() != c10::Layout::Strided) {
    parts.suffixes.push_back("layout=" + layout_text(tensor.layout()));
  }
  if (const auto& node = tensor.grad_fn(); node != nullptr) {
    parts.suffixes.push_back("grad_fn=<" + node->name() + ">");
  } else if (tensor.requires_grad()) {
    parts.suffixes.push_back("requires_grad=True");
  }
  return joined(parts, options, /*break_first=*/tensor.is_sparse());
}

}  // namespace
}  // namespace simple_torch

using namespace simple_torch;

int64_t simple_torch_tensor_to_text(simple_torch_handle tensor,
                                    const simple_torch_print_options* options,
                                    char* buffer, int64_t capacity) {
  return guarded([&] {
    const auto shown = borrow<at::Tensor>(tensor, "tensor");
    // Operators may have made what shape_of() refuses.
    if (shown->defined() && shown->dim() > kMostDims) {
      fail(Code::kValue, "tensor",
           "has " + std::to_string(shown->dim()) + " dims, too many to be shown");
    }
    const std::string text = whole_text(*shown, options_from(options));
    return write_text(text, buffer, capacity, "buffer");
  });
}
