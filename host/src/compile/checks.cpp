// What is plainly wrong without running it: operands that no operator takes, and members
// that nobody has.

#include "compile/compiler_impl.h"
#include "runtime/operations.h"

namespace simple {

// The type that is plain to see, as messages call it; "" if none is.
std::string_view Compiler::literal_type(const ast::Expr* expr) {
  switch (expr->kind) {
    case ast::ExprKind::kText:
    case ast::ExprKind::kInterpolation:
      return "str";
    case ast::ExprKind::kInt:
      return "i64";
    case ast::ExprKind::kFloat:
      return "f64";
    case ast::ExprKind::kBinary: {
      const auto* binary = static_cast<const ast::Binary*>(expr);
      if (binary->op > ast::BinaryOp::kPower) return "";
      const std::string_view left = literal_type(binary->left);
      const std::string_view right = literal_type(binary->right);
      if (left.empty() || right.empty()) return "";
      if (left == "str" || right == "str")
        return binary->op == ast::BinaryOp::kAdd ? "str" : "";
      return left == "f64" || right == "f64" ? "f64" : "i64";
    }
    default:
      return "";
  }
}

// A text with a number, where no program can mean that.
void Compiler::check_operands(ast::BinaryOp op, const ast::Expr* left,
                              const ast::Expr* right, Span at) {
  if (op == ast::BinaryOp::kAdd || op > ast::BinaryOp::kGreaterEqual ||
      op == ast::BinaryOp::kEqual || op == ast::BinaryOp::kNotEqual) {
    return;
  }
  const std::string_view first = literal_type(left);
  const std::string_view second = literal_type(right);
  if (first.empty() || second.empty() || (first != "str" && second != "str")) return;
  if ((op >= ast::BinaryOp::kLess)) {
    if (first == second) return;
    error("E1005", "cannot compare " + std::string(first) + " and " + std::string(second),
          at);
    return;
  }
  if (op == ast::BinaryOp::kMultiply && (first == "i64" || second == "i64")) return;
  error("E1005", mismatch(op, first, second), at);
}

// self.x, where the type has nothing of that name and nobody gives it to it.
void Compiler::check_member(Symbol name, bool is_call, Span at) {
  if (!state_->is_method || state_->fields_open || state_->fields.contains(name) ||
      program_.methods.contains(name)) {
    return;
  }
  // Of several local types with one name, the later ones have a number behind it.
  const std::string_view type_name = text_of(state_->type_name);
  const std::string type(type_name.substr(0, type_name.find('#')));
  const std::string member(text_of(name));
  if (is_call) {
    error("E1013", "method `" + member + "` not found on type `" + type + "`", at);
  } else {
    error("E1012", "class `" + type + "` has no field named `" + member + "`", at);
  }
}

}  // namespace simple
