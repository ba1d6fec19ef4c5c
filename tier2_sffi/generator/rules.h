// The rules that people write: tier2_sffi/rules/*.txt. A line has words separated by
// spaces; '#' starts a comment. A first word like @2.0..2.12, @..2.12 or @2.0.. restricts
// it to those versions of libtorch.
#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "headers.h"

namespace simple_torch::generator {

struct Rule {
  std::vector<std::string> words;
  // "names.txt:12"
  std::string where;
  mutable bool used = false;

  // The words from the given one on, with spaces.
  std::string rest(size_t from) const;
};

// All rules for one libtorch.
struct Rules {
  // Words of the language that cannot be names.
  std::set<std::string> reserved;
  // Operator, and its name in Simple.
  std::vector<Rule> names;
  // Operator, and why it has no function.
  std::vector<Rule> exclusions;
  // Operator whose number can be a tensor, its argument, and the operator for that.
  std::vector<Rule> numbers;
  // Operator that uses several threads for however little, and "linear" if that is its
  // work.
  std::vector<Rule> small_work;
  // Pattern of names, and what to use instead.
  std::vector<Rule> deprecations;
  // Pattern of names whose results are random though no generator is passed.
  std::vector<Rule> random;
  // Group, and patterns of names.
  std::vector<Rule> groups;
  // Group, and its title.
  std::vector<Rule> titles;
  // Pattern of operators that have no part in a merged name, and why.
  std::vector<Rule> unmerged;
  // Pattern of names, and overloads in the order in which they are looked at.
  std::vector<Rule> preferences;
  // "method" or "function", a pattern of names, and where they are written by hand.
  std::vector<Rule> by_hand;
  // Names that functions of the language have.
  std::vector<Rule> builtins;
  // Methods whose first list of integers may be written as several.
  std::vector<Rule> sizes;
  // Kind, patterns of Python's names, ":", and who has them or why they are not here.
  std::vector<Rule> python_names;
  // Function of a public header, and what becomes of it in Simple.
  std::vector<Rule> externs;

  static Rules read(const std::filesystem::path& folder, const Version& version);

  // A rule that matches nothing is a mistake, or outdated.
  void require_all_used() const;
};

// The first rule whose first word is, or matches, the name; it counts as used.
const Rule* rule_for(const std::vector<Rule>& rules, const std::string& name);

}  // namespace simple_torch::generator
