// The run-time library called from C++: tables, numbers, formats, displays, JSON.
// Expected values are those of Python 3 or of closed formulas.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <unordered_map>

#include "runtime/numbers.h"
#include "runtime/operations.h"
#include "runtime/table.h"
#include "runtime/unicode.h"
#include "runtime/vm.h"

namespace simple {
namespace {

using ast::BinaryOp;

class Runtime : public testing::Test {
 protected:
  static Value i(int64_t value) { return Value::of(value); }
  static Value f(double value) { return Value::of(value); }
  static Value single(float value) { return Value::single(value); }
  Value t(std::string_view value) { return vm.text(value); }
  Value list(std::initializer_list<Value> items) {
    Array* array = vm.heap().array(Elements::kValues, 0);
    for (const Value& item : items) vm.heap().push(array, item);
    return Value::of(array);
  }
  Value global(const char* name, std::initializer_list<Value> arguments) {
    return vm.call(vm.natives().at(intern(name)), {arguments.begin(), arguments.size()});
  }
  Value method(Value receiver, const char* name,
               std::initializer_list<Value> arguments = {}) {
    const Method* found = vm.find_method(receiver, intern(name));
    if (found == nullptr) throw std::runtime_error(std::string("no method ") + name);
    return vm.call_method(receiver, *found, {arguments.begin(), arguments.size()});
  }
  std::string shown(Value value) { return display(vm, value); }
  std::string formatted(Value value, std::string_view spec) {
    std::string out;
    format(vm, value, spec, out);
    return out;
  }
  Value combined(Value left, BinaryOp op, Value right) {
    return arithmetic(vm, op, left, right);
  }
  // The code and message of the failure of something, "" if it does not fail.
  template <typename Action>
  std::string failure(Action action) {
    try {
      action();
    } catch (const Failure& failure) {
      return failure.code + " " + failure.message;
    }
    return "";
  }
  std::string read_back(std::string_view json) {
    const Value result = global("json_parse", {t(json)});
    return shown(method(result, "is_ok").integer != 0
                     ? global("json_text", {method(result, "unwrap")})
                     : method(result, "unwrap_err"));
  }

  Vm vm;
};

// ---- Tables

TEST_F(Runtime, TableAgreesWithAnotherMapOverRandomInsertionsAndRemovals) {
  Table* table = vm.heap().dict();
  std::unordered_map<int64_t, int64_t> expected;
  std::mt19937_64 random(7);
  for (int step = 0; step < 200'000; ++step) {
    const auto key = static_cast<int64_t>(random() % 3000) - 1500;
    if (random() % 3 == 0) {
      EXPECT_EQ(table_remove(vm, table, i(key)), expected.erase(key) == 1);
    } else {
      *table_insert(vm, table, i(key)) = i(step);
      expected[key] = step;
    }
  }
  ASSERT_EQ(table->live, expected.size());
  for (const auto& [key, value] : expected) {
    const Slot* found = table_find(vm, table, i(key));
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(found->get().integer, value);
  }
  EXPECT_EQ(table_find(vm, table, i(5000)), nullptr);
}

TEST_F(Runtime, TableKeepsTheOrderOfInsertionWhenItGrows) {
  Table* table = vm.heap().dict();
  for (int64_t n = 0; n < 1000; ++n) *table_insert(vm, table, i(n * 7919 % 1000)) = i(n);
  for (uint32_t n = 0; n < table->used; ++n) {
    EXPECT_EQ(table->entries[n].key.get().integer, int64_t{n} * 7919 % 1000);
  }
}

TEST_F(Runtime, TableDoesNotGrowWhenEntriesComeAndGo) {
  Table* table = vm.heap().dict();
  for (int64_t n = 0; n < 100'000; ++n) {
    *table_insert(vm, table, i(n)) = i(n);
    if (n >= 10) table_remove(vm, table, i(n - 10));
  }
  EXPECT_EQ(table->live, 10u);
  EXPECT_LE(table->capacity, 64u);
}

TEST_F(Runtime, TableTakesIntegersOfAllWidthsForOneKeyAndKeepsFloatsApart) {
  Table* table = vm.heap().dict();
  *table_insert(vm, table, i(7)) = i(1);
  EXPECT_NE(table_find(vm, table, Value(Tag::kU8, 7)), nullptr);
  EXPECT_EQ(table_find(vm, table, f(7.0)), nullptr);
  *table_insert(vm, table, f(0.0)) = i(2);
  EXPECT_NE(table_find(vm, table, f(-0.0)), nullptr);
}

TEST_F(Runtime, TableTakesArraysForKeysByWhatTheyHold) {
  Table* table = vm.heap().dict();
  *table_insert(vm, table, list({i(1), t("a")})) = i(1);
  Value mixed = list({i(1), t("a"), i(2)});
  as<Array>(mixed)->length = 2;
  EXPECT_NE(table_find(vm, table, mixed), nullptr);
  EXPECT_EQ(table_find(vm, table, list({i(1), t("b")})), nullptr);
}

TEST_F(Runtime, TableFindsOneEntryForNan) {
  Table* table = vm.heap().dict();
  for (int n = 0; n < 100; ++n) *table_insert(vm, table, f(std::nan(""))) = i(n);
  EXPECT_EQ(table->live, 1u);
}

TEST_F(Runtime, TableRefusesFunctionsAsKeys) {
  Table* table = vm.heap().dict();
  const Value print = vm.natives().at(intern("print"));
  EXPECT_EQ(failure([&] { table_insert(vm, table, print); }),
            "E1005 a value of type function cannot be a key");
}

// ---- Numbers

TEST_F(Runtime, FloatsAreShownWithTheFewestDigitsAndWithoutExponent) {
  EXPECT_EQ(shown(f(0.1)), "0.1");
  EXPECT_EQ(shown(f(1.0)), "1");
  EXPECT_EQ(shown(f(-2.5)), "-2.5");
  EXPECT_EQ(shown(f(-0.0)), "-0");
  EXPECT_EQ(shown(f(1.0 / 3.0)), "0.3333333333333333");
  EXPECT_EQ(shown(f(1e22)), "10000000000000000000000");
  EXPECT_EQ(shown(f(1e300)), "1" + std::string(300, '0'));
  EXPECT_EQ(shown(f(1e-7)), "0.0000001");
  EXPECT_EQ(shown(f(5e-324)), "0." + std::string(323, '0') + "5");
  EXPECT_EQ(shown(f(std::numeric_limits<double>::quiet_NaN())), "NaN");
  EXPECT_EQ(shown(f(-std::numeric_limits<double>::infinity())), "-inf");
  EXPECT_EQ(shown(single(0.1f)), "0.1");
}

TEST_F(Runtime, IntegersAndFloatsCompareExactlyWhereDoublesAreTooCoarse) {
  const int64_t big = (int64_t{1} << 53) + 1;
  EXPECT_EQ(compare_numbers(i(big), f(9007199254740992.0)), 1);
  EXPECT_EQ(compare_numbers(f(9007199254740992.0), i(big)), -1);
  EXPECT_EQ(compare_numbers(i(INT64_MAX), f(9223372036854775808.0)), -1);
  EXPECT_EQ(compare_numbers(i(INT64_MIN), f(-9223372036854775808.0)), 0);
  EXPECT_EQ(compare_numbers(Value(Tag::kU64, -1), f(1.8446744073709552e19)), -1);
  EXPECT_EQ(compare_numbers(Value(Tag::kU64, -1), i(-1)), 1);
  EXPECT_EQ(compare_numbers(i(-3), f(-2.5)), -1);
  EXPECT_EQ(compare_numbers(i(1), f(std::nan(""))), 2);
}

TEST_F(Runtime, IntegerArithmeticWrapsAtItsEdges) {
  EXPECT_EQ(combined(i(INT64_MIN), BinaryOp::kDivide, i(-1)).integer, INT64_MIN);
  EXPECT_EQ(combined(i(INT64_MIN), BinaryOp::kRemainder, i(-1)).integer, 0);
  EXPECT_EQ(negate(vm, i(INT64_MIN)).integer, INT64_MIN);
  EXPECT_EQ(combined(i(3), BinaryOp::kPower, i(50)).integer, 6048575297968530377);
  EXPECT_EQ(combined(i(1), BinaryOp::kShiftLeft, i(64)).integer, 1);
  EXPECT_EQ(combined(i(-8), BinaryOp::kShiftRight, i(1)).integer, -4);
  EXPECT_EQ(method(i(INT64_MIN), "abs").integer, INT64_MIN);
  EXPECT_EQ(method(i(INT64_MIN), "gcd", {i(6)}).integer, 2);
}

TEST_F(Runtime, UnsignedNumbersStayInTheirWidth) {
  const Value sum = combined(Value(Tag::kU8, 250), BinaryOp::kAdd, Value(Tag::kU8, 10));
  EXPECT_EQ(sum.tag, Tag::kU8);
  EXPECT_EQ(sum.integer, 4);
  const Value wide = combined(Value(Tag::kU8, 250), BinaryOp::kAdd, Value(Tag::kU16, 10));
  EXPECT_EQ(wide.tag, Tag::kU16);
  EXPECT_EQ(wide.integer, 260);
  EXPECT_EQ(combined(Value(Tag::kU8, 250), BinaryOp::kAdd, i(10)).tag, Tag::kInt);
  const Value half =
      combined(Value(Tag::kU64, -1), BinaryOp::kDivide, Value(Tag::kU64, 2));
  EXPECT_EQ(half.integer, INT64_MAX);
}

TEST_F(Runtime, SinglesRoundAfterEachOperation) {
  const Value sum = combined(single(16777216.0f), BinaryOp::kAdd, single(1.0f));
  EXPECT_EQ(sum.tag, Tag::kF32);
  EXPECT_EQ(sum.real, 16777216.0);
  EXPECT_EQ(combined(single(1.5f), BinaryOp::kMultiply, i(2)).tag, Tag::kF32);
  EXPECT_EQ(combined(single(1.5f), BinaryOp::kMultiply, f(2)).tag, Tag::kFloat);
}

TEST_F(Runtime, ArithmeticSaysWhatItCannotDo) {
  EXPECT_EQ(failure([&] { combined(list({}), BinaryOp::kSubtract, i(1)); }),
            "E1005 cannot subtract i64 from array");
  EXPECT_EQ(failure([&] { combined(i(1), BinaryOp::kDivide, i(0)); }),
            "E3001 division by zero");
  EXPECT_EQ(failure([&] { combined(f(1), BinaryOp::kRemainder, f(0)); }),
            "E3001 modulo by zero");
}

TEST_F(Runtime, CastsSaturateFloatsAndWrapIntegers) {
  EXPECT_EQ(cast(vm, f(1e30), intern("i64")).integer, INT64_MAX);
  EXPECT_EQ(cast(vm, f(300.7), intern("u8")).integer, 255);
  EXPECT_EQ(cast(vm, f(-1000.0), intern("i8")).integer, -128);
  EXPECT_EQ(cast(vm, f(std::nan("")), intern("i32")).integer, 0);
  EXPECT_EQ(cast(vm, i(300), intern("u8")).integer, 44);
  EXPECT_EQ(cast(vm, i(200), intern("i8")).integer, -56);
  EXPECT_EQ(failure([&] { cast(vm, t("ab"), intern("i64")); }),
            "E1003 type mismatch: cannot cast str to i64");
}

TEST_F(Runtime, NumbersAreReadWholeOrNotAtAll) {
  EXPECT_EQ(parse_integer(" -42 "), -42);
  EXPECT_EQ(parse_integer("0xff"), 255);
  EXPECT_EQ(parse_integer("-9223372036854775808"), INT64_MIN);
  for (const char* text :
       {"", "-", "4 2", "9223372036854775808", "1.0", "--1", "0x", "+-1"}) {
    EXPECT_EQ(parse_integer(text), std::nullopt) << text;
  }
  EXPECT_EQ(parse_real("1e400"), std::numeric_limits<double>::infinity());
  EXPECT_EQ(parse_real("-2.5e-3"), -0.0025);
  EXPECT_EQ(parse_real("1e-400"), 0.0);
  for (const char* text : {"", "e5", "1.2.3", "1 2", "+-1"}) {
    EXPECT_EQ(parse_real(text), std::nullopt) << text;
  }
}

// ---- Formats

TEST_F(Runtime, FormatsAgreeWithPythonWhereTheLanguageDoes) {
  EXPECT_EQ(formatted(f(1234567.891), ",.2f"), "1,234,567.89");
  EXPECT_EQ(formatted(f(0.256), ".1%"), "25.6%");
  EXPECT_EQ(formatted(f(12345.678), ".3e"), "1.235e+04");
  EXPECT_EQ(formatted(f(1e-5), "g"), "1e-05");
  EXPECT_EQ(formatted(i(-255), "#x"), "-0xff");
  EXPECT_EQ(formatted(i(-42), "06d"), "-00042");
  EXPECT_EQ(formatted(f(3.5), "+.1f"), "+3.5");
  EXPECT_EQ(formatted(f(-0.001), ".1f"), "-0.0");
  EXPECT_EQ(formatted(i(65), "c"), "A");
  EXPECT_EQ(formatted(t("ab"), "*^7"), "**ab***");
  EXPECT_EQ(formatted(t("é"), "ü>3"), "üüé");
}

TEST_F(Runtime, FormatsAlignToTheLeftIfNothingIsSaid) {
  EXPECT_EQ(formatted(i(42), "5"), "42   ");
  EXPECT_EQ(formatted(f(3.14159), "8.2f"), "3.14    ");
  EXPECT_EQ(formatted(f(3.14159), ".4"), "3.14");
}

TEST_F(Runtime, FormatsThatDoNotFitAreRefused) {
  EXPECT_EQ(failure([&] { formatted(t("a"), "d"); }), "E1005 cannot format str as `d`");
  EXPECT_EQ(failure([&] { formatted(i(1), "5.y"); }), "E1005 `5.y` is not a format");
  EXPECT_EQ(failure([&] { formatted(i(1), "99999999999999999999"); }),
            "E1005 `99999999999999999999` is not a format");
}

// ---- Text

TEST_F(Runtime, SlicesOfTextNeverCutACharacter) {
  const std::string_view whole = "aé日😀z";
  for (int64_t at = 0; at <= static_cast<int64_t>(whole.size()); ++at) {
    const std::string left = shown(method(t(whole), "slice", {i(0), i(at)}));
    const std::string right = shown(method(t(whole), "slice", {i(at)}));
    EXPECT_TRUE(is_valid_utf8(left));
    EXPECT_TRUE(is_valid_utf8(right));
    EXPECT_EQ(left + right, whole);
  }
}

TEST_F(Runtime, BrokenUtf8IsFoundAndReplaced) {
  for (const char* bytes :
       {"\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82", "\x80"}) {
    EXPECT_FALSE(is_valid_utf8(bytes));
    EXPECT_TRUE(is_valid_utf8(valid_utf8(bytes)));
  }
  EXPECT_TRUE(is_valid_utf8("\xF0\x9F\x98\x80"));
}

TEST_F(Runtime, TextsThatWouldBeTooLongAreRefusedBeforeTheyAreMade) {
  const std::string message = "E3010 out of memory: a text cannot be longer than 4 GB";
  EXPECT_EQ(failure([&] { method(t("ab"), "repeat", {i(1'000'000'000'000)}); }), message);
  EXPECT_EQ(failure([&] { method(t("ab"), "pad_left", {i(INT64_MAX)}); }), message);
}

TEST_F(Runtime, WrongArgumentsAreNamed) {
  EXPECT_EQ(failure([&] {
              method(t("ab"), "pad_left", {i(5), i(1)});
            }),
            "E1003 `pad_left` expects text for its second argument, found i64");
}

TEST_F(Runtime, CasesOfOtherAlphabetsChange) {
  EXPECT_EQ(shown(method(t("straße éčж"), "upper")), "STRAßE ÉČЖ");
  EXPECT_EQ(shown(method(t("ÀÉŽЖΩ"), "lower")), "àéžжω");
}

// ---- Arrays

TEST_F(Runtime, SortIsStableAndPutsNanLast) {
  Array* keys = vm.heap().array(Elements::kValues, 0);
  Array* items = vm.heap().array(Elements::kValues, 0);
  for (int64_t n = 0; n < 1000; ++n) {
    vm.heap().push(keys, t(std::to_string(n % 7)));
    vm.heap().push(items, i(n));
  }
  const Value sorted = global("rt_sort_by_keys", {Value::of(items), Value::of(keys)});
  for (int64_t n = 1; n < 1000; ++n) {
    const int64_t left = as<Array>(sorted)->get(n - 1).integer;
    const int64_t right = as<Array>(sorted)->get(n).integer;
    EXPECT_TRUE(left % 7 < right % 7 || (left % 7 == right % 7 && left < right));
  }
  const Value floats = list({f(std::nan("")), f(2), f(-1), f(std::nan("")), f(0.5)});
  EXPECT_EQ(shown(method(floats, "sort")), "[-1, 0.5, 2, NaN, NaN]");
}

TEST_F(Runtime, SlicesClampLikePythons) {
  const Value five = list({i(0), i(1), i(2), i(3), i(4)});
  const auto cut = [&](Value start, Value end, Value step) {
    return shown(index_get(vm, five, Value::of(vm.heap().slice(start, end, step))));
  };
  EXPECT_EQ(cut(Value(), Value(), i(-1)), "[4, 3, 2, 1, 0]");
  EXPECT_EQ(cut(i(-2), Value(), Value()), "[3, 4]");
  EXPECT_EQ(cut(i(-100), i(100), i(2)), "[0, 2, 4]");
  EXPECT_EQ(cut(i(3), i(0), i(-2)), "[3, 1]");
  EXPECT_EQ(cut(i(INT64_MIN), i(INT64_MAX), i(INT64_MAX)), "[0]");
  EXPECT_EQ(cut(Value(), Value(), i(INT64_MIN)), "[4]");
  EXPECT_EQ(cut(i(4), i(2), Value()), "[]");
}

TEST_F(Runtime, EqualityIsStrictAboutKindsOfNumbers) {
  EXPECT_FALSE(equal(vm, i(1), f(1)));
  EXPECT_TRUE(equal(vm, i(1), Value(Tag::kU8, 1)));
  EXPECT_FALSE(equal(vm, Value(Tag::kU64, -1), i(-1)));
  EXPECT_FALSE(equal(vm, i(1), Value::of(true)));
  EXPECT_TRUE(equal(vm, vm.some(i(1)), i(1)));
  EXPECT_TRUE(equal(vm, list({i(1), i(2)}), list({i(1), i(2)})));
  const Value nan = list({f(std::nan(""))});
  EXPECT_FALSE(equal(vm, nan, nan));
}

TEST_F(Runtime, ValuesThatLieTooDeepAreRefused) {
  Value deep = list({});
  for (int n = 0; n < 100'000; ++n) deep = list({deep});
  EXPECT_TRUE(failure([&] { shown(deep); }).starts_with("E3003 cannot display"));
  EXPECT_TRUE(failure([&] { hash(vm, deep); }).starts_with("E3003 cannot hash"));
  EXPECT_TRUE(failure([&] { global("json_text", {deep}); }).starts_with("E3003 JSON"));
  Value other = list({});
  for (int n = 0; n < 100'000; ++n) other = list({other});
  EXPECT_TRUE(
      failure([&] { equal(vm, deep, other); }).starts_with("E3003 cannot compare"));
}

// ---- JSON

TEST_F(Runtime, JsonIsReadAndWrittenBack) {
  EXPECT_EQ(
      read_back(R"( {"b": [1, 2.5, -0.0, 1e2], "a": {}, "c": [true, false, null]} )"),
      R"({"a": {}, "b": [1, 2.5, -0.0, 100.0], "c": [true, false, null]})");
  EXPECT_EQ(read_back(R"("\u00e9\ud83d\ude00\n\"\\\/")"), "\"é😀\\n\\\"\\\\/\"");
  EXPECT_EQ(read_back("9223372036854775807"), "9223372036854775807");
  EXPECT_EQ(read_back("9223372036854775808"), "9223372036854776000.0");
  EXPECT_EQ(read_back(R"("\ud800x")"), "\"\xEF\xBF\xBDx\"");
  EXPECT_EQ(read_back(R"("\u0001")"), R"("\u0001")");
}

TEST_F(Runtime, JsonErrorsSayWhere) {
  EXPECT_EQ(read_back("[1,\n 2,,]"),
            "JSON: expected a value, found `,` (line 2, column 4)");
  EXPECT_EQ(read_back("{\"é\": tru}"),
            "JSON: expected a value, found `t` (line 1, column 7)");
  EXPECT_EQ(read_back("[1] x"),
            "JSON: expected the end of the text, found `x` (line 1, column 5)");
  EXPECT_EQ(read_back("\"abc"), "JSON: expected `\"`, found its end (line 1, column 5)");
  for (const char* text :
       {"", "01", "+1", "1.", ".5", "1e", "[1 2]", "{1: 2}", "'a'", "\"\t\"", "\"\\x\"",
        "nul", "[1,]", "{\"a\":}", "\"\\u12\"", "-", "NaN"}) {
    EXPECT_TRUE(read_back(text).starts_with("JSON: ")) << text;
  }
  EXPECT_TRUE(
      read_back(std::string(1'000'000, '[')).starts_with("JSON: values lie more than"));
}

TEST_F(Runtime, JsonIsWrittenInLines) {
  const Value value =
      method(global("json_parse", {t(R"({"a": [1], "b": []})")}), "unwrap");
  EXPECT_EQ(shown(global("json_pretty", {value, i(2)})),
            "{\n  \"a\": [\n    1\n  ],\n  \"b\": []\n}");
}

TEST_F(Runtime, JsonRefusesWhatItHasNoFormFor) {
  EXPECT_EQ(failure([&] { global("json_text", {f(std::nan(""))}); }),
            "E1005 JSON has no form for NaN");
  EXPECT_EQ(failure([&] { global("json_text", {vm.natives().at(intern("print"))}); }),
            "E1005 JSON has no form for a value of type function");
}

// ---- Random numbers

TEST_F(Runtime, RandomNumbersRepeatWithTheirSeedAndCoverTheirRange) {
  global("rt_random_seed", {i(42)});
  const int64_t first = global("rt_random_int", {i(INT64_MIN), i(INT64_MAX)}).integer;
  global("rt_random_seed", {i(42)});
  EXPECT_EQ(global("rt_random_int", {i(INT64_MIN), i(INT64_MAX)}).integer, first);
  int counts[6] = {};
  for (int n = 0; n < 60'000; ++n)
    ++counts[global("rt_random_int", {i(1), i(6)}).integer - 1];
  // Five standard deviations around the mean of a binomial distribution.
  for (const int count : counts) EXPECT_NEAR(count, 10'000, 5 * 91.3);
}

}  // namespace
}  // namespace simple
