// Visits every expression and statement below a node. `visit_expr` and `visit_stmt` say
// with their result whether to go on below what they were given.
#ifndef SIMPLE_COMPILE_WALK_H_
#define SIMPLE_COMPILE_WALK_H_

#include <functional>

#include "syntax/ast.h"

namespace simple {

struct Walker {
  std::function<bool(ast::Expr*)> visit_expr = [](ast::Expr*) { return true; };
  std::function<bool(ast::Stmt*)> visit_stmt = [](ast::Stmt*) { return true; };
  std::function<void(ast::Pattern*)> visit_pattern = [](ast::Pattern*) {};

  void expr(ast::Expr* expr) const;
  void stmt(ast::Stmt* stmt) const;
  void block(ast::Block* block) const;
  void pattern(ast::Pattern* pattern) const;
  void function(ast::Function* function) const;
};

}  // namespace simple

#endif
