// Overloads under one name: what the merged functions take, and which overload they find.
#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "decision.h"
#include "emit.h"
#include "text.h"

namespace simple_torch::generator {
namespace {

namespace fs = std::filesystem;

Rule rule(const std::string& line) { return {words_of(line), "rules.txt:1"}; }

Rules some_rules() {
  Rules rules;
  rules.titles.push_back(rule("other Others"));
  rules.preferences.push_back(rule("clamp - Tensor"));
  rules.preferences.push_back(rule("std dim - correction"));
  rules.builtins.push_back(rule("max input largest([input, dim, keepdim, other])"));
  return rules;
}

Model sample_model(const Rules& rules) {
  auto declarations = parse_ops_header(
      read_file(fs::path(SIMPLE_TORCH_SAMPLES) / "merge_ops.h"), "merge_ops.h");
  for (Declaration& declaration : declarations) {
    declaration.is_function = true;
    declaration.is_method =
        declaration.schema.find("Tensor self") != std::string::npos ||
        declaration.schema.find("Tensor(a -> *) self") != std::string::npos;
  }
  return make_model(std::move(declarations), rules, {2, 11, 0});
}

std::string error_of_merging(const Rules& rules) {
  const Model model = sample_model(rules);
  try {
    merge_names(model, rules);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

const Merged& named(const std::vector<Merged>& list, const std::string& name) {
  for (const Merged& merged : list) {
    if (merged.name == name) return merged;
  }
  throw Error("there is no " + name);
}

// What a call finds: an overload's name, or "nothing".
std::string found(const Decision& decision, const std::vector<Classes>& given) {
  if (!decision.is_question()) {
    if (decision.way == nullptr) return "nothing";
    return '.' + decision.way->operation->schema.overload;
  }
  const bool yes = (given[decision.slot] & decision.asked) != 0;
  return found(yes ? *decision.yes : *decision.no, given);
}

// The same by the definition: the first that takes all of it.
std::string meant(const Merged& merged, const std::vector<Classes>& given) {
  for (const Way& way : merged.ways) {
    bool fits = true;
    for (size_t i = 0; i < given.size(); ++i) fits &= (way.accepts[i] & given[i]) != 0;
    if (fits) return '.' + way.operation->schema.overload;
  }
  return "nothing";
}

// Calls `check` with everything that can be given.
template <typename F>
void for_all_arguments(const Merged& merged, std::vector<Classes>& given, F&& check) {
  if (given.size() == merged.slots.size()) {
    check(given);
    return;
  }
  for (Classes one = kNil; one <= kStream; one *= 2) {
    if ((merged.slots[given.size()].classes & one) == 0) continue;
    given.push_back(one);
    for_all_arguments(merged, given, check);
    given.pop_back();
  }
}

class Merging : public testing::Test {
 protected:
  Rules rules_ = some_rules();
  Model model_ = sample_model(rules_);
  MergedNames names_ = merge_names(model_, rules_);
};

TEST_F(Merging, FindsTheOverloadThatTakesWhatIsGiven) {
  size_t calls = 0;
  size_t fits = 0;
  for (const auto* list : {&names_.methods, &names_.functions}) {
    for (const Merged& merged : *list) {
      const auto decision = decide(merged);
      std::vector<Classes> given;
      for_all_arguments(merged, given, [&](const std::vector<Classes>& arguments) {
        ++calls;
        const std::string wanted = meant(merged, arguments);
        if (wanted == "nothing") return;
        ++fits;
        EXPECT_EQ(found(*decision, arguments), wanted) << merged.name;
      });
    }
  }
  EXPECT_GT(fits, 300u);
  EXPECT_GT(calls, fits);
}

// What is given and not used would be lost without a word.
TEST_F(Merging, NeverLeavesOutWhatIsGiven) {
  for (const auto* list : {&names_.methods, &names_.functions}) {
    for (const Merged& merged : *list) {
      const auto decision = decide(merged);
      std::vector<Classes> given;
      for_all_arguments(merged, given, [&](const std::vector<Classes>& arguments) {
        const std::string overload = found(*decision, arguments);
        if (overload == "nothing") return;
        bool uses_all = false;
        for (const Way& way : merged.ways) {
          if ('.' + way.operation->schema.overload != overload) continue;
          bool all = true;
          for (size_t i = 0; i < arguments.size(); ++i) {
            all &= arguments[i] == kNil || way.accepts[i] != kNil;
          }
          uses_all |= all;
        }
        EXPECT_TRUE(uses_all) << merged.name << " as " << overload;
      });
    }
  }
}

TEST_F(Merging, KeepsTheOrderAndTheNamesOfTheParameters) {
  const auto names_of = [](const Merged& merged) {
    std::vector<std::string> names;
    for (const Slot& slot : merged.slots) {
      names.push_back(slot.name +
                      (slot.default_value.empty() ? "" : '=' + slot.default_value));
    }
    return joined(names, " ");
  };
  EXPECT_EQ(names_of(named(names_.methods, "max")), "dim=nil keepdim=nil other=nil");
  EXPECT_EQ(names_of(named(names_.functions, "max")),
            "input dim=nil keepdim=nil other=nil");
  EXPECT_EQ(names_of(named(names_.methods, "std")),
            "dim=nil unbiased=nil keepdim=nil correction=nil");
  EXPECT_EQ(names_of(named(names_.methods, "split")), "split_size dim=0");
  EXPECT_EQ(names_of(named(names_.functions, "pow")), "input exponent");
}

// What tells the least apart costs nothing: an operator of one overload is called at
// once.
TEST_F(Merging, AsksNothingWhereThereIsNothingToTellApart) {
  const Merged& where = named(names_.functions, "where");
  EXPECT_LE(depth_of(*decide(where)), 1u);
  EXPECT_EQ(depth_of(*decide(named(names_.methods, "pow"))), 1u);
}

TEST_F(Merging, LeavesOutNamesOfDimsAndOutArguments) {
  for (const Way& way : named(names_.methods, "max").ways) {
    EXPECT_NE(way.operation->schema.overload, "names_dim");
    EXPECT_NE(way.operation->schema.overload, "out");
  }
}

TEST(MergingRules, MustSettleWhatTheArgumentsDoNot) {
  Rules rules = some_rules();
  rules.preferences.erase(rules.preferences.begin());
  const std::string error = error_of_merging(rules);
  EXPECT_NE(
      error.find("the method clamp: the same arguments fit\n  clamp and clamp.Tensor"),
      std::string::npos)
      << error;
  EXPECT_NE(error.find("rules/preferences.txt"), std::string::npos) << error;
}

TEST(MergingRules, SayWhichMethodsTakeSizesOneAfterTheOther) {
  Rules rules = some_rules();
  rules.sizes.push_back(rule("std"));
  const Model model = sample_model(rules);
  const MergedNames names = merge_names(model, rules);
  EXPECT_TRUE(named(names.methods, "std").takes_several);
  EXPECT_FALSE(named(names.functions, "std").takes_several);
  EXPECT_FALSE(named(names.methods, "max").takes_several);
}

TEST(MergingRules, LeaveOutAndNameWhatIsWrittenByHand) {
  Rules rules = some_rules();
  rules.unmerged.push_back(rule("max.other maximum does the same"));
  rules.by_hand.push_back(rule("method split somewhere else"));
  const Model model = sample_model(rules);
  const MergedNames names = merge_names(model, rules);
  EXPECT_EQ(named(names.methods, "max").slots.size(), 2u);
  ASSERT_EQ(names.left_out.size(), 1u);
  EXPECT_EQ(names.left_out[0].second, "maximum does the same");
  ASSERT_EQ(names.by_hand.size(), 1u);
  EXPECT_EQ(names.by_hand[0].name, "split");
  for (const Merged& merged : names.methods) EXPECT_NE(merged.name, "split");
  EXPECT_NO_THROW(named(names.functions, "split"));
}

// What is written for the samples, as it was reviewed.
TEST_F(Merging, WritesWhatItWroteBefore) {
  const fs::path folder =
      fs::temp_directory_path() / ("merging test " + std::to_string(getpid()));
  fs::create_directories(folder);
  emit_names(model_, names_, folder);
  for (const char* name :
       {"methods_other.spl", "functions_other.spl", "linalg.spl", "operators.spl"}) {
    const fs::path golden =
        fs::path(SIMPLE_TORCH_SAMPLES) / (std::string(name) + ".golden");
    if (std::getenv("SIMPLE_TORCH_REFRESH") != nullptr) {
      write_if_changed(golden, read_file(folder / name));
    }
    EXPECT_EQ(read_file(folder / name), read_file(golden)) << name;
  }
  fs::remove_all(folder);
}

}  // namespace
}  // namespace simple_torch::generator
