// Expressions, loosest first, and the sugar that is taken off here: placeholders, pipes,
// calls without parentheses and trailing blocks.
#include <charconv>

#include "syntax/parser_impl.h"

namespace simple::syntax {

using enum TokenKind;
using ast::as;
using ast::BinaryOp;
using ast::Expr;
using ast::ExprKind;

namespace {

// How tightly binary operators bind.
enum Level : int {
  kPipeLevel = 1,
  kOrLevel,
  kAndLevel,
  kEqualityLevel,
  kOrderLevel,
  kRangeLevel,
  kBitOrLevel,
  kBitXorLevel,
  kBitAndLevel,
  kShiftLevel,
  kMatmulLevel,
  kSumLevel,
  kProductLevel,
  kPowerLevel,
};

struct Operator {
  int level = 0;  // 0: not a binary operator.
  BinaryOp op = BinaryOp::kAdd;
};

Operator operator_of(TokenKind kind) {
  switch (kind) {
    case kPipeForward:
    case kLayerConnect:
    case kParallel:
      return {kPipeLevel};
    case kOr:
    case kPipes:
      return {kOrLevel};
    case kAnd:
    case kAmpersands:
      return {kAndLevel};
    case kEqual:
      return {kEqualityLevel, BinaryOp::kEqual};
    case kNotEqual:
      return {kEqualityLevel, BinaryOp::kNotEqual};
    case kIs:
      return {kEqualityLevel, BinaryOp::kIs};
    case kIn:
      return {kEqualityLevel, BinaryOp::kIn};
    case kNot:  // not in
      return {kEqualityLevel, BinaryOp::kNotIn};
    case kLess:
      return {kOrderLevel, BinaryOp::kLess};
    case kLessEqual:
      return {kOrderLevel, BinaryOp::kLessEqual};
    case kGreater:
      return {kOrderLevel, BinaryOp::kGreater};
    case kGreaterEqual:
      return {kOrderLevel, BinaryOp::kGreaterEqual};
    case kDotDot:
    case kDotDotEqual:
      return {kRangeLevel};
    case kPipe:
      return {kBitOrLevel, BinaryOp::kBitOr};
    case kCaret:
    case kXor:
      return {kBitXorLevel, BinaryOp::kBitXor};
    case kAmpersand:
      return {kBitAndLevel, BinaryOp::kBitAnd};
    case kShiftLeft:
      return {kShiftLevel, BinaryOp::kShiftLeft};
    case kShiftRight:
      return {kShiftLevel, BinaryOp::kShiftRight};
    case kAt:
      return {kMatmulLevel, BinaryOp::kMatmul};
    case kPlus:
      return {kSumLevel, BinaryOp::kAdd};
    case kMinus:
      return {kSumLevel, BinaryOp::kSubtract};
    case kStar:
      return {kProductLevel, BinaryOp::kMultiply};
    case kSlash:
      return {kProductLevel, BinaryOp::kDivide};
    case kPercent:
      return {kProductLevel, BinaryOp::kRemainder};
    case kPower:
      return {kPowerLevel, BinaryOp::kPower};
    default:
      return {};
  }
}

bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }
bool is_decimal(char c) { return c >= '0' && c <= '9'; }

// _1 to _9, or 0.
uint32_t placeholder_number(std::string_view name) {
  const bool numbered =
      name.size() == 2 && name[0] == '_' && name[1] >= '1' && name[1] <= '9';
  return numbered ? static_cast<uint32_t>(name[1] - '0') : 0;
}

}  // namespace

// ---- Entries
// ----------------------------------------------------------------------------------
Expr* Parser::expression() {
  const Nest nest(*this);
  const Height height(*this);
  return conditional();
}

Expr* Parser::operand() {
  const Nest nest(*this);
  const Height height(*this);
  return binary(kPipeLevel);
}

Expr* Parser::bare_expression() {
  const With mode(mode_, Mode{.bare = true,
                              .no_cast = mode_.no_cast,
                              .no_arrow = mode_.no_arrow,
                              .in_index = false});
  return expression();
}

Expr* Parser::value_expression() {
  if (at(kNewline)) enter_line();
  const size_t base = placeholders_.size();
  return wrap_placeholders(base, with_trailing_block(bare_expression(), false));
}

Expr* Parser::placeholder_scope() {
  const size_t base = placeholders_.size();
  return wrap_placeholders(base, expression());
}

// `_ + _` and `_2 - _1` become lambdas.
Expr* Parser::wrap_placeholders(size_t base, Expr* value) {
  if (placeholders_.size() == base) return value;
  uint32_t highest = 0;
  uint32_t next = 0;
  for (size_t i = base; i < placeholders_.size(); ++i) {
    ast::Name* placeholder = placeholders_[i];
    uint32_t number = placeholder_number(text_of(placeholder->name));
    if (number == 0) number = ++next;
    if (number > 9) {
      fail(placeholder->at, "more than nine placeholders in one function",
           "write a lambda: \\a, b: ...");
    }
    highest = std::max(highest, number);
    const char name[] = {'_', static_cast<char>('0' + number)};
    placeholder->name = intern({name, 2});
  }
  placeholders_.resize(base);
  Gather<ast::Parameter> parameters(*this);
  for (uint32_t number = 1; number <= highest; ++number) {
    const char name[] = {'_', static_cast<char>('0' + number)};
    ast::Parameter parameter;
    parameter.name = intern({name, 2});
    parameter.at = value->at;
    parameters.add(parameter);
  }
  auto* function = arena_.make<ast::Function>();
  function->at = value->at;
  function->is_lambda = true;
  function->parameters = parameters.list();
  function->body = block_of(value);
  auto* lambda = expr<ast::Lambda>(ExprKind::kLambda, value->at);
  lambda->function = function;
  return lambda;
}

// A block behind `describe "x":` becomes the last argument of the call.
Expr* Parser::with_trailing_block(Expr* callee, bool names_too) {
  if (!at(kColon) || layout_.brackets) return callee;
  const ExprKind kind = callee->kind;
  const bool is_call = kind == ExprKind::kCall || kind == ExprKind::kMethodCall;
  const bool is_name = kind == ExprKind::kName || kind == ExprKind::kField;
  if (!is_call && !(is_name && names_too)) return callee;
  const Span head = token().at();
  advance();
  auto* function = arena_.make<ast::Function>();
  function->at = head;
  function->is_lambda = true;
  function->is_block = true;
  function->body = body();
  auto* block = expr<ast::Lambda>(ExprKind::kLambda, cover(head, function->body->at));
  block->function = function;
  if (is_name) callee = call_with(callee, {});
  if (callee->kind == ExprKind::kCall) {
    as<ast::Call>(callee)->block = block;
  } else {
    as<ast::MethodCall>(callee)->block = block;
  }
  return callee;
}

// ---- Operators
// --------------------------------------------------------------------------------
Expr* Parser::conditional() {
  Expr* value = binary(kPipeLevel);
  if (!at(kIf)) return value;
  advance();
  auto* result = expr<ast::If>(ExprKind::kIf, value->at);
  result->condition.value = binary(kPipeLevel);
  if (!at(kElse)) fail_expected("`else` of `a if c else b`");
  advance();
  accept(kColon);
  Expr* otherwise = expression();
  result->then = block_of(value);
  result->otherwise = block_of(otherwise);
  result->at = cover(value->at, otherwise->at);
  deepen(result->at);
  return result;
}

Expr* Parser::binary(int lowest) {
  Expr* left = unary();
  for (;;) {
    const Operator found = operator_of(kind_);
    if (found.level == 0 || found.level < lowest) return left;
    if (kind_ == kNot && ahead().kind != kIn) return left;
    const Span op_at = token().at();
    deepen(op_at);
    switch (found.level) {
      case kPipeLevel:
        left = pipe(left);
        continue;
      case kOrderLevel:
        left = comparison_chain(left);
        continue;
      case kOrLevel:
      case kAndLevel: {
        advance();
        skip_suspend();
        if (at(kNewline)) enter_line();
        auto* node = expr<ast::Logical>(ExprKind::kLogical, left->at);
        node->is_and = found.level == kAndLevel;
        node->left = left;
        node->right = binary(found.level + 1);
        node->at = cover(left->at, node->right->at);
        left = node;
        continue;
      }
      case kRangeLevel: {
        auto* node = expr<ast::Range>(ExprKind::kRange, left->at);
        node->inclusive = at(kDotDotEqual);
        advance();
        node->start = left;
        const bool open = mode_.in_index && (at(kRightBracket) || at(kComma));
        if (!open) {
          if (at(kNewline)) enter_line();
          node->end = binary(kRangeLevel + 1);
        }
        node->at = span_from(left->at.start);
        left = node;
        continue;
      }
      default:
        break;
    }
    BinaryOp op = found.op;
    if (kind_ == kNot) advance();
    advance();
    if (op == BinaryOp::kIs && at(kNot)) {
      op = BinaryOp::kIsNot;
      advance();
    }
    if (at(kNewline)) enter_line();
    auto* node = expr<ast::Binary>(ExprKind::kBinary, left->at);
    node->op = op;
    node->op_at = op_at;
    node->left = left;
    if (found.level == kPowerLevel) {
      const Nest nest(*this);
      node->right = binary(kPowerLevel);
    } else {
      node->right = binary(found.level + 1);
    }
    node->at = cover(left->at, node->right->at);
    left = node;
  }
}

// a < b, or a < b <= c.
Expr* Parser::comparison_chain(Expr* left) {
  const Span op_at = token().at();
  const BinaryOp op = operator_of(kind_).op;
  advance();
  if (at(kNewline)) enter_line();
  Expr* right = binary(kOrderLevel + 1);
  if (operator_of(kind_).level != kOrderLevel) {
    auto* node = expr<ast::Binary>(ExprKind::kBinary, cover(left->at, right->at));
    node->op = op;
    node->op_at = op_at;
    node->left = left;
    node->right = right;
    return node;
  }
  Gather<Expr*> operands(*this);
  Gather<BinaryOp> ops(*this);
  operands.add(left);
  operands.add(right);
  ops.add(op);
  while (operator_of(kind_).level == kOrderLevel) {
    ops.add(operator_of(kind_).op);
    deepen(token().at());
    advance();
    if (at(kNewline)) enter_line();
    operands.add(binary(kOrderLevel + 1));
  }
  auto* node =
      expr<ast::CompareChain>(ExprKind::kCompareChain, span_from(left->at.start));
  node->operands = operands.list();
  node->ops = ops.list();
  return node;
}

// x |> f is f(x), and x |> f(2) is f(x, 2).
Expr* Parser::pipe(Expr* left) {
  if (at(kLayerConnect)) refuse(token().at(), "~>");
  if (at(kParallel)) refuse(token().at(), "//");
  advance();
  if (at(kNewline)) enter_line();
  const size_t base = placeholders_.size();
  Expr* right = wrap_placeholders(base, binary(kPipeLevel + 1));
  Gather<ast::Argument> arguments(*this);
  arguments.add({{}, left, false});
  Expr* result = nullptr;
  if (right->kind == ExprKind::kCall && as<ast::Call>(right)->block == nullptr) {
    auto* call = as<ast::Call>(right);
    for (const ast::Argument& argument : call->arguments) arguments.add(argument);
    call->arguments = arguments.list();
    result = call;
  } else if (right->kind == ExprKind::kMethodCall) {
    auto* call = as<ast::MethodCall>(right);
    for (const ast::Argument& argument : call->arguments) arguments.add(argument);
    call->arguments = arguments.list();
    result = call;
  } else {
    result = call_with(right, arguments.list());
  }
  result->at = cover(left->at, right->at);
  return result;
}

Expr* Parser::unary() {
  ast::UnaryOp op;
  switch (kind_) {
    case kMinus:
      op = ast::UnaryOp::kNegate;
      break;
    case kPlus:
      op = ast::UnaryOp::kPlus;
      break;
    case kNot:
    case kBang:
      op = ast::UnaryOp::kNot;
      break;
    case kTilde:
      op = ast::UnaryOp::kInvert;
      break;
    case kAmpersand:
    case kStar: {
      if (at(kAmpersand) && ahead().kind == kColon) return postfix();
      // Borrowing and following a pointer are what values do anyway.
      const Nest nest(*this);
      mode_.bare = false;
      deepen(token().at());
      advance();
      if (at_word(words_.mut) && ahead().kind == kName) advance();
      return unary();
    }
    default:
      return postfix();
  }
  const Nest nest(*this);
  mode_.bare = false;
  const uint32_t start = token().start;
  deepen(token().at());
  advance();
  auto* node = expr<ast::Unary>(ExprKind::kUnary, {start, 0});
  node->op = op;
  node->operand = unary();
  node->at = span_from(start);
  return node;
}

// ---- Postfix
// ----------------------------------------------------------------------------------
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
      return !(name == words_.unwrap && ahead().kind == kOr);
    }
    case kColon:  // A symbol.
      return ahead().kind == kName && !ahead().space_before;
    case kAmpersand:
      return ahead().kind == kColon && !ahead().space_before;
    case kPipe:
      return at_pipe_lambda();
    default:
      return false;
  }
}

// f (a) == b passes the whole comparison, but f (a), f (a).g and so on are calls of f.
bool Parser::paren_is_argument() const {
  const uint32_t close = token().value;
  if (close == 0) return false;
  const Token& after = tokens_[close + 1];
  if (starts_line(after) && !continues_line(after)) return false;
  if (after.kind == kComma) return !layout_.brackets;
  return operator_of(after.kind).level != 0;
}

Expr* Parser::postfix() {
  const bool bare = mode_.bare;
  mode_.bare = false;
  Expr* value = primary();
  for (;;) {
    switch (kind_) {
      case kLeftParen:
        if (token().space_before) {
          if (bare && callable(value) && paren_is_argument()) return bare_call(value);
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
        if (token().space_before) return value;
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
        if (at_word(words_.unwrap) && ahead().kind == kOr && ahead(2).kind == kColon) {
          value = coalesce(value);
          break;
        }
        [[fallthrough]];
      default:
        if (bare && callable(value) && starts_argument()) return bare_call(value);
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
    if (!at(kRightBracket) && !at(kComma)) range->end = binary(kRangeLevel + 1);
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

// a ?? b, a unwrap or: b. What stands right may also leave the function or the loop.
Expr* Parser::coalesce(Expr* value) {
  const Nest nest(*this);
  const bool in_words = at(kName);
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

// ---- Primaries
// --------------------------------------------------------------------------------
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
  const bool refused = word == words_.await || word == words_.yield ||
                       word == words_.spawn || word == words_.go ||
                       word == words_.comptime || word == words_.async ||
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

// ---- Numbers
// ----------------------------------------------------------------------------------
namespace {

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

// ---- Texts
// ------------------------------------------------------------------------------------
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

// ---- Brackets
// ---------------------------------------------------------------------------------
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
      entry.key = expression();
      if (entries.empty() && !at(kColon) && (at(kComma) || at(kRightBrace) || at(kFor))) {
        Gather<ast::Item> items(*this);
        items.add({entry.key, false, {}});
        if (at(kFor)) items[0] = {comprehension(start, nullptr, entry.key), true, {}};
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

ast::Generator Parser::generator() {
  ast::Generator result;
  advance();
  for_head(result.counter, result.pattern);
  result.iterable = operand();
  Gather<Expr*> conditions(*this);
  while (accept(kIf)) conditions.add(operand());
  result.conditions = conditions.list();
  return result;
}

// ---- if and match
// ----------------------------------------------------------------------------- Also the
// statement. `elif` and `else if` are an If in the else block of the one before.
Expr* Parser::if_expression() {
  ast::If* whole = nullptr;
  ast::If* inner = nullptr;
  for (;;) {
    const uint32_t start = token().start;
    advance();
    skip_suspend();
    auto* node = expr<ast::If>(ExprKind::kIf, {start, 0});
    if (inner == nullptr) {
      whole = node;
    } else {
      deepen(token().at());
      inner->otherwise = block_of(node);
    }
    inner = node;
    node->condition = condition();
    const bool then = accept_word(words_.then);
    if (then && !at(kColon)) {
      node->then = body();
    } else {
      node->then = colon_body("the condition");
    }
    node->at = span_from(start);
    // An else on a line of its own belongs to the innermost if that is not indented more.
    const TokenKind next = token().kind;
    const bool goes_on = next == kElse || next == kElif;
    if (!goes_on || (starts_line(token()) && token().indent < layout_.indent)) break;
    enter_line();
    if (next == kElif) continue;
    if (ahead().kind == kIf && !starts_line(ahead())) {
      advance();
      continue;
    }
    advance();
    if (!accept(kColon) && !then) fail_expected("`:` after `else`");
    node->otherwise = body();
    break;
  }
  whole->at = span_from(whole->at.start);
  return whole;
}

Expr* Parser::match_expression() {
  const uint32_t start = token().start;
  advance();
  skip_suspend();
  auto* node = expr<ast::Match>(ExprKind::kMatch, {start, 0});
  node->subject = expression();
  expect_colon("the value of `match`");
  Gather<ast::Arm> arms(*this);
  const Nest nest(*this);
  lines([&] {
    if (at(kText) || at(kPass)) {
      // A text or `pass` alone on its line says nothing here.
      const Token& next = ahead();
      if (next.first || next.kind == kEnd) return advance();
    }
    arms.add(arm());
  });
  node->arms = arms.list();
  node->at = span_from(start);
  return node;
}

ast::Arm Parser::arm() {
  ast::Arm result;
  const uint32_t start = token().start;
  const With mode(mode_, Mode{});
  if (!accept(kCase)) accept(kPipe);
  if (at(kElse)) {
    result.pattern =
        patt<ast::WildcardPattern>(ast::PatternKind::kWildcard, token().at());
    advance();
  } else {
    result.pattern = arm_pattern();
  }
  if (accept(kIf)) {
    const With guard(
        mode_,
        Mode{.bare = false, .no_cast = false, .no_arrow = true, .in_index = false});
    result.guard = operand();
  }
  if (!accept(kColon) && !accept(kFatArrow) && !accept(kArrow)) {
    fail_expected("`:`, `=>` or `->` behind the pattern");
  }
  result.body = body();
  result.at = span_from(start);
  return result;
}

// ---- Lambdas
// ---------------------------------------------------------------------------------- At
// the backslash.
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
