// Functions, types, impl blocks, imports.
#include "syntax/parser_impl.h"

namespace simple::syntax {

using enum TokenKind;
using ast::Stmt;
using ast::StmtKind;

// What the bodies of classes, structs, traits, mixins, enums and impls are made of.
struct Members {
  explicit Members(Parser& parser)
      : fields(parser),
        methods(parser),
        forwards(parser),
        invariants(parser),
        constants(parser),
        decorators(parser),
        mixins(parser) {}

  Parser::Gather<ast::FieldDecl> fields;
  Parser::Gather<ast::Function*> methods;
  Parser::Gather<ast::Forward> forwards;
  Parser::Gather<ast::Contract> invariants;
  Parser::Gather<ast::Let*> constants;
  Parser::Gather<ast::Expr*> decorators;  // Of the method that comes next.
  Parser::Gather<Symbol> mixins;          // use M in the body of a class
};

namespace {

// Decorators that only tell tools something.
bool is_metadata(std::string_view name) {
  for (const char* known :
       {"inline",   "deprecated", "simd",   "test",     "extern", "noinline", "verify",
        "pure",     "doc",        "tag",    "tags",     "export", "native",   "cold",
        "hot",      "must_use",   "allow",  "deny",     "repr",   "derive",   "cfg",
        "property", "snapshot",   "ignore", "skip",     "slow",   "safe",     "unsafe",
        "no_gc",    "gc",         "nogc",   "platform", "since",  "todo",     "effect",
        "value",    "static"}) {
    if (name == known) return true;
  }
  return false;
}

}  // namespace

// ---- Functions ------------------------------------------------------------------------
// @name, @name(args) before a function, or before anything else as metadata.
Stmt* Parser::decorated() {
  Gather<ast::Expr*> decorators(*this);
  while (at(kAt)) {
    decorator(decorators);
    if (at(kNewline)) {
      if (token().indent != layout_.indent) fail_indent();
      enter_line();
    }
  }
  // On anything but a function they are notes for tools.
  Stmt* declared = statement();
  if (declared->kind == StmtKind::kFunction) {
    ast::as<ast::FunctionDecl>(declared)->function->decorators = decorators.list();
  }
  return declared;
}

void Parser::decorator(Gather<ast::Expr*>& decorators) {
  advance();
  if (!at_any_name()) fail_expected("the name of a decorator");
  const bool metadata = is_metadata(text(token()));
  if (is_keyword(kind_)) {  // @extern and the like have no other use.
    advance();
    if (at(kLeftParen)) arguments_until(kRightParen);
    return;
  }
  ast::Expr* decorator = postfix();
  if (at(kText) && metadata) primary();  // @deprecated "why"
  if (!metadata) decorators.add(decorator);
}

Stmt* Parser::function_statement() {
  const uint32_t start = token().start;
  auto* declared = stmt<ast::FunctionDecl>(StmtKind::kFunction, {start, 0});
  bool is_static = false;
  while (at(kName)) {  // static, sync, pub
    is_static |= at_word(words_.static_);
    advance();
  }
  if (!at(kFn)) fail_expected("`fn`");
  if (ahead().kind != kLeftParen && ahead(2).kind == kAssign) {  // fn a = b
    advance();
    auto* alias = stmt<ast::Alias>(StmtKind::kAlias, {start, 0});
    alias->name = expect_any_name("the name of a function");
    advance();
    alias->value = value_expression();
    alias->at = span_from(start);
    return alias;
  }
  declared->function = function(false);
  declared->function->is_static = is_static;
  declared->at = span_from(start);
  return declared;
}

// At fn or me.
ast::Function* Parser::function(bool in_type) {
  auto* result = arena_.make<ast::Function>();
  if (accept(kMe)) {
    result->is_mutating = true;
    accept(kFn);
  } else {
    advance();
  }
  if (at(kTilde) && adjacent()) refuse(token().at(), "fn~");
  result->at = token().at();
  result->name = expect_any_name("the name of a function");
  function_rest(result, in_type);
  return result;
}

// Behind the name.
void Parser::function_rest(ast::Function* function, bool in_type) {
  skip_generics();
  if (at(kLeftParen)) {
    parameters(function);
  } else if (!in_type && !at(kColon) && !at(kArrow)) {
    fail_expected("`(` after the name of a function");
  }
  if (accept(kArrow)) function->result = type();
  skip_where();
  if (accept_colon("the head of a function")) function->body = body(function);
}

void Parser::parameters(ast::Function* function) {
  Brackets brackets(*this);
  Gather<ast::Parameter> list(*this);
  bool has_variadic = false;
  while (!at(kRightParen)) {
    bool is_self = false;
    const ast::Parameter next = parameter(is_self);
    if (is_self) {
      function->has_self = true;
    } else {
      // Behind the one with `...` are those that only a name can reach.
      if (has_variadic && (next.variadic || next.fallback == nullptr)) {
        fail(next.at, next.variadic
                          ? "only one parameter can have `...`"
                          : "a parameter behind the one with `...` needs a default");
      }
      has_variadic = has_variadic || next.variadic;
      list.add(next);
    }
    if (!accept(kComma)) break;
  }
  brackets.close();
  function->parameters = list.list();
}

ast::Parameter Parser::parameter(bool& is_self) {
  ast::Parameter result;
  while (at(kAmpersand) || at(kStar)) advance();
  if ((at_word(words_.mut) || at(kVar) || at(kVal) || at(kLet) || at_word(words_.out) ||
       at_word(words_.move)) &&
      (ahead().kind == kName || ahead().kind == kSelf)) {
    advance();
  }
  const uint32_t start = token().start;
  result.at = token().at();
  if (at(kSelf)) {
    is_self = true;
    advance();
    if (accept(kColon)) type();
    return result;
  }
  if (at(kLeftParen) || at(kLeftBracket)) {
    result.pattern = binding_pattern();
  } else {
    result.name = expect_any_name("a parameter");
  }
  if (accept(kColon)) result.type = type();
  if (accept(kEllipsis)) result.variadic = true;
  if (accept(kAssign)) result.fallback = expression();
  result.at = span_from(start);
  return result;
}

// `in:`, `requires:`, `out(ret):`, `ensures:`, `invariant:` at the start of a body.
bool Parser::contract(Gather<ast::Contract>& contracts) {
  ast::Contract result;
  const bool named = at(kName) && (at_word(words_.requires_) || at_word(words_.ensures) ||
                                   at_word(words_.invariant) || at_word(words_.out) ||
                                   at_word(words_.decreases));
  if (!at(kIn) && !named) return false;
  const TokenKind next = ahead().kind;
  // out(ret): and out():
  const uint32_t close = next == kLeftParen ? ahead().value : 0;
  const bool bound = close != 0 && close <= at_ + 3 &&
                     tokens_[close + 1].kind == kColon &&
                     (at_word(words_.out) || at_word(words_.ensures));
  if (next != kColon && !bound) return false;
  const bool is_decreases = at_word(words_.decreases);
  result.kind = at(kIn) || at_word(words_.requires_) ? ast::Contract::Kind::kRequires
                : at_word(words_.invariant)          ? ast::Contract::Kind::kInvariant
                                                     : ast::Contract::Kind::kEnsures;
  advance();
  if (bound) {
    Brackets brackets(*this);
    if (!at(kRightParen)) result.result = expect_name("a name for the result");
    brackets.close();
  }
  expect_colon("a contract");
  result.conditions = conditions();
  // How a recursion gets smaller is for provers.
  if (!is_decreases) contracts.add(result);
  return true;
}

ast::List<ast::Expr*> Parser::conditions() {
  Gather<ast::Expr*> list(*this);
  lines([&] {
    ast::Expr* condition = expression();
    if (!layout_.brackets && accept(kComma)) expression();  // A message.
    list.add(condition);
  });
  return list.list();
}

// ---- Types ----------------------------------------------------------------------------
Stmt* Parser::type_declaration(ast::TypeDecl::Form form) {
  const uint32_t start = token().start;
  auto* result = stmt<ast::TypeDecl>(StmtKind::kTypeDecl, {start, 0});
  result->form = form;
  advance();
  result->name_at = token().at();
  result->name = expect_any_name("the name of a type");
  skip_generics();
  Members members(*this);
  Gather<Symbol>& bases = members.mixins;
  if (at(kLeftParen)) {
    Brackets brackets(*this);
    while (!at(kRightParen)) {
      bases.add(base_type());
      if (!accept(kComma)) break;
    }
    brackets.close();
  }
  for (;;) {
    if (at_word(words_.with) || at_word(words_.implements)) {
      do {
        advance();
        bases.add(base_type());
      } while (at(kComma));
    } else if (at_word(words_.extends)) {  // There is no inheritance.
      do {
        advance();
        cast_type();
      } while (at(kComma));
    } else {
      break;
    }
  }
  skip_where();
  if (at(kColon) && !ahead().first) {  // trait Ordered: Comparable:
    uint32_t end = type_end(at_ + 1);
    while (end != 0 && (tokens_[end].kind == kPlus || tokens_[end].kind == kAmpersand ||
                        tokens_[end].kind == kComma)) {
      end = type_end(end + 1);
    }
    if (end != 0 && tokens_[end].kind == kColon && !tokens_[end].first &&
        tokens_[end + 1].first) {
      advance();
      do bases.add(base_type());
      while (accept(kPlus) || accept(kAmpersand) || accept(kComma));
    }
  }
  if (accept_colon("the name of a type")) {
    const Nest nest(*this);
    lines([&] { type_member(members, form != ast::TypeDecl::Form::kTrait); });
  }
  result->bases = bases.list();
  result->fields = members.fields.list();
  result->methods = members.methods.list();
  result->forwards = members.forwards.list();
  result->invariants = members.invariants.list();
  result->constants = members.constants.list();
  result->at = span_from(start);
  return result;
}

bool Parser::at_function_modifier() const {
  const Symbol word = token().symbol();
  return word == words_.static_ || word == words_.sync || word == words_.async ||
         word == words_.gen || word == words_.kernel || word == words_.pub ||
         word == words_.priv;
}

// One line in the body of a type. Enums and impls have no fields.
void Parser::type_member(Members& members, bool has_fields) {
  const uint32_t start = token().start;
  while (at(kAt)) {
    decorator(members.decorators);
    if (at(kNewline)) {
      if (token().indent != layout_.indent) fail_indent();
      enter_line();
    }
  }
  const auto method = [&](bool is_static) {
    ast::Function* function = this->function(true);
    function->is_static = is_static;
    function->decorators = members.decorators.list();
    members.decorators.clear();
    members.methods.add(function);
  };
  bool is_static = false;
  while (at(kName) && at_function_modifier() && ahead().kind != kColon &&
         ahead().kind != kAssign && !starts_line(ahead())) {
    if (at_word(words_.gen) || at_word(words_.kernel)) {
      refuse(cover(token().at(), ahead().at()),
             std::string(text(token())) + " " + std::string(text(ahead())));
    }
    is_static |= at_word(words_.static_);
    advance();
  }
  const bool field_next =
      ahead().kind == kColon && !starts_line(ahead()) && at_any_name();
  if ((at(kFn) || at(kMe)) && !field_next) return method(is_static);
  members.decorators.clear();
  if (at(kText) || at(kTextStart)) {  // Documents the type.
    primary();
    return;
  }
  if (at(kPass) && !field_next) {
    pass_statement();
    return;
  }
  if (at(kLeftParen) && ahead().kind == kRightParen) {
    expression();
    return;
  }
  if (is_static || at(kConst)) {
    if (!at(kVal) && !at(kVar) && !at(kLet) && !at(kConst)) {
      fail_expected("`fn` or `val` after `static`");
    }
    const bool is_mutable = at(kVar);
    advance();
    members.constants.add(ast::as<ast::Let>(let_rest(start, is_mutable, !is_mutable)));
    return;
  }
  if (at_word(words_.invariant) && ahead().kind == kColon) {
    contract(members.invariants);
    return;
  }
  if (at_word(words_.alias) && !field_next) {
    members.forwards.add(forward());
    return;
  }
  if (at_word(words_.type) && ahead().kind == kName) {  // type Item = T of a trait.
    advance();
    advance();
    skip_generics();
    if (accept(kColon) || accept(kAssign)) type();
    return;
  }
  if (!has_fields) fail_expected("`fn`, `me` or `static fn`");
  if (at_word(words_.use) && ahead().kind == kName && !starts_line(ahead())) {
    do {
      advance();
      members.mixins.add(cast_type()->name);
    } while (at(kComma));
    return;
  }
  bool is_mutable = false;
  if ((at(kVar) || at(kVal) || at(kLet) || at_word(words_.mut)) && !field_next) {
    is_mutable = at(kVar) || at_word(words_.mut);
    advance();
    if (at_word(words_.mut) && ahead().kind == kName) {
      is_mutable = true;
      advance();
    }
  }
  members.fields.add(field(is_mutable));
  while (accept(kComma)) {
    if (at(kNewline)) return;
    members.fields.add(field(is_mutable));
  }
}

// name: T = default
ast::FieldDecl Parser::field(bool is_mutable) {
  ast::FieldDecl result;
  result.is_mutable = is_mutable;
  result.at = token().at();
  result.name = expect_any_name("a field or a method");
  const bool has_type = accept(kColon);
  if (has_type) result.type = type();
  if (accept(kAssign)) {
    result.fallback = value_expression();
  } else if (!has_type) {
    fail_expected("`:` and the type of the field");
  }
  return result;
}

// alias fn size = inner.size, alias me add(x) = inner.add, alias Trait = field
ast::Forward Parser::forward() {
  ast::Forward result;
  advance();
  const bool is_method = at(kFn) || at(kMe);
  result.is_mutating = at(kMe);
  if (is_method) {
    advance();
    accept(kFn);
  }
  result.at = token().at();
  result.name = expect_any_name("the name of what is forwarded");
  if (is_method && at(kLeftParen)) {
    ast::Function ignored;
    parameters(&ignored);
  }
  if (accept(kArrow)) type();
  expect(kAssign, "`=`");
  if (at(kSelf) && ahead().kind == kDot) {
    advance();
    advance();
  }
  result.field = expect_any_name("the name of a field");
  if (is_method) {
    expect(kDot, "`.` and the name of a method");
    result.method = expect_any_name("the name of a method");
  }
  return result;
}

Stmt* Parser::enum_declaration() {
  const uint32_t start = token().start;
  auto* result = stmt<ast::EnumDecl>(StmtKind::kEnum, {start, 0});
  advance();
  result->name_at = token().at();
  result->name = expect_any_name("the name of an enum");
  skip_generics();
  if (at(kLeftParen)) {  // Traits, or the type of the numbers: nothing depends on them.
    Brackets brackets(*this);
    while (!at(kRightParen)) {
      cast_type();
      if (!accept(kComma)) break;
    }
    brackets.close();
  }
  if (accept_word(words_.with)) cast_type();
  skip_where();
  Gather<ast::VariantDecl> variants(*this);
  Members members(*this);
  expect_colon("the name of an enum");
  {
    const Nest nest(*this);
    lines([&] {
      const bool is_variant =
          (at(kName) || is_keyword(kind_)) && !at(kFn) && !at(kMe) && !at(kPass) &&
          !at(kVal) && !at(kVar) && !at(kConst) &&
          !(at_function_modifier() && ahead().space_before && !starts_line(ahead()) &&
            (ahead().kind == kFn || ahead().kind == kMe || ahead().kind == kName ||
             ahead().kind == kVal));
      if (!is_variant && !at(kPipe)) return type_member(members, false);
      if (at(kCase)) advance();
      accept(kPipe);
      do {
        if (at(kNewline)) break;
        variants.add(variant());
      } while (accept(kPipe) || accept(kComma));
    });
  }
  if (!members.constants.empty()) {
    fail(members.constants[0]->at,
         "`static val` is not supported by this host in an enum");
  }
  result->variants = variants.list();
  result->methods = members.methods.list();
  result->at = span_from(start);
  return result;
}

// V, V(f64), V(w: f64), V = 3, V { x: i64 }
ast::VariantDecl Parser::variant() {
  ast::VariantDecl result;
  result.at = token().at();
  result.name = expect_any_name("the name of a variant");
  if (at(kLeftParen) || at(kLeftBrace)) {
    result.braces = at(kLeftBrace);
    Brackets brackets(*this);
    Gather<ast::FieldDecl> fields(*this);
    while (!at(brackets.closer())) {
      ast::FieldDecl field;
      field.at = token().at();
      if (at_any_name() && ahead().kind == kColon) {
        field.name = token().symbol();
        advance();
        advance();
      } else if (result.braces) {
        fail_expected("the name of a field");
      }
      field.type = type();
      if (accept(kAssign)) field.fallback = expression();
      fields.add(field);
      if (!accept(kComma)) break;
    }
    brackets.close();
    result.fields = fields.list();
  }
  if (accept(kAssign)) {
    const Height height(*this);
    result.value = unary();
  }
  return result;
}

// impl T:, impl Tr for T:, impl<U> Box<U>:, extend T:
Stmt* Parser::impl_declaration(bool is_extend) {
  const uint32_t start = token().start;
  auto* result = stmt<ast::Impl>(StmtKind::kImpl, {start, 0});
  advance();
  const uint32_t generics = at_;
  if (!is_extend && at(kLess)) skip_generics();
  const uint32_t generics_end = at_;
  result->type = cast_type();
  if (accept(kFor)) {
    result->trait = result->type->name;
    result->type = cast_type();
  }
  for (uint32_t i = generics; i < generics_end; ++i) {
    if (tokens_[i].kind == kName && result->type->kind == ast::Type::Kind::kNamed &&
        tokens_[i].symbol() == result->type->name) {
      refuse(result->type->at, "impl for a type parameter");
    }
  }
  if (accept_word(words_.with)) result->trait = cast_type()->name;
  skip_where();
  Members members(*this);
  if (accept_colon("the type of an impl")) {
    const Nest nest(*this);
    lines([&] { type_member(members, false); });
  }
  if (!members.forwards.empty()) {
    fail(members.forwards[0].at, "`alias` is not supported by this host in an `impl`",
         "it stands in the class itself");
  }
  result->methods = members.methods.list();
  result->constants = members.constants.list();
  result->at = span_from(start);
  return result;
}

// type A = [i64]
Stmt* Parser::type_alias() {
  const uint32_t start = token().start;
  auto* result = stmt<ast::Alias>(StmtKind::kAlias, {start, 0});
  advance();
  result->name = expect_any_name("the name of a type");
  skip_generics();
  expect(kAssign, "`=` and a type");
  if (at_word(words_.newtype)) refuse(token().at(), "newtype");
  result->type = type();
  if (at_word(words_.where)) refuse(token().at(), "where");
  result->at = span_from(start);
  return result;
}

// alias A = B
Stmt* Parser::alias_statement() {
  if (ahead().kind == kFn) {  // alias fn a = b
    advance();
    return function_statement();
  }
  return type_alias();
}

// extern fn f(a: i64) -> i64, extern type T, extern class C
Stmt* Parser::extern_declaration() {
  const uint32_t start = token().start;
  advance();
  if (at(kText)) primary();  // extern "C" fn
  if (at(kFn)) {
    auto* result = stmt<ast::FunctionDecl>(StmtKind::kFunction, {start, 0});
    result->function = function(false);
    result->function->is_extern = true;
    if (result->function->body != nullptr) {
      fail(result->function->at, "an extern function has no body");
    }
    result->at = span_from(start);
    return result;
  }
  if (at(kClass) || at(kStruct) || at_word(words_.type)) {
    auto* result = stmt<ast::ExternType>(StmtKind::kExternType, {start, 0});
    advance();
    result->name_at = token().at();
    result->name = expect_any_name("the name of a type");
    skip_generics();
    if (at(kColon)) {
      fail(token().at(), "an `extern class` with a body is not supported by this host",
           "declare its functions with `extern fn`");
    }
    result->at = span_from(start);
    return result;
  }
  fail_expected("`fn`, `type` or `class` after `extern`");
}

// ---- Modules --------------------------------------------------------------------------
// a.b.c, with `::` and `/` as older forms of the dot. Stops before `.*` and `.{`.
ast::List<Symbol> Parser::module_path(bool& wildcard, bool& braces) {
  Gather<Symbol> path(*this);
  while (at(kDot) || at(kDotDot)) {  // .sibling, ..parent
    if (at(kDotDot)) path.add(intern(".."));
    advance();
    if (at(kSlash)) advance();
  }
  for (;;) {
    path.add(expect_any_name("the name of a module"));
    if (!at(kDot) && !at(kDoubleColon) && !at(kSlash)) break;
    advance();
    wildcard = at(kStar);
    braces = at(kLeftBrace);
    if (wildcard) advance();
    if (wildcard || braces) break;
  }
  return path.list();
}

// c, d as e: in braces, or to the end of the line.
ast::List<ast::ImportName> Parser::import_names(bool in_braces) {
  Gather<ast::ImportName> names(*this);
  const auto name = [&] {
    ast::ImportName next;
    next.at = token().at();
    next.name = expect_any_name("a name to import");
    // A path in the list: what counts is its last part.
    while (accept(kDot)) next.name = expect_any_name("a name to import");
    next.as = next.name;
    if (accept_word(words_.as)) next.as = expect_any_name("a name");
    names.add(next);
  };
  if (in_braces) {
    Brackets brackets(*this);
    while (!at(kRightBrace)) {
      if (at(kStar)) {
        fail(token().at(), "`*` among other names is not supported by this host",
             "write `use a.b.*`");
      }
      name();
      if (!accept(kComma)) break;
    }
    brackets.close();
    return names.list();
  }
  do {
    if (at(kNewline)) enter_line();
    name();
  } while (accept(kComma));
  return names.list();
}

// use and import, from the word on.
Stmt* Parser::use_statement(uint32_t start, bool reexport, bool module_only) {
  auto* result = stmt<ast::Import>(StmtKind::kImport, {start, 0});
  result->reexport = reexport;
  advance();
  if (at_word(words_.lazy) && next_is(kName)) advance();
  if (at_word(words_.type) && next_is(kName)) advance();
  bool braces = false;
  result->path = module_path(result->wildcard, braces);
  if (braces && ahead().kind == kStar && ahead(2).kind == kRightBrace) {  // use a.b.{*}
    Brackets brackets(*this);
    advance();
    brackets.close();
    result->wildcard = true;
  } else if (braces) {
    result->names = import_names(true);
  } else if (!result->wildcard) {
    if (at(kLeftBrace) && !module_only) {  // use a.b {c}
      result->names = import_names(true);
    } else if (at(kLeftParen) && !module_only) {  // use a.b (c, d)
      Brackets brackets(*this);
      result->names = import_names(false);
      accept(kComma);
      brackets.close();
    } else {
      result->module_alias = result->path.back();
      result->names_or_module = !module_only && result->path.size() > 1;
      if (accept_word(words_.as)) result->module_alias = expect_any_name("a name");
      if (module_only && at(kComma)) {
        fail(token().at(), "one `import` names one module", "write one line for each");
      }
      if (at(kComma)) {  // use a.b, c: of the same module.
        Gather<Symbol> path(*this);
        Gather<ast::ImportName> names(*this);
        for (const Symbol part : result->path) path.add(part);
        if (path.size() < 2) fail_expected("the end of the line");
        ast::ImportName first{result->path.back(), result->module_alias,
                              span_from(start)};
        path.drop_last();
        names.add(first);
        advance();
        for (const ast::ImportName& name : import_names(false)) names.add(name);
        result->path = path.list();
        result->names = names.list();
        result->module_alias = {};
        result->names_or_module = false;
      }
    }
  }
  result->at = span_from(start);
  return result;
}

// from a.b import c, d as e
Stmt* Parser::from_statement() {
  const uint32_t start = token().start;
  auto* result = stmt<ast::Import>(StmtKind::kImport, {start, 0});
  advance();
  bool braces = false;
  result->path = module_path(result->wildcard, braces);
  if (!accept_word(words_.import) && !accept_word(words_.use)) fail_expected("`import`");
  if (accept(kStar)) {
    result->wildcard = true;
  } else if (at(kLeftBrace)) {
    result->names = import_names(true);
  } else if (at(kLeftParen)) {
    Brackets brackets(*this);
    result->names = import_names(false);
    accept(kComma);
    brackets.close();
  } else {
    result->names = import_names(false);
  }
  result->at = span_from(start);
  return result;
}

// export x, y; export {A} from m; export use m.*; export fn f(): ...
Stmt* Parser::export_statement() {
  const uint32_t start = token().start;
  advance();
  if (at_word(words_.use)) return use_statement(start, true, false);
  const bool declares =
      at(kFn) || at(kClass) || at(kStruct) || at(kEnum) || at(kVal) || at(kVar) ||
      at(kConst) || at(kLet) || at(kAt) ||
      (at(kName) && ahead().kind == kName && !starts_line(ahead()) &&
       ahead().symbol() != words_.from && ahead().symbol() != words_.as);
  if (declares) return statement();
  if (at(kStar)) {  // export * from m
    auto* all = stmt<ast::Import>(StmtKind::kImport, {start, 0});
    advance();
    if (!accept_word(words_.from)) fail_expected("`from`");
    bool braces = false;
    all->path = module_path(all->wildcard, braces);
    all->wildcard = true;
    all->reexport = true;
    all->at = span_from(start);
    return all;
  }
  if (at(kName) && (ahead().kind == kDot || ahead().kind == kDoubleColon)) {
    // export m.*, export m.{a}: as with use.
    auto* part = stmt<ast::Import>(StmtKind::kImport, {start, 0});
    bool braces = false;
    part->reexport = true;
    part->path = module_path(part->wildcard, braces);
    if (braces) {
      part->names = import_names(true);
    } else if (!part->wildcard) {
      part->module_alias = part->path.back();
      part->names_or_module = true;
    }
    part->at = span_from(start);
    return part;
  }
  auto* result = stmt<ast::Export>(StmtKind::kExport, {start, 0});
  result->names = import_names(at(kLeftBrace));
  if (accept_word(words_.from)) {
    bool wildcard = false;
    bool braces = false;
    result->from = module_path(wildcard, braces);
  }
  result->at = span_from(start);
  return result;
}

// mod x
Stmt* Parser::mod_statement() {
  const uint32_t start = token().start;
  auto* result = stmt<ast::Import>(StmtKind::kImport, {start, 0});
  advance();
  const Symbol name = expect_any_name("the name of a module");
  result->path = one(name);
  result->module_alias = name;
  if (at(kColon) || at(kLeftBrace)) refuse({start, 3}, "mod with a body");
  result->at = span_from(start);
  return result;
}

}  // namespace simple::syntax
