// Types as they are written behind `:`, `->` and `as`.
#include "syntax/parser_impl.h"

namespace simple::syntax {

using enum TokenKind;
using ast::Type;

Type* Parser::make_type(Type::Kind kind, uint32_t start, ast::List<Type*> arguments) {
  Type* result = arena_.make<Type>();
  result->kind = kind;
  result->at = span_from(start);
  result->arguments = arguments;
  return result;
}

Type* Parser::type() {
  if (at(kNewline)) enter_line();
  const uint32_t start = token().start;
  Type* first = cast_type();
  if (!at(kPipe)) return first;
  Gather<Type*> choices(*this);
  choices.add(first);
  while (accept(kPipe)) choices.add(cast_type());
  return make_type(Type::Kind::kUnion, start, choices.list());
}

Type* Parser::cast_type() {
  const Nest nest(*this);
  Type* result = single_type();
  for (;;) {
    if (at(kQuestion)) {
      advance();
      result = optional_of(result);
    } else if (at(kCoalesce) && adjacent()) {  // T??
      advance();
      result = optional_of(optional_of(result));
    } else {
      return result;
    }
    deepen(result->at);
  }
}

Type* Parser::optional_of(Type* type) {
  return make_type(Type::Kind::kOptional, type->at.start, one(type));
}

// What the name of a trait or mixin says where a type takes it on.
Symbol Parser::base_type() {
  const Type* type = cast_type();
  return type->path ? type->path : type->name;
}

Type* Parser::single_type() {
  const uint32_t start = token().start;
  // What a pointer points to is what it is to a program without pointers.
  while (at(kAmpersand) || at(kStar) || at(kPower)) advance();
  if ((at_word(words_.dyn) || at_word(words_.mut) || at_word(words_.shared) ||
       at_word(words_.move)) &&
      (next_is(kName) || next_is(kLeftBracket))) {
    advance();
  }
  switch (kind_) {
    case kName:
    case kSelf:
      return named_type();
    case kNil: {
      Type* result = make_type(Type::Kind::kNamed, start, {});
      result->name = token().symbol();
      advance();
      result->at = span_from(start);
      return result;
    }
    case kLeftBracket:
      return bracket_type();
    case kLeftBrace:
      return brace_type();
    case kLeftParen:
      return paren_type();
    case kFn:
      return fn_type();
    case kInt:  // Of Vec<f64, 3>.
    case kText: {
      advance();
      Type* result = make_type(Type::Kind::kNamed, start, {});
      result->name = intern(source_text_.substr(start, result->at.length));
      return result;
    }
    default:
      fail_expected("a type");
  }
}

// i64, a.b.C, Dict<K, V>
Type* Parser::named_type() {
  const uint32_t start = token().start;
  Symbol name = token().symbol();
  Symbol path;
  advance();
  while ((at(kDot) || at(kDoubleColon)) &&
         (ahead().kind == kName || is_keyword(ahead().kind))) {
    advance();
    const Symbol part = token().symbol();
    path = intern(std::string(text_of(path ? path : name)) + "." +
                  std::string(text_of(part)));
    name = part;
    advance();
  }
  Gather<Type*> arguments(*this);
  if (at(kLess) && adjacent()) {
    advance();
    const Layout outer = layout_;
    layout_.brackets = true;
    refresh();
    while (!at(kGreater) && !at(kShiftRight)) {
      arguments.add(type());
      if (!accept(kComma)) break;
    }
    layout_ = outer;
    close_angle();
  } else if (at(kLeftBracket) && adjacent()) {  // The old form Dict[K, V].
    Brackets brackets(*this);
    while (!at(kRightBracket)) {
      arguments.add(type());
      if (!accept(kComma)) break;
    }
    brackets.close();
  }
  Type* result = make_type(Type::Kind::kNamed, start, arguments.list());
  result->name = name;
  result->path = path;
  return result;
}

// `>>` closes two lists of arguments, and `>=` is one that a default follows.
void Parser::close_angle() {
  Token& here = tokens_[at_];
  if (here.kind == kGreater) {
    advance();
    return;
  }
  if (here.kind != kShiftRight && here.kind != kGreaterEqual) fail_expected("`,` or `>`");
  here.kind = here.kind == kShiftRight ? kGreater : kAssign;
  end_of_last_ = here.start + 1;
  ++here.start;
  --here.length;
  here.space_before = false;
  here.first = false;
  refresh();
}

// [T], [T; N]
Type* Parser::bracket_type() {
  const uint32_t start = token().start;
  Brackets brackets(*this);
  Gather<Type*> arguments(*this);
  if (!at(kRightBracket)) arguments.add(type());
  ast::Expr* length = nullptr;
  if (accept(kSemicolon)) length = expression();
  brackets.close();
  Type* result = make_type(Type::Kind::kArray, start, arguments.list());
  result->length = length;
  return result;
}

// {K: V}, {T}
Type* Parser::brace_type() {
  const uint32_t start = token().start;
  Brackets brackets(*this);
  Gather<Type*> arguments(*this);
  arguments.add(type());
  if (accept(kColon)) arguments.add(type());
  brackets.close();
  const auto kind = arguments.size() == 2 ? Type::Kind::kDict : Type::Kind::kSet;
  return make_type(kind, start, arguments.list());
}

// (), (A, B), (q: A, r: B); (A) is A.
Type* Parser::paren_type() {
  const uint32_t start = token().start;
  Brackets brackets(*this);
  Gather<Type*> arguments(*this);
  bool comma = false;
  while (!at(kRightParen)) {
    if (at_any_name() && ahead().kind == kColon) {
      advance();
      advance();
      comma = true;
    }
    arguments.add(type());
    if (!accept(kComma)) break;
    comma = true;
  }
  brackets.close();
  if (arguments.size() == 1 && !comma) return arguments[0];
  return make_type(Type::Kind::kTuple, start, arguments.list());
}

// fn(A, b: B) -> C
Type* Parser::fn_type() {
  const uint32_t start = token().start;
  advance();
  Gather<Type*> arguments(*this);
  if (at(kLeftParen)) {
    Brackets brackets(*this);
    while (!at(kRightParen)) {
      if (at_any_name() && ahead().kind == kColon) {
        advance();
        advance();
      }
      arguments.add(type());
      accept(kEllipsis);
      if (!accept(kComma)) break;
    }
    brackets.close();
  }
  if (accept(kArrow)) {
    arguments.add(cast_type());
  } else {
    Type* nothing = make_type(Type::Kind::kNamed, end_of_last_, {});
    nothing->name = intern("nil");
    arguments.add(nothing);
  }
  return make_type(Type::Kind::kFunction, start, arguments.list());
}

// ---- Looking ahead --------------------------------------------------------------------
// Without making anything, and without going far: this only decides how a `:` is meant.
uint32_t Parser::type_end(uint32_t index, int depth) const {
  if (depth > 8) return 0;
  const auto at = [&](uint32_t i) -> const Token& {
    return tokens_[i < tokens_.size() ? i : tokens_.size() - 1];
  };
  while (at(index).kind == kAmpersand || at(index).kind == kStar) ++index;
  switch (at(index).kind) {
    case kName:
      ++index;
      while (at(index).kind == kDot && at(index + 1).kind == kName) index += 2;
      if (at(index).kind == kLess && !at(index).space_before) {
        int angles = 0;
        for (uint32_t count = 0; count < 64; ++count) {
          const Token& now = at(index++);
          if (now.kind == kLess) ++angles;
          if (now.kind == kGreater) --angles;
          if (now.kind == kShiftRight) angles -= 2;
          if (now.kind == kEnd || (now.first && !layout_.brackets)) return 0;
          if (angles <= 0) break;
        }
        if (angles != 0) return 0;
      }
      break;
    case kNil:
      ++index;
      break;
    case kLeftBracket:
    case kLeftBrace:
    case kLeftParen: {
      const uint32_t close = at(index).value;
      if (close == 0) return 0;
      if (close != index + 1 && type_end(index + 1, depth + 1) == 0) return 0;
      index = close + 1;
      break;
    }
    case kFn:
      if (at(index + 1).kind != kLeftParen || at(index + 1).value == 0) return 0;
      index = at(index + 1).value + 1;
      if (at(index).kind == kArrow) return type_end(index + 1, depth + 1);
      break;
    default:
      return 0;
  }
  while (at(index).kind == kQuestion) ++index;
  if (at(index).kind == kPipe) return type_end(index + 1, depth + 1);
  return index;
}

// ---- What is read over ----------------------------------------------------------------
// Generic parameters only constrain, and nothing is constrained here.
void Parser::skip_generics() {
  if (at(kLeftBracket) && adjacent()) {  // The old form fn id[T](x: T).
    Brackets brackets(*this);
    while (!at(brackets.closer())) {
      if (at(kEnd)) fail_expected("`]`");
      advance();
    }
    brackets.close();
    return;
  }
  if (!at(kLess)) return;
  const Layout outer = layout_;
  layout_.brackets = true;
  advance();
  int depth = 1;
  while (depth > 0) {
    if (at(kEnd) || at(kLeftBrace) || at(kFn)) {
      layout_ = outer;
      fail_expected("`>` after the type parameters");
    }
    if (at(kLess)) ++depth;
    if (at(kGreater)) --depth;
    if (at(kShiftRight)) depth -= 2;
    if (depth <= 0) layout_ = outer;
    advance();
  }
}

// where T: A + B, U: C
void Parser::skip_where() {
  if (at(kNewline) && token().kind == kName && token().symbol() == words_.where)
    enter_line();
  if (!accept_word(words_.where)) return;
  do {
    if (at(kNewline)) enter_line();
    cast_type();
    if (!accept(kColon)) fail_expected("`:` behind a type parameter");
    do cast_type();
    while (accept(kPlus) || accept(kAmpersand));
  } while (accept(kComma));
}

}  // namespace simple::syntax
