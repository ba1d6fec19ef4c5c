// What libtorch's own headers say of its operators. ATen/ops holds, for each name,
//   <name>_ops.h            a struct for each overload: schema and C++ signature
//   <name>_<key>_dispatch.h the kernels of one backend
//   <name>_meta.h           the structured operators
//   <name>.h                the C++ functions; ATen/core/TensorBody.h the methods
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace simple_torch::generator {

struct CppParameter {
  // Without namespaces and needless spaces: "const Tensor&", "optional<ScalarType>".
  std::string type;
  std::string name;
};

// One struct of an *_ops.h.
struct Declaration {
  std::string struct_name;
  // "aten::add", "Tensor", "add.Tensor(…) -> Tensor", as they stand in the struct.
  std::string name;
  std::string overload;
  std::string schema;
  std::vector<CppParameter> parameters;
  std::string result_type;
  // The file's name, for #include and messages.
  std::string header;

  // Filled from the other headers.
  std::vector<std::string> backends;
  bool is_structured = false;
  bool is_function = false;
  bool is_method = false;
};

struct Version {
  int major = 0;
  int minor = 0;
  int patch = 0;
  std::string text() const;
};

Version read_version(const std::filesystem::path& include);

// All operators, sorted by struct name.
std::vector<Declaration> read_declarations(const std::filesystem::path& include);

// The structs of one *_ops.h; `header` is its name. Takes both forms in which libtorch
// writes them.
std::vector<Declaration> parse_ops_header(std::string_view text,
                                          const std::string& header);

// A C++ type without namespaces and needless spaces.
std::string plain_type(std::string_view type);

}  // namespace simple_torch::generator
