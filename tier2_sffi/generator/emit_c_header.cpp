// The C header of the operators. Each entry carries its schema; abi.h and the header's
// first page say how a schema becomes a C function.
#include "emit.h"
#include "text.h"

namespace simple_torch::generator {
namespace {

constexpr const char* kHead = R"(/**
 * The operators of libtorch $VERSION, one function for each: $COUNT.
 *
 * Made from libtorch's own headers by tier2_sffi/generator; another libtorch has others.
 * An operator that the default libtorch has takes the same parameters whatever libtorch is
 * found: those of the default one.
 *
 * An entry shows libtorch's schema. Its arguments are the parameters, in the same order:
 *
 *   Tensor, Tensor?             a handle, borrowed; 0 for none
 *   Tensor[], Tensor?[]         handles and their count
 *   int, SymInt; bool           int64_t; 0 or 1
 *   float                       double
 *   Scalar, Scalar?, int?, …    two slots, bits and kind; SIMPLE_TORCH_NONE for none
 *   int[], float[]              pointer and count; count -1 for none
 *   Scalar[]                    pointer to bits and kind of each in turn; their count
 *   bool[N]                     one number whose bit i is element i
 *   ScalarType, Layout, MemoryFormat, Device    numbers; -1 for none
 *   Generator                   a handle; 0 for the default one
 *   str                         text; NULL for none
 *   Dimname, Dimname[]          text; names separated by commas
 *   Storage, Stream             handles
 *
 * A function returns the first result if that is a tensor or a list of tensors: a handle
 * owned by the caller. Further results, and numbers, go to the out_ parameters behind the
 * arguments, each of which may be NULL; handles there are the caller's too. Arguments that
 * are written to, marked (a!), do not come back as results: a function that has no other
 * result returns a status. A tensor that libtorch leaves undefined is a handle as well:
 * see simple_torch_tensor_defined().
 */
#ifndef SIMPLE_TORCH_OPS_H_
#define SIMPLE_TORCH_OPS_H_

#include "simple_torch/abi.h"
)";

// What is to be said of an operator that this libtorch has in another form.
std::string note_on_form(const Operation& operation) {
  if (!operation.agreement.refusal.empty()) {
    return "Fails with UNSUPPORTED: this libtorch has it in another form.";
  }
  std::vector<std::string> names;
  for (const int index : operation.agreement.missing) {
    names.push_back(operation.arguments[static_cast<size_t>(index)].schema.name);
  }
  if (names.empty()) return "";
  return cat("This libtorch has no ", joined(names, ", "),
             ": anything but the default fails with UNSUPPORTED.");
}

std::string entry(const Operation& operation) {
  std::string text = "\n/**\n";
  for (const std::string& line : wrapped("aten::" + operation.schema_text, 85)) {
    text += " * " + line + '\n';
  }
  const std::vector<std::string> note = wrapped(note_on_form(operation), 85);
  if (!note.empty()) text += " *\n";
  for (const std::string& line : note) text += " * " + line + '\n';
  if (!operation.deprecation.empty()) {
    text += cat(" *\n * Deprecated: ", operation.deprecation, "\n");
  }
  text += " */\n";
  std::vector<std::string> parameters;
  for (const CFunctionParameter& parameter : c_parameters(operation)) {
    parameters.push_back(parameter.type + ' ' + parameter.name);
  }
  const std::string all = parameters.empty() ? "void" : joined(parameters, ", ");
  const std::string head =
      cat("SIMPLE_TORCH_API ", c_result(operation), ' ', operation.c_name, '(');
  if (head.size() + all.size() + 2 <= 90) return cat(text, head, all, ");\n");
  return cat(text, head, '\n', wrapped_list(parameters, "    ", 88), ");\n");
}

}  // namespace

void emit_c_header(const Model& model, const std::filesystem::path& file) {
  size_t count = 0;
  std::string entries;
  for (const Operation& operation : model.operations) {
    if (operation.is_excluded()) continue;
    entries += entry(operation);
    ++count;
  }
  std::string text = replace_all(kHead, "$VERSION", model.version.text());
  text = replace_all(std::move(text), "$COUNT", std::to_string(count));
  write_if_changed(file, text + entries + "\n#endif\n");
}

}  // namespace simple_torch::generator
