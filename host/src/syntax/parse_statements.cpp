// Statements except declarations. Two of them, if and match, are expressions too.
#include "syntax/parser_impl.h"

namespace simple::syntax {

using enum TokenKind;
using ast::as;
using ast::Expr;
using ast::ExprKind;
using ast::Stmt;
using ast::StmtKind;

Stmt* Parser::statement() {
  const Nest nest(*this);
  const Height height(*this);
  switch (kind_) {
    case kName:
      return word_statement();
    case kVal:
    case kVar:
    case kConst:
      return let_statement();
    case kLet:
      if (names_lazy_value()) return expression_statement();
      return let_statement();
    case kFn:
      if (ahead().kind == kLeftParen) return expression_statement();
      return function_statement();
    case kMe:
      if (next_is(kDot)) return expression_statement();
      fail(token().at(),
           "`me` declares a method, so it stands in a class, struct or impl");
    case kIf:
      return expression_as_statement(if_expression());
    case kMatch:
      return expression_as_statement(match_expression());
    case kFor:
      return for_statement({});
    case kWhile:
      return while_statement({});
    case kLabel:
      return labelled_statement();
    case kReturn:
      return return_statement();
    case kBreak:
      return break_statement();
    case kContinue:
      return continue_statement();
    case kPass:
      if (ahead().kind == kDot && !starts_line(ahead())) break;
      return pass_statement();
    case kStruct:
      return type_declaration(ast::TypeDecl::Form::kStruct);
    case kClass:
      return type_declaration(ast::TypeDecl::Form::kClass);
    case kEnum:
      return enum_declaration();
    case kAt:
      return decorated();
    case kElse:
    case kElif:
      fail(token().at(), describe() + " without an `if` at the same indentation");
    case kCase:
      fail(token().at(), "`case` outside a `match`");
    default:
      break;
  }
  return expression_statement();
}

// Statements that begin with a word that is a name elsewhere. What follows the word
// decides.
Stmt* Parser::word_statement() {
  const Words& w = words_;
  const Symbol word = token().symbol();
  const Token& next = ahead();
  const bool alone = starts_line(next) || next.kind == kEnd;
  const bool spaced = !alone && next.space_before;
  const bool name_next = spaced && (next.kind == kName || is_keyword(next.kind)) &&
                         next.kind != kIn && next.kind != kIs && next.kind != kNot &&
                         next.kind != kAnd && next.kind != kOr && next.kind != kIf &&
                         next.kind != kElse;
  const bool declares = name_next && next.symbol() != w.as;
  const uint32_t start = token().start;
  if (word == w.loop && next_is(kColon)) return loop_statement({});
  if (word == w.assert_ && spaced && next.kind != kAssign && next.kind != kLeftParen &&
      next.kind != kColonAssign) {
    return assert_statement();
  }
  if (word == w.defer || word == w.errdefer) {
    const bool expression_next = declares || (spaced && next.kind == kLeftParen);
    if (next_is(kColon) || expression_next) return defer_statement(word == w.errdefer);
  }
  if (word == w.context && (declares || (spaced && next.kind == kLeftParen))) {
    if (next.kind == kVal) refuse(cover(token().at(), next.at()), "context val");
    return context_statement();
  }
  if (word == w.alias && declares) return alias_statement();
  if (!declares) {
    const bool braces = spaced && next.kind == kLeftBrace;
    if (word == w.export_ && (braces || (spaced && next.kind == kStar))) {
      return export_statement();
    }
    const bool relative = spaced && (next.kind == kDot || next.kind == kDotDot);
    if (relative && word == w.use) return use_statement(start, false, false);
    if (relative && word == w.from) return from_statement();
    if (word == w.impl && next.kind == kLess) return impl_declaration(false);
    if (word == w.impl && spaced && next.kind == kLeftBracket)
      return impl_declaration(false);
    const bool opens_value = next.kind == kLeftParen || next.kind == kInt ||
                             next.kind == kFloat || next.kind == kText ||
                             next.kind == kTextStart;
    if (word == w.with && spaced && opens_value) {
      advance();
      return with_statement(start);
    }
    return expression_statement();
  }
  if (word == w.use) return use_statement(start, false, false);
  if (word == w.import) return use_statement(start, false, true);
  if (word == w.from) return from_statement();
  if (word == w.export_) return export_statement();
  if (word == w.mod) return mod_statement();
  if (word == w.extern_) return extern_declaration();
  if (word == w.impl) return impl_declaration(false);
  if (word == w.extend) return impl_declaration(true);
  if (word == w.trait) return type_declaration(ast::TypeDecl::Form::kTrait);
  if (word == w.mixin) return type_declaration(ast::TypeDecl::Form::kMixin);
  if (word == w.type) return type_alias();
  if (word == w.with) {
    advance();
    return with_statement(start);
  }
  if (word == w.common && next.symbol() == w.use) {
    advance();
    return use_statement(start, true, false);
  }
  if (word == w.pub || word == w.priv) {
    advance();
    if (at(kName) && (at_word(w.use) || at_word(w.import))) {
      return use_statement(start, true, at_word(w.import));
    }
    if (at(kName) || at(kFn) || at(kVal) || at(kVar) || at(kLet) || at(kConst) ||
        at(kStruct) || at(kClass) || at(kEnum)) {
      return statement();
    }
    fail_expected("a declaration");
  }
  if (word == w.static_) {
    if (next.kind == kVal || next.kind == kVar || next.kind == kLet ||
        next.kind == kConst) {
      advance();
      return let_statement();
    }
    if (next.kind == kFn) return function_statement();
    if (next.kind == kName && (ahead(2).kind == kAssign || ahead(2).kind == kColon)) {
      advance();
      return let_rest(start, true, false);
    }
  }
  if (next.kind == kFn || next.kind == kMe) {
    if (word == w.sync || word == w.async || word == w.pub) return function_statement();
    for (const Symbol refused : {w.gen, w.kernel, w.comptime, w.lazy, w.ghost}) {
      if (word == refused) {
        refuse(cover(token().at(), next.at()), std::string(text_of(word)) + " fn");
      }
    }
  }
  const bool before_binding = next.kind == kVal || next.kind == kVar || next.kind == kLet;
  if (before_binding && (word == w.lazy || word == w.ghost || word == w.shared)) {
    refuse(token().at(), std::string(text_of(word)) + " " + std::string(text(next)));
  }
  if (word == w.bind && next.kind == kName && ahead(2).kind == kAssign) {
    // bind Trait = Type: calls are bound by the value's own type in any case.
    advance();
    advance();
    advance();
    cast_type();
    return stmt<ast::Pass>(StmtKind::kPass, span_from(start));
  }
  for (const Symbol refused : {w.actor, w.macro, w.module, w.union_, w.bitfield, w.unit,
                               w.newtype, w.bind, w.comptime, w.ghost}) {
    if (word != refused) continue;
    // unit x: ... declares; `unit x` is a call.
    const TokenKind after = ahead(2).kind;
    if (after == kColon || after == kAssign || after == kLeftParen || after == kLess ||
        next.kind != kName) {
      refuse(token().at(), text_of(word));
    }
  }
  return expression_statement();
}

// ---- Values and assignments -----------------------------------------------------------
Stmt* Parser::expression_statement() {
  const uint32_t start = token().start;
  const size_t base = placeholders_.size();
  Expr* value = bare_expression();
  const auto is_target = [](const Expr* target) {
    return target->kind == ExprKind::kName || target->kind == ExprKind::kField ||
           target->kind == ExprKind::kIndex || target->kind == ExprKind::kTupleField;
  };
  if (at(kComma) && !layout_.brackets && is_target(value)) {
    // a, b = b, a
    uint32_t index = at_;
    while (tokens_[index].kind != kAssign && !tokens_[index].first &&
           tokens_[index].kind != kEnd) {
      ++index;
    }
    if (tokens_[index].kind == kAssign && !tokens_[index].first) {
      Gather<ast::Item> items(*this);
      items.add({value, false, {}});
      while (accept(kComma)) items.add({operand(), false, {}});
      auto* tuple = expr<ast::Tuple>(ExprKind::kTuple, span_from(start));
      tuple->items = items.list();
      value = tuple;
    }
  }
  if (kind_ >= kAssign && kind_ <= kPercentAssign) {
    placeholders_.resize(std::min(base, placeholders_.size()));
    return finish_assignment(start, value);
  }
  value = with_trailing_block(value, true);
  return expression_as_statement(wrap_placeholders(base, value));
}

void Parser::check_target(Expr* target) {
  switch (target->kind) {
    case ExprKind::kName:
    case ExprKind::kTupleField:
    case ExprKind::kIndex:
      return;
    case ExprKind::kField:
      if (as<ast::Field>(target)->safe) {
        fail(target->at, "`?.` cannot be assigned to", "test for nil first");
      }
      return;
    case ExprKind::kTuple:
      for (const ast::Item& item : as<ast::Tuple>(target)->items)
        check_target(item.value);
      return;
    case ExprKind::kArray:
      for (const ast::Item& item : as<ast::Array>(target)->items)
        check_target(item.value);
      return;
    default:
      fail(target->at, "this cannot be assigned to",
           "a name, a field, an index or a tuple of them stands left of `=`");
  }
}

// At the sign of the assignment.
Stmt* Parser::finish_assignment(uint32_t start, Expr* target) {
  const TokenKind sign = kind_;
  const Span sign_at = token().at();
  check_target(target);
  advance();
  const bool is_name = target->kind == ExprKind::kName;
  if (sign == kColonAssign && !is_name) fail(sign_at, "a name stands left of `:=`");
  if (sign == kColonAssign ||
      (sign == kAssign && is_name && as<ast::Name>(target)->name == words_.underscore)) {
    auto* let = stmt<ast::Let>(StmtKind::kLet, {start, 0});
    let->pattern = pattern_of(as<ast::Name>(target)->name, target->at);
    let->value = value_expression();
    let->at = span_from(start);
    return let;
  }
  auto* assign = stmt<ast::Assign>(StmtKind::kAssign, {start, 0});
  assign->target = target;
  assign->compound = sign != kAssign;
  switch (sign) {
    case kPlusAssign:
      assign->op = ast::BinaryOp::kAdd;
      break;
    case kMinusAssign:
      assign->op = ast::BinaryOp::kSubtract;
      break;
    case kStarAssign:
      assign->op = ast::BinaryOp::kMultiply;
      break;
    case kSlashAssign:
      assign->op = ast::BinaryOp::kDivide;
      break;
    case kPercentAssign:
      assign->op = ast::BinaryOp::kRemainder;
      break;
    default:
      break;
  }
  const bool several =
      target->kind == ExprKind::kTuple || target->kind == ExprKind::kArray;
  if (assign->compound && several) {
    fail(target->at, "several targets are assigned with `=` only");
  }
  assign->value = value_expression();
  if (several && at(kComma) && !layout_.brackets) {
    Gather<ast::Item> items(*this);
    items.add({assign->value, false, {}});
    while (accept(kComma)) items.add({operand(), false, {}});
    auto* tuple = expr<ast::Tuple>(ExprKind::kTuple, span_from(assign->value->at.start));
    tuple->items = items.list();
    assign->value = tuple;
  }
  assign->at = span_from(start);
  return assign;
}

// val, var, let, let mut, const
Stmt* Parser::let_statement() {
  const uint32_t start = token().start;
  bool is_mutable = at(kVar);
  const bool is_const = at(kConst) || (at_ > 0 && tokens_[at_ - 1].kind == kName &&
                                       tokens_[at_ - 1].symbol() == words_.static_ &&
                                       !token().first && !at(kVar));
  const bool is_let = at(kLet);
  advance();
  if ((is_let || !is_const) && at_word(words_.mut) &&
      (ahead().kind == kName || ahead().kind == kLeftParen)) {
    is_mutable = true;
    advance();
  }
  return let_rest(start, is_mutable, is_const);
}

Stmt* Parser::let_rest(uint32_t start, bool is_mutable, bool is_const) {
  auto* let = stmt<ast::Let>(StmtKind::kLet, {start, 0});
  let->is_mutable = is_mutable;
  let->is_const = is_const;
  let->pattern = binding_pattern();
  if (at(kComma) && !layout_.brackets) {  // val a, b = pair
    Gather<ast::Pattern*> items(*this);
    items.add(let->pattern);
    while (accept(kComma)) items.add(binding_pattern());
    auto* tuple = patt<ast::TuplePattern>(ast::PatternKind::kTuple,
                                          span_from(let->pattern->at.start));
    tuple->items = items.list();
    let->pattern = tuple;
  }
  if (accept(kColon)) let->type = type();
  if (accept(kAssign) || (let->type == nullptr && accept(kColonAssign))) {
    let->value = value_expression();
    if (at(kElse)) {
      advance();
      let->otherwise = colon_body("`else`");
    }
  } else if (!is_mutable || let->pattern->kind != ast::PatternKind::kName ||
             (!at_statement_end() && !at(kComma))) {
    fail_expected("`=` and a value");
  }
  let->at = span_from(start);
  return let;
}

// ---- Loops ----------------------------------------------------------------------------
Stmt* Parser::labelled_statement() {
  const Symbol label = token().symbol();
  advance();
  expect_colon("a label");
  if (at(kNewline)) enter_line();
  if (at(kFor)) return for_statement(label);
  if (at(kWhile)) return while_statement(label);
  if (at_word(words_.loop)) return loop_statement(label);
  fail_expected("a loop behind a label");
}

// for x in, for i, x in, for (a, b) in: up to what is looped over. More than two names
// are the parts of each item.
void Parser::for_head(ast::Pattern*& first, ast::Pattern*& pattern) {
  const uint32_t start = token().start;
  Gather<ast::Pattern*> names(*this);
  do {
    names.add(binding_pattern());
  } while (accept(kComma));
  const ast::List<ast::Pattern*> items = names.list();
  pattern = items[items.size() - 1];
  if (items.size() == 2) first = items[0];
  if (items.size() > 2) {
    auto* tuple = patt<ast::TuplePattern>(ast::PatternKind::kTuple, span_from(start));
    tuple->items = items;
    pattern = tuple;
  }
  expect(kIn, "`in`");
}

Stmt* Parser::for_statement(Symbol label) {
  const uint32_t start = token().start;
  auto* loop = stmt<ast::For>(StmtKind::kFor, {start, 0});
  loop->label = label;
  advance();
  skip_suspend();
  for_head(loop->first, loop->pattern);
  loop->iterable = placeholder_scope();
  loop->body = colon_body("what is looped over");
  loop->at = span_from(start);
  return loop;
}

Stmt* Parser::while_statement(Symbol label) {
  const uint32_t start = token().start;
  auto* loop = stmt<ast::While>(StmtKind::kWhile, {start, 0});
  loop->label = label;
  advance();
  skip_suspend();
  loop->condition = condition();
  loop->body = colon_body("the condition");
  loop->at = span_from(start);
  return loop;
}

Stmt* Parser::loop_statement(Symbol label) {
  const uint32_t start = token().start;
  auto* loop = stmt<ast::Loop>(StmtKind::kLoop, {start, 0});
  loop->label = label;
  advance();
  loop->body = colon_body("`loop`");
  loop->at = span_from(start);
  return loop;
}

ast::Condition Parser::condition() {
  ast::Condition result;
  if (at(kVal) || at(kVar) || at(kLet)) {
    result.mutable_binding = at(kVar);
    advance();
    if (at_word(words_.mut) && ahead().kind == kName) {
      result.mutable_binding = true;
      advance();
    }
    result.pattern = binding_pattern();
    expect(kAssign, "`=` and a value");
  }
  result.value = placeholder_scope();
  if (at(kAssign)) {
    fail(token().at(), "Unexpected token: expected `:` after the condition, found `=`",
         "`==` compares");
  }
  return result;
}

// ---- Leaving --------------------------------------------------------------------------
Stmt* Parser::return_statement() {
  const uint32_t start = token().start;
  auto* result = stmt<ast::Return>(StmtKind::kReturn, token().at());
  advance();
  if (!at_statement_end() && !at(kComma) && !at(kElse) && !at(kElif)) {
    result->value = value_expression();
    if (at(kComma) && !layout_.brackets && open_brackets_ == 0) {  // return a, b
      Gather<ast::Item> items(*this);
      items.add({result->value, false, {}});
      while (accept(kComma)) items.add({operand(), false, {}});
      auto* tuple =
          expr<ast::Tuple>(ExprKind::kTuple, span_from(result->value->at.start));
      tuple->items = items.list();
      result->value = tuple;
    }
  }
  result->at = span_from(start);
  return result;
}

Stmt* Parser::break_statement() {
  const uint32_t start = token().start;
  auto* result = stmt<ast::Break>(StmtKind::kBreak, token().at());
  advance();
  if (at(kLabel)) {
    result->label = token().symbol();
    advance();
  }
  if (!at_statement_end() && !at(kComma) && !at(kElse) && !at(kElif)) {
    result->value = value_expression();
  }
  result->at = span_from(start);
  return result;
}

Stmt* Parser::continue_statement() {
  const uint32_t start = token().start;
  auto* result = stmt<ast::Continue>(StmtKind::kContinue, token().at());
  advance();
  if (at(kLabel)) {
    result->label = token().symbol();
    advance();
  }
  result->at = span_from(start);
  return result;
}

// ---- Others ---------------------------------------------------------------------------
Stmt* Parser::pass_statement() {
  auto* result = stmt<ast::Pass>(StmtKind::kPass, token().at());
  const uint32_t start = token().start;
  advance();
  if (at(kLeftParen)) {  // pass_todo("why")
    arguments_until(kRightParen);
  } else if (at(kText) || at(kTextStart)) {
    primary();
  }
  result->at = span_from(start);
  return result;
}

Stmt* Parser::assert_statement() {
  const uint32_t start = token().start;
  auto* result = stmt<ast::Assert>(StmtKind::kAssert, {start, 0});
  advance();
  result->condition = expression();
  if (!layout_.brackets && accept(kComma)) result->message = expression();
  result->at = span_from(start);
  return result;
}

Stmt* Parser::defer_statement(bool on_error_only) {
  const uint32_t start = token().start;
  auto* result = stmt<ast::Defer>(StmtKind::kDefer, {start, 0});
  result->on_error_only = on_error_only;
  advance();
  result->body = accept(kColon) ? body() : block_of(statement());
  result->at = span_from(start);
  return result;
}

// with a as x, b as y: is one with in another. Behind the word, or behind the comma.
Stmt* Parser::with_statement(uint32_t start) {
  const Nest nest(*this);
  auto* result = stmt<ast::With>(StmtKind::kWith, {start, 0});
  {
    const With mode(
        mode_,
        Mode{.bare = false, .no_cast = true, .no_arrow = false, .in_index = false});
    result->resource = expression();
  }
  if (accept_word(words_.as)) result->pattern = binding_pattern();
  if (accept(kComma)) {
    result->body = block_of(with_statement(token().start));
  } else {
    result->body = colon_body("what `with` opens");
  }
  result->at = span_from(start);
  return result;
}

Stmt* Parser::context_statement() {
  const uint32_t start = token().start;
  auto* result = stmt<ast::Context>(StmtKind::kContext, {start, 0});
  advance();
  result->object = expression();
  result->body = colon_body("the object of `context`");
  result->at = span_from(start);
  return result;
}

// ---- if and match ---------------------------------------------------------------------
// `elif` and `else if` are an If in the else block of the one before.
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

}  // namespace simple::syntax
