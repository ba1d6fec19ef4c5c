#include "dlpack/dlpack.h"

#include <ATen/core/Tensor.h>
#include <ATen/ops/from_blob.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/arguments.h"
#include "core/guarded.h"
#include "core/numbers.h"
#include "device/device.h"
#include "device/dtype.h"
#include "dlpack/format.h"
#include "simple_torch/dlpack.h"
#include "tensor/arguments.h"
#include "tensor/reach.h"

namespace simple_torch {
namespace {

using dlpack::Managed;
using dlpack::ManagedVersioned;

// DLPack's type codes, with the names that the dtypes have here: a libtorch that lacks
// one does not know its name.
struct Type {
  uint8_t code;
  uint8_t bits;
  const char* name;
};
constexpr Type kTypes[] = {
    {0, 8, "int8"},
    {0, 16, "int16"},
    {0, 32, "int32"},
    {0, 64, "int64"},
    {1, 8, "uint8"},
    {1, 16, "uint16"},
    {1, 32, "uint32"},
    {1, 64, "uint64"},
    {2, 16, "float16"},
    {2, 32, "float32"},
    {2, 64, "float64"},
    {4, 16, "bfloat16"},
    {5, 32, "complex32"},
    {5, 64, "complex64"},
    {5, 128, "complex128"},
    {6, 8, "bool"},
    {10, 8, "float8_e4m3fn"},
    {11, 8, "float8_e4m3fnuz"},
    {12, 8, "float8_e5m2"},
    {13, 8, "float8_e5m2fnuz"},
    {14, 8, "float8_e8m0fnu"},
};

[[noreturn]] void refuse(const std::string& what, const char* argument = "dlpack") {
  fail(Code::kFormat, argument, "the struct " + what);
}

c10::ScalarType dtype_from(dlpack::Dtype type) {
  if (type.lanes == 1) {
    for (const Type& each : kTypes) {
      if (each.code != type.code || each.bits != type.bits) continue;
      if (const auto dtype = dtype_named(each.name)) return *dtype;
    }
  }
  fail(Code::kUnsupported, "dlpack",
       "no dtype of this libtorch has the code " + std::to_string(type.code) + " with " +
           std::to_string(type.bits) + " bits and " + std::to_string(type.lanes) +
           " lanes");
}

dlpack::Dtype type_of(c10::ScalarType dtype) {
  for (const Type& each : kTypes) {
    if (dtype_named(each.name) == dtype) return {each.code, each.bits, 1};
  }
  fail(Code::kType, "tensor", std::string("DLPack has no type for ") + dtype_name(dtype));
}

c10::Device device_from(dlpack::Device device) {
  int64_t number = 0;
  switch (device.type) {
    case dlpack::kCpu:
    // Pages of the host that CUDA knows too.
    case dlpack::kCudaHost:
      break;
    case dlpack::kCuda:
    case dlpack::kCudaManaged:
      if (device.index < 0 || device.index > INT8_MAX) refuse("has no such device");
      number =
          number_of({c10::DeviceType::CUDA, static_cast<c10::DeviceIndex>(device.index)});
      break;
    default:
      fail(Code::kUnsupported, "dlpack",
           "memory of DLPack's device type " + std::to_string(device.type) +
               " is not taken");
  }
  return usable_device(number, "dlpack");
}

// What a struct owns that we made.
struct Exported {
  explicit Exported(const at::Tensor& shared)
      : tensor(shared),
        shape(tensor.sizes().vec()),
        strides(tensor.strides().vec()),
        layout{tensor.data_ptr(),
               {tensor.is_cuda() ? dlpack::kCuda : dlpack::kCpu,
                std::max<int32_t>(tensor.device().index(), 0)},
               static_cast<int32_t>(tensor.dim()),
               type_of(tensor.scalar_type()),
               shape.data(),
               strides.data(),
               0} {}
  at::Tensor tensor;
  std::vector<int64_t> shape;
  std::vector<int64_t> strides;
  dlpack::Tensor layout;
};

template <typename Struct>
struct ExportedAs : Exported {
  explicit ExportedAs(const at::Tensor& shared) : Exported(shared) {
    managed.tensor = layout;
    managed.context = this;
    managed.deleter = [](Struct* self) {
      delete static_cast<ExportedAs*>(self->context);
    };
  }
  Struct managed{};
};

template <typename Struct>
Struct* exported(const at::Tensor& tensor) {
  return &(new ExportedAs<Struct>(tensor))->managed;
}

void require_shareable(const at::Tensor& tensor) {
  if (!tensor.is_cpu() && !tensor.is_cuda()) {
    fail(Code::kUnsupported, "tensor",
         "lies on " + tensor.device().str() +
             ", and only the CPU's and CUDA's tensors "
             "are shared");
  }
  if (tensor.layout() != c10::Layout::Strided) {
    fail(Code::kType, "tensor", "is not dense");
  }
  if (tensor.requires_grad()) {
    fail(Code::kValue, "tensor",
         "requires grad, which others do not know of: share its detach()");
  }
  if (tensor.is_conj() || tensor.is_neg()) {
    fail(Code::kValue, "tensor",
         "is the conjugate or negative of what lies in memory: share its "
         "resolve_conj().resolve_neg()");
  }
}

template <typename Struct>
void give_back(void* managed) {
  auto* const given = static_cast<Struct*>(managed);
  if (given->deleter != nullptr) given->deleter(given);
}

// A struct that was taken to be imported: it goes back into the handle unless a tensor
// keeps it.
class Taken {
 public:
  explicit Taken(Dlpack& holder) : holder_(holder), managed_(holder.take()) {}
  Taken(const Taken&) = delete;
  Taken& operator=(const Taken&) = delete;
  ~Taken() {
    if (managed_ != nullptr) holder_.put_back(managed_);
  }
  void* get() const { return managed_; }
  void kept() { managed_ = nullptr; }

 private:
  Dlpack& holder_;
  void* managed_;
};

// Gives a struct back when it goes, from when the tensor is there: before that, libtorch
// may drop it on a failure.
template <typename Struct>
struct Keeper {
  Struct* managed;
  bool keeps = false;
  ~Keeper() {
    if (keeps) give_back<Struct>(managed);
  }
};

struct Layout {
  c10::IntArrayRef shape;
  std::vector<int64_t> strides;
  char* data;
  c10::TensorOptions options;
};

void check_dims(const dlpack::Tensor& said, const char* argument) {
  if (said.ndim < 0 || said.ndim > 64) {
    refuse("has " + std::to_string(said.ndim) + " dims", argument);
  }
}

// What can be told of an address before its struct is ours: one of the other form, or of
// no struct at all, has a deleter that must not be called.
void check_form(const void* managed, bool is_versioned) {
  if (reinterpret_cast<uintptr_t>(managed) % alignof(Managed) != 0) {
    fail_argument("managed", "is no address of a struct");
  }
  if (!is_versioned) {
    return check_dims(static_cast<const Managed*>(managed)->tensor, "managed");
  }
  const auto& versioned = *static_cast<const ManagedVersioned*>(managed);
  if (versioned.major != dlpack::kMajor) {
    fail(Code::kUnsupported, "managed",
         "the struct is of version " + std::to_string(versioned.major) + "." +
             std::to_string(versioned.minor) + ", and only versions 1 are known");
  }
  check_dims(versioned.tensor, "managed");
}

Layout checked(const dlpack::Tensor& said) {
  check_dims(said, "dlpack");
  const auto ndim = static_cast<size_t>(said.ndim);
  if (ndim > 0 && said.shape == nullptr) refuse("has no shape");
  const c10::IntArrayRef shape(said.shape, ndim);
  for (const int64_t size : shape) {
    if (size < 0) refuse("has a dim of " + std::to_string(size) + " elements");
  }
  const c10::ScalarType dtype = dtype_from(said.dtype);
  const auto element = static_cast<int64_t>(c10::elementSize(dtype));
  std::vector<int64_t> strides =
      said.strides == nullptr ? row_major(shape, "dlpack")
                              : std::vector<int64_t>(said.strides, said.strides + ndim);
  const int64_t elements = reach(shape, strides, "dlpack");
  if (said.data == nullptr && elements > 0) refuse("has elements, and no address");
  if (said.byte_offset > static_cast<uint64_t>(INT64_MAX)) refuse("begins too far off");
  char* const data =
      said.data == nullptr ? nullptr : static_cast<char*>(said.data) + said.byte_offset;
  if (reinterpret_cast<uintptr_t>(data) % static_cast<uintptr_t>(element) != 0) {
    refuse("is not aligned to its elements' " + std::to_string(element) + " bytes");
  }
  return {shape, std::move(strides), data,
          c10::TensorOptions().dtype(dtype).device(device_from(said.device))};
}

// The tensor, which keeps the struct from then on.
template <typename Struct>
at::Tensor adopted(Taken& taken) {
  auto* const managed = static_cast<Struct*>(taken.get());
  const Layout layout = checked(managed->tensor);
  const auto keeper = std::make_shared<Keeper<Struct>>(Keeper<Struct>{managed});
  at::Tensor tensor = at::from_blob(
      layout.data, layout.shape, layout.strides, [keeper](void*) {}, layout.options,
      layout.options.device());
  keeper->keeps = true;
  taken.kept();
  return tensor;
}

at::Tensor adopted_versioned(Taken& taken) {
  const auto* const managed = static_cast<ManagedVersioned*>(taken.get());
  const bool is_read_only = (managed->flags & dlpack::kReadOnly) != 0;
  at::Tensor tensor = adopted<ManagedVersioned>(taken);
  return is_read_only ? tensor.clone() : tensor;
}

}  // namespace

Dlpack::~Dlpack() {
  void* const managed = managed_;
  if (managed == nullptr) return;
  if (versioned_) {
    give_back<ManagedVersioned>(managed);
  } else {
    give_back<Managed>(managed);
  }
}

void* Dlpack::take() {
  void* const managed = managed_.exchange(nullptr);
  if (managed == nullptr) {
    fail(Code::kValue, "dlpack", "is empty: its struct was imported or taken before");
  }
  return managed;
}

}  // namespace simple_torch

using namespace simple_torch;

simple_torch_handle simple_torch_dlpack_export(simple_torch_handle tensor,
                                               int64_t versioned) {
  return guarded([&] {
    const bool is_versioned = truth(versioned, "versioned");
    const auto shared = borrow_defined(tensor, "tensor");
    require_shareable(*shared);
    if (!is_versioned) {
      return store(std::make_unique<Dlpack>(exported<Managed>(*shared), false));
    }
    auto* const managed = exported<ManagedVersioned>(*shared);
    managed->major = dlpack::kMajor;
    return store(std::make_unique<Dlpack>(managed, true));
  });
}

simple_torch_handle simple_torch_dlpack_wrap(void* managed, int64_t versioned) {
  return guarded([&] {
    const bool is_versioned = truth(versioned, "versioned");
    check_form(required(managed, "managed"), is_versioned);
    return store(std::make_unique<Dlpack>(managed, is_versioned));
  });
}

void* simple_torch_dlpack_take(simple_torch_handle dlpack) {
  return guarded([&] { return borrow<Dlpack>(dlpack, "dlpack")->take(); });
}

simple_torch_handle simple_torch_dlpack_import(simple_torch_handle dlpack) {
  return guarded([&] {
    const auto holder = borrow<Dlpack>(dlpack, "dlpack");
    Taken taken(*holder);
    return store(holder->versioned() ? adopted_versioned(taken)
                                     : adopted<Managed>(taken));
  });
}

int64_t simple_torch_dlpack_versioned(simple_torch_handle dlpack) {
  return guarded([&] { return borrow<Dlpack>(dlpack, "dlpack")->versioned(); });
}

int64_t simple_torch_dlpack_free(simple_torch_handle dlpack) {
  return guarded([&] { HandleTable::get().free(dlpack, Kind::kDlpack, "dlpack"); });
}
