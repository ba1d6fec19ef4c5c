// What stands behind an operand: calls in all their forms, indices, fields and the marks
// that bind as tightly.
#include "syntax/parser_impl.h"

namespace simple::syntax {

using enum TokenKind;
using ast::as;
using ast::Expr;
using ast::ExprKind;

namespace {

bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }

bool is_expect(const Expr* value) {
  return value->kind == ExprKind::kName &&
         text_of(static_cast<const ast::Name*>(value)->name) == "expect";
}

}  // namespace

// Whether a value can be called without parentheses.
bool Parser::callable(const Expr* value) const {
  return value->kind == ExprKind::kName || value->kind == ExprKind::kField;
}

// Whether the current token can only be the first argument of a call without parentheses.
bool Parser::starts_argument() const {
  if (adjacent()) return false;
  switch (kind_) {
    case kInt:
    case kFloat:
    case kText:
    case kTextStart:
    case kTrue:
    case kFalse:
    case kNil:
    case kSelf:
    case kFn:
    case kMatch:
    case kRawBlock:
    case kLeftBracket:
    case kLeftBrace:
      return true;
    case kNot:
      return ahead().kind != kIn;
    case kName: {
      const Symbol name = token().symbol();
      if (name == words_.as || name == words_.then) return false;
      return !at_unwrap_word();
    }
    case kColon:  // A symbol.
      return ahead().kind == kName && !ahead().space_before;
    case kAmpersand:
      return ahead().kind == kColon && !ahead().space_before;
    case kPipe:
      return at_pipe_lambda();
    case kBang:
    case kTilde:
      return !ahead().space_before;
    default:
      return false;
  }
}

// print -1 and expect -x == y. Behind any other name a minus subtracts.
bool Parser::prints_negative(const Expr* callee) const {
  if (!at(kMinus) || adjacent() || ahead().space_before) return false;
  if (callee->kind != ExprKind::kName) return false;
  const Symbol name = as<const ast::Name>(callee)->name;
  return name == words_.print || name == words_.expect;
}

// f (a) == b passes the whole comparison, but f (a), f (a).g and so on are calls of f.
bool Parser::paren_is_argument() const {
  const uint32_t close = token().value;
  if (close == 0) return false;
  const Token& after = tokens_[close + 1];
  if (starts_line(after) && !continues_line(after)) return false;
  if (after.kind == kComma) return !layout_.brackets;
  return is_binary_operator(after.kind);
}

// expect (a).m() == b: an argument, unless a matcher follows.
bool Parser::paren_starts_argument() const {
  const uint32_t close = token().value;
  if (close == 0) return false;
  const Token& after = tokens_[close + 1];
  if (after.kind != kDot || after.space_before) return false;
  const std::string_view name = text(tokens_[close + 2]);
  return name != "to" && !name.starts_with("to_") && !name.starts_with("not_");
}

Expr* Parser::postfix() {
  const bool bare = mode_.bare;
  mode_.bare = false;
  if (bare && starts_loop_value()) return block_of(loop_statement({}));
  Expr* value = primary();
  for (;;) {
    switch (kind_) {
      case kLeftParen:
        if (token().space_before) {
          if (bare && callable(value) &&
              (paren_is_argument() || (is_expect(value) && paren_starts_argument()))) {
            return bare_call(value);
          }
          if (!callable(value) && value->kind != ExprKind::kCall) return value;
        }
        value = call(value);
        break;
      case kLeftBracket:
        if (token().space_before && bare && callable(value)) return bare_call(value);
        value = index(value);
        break;
      case kLeftBrace:
        if (starts_construct() && callable(value)) {
          const std::string_view type = value->kind == ExprKind::kName
                                            ? text_of(as<ast::Name>(value)->name)
                                            : text_of(as<ast::Field>(value)->name);
          if (!type.empty() && is_capital(type[0])) {
            value = construct(value);
            break;
          }
        }
        if (bare && callable(value) && starts_argument()) return bare_call(value);
        return value;
      case kDoubleColon:  // The older form of a dot; in a[1::2] two colons.
        if (mode_.in_index) return value;
        [[fallthrough]];
      case kDot:
        value = dot(value, false);
        break;
      case kQuestionDot:
        value = dot(value, true);
        break;
      case kDotQuestion: {
        advance();
        auto* node = expr<ast::Present>(ExprKind::kPresent, span_from(value->at.start));
        node->value = value;
        value = node;
        break;
      }
      case kQuestion: {
        advance();
        auto* node = expr<ast::Try>(ExprKind::kTry, span_from(value->at.start));
        node->value = value;
        value = node;
        break;
      }
      case kBang: {
        if (token().space_before) {
          if (bare && callable(value) && starts_argument()) return bare_call(value);
          return value;
        }
        advance();
        auto* node =
            expr<ast::ForceUnwrap>(ExprKind::kForceUnwrap, span_from(value->at.start));
        node->value = value;
        value = node;
        break;
      }
      case kCoalesce:
        value = coalesce(value);
        break;
      case kArrow:
        if (token().space_before || mode_.no_arrow || ahead().kind != kName) return value;
        value = arrow_call(value);
        break;
      case kBackslash: {
        const bool is_call =
            value->kind == ExprKind::kCall || value->kind == ExprKind::kMethodCall;
        if (!callable(value) && !is_call) return value;
        value = add_lambda(value);
        break;
      }
      case kName:
        if (at_word(words_.as)) {
          if (mode_.no_cast) return value;
          value = cast(value);
          break;
        }
        if (at_unwrap_word()) {
          value = coalesce(value);
          break;
        }
        [[fallthrough]];
      default:
        if (bare && callable(value) && (starts_argument() || prints_negative(value))) {
          return bare_call(value);
        }
        return value;
    }
    deepen(value->at);
  }
}

Expr* Parser::dot(Expr* receiver, bool safe) {
  advance();
  if (at(kNewline)) enter_line();
  if (at(kInt)) {
    if (text(token()).find_first_not_of("0123456789") != std::string_view::npos) {
      fail_expected("a name or a number behind `.`");
    }
    auto* field = expr<ast::TupleField>(ExprKind::kTupleField, receiver->at);
    field->receiver = receiver;
    uint64_t number = 0;
    for (const char digit : text(token())) {
      number = std::min<uint64_t>(number * 10 + static_cast<uint64_t>(digit - '0'),
                                  UINT32_MAX);
    }
    field->index = static_cast<uint32_t>(number);
    advance();
    field->at = span_from(receiver->at.start);
    return field;
  }
  auto* field = expr<ast::Field>(ExprKind::kField, receiver->at);
  field->receiver = receiver;
  field->safe = safe;
  field->name_at = token().at();
  field->name = expect_any_name("a name behind `.`");
  field->at = span_from(receiver->at.start);
  if (at(kLess)) skip_type_arguments();
  return field;
}

// obj->m(x) is obj = obj.m(x).
Expr* Parser::arrow_call(Expr* receiver) {
  advance();
  auto* node = expr<ast::MethodCall>(ExprKind::kMethodCall, receiver->at);
  node->receiver = receiver;
  node->arrow = true;
  node->name_at = token().at();
  node->name = expect_any_name("the name of a method behind `->`");
  if (at(kLeftParen)) node->arguments = arguments_until(kRightParen);
  node->at = span_from(receiver->at.start);
  return node;
}

Expr* Parser::call_with(Expr* callee, ast::List<ast::Argument> arguments) {
  if (callee->kind == ExprKind::kField) {
    auto* field = as<ast::Field>(callee);
    auto* node =
        expr<ast::MethodCall>(ExprKind::kMethodCall, span_from(callee->at.start));
    node->receiver = field->receiver;
    node->name = field->name;
    node->name_at = field->name_at;
    node->safe = field->safe;
    node->arguments = arguments;
    return node;
  }
  auto* node = expr<ast::Call>(ExprKind::kCall, span_from(callee->at.start));
  node->callee = callee;
  node->arguments = arguments;
  return node;
}

Expr* Parser::call(Expr* callee) {
  // P(..base, x: 1) makes a changed copy.
  if (ahead().kind == kDotDot) {
    auto* node = expr<ast::Construct>(ExprKind::kConstruct, callee->at);
    node->type = callee;
    Brackets brackets(*this);
    advance();
    node->base = expression();
    Gather<ast::Argument> arguments(*this);
    while (accept(kComma) && !at(kRightParen)) arguments.add(argument());
    brackets.close();
    node->arguments = arguments.list();
    node->at = span_from(callee->at.start);
    return node;
  }
  return call_with(callee, arguments_until(kRightParen));
}

ast::List<ast::Argument> Parser::arguments_until(TokenKind closer) {
  Brackets brackets(*this);
  Gather<ast::Argument> arguments(*this);
  while (!at(closer)) {
    arguments.add(argument());
    if (!accept(kComma)) break;
  }
  brackets.close();
  return arguments.list();
}

ast::Argument Parser::argument() {
  ast::Argument result;
  const TokenKind next = ahead().kind;
  const bool label = at(kName) || (is_keyword(kind_) && !at(kNot) && !at(kSelf) &&
                                   !at(kNil) && !at(kTrue) && !at(kFalse));
  if (label && (next == kAssign || next == kColon)) {
    result.name = token().symbol();
    advance();
    advance();
    if (at(kNewline)) enter_line();
  } else if ((at(kStar) || at(kEllipsis)) && !ahead().space_before) {
    advance();
    result.spread = true;
  }
  result.value = argument_value();
  if (accept(kEllipsis)) result.spread = true;
  return result;
}

Expr* Parser::argument_value() {
  const size_t base = placeholders_.size();
  Expr* value = expression();
  if (at(kFor)) value = comprehension(value->at.start, nullptr, value);
  // In xs.map(f(_1)) the argument of map is the function.
  if (value->kind == ExprKind::kName &&
      placeholder_number(text_of(as<ast::Name>(value)->name)))
    return value;
  return wrap_placeholders(base, value);
}

// A lambda behind a call is its last argument.
Expr* Parser::add_lambda(Expr* callee) {
  ast::Argument last;
  last.value = lambda();
  if (callable(callee)) return call_with(callee, one(last));
  Gather<ast::Argument> arguments(*this);
  auto& before = callee->kind == ExprKind::kCall ? as<ast::Call>(callee)->arguments
                                                 : as<ast::MethodCall>(callee)->arguments;
  for (const ast::Argument& argument : before) arguments.add(argument);
  arguments.add(last);
  before = arguments.list();
  callee->at = span_from(callee->at.start);
  return callee;
}

// print "x", 1 at the start of a statement or right of `=`. Inside brackets a comma
// separates other things, so there such a call has one argument.
Expr* Parser::bare_call(Expr* callee) {
  Gather<ast::Argument> arguments(*this);
  const bool is_matcher =
      callee->kind == ExprKind::kField && (as<ast::Field>(callee)->name == words_.to ||
                                           as<ast::Field>(callee)->name == words_.not_to);
  for (;;) {
    // A name before a colon that ends the line is an argument before a trailing block.
    const bool named =
        !layout_.brackets && at(kName) &&
        ((ahead().kind == kColon && !ahead(2).first) || ahead().kind == kAssign);
    if (named) {
      arguments.add(argument());
    } else if (is_matcher) {
      ast::Argument matcher;
      matcher.value = bare_expression();
      arguments.add(matcher);
    } else {
      ast::Argument next;
      if ((at(kStar) || at(kEllipsis)) && !ahead().space_before) {
        advance();
        next.spread = true;
      }
      next.value = argument_value();
      if (accept(kEllipsis)) next.spread = true;
      arguments.add(next);
    }
    if (layout_.brackets || !accept(kComma)) break;
    if (at(kNewline)) enter_line();
  }
  if (at(kBackslash)) {
    ast::Argument last;
    last.value = lambda();
    arguments.add(last);
  }
  return expectation(call_with(callee, arguments.list()));
}

// `expect x to eq 5` is expect(x).to(eq(5)).
Expr* Parser::expectation(Expr* call) {
  const bool has_matcher = at_word(words_.to) || at_word(words_.not_to);
  if (!has_matcher || call->kind != ExprKind::kCall) return call;
  const Expr* callee = as<ast::Call>(call)->callee;
  if (callee->kind != ExprKind::kName ||
      as<const ast::Name>(callee)->name != words_.expect) {
    return call;
  }
  auto* node = expr<ast::MethodCall>(ExprKind::kMethodCall, call->at);
  node->receiver = call;
  node->name_at = token().at();
  node->name = expect_name("a matcher");
  ast::Argument matcher;
  matcher.value = bare_expression();
  node->arguments = one(matcher);
  node->at = span_from(call->at.start);
  return node;
}

Expr* Parser::index(Expr* receiver) {
  auto* node = expr<ast::Index>(ExprKind::kIndex, receiver->at);
  node->receiver = receiver;
  Brackets brackets(*this);
  mode_.in_index = true;
  if (at(kRightBracket)) fail(token().at(), "an index is missing between `[` and `]`");
  const uint32_t start = token().start;
  Expr* first = subscript();
  if (at(kComma)) {
    Gather<ast::Item> items(*this);
    items.add({first, false, {}});
    while (accept(kComma) && !at(kRightBracket)) items.add({subscript(), false, {}});
    auto* tuple = expr<ast::Tuple>(ExprKind::kTuple, span_from(start));
    tuple->items = items.list();
    first = tuple;
  }
  node->index = first;
  brackets.close();
  node->at = span_from(receiver->at.start);
  return node;
}

// i, 1:4:2, 1..4, ... and their open forms.
Expr* Parser::subscript() {
  const uint32_t start = token().start;
  if (at(kEllipsis)) {
    advance();
    return expr<ast::Ellipsis>(ExprKind::kEllipsis, span_from(start));
  }
  if (at(kDotDot) || at(kDotDotEqual)) {
    auto* range = expr<ast::Range>(ExprKind::kRange, {start, 0});
    range->inclusive = at(kDotDotEqual);
    advance();
    if (!at(kRightBracket) && !at(kComma)) range->end = range_bound();
    range->at = span_from(start);
    return range;
  }
  // Inside other brackets of the index this mode is off again.
  const auto part = [&] {
    mode_.in_index = true;
    return expression();
  };
  Expr* first = at(kColon) || at(kDoubleColon) ? nullptr : part();
  if (!at(kColon) && !at(kDoubleColon)) return first;
  auto* slice = expr<ast::Slice>(ExprKind::kSlice, {start, 0});
  slice->start = first;
  const auto at_part_end = [&] {
    return at(kColon) || at(kDoubleColon) || at(kRightBracket) || at(kComma);
  };
  bool second_colon = at(kDoubleColon);
  advance();
  if (!second_colon) {
    if (!at_part_end()) slice->end = part();
    second_colon = accept(kColon);
  }
  if (second_colon && !at_part_end()) slice->step = part();
  slice->at = span_from(start);
  return slice;
}

// Whether the brace behind a type's name starts `{ x: 1 }` or `{}`.
bool Parser::starts_construct() const {
  const Token& first = ahead();
  if (first.kind == kRightBrace || first.kind == kDotDot) return true;
  if (first.kind != kName && !is_keyword(first.kind)) return false;
  const TokenKind next = ahead(2).kind;
  return next == kColon || next == kAssign || next == kComma || next == kRightBrace;
}

Expr* Parser::construct(Expr* type) {
  auto* node = expr<ast::Construct>(ExprKind::kConstruct, type->at);
  node->type = type;
  Brackets brackets(*this);
  Gather<ast::Argument> arguments(*this);
  while (!at(kRightBrace)) {
    if (accept(kDotDot)) {
      node->base = expression();
    } else {
      const Span at_name = token().at();
      ast::Argument field;
      field.name = expect_any_name("the name of a field");
      if (at(kColon) || at(kAssign)) {
        advance();
        field.value = placeholder_scope();
      } else {
        auto* same = expr<ast::Name>(ExprKind::kName, at_name);
        same->name = field.name;
        field.value = same;
      }
      arguments.add(field);
    }
    if (!accept(kComma)) break;
  }
  brackets.close();
  node->arguments = arguments.list();
  node->at = span_from(type->at.start);
  return node;
}

// e as T, e as T or: d
Expr* Parser::cast(Expr* value) {
  advance();
  auto* node = expr<ast::Cast>(ExprKind::kCast, value->at);
  node->value = value;
  node->type = cast_type();
  if (at(kOr) && ahead().kind == kColon) {
    advance();
    advance();
    if (at(kNewline)) enter_line();
    const Nest nest(*this);
    node->fallback = conditional();
  }
  node->at = span_from(value->at.start);
  return node;
}

// At the word of `a unwrap or: b`, `a unwrap else: \\: b` or `a unwrap or_return: b`.
bool Parser::at_unwrap_word() const {
  if (!at_word(words_.unwrap) || ahead(2).kind != kColon) return false;
  const Token& next = ahead();
  return next.kind == kOr || next.kind == kElse ||
         (next.kind == kName && text(next) == "or_return");
}

// a ?? b, a unwrap or: b. What stands right may also leave the function or the loop.
Expr* Parser::coalesce(Expr* value) {
  const Nest nest(*this);
  const bool in_words = at(kName);
  const bool computes = in_words && ahead().kind == kElse;
  const bool returns = in_words && ahead().kind == kName;
  advance();
  if (in_words) {
    advance();
    advance();
  }
  if (at(kNewline)) enter_line();
  auto* node = expr<ast::Coalesce>(ExprKind::kCoalesce, value->at);
  node->value = value;
  if (at(kReturn) || at(kBreak) || at(kContinue)) {
    node->fallback = block_of(statement());
  } else {
    node->fallback = in_words ? conditional() : unary();
  }
  if (computes && node->fallback->kind == ExprKind::kLambda) {
    node->fallback = call_with(node->fallback, {});
  } else if (returns) {
    auto* leave = stmt<ast::Return>(ast::StmtKind::kReturn, node->fallback->at);
    leave->value = node->fallback;
    node->fallback = block_of(leave);
  }
  node->at = span_from(value->at.start);
  return node;
}

// Map<text, i64>.new(): type arguments say nothing that is needed. The `<` has to touch
// the name, and what follows the `>` has to be a use of the type, else this is a
// comparison.
bool Parser::skip_type_arguments() {
  if (!at(kLess) || token().space_before) return false;
  constexpr uint32_t kLongest = 64;
  int depth = 0;
  for (uint32_t count = 0; count < kLongest; ++count) {
    const Token& now = ahead(count);
    switch (now.kind) {
      case kLess:
        ++depth;
        break;
      case kGreater:
        --depth;
        break;
      case kShiftRight:
        depth -= 2;
        break;
      case kName: {
        const std::string_view name = text(now);
        const bool is_type = is_capital(name[0]) || type_end(at_ + count) != 0;
        if (!is_type) return false;
        break;
      }
      case kNil:
      case kFn:
      case kInt:
      case kComma:
      case kQuestion:
      case kDot:
      case kLeftParen:
      case kRightParen:
      case kLeftBracket:
      case kRightBracket:
      case kLeftBrace:
      case kRightBrace:
      case kColon:
      case kArrow:
      case kSemicolon:
        break;
      default:
        return false;
    }
    if (depth < 0) return false;
    if (depth > 0) continue;
    const Token& after = ahead(count + 1);
    const bool used =
        !after.space_before && (after.kind == kDot || after.kind == kLeftParen ||
                                after.kind == kDoubleColon || after.kind == kLeftBrace);
    const bool constructs = after.kind == kLeftBrace && !after.first;
    if (!used && !constructs) return false;
    for (uint32_t skipped = 0; skipped <= count; ++skipped) advance();
    return true;
  }
  return false;
}

}  // namespace simple::syntax
