// The tree as text, for tests and for looking at it: `a + f(1)` is (+ a (call f 1)).
// Several statements of a block are {one; two}; a block of one is the statement alone.
#ifndef SIMPLE_SYNTAX_AST_DUMP_H_
#define SIMPLE_SYNTAX_AST_DUMP_H_

#include <string>

#include "syntax/ast.h"

namespace simple {

std::string dump(const ast::Module& module);
std::string dump(const ast::Stmt* statement);
std::string dump(const ast::Expr* expression);
std::string dump(const ast::Pattern* pattern);
std::string dump(const ast::Type* type);

}  // namespace simple

#endif
