#include "schema.h"

#include <cctype>

#include "text.h"

namespace simple_torch::generator {
namespace {

bool is_name_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
}

// Reads the text from left to right.
class Reader {
 public:
  Reader(std::string_view text, std::string_view where)
      : whole_(text), rest_(text), where_(where) {}

  [[noreturn]] void refuse(std::string_view what) const {
    throw Error(cat(where_, ": ", what, " at character ",
                    whole_.size() - rest_.size() + 1, " of the schema: ", whole_));
  }
  void skip_spaces() {
    while (!rest_.empty() && rest_.front() == ' ') rest_.remove_prefix(1);
  }
  bool take(std::string_view expected) {
    skip_spaces();
    if (!starts_with(rest_, expected)) return false;
    rest_.remove_prefix(expected.size());
    return true;
  }
  void require(std::string_view expected) {
    if (!take(expected)) refuse(cat("'", expected, "' is missing"));
  }
  std::string name() {
    skip_spaces();
    size_t length = 0;
    while (length < rest_.size() && is_name_character(rest_[length])) ++length;
    return advance(length);
  }
  // Up to one of these characters, which may stand inside brackets and quotes.
  std::string until(std::string_view ends) {
    size_t length = 0;
    int depth = 0;
    char quote = 0;
    for (; length < rest_.size(); ++length) {
      const char c = rest_[length];
      if (quote != 0) {
        if (c == '\\') {
          ++length;
        } else if (c == quote) {
          quote = 0;
        }
        continue;
      }
      if (depth == 0 && ends.find(c) != std::string_view::npos) break;
      if (c == '"' || c == '\'') quote = c;
      if (c == '[' || c == '(') ++depth;
      if (c == ']' || c == ')') --depth;
    }
    if (length >= rest_.size()) refuse("the schema ends too early");
    return advance(length);
  }
  bool at_end() {
    skip_spaces();
    return rest_.empty();
  }
  char next() {
    skip_spaces();
    return rest_.empty() ? '\0' : rest_.front();
  }

 private:
  std::string advance(size_t length) {
    std::string taken(trimmed(rest_.substr(0, length)));
    rest_.remove_prefix(length);
    return taken;
  }
  std::string_view whole_;
  std::string_view rest_;
  std::string_view where_;
};

// Base, annotation, then any of "?", "[]" and "[3]", also "(a)[]" for annotated lists.
Argument parse_type(Reader& reader) {
  Argument argument;
  argument.type = reader.name();
  if (argument.type.empty()) reader.refuse("a type is missing");
  argument.written_type = argument.type;
  while (true) {
    if (reader.next() == '(') {
      reader.require("(");
      argument.alias = reader.until(")");
      reader.require(")");
      argument.is_written = argument.alias.find('!') != std::string::npos;
      argument.written_type += '(' + argument.alias + ')';
    } else if (reader.next() == '[') {
      reader.require("[");
      const std::string length = reader.until("]");
      reader.require("]");
      argument.written_type += '[' + length + ']';
      if (!length.empty()) {
        if (length.find_first_not_of("0123456789") != std::string::npos ||
            length.size() > 3) {
          reader.refuse(cat("'", length, "' is no length of a list"));
        }
        argument.length = std::stoi(length);
      }
      // A list of truth values of a fixed length is a type of its own.
      argument.type += argument.type == "bool" ? '[' + length + ']' : "[]";
    } else if (reader.next() == '?') {
      reader.require("?");
      argument.type += '?';
      argument.written_type += '?';
    } else {
      return argument;
    }
  }
}

}  // namespace

Schema parse_schema(std::string_view text, std::string_view where) {
  Reader reader(text, where);
  Schema schema;
  schema.name = reader.name();
  if (schema.name.empty()) reader.refuse("the operator's name is missing");
  if (reader.take(".")) schema.overload = reader.name();

  reader.require("(");
  bool keyword_only = false;
  while (!reader.take(")")) {
    if (!schema.arguments.empty() || keyword_only) reader.require(",");
    if (reader.take("*")) {
      keyword_only = true;
      continue;
    }
    Argument argument = parse_type(reader);
    argument.keyword_only = keyword_only;
    argument.name = reader.name();
    if (argument.name.empty()) reader.refuse("an argument has no name");
    if (reader.take("=")) {
      argument.has_default = true;
      argument.default_value = reader.until(",)");
    }
    schema.arguments.push_back(std::move(argument));
  }

  reader.require("->");
  if (reader.take("(")) {
    while (!reader.take(")")) {
      if (!schema.results.empty()) reader.require(",");
      schema.results.push_back(parse_type(reader));
      schema.results.back().name = reader.name();
    }
  } else {
    schema.results.push_back(parse_type(reader));
    schema.results.back().name = reader.name();
  }
  if (!reader.at_end()) reader.refuse("something follows the results");
  return schema;
}

}  // namespace simple_torch::generator
