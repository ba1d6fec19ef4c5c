// Patterns of match arms, of val and for, and of the parameters of lambdas.
#include "syntax/parser_impl.h"

namespace simple::syntax {

using enum TokenKind;
using ast::Pattern;
using ast::PatternKind;

// Choices between `|` and `,`, or a name with a type: `case n: i64:`.
Pattern* Parser::arm_pattern() {
  const uint32_t start = token().start;
  Pattern* first = pattern();
  const bool is_name =
      first->kind == PatternKind::kName || first->kind == PatternKind::kWildcard;
  if (is_name && at(kColon) && !starts_line(ahead())) {
    const uint32_t end = type_end(at_ + 1);
    const TokenKind after = end == 0 ? kEnd : tokens_[end].kind;
    if ((after == kColon || after == kFatArrow || after == kArrow || after == kIf) &&
        !starts_line(tokens_[end])) {
      advance();
      auto* typed = patt<ast::TypedPattern>(PatternKind::kTyped, first->at);
      typed->pattern = first;
      typed->type = type();
      typed->at = span_from(start);
      return typed;
    }
  }
  if (!at(kComma)) return first;
  Gather<Pattern*> choices(*this);
  choices.add(first);
  while (accept(kComma)) choices.add(pattern());
  auto* either = patt<ast::OrPattern>(PatternKind::kOr, span_from(start));
  either->choices = choices.list();
  return either;
}

Pattern* Parser::pattern() {
  const Nest nest(*this);
  const uint32_t start = token().start;
  Pattern* first = single_pattern();
  if (!at(kPipe)) return first;
  Gather<Pattern*> choices(*this);
  choices.add(first);
  while (accept(kPipe)) choices.add(single_pattern());
  auto* either = patt<ast::OrPattern>(PatternKind::kOr, span_from(start));
  either->choices = choices.list();
  return either;
}

Pattern* Parser::single_pattern() {
  const Span here = token().at();
  const auto literal = [&](ast::Expr* value) {
    auto* result = patt<ast::LiteralPattern>(PatternKind::kLiteral, value->at);
    result->value = value;
    return result;
  };
  switch (kind_) {
    case kName:
      return name_pattern();
    case kInt:
    case kFloat:
    case kMinus:
      return number_pattern();
    case kText: {
      ast::Expr* text = primary();
      if (!at(kDotDot) && !at(kDotDotEqual)) return literal(text);
      auto* range = patt<ast::RangePattern>(PatternKind::kRange, here);
      range->start = text;
      range->inclusive = at(kDotDotEqual);
      advance();
      if (!at(kText)) fail_expected("the end of the range");
      range->end = primary();
      range->at = span_from(here.start);
      return range;
    }
    case kTrue:
    case kFalse:
    case kNil:
    case kTextStart:
    case kColon:
      return literal(primary());
    case kLeftParen:
      return tuple_pattern();
    case kLeftBracket:
      return array_pattern();
    case kLeftBrace: {
      auto* fields = patt<ast::VariantPattern>(PatternKind::kVariant, here);
      fields->has_fields = true;
      fields->braces = true;
      fields->fields = field_patterns(true);
      fields->at = span_from(here.start);
      return fields;
    }
    case kVal:
    case kVar:
    case kLet:  // case Some(val x)
      advance();
      return single_pattern();
    default:
      fail_expected("a pattern");
  }
}

// 1, -1, 1..5, 1..=5
Pattern* Parser::number_pattern() {
  const uint32_t start = token().start;
  const auto bound = [&]() -> ast::Expr* {
    if (at(kInt) || at(kFloat)) return number();
    if (!at(kMinus)) fail_expected("a number");
    const uint32_t sign = token().start;
    advance();
    if (!at(kInt) && !at(kFloat)) fail_expected("a number");
    ast::Expr* value = number();
    value->at = span_from(sign);
    if (value->kind == ast::ExprKind::kInt) {
      auto* number = ast::as<ast::Int>(value);
      number->value = static_cast<int64_t>(0 - static_cast<uint64_t>(number->value));
    } else {
      auto* number = ast::as<ast::Float>(value);
      number->value = -number->value;
    }
    return value;
  };
  ast::Expr* first = bound();
  if (!at(kDotDot) && !at(kDotDotEqual)) {
    auto* result = patt<ast::LiteralPattern>(PatternKind::kLiteral, first->at);
    result->value = first;
    return result;
  }
  auto* range = patt<ast::RangePattern>(PatternKind::kRange, {start, 0});
  range->start = first;
  range->inclusive = at(kDotDotEqual);
  advance();
  range->end = bound();
  range->at = span_from(start);
  return range;
}

Pattern* Parser::pattern_of(Symbol name, Span at) {
  if (name == words_.underscore)
    return patt<ast::WildcardPattern>(PatternKind::kWildcard, at);
  auto* result = patt<ast::NamePattern>(PatternKind::kName, at);
  result->name = name;
  return result;
}

// _, x, E.V, V(p), E.V(f: p), P { x: p }
Pattern* Parser::name_pattern() {
  const uint32_t start = token().start;
  if (at_word(words_.mut) && next_is(kName)) advance();
  Gather<Symbol> path(*this);
  path.add(token().symbol());
  advance();
  while (at(kDot) || at(kDoubleColon)) {
    advance();
    path.add(expect_any_name("the name of a variant"));
  }
  if (at(kLess) && adjacent()) skip_type_arguments();
  const bool parens = at(kLeftParen) && adjacent();
  const bool braces = at(kLeftBrace);
  if (path.size() == 1 && path[0] == words_.underscore && parens) {
    // case _("why all others are alike"): the text is for the reader.
    Brackets brackets(*this);
    while (!at(kRightParen) && !at(kEnd)) advance();
    brackets.close();
    return pattern_of(path[0], span_from(start));
  }
  if (path.size() == 1 && !parens && !braces) {
    if (text_of(path[0]) == "None") {
      auto* nothing = patt<ast::LiteralPattern>(PatternKind::kLiteral, span_from(start));
      nothing->value = expr<ast::Nil>(ast::ExprKind::kNil, nothing->at);
      return nothing;
    }
    return pattern_of(path[0], span_from(start));
  }
  auto* result = patt<ast::VariantPattern>(PatternKind::kVariant, {start, 0});
  result->path = path.list();
  result->has_fields = parens || braces;
  result->braces = braces;
  if (parens || braces) result->fields = field_patterns(braces);
  result->at = span_from(start);
  return result;
}

// Between parentheses or braces.
ast::List<ast::FieldPattern> Parser::field_patterns(bool named_only) {
  Brackets brackets(*this);
  Gather<ast::FieldPattern> fields(*this);
  while (!at(brackets.closer())) {
    ast::FieldPattern field;
    if (at(kDotDot)) {  // The others do not matter.
      advance();
      if (!accept(kComma)) break;
      continue;
    }
    const bool has_name =
        at_any_name() && (ahead().kind == kColon || ahead().kind == kAssign);
    if (has_name || named_only) {
      const Span at_name = token().at();
      field.name = expect_any_name("the name of a field");
      if (accept(kColon) || accept(kAssign)) {
        field.pattern = pattern();
      } else {
        field.pattern = pattern_of(field.name, at_name);
      }
    } else {
      field.pattern = pattern();
    }
    fields.add(field);
    if (!accept(kComma)) break;
  }
  brackets.close();
  return fields.list();
}

Pattern* Parser::tuple_pattern() {
  const uint32_t start = token().start;
  Brackets brackets(*this);
  Gather<Pattern*> items(*this);
  bool comma = false;
  while (!at(kRightParen)) {
    if (at(kEllipsis)) {
      fail(token().at(), "`...` is not supported by this host in the pattern of a tuple",
           "it is in the pattern of an array: [a, ...rest]");
    }
    items.add(pattern());
    if (!accept(kComma)) break;
    comma = true;
  }
  brackets.close();
  if (items.size() == 1 && !comma) return items[0];
  auto* tuple = patt<ast::TuplePattern>(PatternKind::kTuple, span_from(start));
  tuple->items = items.list();
  return tuple;
}

Pattern* Parser::array_pattern() {
  const uint32_t start = token().start;
  auto* array = patt<ast::ArrayPattern>(PatternKind::kArray, {start, 0});
  Brackets brackets(*this);
  Gather<Pattern*> items(*this);
  while (!at(kRightBracket)) {
    if (at(kEllipsis) || at(kDotDot) || at(kStar)) {
      const Span dots = token().at();
      if (array->rest >= 0) fail(dots, "a pattern has only one rest");
      advance();
      array->rest = static_cast<int32_t>(items.size());
      array->rest_pattern =
          at(kName) ? pattern_of(expect_name("a name"), token().at())
                    : patt<ast::WildcardPattern>(PatternKind::kWildcard, dots);
      array->rest_pattern->at = span_from(dots.start);
      items.add(array->rest_pattern);
    } else {
      items.add(pattern());
    }
    if (!accept(kComma)) break;
  }
  brackets.close();
  array->items = items.list();
  array->at = span_from(start);
  return array;
}

// Without choices: what stands left of `=` or `in`.
Pattern* Parser::binding_pattern() {
  const Nest nest(*this);
  if (is_keyword(kind_) && !at(kNil) && !at(kTrue) && !at(kFalse) && !at(kVar) &&
      !at(kVal)) {
    fail(token().at(), "Unexpected token: expected a name, found " + describe(),
         "a keyword cannot be a name here");
  }
  if (at(kNewline) || at(kEnd) || at(kAssign)) fail_expected("a name");
  return single_pattern();
}

}  // namespace simple::syntax
