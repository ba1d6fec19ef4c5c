// The generator's parts, on small samples of headers in both of libtorch's styles and on
// hostile ones.
#include <gtest/gtest.h>

#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "emit.h"
#include "text.h"

namespace simple_torch::generator {
namespace {

namespace fs = std::filesystem;

std::string sample(const std::string& name) {
  return read_file(fs::path(SIMPLE_TORCH_SAMPLES) / name);
}

// What a call fails with.
template <typename F>
std::string error_of(F&& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

Rules no_rules() {
  Rules rules;
  rules.titles.push_back({{"other", "Others"}, "titles.txt:1"});
  return rules;
}

Model model_of(const std::string& header) {
  return make_model(parse_ops_header(sample(header), header), no_rules(), {2, 11, 0});
}

// A folder that goes with the test.
class Folder {
 public:
  Folder()
      : path_(fs::temp_directory_path() /
              ("generator test " + std::to_string(getpid()))) {
    fs::remove_all(path_);
    fs::create_directories(path_);
  }
  ~Folder() { fs::remove_all(path_); }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

TEST(Schema, KnowsArgumentsDefaultsAndAnnotations) {
  const Schema schema = parse_schema(
      "chunk.x(Tensor(a -> *) self, int[2] k=[-2,-1], *, str mode=\"a,b\\\")\", "
      "Tensor(b!)? out=None) -> (Tensor(b!) out, Tensor[] rest)",
      "here");
  EXPECT_EQ(schema.name, "chunk");
  EXPECT_EQ(schema.overload, "x");
  ASSERT_EQ(schema.arguments.size(), 4u);
  EXPECT_EQ(schema.arguments[0].type, "Tensor");
  EXPECT_EQ(schema.arguments[0].alias, "a -> *");
  EXPECT_FALSE(schema.arguments[0].is_written);
  EXPECT_EQ(schema.arguments[1].type, "int[]");
  EXPECT_EQ(schema.arguments[1].length, 2);
  EXPECT_EQ(schema.arguments[1].default_value, "[-2,-1]");
  EXPECT_FALSE(schema.arguments[1].keyword_only);
  EXPECT_TRUE(schema.arguments[2].keyword_only);
  EXPECT_EQ(schema.arguments[2].default_value, "\"a,b\\\")\"");
  EXPECT_EQ(schema.arguments[3].type, "Tensor?");
  EXPECT_TRUE(schema.arguments[3].is_written);
  ASSERT_EQ(schema.results.size(), 2u);
  EXPECT_EQ(schema.results[1].type, "Tensor[]");
  EXPECT_EQ(schema.results[1].name, "rest");
}

TEST(Schema, KnowsThoseWithoutArgumentsAndResults) {
  EXPECT_TRUE(parse_schema("f() -> ()", "here").arguments.empty());
  EXPECT_TRUE(parse_schema("f() -> ()", "here").results.empty());
  EXPECT_EQ(parse_schema("f(*, Tensor a) -> bool", "here").arguments.size(), 1u);
}

TEST(Schema, SaysWhereItIsNotUnderstood) {
  for (const char* text :
       {"", "f", "f(", "f(Tensor)", "f(Tensor a", "f(Tensor a) ->",
        "f(Tensor a) -> (Tensor", "f(Tensor a b) -> Tensor",
        "f(Tensor a) -> Tensor, more", "f(int[x] a) -> int", "f(str s=\"abc) -> int",
        "(Tensor a) -> int", "f(int[99999999] a) -> int"}) {
    const std::string message = error_of([&] { parse_schema(text, "here.h: f"); });
    EXPECT_EQ(message.rfind("here.h: f: ", 0), 0u) << text << ": " << message;
  }
}

TEST(Headers, AreReadInTheMacroForm) {
  const auto declarations = parse_ops_header(sample("macro_ops.h"), "macro_ops.h");
  ASSERT_EQ(declarations.size(), 2u);
  EXPECT_EQ(declarations[0].struct_name, "chunk");
  EXPECT_EQ(declarations[0].result_type, "vector<Tensor>");
  EXPECT_EQ(declarations[1].overload, "eigenvalues");
  EXPECT_NE(declarations[1].schema.find("str UPLO=\"L\","), std::string::npos);
  EXPECT_EQ(declarations[1].parameters[1].type, "string_view");
}

TEST(Headers, AreReadInThePlainForm) {
  const auto declarations = parse_ops_header(sample("plain_ops.h"), "plain_ops.h");
  ASSERT_EQ(declarations.size(), 3u);
  EXPECT_EQ(declarations[1].parameters[2].type, "optional<ScalarType>");
  EXPECT_EQ(declarations[2].parameters[0].type, "Tensor&");
  EXPECT_EQ(declarations[2].name, "aten::add_");
}

TEST(Headers, ThatAreCutOffAreAnErrorAtEveryLength) {
  for (const char* name : {"macro_ops.h", "plain_ops.h"}) {
    const std::string whole = sample(name);
    const size_t first = whole.find("struct TORCH_API");
    const size_t last_struct = whole.rfind("\n};");
    for (size_t length = 0; length < last_struct + 3; ++length) {
      // Between two structs a header that is cut off is a whole header of fewer.
      const std::string part = whole.substr(0, length);
      const size_t open = part.rfind("struct TORCH_API ");
      const bool is_inside =
          length < first + 17 ||
          (open != std::string::npos && part.find("\n};", open) == std::string::npos);
      const std::string message = error_of([&] { parse_ops_header(part, "cut.h"); });
      EXPECT_EQ(!message.empty(), is_inside) << name << ", " << length << ": " << message;
      if (is_inside) {
        EXPECT_EQ(message.rfind("cut.h: ", 0), 0u) << message;
      }
    }
  }
}

TEST(Model, NamesFunctionsAndParameters) {
  const Model model = model_of("plain_ops.h");
  EXPECT_EQ(model.operations[0].c_name, "simple_torch_op_max_dim");
  EXPECT_EQ(model.operations[0].simple_name, "max");
  EXPECT_EQ(model.operations[2].c_name, "simple_torch_op_add_inplace_tensor");
  EXPECT_EQ(model.operations[2].simple_name, "add_");
  std::string parameters;
  for (const CFunctionParameter& each : c_parameters(model.operations[0])) {
    parameters += each.type + ' ' + each.name + ';';
  }
  EXPECT_EQ(parameters,
            "simple_torch_handle self;int64_t dim;int64_t keepdim;"
            "simple_torch_handle* out_indices;");
  EXPECT_TRUE(model.operations[1].is_factory);
  EXPECT_TRUE(model.operations[2].is_inplace);
  EXPECT_TRUE(model.operations[2].is_mutating);
  EXPECT_EQ(c_result(model.operations[2]), "int64_t");
}

TEST(Model, RefusesATypeThatNobodyKnows) {
  std::string text = sample("plain_ops.h");
  text = replace_all(text, "bool keepdim", "Banana keepdim");
  const std::string message = error_of([&] {
    make_model(parse_ops_header(text, "x.h"), no_rules(), {2, 11, 0});
  });
  EXPECT_NE(message.find("x.h: max_dim: no rule for an argument of type 'Banana'"),
            std::string::npos)
      << message;
}

TEST(Model, RefusesACppTypeThatDoesNotFitTheSchema) {
  std::string text = sample("plain_ops.h");
  text = replace_all(text, "call(const at::Tensor & self, int64_t dim, bool keepdim)",
                     "call(const at::Tensor & self, int32_t dim, bool keepdim)");
  const std::string message = error_of([&] {
    make_model(parse_ops_header(text, "x.h"), no_rules(), {2, 11, 0});
  });
  EXPECT_NE(message.find("'int32_t'"), std::string::npos) << message;
}

TEST(Model, RefusesTwoOperatorsOfOneName) {
  std::string text = sample("plain_ops.h");
  text = replace_all(text, "\"aten::max\"", "\"aten::add_\"");
  text = replace_all(text, "\"dim\"", "\"tensor\"");
  text = replace_all(text, "max.dim(Tensor self", "add_.tensor(Tensor(a!) self");
  const std::string message = error_of([&] {
    make_model(parse_ops_header(text, "x.h"), no_rules(), {2, 11, 0});
  });
  EXPECT_NE(message.find("would both be called simple_torch_op_add_inplace_tensor"),
            std::string::npos)
      << message;
}

TEST(Rules, ThatMatchNothingAreAnError) {
  Rules rules = no_rules();
  rules.exclusions.push_back({{"aten::nothing", "because"}, "exclusions.txt:7"});
  make_model(parse_ops_header(sample("plain_ops.h"), "plain_ops.h"), rules, {2, 11, 0});
  EXPECT_EQ(error_of([&] { rules.require_all_used(); }),
            "exclusions.txt:7: the rule matches nothing");
}

TEST(Rules, ExcludeWithAReasonThatTheReportPrints) {
  Rules rules = no_rules();
  rules.exclusions.push_back({{"aten::full", "not", "needed"}, "exclusions.txt:7"});
  const Model model = make_model(parse_ops_header(sample("plain_ops.h"), "plain_ops.h"),
                                 rules, {2, 11, 0});
  const Folder folder;
  emit_contract(model, {}, {}, rules, folder.path(), "");
  const std::string report = read_file(folder.path() / "coverage.md");
  EXPECT_NE(report.find("* `aten::full`: not needed"), std::string::npos) << report;
  const size_t count = model.operations.size();
  EXPECT_NE(report.find("| 2.11 | " + std::to_string(count) + " | " +
                        std::to_string(count - 1) + " |"),
            std::string::npos)
      << report;
  const std::string list = read_file(folder.path() / "versions" / "2.11.txt");
  EXPECT_NE(list.find("aten::full -\n"), std::string::npos) << list;
  emit_cpp(model, folder.path(), 1);
  EXPECT_EQ(read_file(folder.path() / "ops_1.cpp").find("op_full"), std::string::npos);
}

TEST(Rules, AreReadForTheirVersions) {
  const Folder folder;
  for (const char* name :
       {"reserved", "names", "exclusions", "numbers", "deprecations", "random", "groups",
        "titles", "externs", "unmerged", "preferences", "by_hand", "builtins", "sizes",
        "python_names", "small_work"}) {
    std::ofstream(folder.path() / (std::string(name) + ".txt")) << "# nothing\n";
  }
  std::ofstream(folder.path() / "names.txt")
      << "@..2.0 a old\n@2.1..2.11 b now # why\n@2.12.. c later\nd always\n";
  const Rules rules = Rules::read(folder.path(), {2, 11, 0});
  ASSERT_EQ(rules.names.size(), 2u);
  EXPECT_EQ(rules.names[0].words[0], "b");
  EXPECT_EQ(rules.names[1].where, "names.txt:4");
  std::ofstream(folder.path() / "names.txt") << "alone\n";
  EXPECT_EQ(error_of([&] {
              Rules::read(folder.path(), {2, 11, 0});
            }),
            "names.txt:1: a rule of this file has at least 2 words");
}

TEST(Files, ThatWouldBeTheSameAreNotWritten) {
  const Folder folder;
  const fs::path file = folder.path() / "file";
  write_if_changed(file, "one");
  const auto long_ago = fs::file_time_type::clock::now() - std::chrono::hours(1);
  fs::last_write_time(file, long_ago);
  write_if_changed(file, "one");
  EXPECT_EQ(fs::last_write_time(file), long_ago);
  write_if_changed(file, "two");
  EXPECT_NE(fs::last_write_time(file), long_ago);
}

// What is emitted for the samples, as it was reviewed.
TEST(Emitters, WriteWhatTheyWroteBefore) {
  const Model model = model_of("plain_ops.h");
  const Folder folder;
  emit_cpp(model, folder.path(), 1);
  emit_c_header(model, folder.path() / "ops.h");
  emit_externs(model, {}, folder.path());
  emit_api(model, folder.path());
  for (const char* name : {"ops_1.cpp", "ops.h", "ffi_other.spl", "ops_other.spl"}) {
    const fs::path golden =
        fs::path(SIMPLE_TORCH_SAMPLES) / (std::string(name) + ".golden");
    if (std::getenv("SIMPLE_TORCH_REFRESH") != nullptr) {
      write_if_changed(golden, read_file(folder.path() / name));
    }
    EXPECT_EQ(read_file(folder.path() / name), read_file(golden)) << name;
  }
}

TEST(Emitters, GiveTheSameTwice) {
  const Folder folder;
  for (const char* turn : {"one", "two"}) {
    const Model model = model_of("macro_ops.h");
    emit_cpp(model, folder.path() / turn, 2);
    emit_manifest(model, folder.path() / turn / "operators.json");
  }
  for (const char* name : {"ops_1.cpp", "ops_2.cpp", "operators.json"}) {
    EXPECT_EQ(read_file(folder.path() / "one" / name),
              read_file(folder.path() / "two" / name));
  }
}

}  // namespace
}  // namespace simple_torch::generator
