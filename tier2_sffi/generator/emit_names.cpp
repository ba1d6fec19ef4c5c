// The names that people write: methods_…spl and functions_…spl have one for each
// operator, with its overloads merged, and operators.spl brings them all; linalg.spl,
// fft.spl and special.spl the functions that libtorch calls linalg_…, by their short
// names.
#include <algorithm>
#include <map>
#include <set>

#include "decision.h"
#include "emit.h"
#include "simple_text.h"
#include "text.h"

namespace simple_torch::generator {
namespace {

// Modules of their own: what their operators' names begin with.
constexpr const char* kModules[] = {"linalg", "fft", "special"};

struct Question {
  Classes classes;
  // `$` is what is asked about.
  const char* yes;
  const char* no;
};
constexpr Question kQuestions[] = {
    {kNil, "$ == nil", "$ != nil"},
    {kTensor, "$ is Tensor", "$ is not Tensor"},
    {kInt, "$ is i64", "$ is not i64"},
    {kBool, "$ is bool", "$ is not bool"},
    {kFloat, "$ is f64", "$ is not f64"},
    {kText, "$ is text", "$ is not text"},
    {kDtype, "$ is Dtype", "$ is not Dtype"},
    {kLayout, "$ is Layout", "$ is not Layout"},
    {kMemoryFormat, "$ is MemoryFormat", "$ is not MemoryFormat"},
    {kDevice, "$ is Device", "$ is not Device"},
    {kGenerator, "$ is Generator", "$ is not Generator"},
    {kStorage, "$ is Storage", "$ is not Storage"},
    {kStream, "$ is Stream", "$ is not Stream"},
    {kComplex, "$ is Tuple", "$ is not Tuple"},
    {kList | kTensors, "$ is Array", "$ is not Array"},
    {kTensors, "holds_tensors($)", "not holds_tensors($)"},
};

std::string question_text(const Decision& decision, const Merged& merged, bool yes) {
  for (const Question& question : kQuestions) {
    if (question.classes != decision.asked) continue;
    return replace_all(yes ? question.yes : question.no, "$",
                       merged.slots[decision.slot].name);
  }
  throw Error(cat(merged.name, ": there is no way to ask for ", decision.asked));
}

// What an argument's value in Simple is, and what the extern function is given for it.
struct Passed {
  // Lines before the call, without indentation.
  std::string prelude;
  std::string value;
  std::vector<std::string> lowered;
};

std::vector<std::string> lower_with(const std::vector<std::string>& forms,
                                    const std::string& value) {
  std::vector<std::string> lowered;
  for (const std::string& form : forms) lowered.push_back(replace_all(form, "$", value));
  return lowered;
}

// What the integers after the first come in, where several may be given.
constexpr const char* kMore = "more";

// A list of integers, for which several may have been given one after the other.
Passed pass_several(const std::string& slot) {
  Passed passed;
  passed.value = slot + "_list";
  passed.prelude = cat("val ", passed.value, " = sizes_of(", slot, ", ", kMore, ')');
  passed.lowered = lower_with({"$", "$.len()"}, passed.value);
  return passed;
}

// A list of integers, for which one may have been given.
Passed pass_integers(const OperationArgument& argument, const std::string& slot,
                     Classes known, const std::string& fallback) {
  Passed passed;
  passed.value = slot;
  const bool may_miss = (known & kNil) != 0;
  if (known != kList) {
    passed.value = slot + "_list";
    const std::string one = argument.schema.length > 1
                                ? cat('[', slot, "; ", argument.schema.length, ']')
                                : cat('[', slot, ']');
    std::string choice;
    if (may_miss) choice += cat("if ", slot, " == nil: ", fallback, " else: ");
    choice += cat("if ", slot, " is i64: ", one, " else: ", slot);
    passed.prelude = cat("val ", passed.value, " = ", choice);
  }
  const bool is_nil = may_miss && fallback == "nil";
  passed.lowered = lower_with(is_nil ? std::vector<std::string>{"$", "count_of($)"}
                                     : std::vector<std::string>{"$", "$.len()"},
                              passed.value);
  return passed;
}

Passed pass(const OperationArgument& argument, const std::string& slot, Classes known,
            const std::string& where) {
  const std::string& type = argument.type->schema;
  const bool may_miss = (known & kNil) != 0;
  const std::string fallback =
      argument.schema.has_default ? default_of(argument, where) : "nil";
  Passed passed;
  passed.value = slot;
  if (known == kNil) {
    passed.value = fallback;
    if (fallback == "nil" && type == "ScalarType?") {
      passed.lowered = {"-1"};
    } else if (fallback == "nil" && ends_with(type, "[]?")) {
      passed.lowered = {"nil", "-1"};
    } else {
      passed.lowered = lower_with(argument.type->lowered, fallback);
    }
    return passed;
  }
  if (starts_with(type, "int[]")) return pass_integers(argument, slot, known, fallback);
  if (type == "ScalarType?") {
    passed.lowered = {may_miss ? cat("(if ", slot, " == nil: -1 else: ", slot, ".number)")
                               : slot + ".number"};
    return passed;
  }
  if (may_miss && fallback != "nil") passed.value = cat("(", slot, " ?? ", fallback, ')');
  passed.lowered = lower_with(argument.type->lowered, passed.value);
  return passed;
}

std::string indented(int depth) {
  return std::string(static_cast<size_t>(depth) * 4, ' ');
}

class Writer {
 public:
  Writer(const Merged& merged, std::string name, bool is_try)
      : merged_(merged), name_(std::move(name)), is_try_(is_try) {}

  // The tree's text; `is_last` says that the function ends here.
  std::string tree(const Decision& decision, int depth, bool is_last) const {
    if (!decision.is_question()) {
      return decision.way == nullptr
                 ? nothing_fits(indented(depth))
                 : call(*decision.way, decision.known, depth, is_last);
    }
    // What must not be, in one.
    std::vector<std::string> refused;
    const Decision* next = &decision;
    while (next->is_question() && fits_nothing(*next->no)) {
      refused.push_back(question_text(*next, merged_, false));
      next = next->yes.get();
    }
    if (!refused.empty()) {
      const std::string head = cat(indented(depth), "if ", joined(refused, " or "), ':');
      return cat(head, '\n', nothing_fits(indented(depth + 1)),
                 tree(*next, depth, is_last));
    }
    return cat(indented(depth), "if ", question_text(decision, merged_, true), ":\n",
               tree(*decision.yes, depth + 1, false), tree(*decision.no, depth, is_last));
  }

 private:
  static bool fits_nothing(const Decision& decision) {
    return !decision.is_question() && decision.way == nullptr;
  }

  std::string nothing_fits(const std::string& indent) const {
    std::vector<std::string> list = {cat('"', name_, '"')};
    for (const std::string& form : forms()) list.push_back(cat('"', form, '"'));
    if (!is_try_) return call_of("no_form", list, indent);
    std::string text = call_of("no_overload", list, indent + "return Err(");
    text.insert(text.size() - 1, ")");
    return text;
  }

  // What the overloads take, for the message.
  std::vector<std::string> forms() const {
    std::vector<std::string> forms;
    for (const Way& way : merged_.ways) {
      std::vector<std::string> names;
      for (size_t i = 0; i < way.operation->arguments.size(); ++i) {
        if (merged_.is_method && way.sources[i] < 0) continue;
        names.push_back(way.operation->arguments[i].simple_name);
      }
      const std::string form = cat(name_, '(', joined(names, ", "), ')');
      if (std::find(forms.begin(), forms.end(), form) == forms.end()) {
        forms.push_back(form);
      }
    }
    return forms;
  }

  std::string call(const Way& way, const std::vector<Classes>& known, int depth,
                   bool is_last) const {
    const Operation& operation = *way.operation;
    const std::string indent = indented(depth);
    std::string text;
    std::vector<std::string> values;
    std::vector<std::string> lowered;
    for (size_t i = 0; i < operation.arguments.size(); ++i) {
      const OperationArgument& argument = operation.arguments[i];
      Passed passed;
      if (way.sources[i] < 0) {
        passed.value = "self";
        passed.lowered = {"self"};
      } else {
        const auto slot = static_cast<size_t>(way.sources[i]);
        const bool several = merged_.takes_several && slot == 0 &&
                             starts_with(argument.type->schema, "int[]");
        passed = several ? pass_several(merged_.slots[slot].name)
                         : pass(argument, merged_.slots[slot].name, known[slot],
                                operation.full_name);
      }
      if (indent.size() + passed.prelude.size() > 90) {
        passed.prelude =
            replace_all(passed.prelude, "_list = ", "_list =\n" + indent + "    ");
      }
      if (!passed.prelude.empty()) text += indent + passed.prelude + '\n';
      values.push_back(passed.value);
      lowered.insert(lowered.end(), passed.lowered.begin(), passed.lowered.end());
    }
    text += call_of(extern_name(operation), lowered, indent + "val raw = ");
    text += failure_line(operation, name_, values, indent, is_try_);
    std::string value = outcome_of(operation).value;
    for (size_t i = 0; i < operation.arguments.size(); ++i) {
      value = replace_all(value, '$' + operation.arguments[i].simple_name, values[i]);
    }
    return text + indent + (is_last ? "" : "return ") +
           (is_try_ ? cat("Ok(", value, ')') : value) + '\n';
  }

  const Merged& merged_;
  std::string name_;
  bool is_try_;
};

std::string parameter_of(const Slot& slot) {
  std::string type = joined(slot.types, " | ");
  const bool is_optional = (slot.classes & kNil) != 0;
  if (is_optional) type = slot.types.size() == 1 ? type + '?' : type + " | nil";
  std::string text = cat(slot.name, ": ", type);
  if (!slot.default_value.empty()) text += " = " + slot.default_value;
  return text;
}

std::string result_of(const Merged& merged) {
  std::vector<std::string> types;
  for (const Way& way : merged.ways) {
    const std::string type = outcome_of(*way.operation).type;
    if (std::find(types.begin(), types.end(), type) == types.end()) types.push_back(type);
  }
  return joined(types, " | ");
}

// Both forms of a function; `indent` is that of a method in its impl.
std::string both_forms(const Merged& merged, const std::string& name, int depth) {
  const std::string indent = indented(depth);
  const std::unique_ptr<Decision> decision = decide(merged);
  std::vector<std::string> parameters;
  for (const Slot& slot : merged.slots) {
    parameters.push_back(parameter_of(slot));
    if (merged.takes_several && parameters.size() == 1) {
      parameters.push_back(cat(kMore, ": i64..."));
    }
  }
  const std::string result = result_of(merged);
  std::string text = "\n";
  std::set<const Operation*> seen;
  for (const Way& way : merged.ways) {
    if (seen.insert(way.operation).second) text += schema_comment(*way.operation, indent);
  }
  for (const bool is_try : {false, true}) {
    const std::string full = is_try ? "try_" + name : name;
    if (is_try) text += cat('\n', indent, "## ", name, "(), with a failure as Err.\n");
    text += function_head(indent, full, parameters,
                          is_try ? "Result<" + result + ", TorchError>" : result);
    if (!is_try && !merged.instead.empty()) {
      text += cat(indent, "    if ", merged.without_tensor, ": return ", merged.instead,
                  '\n');
    }
    text += Writer(merged, name, is_try).tree(*decision, depth + 1, true);
  }
  return text;
}

std::string file_head(const std::string& what, const Model& model,
                      const std::set<std::string>& groups) {
  std::string text = cat(
      "# ", what, " of libtorch ", model.version.text(),
      ".\n# Made by tier2_sffi/generator from libtorch's headers. Not to be edited.\n\n",
      "use lib.torch.ffi.{Tensor, Generator, Storage, Stream}\n");
  for (const std::string& group : groups)
    text += cat("use lib.torch.ffi_", group, ".*\n");
  return text + "use lib.torch.support.*\nuse lib.torch.arguments.*\n";
}

// "linalg" and "solve" for linalg_solve; "" and the whole name otherwise.
std::pair<std::string, std::string> module_and_name(const std::string& name) {
  for (const std::string module : kModules) {
    if (starts_with(name, module + '_')) return {module, name.substr(module.size() + 1)};
  }
  return {"", name};
}

}  // namespace

void emit_names(const Model& model, const MergedNames& names,
                const std::filesystem::path& folder) {
  std::map<std::string, std::string> methods;
  for (const Merged& merged : names.methods) {
    methods[merged.group] += both_forms(merged, merged.name, 1);
  }
  std::map<std::string, std::string> functions;
  std::map<std::string, std::string> modules;
  std::map<std::string, std::set<std::string>> module_groups;
  for (const Merged& merged : names.functions) {
    const auto [module, name] = module_and_name(merged.name);
    (module.empty() ? functions[merged.group] : modules[module]) +=
        both_forms(merged, name, 0);
    module_groups[module].insert(merged.group);
  }
  for (const auto& [group, title] : model.groups) {
    if (methods.count(group) > 0) {
      write_if_changed(
          folder / cat("methods_", group, ".spl"),
          cat(file_head(title + ": methods for the operators", model, {group}),
              "\nimpl Tensor:", methods[group]));
    }
    if (functions.count(group) > 0) {
      write_if_changed(
          folder / cat("functions_", group, ".spl"),
          file_head(title + ": functions for the operators", model, {group}) +
              functions[group]);
    }
  }
  std::string all =
      cat("# The methods and functions of all operators, and linalg, fft and "
          "special.\n# Made by tier2_sffi/generator. Not to be edited.\n\n");
  for (const auto& [group, title] : model.groups) {
    if (methods.count(group) > 0) all += cat("use lib.torch.methods_", group, '\n');
    if (functions.count(group) > 0) {
      all += cat("export use lib.torch.functions_", group, ".*\n");
    }
  }
  for (const auto& [module, text] : modules) {
    all += cat("export use lib.torch.", module, '\n');
    write_if_changed(folder / (module + ".spl"), file_head(cat("The functions ", module,
                                                               "_… by their short names: "
                                                               "the operators"),
                                                           model, module_groups[module]) +
                                                     text);
  }
  write_if_changed(folder / "operators.spl", all);
}

}  // namespace simple_torch::generator
