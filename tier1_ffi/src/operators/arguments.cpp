#include "operators/arguments.h"

#include <cmath>
#include <limits>
#include <string>

namespace simple_torch::in {
namespace {

[[noreturn]] void refuse_kind(const char* argument, const char* wanted, int64_t kind) {
  static constexpr const char* kNames[] = {"none", "an int", "a float", "a bool",
                                           "a complex number"};
  if (kind < 0 || kind > SIMPLE_TORCH_NUMBER_COMPLEX) {
    fail_argument(argument, "has an unknown kind of number, " + std::to_string(kind));
  }
  fail(Code::kType, argument, std::string("must be ") + wanted + ", not " + kNames[kind]);
}

// Small integers and 0-based enumerations: `end` is the first number that names nothing.
int64_t checked_enumerator(int64_t value, int64_t end, const char* argument,
                           const char* what) {
  if (value < 0 || value >= end) {
    fail_argument(argument,
                  std::string("names no ") + what + ": " + std::to_string(value));
  }
  return value;
}

}  // namespace

Optional<at::Tensor> optional_tensor(simple_torch_handle handle, const char* argument) {
  if (handle == 0) return {};
  at::Tensor given = *borrow<at::Tensor>(handle, argument);
  return given.defined() ? Optional<at::Tensor>(std::move(given))
                         : Optional<at::Tensor>();
}

std::vector<at::Tensor> tensors(const simple_torch_handle* handles, int64_t count,
                                const char* argument) {
  std::vector<at::Tensor> list = borrow_all(handles, count, argument);
  for (const at::Tensor& each : list) {
    require_defined(each, argument);
  }
  return list;
}

TensorRefs tensor_refs(const simple_torch_handle* handles, int64_t count,
                       const char* argument) {
  return {tensors(handles, count, argument)};
}

c10::List<Optional<at::Tensor>> optional_tensors(const simple_torch_handle* handles,
                                                 int64_t count, const char* argument) {
  c10::List<Optional<at::Tensor>> list;
  for (const simple_torch_handle each : list_of(handles, count, argument)) {
    list.push_back(optional_tensor(each, argument));
  }
  return list;
}

Optional<int64_t> optional_int(int64_t bits, int64_t kind, const char* argument) {
  if (kind == SIMPLE_TORCH_NUMBER_NONE) return {};
  if (kind != SIMPLE_TORCH_NUMBER_INT) refuse_kind(argument, "an int or none", kind);
  return bits;
}

Optional<c10::SymInt> optional_sym_int(int64_t bits, int64_t kind, const char* argument) {
  const Optional<int64_t> number = optional_int(bits, kind, argument);
  return number ? Optional<c10::SymInt>(c10::SymInt(*number)) : Optional<c10::SymInt>();
}

Optional<double> optional_float(int64_t bits, int64_t kind, const char* argument) {
  if (kind == SIMPLE_TORCH_NUMBER_NONE) return {};
  if (kind != SIMPLE_TORCH_NUMBER_FLOAT && kind != SIMPLE_TORCH_NUMBER_INT) {
    refuse_kind(argument, "a float, an int or none", kind);
  }
  return simple_torch::number(bits, kind, argument).toDouble();
}

Optional<bool> optional_truth(int64_t bits, int64_t kind, const char* argument) {
  if (kind == SIMPLE_TORCH_NUMBER_NONE) return {};
  if (kind != SIMPLE_TORCH_NUMBER_BOOL) refuse_kind(argument, "a bool or none", kind);
  return simple_torch::truth(bits, argument);
}

Optional<at::Scalar> optional_scalar(int64_t bits, int64_t kind, const char* argument) {
  const std::optional<at::Scalar> number = optional_number(bits, kind, argument);
  return number ? Optional<at::Scalar>(*number) : Optional<at::Scalar>();
}

std::vector<at::Scalar> numbers(const int64_t* slots, int64_t count,
                                const char* argument) {
  if (count > 0) list_of(slots, count * 2, argument);
  list_of(slots, count, argument);
  std::vector<at::Scalar> list;
  list.reserve(static_cast<size_t>(count));
  for (int64_t i = 0; i < count; ++i) {
    list.push_back(simple_torch::number(slots[2 * i], slots[2 * i + 1], argument));
  }
  return list;
}

at::IntArrayRef ints(const int64_t* items, int64_t count, const char* argument) {
  return list_of(items, count, argument);
}

c10::SymIntArrayRef sym_ints(const int64_t* items, int64_t count, const char* argument) {
  const at::IntArrayRef list = list_of(items, count, argument);
  for (const int64_t each : list) {
    // Such bits are the address of a symbolic expression.
    if (!c10::SymInt::check_range(each)) {
      fail_argument(argument, "has an element out of range, " + std::to_string(each));
    }
  }
  return {reinterpret_cast<const c10::SymInt*>(list.data()), list.size()};
}

at::OptionalIntArrayRef optional_ints(const int64_t* items, int64_t count,
                                      const char* argument) {
  if (count == -1) return {};
  return ints(items, count, argument);
}

at::OptionalSymIntArrayRef optional_sym_ints(const int64_t* items, int64_t count,
                                             const char* argument) {
  if (count == -1) return {};
  return sym_ints(items, count, argument);
}

at::ArrayRef<double> floats(const double* items, int64_t count, const char* argument) {
  return list_of(items, count, argument);
}

Optional<at::ArrayRef<double>> optional_floats(const double* items, int64_t count,
                                               const char* argument) {
  if (count == -1) return {};
  return floats(items, count, argument);
}

int64_t checked_mask(int64_t bits, size_t size, const char* argument) {
  if (bits < 0 || bits >= int64_t{1} << size) {
    fail_argument(argument, "is a mask of " + std::to_string(size) +
                                " bits, which cannot be " + std::to_string(bits));
  }
  return bits;
}

Optional<at::ScalarType> optional_scalar_type(int64_t dtype, const char* argument) {
  const std::optional<at::ScalarType> named = optional_dtype(dtype, argument);
  return named ? Optional<at::ScalarType>(*named) : Optional<at::ScalarType>();
}

at::Layout layout_of(int64_t layout, const char* argument) {
  return static_cast<at::Layout>(checked_enumerator(
      layout, static_cast<int64_t>(at::Layout::NumOptions), argument, "layout"));
}

Optional<at::Layout> optional_layout(int64_t layout, const char* argument) {
  if (layout == -1) return {};
  return layout_of(layout, argument);
}

at::MemoryFormat memory_format_of(int64_t format, const char* argument) {
  return static_cast<at::MemoryFormat>(
      checked_enumerator(format, static_cast<int64_t>(at::MemoryFormat::NumOptions),
                         argument, "memory format"));
}

Optional<at::MemoryFormat> optional_memory_format(int64_t format, const char* argument) {
  if (format == -1) return {};
  return memory_format_of(format, argument);
}

Optional<at::Device> optional_device(int64_t device, const char* argument) {
  if (device == -1) return {};
  return simple_torch::usable_device(device, argument);
}

c10::DeviceIndex device_index(int64_t index, const char* argument) {
  if (index < -1 || index > INT8_MAX) {
    fail_argument(argument, "is no device's index: " + std::to_string(index));
  }
  return static_cast<c10::DeviceIndex>(index);
}

at::Generator generator(simple_torch_handle handle, const char* argument) {
  return *borrow<at::Generator>(handle, argument);
}

c10::string_view text(const char* value, const char* argument) {
  const std::string_view given = text_of(value, argument);
  return c10::string_view(given.data(), given.size());
}

Optional<c10::string_view> optional_text(const char* value, const char* argument) {
  if (value == nullptr) return {};
  return text(value, argument);
}

at::Storage storage(simple_torch_handle handle, const char* argument) {
  return *borrow<at::Storage>(handle, argument);
}

at::Stream stream(simple_torch_handle handle, const char* argument) {
  return *borrow<at::Stream>(handle, argument);
}

#if SIMPLE_TORCH_DIM_NAMES
at::Dimname dim_name(const char* name, const char* argument) {
  const std::string given(text_of(name, argument));
  if (given == "*") return at::Dimname::wildcard();
  if (!at::Dimname::isValidName(given)) {
    fail_argument(argument, "is no name of a dim: \"" + given + '"');
  }
  return at::Dimname::fromSymbol(at::Symbol::dimname(given));
}

std::vector<at::Dimname> dim_names(const char* names, const char* argument) {
  std::vector<at::Dimname> list;
  std::string_view rest = text_of(names, argument);
  while (!rest.empty()) {
    const size_t comma = std::min(rest.find(','), rest.size());
    list.push_back(dim_name(std::string(rest.substr(0, comma)).c_str(), argument));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return list;
}

DimNames optional_dim_names(const char* names, const char* argument) {
  if (names == nullptr) return {false, {}};
  return {true, dim_names(names, argument)};
}
#endif

}  // namespace simple_torch::in
