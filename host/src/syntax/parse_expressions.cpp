// Operators, loosest first, and two kinds of sugar that are taken off here: placeholders
// and pipes.
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

// it "…": and the words that are like it.
bool is_example(const Expr* callee) {
  if (callee->kind != ExprKind::kName) return false;
  const std::string_view word = text_of(static_cast<const ast::Name*>(callee)->name);
  for (const char* known :
       {"it", "test", "example", "specify", "scenario", "slow_it", "skip_it"}) {
    if (word == known) return true;
  }
  return false;
}

}  // namespace

uint32_t placeholder_number(std::string_view name) {
  const bool numbered =
      name.size() == 2 && name[0] == '_' && name[1] >= '1' && name[1] <= '9';
  return numbered ? static_cast<uint32_t>(name[1] - '0') : 0;
}

bool is_binary_operator(TokenKind kind) { return operator_of(kind).level != 0; }

// ---- Entries --------------------------------------------------------------------------
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

// What is wrong in an example is kept with it, if it is only that the host refuses it.
void Parser::keep_refusals(ast::Function* example, size_t errors) {
  for (size_t i = errors; i < diagnostics_.size(); ++i) {
    if (!diagnostics_[i].message.ends_with(kRefused)) return;
  }
  if (diagnostics_.size() == errors) return;
  example->refusal = arena_.copy(diagnostics_[errors].message);
  example->refused_at = diagnostics_[errors].at;
  diagnostics_.resize(errors);
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
  const size_t errors = diagnostics_.size();
  function->body = body();
  if (kind == ExprKind::kCall && is_example(as<ast::Call>(callee)->callee)) {
    keep_refusals(function, errors);
  }
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

// ---- Operators ------------------------------------------------------------------------
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
          node->end = range_bound();
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

Expr* Parser::range_bound() { return binary(kRangeLevel + 1); }

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

}  // namespace simple::syntax
