// Pickles to values. What a pickle builds is first a graph of nodes, which costs no more
// than a fixed number of bytes for each of its instructions, and may go in circles; only
// the finished graph, if it is a tree of a bearable size, is made a value.
#include <ATen/Functions.h>
#include <ATen/core/Dict.h>
#include <ATen/core/List.h>
#include <ATen/core/jit_type.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "core/failure.h"
#include "device/dtype.h"
#include "serialize/pickle.h"
#include "serialize/pickle_codes.h"
#include "serialize/pickle_machine.h"
#include "serialize/rebuild.h"
#include "tensor/reach.h"

namespace simple_torch {
namespace {

// As deep as lists and dicts may lie in each other.
constexpr int kDeepest = 200;
constexpr size_t kMostArguments = 8;
constexpr size_t kMostDims = 64;
// Of a storage, whose name stands in the file once for each reference.
constexpr size_t kLongestKey = 1000;

enum class Global {
  kOrderedDict,
  kTensor,
  kTensorV2,
  kTensorV3,
  kParameter,
  kParameterWithState,
  kQuantized,
  kPerTensor,
  kPerChannel,
  kSparse,
  kLayoutOf,
  kLayout,  // of sparse tensors
  kSize,
  kDevice,
  kComplex,
  kStorage,  // of a dtype
  kDtype,
};

struct GlobalName {
  const char* name;
  Global global;
};
// All that a pickle can ask for, besides storages and dtypes.
constexpr GlobalName kGlobals[] = {
    {"collections OrderedDict", Global::kOrderedDict},
    {"torch._utils _rebuild_tensor", Global::kTensor},
    {"torch._utils _rebuild_tensor_v2", Global::kTensorV2},
    {"torch._utils _rebuild_tensor_v3", Global::kTensorV3},
    {"torch._utils _rebuild_parameter", Global::kParameter},
    {"torch._utils _rebuild_parameter_with_state", Global::kParameterWithState},
    {"torch._utils _rebuild_qtensor", Global::kQuantized},
    {"torch per_tensor_affine", Global::kPerTensor},
    {"torch per_channel_affine", Global::kPerChannel},
    {"torch._utils _rebuild_sparse_tensor", Global::kSparse},
    {"torch._utils _rebuild_sparse_csr_tensor", Global::kSparse},
    {"torch.serialization _get_layout", Global::kLayoutOf},
    {"torch Size", Global::kSize},
    {"torch device", Global::kDevice},
    {"__builtin__ complex", Global::kComplex},
    {"builtins complex", Global::kComplex},
};

enum class Kind { kLeaf, kList, kTuple, kDict, kGlobal, kStorage };
constexpr const char* kKindNames[] = {
    "a number, text or tensor", "a list", "a tuple", "a dict", "a function", "a storage"};

struct Node {
  Kind kind;
  // Of a leaf.
  c10::IValue leaf{};
  // Of a list or tuple; of a dict, keys and values in turn.
  std::vector<uint32_t> items{};
  // Of a function.
  Global global{};
  // Of a storage, and of what makes one.
  c10::Storage storage{};
  c10::ScalarType dtype = c10::ScalarType::Undefined;
  c10::Layout layout = c10::kStrided;
};

class Unpickler : private PickleMachine {
 public:
  Unpickler(std::string_view bytes, const std::string& where, StorageSource& storages)
      : PickleMachine(bytes, where), storages_(storages) {}

  std::pair<c10::IValue, size_t> run() {
    while (step()) {
    }
    const uint32_t root = pop();
    // Far more than honest files need, and not more than memory has.
    budget_ = (uint64_t{64} << 20) + 64 * uint64_t{size()};
    return {value_of(root, 0), position()};
  }

 private:
  // ---- The machine: what instructions do with objects

  Node& node(uint32_t index) { return nodes_[index]; }
  uint32_t make(Node&& made) {
    if (nodes_.size() == UINT32_MAX) unsupported("a pickle of that many objects");
    nodes_.push_back(std::move(made));
    return static_cast<uint32_t>(nodes_.size() - 1);
  }
  uint32_t make_leaf(c10::IValue value) {
    return make({.kind = Kind::kLeaf, .leaf = std::move(value)});
  }
  void push_leaf(c10::IValue value) { push(make_leaf(std::move(value))); }
  static Kind kind_of(Container kind) {
    switch (kind) {
      case Container::kTuple:
        return Kind::kTuple;
      case Container::kList:
        return Kind::kList;
      default:
        return Kind::kDict;
    }
  }
  uint32_t make_container(Container kind, std::vector<uint32_t> items) override {
    return make({.kind = kind_of(kind), .items = std::move(items)});
  }
  std::vector<uint32_t>& items_of_top(Container kind) override {
    Node& container = node(top());
    if (container.kind != kind_of(kind)) {
      damaged(std::string("something is put into ") +
              kKindNames[static_cast<size_t>(container.kind)]);
    }
    return container.items;
  }

  // One instruction; false at the end.
  bool step() {
    const PickleCode code = this->code();
    switch (code) {
      case PickleCode::kStop:
        return false;
      case PickleCode::kProtocol:
        if (const int protocol = number<uint8_t>(); protocol > 5) {
          unsupported("a pickle of protocol " + std::to_string(protocol));
        }
        break;
      case PickleCode::kFrame:
        number<uint64_t>();
        break;
      case PickleCode::kPop:
        pop();
        break;
      case PickleCode::kPopMark:
        pop_marked();
        break;
      case PickleCode::kDuplicate:
        push(top());
        break;
      case PickleCode::kNone:
        push_leaf({});
        break;
      case PickleCode::kNewTrue:
        push_leaf(true);
        break;
      case PickleCode::kNewFalse:
        push_leaf(false);
        break;
      case PickleCode::kBinInt:
        push_leaf(int64_t{number<int32_t>()});
        break;
      case PickleCode::kBinInt1:
        push_leaf(int64_t{number<uint8_t>()});
        break;
      case PickleCode::kBinInt2:
        push_leaf(int64_t{number<uint16_t>()});
        break;
      case PickleCode::kLong1:
        push_long(number<uint8_t>());
        break;
      case PickleCode::kBinFloat:
        push_leaf(big_endian_float());
        break;
      case PickleCode::kShortBinString:
      case PickleCode::kShortBinUnicode:
        push_text(number<uint8_t>());
        break;
      case PickleCode::kBinString:
      case PickleCode::kBinUnicode:
        push_text(number<uint32_t>());
        break;
      case PickleCode::kBinUnicode8:
        push_text(number<uint64_t>());
        break;
      case PickleCode::kAppend: {
        const uint32_t item = pop();
        extend(Container::kList, {item});
        break;
      }
      case PickleCode::kMemoize:
        remember(static_cast<uint32_t>(remembered()));
        break;
      case PickleCode::kGlobal: {
        const std::string module(line());
        push_global(module + " " + std::string(line()));
        break;
      }
      case PickleCode::kStackGlobal: {
        const std::string name = text_of(pop());
        push_global(text_of(pop()) + " " + name);
        break;
      }
      case PickleCode::kReduce: {
        const uint32_t arguments = pop();
        push(call(pop(), arguments));
        break;
      }
      case PickleCode::kBuild:
        // The attributes of an OrderedDict, such as a state_dict's _metadata, say nothing
        // that is needed.
        pop();
        if (node(top()).kind != Kind::kDict) {
          unsupported("it holds an object with attributes of its own");
        }
        break;
      case PickleCode::kBinPersistent:
        push(persistent(pop()));
        break;
      default:
        if (!perform(code)) unknown(static_cast<uint8_t>(code));
    }
    return true;
  }

  [[noreturn]] void unknown(uint8_t code) const {
    switch (code) {
      case 'B':
      case 'C':
      case 0x8e:
      case 0x96:
        unsupported("it holds bytes, which are no text");
      case 0x8f:
      case 0x90:
      case 0x91:
        unsupported("it holds a set");
      case 'i':
      case 'o':
      case 0x81:
      case 0x92:
        unsupported("it holds an object of a class, and code of classes is never run");
      default:
        damaged("an unknown instruction, " + std::to_string(code));
    }
  }

  void push_long(size_t size) {
    const std::string_view digits = take(size);
    if (size > sizeof(int64_t)) unsupported("an integer of more than 64 bits");
    const bool is_negative = size > 0 && (digits.back() & 0x80) != 0;
    int64_t value = is_negative ? -1 : 0;
    std::memcpy(&value, digits.data(), size);
    push_leaf(value);
  }

  double big_endian_float() {
    uint64_t bits = 0;
    for (int i = 0; i < 8; ++i) bits = bits << 8 | number<uint8_t>();
    return std::bit_cast<double>(bits);
  }

  void push_text(uint64_t size) { push_leaf(std::string(text(size))); }

  void push_global(const std::string& name) {
    for (const GlobalName& each : kGlobals) {
      if (name == each.name)
        return push(make({.kind = Kind::kGlobal, .global = each.global}));
    }
    if (name == "torch.storage UntypedStorage" || name == "torch UntypedStorage") {
      return push(make({.kind = Kind::kGlobal,
                        .global = Global::kStorage,
                        .dtype = c10::ScalarType::Byte}));
    }
    if (name.starts_with("torch ")) {
      const std::string rest = name.substr(6);
      for (const StorageName& each : kStorageNames) {
        if (rest == each.name) {
          return push(make(
              {.kind = Kind::kGlobal, .global = Global::kStorage, .dtype = each.dtype}));
        }
      }
      for (int i = 0; i < static_cast<int>(c10::ScalarType::Undefined); ++i) {
        const auto dtype = static_cast<c10::ScalarType>(i);
        if (rest == dtype_name(dtype)) {
          return push(
              make({.kind = Kind::kGlobal, .global = Global::kDtype, .dtype = dtype}));
        }
      }
    }
    std::string dotted = name;
    if (const size_t space = dotted.find(' '); space != std::string::npos) {
      dotted[space] = '.';
    }
    unsupported("it asks for `" + dotted.substr(0, 200) +
                "`, and only tensors, numbers, text, lists, tuples and dicts are read");
  }

  // ---- What functions are given

  const c10::IValue& leaf(uint32_t index) {
    if (node(index).kind != Kind::kLeaf) {
      damaged(std::string(kKindNames[static_cast<size_t>(node(index).kind)]) +
              " is where a number, text or tensor should be");
    }
    return node(index).leaf;
  }
  std::string text_of(uint32_t index) {
    if (!leaf(index).isString()) damaged("something is where a text should be");
    return leaf(index).toStringRef();
  }
  int64_t int_of(uint32_t index) {
    if (!leaf(index).isInt()) damaged("something is where an integer should be");
    return leaf(index).toInt();
  }
  bool bool_of(uint32_t index) {
    if (!leaf(index).isBool()) damaged("something is where a truth value should be");
    return leaf(index).toBool();
  }
  double float_of(uint32_t index) {
    if (!leaf(index).isDouble()) damaged("something is where a number should be");
    return leaf(index).toDouble();
  }
  std::vector<int64_t> ints_of(uint32_t index) {
    const Node& list = node(index);
    if (list.kind != Kind::kTuple && list.kind != Kind::kList) {
      damaged("something is where a shape should be");
    }
    if (list.items.size() > kMostDims) damaged("a shape of too many dims");
    std::vector<int64_t> numbers;
    for (const uint32_t each : list.items) numbers.push_back(int_of(each));
    return numbers;
  }

  // ('storage', type, key, location, count), and in old files what it is a view of.
  uint32_t persistent(uint32_t index) {
    const Node& id = node(index);
    if (id.kind != Kind::kTuple || id.items.size() < 5 ||
        text_of(id.items[0]) != "storage") {
      unsupported("it refers to something that is no storage");
    }
    if (id.items.size() > 5) {
      const Node& view = node(id.items[5]);
      if (view.kind != Kind::kLeaf || !view.leaf.isNone()) {
        unsupported("a storage that is a part of another one");
      }
    }
    const Node& type = node(id.items[1]);
    if (type.kind != Kind::kGlobal || type.global != Global::kStorage) {
      damaged("a storage without a type");
    }
    const c10::ScalarType dtype = type.dtype;
    const std::string key = text_of(id.items[2]);
    if (key.size() > kLongestKey) damaged("a storage with a very long name");
    const int64_t count = int_of(id.items[4]);
    uint64_t bytes = 0;
    if (count < 0 || __builtin_mul_overflow(static_cast<uint64_t>(count),
                                            c10::elementSize(dtype), &bytes)) {
      damaged("a storage of " + std::to_string(count) + " elements");
    }
    return make({.kind = Kind::kStorage,
                 .storage = storages_.storage(key, bytes, text_of(id.items[3])),
                 .dtype = dtype});
  }

  // ---- Calls

  uint32_t call(uint32_t function, uint32_t arguments) {
    if (node(function).kind != Kind::kGlobal || node(arguments).kind != Kind::kTuple) {
      damaged("something is called that is no function");
    }
    const Global global = node(function).global;
    // Copied for each call, so that it must be short.
    if (node(arguments).items.size() > kMostArguments) {
      damaged("a function is called with too many arguments");
    }
    const std::vector<uint32_t> given = node(arguments).items;
    const auto need = [&](size_t least, size_t most) {
      if (given.size() < least || given.size() > most) {
        damaged("a function is called with " + std::to_string(given.size()) +
                " arguments");
      }
    };
    switch (global) {
      case Global::kOrderedDict:
        need(0, 1);
        return ordered_dict(given);
      case Global::kTensor:
        need(4, 4);
        return tensor(given, storage_dtype(given[0]));
      case Global::kTensorV2:
        need(6, 7);
        return tensor(given, storage_dtype(given[0]));
      case Global::kTensorV3: {
        need(7, 8);
        const Node& type = node(given[6]);
        if (type.kind != Kind::kGlobal || type.global != Global::kDtype) {
          damaged("a tensor without a dtype");
        }
        return tensor(given, type.dtype);
      }
      case Global::kParameter:
      case Global::kParameterWithState:
        need(2, 4);
        return parameter(given);
      case Global::kQuantized:
        need(6, 7);
        return storages_.has_data() ? quantized(given) : stand_in();
      case Global::kSparse:
        need(2, 2);
        return storages_.has_data() ? sparse(given) : stand_in();
      case Global::kLayoutOf: {
        need(1, 1);
        const std::string name = text_of(given[0]);
        const std::optional<c10::Layout> layout = sparse_layout(name);
        if (!layout) unsupported("a tensor of the layout '" + name.substr(0, 100) + "'");
        return make(
            {.kind = Kind::kGlobal, .global = Global::kLayout, .layout = *layout});
      }
      case Global::kSize:
        need(1, 1);
        if (node(given[0]).kind != Kind::kTuple) damaged("a shape that is no tuple");
        return given[0];
      case Global::kDevice:
        need(1, 2);
        return device(given);
      case Global::kComplex:
        need(2, 2);
        return make_leaf(c10::complex<double>(float_of(given[0]), float_of(given[1])));
      case Global::kStorage:
      case Global::kDtype:
      case Global::kPerTensor:
      case Global::kPerChannel:
      case Global::kLayout:
        break;
    }
    damaged("something is called that is no function");
  }

  // Python 2 gave it a list of pairs.
  uint32_t ordered_dict(const std::vector<uint32_t>& given) {
    std::vector<uint32_t> items;
    if (!given.empty()) {
      if (node(given[0]).kind != Kind::kList) damaged("a dict that is not made of pairs");
      // The same list could be asked for again and again.
      pairs_ += node(given[0]).items.size();
      if (pairs_ > size()) damaged("what it describes is far larger than the file");
      for (const uint32_t each : node(given[0]).items) {
        const Node& pair = node(each);
        if ((pair.kind != Kind::kList && pair.kind != Kind::kTuple) ||
            pair.items.size() != 2) {
          damaged("a dict that is not made of pairs");
        }
        items.insert(items.end(), pair.items.begin(), pair.items.end());
      }
    }
    return make({.kind = Kind::kDict, .items = std::move(items)});
  }

  c10::ScalarType storage_dtype(uint32_t index) {
    if (node(index).kind != Kind::kStorage) damaged("a tensor without a storage");
    return node(index).dtype;
  }

  // Arguments: storage, offset, sizes, strides, and in newer versions requires_grad,
  // hooks, perhaps a dtype, perhaps marks.
  uint32_t tensor(const std::vector<uint32_t>& given, c10::ScalarType dtype) {
    storage_dtype(given[0]);
    const c10::Storage storage = node(given[0]).storage;
    const int64_t offset = int_of(given[1]);
    const std::vector<int64_t> sizes = ints_of(given[2]);
    const std::vector<int64_t> strides = ints_of(given[3]);
    if (c10::isQIntType(dtype)) damaged("a quantized tensor without its scale");
    check_extent(storage.nbytes() / c10::elementSize(dtype), offset, sizes, strides);
    if (dtype == c10::ScalarType::Bool) make_truth_values(storage);
    at::Tensor made =
        at::empty({0}, at::TensorOptions().dtype(dtype).device(storage.device()));
    made.set_(storage, offset, sizes, strides);
    if (given.size() > 6 && node(given.back()).kind == Kind::kDict) {
      set_marks(made, node(given.back()).items);
    }
    if (given.size() > 4 && bool_of(given[4])) require_grad(made);
    return make_leaf(std::move(made));
  }

  void check_extent(uint64_t elements, int64_t offset, const std::vector<int64_t>& sizes,
                    const std::vector<int64_t>& strides) const {
    if (sizes.size() != strides.size()) {
      damaged("a tensor of " + std::to_string(sizes.size()) + " sizes and " +
              std::to_string(strides.size()) + " strides");
    }
    if (!lies_within(elements, offset, sizes, strides)) {
      damaged("a tensor that does not lie in its storage");
    }
  }

  // For a tensor whose parts must fit, while they have no data.
  uint32_t stand_in() { return make_leaf(at::empty({0})); }

  const std::vector<uint32_t>& tuple_of(uint32_t index, size_t least, size_t most) {
    const Node& tuple = node(index);
    if (tuple.kind != Kind::kTuple || tuple.items.size() < least ||
        tuple.items.size() > most) {
      damaged("a tensor of other parts than it should have");
    }
    return tuple.items;
  }
  // A part of another tensor, all of which is looked at: not again and again.
  at::Tensor part_of(uint32_t index) {
    constexpr int kMostUses = 16;
    if (!leaf(index).isTensor()) damaged("something is where a tensor should be");
    const at::Tensor& part = leaf(index).toTensor();
    if (!is_plain_part(part)) damaged("a part of a tensor that is no plain one itself");
    if (++uses_[part.storage().unsafeGetStorageImpl()] > kMostUses) {
      unsupported("sparse or quantized tensors that have very many parts in common");
    }
    return part.detach().resolve_conj().resolve_neg();
  }

  // Arguments: storage, offset, sizes, strides, how it is quantized, requires_grad,
  // hooks.
  uint32_t quantized(const std::vector<uint32_t>& given) {
    const c10::ScalarType dtype = storage_dtype(given[0]);
    const c10::Storage storage = node(given[0]).storage;
    const int64_t offset = int_of(given[1]);
    const std::vector<int64_t> sizes = ints_of(given[2]);
    const std::vector<int64_t> strides = ints_of(given[3]);
    check_extent(storage.nbytes() / c10::elementSize(dtype), offset, sizes, strides);
    const at::Tensor made =
        quantized_tensor(storage, dtype, offset, sizes, strides, quantization(given[4]));
    if (!made.defined()) damaged("a quantized tensor whose parts do not fit together");
    return make_leaf(made);
  }

  Quantization quantization(uint32_t index) {
    const std::vector<uint32_t>& given = tuple_of(index, 3, 4);
    const Node& scheme = node(given[0]);
    const bool is_function = scheme.kind == Kind::kGlobal;
    if (is_function && scheme.global == Global::kPerTensor && given.size() == 3) {
      return {.scale = float_of(given[1]), .zero_point = int_of(given[2])};
    }
    if (!is_function || scheme.global != Global::kPerChannel || given.size() != 4) {
      damaged("a tensor that is quantized in an unknown way");
    }
    return {.scales = part_of(given[1]),
            .zero_points = part_of(given[2]),
            .axis = int_of(given[3])};
  }

  // Arguments: the layout, and a tuple of indices, perhaps of two kinds, values, sizes
  // and perhaps whether the indices are in order.
  uint32_t sparse(const std::vector<uint32_t>& given) {
    const Node& kind = node(given[0]);
    if (kind.kind != Kind::kGlobal || kind.global != Global::kLayout) {
      damaged("a sparse tensor without a layout");
    }
    const c10::Layout layout = kind.layout;
    const bool has_coordinates = layout == c10::kSparse;
    const std::vector<uint32_t> parts = tuple_of(given[1], has_coordinates ? 3 : 4, 4);
    const at::Tensor first = part_of(parts[0]);
    const at::Tensor second = part_of(parts[1]);
    at::Tensor made;
    if (has_coordinates) {
      const bool is_coalesced = parts.size() > 3 && is_true(parts[3]);
      made = coordinate_tensor(first, second, ints_of(parts[2]), is_coalesced);
    } else {
      made =
          compressed_tensor(layout, first, second, part_of(parts[2]), ints_of(parts[3]));
    }
    if (!made.defined()) damaged("a sparse tensor whose parts do not fit together");
    return make_leaf(std::move(made));
  }
  bool is_true(uint32_t index) { return !leaf(index).isNone() && bool_of(index); }

  // Other bytes than 0 and 1 are no truth values, and reading them as such may do
  // anything.
  void make_truth_values(const c10::Storage& storage) {
    if (storage.nbytes() == 0) return;
    if (!truth_values_.insert(storage.unsafeGetStorageImpl()).second) return;
    at::Tensor bytes =
        at::empty({0}, at::TensorOptions().dtype(at::kByte).device(storage.device()));
    bytes.set_(storage, 0, {static_cast<int64_t>(storage.nbytes())}, {1});
    bytes.clamp_max_(1);
  }

  // How the elements are to be read: {'conj': True, 'neg': True}.
  void set_marks(const at::Tensor& tensor, const std::vector<uint32_t>& items) {
    if (items.size() > 4) damaged("a tensor with too many marks");
    for (size_t i = 0; i < items.size(); i += 2) {
      const std::string name = text_of(items[i]);
      const bool is_set = bool_of(items[i + 1]);
      if (name == "conj" && tensor.is_complex()) {
        tensor._set_conj(is_set);
      } else if (name == "neg") {
        tensor._set_neg(is_set);
      } else {
        unsupported("a tensor with the mark '" + name + "'");
      }
    }
  }

  void require_grad(const at::Tensor& tensor) const {
    if (!tensor.is_floating_point() && !tensor.is_complex()) {
      damaged("a tensor of integers that requires a gradient");
    }
    tensor.set_requires_grad(true);
  }

  // A parameter is a tensor here. It shares its data with the tensor it is made of, which
  // may stand elsewhere too.
  uint32_t parameter(const std::vector<uint32_t>& given) {
    if (!leaf(given[0]).isTensor()) damaged("a parameter without a tensor");
    const at::Tensor made = leaf(given[0]).toTensor().detach();
    if (bool_of(given[1])) require_grad(made);
    return make_leaf(made);
  }

  uint32_t device(const std::vector<uint32_t>& given) {
    std::string name = text_of(given[0]);
    if (given.size() > 1) name += ":" + std::to_string(int_of(given[1]));
    try {
      return make_leaf(c10::Device(name));
    } catch (const c10::Error&) {
      damaged("a device '" + name.substr(0, 100) + "'");
    }
  }

  // ---- The finished graph

  void spend(uint64_t bytes) {
    if (bytes > budget_) damaged("what it describes is far larger than the file");
    budget_ -= bytes;
  }

  // Walked anew for each reference to a node, so that what comes out can be walked
  // without surprise too; the budget ends what would take too long.
  c10::IValue value_of(uint32_t index, int depth) {
    if (depth > kDeepest) {
      unsupported("lists or dicts that lie more than " + std::to_string(kDeepest) +
                  " deep in each other");
    }
    const Node& from = node(index);
    spend(64);
    switch (from.kind) {
      case Kind::kLeaf:
        if (from.leaf.isString()) spend(from.leaf.toStringRef().size());
        return from.leaf;
      case Kind::kList: {
        c10::impl::GenericList list(c10::AnyType::get());
        for (const uint32_t each : from.items) list.push_back(value_of(each, depth + 1));
        return list;
      }
      case Kind::kTuple: {
        std::vector<c10::IValue> elements;
        for (const uint32_t each : from.items) {
          elements.push_back(value_of(each, depth + 1));
        }
        return c10::ivalue::Tuple::create(std::move(elements));
      }
      case Kind::kDict:
        return dict_of(from, depth);
      case Kind::kGlobal:
        // A dtype is a number here.
        if (from.global == Global::kDtype) return static_cast<int64_t>(from.dtype);
        unsupported("it holds a function or class");
      case Kind::kStorage:
        unsupported("it holds a storage that is in no tensor");
    }
    damaged("something unknown");
  }

  c10::IValue dict_of(const Node& from, int depth) {
    c10::impl::GenericDict dict(c10::AnyType::get(), c10::AnyType::get());
    for (size_t i = 0; i < from.items.size(); i += 2) {
      const c10::IValue key = value_of(from.items[i], depth + 1);
      if (!key.isString() && !key.isInt() && !key.isBool() && !key.isDouble()) {
        unsupported("a dict with keys that are neither text nor numbers");
      }
      dict.insert_or_assign(key, value_of(from.items[i + 1], depth + 1));
    }
    return dict;
  }

  StorageSource& storages_;
  std::vector<Node> nodes_;
  // The storages that were looked through for truth values.
  std::unordered_set<const void*> truth_values_;
  // How often a storage is a part of a sparse or quantized tensor.
  std::unordered_map<const void*, int> uses_;
  uint64_t budget_ = 0;
  // All that dicts were made of.
  uint64_t pairs_ = 0;
};

}  // namespace

std::pair<c10::IValue, size_t> unpickle(std::string_view bytes, const std::string& where,
                                        StorageSource& storages) {
  return Unpickler(bytes, where, storages).run();
}

}  // namespace simple_torch
