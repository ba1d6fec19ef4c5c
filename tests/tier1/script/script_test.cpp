// Programs of TorchScript: what Python wrote, what is compiled, traced and saved here.
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "simple_torch/ops.h"
#include "support/archives.h"
#include "support/files.h"
#include "support/support.h"
#include "support/values.h"

namespace {

const std::string kRecorded = SIMPLE_TORCH_RECORDED_FILES "/";
const std::string kModel = kRecorded + "script_model.pt";

class Script : public LeavesNoHandles {};

simple_torch_handle model() { return simple_torch_module_load(kModel.c_str(), -1); }

simple_torch_handle float_row() {
  const Owned numbers(doubles({1, 3}, {1, 2, 3}));
  return simple_torch_tensor_to_dtype(numbers, kFloat32);
}

// Frees the arguments.
simple_torch_handle call(simple_torch_handle module, const char* method,
                         const std::vector<simple_torch_handle>& arguments,
                         simple_torch_handle keywords = 0) {
  const simple_torch_handle result = simple_torch_module_call(
      module, method, arguments.data(), static_cast<int64_t>(arguments.size()), keywords);
  for (const simple_torch_handle each : arguments) simple_torch_release(each);
  simple_torch_release(keywords);
  return result;
}

std::vector<double> forward(simple_torch_handle module) {
  const Owned input(float_row());
  const simple_torch_handle inputs[] = {input};
  const Owned result(simple_torch_module_call_tensors(module, "forward", inputs, 1));
  return values(result);
}

bool contains(const std::vector<std::string>& all, const std::string& wanted) {
  return std::find(all.begin(), all.end(), wanted) != all.end();
}

void expect_message(const std::string& part) {
  const std::string message = simple_torch_error_message();
  EXPECT_NE(message.find(part), std::string::npos) << message;
}

// A parameter's elements, changed behind the module's back.
void fill(simple_torch_handle tensor, int64_t number) {
  simple_torch_mode_set(SIMPLE_TORCH_MODE_GRAD, 0);
  simple_torch_tensor_fill(tensor, SIMPLE_TORCH_INT(number));
  simple_torch_mode_set(SIMPLE_TORCH_MODE_GRAD, 1);
}

TEST_F(Script, RunsAModelThatPythonWrote) {
  const Owned module(model());
  EXPECT_EQ(simple_torch_module_is_training(module), 1);
  EXPECT_EQ(simple_torch_module_train(module, 0), 0);
  EXPECT_EQ(simple_torch_module_is_training(module), 0);
  EXPECT_EQ(forward(module), (std::vector<double>{116, 44}));
}

TEST_F(Script, TakesArgumentsByName) {
  const Owned module(model());
  simple_torch_module_train(module, 0);
  const Owned result(
      call(module, "forward", {value::of_tensor(float_row())},
           value::dict({{"twice", value::of(true)},
                        {"bias", value::of_tensor(doubles({1}, {0.5}))}})));
  EXPECT_EQ(value::elements(result), (std::vector<double>{233, 89}));
  const Owned named(
      call(module, "forward", {}, value::dict({{"x", value::of_tensor(float_row())}})));
  EXPECT_EQ(value::elements(named), (std::vector<double>{116, 44}));
  EXPECT_EQ(call(module, "forward", {value::of_tensor(float_row())},
                 value::dict({{"thrice", value::of(true)}})),
            0);
  expect_message("thrice");
}

TEST_F(Script, PassesEveryTypeOfArgument) {
  const Owned module(model());
  const Owned result(call(module, "types",
                          {value::of(int64_t{4}), value::of(int64_t{3}), value::of(true),
                           value::of("é"), simple_torch_value_from_complex(1, -2),
                           value::of_slot(SIMPLE_TORCH_SLOT_DEVICE, 0)}));
  EXPECT_EQ(simple_torch_value_length(result), 7);
  const auto item = [&](int64_t index) {
    const Owned each(simple_torch_value_item(result, index));
    return value::type(each) + " " + value::text(each);
  };
  EXPECT_EQ(item(0), "int 5");
  EXPECT_EQ(item(1), "float 6.");
  EXPECT_EQ(item(2), "bool False");
  EXPECT_EQ(item(3), "str é!");
  EXPECT_EQ(item(5), "Device cpu");
  EXPECT_EQ(item(6), "NoneType None");
  const Owned complex(simple_torch_value_item(result, 4));
  double parts[2] = {};
  EXPECT_EQ(simple_torch_value_parts(complex, parts), 0);
  EXPECT_EQ(parts[1], -2);
}

TEST_F(Script, GivesListsAndDictsTheTypesThatAreDeclared) {
  const Owned module(model());
  const Owned result(call(
      module, "containers",
      {value::list({value::of(0.5), value::of(int64_t{2})}),
       value::dict({{"a", value::list({value::of(int64_t{1}), value::of(int64_t{2})})},
                    {"b", value::list({})}}),
       value::tuple({value::of(int64_t{3}), value::of_tensor(doubles({2}, {1, 2}))}),
       value::list({value::of(int64_t{5}), value::none()})}));
  const Owned total(simple_torch_value_item(result, 0));
  EXPECT_EQ(value::text(total), "2.5");
  const Owned counts(simple_torch_value_item(result, 1));
  EXPECT_EQ(value::type(counts), "Dict[str, int]");
  const Owned of_a(value::find(counts, "a"));
  EXPECT_EQ(value::text(of_a), "2");
  const Owned tensors(simple_torch_value_item(result, 2));
  const Owned list(simple_torch_value_tensors(tensors));
  const Owned last(simple_torch_list_get(list, -1));
  EXPECT_EQ(values(last), (std::vector<double>{3, 6}));
  const Owned found(simple_torch_value_item(result, 3));
  EXPECT_EQ(value::text(found), "5");
}

TEST_F(Script, SaysWhichArgumentDoesNotFit) {
  const Owned module(model());
  EXPECT_EQ(call(module, "containers", {value::of("x"), value::dict({}), value::none()}),
            0);
  expect_failure(SIMPLE_TORCH_E_TYPE, "values");
  expect_message("argument 1 (`numbers`) must be List[float], not str");
  EXPECT_EQ(call(module, "containers",
                 {value::list({value::of(1.5), value::of("x")}), value::dict({}),
                  value::none()}),
            0);
  expect_message("item 2 of argument 1 (`numbers`) must be float, not str");
  EXPECT_EQ(call(module, "nothing", {}), 0);
  expect_failure(SIMPLE_TORCH_E_INDEX, "method");
  EXPECT_EQ(call(module, "fails", {value::of_tensor(ones({2}))}), 0);
  EXPECT_EQ(simple_torch_error_code(), SIMPLE_TORCH_E_TORCH);
  expect_message("the model wants nothing");
  const Owned input(float_row());
  const simple_torch_handle inputs[] = {input};
  EXPECT_EQ(simple_torch_module_call_tensors(module, "named", inputs, 1), 0);
  expect_failure(SIMPLE_TORCH_E_TYPE, "method");
}

TEST_F(Script, ShowsItsPartsParametersAndAttributes) {
  const Owned module(model());
  const Owned parameters(simple_torch_module_parameters(module, 1));
  const Owned weight(value::find(parameters, "layer.linear.weight"));
  EXPECT_EQ(value::elements(weight), (std::vector<double>{1, 2, 3, -1, 0.5, 2}));
  EXPECT_EQ(simple_torch_value_length(parameters), 2);
  const Owned own(simple_torch_module_parameters(module, 0));
  EXPECT_EQ(simple_torch_value_length(own), 0);
  const Owned buffers(simple_torch_module_buffers(module, 1));
  const Owned calls(value::find(buffers, "layer.calls"));
  EXPECT_EQ(value::elements(calls), (std::vector<double>{4}));
  const Owned attributes(simple_torch_module_attributes(module, 0));
  const Owned names(value::find(attributes, "names"));
  EXPECT_EQ(value::type(names), "List[str]");
  EXPECT_EQ(value::texts(simple_torch_module_modules(module)),
            (std::vector<std::string>{"", "layer", "layer.linear", "drop"}));
  const Owned linear(simple_torch_module_part(module, "layer.linear"));
  const Owned bias(simple_torch_module_attribute(linear, "bias"));
  EXPECT_EQ(value::elements(bias), (std::vector<double>{0.5, -0.5}));
  EXPECT_EQ(simple_torch_module_part(module, "layer.other"), 0);
  expect_failure(SIMPLE_TORCH_E_INDEX, "name");
  EXPECT_TRUE(contains(value::texts(simple_torch_module_methods(module)), "containers"));
  const std::string schema = value::written([&](char* buffer, int64_t room) {
    return simple_torch_module_schema(module, "counter", buffer, room);
  });
  EXPECT_NE(schema.find("int start"), std::string::npos) << schema;
}

TEST_F(Script, SharesItsTensorsAndTakesNewAttributes) {
  const Owned module(model());
  simple_torch_module_train(module, 0);
  const Owned parameters(simple_torch_module_parameters(module, 1));
  const Owned bias_value(value::find(parameters, "layer.linear.bias"));
  const Owned bias(simple_torch_value_tensor(bias_value));
  fill(bias, 0);
  EXPECT_EQ(forward(module), (std::vector<double>{112, 48}));
  const Owned one(value::of(int64_t{1}));
  EXPECT_EQ(simple_torch_module_set_attribute(module, "scale", one), 0)
      << simple_torch_error_message();
  EXPECT_EQ(forward(module), (std::vector<double>{56, 24}));
  const Owned text(value::of("x"));
  EXPECT_LT(simple_torch_module_set_attribute(module, "scale", text), 0);
  expect_failure(SIMPLE_TORCH_E_TYPE, "value");
  EXPECT_LT(simple_torch_module_set_attribute(module, "other", text), 0);
  expect_failure(SIMPLE_TORCH_E_INDEX, "name");
  const Owned clone(simple_torch_module_clone(module));
  fill(bias, 1);
  EXPECT_EQ(forward(clone), (std::vector<double>{56, 24}));
  EXPECT_EQ(forward(module), (std::vector<double>{60, 28}));
}

TEST_F(Script, IsCopiedWithParametersOfItsOwn) {
  const Owned module(simple_torch_module_create("Tied"));
  const Owned part(simple_torch_module_create("Part"));
  const Owned weight(ones({2}));
  simple_torch_tensor_set_requires_grad(weight, 1);
  const Owned frozen(ones({2}));
  // Two buffers in one memory.
  const Owned both(doubles({2, 2}, {1, 2, 3, 4}));
  const Owned first(simple_torch_op_select_int(both, 0, 0));
  const Owned second(simple_torch_op_select_int(both, 0, 1));
  simple_torch_module_add_parameter(module, "weight", weight);
  simple_torch_module_add_parameter(module, "frozen", frozen);
  simple_torch_module_add_buffer(module, "first", first);
  simple_torch_module_add_buffer(module, "second", second);
  simple_torch_module_add_parameter(part, "weight", weight);
  simple_torch_module_add_module(module, "part", part);
  const Owned copy(simple_torch_module_clone(module));
  const auto tensor = [&](const char* name) {
    const Owned value(simple_torch_module_attribute(copy, name));
    return simple_torch_value_tensor(value);
  };
  const Owned copied(tensor("weight"));
  EXPECT_EQ(simple_torch_tensor_is_leaf(copied), 1);
  EXPECT_EQ(simple_torch_tensor_requires_grad(copied), 1);
  EXPECT_EQ(simple_torch_tensor_requires_grad(Owned(tensor("frozen"))), 0);
  EXPECT_EQ(values(Owned(tensor("first"))), (std::vector<double>{1, 2}));
  EXPECT_EQ(values(Owned(tensor("second"))), (std::vector<double>{3, 4}));
  fill(copied, 5);
  EXPECT_EQ(values(weight), (std::vector<double>{1, 1}));
  const Owned copied_part(simple_torch_module_part(copy, "part"));
  const Owned tied(simple_torch_module_attribute(copied_part, "weight"));
  EXPECT_EQ(value::elements(tied), (std::vector<double>{5, 5}));
}

TEST_F(Script, MovesToAnotherDtype) {
  const Owned module(model());
  simple_torch_module_train(module, 0);
  EXPECT_EQ(simple_torch_module_to(module, -1, kFloat64, 0), 0);
  const Owned input(doubles({1, 3}, {1, 2, 3}));
  const simple_torch_handle inputs[] = {input};
  const Owned result(simple_torch_module_call_tensors(module, "forward", inputs, 1));
  EXPECT_EQ(simple_torch_tensor_dtype(result), kFloat64);
  EXPECT_EQ(simple_torch_module_to(module, 0, kFloat32, 0), 0);
  EXPECT_EQ(forward(module), (std::vector<double>{116, 44}));
  EXPECT_LT(simple_torch_module_to(module, 0, 99, 0), 0);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "dtype");
}

TEST_F(Script, MakesAndCallsObjects) {
  const Owned module(model());
  const Owned given(call(module, "counter", {value::of(int64_t{10})}));
  EXPECT_EQ(simple_torch_value_type(given), SIMPLE_TORCH_TYPE_OBJECT);
  const Owned three(value::of(int64_t{3}));
  const simple_torch_handle arguments[] = {three};
  const Owned sum(simple_torch_object_call(given, "add", arguments, 1, 0));
  EXPECT_EQ(value::text(sum), "16");
  const Owned made(simple_torch_module_create_object(module, "Counter", arguments, 1, 0));
  const Owned step(simple_torch_object_get(made, "step"));
  EXPECT_EQ(value::text(step), "1");
  EXPECT_EQ(simple_torch_object_set(made, "step", three), 0);
  const Owned after(simple_torch_object_call(made, "add", nullptr, 0, 0));
  EXPECT_EQ(value::text(after), "6");
  EXPECT_EQ(value::texts(simple_torch_object_attributes(made)),
            (std::vector<std::string>{"count", "step"}));
  EXPECT_EQ(simple_torch_value_equal(made, made), 1);
  EXPECT_EQ(simple_torch_value_equal(made, given), 0);
  EXPECT_EQ(simple_torch_object_get(made, "other"), 0);
  expect_failure(SIMPLE_TORCH_E_INDEX, "name");
  EXPECT_EQ(simple_torch_object_call(three, "add", nullptr, 0, 0), 0);
  expect_failure(SIMPLE_TORCH_E_TYPE, "object");
  EXPECT_EQ(simple_torch_module_create_object(module, "Nothing", nullptr, 0, 0), 0);
  expect_failure(SIMPLE_TORCH_E_INDEX, "name");
}

TEST_F(Script, KeepsTheNamesOfANamedTuple) {
  const Owned module(model());
  const Owned pair(call(module, "named", {value::of_tensor(zeros({2}))}));
  const Owned first(simple_torch_value_item(pair, 0));
  EXPECT_EQ(value::elements(first), (std::vector<double>{1, 1}));
  EXPECT_NE(value::type(pair).find("Pair"), std::string::npos) << value::type(pair);
}

TEST_F(Script, IsTheSameWhenItWasSaved) {
  const Folder folder;
  const std::string path = folder / "script_model_saved.pt";
  {
    const Owned module(model());
    EXPECT_EQ(simple_torch_module_save(module, path.c_str()), 0)
        << simple_torch_error_message();
  }
  const Owned module(simple_torch_module_load(path.c_str(), -1));
  simple_torch_module_train(module, 0);
  EXPECT_EQ(forward(module), (std::vector<double>{116, 44}));
  EXPECT_LT(simple_torch_module_save(module, "/nowhere/x.pt"), 0);
  EXPECT_EQ(simple_torch_error_code(), SIMPLE_TORCH_E_IO);
}

TEST_F(Script, IsLoadedFromMemoryAndStreams) {
  const std::string bytes = read_file(kModel);
  const auto size = static_cast<int64_t>(bytes.size());
  const Owned module(simple_torch_module_load_bytes(bytes.data(), size, -1));
  simple_torch_module_train(module, 0);
  EXPECT_EQ(forward(module), (std::vector<double>{116, 44}));
  const Owned stream(simple_torch_io_memory(nullptr, 0));
  EXPECT_EQ(simple_torch_module_write(module, stream), 0) << simple_torch_error_message();
  EXPECT_EQ(simple_torch_io_seek_start(stream, 0), 0);
  const Owned again(simple_torch_module_read(stream, -1));
  EXPECT_EQ(forward(again), (std::vector<double>{116, 44}));
}

TEST_F(Script, GoesToTheDeviceThatIsAskedFor) {
  const int64_t meta = simple_torch_device_from_name("meta");
  const Owned module(simple_torch_module_load(kModel.c_str(), meta));
  const Owned parameters(simple_torch_module_parameters(module, 1));
  const Owned value(value::find(parameters, "layer.linear.bias"));
  const Owned bias(simple_torch_value_tensor(value));
  EXPECT_EQ(simple_torch_tensor_device(bias), meta);
}

TEST_F(Script, IsCompiledFromText) {
  const Owned script(simple_torch_script_compile(R"(
def double(x: Tensor, times: int = 2) -> Tensor:
    return x * times

def describe(x: int) -> str:
    return "n = " + str(x)
)"));
  EXPECT_EQ(value::texts(simple_torch_script_functions(script)),
            (std::vector<std::string>{"double", "describe"}));
  const Owned pair(value::of_tensor(doubles({2}, {1, 2})));
  const simple_torch_handle arguments[] = {pair};
  const Owned keywords(value::dict({{"times", value::of(int64_t{5})}}));
  const Owned doubled(simple_torch_script_call(script, "double", arguments, 1, 0));
  EXPECT_EQ(value::elements(doubled), (std::vector<double>{2, 4}));
  const Owned five(simple_torch_script_call(script, "double", arguments, 1, keywords));
  EXPECT_EQ(value::elements(five), (std::vector<double>{5, 10}));
  const std::string graph = value::written([&](char* buffer, int64_t room) {
    return simple_torch_script_graph(script, "double", buffer, room);
  });
  EXPECT_NE(graph.find("aten::mul"), std::string::npos) << graph;
  EXPECT_EQ(simple_torch_script_call(script, "triple", arguments, 1, 0), 0);
  expect_failure(SIMPLE_TORCH_E_INDEX, "name");
  EXPECT_EQ(simple_torch_script_compile("def f(x):\n    return y\n"), 0);
  expect_message("undefined value y");
  const Owned raising(
      simple_torch_script_compile("def f(x: int):\n    raise ValueError('no!')\n"));
  const Owned one(value::of(int64_t{1}));
  const simple_torch_handle numbers[] = {one};
  EXPECT_EQ(simple_torch_script_call(raising, "f", numbers, 1, 0), 0);
  expect_failure(SIMPLE_TORCH_E_TORCH, "");
  expect_message("ValueError: no!");
}

TEST_F(Script, IsBuiltByHand) {
  const Owned module(simple_torch_module_create("Affine"));
  const Owned part(simple_torch_module_create("Shift"));
  const Owned weight(doubles({2}, {2, 3}));
  const Owned shift(doubles({2}, {10, 20}));
  simple_torch_tensor_set_requires_grad(weight, 1);
  EXPECT_EQ(simple_torch_module_add_parameter(module, "weight", weight), 0);
  EXPECT_EQ(simple_torch_module_add_buffer(part, "shift", shift), 0);
  EXPECT_EQ(simple_torch_module_define(part,
                                       "def forward(self, x):\n"
                                       "    return x + self.shift\n"),
            0)
      << simple_torch_error_message();
  EXPECT_EQ(simple_torch_module_add_module(module, "shift", part), 0);
  const Owned names(value::list({value::of("a")}));
  EXPECT_EQ(simple_torch_module_add_attribute(module, "names", names, "List[str]"), 0)
      << simple_torch_error_message();
  EXPECT_EQ(simple_torch_module_define(
                module,
                "def forward(self, x):\n"
                "    return self.shift.forward(x * self.weight) + len(self.names)\n"),
            0)
      << simple_torch_error_message();
  const Owned input(ones({2}));
  const simple_torch_handle inputs[] = {input};
  const Owned result(simple_torch_module_call_tensors(module, "forward", inputs, 1));
  EXPECT_EQ(values(result), (std::vector<double>{13, 24}));
  EXPECT_EQ(simple_torch_tensor_requires_grad(result), 1);
  EXPECT_LT(simple_torch_module_add_buffer(module, "weight", shift), 0);
  expect_failure(SIMPLE_TORCH_E_VALUE, "name");
  EXPECT_LT(simple_torch_module_add_buffer(module, "two words", shift), 0);
  expect_failure(SIMPLE_TORCH_E_VALUE, "name");
  EXPECT_LT(simple_torch_module_add_module(module, "own", module), 0);
  expect_failure(SIMPLE_TORCH_E_VALUE, "part");
  EXPECT_EQ(simple_torch_module_create("a b"), 0);
  expect_failure(SIMPLE_TORCH_E_VALUE, "name");
}

// What a traced function does in these tests: x * weight + 1.
struct Affine {
  simple_torch_handle weight;
  bool fails = false;
  int destroyed = 0;
};
int64_t affine(void* context, simple_torch_handle trace) {
  const auto& self = *static_cast<const Affine*>(context);
  if (self.fails) {
    simple_torch_callback_error("no reason");
    return 1;
  }
  EXPECT_EQ(simple_torch_trace_count(trace), 1);
  const Owned x_value(simple_torch_trace_input(trace, 0));
  const Owned x(simple_torch_value_tensor(x_value));
  const Owned product(simple_torch_tensor_mul(x, self.weight));
  const Owned one(ones({}));
  const Owned sum(simple_torch_tensor_add(product, one));
  const Owned result(simple_torch_value_from_tensor(sum));
  return simple_torch_trace_give(trace, result);
}
void count(void* context) { ++static_cast<Affine*>(context)->destroyed; }

TEST_F(Script, IsTracedFromAFunction) {
  const Owned weight(doubles({3}, {1, 2, 3}));
  simple_torch_tensor_set_requires_grad(weight, 1);
  Affine state{weight};
  const Owned example(value::of_tensor(ones({3})));
  const Owned parameters(
      value::dict({{"layers.0.weight", simple_torch_value_from_tensor(weight)}}));
  const simple_torch_handle inputs[] = {example};
  const Owned module(simple_torch_module_trace("Affine", inputs, 1, parameters, 1, affine,
                                               &state, count));
  EXPECT_EQ(state.destroyed, 1);
  const Owned input(doubles({3}, {1, 1, 2}));
  const simple_torch_handle given[] = {input};
  const Owned result(simple_torch_module_call_tensors(module, "forward", given, 1));
  EXPECT_EQ(values(result), (std::vector<double>{2, 3, 7}));
  // The parameter is the module's own, and not a constant in its code.
  const Owned own(simple_torch_module_parameters(module, 1));
  const Owned found(value::find(own, "layers.0.weight"));
  EXPECT_EQ(value::elements(found), (std::vector<double>{1, 2, 3}));
  fill(weight, 5);
  const Owned changed(simple_torch_module_call_tensors(module, "forward", given, 1));
  EXPECT_EQ(values(changed), (std::vector<double>{6, 6, 11}));
}

TEST_F(Script, EndsTracingWhenTheFunctionFails) {
  const Owned weight(ones({}));
  Affine state{weight, true};
  const Owned example(value::of_tensor(ones({3})));
  const simple_torch_handle inputs[] = {example};
  EXPECT_EQ(simple_torch_module_trace("M", inputs, 1, 0, 1, affine, &state, count), 0);
  EXPECT_EQ(simple_torch_error_code(), SIMPLE_TORCH_E_CALLBACK);
  expect_message("no reason");
  EXPECT_EQ(state.destroyed, 1);
  state.fails = false;
  const Owned module(
      simple_torch_module_trace("M", inputs, 1, 0, 1, affine, &state, nullptr));
  const auto nothing = [](void*, simple_torch_handle) -> int64_t { return 0; };
  EXPECT_EQ(simple_torch_module_trace("M", inputs, 1, 0, 1, nothing, nullptr, nullptr),
            0);
  expect_failure(SIMPLE_TORCH_E_VALUE, "call");
}

TEST_F(Script, IsFrozenAndMadeFast) {
  const Owned module(model());
  simple_torch_module_train(module, 0);
  const Owned frozen(simple_torch_module_freeze(module, nullptr, 1));
  const Owned parameters(simple_torch_module_parameters(frozen, 1));
  EXPECT_EQ(simple_torch_value_length(parameters), 0);
  EXPECT_EQ(forward(frozen), (std::vector<double>{116, 44}));
  const Owned kept(simple_torch_module_freeze(module, "scale,named", 0));
  EXPECT_TRUE(contains(value::texts(simple_torch_module_methods(kept)), "named"));
  const Owned fast(simple_torch_module_optimize_for_inference(module, nullptr));
  EXPECT_EQ(forward(fast), (std::vector<double>{116, 44}));
  const std::string graph = value::written([&](char* buffer, int64_t room) {
    return simple_torch_module_graph(module, "forward", 1, buffer, room);
  });
  EXPECT_NE(graph.find("linear"), std::string::npos) << graph;
  const std::string text = value::written([&](char* buffer, int64_t room) {
    return simple_torch_module_text(module, buffer, room);
  });
  EXPECT_NE(text.find("parameters"), std::string::npos) << text;
}

TEST_F(Script, HasSwitches) {
  for (const int64_t setting :
       {SIMPLE_TORCH_SCRIPT_PROFILING, SIMPLE_TORCH_SCRIPT_PROFILING_EXECUTOR,
        SIMPLE_TORCH_SCRIPT_OPTIMIZE, SIMPLE_TORCH_SCRIPT_TENSOR_EXPRESSIONS,
        SIMPLE_TORCH_SCRIPT_FUSE_ON_CPU, SIMPLE_TORCH_SCRIPT_FUSE_ON_GPU}) {
    const int64_t before = simple_torch_script_setting(setting);
    const int64_t set = simple_torch_script_set(setting, 1 - before);
    EXPECT_TRUE(set == 0 || set == SIMPLE_TORCH_E_UNSUPPORTED) << setting;
    EXPECT_EQ(simple_torch_script_setting(setting), set == 0 ? 1 - before : before);
    EXPECT_EQ(simple_torch_script_set(setting, before), 0);
  }
  EXPECT_EQ(simple_torch_script_set(SIMPLE_TORCH_SCRIPT_CUDA_FUSER, 0), 0);
  EXPECT_EQ(simple_torch_script_setting(SIMPLE_TORCH_SCRIPT_CUDA_FUSER), 0);
  EXPECT_LT(simple_torch_script_setting(99), 0);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "setting");
}

TEST_F(Script, RunsInSeveralThreadsAtOnce) {
  const Owned module(model());
  simple_torch_module_train(module, 0);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 200; ++round) {
        ASSERT_EQ(forward(module), (std::vector<double>{116, 44}));
      }
    });
  }
  for (std::thread& each : threads) each.join();
}

// ---- Files that are damaged

void expect_refused(const std::string& bytes) {
  const simple_torch_handle module = simple_torch_module_load_bytes(
      bytes.data(), static_cast<int64_t>(bytes.size()), -1);
  EXPECT_EQ(module, 0);
  EXPECT_EQ(simple_torch_error_code(), SIMPLE_TORCH_E_FORMAT)
      << simple_torch_error_message();
  simple_torch_release(module);
}

TEST_F(Script, RefusesFilesThatAreNoPrograms) {
  expect_refused("");
  expect_refused("hello");
  for (const char* const name : {"state.pt", "state_old.pt", "tensors.safetensors"}) {
    const std::string path = kRecorded + name;
    expect_refused(read_file(path));
    EXPECT_EQ(simple_torch_module_load(path.c_str(), -1), 0);
    expect_message(path);
  }
  EXPECT_EQ(simple_torch_module_load((kRecorded + "missing.pt").c_str(), -1), 0);
  EXPECT_EQ(simple_torch_error_code(), SIMPLE_TORCH_E_IO);
}

TEST_F(Script, RefusesFilesThatWereCutShort) {
  const std::string whole = read_file(kModel);
  for (size_t length = 0; length < whole.size(); length += 97) {
    expect_refused(whole.substr(0, length));
  }
}

TEST_F(Script, RefusesRecordsThatWouldBecomeHuge) {
  std::string bytes = read_file(kModel);
  // The list of records at the end: of each compressed one, the size that it would have.
  int changed = 0;
  for (size_t at = 0; (at = bytes.find("PK\1\2", at)) != std::string::npos; ++at) {
    if (bytes[at + 10] != 8) continue;
    bytes.replace(at + 24, 4, "\xff\xff\xff\x7f");
    ++changed;
  }
  ASSERT_GT(changed, 0);
  expect_refused(bytes);
  expect_message("would become 2147483647");
}

TEST_F(Script, RefusesCodeThatWasChanged) {
  const std::string whole = read_file(kModel);
  int changed = 0;
  for (size_t at = 0; (at = whole.find("PK\3\4", at)) != std::string::npos; ++at) {
    // Compressed code, some bytes behind its header of 30 bytes, name and padding.
    if (whole[at + 8] != 8) continue;
    const auto byte = [&](size_t place) {
      return static_cast<size_t>(static_cast<unsigned char>(whole[at + place]));
    };
    const size_t start = at + 30 + byte(26) + 256 * byte(27) + byte(28) + 256 * byte(29);
    std::string broken = whole;
    broken[start + 100] = static_cast<char>(broken[start + 100] ^ 4);
    expect_refused(broken);
    expect_message("is damaged: its sum is wrong");
    ++changed;
  }
  EXPECT_GT(changed, 3);
}

TEST_F(Script, SurvivesFlippedBits) {
  const std::string whole = read_file(kModel);
  const size_t step = kSanitized ? 211 : 53;
  for (size_t at = 0; at < whole.size(); at += step) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ (1 << (at % 8)));
    // What the change did not touch is read as it was.
    const simple_torch_handle module = simple_torch_module_load_bytes(
        changed.data(), static_cast<int64_t>(changed.size()), -1);
    if (module == 0) {
      EXPECT_EQ(simple_torch_error_code(), SIMPLE_TORCH_E_FORMAT)
          << at << ": " << simple_torch_error_message();
    }
    simple_torch_release(module);
  }
}

// ---- Programs made by hand

// What a module without anything is.
const std::string kEmptyModule = "c__torch__\nModel\n)\x81}b";
const std::string kClass =
    "class Model(Module):\n  __parameters__ = []\n  __buffers__ = []\n";
const std::string kForward =
    kClass + "  def forward(self: __torch__.Model, x: Tensor) -> Tensor:\n";

std::string program(const std::string& data, const std::string& code = kClass,
                    const std::string& constants = ")") {
  return archive_of({{"m/data.pkl", "\x80\2" + data + "."},
                     {"m/code/__torch__.py", code},
                     {"m/constants.pkl", "\x80\2" + constants + "."},
                     {"m/constants/0", std::string(8, 'x')},
                     {"m/version", "3\n"}});
}

void expect_program_refused(const std::string& bytes, const char* why, int64_t code) {
  EXPECT_EQ(simple_torch_module_load_bytes(bytes.data(),
                                           static_cast<int64_t>(bytes.size()), -1),
            0);
  EXPECT_EQ(simple_torch_error_code(), code) << simple_torch_error_message();
  expect_message(why);
}

// Of constants, with two floats in the storage '0'.
std::string constant(int64_t count, int64_t offset, int64_t size, int64_t stride) {
  return "(ctorch._utils\n_rebuild_tensor_v2\n((" + text("storage") +
         "ctorch\nFloatStorage\n" + text("0") + text("cpu") + integer(count) + "tQ" +
         integer(offset) + "(" + integer(size) + "t(" + integer(stride) + "t\x89}tRt";
}

TEST_F(Script, ReadsAProgramMadeByHand) {
  const std::string bytes =
      program(kEmptyModule, kForward + "    return x\n", constant(2, 0, 2, 1));
  const Owned module(simple_torch_module_load_bytes(
      bytes.data(), static_cast<int64_t>(bytes.size()), -1));
}

TEST_F(Script, RefusesPicklesThatLeadOutOfMemory) {
  const struct {
    std::string constants;
    const char* why;
  } cases[] = {
      {constant(3, 0, 1, 1), "is smaller than it is said to be"},
      {constant(-1, 0, 1, 1), "a storage of -1 elements"},
      {constant(2, 1, 2, 1), "does not lie in its storage"},
      {constant(2, -1, 1, 1), "does not lie in its storage"},
      {constant(2, 0, 2, INT64_MAX), "does not lie in its storage"},
      {constant(2, 0, INT64_MAX, 1), "does not lie in its storage"},
      {")" + std::string("r\xff\xff\xff\xff"), "impossible number"},
      {"t", "there is no mark"},
      {"(R", "there is nothing on the stack"},
      {"}(K\1u", "a key has no value"},
      {integer(0) + ")R", "is called that is no function"},
      {repeated(")", 1) + repeated("\x85", 300), "lie in each other without end"},
      {"]q\1(h\1e", "lie in each other without end"},
      {")" + repeated("q\1(h\1h\1t", 100), "far larger than the file"},
      {text("\xf3"), "a text that is not UTF-8"},
      {"cos\nsystem\n", "`os.system`"},
  };
  for (const auto& each : cases) {
    const bool is_known = std::string(each.why).starts_with('`');
    expect_program_refused(program(kEmptyModule, kClass, each.constants), each.why,
                           is_known ? SIMPLE_TORCH_E_UNSUPPORTED : SIMPLE_TORCH_E_FORMAT);
  }
}

TEST_F(Script, RefusesCodeThatGoesTooDeep) {
  std::string blocks;
  for (size_t i = 0; i < 300; ++i) blocks += std::string(2 * i + 4, ' ') + "if True:\n";
  for (const std::string& lines :
       {"    return " + repeated("(", 300) + "x" + repeated(")", 300) + "\n",
        "    return x" + repeated(".T", 1000) + "\n",
        "    y = " + repeated("-", 2000) + "1\n",
        "    if True:\n      y = x\n" + repeated("    elif True:\n      y = x\n", 300),
        "    # type: " + repeated("List[", 300) + "\n", blocks}) {
    expect_program_refused(program(kEmptyModule, kForward + lines),
                           "goes deeper than in any program", SIMPLE_TORCH_E_UNSUPPORTED);
  }
}

TEST_F(Script, RefusesAValueOfAClassWithoutAType) {
  for (const char* const value : {"  x = 1\n", "  x=1\n", "  __parameters = []\n"}) {
    expect_program_refused(program(kEmptyModule, kClass + value),
                           "a value of a class has no type, on line 4",
                           SIMPLE_TORCH_E_FORMAT);
  }
}

TEST_F(Script, RefusesLinesOfCodeThatAreNotThere) {
  const std::string format = text("FORMAT_WITH_STRING_TABLE");
  const std::string list = "ctorch.jit._pickle\nbuild_intlist\n(](";
  // Of a source: the numbers of its texts and of its name, of which there is one.
  const auto line = [&](const std::string& source) {
    return "(" + format + "(" + text("x = 1") + "t((" + integer(0) + "(" + source +
           integer(0) + integer(1) + "t" + integer(0) + "ttt";
  };
  const auto source = [&](int64_t number, int64_t name) {
    return "(" + list + integer(number) + "etR" + integer(name) + integer(0) + "t";
  };
  const struct {
    std::string lines;
    const char* why;
  } cases[] = {
      {")", "there is nothing about lines"},
      {integer(3), "something is where lines should be"},
      {"(" + format + "t", "there are no lines"},
      {"(" + format + integer(1) + ")t", "something is where texts should be"},
      {"(" + format + "(Nt)t", "something is where a text should be"},
      {"(" + format + ")" + integer(1) + "t", "something is where lines should be"},
      {line(source(1, 0)), "a text is referred to that does not exist"},
      {line(source(-1, 0)), "a text is referred to that does not exist"},
      {line(source(0, 1)), "a text is referred to that does not exist"},
      {line(integer(0)), "something is where a place in code should be"},
      {line("(t"), "a place in code that is not complete"},
      {"((" + integer(0) + "(" + integer(1) + integer(0) + integer(1) + "tNtt",
       "something is where a source should be"},
  };
  for (const auto& each : cases) {
    expect_program_refused(
        archive_of({{"m/data.pkl", "\x80\2" + kEmptyModule + "."},
                    {"m/code/__torch__.py", kClass},
                    {"m/code/__torch__.py.debug_pkl", "\x80\2" + each.lines + "."},
                    {"m/constants.pkl", "\x80\2)."},
                    {"m/version", "3\n"}}),
        each.why, SIMPLE_TORCH_E_FORMAT);
  }
}

TEST_F(Script, RefusesRecordsThatLibtorchCouldTakeForEachOther) {
  const std::string data = "\x80\2" + kEmptyModule + ".";
  expect_program_refused(
      archive_of(
          {{"m/data.pkl", data}, {"m/DATA.pkl", data}, {"m/constants.pkl", "\x80\2)."}}),
      "there are two records", SIMPLE_TORCH_E_FORMAT);
  expect_program_refused(archive_of({{"m/data.pkl", data},
                                     {"m/model.json", "{}"},
                                     {"m/constants.pkl", "\x80\2)."}}),
                         "the first format of TorchScript", SIMPLE_TORCH_E_UNSUPPORTED);
}

}  // namespace
