#include "doc/page.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "doc/examples.h"

namespace simple::doc {
namespace {

constexpr std::string_view kFence = "```";

// try_f(…) -> Result<…> beside f: one entry is enough for both.
std::set<std::string> with_results(const std::vector<Entry>& entries) {
  std::set<std::string> names, result;
  for (const Entry& entry : entries) names.insert(entry.name);
  for (const Entry& entry : entries) {
    if (entry.name.starts_with("try_") && names.contains(entry.name.substr(4)) &&
        entry.signature.find("-> Result<") != std::string::npos) {
      result.insert(entry.name.substr(4));
    }
  }
  return result;
}

class Writer {
 public:
  std::string text;

  void line(std::string_view words = "") {
    text += words;
    text += '\n';
  }

  void code(const std::string& lines) {
    line(std::string(kFence) + "simple");
    line(lines);
    line(kFence);
    line();
  }

  // A comment: its indented lines are code.
  void prose(const std::vector<std::string>& lines) {
    for (size_t i = 0; i < lines.size();) {
      if (!is_example_line(lines[i])) {
        if (!lines[i].empty() || (i > 0 && !is_example_line(lines[i - 1])))
          line(lines[i]);
        ++i;
        continue;
      }
      size_t end = i;
      std::string block;
      for (size_t j = i;
           j < lines.size() && (lines[j].empty() || is_example_line(lines[j])); ++j) {
        if (!lines[j].empty()) end = j + 1;
      }
      for (; i < end; ++i) {
        if (!block.empty()) block += '\n';
        block += lines[i].empty() ? "" : lines[i].substr(4);
      }
      if (!text.ends_with("\n\n")) line();
      code(block);
    }
    if (!text.ends_with("\n\n")) line();
  }

  // Functions and values, or members: first those that have a text, each by itself, then
  // the others in one list.
  void entries(const std::vector<Entry>& all, const std::string& level, bool compact) {
    const std::set<std::string> twins = with_results(all);
    const auto is_twin = [&](const Entry& entry) {
      return entry.name.starts_with("try_") && twins.contains(entry.name.substr(4));
    };
    std::string list;
    const auto add = [&](const Entry& entry) {
      if (!list.empty()) list += '\n';
      list += entry.signature;
    };
    for (const Entry& entry : all) {
      if (is_twin(entry) || entry.name == "__init__") continue;
      if (compact || entry.text.empty() || entry.kind == Entry::Kind::kField) {
        add(entry);
        continue;
      }
      line(level + " " + entry.name);
      line();
      code(entry.signature);
      prose(entry.text);
      if (twins.contains(entry.name)) {
        line("`try_" + entry.name + "` gives a failure as an `Err`.");
        line();
      }
    }
    if (list.empty()) return;
    if (!compact && !text.ends_with("\n\n")) line();
    code(list);
    if (compact && !twins.empty()) {
      line(twins.size() == all.size() / 2
               ? "Each has a form `try_…` that gives a failure as an `Err`."
               : "With a form `try_…` that gives a failure as an `Err`: " +
                     listed(twins));
      line();
    }
  }

  void type(const Entry& entry, bool compact) {
    line("## " + entry.name);
    line();
    std::string head = entry.kind == Entry::Kind::kType ? entry.signature : "";
    for (const Entry& member : entry.members) {
      if (member.name != "__init__") continue;
      const size_t open = member.signature.find('(');
      head += "\n\n" + entry.name + member.signature.substr(open);
    }
    if (!head.empty()) code(head);
    if (!entry.text.empty()) prose(entry.text);
    entries(entry.members, "###", compact);
  }

 private:
  static std::string listed(const std::set<std::string>& names) {
    std::string result;
    for (const std::string& name : names) {
      if (!result.empty()) result += ", ";
      result += "`" + name + "`";
    }
    return result + ".";
  }
};

// The first sentence of a text.
std::string first_sentence(const std::vector<std::string>& lines) {
  std::string all;
  for (const std::string& line : lines) {
    if (line.empty()) break;
    all += (all.empty() ? "" : " ") + line;
  }
  const size_t end = all.find(". ");
  return end == std::string::npos ? all : all.substr(0, end + 1);
}

}  // namespace

std::string page_name(const Module& module) { return module.name + ".md"; }

std::string page_of(const Module& module, bool compact) {
  Writer writer;
  writer.line("# " + module.name);
  writer.line();
  writer.prose(module.text);
  std::vector<Entry> plain;
  for (const Entry& entry : module.entries) {
    const bool is_type =
        entry.kind == Entry::Kind::kType || entry.kind == Entry::Kind::kImpl;
    if (!is_type) plain.push_back(entry);
  }
  for (const Entry& entry : module.entries) {
    if (entry.kind == Entry::Kind::kType || entry.kind == Entry::Kind::kImpl)
      writer.type(entry, compact);
  }
  if (!plain.empty()) {
    if (plain.size() != module.entries.size()) {
      writer.line("## Functions");
      writer.line();
    }
    writer.entries(plain, plain.size() == module.entries.size() ? "##" : "###", compact);
  }
  while (writer.text.ends_with("\n\n")) writer.text.pop_back();
  return writer.text;
}

std::string index_of(const std::vector<Module>& modules, const std::string& title) {
  Writer writer;
  writer.line("# " + title);
  writer.line();
  writer.line("Made from the comments in the sources by `simple doc`.");
  writer.line();
  for (const Module& module : modules) {
    std::string names;
    size_t count = 0;
    for (const Entry& entry : module.entries) {
      if (entry.kind == Entry::Kind::kImpl) continue;
      if (entry.name.starts_with("try_")) continue;
      ++count;
      if (count <= 8) names += (names.empty() ? "" : ", ") + ("`" + entry.name + "`");
    }
    if (count > 8) names += ", … (" + std::to_string(count) + ")";
    writer.line("* [" + module.name + "](" + page_name(module) +
                "): " + first_sentence(module.text) + (names.empty() ? "" : " " + names));
  }
  return writer.text;
}

}  // namespace simple::doc
