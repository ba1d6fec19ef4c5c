#include "compare.h"

#include <ATen/ATen.h>

#include <bit>
#include <cstring>
#include <sstream>
#include <vector>

#include "core/compat.h"

namespace simple_torch::oracle {
namespace {

template <typename T>
std::string unequal(const char* what, const T& one, const T& other) {
  std::ostringstream text;
  text << what << ": " << one << " and " << other;
  return text.str();
}

bool same_bytes(const at::Tensor& one, const at::Tensor& other) {
  const at::Tensor a = one.contiguous();
  const at::Tensor b = other.contiguous();
  const auto bytes =
      static_cast<size_t>(a.numel()) * static_cast<size_t>(a.element_size());
  return bytes == 0 || std::memcmp(a.data_ptr(), b.data_ptr(), bytes) == 0;
}

std::string contents_difference(const at::Tensor& one, const at::Tensor& other) {
  // Tensors without memory of their own.
  if (one.is_meta() || one._is_zerotensor()) return "";
  if (one.is_quantized()) {
    if (one.qscheme() != other.qscheme()) return "quantization schemes";
    return same_bytes(one.int_repr(), other.int_repr()) ? "" : "quantized elements";
  }
  if (one.is_nested()) {
    const std::vector<at::Tensor> a = one.unbind();
    const std::vector<at::Tensor> b = other.unbind();
    if (a.size() != b.size()) return unequal("nested tensors", a.size(), b.size());
    for (size_t i = 0; i < a.size(); ++i) {
      if (std::string text = difference(a[i], b[i], true); !text.empty()) return text;
    }
    return "";
  }
  if (one.layout() == at::kSparse) {
    const std::string text = difference(one._indices(), other._indices(), true);
    return text.empty() ? difference(one._values(), other._values(), true) : text;
  }
  if (one.layout() != at::kStrided) {
    if (one.is_mkldnn()) return contents_difference(one.to_dense(), other.to_dense());
    return difference(one.values(), other.values(), true);
  }
  if (!same_bytes(one.resolve_conj().resolve_neg(), other.resolve_conj().resolve_neg())) {
    return "elements";
  }
  return "";
}

std::string tensor_difference(const at::Tensor& one, const at::Tensor& other,
                              bool contents) {
  if (one.defined() != other.defined()) {
    return unequal("defined", one.defined(), other.defined());
  }
  if (!one.defined()) return "";
  if (one.scalar_type() != other.scalar_type()) {
    return unequal("dtype", one.scalar_type(), other.scalar_type());
  }
  if (one.layout() != other.layout()) {
    return unequal("layout", one.layout(), other.layout());
  }
  if (one.device() != other.device()) {
    return unequal("device", one.device(), other.device());
  }
  if (one.is_nested() != other.is_nested()) return "nested";
  if (!one.is_nested()) {
    if (one.sizes() != other.sizes()) {
      return unequal("shape", one.sizes(), other.sizes());
    }
    if (one.layout() == at::kStrided && one.strides() != other.strides()) {
      return unequal("strides", one.strides(), other.strides());
    }
  }
  const auto keys = [](const at::Tensor& tensor) {
    return c10::toString(tensor.key_set());
  };
  if (keys(one) != keys(other)) return unequal("keys", keys(one), keys(other));
  if (one.requires_grad() != other.requires_grad()) return "requires_grad";
  if (one.is_view() != other.is_view()) {
    return unequal("is_view", one.is_view(), other.is_view());
  }
  if (one.is_inference() != other.is_inference()) return "is_inference";
  if (!one.is_inference() && one._version() != other._version()) {
    return unequal("version", one._version(), other._version());
  }
  if (one.unsafeGetTensorImpl()->is_wrapped_number() !=
      other.unsafeGetTensorImpl()->is_wrapped_number()) {
    return "is_wrapped_number";
  }
  if (!contents) return "";
#if SIMPLE_TORCH_DIM_NAMES
  if (one.has_names() || other.has_names()) {
    if (one.names() != other.names()) return "names of dims";
    return contents_difference(one.rename({}), other.rename(c10::nullopt));
  }
#endif
  return contents_difference(one, other);
}

}  // namespace

std::string difference(const c10::IValue& one, const c10::IValue& other, bool contents) {
  if (one.tagKind() != other.tagKind()) {
    // A Scalar's kind decides its tag, so that these are values of other types.
    return unequal("type", one.tagKind(), other.tagKind());
  }
  if (one.isTensor())
    return tensor_difference(one.toTensor(), other.toTensor(), contents);
  if (one.isList()) {
    const auto a = one.toListRef();
    const auto b = other.toListRef();
    if (a.size() != b.size()) return unequal("length", a.size(), b.size());
    for (size_t i = 0; i < a.size(); ++i) {
      const std::string text = difference(a[i], b[i], contents);
      if (!text.empty()) return "element " + std::to_string(i) + ": " + text;
    }
    return "";
  }
  if (!contents) return "";
  if (one.isDouble()) {
    return std::bit_cast<int64_t>(one.toDouble()) ==
                   std::bit_cast<int64_t>(other.toDouble())
               ? ""
               : unequal("number", one.toDouble(), other.toDouble());
  }
  if (one.isComplexDouble()) {
    const auto a = one.toComplexDouble();
    const auto b = other.toComplexDouble();
    return std::memcmp(&a, &b, sizeof a) == 0 ? "" : "complex number";
  }
  if (one.isGenerator() || one.isStorage()) return "";
  return one == other ? "" : unequal("value", one, other);
}

c10::IValue copied(const c10::IValue& value) {
  if (value.isTensor()) {
    const at::Tensor& tensor = value.toTensor();
    if (!tensor.defined()) return value;
    const bool requires_grad = tensor.requires_grad() && tensor.is_leaf();
    at::Tensor copy = tensor.detach().clone();
    if (requires_grad) copy.set_requires_grad(true);
    return copy;
  }
  if (value.isList()) {
    c10::impl::GenericList list(value.toList().elementType());
    for (const c10::IValue& each : value.toListRef()) list.push_back(copied(each));
    return list;
  }
  if (value.isGenerator()) return at::Generator(value.toGenerator().clone());
  return value;
}

}  // namespace simple_torch::oracle
