// Operators that this libtorch has in another form than the default one: their C
// functions are the declared ones all the same.
#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "emit.h"
#include "text.h"

namespace simple_torch::generator {
namespace {

namespace fs = std::filesystem;

const fs::path kTree = SIMPLE_TORCH_ROOT;

std::string sample(const std::string& name) {
  return read_file(fs::path(SIMPLE_TORCH_SAMPLES) / name);
}

Rules no_rules() {
  Rules rules;
  rules.titles.push_back({{"other", "Others"}, "titles.txt:1"});
  return rules;
}

Agreement agreement(const std::string& declared, const std::string& found) {
  return agreement_of(parse_schema(declared, "declared"), parse_schema(found, "found"));
}

std::string c_function(const Operation& operation) {
  std::string text = c_result(operation) + ' ' + operation.c_name + '(';
  for (const CFunctionParameter& each : c_parameters(operation)) {
    text += each.type + ' ' + each.name + ", ";
  }
  return text + ')';
}

TEST(Agreement, FindsArgumentsByName) {
  const Agreement found = agreement("f(Tensor self, int n, *, bool? x=None) -> Tensor",
                                    "f(int n, Tensor self) -> Tensor");
  EXPECT_EQ(found.sources, (std::vector<int>{1, 0}));
  EXPECT_EQ(found.missing, std::vector<int>{2});
  EXPECT_EQ(found.refusal, "");
}

TEST(Agreement, BelievesInAnotherNameOnlyWithoutDefaultAndInTheSamePlace) {
  EXPECT_EQ(agreement("f(Tensor grad, float p) -> Tensor",
                      "f(Tensor grad_output, float p) -> Tensor")
                .sources,
            (std::vector<int>{0, 1}));
  const Agreement with_default =
      agreement("f(bool a=False) -> Tensor", "f(bool b=False) -> Tensor");
  EXPECT_EQ(with_default.sources, std::vector<int>{Agreement::kDefault});
  EXPECT_EQ(with_default.missing, std::vector<int>{0});
  EXPECT_EQ(with_default.refusal, "");
  EXPECT_EQ(agreement("f(Tensor a, int b) -> Tensor", "f(int c, Tensor a) -> Tensor")
                .refused_argument,
            "b");
}

TEST(Agreement, TakesTypesThatReadTheSameParameters) {
  for (const auto& [declared, found] :
       std::initializer_list<std::pair<const char*, const char*>>{
           {"Scalar?", "int?"},
           {"Tensor?", "Tensor"},
           {"SymInt", "int"},
           {"DeviceIndex", "int"},
           {"int[1]?", "int[1]"}}) {
    EXPECT_EQ(
        agreement(cat("f(", declared, " x) -> Tensor"), cat("f(", found, " x) -> Tensor"))
            .refusal,
        "")
        << declared << ' ' << found;
  }
}

TEST(Agreement, IsRefusedWhereWrongValuesWouldBeRead) {
  struct Case {
    const char* declared;
    const char* found;
    const char* argument;
    const char* refusal;
  };
  for (const auto& [declared, found, argument, refusal] : std::initializer_list<Case>{
           {"f(Tensor x) -> Tensor", "f(int[] x) -> Tensor", "x", "is of another type"},
           {"f(int x) -> Tensor", "f(ScalarType x) -> Tensor", "x", "is of another type"},
           {"f(int x) -> Tensor", "f(int? x) -> Tensor", "x", "is of another type"},
           {"f(Tensor x, Tensor y) -> Tensor", "f(Tensor x) -> Tensor", "y",
            "is no argument"},
           {"f(Tensor x) -> Tensor", "f(Tensor x, Tensor y) -> Tensor", "y", "is needed"},
           {"f() -> (Tensor, Tensor)", "f() -> Tensor", "", "the results are others"},
           {"f() -> int", "f() -> Tensor", "", "the results are others"}}) {
    const Agreement refused = agreement(declared, found);
    EXPECT_EQ(refused.refused_argument, argument) << found;
    EXPECT_EQ(refused.refusal, refusal) << found;
  }
}

TEST(Agreement, CountsAnnotationsAndSymbolicSizesAsTheSameForm) {
  const Schema one = parse_schema("f(SymInt[] x, Tensor(a!) y) -> SymInt", "here");
  EXPECT_TRUE(is_same_form(one, parse_schema("f(int[] x, Tensor y) -> int", "here")));
  for (const char* other :
       {"f(int[] x, Tensor z) -> int", "f(int[] x, Tensor y=None) -> int",
        "f(int[] x, *, Tensor y) -> int", "f(int[] x) -> int",
        "f(int[] x, Tensor y) -> bool"}) {
    EXPECT_FALSE(is_same_form(one, parse_schema(other, "here"))) << other;
  }
}

Declared declared_forms() {
  Declared declared;
  for (const char* schema :
       {"to_dense(Tensor self, ScalarType? dtype=None, *, bool? masked_grad=None) -> "
        "Tensor",
        "attention(Tensor query, Tensor? mask=None, bool is_causal=False, *, float? "
        "scale=None) -> (Tensor, Tensor)",
        "turned(Tensor self, int n) -> Tensor",
        "can_cast(ScalarType from_, ScalarType to) -> bool",
        "nested(Tensor self, Tensor offsets) -> Tensor",
        "lstm.out(Tensor self, *, Tensor(a!) out0, Tensor(b!) out1) -> (Tensor(a!), "
        "Tensor(b!))",
        "fewer(Tensor self, int[2] stride=1, int[] dims=[], float[]? scales=None, str "
        "mode=\"reflect\", Scalar alpha=0.5, float eps=1e-05, ScalarType dtype=long, "
        "Tensor? mask=None, bool train=True, int reduction=Mean, bool? sparse=False, "
        "MemoryFormat format=contiguous_format) -> Tensor",
        "more(Tensor self) -> Tensor"}) {
    const std::string text = schema;
    declared["aten::" + text.substr(0, text.find('('))] = text;
  }
  return declared;
}

// As it was reviewed.
TEST(Functions, OfOtherFormsCheckWhatIsMissing) {
  const Model model =
      make_model(parse_ops_header(sample("other_forms_ops.h"), "other_forms_ops.h"),
                 no_rules(), {1, 13, 1}, declared_forms());
  const fs::path folder =
      fs::temp_directory_path() / ("other forms test " + std::to_string(getpid()));
  emit_cpp(model, folder, 1);
  emit_c_header(model, folder / "ops.h");
  for (const auto& [name, golden_name] :
       {std::pair{"ops_1.cpp", "other_forms.cpp.golden"},
        std::pair{"ops.h", "other_forms.h.golden"}}) {
    const std::string text = read_file(folder / name);
    const fs::path golden = fs::path(SIMPLE_TORCH_SAMPLES) / golden_name;
    if (std::getenv("SIMPLE_TORCH_REFRESH") != nullptr) write_if_changed(golden, text);
    EXPECT_EQ(text, read_file(golden)) << name;
  }
  fs::remove_all(folder);
}

// A declaration as libtorch's headers would have it. The C++ types are those of types
// that other forms have.
Declaration declaration_of(const std::string& schema_text) {
  static const std::map<std::string, std::string> types = {
      {"Tensor", "const Tensor&"},
      {"Tensor?", "const optional<Tensor>&"},
      {"Tensor[]", "TensorList"},
      {"int", "int64_t"},
      {"int?", "optional<int64_t>"},
      {"int[]", "IntArrayRef"},
      {"int[]?", "OptionalIntArrayRef"},
      {"float", "double"},
      {"float?", "optional<double>"},
      {"bool", "bool"},
      {"bool?", "optional<bool>"},
      {"Scalar", "const Scalar&"},
      {"Scalar?", "const optional<Scalar>&"},
      {"ScalarType", "ScalarType"},
      {"ScalarType?", "optional<ScalarType>"},
      {"Layout", "Layout"},
      {"Layout?", "optional<Layout>"},
      {"Device?", "optional<Device>"},
      {"str", "string_view"},
      {"Dimname[]", "DimnameList"}};
  Declaration declaration;
  const Schema schema = parse_schema(schema_text, schema_text);
  declaration.name = "aten::" + schema.name;
  declaration.overload = schema.overload;
  declaration.struct_name = schema.name + '_' + schema.overload;
  declaration.schema = schema_text;
  declaration.header = schema.name + "_ops.h";
  for (const Argument& argument : schema.arguments) {
    const auto type = types.find(replace_all(argument.type, "SymInt", "int"));
    if (type == types.end()) throw Error("no C++ type here for " + argument.type);
    declaration.parameters.push_back({type->second, argument.name});
  }
  return declaration;
}

// What the lists of the supported versions say of their other forms.
std::vector<Declaration> other_forms(const fs::path& list) {
  std::vector<Declaration> forms;
  for (const std::string& line : lines_of(read_file(list))) {
    const size_t name = std::string("aten::").size();
    if (line.find('(') == std::string::npos) continue;
    const size_t end = line.size() - (ends_with(line, " -") ? 2 : 0);
    forms.push_back(declaration_of(line.substr(name, end - name)));
  }
  return forms;
}

TEST(Versions, ExportTheDeclaredFunctions) {
  const Declared declared = read_declared(kTree / "tier2_sffi" / "torch");
  EXPECT_GT(declared.size(), 3000u);
  // Those of Apple's devices, and internal ones of nested tensors.
  const std::set<std::string> expected_refusals = {
      "1.13 aten::_lstm_mps",
      "1.13 aten::_lstm_mps.out",
      "1.13 aten::_nested_view_from_buffer",
      "1.13 aten::_nested_view_from_buffer_copy",
      "1.13 aten::_nested_view_from_buffer_copy.out",
      "1.13 aten::lstm_mps_backward",
      "1.13 aten::lstm_mps_backward.out"};
  std::set<std::string> refusals;
  for (const char* version : {"1.13", "2.6", "2.11", "2.15"}) {
    const auto forms = other_forms(kTree / "tier2_sffi" / "contract" / "versions" /
                                   (std::string(version) + ".txt"));
    EXPECT_EQ(forms.empty(), std::string(version) == "2.11") << version;
    const Model model = make_model(forms, no_rules(), {1, 0, 0}, declared);
    for (const Operation& operation : model.operations) {
      SCOPED_TRACE(version + (' ' + operation.full_name));
      ASSERT_EQ(declared.count(operation.full_name), 1u);
      const Model as_declared = make_model(
          {declaration_of(declared.at(operation.full_name))}, no_rules(), {2, 11, 0});
      EXPECT_EQ(c_function(operation), c_function(as_declared.operations.front()));
      if (!operation.agreement.refusal.empty()) {
        refusals.insert(version + (' ' + operation.full_name));
      }
    }
  }
  EXPECT_EQ(refusals, expected_refusals);
}

}  // namespace
}  // namespace simple_torch::generator
