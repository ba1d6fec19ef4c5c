// Statements and blocks.

#include <algorithm>

#include "compile/compiler_impl.h"

namespace simple {

using namespace ast;

namespace {

bool is_docstring(const Stmt* statement) {
  return statement->kind == StmtKind::kExpr &&
         static_cast<const ExprStmt*>(statement)->value->kind == ExprKind::kText;
}

// Expressions that write their register last, so it may be a variable that they read.
bool writes_last(const Expr* expr) {
  switch (expr->kind) {
    case ExprKind::kBinary:
    case ExprKind::kUnary:
    case ExprKind::kCall:
    case ExprKind::kMethodCall:
    case ExprKind::kField:
    case ExprKind::kIndex:
    case ExprKind::kInt:
    case ExprKind::kFloat:
    case ExprKind::kText:
    case ExprKind::kBool:
    case ExprKind::kNil:
    case ExprKind::kInterpolation:
      return true;
    default:
      return false;
  }
}

}  // namespace

// ---- Blocks

// `result` is the register for the block's value, or -1.
void Compiler::block(Block* node, int result) {
  open_scope();
  block_inside(node, result);
  close_scope(node->at);
}

void Compiler::block_inside(Block* node, int result) {
  const uint32_t count = node->statements.size();
  for (uint32_t i = 0; i < count; ++i) {
    Stmt* inner = node->statements[i];
    const bool last = i + 1 == count;
    if (!last && is_docstring(inner)) continue;
    statement(inner, last ? result : -1);
  }
  if (count == 0 && result >= 0) {
    emit(Op::kLoadNil, static_cast<uint16_t>(result), 0, 0, node->at);
  }
}

// The body of a function: the value of its last statement is returned.
void Compiler::block_returning(Block* node) {
  bool defers = false;
  for (const Scope& scope : state_->scopes) defers = defers || !scope.deferred.empty();
  for (Stmt* inner : node->statements) {
    defers = defers || inner->kind == StmtKind::kDefer;
  }
  if (defers || node->statements.empty()) {
    const Register result = temporary(node->at);
    open_scope();
    block_inside(node, result);
    emit(Op::kShare, result, 0, 0, node->at);
    close_scope(node->at);
    leave(0, false);
    return_register(result, false, node->at);
    return;
  }
  open_scope();
  const uint32_t count = node->statements.size();
  for (uint32_t i = 0; i + 1 < count; ++i) {
    if (!is_docstring(node->statements[i])) statement(node->statements[i], -1);
  }
  Stmt* last = node->statements[count - 1];
  if (last->kind == StmtKind::kExpr) {
    Expr* value = as<ExprStmt>(last)->value;
    if (value->kind == ExprKind::kIf && as<If>(value)->condition.value != nullptr) {
      conditional(as<If>(value), -1, true);
    } else if (value->kind == ExprKind::kMatch) {
      match(as<Match>(value), -1, true);
    } else {
      return_value(value, last->at);
    }
  } else if (last->kind == StmtKind::kLoop) {
    const Register result = temporary(last->at);
    statement(last, result);
    return_register(result, true, last->at);
  } else {
    statement(last, -1);
    if (last->kind != StmtKind::kReturn) {
      emit(Op::kReturnNil, 0, 0, 0, last->at);
    }
  }
  close_scope(node->at);
}

void Compiler::return_value(Expr* value, Span at) {
  if (value == nullptr) {
    leave(0, false);
    return_nothing(at);
    return;
  }
  check_result(value);
  const Register saved = state_->next;
  bool defers = false;
  for (const Scope& scope : state_->scopes) defers = defers || !scope.deferred.empty();
  if (value->kind == ExprKind::kName && !defers && !checks_at_end()) {
    const Found found = find(as<Name>(value)->name);
    if (found.what == Found::What::kVariable && !found.variable->is_cell) {
      emit(found.variable->is_parameter ? Op::kReturnShare : Op::kReturn,
           found.variable->reg, 0, 0, at);
      return;
    }
  }
  const Register result = temporary(at);
  keep(value, result);
  leave(0, false);
  return_register(result, false, at);
  state_->next = saved;
}

void Compiler::return_register(Register reg, bool share, Span at) {
  if (state_->ensures != nullptr) {
    Contract* contract = state_->ensures;
    open_scope();
    if (contract->result) {
      Variable variable;
      variable.name = contract->result;
      variable.reg = reg;
      state_->variables.push_back(variable);
    }
    for (Expr* condition : contract->conditions) {
      Jumps holds;
      jump_when(condition, true, holds);
      const std::string message =
          "postcondition of `" + std::string(text_of(state_->function->name)) +
          "` does not hold: " +
          std::string(source_.text().substr(condition->at.start, condition->at.length));
      emit(Op::kFail, text_constant("E5002", condition->at),
           text_constant(message, condition->at), 0, condition->at);
      patch(holds);
    }
    close_scope(at);
  }
  if (state_->keeps_invariant) check_invariant(0, at);
  emit(share ? Op::kReturnShare : Op::kReturn, reg, 0, 0, at);
}

void Compiler::return_nothing(Span at) {
  if (!checks_at_end()) {
    emit(Op::kReturnNil, 0, 0, 0, at);
    return;
  }
  const Register result = temporary(at);
  emit(Op::kLoadNil, result, 0, 0, at);
  return_register(result, false, at);
}

// Calls the method that fails if an invariant of the type does not hold.
void Compiler::check_invariant(Register self, Span at) {
  const Register saved = state_->next;
  const Register base = temporary(at);
  emit(Op::kMove, base, self, 0, at);
  emit(Op::kCallMethod, base, site(intern(kInvariant), at), 1, at);
  state_->next = saved;
}

// ---- Statements

void Compiler::statement(Stmt* node, int result) {
  const Register saved = state_->next;
  const size_t variables = state_->variables.size();
  const Span at = node->at;
  bool has_value = false;
  switch (node->kind) {
    case StmtKind::kExpr: {
      Expr* value = as<ExprStmt>(node)->value;
      if (value->kind == ExprKind::kIf) {
        conditional(as<If>(value), result, false);
        has_value = true;
      } else if (value->kind == ExprKind::kMatch) {
        match(as<Match>(value), result, false);
        has_value = true;
      } else if (result >= 0) {
        into(value, static_cast<Register>(result));
        has_value = true;
      } else if (value->kind == ExprKind::kName) {
        any(value);  // Only looked up.
      } else {
        into(value, temporary(at));
      }
      break;
    }
    case StmtKind::kLet:
      let(as<Let>(node));
      break;
    case StmtKind::kAssign:
      assign(as<Assign>(node));
      break;
    case StmtKind::kReturn:
      return_statement(as<Return>(node));
      break;
    case StmtKind::kBreak: {
      auto* leaving = as<Break>(node);
      LoopState* loop_state = loop(leaving->label);
      if (loop_state == nullptr) {
        error("E1101",
              leaving->label ? "break to `" + std::string(text_of(leaving->label)) +
                                   "`, which is no loop around it"
                             : std::string("break outside of a loop"),
              at);
        break;
      }
      if (leaving->value != nullptr) {
        if (loop_state->result >= 0) {
          keep(leaving->value, static_cast<Register>(loop_state->result));
        } else {
          into(leaving->value, temporary(at));
        }
      }
      leave(loop_state->scope, false);
      loop_state->breaks.push_back(jump(Op::kJump, 0, at));
      break;
    }
    case StmtKind::kContinue: {
      LoopState* loop_state = loop(as<Continue>(node)->label);
      if (loop_state == nullptr) {
        error("E1102", "continue outside of a loop", at);
        break;
      }
      leave(loop_state->scope, false);
      loop_state->continues.push_back(jump(Op::kJump, 0, at));
      break;
    }
    case StmtKind::kWhile:
      while_statement(as<While>(node));
      break;
    case StmtKind::kLoop:
      loop_statement(as<Loop>(node), result);
      has_value = true;
      break;
    case StmtKind::kFor:
      for_statement(as<For>(node));
      break;
    case StmtKind::kPass:
      break;
    case StmtKind::kAssert:
      assert_statement(as<Assert>(node));
      break;
    case StmtKind::kDefer:
      defer_statement(as<Defer>(node));
      break;
    case StmtKind::kWith:
      with_statement(as<With>(node));
      break;
    case StmtKind::kContext:
      context_statement(as<Context>(node));
      break;
    case StmtKind::kFunction: {
      Function* function = as<FunctionDecl>(node)->function;
      if (state_->is_module && state_->scopes.size() == 1) {
        module_function(function);
      } else if (!function->is_extern && function->body != nullptr) {
        const Register reg = temporary(at);
        closure(function, reg, function->at);
        if (!function->decorators.empty()) decorate(function, reg);
        declare(function->name, reg, false, at);
      }
      break;
    }
    case StmtKind::kTypeDecl:
      type_declaration(as<TypeDecl>(node));
      break;
    case StmtKind::kEnum:
      enum_declaration(as<EnumDecl>(node));
      break;
    case StmtKind::kImpl:
      impl(as<Impl>(node));
      break;
    case StmtKind::kAlias: {
      auto* alias = as<Alias>(node);
      const Register value = temporary(at);
      if (alias->value != nullptr) {
        into(alias->value, value);
      } else if (alias->type->kind == ast::Type::Kind::kNamed) {
        Name name{};
        name.kind = ExprKind::kName;
        name.at = alias->type->at;
        name.name = alias->type->name;
        const Found found = find(name.name);
        if (found.what == Found::What::kNothing) {
          emit(Op::kLoadNil, value, 0, 0, at);
        } else {
          load(found, name.name, value, at);
        }
      } else {
        emit(Op::kLoadNil, value, 0, 0, at);
      }
      if (state_->is_module && state_->scopes.size() == 1) {
        emit(Op::kSetGlobal, value, reference(find_global(alias->name), at), 0, at);
      } else {
        declare(alias->name, value, false, at);
      }
      break;
    }
    case StmtKind::kImport:
    case StmtKind::kExport:
    case StmtKind::kExternType:
      break;
  }
  if (result >= 0 && !has_value) {
    emit(Op::kLoadNil, static_cast<uint16_t>(result), 0, 0, at);
  }
  // Registers of new variables stay.
  Register next = saved;
  for (size_t i = variables; i < state_->variables.size(); ++i) {
    next = std::max(next, static_cast<Register>(state_->variables[i].reg + 1));
  }
  if (node->kind == StmtKind::kDefer) next = std::max(next, state_->next);
  state_->next = next;
}

LoopState* Compiler::loop(Symbol label) {
  for (size_t i = state_->loops.size(); i-- > 0;) {
    if (!label || state_->loops[i].label == label) return &state_->loops[i];
  }
  return nullptr;
}

// Runs what was deferred in the scopes from `scopes` on, as it is when they are left
// here.
void Compiler::leave(size_t scopes, bool failing) {
  std::vector<Deferred*> paused;
  for (size_t i = state_->scopes.size(); i-- > scopes;) {
    auto& deferred = state_->scopes[i].deferred;
    for (size_t j = deferred.size(); j-- > 0;) {
      Deferred& entry = deferred[j];
      if (entry.covered_from != UINT32_MAX) {
        entry.covered.emplace_back(entry.covered_from, here());
        entry.covered_from = UINT32_MAX;
        paused.push_back(&entry);
      }
      if (!entry.on_error_only || failing) {
        run_deferred(entry);
      }
    }
  }
  // The instruction that leaves is not covered either; see the callers.
  for (Deferred* entry : paused) entry->covered_from = here() + 1;
}

void Compiler::run_deferred(Deferred& deferred) {
  const Register saved = state_->next;
  if (deferred.resource) {
    const Register base = temporary(deferred.at);
    emit(Op::kMove, base, *deferred.resource, 0, deferred.at);
    emit(Op::kCallMethod, base, site(intern("(close)"), deferred.at), 1, deferred.at);
  } else {
    // What is deferred may use loops of its own, but not leave those around it.
    std::vector<LoopState> loops;
    loops.swap(state_->loops);
    block(deferred.body, -1);
    state_->loops.swap(loops);
  }
  state_->next = saved;
}

void Compiler::defer_statement(Defer* node) {
  Deferred deferred;
  deferred.body = node->body;
  deferred.on_error_only = node->on_error_only;
  deferred.at = node->at;
  deferred.covered_from = here();
  state_->scopes.back().deferred.push_back(std::move(deferred));
}

void Compiler::with_statement(With* node) {
  open_scope();
  const Register resource = temporary(node->at);
  keep(node->resource, resource);
  const Register entered = temporary(node->at);
  emit(Op::kMove, entered, resource, 0, node->at);
  emit(Op::kCallMethod, entered, site(intern("(enter)"), node->at), 1, node->at);
  Deferred deferred;
  deferred.resource = resource;
  deferred.at = node->at;
  deferred.covered_from = here();
  state_->scopes.back().deferred.push_back(std::move(deferred));
  if (node->pattern != nullptr) destructure(node->pattern, entered, false);
  block_inside(node->body, -1);
  close_scope(node->at);
}

void Compiler::context_statement(Context* node) {
  open_scope();
  const Register object = temporary(node->at);
  keep(node->object, object);
  // Bare calls that mean nothing else are methods of it: see Compiler::call.
  Variable variable;
  variable.name = intern("(context)");
  variable.reg = object;
  state_->variables.push_back(variable);
  block_inside(node->body, -1);
  close_scope(node->at);
}

// ---- Variables

void Compiler::let(Let* node) {
  const bool is_global = state_->is_module && state_->scopes.size() == 1;
  const Span at = node->at;
  // [T; N]: the number of elements has to be right.
  const auto check_length = [&](Register value) {
    if (node->type == nullptr || node->type->kind != ast::Type::Kind::kArray ||
        node->type->length == nullptr || node->pattern->kind != PatternKind::kName) {
      return;
    }
    const Register base = temporaries(3, at);
    emit(Op::kMove, base, value, 0, at);
    into(node->type->length, static_cast<Register>(base + 1));
    emit(Op::kLoadConstant, static_cast<Register>(base + 2),
         text_constant(text_of(as<NamePattern>(node->pattern)->name), at), 0, at);
    emit(Op::kCallGlobal, base, reference(kNatives, intern("rt_core_check_length"), at),
         3, at);
  };
  if (node->pattern->kind == PatternKind::kName && node->otherwise == nullptr) {
    const Symbol name = as<NamePattern>(node->pattern)->name;
    const Register reg = temporary(at);
    Found made;
    if (node->value != nullptr) {
      if (!node->is_mutable) made = made_type(node->value);
      if (node->type != nullptr) {
        check_type(spell(node->type), node->value,
                   "type mismatch: `" + std::string(text_of(name)) + "` is of type");
      }
      keep(node->value, reg);
    } else {
      emit(Op::kLoadNil, reg, 0, 0, at);
    }
    check_length(reg);
    if (text_of(name) == "_") return;
    if (is_global) {
      made_globals_[name] = made;
      emit(Op::kSetGlobal, reg, reference(find_global(name), at), 0, at);
    } else {
      declare(name, reg, node->is_mutable, at).made = made;
    }
    return;
  }
  const Register value = temporary(at);
  if (node->value == nullptr) {
    error("E1004", "a pattern needs a value", at);
    return;
  }
  into(node->value, value);
  const size_t first = state_->variables.size();
  if (node->otherwise != nullptr) {
    Jumps fails;
    pattern(node->pattern, value, fails, node->is_mutable);
    const uint32_t over = jump(Op::kJump, 0, at);
    patch(fails);
    std::vector<Variable> hidden(
        state_->variables.begin() + static_cast<std::ptrdiff_t>(first),
        state_->variables.end());
    state_->variables.resize(first);
    block(node->otherwise, -1);
    emit(Op::kFail, text_constant("E1006", at),
         text_constant("the else of a let has to leave the block", at), 0, at);
    state_->variables.insert(state_->variables.end(), hidden.begin(), hidden.end());
    patch(over);
  } else {
    destructure(node->pattern, value, node->is_mutable);
  }
  if (!is_global) return;
  for (size_t i = first; i < state_->variables.size(); ++i) {
    const Variable& variable = state_->variables[i];
    const Found found = find_global(variable.name);
    if (found.what == Found::What::kGlobal && found.module == &self_) {
      emit(Op::kSetGlobal, variable.reg, reference(found, at), 0, at);
    }
  }
  state_->variables.resize(first);
}

void Compiler::assign(Assign* node) {
  Expr* target = node->target;
  const Span at = node->at;
  switch (target->kind) {
    case ExprKind::kName:
      assign_name(as<Name>(target), node);
      return;
    case ExprKind::kTuple:
    case ExprKind::kArray: {
      if (node->compound) break;
      const Register value = temporary(at);
      keep(node->value, value);
      const auto& items = target->kind == ExprKind::kTuple ? as<Tuple>(target)->items
                                                           : as<Array>(target)->items;
      for (size_t i = 0; i < items.size(); ++i) {
        const Register part = temporary(at);
        emit(Op::kMatchItem, part, value, static_cast<uint16_t>(i), items[i].value->at);
        assign_to(items[i].value, part, false, at);
      }
      return;
    }
    case ExprKind::kField:
    case ExprKind::kTupleField:
    case ExprKind::kIndex: {
      Target where = place(target);
      if ((where.root == Target::Root::kCaptured ||
           where.root == Target::Root::kCapturedCell) &&
          !writes_through(where.name) && text_of(where.name) != "self") {
        error("E1004",
              "cannot assign to captured variable `" + std::string(text_of(where.name)) +
                  "` inside a closure (line " +
                  std::to_string(source_.place(at.start).line) +
                  "): closures capture enclosing locals by value and are read-only",
              target->at);
        return;
      }
      if (where.root == Target::Root::kSelf && state_->is_method && !state_->owns_self &&
          !state_->writes_self && where.steps.size() == 1 && state_->forbids_self) {
        error("E1004",
              "cannot modify self." + std::string(text_of(where.steps[0].field)) +
                  " in immutable fn method",
              target->at, "declare the method with `me` instead of `fn`");
        return;
      }
      if (where.root == Target::Root::kSelf && !where.steps.empty() &&
          where.steps[0].kind == TargetStep::Kind::kField) {
        check_member(where.steps[0].field, false, target->at);
      }
      const bool root_parameter = where.root == Target::Root::kParameter;
      if (root_parameter) state_->escaping.push_back(where.reg);
      if (!node->compound) {
        const Register value = temporary(at);
        keep_for(target, node->value, value);
        store(where, value, at);
        return;
      }
      const Register value = temporary(at);
      load(where, value);
      const Register right = any(node->value);
      const Op op =
          static_cast<Op>(static_cast<int>(Op::kAdd) + static_cast<int>(node->op));
      emit(simple::into(op), value, value, right, at);
      store(where, value, at);
      return;
    }
    case ExprKind::kSelf: {
      if (node->compound || !state_->is_method) break;
      const Register pair = temporaries(2, at);
      load(find(intern("self")), intern("self"), pair, at);
      keep(node->value, static_cast<Register>(pair + 1));
      emit(Op::kCallGlobal, pair, reference(kNatives, intern("rt_core_assign_self"), at),
           2, at);
      return;
    }
    default:
      break;
  }
  error("E1004", "this cannot be assigned", target->at);
}

void Compiler::assign_to(Expr* target, Register value, bool fresh, Span at) {
  if (target->kind == ExprKind::kName) {
    const Symbol name = as<Name>(target)->name;
    if (text_of(name) == "_") return;
    const Found found = find(name);
    if (found.what == Found::What::kNothing || found.what == Found::What::kLazy ||
        (found.what == Found::What::kGlobal &&
         found.global->kind > GlobalKind::kConstant)) {
      const Register reg = temporary(at);
      emit(fresh ? Op::kMove : Op::kMoveShare, reg, value, 0, at);
      declare(name, reg, false, at);
      return;
    }
    if (found.what == Found::What::kVariable && !found.variable->is_mutable) {
      error("E1004",
            "invalid assignment: cannot reassign to immutable variable `" +
                std::string(text_of(name)) + "`",
            target->at);
      return;
    }
  }
  if (!is_place(target)) {
    error("E1004", "this cannot be assigned", target->at);
    return;
  }
  const Target where = place(target);
  if (!fresh) emit(Op::kShare, value, 0, 0, at);
  store(where, value, at);
}

void Compiler::assign_name(Name* target, Assign* node) {
  const Symbol name = target->name;
  const Span at = node->at;
  const std::string text(text_of(name));
  if (text == "_" && !node->compound) {
    into(node->value, temporary(at));
    return;
  }
  Found found = find(name);
  const bool assignable =
      found.what == Found::What::kVariable || found.what == Found::What::kCaptured ||
      (found.what == Found::What::kGlobal && found.global->kind <= GlobalKind::kConstant);
  if (!assignable && !node->compound) {
    // A field of the type, without self?
    if (state_->is_method && state_->fields.contains(name)) {
      error("E1004", "`" + text + "` is a field of the type; use self." + text,
            target->at);
      return;
    }
    // A name that is new makes a variable.
    const Register reg = temporary(at);
    keep(node->value, reg);
    Variable& variable = declare(name, reg, false, at);
    variable.implicit = true;
    return;
  }
  if (found.what == Found::What::kNothing) {
    unknown("E1001", "variable", name, target->at);
    return;
  }
  if (!assignable) {
    error("E1004", "invalid assignment: `" + text + "` is not a variable", target->at);
    return;
  }
  if (found.what == Found::What::kCaptured && !(found.is_cell && writes_through(name))) {
    const uint32_t line = source_.place(state_->function->at.start).line;
    const std::string where =
        state_->function->name && !state_->function->is_lambda
            ? "inside nested fn `" + std::string(text_of(state_->function->name)) +
                  "` (line " + std::to_string(line) + ")"
            : "inside a closure (line " + std::to_string(line) + ")";
    error("E1004",
          "cannot assign to captured variable `" + text + "` " + where +
              ": closures capture enclosing locals by value and are read-only",
          target->at);
    return;
  }
  const bool constant =
      (found.what == Found::What::kVariable && !found.variable->is_mutable) ||
      (found.what == Found::What::kGlobal && found.global->kind == GlobalKind::kConstant);
  if (constant) {
    error("E1004",
          "invalid assignment: cannot reassign to immutable variable `" + text + "`",
          target->at);
    return;
  }
  const bool plain = found.what == Found::What::kVariable && !found.variable->is_cell;
  if (plain) {
    const Register reg = found.variable->reg;
    if (node->compound) {
      operate(node->op, reg, target, node->value, at, true);
    } else if (writes_last(node->value)) {
      keep_for(target, node->value, reg);
    } else {
      const Register value = temporary(at);
      keep(node->value, value);
      emit(Op::kMove, reg, value, 0, at);
    }
    return;
  }
  const Register value = temporary(at);
  if (node->compound) {
    operate(node->op, value, target, node->value, at, true);
  } else {
    keep_for(target, node->value, value);
  }
  store(place(target), value, at);
}

// ---- Control

void Compiler::return_statement(Return* node) {
  if (state_->is_module && !state_->is_block) {
    error("E1103", "return outside of a function", node->at);
    return;
  }
  if (checks_at_end() && node->value != nullptr) {
    check_result(node->value);
    const Register result = temporary(node->at);
    keep(node->value, result);
    leave(0, false);
    return_register(result, false, node->at);
    return;
  }
  return_value(node->value, node->at);
}

void Compiler::while_statement(While* node) {
  LoopState entry;
  entry.label = node->label;
  entry.scope = state_->scopes.size();
  state_->loops.push_back(std::move(entry));
  const bool plain = node->condition.pattern == nullptr;
  const uint32_t start = here();
  Jumps exits;
  open_scope();
  condition(node->condition, exits);
  const uint32_t body = here();
  block(node->body, -1);
  close_scope(node->at);
  patch(state_->loops.back().continues);
  if (plain) {
    // The condition once more at the end saves a jump in every round.
    Jumps again;
    const Register saved = state_->next;
    jump_when(node->condition.value, false, again);
    state_->next = saved;
    jump_to(body, node->at);
    patch(again);
  } else {
    jump_to(start, node->at);
  }
  patch(exits);
  patch(state_->loops.back().breaks);
  state_->loops.pop_back();
}

void Compiler::loop_statement(Loop* node, int result) {
  LoopState entry;
  entry.label = node->label;
  entry.scope = state_->scopes.size();
  entry.result = result;
  state_->loops.push_back(std::move(entry));
  if (result >= 0) emit(Op::kLoadNil, static_cast<uint16_t>(result), 0, 0, node->at);
  const uint32_t start = here();
  block(node->body, -1);
  patch(state_->loops.back().continues);
  jump_to(start, node->at);
  patch(state_->loops.back().breaks);
  state_->loops.pop_back();
}

void Compiler::for_statement(For* node) {
  Expr* iterable = node->iterable;
  const Span at = node->at;
  if (iterable->kind == ExprKind::kRange && node->first == nullptr &&
      (node->pattern->kind == PatternKind::kName ||
       node->pattern->kind == PatternKind::kWildcard) &&
      as<Range>(iterable)->start != nullptr && as<Range>(iterable)->end != nullptr) {
    for_count(node, as<Range>(iterable));
    return;
  }
  const Iteration iteration = iterate(iterable, node->first, node->pattern, at);
  LoopState entry;
  entry.label = node->label;
  entry.scope = state_->scopes.size() - 1;
  state_->loops.push_back(std::move(entry));
  block(node->body, -1);
  close_scope(at);
  patch(state_->loops.back().continues);
  jump_to(iteration.start, at);
  patch(iteration.exit);
  patch(state_->loops.back().breaks);
  state_->loops.pop_back();
  close_scope(at);
}

// The head of a loop, up to where its names are bound: opens a scope for the loop, and
// one for each round.
Compiler::Iteration Compiler::iterate(Expr* iterable, Pattern* first, Pattern* pattern,
                                      Span at) {
  open_scope();
  const Register state = temporaries(5, at);
  const auto item = static_cast<Register>(state + 2);
  const auto second = static_cast<Register>(state + 3);
  const auto number = static_cast<Register>(state + 4);
  into(iterable, state);
  // What is iterated is looked at again in every round: if the body changes it, it
  // changes a copy.
  emit(Op::kIteratePrepare, state, 1, 0, iterable->at);
  const bool pair = pattern->kind == PatternKind::kTuple &&
                    as<TuplePattern>(pattern)->items.size() == 2;
  Op next = pair ? Op::kIteratePair : Op::kIterateNext;
  if (first != nullptr) {
    next = Op::kIterateNumbered;
    if (gives_pairs(iterable, pattern)) {
      emit(Op::kLoadNil, number, 0, 0, at);
    } else {
      emit_wide(Op::kLoadInt, number, 0, at);
    }
  }
  Iteration result;
  result.start = here();
  result.exit = emit_wide(next, state, 0, iterable->at);
  open_scope();
  if (first != nullptr) {
    destructure(first, item, false);
    destructure(pattern, second, false);
  } else if (pair) {
    auto* tuple = as<TuplePattern>(pattern);
    destructure(tuple->items[0], item, false);
    destructure(tuple->items[1], second, false);
  } else {
    destructure(pattern, item, false);
  }
  return result;
}

// Whether `for a, b in` means the two of each pair and does not number them: so it is for
// calls that are there to make pairs, unless (a, b) stands behind the comma already.
bool Compiler::gives_pairs(const Expr* iterable, const Pattern* pattern) {
  if (iterable->kind != ExprKind::kMethodCall) return false;
  const std::string_view name = text_of(as<const MethodCall>(iterable)->name);
  if (name == "enumerate") return true;
  return pattern->kind != PatternKind::kTuple &&
         (name == "items" || name == "entries" || name == "zip");
}

void Compiler::for_count(For* node, Range* range) {
  const Span at = node->at;
  open_scope();
  const Register state = temporaries(3, at);
  into(range->start, state);
  into(range->end, static_cast<Register>(state + 1));
  LoopState entry;
  entry.label = node->label;
  entry.scope = state_->scopes.size();
  state_->loops.push_back(std::move(entry));
  // The body may be long: the exit goes over a wide jump.
  const uint32_t prepare =
      emit(Op::kCountPrepare, state, range->inclusive ? 1 : 0, 0, range->at);
  const uint32_t enter = jump(Op::kJump, 0, at);
  patch(prepare);
  const uint32_t exit = jump(Op::kJump, 0, at);
  patch(enter);
  const uint32_t start = here();
  open_scope();
  if (node->pattern->kind == PatternKind::kName) {
    const Symbol name = as<NamePattern>(node->pattern)->name;
    if (state_->shared_with_blocks.contains(name)) {
      bind(name, static_cast<Register>(state + 2), false, at);
    } else {
      Variable variable;
      variable.name = name;
      variable.reg = static_cast<Register>(state + 2);
      state_->variables.push_back(variable);
    }
  }
  block(node->body, -1);
  close_scope(at);
  patch(state_->loops.back().continues);
  jump_to(start, at, Op::kCountNext, state);
  patch(exit);
  patch(state_->loops.back().breaks);
  state_->loops.pop_back();
  close_scope(at);
}

void Compiler::assert_statement(Assert* node) {
  Jumps holds;
  jump_when(node->condition, true, holds);
  const Span at = node->at;
  const std::string source(
      source_.text().substr(node->condition->at.start, node->condition->at.length));
  if (node->message == nullptr) {
    emit(Op::kFail, text_constant("E3004", at),
         text_constant("assertion failed: " + source, at), 0, at);
  } else {
    const Register parts = temporaries(2, at);
    const auto second = static_cast<Register>(parts + 1);
    emit(Op::kLoadConstant, parts, text_constant("assertion failed: ", at), 0, at);
    into(node->message, second);
    emit(Op::kDisplay, parts, parts, 2, at);
    emit(Op::kFailWith, text_constant("E3004", at), parts, 0, at);
  }
  patch(holds);
}

}  // namespace simple
