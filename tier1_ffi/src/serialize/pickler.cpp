// Values to pickles that Python's torch.load reads, also with weights_only.
#include <ATen/core/Dict.h>
#include <ATen/core/List.h>
#include <ATen/core/Tensor.h>

#include <bit>
#include <cstring>
#include <deque>
#include <limits>
#include <map>
#include <sstream>
#include <unordered_map>

#include "core/failure.h"
#include "device/dtype.h"
#include "serialize/pickle.h"
#include "serialize/pickle_codes.h"
#include "serialize/rebuild.h"

namespace simple_torch {
namespace {

// Of the storages of a dtype; nullptr if they have none of their own.
const char* storage_name(c10::ScalarType dtype) {
  for (const StorageName& each : kStorageNames) {
    if (each.dtype == dtype) return each.name;
  }
  return nullptr;
}

// From a container to what is in it.
struct Step {
  // Of a dict; nullptr in a list or tuple.
  const c10::IValue* key;
  size_t index;
};

class Pickler {
 public:
  Pickled run(const c10::IValue& value) && {
    put(PickleCode::kProtocol);
    result_.bytes += '\2';
    add(value);
    put(PickleCode::kStop);
    return std::move(result_);
  }

 private:
  [[noreturn]] void refuse(const std::string& what) const {
    const std::string where = place_.empty() ? "" : " at " + place();
    fail(Code::kUnsupported, "value",
         "holds " + what + where + ", which cannot be saved");
  }
  // As a program would write it: ["a"][1].
  std::string place() const {
    std::ostringstream text;
    for (const Step& each : place_) {
      if (each.key == nullptr) {
        text << '[' << each.index << ']';
      } else if (each.key->isString()) {
        text << "[\"" << each.key->toStringRef() << "\"]";
      } else {
        text << '[' << *each.key << ']';
      }
    }
    return text.str();
  }

  void put(PickleCode code) { result_.bytes += static_cast<char>(code); }
  template <typename T>
  void put_number(T value) {
    result_.bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
  }

  void add(const c10::IValue& value) {
    if (value.isNone()) {
      put(PickleCode::kNone);
    } else if (value.isTensor()) {
      add_tensor(value.toTensor());
    } else if (value.isBool()) {
      put(value.toBool() ? PickleCode::kNewTrue : PickleCode::kNewFalse);
    } else if (value.isInt()) {
      add_int(value.toInt());
    } else if (value.isDouble()) {
      add_float(value.toDouble());
    } else if (value.isComplexDouble()) {
      const auto number = value.toComplexDouble();
      add_global("__builtin__", "complex");
      add_float(number.real());
      add_float(number.imag());
      put(PickleCode::kTuple2);
      put(PickleCode::kReduce);
    } else if (value.isString()) {
      add_text(value.toStringRef());
    } else if (value.isDevice()) {
      add_device(value.toDevice());
    } else if (value.isList() || value.isTuple() || value.isGenericDict()) {
      add_container(value);
    } else {
      refuse(value.tagKind());
    }
  }

  void add_int(int64_t value) {
    if (value >= 0 && value < 256) {
      put(PickleCode::kBinInt1);
      put_number(static_cast<uint8_t>(value));
    } else if (value == static_cast<int32_t>(value)) {
      put(PickleCode::kBinInt);
      put_number(static_cast<int32_t>(value));
    } else {
      put(PickleCode::kLong1);
      put_number(static_cast<uint8_t>(sizeof value));
      put_number(value);
    }
  }

  // The only number whose highest byte comes first.
  void add_float(double value) {
    put(PickleCode::kBinFloat);
    const auto bits = std::bit_cast<uint64_t>(value);
    for (int shift = 56; shift >= 0; shift -= 8) {
      put_number(static_cast<uint8_t>(bits >> shift));
    }
  }

  void add_text(const std::string& text) {
    if (text.size() > std::numeric_limits<uint32_t>::max()) {
      refuse("a text of " + std::to_string(text.size()) + " bytes");
    }
    put(PickleCode::kBinUnicode);
    put_number(static_cast<uint32_t>(text.size()));
    result_.bytes += text;
  }

  void add_global(const char* module, const std::string& name) {
    put(PickleCode::kGlobal);
    result_.bytes += module + ("\n" + name) + "\n";
  }

  void add_device(c10::Device device) {
    add_global("torch", "device");
    add_text(c10::DeviceTypeName(device.type(), /*lower_case=*/true));
    if (device.has_index()) add_int(device.index());
    put(device.has_index() ? PickleCode::kTuple2 : PickleCode::kTuple1);
    put(PickleCode::kReduce);
  }

  // Whether the object was written before; then it is referred to.
  bool recalled(const void* object) {
    const auto found = memo_.find(object);
    if (found == memo_.end()) return false;
    put(PickleCode::kLongBinGet);
    put_number(found->second);
    return true;
  }
  void remember(const void* object) {
    const auto number = static_cast<uint32_t>(memo_.size());
    memo_.emplace(object, number);
    put(PickleCode::kLongBinPut);
    put_number(number);
  }

  void add_inside(Step step, const c10::IValue& value) {
    place_.push_back(step);
    add(value);
    place_.pop_back();
  }
  void add_items(c10::ArrayRef<c10::IValue> items) {
    for (size_t i = 0; i < items.size(); ++i) add_inside({nullptr, i}, items[i]);
  }

  void add_container(const c10::IValue& value) {
    const void* const object = value.internalToPointer();
    if (recalled(object)) return;
    if (value.isTuple()) {
      put(PickleCode::kMark);
      add_items(value.toTupleRef().elements());
      put(PickleCode::kTuple);
      remember(object);
    } else if (value.isGenericDict()) {
      put(PickleCode::kEmptyDict);
      remember(object);
      put(PickleCode::kMark);
      for (const auto& entry : value.toGenericDict()) {
        add(entry.key());
        add_inside({&entry.key(), 0}, entry.value());
      }
      put(PickleCode::kSetItems);
    } else {
      put(PickleCode::kEmptyList);
      remember(object);
      put(PickleCode::kMark);
      add_items(value.toListRef());
      put(PickleCode::kAppends);
    }
  }

  void add_sizes(c10::IntArrayRef sizes) {
    put(PickleCode::kMark);
    for (const int64_t each : sizes) add_int(each);
    put(PickleCode::kTuple);
  }

  // The place of a tensor's storage in the list. A storage that is seen as two dtypes is
  // written twice, because Python's torch.load knows one dtype of each.
  size_t key_of(const at::Tensor& tensor) {
    const c10::Storage& storage = tensor.storage();
    const auto [found, is_new] = keys_.try_emplace(
        {storage.unsafeGetStorageImpl(), tensor.scalar_type()}, result_.storages.size());
    if (is_new) result_.storages.push_back({storage, tensor.scalar_type()});
    return found->second;
  }

  void add_storage(const at::Tensor& tensor, const char* type) {
    put(PickleCode::kMark);
    add_text("storage");
    const bool is_typed = type != nullptr;
    add_global(is_typed ? "torch" : "torch.storage", is_typed ? type : "UntypedStorage");
    add_text(std::to_string(key_of(tensor)));
    add_text(tensor.device().str());
    const size_t unit = is_typed ? tensor.dtype().itemsize() : 1;
    add_int(static_cast<int64_t>(tensor.storage().nbytes() / unit));
    put(PickleCode::kTuple);
    put(PickleCode::kBinPersistent);
  }

  void add_tensor(const at::Tensor& given) {
    if (!given.defined()) return put(PickleCode::kNone);
    if (recalled(given.unsafeGetTensorImpl())) return;
    if (sparse_layout_name(given.layout()) != nullptr) {
      add_sparse(given.detach());
    } else if (given.layout() != c10::kStrided || !given.has_storage() ||
               given.is_meta()) {
      refuse("a tensor without data of its own");
    } else if (given.is_quantized()) {
      add_quantized(given);
    } else {
      add_strided(given);
    }
    remember(given.unsafeGetTensorImpl());
  }

  // Storage, offset, sizes and strides.
  void add_extent(const at::Tensor& tensor, const char* type) {
    add_storage(tensor, type);
    add_int(tensor.storage_offset());
    add_sizes(tensor.sizes());
    add_sizes(tensor.strides());
  }
  void add_no_hooks() {
    add_global("collections", "OrderedDict");
    put(PickleCode::kEmptyTuple);
    put(PickleCode::kReduce);
  }

  void add_strided(const at::Tensor& given) {
    // Marks that only say how the elements are to be read.
    const at::Tensor tensor =
        given.is_conj() || given.is_neg() ? given.resolve_conj().resolve_neg() : given;
    const char* const type = storage_name(tensor.scalar_type());
    add_global("torch._utils",
               type != nullptr ? "_rebuild_tensor_v2" : "_rebuild_tensor_v3");
    put(PickleCode::kMark);
    add_extent(tensor, type);
    put(given.requires_grad() ? PickleCode::kNewTrue : PickleCode::kNewFalse);
    add_no_hooks();
    if (type == nullptr) add_global("torch", dtype_name(tensor.scalar_type()));
    put(PickleCode::kTuple);
    put(PickleCode::kReduce);
  }

  // A tensor that is made for this, and must not make room for another one before all is
  // written: tensors are known by their place.
  void add_part(const at::Tensor& part) { add_tensor(parts_.emplace_back(part)); }

  void add_quantized(const at::Tensor& tensor) {
    const char* const type = storage_name(tensor.scalar_type());
    const bool has_one_scale = tensor.qscheme() == at::kPerTensorAffine;
    if (type == nullptr ||
        (!has_one_scale && tensor.qscheme() != at::kPerChannelAffine)) {
      refuse("a tensor that is quantized in an unusual way");
    }
    add_global("torch._utils", "_rebuild_qtensor");
    put(PickleCode::kMark);
    add_extent(tensor, type);
    put(PickleCode::kMark);
    add_global("torch", has_one_scale ? "per_tensor_affine" : "per_channel_affine");
    if (has_one_scale) {
      add_float(tensor.q_scale());
      add_int(tensor.q_zero_point());
    } else {
      add_part(tensor.q_per_channel_scales());
      add_part(tensor.q_per_channel_zero_points());
      add_int(tensor.q_per_channel_axis());
    }
    put(PickleCode::kTuple);
    put(PickleCode::kNewFalse);
    add_no_hooks();
    put(PickleCode::kTuple);
    put(PickleCode::kReduce);
  }

  void add_sparse(const at::Tensor& tensor) {
    add_global("torch._utils", "_rebuild_sparse_tensor");
    add_global("torch.serialization", "_get_layout");
    add_text(sparse_layout_name(tensor.layout()));
    put(PickleCode::kTuple1);
    put(PickleCode::kReduce);
    put(PickleCode::kMark);
    const bool has_rows =
        tensor.layout() == c10::kSparseCsr || tensor.layout() == c10::kSparseBsr;
    if (tensor.layout() == c10::kSparse) {
      add_part(tensor._indices());
      add_part(tensor._values());
    } else {
      add_part(has_rows ? tensor.crow_indices() : tensor.ccol_indices());
      add_part(has_rows ? tensor.col_indices() : tensor.row_indices());
      add_part(tensor.values());
    }
    add_global("torch", "Size");
    add_sizes(tensor.sizes());
    put(PickleCode::kTuple1);
    put(PickleCode::kReduce);
    if (tensor.layout() == c10::kSparse) {
      put(tensor.is_coalesced() ? PickleCode::kNewTrue : PickleCode::kNewFalse);
    }
    put(PickleCode::kTuple);
    put(PickleCode::kTuple2);
    put(PickleCode::kReduce);
  }

  Pickled result_;
  // Where the value is that is being added.
  std::vector<Step> place_;
  std::unordered_map<const void*, uint32_t> memo_;
  std::deque<at::Tensor> parts_;
  std::map<std::pair<const void*, c10::ScalarType>, size_t> keys_;
};

}  // namespace

Pickled pickle(const c10::IValue& value) { return Pickler().run(value); }

}  // namespace simple_torch
