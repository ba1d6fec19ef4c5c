#include "compile/walk.h"

namespace simple {

using namespace ast;

void Walker::block(Block* block) const {
  if (block == nullptr) return;
  for (Stmt* statement : block->statements) stmt(statement);
}

void Walker::function(Function* function) const {
  if (function == nullptr) return;
  for (const Parameter& parameter : function->parameters) {
    if (parameter.pattern != nullptr) pattern(parameter.pattern);
    expr(parameter.fallback);
  }
  for (const Contract& contract : function->contracts) {
    for (Expr* condition : contract.conditions) expr(condition);
  }
  for (Expr* decorator : function->decorators) expr(decorator);
  block(function->body);
}

void Walker::pattern(Pattern* node) const {
  if (node == nullptr) return;
  visit_pattern(node);
  switch (node->kind) {
    case PatternKind::kLiteral:
      expr(as<LiteralPattern>(node)->value);
      break;
    case PatternKind::kRange:
      expr(as<RangePattern>(node)->start);
      expr(as<RangePattern>(node)->end);
      break;
    case PatternKind::kVariant:
      for (const FieldPattern& field : as<VariantPattern>(node)->fields) {
        pattern(field.pattern);
      }
      break;
    case PatternKind::kTuple:
      for (Pattern* item : as<TuplePattern>(node)->items) pattern(item);
      break;
    case PatternKind::kArray:
      for (Pattern* item : as<ArrayPattern>(node)->items) pattern(item);
      break;
    case PatternKind::kTyped:
      pattern(as<TypedPattern>(node)->pattern);
      break;
    case PatternKind::kOr:
      for (Pattern* choice : as<OrPattern>(node)->choices) pattern(choice);
      break;
    case PatternKind::kWildcard:
    case PatternKind::kName:
      break;
  }
}

void Walker::expr(Expr* node) const {
  if (node == nullptr || !visit_expr(node)) return;
  const auto items = [this](const List<Item>& list) {
    for (const Item& item : list) expr(item.value);
  };
  const auto arguments = [this](const List<Argument>& list) {
    for (const Argument& argument : list) expr(argument.value);
  };
  switch (node->kind) {
    case ExprKind::kNil:
    case ExprKind::kBool:
    case ExprKind::kInt:
    case ExprKind::kFloat:
    case ExprKind::kText:
    case ExprKind::kSymbol:
    case ExprKind::kName:
    case ExprKind::kSelf:
    case ExprKind::kEllipsis:
    case ExprKind::kMethodReference:
      break;
    case ExprKind::kInterpolation:
      for (const Piece& piece : as<Interpolation>(node)->pieces) expr(piece.value);
      break;
    case ExprKind::kArray:
      items(as<Array>(node)->items);
      break;
    case ExprKind::kTuple:
      items(as<Tuple>(node)->items);
      break;
    case ExprKind::kRepeat:
      expr(as<Repeat>(node)->value);
      expr(as<Repeat>(node)->count);
      break;
    case ExprKind::kDict:
      for (const DictEntry& entry : as<Dict>(node)->entries) {
        expr(entry.key);
        expr(entry.value);
      }
      break;
    case ExprKind::kComprehension: {
      auto* comprehension = as<Comprehension>(node);
      for (const Generator& generator : comprehension->generators) {
        pattern(generator.pattern);
        expr(generator.iterable);
        for (Expr* condition : generator.conditions) expr(condition);
      }
      expr(comprehension->key);
      expr(comprehension->value);
      break;
    }
    case ExprKind::kRange:
      expr(as<Range>(node)->start);
      expr(as<Range>(node)->end);
      break;
    case ExprKind::kUnary:
      expr(as<Unary>(node)->operand);
      break;
    case ExprKind::kBinary:
      expr(as<Binary>(node)->left);
      expr(as<Binary>(node)->right);
      break;
    case ExprKind::kCompareChain:
      for (Expr* operand : as<CompareChain>(node)->operands) expr(operand);
      break;
    case ExprKind::kLogical:
      expr(as<Logical>(node)->left);
      expr(as<Logical>(node)->right);
      break;
    case ExprKind::kIf: {
      auto* branch = as<If>(node);
      pattern(branch->condition.pattern);
      expr(branch->condition.value);
      block(branch->then);
      block(branch->otherwise);
      break;
    }
    case ExprKind::kMatch:
      expr(as<Match>(node)->subject);
      for (const Arm& arm : as<Match>(node)->arms) {
        pattern(arm.pattern);
        expr(arm.guard);
        block(arm.body);
      }
      break;
    case ExprKind::kLambda:
      function(as<Lambda>(node)->function);
      break;
    case ExprKind::kCall:
      expr(as<Call>(node)->callee);
      arguments(as<Call>(node)->arguments);
      expr(as<Call>(node)->block);
      break;
    case ExprKind::kMethodCall:
      expr(as<MethodCall>(node)->receiver);
      arguments(as<MethodCall>(node)->arguments);
      expr(as<MethodCall>(node)->block);
      break;
    case ExprKind::kField:
      expr(as<Field>(node)->receiver);
      break;
    case ExprKind::kTupleField:
      expr(as<TupleField>(node)->receiver);
      break;
    case ExprKind::kIndex:
      expr(as<Index>(node)->receiver);
      expr(as<Index>(node)->index);
      break;
    case ExprKind::kSlice:
      expr(as<Slice>(node)->start);
      expr(as<Slice>(node)->end);
      expr(as<Slice>(node)->step);
      break;
    case ExprKind::kTry:
      expr(as<Try>(node)->value);
      break;
    case ExprKind::kForceUnwrap:
      expr(as<ForceUnwrap>(node)->value);
      break;
    case ExprKind::kPresent:
      expr(as<Present>(node)->value);
      break;
    case ExprKind::kCoalesce:
      expr(as<Coalesce>(node)->value);
      expr(as<Coalesce>(node)->fallback);
      break;
    case ExprKind::kCast:
      expr(as<Cast>(node)->value);
      expr(as<Cast>(node)->fallback);
      break;
    case ExprKind::kConstruct:
      expr(as<Construct>(node)->type);
      expr(as<Construct>(node)->base);
      arguments(as<Construct>(node)->arguments);
      break;
    case ExprKind::kBlock:
      block(as<Block>(node));
      break;
  }
}

void Walker::stmt(Stmt* node) const {
  if (node == nullptr || !visit_stmt(node)) return;
  switch (node->kind) {
    case StmtKind::kExpr:
      expr(as<ExprStmt>(node)->value);
      break;
    case StmtKind::kLet:
      pattern(as<Let>(node)->pattern);
      expr(as<Let>(node)->value);
      block(as<Let>(node)->otherwise);
      break;
    case StmtKind::kAssign:
      expr(as<Assign>(node)->target);
      expr(as<Assign>(node)->value);
      break;
    case StmtKind::kReturn:
      expr(as<Return>(node)->value);
      break;
    case StmtKind::kBreak:
      expr(as<Break>(node)->value);
      break;
    case StmtKind::kWhile:
      pattern(as<While>(node)->condition.pattern);
      expr(as<While>(node)->condition.value);
      block(as<While>(node)->body);
      break;
    case StmtKind::kLoop:
      block(as<Loop>(node)->body);
      break;
    case StmtKind::kFor:
      pattern(as<For>(node)->first);
      pattern(as<For>(node)->pattern);
      expr(as<For>(node)->iterable);
      block(as<For>(node)->body);
      break;
    case StmtKind::kAssert:
      expr(as<Assert>(node)->condition);
      expr(as<Assert>(node)->message);
      break;
    case StmtKind::kDefer:
      block(as<Defer>(node)->body);
      break;
    case StmtKind::kWith:
      expr(as<With>(node)->resource);
      pattern(as<With>(node)->pattern);
      block(as<With>(node)->body);
      break;
    case StmtKind::kContext:
      expr(as<Context>(node)->object);
      block(as<Context>(node)->body);
      break;
    case StmtKind::kFunction:
      function(as<FunctionDecl>(node)->function);
      break;
    case StmtKind::kTypeDecl: {
      auto* type = as<TypeDecl>(node);
      for (const FieldDecl& field : type->fields) expr(field.fallback);
      for (Function* method : type->methods) function(method);
      break;
    }
    case StmtKind::kEnum:
      for (Function* method : as<EnumDecl>(node)->methods) function(method);
      break;
    case StmtKind::kImpl:
      for (Function* method : as<Impl>(node)->methods) function(method);
      break;
    case StmtKind::kAlias:
      expr(as<Alias>(node)->value);
      break;
    case StmtKind::kContinue:
    case StmtKind::kPass:
    case StmtKind::kImport:
    case StmtKind::kExport:
    case StmtKind::kExternType:
      break;
  }
}

}  // namespace simple
