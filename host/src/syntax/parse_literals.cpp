// Names, numbers, texts and what stands in brackets.
#include <charconv>

#include "syntax/parser_impl.h"

namespace simple::syntax {

using enum TokenKind;
using ast::as;
using ast::Expr;
using ast::ExprKind;

Expr* Parser::primary() {
  const Span here = token().at();
  switch (kind_) {
    case kName:
      return name();
    case kInt:
    case kFloat:
      return number();
    case kText: {
      auto* node = expr<ast::Text>(ExprKind::kText, here);
      node->value = texts_[token().value];
      advance();
      if (at(kName) && adjacent() && text(token())[0] == '_') {
        fail(token().at(), "texts with a suffix are not supported by this host");
      }
      return node;
    }
    case kTextStart:
      return interpolation();
    case kLet: {
      if (!names_lazy_value()) fail_expected("an expression");
      auto* node = expr<ast::Name>(ExprKind::kName, here);
      node->name = intern("let_lazy");
      advance();
      return node;
    }
    case kTrue:
    case kFalse: {
      auto* node = expr<ast::Bool>(ExprKind::kBool, here);
      node->value = at(kTrue);
      advance();
      return node;
    }
    case kNil:
      advance();
      return expr<ast::Nil>(ExprKind::kNil, here);
    case kMe:  // me.x is self.x.
      if (!next_is(kDot)) fail_expected("an expression");
      [[fallthrough]];
    case kSelf:
      advance();
      return expr<ast::Self>(ExprKind::kSelf, here);
    case kSuper:
      refuse(here, "super");
    case kLeftParen:
      return parenthesized();
    case kLeftBracket:
      return array();
    case kLeftBrace:
      return dict();
    case kIf:
      return if_expression();
    case kMatch:
      return match_expression();
    case kBackslash:
      return lambda();
    case kFn:
      return fn_lambda();
    case kPipe:
    case kPipes:
      if (at_pipe_lambda()) return pipe_lambda();
      fail_expected("an expression");
    case kColon:
      if (ahead().kind == kName && !ahead().space_before) return symbol_literal();
      fail_expected("an expression");
    case kAmpersand: {  // &:len
      advance();
      advance();
      auto* node = expr<ast::MethodReference>(ExprKind::kMethodReference, here);
      node->name = expect_any_name("the name of a method behind `&:`");
      node->at = span_from(here.start);
      return node;
    }
    default:
      if (is_keyword(kind_) && kind_ != kElse && kind_ != kElif && kind_ != kIn) {
        fail(here, "Unexpected token: expected an expression, found " + describe(),
             "this word is a keyword and cannot be a name here");
      }
      fail_expected("an expression");
  }
}

// Words in front of an operand that make it something this host has not.
void Parser::refuse_prefix_word() {
  const Symbol word = token().symbol();
  const Token& next = ahead();
  if (starts_line(next) || !next.space_before) return;
  switch (next.kind) {
    case kName:
    case kSelf:
    case kFn:
    case kLeftBracket:
    case kLeftBrace:
    case kBackslash:
    case kInt:
    case kText:
    case kTextStart:
    case kColon:
      break;
    default:
      return;
  }
  const bool refused = word == words_.yield || word == words_.spawn ||
                       word == words_.go || word == words_.comptime ||
                       word == words_.async ||
                       (word == words_.lazy && next.kind != kColon);
  if (refused) refuse(token().at(), text_of(word));
}

Expr* Parser::name() {
  const Span here = token().at();
  const Symbol symbol = token().symbol();
  if (ahead().kind == kFatArrow && !mode_.no_arrow) return arrow_lambda();
  if (symbol == words_.unsafe && starts_unsafe_block()) return unsafe_block();
  if (ahead().space_before) {
    refuse_prefix_word();
    if (symbol == words_.move &&
        (next_is(kName) || next_is(kBackslash) || next_is(kFn) || next_is(kPipe))) {
      advance();
      return unary();
    }
    // Nothing is computed elsewhere: an async function is done when its call is back.
    if (symbol == words_.await &&
        (next_is(kName) || next_is(kSelf) || next_is(kLeftParen))) {
      advance();
      return unary();
    }
  } else if (ahead().kind == kLeftBrace && ahead().value != 0 && text_of(symbol) == "s") {
    // s{1, 2}
    advance();
    Brackets brackets(*this);
    Gather<ast::Item> items(*this);
    while (!at(kRightBrace)) {
      items.add(item(kRightBrace));
      if (!accept(kComma)) break;
    }
    brackets.close();
    return set_of(here.start, items.list());
  }
  auto* node = expr<ast::Name>(ExprKind::kName, here);
  node->name = symbol;
  advance();
  if (symbol == words_.underscore ||
      (here.length == 2 && placeholder_number(text_of(symbol)))) {
    placeholders_.push_back(node);
  }
  if (at(kLess)) skip_type_arguments();
  return node;
}

// unsafe: and unsafe(capabilities: [ffi]): run their body, which is also their value.
bool Parser::starts_unsafe_block() const {
  if (ahead().kind == kColon) return true;
  if (ahead().kind != kLeftParen || ahead().value == 0) return false;
  return tokens_[ahead().value + 1].kind == kColon;
}

// val x = loop: ..., whose value comes from a break.
bool Parser::starts_loop_value() const {
  return at_word(words_.loop) && ahead().kind == kColon && !layout_.brackets;
}

Expr* Parser::unsafe_block() {
  const uint32_t start = token().start;
  advance();
  if (at(kLeftParen)) arguments_until(kRightParen);
  ast::Block* block = colon_body("`unsafe`");
  block->at = span_from(start);
  return block;
}

Expr* Parser::set_of(uint32_t start, ast::List<ast::Item> items) {
  auto* array = expr<ast::Array>(ExprKind::kArray, span_from(start));
  array->items = items;
  auto* callee = expr<ast::Name>(ExprKind::kName, {start, 1});
  callee->name = intern("Set");
  ast::Argument argument;
  argument.value = array;
  auto* call = expr<ast::Call>(ExprKind::kCall, array->at);
  call->callee = callee;
  call->arguments = one(argument);
  return call;
}

Expr* Parser::symbol_literal() {
  const uint32_t start = token().start;
  advance();
  auto* node = expr<ast::SymbolLiteral>(ExprKind::kSymbol, {start, 0});
  node->name = token().symbol();
  advance();
  node->at = span_from(start);
  return node;
}

// ---- Numbers --------------------------------------------------------------------------
namespace {

bool is_decimal(char c) { return c >= '0' && c <= '9'; }

struct Suffix {
  std::string_view text;
  ast::NumberType type;
};

constexpr Suffix kSuffixes[] = {
    {"i8", ast::NumberType::kI8},   {"i16", ast::NumberType::kI16},
    {"i32", ast::NumberType::kI32}, {"i64", ast::NumberType::kI64},
    {"u8", ast::NumberType::kU8},   {"u16", ast::NumberType::kU16},
    {"u32", ast::NumberType::kU32}, {"u64", ast::NumberType::kU64},
    {"f32", ast::NumberType::kF32}, {"f64", ast::NumberType::kF64},
};

uint32_t digit_value(char c) {
  if (is_decimal(c)) return static_cast<uint32_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<uint32_t>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<uint32_t>(c - 'A' + 10);
  return 99;
}

}  // namespace

Expr* Parser::number() {
  const Span here = token().at();
  std::string_view rest = text(token());
  const std::string whole(rest.substr(0, 40));
  bool is_float = at(kFloat);
  advance();

  uint64_t value = 0;
  uint32_t base = 10;
  std::string digits;  // Of a float.
  if (!is_float && rest.size() > 2 && rest[0] == '0') {
    const char prefix = static_cast<char>(rest[1] | 0x20);
    base = prefix == 'x' ? 16 : prefix == 'o' ? 8 : prefix == 'b' ? 2 : 10;
    if (base != 10) rest.remove_prefix(2);
  }
  bool any = false;
  bool too_large = false;
  size_t used = 0;
  for (; used < rest.size(); ++used) {
    const char c = rest[used];
    if (c == '_') {
      // 5_km, but 1_000.
      const char next = used + 1 < rest.size() ? rest[used + 1] : '\0';
      if (next != '_' && digit_value(next) >= base) break;
      continue;
    }
    if (is_float) {
      const bool exponent =
          (c == 'e' || c == 'E') && used + 1 < rest.size() &&
          (is_decimal(rest[used + 1]) || rest[used + 1] == '-' || rest[used + 1] == '+');
      const bool sign = (c == '+' || c == '-') && used > 0;
      if (!is_decimal(c) && c != '.' && !exponent && !sign) break;
      if (c != '+') digits += c;
      any = true;
      continue;
    }
    const uint32_t digit = digit_value(c);
    if (digit >= base) {
      if (is_decimal(c)) {
        fail(here, "`" + std::string(1, c) + "` is no digit of a number to base " +
                       std::to_string(base));
      }
      break;
    }
    any = true;
    if (value > (UINT64_MAX - digit) / base) too_large = true;
    value = value * base + digit;
  }
  if (!any) fail(here, "`" + whole + "` is no number: digits are missing");
  rest.remove_prefix(used);

  ast::NumberType type = ast::NumberType::kPlain;
  Symbol unit;
  if (rest.size() > 1 && rest[0] == '_') {
    for (const Suffix& suffix : kSuffixes) {
      if (suffix.text == rest.substr(1)) type = suffix.type;
    }
    if (type == ast::NumberType::kPlain) unit = intern(rest.substr(1));
  } else if (!rest.empty()) {
    for (const Suffix& suffix : kSuffixes) {
      if (suffix.text == rest) type = suffix.type;
    }
    if (type == ast::NumberType::kPlain) {
      fail(here, "`" + std::string(rest.substr(0, 20)) + "` is no suffix of a number",
           "the suffixes are i8 i16 i32 i64 u8 u16 u32 u64 f32 f64");
    }
  }
  const bool float_type = type == ast::NumberType::kF32 || type == ast::NumberType::kF64;
  if (is_float || float_type) {
    auto* node = expr<ast::Float>(ExprKind::kFloat, here);
    node->type = type;
    node->unit = unit;
    if (is_float) {
      // Beyond the range of f64 the value is infinite, or zero.
      const auto result =
          std::from_chars(digits.data(), digits.data() + digits.size(), node->value);
      if (result.ec == std::errc::result_out_of_range) {
        const bool tiny = digits.find("e-") != std::string::npos ||
                          digits.find("E-") != std::string::npos;
        if (!tiny) fail(here, "this number is too large for f64");
        node->value = 0.0;
      }
    } else {
      node->value = static_cast<double>(value);
    }
    return node;
  }
  if (too_large) fail(here, "this number is too large for 64 bits");
  auto* node = expr<ast::Int>(ExprKind::kInt, here);
  node->value = static_cast<int64_t>(value);
  node->type = type;
  node->unit = unit;
  return node;
}

// ---- Texts ----------------------------------------------------------------------------
Expr* Parser::interpolation() {
  const uint32_t start = token().start;
  advance();
  Gather<ast::Piece> pieces(*this);
  while (!at(kTextEnd)) {
    ast::Piece piece;
    if (at(kTextPiece)) {
      piece.literal = texts_[token().value];
      advance();
    } else if (at(kPieceOpen)) {
      Brackets brackets(*this);
      piece.value = expression();
      if (!at(kPieceClose)) {
        const std::string found = describe();
        if (token().kind == kError) throw Abandon{};
        fail(token().at(),
             "Unexpected token: expected `}` after the expression in a text, found " +
                 found,
             "a plain brace in a text is written {{");
      }
      piece.format = texts_[token().value];
      brackets.close();
    } else {
      fail_expected("the end of the text");
    }
    pieces.add(piece);
  }
  advance();
  auto* node = expr<ast::Interpolation>(ExprKind::kInterpolation, span_from(start));
  node->pieces = pieces.list();
  return node;
}

// ---- Brackets -------------------------------------------------------------------------
ast::Item Parser::item(TokenKind closer) {
  ast::Item result;
  if (at(kStar) || at(kEllipsis) || (at(kDotDot) && closer != kRightParen)) {
    advance();
    result.spread = true;
  } else if (closer == kRightParen && (at(kName) || is_keyword(kind_)) &&
             ahead().kind == kColon) {
    result.label = token().symbol();
    advance();
    advance();
  }
  result.value = expression();
  if (accept(kEllipsis)) result.spread = true;
  return result;
}

// (e), (), (a, b), (q: 1), (a, b) => e
Expr* Parser::parenthesized() {
  const uint32_t start = token().start;
  const uint32_t close = token().value;
  if (close != 0 && !mode_.no_arrow && tokens_[close + 1].kind == kFatArrow &&
      !starts_line(tokens_[close + 1])) {
    return arrow_lambda();
  }
  Brackets brackets(*this);
  Gather<ast::Item> items(*this);
  bool comma = false;
  while (!at(kRightParen)) {
    items.add(item(kRightParen));
    if (items.size() == 1 && at(kFor)) {
      Expr* value = items[0].value;
      items[0].value = comprehension(value->at.start, nullptr, value);
    }
    if (!accept(kComma)) break;
    comma = true;
  }
  brackets.close();
  if (items.size() == 1 && !comma && !items[0].spread && !items[0].label) {
    Expr* value = items[0].value;
    value->at = span_from(start);
    return value;
  }
  auto* node = expr<ast::Tuple>(ExprKind::kTuple, span_from(start));
  node->items = items.list();
  return node;
}

Expr* Parser::array() {
  const uint32_t start = token().start;
  Brackets brackets(*this);
  if (at(kFor)) {
    Expr* result = comprehension(start, nullptr, nullptr);
    brackets.close();
    result->at = span_from(start);
    return result;
  }
  Gather<ast::Item> items(*this);
  while (!at(kRightBracket)) {
    items.add(item(kRightBracket));
    if (items.size() == 1 && at(kFor)) {
      Expr* result = comprehension(start, nullptr, items[0].value);
      brackets.close();
      result->at = span_from(start);
      return result;
    }
    if (items.size() == 1 && accept(kSemicolon)) {
      auto* repeat = expr<ast::Repeat>(ExprKind::kRepeat, {start, 0});
      repeat->value = items[0].value;
      repeat->count = expression();
      brackets.close();
      repeat->at = span_from(start);
      return repeat;
    }
    if (!accept(kComma)) break;
  }
  brackets.close();
  auto* node = expr<ast::Array>(ExprKind::kArray, span_from(start));
  node->items = items.list();
  return node;
}

// {}, {k: v}, {**d, k: v}, {k: v for ...} and the set {a, b}.
Expr* Parser::dict() {
  const uint32_t start = token().start;
  Brackets brackets(*this);
  Gather<ast::DictEntry> entries(*this);
  while (!at(kRightBrace)) {
    ast::DictEntry entry;
    if (at(kPower) || at(kDotDot) || at(kEllipsis)) {
      advance();
      entry.value = expression();
    } else {
      if (entries.empty() && at(kFor)) {
        Expr* result = dict_comprehension(start);
        brackets.close();
        result->at = span_from(start);
        return result;
      }
      entry.key = expression();
      if (entries.empty() && !at(kColon) && (at(kComma) || at(kRightBrace) || at(kFor))) {
        Gather<ast::Item> items(*this);
        items.add({entry.key, false, {}});
        if (at(kFor)) {
          // Before items[0] is looked up: what is gathered inside moves the items.
          Expr* made = comprehension(start, nullptr, entry.key);
          items[0] = {made, true, {}};
        }
        while (accept(kComma) && !at(kRightBrace)) items.add(item(kRightBrace));
        brackets.close();
        return set_of(start, items.list());
      }
      if (!at(kColon)) fail_expected("`:` behind the key");
      advance();
      entry.value = expression();
      if (entries.empty() && at(kFor)) {
        Expr* result = comprehension(start, entry.key, entry.value);
        brackets.close();
        result->at = span_from(start);
        return result;
      }
    }
    entries.add(entry);
    if (!accept(kComma)) break;
  }
  brackets.close();
  auto* node = expr<ast::Dict>(ExprKind::kDict, span_from(start));
  node->entries = entries.list();
  return node;
}

// `value for p in e if c`, at the for. Without a value it follows: `for p in e if c:
// value`.
Expr* Parser::comprehension(uint32_t start, Expr* key, Expr* value) {
  Gather<ast::Generator> generators(*this);
  while (at(kFor)) generators.add(generator());
  if (value == nullptr) {
    expect_colon("the loop of a comprehension");
    value = expression();
    if (at(kColon) && key == nullptr) {
      advance();
      key = value;
      value = expression();
    }
  }
  auto* node = expr<ast::Comprehension>(ExprKind::kComprehension, span_from(start));
  node->generators = generators.list();
  node->key = key;
  node->value = value;
  return node;
}

// {for p in e: (k, v)} and {for p in e: k: v}, at the for.
Expr* Parser::dict_comprehension(uint32_t start) {
  auto* node = as<ast::Comprehension>(comprehension(start, nullptr, nullptr));
  if (node->key != nullptr) return node;
  const bool is_pair = node->value->kind == ExprKind::kTuple &&
                       as<ast::Tuple>(node->value)->items.size() == 2;
  if (!is_pair) fail(node->value->at, "a key and a value are expected, as in `(k, v)`");
  const ast::List<ast::Item> pair = as<ast::Tuple>(node->value)->items;
  node->key = pair[0].value;
  node->value = pair[1].value;
  return node;
}

ast::Generator Parser::generator() {
  ast::Generator result;
  advance();
  for_head(result.first, result.pattern);
  result.iterable = operand();
  Gather<Expr*> conditions(*this);
  while (accept(kIf)) conditions.add(operand());
  result.conditions = conditions.list();
  return result;
}

}  // namespace simple::syntax
