#include "syntax/lexer.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

namespace simple {
namespace {

using enum TokenKind;

constexpr uint32_t kTabWidth = 4;
constexpr uint32_t kDeepestIndent = 20'000;
constexpr int kDeepestInterpolation = 16;
// A `{` that nothing closes is a plain brace, and finding that out costs a look at the
// rest of the line. When such looks have cost this many times the whole text, which only
// a hostile one brings about, the others are taken as plain unseen.
constexpr uint64_t kSearchBudget = 8;

enum CharClass : uint8_t { kOther, kSpace, kLetter, kDigit };

constexpr std::array<CharClass, 256> kClasses = [] {
  std::array<CharClass, 256> classes{};
  for (int c = 'a'; c <= 'z'; ++c) classes[static_cast<size_t>(c)] = kLetter;
  for (int c = 'A'; c <= 'Z'; ++c) classes[static_cast<size_t>(c)] = kLetter;
  for (int c = '0'; c <= '9'; ++c) classes[static_cast<size_t>(c)] = kDigit;
  // Other letters are accepted inside a name, not at its start.
  for (size_t c = 0x80; c <= 0xFF; ++c) classes[c] = kDigit;
  classes['_'] = kLetter;
  classes[' '] = classes['\t'] = classes['\r'] = kSpace;
  return classes;
}();

CharClass class_of(char c) { return kClasses[static_cast<unsigned char>(c)]; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_ascii_letter(char c) { return class_of(c) == kLetter; }
bool continues_name(char c) { return class_of(c) >= kLetter; }

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

void append_utf8(std::string& to, uint32_t code) {
  const auto put = [&](uint32_t byte) { to += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | (code >> 6));
    put(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    put(0xE0 | (code >> 12));
    put(0x80 | ((code >> 6) & 0x3F));
    put(0x80 | (code & 0x3F));
  } else {
    put(0xF0 | (code >> 18));
    put(0x80 | ((code >> 12) & 0x3F));
    put(0x80 | ((code >> 6) & 0x3F));
    put(0x80 | (code & 0x3F));
  }
}

// The length of the UTF-8 character at `at`, or 0 if there is none.
size_t character_length(std::string_view text, size_t at) {
  const auto byte = [&](size_t i) -> unsigned {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
  };
  const auto follows = [&](size_t i) { return (byte(i) & 0xC0) == 0x80; };
  const unsigned first = byte(at);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return follows(at + 1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    if (first == 0xE0 && byte(at + 1) < 0xA0) return 0;
    if (first == 0xED && byte(at + 1) > 0x9F) return 0;  // Halves of surrogate pairs.
    return follows(at + 1) && follows(at + 2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    if (first == 0xF0 && byte(at + 1) < 0x90) return 0;
    if (first == 0xF4 && byte(at + 1) > 0x8F) return 0;
    return follows(at + 1) && follows(at + 2) && follows(at + 3) ? 4 : 0;
  }
  return 0;
}

// Where the first byte that is not UTF-8 is, or the size.
size_t first_broken_byte(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    uint64_t eight;
    while (at + 8 <= text.size() && (std::memcpy(&eight, text.data() + at, 8),
                                     (eight & 0x8080808080808080u) == 0)) {
      at += 8;
    }
    if (at >= text.size()) break;
    const size_t length = character_length(text, at);
    if (length == 0) return at;
    at += length;
  }
  return text.size();
}

// What may stand behind the last colon of an interpolation: 08.2f, >5, *^9, …
bool is_format(std::string_view spec) {
  const auto plain = [](std::string_view text) {
    return text.find_first_not_of("<>=^+-#0123456789,_.%bcdeEfFgGnosxX") ==
           std::string_view::npos;
  };
  if (plain(spec)) return true;
  const size_t fill = character_length(spec, 0);
  if (fill == 0 || fill >= spec.size()) return false;
  const char align = spec[fill];
  return (align == '<' || align == '>' || align == '^') && plain(spec.substr(fill + 1));
}

struct Keywords {
  std::vector<TokenKind> kinds;  // By symbol.

  Keywords() {
    const auto add = [&](std::string_view text, TokenKind kind) {
      const Symbol symbol = intern(text);
      if (symbol.id >= kinds.size()) kinds.resize(symbol.id + 1, kName);
      kinds[symbol.id] = kind;
    };
    add("fn", kFn);
    add("me", kMe);
    add("let", kLet);
    add("val", kVal);
    add("var", kVar);
    add("const", kConst);
    add("if", kIf);
    add("elif", kElif);
    add("else", kElse);
    add("for", kFor);
    add("while", kWhile);
    add("break", kBreak);
    add("continue", kContinue);
    add("return", kReturn);
    for (const char* word : {"pass", "pass_todo", "pass_do_nothing", "pass_dn"}) {
      add(word, kPass);
    }
    add("match", kMatch);
    add("case", kCase);
    add("struct", kStruct);
    add("class", kClass);
    add("enum", kEnum);
    add("in", kIn);
    add("is", kIs);
    add("not", kNot);
    add("and", kAnd);
    add("or", kOr);
    add("xor", kXor);
    add("true", kTrue);
    add("false", kFalse);
    add("nil", kNil);
    add("self", kSelf);
    add("super", kSuper);
  }

  TokenKind kind(Symbol symbol) const {
    return symbol.id < kinds.size() ? kinds[symbol.id] : kName;
  }
};

const Keywords& keywords() {
  static const Keywords* const instance = new Keywords;
  return *instance;
}

class Lexer {
 public:
  Lexer(const Source& source, ast::Arena& arena, std::vector<Diagnostic>& diagnostics)
      : source_(source), arena_(arena), diagnostics_(diagnostics), text_(source.text()) {}

  Tokens run() {
    if (!begin()) {
      text_ = {};
      finish();
      return std::move(result_);
    }
    result_.list.reserve(std::min(text_.size() / 4 + 16, kMostTokens));
    end_ = static_cast<uint32_t>(text_.size());
    search_budget_ = kSearchBudget * text_.size();
    lex_range();
    if (at_ < end_) {
      diagnostics_.clear();
      report({at_, 0}, "this file is too long: more than " + std::to_string(kMostTokens) +
                           " words, numbers and signs");
      result_.list.clear();
    } else {
      close_all_brackets(0, "is not closed");
    }
    finish();
    return std::move(result_);
  }

 private:
  // Whether the text is fit for lexing at all.
  bool begin() {
    if (text_.size() >= UINT32_MAX - 1) {
      report({0, 0}, "this file is too large: 4 GB or more");
      return false;
    }
    const size_t broken = first_broken_byte(text_);
    if (broken < text_.size()) {
      static const char* const digits = "0123456789ABCDEF";
      const auto byte = static_cast<unsigned char>(text_[broken]);
      report({static_cast<uint32_t>(broken), 1},
             std::string("this file is not UTF-8: byte 0x") + digits[byte >> 4] +
                 digits[byte & 15] + " at offset " + std::to_string(broken));
      return false;
    }
    if (text_.substr(0, 3) == "\xEF\xBB\xBF") at_ = 3;
    line_start_ = at_;
    return true;
  }

  void finish() {
    Token token;
    token.start = static_cast<uint32_t>(text_.size());
    token.kind = kEnd;
    token.first = true;
    token.space_before = true;
    result_.list.push_back(token);
  }

  char peek(uint32_t ahead = 0) const {
    return at_ + ahead < end_ ? text_[at_ + ahead] : '\0';
  }

  std::string_view slice(uint32_t from, uint32_t to) const {
    return text_.substr(from, to - from);
  }

  // One error a line is enough.
  void report(Span at, std::string message, std::string help = "") {
    const uint32_t line = line_of(at.start);
    if (line == last_error_line_ || diagnostics_.size() >= kMostErrors) return;
    last_error_line_ = line;
    diagnostics_.push_back({"parse", "", std::move(message), at, std::move(help)});
  }

  uint32_t line_of(uint32_t offset) const { return source_.line_number(offset); }

  // ---- Tokens -------------------------------------------------------------------------
  Token& push(TokenKind kind, uint32_t start, uint32_t length, uint32_t value = 0) {
    Token token;
    token.kind = kind;
    token.start = start;
    token.length = length;
    token.value = value;
    token.space_before = space_before_;
    if (line_begins_) {
      line_begins_ = false;
      token.first = true;
      line_first_ = static_cast<uint32_t>(result_.list.size());
      token.indent = indent_at(start);
      look_for_lost_bracket(token);
    }
    space_before_ = false;
    result_.list.push_back(token);
    return result_.list.back();
  }

  void mark(TokenKind kind, uint32_t length) {
    push(kind, at_, length);
    at_ += length;
  }

  uint32_t keep(std::string_view text) {
    result_.texts.push_back(text);
    return static_cast<uint32_t>(result_.texts.size() - 1);
  }

  uint16_t indent_at(uint32_t token_start) {
    uint32_t columns = 0;
    for (uint32_t at = line_start_; at < token_start && columns <= kDeepestIndent; ++at) {
      columns += text_[at] == '\t' ? kTabWidth : 1;
    }
    if (columns > kDeepestIndent) {
      report({token_start, 1}, "this line is indented too far");
      columns = kDeepestIndent;
    }
    return static_cast<uint16_t>(columns);
  }

  // ---- Brackets -----------------------------------------------------------------------
  struct Open {
    uint32_t token;
    uint32_t indent;  // Of the line that it is on.
  };

  static TokenKind closer_of(TokenKind opener) {
    return static_cast<TokenKind>(static_cast<uint8_t>(opener) + 1);
  }

  void open(TokenKind kind) {
    push(kind, at_, 1);
    ++at_;
    const auto token = static_cast<uint32_t>(result_.list.size() - 1);
    open_.push_back({token, line_indent_of(token)});
  }

  // The indentation of the line a token is on; lines are looked at once.
  uint32_t line_indent_of(uint32_t token) {
    for (; indent_seen_ <= token; ++indent_seen_) {
      const Token& seen = result_.list[indent_seen_];
      if (seen.first) current_indent_ = seen.indent;
    }
    return current_indent_;
  }

  void close(TokenKind kind) {
    const Span here{at_, 1};
    size_t match = open_.size();
    while (match > open_base_ &&
           closer_of(result_.list[open_[match - 1].token].kind) != kind) {
      --match;
    }
    if (match == open_base_) {
      if (open_.size() > open_base_) {
        const Token& opener = result_.list[open_.back().token];
        report(here, "`" + std::string(slice(at_, at_ + 1)) + "` does not close the `" +
                         std::string(slice(opener.start, opener.end())) + "` of line " +
                         std::to_string(line_of(opener.start)));
      } else {
        report(here, "`" + std::string(slice(at_, at_ + 1)) + "` closes nothing");
      }
      ++at_;
      space_before_ = true;
      return;
    }
    if (match < open_.size()) close_all_brackets(match, "is not closed");
    push(kind, at_, 1);
    result_.list[open_.back().token].value =
        static_cast<uint32_t>(result_.list.size() - 1);
    open_.pop_back();
    ++at_;
  }

  // Reports the innermost bracket that stays open, and forgets those above `keep`.
  void close_all_brackets(size_t keep, const char* what) {
    if (open_.size() <= keep) return;
    const Token& opener = result_.list[open_[keep].token];
    report(opener.at(), "the `" + std::string(slice(opener.start, opener.end())) +
                            "` of line " + std::to_string(line_of(opener.start)) + " " +
                            what);
    if (keep == 0 && at_ >= text_.size()) result_.ends_inside = true;
    open_.resize(keep);
  }

  // A declaration at the margin inside brackets: a bracket before it was forgotten.
  void look_for_lost_bracket(const Token& token) {
    if (open_.empty() || open_base_ != 0) return;
    if (token.indent > open_.front().indent) return;
    switch (token.kind) {
      case kFn:
      case kVal:
      case kVar:
      case kLet:
      case kConst:
      case kStruct:
      case kClass:
      case kEnum:
      case kReturn:
      case kWhile:
        // A parameter or a label may be called so: `val: 3`.
        if (at_ + token.length < end_ && text_[at_ + token.length] != ' ') return;
        close_all_brackets(0, "is not closed");
        break;
      default:
        break;
    }
  }

  // ---- The loop -----------------------------------------------------------------------
  void lex_range() {
    while (at_ < end_ && result_.list.size() < kMostTokens) lex_token();
  }

  void lex_token() {
    const char c = text_[at_];
    switch (class_of(c)) {
      case kSpace:
        ++at_;
        space_before_ = true;
        return;
      case kLetter:
        return lex_word();
      case kDigit:
        if (is_digit(c)) return lex_number();
        return lex_stranger();
      case kOther:
        return lex_mark(c);
    }
  }

  void new_line() {
    ++at_;
    line_start_ = at_;
    line_begins_ = true;
    space_before_ = true;
  }

  void skip_line() {
    const void* found = std::memchr(text_.data() + at_, '\n', end_ - at_);
    at_ = found == nullptr
              ? end_
              : static_cast<uint32_t>(static_cast<const char*>(found) - text_.data());
    space_before_ = true;
  }

  void lex_word() {
    const uint32_t start = at_;
    uint32_t hash = 2166136261u;
    do {
      hash = (hash ^ static_cast<unsigned char>(text_[at_])) * 16777619u;
      ++at_;
    } while (at_ < end_ && continues_name(text_[at_]));
    const std::string_view word = slice(start, at_);
    if (const char next = peek(); next == '"' || next == '{') {
      if (next == '"' && (word == "r" || word == "f")) {
        return lex_text(start, word == "f" ? Form::kPlain : Form::kRaw);
      }
      if (next == '{' && is_raw_language(word)) return lex_raw_block(start);
    }
    const Symbol symbol = symbol_of(word, hash);
    at_ = start;  // For look_for_lost_bracket.
    const auto length = static_cast<uint32_t>(word.size());
    push(words_.kind(symbol), start, length, symbol.id);
    at_ = start + length;
  }

  Symbol symbol_of(std::string_view word, uint32_t hash) {
    Known& known = known_[(hash ^ (hash >> 15)) % known_.size()];
    if (known.text != word) known = {word, intern(word)};
    return known.symbol;
  }

  static bool is_raw_language(std::string_view word) {
    for (const char* name : {"m", "math", "loss", "nograd", "sh", "sql", "re", "lean",
                             "html", "css", "json", "md", "graph", "img", "asm"}) {
      if (word == name) return true;
    }
    return false;
  }

  // The text of another language is skipped as a whole; the parser refuses it.
  void lex_raw_block(uint32_t start) {
    uint32_t depth = 0;
    for (; at_ < end_; ++at_) {
      const char c = text_[at_];
      if (c == '{') ++depth;
      if (c == '}' && --depth == 0) break;
      if (c == '\n') line_start_ = at_ + 1;
    }
    if (at_ < end_) ++at_;
    const uint32_t end = at_;
    const uint32_t word = static_cast<uint32_t>(text_.find('{', start)) - start;
    at_ = start;
    push(kRawBlock, start, end - start, intern(text_.substr(start, word)).id);
    at_ = end;
  }

  void lex_stranger() {
    const size_t length = std::max<size_t>(1, character_length(text_, at_));
    report({at_, static_cast<uint32_t>(length)},
           "unexpected character `" + std::string(text_.substr(at_, length)) + "`");
    push(kError, at_, static_cast<uint32_t>(length));
    at_ += static_cast<uint32_t>(length);
  }

  // ---- Numbers ------------------------------------------------------------------------
  // Only the extent; the parser finds the value.
  void lex_number() {
    const uint32_t start = at_;
    const bool behind_dot = !result_.list.empty() && result_.list.back().kind == kDot &&
                            result_.list.back().end() == at_;
    TokenKind kind = kInt;
    if (behind_dot) {  // t.0.1
      while (is_digit(peek())) ++at_;
      push(kInt, start, at_ - start);
      return;
    }
    const char base = static_cast<char>(peek(1) | 0x20);
    if (peek() == '0' && (base == 'x' || base == 'o' || base == 'b') &&
        (hex_value(peek(2)) >= 0 || peek(2) == '_')) {
      at_ += 2;
      while (peek() == '_' || (base == 'x' ? hex_value(peek()) >= 0 : is_digit(peek()))) {
        ++at_;
      }
    } else {
      skip_digits();
      if (peek() == '.' && is_digit(peek(1))) {
        kind = kFloat;
        ++at_;
        skip_digits();
      }
      if ((peek() == 'e' || peek() == 'E') &&
          (is_digit(peek(1)) ||
           ((peek(1) == '+' || peek(1) == '-') && is_digit(peek(2))))) {
        kind = kFloat;
        at_ += 2;
        skip_digits();
      }
    }
    while (at_ < end_ && continues_name(text_[at_])) ++at_;  // The suffix.
    const uint32_t length = at_ - start;
    push(kind, start, length);
  }

  void skip_digits() {
    while (is_digit(peek()) || (peek() == '_' && (is_digit(peek(1)) || peek(1) == '_'))) {
      ++at_;
    }
  }

  // ---- Comments and attributes --------------------------------------------------------
  // `#[tag("x")]` alone on its line, or before what it belongs to.
  bool skip_attribute() {
    if (!line_begins_ || peek(1) != '[' || !is_ascii_letter(peek(2))) return false;
    uint32_t depth = 0;
    for (uint32_t at = at_ + 1; at < end_ && text_[at] != '\n'; ++at) {
      if (text_[at] == '[') ++depth;
      if (text_[at] == ']' && --depth == 0) {
        at_ = at + 1;
        space_before_ = true;
        return true;
      }
    }
    return false;
  }

  // `//` is an operator, but not where none can stand: at the start of a line, and behind
  // `@allow(...)`, where people give their reasons.
  bool is_slash_comment() const {
    if (line_begins_ || result_.list.empty()) return true;
    return result_.list[line_first_].kind == kAt;
  }

  void skip_block_comment() {
    const uint32_t start = at_;
    uint32_t depth = 0;
    while (at_ < end_) {
      if (text_[at_] == '/' && peek(1) == '*') {
        ++depth;
        at_ += 2;
      } else if (text_[at_] == '*' && peek(1) == '/') {
        at_ += 2;
        if (--depth == 0) {
          space_before_ = true;
          return;
        }
      } else if (text_[at_] == '\n') {
        new_line();
      } else {
        ++at_;
      }
    }
    report({start, 2}, "the comment that starts here has no end");
    if (end_ == text_.size()) result_.ends_inside = true;
  }

  // ---- Texts --------------------------------------------------------------------------
  enum class Form : uint8_t { kPlain, kRaw };

  // At the opening quote; `start` is that of its prefix.
  void lex_text(uint32_t start, Form form) {
    const bool long_form = peek(1) == '"' && peek(2) == '"';
    const bool prefixed = start != at_;
    if (long_form && (form == Form::kRaw || !prefixed)) return lex_long_raw(start);
    if (form == Form::kRaw) return lex_raw(start);
    lex_interpolated(start, long_form);
  }

  void unterminated(uint32_t start, bool long_form, uint32_t to) {
    report(
        {start, 1}, "the text that starts here has no end",
        long_form ? "" : "a text of several lines is written between \"\"\" and \"\"\"");
    if (long_form && end_ == text_.size()) result_.ends_inside = true;
    at_ = start;
    push(kError, start, to - start);
    at_ = to;
  }

  void lex_raw(uint32_t start) {
    const uint32_t from = at_ + 1;
    uint32_t to = from;
    while (to < end_ && text_[to] != '"' && text_[to] != '\n') ++to;
    if (to >= end_ || text_[to] == '\n') return unterminated(start, false, to);
    at_ = start;
    push(kText, start, to + 1 - start, keep(slice(from, to)));
    at_ = to + 1;
  }

  void lex_long_raw(uint32_t start) {
    const uint32_t from = at_ + 3;
    size_t to = text_.find("\"\"\"", from);
    if (to == std::string_view::npos || to + 3 > end_)
      return unterminated(start, true, end_);
    // Quotes before the three belong to the text: """say "x"""" ends with x".
    while (to + 3 < end_ && text_[to + 3] == '"') ++to;
    const auto end = static_cast<uint32_t>(to + 3);
    at_ = start;
    push(kText, start, end - start,
         keep(without_carriage_returns(slice(from, static_cast<uint32_t>(to)))));
    const size_t last_line = slice(start, end).rfind('\n');
    if (last_line != std::string_view::npos) {
      line_start_ = start + static_cast<uint32_t>(last_line) + 1;
    }
    at_ = end;
  }

  std::string_view without_carriage_returns(std::string_view text) {
    if (text.find('\r') == std::string_view::npos) return text;
    std::string result;
    result.reserve(text.size());
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
      result += text[i];
    }
    return arena_.copy(result);
  }

  void lex_interpolated(uint32_t start, bool long_form) {
    const uint32_t open = at_;
    const uint32_t quotes = long_form ? 3 : 1;
    // Most texts are plain.
    if (!long_form) {
      uint32_t to = open + 1;
      while (to < end_) {
        const char c = text_[to];
        if (c == '"' || c == '\\' || c == '{' || c == '}' || c == '\n') break;
        ++to;
      }
      if (to < end_ && text_[to] == '"') {
        at_ = start;
        push(kText, start, to + 1 - start, keep(slice(open + 1, to)));
        at_ = to + 1;
        return;
      }
    }
    bool pieces = false;
    std::string literal;
    uint32_t piece_start = start;
    at_ = open + quotes;
    for (;;) {
      if (at_ >= end_ || (!long_form && text_[at_] == '\n')) {
        if (pieces) push(kTextEnd, at_, 0);
        return unterminated(start, long_form, at_);
      }
      const char c = text_[at_];
      if (c == '"' && (!long_form || text_.substr(at_, 3) == "\"\"\"")) break;
      switch (c) {
        case '\\':
          lex_escape(literal);
          break;
        case '{': {
          if (peek(1) == '{') {
            literal += '{';
            at_ += 2;
            break;
          }
          Piece piece;
          if (depth_ < kDeepestInterpolation && search_budget_ > 0) {
            piece = find_piece(at_ + 1);
            search_budget_ -= std::min<uint64_t>(search_budget_, piece.wasted);
          }
          if (!piece.found) {
            literal += '{';
            ++at_;
            break;
          }
          if (!pieces) {
            const uint32_t here = at_;
            at_ = start;
            push(kTextStart, start, open + quotes - start);
            at_ = here;
            pieces = true;
          }
          push_literal(literal, piece_start);
          lex_piece(piece);
          piece_start = at_;
          break;
        }
        case '}':
          literal += '}';
          at_ += peek(1) == '}' ? 2 : 1;
          break;
        case '\r':
          if (peek(1) != '\n') literal += c;
          ++at_;
          break;
        case '\n':
          line_start_ = at_ + 1;
          literal += c;
          ++at_;
          break;
        default: {
          const uint32_t from = at_;
          do ++at_;
          while (at_ < end_ && text_[at_] != '"' && text_[at_] != '\\' &&
                 text_[at_] != '{' && text_[at_] != '}' && text_[at_] != '\n' &&
                 text_[at_] != '\r');
          literal += slice(from, at_);
        }
      }
    }
    const uint32_t end = at_ + quotes;
    if (pieces) {
      push_literal(literal, piece_start);
      push(kTextEnd, at_, quotes);
    } else {
      at_ = start;
      push(kText, start, end - start, keep(arena_.copy(literal)));
    }
    at_ = end;
  }

  void push_literal(std::string& literal, uint32_t start) {
    if (literal.empty()) return;
    push(kTextPiece, start, at_ - start, keep(arena_.copy(literal)));
    literal.clear();
  }

  void lex_escape(std::string& to) {
    const uint32_t start = at_;
    ++at_;
    if (at_ >= end_ || text_[at_] == '\n') return;  // Reported as a text without an end.
    const char c = text_[at_++];
    switch (c) {
      case 'n':
        to += '\n';
        return;
      case 't':
        to += '\t';
        return;
      case 'r':
        to += '\r';
        return;
      case 'a':
        to += '\a';
        return;
      case 'b':
        to += '\b';
        return;
      case 'f':
        to += '\f';
        return;
      case 'v':
        to += '\v';
        return;
      case 'x':
        return lex_hex_escape(start, 2, to);
      case 'u':
        return lex_hex_escape(start, 4, to);
      default:
        break;
    }
    if (c >= '0' && c <= '7') {
      uint32_t code = static_cast<uint32_t>(c - '0');
      for (int more = 0; more < 2 && peek() >= '0' && peek() <= '7'; ++more) {
        const uint32_t next = code * 8 + static_cast<uint32_t>(peek() - '0');
        if (next > 255) break;
        code = next;
        ++at_;
      }
      append_utf8(to, code);
      return;
    }
    to += c;  // Also the first byte of a longer character; the rest follows.
  }

  void lex_hex_escape(uint32_t start, int digits, std::string& to) {
    uint32_t code = 0;
    int seen = 0;
    if (digits == 4 && peek() == '{') {
      ++at_;
      while (hex_value(peek()) >= 0) {
        code = std::min(code * 16 + static_cast<uint32_t>(hex_value(peek())), 0x110000u);
        ++at_;
        ++seen;
      }
      if (peek() != '}' || seen == 0) {
        report({start, at_ - start},
               "a character is written \\u{1F600}, with its number in hex");
        return;
      }
      ++at_;
    } else {
      for (; seen < digits && hex_value(peek()) >= 0; ++seen, ++at_) {
        code = code * 16 + static_cast<uint32_t>(hex_value(peek()));
      }
      if (seen < digits) {
        report({start, at_ - start},
               digits == 2 ? "`\\x` is followed by two hex digits"
                           : "`\\u` is followed by four hex digits, or by {...}");
        return;
      }
    }
    if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) {
      report({start, at_ - start}, "no character has this number");
      return;
    }
    append_utf8(to, code);
  }

  // ---- Interpolation ------------------------------------------------------------------
  struct Piece {
    bool found = false;
    uint32_t wasted = 0;      // Bytes that were looked at for nothing.
    uint32_t close = 0;       // Of the brace.
    uint32_t value_end = 0;   // Of the expression.
    std::string_view format;  // Behind the colon.
  };

  // Looks for the end of the interpolation whose text starts at `from`. Without one on
  // this line the brace is literal, so nothing is reported here.
  Piece find_piece(uint32_t from) const {
    Piece piece;
    if (from >= end_ || text_[from] == '"' || text_[from] == '\'' ||
        text_[from] == '\\' || text_[from] == '}') {
      return piece;
    }
    // { \"a\": 1 } is JSON, as nobody interpolates a text alone.
    uint32_t first = from;
    while (first < end_ && text_[first] == ' ') ++first;
    if (first < end_ && text_[first] == '\\') return piece;
    uint32_t at = from;
    if (!find_close(from, at, piece)) piece.wasted = at - from;
    return piece;
  }

  bool find_close(uint32_t from, uint32_t& at, Piece& piece) const {
    uint32_t depth = 0;
    uint32_t colon = 0;
    bool has_if = false;
    for (; at < end_; ++at) {
      const char c = text_[at];
      if (c == '\n') return false;
      if (c == '(' || c == '[' || c == '{') {
        ++depth;
      } else if (c == ')' || c == ']') {
        if (depth > 0) --depth;
      } else if (c == '}') {
        if (depth == 0) break;
        --depth;
      } else if (c == ':' && depth == 0) {
        colon = at;
      } else if (c == 'i' && depth == 0 && !has_if) {
        has_if = text_.substr(at, 3) == "if " &&
                 (at == from || !continues_name(text_[at - 1]));
      } else if (c == '"' || c == '\'' ||
                 (c == '\\' && at + 1 < end_ && text_[at + 1] == '"')) {
        if (c == '\'' && depth == 0 && !text_may_start(from, at, has_if)) continue;
        if (c != '\\' && depth == 0 && !text_may_start(from, at, has_if)) return false;
        const uint32_t end = quoted_end(at);
        if (end == 0) {
          at = end_;
          return false;
        }
        at = end - 1;
      }
    }
    if (at >= end_) return false;
    std::string_view inside = slice(from, at);
    if (inside.find_first_not_of(" \t\r") == std::string_view::npos) return false;
    piece.found = true;
    piece.close = piece.value_end = at;
    if (colon > from && colon > 0 && text_[colon - 1] != ':' &&
        !belongs_to_else(from, colon)) {
      const std::string_view spec = slice(colon + 1, at);
      if (is_format(spec)) {
        piece.value_end = colon;
        piece.format = spec;
      }
    }
    return true;
  }

  // The word or mark before `at`, spaces left out.
  std::string_view word_before(uint32_t from, uint32_t at) const {
    while (at > from && text_[at - 1] == ' ') --at;
    if (at == from) return {};
    uint32_t start = at - 1;
    if (continues_name(text_[start])) {
      while (start > from && at - start < 8 && continues_name(text_[start - 1])) --start;
    }
    return slice(start, at);
  }

  bool belongs_to_else(uint32_t from, uint32_t colon) const {
    return word_before(from, colon) == "else";
  }

  // Outside brackets a quote starts a text only where an operand is due; elsewhere it
  // ends the text around the brace.
  bool text_may_start(uint32_t from, uint32_t at, bool has_if) const {
    const std::string_view before = word_before(from, at);
    if (before.empty()) return false;
    if (before == ":") return has_if;
    if (before.size() == 1 && std::strchr("+-*/%<>=!&|^~?,", before[0]) != nullptr) {
      return true;
    }
    for (const char* word : {"if", "else", "and", "or", "not", "in", "is"}) {
      if (before == word) return true;
    }
    return false;
  }

  // Behind the quoted text at `at`, or 0 if it has no end on the line.
  uint32_t quoted_end(uint32_t at) const {
    if (text_[at] == '\\') {  // \"k\" inside an interpolation
      for (at += 2; at + 1 < end_ && text_[at] != '\n'; ++at) {
        if (text_[at] == '\\' && text_[at + 1] == '"') return at + 2;
      }
      return 0;
    }
    const char quote = text_[at];
    for (++at; at < end_ && text_[at] != '\n'; ++at) {
      if (text_[at] == quote) return at + 1;
      if (text_[at] == '\\') ++at;
    }
    return 0;
  }

  void lex_piece(const Piece& piece) {
    push(kPieceOpen, at_, 1);
    const size_t opener = result_.list.size() - 1;
    ++at_;
    const uint32_t end = end_;
    const size_t base = open_base_;
    end_ = piece.value_end;
    open_base_ = open_.size();
    ++depth_;
    lex_range();
    close_all_brackets(open_base_, "is not closed in this interpolation");
    --depth_;
    open_base_ = base;
    end_ = end;
    at_ = piece.close;
    push(kPieceClose, piece.value_end, piece.close + 1 - piece.value_end,
         keep(piece.format));
    result_.list[opener].value = static_cast<uint32_t>(result_.list.size() - 1);
    at_ = piece.close + 1;
  }

  // ---- Marks --------------------------------------------------------------------------
  void lex_single_quote() {
    const uint32_t start = at_;
    if (is_ascii_letter(peek(1))) {
      uint32_t to = at_ + 1;
      while (to < end_ && continues_name(text_[to])) ++to;
      const bool closed = to < end_ && text_[to] == '\'';
      if (!closed && is_label(to)) {
        push(kLabel, start, to - start, intern(slice(start + 1, to)).id);
        at_ = to;
        return;
      }
    }
    uint32_t to = at_ + 1;
    bool escaped = false;
    while (to < end_ && text_[to] != '\'' && text_[to] != '\n') {
      if (text_[to] == '\\' && to + 1 < end_ && text_[to + 1] == '\'') {
        escaped = true;
        ++to;
      }
      ++to;
    }
    if (to >= end_ || text_[to] == '\n')
      return unterminated(start, false, std::min(to, end_));
    std::string_view value = slice(start + 1, to);
    if (escaped) {
      std::string plain;
      for (size_t i = 0; i < value.size(); ++i) {
        if (value[i] == '\\' && i + 1 < value.size() && value[i + 1] == '\'') continue;
        plain += value[i];
      }
      value = arena_.copy(plain);
    }
    push(kText, start, to + 1 - start, keep(value));
    at_ = to + 1;
  }

  // Whether 'name, which ends at `to`, is a label: behind break and continue, and before
  // a loop.
  bool is_label(uint32_t to) const {
    if (!result_.list.empty() && !line_begins_) {
      const TokenKind before = result_.list.back().kind;
      if (before == kBreak || before == kContinue) return true;
    }
    while (to < end_ && text_[to] == ' ') ++to;
    if (to >= end_ || text_[to] != ':') return false;
    do ++to;
    while (to < end_ && text_[to] == ' ');
    const std::string_view rest = slice(to, std::min(to + 5, end_));
    return rest.substr(0, 3) == "for" || rest == "while" || rest.substr(0, 4) == "loop";
  }

  void lex_mark(char c) {
    const char next = peek(1);
    const char third = peek(2);
    switch (c) {
      case '\n':
        return new_line();
      case '#':
        if (skip_attribute()) return;
        return skip_line();
      case '"':
        return lex_text(at_, Form::kPlain);
      case '\'':
        return lex_single_quote();
      case '(':
        return open(kLeftParen);
      case '[':
        return open(kLeftBracket);
      case '{':
        return open(kLeftBrace);
      case ')':
        return close(kRightParen);
      case ']':
        return close(kRightBracket);
      case '}':
        return close(kRightBrace);
      case ',':
        return mark(kComma, 1);
      case ';':
        return mark(kSemicolon, 1);
      case ':':
        if (next == ':') return mark(kDoubleColon, 2);
        return next == '=' ? mark(kColonAssign, 2) : mark(kColon, 1);
      case '.':
        if (next == '.') {
          if (third == '.') return mark(kEllipsis, 3);
          return third == '=' ? mark(kDotDotEqual, 3) : mark(kDotDot, 2);
        }
        return next == '?' ? mark(kDotQuestion, 2) : mark(kDot, 1);
      case '?':
        if (next == '?') return mark(kCoalesce, 2);
        // a?..b is (a?)..b, and a?.?  is a? and then .?
        if (next == '.' && third != '.' && third != '?') return mark(kQuestionDot, 2);
        return mark(kQuestion, 1);
      case '!':
        return next == '=' ? mark(kNotEqual, 2) : mark(kBang, 1);
      case '=':
        if (next == '=') return mark(kEqual, 2);
        return next == '>' ? mark(kFatArrow, 2) : mark(kAssign, 1);
      case '<':
        if (next == '<') return mark(kShiftLeft, 2);
        return next == '=' ? mark(kLessEqual, 2) : mark(kLess, 1);
      case '>':
        if (next == '>') return mark(kShiftRight, 2);
        return next == '=' ? mark(kGreaterEqual, 2) : mark(kGreater, 1);
      case '+':
        return next == '=' ? mark(kPlusAssign, 2) : mark(kPlus, 1);
      case '-':
        if (next == '>') return mark(kArrow, 2);
        return next == '=' ? mark(kMinusAssign, 2) : mark(kMinus, 1);
      case '*':
        if (next == '*') return mark(kPower, 2);
        return next == '=' ? mark(kStarAssign, 2) : mark(kStar, 1);
      case '/':
        if (next == '*') return skip_block_comment();
        if (next == '/') {
          return third == '/' || is_slash_comment() ? skip_line() : mark(kParallel, 2);
        }
        return next == '=' ? mark(kSlashAssign, 2) : mark(kSlash, 1);
      case '%':
        return next == '=' ? mark(kPercentAssign, 2) : mark(kPercent, 1);
      case '@':
        return mark(kAt, 1);
      case '&':
        return next == '&' ? mark(kAmpersands, 2) : mark(kAmpersand, 1);
      case '|':
        if (next == '>') return mark(kPipeForward, 2);
        return next == '|' ? mark(kPipes, 2) : mark(kPipe, 1);
      case '^':
        return mark(kCaret, 1);
      case '~':
        // x ~= e waits for e, and here everything is there at once.
        if (next == '=' && third != '=') return mark(kAssign, 2);
        return next == '>' ? mark(kLayerConnect, 2) : mark(kTilde, 1);
      case '\\':
        return lex_backslash();
      case '\0':
        report({at_, 1}, "unexpected character: a NUL byte");
        return mark(kError, 1);
      default:
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
          report({at_, 1}, "unexpected character: a control character");
          return mark(kError, 1);
        }
        return lex_stranger();
    }
  }

  // The end of a line that goes on, a quote inside an interpolation, or a lambda.
  void lex_backslash() {
    uint32_t to = at_ + 1;
    while (to < end_ && class_of(text_[to]) == kSpace) ++to;
    if (to < end_ && text_[to] == '\n') {
      at_ = to + 1;
      line_start_ = at_;
      space_before_ = true;
      return;
    }
    if (depth_ > 0 && peek(1) == '"') {
      const uint32_t end = quoted_end(at_);
      if (end != 0 && end <= end_) {
        push(kText, at_, end - at_, keep(slice(at_ + 2, end - 2)));
        at_ = end;
        return;
      }
    }
    mark(kBackslash, 1);
  }

  static constexpr size_t kMostErrors = 1000;
  // Each takes about 150 bytes until it is compiled.
  static constexpr size_t kMostTokens = 10'000'000;

  struct Known {
    std::string_view text;
    Symbol symbol;
  };

  const Source& source_;
  ast::Arena& arena_;
  std::vector<Diagnostic>& diagnostics_;
  const Keywords& words_ = keywords();
  std::string_view text_;
  uint32_t at_ = 0;
  uint32_t end_ = 0;  // Of the text, or of the interpolation that is being read.
  uint32_t line_start_ = 0;
  bool line_begins_ = true;
  bool space_before_ = true;
  int depth_ = 0;  // Of interpolations.
  uint64_t search_budget_ = 0;
  uint32_t last_error_line_ = 0;
  std::vector<Open> open_;
  size_t open_base_ = 0;     // Those below it are outside this interpolation.
  uint32_t line_first_ = 0;  // The token that this line starts with.
  uint32_t indent_seen_ = 0;
  uint32_t current_indent_ = 0;
  std::array<Known, 1024> known_;
  Tokens result_;
};

}  // namespace

Tokens lex(const Source& source, ast::Arena& arena,
           std::vector<Diagnostic>& diagnostics) {
  return Lexer(source, arena, diagnostics).run();
}

}  // namespace simple
