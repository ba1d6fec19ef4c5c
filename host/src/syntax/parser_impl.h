// The parser itself: recursive descent over the tokens of a whole file. Its member
// functions are spread over parse_*.cpp by what they parse.
//
// A function that parses something either returns it or reports what is wrong and throws
// Abandon, which the loop over the statements of the innermost block catches. So no
// function ever sees half a tree.
#ifndef SIMPLE_SYNTAX_PARSER_IMPL_H_
#define SIMPLE_SYNTAX_PARSER_IMPL_H_

#include <algorithm>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "syntax/ast.h"
#include "syntax/lexer.h"
#include "syntax/source.h"

namespace simple::syntax {

// Words that mean something only in their construct and are names everywhere else.
struct Words {
  Words();

  Symbol actor, alias, as, assert_, async, await, bind, bitfield, common, comptime,
      context, decreases, defer, dyn, ensures, errdefer, expect, export_, extend, extends,
      extern_, from, gen, ghost, go, impl, implements, import, invariant, kernel, lazy,
      loop, macro, mixin, mod, module, move, mut, newtype, not_to, out, print, priv, pub,
      requires_, shared, spawn, static_, sync, then, to, trait, type, underscore, union_,
      unit, unsafe, unwrap, use, where, with, yield;
};

const Words& words();

bool is_binary_operator(TokenKind kind);

// How a message ends that says what this host leaves out.
inline constexpr std::string_view kRefused = " not supported by this host";
// The number of a placeholder, _1 to _9, or 0.
uint32_t placeholder_number(std::string_view name);

struct Members;

class Parser {
  friend struct Members;

 public:
  Parser(const Source& source, ast::Module& module, std::vector<Diagnostic>& diagnostics);
  void run();

 private:
  struct Abandon {};

  // Where lines end: in a block, at each line; inside brackets, nowhere.
  struct Layout {
    uint16_t indent = 0;
    bool brackets = false;
  };

  // What an expression may contain where it stands. Brackets and blocks start anew.
  struct Mode {
    bool bare = false;      // The next operand may be called without parentheses.
    bool no_cast = false;   // `as` belongs to something else.
    bool no_arrow = false;  // `->` and `=>` do.
    bool in_index = false;  // A range may be open.
  };

  // Things that are parsed inside something else are limited in depth, because everything
  // that works on the tree, the parser first, does it by recursion.
  class Nest {
   public:
    explicit Nest(Parser& parser) : parser_(parser) {
      if (parser_.nesting_ >= kDeepest) parser_.too_deep();
      ++parser_.nesting_;
    }
    ~Nest() { --parser_.nesting_; }
    Nest(const Nest&) = delete;
    Nest& operator=(const Nest&) = delete;

   private:
    Parser& parser_;
  };

  // A bound for the height of the tree that is being made: the operators of an expression
  // and the highest of the expressions in it.
  class Height {
   public:
    explicit Height(Parser& parser) : parser_(parser), outer_(parser.operators_) {
      parser.operators_ = 0;
    }
    ~Height() { parser_.operators_ = std::max(outer_, parser_.operators_ + 1); }
    Height(const Height&) = delete;
    Height& operator=(const Height&) = delete;

   private:
    Parser& parser_;
    uint32_t outer_;
  };

  // Inside the bracket at the current token, which is consumed, up to close().
  class Brackets {
   public:
    explicit Brackets(Parser& parser);
    ~Brackets();
    void close();
    TokenKind closer() const { return closer_; }
    Brackets(const Brackets&) = delete;
    Brackets& operator=(const Brackets&) = delete;

   private:
    Parser& parser_;
    Layout outer_layout_;
    Mode outer_mode_;
    TokenKind closer_;
  };

  // Sets a variable for the length of a scope.
  template <typename T>
  class With {
   public:
    With(T& variable, T value) : variable_(variable), before_(variable) {
      variable = value;
    }
    ~With() { variable_ = before_; }
    With(const With&) = delete;
    With& operator=(const With&) = delete;

   private:
    T& variable_;
    T before_;
  };

  // Collects the items of a list in a vector that all lists of its type share.
  template <typename T>
  class Gather {
   public:
    explicit Gather(Parser& parser)
        : parser_(parser),
          pool_(std::get<std::vector<T>>(parser.pools_)),
          base_(pool_.size()) {}
    ~Gather() { pool_.resize(base_); }
    void add(T item) { pool_.push_back(item); }
    size_t size() const { return pool_.size() - base_; }
    bool empty() const { return pool_.size() == base_; }
    T& operator[](size_t index) { return pool_[base_ + index]; }
    T& back() { return pool_.back(); }
    void drop_last() { pool_.pop_back(); }
    void clear() { pool_.resize(base_); }
    ast::List<T> list() {
      ast::List<T> result;
      result.count = static_cast<uint32_t>(size());
      if (result.count == 0) return result;
      const size_t bytes = sizeof(T) * size();
      result.items = static_cast<T*>(parser_.arena_.allocate(bytes));
      std::memcpy(static_cast<void*>(result.items), pool_.data() + base_, bytes);
      return result;
    }
    Gather(const Gather&) = delete;
    Gather& operator=(const Gather&) = delete;

   private:
    Parser& parser_;
    std::vector<T>& pool_;
    size_t base_;
  };

  template <typename T>
  ast::List<T> one(T item) {
    Gather<T> items(*this);
    items.add(item);
    return items.list();
  }

  // ---- parser.cpp: tokens, layout, errors ---------------------------------------------
  const Token& token() const { return tokens_[at_]; }
  const Token& ahead(uint32_t count = 1) const {
    const size_t index = at_ + count;
    return tokens_[index < tokens_.size() ? index : tokens_.size() - 1];
  }
  std::string_view text(const Token& token) const {
    return source_text_.substr(token.start, token.length);
  }
  // What the current token is to the parser: kNewline where a statement may end.
  TokenKind kind() const { return kind_; }
  bool at(TokenKind kind) const { return kind_ == kind; }
  bool at_word(Symbol word) const {
    return kind_ == TokenKind::kName && token().symbol() == word;
  }
  // Whether the next token is of a kind, and on the same line.
  bool next_is(TokenKind kind) const {
    return ahead().kind == kind && !starts_line(ahead());
  }
  bool starts_line(const Token& token) const { return token.first && !layout_.brackets; }
  bool adjacent() const { return !token().space_before; }
  bool at_statement_end() const {
    return kind_ == TokenKind::kNewline || kind_ == TokenKind::kEnd || is_closer(kind_);
  }
  static bool is_closer(TokenKind kind);

  void advance() {
    end_of_last_ = token().end();
    if (at_ + 1 < tokens_.size()) ++at_;
    refresh();
  }
  void refresh() {
    const Token& now = token();
    kind_ = now.first && !layout_.brackets && now.kind != TokenKind::kEnd &&
                    !continues_line(now)
                ? TokenKind::kNewline
                : now.kind;
  }
  // Takes the current token as what it is, although it starts a line.
  void enter_line() { kind_ = token().kind; }
  bool continues_line(const Token& token) const;
  bool accept(TokenKind kind) {
    if (kind_ != kind) return false;
    advance();
    return true;
  }
  bool accept_word(Symbol word) {
    if (!at_word(word)) return false;
    advance();
    return true;
  }
  void skip_suspend();
  // let :x, \: … and let(:x): the word of specs, which is let_lazy.
  bool names_lazy_value() const {
    return kind_ == TokenKind::kLet &&
           (ahead().kind == TokenKind::kColon || (ahead().kind == TokenKind::kLeftParen &&
                                                  ahead(2).kind == TokenKind::kColon));
  }
  void expect(TokenKind kind, const char* what);
  Symbol expect_name(const char* what);      // Keywords are not names.
  Symbol expect_any_name(const char* what);  // Behind a dot they are.
  bool at_any_name() const { return at(TokenKind::kName) || is_keyword(kind_); }

  Span span_from(uint32_t start) const {
    return {start, end_of_last_ > start ? end_of_last_ - start : 0};
  }

  void report(Span at, std::string message, std::string help = "");
  [[noreturn]] void fail(Span at, std::string message, std::string help = "");
  [[noreturn]] void fail_expected(const char* what);
  [[noreturn]] void refuse(Span at, std::string_view construct);
  [[noreturn]] void too_deep();
  std::string describe() const;
  void deepen(Span at);  // One more operator on top of the tree of this expression.
  void recover(uint32_t statement);

  // ---- Blocks -------------------------------------------------------------------------
  ast::Block* module_body();
  // What follows a header's colon: an indented block, or a statement on the same line.
  ast::Block* body(ast::Function* contracts_of = nullptr);
  ast::Block* colon_body(const char* after);
  ast::Block* indented_block(ast::Function* contracts_of);
  void statements(Gather<ast::Stmt*>& list, ast::Function* contracts_of);
  // Behind a colon: calls `line` for each line of the indented block, or once for what
  // stands on the same line.
  template <typename Line>
  void lines(Line line);
  void end_line();
  [[noreturn]] void fail_indent();
  ast::Block* block_of(ast::Expr* value);
  ast::Block* block_of(ast::Stmt* statement);
  ast::Stmt* expression_as_statement(ast::Expr* value);
  void expect_colon(const char* after);
  bool accept_colon(const char* after);

  // ---- parse_statements.cpp -----------------------------------------------------------
  ast::Stmt* statement();
  ast::Stmt* word_statement();
  ast::Stmt* expression_statement();
  ast::Stmt* finish_assignment(uint32_t start, ast::Expr* target);
  void check_target(ast::Expr* target);
  ast::Stmt* let_statement();
  ast::Stmt* let_rest(uint32_t start, bool is_mutable, bool is_const);
  ast::Stmt* for_statement(Symbol label);
  ast::Stmt* while_statement(Symbol label);
  ast::Stmt* loop_statement(Symbol label);
  ast::Stmt* labelled_statement();
  ast::Stmt* return_statement();
  ast::Stmt* break_statement();
  ast::Stmt* continue_statement();
  ast::Stmt* pass_statement();
  ast::Stmt* assert_statement();
  ast::Stmt* defer_statement(bool on_error_only);
  ast::Stmt* with_statement(uint32_t start);
  ast::Stmt* context_statement();
  ast::Expr* if_expression();
  ast::Expr* match_expression();
  ast::Arm arm();
  ast::Condition condition();
  void for_head(ast::Pattern*& first, ast::Pattern*& pattern);

  // ---- parse_expressions.cpp ----------------------------------------------------------
  ast::Expr* expression();
  // Where a conditional's `if` would belong to something else.
  ast::Expr* operand();
  // The right side of `=`, of return, or a statement: calls without parentheses and
  // trailing blocks.
  ast::Expr* value_expression();
  ast::Expr* bare_expression();
  bool at_unwrap_word() const;
  ast::Expr* with_trailing_block(ast::Expr* callee, bool names_too);
  void keep_refusals(ast::Function* example, size_t errors);
  // A whole expression in which `_` stands for a parameter.
  ast::Expr* placeholder_scope();
  ast::Expr* wrap_placeholders(size_t base, ast::Expr* value);
  ast::Expr* conditional();
  ast::Expr* binary(int lowest);
  ast::Expr* range_bound();
  ast::Expr* comparison_chain(ast::Expr* left);
  ast::Expr* pipe(ast::Expr* left);
  ast::Expr* unary();

  // ---- parse_calls.cpp ----------------------------------------------------------------
  ast::Expr* postfix();
  bool callable(const ast::Expr* value) const;
  bool starts_argument() const;
  bool prints_negative(const ast::Expr* callee) const;
  bool paren_is_argument() const;
  bool paren_starts_argument() const;
  bool starts_construct() const;
  ast::Expr* dot(ast::Expr* receiver, bool safe);
  ast::Expr* arrow_call(ast::Expr* receiver);
  ast::Expr* call(ast::Expr* callee);
  ast::Expr* call_with(ast::Expr* callee, ast::List<ast::Argument> arguments);
  ast::List<ast::Argument> arguments_until(TokenKind closer);
  ast::Argument argument();
  ast::Expr* argument_value();
  ast::Expr* add_lambda(ast::Expr* callee);
  ast::Expr* bare_call(ast::Expr* callee);
  ast::Expr* expectation(ast::Expr* call);
  ast::Expr* index(ast::Expr* receiver);
  ast::Expr* subscript();
  ast::Expr* construct(ast::Expr* type);
  ast::Expr* cast(ast::Expr* value);
  ast::Expr* coalesce(ast::Expr* value);
  bool skip_type_arguments();

  // ---- parse_literals.cpp -------------------------------------------------------------
  ast::Expr* primary();
  void refuse_prefix_word();
  ast::Expr* name();
  ast::Expr* number();
  ast::Expr* interpolation();
  ast::Expr* symbol_literal();
  bool starts_unsafe_block() const;
  bool starts_loop_value() const;
  ast::Expr* unsafe_block();
  ast::Expr* parenthesized();
  ast::Expr* array();
  ast::Expr* dict();
  ast::Expr* set_of(uint32_t start, ast::List<ast::Item> items);
  ast::Item item(TokenKind closer);
  ast::Expr* comprehension(uint32_t start, ast::Expr* key, ast::Expr* value);
  ast::Expr* dict_comprehension(uint32_t start);
  ast::Generator generator();

  // ---- parse_lambdas.cpp --------------------------------------------------------------
  ast::Expr* lambda();
  ast::Parameter lambda_parameter();
  bool typed_lambda_parameter(uint32_t index) const;
  ast::Expr* lambda_body(uint32_t start, ast::List<ast::Parameter> parameters);
  ast::Block* inline_value();
  bool at_pipe_lambda() const;
  ast::Expr* pipe_lambda();
  ast::Expr* fn_lambda();
  ast::Expr* arrow_lambda();

  // ---- parse_declarations.cpp ---------------------------------------------------------
  ast::Stmt* decorated();
  ast::Stmt* function_statement();
  ast::Function* function(bool in_type);
  void parameters(ast::Function* function);
  ast::Parameter parameter(bool& is_self);
  void function_rest(ast::Function* function, bool in_type);
  bool contract(Gather<ast::Contract>& contracts);
  ast::List<ast::Expr*> conditions();
  ast::Stmt* type_declaration(ast::TypeDecl::Form form);
  void type_member(Members& members, bool has_fields);
  ast::Forward forward();
  void decorator(Gather<ast::Expr*>& decorators);
  ast::Stmt* enum_declaration();
  ast::VariantDecl variant();
  ast::Stmt* impl_declaration(bool is_extend);
  ast::Stmt* type_alias();
  ast::Stmt* alias_statement();
  ast::Stmt* extern_declaration();
  ast::Stmt* use_statement(uint32_t start, bool reexport, bool module_only);
  ast::Stmt* from_statement();
  ast::Stmt* export_statement();
  ast::Stmt* mod_statement();
  ast::List<Symbol> module_path(bool& wildcard, bool& braces);
  ast::List<ast::ImportName> import_names(bool in_braces);
  ast::FieldDecl field(bool is_mutable);
  bool at_function_modifier() const;

  // ---- parse_patterns.cpp -------------------------------------------------------------
  ast::Pattern* pattern();      // With `|` between choices.
  ast::Pattern* arm_pattern();  // With `,` too, and types.
  ast::Pattern* single_pattern();
  ast::Pattern* name_pattern();
  ast::Pattern* tuple_pattern();
  ast::Pattern* array_pattern();
  ast::Pattern* number_pattern();
  ast::List<ast::FieldPattern> field_patterns(bool named_only);
  ast::Pattern* binding_pattern();  // Of val, for and the parameters of lambdas.
  ast::Pattern* pattern_of(Symbol name, Span at);

  // ---- parse_types.cpp ----------------------------------------------------------------
  ast::Type* type();
  ast::Type* cast_type();  // Without `|`.
  Symbol base_type();
  ast::Type* single_type();
  ast::Type* optional_of(ast::Type* type);
  ast::Type* fn_type();
  ast::Type* bracket_type();
  ast::Type* brace_type();
  ast::Type* paren_type();
  ast::Type* named_type();
  ast::Type* make_type(ast::Type::Kind kind, uint32_t start,
                       ast::List<ast::Type*> arguments);
  void close_angle();
  void skip_generics();  // <T: A, U> or [T] behind a declared name.
  void skip_where();
  // The index behind the type that starts at a token, or 0 if there is none.
  uint32_t type_end(uint32_t index, int depth = 0) const;

  template <typename T>
  T* expr(ast::ExprKind kind, Span at) {
    T* node = arena_.make<T>();
    node->kind = kind;
    node->at = at;
    return node;
  }
  template <typename T>
  T* stmt(ast::StmtKind kind, Span at) {
    T* node = arena_.make<T>();
    node->kind = kind;
    node->at = at;
    return node;
  }
  template <typename T>
  T* patt(ast::PatternKind kind, Span at) {
    T* node = arena_.make<T>();
    node->kind = kind;
    node->at = at;
    return node;
  }

  static constexpr uint32_t kDeepest = 400;
  static constexpr uint32_t kMostOperators = 3000;
  static constexpr size_t kMostErrors = 1000;

  const Source& source_;
  std::string_view source_text_;
  ast::Module& module_;
  ast::Arena& arena_;
  std::vector<Diagnostic>& diagnostics_;
  std::vector<uint32_t> lexer_error_lines_;
  std::vector<Token> tokens_;
  std::vector<std::string_view> texts_;
  const Words& words_;

  uint32_t at_ = 0;
  TokenKind kind_ = TokenKind::kEnd;
  uint32_t end_of_last_ = 0;
  Layout layout_;
  uint32_t nesting_ = 0;
  uint32_t operators_ = 0;  // See Height.
  uint32_t last_error_line_ = 0;
  bool stopped_ = false;

  Mode mode_;
  uint32_t open_brackets_ = 0;
  std::vector<ast::Name*> placeholders_;

  std::tuple<
      std::vector<ast::Stmt*>, std::vector<ast::Expr*>, std::vector<ast::Item>,
      std::vector<ast::Argument>, std::vector<ast::DictEntry>,
      std::vector<ast::Generator>, std::vector<ast::Piece>, std::vector<ast::Arm>,
      std::vector<ast::BinaryOp>, std::vector<ast::Parameter>, std::vector<ast::Pattern*>,
      std::vector<ast::FieldPattern>, std::vector<ast::Type*>,
      std::vector<ast::Function*>, std::vector<ast::FieldDecl>, std::vector<ast::Forward>,
      std::vector<ast::Contract>, std::vector<ast::Let*>, std::vector<ast::VariantDecl>,
      std::vector<ast::ImportName>, std::vector<Symbol>>
      pools_;
};

template <typename Line>
void Parser::lines(Line line) {
  if (!token().first) {
    line();
    return;
  }
  if (token().kind == TokenKind::kEnd ||
      (token().indent <= layout_.indent && !layout_.brackets)) {
    fail_indent();
  }
  {
    const With layout(layout_, Layout{token().indent, false});
    const With mode(mode_, Mode{});
    enter_line();
    for (;;) {
      const uint32_t start = at_;
      try {
        line();
        end_line();
      } catch (const Abandon&) {
        recover(start);
      }
      if (kind_ != TokenKind::kNewline || token().indent != layout_.indent ||
          is_closer(token().kind)) {
        break;
      }
      enter_line();
    }
  }
  refresh();
}

}  // namespace simple::syntax

#endif
