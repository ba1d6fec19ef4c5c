#include "doc/examples.h"

#include <string_view>

namespace simple::doc {
namespace {

constexpr std::string_view kIndent = "    ";
constexpr std::string_view kPrints = "#=>";

void add(const std::string& name, uint32_t line, const std::vector<std::string>& text,
         std::vector<Example>& examples) {
  Example example;
  example.name = name;
  example.line = line;
  for (const std::string& row : text) {
    if (!is_example_line(row)) continue;
    std::string_view code = std::string_view(row).substr(kIndent.size());
    if (const size_t prints = code.find(kPrints); prints != std::string_view::npos) {
      std::string_view printed = code.substr(prints + kPrints.size());
      if (printed.starts_with(' ')) printed.remove_prefix(1);
      example.printed += printed;
      example.printed += '\n';
      code = code.substr(0, prints);
    }
    const size_t end = code.find_last_not_of(' ');
    example.code.emplace_back(
        code.substr(0, end == std::string_view::npos ? 0 : end + 1));
  }
  if (!example.code.empty()) examples.push_back(std::move(example));
}

// A text as the language writes it, without anything put in.
std::string literal(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    switch (c) {
      case '\n':
        result += "\\n";
        break;
      case '"':
      case '\\':
      case '{':
      case '}':
        result += '\\';
        [[fallthrough]];
      default:
        result += c;
    }
  }
  return result + '"';
}

}  // namespace

bool is_example_line(const std::string& line) { return line.starts_with(kIndent); }

std::vector<Example> examples_of(const Module& module) {
  std::vector<Example> examples;
  add(module.name, 1, module.text, examples);
  for (const Entry& entry : module.entries) {
    add(entry.name, entry.line, entry.text, examples);
    for (const Entry& member : entry.members)
      add(entry.name + "." + member.name, member.line, member.text, examples);
  }
  return examples;
}

std::string spec_of(const Module& module, const std::vector<Example>& examples) {
  std::string uses, groups;
  for (const std::string& package : module.packages) uses += "use " + package + ".*\n";
  if (module.packages.empty() || module.packages.back() != module.name)
    uses += "use " + module.name + ".*\n";
  for (const Example& example : examples) {
    groups += "    it " +
              literal(example.name + " (" + module.file.string() + ":" +
                      std::to_string(example.line) + ")") +
              ":\n        val shown = printed \\:\n";
    for (const std::string& line : example.code) {
      if (line.starts_with("use ")) {
        uses += line + "\n";
      } else {
        groups += "            " + line + "\n";
      }
    }
    groups += "            nil\n        expect(shown).to_equal(" +
              literal(example.printed) + ")\n";
  }
  return "# Made by simple doc from the examples in " + module.file.string() + ".\n" +
         uses + "\ndescribe " + literal(module.name) + ":\n" + groups;
}

}  // namespace simple::doc
