// The loader of native libraries, called as the machine calls it. The probe libraries say
// what they got; see sffi/native.
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "runtime/failure.h"
#include "runtime/interpreter.h"
#include "runtime/vm.h"
#include "sffi/extern.h"
#include "sffi/native/probe.h"

namespace simple {
namespace {

struct Typed {
  const char* name;
  const char* type;
};

Value object(Object* object) { return Value::of(object); }

// What a native of the tests does when it is called back.
std::function<Value(Vm&, Value*, int)> behaviour;
Value behave(Vm& vm, Value* arguments, int count) {
  return behaviour(vm, arguments, count);
}

// The parameter says whether libffi makes the calls.
class Sffi : public testing::TestWithParam<bool> {
 protected:
  Sffi() {
    setenv("SIMPLE_SFFI_PATH", PROBE_FOLDER, 1);
    // Of a launcher that runs the tests.
    unsetenv("SIMPLE_SFFI_BUILD_COMMAND");
    vm_.externs().set_portable(GetParam());
    thing_ = declare("Thing");
    declare("Part");
    declare("Box");
    declare("Note");
  }
  ~Sffi() override { behaviour = nullptr; }

  Type* declare(const char* name) {
    Type* type = vm_.heap().type(Type::Form::kExtern, intern(name));
    vm_.externs().declare_type(type);
    return type;
  }

  ExternFunction* prepare(const char* name, std::vector<Typed> parameters,
                          const char* result = "") {
    ExternDeclaration declaration;
    declaration.name = intern(name);
    for (const Typed& parameter : parameters) {
      declaration.parameters.push_back({intern(parameter.name), intern(parameter.type)});
    }
    declaration.result = intern(result);
    return vm_.externs().prepare(std::move(declaration));
  }

  // The arguments are roots meanwhile, as registers are.
  Value call(ExternFunction* function, std::vector<Value> arguments = {}) {
    Rooted rooted(vm_, {});
    for (const Value& argument : arguments) rooted.add(argument);
    return simple::call(vm_, *function, arguments.data(),
                        static_cast<int>(arguments.size()));
  }

  std::string failure(ExternFunction* function, std::vector<Value> arguments = {}) {
    try {
      call(function, std::move(arguments));
    } catch (const Failure& failure) {
      return failure.message;
    }
    return "no failure";
  }

  int64_t number(const char* name) { return call(prepare(name, {}, "i64")).integer; }
  Value text(const char* bytes) { return vm_.text(bytes); }
  Value ints(std::vector<int64_t> items) {
    Array* array = vm_.heap().array(Elements::kInts, 0);
    for (const int64_t value : items) vm_.heap().push(array, Value::of(value));
    return object(array);
  }
  Value values(std::vector<Value> items) {
    Array* array =
        vm_.heap().array(Elements::kValues, static_cast<int64_t>(items.size()));
    for (const Value& value : items) array->slots()[array->length++] = value;
    return object(array);
  }
  Value thing(int64_t value) {
    return call(prepare("rt_probe_thing_new", {{"value", "i64"}}, "Thing"),
                {Value::of(value)});
  }
  Value function(std::function<Value(Vm&, Value*, int)> does) {
    behaviour = std::move(does);
    static const NativeSpec spec{"behave", behave, 0, -1};
    return object(vm_.heap().native(&spec));
  }
  void collect() { vm_.interpreter().collect(); }

  Vm vm_;
  Type* thing_;
};

INSTANTIATE_TEST_SUITE_P(Calls, Sffi, testing::Bool(), [](const auto& test) {
  return std::string(test.param ? "ThroughLibffi" : "Direct");
});

std::string view_of(Value value) { return std::string(text(value)); }

// ---- Every type in every position

TEST_P(Sffi, PassesEveryTypeInEveryPosition) {
  const Value one = thing(1);
  const Value two = thing(2);
  const Value twice = function(
      [](Vm&, Value* arguments, int) { return Value::of(arguments[0].integer * 2); });
  Rooted rooted(vm_, {one, two, twice});
  struct Sample {
    const char* type;
    Value value;
    const char* seen;
  };
  // For each type a value, and another where nil is one.
  const auto sample = [&](const std::string& name, bool other) -> Sample {
    const Value floats = values({Value::of(0.5), Value::of(-2.25)});
    const Value bytes = values({Value(Tag::kU8, 7), Value(Tag::kU8, 255)});
    const Value nil;
    if (name == "i64") return {"i64", Value::of(INT64_MIN), "i64:-9223372036854775808"};
    if (name == "i32") return {"i32", Value::of(int64_t{-5}), "i32:-5"};
    if (name == "truth") return {"bool", Value::of(other), other ? "true" : "false"};
    if (name == "f64") return {"f64", Value::of(-0.125), "f64:-0.125"};
    if (name == "text") return {"text", text("süß"), "text:süß"};
    if (name == "text_or_nil") {
      return other ? Sample{"text?", nil, "none"} : Sample{"text?", text(""), "text:"};
    }
    if (name == "thing") return {"Thing", one, "thing:1"};
    if (name == "thing_or_nil") {
      return other ? Sample{"Thing?", nil, "none"} : Sample{"Thing?", two, "thing:2"};
    }
    if (name == "scalar") {
      if (other) return {"Scalar", Value::of(true), "bool:true"};
      return {"Scalar", Value::of(2.5), "float:2.5"};
    }
    if (name == "i64_or_nil") {
      return other ? Sample{"i64?", nil, "none"}
                   : Sample{"i64?", Value::of(int64_t{-1}), "int:-1"};
    }
    if (name == "f64_or_nil") {
      return other ? Sample{"f64?", nil, "none"}
                   : Sample{"f64?", Value::of(1e9), "float:1e+09"};
    }
    if (name == "bool_or_nil") {
      return other ? Sample{"bool?", nil, "none"}
                   : Sample{"bool?", Value::of(false), "bool:false"};
    }
    if (name == "scalar_or_nil") {
      return other ? Sample{"Scalar?", nil, "none"}
                   : Sample{"Scalar?", vm_.tuple({Value::of(1.0), Value::of(-2.0)}),
                            "complex:1,-2"};
    }
    if (name == "ints") return {"[i64]", ints({3, -4}), "[3,-4]"};
    if (name == "floats") return {"[f64]", floats, "[0.5,-2.25]"};
    if (name == "bytes") return {"[u8]", bytes, "[7,255]"};
    if (name == "ints_or_nil") {
      return other ? Sample{"[i64]?", nil, "none"}
                   : Sample{"[i64]?", ints({5, 6}), "[5,6]"};
    }
    if (name == "floats_or_nil") {
      return other ? Sample{"[f64]?", nil, "none"}
                   : Sample{"[f64]?", floats, "[0.5,-2.25]"};
    }
    if (name == "things") return {"[Thing]", values({two, one}), "[thing:2,thing:1]"};
    if (name == "things_or_nil") {
      return {"[Thing?]", values({nil, one}), "[none,thing:1]"};
    }
    if (name == "scalars") {
      return {"[Scalar]", values({Value::of(int64_t{8}), Value::of(0.5)}),
              "[int:8,float:0.5]"};
    }
    if (name == "any_packed") return {"[u8]|[i64]|[f64]", floats, "[0.5,-2.25]"};
    return {"fn(i64) -> i64", twice, "fn:40"};
  };

#define NAMED(k, ...) {#k, #__VA_ARGS__},
  const std::vector<std::pair<std::string, std::string>> rotations = {ROTATIONS(NAMED)};
#undef NAMED
  ASSERT_EQ(rotations.size(), 23u);
  for (const auto& [number, types] : rotations) {
    for (const bool other : {false, true}) {
      std::vector<Typed> parameters;
      std::vector<Value> arguments;
      std::string expected;
      for (size_t start = 0; start < types.size();) {
        const size_t end = std::min(types.find(", ", start), types.size());
        const Sample next = sample(types.substr(start, end - start), other);
        parameters.push_back({"p", next.type});
        arguments.push_back(next.value);
        expected += (expected.empty() ? "" : " ") + std::string(next.seen);
        start = end + 2;
      }
      ASSERT_EQ(parameters.size(), 20u);
      const std::string name = "rt_probe_rotation_" + number;
      const Value seen = call(prepare(name.c_str(), parameters, "text"), arguments);
      EXPECT_EQ(view_of(seen), expected) << name;
    }
  }
}

TEST_P(Sffi, PassesNumbersInAllCountsAndRegisters) {
  const auto i = [](int64_t value) { return Value::of(value); };
  EXPECT_EQ(call(prepare("rt_probe_nothing", {}, "i64")).integer, 0);
  EXPECT_EQ(call(prepare("rt_probe_add", {{"a", "i64"}, {"b", "i64"}}, "i64"),
                 {i(-1), Value(Tag::kU8, 3)})
                .integer,
            2);
  EXPECT_EQ(call(prepare("rt_probe_add6",
                         {{"a", "i64"},
                          {"b", "i64"},
                          {"c", "i64"},
                          {"d", "i64"},
                          {"e", "i64"},
                          {"f", "i64"}},
                         "i64"),
                 {i(1), i(2), i(3), i(4), i(5), i(6)})
                .integer,
            91);
  EXPECT_EQ(call(prepare("rt_probe_mixed",
                         {{"a", "f64"}, {"b", "i64"}, {"c", "f64"}, {"d", "i64"}}, "f64"),
                 {Value::of(1.0), i(2), i(3), i(4)})
                .real,
            1234.0);
  std::vector<Typed> ten(10, {"x", "f64"});
  std::vector<Value> ones(10, Value::of(1.0));
  EXPECT_EQ(call(prepare("rt_probe_ten", ten, "f64"), ones).real, 55.0);
  const Value small = call(prepare("rt_probe_negate32", {{"a", "i32"}}, "i32"), {i(7)});
  EXPECT_EQ(small.tag, Tag::kInt);
  EXPECT_EQ(small.integer, -7);
  EXPECT_EQ(
      call(prepare("rt_probe_not", {{"a", "bool"}}, "bool"), {Value::of(false)}).tag,
      Tag::kBool);
  EXPECT_TRUE(call(prepare("rt_probe_nothing", {})).is_nil());
}

TEST_P(Sffi, TakesWhatIsWrappedInSome) {
  ExternFunction* show = prepare("rt_probe_show", {{"x", "i64?"}}, "text");
  EXPECT_EQ(view_of(call(show, {vm_.some(Value::of(int64_t{4}))})), "int:4");
  EXPECT_EQ(view_of(call(show, {Value::missing()})), "none");
  ExternFunction* show_float = prepare("rt_probe_show", {{"x", "f64?"}}, "text");
  EXPECT_EQ(view_of(call(show_float, {Value::of(int64_t{4})})), "float:4");
}

TEST_P(Sffi, LetsNativeCodeWriteIntoPackedArrays) {
  ExternFunction* fill =
      prepare("rt_probe_fill_ints", {{"to", "[i64]"}, {"count", "i64"}}, "i64");
  const Value packed = ints({0, 0, 0, 0});
  EXPECT_EQ(call(fill, {packed, Value::of(int64_t{4})}).integer, 4);
  EXPECT_EQ(as<Array>(packed)->get(3).integer, 9);
  // An array that could hold anything is packed first, in its place.
  const Value loose = values({Value::of(int64_t{0}), Value::of(int64_t{0})});
  EXPECT_EQ(call(fill, {loose, Value::of(int64_t{2})}).integer, 2);
  EXPECT_EQ(as<Array>(loose)->elements(), Elements::kInts);
  EXPECT_EQ(as<Array>(loose)->get(1).integer, 1);
  // Any empty array will do, and it is not "none".
  EXPECT_EQ(call(fill, {values({}), Value::of(int64_t{0})}).integer, 0);
  ExternFunction* fill_maybe =
      prepare("rt_probe_fill_ints", {{"to", "[i64]?"}, {"count", "i64"}}, "i64");
  EXPECT_EQ(call(fill_maybe, {Value(), Value::of(int64_t{0})}).integer, -1);
}

TEST_P(Sffi, CopiesTexts) {
  ExternFunction* greet = prepare("rt_probe_greet", {{"name", "text?"}}, "text?");
  const Value first = call(greet, {text("you")});
  Rooted rooted(vm_, {first});
  EXPECT_TRUE(call(greet, {Value()}).is_nil());
  const std::string longer(2000, 'x');
  EXPECT_EQ(view_of(call(greet, {text(longer.c_str())})), "hello " + longer);
  EXPECT_EQ(view_of(first), "hello you");
  const Value with_nul = object(vm_.heap().text(std::string_view("a\0b", 3)));
  EXPECT_EQ(failure(greet, {with_nul}),
            "`rt_probe_greet`: argument 1 (`name`) has a NUL character, which texts in C "
            "cannot have");
}

TEST_P(Sffi, GivesFurtherResultsAsATuple) {
  ExternFunction* divide =
      prepare("rt_probe_divide", {{"a", "i64"}, {"b", "i64"}}, "(i64, i64, f64)");
  const Value exact = call(divide, {Value::of(int64_t{7}), Value::of(int64_t{2})});
  ASSERT_TRUE(is(exact, Kind::kTuple));
  EXPECT_EQ(as<Tuple>(exact)->small, 3u);
  EXPECT_EQ(as<Tuple>(exact)->items()[0].integer, 3);
  EXPECT_EQ(as<Tuple>(exact)->items()[1].integer, 1);
  EXPECT_EQ(as<Tuple>(exact)->items()[2].real, 3.5);
  const Value failed = call(divide, {Value::of(int64_t{7}), Value::of(int64_t{0})});
  EXPECT_EQ(as<Tuple>(failed)->items()[0].integer, -4);
  EXPECT_EQ(as<Tuple>(failed)->items()[2].real, 0.0);

  const Value things =
      call(prepare("rt_probe_two_things", {{"value", "i64"}}, "(Thing, Thing, text)"),
           {Value::of(int64_t{5})});
  ASSERT_TRUE(is(as<Tuple>(things)->items()[1], Kind::kHandle));
  EXPECT_EQ(view_of(as<Tuple>(things)->items()[2]), "two");
}

TEST_P(Sffi, GivesNumbersOfEveryKind) {
  ExternFunction* number =
      prepare("rt_probe_number", {{"which", "i64"}}, "(i64, Scalar)");
  const auto get = [&](int64_t which) {
    return as<Tuple>(call(number, {Value::of(which)}))->items()[1];
  };
  EXPECT_TRUE(get(0).is_nil());
  EXPECT_EQ(get(1).integer, 7);
  EXPECT_EQ(get(2).real, 1.5);
  EXPECT_TRUE(get(3).is_bool());
  ASSERT_TRUE(is(get(4), Kind::kTuple));
  EXPECT_EQ(as<Tuple>(get(4))->items()[1].real, -2.0);
}

// ---- Wrong arguments

TEST_P(Sffi, RefusesWrongTypesBeforeTheCall) {
  ExternFunction* add = prepare("rt_probe_add", {{"a", "i64"}, {"b", "i64"}}, "i64");
  const Value one = Value::of(int64_t{1});
  EXPECT_EQ(
      failure(add, {one}),
      "in call to `rt_probe_add`: function expects 2 argument(s), but 1 were provided");
  EXPECT_EQ(failure(add, {one, Value::of(2.5)}),
            "`rt_probe_add`: argument 2 (`b`): expected i64, found f64");
  EXPECT_EQ(failure(add, {text("1"), one}),
            "`rt_probe_add`: argument 1 (`a`): expected i64, found text");
  ExternFunction* fill =
      prepare("rt_probe_fill_ints", {{"to", "[i64]"}, {"count", "i64"}}, "i64");
  EXPECT_EQ(failure(fill, {values({Value::of(1.0)}), one}),
            "`rt_probe_fill_ints`: argument 1 (`to`): expected [i64], found [f64]");
  EXPECT_EQ(
      failure(fill, {values({one, text("x")}), one}),
      "`rt_probe_fill_ints`: argument 1 (`to`): expected [i64], found [i64] with text at "
      "item 2");
  EXPECT_EQ(failure(fill, {Value(), one}),
            "`rt_probe_fill_ints`: argument 1 (`to`): expected [i64], found nil");
  ExternFunction* small = prepare("rt_probe_negate32", {{"a", "i32"}}, "i32");
  EXPECT_EQ(failure(small, {Value::of(int64_t{1} << 40)}),
            "`rt_probe_negate32`: argument 1 (`a`): 1099511627776 does not fit into i32");
  ExternFunction* apply =
      prepare("rt_probe_apply", {{"f", "fn(i64) -> i64"}, {"x", "i64"}}, "i64");
  EXPECT_EQ(failure(apply, {one, one}),
            "`rt_probe_apply`: argument 1 (`f`): expected fn(i64) -> i64, found i64");
}

TEST_P(Sffi, RefusesHandlesOfAnotherTypeAndThoseThatWereFreed) {
  ExternFunction* value = prepare("rt_probe_thing_value", {{"thing", "Thing"}}, "i64");
  ExternFunction* free = prepare("rt_probe_thing_free", {{"thing", "Thing"}}, "i64");
  const Value part = call(prepare("rt_probe_part_new", {{"value", "i64"}}, "Part"),
                          {Value::of(int64_t{1})});
  EXPECT_EQ(failure(value, {part}),
            "`rt_probe_thing_value`: argument 1 (`thing`): expected Thing, found Part");
  EXPECT_EQ(failure(value, {Value()}),
            "`rt_probe_thing_value`: argument 1 (`thing`): expected Thing, found nil");
  const Value gone = thing(3);
  EXPECT_EQ(call(value, {gone}).integer, 3);
  EXPECT_EQ(call(free, {gone}).integer, 0);
  EXPECT_EQ(failure(value, {gone}),
            "`rt_probe_thing_value`: argument 1 (`thing`) was freed");
  EXPECT_EQ(failure(free, {gone}),
            "`rt_probe_thing_free`: argument 1 (`thing`) was freed");
  ExternFunction* many =
      prepare("rt_probe_collect_with", {{"a", "Thing"}, {"more", "[Thing]"}}, "i64");
  EXPECT_EQ(failure(many, {thing(1), values({thing(2), gone})}),
            "`rt_probe_collect_with`: argument 2 (`more`), item 2 was freed");
  EXPECT_EQ(
      failure(many, {thing(1), values({Value()})}),
      "`rt_probe_collect_with`: argument 2 (`more`), item 1: expected Thing, found nil");
}

TEST_P(Sffi, RaisesAFailureThatABoolCannotTell) {
  EXPECT_EQ(failure(prepare("rt_probe_bad_bool", {}, "bool")),
            "`rt_probe_bad_bool` failed: probe: it does not work");
}

TEST_P(Sffi, SaysWhichDeclarationsCannotBe) {
  EXPECT_EQ(
      failure(prepare("rt_probe_nothing", {}, "[i64]")),
      "`rt_probe_nothing`: the result is declared as `[i64]`, which native functions "
      "cannot have there");
  EXPECT_EQ(
      failure(prepare("rt_probe_add", {{"a", "dict"}, {"b", "i64"}}, "i64"),
              {Value(), Value()}),
      "`rt_probe_add`: its declaration names the type dict, and there is no `extern type "
      "dict`");
  EXPECT_EQ(
      failure(prepare("rt_probe_add", {{"a", "[text]"}, {"b", "i64"}}, "i64"),
              {Value(), Value()}),
      "`rt_probe_add`: argument 1 (`a`) is declared as `[text]`, which native functions "
      "cannot have there");
  EXPECT_EQ(
      failure(prepare("strange", {})),
      "`strange` is not a function of the host, and its name, which is not of the form "
      "rt_<library>_<name>, tells no library");
}

// ---- Libraries

TEST_P(Sffi, SaysWhereALibraryWasLookedFor) {
  const std::string message = failure(prepare("rt_absent_thing", {}, "i64"));
  EXPECT_NE(message.find("`rt_absent_thing` needs libsimple_absent_ffi"),
            std::string::npos)
      << message;
  EXPECT_NE(message.find(PROBE_FOLDER), std::string::npos) << message;
  EXPECT_NE(message.find("`simple build --with-absent`"), std::string::npos) << message;
}

TEST_P(Sffi, SaysWhichFunctionALibraryLacks) {
  const std::string message = failure(prepare("rt_probe_absent", {}, "i64"));
  EXPECT_NE(message.find("`rt_probe_absent` needs the C function `simple_probe_absent`"),
            std::string::npos)
      << message;
  EXPECT_NE(message.find("libsimple_probe_ffi"), std::string::npos) << message;
}

TEST_P(Sffi, SaysWhyALibraryCannotBeLoaded) {
  char folder[] = "/tmp/sffi_test_XXXXXX";
  ASSERT_NE(mkdtemp(folder), nullptr);
  std::ofstream(std::string(folder) + "/libsimple_damaged_ffi.so") << "not a library";
  setenv("SIMPLE_SFFI_BUILD_PATH", folder, 1);
  const std::string message = failure(prepare("rt_damaged_thing", {}, "i64"));
  unsetenv("SIMPLE_SFFI_BUILD_PATH");
  std::filesystem::remove_all(folder);
  EXPECT_NE(message.find("cannot be loaded"), std::string::npos) << message;
  EXPECT_NE(message.find(folder), std::string::npos) << message;
}

// ---- Handles

TEST_P(Sffi, ReleasesDeadHandlesInOneCall) {
  const int64_t live = number("rt_probe_live");
  const int64_t freed = number("rt_probe_freed");
  const int64_t wrong = number("rt_probe_wrongly_freed");
  {
    const Value kept = thing(1);
    Rooted rooted(vm_, {kept});
    for (int i = 0; i < 1000; ++i) thing(i);
    call(prepare("rt_probe_part_new", {{"value", "i64"}}, "Part"),
         {Value::of(int64_t{1})});
    EXPECT_EQ(number("rt_probe_live"), live + 1002);
    const int64_t batches = number("rt_probe_batches");
    collect();
    EXPECT_EQ(number("rt_probe_batches"), batches + 1);
    EXPECT_EQ(number("rt_probe_live"), live + 1);
    EXPECT_EQ(number("rt_probe_freed"), freed + 1001);
    collect();
    EXPECT_EQ(number("rt_probe_batches"), batches + 1);
  }
  // One that was freed by hand is not released again.
  call(prepare("rt_probe_thing_free", {{"thing", "Thing"}}, "i64"), {thing(2)});
  collect();
  EXPECT_EQ(number("rt_probe_live"), live);
  EXPECT_EQ(number("rt_probe_wrongly_freed"), wrong);
}

TEST_P(Sffi, ReleasesHandlesOneByOneWhereALibraryCannotDoMore) {
  ExternFunction* make = prepare("rt_plain_box_new", {}, "Box");
  prepare("rt_plain_box_free", {{"box", "Box"}}, "i64");
  const int64_t freed = number("rt_plain_freed");
  for (int i = 0; i < 10; ++i) call(make);
  thing(1);
  collect();
  EXPECT_EQ(number("rt_plain_live"), 0);
  EXPECT_EQ(number("rt_plain_freed"), freed + 10);
}

TEST_P(Sffi, ReleasesEveryHandleOnceAtTheEnd) {
  const int64_t live = number("rt_probe_live");
  const int64_t wrong = number("rt_probe_wrongly_freed");
  const Value kept = thing(1);
  Rooted rooted(vm_, {kept});
  const Value freed = thing(2);
  call(prepare("rt_probe_thing_free", {{"thing", "Thing"}}, "i64"), {freed});
  thing(3);
  EXPECT_EQ(number("rt_probe_attached"), 1);
  vm_.externs().finish();
  vm_.externs().finish();
  EXPECT_EQ(number("rt_probe_live"), live);
  EXPECT_EQ(number("rt_probe_wrongly_freed"), wrong);
  EXPECT_EQ(number("rt_probe_attached"), 0);
}

TEST_P(Sffi, TreatsATypeThatTwoModulesDeclareAsOne) {
  const Value made = thing(9);
  Rooted rooted(vm_, {made});
  Type* other = declare("Thing");
  other->module = reinterpret_cast<Module*>(this);
  ExternDeclaration declaration;
  declaration.name = intern("rt_probe_thing_value");
  declaration.parameters = {{intern("thing"), intern("Thing")}};
  declaration.result = intern("i64");
  declaration.module = other->module;
  EXPECT_EQ(call(vm_.externs().prepare(declaration), {made}).integer, 9);
}

// ---- Collections that native code asks for

TEST_P(Sffi, CollectsInTheMiddleOfACallAndKeepsItsArguments) {
  const int64_t live = number("rt_probe_live");
  for (int i = 0; i < 100; ++i) thing(i);
  ExternFunction* with =
      prepare("rt_probe_collect_with", {{"a", "Thing"}, {"more", "[Thing]"}}, "i64");
  EXPECT_EQ(call(with, {thing(1), values({thing(20), thing(300)})}).integer, 321);
  EXPECT_EQ(number("rt_probe_live"), live + 3);
}

TEST_P(Sffi, CollectsWhenAnotherThreadAskedForIt) {
  thing(1);
  const uint64_t before = vm_.heap().statistics().collections;
  EXPECT_EQ(number("rt_probe_collect_on_thread"), 1);
  EXPECT_EQ(vm_.heap().statistics().collections, before);
  EXPECT_FALSE(vm_.heap().wants_collection());
  vm_.externs().run_queued();
  EXPECT_TRUE(vm_.heap().wants_collection());
}

TEST_P(Sffi, StaysSmallUnderPressure) {
  const int64_t live = number("rt_probe_live");
  ExternFunction* make =
      prepare("rt_probe_thing_under_pressure", {{"most", "i64"}}, "Thing");
  int64_t most = 0;
  ExternFunction* count = prepare("rt_probe_live", {}, "i64");
  for (int i = 0; i < 10000; ++i) {
    call(make, {Value::of(live + 100)});
    most = std::max(most, call(count).integer);
  }
  EXPECT_LE(most, live + 101);
}

// ---- Callbacks

TEST_P(Sffi, CallsBackAndDestroysTheContextOnce) {
  ExternFunction* apply =
      prepare("rt_probe_apply", {{"f", "fn(i64) -> i64"}, {"x", "i64"}}, "i64");
  const int64_t destroyed = number("rt_probe_destroyed");
  const Value f = function(
      [](Vm&, Value* arguments, int) { return Value::of(arguments[0].integer + 1); });
  EXPECT_EQ(call(apply, {f, Value::of(int64_t{41})}).integer, 42);
  EXPECT_EQ(number("rt_probe_destroyed"), destroyed + 1);
  EXPECT_FALSE(vm_.externs().attention());
  ExternFunction* maybe =
      prepare("rt_probe_apply", {{"f", "(fn(i64) -> i64)?"}, {"x", "i64"}}, "i64");
  EXPECT_EQ(call(maybe, {Value(), Value::of(int64_t{41})}).integer, -100);
}

TEST_P(Sffi, GivesCallbacksEveryKindOfNumber) {
  const Value f = function([](Vm&, Value* arguments, int count) {
    EXPECT_EQ(count, 5);
    EXPECT_EQ(arguments[0].real, 0.5);
    EXPECT_TRUE(arguments[1].is_nil());
    EXPECT_EQ(arguments[2].real, 2.25);
    EXPECT_EQ(arguments[3].integer, -7);
    EXPECT_TRUE(arguments[4].is_bool());
    return Value();
  });
  EXPECT_EQ(call(prepare("rt_probe_apply_numbers",
                         {{"f", "fn(Scalar, i64?, f64, i32, bool)"}}, "i64"),
                 {f})
                .integer,
            0);
  const Value half = function(
      [](Vm&, Value* arguments, int) { return Value::of(arguments[0].real / 2); });
  EXPECT_EQ(call(prepare("rt_probe_apply_float", {{"f", "fn(f64) -> f64"}, {"x", "f64"}},
                         "f64"),
                 {half, Value::of(3.0)})
                .real,
            1.5);
}

TEST_P(Sffi, LendsTextsBothWays) {
  ExternFunction* apply = prepare("rt_probe_apply_text",
                                  {{"f", "fn(text?) -> text?"}, {"x", "text?"}}, "text");
  const Value f = function([](Vm& vm, Value* arguments, int) {
    return arguments[0].is_nil() ? Value() : vm.text(view_of(arguments[0]) + "!");
  });
  EXPECT_EQ(view_of(call(apply, {f, text("hey")})), "hey!");
  EXPECT_EQ(view_of(call(apply, {f, Value()})), "(null)");
}

TEST_P(Sffi, LendsHandlesToCallbacksAndTakesThemBack) {
  ExternFunction* apply = prepare("rt_probe_apply_thing",
                                  {{"f", "fn(Thing) -> Thing?"}, {"x", "i64"}}, "i64");
  const int64_t wrong = number("rt_probe_wrongly_freed");
  const int64_t live = number("rt_probe_live");
  Value escaped;
  Value f = function([&](Vm&, Value* arguments, int) {
    escaped = arguments[0];
    collect();  // which must not release what was only lent
    return arguments[0];
  });
  EXPECT_EQ(call(apply, {f, Value::of(int64_t{6})}).integer, 6);
  EXPECT_EQ(as<Handle>(escaped)->handle, 0);
  // One of the program's own.
  f = function([&](Vm&, Value*, int) { return thing(8); });
  EXPECT_EQ(call(apply, {f, Value::of(int64_t{6})}).integer, 8);
  f = function([&](Vm&, Value*, int) { return Value(); });
  EXPECT_EQ(call(apply, {f, Value::of(int64_t{6})}).integer, -1);
  collect();
  EXPECT_EQ(number("rt_probe_live"), live);
  EXPECT_EQ(number("rt_probe_wrongly_freed"), wrong);
}

TEST_P(Sffi, RaisesWhatFailedInACallbackWhenTheNativeCallReturns) {
  ExternFunction* apply =
      prepare("rt_probe_apply_many", {{"f", "fn(i64) -> i64"}, {"times", "i64"}}, "i64");
  int runs = 0;
  Value f = function([&](Vm&, Value*, int) -> Value {
    ++runs;
    fail("E9", "it broke");
  });
  try {
    call(apply, {f, Value::of(int64_t{5})});
    FAIL() << "nothing was thrown";
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.message, "it broke");
    EXPECT_EQ(failure.code, "E9");
  }
  // The first failure is what counts; later calls fail without running anything.
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(view_of(call(prepare("rt_probe_told", {}, "text"))), "it broke");
  f = function([&](Vm&, Value*, int) { return text("no number"); });
  EXPECT_EQ(failure(apply, {f, Value::of(int64_t{5})}),
            "the function given to `rt_probe_apply_many`: expected i64, found text");
  f = function([&](Vm&, Value*, int) -> Value { throw Exit{3}; });
  EXPECT_THROW(call(apply, {f, Value::of(int64_t{1})}), Exit);
  // And all is well again.
  f = function([&](Vm&, Value*, int) { return Value::of(int64_t{1}); });
  EXPECT_EQ(call(apply, {f, Value::of(int64_t{5})}).integer, 5);
}

TEST_P(Sffi, CallsNativeCodeFromACallback) {
  ExternFunction* apply =
      prepare("rt_probe_apply", {{"f", "fn(i64) -> i64"}, {"x", "i64"}}, "i64");
  Value f;
  f = function([&](Vm&, Value* arguments, int) {
    if (arguments[0].integer == 0) return Value::of(int64_t{1});
    const Value inner = call(apply, {f, Value::of(arguments[0].integer - 1)});
    return Value::of(inner.integer * arguments[0].integer);
  });
  EXPECT_EQ(call(apply, {f, Value::of(int64_t{10})}).integer, 3628800);
}

TEST_P(Sffi, KeepsTheFunctionAliveUntilItIsDestroyed) {
  ExternFunction* keep = prepare("rt_probe_keep", {{"f", "fn(i64) -> i64"}}, "i64");
  call(keep, {function([](Vm&, Value* a, int) { return Value::of(a[0].integer * 3); })});
  collect();
  EXPECT_TRUE(vm_.externs().attention());
  EXPECT_EQ(
      call(prepare("rt_probe_call_kept", {{"x", "i64"}}, "i64"), {Value::of(int64_t{5})})
          .integer,
      15);
  EXPECT_EQ(number("rt_probe_drop_kept"), 0);
  EXPECT_FALSE(vm_.externs().attention());
}

TEST_P(Sffi, DropsCallbacksThatWereNeverHandedOver) {
  ExternFunction* apply =
      prepare("rt_probe_apply", {{"f", "fn(i64) -> i64"}, {"x", "i64"}}, "i64");
  const Value f = function([](Vm&, Value*, int) { return Value(); });
  EXPECT_EQ(failure(apply, {f, text("x")}),
            "`rt_probe_apply`: argument 2 (`x`): expected i64, found text");
  EXPECT_FALSE(vm_.externs().attention());
}

TEST_P(Sffi, RunsCallbacksOfAThreadThatTheNativeFunctionWaitsFor) {
  ExternFunction* apply =
      prepare("rt_probe_apply_on_thread", {{"f", "fn(i64) -> i64"}, {"x", "i64"}}, "i64");
  const Value two = Value::of(int64_t{2});
  ExternFunction* value = prepare("rt_probe_thing_value", {{"thing", "Thing"}}, "i64");
  const auto machine = std::this_thread::get_id();
  bool elsewhere = false;
  // It may itself go into native code, and make and lose objects there.
  const Value f = function([&](Vm&, Value* a, int) {
    elsewhere = std::this_thread::get_id() != machine;
    const Value made = thing(a[0].integer);
    Rooted rooted(vm_, {made});
    collect();
    return call(value, {made});
  });
  EXPECT_EQ(call(apply, {f, two}).integer, 2);
  EXPECT_TRUE(elsewhere);
  const Value g = function([&](Vm&, Value*, int) -> Value { fail("", "over there"); });
  EXPECT_EQ(failure(apply, {g, two}), "over there");
}

TEST_P(Sffi, LendsToEachThreadWhatACallbackReturnedToIt) {
  const int64_t wrong = number("rt_probe_wrongly_freed");
  ExternFunction* make =
      prepare("rt_probe_make_on_threads", {{"f", "fn(i64) -> Thing"}}, "i64");
  const Value f = function([&](Vm&, Value* a, int) { return thing(a[0].integer); });
  EXPECT_EQ(call(make, {f}).integer, 12);
  collect();
  EXPECT_EQ(number("rt_probe_wrongly_freed"), wrong);
}

TEST_P(Sffi, RunsQueuedCallbacksBetweenTwoInstructions) {
  const auto machine = std::this_thread::get_id();
  int64_t here = 0;
  call(prepare("rt_probe_keep", {{"f", "fn(i64) -> i64"}}, "i64"),
       {function([&](Vm&, Value* a, int) {
         here += std::this_thread::get_id() == machine;
         return a[0];
       })});
  call(prepare("rt_probe_start", {{"times", "i64"}}, "i64"), {Value::of(int64_t{100})});
  // The program runs on, and looks after others now and then.
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(200);
  while (here < 20 && std::chrono::steady_clock::now() < end) vm_.externs().run_queued();
  EXPECT_GE(here, 1);
  // The rest is done while the machine waits in native code.
  EXPECT_EQ(number("rt_probe_finish"), 4950);
  call(prepare("rt_probe_drop_kept", {}, "i64"));
}

TEST_P(Sffi, RaisesWhatFailedInAQueuedCallback) {
  call(prepare("rt_probe_keep", {{"f", "fn(i64) -> i64"}}, "i64"),
       {function(
           [&](Vm&, Value*, int) -> Value { fail("", "between two instructions"); })});
  call(prepare("rt_probe_start", {{"times", "i64"}}, "i64"), {Value::of(int64_t{1})});
  std::string message;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  while (message.empty() && std::chrono::steady_clock::now() < end) {
    try {
      vm_.externs().run_queued();
    } catch (const Failure& failure) {
      message = failure.message;
    }
  }
  EXPECT_EQ(message, "between two instructions");
  EXPECT_EQ(number("rt_probe_finish"), -1);
  call(prepare("rt_probe_drop_kept", {}, "i64"));
}

TEST(SffiEnd, RefusesCallbacksOnceTheMachineIsGone) {
  setenv("SIMPLE_SFFI_PATH", PROBE_FOLDER, 1);
  behaviour = [](Vm&, Value* a, int) { return a[0]; };
  {
    Vm vm;
    static const NativeSpec spec{"behave", behave, 0, -1};
    ExternDeclaration keep{intern("rt_probe_keep"),
                           {{intern("f"), intern("fn(i64) -> i64")}},
                           intern("i64"),
                           nullptr};
    Value argument = object(vm.heap().native(&spec));
    call(vm, *vm.externs().prepare(keep), &argument, 1);
  }
  Vm vm;
  ExternDeclaration again{intern("rt_probe_call_kept"),
                          {{intern("x"), intern("i64")}},
                          intern("i64"),
                          nullptr};
  Value argument = Value::of(int64_t{5});
  EXPECT_EQ(call(vm, *vm.externs().prepare(again), &argument, 1).integer, -1);
  ExternDeclaration drop{intern("rt_probe_drop_kept"), {}, intern("i64"), nullptr};
  call(vm, *vm.externs().prepare(drop), &argument, 0);
  behaviour = nullptr;
}

// ---- Cost

TEST(SffiCost, PreparesThousandsOfDeclarationsInNoTime) {
  Vm vm;
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 3300; ++i) {
    ExternDeclaration declaration{
        intern("rt_probe_f" + std::to_string(i)), {}, intern("Thing?"), nullptr};
    for (int p = 0; p < 5; ++p)
      declaration.parameters.push_back({intern("p"), intern("i64?")});
    vm.externs().prepare(std::move(declaration));
  }
  const std::chrono::duration<double, std::milli> took =
      std::chrono::steady_clock::now() - start;
  EXPECT_LT(took.count(), 50.0);  // about 1, where nothing slows it down
}

}  // namespace
}  // namespace simple
