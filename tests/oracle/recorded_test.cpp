// Operators against what PyTorch itself answered, gradients included. record.py made the
// answers and says how they are written.
#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <iostream>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "c_call.h"
#include "core/compat.h"
#include "inputs.h"
#include "simple_torch/simple_torch.h"

namespace simple_torch::oracle {
namespace {

using Json = nlohmann::json;
using c10::TypeKind;

double real_of(const Json& json) {
  if (!json.is_string()) return json.get<double>();
  const std::string text = json.get<std::string>();
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  return text == "inf" ? kInfinity : text == "-inf" ? -kInfinity : std::nan("");
}

c10::complex<double> complex_of(const Json& json) {
  return {real_of(json.at(0)), real_of(json.at(1))};
}

at::Tensor tensor_of(const Json& json) {
  const auto shape = json.at("shape").get<std::vector<int64_t>>();
  const std::string name = json.at("dtype").get<std::string>();
  const auto dtype =
      static_cast<at::ScalarType>(simple_torch_dtype_from_name(name.c_str()));
  const Json& data = json.at("data");
  const auto count = static_cast<int64_t>(data.size());
  at::Tensor flat;
  if (at::isComplexType(dtype)) {
    flat = at::empty({count}, at::kComplexDouble);
    for (int64_t i = 0; i < count; ++i) {
      flat.data_ptr<c10::complex<double>>()[i] =
          complex_of(data.at(static_cast<size_t>(i)));
    }
  } else if (at::isFloatingType(dtype)) {
    flat = at::empty({count}, at::kDouble);
    for (int64_t i = 0; i < count; ++i) {
      flat.data_ptr<double>()[i] = real_of(data.at(static_cast<size_t>(i)));
    }
  } else {
    flat = at::empty({count}, at::kLong);
    for (int64_t i = 0; i < count; ++i) {
      flat.data_ptr<int64_t>()[i] = data.at(static_cast<size_t>(i)).get<int64_t>();
    }
  }
  return flat.to(dtype).reshape(shape);
}

c10::IValue value_of(const Json& json, const c10::TypePtr& type) {
  if (json.is_null()) return {};
  const auto entry = json.begin();
  const std::string& kind = entry.key();
  const Json& content = entry.value();
  if (kind == "t") return tensor_of(content);
  if (kind == "i" || kind == "dtype") {
    const int64_t number = content.get<int64_t>();
    return bare(type)->kind() == TypeKind::FloatType
               ? c10::IValue(static_cast<double>(number))
               : c10::IValue(number);
  }
  if (kind == "f") return real_of(content);
  if (kind == "b") return content.get<bool>();
  if (kind == "c") return complex_of(content);
  if (kind == "s") return content.get<std::string>();
  const c10::TypePtr element = bare(type)->castRaw<c10::ListType>()->getElementType();
  c10::impl::GenericList list(element);
  for (const Json& each : content) {
    if (kind == "tl") {
      list.push_back(each.is_null() ? c10::IValue() : c10::IValue(tensor_of(each)));
    } else if (kind == "fl" || bare(element)->kind() == TypeKind::FloatType) {
      list.push_back(real_of(each));
    } else if (kind == "bl") {
      list.push_back(each.get<bool>());
    } else {
      list.push_back(each.get<int64_t>());
    }
  }
  return list;
}

// Kernels sum in an order of their own on each processor.
double tolerance_of(at::ScalarType dtype) {
  switch (dtype) {
    case at::kHalf:
    case at::kBFloat16:
      return 1e-2;
    case at::kFloat:
    case at::kComplexFloat:
      return 1e-5;
    default:
      return 1e-9;
  }
}

std::string tensor_difference(const at::Tensor& expected, const at::Tensor& given) {
  std::ostringstream text;
  if (!given.defined()) return "is undefined";
  if (expected.scalar_type() != given.scalar_type()) {
    text << "dtype " << given.scalar_type() << " in place of " << expected.scalar_type();
  } else if (expected.sizes() != given.sizes()) {
    text << "shape " << given.sizes() << " in place of " << expected.sizes();
  } else {
    const double tolerance = tolerance_of(expected.scalar_type());
    const at::Tensor plain = given.detach().resolve_conj().resolve_neg();
    if (!at::allclose(plain, expected, tolerance, tolerance, /*equal_nan=*/true)) {
      text << plain << " in place of " << expected;
    }
  }
  return text.str();
}

std::string difference(const c10::IValue& expected, const c10::IValue& given) {
  // Python shows an undefined tensor as None.
  if (expected.isNone() && given.isTensor()) {
    return given.toTensor().defined() ? "is defined" : "";
  }
  if (expected.isTensor())
    return tensor_difference(expected.toTensor(), given.toTensor());
  if (expected.isTensorList()) {
    const auto a = expected.toTensorVector();
    const auto b = given.toTensorVector();
    if (a.size() != b.size()) return "length";
    for (size_t i = 0; i < a.size(); ++i) {
      if (std::string text = tensor_difference(a[i], b[i]); !text.empty()) return text;
    }
    return "";
  }
  if (expected.isDouble()) {
    return std::abs(expected.toDouble() - given.toDouble()) <= 1e-9 ? "" : "number";
  }
  return expected == given ? "" : "value";
}

// (w * result).sum() and its gradients, w as record.py says.
void expect_gradients(const Json& line, const std::vector<c10::IValue>& arguments,
                      const at::Tensor& result, std::string& failure) {
  const at::Tensor weights =
      (at::remainder(at::arange(result.numel(), at::kDouble), 7) * 0.25 + 0.5)
          .to(result.scalar_type())
          .reshape(result.sizes());
  (weights * result).sum().backward();
  for (const auto& [index, expected] : line.at("grads").items()) {
    const at::Tensor& leaf = arguments.at(std::stoul(index)).toTensor();
    const std::string text = tensor_difference(tensor_of(expected), leaf.grad());
    if (!text.empty()) failure = "gradient of argument " + index + ": " + text;
  }
}

// "" or how our answer differs.
std::string try_line(const Json& line, const c10::FunctionSchema& schema) {
  std::vector<c10::IValue> arguments;
  for (size_t i = 0; i < schema.arguments().size(); ++i) {
    arguments.push_back(value_of(line.at("args").at(i), schema.arguments()[i].type()));
  }
  const bool has_gradients = line.contains("grads");
  if (has_gradients) {
    for (c10::IValue& each : arguments) {
      if (each.isTensor() && each.toTensor().is_floating_point()) {
        each.toTensor().set_requires_grad(true);
      }
    }
  }
  const CResult called = call_c(c_function(schema), DeclaredForm(schema), arguments);
  if (called.code != 0) return called.message;
  std::vector<c10::IValue> given = called.values;
  // In-place operators give nothing back: what they wrote to is the result.
  if (given.empty()) given.push_back(arguments.front());
  const Json& results = line.at("results");
  for (size_t i = 0; i < results.size(); ++i) {
    const c10::IValue expected = value_of(results.at(i), schema.returns()[i].type());
    const std::string text = difference(expected, given.at(i));
    if (!text.empty()) return "result " + std::to_string(i) + ": " + text;
  }
  std::string failure;
  if (has_gradients) expect_gradients(line, arguments, given.at(0).toTensor(), failure);
  return failure;
}

TEST(Recorded, OperatorsAnswerAsPyTorchDid) {
  std::ifstream file(SIMPLE_TORCH_RECORDED);
  std::set<std::string> operators;
  std::set<std::string> with_gradients;
  size_t lines = 0;
  size_t missing = 0;
  size_t different = 0;
  for (std::string text; std::getline(file, text);) {
    const Json line = Json::parse(text);
    ++lines;
    const auto operation = c10::Dispatcher::singleton().findSchema(
        {line.at("op").get<std::string>(), line.at("overload").get<std::string>()});
    const bool is_same_schema =
        operation && operation->schema().arguments().size() == line.at("args").size();
    if (!is_same_schema) {
      ++missing;
      continue;
    }
    const c10::FunctionSchema& schema = operation->schema();
    std::string failure;
    try {
      failure = try_line(line, schema);
    } catch (const std::exception& error) {
      failure = error.what();
    }
    if (!failure.empty()) {
      ++different;
#if SIMPLE_TORCH_LIBTORCH_MAJOR == 2 && SIMPLE_TORCH_LIBTORCH_MINOR == 11
      ADD_FAILURE() << full_name(schema) << ": " << failure << "\n" << text;
#else
      std::cout << full_name(schema) << ": " << failure << '\n';
#endif
      continue;
    }
    operators.insert(full_name(schema));
    if (line.contains("grads")) with_gradients.insert(full_name(schema));
  }
  std::cout << "lines " << lines << ", operators " << operators.size()
            << ", with gradients " << with_gradients.size() << ", not in this libtorch "
            << missing << ", different " << different << '\n';
  EXPECT_GE(operators.size(), 650u);
  EXPECT_GE(with_gradients.size(), 330u);
  // Other versions than the one that answered round, and promote, otherwise here and
  // there.
  EXPECT_LE(different * 100, lines * 4);
}

}  // namespace
}  // namespace simple_torch::oracle
