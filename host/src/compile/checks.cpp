// What is plainly wrong without running it: operands that no operator takes, and members
// that nobody has.

#include <algorithm>

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

// The class or struct whose constructor an expression calls; `new` may return anything.
Found Compiler::made_type(const ast::Expr* expr) {
  if (expr->kind != ast::ExprKind::kCall) return {};
  const auto* call = static_cast<const ast::Call*>(expr);
  const Found type = find_type(call->callee);
  const TypeImage* image = type_of(type);
  if (image == nullptr) return {};
  const auto form = static_cast<Type::Form>(image->form);
  Found function;
  if ((form != Type::Form::kClass && form != Type::Form::kStruct) ||
      hidden(type, "new", function) != nullptr) {
    return {};
  }
  return type;
}

// The class or struct that a value is certainly an instance of.
Found Compiler::known_type(const ast::Expr* value) {
  if (value->kind == ast::ExprKind::kSelf) {
    if (!state_->is_method) return {};
    const auto own = self_.globals.find(state_->type_name);
    if (own == self_.globals.end()) return {};
    const Found type = global_of(&self_, own->second);
    const TypeImage* image = type_of(type);
    if (image == nullptr) return {};
    // A trait's method runs for any type, and one that is added to a type may be for
    // another.
    const auto form = static_cast<Type::Form>(image->form);
    const bool is_exact = form == Type::Form::kClass || form == Type::Form::kStruct ||
                          form == Type::Form::kEnum;
    return is_exact ? type : Found{};
  }
  if (value->kind != ast::ExprKind::kName) return made_type(value);
  const Found found = find(static_cast<const ast::Name*>(value)->name);
  if (found.what == Found::What::kVariable) return found.variable->made;
  if (found.what != Found::What::kGlobal || found.module != &self_) return {};
  const auto made = made_globals_.find(found.name);
  return made == made_globals_.end() ? Found{} : made->second;
}

// Arguments of a method that is certain to be the one that is called: false if they are
// wrong, which was said then.
bool Compiler::check_method_arguments(const ast::MethodCall* node) {
  if (node->safe) return true;
  const Found type = known_type(node->receiver);
  const TypeImage* image = type_of(type);
  if (image == nullptr) return true;
  const std::string name = std::string(type.module->text(image->name)) + "." +
                           std::string(text_of(node->name));
  if (program_.extended.contains(intern(name))) return true;
  for (const MethodImage& method : image->methods) {
    if (method.is_static || type.module->text(method.name) != text_of(node->name))
      continue;
    if (method.info.has_only_named() || method.info.variadic) return true;
    std::vector<ast::Expr*> slots;
    std::vector<ast::Expr*> rest;
    compiled_strings_ = type.module;
    return arrange(method.info, node->arguments, node->block, slots, rest, name,
                   "function", node->name_at);
  }
  return true;
}

// T.f, where nobody has anything of that name.
void Compiler::check_static(const Found& type, Symbol name, bool is_call, Span at) {
  const TypeImage& image = *type_of(type);
  const auto form = static_cast<Type::Form>(image.form);
  const bool is_enum = form == Type::Form::kEnum;
  if (!is_enum && form != Type::Form::kClass && form != Type::Form::kStruct) return;
  const auto is_it = [&](StringId text) {
    return type.module->text(text) == text_of(name);
  };
  if (!image.bases.empty() || program_.methods.contains(name) ||
      std::any_of(image.variants.begin(), image.variants.end(),
                  [&](const VariantImage& variant) { return is_it(variant.name); }) ||
      std::any_of(image.constants.begin(), image.constants.end(), is_it) ||
      find_global(name).what != Found::What::kNothing || text_of(name) == "name") {
    return;
  }
  const std::string type_name(type.module->text(image.name));
  const std::string member(text_of(name));
  if (is_enum) {
    error("E1015", "enum `" + type_name + "` has no variant `" + member + "`", at);
  } else if (is_call) {
    error("E1013", "method `" + member + "` not found on type `" + type_name + "`", at);
  } else {
    error("E1012", "type `" + type_name + "` has no `" + member + "`", at);
  }
}

// x.f of a variable that holds an instance of a known type, or of a new instance.
void Compiler::check_member(ast::Expr* receiver, Symbol name, bool is_call, Span at) {
  const Found made = known_type(receiver);
  const TypeImage* type = type_of(made);
  if (type == nullptr || !type->bases.empty() || program_.methods.contains(name)) return;
  const std::string member(text_of(name));
  for (const FieldImage& field : type->fields) {
    if (made.module->text(field.name) == member) return;
  }
  for (const MethodImage& method : type->methods) {
    if (made.module->text(method.name) == "method_missing") return;
  }
  Nearest nearest(member);
  for (const FieldImage& field : type->fields) {
    nearest.consider(made.module->text(field.name));
  }
  for (const MethodImage& method : type->methods) {
    nearest.consider(made.module->text(method.name));
  }
  const std::string type_name(made.module->text(type->name));
  if (is_call) {
    error("E1013", "method `" + member + "` not found on type `" + type_name + "`", at,
          nearest.question());
  } else {
    error("E1012", "class `" + type_name + "` has no field named `" + member + "`", at,
          nearest.question());
  }
}

// ---- Annotations
//
// They convert nothing, and most are only known to hold when the program runs. An error
// is reported where a value that is plain to see can never be what is written: a text for
// an i64, an array for a bool. Numbers of different types, bool and nil are left alone.

Look look_of_type(std::string_view type) {
  while (type.ends_with('?')) type.remove_suffix(1);
  if (type.empty() || type.find('|') != type.npos) return Look::kUnknown;
  if (type.front() == '[') return Look::kArray;
  if (type.front() == '{' && type.find(':') != type.npos) return Look::kDict;
  if (type.starts_with("fn(")) return Look::kFunction;
  if (type == "bool") return Look::kBool;
  if (type == "text" || type == "str") return Look::kText;
  if (type == "f64" || type == "f32") return Look::kFloat;
  for (const std::string_view integer :
       {"i64", "i32", "i16", "i8", "u64", "u32", "u16", "u8"}) {
    if (type == integer) return Look::kInt;
  }
  return Look::kUnknown;
}

namespace {

std::string_view name_of(Look look) {
  switch (look) {
    case Look::kInt:
      return "i64";
    case Look::kFloat:
      return "f64";
    case Look::kBool:
      return "bool";
    case Look::kText:
      return "str";
    case Look::kArray:
      return "array";
    case Look::kDict:
      return "dict";
    case Look::kFunction:
      return "function";
    default:
      return "object";
  }
}

// What no value that looks like `found` can be.
bool excludes(Look wanted, Look found) {
  const auto is_number = [](Look look) {
    return look == Look::kInt || look == Look::kFloat || look == Look::kBool;
  };
  if (wanted == Look::kUnknown || found == Look::kUnknown || wanted == found)
    return false;
  if (is_number(wanted)) return !is_number(found);
  if (found == Look::kInstance) return wanted == Look::kText;
  // {} stands for anything that is empty; an array may stand for other sequences.
  return is_number(found) || found == Look::kText || wanted == Look::kText;
}

}  // namespace

// What an expression's value looks like, and the type's name for messages.
Look Compiler::look(ast::Expr* expr, std::string& type) {
  const auto known = [&](Look look) {
    type = name_of(look);
    return look;
  };
  switch (expr->kind) {
    case ast::ExprKind::kBool:
      return known(Look::kBool);
    case ast::ExprKind::kArray:
    case ast::ExprKind::kRepeat:
      return known(Look::kArray);
    case ast::ExprKind::kDict:
      return known(Look::kDict);
    case ast::ExprKind::kLambda:
      return known(Look::kFunction);
    case ast::ExprKind::kCall: {
      const Found made = made_type(expr);
      if (const TypeImage* image = type_of(made)) {
        // One that has operators, or a single `value`, may do for a number.
        const bool acts = std::any_of(
            image->methods.begin(), image->methods.end(), [&](const MethodImage& method) {
              return made.module->text(method.name).starts_with("__");
            });
        if (acts || image->fields.size() == 1 || !image->bases.empty()) break;
        type = made.module->text(image->name);
        return Look::kInstance;
      }
      const auto* call = static_cast<const ast::Call*>(expr);
      if (call->callee->kind != ast::ExprKind::kName) break;
      const Found found = find(static_cast<ast::Name*>(call->callee)->name);
      if (found.what != Found::What::kGlobal || found.global->decorated ||
          found.global->kind != GlobalKind::kFunction) {
        break;
      }
      const std::string_view result = found.module->text(found.global->info.result);
      if (result.ends_with('?')) break;
      type = result;
      return look_of_type(result);
    }
    default: {
      const std::string_view literal = literal_type(expr);
      if (literal == "str") return known(Look::kText);
      if (literal == "i64") return known(Look::kInt);
      if (literal == "f64") return known(Look::kFloat);
      break;
    }
  }
  return Look::kUnknown;
}

bool Compiler::cannot_be(std::string_view type, ast::Expr* value, std::string& found) {
  while (type.ends_with('?')) type.remove_suffix(1);
  const Look wanted = look_of_type(type);
  if (wanted == Look::kUnknown) return false;
  // A program's own type of that name.
  if (find(intern(type)).what == Found::What::kGlobal) return false;
  if (excludes(wanted, look(value, found))) return true;
  if (wanted != Look::kArray || value->kind != ast::ExprKind::kArray) return false;
  // [T]: its items, of which one is enough.
  const std::string_view item_type = type.substr(1, type.size() - 2);
  for (const ast::Item& item : static_cast<ast::Array*>(value)->items) {
    if (item.spread || !cannot_be(item_type, item.value, found)) continue;
    found = "[" + found + "]";
    return true;
  }
  return false;
}

// `what` is what messages say before the type.
void Compiler::check_type(std::string_view type, ast::Expr* value,
                          const std::string& what) {
  std::string found;
  if (type.empty() || !cannot_be(type, value, found)) return;
  error("E1003", what + " " + std::string(type) + ", found " + found, value->at);
}

void Compiler::check_result(ast::Expr* value) {
  const ast::Function* function = state_->function;
  if (function == nullptr || function->result == nullptr) return;
  check_type(spell(function->result), value,
             "type mismatch: the result of `" + std::string(text_of(function->name)) +
                 "` is of type");
}

}  // namespace simple
