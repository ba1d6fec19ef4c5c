#include "c_call.h"

#include <ATen/ATen.h>
#include <dlfcn.h>
#include <ffi.h>

#include <algorithm>
#include <bit>
#include <cctype>
#include <stdexcept>

#include "core/compat.h"
#include "handles.h"
#include "simple_torch/simple_torch.h"

namespace simple_torch::oracle {
namespace {

using c10::TypeKind;

bool is_optional(const c10::TypePtr& type) {
  return type->kind() == TypeKind::OptionalType;
}
bool is_int(TypeKind kind) {
  return kind == TypeKind::IntType || kind == TypeKind::SymIntType;
}

// ScalarType, Layout and MemoryFormat are integers to the dispatcher. What an argument
// was declared as is kept as its "real type".
bool is_enumeration(const c10::Argument& argument) {
  const TypeKind kind = bare(argument.real_type())->kind();
  return kind == TypeKind::ScalarTypeType || kind == TypeKind::LayoutType ||
         kind == TypeKind::MemoryFormatType;
}

bool is_written(const c10::Argument& argument) {
  return argument.alias_info() != nullptr && argument.alias_info()->isWrite();
}

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
#if SIMPLE_TORCH_LIBTORCH_AT_LEAST(2, 1)
    case TypeKind::SymBoolType:
#endif
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

void Words::add_address(WordKind kind, const void* pointer) {
  add(kind, reinterpret_cast<int64_t>(pointer));
}

void Words::add_text(WordKind kind, std::string value) {
  texts_.push_back(std::move(value));
  add_address(kind, texts_.back().c_str());
}

void Words::add_handle(WordKind kind, int64_t made) {
  if (made == 0) throw std::runtime_error(simple_torch_error_message());
  handles_.push_back(made);
  add(kind, made);
}

void Words::add_number(const c10::IValue& value, WordKind kind) {
  if (value.isNone()) {
    add(WordKind::kBits, 0);
    add(kind, SIMPLE_TORCH_NUMBER_NONE);
    return;
  }
  const c10::Scalar number = value.toScalar();
  if (number.isComplex()) {
    const auto parts = number.toComplexDouble();
    lists_.push_back(
        {std::bit_cast<int64_t>(parts.real()), std::bit_cast<int64_t>(parts.imag())});
    add_address(WordKind::kBits, lists_.back().data());
    add(kind, SIMPLE_TORCH_NUMBER_COMPLEX);
  } else if (number.isFloatingPoint()) {
    add(WordKind::kBits, std::bit_cast<int64_t>(number.toDouble()));
    add(kind, SIMPLE_TORCH_NUMBER_FLOAT);
  } else if (number.isBoolean()) {
    add(WordKind::kBits, number.toBool() ? 1 : 0);
    add(kind, SIMPLE_TORCH_NUMBER_BOOL);
  } else {
    add(WordKind::kBits, number.toLong());
    add(kind, SIMPLE_TORCH_NUMBER_INT);
  }
}

void Words::add_list(const c10::IValue& value, const c10::Argument& argument) {
  const bool optional = is_optional(argument.type());
  const c10::TypePtr element =
      bare(argument.type())->castRaw<c10::ListType>()->getElementType();
  const TypeKind kind = bare(element)->kind();
  if (kind == TypeKind::BoolType && argument.N()) {
    int64_t mask = 0;
    const auto list = value.toBoolList();
    for (size_t i = 0; i < list.size(); ++i) mask |= int64_t{list[i]} << i;
    add(WordKind::kMask, mask);
    return;
  }
  if (kind == TypeKind::StringType) {
    // Names of dims.
    const WordKind text = optional ? WordKind::kOptionalText : WordKind::kText;
    if (value.isNone()) {
      add_address(text, nullptr);
      return;
    }
    std::string names;
    for (const c10::IValue& each : value.toListRef()) {
      names += (names.empty() ? "" : ",") + plain_name(each.toStringRef());
    }
    add_text(text, names);
    return;
  }
  const WordKind count = optional ? WordKind::kOptionalCount : WordKind::kCount;
  if (value.isNone()) {
    add_address(WordKind::kList, nullptr);
    add(count, -1);
    return;
  }
  std::vector<int64_t> items;
  for (const c10::IValue& each : value.toListRef()) {
    if (kind == TypeKind::TensorType) {
      items.push_back(each.isNone() ? 0 : handle_of(each.toTensor()));
      if (items.back() != 0) handles_.push_back(items.back());
    } else if (is_int(kind)) {
      items.push_back(each.toInt());
    } else if (kind == TypeKind::FloatType) {
      items.push_back(std::bit_cast<int64_t>(each.toDouble()));
    } else if (kind == TypeKind::NumberType) {
      const size_t at = words.size();
      add_number(each, WordKind::kNumberKind);
      items.push_back(words[at].bits);
      items.push_back(words[at + 1].bits);
      words.resize(at);
    } else {
      throw std::runtime_error("a list of " + element->str());
    }
  }
  const size_t length = value.toListRef().size();
  lists_.push_back(std::move(items));
  add_address(kind == TypeKind::TensorType ? WordKind::kHandleList : WordKind::kList,
              lists_.back().data());
  add(count, static_cast<int64_t>(length));
}

void Words::add_argument(const c10::IValue& value, const c10::Argument& argument) {
  const c10::TypePtr type = bare(argument.type());
  const bool optional = is_optional(argument.type());
  const bool none = value.isNone();
  if (is_enumeration(argument)) {
    add(WordKind::kEnumerator, none ? -1 : value.toInt());
    return;
  }
  const auto handle = [&](auto object) {
    const WordKind kind = optional ? WordKind::kOptionalHandle : WordKind::kHandle;
    if (none) {
      add(kind, 0);
    } else {
      add_handle(kind, object());
    }
  };
  switch (type->kind()) {
    case TypeKind::TensorType: {
      const WordKind kind = optional ? WordKind::kOptionalTensor : WordKind::kTensor;
      if (none) {
        add(kind, 0);
      } else {
        add_handle(kind, handle_of(value.toTensor()));
      }
      return;
    }
    case TypeKind::IntType:
    case TypeKind::SymIntType:
      if (optional) {
        add_number(value, WordKind::kIntKind);
      } else {
        add(WordKind::kInteger, value.toInt());
      }
      return;
    case TypeKind::FloatType:
      if (optional) {
        add_number(value, WordKind::kFloatKind);
      } else {
        add(WordKind::kReal, std::bit_cast<int64_t>(value.toDouble()));
      }
      return;
    case TypeKind::BoolType:
      if (optional) {
        add_number(value, WordKind::kBoolKind);
      } else {
        add(WordKind::kBool, value.toBool() ? 1 : 0);
      }
      return;
    case TypeKind::NumberType:
      add_number(value, optional ? WordKind::kOptionalNumberKind : WordKind::kNumberKind);
      return;
    case TypeKind::StringType: {
      const WordKind kind = optional ? WordKind::kOptionalText : WordKind::kText;
      if (none) {
        add_address(kind, nullptr);
      } else {
        add_text(kind, plain_name(value.toStringRef()));
      }
      return;
    }
    case TypeKind::DeviceObjType:
      add(WordKind::kDevice, none ? -1 : device_number(value.toDevice()));
      return;
    case TypeKind::GeneratorType:
      handle([&] { return handle_of(value.toGenerator()); });
      return;
    case TypeKind::StorageType:
      handle([&] { return handle_of(value.toStorage()); });
      return;
    case TypeKind::StreamObjType:
      handle([&] {
        return simple_torch_stream_current(device_number(value.toStream().device()));
      });
      return;
    case TypeKind::ListType:
      add_list(value, argument);
      return;
    default:
      throw std::runtime_error("an argument of type " + type->str());
  }
}

Words::Words(const c10::FunctionSchema& schema,
             const std::vector<c10::IValue>& arguments) {
  try {
    for (size_t i = 0; i < arguments.size(); ++i) {
      add_argument(arguments[i], schema.arguments()[i]);
    }
  } catch (...) {
    for (const int64_t each : handles_) simple_torch_release(each);
    throw;
  }
}

Words::~Words() {
  for (const int64_t each : handles_) simple_torch_release(each);
}

c10::TypePtr bare(const c10::TypePtr& type) {
  return is_optional(type) ? type->castRaw<c10::OptionalType>()->getElementType() : type;
}

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
    types.push_back(word.kind == WordKind::kReal ? &ffi_type_double : &ffi_type_sint64);
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

CResult call_c(void* function, const DeclaredForm& form,
               const std::vector<c10::IValue>& arguments) {
  const c10::FunctionSchema& schema = form.schema();
  const Words words(schema, form.arguments(arguments));
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
