// Operators whose number goes in as a cached tensor: with every dtype and every kind of
// number at its edges they give what libtorch's own operator gives, errors included.
#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <c10/core/InferenceMode.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>
#include <limits>
#include <optional>
#include <sstream>

#include "c_call.h"
#include "compare.h"
#include "inputs.h"

namespace simple_torch::oracle {
namespace {

std::vector<c10::OperatorHandle> operators_in_rules() {
  std::ifstream rules(SIMPLE_TORCH_NUMBER_RULES);
  std::vector<c10::OperatorHandle> operators;
  for (std::string line; std::getline(rules, line);) {
    std::istringstream words(line.substr(0, line.find('#')));
    std::string name;
    if (!(words >> name)) continue;
    const size_t dot = name.find('.');
    operators.push_back(c10::Dispatcher::singleton().findSchemaOrThrow(
        name.substr(0, dot).c_str(), name.substr(dot + 1).c_str()));
  }
  return operators;
}

std::vector<c10::Scalar> numbers() {
  std::vector<c10::Scalar> all;
  for (const int64_t each :
       {int64_t{0}, int64_t{1}, int64_t{-1}, int64_t{2}, int64_t{3}, int64_t{127},
        int64_t{128}, int64_t{255}, int64_t{256}, int64_t{-129}, int64_t{40000},
        int64_t{1} << 31, int64_t{1} << 40, INT64_MAX, INT64_MIN}) {
    all.emplace_back(each);
  }
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  for (const double each :
       {0.0, -0.0, 0.5, 1.0, -2.0, 2.5, 300.0, 1e-310, 1e30, 1e300, kInfinity, -kInfinity,
        std::numeric_limits<double>::quiet_NaN()}) {
    all.emplace_back(each);
  }
  all.emplace_back(true);
  all.emplace_back(false);
  all.emplace_back(c10::complex<double>(1.5, -0.5));
  return all;
}

std::vector<at::ScalarType> dtypes() {
  std::vector<at::ScalarType> all = {at::kByte,          at::kChar,   at::kShort,
                                     at::kInt,           at::kLong,   at::kHalf,
                                     at::kFloat,         at::kDouble, at::kComplexFloat,
                                     at::kComplexDouble, at::kBool,   at::kBFloat16};
  return all;
}

struct Answer {
  std::optional<c10::IValue> result;
  std::string failure;
};

Answer direct(const c10::OperatorHandle& operation, std::vector<c10::IValue> arguments) {
  c10::Stack stack(arguments.begin(), arguments.end());
  try {
    operation.callBoxed(stack);
    return {stack.front(), ""};
  } catch (const c10::Error& error) {
    return {std::nullopt, error.what_without_backtrace()};
  } catch (const std::exception& error) {
    return {std::nullopt, error.what()};
  }
}

void expect_same(const c10::OperatorHandle& operation, const at::Tensor& self,
                 const c10::Scalar& number) {
  const c10::FunctionSchema& schema = operation.schema();
  const DeclaredForm form(schema);
  const auto arguments = [&] {
    std::vector<c10::IValue> values = {self.clone(), number};
    for (size_t i = 2; i < schema.arguments().size(); ++i) {
      const auto& value = schema.arguments()[i].default_value();
      values.push_back(value ? *value : c10::IValue("floor"));
    }
    return values;
  };
  std::ostringstream what;
  what << full_name(schema) << " of " << self.scalar_type() << ' ' << self.sizes()
       << " and " << number << (number.isFloatingPoint() ? " (float)" : "");
  const std::vector<c10::IValue> first = arguments();
  const std::vector<c10::IValue> second = arguments();
  const Answer expected = direct(operation, first);
  // Twice: the second time the number is known.
  for (int i = 0; i < 2; ++i) {
    const std::vector<c10::IValue> inputs = i == 0 ? second : arguments();
    const CResult given = call_c(c_function(schema), form, inputs);
    ASSERT_EQ(given.code == 0, expected.failure.empty())
        << what.str() << ": " << expected.failure << given.message;
    if (given.code != 0) continue;
    const c10::IValue result = given.values.empty() ? inputs[0] : given.values[0];
    ASSERT_EQ(difference(*expected.result, result, true), "") << what.str();
  }
}

void expect_same_for_all(const c10::OperatorHandle& operation) {
  for (const at::ScalarType dtype : dtypes()) {
    const at::Tensor line = (at::arange(-3, 4, at::kFloat) * 1.25).to(dtype).contiguous();
    for (const at::Tensor& self : {line, line.slice(0, 4, 5).reshape({})}) {
      for (const c10::Scalar& number : numbers()) {
        expect_same(operation, self, number);
      }
    }
  }
}

TEST(Numbers, GiveTheResultsOfLibtorchsOwnOperators) {
  const auto operators = operators_in_rules();
  ASSERT_GT(operators.size(), 20u);
  for (const c10::OperatorHandle& operation : operators) {
    expect_same_for_all(operation);
    const at::NoGradGuard no_grad;
    expect_same_for_all(operation);
    const c10::InferenceMode inference;
    expect_same_for_all(operation);
  }
}

TEST(Numbers, KeepTheGradientsOfLibtorchsOwnOperators) {
  for (const c10::OperatorHandle& operation : operators_in_rules()) {
    const c10::FunctionSchema& schema = operation.schema();
    if (schema.name().back() == '_' ||
        schema.name().find("bitwise") != std::string::npos) {
      continue;
    }
    const auto gradient = [&](bool through_c) -> c10::IValue {
      at::Tensor self = at::arange(1, 5, at::kDouble).set_requires_grad(true);
      std::vector<c10::IValue> arguments = {self, 2.5};
      for (size_t i = 2; i < schema.arguments().size(); ++i) {
        const auto& value = schema.arguments()[i].default_value();
        arguments.push_back(value ? *value : c10::IValue("floor"));
      }
      c10::IValue result;
      if (through_c) {
        const CResult called =
            call_c(c_function(schema), DeclaredForm(schema), arguments);
        if (called.code != 0) return "refused";
        result = called.values.at(0);
      } else {
        const Answer answer = direct(operation, arguments);
        if (!answer.result) return "refused";
        result = *answer.result;
      }
      if (!result.toTensor().requires_grad()) return c10::IValue();
      try {
        result.toTensor().sum().backward();
      } catch (const std::exception&) {
        return "no gradient";
      }
      return self.grad();
    };
    const c10::IValue expected = gradient(false);
    const c10::IValue given = gradient(true);
    ASSERT_EQ(difference(expected, given, true), "") << full_name(schema);
  }
}

}  // namespace
}  // namespace simple_torch::oracle
