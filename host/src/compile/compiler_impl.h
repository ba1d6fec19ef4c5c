// The compiler's inside; see compiler.h for what it does.
//
// An expression is compiled into a register. `into` leaves there what the expression is,
// which may be an array or struct that somebody else holds as well; that is enough for
// operands and arguments. `keep` is for a value that stays: it says that there is one
// more holder, unless the value is new.
//
// Parameters are not shared when a function is called: a function that keeps or changes
// one says so itself, with kShare at its start.
#ifndef SIMPLE_COMPILE_COMPILER_IMPL_H_
#define SIMPLE_COMPILE_COMPILER_IMPL_H_

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "compile/compiler.h"
#include "compile/walk.h"

namespace simple {

using Register = uint16_t;
using Jumps = std::vector<uint32_t>;  // Instructions whose target is not known yet.

struct Variable;
struct Found {
  enum class What {
    kNothing,
    kVariable,
    kCaptured,
    kGlobal,  // of this module or another
    kModule,
    kNative,
    kLazy,  // What given_lazy names.
  };
  What what = What::kNothing;
  Variable* variable = nullptr;
  uint16_t captured = 0;
  bool is_cell = false;
  Interface* module = nullptr;
  Symbol name;  // In that module.
  GlobalImage* global = nullptr;
};

struct Variable {
  Symbol name;
  Register reg = 0;
  bool is_mutable = false;
  bool is_cell = false;
  bool is_parameter = false;
  bool implicit = false;  // Made by a plain assignment.
  bool is_count = false;
  Found made;  // The class or struct that its value was made from, where that is known.
};

struct Captured {
  Symbol name;
  bool is_cell = false;
  bool is_self = false;
};

// A loop that can be left.
struct LoopState {
  Symbol label;
  Jumps breaks;
  Jumps continues;
  size_t scope = 0;  // Scopes that are open outside of it.
  int result = -1;   // The register of `break v`.
};

// What is to be done when a block is left.
struct Deferred {
  ast::Block* body = nullptr;  // defer, errdefer
  bool on_error_only = false;
  std::optional<Register> resource;  // with: the register of what is closed
  Span at;
  std::vector<std::pair<uint32_t, uint32_t>> covered;  // Instructions under its guard.
  uint32_t covered_from = 0;
  std::vector<Symbol> visible;
};

struct Scope {
  size_t variables = 0;  // How many there were before.
  Register next = 0;
  std::vector<Deferred> deferred;
  // Types that are declared in the block.
  std::unordered_map<Symbol, Symbol> types;
};

struct TargetStep {
  enum class Kind { kField, kIndex, kTuple } kind;
  Symbol field;
  Register index = 0;
  uint32_t item = 0;
  Span at;
};
// Something that can be assigned: a root and the way from there.
struct Target {
  enum class Root {
    kRegister,
    kParameter,
    kCell,
    kCapturedCell,
    kCaptured,
    kGlobal,
    kSelf,
    kValue
  };
  Root root = Root::kValue;
  Register reg = 0;        // The variable, or the value
  uint16_t reference = 0;  // kGlobal
  ast::Expr* value = nullptr;
  Symbol name;
  std::vector<TargetStep> steps;
  Span at;
};

struct FunctionState {
  FunctionState* outer = nullptr;
  ast::Function* function = nullptr;
  FunctionImage image;
  std::vector<Variable> variables;
  std::deque<Scope> scopes;          // References stay good while others are opened.
  std::unordered_set<Symbol> ended;  // Names of blocks that are closed, for messages.
  std::vector<LoopState> loops;
  std::vector<Captured> captured;
  Register next = 0;
  bool is_block = false;
  bool is_method = false;
  bool is_module = false;
  // In a method that changes self: self must not be shared, copies are made instead.
  bool owns_self = false;
  bool writes_self = false;
  bool forbids_self = false;          // a `fn` of a type: it must not change self
  std::unordered_set<Symbol> fields;  // of the type that a method belongs to
  // Types of the blocks around the type that a method belongs to: see Scope::types.
  std::unordered_map<Symbol, Symbol> types_around;
  bool fields_open = true;  // Others may give the type fields.
  Symbol type_name;
  // Names of variables here that blocks change: they live in cells.
  std::unordered_set<Symbol> shared_with_blocks;
  // Parameters that are kept or changed.
  std::vector<Register> escaping;
  // Calls that continue where their receiver can be changed; written behind the function.
  struct Mutation {
    size_t site;
    Target place;
    Register base;
    uint16_t count;
    uint32_t back;
    Span at;
  };
  std::vector<Mutation> mutations;
  ast::Contract* ensures = nullptr;
  bool keeps_invariant = false;  // A public method that changes self.
  std::map<ast::Expr*, Register> old_values;
};

class Compiler {
 public:
  Compiler(const ast::Module& module, Interface& interface, Program& program,
           std::vector<Diagnostic>& diagnostics)
      : module_(module),
        self_(interface),
        program_(program),
        diagnostics_(diagnostics),
        source_(*module.source) {}

  void run();

 private:
  // ---- Diagnostics
  void error(const char* code, std::string message, Span at, std::string help = "");
  void unknown(const char* code, const char* what, Symbol name, Span at);

  // ---- Emitting
  uint32_t emit(Op op, uint16_t a, uint16_t b, uint16_t c, Span at);
  uint32_t emit_wide(Op op, uint16_t a, int32_t value, Span at);
  uint32_t here() const { return static_cast<uint32_t>(state_->image.code.size()); }
  uint32_t jump(Op op, uint16_t a, Span at) { return emit_wide(op, a, 0, at); }
  void jump_to(uint32_t target, Span at, Op op = Op::kJumpBack, uint16_t a = 0);
  void patch(uint32_t jump) { patch(jump, here()); }
  void patch(uint32_t jump, uint32_t target);
  void patch(const Jumps& jumps) {
    for (uint32_t jump : jumps) patch(jump);
  }
  uint16_t constant(ConstantImage constant, Span at);
  uint16_t text_constant(std::string_view text, Span at);
  uint16_t site(SiteImage site, Span at);
  uint16_t site(Symbol name, Span at);
  uint16_t reference(const Found& found, Span at);
  uint16_t reference(std::string_view module, Symbol name, Span at);

  // ---- Registers, scopes, names
  Register temporary(Span at);
  Register temporaries(size_t count, Span at);
  void open_scope();
  void close_scope(Span at);
  Variable& declare(Symbol name, Register reg, bool is_mutable, Span at);
  Variable* local(Symbol name, FunctionState* state);
  Found find(Symbol name);
  std::unordered_map<Symbol, Symbol> types_in_reach() const;
  Found find_global(Symbol name);
  Found find_base(Symbol name);
  // A global of a module, or what a module exports under a name. If that is nothing the
  // error is reported, and there is no result.
  static Found global_of(Interface* module, uint32_t global);
  std::optional<Found> exported(Interface* module, ast::Expr* receiver, Symbol name,
                                Span name_at);
  std::optional<uint16_t> capture(FunctionState* state, Symbol name, bool& is_cell);
  bool exists_outside(FunctionState* state, Symbol name);
  bool writes_through(Symbol name);
  // The code that is there.
  std::string written(Span at) const {
    return std::string(source_.text().substr(at.start, at.length));
  }
  Interface* module_of(ast::Expr* expr);
  Found find_type(ast::Expr* expr);
  TypeImage* type_of(const Found& found);
  void escape(const Variable* variable);
  const FunctionInfo* hidden(const Found& type, std::string_view member, Found& found);

  // ---- Functions (functions.cpp)
  uint32_t function(ast::Function* function, FunctionState& state, std::string_view name,
                    const std::function<void()>& body = {});
  void finish(FunctionState& state);
  void parameters(ast::Function* function);
  void contracts(ast::Function* function);
  void closure(ast::Function* function, Register to, Span at);
  void fail_when_run(uint32_t index, ast::Function* function, size_t errors);
  void make_closure(uint32_t index, FunctionState& state, Register to, Span at);
  void module_function(ast::Function* function);
  void decorate(ast::Function* function, Register value);

  // ---- Types (types.cpp)
  void type_declaration(ast::TypeDecl* type);
  void enum_declaration(ast::EnumDecl* type);
  void impl(ast::Impl* impl);
  void methods(uint32_t type, Symbol type_name,
               const ast::List<ast::Function*>& functions, bool in_impl);
  uint32_t method(ast::Function* function, Symbol type_name, const TypeImage* type,
                  bool is_static);
  void constructor(ast::TypeDecl* type, uint32_t index, Symbol name);
  void defaults(ast::TypeDecl* type, Symbol name);
  void initialize(const std::vector<ast::Parameter>& parameters, bool variadic,
                  Register object, Span at);
  ast::Expr* field_default(ast::TypeDecl* type, Symbol field);
  void forwards(ast::TypeDecl* type, uint32_t index, Symbol name);
  void add_method(TypeImage& image, MethodImage method);

  // ---- Statements (statements.cpp)
  void block(ast::Block* block, int result);
  void block_inside(ast::Block* block, int result);
  void block_returning(ast::Block* block);
  void return_value(ast::Expr* value, Span at);
  void return_register(Register reg, bool share, Span at);
  void return_nothing(Span at);
  bool checks_at_end() const {
    return state_->ensures != nullptr || state_->keeps_invariant;
  }
  void check_invariant(Register self, Span at);
  void statement(ast::Stmt* statement, int result);
  void let(ast::Let* let);
  void assign(ast::Assign* assign);
  void assign_to(ast::Expr* target, Register value, bool fresh, Span at);
  void assign_name(ast::Name* name, ast::Assign* assign);
  void return_statement(ast::Return* statement);
  void while_statement(ast::While* statement);
  void loop_statement(ast::Loop* statement, int result);
  void for_statement(ast::For* statement);
  void for_count(ast::For* statement, ast::Range* range);
  struct Iteration {
    uint32_t start;  // of each round
    uint32_t exit;   // the jump when there is no more
  };
  Iteration iterate(ast::Expr* iterable, ast::Pattern* first, ast::Pattern* pattern,
                    Span at);
  static bool gives_pairs(const ast::Expr* iterable, const ast::Pattern* pattern);
  void assert_statement(ast::Assert* statement);
  void defer_statement(ast::Defer* statement);
  void with_statement(ast::With* statement);
  void context_statement(ast::Context* statement);
  void leave(size_t scopes, bool failing);
  void run_deferred(Deferred& deferred);
  LoopState* loop(Symbol label);

  // ---- Expressions (expressions.cpp)
  void into(ast::Expr* expr, Register to);
  void keep(ast::Expr* expr, Register to);
  void argument(ast::Expr* expr, Register to);
  Register any(ast::Expr* expr);
  static bool fresh(const ast::Expr* expr);
  static bool changes_builtin(Symbol name);
  static std::string_view literal_type(const ast::Expr* expr);
  void check_operands(ast::BinaryOp op, const ast::Expr* left, const ast::Expr* right,
                      Span at);
  void check_member(Symbol name, bool is_call, Span at);
  void check_member(ast::Expr* receiver, Symbol name, bool is_call, Span at);
  Look look(ast::Expr* expr, std::string& type);
  bool cannot_be(std::string_view type, ast::Expr* value, std::string& found);
  void check_type(std::string_view type, ast::Expr* value, const std::string& what);
  void check_result(ast::Expr* value);
  Found made_type(const ast::Expr* expr);
  Found known_type(const ast::Expr* value);
  void check_static(const Found& type, Symbol name, bool is_call, Span at);
  bool check_method_arguments(const ast::MethodCall* node);
  static bool same_place(const ast::Expr* left, const ast::Expr* right);
  void keep_for(ast::Expr* target, ast::Expr* value, Register to);
  void name(ast::Name* name, Register to);
  void lazy_value(Symbol name, Register to, Span at);
  void load(const Found& found, Symbol name, Register to, Span at);
  void interpolation(ast::Interpolation* text, Register to);
  void items(const ast::List<ast::Item>& items, Register to, Span at);
  void tuple(ast::Tuple* tuple, Register to);
  void dict(ast::Dict* dict, Register to);
  void comprehension(ast::Comprehension* comprehension, Register to);
  void unary(ast::Unary* unary, Register to);
  void binary(ast::Binary* binary, Register to);
  bool is_type_function(Symbol name);
  // `changes` for += and the like.
  void operate(ast::BinaryOp op, Register to, ast::Expr* left, ast::Expr* right, Span at,
               bool changes = false);
  void condition_value(ast::Expr* expr, Register to);
  void conditional(ast::If* branch, int to, bool returns);
  // Jumps if the condition is, or is not, true.
  void jump_when(ast::Expr* condition, bool when, Jumps& jumps);
  void condition(const ast::Condition& condition, Jumps& if_not);
  void match(ast::Match* match, int to, bool returns);
  void field(ast::Field* field, Register to);
  void member(ast::Field* field, Register receiver, Register to);
  uint32_t jump_if_nothing(Register value, Span at);
  void index(ast::Index* index, Register to);
  void cast(ast::Cast* cast, Register to);
  void propagate(ast::Try* expr, Register to);
  void construct(ast::Construct* construct, Register to);
  bool static_field(ast::Field* field, Register to);

  // ---- Calls (calls.cpp)
  void call(ast::Call* call, Register to);
  bool written_argument(const Found& function, size_t index, ast::Expr* value,
                        Register reg);
  void call_function(const Found& found, const FunctionInfo* info, Symbol name,
                     const ast::List<ast::Argument>& arguments, ast::Lambda* block,
                     Register to, Span at);
  void call_value(Register callee, const ast::List<ast::Argument>& arguments,
                  ast::Lambda* block, Register to, Span at);
  void call_spread(const std::function<void(Register)>& callee,
                   const ast::List<ast::Argument>& arguments, ast::Lambda* block,
                   Register to, Span at);
  void method_call(ast::MethodCall* call, Register to);
  bool static_call(ast::MethodCall* call, Register to);
  void make(const Found& type, const ast::List<ast::Argument>& arguments,
            ast::Lambda* block, Register to, Span at);
  void make_variant(const Found& type, uint32_t variant,
                    const ast::List<ast::Argument>& arguments, Register to, Span at);
  void native_variant(std::string_view type, uint32_t variant, ast::Expr* value,
                      Register to, Span at);
  static bool labels_some(const Interface& module, const FunctionInfo& info,
                          const ast::List<ast::Argument>& arguments);
  bool arrange(const FunctionInfo& info, const ast::List<ast::Argument>& arguments,
               ast::Lambda* block, std::vector<ast::Expr*>& slots,
               std::vector<ast::Expr*>& rest, const std::string& name, const char* what,
               Span at);
  bool special_call(ast::Call* call, Symbol name, Register to);
  std::vector<StringId> argument_names(const ast::List<ast::Argument>& arguments,
                                       ast::Lambda* block, size_t before);

  // ---- Places (places.cpp)
  Target place(ast::Expr* expr);
  bool is_place(ast::Expr* expr) const;
  void load(const Target& place, Register to);
  void load_mutable(const Target& place, size_t steps, Register to, bool of_call = false);
  void store(const Target& place, Register value, Span at);

  // ---- Patterns (patterns.cpp)
  // Goes on if the value matches, and jumps otherwise.
  void pattern(ast::Pattern* pattern, Register value, Jumps& fails, bool is_mutable);
  void bind(Symbol name, Register value, bool is_mutable, Span at);
  void pattern_names(ast::Pattern* pattern, std::vector<Symbol>& names);
  bool compares(Symbol name, Found& found);
  // For let and for: a pattern that has to match.
  void destructure(ast::Pattern* pattern, Register value, bool is_mutable);
  bool is_variant_name(Symbol name);

  bool comparing_ = false;  // A name in the pattern may mean a constant: in match and if.
  const ast::Module& module_;
  Interface& self_;
  Program& program_;
  std::vector<Diagnostic>& diagnostics_;
  const Source& source_;
  FunctionState* state_ = nullptr;
  std::unordered_map<Symbol, Found> made_globals_;     // of constants; Variable::made
  std::unordered_set<Symbol> lazy_names_;              // given_lazy :user, …: user
  std::unordered_set<const ast::Function*> examples_;  // The blocks of `it` and the like.
  std::unordered_map<std::string, uint16_t> references_;  // module and name
  Interface* compiled_strings_ = nullptr;  // Whose strings arrange() compares with.
};

}  // namespace simple

#endif
