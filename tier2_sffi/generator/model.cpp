#include "model.h"

#include <algorithm>
#include <map>

#include "text.h"

namespace simple_torch::generator {
namespace {

bool is_dunder(const std::string& name) {
  return name.size() > 4 && starts_with(name, "__") && ends_with(name, "__");
}

// "add_" is the in-place form of add; "__iadd__" is a name of its own.
bool has_inplace_name(const std::string& name) {
  return ends_with(name, "_") && !is_dunder(name);
}

std::string base_of(const std::string& name) {
  return has_inplace_name(name) ? name.substr(0, name.size() - 1) : name;
}

std::string c_name_of(const Schema& schema) {
  std::string name = "simple_torch_op_" + base_of(schema.name);
  if (has_inplace_name(schema.name)) name += "_inplace";
  if (!schema.overload.empty()) name += '_' + schema.overload;
  return lower(name);
}

// "dim_IntList" as it is written in Simple: dim_int_list.
std::string snake_case(const std::string& name) {
  std::string snake;
  for (size_t i = 0; i < name.size(); ++i) {
    const bool is_upper = name[i] >= 'A' && name[i] <= 'Z';
    const bool after_lower = i > 0 && name[i - 1] >= 'a' && name[i - 1] <= 'z';
    if (is_upper && after_lower) snake += '_';
    snake += name[i];
  }
  return lower(snake);
}

// The overload that has the operator's own name in Simple: the one without a name, else
// the one that a reader would expect.
std::string principal_overload(const std::vector<std::string>& overloads) {
  for (const char* first :
       {"", "Tensor", "Tensor_Tensor", "self", "int", "input", "using_ints", "src",
        "sections", "int_Scalar", "scalarint", "dx", "memory_format"}) {
    for (const std::string& overload : overloads) {
      if (overload == first) return overload;
    }
  }
  return overloads.front();
}

std::string simple_name_of(const Schema& schema, const std::string& principal,
                           const Rules& rules) {
  const std::string base = base_of(schema.name);
  std::string name = base;
  if (schema.overload != principal) name += '_' + snake_case(schema.overload);
  if (has_inplace_name(schema.name)) name += '_';
  if (rules.reserved.count(name) > 0) name += "_of";
  return name;
}

bool has_argument(const Schema& schema, const std::string& name) {
  return std::any_of(schema.arguments.begin(), schema.arguments.end(),
                     [&](const Argument& argument) { return argument.name == name; });
}

bool has_type(const Schema& schema, const std::string& start) {
  return std::any_of(
      schema.arguments.begin(), schema.arguments.end(),
      [&](const Argument& argument) { return starts_with(argument.type, start); });
}

void classify(Operation& operation, const Rules& rules) {
  const Schema& schema = operation.schema;
  const std::string& name = schema.name;
  const auto& backends = operation.declaration.backends;
  operation.is_inplace = has_inplace_name(name) && !schema.arguments.empty() &&
                         schema.arguments.front().is_written;
  // Old forms do not say of all that they write to it.
  for (const Schema* form :
       std::initializer_list<const Schema*>{&schema, &operation.own_schema}) {
    for (const Argument& argument : form->arguments) {
      operation.is_mutating |= argument.is_written;
      operation.is_out |= argument.is_written && argument.keyword_only;
    }
    for (const Argument& result : form->results) {
      operation.is_view |= !result.alias.empty() && !result.is_written;
    }
  }
  operation.is_factory = has_argument(schema, "dtype") &&
                         has_argument(schema, "layout") && has_argument(schema, "device");
  operation.is_random = has_type(schema, "Generator") || rule_for(rules.random, name);
  operation.is_backward = name.find("backward") != std::string::npos;
  operation.is_internal = starts_with(name, "_") && !is_dunder(name);
  operation.is_composite =
      std::any_of(backends.begin(), backends.end(), [](const std::string& backend) {
        return starts_with(backend, "compositeimplicit");
      });
  const bool has_cpu_kernel =
      std::find(backends.begin(), backends.end(), "cpu") != backends.end();
  operation.can_skip_autograd = has_cpu_kernel && !operation.is_composite &&
                                !operation.is_mutating && !operation.is_view &&
                                has_type(schema, "Tensor");
}

// The schema of a declaration, which call() must agree with.
Schema schema_of(const Declaration& declaration, const std::string& where) {
  Schema schema = parse_schema(declaration.schema, where);
  if ("aten::" + schema.name != declaration.name ||
      schema.overload != declaration.overload) {
    throw Error(cat(where, ": name and schema disagree: ", declaration.schema));
  }
  if (schema.arguments.size() != declaration.parameters.size()) {
    throw Error(cat(where, ": the schema has ", schema.arguments.size(),
                    " arguments, and call() has ", declaration.parameters.size()));
  }
  for (size_t i = 0; i < schema.arguments.size(); ++i) {
    Argument& argument = schema.arguments[i];
    const CppParameter& parameter = declaration.parameters[i];
    if (parameter.name != argument.name) {
      throw Error(cat(where, ": the schema's argument '", argument.name, "' is '",
                      parameter.name, "' in call()"));
    }
    // The one argument whose C++ type the schema does not tell.
    if (parameter.type == "DeviceIndex") argument.type = "DeviceIndex";
  }
  return schema;
}

Operation make_operation(const Declaration& declaration, const Rules& rules,
                         const Declared& declared) {
  Operation operation;
  operation.declaration = declaration;
  const std::string where = cat(declaration.header, ": ", declaration.struct_name);
  operation.own_schema = schema_of(declaration, where);
  const Schema& found = operation.own_schema;
  operation.full_name = declaration.name;
  if (!found.overload.empty()) operation.full_name += '.' + found.overload;
  operation.c_name = c_name_of(found);
  if (const Rule* rule = rule_for(rules.small_work, operation.full_name)) {
    operation.small_work = rule->words.size() > 1 ? "is_small_linear" : "is_small";
  }

  const auto exported = declared.find(operation.full_name);
  operation.schema_text =
      exported == declared.end() ? declaration.schema : exported->second;
  operation.schema = operation.schema_text == declaration.schema
                         ? found
                         : parse_schema(operation.schema_text, where + ", as declared");
  const Schema& schema = operation.schema;

  for (size_t i = 0; i < found.arguments.size(); ++i) {
    PassedArgument argument;
    argument.schema = found.arguments[i];
    argument.type = &argument_type(argument.schema.type, where);
    argument.cpp_type = declaration.parameters[i].type;
    argument.reader = reader_of(argument.schema.type, argument.cpp_type, where);
    operation.passed.push_back(std::move(argument));
  }
  for (const Argument& each : schema.arguments) {
    OperationArgument argument;
    argument.schema = each;
    argument.type = &argument_type(argument.schema.type, where);
    argument.simple_name = argument.schema.name;
    if (argument.simple_name == "self" && !has_argument(schema, "input")) {
      argument.simple_name = "input";
    } else if (rules.reserved.count(argument.simple_name) > 0) {
      argument.simple_name += '_';
    }
    operation.arguments.push_back(std::move(argument));
  }
  for (size_t i = 0; i < schema.results.size(); ++i) {
    OperationResult result;
    result.schema = schema.results[i];
    result.type = &result_type(result.schema.type, where);
    result.is_dropped = result.schema.is_written;
    result.name = result.schema.name.empty() ? cat("result", i) : result.schema.name;
    operation.results.push_back(std::move(result));
  }
  operation.agreement = agreement_of(schema, found);
  classify(operation, rules);
  return operation;
}

void require_distinct(const std::vector<Operation>& operations,
                      std::string Operation::*name) {
  std::map<std::string, const Operation*> seen;
  std::string collisions;
  for (const Operation& operation : operations) {
    if (operation.*name == "") continue;
    const auto [other, is_new] = seen.emplace(operation.*name, &operation);
    if (!is_new) {
      collisions += cat("\n  ", operation.full_name, " and ", other->second->full_name,
                        " would both be called ", operation.*name);
    }
  }
  if (!collisions.empty()) {
    throw Error("names collide; lines in rules/names.txt can tell operators apart" +
                collisions);
  }
}

void apply_number_rules(std::vector<Operation>& operations, const Rules& rules) {
  for (Operation& operation : operations) {
    const Rule* rule = rule_for(rules.numbers, operation.full_name);
    if (rule == nullptr) continue;
    const auto target = std::find_if(
        operations.begin(), operations.end(),
        [&](const Operation& each) { return each.full_name == rule->words[2]; });
    if (target == operations.end()) {
      throw Error(cat(rule->where, ": there is no operator ", rule->words[2]));
    }
    const auto& from = operation.passed;
    const auto& to = target->passed;
    for (size_t i = 0; i < from.size(); ++i) {
      const bool is_the_number = from[i].schema.name == rule->words[1];
      if (is_the_number) operation.number_argument = static_cast<int>(i);
      if (i >= to.size() || from[i].schema.name != to[i].schema.name ||
          to[i].cpp_type != (is_the_number ? "const Tensor&" : from[i].cpp_type)) {
        throw Error(cat(rule->where, ": ", operation.full_name, " and ",
                        target->full_name, " differ in more than the number"));
      }
    }
    if (from.size() != to.size() || operation.number_argument < 0) {
      throw Error(cat(rule->where, ": ", operation.full_name, " has no argument ",
                      rule->words[1], ", or ", target->full_name, " has more"));
    }
    operation.number_struct = target->declaration.struct_name;
  }
}

}  // namespace

const OperationResult* Operation::returned() const {
  if (results.empty() || results.front().is_dropped) return nullptr;
  return results.front().type->returned.empty() ? nullptr : &results.front();
}

std::vector<const OperationResult*> Operation::outs() const {
  std::vector<const OperationResult*> list;
  for (const OperationResult& result : results) {
    if (!result.is_dropped && &result != returned()) list.push_back(&result);
  }
  return list;
}

std::vector<std::string> classes_of(const Operation& operation) {
  std::vector<std::string> classes;
  for (const auto& [name, applies] : std::initializer_list<std::pair<const char*, bool>>{
           {"inplace", operation.is_inplace},
           {"out", operation.is_out},
           {"mutating", operation.is_mutating},
           {"view", operation.is_view},
           {"factory", operation.is_factory},
           {"random", operation.is_random},
           {"backward", operation.is_backward},
           {"internal", operation.is_internal},
           {"composite", operation.is_composite},
           {"structured", operation.declaration.is_structured}}) {
    if (applies) classes.push_back(name);
  }
  return classes;
}

std::vector<CFunctionParameter> c_parameters(const Operation& operation) {
  std::vector<CFunctionParameter> parameters;
  for (const OperationArgument& argument : operation.arguments) {
    for (const CParameter& part : argument.type->c) {
      parameters.push_back({part.type, argument.schema.name + part.suffix});
    }
  }
  for (const OperationResult* result : operation.outs()) {
    for (const CParameter& part : result->type->out) {
      parameters.push_back({part.type, "out_" + result->name + part.suffix});
    }
  }
  return parameters;
}

std::string c_result(const Operation& operation) {
  const OperationResult* const result = operation.returned();
  return result == nullptr ? "int64_t" : result->type->returned;
}

Model make_model(std::vector<Declaration> declarations, const Rules& rules,
                 const Version& version, const Declared& declared) {
  Model model;
  model.version = version;
  std::map<std::string, std::vector<std::string>> overloads;
  for (const Declaration& declaration : declarations) {
    model.operations.push_back(make_operation(declaration, rules, declared));
    const Schema& schema = model.operations.back().schema;
    overloads[schema.name].push_back(schema.overload);
  }
  for (Operation& operation : model.operations) {
    const std::string& name = operation.schema.name;
    if (const Rule* rule = rule_for(rules.exclusions, operation.full_name)) {
      operation.exclusion = rule->rest(1);
    }
    if (const Rule* rule = rule_for(rules.deprecations, name)) {
      operation.deprecation = rule->rest(1);
    }
    operation.group = "other";
    for (const Rule& rule : rules.groups) {
      if (std::any_of(
              rule.words.begin() + 1, rule.words.end(),
              [&](const std::string& word) { return matches(word, base_of(name)); })) {
        rule.used = true;
        operation.group = rule.words.front();
        break;
      }
    }
    if (operation.is_internal) continue;
    const Rule* const renamed = rule_for(rules.names, operation.full_name);
    operation.simple_name =
        renamed != nullptr ? renamed->words[1]
                           : simple_name_of(operation.schema,
                                            principal_overload(overloads[name]), rules);
  }
  apply_number_rules(model.operations, rules);
  for (const Rule& rule : rules.titles) {
    rule.used = true;
    model.groups.emplace_back(rule.words.front(), rule.rest(1));
  }
  require_distinct(model.operations, &Operation::c_name);
  require_distinct(model.operations, &Operation::simple_name);
  return model;
}

}  // namespace simple_torch::generator
