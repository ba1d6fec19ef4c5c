// Exports of array.h: numpy's arrays as tensors.
#include <ATen/core/Dict.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/core/ivalue.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "arrays/npy_header.h"
#include "arrays/npz_archive.h"
#include "core/arguments.h"
#include "core/file.h"
#include "core/guarded.h"
#include "core/numbers.h"
#include "device/dtype.h"
#include "simple_torch/array.h"
#include "tensor/arguments.h"
#include "tensor/read_data.h"
#include "values/named_tensor.h"

namespace simple_torch {
namespace {

// numpy's letters, without the byte order, and the dtypes they are.
struct Letters {
  const char* letters;
  const char* dtype;
};
constexpr Letters kLetters[] = {
    {"f2", "float16"},   {"f4", "float32"},    {"f8", "float64"}, {"i1", "int8"},
    {"i2", "int16"},     {"i4", "int32"},      {"i8", "int64"},   {"u1", "uint8"},
    {"u2", "uint16"},    {"u4", "uint32"},     {"u8", "uint64"},  {"b1", "bool"},
    {"c8", "complex64"}, {"c16", "complex128"}};

c10::ScalarType dtype_in(const NpyHeader& header, const std::string& name) {
  const std::string_view letters = header.letters;
  if (!letters.empty() &&
      std::string_view("<>|=").find(letters[0]) != std::string::npos) {
    for (const Letters& each : kLetters) {
      if (letters.substr(1) != each.letters) continue;
      if (const auto dtype = dtype_named(each.dtype)) return *dtype;
    }
  }
  fail(Code::kUnsupported, "",
       name + ": no tensor of this libtorch holds elements of `" + header.letters + "`");
}

// Elements as a tensor has them, from where `keeper` keeps them, or copied if it does
// not.
struct Elements {
  char* data;
  size_t bytes;
  std::shared_ptr<void> keeper;
};

at::Tensor tensor_over(const Elements& elements, c10::IntArrayRef shape,
                       c10::ScalarType dtype, bool is_swapped) {
  const size_t element = c10::elementSize(dtype);
  const auto options = at::TensorOptions().dtype(dtype);
  const bool is_aligned = reinterpret_cast<uintptr_t>(elements.data) % element == 0;
  if (elements.keeper != nullptr && is_aligned && !is_swapped && elements.bytes > 0) {
    return at::from_blob(
        elements.data, shape, [keeper = elements.keeper](void*) {}, options);
  }
  at::Tensor copy = at::empty(shape, options);
  auto* const out = static_cast<char*>(copy.data_ptr());
  if (elements.bytes > 0) std::memcpy(out, elements.data, elements.bytes);
  if (is_swapped) {
    // Both halves of a complex number are turned by themselves.
    const size_t width = c10::isComplexType(dtype) ? element / 2 : element;
    for (size_t at = 0; at < elements.bytes; at += width) {
      std::reverse(out + at, out + at + width);
    }
  }
  return copy;
}

// Fails unless the shape takes exactly these bytes.
void require_filled(const NpyHeader& header, size_t element, size_t bytes,
                    const std::string& name) {
  size_t wanted = element;
  bool fits = true;
  for (const int64_t size : header.shape) {
    if (size == 0) wanted = 0;
  }
  for (const int64_t size : header.shape) {
    if (wanted == 0) break;
    fits = fits && static_cast<uint64_t>(size) <= bytes / wanted;
    if (!fits) break;
    wanted *= static_cast<size_t>(size);
  }
  if (fits && wanted < bytes) {
    fail_format(name, "bytes that are not its own follow the array: " +
                          std::to_string(bytes - wanted));
  }
  if (!fits || wanted != bytes) {
    fail_format(name, std::to_string(bytes) +
                          " bytes do not hold an array of the shape " +
                          "that the header says, with " + std::to_string(element) +
                          " bytes for each element");
  }
}

// A size of nearly nothing in one dim and of nearly everything in another is no tensor's.
void require_countable(const NpyHeader& header, const std::string& name) {
  constexpr int64_t kMost = INT64_MAX / 16;
  int64_t product = 1;
  for (const int64_t size : header.shape) {
    const int64_t step = std::max<int64_t>(size, 1);
    if (step > kMost / product)
      fail_format(name, "an array of more elements than can be counted");
    product *= step;
  }
}

at::Tensor array_in(std::string_view content, const std::shared_ptr<void>& keeper,
                    const std::string& name) {
  const NpyHeader header = read_npy_header(content, name);
  const c10::ScalarType dtype = dtype_in(header, name);
  const size_t element = c10::elementSize(dtype);
  const Elements elements{const_cast<char*>(content.data()) + header.bytes,
                          content.size() - header.bytes, keeper};
  require_countable(header, name);
  require_filled(header, element, elements.bytes, name);
  if (dtype == c10::ScalarType::Bool &&
      std::any_of(elements.data, elements.data + elements.bytes,
                  [](char byte) { return (byte & ~1) != 0; })) {
    fail_format(name, "it has bytes that are no truth values");
  }
  std::vector<int64_t> shape = header.shape;
  if (header.columns_first) std::reverse(shape.begin(), shape.end());
  const bool is_swapped = header.letters[0] == '>' && element > 1;
  at::Tensor tensor = tensor_over(elements, shape, dtype, is_swapped);
  if (!header.columns_first || shape.size() < 2) return tensor;
  std::vector<int64_t> turned(shape.size());
  for (size_t i = 0; i < turned.size(); ++i) {
    turned[i] = static_cast<int64_t>(turned.size() - 1 - i);
  }
  return tensor.permute(turned);
}

// An array as its header and its elements.
struct Written {
  std::string header;
  at::Tensor elements;
  std::string_view bytes() const {
    return {static_cast<const char*>(read_data(elements)), elements.nbytes()};
  }
};

// `whose` opens the messages: which of several tensors it is.
Written written(const at::Tensor& tensor, bool columns_first, const char* argument,
                const std::string& whose = "") {
  const at::NoGradGuard no_grad;
  NpyHeader header;
  for (const Letters& each : kLetters) {
    if (dtype_named(each.dtype) != tensor.scalar_type()) continue;
    const bool is_byte = tensor.element_size() == 1;
    header.letters = std::string(is_byte ? "|" : "<") + each.letters;
  }
  if (header.letters.empty()) {
    fail(Code::kUnsupported, argument,
         whose + "numpy has no " + dtype_name(tensor.scalar_type()));
  }
  if (tensor.layout() != c10::Layout::Strided || tensor.is_meta()) {
    fail(Code::kUnsupported, argument,
         whose + "has no elements in memory as an array has");
  }
  header.shape = tensor.sizes().vec();
  at::Tensor plain = tensor.detach().resolve_conj().resolve_neg().cpu();
  if (columns_first && tensor.dim() > 1) {
    header.columns_first = true;
    std::vector<int64_t> turned;
    for (int64_t dim = tensor.dim(); dim-- > 0;) turned.push_back(dim);
    plain = plain.permute(turned);
  }
  return {npy_header_text(header), plain.contiguous()};
}

constexpr std::string_view kEnding = ".npy";

c10::IValue load_archive(const std::string& path) {
  const auto file = std::make_shared<MappedFile>(path);
  const NpzReader reader(file->bytes(), path);
  c10::Dict<std::string, at::Tensor> arrays;
  for (const NpzReader::Record& each : reader.records()) {
    if (!each.name.ends_with(kEnding)) {
      fail_format(path, "`" + each.name + "` is no array of numpy");
    }
    const auto room = std::make_shared<std::string>();
    const std::string_view content = reader.content(each, *room);
    const std::shared_ptr<void> keeper =
        each.is_deflated ? std::shared_ptr<void>(room) : std::shared_ptr<void>(file);
    const std::string name = each.name.substr(0, each.name.size() - kEnding.size());
    if (!arrays.insert(name, array_in(content, keeper, path + ": " + each.name)).second) {
      fail_format(path, "there are two arrays of the name `" + name + "`");
    }
  }
  return arrays;
}

void save_archive(const c10::IValue& tensors, const std::string& path, bool compressed) {
  if (!tensors.isGenericDict()) fail(Code::kType, "tensors", "must be a dict");
  std::vector<std::pair<std::string, Written>> arrays;
  for (const auto& entry : tensors.toGenericDict()) {
    const auto& [name, tensor] = named_tensor(entry.key(), entry.value(), "tensors");
    if (name.size() > 60'000)
      fail(Code::kValue, "tensors", "has a name that is too long");
    // The readers of archives end a name there.
    if (name.find('\0') != std::string::npos) {
      fail(Code::kValue, "tensors",
           "has the name '" + name.substr(0, name.find('\0')) +
               "' with a NUL behind it, which archives cannot have");
    }
    arrays.emplace_back(name, written(tensor, false, "tensors", "'" + name + "': "));
  }
  NewFile file(path);
  NpzWriter writer(file, compressed);
  for (const auto& [name, array] : arrays) {
    writer.add(name + std::string(kEnding), {array.header, array.bytes()});
  }
  writer.finish();
  file.commit();
}

}  // namespace
}  // namespace simple_torch

using namespace simple_torch;

simple_torch_handle simple_torch_npy_load(const char* path) {
  return guarded([&] {
    const std::string name = path_of(path);
    const auto file = std::make_shared<MappedFile>(name);
    return store(array_in(file->bytes(), file, name));
  });
}

int64_t simple_torch_npy_save(simple_torch_handle tensor, const char* path,
                              int64_t columns_first) {
  return guarded([&] {
    const bool columns = truth(columns_first, "columns_first");
    const auto whole = borrow_defined(tensor, "tensor");
    const Written array = written(*whole, columns, "tensor");
    NewFile file(path_of(path));
    file.write(array.header);
    file.write(array.bytes());
    file.commit();
  });
}

simple_torch_handle simple_torch_npz_load(const char* path) {
  return guarded(
      [&] { return store(std::make_unique<c10::IValue>(load_archive(path_of(path)))); });
}

int64_t simple_torch_npz_save(simple_torch_handle tensors, const char* path,
                              int64_t compressed) {
  return guarded([&] {
    const bool packs = truth(compressed, "compressed");
    save_archive(*borrow<c10::IValue>(tensors, "tensors"), path_of(path), packs);
  });
}
