// rt_math_…: what std.math is made of, for numbers of any kind; results are f64.
#include <cmath>
#include <limits>
#include <numbers>

#include "runtime/builtins/arguments.h"
#include "runtime/numbers.h"

namespace simple {
namespace {

template <double (*function)(double)>
Value of_one(Vm&, Value* arguments, int) {
  return Value::of(function(expect_number(arguments[0], "math", 1)));
}

template <double (*function)(double, double)>
Value of_two(Vm&, Value* arguments, int) {
  return Value::of(function(expect_number(arguments[0], "math", 1),
                            expect_number(arguments[1], "math", 2)));
}

// In extended precision: the root of 27.0 is 3.
double cube_root(double value) {
  return static_cast<double>(std::cbrt(static_cast<long double>(value)));
}

double pi() { return std::numbers::pi; }
double e() { return std::numbers::e; }
double infinity() { return std::numeric_limits<double>::infinity(); }
double not_a_number() { return std::numeric_limits<double>::quiet_NaN(); }
double epsilon() { return std::numeric_limits<double>::epsilon(); }

template <double (*function)()>
Value constant(Vm&, Value*, int) {
  return Value::of(function());
}

const NativeSpec kFunctions[] = {
    {"rt_math_pi", constant<pi>, 0, 0},
    {"rt_math_e", constant<e>, 0, 0},
    {"rt_math_inf", constant<infinity>, 0, 0},
    {"rt_math_nan", constant<not_a_number>, 0, 0},
    {"rt_math_epsilon", constant<epsilon>, 0, 0},
    {"rt_math_sqrt", of_one<std::sqrt>, 1, 1},
    {"rt_math_cbrt", of_one<cube_root>, 1, 1},
    {"rt_math_exp", of_one<std::exp>, 1, 1},
    {"rt_math_exp2", of_one<std::exp2>, 1, 1},
    {"rt_math_expm1", of_one<std::expm1>, 1, 1},
    {"rt_math_log", of_one<std::log>, 1, 1},
    {"rt_math_log1p", of_one<std::log1p>, 1, 1},
    {"rt_math_log2", of_one<std::log2>, 1, 1},
    {"rt_math_log10", of_one<std::log10>, 1, 1},
    {"rt_math_sin", of_one<std::sin>, 1, 1},
    {"rt_math_cos", of_one<std::cos>, 1, 1},
    {"rt_math_tan", of_one<std::tan>, 1, 1},
    {"rt_math_asin", of_one<std::asin>, 1, 1},
    {"rt_math_acos", of_one<std::acos>, 1, 1},
    {"rt_math_atan", of_one<std::atan>, 1, 1},
    {"rt_math_sinh", of_one<std::sinh>, 1, 1},
    {"rt_math_cosh", of_one<std::cosh>, 1, 1},
    {"rt_math_tanh", of_one<std::tanh>, 1, 1},
    {"rt_math_asinh", of_one<std::asinh>, 1, 1},
    {"rt_math_acosh", of_one<std::acosh>, 1, 1},
    {"rt_math_atanh", of_one<std::atanh>, 1, 1},
    {"rt_math_floor", of_one<std::floor>, 1, 1},
    {"rt_math_ceil", of_one<std::ceil>, 1, 1},
    {"rt_math_round", of_one<std::round>, 1, 1},
    {"rt_math_trunc", of_one<std::trunc>, 1, 1},
    {"rt_math_abs", of_one<std::fabs>, 1, 1},
    {"rt_math_erf", of_one<std::erf>, 1, 1},
    {"rt_math_erfc", of_one<std::erfc>, 1, 1},
    {"rt_math_gamma", of_one<std::tgamma>, 1, 1},
    {"rt_math_lgamma", of_one<std::lgamma>, 1, 1},
    {"rt_math_atan2", of_two<std::atan2>, 2, 2},
    {"rt_math_hypot", of_two<std::hypot>, 2, 2},
    {"rt_math_pow", of_two<std::pow>, 2, 2},
    {"rt_math_fmod", of_two<std::fmod>, 2, 2},
};

}  // namespace

void define_math(Vm& vm) { define_all(vm, kFunctions); }

}  // namespace simple
