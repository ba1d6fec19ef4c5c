#include "c_call.h"

#include <ATen/ATen.h>
#include <dlfcn.h>
#include <ffi.h>

#include <algorithm>
#include <bit>
#include <cctype>
#include <deque>
#include <stdexcept>

#include "handles.h"
#include "simple_torch/simple_torch.h"

namespace simple_torch::oracle {
namespace {

using c10::TypeKind;

bool is_optional(const c10::TypePtr& type) {
  return type->kind() == TypeKind::OptionalType;
}
c10::TypePtr bare(const c10::TypePtr& type) {
  return is_optional(type) ? type->castRaw<c10::OptionalType>()->getElementType() : type;
}
bool is_int(TypeKind kind) {
  return kind == TypeKind::IntType || kind == TypeKind::SymIntType;
}

// ScalarType, Layout and MemoryFormat are integers to the dispatcher. What an argument was
// declared as is kept as its "real type".
bool is_enumeration(const c10::Argument& argument) {
  const TypeKind kind = bare(argument.real_type())->kind();
  return kind == TypeKind::ScalarTypeType || kind == TypeKind::LayoutType ||
         kind == TypeKind::MemoryFormatType;
}

bool is_written(const c10::Argument& argument) {
  return argument.alias_info() != nullptr && argument.alias_info()->isWrite();
}

// Keeps alive what the words of one call point at.
struct Words {
  std::vector<CWord> words;
  std::deque<std::vector<int64_t>> lists;
  std::deque<std::string> texts;
  std::vector<simple_torch_handle> handles;

  ~Words() {
    for (const simple_torch_handle each : handles) simple_torch_release(each);
  }
  void integer(int64_t bits) { words.push_back({false, bits}); }
  void real(double value) { words.push_back({true, std::bit_cast<int64_t>(value)}); }
  void address(const void* pointer) { integer(reinterpret_cast<int64_t>(pointer)); }
  void list(std::vector<int64_t> items) {
    lists.push_back(std::move(items));
    address(lists.back().data());
    integer(static_cast<int64_t>(lists.back().size()));
  }
  void text(std::string value) {
    texts.push_back(std::move(value));
    address(texts.back().c_str());
  }
  void handle(simple_torch_handle made) {
    if (made == 0) throw std::runtime_error(simple_torch_error_message());
    handles.push_back(made);
    integer(made);
  }
  void number(const c10::Scalar& value) {
    if (value.isComplex()) {
      const auto parts = value.toComplexDouble();
      lists.push_back({std::bit_cast<int64_t>(parts.real()),
                       std::bit_cast<int64_t>(parts.imag())});
      address(lists.back().data());
      integer(SIMPLE_TORCH_NUMBER_COMPLEX);
    } else if (value.isFloatingPoint()) {
      integer(std::bit_cast<int64_t>(value.toDouble()));
      integer(SIMPLE_TORCH_NUMBER_FLOAT);
    } else if (value.isBoolean()) {
      integer(value.toBool() ? 1 : 0);
      integer(SIMPLE_TORCH_NUMBER_BOOL);
    } else {
      integer(value.toLong());
      integer(SIMPLE_TORCH_NUMBER_INT);
    }
  }
  void no_number() {
    integer(0);
    integer(SIMPLE_TORCH_NUMBER_NONE);
  }
};

c10::Scalar scalar_of(const c10::IValue& value) { return value.toScalar(); }

int64_t device_number(c10::Device device) {
  return static_cast<int64_t>(device.type()) + (int64_t{device.index()} + 1) * 256;
}

// Names of dims are symbols with a namespace to the dispatcher.
std::string plain_name(const std::string& name) {
  constexpr std::string_view kNamespace = "dimname::";
  return name.compare(0, kNamespace.size(), kNamespace) == 0
             ? name.substr(kNamespace.size())
             : name;
}

void add_list(Words& words, const c10::IValue& value, const c10::Argument& argument) {
  const c10::TypePtr type = bare(argument.type());
  const c10::TypePtr element = type->castRaw<c10::ListType>()->getElementType();
  const TypeKind kind = bare(element)->kind();
  if (kind == TypeKind::BoolType && argument.N()) {
    int64_t mask = 0;
    const auto list = value.toBoolList();
    for (size_t i = 0; i < list.size(); ++i) mask |= int64_t{list[i]} << i;
    words.integer(mask);
    return;
  }
  if (kind == TypeKind::StringType) {
    // Dimnames.
    if (value.isNone()) {
      words.address(nullptr);
      return;
    }
    std::string names;
    for (const c10::IValue& each : value.toListRef()) {
      names += (names.empty() ? "" : ",") + plain_name(each.toStringRef());
    }
    words.text(names);
    return;
  }
  if (value.isNone()) {
    words.address(nullptr);
    words.integer(-1);
    return;
  }
  std::vector<int64_t> items;
  for (const c10::IValue& each : value.toListRef()) {
    if (kind == TypeKind::TensorType) {
      if (each.isNone()) {
        items.push_back(0);
      } else {
        items.push_back(handle_of(each.toTensor()));
        words.handles.push_back(items.back());
      }
    } else if (is_int(kind)) {
      items.push_back(each.toInt());
    } else if (kind == TypeKind::FloatType) {
      items.push_back(std::bit_cast<int64_t>(each.toDouble()));
    } else if (kind == TypeKind::NumberType) {
      Words one;
      one.number(scalar_of(each));
      items.push_back(one.words[0].bits);
      items.push_back(one.words[1].bits);
    } else {
      throw std::runtime_error("a list of " + element->str());
    }
  }
  const size_t count = kind == TypeKind::NumberType ? items.size() / 2 : items.size();
  words.list(std::move(items));
  words.words.back().bits = static_cast<int64_t>(count);
}

void add_argument(Words& words, const c10::IValue& value, const c10::Argument& argument) {
  const c10::TypePtr type = bare(argument.type());
  const bool optional = is_optional(argument.type());
  const bool none = value.isNone();
  if (is_enumeration(argument)) {
    words.integer(none ? -1 : value.toInt());
    return;
  }
  switch (type->kind()) {
    case TypeKind::TensorType:
      if (none) {
        words.integer(0);
      } else {
        words.handle(handle_of(value.toTensor()));
      }
      return;
    case TypeKind::IntType:
    case TypeKind::SymIntType:
      if (!optional) {
        words.integer(value.toInt());
      } else if (none) {
        words.no_number();
      } else {
        words.number(value.toInt());
      }
      return;
    case TypeKind::FloatType:
      if (!optional) {
        words.real(value.toDouble());
      } else if (none) {
        words.no_number();
      } else {
        words.number(value.toDouble());
      }
      return;
    case TypeKind::BoolType:
      if (!optional) {
        words.integer(value.toBool() ? 1 : 0);
      } else if (none) {
        words.no_number();
      } else {
        words.number(value.toBool());
      }
      return;
    case TypeKind::NumberType:
      if (none) {
        words.no_number();
      } else {
        words.number(scalar_of(value));
      }
      return;
    case TypeKind::StringType:
      if (none) {
        words.address(nullptr);
      } else {
        words.text(plain_name(value.toStringRef()));
      }
      return;
    case TypeKind::DeviceObjType:
      words.integer(none ? -1 : device_number(value.toDevice()));
      return;
    case TypeKind::GeneratorType:
      if (none) {
        words.integer(0);
      } else {
        words.handle(handle_of(value.toGenerator()));
      }
      return;
    case TypeKind::StorageType:
      words.handle(handle_of(value.toStorage()));
      return;
    case TypeKind::StreamObjType:
      words.handle(simple_torch_stream_current(device_number(value.toStream().device())));
      return;
    case TypeKind::ListType:
      add_list(words, value, argument);
      return;
    default:
      throw std::runtime_error("an argument of type " + type->str());
  }
}

// The results that the C function gives, in libtorch's order.
std::vector<const c10::Argument*> given_results(const c10::FunctionSchema& schema) {
  std::vector<const c10::Argument*> results;
  for (const c10::Argument& each : schema.returns()) {
    if (!is_written(each)) results.push_back(&each);
  }
  return results;
}

bool is_handle(const c10::Argument& result) {
  return result.type()->kind() == TypeKind::TensorType ||
         result.type()->kind() == TypeKind::ListType;
}

c10::IValue taken(const c10::Argument& result, const int64_t* words) {
  switch (result.type()->kind()) {
    case TypeKind::TensorType:
      return tensor_of(words[0]);
    case TypeKind::ListType:
      if (bare(result.type())->castRaw<c10::ListType>()->getElementType()->kind() !=
          TypeKind::TensorType) {
        return integers_of(words[0]);
      }
      return tensors_of(words[0]);
    case TypeKind::FloatType:
      return std::bit_cast<double>(words[0]);
    case TypeKind::BoolType:
    case TypeKind::SymBoolType:
      return words[0] != 0;
    case TypeKind::NumberType:
      switch (words[2]) {
        case SIMPLE_TORCH_NUMBER_FLOAT:
          return c10::Scalar(std::bit_cast<double>(words[0]));
        case SIMPLE_TORCH_NUMBER_BOOL:
          return c10::Scalar(words[0] != 0);
        case SIMPLE_TORCH_NUMBER_COMPLEX:
          return c10::Scalar(c10::complex<double>(std::bit_cast<double>(words[0]),
                                                  std::bit_cast<double>(words[1])));
        default:
          return c10::Scalar(words[0]);
      }
    default:
      return words[0];
  }
}

}  // namespace

std::string c_name_of(const c10::FunctionSchema& schema) {
  std::string name = schema.name().substr(schema.name().find("::") + 2);
  const bool is_dunder = name.size() > 4 && name.rfind("__") == name.size() - 2;
  if (name.back() == '_' && !is_dunder) name += "inplace";
  if (!schema.overload_name().empty()) name += '_' + schema.overload_name();
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return "simple_torch_op_" + name;
}

void* c_function(const c10::FunctionSchema& schema) {
  return dlsym(RTLD_DEFAULT, c_name_of(schema).c_str());
}

std::vector<bool> parameter_is_float(const c10::FunctionSchema& schema) {
  std::vector<bool> kinds;
  for (const c10::Argument& argument : schema.arguments()) {
    const c10::TypePtr type = bare(argument.type());
    const bool optional = is_optional(argument.type());
    const TypeKind kind = type->kind();
    size_t words = 1;
    if (kind == TypeKind::ListType) {
      const TypeKind element =
          bare(type->castRaw<c10::ListType>()->getElementType())->kind();
      const bool one_word = element == TypeKind::StringType ||
                            (element == TypeKind::BoolType && argument.N().has_value());
      words = one_word ? 1 : 2;
    } else if (kind == TypeKind::NumberType ||
               (optional && !is_enumeration(argument) &&
                (is_int(kind) || kind == TypeKind::FloatType ||
                 kind == TypeKind::BoolType))) {
      words = 2;
    }
    const bool is_double = kind == TypeKind::FloatType && !optional;
    kinds.insert(kinds.end(), words, is_double);
  }
  return kinds;
}

size_t out_parameter_count(const c10::FunctionSchema& schema) {
  size_t count = 0;
  const auto results = given_results(schema);
  for (size_t i = 0; i < results.size(); ++i) {
    if (i == 0 && is_handle(*results[i])) continue;
    count += results[i]->type()->kind() == TypeKind::NumberType ? 2 : 1;
  }
  return count;
}

bool returns_handle(const c10::FunctionSchema& schema) {
  const auto results = given_results(schema);
  return !results.empty() && is_handle(*results.front());
}

int64_t call_raw(void* function, const c10::FunctionSchema& schema,
                 const std::vector<CWord>& words, std::vector<int64_t>& outs) {
  // Three words for each, as a number's bits take two.
  const size_t out_count = out_parameter_count(schema);
  outs.assign(out_count * 3, 0);
  std::vector<int64_t> bits;
  std::vector<ffi_type*> types;
  for (const CWord& word : words) {
    bits.push_back(word.bits);
    types.push_back(word.is_float ? &ffi_type_double : &ffi_type_sint64);
  }
  for (size_t i = 0; i < out_count; ++i) {
    bits.push_back(reinterpret_cast<int64_t>(&outs[i * 3]));
    types.push_back(&ffi_type_pointer);
  }
  std::vector<void*> values;
  for (int64_t& each : bits) values.push_back(&each);
  ffi_cif call;
  if (ffi_prep_cif(&call, FFI_DEFAULT_ABI, static_cast<unsigned>(types.size()),
                   &ffi_type_sint64, types.data()) != FFI_OK) {
    throw std::runtime_error("ffi_prep_cif");
  }
  ffi_arg result = 0;
  ffi_call(&call, reinterpret_cast<void (*)()>(function), &result, values.data());
  return static_cast<int64_t>(result);
}

CResult call_c(void* function, const c10::FunctionSchema& schema,
               const std::vector<c10::IValue>& arguments) {
  Words words;
  for (size_t i = 0; i < arguments.size(); ++i) {
    add_argument(words, arguments[i], schema.arguments()[i]);
  }
  simple_torch_error_clear();
  std::vector<int64_t> outs;
  const int64_t returned = call_raw(function, schema, words.words, outs);
  CResult result;
  result.code = simple_torch_error_code();
  if (result.code != 0) {
    result.message = simple_torch_error_message();
    result.operation = simple_torch_error_operation();
    return result;
  }
  if (!returns_handle(schema) && returned != 0) {
    throw std::runtime_error("returned " + std::to_string(returned) +
                             " without an error record");
  }
  const auto results = given_results(schema);
  size_t at = 0;
  for (size_t i = 0; i < results.size(); ++i) {
    if (i == 0 && returns_handle(schema)) {
      result.values.push_back(taken(*results[i], &returned));
      continue;
    }
    if (results[i]->type()->kind() == TypeKind::NumberType) {
      const int64_t number[] = {outs[at * 3], outs[at * 3 + 1], outs[at * 3 + 3]};
      result.values.push_back(taken(*results[i], number));
      at += 2;
    } else {
      result.values.push_back(taken(*results[i], &outs[at * 3]));
      ++at;
    }
  }
  return result;
}

}  // namespace simple_torch::oracle
