#include "inputs.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "c_call.h"
#include "core/compat.h"

#if SIMPLE_TORCH_DIM_NAMES
#include <ATen/NamedTensorUtils.h>
#endif

namespace simple_torch::oracle {
namespace {

using c10::TypeKind;
using Shape = std::vector<int64_t>;

const std::vector<Shape>& shapes() {
  static const std::vector<Shape> all = {{2, 3},    {3, 3},          {3},
                                         {2, 3, 4}, {1, 2, 4, 4},    {},
                                         {2, 3, 3}, {1, 2, 4, 4, 4}, {4, 4}};
  return all;
}

const std::vector<at::ScalarType>& dtypes() {
  static const std::vector<at::ScalarType> all = {
      at::kFloat, at::kDouble, at::kLong, at::kBool, at::kComplexFloat, at::kInt};
  return all;
}

bool contains(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

bool matches(std::string_view pattern, std::string_view name) {
  const size_t star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == name;
  if (name.substr(0, star) != pattern.substr(0, star)) return false;
  for (size_t at = star; at <= name.size(); ++at) {
    if (matches(pattern.substr(star + 1), name.substr(at))) return true;
  }
  return false;
}

// Numbers between -2 and 2 that depend on nothing but `seed`; positive ones on request.
at::Tensor numbers(const Shape& shape, at::ScalarType dtype, size_t seed, bool positive) {
  int64_t count = 1;
  for (const int64_t dim : shape) count *= dim;
  at::Tensor flat =
      at::arange(count, at::kDouble) * 1.7 + 0.37 * static_cast<double>(seed + 1);
  flat = flat.sin() * 1.9;
  if (positive) flat = flat.abs() * 0.4 + 0.1;
  if (dtype == at::kBool) return flat.gt(0).reshape(shape);
  if (at::isIntegralType(dtype, false)) flat = (flat.abs() * 1.5).floor();
  if (at::isComplexType(dtype)) {
    return at::complex(flat, flat.cos()).to(dtype).reshape(shape);
  }
  return flat.to(dtype).reshape(shape);
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

Shape shape_in(const std::string& text) {
  Shape shape;
  const size_t open = text.find('[');
  for (const std::string& part :
       split(text.substr(open + 1, text.find(']') - open - 1), ',')) {
    shape.push_back(std::stoll(part));
  }
  return shape;
}

// What recipes.txt says of a tensor: a letter and a shape. Numbers: f d h w floats of 32,
// 64, 16 bits and bfloat16, p positive ones, l i u e integers of 64, 32, 8 bits and int8,
// b bools, c complex. z zeros and n 0, 1, 2, … of int64, m the same and v 1, 2, 3, … of
// int32, o ones. S a positive definite matrix, T a lower triangle. q and k quantized by
// tensor and by channel, s sparse, r in sparse rows. E empty memory; N, without shape, a
// nested tensor.
at::Tensor tensor_in(const std::string& text, size_t seed) {
  const char kind = text.front();
  if (kind == 'N') {
    const at::Tensor one = numbers({2, 3}, at::kFloat, seed, false);
    const at::Tensor two = numbers({1, 3}, at::kFloat, seed + 1, false);
    return at::_nested_tensor_from_tensor_list({one, two});
  }
  const Shape shape = shape_in(text);
  int64_t count = 1;
  for (const int64_t dim : shape) count *= dim;
  switch (kind) {
    case 'f':
      return numbers(shape, at::kFloat, seed, false);
    case 'd':
      return numbers(shape, at::kDouble, seed, false);
    case 'h':
      return numbers(shape, at::kHalf, seed, false);
    case 'w':
      return numbers(shape, at::kBFloat16, seed, false);
    case 'p':
      return numbers(shape, at::kFloat, seed, true);
    case 'l':
      return numbers(shape, at::kLong, seed, false);
    case 'i':
      return numbers(shape, at::kInt, seed, false);
    case 'u':
      return numbers(shape, at::kByte, seed, false);
    case 'e':
      return numbers(shape, at::kChar, seed, false);
    case 'b':
      return numbers(shape, at::kBool, seed, false);
    case 'c':
      return numbers(shape, at::kComplexFloat, seed, false);
    case 'z':
      return at::zeros(shape, at::kLong);
    case 'o':
      return at::ones(shape, at::kFloat);
    case 'n':
      return at::arange(count, at::kLong).reshape(shape);
    case 'm':
      return at::arange(count, at::kInt).reshape(shape);
    case 'v':
      return at::arange(1, count + 1, at::kInt).reshape(shape);
    case 'q':
      return at::quantize_per_tensor(numbers(shape, at::kFloat, seed, false), 0.1, 10,
                                     at::kQUInt8);
    case 'k':
      return at::quantize_per_channel(numbers(shape, at::kFloat, seed, false),
                                      at::ones({shape.front()}, at::kDouble) * 0.1,
                                      at::zeros({shape.front()}, at::kLong), 0,
                                      at::kQInt8);
    case 's':
      return numbers(shape, at::kFloat, seed, false).to_sparse();
    case 'r':
      return numbers(shape, at::kFloat, seed, false).to_sparse_csr();
    case 'S': {
      const at::Tensor any = numbers(shape, at::kFloat, seed, false);
      return any.matmul(any.transpose(-2, -1)) + at::eye(shape.back(), at::kFloat) * 2.0;
    }
    case 'T':
      return numbers(shape, at::kFloat, seed, false).tril() +
             at::eye(shape.back(), at::kFloat) * 3.0;
    case 'E':
      return at::empty(shape, at::kFloat);
    default:
      throw std::runtime_error("recipes.txt: what is " + text + "?");
  }
}

c10::IValue list_in(const std::string& text, const c10::TypePtr& element, size_t seed) {
  // "(f[2];f[3])" or "1,2,3".
  c10::impl::GenericList list(element);
  const TypeKind kind = bare(element)->kind();
  if (kind == TypeKind::TensorType) {
    size_t each_seed = seed;
    for (const std::string& part : split(text.substr(1, text.size() - 2), ';')) {
      list.push_back(part == "none" ? c10::IValue()
                                    : c10::IValue(tensor_in(part, each_seed++)));
    }
    return list;
  }
  for (const std::string& part :
       split(text == "()" ? std::string() : text.substr(1, text.size() - 2), ',')) {
    if (kind == TypeKind::FloatType) {
      list.push_back(std::stod(part));
    } else if (kind == TypeKind::BoolType) {
      list.push_back(part == "true");
    } else if (kind == TypeKind::NumberType) {
      list.push_back(c10::Scalar(std::stod(part)));
    } else if (kind == TypeKind::StringType) {
      list.push_back(part);
    } else {
      list.push_back(static_cast<int64_t>(std::stoll(part)));
    }
  }
  return list;
}

c10::IValue value_in(const std::string& text, const c10::TypePtr& type, size_t seed) {
  if (text == "none") return {};
  const c10::TypePtr plain = bare(type);
  switch (plain->kind()) {
    case TypeKind::TensorType:
      return tensor_in(text, seed);
    case TypeKind::ListType:
      return list_in(text, plain->castRaw<c10::ListType>()->getElementType(), seed);
    case TypeKind::BoolType:
      return text == "true";
    case TypeKind::FloatType:
      return std::stod(text);
    case TypeKind::NumberType:
      return contains(text, ".") ? c10::IValue(std::stod(text))
                                 : c10::IValue(static_cast<int64_t>(std::stoll(text)));
    case TypeKind::StringType:
      return text;
    case TypeKind::DeviceObjType:
      return c10::Device(text);
    case TypeKind::GeneratorType: {
      at::Generator generator = at::detail::createCPUGenerator();
      generator.set_current_seed(7);
      return generator;
    }
    default:
      return static_cast<int64_t>(std::stoll(text));
  }
}

bool is_out(const c10::Argument& argument) {
  return argument.kwarg_only() && argument.alias_info() != nullptr &&
         argument.alias_info()->isWrite();
}

at::ScalarType out_dtype(const Attempt& attempt) {
  switch (attempt.out_dtype) {
    case 1:
      return at::kBool;
    case 2:
      return at::kLong;
    case 3:
      return at::kFloat;
    default:
      return dtypes()[attempt.dtype];
  }
}

at::Tensor generic_tensor(const std::string& name, const Attempt& attempt, size_t seed) {
  const Shape& shape = shapes()[attempt.shape];
  if (contains(name, "index") || contains(name, "indices") || name == "idx") {
    if (attempt.variant == 2) return at::zeros({2}, at::kLong);
    return at::remainder(numbers(shape, at::kLong, seed, false), 2);
  }
  if (contains(name, "mask") || name == "condition") {
    return numbers(shape, at::kBool, seed, false);
  }
  if (contains(name, "offsets") || contains(name, "lengths")) {
    return at::arange(shape.empty() ? 1 : shape.front(), at::kLong);
  }
  if (name == "scale" || name == "zero_point" || contains(name, "running_") ||
      name == "vec" || name == "vec2") {
    const Shape one = {shape.empty() ? 1 : shape.size() > 1 ? shape[1] : shape[0]};
    return numbers(one, dtypes()[attempt.dtype], seed, contains(name, "var"));
  }
  return numbers(shape, dtypes()[attempt.dtype], seed, attempt.variant == 1);
}

// An argument that is the name of a dim, or several: text to the dispatcher.
bool takes_dim_names(const c10::Argument& argument) {
  static const std::vector<std::string> names = {
      "dim",  "names",  "dims",      "order",   "dim0",        "dim1",
      "dim2", "outdim", "start_dim", "end_dim", "ellipsis_idx"};
  return argument.type()->str().find("str") != std::string::npos &&
         std::find(names.begin(), names.end(), argument.name()) != names.end();
}

std::string dim_name(size_t number) { return "dimname::N" + std::to_string(number); }

// The dims of a tensor get the names that generic_value() uses.
void name_dims([[maybe_unused]] at::Tensor& tensor) {
  if (tensor.layout() != at::kStrided) return;
#if SIMPLE_TORCH_DIM_NAMES
  std::vector<at::Dimname> names;
  for (int64_t i = 0; i < tensor.dim(); ++i) {
    names.push_back(at::Dimname::fromSymbol(
        at::Symbol::fromQualString(dim_name(static_cast<size_t>(i)))));
  }
  at::internal_set_names_inplace(tensor, at::DimnameList(names));
#endif
}

int64_t generic_int(const std::string& name, const Attempt& attempt) {
  if (name == "dim" || name == "axis" || name == "dim0" || contains(name, "_dim") ||
      name == "axis0") {
    return attempt.variant == 2 ? -1 : 0;
  }
  if (name == "dim1" || name == "dim2" || name == "axis1") return 1;
  if (name == "start" || name == "storage_offset" || name == "diagonal" ||
      name == "offset" || name == "reduction" || name == "index") {
    return attempt.variant == 2 ? 1 : 0;
  }
  return attempt.variant == 2 ? 2 : 1;
}

Shape generic_ints(const c10::Argument& argument, const Attempt& attempt) {
  const std::string& name = argument.name();
  const Shape& shape = shapes()[attempt.shape];
  if (contains(name, "dim") || name == "axis") {
    return attempt.variant == 2 && shape.size() > 1 ? Shape{0, 1} : Shape{0};
  }
  if (contains(name, "size") || contains(name, "shape")) {
    if (contains(name, "output") || contains(name, "kernel")) {
      return Shape(static_cast<size_t>(argument.N().value_or(2)), 2);
    }
    if (attempt.variant == 1) return shape;
    if (attempt.variant == 2) return {-1};
    return {2, 3};
  }
  if (name == "stride" && !argument.N()) return {1, 1};
  const size_t length = static_cast<size_t>(argument.N().value_or(2));
  return Shape(length, contains(name, "pad") ? (attempt.variant == 2 ? 1 : 0) : 1);
}

std::string generic_text(const std::string& name, const Attempt& attempt) {
  const auto choice = [&](std::vector<std::string> all) {
    return all[attempt.variant % all.size()];
  };
  if (contains(name, "reduce")) return choice({"sum", "amax", "mean"});
  if (name == "rounding_mode") return choice({"floor", "trunc"});
  if (name == "mode") return choice({"constant", "reduced", "complete"});
  if (name == "equation") return choice({"ij,jk->ik", "i,i->", "ii->i"});
  if (name == "UPLO") return choice({"L", "U"});
  if (name == "ord" || name == "p") return choice({"fro", "nuc"});
  if (name == "padding") return choice({"valid", "same"});
  if (name == "pad_mode") return choice({"reflect", "constant"});
  if (name == "indexing") return choice({"ij", "xy"});
  if (name == "approximate") return choice({"none", "tanh"});
  if (name == "side") return choice({"left", "right"});
  if (name == "interpolation") return choice({"linear", "lower"});
  return "";
}

c10::IValue generic_value(const c10::Argument& argument, const Attempt& attempt,
                          size_t seed) {
  const c10::TypePtr type = bare(argument.type());
  const std::string& name = argument.name();
  switch (type->kind()) {
    case TypeKind::TensorType:
      if (is_out(argument)) return at::empty({0}, out_dtype(attempt));
      return generic_tensor(name, attempt, seed);
    case TypeKind::IntType:
    case TypeKind::SymIntType: {
      const TypeKind real = bare(argument.real_type())->kind();
      if (real == TypeKind::ScalarTypeType) {
        return static_cast<int64_t>(attempt.variant == 2 ? at::kDouble : at::kFloat);
      }
      if (real == TypeKind::LayoutType || real == TypeKind::MemoryFormatType) {
        return int64_t{0};
      }
      return generic_int(name, attempt);
    }
    case TypeKind::FloatType:
      return attempt.variant == 2 ? 1.5 : 0.5;
    case TypeKind::BoolType:
      return name != "pin_memory" && attempt.variant != 0;
    case TypeKind::NumberType:
      return attempt.variant == 0   ? c10::IValue(int64_t{1})
             : attempt.variant == 1 ? c10::IValue(1.5)
                                    : c10::IValue(int64_t{2});
    case TypeKind::StringType:
      if (takes_dim_names(argument)) return dim_name(name == "dim1" ? 1 : 0);
      return generic_text(name, attempt);
    case TypeKind::DeviceObjType:
      return c10::Device(c10::kCPU);
    case TypeKind::GeneratorType: {
      at::Generator generator = at::detail::createCPUGenerator();
      generator.set_current_seed(11);
      return generator;
    }
    case TypeKind::StorageType:
      return at::ones({6}, dtypes()[attempt.dtype]).storage();
    case TypeKind::StreamObjType:
      return c10::Stream(c10::Stream::DEFAULT, c10::Device(c10::kCPU));
    case TypeKind::ListType: {
      const c10::TypePtr element = type->castRaw<c10::ListType>()->getElementType();
      c10::impl::GenericList list(element);
      switch (bare(element)->kind()) {
        case TypeKind::TensorType:
          for (size_t i = 0; i < 2; ++i) {
            list.push_back(is_out(argument)
                               ? at::empty(shapes()[attempt.shape], out_dtype(attempt))
                               : generic_tensor(name, attempt, seed + i));
          }
          break;
        case TypeKind::FloatType:
          for (int i = 0; i < 2; ++i) list.push_back(1.5);
          break;
        case TypeKind::BoolType:
          for (int32_t i = 0; i < argument.N().value_or(2); ++i) {
            list.push_back(attempt.variant != 2 || i != 1);
          }
          break;
        case TypeKind::NumberType:
          for (int i = 0; i < 2; ++i) list.push_back(c10::Scalar(1.5));
          break;
        case TypeKind::StringType:
          for (size_t i = 0; i < shapes()[attempt.shape].size(); ++i) {
            list.push_back(dim_name(i));
            if (name == "dim" && attempt.variant != 2) break;
          }
          break;
        default:
          for (const int64_t each : generic_ints(argument, attempt)) list.push_back(each);
      }
      return list;
    }
    default:
      throw std::runtime_error("no way to make a " + type->str());
  }
}

}  // namespace

std::string full_name(const c10::FunctionSchema& schema) {
  return schema.overload_name().empty() ? schema.name()
                                        : schema.name() + '.' + schema.overload_name();
}

Recipes::Recipes(const std::string& file) {
  std::ifstream stream(file);
  if (!stream) throw std::runtime_error(file + " cannot be read");
  for (std::string line; std::getline(stream, line);) {
    std::istringstream words(line.substr(0, line.find('#')));
    std::string first;
    if (!(words >> first)) continue;
    if (first == "skip") {
      std::string pattern;
      std::string reason;
      words >> pattern;
      std::getline(words, reason);
      skips_.emplace_back(pattern, reason);
    } else if (first == "uninitialised") {
      for (std::string pattern; words >> pattern;) uninitialised_.push_back(pattern);
    } else {
      Line parsed{first, {}};
      for (std::string word; words >> word;) {
        const size_t equals = word.find('=');
        parsed.arguments[word.substr(0, equals)] = word.substr(equals + 1);
      }
      lines_.push_back(std::move(parsed));
    }
  }
}

const std::string* Recipes::find(const std::string& operation,
                                 const std::string& argument) const {
  for (const Line& line : lines_) {
    if (!matches(line.pattern, operation)) continue;
    const auto found = line.arguments.find(argument);
    return found == line.arguments.end() ? nullptr : &found->second;
  }
  return nullptr;
}

std::string Recipes::skipped(const std::string& operation) const {
  for (const auto& [pattern, reason] : skips_) {
    if (matches(pattern, operation)) return reason;
  }
  return "";
}

bool Recipes::is_uninitialised(const std::string& operation) const {
  for (const std::string& pattern : uninitialised_) {
    if (matches(pattern, operation)) return true;
  }
  return false;
}

bool Recipes::has(const std::string& operation) const {
  for (const Line& line : lines_) {
    if (matches(line.pattern, operation)) return true;
  }
  return false;
}

std::vector<Attempt> attempts_for(const c10::FunctionSchema& schema, bool has_recipe) {
  bool has_tensor = false;
  bool has_out = false;
  for (const c10::Argument& argument : schema.arguments()) {
    has_out |= is_out(argument);
    has_tensor |=
        !is_out(argument) && argument.type()->str().find("Tensor") != std::string::npos;
  }
  const size_t shape_count = has_tensor || has_recipe ? shapes().size() : 3;
  const size_t dtype_count = has_tensor ? dtypes().size() : 1;
  std::vector<Attempt> attempts;
  for (size_t out = 0; out < (has_out ? 4u : 1u); ++out) {
    for (size_t dtype = 0; dtype < dtype_count; ++dtype) {
      for (size_t shape = 0; shape < shape_count; ++shape) {
        for (size_t variant = 0; variant < 3; ++variant) {
          attempts.push_back({shape, dtype, variant, out});
        }
      }
    }
  }
  return attempts;
}

std::vector<c10::IValue> arguments_for(const c10::FunctionSchema& schema,
                                       const Attempt& attempt, const Recipes& recipes) {
  const std::string name = full_name(schema);
  std::vector<c10::IValue> values;
  size_t seed = 0;
  for (const c10::Argument& argument : schema.arguments()) {
    seed += 3;
    if (const std::string* recipe = recipes.find(name, argument.name())) {
      const bool is_optional = recipe->front() == '?';
      if (!is_optional || attempt.variant != 0) {
        try {
          values.push_back(
              value_in(is_optional ? recipe->substr(1) : *recipe, argument.type(), seed));
        } catch (const std::logic_error&) {
          throw std::runtime_error("recipes.txt: " + name + " cannot have " +
                                   argument.name() + "=" + *recipe);
        }
        continue;
      }
    }
    const bool optional = argument.type()->kind() == TypeKind::OptionalType;
    const bool takes_default =
        attempt.variant == 0 || (attempt.variant == 2 && seed % 2 == 0);
    if (takes_default && argument.default_value()) {
      values.push_back(*argument.default_value());
    } else if (takes_default && optional) {
      values.emplace_back();
    } else {
      values.push_back(generic_value(argument, attempt, seed));
    }
  }
  const bool named =
      std::any_of(schema.arguments().begin(), schema.arguments().end(), takes_dim_names);
  if (named && !values.empty() && values.front().isTensor() &&
      schema.name() != "aten::rename" && schema.name() != "aten::rename_") {
    name_dims(values.front().toTensor());
  }
  return values;
}

std::vector<c10::OperatorHandle> all_operators() {
  std::vector<c10::OperatorHandle> all;
  auto& dispatcher = c10::Dispatcher::singleton();
  for (const c10::OperatorName& name : dispatcher.getAllOpNames()) {
    if (name.name.rfind("aten::", 0) != 0) continue;
    if (const auto operation = dispatcher.findSchema(name)) all.push_back(*operation);
  }
  std::sort(all.begin(), all.end(), [](const auto& left, const auto& right) {
    return full_name(left.schema()) < full_name(right.schema());
  });
  return all;
}

}  // namespace simple_torch::oracle
