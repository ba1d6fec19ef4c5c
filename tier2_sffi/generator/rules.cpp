#include "rules.h"

#include <tuple>

#include "text.h"

namespace simple_torch::generator {
namespace {

// "2.11" as a number that can be compared.
int number_of(const std::string& version, const std::string& where) {
  const size_t dot = version.find('.');
  try {
    if (dot == std::string::npos) throw std::invalid_argument("no dot");
    return std::stoi(version.substr(0, dot)) * 1000 + std::stoi(version.substr(dot + 1));
  } catch (const std::logic_error&) {
    throw Error(cat(where, ": '", version, "' is no version"));
  }
}

bool is_for(const std::string& range, const Version& version, const std::string& where) {
  const size_t dots = range.find("..");
  if (dots == std::string::npos) {
    throw Error(cat(where, ": '", range, "' is no range of versions"));
  }
  const std::string first = range.substr(1, dots - 1);
  const std::string last = range.substr(dots + 2);
  const int is = version.major * 1000 + version.minor;
  return (first.empty() || is >= number_of(first, where)) &&
         (last.empty() || is <= number_of(last, where));
}

std::vector<Rule> read_rules(const std::filesystem::path& file, size_t least_words,
                             const Version& version) {
  std::vector<Rule> rules;
  size_t number = 0;
  for (const std::string& line : lines_of(read_file(file))) {
    Rule rule;
    rule.where = cat(file.filename().string(), ':', ++number);
    rule.words = words_of(line.substr(0, line.find('#')));
    if (rule.words.empty()) continue;
    if (rule.words.front().front() == '@') {
      if (!is_for(rule.words.front(), version, rule.where)) continue;
      rule.words.erase(rule.words.begin());
    }
    if (rule.words.size() < least_words) {
      throw Error(
          cat(rule.where, ": a rule of this file has at least ", least_words, " words"));
    }
    rules.push_back(std::move(rule));
  }
  return rules;
}

}  // namespace

std::string Rule::rest(size_t from) const {
  return joined({words.begin() + static_cast<std::ptrdiff_t>(from), words.end()}, " ");
}

Rules Rules::read(const std::filesystem::path& folder, const Version& version) {
  Rules rules;
  for (const Rule& rule : read_rules(folder / "reserved.txt", 1, version)) {
    rules.reserved.insert(rule.words.begin(), rule.words.end());
  }
  for (auto [list, file, least] :
       std::initializer_list<std::tuple<std::vector<Rule>*, const char*, size_t>>{
           {&rules.names, "names.txt", 2},
           {&rules.exclusions, "exclusions.txt", 2},
           {&rules.numbers, "numbers.txt", 3},
           {&rules.small_work, "small_work.txt", 1},
           {&rules.deprecations, "deprecations.txt", 2},
           {&rules.random, "random.txt", 1},
           {&rules.groups, "groups.txt", 2},
           {&rules.titles, "titles.txt", 2},
           {&rules.unmerged, "unmerged.txt", 2},
           {&rules.preferences, "preferences.txt", 2},
           {&rules.by_hand, "by_hand.txt", 3},
           {&rules.builtins, "builtins.txt", 1},
           {&rules.sizes, "sizes.txt", 1},
           {&rules.python_names, "python_names.txt", 4},
           {&rules.externs, "externs.txt", 2}}) {
    *list = read_rules(folder / file, least, version);
  }
  return rules;
}

void Rules::require_all_used() const {
  std::string unused;
  for (const auto* list :
       {&names, &exclusions, &numbers, &small_work, &deprecations, &random, &groups,
        &titles, &unmerged, &preferences, &by_hand, &builtins, &sizes, &externs}) {
    for (const Rule& rule : *list) {
      if (!rule.used) unused += '\n' + rule.where + ": the rule matches nothing";
    }
  }
  if (!unused.empty()) throw Error(unused.substr(1));
}

const Rule* rule_for(const std::vector<Rule>& rules, const std::string& name) {
  for (const Rule& rule : rules) {
    if (matches(rule.words.front(), name)) {
      rule.used = true;
      return &rule;
    }
  }
  return nullptr;
}

}  // namespace simple_torch::generator
