// The tree of a module, as it was written. Nodes live in an arena and are never destroyed
// one by one, so they hold only views, numbers and pointers to other nodes.
//
// Much of the language is sugar; the parser takes it off where nothing is lost:
// placeholders
// (`_ + 1`), `x |> f`, calls without parentheses and trailing blocks become plain lambdas
// and calls. What is left is what the compiler has to know.
#ifndef SIMPLE_SYNTAX_AST_H_
#define SIMPLE_SYNTAX_AST_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <type_traits>
#include <vector>

#include "syntax/source.h"
#include "syntax/symbol.h"

namespace simple::ast {

// Memory that is freed all at once.
class Arena {
 public:
  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  void* allocate(size_t size) {
    size = (size + 7) & ~size_t{7};
    if (size > left_) grow(size);
    char* result = next_;
    next_ += size;
    left_ -= size;
    return result;
  }

  template <typename T>
  T* make() {
    static_assert(std::is_trivially_destructible_v<T>);
    return new (allocate(sizeof(T))) T();
  }

  std::string_view copy(std::string_view text) {
    if (text.empty()) return {};
    char* to = static_cast<char*>(allocate(text.size()));
    std::memcpy(to, text.data(), text.size());
    return {to, text.size()};
  }

 private:
  void grow(size_t size) {
    const size_t block = size > kBlock ? size : kBlock;
    blocks_.push_back(std::make_unique<char[]>(block));
    next_ = blocks_.back().get();
    left_ = block;
  }

  static constexpr size_t kBlock = 64 * 1024;
  std::vector<std::unique_ptr<char[]>> blocks_;
  char* next_ = nullptr;
  size_t left_ = 0;
};

// A fixed list in the arena.
template <typename T>
struct List {
  T* items = nullptr;
  uint32_t count = 0;

  T* begin() const { return items; }
  T* end() const { return items + count; }
  uint32_t size() const { return count; }
  bool empty() const { return count == 0; }
  T& operator[](size_t index) const { return items[index]; }
  T& back() const { return items[count - 1]; }
};

template <typename T>
List<T> list_of(Arena& arena, const std::vector<T>& items) {
  static_assert(std::is_trivially_copyable_v<T>);
  List<T> list;
  list.count = static_cast<uint32_t>(items.size());
  if (list.count == 0) return list;
  list.items = static_cast<T*>(arena.allocate(sizeof(T) * items.size()));
  std::memcpy(static_cast<void*>(list.items), items.data(), sizeof(T) * items.size());
  return list;
}

struct Expr;
struct Stmt;
struct Pattern;
struct Block;
struct Function;

// ---- Types
// ------------------------------------------------------------------------------
// Annotations are not enforced; they matter for externs, for zero values of struct
// fields, for casts, type patterns, fixed lengths and impl blocks.
struct Type {
  enum class Kind : uint8_t {
    kNamed,     // name, arguments: i64, text, Dict<K, V>, Result<T, E>, a.b.C
    kArray,     // arguments[0]; `length` if fixed, else null
    kDict,      // arguments[0], arguments[1]
    kSet,       // arguments[0]
    kTuple,     // arguments
    kFunction,  // arguments are the parameters, then the result (nil if none)
    kUnion,     // arguments
    kOptional,  // arguments[0]: T?
  };
  Kind kind = Kind::kNamed;
  Span at;
  Symbol name;  // The last one of a.b.C
  Symbol path;  // a.b.C, if it has dots
  List<Type*> arguments;
  Expr* length = nullptr;
};

// ---- Expressions
// --------------------------------------------------------------------------
enum class ExprKind : uint8_t {
  kNil,
  kBool,
  kInt,
  kFloat,
  kText,
  kInterpolation,
  kSymbol,
  kName,
  kSelf,
  kArray,
  kRepeat,
  kTuple,
  kDict,
  kComprehension,
  kRange,
  kEllipsis,
  kUnary,
  kBinary,
  kCompareChain,
  kLogical,
  kIf,
  kMatch,
  kLambda,
  kCall,
  kMethodCall,
  kField,
  kTupleField,
  kIndex,
  kSlice,
  kTry,
  kForceUnwrap,
  kPresent,
  kCoalesce,
  kCast,
  kConstruct,
  kMethodReference,
  kBlock,
};

struct Expr {
  ExprKind kind;
  Span at;  // Of the whole expression, as written.
};

struct Nil : Expr {};
struct Bool : Expr {
  bool value;
};

// Suffixes of numbers.
enum class NumberType : uint8_t {
  kPlain,
  kI8,
  kI16,
  kI32,
  kI64,
  kU8,
  kU16,
  kU32,
  kU64,
  kF32,
  kF64
};
struct Int : Expr {
  int64_t value;  // Bits of a u64 where the literal is larger than i64 holds.
  NumberType type;
  Symbol unit;  // Of `5_km`.
};
struct Float : Expr {
  double value;
  NumberType type;
  Symbol unit;
};
struct Text : Expr {
  std::string_view value;  // Escapes done.
};
// One piece of "a{x:>5}b": a literal, or an expression and its format.
struct Piece {
  std::string_view literal;
  Expr* value = nullptr;
  std::string_view format;  // What follows the colon, or "".
};
struct Interpolation : Expr {
  List<Piece> pieces;
};
struct SymbolLiteral : Expr {
  Symbol name;
};
struct Name : Expr {
  Symbol name;
};
struct Self : Expr {};  // `self` (and `super` is refused)

// In arrays, tuples, calls: `*a` and `xs...` spread.
struct Item {
  Expr* value = nullptr;
  bool spread = false;
  Symbol label;  // (q: 1)
};
struct Array : Expr {
  List<Item> items;
};
struct Repeat : Expr {  // [v; n]
  Expr* value;
  Expr* count;
};
struct Tuple : Expr {
  List<Item> items;
};
struct DictEntry {
  Expr* key = nullptr;  // Null for a spread: **d
  Expr* value = nullptr;
};
struct Dict : Expr {
  List<DictEntry> entries;
};
// One `for p in e` of a comprehension, with the `if`s that follow it.
struct Generator {
  Pattern* pattern = nullptr;
  Pattern* first = nullptr;  // for i, x in xs: i; for key, value in dict: key
  Expr* iterable = nullptr;
  List<Expr*> conditions;
};
struct Comprehension : Expr {
  List<Generator> generators;
  Expr* key = nullptr;  // Of a dict; null for an array.
  Expr* value;
};
struct Range : Expr {
  Expr* start = nullptr;  // Null only inside brackets of an index.
  Expr* end = nullptr;
  bool inclusive = false;
};
struct Ellipsis : Expr {};  // `...` inside the brackets of an index

enum class UnaryOp : uint8_t { kNegate, kPlus, kNot, kInvert };
struct Unary : Expr {
  UnaryOp op;
  Expr* operand;
};
enum class BinaryOp : uint8_t {
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kRemainder,
  kPower,
  kMatmul,
  kBitAnd,
  kBitOr,
  kBitXor,
  kShiftLeft,
  kShiftRight,
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kIn,
  kNotIn,
  kIs,
  kIsNot,
};
struct Binary : Expr {
  BinaryOp op;
  Span op_at;
  Expr* left;
  Expr* right;
};
// a < b <= c: operands are one more than operators; each operand is evaluated once.
struct CompareChain : Expr {
  List<Expr*> operands;
  List<BinaryOp> ops;
};
struct Logical : Expr {
  bool is_and;
  Expr* left;
  Expr* right;
};

// The condition of if and while: an expression, or `val PATTERN = e`.
struct Condition {
  Expr* value = nullptr;
  Pattern* pattern = nullptr;
  bool mutable_binding = false;  // if var x = …
};
// As an expression and as a statement; `else if` is an else block with one If in it.
struct If : Expr {
  Condition condition;
  Block* then;
  Block* otherwise = nullptr;
};
struct Arm {
  Pattern* pattern = nullptr;
  Expr* guard = nullptr;
  Block* body = nullptr;
  Span at;
};
struct Match : Expr {
  Expr* subject;
  List<Arm> arms;
};
struct Lambda : Expr {
  Function* function;
};

struct Argument {
  Symbol name;  // None for a positional one.
  Expr* value = nullptr;
  bool spread = false;  // xs...
};
struct Call : Expr {
  Expr* callee;
  List<Argument> arguments;
  // The block behind a trailing colon, as a lambda without parameters that shares the
  // variables around it; or null. It is the last argument.
  Lambda* block = nullptr;
};
struct MethodCall : Expr {
  Expr* receiver;
  Symbol name;
  Span name_at;
  List<Argument> arguments;
  Lambda* block = nullptr;
  bool safe = false;   // a?.f(x)
  bool arrow = false;  // a->f(x), which is a = a.f(x)
  bool bare =
      false;  // without parentheses and arguments cannot be told from Field: unused
};
struct Field : Expr {
  Expr* receiver;
  Symbol name;
  Span name_at;
  bool safe = false;
};
struct TupleField : Expr {
  Expr* receiver;
  uint32_t index;
};
struct Index : Expr {  // o[i]; several subscripts (t[0, 1:2]) are a Tuple whose items may
                       // be Slices
  Expr* receiver;
  Expr* index;
};
// a[1:4:2] is Index(a, Slice). All parts may be null. `a[1..4]` is Index(a, Range).
struct Slice : Expr {
  Expr* start = nullptr;
  Expr* end = nullptr;
  Expr* step = nullptr;
};
struct Try : Expr {  // e?
  Expr* value;
};
struct ForceUnwrap : Expr {  // e!
  Expr* value;
};
struct Present : Expr {  // e.?
  Expr* value;
};
struct Coalesce : Expr {  // a ?? b, `a unwrap or: b`
  Expr* value;
  Expr* fallback;
};
struct Cast : Expr {  // e as T; with a fallback: e as T or: d
  Expr* value;
  Type* type;
  Expr* fallback = nullptr;
};
// P { x: 1 }, P(..base, x: 1). A plain P(x: 1) is a Call.
struct Construct : Expr {
  Expr* type;  // Name or Field
  Expr* base = nullptr;
  List<Argument> arguments;
};
struct MethodReference : Expr {  // &:len
  Symbol name;
};
// Statements; the value is that of the last one.
struct Block : Expr {
  List<Stmt*> statements;
};

// ---- Patterns
// -----------------------------------------------------------------------------
enum class PatternKind : uint8_t {
  kWildcard,
  kLiteral,  // numbers (also negative), text, true, nil, symbols, None
  kRange,    // 1..5, 1..=5
  kName,     // binds; or compares, if it names a variant or an immutable constant
  kVariant,  // E.V, E.V(p), V(p), Some(p), Ok(p); P(a, b) and P { x: p } for objects
  kTuple,
  kArray,
  kTyped,  // x: T
  kOr,
};
struct Pattern {
  PatternKind kind;
  Span at;
};
struct WildcardPattern : Pattern {};
struct LiteralPattern : Pattern {
  Expr* value;
};
struct RangePattern : Pattern {
  Expr* start;
  Expr* end;
  bool inclusive;
};
struct NamePattern : Pattern {
  Symbol name;
};
struct FieldPattern {
  Symbol name;  // None for a positional one.
  Pattern* pattern = nullptr;
};
struct VariantPattern : Pattern {
  List<Symbol> path;  // [V], [E, V], [module, E, V] or a class's name
  List<FieldPattern> fields;
  bool has_fields = false;  // V() and V { } against V
  bool braces = false;
};
struct TuplePattern : Pattern {
  List<Pattern*> items;
};
struct ArrayPattern : Pattern {
  List<Pattern*> items;
  int32_t rest = -1;                // Index in items of `...rest`, or -1.
  Pattern* rest_pattern = nullptr;  // NamePattern or Wildcard at that place.
};
struct TypedPattern : Pattern {
  Pattern* pattern;
  Type* type;
};
struct OrPattern : Pattern {
  List<Pattern*> choices;
};

// ---- Functions
// ----------------------------------------------------------------------------
struct Parameter {
  Symbol name;
  Type* type = nullptr;
  Expr* fallback = nullptr;    // = default
  Pattern* pattern = nullptr;  // \(a, b): …; then `name` is none
  bool variadic = false;       // nums: i64...
  Span at;
};
struct Contract {
  enum class Kind : uint8_t { kRequires, kEnsures, kInvariant } kind;
  Symbol result;  // out(ret)
  List<Expr*> conditions;
};
struct Function {
  Symbol name;  // None for a lambda.
  Span at;      // Of the name, or of the lambda's head.
  List<Parameter> parameters;
  Type* result = nullptr;
  Block* body = nullptr;  // Null for abstract ones and externs.
  List<Contract> contracts;
  List<Expr*> decorators;  // @name(args) that are functions, top to bottom
  bool is_lambda = false;
  bool is_block = false;  // a trailing block: shares the variables around it
  bool is_static = false;
  bool is_mutating = false;  // me
  bool has_self = false;     // explicit self in the list (which is not a parameter here)
  bool is_extern = false;
  // In the block of an example of a spec: a construct that this host refuses. The rest of
  // the file is not to suffer for it.
  std::string_view refusal;
  Span refused_at;
};

// ---- Statements
// ---------------------------------------------------------------------------
enum class StmtKind : uint8_t {
  kExpr,
  kLet,
  kAssign,
  kReturn,
  kBreak,
  kContinue,
  kWhile,
  kLoop,
  kFor,
  kPass,
  kAssert,
  kDefer,
  kWith,
  kContext,
  kFunction,
  kTypeDecl,
  kEnum,
  kImpl,
  kAlias,
  kImport,
  kExport,
  kExternType,
};
struct Stmt {
  StmtKind kind;
  Span at;
};
struct ExprStmt : Stmt {
  Expr* value;
};
struct Let : Stmt {
  Pattern* pattern;  // NamePattern in the plain case
  Type* type = nullptr;
  Expr* value = nullptr;  // var x: i64 without a value: null
  bool is_mutable = false;
  bool is_const = false;       // const N, static val
  Block* otherwise = nullptr;  // let-else
};
struct Assign : Stmt {
  Expr* target;  // Name, Field, TupleField, Index; or Tuple/Array of them
  Expr* value;
  bool compound = false;  // += …
  BinaryOp op = BinaryOp::kAdd;
};
struct Return : Stmt {
  Expr* value = nullptr;
};
struct Break : Stmt {
  Symbol label;
  Expr* value = nullptr;
};
struct Continue : Stmt {
  Symbol label;
};
struct While : Stmt {
  Symbol label;
  Condition condition;
  Block* body;
};
struct Loop : Stmt {  // Also as the last statement of a block: `break v` is its value.
  Symbol label;
  Block* body;
};
struct For : Stmt {
  Symbol label;
  Pattern* pattern;
  Pattern* first = nullptr;  // for i, x in xs: i; for key, value in dict: key
  Expr* iterable;
  Block* body;
};
struct Pass : Stmt {};
struct Assert : Stmt {
  Expr* condition;
  Expr* message = nullptr;
};
struct Defer : Stmt {
  Block* body;
  bool on_error_only = false;
};
struct With : Stmt {
  Expr* resource;
  Pattern* pattern = nullptr;  // as x
  Block* body;
};
struct Context : Stmt {
  Expr* object;
  Block* body;
};
struct FunctionDecl : Stmt {
  Function* function;
};
struct FieldDecl {
  Symbol name;
  Type* type = nullptr;
  Expr* fallback = nullptr;
  bool is_mutable = false;
  Span at;
};
// alias fn size = inner.size; alias Trait = field
struct Forward {
  Symbol name;
  Symbol field;
  Symbol method;  // None for `alias Trait = field`
  bool is_mutating = false;
  Span at;
};
struct TypeDecl : Stmt {
  enum class Form : uint8_t { kClass, kStruct, kTrait, kMixin } form;
  Symbol name;
  Span name_at;
  List<Symbol> bases;  // Traits in parentheses, mixins behind `with`; may have dots
  List<FieldDecl> fields;
  List<Function*> methods;
  List<Forward> forwards;
  List<Contract> invariants;
  List<Let*> constants;  // static val
};
struct VariantDecl {
  Symbol name;
  Span at;
  List<FieldDecl> fields;  // Names are none for V(f64)
  bool braces = false;
  Expr* value = nullptr;  // V = 3
};
struct EnumDecl : Stmt {
  Symbol name;
  Span name_at;
  List<VariantDecl> variants;
  List<Function*> methods;
};
struct Impl : Stmt {  // impl T:, impl Tr for T:, extend T:
  Symbol trait;
  Type* type;
  List<Function*> methods;
  List<Let*> constants;  // static val
};
struct Alias : Stmt {  // type A = T, alias A = B, fn a = b
  Symbol name;
  Type* type = nullptr;   // type aliases
  Expr* value = nullptr;  // fn a = b
};
struct ImportName {
  Symbol name;
  Symbol as;  // The same as name if none is given.
  Span at;
};
struct Import : Stmt {
  List<Symbol> path;
  bool wildcard = false;         // use a.b.*
  List<ImportName> names;        // use a.b.{c, d as e}
  Symbol module_alias;           // use a.b as m; `use a.b`: b
  bool names_or_module = false;  // use a.b.C: the module a.b.C, else C of a.b
  bool reexport = false;         // export use, common use
};
struct Export : Stmt {
  List<ImportName> names;
  List<Symbol> from;  // export {A} from m
};
struct ExternType : Stmt {
  Symbol name;
  Span name_at;
};

// ---- A module
// -----------------------------------------------------------------------------
struct Module {
  Arena arena;
  const Source* source = nullptr;
  Block* body = nullptr;
};

template <typename T, typename Node>
T* as(Node* node) {
  return static_cast<T*>(node);
}

}  // namespace simple::ast

#endif
