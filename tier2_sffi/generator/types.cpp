#include "types.h"

#include <algorithm>

#include "text.h"

namespace simple_torch::generator {
namespace {

const char* const kHandle = "simple_torch_handle";
const char* const kHandles = "const simple_torch_handle*";
const char* const kInts = "const int64_t*";
const char* const kInt = "int64_t";

std::vector<CParameter> list_of(const char* type) {
  return {{"", type}, {"_count", kInt}};
}
std::vector<CParameter> number() { return {{"_bits", kInt}, {"_kind", kInt}}; }

const std::vector<std::string> kAsIs = {"$"};
const std::vector<std::string> kList = {"$", "$.len()"};
const std::vector<std::string> kOptionalList = {"$", "count_of($)"};

// clang-format off
const std::vector<ArgumentType>& argument_types() {
  static const std::vector<ArgumentType> types = {
      {"Tensor", {{"", kHandle}}, {"Tensor"}, "Tensor", kAsIs, ""},
      {"Tensor?", {{"", kHandle}}, {"Tensor?"}, "Tensor?", kAsIs, "0 for none"},
      {"Tensor[]", list_of(kHandles), {"[Tensor]", "i64"}, "[Tensor]", kList, ""},
      {"Tensor?[]", list_of(kHandles), {"[Tensor?]", "i64"}, "[Tensor?]", kList,
       "0 for an element that is none"},
      {"int", {{"", kInt}}, {"i64"}, "i64", kAsIs, ""},
      {"int?", number(), {"i64?"}, "i64?", kAsIs, "INT or NONE"},
      {"int[]", list_of(kInts), {"[i64]", "i64"}, "[i64]", kList, ""},
      {"int[]?", list_of(kInts), {"[i64]?", "i64"}, "[i64]?", kOptionalList,
       "count -1 for none"},
      {"float", {{"", "double"}}, {"f64"}, "f64", kAsIs, ""},
      {"float?", number(), {"f64?"}, "f64?", kAsIs, "FLOAT, INT or NONE"},
      {"float[]", list_of("const double*"), {"[f64]", "i64"}, "[f64]", kList, ""},
      {"float[]?", list_of("const double*"), {"[f64]?", "i64"}, "[f64]?", kOptionalList,
       "count -1 for none"},
      {"bool", {{"", kInt}}, {"bool"}, "bool", kAsIs, ""},
      {"bool?", number(), {"bool?"}, "bool?", kAsIs, "BOOL or NONE"},
      {"bool[2]", {{"", kInt}}, {"i64"}, "[bool]", {"mask_of($)"}, "bit i is element i"},
      {"bool[3]", {{"", kInt}}, {"i64"}, "[bool]", {"mask_of($)"}, "bit i is element i"},
      {"bool[4]", {{"", kInt}}, {"i64"}, "[bool]", {"mask_of($)"}, "bit i is element i"},
      {"Scalar", number(), {"Scalar"}, "Scalar", kAsIs, ""},
      {"Scalar?", number(), {"Scalar?"}, "Scalar?", kAsIs, "NONE for none"},
      {"Scalar[]", list_of(kInts), {"[Scalar]", "i64"}, "[Scalar]", kList,
       "bits and kind of each in turn; the count is that of the numbers"},
      {"ScalarType", {{"", kInt}}, {"i64"}, "Dtype", {"$.number"}, "a dtype"},
      {"ScalarType?", {{"", kInt}}, {"i64"}, "Dtype?", {"dtype_number($)"},
       "a dtype, -1 for none"},
      {"Layout", {{"", kInt}}, {"i64"}, "Layout", {"$.number"}, "a layout"},
      {"Layout?", {{"", kInt}}, {"i64"}, "Layout?", {"layout_number($)"},
       "a layout, -1 for none"},
      {"MemoryFormat", {{"", kInt}}, {"i64"}, "MemoryFormat", {"$.number"},
       "a memory format"},
      {"MemoryFormat?", {{"", kInt}}, {"i64"}, "MemoryFormat?",
       {"memory_format_number($)"}, "a memory format, -1 for none"},
      {"Device", {{"", kInt}}, {"i64"}, "Device", {"$.number"}, "a device"},
      {"Device?", {{"", kInt}}, {"i64"}, "Device?", {"device_number($)"},
       "a device, -1 for none"},
      {"DeviceIndex", {{"", kInt}}, {"i64"}, "i64", kAsIs, "a device's index"},
      {"Generator", {{"", kHandle}}, {"Generator"}, "Generator", kAsIs, "a generator"},
      {"Generator?", {{"", kHandle}}, {"Generator?"}, "Generator?", kAsIs,
       "a generator, 0 for the default one"},
      {"str", {{"", "const char*"}}, {"text"}, "text", kAsIs, ""},
      {"str?", {{"", "const char*"}}, {"text?"}, "text?", kAsIs, "NULL for none"},
      {"Dimname", {{"", "const char*"}}, {"text"}, "text", kAsIs, "the name of a dim"},
      {"Dimname[]", {{"", "const char*"}}, {"text"}, "[text]", {"$.join(\",\")"},
       "names of dims, separated by commas"},
      {"Dimname[]?", {{"", "const char*"}}, {"text?"}, "[text]?", {"names_of($)"},
       "names of dims, separated by commas; NULL for none"},
      {"Storage", {{"", kHandle}}, {"Storage"}, "Storage", kAsIs, "a storage"},
      {"Stream", {{"", kHandle}}, {"Stream"}, "Stream", kAsIs, "a stream"},
  };
  return types;
}

const std::vector<ResultType>& result_types() {
  static const std::vector<ResultType> types = {
      {"Tensor", kHandle, {{"", "simple_torch_handle*"}}, "Tensor", "Tensor", "$", ""},
      {"Tensor[]", kHandle, {{"", "simple_torch_handle*"}}, "TensorList", "[Tensor]",
       "tensors_of($)", "a list of tensors"},
      {"int", "", {{"", "int64_t*"}}, "i64", "i64", "$", ""},
      {"float", "", {{"", "double*"}}, "f64", "f64", "$", ""},
      {"bool", "", {{"", "int64_t*"}}, "bool", "bool", "$", "0 or 1"},
      {"Scalar", "", {{"_bits", "int64_t*"}, {"_kind", "int64_t*"}}, "Scalar", "Scalar",
       "$", "the bits take two words"},
      {"ScalarType", "", {{"", "int64_t*"}}, "i64", "Dtype", "Dtype(number: $)",
       "a dtype"},
      {"QScheme", "", {{"", "int64_t*"}}, "i64", "i64", "$", "a quantization scheme"},
      {"int[]", kHandle, {{"", "simple_torch_handle*"}}, "Value", "[i64]",
       "integers_of($)", "a value: a list of integers"},
  };
  return types;
}

struct Reader {
  std::string schema;
  std::string cpp;
  std::string function;
};

const std::vector<Reader>& readers() {
  static const std::vector<Reader> table = {
      {"Tensor", "const Tensor&", "tensor"},
      {"Tensor", "Tensor&", "tensor"},
      {"Tensor?", "const optional<Tensor>&", "optional_tensor"},
      {"Tensor[]", "TensorList", "tensors"},
      {"Tensor[]", "const ITensorListRef&", "tensor_refs"},
      {"Tensor?[]", "const List<optional<Tensor>>&", "optional_tensors"},
      {"int", "int64_t", ""},
      {"int", "SymInt", ""},
      {"int?", "optional<int64_t>", "optional_int"},
      {"int?", "optional<SymInt>", "optional_sym_int"},
      {"int[]", "IntArrayRef", "ints"},
      {"int[]", "SymIntArrayRef", "sym_ints"},
      {"int[]?", "OptionalIntArrayRef", "optional_ints"},
      {"int[]?", "OptionalSymIntArrayRef", "optional_sym_ints"},
      {"float", "double", ""},
      {"float?", "optional<double>", "optional_float"},
      {"float[]", "ArrayRef<double>", "floats"},
      {"float[]?", "optional<ArrayRef<double>>", "optional_floats"},
      {"bool", "bool", "truth"},
      {"bool?", "optional<bool>", "optional_truth"},
      {"bool[2]", "array<bool,2>", "mask<2>"},
      {"bool[3]", "array<bool,3>", "mask<3>"},
      {"bool[4]", "array<bool,4>", "mask<4>"},
      {"Scalar", "const Scalar&", "number"},
      {"Scalar?", "const optional<Scalar>&", "optional_scalar"},
      {"Scalar[]", "ArrayRef<Scalar>", "numbers"},
      {"ScalarType", "ScalarType", "dtype_of"},
      {"ScalarType?", "optional<ScalarType>", "optional_scalar_type"},
      {"Layout", "Layout", "layout_of"},
      {"Layout?", "optional<Layout>", "optional_layout"},
      {"MemoryFormat", "MemoryFormat", "memory_format_of"},
      {"MemoryFormat?", "optional<MemoryFormat>", "optional_memory_format"},
      {"Device", "Device", "usable_device"},
      {"Device?", "optional<Device>", "optional_device"},
      {"DeviceIndex", "DeviceIndex", "device_index"},
      {"Generator", "Generator", "generator"},
      {"Generator?", "optional<Generator>", "optional_generator"},
      {"str", "string_view", "text"},
      {"str?", "optional<string_view>", "optional_text"},
      {"Dimname", "Dimname", "dim_name"},
      {"Dimname[]", "DimnameList", "dim_names"},
      {"Dimname[]?", "optional<DimnameList>", "optional_dim_names"},
      {"Storage", "Storage", "storage"},
      {"Stream", "Stream", "stream"},
  };
  return table;
}
// clang-format on

// Symbolic integers are integers wherever no graph is being traced.
std::string concrete(const std::string& schema) {
  if (schema == "SymBool") return "bool";
  return replace_all(schema, "SymInt", "int");
}

template <typename Row>
const Row& row_of(const std::vector<Row>& rows, const std::string& schema,
                  const std::string& what, const std::string& where) {
  const auto row = std::find_if(rows.begin(), rows.end(), [&](const Row& each) {
    return each.schema == concrete(schema);
  });
  if (row == rows.end()) {
    throw Error(cat(where, ": no rule for ", what, " of type '", schema,
                    "'; tier2_sffi/generator/types.cpp has the table"));
  }
  return *row;
}

}  // namespace

const ArgumentType& argument_type(const std::string& schema, const std::string& where) {
  return row_of(argument_types(), schema, "an argument", where);
}

const ResultType& result_type(const std::string& schema, const std::string& where) {
  return row_of(result_types(), schema, "a result", where);
}

const std::string& reader_of(const std::string& schema, const std::string& cpp,
                             const std::string& where) {
  for (const Reader& reader : readers()) {
    if (reader.schema == concrete(schema) && reader.cpp == cpp) return reader.function;
  }
  throw Error(cat(where, ": no way to make the C++ type '", cpp, "' of the schema's '",
                  schema, "'; tier2_sffi/generator/types.cpp has the table"));
}

}  // namespace simple_torch::generator
