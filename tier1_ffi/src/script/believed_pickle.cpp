// A pickle of a program, walked through without making anything of it. It is the same
// machine as libtorch's: a stack, marks on it, a memo; here a value is only as much as is
// needed to know that the next instruction can be done.
#include <c10/core/ScalarType.h>

#include <algorithm>
#include <optional>
#include <unordered_set>
#include <utility>
#include <vector>

#include "core/failure.h"
#include "script/believed.h"
#include "serialize/pickle_machine.h"
#include "tensor/reach.h"

namespace simple_torch {
namespace {

// As deep as values may lie in each other: what walks through them calls itself.
constexpr uint32_t kDeepest = 200;
constexpr size_t kMostDims = 64;
// What is used often must not be long.
constexpr size_t kLongestKey = 1000;

enum class Is {
  kOther,
  kInt,
  kText,
  kTuple,
  kList,
  kDict,
  kTensor,
  kStorage,
  kStorageType,
  kClass,
  kRebuildTensor,
  kRebuildQuantized,
  kBuildList,
  kRestoreType,
  // Takes anything.
  kFunction,
};

struct Value {
  Is is = Is::kOther;
  // An integer; the elements of a storage, of a tensor with one dim, else -1; the bytes
  // of an element of a storage's type.
  int64_t number = 0;
  std::string_view text{};
  // What it holds.
  std::vector<uint32_t> items{};
};

struct FunctionName {
  std::string_view name;
  Is is;
};
constexpr FunctionName kFunctions[] = {
    {"torch._utils _rebuild_tensor_v2", Is::kRebuildTensor},
    {"torch._utils _rebuild_qtensor", Is::kRebuildQuantized},
    {"torch.jit._pickle build_intlist", Is::kBuildList},
    {"torch.jit._pickle build_tensorlist", Is::kBuildList},
    {"torch.jit._pickle build_doublelist", Is::kBuildList},
    {"torch.jit._pickle build_boollist", Is::kBuildList},
    {"torch.jit._pickle restore_type_tag", Is::kRestoreType},
    {"collections OrderedDict", Is::kFunction},
    {"builtins complex", Is::kFunction},
    {"torch device", Is::kFunction},
};

class Walk : private PickleMachine {
 public:
  Walk(std::string_view bytes, const std::string& where,
       const std::function<uint64_t(const std::string&)>& storage_size)
      : PickleMachine(bytes, where), storage_size_(storage_size) {}

  // The result.
  uint32_t run() {
    if (code() != PickleCode::kProtocol || number<uint8_t>() != 2) {
      damaged("this is no pickle of a program");
    }
    while (step(code())) {
    }
    const uint32_t root = pop();
    check_depth(root);
    return root;
  }

  // Lines as libtorch writes them: a name, the texts that the lines refer to by number,
  // and the lines; or, of old, the lines alone. Lines of another size than three are not
  // looked at by libtorch.
  void check_lines(uint32_t root) {
    const std::vector<uint32_t>* lines = &items_of(root, Is::kTuple, "lines");
    if (lines->empty()) damaged("there is nothing about lines");
    const Value& name = value(lines->front());
    if (name.is == Is::kText && name.text == "FORMAT_WITH_STRING_TABLE") {
      if (lines->size() != 3) damaged("there are no lines");
      for (const uint32_t each : items_of((*lines)[1], Is::kTuple, "texts")) {
        if (value(each).is != Is::kText) damaged("something is where a text should be");
        ++texts_;
      }
      lines = &items_of((*lines)[2], Is::kTuple, "lines");
    }
    std::unordered_set<uint32_t> known_sources;
    for (const uint32_t each : *lines) {
      const std::vector<uint32_t>& line = items_of(each, Is::kTuple, "a line");
      if (line.size() != 3) continue;
      int_of(line[0]);
      const uint32_t source = triple_with_ints(line[1])[0];
      if (known_sources.insert(source).second) check_source(source);
    }
  }

 private:
  using PickleMachine::pop;
  using PickleMachine::push;

  Value& value(uint32_t index) { return values_[index]; }
  uint32_t make(Value made) {
    if (values_.size() == UINT32_MAX) damaged("that many objects");
    values_.push_back(std::move(made));
    return static_cast<uint32_t>(values_.size() - 1);
  }
  void push(Value made) { push(make(std::move(made))); }
  void push_int(int64_t number) { push({.is = Is::kInt, .number = number}); }
  // Nothing is said of it but that it is there.
  void push_other() { push(kAnything); }

  const Value& pop(Is is, const char* what) {
    const Value& found = value(pop());
    if (found.is != is) damaged(std::string("something is where ") + what + " should be");
    return found;
  }
  const std::vector<uint32_t>& items_of(uint32_t index, Is is, const char* what) {
    const Value& found = value(index);
    if (found.is != is) damaged(std::string("something is where ") + what + " should be");
    return found.items;
  }
  // Something, and two integers.
  const std::vector<uint32_t>& triple_with_ints(uint32_t index) {
    const std::vector<uint32_t>& items = items_of(index, Is::kTuple, "a place in code");
    if (items.size() != 3) damaged("a place in code that is not complete");
    int_of(items[1]);
    int_of(items[2]);
    return items;
  }
  // The numbers of its texts and of its file's name, and of its first line; or, where
  // there is no table of texts, they themselves.
  void check_source(uint32_t index) {
    if (texts_ == 0) {
      const std::vector<uint32_t>& parts = items_of(index, Is::kTuple, "a source");
      if (parts.size() != 3 || value(parts[0]).is != Is::kText) {
        damaged("a source without a text");
      }
      return;
    }
    const std::vector<uint32_t>& parts = triple_with_ints(index);
    check_text(parts[1]);
    for (const uint32_t each : items_of(parts[0], Is::kList, "a source's texts")) {
      check_text(each);
    }
  }
  void check_text(uint32_t index) {
    const int64_t number = int_of(index);
    if (number < 0 || number >= texts_) {
      damaged("a text is referred to that does not exist");
    }
  }

  static Is is_of(Container kind) {
    switch (kind) {
      case Container::kTuple:
        return Is::kTuple;
      case Container::kList:
        return Is::kList;
      default:
        return Is::kDict;
    }
  }
  uint32_t make_container(Container kind, std::vector<uint32_t> items) override {
    return make({.is = is_of(kind), .items = std::move(items)});
  }
  std::vector<uint32_t>& items_of_top(Container kind) override {
    Value& container = value(top());
    if (container.is != is_of(kind)) {
      damaged("something is put into what is no list or dict");
    }
    return container.items;
  }
  void remember(uint32_t number) override {
    // There is room in libtorch's memo up to the highest number.
    if (number > size()) damaged("an object has an impossible number");
    PickleMachine::remember(number);
  }

  // False at the end.
  bool step(PickleCode code) {
    switch (code) {
      case PickleCode::kStop:
        return false;
      case PickleCode::kNone:
      case PickleCode::kNewTrue:
      case PickleCode::kNewFalse:
        push_other();
        break;
      case PickleCode::kBinFloat:
        take(8);
        push_other();
        break;
      case PickleCode::kBinInt:
        push_int(number<int32_t>());
        break;
      case PickleCode::kBinInt1:
        push_int(number<uint8_t>());
        break;
      case PickleCode::kBinInt2:
        push_int(number<uint16_t>());
        break;
      case PickleCode::kLong1:
        if (number<uint8_t>() != 8) damaged("an integer that has not 64 bits");
        push_int(number<int64_t>());
        break;
      case PickleCode::kBinUnicode:
        push({.is = Is::kText, .text = text(number<uint32_t>())});
        break;
      case PickleCode::kGlobal: {
        const std::string_view module = line();
        push_global(module, line());
        break;
      }
      case PickleCode::kNewObject:
        pop(Is::kTuple, "a tuple");
        if (value(top()).is != Is::kClass) damaged("an object of what is no class");
        break;
      case PickleCode::kBuild: {
        const uint32_t state = pop();
        pop(Is::kClass, "a class");
        push({.is = Is::kOther, .items = {state}});
        break;
      }
      case PickleCode::kReduce: {
        const uint32_t arguments = pop();
        push(call(value(pop()).is, arguments));
        break;
      }
      case PickleCode::kBinPersistent:
        push_storage(pop(Is::kTuple, "a tuple").items);
        break;
      default:
        if (!perform(code)) {
          damaged("an unknown instruction, " + std::to_string(static_cast<int>(code)));
        }
    }
    return true;
  }

  void push_global(std::string_view module, std::string_view name) {
    if (module.starts_with("__torch__")) return push({.is = Is::kClass});
    std::string whole(module);
    whole.append(" ").append(name);
    for (const FunctionName& each : kFunctions) {
      if (whole == each.name) return push({.is = each.is});
    }
    if (module == "torch") {
      for (int i = 0; i < static_cast<int>(c10::ScalarType::Undefined); ++i) {
        const auto dtype = static_cast<c10::ScalarType>(i);
        if (name == std::string(c10::toString(dtype)) + "Storage") {
          const auto size = static_cast<int64_t>(c10::elementSize(dtype));
          return push({.is = Is::kStorageType, .number = size});
        }
      }
      // Ways of quantizing.
      if (name.starts_with("per_")) return push_other();
    }
    unsupported("it asks for `" + std::string(module.substr(0, 200)) + "." +
                std::string(name.substr(0, 200)) +
                "`, which is neither of the program nor needed for one");
  }

  int64_t int_of(uint32_t index) {
    if (value(index).is != Is::kInt) damaged("something is where an integer should be");
    return value(index).number;
  }
  std::vector<int64_t> ints_of(uint32_t index) {
    if (value(index).is != Is::kTuple || value(index).items.size() > kMostDims) {
      damaged("something is where a shape should be");
    }
    std::vector<int64_t> numbers;
    for (const uint32_t each : value(index).items) numbers.push_back(int_of(each));
    return numbers;
  }

  // ('storage', type, key, device, count)
  void push_storage(const std::vector<uint32_t>& id) {
    if (id.size() < 5 || value(id[0]).text != "storage" ||
        value(id[1]).is != Is::kStorageType || value(id[2]).is != Is::kText ||
        value(id[2]).text.size() > kLongestKey) {
      damaged("it refers to something that is no storage");
    }
    const int64_t count = int_of(id[4]);
    const int64_t width = value(id[1]).number;
    const std::string key(value(id[2]).text);
    int64_t bytes = 0;
    if (count < 0 || __builtin_mul_overflow(count, width, &bytes)) {
      damaged("a storage of " + std::to_string(count) + " elements");
    }
    // Nothing is read for an empty one.
    if (bytes > 0 && storage_size_(key) < static_cast<uint64_t>(bytes)) {
      damaged("the storage '" + key + "' is smaller than it is said to be");
    }
    push({.is = Is::kStorage, .number = count});
  }

  uint32_t call(Is function, uint32_t arguments) {
    const bool is_tuple = value(arguments).is == Is::kTuple;
    const std::vector<uint32_t>& given = value(arguments).items;
    switch (function) {
      case Is::kRebuildTensor:
      case Is::kRebuildQuantized:
        if (is_tuple && given.size() >= 6) {
          return tensor(given, function == Is::kRebuildQuantized);
        }
        break;
      case Is::kBuildList:
        if (is_tuple && given.size() == 1 && value(given[0]).is == Is::kList) {
          return given[0];
        }
        break;
      case Is::kRestoreType:
        if (is_tuple && given.size() == 2 && value(given[1]).is == Is::kText) {
          if (known_types_.insert(given[1]).second) {
            check_program_code(value(given[1]).text, where());
          }
          return given[0];
        }
        break;
      case Is::kFunction:
        if (is_tuple) return kAnything;
        break;
      case Is::kClass:
        return make({.is = Is::kOther, .items = {arguments}});
      default:
        damaged("something is called that is no function");
    }
    damaged("a function is called with what it does not take");
  }

  // Storage, offset, sizes, strides, how it is quantized if it is, and more.
  uint32_t tensor(const std::vector<uint32_t>& given, bool is_quantized) {
    if (value(given[0]).is != Is::kStorage) damaged("a tensor without a storage");
    const auto elements = static_cast<uint64_t>(value(given[0]).number);
    const std::vector<int64_t> sizes = ints_of(given[2]);
    if (!lies_within(elements, int_of(given[1]), sizes, ints_of(given[3]))) {
      damaged("a tensor that does not lie in its storage");
    }
    if (is_quantized) check_channels(value(given[4]), sizes);
    return make({.is = Is::kTensor, .number = sizes.size() == 1 ? sizes[0] : -1});
  }

  // A scheme, and a scale and a zero point, or tensors of them along an axis.
  void check_channels(const Value& scheme, const std::vector<int64_t>& sizes) {
    if (scheme.is != Is::kTuple || scheme.items.size() < 2) damaged("a broken scheme");
    if (value(scheme.items[1]).is != Is::kTensor) return;
    if (scheme.items.size() < 4) damaged("a broken scheme");
    const int64_t axis = int_of(scheme.items[3]);
    const bool is_there = axis >= 0 && axis < std::ssize(sizes);
    for (const uint32_t each : {scheme.items[1], scheme.items[2]}) {
      if (!is_there || value(each).is != Is::kTensor ||
          value(each).number != sizes[static_cast<size_t>(axis)]) {
        damaged("a scheme that does not fit its tensor");
      }
    }
  }

  // What is to be walked through for one value, and how deep, if every reference to it is
  // followed.
  struct Extent {
    uint32_t depth = 0;
    uint64_t weight = 0;
    bool is_known = false;
  };

  void check_depth(uint32_t root) {
    const uint64_t most = (uint64_t{1} << 20) + 64 * uint64_t{size()};
    std::vector<Extent> extents(values_.size());
    std::vector<std::pair<uint32_t, size_t>> path;
    // All of them: what is not in the result has to go too.
    for (uint32_t each = 0; each < values_.size(); ++each) {
      if (!extents[each].is_known) path.emplace_back(each, 0);
      while (!path.empty()) {
        if (path.size() > kDeepest) {
          damaged("lists or dicts that lie in each other without end");
        }
        auto& [index, next] = path.back();
        Extent& extent = extents[index];
        if (next == values_[index].items.size()) {
          extent.weight += 1;
          extent.is_known = true;
          path.pop_back();
          if (!path.empty()) add(extents[path.back().first], extent);
          continue;
        }
        const uint32_t item = values_[index].items[next++];
        if (extents[item].is_known) {
          add(extent, extents[item]);
        } else {
          path.emplace_back(item, 0);
        }
      }
      if (extents[each].depth > kDeepest) {
        damaged("lists or dicts that lie in each other without end");
      }
    }
    if (extents[root].weight > most) {
      damaged("what it describes is far larger than the file");
    }
  }
  static void add(Extent& to, const Extent& item) {
    to.depth = std::max(to.depth, item.depth + 1);
    to.weight = std::min(to.weight + item.weight, uint64_t{1} << 62);
  }

  static constexpr uint32_t kAnything = 0;

  const std::function<uint64_t(const std::string&)>& storage_size_;
  // The first one stands for all of which nothing need be known.
  std::vector<Value> values_{{}};
  // Those that were looked at.
  std::unordered_set<uint32_t> known_types_;
  int64_t texts_ = 0;
};

}  // namespace

void check_program_pickle(
    std::string_view bytes, const std::string& where,
    const std::function<uint64_t(const std::string&)>& storage_size) {
  Walk(bytes, where, storage_size).run();
}

void check_program_lines(std::string_view bytes, const std::string& where) {
  const std::function<uint64_t(const std::string&)> no_storage = [](const std::string&) {
    return 0;
  };
  Walk walk(bytes, where, no_storage);
  walk.check_lines(walk.run());
}

}  // namespace simple_torch
