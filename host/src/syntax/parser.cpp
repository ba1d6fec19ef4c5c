#include "syntax/parser.h"

#include <algorithm>

#include "syntax/lexer.h"
#include "syntax/parser_impl.h"

namespace simple {
namespace syntax {

using enum TokenKind;

Words::Words()
    : actor(intern("actor")),
      alias(intern("alias")),
      as(intern("as")),
      assert_(intern("assert")),
      async(intern("async")),
      await(intern("await")),
      bind(intern("bind")),
      bitfield(intern("bitfield")),
      common(intern("common")),
      comptime(intern("comptime")),
      context(intern("context")),
      decreases(intern("decreases")),
      defer(intern("defer")),
      dyn(intern("dyn")),
      ensures(intern("ensures")),
      errdefer(intern("errdefer")),
      expect(intern("expect")),
      export_(intern("export")),
      extend(intern("extend")),
      extends(intern("extends")),
      extern_(intern("extern")),
      from(intern("from")),
      gen(intern("gen")),
      ghost(intern("ghost")),
      go(intern("go")),
      impl(intern("impl")),
      implements(intern("implements")),
      import(intern("import")),
      invariant(intern("invariant")),
      kernel(intern("kernel")),
      lazy(intern("lazy")),
      loop(intern("loop")),
      macro(intern("macro")),
      mixin(intern("mixin")),
      mod(intern("mod")),
      module(intern("module")),
      move(intern("move")),
      mut(intern("mut")),
      newtype(intern("newtype")),
      not_to(intern("not_to")),
      out(intern("out")),
      print(intern("print")),
      priv(intern("priv")),
      pub(intern("pub")),
      requires_(intern("requires")),
      shared(intern("shared")),
      spawn(intern("spawn")),
      static_(intern("static")),
      sync(intern("sync")),
      then(intern("then")),
      to(intern("to")),
      trait(intern("trait")),
      type(intern("type")),
      underscore(intern("_")),
      union_(intern("union")),
      unit(intern("unit")),
      unsafe(intern("unsafe")),
      unwrap(intern("unwrap")),
      use(intern("use")),
      where(intern("where")),
      with(intern("with")),
      yield(intern("yield")) {}

const Words& words() {
  static const Words* const instance = new Words;
  return *instance;
}

Parser::Parser(const Source& source, ast::Module& module,
               std::vector<Diagnostic>& diagnostics)
    : source_(source),
      source_text_(source.text()),
      module_(module),
      arena_(module.arena),
      diagnostics_(diagnostics),
      words_(words()) {}

void Parser::run() {
  const size_t before = diagnostics_.size();
  Tokens tokens = lex(source_, arena_, diagnostics_);
  tokens_ = std::move(tokens.list);
  texts_ = std::move(tokens.texts);
  for (size_t i = before; i < diagnostics_.size(); ++i) {
    lexer_error_lines_.push_back(source_.line_number(diagnostics_[i].at.start));
  }
  std::sort(lexer_error_lines_.begin(), lexer_error_lines_.end());
  module_.body = module_body();
  std::stable_sort(
      diagnostics_.begin() + static_cast<std::ptrdiff_t>(before), diagnostics_.end(),
      [](const Diagnostic& a, const Diagnostic& b) { return a.at.start < b.at.start; });
}

// ---- Tokens ---------------------------------------------------------------------------
bool Parser::is_closer(TokenKind kind) {
  return kind == kRightParen || kind == kRightBracket || kind == kRightBrace ||
         kind == kPieceClose;
}

// Whether a token that starts a line goes on with the statement before it.
bool Parser::continues_line(const Token& token) const {
  switch (token.kind) {
    case kDot:
    case kDotQuestion:
    case kQuestionDot:
    case kCoalesce:
    case kAnd:
    case kOr:
    case kAmpersands:
    case kPipes:
    case kPipeForward:
    case kLayerConnect:
    case kEqual:
    case kNotEqual:
    case kLess:
    case kLessEqual:
    case kGreater:
    case kGreaterEqual:
      return true;
    case kPlus:
    case kMinus:
    case kStar:
    case kSlash:
    case kPercent:
    case kPower:
    case kXor:
    case kCaret:
    case kShiftLeft:
    case kShiftRight:
    case kArrow:
      return token.indent > layout_.indent;
    default:
      return false;
  }
}

void Parser::expect(TokenKind kind, const char* what) {
  if (!accept(kind)) fail_expected(what);
}

Symbol Parser::expect_name(const char* what) {
  if (at(kName)) {
    const Symbol result = token().symbol();
    advance();
    return result;
  }
  if (is_keyword(kind_)) {
    fail(token().at(),
         "Unexpected token: expected " + std::string(what) + ", found " + describe(),
         "a keyword cannot be a name here");
  }
  fail_expected(what);
}

Symbol Parser::expect_any_name(const char* what) {
  if (!at_any_name()) fail_expected(what);
  const Symbol result = token().symbol();
  advance();
  return result;
}

// if~, while~, and~ ... wait for their value. Nothing is computed elsewhere here, so each
// is there at once and they are what they are without the mark.
void Parser::skip_suspend() {
  if (at(kTilde) && adjacent() && ahead().space_before) advance();
}

// ---- Errors ---------------------------------------------------------------------------
void Parser::report(Span at, std::string message, std::string help) {
  if (stopped_) return;
  const uint32_t line = source_.line_number(at.start);
  if (line == last_error_line_ ||
      std::binary_search(lexer_error_lines_.begin(), lexer_error_lines_.end(), line)) {
    return;
  }
  last_error_line_ = line;
  if (diagnostics_.size() >= kMostErrors) {
    message = "too many errors; the rest of the file is not looked at";
    help.clear();
    stopped_ = true;
    at_ = static_cast<uint32_t>(tokens_.size() - 1);
  }
  diagnostics_.push_back({"parse", "", std::move(message), at, std::move(help)});
}

void Parser::fail(Span at, std::string message, std::string help) {
  report(at, std::move(message), std::move(help));
  throw Abandon{};
}

void Parser::fail_expected(const char* what) {
  if (token().kind == kError) throw Abandon{};  // Reported by the lexer.
  if (token().kind == kRawBlock) refuse(token().at(), text_of(token().symbol()));
  Span at = token().at();
  if (at.length == 0 || kind_ == kNewline) at = {end_of_last_, 0};
  fail(at, "Unexpected token: expected " + std::string(what) + ", found " + describe());
}

void Parser::refuse(Span at, std::string_view construct) {
  std::string name(construct);
  if (token().kind == kRawBlock) name += "{...}";
  fail(at, "`" + name + "` is" + std::string(kRefused));
}

void Parser::too_deep() {
  report(token().at(), "nested too deeply: more than " + std::to_string(kDeepest) +
                           " levels of brackets, blocks and operators");
  stopped_ = true;
  at_ = static_cast<uint32_t>(tokens_.size() - 1);
  refresh();
  throw Abandon{};
}

void Parser::deepen(Span at) {
  if (++operators_ <= kMostOperators) return;
  fail(at, "this expression is too long: more than " + std::to_string(kMostOperators) +
               " operators and calls in one");
}

std::string Parser::describe() const {
  if (kind_ == kNewline) return "the end of the line";
  if (kind_ == kEnd) return "the end of the file";
  constexpr size_t kLongest = 40;
  std::string_view found = text(token());
  if (found.size() <= kLongest) return "`" + std::string(found) + "`";
  size_t length = kLongest;
  while ((static_cast<unsigned char>(found[length]) & 0xC0) == 0x80) --length;
  return "`" + std::string(found.substr(0, length)) + "...`";
}

// Goes to the line after the statement that starts at token `statement` and in which
// something was wrong. What is indented below it is skipped with it: without its header
// it could only give rise to more errors.
void Parser::recover(uint32_t statement) {
  const auto last = static_cast<uint32_t>(tokens_.size() - 1);
  if (stopped_) at_ = last;
  uint32_t next = statement;
  while (next < last) {
    const Token& token = tokens_[next];
    if (is_closer(token.kind)) {
      if (next > at_ || open_brackets_ > 0) break;
    } else if (next > statement && next >= at_ && token.first &&
               token.indent <= layout_.indent && token.kind != kElse &&
               token.kind != kElif) {
      break;
    }
    const bool opens = token.kind == kLeftParen || token.kind == kLeftBracket ||
                       token.kind == kLeftBrace || token.kind == kPieceOpen;
    next = opens && token.value != 0 ? token.value + 1 : next + 1;
  }
  at_ = std::max(next, statement);
  refresh();
}

// ---- Brackets -------------------------------------------------------------------------
Parser::Brackets::Brackets(Parser& parser)
    : parser_(parser),
      outer_layout_(parser.layout_),
      outer_mode_(parser.mode_),
      closer_(static_cast<TokenKind>(static_cast<uint8_t>(parser.token().kind) + 1)) {
  if (parser.token().value == 0) throw Abandon{};  // Never closed; the lexer said so.
  parser.layout_.brackets = true;
  parser.mode_ = Mode{};
  ++parser.open_brackets_;
  parser.advance();
}

Parser::Brackets::~Brackets() {
  --parser_.open_brackets_;
  parser_.layout_ = outer_layout_;
  parser_.mode_ = outer_mode_;
}

void Parser::Brackets::close() {
  if (!parser_.at(closer_)) {
    parser_.fail_expected(closer_ == kRightParen     ? "`,` or `)`"
                          : closer_ == kRightBracket ? "`,` or `]`"
                                                     : "`,` or `}`");
  }
  parser_.layout_ = outer_layout_;
  parser_.advance();
}

// ---- Blocks ---------------------------------------------------------------------------
ast::Block* Parser::module_body() {
  Gather<ast::Stmt*> list(*this);
  const uint32_t start = token().start;
  enter_line();
  while (!at(kEnd)) {
    const uint32_t before = at_;
    if (token().indent > 0) {
      report(token().at(), "this line is indented, but no block is open here");
    }
    statements(list, nullptr);
    if (!at(kEnd)) {
      if (at_ == before) advance();
      enter_line();
    }
  }
  auto* block = expr<ast::Block>(ast::ExprKind::kBlock, span_from(start));
  block->statements = list.list();
  return block;
}

// A text alone on its line documents what it stands in; only as the last one is it a
// value.
static bool is_docstring(const ast::Stmt* statement) {
  if (statement->kind != ast::StmtKind::kExpr) return false;
  const ast::ExprKind kind = ast::as<const ast::ExprStmt>(statement)->value->kind;
  return kind == ast::ExprKind::kText || kind == ast::ExprKind::kInterpolation;
}

void Parser::statements(Gather<ast::Stmt*>& list, ast::Function* contracts_of) {
  Gather<ast::Contract> contracts(*this);
  for (;;) {
    const uint32_t start = at_;
    try {
      if (contracts_of == nullptr || !contract(contracts)) {
        ast::Stmt* next = statement();
        if (!list.empty() && is_docstring(list.back())) list.drop_last();
        list.add(next);
      }
      end_line();
    } catch (const Abandon&) {
      recover(start);
    }
    if (kind_ != kNewline || token().indent != layout_.indent ||
        is_closer(token().kind)) {
      break;
    }
    enter_line();
  }
  if (contracts_of != nullptr) contracts_of->contracts = contracts.list();
}

// After a statement: the line has to be over.
void Parser::end_line() {
  if (at(kEnd)) return;
  if (at(kNewline)) {
    if (token().indent > layout_.indent && !is_closer(token().kind) &&
        !(open_brackets_ > 0 && token().kind == kComma)) {
      fail_indent();
    }
    return;
  }
  if (open_brackets_ > 0 && (is_closer(kind_) || at(kComma))) return;
  if (token().kind == kSemicolon) {
    fail(token().at(), "Unexpected token: expected the end of the line, found `;`",
         "write each statement on a line of its own");
  }
  fail_expected("the end of the line");
}

void Parser::fail_indent() {
  const Token& here = token();
  if (here.kind == kEnd || here.indent <= layout_.indent) {
    Span at = here.kind == kEnd ? Span{end_of_last_, 0} : here.at();
    fail(at, "expected an indented block after `:`");
  }
  const std::string_view line = source_.line(source_.line_number(here.start));
  const std::string_view margin = line.substr(0, line.find_first_not_of(" \t"));
  if (margin.find('\t') != std::string_view::npos) {
    fail(here.at(), "inconsistent indentation: this line fits no block around it",
         "it mixes tabs and spaces, or differs in that from the lines before; a tab "
         "counts "
         "as 4 columns");
  }
  fail(here.at(), "inconsistent indentation: this line fits no block around it",
       "it is indented by " + std::to_string(here.indent) + ", the block by " +
           std::to_string(layout_.indent));
}

ast::Block* Parser::body(ast::Function* contracts_of) {
  const Token& first = token();
  if (first.kind == kEnd) fail_indent();
  if (first.first) {
    if (is_closer(first.kind)) fail_expected("a block");
    if (layout_.brackets || first.indent > layout_.indent) {
      return indented_block(contracts_of);
    }
    // A single statement may stand at the margin of the header, but not what only a
    // forgotten body explains.
    switch (first.kind) {
      case kFn:
      case kMe:
      case kStruct:
      case kClass:
      case kEnum:
      case kElse:
      case kElif:
      case kCase:
      case kAt:
        fail_indent();
      default:
        break;
    }
    if (first.indent < layout_.indent) fail_indent();
    enter_line();
  }
  if (contracts_of != nullptr) {
    Gather<ast::Contract> contracts(*this);
    if (contract(contracts)) {
      contracts_of->contracts = contracts.list();
      return block_of(stmt<ast::Pass>(ast::StmtKind::kPass, {end_of_last_, 0}));
    }
  }
  return block_of(statement());
}

ast::Block* Parser::indented_block(ast::Function* contracts_of) {
  const Nest nest(*this);
  Gather<ast::Stmt*> list(*this);
  const uint32_t start = token().start;
  {
    const With layout(layout_, Layout{token().indent, false});
    const With mode(mode_, Mode{});
    enter_line();
    statements(list, contracts_of);
  }
  refresh();
  auto* block = expr<ast::Block>(ast::ExprKind::kBlock, span_from(start));
  block->statements = list.list();
  return block;
}

void Parser::expect_colon(const char* after) {
  if (accept(kColon)) return;
  fail_expected(("`:` after " + std::string(after)).c_str());
}

// Before a body that may be left out; but not if lines follow that look like one.
bool Parser::accept_colon(const char* after) {
  if (accept(kColon)) return true;
  if (at(kNewline) && token().indent > layout_.indent && !is_closer(token().kind)) {
    fail_expected(("`:` after " + std::string(after)).c_str());
  }
  return false;
}

ast::Block* Parser::colon_body(const char* after) {
  expect_colon(after);
  return body();
}

ast::Block* Parser::block_of(ast::Stmt* statement) {
  auto* block = expr<ast::Block>(ast::ExprKind::kBlock, statement->at);
  block->statements = one(statement);
  return block;
}

ast::Block* Parser::block_of(ast::Expr* value) {
  return block_of(expression_as_statement(value));
}

ast::Stmt* Parser::expression_as_statement(ast::Expr* value) {
  auto* statement = stmt<ast::ExprStmt>(ast::StmtKind::kExpr, value->at);
  statement->value = value;
  return statement;
}

}  // namespace syntax

std::unique_ptr<ast::Module> parse(const Source& source,
                                   std::vector<Diagnostic>& diagnostics) {
  auto module = std::make_unique<ast::Module>();
  module->source = &source;
  syntax::Parser(source, *module, diagnostics).run();
  return module;
}

bool wants_more(std::string_view text) {
  const Source source("<line>", std::string(text));
  ast::Arena arena;
  std::vector<Diagnostic> diagnostics;
  const Tokens tokens = lex(source, arena, diagnostics);
  if (tokens.ends_inside) return true;
  if (tokens.list.size() < 2 || !diagnostics.empty()) return false;
  std::string_view rest = text;
  while (!rest.empty() && (rest.back() == ' ' || rest.back() == '\r'))
    rest.remove_suffix(1);
  const bool blank_line = rest.ends_with("\n\n") || rest.ends_with("\n\r\n");
  const Token* line = &tokens.list.back() - 1;
  const Token& last = *line;
  while (!line->first && line > tokens.list.data()) --line;
  if (line->indent > 0 && !blank_line) return true;
  if (line->kind == TokenKind::kAt) return true;
  while (!rest.empty() && rest.back() == '\n') rest.remove_suffix(1);
  if (rest.ends_with('\\')) return true;
  switch (last.kind) {
    case TokenKind::kColon:
    case TokenKind::kComma:
    case TokenKind::kDot:
    case TokenKind::kAssign:
    case TokenKind::kColonAssign:
    case TokenKind::kPlusAssign:
    case TokenKind::kMinusAssign:
    case TokenKind::kStarAssign:
    case TokenKind::kSlashAssign:
    case TokenKind::kPercentAssign:
    case TokenKind::kFatArrow:
    case TokenKind::kArrow:
    case TokenKind::kIn:
    case TokenKind::kIs:
    case TokenKind::kNot:
    case TokenKind::kAnd:
    case TokenKind::kOr:
    case TokenKind::kXor:
      return true;
    default:
      return last.kind >= TokenKind::kEqual && last.kind <= TokenKind::kParallel;
  }
}

}  // namespace simple
