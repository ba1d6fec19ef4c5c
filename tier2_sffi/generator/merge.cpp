#include "merge.h"

#include <algorithm>
#include <map>
#include <set>

#include "simple_text.h"
#include "text.h"

namespace simple_torch::generator {
namespace {

constexpr Classes kNumber = kBool | kInt | kFloat | kComplex;

Classes classes_of_type(const std::string& schema) {
  static const std::map<std::string, Classes> table = {
      {"Tensor", kTensor},
      {"Tensor[]", kTensors},
      {"Tensor?[]", kTensors},
      {"int", kInt},
      // One integer stands for a list.
      {"int[]", kList | kInt},
      {"float", kInt | kFloat},
      {"float[]", kList},
      {"bool", kBool},
      {"bool[2]", kList},
      {"bool[3]", kList},
      {"bool[4]", kList},
      {"Scalar", kNumber},
      {"Scalar[]", kList},
      {"ScalarType", kDtype},
      {"Layout", kLayout},
      {"MemoryFormat", kMemoryFormat},
      {"Device", kDevice},
      {"DeviceIndex", kInt},
      {"Generator", kGenerator},
      {"str", kText},
      {"Storage", kStorage},
      {"Stream", kStream},
  };
  const bool is_optional = ends_with(schema, "?");
  const auto found =
      table.find(is_optional ? schema.substr(0, schema.size() - 1) : schema);
  if (found == table.end()) {
    throw Error(cat("tier2_sffi/generator/merge.cpp has no row for the type ", schema));
  }
  return found->second | (is_optional ? kNil : 0);
}

std::string type_in_head(const OperationArgument& argument) {
  std::string type = argument.type->simple;
  if (starts_with(argument.type->schema, "int[]")) type = "i64 | [i64]";
  if (ends_with(type, "?")) type.pop_back();
  return type;
}

bool has_names_of_dims(const Operation& operation) {
  return std::any_of(operation.arguments.begin(), operation.arguments.end(),
                     [](const OperationArgument& argument) {
                       return starts_with(argument.type->schema, "Dimname");
                     });
}

std::string title_of(const Operation& operation) {
  return operation.full_name.substr(operation.full_name.find("::") + 2);
}

// An argument that the caller gives.
struct Given {
  size_t index = 0;  // in the operation's arguments
  const OperationArgument* argument = nullptr;
};

class Merger {
 public:
  Merger(std::string name, bool is_method, std::vector<const Operation*> operations,
         const Rules& rules)
      : operations_(std::move(operations)), rules_(rules) {
    merged_.name = std::move(name);
    merged_.is_method = is_method;
    merged_.group = operations_.front()->group;
  }

  Merged result() {
    order_operations();
    for (const Operation* operation : operations_) add_slots(*operation);
    for (Slot& slot : merged_.slots) set_default(slot);
    for (const Operation* operation : operations_) add_ways(*operation);
    finish_slots();
    order_ways();
    return std::move(merged_);
  }

 private:
  std::vector<Given> given(const Operation& operation, bool positional) const {
    std::vector<Given> list;
    for (size_t i = 0; i < operation.arguments.size(); ++i) {
      const OperationArgument& argument = operation.arguments[i];
      if (merged_.is_method && argument.schema.name == "self") continue;
      if (argument.schema.keyword_only == positional) continue;
      list.push_back({i, &argument});
    }
    return list;
  }

  // The one whose order of parameters is that of the merged function comes first: that of
  // the rules, else the one with the most that can be given without a name.
  void order_operations() {
    const Rule* rule = preference();
    const auto rank = [&](const Operation* operation) {
      const size_t named = rank_in(rule, *operation);
      return std::pair(named, -static_cast<long>(given(*operation, true).size()));
    };
    std::stable_sort(operations_.begin(), operations_.end(),
                     [&](const Operation* left, const Operation* right) {
                       return rank(left) < rank(right);
                     });
  }

  const Rule* preference() const {
    const std::string& name = operations_.front()->schema.name;
    for (const Rule& rule : rules_.preferences) {
      if (!matches(rule.words.front(), name)) continue;
      rule.used = true;
      return &rule;
    }
    return nullptr;
  }

  // Where the rule names the overload; behind all that it names otherwise.
  static size_t rank_in(const Rule* rule, const Operation& operation) {
    if (rule == nullptr) return 0;
    const std::string& overload = operation.schema.overload;
    const auto found = std::find(rule->words.begin() + 1, rule->words.end(),
                                 overload.empty() ? "-" : overload);
    return static_cast<size_t>(found - rule->words.begin());
  }

  int slot_of(const std::string& name) const {
    const auto found = std::find_if(merged_.slots.begin(), merged_.slots.end(),
                                    [&](const Slot& slot) { return slot.name == name; });
    return found == merged_.slots.end() ? -1
                                        : static_cast<int>(found - merged_.slots.begin());
  }

  void add_slots(const Operation& operation) {
    for (const bool positional : {true, false}) {
      for (const Given& each : given(operation, positional)) {
        if (slot_of(each.argument->simple_name) >= 0) continue;
        Slot slot;
        slot.name = each.argument->simple_name;
        // What has no name in a call comes before what has one.
        const auto at = positional ? merged_.slots.begin() +
                                         static_cast<std::ptrdiff_t>(positional_count_++)
                                   : merged_.slots.end();
        merged_.slots.insert(at, std::move(slot));
      }
    }
  }

  // A default that all overloads share can stand in the head; otherwise it has to be seen
  // whether an argument was given.
  void set_default(Slot& slot) const {
    std::set<std::string> defaults;
    size_t takers = 0;
    for (const Operation* operation : operations_) {
      for (const OperationArgument& argument : operation->arguments) {
        if (argument.simple_name != slot.name ||
            (merged_.is_method && argument.schema.name == "self")) {
          continue;
        }
        ++takers;
        const std::string type = type_in_head(argument);
        if (std::find(slot.types.begin(), slot.types.end(), type) == slot.types.end()) {
          slot.types.push_back(type);
        }
        if (argument.schema.has_default) {
          defaults.insert(default_of(argument, operation->full_name));
        } else {
          defaults.insert(ends_with(argument.type->schema, "?") ? "nil" : "");
        }
      }
    }
    const bool is_shared = takers == operations_.size() && defaults.size() == 1;
    slot.default_value = is_shared ? *defaults.begin() : "nil";
  }

  bool is_literal(size_t slot) const {
    const std::string& value = merged_.slots[slot].default_value;
    return !value.empty() && value != "nil";
  }

  // The first `positional` arguments come from the slots in order, and the others from
  // those that have their names.
  bool add_way(const Operation& operation, size_t positional) {
    const std::vector<Given> in_order = given(operation, true);
    std::vector<Given> all = in_order;
    for (const Given& each : given(operation, false)) all.push_back(each);
    Way way;
    way.operation = &operation;
    way.sources.assign(operation.arguments.size(), -1);
    way.accepts.assign(merged_.slots.size(), kNil);
    std::set<size_t> taken;
    for (size_t i = 0; i < all.size(); ++i) {
      const OperationArgument& argument = *all[i].argument;
      const auto named = static_cast<size_t>(slot_of(argument.simple_name));
      const size_t slot = i < positional ? i : named;
      if (!taken.insert(slot).second) return false;
      Classes classes = classes_of_type(argument.type->schema);
      if (slot == named) {
        if (argument.schema.has_default && !is_literal(slot)) classes |= kNil;
      }
      if (positional > 0 && i + 1 == positional) classes &= ~kNil;
      way.sources[all[i].index] = static_cast<int>(slot);
      way.accepts[slot] = classes;
    }
    // What stands in the head is always there.
    for (size_t slot = 0; slot < merged_.slots.size(); ++slot) {
      if (is_literal(slot) && taken.count(slot) == 0) return false;
    }
    merged_.ways.push_back(std::move(way));
    return true;
  }

  void add_ways(const Operation& operation) {
    add_way(operation, 0);
    const std::vector<Given> in_order = given(operation, true);
    for (size_t i = 0; i < in_order.size(); ++i) {
      if (static_cast<size_t>(slot_of(in_order[i].argument->simple_name)) != i) {
        add_way(operation, i + 1);
      }
    }
  }

  void finish_slots() {
    for (size_t i = 0; i < merged_.slots.size(); ++i) {
      Slot& slot = merged_.slots[i];
      for (const Way& way : merged_.ways) slot.classes |= way.accepts[i];
      if ((slot.classes & kNil) == 0 && slot.default_value == "nil") {
        slot.default_value = "";
      }
    }
    // One without default cannot follow one with.
    bool after_default = false;
    for (Slot& slot : merged_.slots) {
      if (slot.default_value.empty() && after_default) slot.default_value = "nil";
      after_default = after_default || !slot.default_value.empty();
    }
  }

  static bool overlap(const Way& left, const Way& right) {
    for (size_t i = 0; i < left.accepts.size(); ++i) {
      if ((left.accepts[i] & right.accepts[i]) == 0) return false;
    }
    return true;
  }

  // Whether all that calls the one could call the other too.
  static bool within(const Way& left, const Way& right) {
    for (size_t i = 0; i < left.accepts.size(); ++i) {
      if ((left.accepts[i] & ~right.accepts[i]) != 0) return false;
    }
    return true;
  }

  // The narrower one comes first; where neither is, a rule has to say.
  void order_ways() {
    const Rule* rule = preference();
    const auto before = [&](const Way& left, const Way& right) {
      if (left.operation == right.operation) return false;
      if (within(left, right) && !within(right, left)) return true;
      if (within(right, left) && !within(left, right)) return false;
      return overlap(left, right) &&
             rank_in(rule, *left.operation) < rank_in(rule, *right.operation);
    };
    std::vector<Way> sorted;
    std::vector<Way>& rest = merged_.ways;
    while (!rest.empty()) {
      const auto first =
          std::find_if(rest.begin(), rest.end(), [&](const Way& candidate) {
            return std::none_of(rest.begin(), rest.end(), [&](const Way& other) {
              return before(other, candidate);
            });
          });
      if (first == rest.end()) {
        throw Error(
            cat(merged_.name, ": the overloads come before each other in a circle"));
      }
      sorted.push_back(std::move(*first));
      rest.erase(first);
    }
    rest = std::move(sorted);
    std::string problems;
    for (size_t i = 0; i < rest.size(); ++i) {
      for (size_t j = i + 1; j < rest.size(); ++j) {
        if (rest[i].operation == rest[j].operation || !overlap(rest[i], rest[j]) ||
            before(rest[i], rest[j])) {
          continue;
        }
        problems += cat("\n  ", title_of(*rest[i].operation), " and ",
                        title_of(*rest[j].operation));
      }
    }
    if (!problems.empty()) {
      throw Error(
          cat("the ", merged_.is_method ? "method " : "function ", merged_.name,
              ": the same arguments fit", problems,
              "\na line in rules/preferences.txt can say which is meant, or one in "
              "rules/unmerged.txt leave one out"));
    }
  }

  std::vector<const Operation*> operations_;
  const Rules& rules_;
  Merged merged_;
  size_t positional_count_ = 0;
};

// Rules name the arguments that are tensors, with commas.
void add_builtin(Merged& merged, const Rules& rules) {
  const Rule* rule = rule_for(rules.builtins, merged.name);
  if (rule == nullptr) return;
  std::vector<std::string> tests;
  for (const std::string& argument : split_outside_brackets(rule->words[1], ',')) {
    tests.push_back(argument + " is not Tensor");
  }
  merged.without_tensor = joined(tests, " and ");
  merged.instead = rule->rest(2);
}

}  // namespace

MergedNames merge_names(const Model& model, const Rules& rules) {
  MergedNames names;
  std::map<std::string, std::vector<const Operation*>> by_name;
  for (const Operation& operation : model.operations) {
    if (operation.is_internal || operation.is_excluded() || operation.is_out ||
        has_names_of_dims(operation)) {
      continue;
    }
    const std::string title = title_of(operation);
    if (const Rule* rule = rule_for(rules.unmerged, title)) {
      names.left_out.emplace_back(title, rule->rest(1));
      continue;
    }
    by_name[operation.schema.name].push_back(&operation);
  }
  std::string problems;
  const auto add = [&](bool is_method, const std::string& name,
                       const std::vector<const Operation*>& operations) {
    if (operations.empty()) return;
    for (const Rule& rule : rules.by_hand) {
      if (rule.words[0] != (is_method ? "method" : "function") ||
          !matches(rule.words[1], name)) {
        continue;
      }
      rule.used = true;
      names.by_hand.push_back({is_method, name, rule.rest(2)});
      return;
    }
    try {
      Merger merger(name, is_method, operations, rules);
      Merged merged = merger.result();
      if (!is_method) add_builtin(merged, rules);
      merged.takes_several = is_method && rule_for(rules.sizes, name) != nullptr;
      (is_method ? names.methods : names.functions).push_back(std::move(merged));
    } catch (const Error& error) {
      problems += cat(error.what(), '\n');
    }
  };
  for (const auto& [name, operations] : by_name) {
    std::vector<const Operation*> methods;
    std::vector<const Operation*> functions;
    for (const Operation* operation : operations) {
      if (operation->declaration.is_method) methods.push_back(operation);
      if (operation->declaration.is_function) functions.push_back(operation);
    }
    add(true, name, methods);
    add(false, name, functions);
  }
  if (!problems.empty()) {
    problems.pop_back();
    throw Error(problems);
  }
  return names;
}

}  // namespace simple_torch::generator
