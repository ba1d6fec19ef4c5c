// The files of Simple that are generated and committed hang together: names, brackets and
// indentation are as the language wants them, every extern that is called is declared
// with as many parameters, and every name that a function uses is one that it can see.
#include <gtest/gtest.h>

#include <cctype>
#include <map>
#include <set>

#include "rules.h"
#include "text.h"

namespace simple_torch::generator {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = SIMPLE_TORCH_ROOT;

// A declaration: "extern fn" or "fn", with what stands in its brackets and below.
struct Function {
  std::string where;
  std::string name;
  std::vector<std::string> parameters;
  std::string result;
  std::vector<std::string> body;
};

struct File {
  fs::path path;
  std::vector<Function> externs;
  std::vector<Function> functions;
  std::set<std::string> types;
};

bool is_name(const std::string& text) {
  if (text.empty() || std::isdigit(static_cast<unsigned char>(text[0]))) return false;
  for (const char c : text) {
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '_') return false;
  }
  return true;
}

// Reads one file; adds what is wrong to the test's failures.
File read_simple(const fs::path& path) {
  File file{path, {}, {}, {}};
  const std::vector<std::string> lines = lines_of(read_file(path));
  for (size_t i = 0; i < lines.size(); ++i) {
    const std::string where = cat(path.filename().string(), ':', i + 1);
    const std::string& line = lines[i];
    EXPECT_EQ(line.find('\t'), std::string::npos) << where;
    EXPECT_LE(line.size(), 100u) << where << ": " << line;
    if (line.empty() || line[0] == '#' || starts_with(line, "use ")) continue;
    if (starts_with(line, "extern type ")) {
      file.types.insert(line.substr(12));
      continue;
    }
    const bool is_extern = starts_with(line, "extern fn ");
    if (!is_extern && !starts_with(line, "fn ")) {
      ADD_FAILURE() << where << ": neither a comment nor a declaration: " << line;
      continue;
    }
    std::string head = line;
    while (std::count(head.begin(), head.end(), '(') >
               std::count(head.begin(), head.end(), ')') &&
           i + 1 < lines.size()) {
      head += ' ' + std::string(trimmed(lines[++i]));
    }
    Function function;
    function.where = where;
    const size_t name = is_extern ? 10 : 3;
    const size_t open = head.find('(');
    const size_t arrow = head.find(") -> ", open);
    if (open == std::string::npos || arrow == std::string::npos) {
      ADD_FAILURE() << where << ": no brackets or no result: " << head;
      continue;
    }
    function.name = head.substr(name, open - name);
    function.parameters =
        split_outside_brackets(head.substr(open + 1, arrow - open - 1), ',');
    function.result = head.substr(arrow + 5);
    if (is_extern) {
      file.externs.push_back(std::move(function));
      continue;
    }
    EXPECT_EQ(function.result.back(), ':') << where;
    while (i + 1 < lines.size() && starts_with(lines[i + 1], "    ")) {
      function.body.push_back(lines[++i]);
    }
    EXPECT_FALSE(function.body.empty()) << where << ": no body";
    file.functions.push_back(std::move(function));
  }
  return file;
}

std::vector<File> read_all(const fs::path& folder, const std::string& start) {
  std::vector<File> files;
  for (const fs::path& path : files_in(folder, ".spl")) {
    if (starts_with(path.filename().string(), start)) files.push_back(read_simple(path));
  }
  return files;
}

// Without what stands in quotes.
std::string without_text(const std::string& code) {
  std::string result;
  bool in_text = false;
  for (const char c : code) {
    if (c == '"') in_text = !in_text;
    if (!in_text) result += c;
  }
  return result;
}

// The names in a piece of code that are neither fields, labels nor types.
std::set<std::string> free_names(const std::string& code) {
  const std::string text = without_text(code);
  std::set<std::string> names;
  for (size_t i = 0; i < text.size();) {
    if (!std::isalpha(static_cast<unsigned char>(text[i])) && text[i] != '_') {
      // Numbers swallow their letters: 1e-05.
      if (std::isdigit(static_cast<unsigned char>(text[i]))) {
        while (i < text.size() &&
               (std::isalnum(static_cast<unsigned char>(text[i])) || text[i] == '.')) {
          ++i;
        }
      } else {
        ++i;
      }
      continue;
    }
    size_t end = i;
    while (end < text.size() &&
           (std::isalnum(static_cast<unsigned char>(text[end])) || text[end] == '_')) {
      ++end;
    }
    const bool is_field = i > 0 && text[i - 1] == '.';
    const bool is_label = end < text.size() && text[end] == ':';
    if (!is_field && !is_label) names.insert(text.substr(i, end - i));
    i = end;
  }
  return names;
}

std::set<std::string> defined_in_support() {
  std::set<std::string> names;
  for (const std::string& line :
       lines_of(read_file(kRoot / "tier3_api" / "torch" / "support.spl"))) {
    const std::vector<std::string> words = words_of(line);
    if (words.size() < 2 || line[0] == ' ') continue;
    if (words[0] == "fn" || words[0] == "val" || words[0] == "struct") {
      names.insert(words[1].substr(0, words[1].find_first_of("(:")));
    }
  }
  return names;
}

std::set<std::string> reserved_words() {
  std::set<std::string> words;
  for (const std::string& line :
       lines_of(read_file(kRoot / "tier2_sffi" / "rules" / "reserved.txt"))) {
    for (const std::string& word : words_of(line.substr(0, line.find('#')))) {
      words.insert(word);
    }
  }
  return words;
}

void check_head(const Function& function, const std::set<std::string>& reserved) {
  EXPECT_TRUE(is_name(function.name)) << function.where << ": " << function.name;
  EXPECT_EQ(reserved.count(function.name), 0u) << function.where;
  std::set<std::string> seen;
  for (const std::string& parameter : function.parameters) {
    const size_t colon = parameter.find(": ");
    ASSERT_NE(colon, std::string::npos) << function.where << ": " << parameter;
    const std::string name = parameter.substr(0, colon);
    EXPECT_TRUE(is_name(name)) << function.where << ": " << parameter;
    EXPECT_EQ(reserved.count(name), 0u) << function.where << ": " << parameter;
    EXPECT_TRUE(seen.insert(name).second) << function.where << ": twice " << name;
  }
}

TEST(SimpleFiles, DeclareEachExternOnceAndWell) {
  const std::set<std::string> reserved = reserved_words();
  std::set<std::string> names;
  std::set<std::string> types;
  for (const File& file : read_all(kRoot / "tier2_sffi" / "torch", "ffi")) {
    types.insert(file.types.begin(), file.types.end());
    EXPECT_TRUE(file.functions.empty()) << file.path;
    for (const Function& function : file.externs) {
      check_head(function, reserved);
      EXPECT_TRUE(names.insert(function.name).second) << "twice: " << function.name;
    }
  }
  EXPECT_EQ(types.count("Tensor"), 1u);
  // Every type of a parameter is the language's or declared.
  const std::set<std::string> known = {"i64", "f64", "bool",   "text",
                                       "u8",  "fn",  "Scalar", "Kept"};
  for (const File& file : read_all(kRoot / "tier2_sffi" / "torch", "ffi")) {
    for (const Function& function : file.externs) {
      std::vector<std::string> all = {function.result};
      for (const std::string& parameter : function.parameters) {
        all.push_back(parameter.substr(parameter.find(": ") + 2));
      }
      for (const std::string& type : all) {
        for (const std::string& name : free_names(type)) {
          EXPECT_TRUE(known.count(name) + types.count(name) > 0)
              << function.where << ": unknown type " << name;
        }
      }
    }
  }
}

TEST(SimpleFiles, CallExternsWithTheirParametersAndSeeWhatTheyUse) {
  const std::set<std::string> reserved = reserved_words();
  std::map<std::string, size_t> externs;
  for (const File& file : read_all(kRoot / "tier2_sffi" / "torch", "ffi")) {
    for (const Function& each : file.externs) {
      externs[each.name] = each.parameters.size();
    }
  }
  const std::set<std::string> support = defined_in_support();
  const std::set<std::string> language = {"val", "if",  "return", "nil",  "Ok",
                                          "Err", "raw", "true",   "false"};
  std::set<std::string> names;
  size_t functions = 0;
  for (const File& file : read_all(kRoot / "tier3_api" / "torch", "ops_")) {
    for (const Function& function : file.functions) {
      ++functions;
      check_head(function, reserved);
      EXPECT_TRUE(names.insert(function.name).second) << "twice: " << function.name;
      std::set<std::string> visible = support;
      visible.insert(language.begin(), language.end());
      for (const std::string& parameter : function.parameters) {
        visible.insert(parameter.substr(0, parameter.find(':')));
        const size_t equals = parameter.find(" = ");
        if (equals == std::string::npos) continue;
        for (const std::string& name : free_names(parameter.substr(equals + 3))) {
          EXPECT_TRUE(visible.count(name)) << function.where << ": default " << name;
        }
      }
      std::string body;
      for (const std::string& line : function.body) body += line + '\n';
      const std::string start = "    val raw = rt_torch_";
      ASSERT_TRUE(starts_with(body, start)) << function.where;
      const size_t open = body.find('(');
      const std::string external = body.substr(14, open - 14);
      ASSERT_EQ(externs.count(external), 1u) << function.where << ": " << external;
      visible.insert(external);
      const size_t end = body.find(")\n    if ", open);
      ASSERT_NE(end, std::string::npos) << function.where;
      const auto arguments =
          split_outside_brackets(body.substr(open + 1, end - open - 1), ',');
      EXPECT_EQ(arguments.size(), externs[external]) << function.where;
      for (const std::string& name : free_names(body)) {
        EXPECT_TRUE(visible.count(name)) << function.where << ": uses " << name;
      }
    }
  }
  EXPECT_GT(functions, 4000u);
}

// What the rules call written by hand is there, and once: not generated too.
TEST(SimpleFiles, HaveWhatTheRulesSayIsWrittenByHand) {
  std::map<std::string, size_t> methods;
  for (const auto& entry :
       fs::recursive_directory_iterator(kRoot / "tier3_api" / "torch")) {
    const std::string name = entry.path().filename().string();
    if (!ends_with(name, ".spl") || starts_with(name, "ops_")) continue;
    bool in_tensor = false;
    for (const std::string& line : lines_of(read_file(entry.path()))) {
      if (starts_with(line, "impl ")) in_tensor = line == "impl Tensor:";
      if (in_tensor && starts_with(line, "    fn ")) {
        ++methods[line.substr(7, line.find('(') - 7)];
      }
    }
  }
  size_t checked = 0;
  for (const char* file :
       std::initializer_list<const char*>{"python_names.txt", "by_hand.txt"}) {
    for (const std::string& line :
         lines_of(read_file(kRoot / "tier2_sffi" / "rules" / file))) {
      const std::vector<std::string> words = words_of(line.substr(0, line.find('#')));
      if (words.empty() || words[0] != "method") continue;
      const bool is_list = std::string(file) == "python_names.txt";
      if (is_list && line.find(": by hand") == std::string::npos) continue;
      for (size_t i = 1; i < words.size() && words[i] != ":"; ++i) {
        if (words[i].find('*') != std::string::npos || (!is_list && i > 1)) continue;
        const size_t count = methods[words[i]];
        EXPECT_LE(count, 1u) << "twice: the method " << words[i];
        EXPECT_TRUE(count == 1 || !is_list) << "no method " << words[i];
        ++checked;
      }
    }
  }
  EXPECT_GT(checked, 20u);
}

}  // namespace
}  // namespace simple_torch::generator
