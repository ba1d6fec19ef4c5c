// The extern declarations of Simple: ffi.spl for our own headers, and a file for each
// group of operators.
#include <map>

#include "emit.h"
#include "text.h"

namespace simple_torch::generator {
namespace {

// "(a: Tensor, b: i64)", broken into lines where it is long.
std::string declaration(const std::string& name, const std::vector<std::string>& list,
                        const std::string& result) {
  const std::string head = "extern fn " + name + '(';
  const std::string tail = ") -> " + result + '\n';
  const std::string all = joined(list, ", ");
  if (head.size() + all.size() + tail.size() <= 90) return head + all + tail;
  return head + '\n' + wrapped_list(list, "    ", 90 - tail.size()) + tail;
}

std::string result_of(const Operation& operation) {
  std::vector<std::string> types;
  const OperationResult* const returned = operation.returned();
  types.push_back(returned != nullptr ? returned->type->external : "i64");
  for (const OperationResult* result : operation.outs()) {
    types.push_back(result->type->external);
  }
  return types.size() == 1 ? types.front() : '(' + joined(types, ", ") + ')';
}

std::string operator_extern(const Operation& operation) {
  std::string text = "\n";
  for (const std::string& line : wrapped("aten::" + operation.schema_text, 86)) {
    text += "## " + line + '\n';
  }
  std::vector<std::string> parameters;
  for (const OperationArgument& argument : operation.arguments) {
    const auto& externs = argument.type->externs;
    parameters.push_back(argument.simple_name + ": " + externs.front());
    if (externs.size() > 1) {
      parameters.push_back(argument.simple_name + "_count: " + externs[1]);
    }
  }
  return text + declaration("rt_" + operation.c_name.substr(7), parameters,
                            result_of(operation));
}

std::string head(const std::string& what, const std::string& from) {
  return cat("# ", what, "\n# Made by tier2_sffi/generator from ", from,
             ". Not to be edited.\n");
}

}  // namespace

void emit_externs(const Model& model, const std::vector<CFunction>& functions,
                  const std::filesystem::path& folder) {
  std::string text = head("The library's own functions, and its types.",
                          "tier1_ffi/include/simple_torch");
  text += R"(
# A value of these types owns a handle; the collector frees it with the type's _free. What
# an extern declaration means for the C function behind it is in tier2_sffi/README.md.
extern type Tensor
extern type TensorList
extern type Value
extern type ScalarHandle
extern type Generator
extern type Operation
extern type Scope
extern type Storage
extern type Stream
extern type Event
extern type Graph
extern type Gradients
extern type Packed
extern type Dlpack
extern type NativeOptimizer
extern type RawModule
extern type RawScript
extern type Trace
extern type IoStream
extern type Transfer
extern type Archive
extern type Package
extern type Workers
)";
  std::string header;
  for (const CFunction& function : functions) {
    if (function.simple.empty()) continue;
    if (function.header != header) {
      header = function.header;
      text += cat("\n# ---- ", header, " ----\n");
    }
    text += '\n';
    for (const std::string& line : wrapped(function.summary, 86)) {
      text += "## " + line + '\n';
    }
    const size_t open = function.simple.find('(');
    const size_t arrow = function.simple.rfind(") -> ");
    text += declaration(
        function.simple.substr(0, open),
        split_outside_brackets(function.simple.substr(open + 1, arrow - open - 1), ','),
        function.simple.substr(arrow + 5));
  }
  write_if_changed(folder / "ffi.spl", text);

  for (const auto& [group, title] : model.groups) {
    std::string operators =
        head(title + ": operators of libtorch " + model.version.text() + '.',
             "libtorch's headers");
    operators +=
        "\nuse lib.torch.ffi.{Tensor, TensorList, Value, Generator, Storage, Stream}\n";
    size_t count = 0;
    for (const Operation& operation : model.operations) {
      if (operation.group != group || operation.is_excluded()) continue;
      operators += operator_extern(operation);
      ++count;
    }
    if (count > 0) write_if_changed(folder / cat("ffi_", group, ".spl"), operators);
  }
}

}  // namespace simple_torch::generator
