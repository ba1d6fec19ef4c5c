// Lambdas: \x: e, fn(x): e, |x| e and x => e.
#include "syntax/parser_impl.h"

namespace simple::syntax {

using enum TokenKind;
using ast::as;
using ast::Expr;
using ast::ExprKind;

// At the backslash.
Expr* Parser::lambda() {
  const Nest nest(*this);
  const uint32_t start = token().start;
  advance();
  Gather<ast::Parameter> parameters(*this);
  while (!at(kColon)) {
    parameters.add(lambda_parameter());
    if (!accept(kComma)) break;
  }
  expect_colon("the parameters of a lambda");
  return lambda_body(start, parameters.list());
}

ast::Parameter Parser::lambda_parameter() {
  ast::Parameter result;
  result.at = token().at();
  if (at(kLeftParen) || at(kLeftBracket)) {
    result.pattern = binding_pattern();
    return result;
  }
  if (at_word(words_.mut) && ahead().kind == kName) advance();
  result.name = expect_any_name("a parameter");
  if (at(kColon) && typed_lambda_parameter(at_)) {
    advance();
    result.type = type();
  }
  return result;
}

// \x: i64: e against \x: e. At the colon: whether a type and one more colon follow,
// perhaps after more such parameters.
bool Parser::typed_lambda_parameter(uint32_t index) const {
  for (int count = 0; count < 16; ++count) {
    if (tokens_[index].kind != kColon) return false;
    const uint32_t end = type_end(index + 1);
    if (end == 0) return false;
    if (tokens_[end].kind == kColon) return !starts_line(tokens_[end]);
    if (tokens_[end].kind != kComma || tokens_[end + 1].kind != kName) return false;
    index = end + 2;
  }
  return false;
}

Expr* Parser::lambda_body(uint32_t start, ast::List<ast::Parameter> parameters) {
  auto* function = arena_.make<ast::Function>();
  function->at = span_from(start);
  function->is_lambda = true;
  function->parameters = parameters;
  // `_` in the body of a lambda inside an argument still belongs to the argument.
  function->body = token().first ? body() : inline_value();
  auto* node = expr<ast::Lambda>(ExprKind::kLambda, span_from(start));
  node->function = function;
  return node;
}

// The body of a lambda on the same line: an expression, perhaps a call without
// parentheses, or an assignment.
ast::Block* Parser::inline_value() {
  switch (kind_) {
    case kReturn:
    case kBreak:
    case kContinue:
    case kPass:
    case kVal:
    case kVar:
      return block_of(statement());
    default:
      break;
  }
  const uint32_t start = token().start;
  const With mode(mode_, mode_);
  mode_.bare = true;
  const size_t base = placeholders_.size();
  Expr* value = expression();
  if (kind_ < kAssign || kind_ > kPercentAssign) return block_of(value);
  placeholders_.resize(std::min(base, placeholders_.size()));
  return block_of(finish_assignment(start, value));
}

// Whether `|` starts |x, y| e, or `||` a lambda without parameters.
bool Parser::at_pipe_lambda() const {
  if (at(kPipes)) return true;
  constexpr uint32_t kLongest = 32;
  if (ahead().space_before) return false;
  for (uint32_t count = 1; count < kLongest; ++count) {
    switch (ahead(count).kind) {
      case kPipe:
        return count > 1;
      case kName:
      case kComma:
      case kColon:
      case kLeftParen:
      case kRightParen:
        continue;
      default:
        return false;
    }
  }
  return false;
}

Expr* Parser::pipe_lambda() {
  const Nest nest(*this);
  const uint32_t start = token().start;
  Gather<ast::Parameter> parameters(*this);
  if (!accept(kPipes)) {
    advance();
    while (!at(kPipe)) {
      ast::Parameter next;
      next.at = token().at();
      if (at(kLeftParen)) {
        next.pattern = binding_pattern();
      } else {
        next.name = expect_name("a parameter");
        if (accept(kColon)) next.type = cast_type();
      }
      parameters.add(next);
      if (!accept(kComma)) break;
    }
    expect(kPipe, "`|` after the parameters of a lambda");
  }
  accept(kColon);
  return lambda_body(start, parameters.list());
}

// fn(x): e, fn(x: i64) -> i64: e
Expr* Parser::fn_lambda() {
  const Nest nest(*this);
  const uint32_t start = token().start;
  advance();
  auto* function = arena_.make<ast::Function>();
  if (!at(kLeftParen)) fail_expected("`(` behind `fn`");
  parameters(function);
  if (accept(kArrow)) function->result = type();
  function->at = span_from(start);
  function->is_lambda = true;
  expect_colon("the parameters of a function");
  function->body = token().first ? body() : inline_value();
  auto* node = expr<ast::Lambda>(ExprKind::kLambda, span_from(start));
  node->function = function;
  return node;
}

// x => e, (a, b) => e
Expr* Parser::arrow_lambda() {
  const Nest nest(*this);
  const uint32_t start = token().start;
  Gather<ast::Parameter> parameters(*this);
  if (at(kName)) {
    ast::Parameter only;
    only.at = token().at();
    only.name = expect_name("a parameter");
    parameters.add(only);
  } else {
    Brackets brackets(*this);
    while (!at(kRightParen)) {
      ast::Parameter next;
      next.at = token().at();
      if (at(kLeftParen) || at(kLeftBracket)) {
        next.pattern = binding_pattern();
      } else {
        next.name = expect_name("a parameter");
        if (accept(kColon)) next.type = type();
      }
      parameters.add(next);
      if (!accept(kComma)) break;
    }
    brackets.close();
  }
  expect(kFatArrow, "`=>`");
  return lambda_body(start, parameters.list());
}

}  // namespace simple::syntax
