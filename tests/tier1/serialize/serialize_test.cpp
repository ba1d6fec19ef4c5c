// Files of values and tensors: what Python wrote is read, what is broken is refused.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>
#include <map>
#include <sstream>

#include "simple_torch/ops.h"
#include "simple_torch/simple_torch.h"
#include "support/archives.h"
#include "support/files.h"
#include "support/support.h"
#include "support/values.h"

namespace {

namespace fs = std::filesystem;

const std::string kRecorded = SIMPLE_TORCH_RECORDED_FILES "/";

simple_torch_handle load(const std::string& path) {
  return path.ends_with(".safetensors") ? simple_torch_safetensors_load(path.c_str(), -1)
                                        : simple_torch_value_load(path.c_str(), -1);
}

simple_torch_handle tensor(simple_torch_handle dict, const std::string& name) {
  const Owned value(value::find(dict, name.c_str()));
  return simple_torch_value_tensor(value);
}

std::string bytes_of(simple_torch_handle tensor) {
  std::string bytes(static_cast<size_t>(simple_torch_tensor_numel(tensor) *
                                        simple_torch_tensor_element_size(tensor)),
                    '\0');
  simple_torch_tensor_copy_to(tensor, bytes.data(), static_cast<int64_t>(bytes.size()));
  return bytes;
}

// Loading fails, with one of the codes for files and a message about this one.
void expect_refused(const std::string& path, const std::string& said) {
  const int64_t alive = simple_torch_handle_live_count(0);
  EXPECT_EQ(load(path), 0) << said;
  const int64_t code = simple_torch_error_code();
  EXPECT_TRUE(code == SIMPLE_TORCH_E_FORMAT || code == SIMPLE_TORCH_E_UNSUPPORTED)
      << simple_torch_error_message();
  const std::string message = simple_torch_error_message();
  EXPECT_NE(message.find(": " + path + ": "), std::string::npos) << message;
  EXPECT_NE(message.find(said), std::string::npos) << message;
  EXPECT_EQ(simple_torch_handle_live_count(0), alive);
}

// ---- What Python wrote

// The file has some that only libtorch 2.3 brought.
bool has_every_dtype() { return simple_torch_dtype_from_name("uint16") >= 0; }

TEST(Load, ReadsEveryDtypeThatPythonWrote) {
  if (!has_every_dtype()) GTEST_SKIP() << "this libtorch has no uint16";
  const Owned all(load(kRecorded + "dtypes.pt"));
  const std::map<std::string, std::vector<double>> expected = {
      {"uint8", {0, 1, 255}},
      {"int8", {-128, 0, 127}},
      {"int16", {-32768, 0, 32767}},
      {"int32", {-2147483648.0, 0, 7}},
      {"int64", {-9223372036854775808.0, 0, 7}},
      {"float16", {0.5, -2, 65504}},
      {"bfloat16", {0.5, -2, 3}},
      {"float32", {static_cast<double>(0.1f), -2, static_cast<double>(3e38f)}},
      {"float64", {0.1, -2, 1e300}},
      {"bool", {1, 0, 1}},
      {"uint16", {0, 1, 65535}},
      {"uint32", {0, 1, 4294967295.0}},
      {"float8_e4m3fn", {0.5, -2, 448}}};
  for (const auto& [name, numbers] : expected) {
    const Owned loaded(tensor(all, name));
    EXPECT_EQ(simple_torch_tensor_dtype(loaded),
              simple_torch_dtype_from_name(name.c_str()));
    EXPECT_EQ(values(loaded), numbers) << name;
  }
  const double parts[] = {1, 2, -0.0, -1, 0, 0};  // Python's -1j is -0 - 1j.
  const Owned complex(tensor(all, "complex128"));
  EXPECT_EQ(bytes_of(complex),
            std::string(reinterpret_cast<const char*>(parts), sizeof parts));
}

void expect_state(const std::string& path) {
  const Owned state(load(path));
  const Owned weight(tensor(state, "weight"));
  const Owned row(tensor(state, "row"));
  const Owned column(tensor(state, "column"));
  const Owned empty(tensor(state, "empty"));
  EXPECT_EQ(values(weight), (std::vector<double>{0, 1, 2, 3, 4, 5}));
  EXPECT_EQ(simple_torch_tensor_requires_grad(weight), 1);
  EXPECT_EQ(shape(empty), (std::vector<int64_t>{0, 3}));
  simple_torch_tensor_fill(row, SIMPLE_TORCH_INT(9));
  EXPECT_EQ(values(weight), (std::vector<double>{0, 1, 2, 9, 9, 9}));
  EXPECT_EQ(values(column), (std::vector<double>{2, 9}));
}

TEST(Load, KeepsViewsViewsAndParametersInNeedOfGradients) {
  expect_state(kRecorded + "state.pt");
  expect_state(kRecorded + "state_old.pt");
}

TEST(Load, ReadsNestedValues) {
  for (const char* name : {"nested.pt", "nested_protocol4.pt"}) {
    const Owned all(load(kRecorded + name));
    const auto shown = [&](const char* key) {
      return value::text(Owned(value::find(all, key)));
    };
    EXPECT_EQ(shown("text"), "grüße 🌍");
    EXPECT_EQ(shown("none"), "None");
    EXPECT_EQ(shown("flags"), "[True, False]");
    EXPECT_EQ(shown("numbers"),
              "(1, -2, 300, 70000, -1099511627776, 4611686018427387904, "
              "0.10000000000000001, inf)");
    EXPECT_EQ(shown("complex"), "1.-2.j");
    EXPECT_EQ(shown("size"), "(2, 3)");
    EXPECT_EQ(shown("dtype"), "6");
    const Owned conj(tensor(all, "conj"));
    const double parts[] = {1, -2};
    const Owned wide(simple_torch_tensor_to_dtype(conj, kComplex128));
    EXPECT_EQ(bytes_of(wide),
              std::string(reinterpret_cast<const char*>(parts), sizeof parts));
  }
}

struct Sparse {
  const char* name;
  int64_t layout;
  std::vector<int64_t> shape;
  std::vector<double> elements;
};

void expect_elements(simple_torch_handle all, const std::vector<Sparse>& expected) {
  for (const Sparse& each : expected) {
    SCOPED_TRACE(each.name);
    const Owned found(tensor(all, each.name));
    EXPECT_EQ(simple_torch_tensor_layout(found), each.layout);
    EXPECT_EQ(shape(found), each.shape);
    const Owned dense(simple_torch_op_to_dense(found, -1, SIMPLE_TORCH_NONE));
    EXPECT_EQ(values(dense), each.elements);
  }
}

void expect_sparse(const std::string& path) {
  const Owned all(load(path));
  const std::vector<Sparse> expected = {{"coo", 1, {2, 3}, {0, 2.5, 0, -1, 0, 4}},
                                        {"twice", 1, {2, 3}, {0, 2.5, 0, 0, 0, 4}},
                                        {"hybrid", 1, {3, 2}, {3, 4, 0, 0, 1, 2}},
                                        {"none", 1, {0, 3}, {}},
                                        {"flags", 1, {2}, {1, 0}}};
  expect_elements(all, expected);
  for (const char* name : {"coo", "twice"}) {
    int64_t is_coalesced = -1;
    simple_torch_op_is_coalesced(Owned(tensor(all, name)), &is_coalesced);
    EXPECT_EQ(is_coalesced, name == std::string("coo") ? 1 : 0);
  }
}

void expect_compressed(const std::string& path) {
  const Owned all(load(path));
  const std::vector<double> blocks = {0, 0, 0,  0, 4,  5,  0,  0,
                                      8, 9, 10, 0, 12, 13, 14, 15};
  const std::vector<Sparse> expected = {{"csr", 2, {2, 3}, {0, 2.5, 0, -1, 0, 4}},
                                        {"csc", 4, {2, 3}, {0, 2.5, 0, -1, 0, 4}},
                                        {"bsr", 5, {4, 4}, blocks},
                                        {"bsc", 6, {4, 4}, blocks}};
  expect_elements(all, expected);
}

void expect_quantized(const std::string& path) {
  const Owned all(load(path));
  const struct {
    const char* name;
    std::vector<double> stored;
    std::vector<double> elements;
  } expected[] = {
      {"whole", {-1, 3, 5, 7, 11, 15}, {-1, 0, 0.5, 1, 2, 3}},
      {"row", {7, 11, 15}, {1, 2, 3}},
      {"turned", {-1, 7, 3, 11, 5, 15}, {-1, 1, 0, 2, 0.5, 3}},
      {"channels", {98, 100, 101, 15, 23, 31}, {-1, 0, 0.5, 1, 2, 3}},
  };
  for (const auto& each : expected) {
    SCOPED_TRACE(each.name);
    const Owned found(tensor(all, each.name));
    EXPECT_EQ(values(Owned(simple_torch_op_int_repr(found))), each.stored);
    EXPECT_EQ(values(Owned(simple_torch_op_dequantize_self(found))), each.elements);
  }
  const Owned wide(tensor(all, "wide"));
  EXPECT_EQ(values(Owned(simple_torch_op_int_repr(wide))),
            (std::vector<double>{-1005, -5, 495, 995, 1995, 2995}));
  double scale = 0;
  int64_t zero_point = 0;
  simple_torch_op_q_scale(wide, &scale);
  simple_torch_op_q_zero_point(wide, &zero_point);
  EXPECT_EQ(scale, 0.001);
  EXPECT_EQ(zero_point, -5);
}

TEST(Load, ReadsSparseAndQuantizedTensors) {
  expect_sparse(kRecorded + "sparse.pt");
  expect_compressed(kRecorded + "compressed.pt");
  expect_quantized(kRecorded + "quantized.pt");
  expect_sparse(kRecorded + "sparse_old.pt");
  expect_compressed(kRecorded + "compressed_old.pt");
  expect_quantized(kRecorded + "quantized_old.pt");
}

TEST(Load, ReadsViewsWithoutElementsWhereverTheyBegin) {
  const Folder folder;
  const std::string saved = folder / "nothing.pt";
  ASSERT_EQ(simple_torch_value_save(Owned(load(kRecorded + "nothing.pt")), saved.c_str()),
            0)
      << simple_torch_error_message();
  for (const std::string& path :
       {kRecorded + "nothing.pt", kRecorded + "nothing_old.pt", saved}) {
    SCOPED_TRACE(path);
    const Owned all(load(path));
    const Owned nothing(tensor(all, "x"));
    EXPECT_EQ(shape(nothing), (std::vector<int64_t>{2, 0}));
    EXPECT_EQ(simple_torch_tensor_numel(nothing), 0);
    EXPECT_EQ(values(Owned(simple_torch_tensor_add(nothing, nothing))),
              std::vector<double>{});
  }
}

TEST(Load, RefusesWhatAsksForCode) {
  expect_refused(kRecorded + "code.pt", "it asks for `posix.system`");
  expect_refused(kRecorded + "object.pt", "it asks for `torch.nn.modules.linear.Linear`");
  EXPECT_FALSE(fs::exists("/tmp/simple_torch_was_here"));
}

// ---- What is saved is loaded again

TEST(Save, KeepsAllThatItWasGiven) {
  const Folder folder;
  for (const char* name :
       {"dtypes.pt", "state.pt", "nested.pt", "sparse.pt", "quantized.pt"}) {
    if (name == std::string("dtypes.pt") && !has_every_dtype()) continue;
    const Owned all(load(kRecorded + name));
    const std::string path = folder / name;
    ASSERT_EQ(simple_torch_value_save(all, path.c_str()), 0)
        << simple_torch_error_message();
    const Owned again(load(path));
    EXPECT_EQ(value::text(again), value::text(all));
  }
  expect_state(folder / "state.pt");
  expect_sparse(folder / "sparse.pt");
  expect_quantized(folder / "quantized.pt");
  // These libtorch cannot show as text.
  const Owned compressed(load(kRecorded + "compressed.pt"));
  const std::string path = folder / "compressed.pt";
  ASSERT_EQ(simple_torch_value_save(compressed, path.c_str()), 0)
      << simple_torch_error_message();
  expect_compressed(path);
}

TEST(Save, KeepsTextsWithNulsInThem) {
  const Folder folder;
  const std::string path = folder / "text.pt";
  const std::string text("a\0ü", 4);
  const auto size = static_cast<int64_t>(text.size());
  ASSERT_EQ(simple_torch_value_save(
                Owned(simple_torch_value_from_utf8(text.data(), size)), path.c_str()),
            0)
      << simple_torch_error_message();
  EXPECT_EQ(value::text(Owned(load(path))), text);
  EXPECT_EQ(simple_torch_value_from_utf8("\xc3", 1), 0);
  EXPECT_EQ(simple_torch_error_code(), SIMPLE_TORCH_E_BAD_ARGUMENT);
}

TEST(Save, SaysWhereWhatCannotBeSavedLies) {
  const Folder folder;
  const int64_t size = 2;
  const auto without_data = [&] {
    return value::of_tensor(simple_torch_tensor_empty(
        &size, 1, kFloat32, simple_torch_device_from_name("meta")));
  };
  const Owned bad(value::dict(
      {{"a", value::list({value::of(int64_t{1}), value::tuple({without_data()})})}}));
  EXPECT_EQ(simple_torch_value_save(bad, (folder / "x.pt").c_str()),
            SIMPLE_TORCH_E_UNSUPPORTED);
  EXPECT_NE(std::string(simple_torch_error_message()).find("own at [\"a\"][1][0], which"),
            std::string::npos)
      << simple_torch_error_message();
}

TEST(Save, ReplacesAFileOnlyByAWholeOne) {
  const Folder folder;
  const std::string path = write_file(folder / "old.pt", "old");
  const Owned dense(ones({2}));
  const Owned fine(simple_torch_value_from_tensor(dense));
  const int64_t size = 2;
  const Owned without_data(simple_torch_tensor_empty(
      &size, 1, kFloat32, simple_torch_device_from_name("meta")));
  const Owned bad(simple_torch_value_from_tensor(without_data));
  const size_t files = folder.files();
  EXPECT_EQ(simple_torch_value_save(bad, path.c_str()), SIMPLE_TORCH_E_UNSUPPORTED);
  EXPECT_EQ(read_file(path), "old");
  EXPECT_EQ(simple_torch_value_save(fine, (folder / "none/x.pt").c_str()),
            SIMPLE_TORCH_E_IO);
  EXPECT_EQ(simple_torch_value_save(fine, "/dev/null"), SIMPLE_TORCH_E_IO);
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
  fs::create_symlink(path, folder / "link.pt");
  EXPECT_EQ(simple_torch_value_save(fine, (folder / "link.pt").c_str()), 0);
  EXPECT_TRUE(fs::is_symlink(folder / "link.pt"));
  EXPECT_NE(Owned(load(path)), 0);
  EXPECT_EQ(folder.files(), files + 1) << "something was left behind";
}

TEST(Values, MayNotLieInEachOtherWithoutEnd) {
  simple_torch_handle inner = simple_torch_value_from_text("x");
  int depth = 0;
  while (inner != 0 && depth <= 1000) {
    const Owned item(inner);
    const simple_torch_handle twice[] = {item, item};
    inner = simple_torch_value_from_list(twice, 2);
    ++depth;
  }
  EXPECT_EQ(depth, 201);
  EXPECT_EQ(simple_torch_error_code(), SIMPLE_TORCH_E_VALUE);
}

// ---- Damage

const std::vector<std::string> kFiles = {
    "dtypes.pt",    "state.pt",         "state_old.pt",
    "nested.pt",    "sparse.pt",        "sparse_old.pt",
    "quantized.pt", "quantized_old.pt", "tensors.safetensors"};

std::string broken_name(const std::string& name) {
  return name.ends_with(".pt") ? "broken.pt" : "broken.safetensors";
}

TEST(Load, RefusesEveryFileThatWasCutShort) {
  const Folder folder;
  for (const std::string& name : kFiles) {
    const std::string whole = read_file(kRecorded + name);
    for (size_t length = 0; length < whole.size(); length += 1 + length / 200) {
      SCOPED_TRACE(name + " of " + std::to_string(length) + " bytes");
      expect_refused(write_file(folder / broken_name(name), whole.substr(0, length)), "");
    }
  }
}

// With its sums an archive shows any change of what it holds; without them a change can
// make other values, but never a failure of another kind, or worse.
TEST(Load, SurvivesEveryChangedByte) {
  const Folder folder;
  // So many small tensors are quicker without other threads.
  const int64_t threads = simple_torch_context_threads();
  simple_torch_context_set_threads(1);
  for (const std::string& name : kFiles) {
    const std::string whole = read_file(kRecorded + name);
    for (size_t at = 0; at < whole.size(); ++at) {
      std::string changed = whole;
      changed[at] = static_cast<char>(changed[at] ^ (1 << at % 8));
      const std::string path = write_file(folder / broken_name(name), changed);
      const simple_torch_handle loaded = load(path);
      if (loaded != 0) {
        value::text(loaded);
        simple_torch_release(loaded);
        continue;
      }
      const int64_t code = simple_torch_error_code();
      EXPECT_TRUE(code == SIMPLE_TORCH_E_FORMAT || code == SIMPLE_TORCH_E_UNSUPPORTED)
          << name << ", byte " << at << ": " << simple_torch_error_message();
    }
  }
  simple_torch_context_set_threads(threads);
}

TEST(Load, FindsChangedDataInAnArchive) {
  const Folder folder;
  std::string whole = read_file(kRecorded + "state.pt");
  const float numbers[] = {4, 5};
  const size_t at =
      whole.find(std::string(reinterpret_cast<const char*>(numbers), sizeof numbers));
  ASSERT_NE(at, std::string::npos);
  whole[at] ^= 1;
  expect_refused(write_file(folder / "broken.pt", whole),
                 "the record 'state/data/0' is damaged: its sum is wrong");
}

// ---- Pickles made by hand, in an archive without sums

std::string pickled(const std::string& code, const std::string& data = "") {
  return archive_of({{"a/data.pkl", "\x80\2" + code + "."}, {"a/data/0", data}});
}

// A tensor on the storage '0'.
std::string tensor_code(const std::string& type, int64_t count, int64_t offset,
                        const std::string& sizes, const std::string& strides) {
  return "ctorch._utils\n_rebuild_tensor_v2\n((" + text("storage") + "ctorch\n" + type +
         "\n" + text("0") + text("cpu") + integer(count) + "tQ" + integer(offset) + "(" +
         sizes + "t(" + strides + "t\x89}tR";
}

TEST(Load, ReadsAPickleMadeByHand) {
  const Folder folder;
  const double numbers[] = {1, 2, 3};
  const std::string data(reinterpret_cast<const char*>(numbers), sizeof numbers);
  const Owned loaded(load(write_file(
      folder / "by_hand.pt",
      pickled(tensor_code("DoubleStorage", 3, 1, integer(2), integer(1)), data))));
  const Owned made(simple_torch_value_tensor(loaded));
  EXPECT_EQ(values(made), (std::vector<double>{2, 3}));
}

TEST(Load, RefusesHostilePickles) {
  const Folder folder;
  const auto refused = [&](const std::string& code, const std::string& said) {
    SCOPED_TRACE(said);
    expect_refused(
        write_file(folder / "hostile.pt", pickled(code, std::string(24, '\1'))), said);
  };
  const auto tensor_refused = [&](int64_t count, int64_t offset, const std::string& sizes,
                                  const std::string& strides, const std::string& said) {
    refused(tensor_code("DoubleStorage", count, offset, sizes, strides), said);
  };
  const std::string out = "a tensor that does not lie in its storage";
  const std::string two = integer(2);
  refused("cos\nsystem\n(" + text("true") + "tR", "it asks for `os.system`");
  refused("\x8c\x02os\x8c\x06system\x93)R", "it asks for `os.system`");
  refused("c__builtin__\neval\n", "it asks for `__builtin__.eval`");
  refused("ctorch\nload\n", "it asks for `torch.load`");
  refused("(cos\nsystem\no", "it asks for `os.system`");
  refused(std::string("]q\0h\0a", 6), "lie more than 200 deep in each other");
  refused(repeated("]", 5000) + repeated("a", 4999), "more than 200 deep in each other");
  // Forty lists, each twice in the next: a million million at the end.
  std::string doubled = "]";
  for (char i = 1; i < 41; ++i) {
    doubled += std::string("q") + i + "0](h" + i + "h" + i + "e";
  }
  refused(doubled, "far larger than the file");
  refused("h\7", "an object is referred to that does not exist");
  refused("t", "there is no mark on the stack");
  refused("a", "there is nothing on the stack");
  refused("(K\1ta", "there is nothing on the stack");
  refused("}(K\1u", "a key has no value");
  refused("})K\1s", "neither text nor numbers");
  refused("X\xff\xff\xff\x7f", "the pickle ends too early");
  refused(text("\xff"), "not UTF-8");
  refused("\x8a\x09" + std::string(9, '\x7f'), "an integer of more than 64 bits");
  refused("\xff", "an unknown instruction");
  refused("c__builtin__\ncomplex\n)R", "called with 0 arguments");
  refused("K\1)R", "called that is no function");
  tensor_refused(4, 0, two, two, "should have 32 bytes and has 24");
  tensor_refused(-1, 0, two, integer(1), "a storage of -1 elements");
  tensor_refused(int64_t{1} << 61, 0, two, integer(1),
                 "a storage of 2305843009213693952");
  tensor_refused(3, 2, two, integer(1), out);
  tensor_refused(3, -1, two, integer(1), out);
  tensor_refused(3, 0, two, integer(3), out);
  tensor_refused(3, 2, two, integer(-1), out);
  tensor_refused(3, 0, integer(-1), integer(1), out);
  tensor_refused(3, 0, repeated(integer(int64_t{1} << 32), 2), repeated(integer(0), 2),
                 out);
  tensor_refused(3, 0, two, integer(INT64_MAX), out);
  tensor_refused(3, INT64_MAX, two, integer(1), out);
  tensor_refused(3, INT64_MAX, integer(0), integer(1), out);
  tensor_refused(3, 0, two, "", "1 sizes and 0 strides");
}

TEST(Load, MakesTruthValuesOfAnyBytes) {
  const Folder folder;
  const std::string path =
      write_file(folder / "bools.pt",
                 pickled(tensor_code("BoolStorage", 3, 0, integer(3), integer(1)),
                         std::string("\0\1\xff", 3)));
  const Owned loaded(load(path));
  const Owned made(simple_torch_value_tensor(loaded));
  EXPECT_EQ(bytes_of(made), std::string("\0\1\1", 3));
}

// As tensor_code() makes it, on another storage.
std::string part_code(const std::string& key, const std::string& type, int64_t count,
                      const std::string& sizes, const std::string& strides) {
  std::string code = tensor_code(type, count, 0, sizes, strides);
  code.replace(code.find(text("0")), text("0").size(), text(key));
  return code;
}

// A file of a sparse tensor with indices on the storage '0' and values on '1'.
std::string sparse_file(const std::vector<int64_t>& numbers, const std::string& parts,
                        const std::string& layout = "torch.sparse_coo",
                        const std::string& after = "") {
  const std::string data(reinterpret_cast<const char*>(numbers.data()),
                         numbers.size() * sizeof(int64_t));
  const std::string code = "ctorch._utils\n_rebuild_sparse_tensor\n(" +
                           ("ctorch.serialization\n_get_layout\n(" + text(layout)) +
                           "tR(" + parts + "ttR" + after;
  return archive_of({{"a/data.pkl", "\x80\2" + code + "."},
                     {"a/data/0", data},
                     {"a/data/1", std::string(800, '\0')}});
}

TEST(Load, RefusesSparseTensorsWhoseIndicesLie) {
  const Folder folder;
  const std::string wrong = "a sparse tensor whose parts do not fit together";
  const auto refused = [&](const std::vector<int64_t>& numbers, const std::string& parts,
                           const std::string& said, const std::string& layout) {
    SCOPED_TRACE(said + ", " + layout);
    expect_refused(write_file(folder / "sparse.pt", sparse_file(numbers, parts, layout)),
                   said);
  };
  const std::string size = "(" + integer(2) + integer(3) + "t";
  const auto count = [](int64_t number) { return integer(number); };
  const auto coordinates = [&](int64_t rows, int64_t columns) {
    return part_code("0", "LongStorage", rows * columns, count(rows) + count(columns),
                     count(columns) + count(1));
  };
  const auto numbers_of = [&](int64_t amount) {
    return part_code("1", "FloatStorage", amount, count(amount), count(1));
  };
  const std::string coo = "torch.sparse_coo";
  const std::string three = coordinates(2, 2) + numbers_of(2) + size;
  const Owned fine(
      load(write_file(folder / "fine.pt", sparse_file({0, 1, 2, 0}, three + "\x88"))));
  EXPECT_NE(fine, 0) << simple_torch_error_message();
  refused({0, 2, 2, 0}, three, wrong, coo);
  refused({0, 1, 3, 0}, three, wrong, coo);
  refused({0, 1, -1, 0}, three, wrong, coo);
  refused({0, 1, INT64_MAX, 0}, three, wrong, coo);
  // Said to be in order, each once.
  refused({1, 0, 2, 0}, three + "\x88", wrong, coo);
  refused({0, 0, 2, 2}, three + "\x88", wrong, coo);
  refused({0, 1, 2, 0}, coordinates(2, 2) + numbers_of(3) + size, wrong, coo);
  refused({0, 1, 2}, coordinates(3, 1) + numbers_of(1) + size, wrong, coo);
  refused({0, 1}, coordinates(1, 2) + numbers_of(2) + size, wrong, coo);
  refused({0, 1, 2, 0},
          coordinates(2, 2) + numbers_of(2) + "(" + count(2) + count(-3) + "t", wrong,
          coo);
  const std::string huge = "(" + count(INT64_MAX) + count(INT64_MAX) + "t";
  refused({0, 1, 2, 0}, coordinates(2, 2) + numbers_of(2) + huge, wrong, coo);
  refused({0, 1, 2, 0}, numbers_of(2) + numbers_of(2) + size, wrong, coo);
  // A hundred thousand million indices that are one number.
  const std::string repeated_index = part_code(
      "0", "LongStorage", 1, count(2) + count(int64_t{1} << 36), count(0) + count(0));
  refused({0}, repeated_index + numbers_of(2) + size, "that is no plain one itself", coo);
  refused({0, 1, 2, 0}, coordinates(2, 2) + numbers_of(2) + size, "of the layout",
          "torch.strided");
  refused({0, 1, 2, 0}, coordinates(2, 2) + numbers_of(2), "of other parts", coo);

  const std::string csr = "torch.sparse_csr";
  const auto rows = [&](int64_t amount, int64_t offset) {
    const std::string code = part_code("0", "LongStorage", 5, count(amount), count(1));
    const std::string old = "tQ" + count(0);
    std::string moved = code;
    moved.replace(moved.find(old), old.size(), "tQ" + count(offset));
    return moved;
  };
  const std::string whole = rows(3, 0) + rows(2, 3) + numbers_of(2) + size;
  const Owned fine_rows(
      load(write_file(folder / "fine.pt", sparse_file({0, 1, 2, 1, 0}, whole, csr))));
  EXPECT_NE(fine_rows, 0) << simple_torch_error_message();
  refused({0, 1, 2, 1, 3}, whole, wrong, csr);
  refused({0, 1, 2, -1, 0}, whole, wrong, csr);
  refused({0, 1, 3, 1, 0}, whole, wrong, csr);
  refused({0, 3, 2, 1, 0}, whole, wrong, csr);
  refused({1, 1, 2, 1, 0}, whole, wrong, csr);
  refused({0, 1, 2, 1, 0}, rows(2, 0) + rows(2, 3) + numbers_of(2) + size, wrong, csr);
  refused({0, 1, 2, 1, 0}, whole, wrong, "torch.sparse_bsr");
  // Blocks without a height, by which who unpacks them would divide.
  const std::string bounds = part_code("0", "LongStorage", 9, count(5), count(1));
  std::string columns = part_code("0", "LongStorage", 9, count(4), count(1));
  columns.replace(columns.find("tQ" + count(0)), 2 + count(0).size(), "tQ" + count(5));
  const std::string flat =
      part_code("1", "FloatStorage", 8, count(4) + count(0) + count(2),
                count(2) + count(2) + count(1));
  refused({0, 1, 2, 3, 4, 0, 1, 0, 1},
          bounds + columns + flat + "(" + count(4) + count(4) + "t", wrong,
          "torch.sparse_bsr");
  // Elements of nothing, as many as one likes.
  const std::string none = part_code(
      "0", "LongStorage", 4, count(0) + count(int64_t{1} << 34), count(1) + count(1));
  const std::string empty = part_code(
      "1", "FloatStorage", 2, count(int64_t{1} << 34) + count(0), count(1) + count(1));
  refused({0, 1, 2, 0}, none + empty + "(" + count(0) + "t", wrong, coo);
}

// What was looked at stays as it is, whatever else the file makes of the same bytes.
TEST(Load, KeepsTheIndicesThatItHasLookedAt) {
  const Folder folder;
  const std::string size = "(" + integer(2) + integer(3) + "t";
  const std::string parts =
      part_code("0", "LongStorage", 4, integer(2) + integer(2), integer(2) + integer(1)) +
      part_code("1", "FloatStorage", 2, integer(2), integer(1)) + size;
  std::string flags = part_code("0", "LongStorage", 4, integer(32), integer(1));
  flags.replace(flags.find("_v2"), 3, "_v3");
  flags.insert(flags.size() - 2, "ctorch\nbool\n");
  const Owned both(load(
      write_file(folder / "both.pt",
                 sparse_file({0, 1, 2, 0}, parts, "torch.sparse_coo", flags + "\x86"))));
  const Owned first(simple_torch_value_item(both, 0));
  const Owned sparse(simple_torch_value_tensor(first));
  const Owned indices(simple_torch_op__indices(sparse));
  EXPECT_EQ(values(indices), (std::vector<double>{0, 1, 2, 0}));
}

TEST(Load, LooksAtTheSameIndicesOnlySoOften) {
  const Folder folder;
  const std::string size = "(" + integer(2) + integer(3) + "t";
  const std::string parts =
      part_code("0", "LongStorage", 4, integer(2) + integer(2), integer(2) + integer(1)) +
      "q\1" + part_code("1", "FloatStorage", 2, integer(2), integer(1)) + "q\2" + size;
  std::string again;
  for (int i = 0; i < 100; ++i) {
    again += "0ctorch._utils\n_rebuild_sparse_tensor\n(" +
             ("ctorch.serialization\n_get_layout\n(" + text("torch.sparse_coo")) +
             "tR(h\1h\2" + size + "ttR";
  }
  expect_refused(write_file(folder / "again.pt",
                            sparse_file({0, 1, 2, 0}, parts, "torch.sparse_coo", again)),
                 "very many parts in common");
}

TEST(Load, RefusesQuantizedTensorsWithoutASense) {
  const Folder folder;
  const std::string extent = "((" + text("storage") + "ctorch\nQInt8Storage\n" +
                             text("0") + text("cpu") + integer(4) + "tQ" + integer(0) +
                             "(" + integer(4) + "t(" + integer(1) + "t";
  const auto real = [](double value) {
    std::string bits = little(value);
    std::reverse(bits.begin(), bits.end());
    return "G" + bits;
  };
  const auto file_of = [&](const std::string& how) {
    return write_file(
        folder / "quantized.pt",
        pickled("ctorch._utils\n_rebuild_qtensor\n" + extent + "(" + how + "t\x89}tR",
                std::string(4, '\1')));
  };
  const std::string one = "ctorch\nper_tensor_affine\n";
  const std::string each = "ctorch\nper_channel_affine\n";
  const Owned fine(load(file_of(one + real(0.5) + integer(0))));
  EXPECT_NE(fine, 0) << simple_torch_error_message();
  const std::string wrong = "a quantized tensor whose parts do not fit together";
  for (const double scale : {0.0, -1.0, HUGE_VAL, std::nan("")}) {
    expect_refused(file_of(one + real(scale) + integer(0)), wrong);
  }
  expect_refused(file_of(one + real(1) + integer(128)), wrong);
  expect_refused(file_of(one + real(1) + integer(INT64_MIN)), wrong);
  expect_refused(file_of(one + real(1)), "of other parts");
  expect_refused(file_of(integer(1) + real(1) + integer(0)), "in an unknown way");
  const std::string few = tensor_code("ByteStorage", 4, 0, integer(4), integer(1));
  expect_refused(file_of(each + few + few + integer(0)), wrong);
  expect_refused(file_of(each + few + few + integer(1)), wrong);
  expect_refused(file_of(each + few + integer(1) + integer(0)), "should be");
}

TEST(Load, RefusesArchivesThatPretend) {
  const Folder folder;
  const auto refused = [&](const std::vector<Record>& records, const std::string& said) {
    expect_refused(write_file(folder / "archive.pt", archive_of(records)), said);
  };
  const Record pickle{"a/data.pkl", "\x80\2N."};
  refused({{"a/other", "x"}}, "PyTorch did not write it");
  refused({{"a/data.pkl", "\x80\2N.", 8}}, "is compressed or encrypted");
  refused({pickle, pickle}, "two records of the name 'a/data.pkl'");
  refused({pickle, {"a/data/0", "x", 0, 1}},
          "the header of the record 'a/data/0' is broken");
  refused({pickle, {"a/constants.pkl", ""}}, "a program of TorchScript");
  refused({pickle, {"a/byteorder", "big"}}, "another order of bytes");
  // Many names for the same bytes.
  std::vector<Record> records = {{"a/data/0", std::string(2000, 'x')}};
  for (int i = 1; i < 100; ++i)
    records.push_back({"a/data/" + std::to_string(i), "", 0, 0});
  std::string overlapping = archive_of(records);
  for (size_t at = overlapping.find("PK\1\2");
       (at = overlapping.find("PK\1\2", at)) != std::string::npos; ++at) {
    overlapping.replace(at + 20, 8, little(2000u) + little(2000u));
  }
  expect_refused(write_file(folder / "archive.pt", overlapping), "its records overlap");
}

// ---- Safetensors

std::string safetensors_of(const std::string& header, const std::string& data = "") {
  return little(static_cast<uint64_t>(header.size())) + header + data;
}

TEST(Safetensors, AreReadAndWritten) {
  const Folder folder;
  const std::string path = folder / "tensors_again.safetensors";
  {
    const Owned all(load(kRecorded + "tensors.safetensors"));
    const Owned about(
        simple_torch_safetensors_metadata((kRecorded + "tensors.safetensors").c_str()));
    EXPECT_EQ(value::text(about), "{format: pt, note: \"ü\"\n}");
    ASSERT_EQ(simple_torch_safetensors_save(all, about, path.c_str()), 0)
        << simple_torch_error_message();
  }
  for (const std::string& each : {kRecorded + "tensors.safetensors", path}) {
    const auto named = [&](const char* name) {
      return Owned(simple_torch_safetensors_tensor(each.c_str(), name, -1));
    };
    EXPECT_EQ(values(named("b")), (std::vector<double>{1, 2}));
    EXPECT_EQ(values(named("i")), (std::vector<double>{-1, 7}));
    EXPECT_EQ(values(named("f")), (std::vector<double>{2.5}));
    EXPECT_EQ(values(named("odd")), (std::vector<double>{1, 2, 3}));
    EXPECT_EQ(values(named("t")), (std::vector<double>{1, 0}));
    EXPECT_EQ(shape(named("none")), (std::vector<int64_t>{0, 4}));
    EXPECT_EQ(value::text(Owned(simple_torch_safetensors_metadata(each.c_str()))),
              "{format: pt, note: \"ü\"\n}");
    EXPECT_EQ(simple_torch_safetensors_tensor(each.c_str(), "other", -1), 0);
    EXPECT_EQ(simple_torch_error_code(), SIMPLE_TORCH_E_INDEX);
  }
}

TEST(Safetensors, AreNotChangedByWhatIsDoneWithThem) {
  const Folder folder;
  const std::string before = read_file(kRecorded + "tensors.safetensors");
  const std::string path = write_file(folder / "mapped.safetensors", before);
  const Owned numbers(simple_torch_safetensors_tensor(path.c_str(), "odd", -1));
  simple_torch_tensor_fill(numbers, SIMPLE_TORCH_INT(9));
  EXPECT_EQ(read_file(path), before);
  // A file that is replaced leaves the old pages alone.
  const Owned nothing(simple_torch_value_from_dict(nullptr, nullptr, 0));
  EXPECT_EQ(simple_torch_safetensors_save(nothing, 0, path.c_str()), 0);
  EXPECT_EQ(values(numbers), (std::vector<double>{9, 9, 9}));
}

TEST(Safetensors, AreReadWhenTheyAreUsed) {
  if (kSanitized) GTEST_SKIP() << "a sanitizer's own memory hides it";
  const Folder folder;
  const std::string path = folder / "large.safetensors";
  {
    const Owned large(zeros({16 * kMiB}));
    const Owned value(simple_torch_value_from_tensor(large));
    const Owned name(simple_torch_value_from_text("large"));
    const simple_torch_handle key = name;
    const simple_torch_handle tensor = value;
    const Owned dict(simple_torch_value_from_dict(&key, &tensor, 1));
    ASSERT_EQ(simple_torch_safetensors_save(dict, 0, path.c_str()), 0);
  }
  const int64_t before = resident_bytes();
  const Owned loaded(load(path));
  EXPECT_LT(resident_bytes() - before, 8 * kMiB);
}

TEST(Safetensors, OfAnUnknownDtypeAreInNobodysWay) {
  const Folder folder;
  const std::string path =
      write_file(folder / "mixed.safetensors",
                 safetensors_of("{\"a\":{\"dtype\":\"Q7\",\"shape\":[8],\"data_offsets\":"
                                "[0,7]},\"b\":{\"dtype\":\"U8\",\"shape\":[1],"
                                "\"data_offsets\":[7,8]}}",
                                std::string(8, '\2')));
  EXPECT_EQ(values(Owned(simple_torch_safetensors_tensor(path.c_str(), "b", -1))),
            std::vector<double>{2});
  EXPECT_EQ(value::text(Owned(simple_torch_safetensors_names(path.c_str()))), "[a, b]");
  EXPECT_EQ(simple_torch_safetensors_tensor(path.c_str(), "a", -1), 0);
  EXPECT_EQ(simple_torch_error_code(), SIMPLE_TORCH_E_UNSUPPORTED);
  expect_refused(path, "'a' holds elements of 'Q7'");
}

TEST(Safetensors, SayWhichMemberIsNoTensor) {
  const Folder folder;
  const Owned bad(value::dict({{"a", value::of(int64_t{3})}}));
  EXPECT_EQ(simple_torch_safetensors_save(bad, 0, (folder / "x").c_str()),
            SIMPLE_TORCH_E_TYPE);
  EXPECT_NE(std::string(simple_torch_error_message())
                .find("has 'a', which is no tensor, but Int"),
            std::string::npos)
      << simple_torch_error_message();
}

TEST(Files, AreReplacedByWholeOnes) {
  const Folder folder;
  const std::string path = write_file(folder / "index.json", "old");
  ASSERT_EQ(simple_torch_file_replace(path.c_str(), "newer", 5), 0);
  EXPECT_EQ(read_file(path), "newer");
  EXPECT_EQ(simple_torch_file_replace((folder / "none/x").c_str(), "x", 1),
            SIMPLE_TORCH_E_IO);
  EXPECT_EQ(folder.files(), 1);
}

TEST(Safetensors, AreRefusedWhenTheirHeaderLies) {
  const Folder folder;
  const auto refused = [&](const std::string& header, const std::string& said) {
    SCOPED_TRACE(header);
    expect_refused(write_file(folder / "lies.safetensors",
                              safetensors_of(header, std::string(8, '\2'))),
                   said);
  };
  const auto entry = [](const std::string& name, const std::string& dtype,
                        const std::string& shape, const std::string& offsets) {
    return "\"" + name + "\":{\"dtype\":\"" + dtype + "\",\"shape\":[" + shape +
           "],\"data_offsets\":[" + offsets + "]}";
  };
  refused("{" + entry("a", "F32", "2", "0,8") + "," + entry("b", "F32", "1", "4,8") + "}",
          "'b' begins at byte 4 of the data, where byte 8 is next");
  refused("{" + entry("a", "F32", "1", "4,8") + "}", "where byte 0 is next");
  refused("{" + entry("a", "F32", "1", "0,4") + "}", "have 4 bytes, and the file has 8");
  refused("{" + entry("a", "F32", "3", "0,8") + "}", "bytes that its shape needs");
  refused("{" + entry("a", "F32", "2", "8,0") + "}", "bytes that its shape needs");
  refused("{" + entry("a", "F32", "4611686018427387905,2", "0,8") + "}",
          "bytes that its shape needs");
  refused("{" + entry("a", "F32", "0,4611686018427387905,4", "0,0") + "}",
          "bytes that its shape needs");
  refused("{" + entry("a", "F32", "-2", "0,8") + "}", "no possible number");
  refused("{" + entry("a", "F32", "99999999999999999999", "0,8") + "}",
          "no possible number");
  refused("{" + entry("a", "Q7", "2", "0,8") + "}", "'a' holds elements of 'Q7'");
  refused("{" + entry("a", "Q7", "2", "8,0") + "}", "bytes that its shape needs");
  refused("{" + entry("a", "BOOL", "8", "0,8") + "}", "no truth values");
  refused("{" + entry("a", "F64", "1", "0,8") + "," + entry("a", "F64", "0", "8,8") + "}",
          "'a' stands twice");
  refused("{\"a\":{\"dtype\":\"F32\"}}", "lacks its dtype, shape or data_offsets");
  refused("{\"a\":[]}", "there is no '{'");
  refused("{} x", "something follows");
  refused("{\"a", "a text does not end");
  refused("{\"\\ud800\":1}", "half a character");
  refused("{\"\xc5\":1}", "a text that is not UTF-8");
  expect_refused(
      write_file(folder / "long.safetensors", little(uint64_t{1} << 60) + "{}"),
      "a header of 1152921504606846976 bytes");
}

TEST(Files, ThatAreNoneAreRefused) {
  const Folder folder;
  expect_refused(write_file(folder / "empty.pt", ""), "the file is empty");
  expect_refused(write_file(folder / "text.pt", "hello, world"), "no file of torch.save");
  for (const std::string& path : {folder / "missing.pt", std::string("/tmp")}) {
    EXPECT_EQ(load(path), 0);
    EXPECT_EQ(simple_torch_error_code(), SIMPLE_TORCH_E_IO);
  }
  const std::string pipe = folder / "pipe.pt";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(load(pipe), 0);
  EXPECT_EQ(simple_torch_error_code(), SIMPLE_TORCH_E_IO);
}

}  // namespace
