// Things that can be assigned, and how what lies on the way to them is made ready for it.

#include "compile/compiler_impl.h"

namespace simple {

using namespace ast;

bool Compiler::is_place(Expr* expr) const {
  switch (expr->kind) {
    case ExprKind::kName:
    case ExprKind::kSelf:
      return true;
    case ExprKind::kField:
      return !as<Field>(expr)->safe && is_place(as<Field>(expr)->receiver);
    case ExprKind::kTupleField:
      return is_place(as<TupleField>(expr)->receiver);
    case ExprKind::kIndex:
      return is_place(as<Index>(expr)->receiver);
    default:
      return false;
  }
}

// Evaluates the indexes on the way, into registers that stay.
Target Compiler::place(Expr* expr) {
  Target result;
  result.at = expr->at;
  switch (expr->kind) {
    case ExprKind::kField:
      // A module's variable, or a type's constant, is a global.
      {
        auto* field = as<Field>(expr);
        Found found;
        Interface::Imported exported;
        if (Interface* const module = module_of(field->receiver)) {
          if (module->find_exported(field->name, exported)) {
            found = global_of(exported.module, exported.global);
          }
        } else if (field->receiver->kind == ExprKind::kName) {
          const Found owner = find(as<Name>(field->receiver)->name);
          if (type_of(owner) != nullptr) hidden(owner, text_of(field->name), found);
        }
        if (found.what == Found::What::kGlobal) {
          result.root = Target::Root::kGlobal;
          result.reference = reference(found, expr->at);
          return result;
        }
      }
      result = place(as<Field>(expr)->receiver);
      result.steps.push_back(
          {TargetStep::Kind::kField, as<Field>(expr)->name, 0, 0, expr->at});
      return result;
    case ExprKind::kTupleField:
      result = place(as<TupleField>(expr)->receiver);
      result.steps.push_back(
          {TargetStep::Kind::kTuple, {}, 0, as<TupleField>(expr)->index, expr->at});
      return result;
    case ExprKind::kIndex: {
      result = place(as<Index>(expr)->receiver);
      Register index;
      Expr* subscript = as<Index>(expr)->index;
      if (subscript->kind == ExprKind::kName) {
        const Found found = find(as<Name>(subscript)->name);
        if (found.what == Found::What::kVariable && !found.variable->is_cell) {
          index = found.variable->reg;
          result.steps.push_back({TargetStep::Kind::kIndex, {}, index, 0, expr->at});
          return result;
        }
      }
      index = temporary(expr->at);
      into(subscript, index);
      result.steps.push_back({TargetStep::Kind::kIndex, {}, index, 0, expr->at});
      return result;
    }
    case ExprKind::kSelf:
    case ExprKind::kName: {
      const Symbol name =
          expr->kind == ExprKind::kSelf ? intern("self") : as<Name>(expr)->name;
      result.name = name;
      const Found found = find(name);
      switch (found.what) {
        case Found::What::kVariable:
          result.reg = found.variable->reg;
          result.root = found.variable->is_cell         ? Target::Root::kCell
                        : expr->kind == ExprKind::kSelf ? Target::Root::kSelf
                        : found.variable->is_parameter  ? Target::Root::kParameter
                                                        : Target::Root::kRegister;
          return result;
        case Found::What::kCaptured:
          result.reg = found.captured;
          result.root =
              found.is_cell ? Target::Root::kCapturedCell : Target::Root::kCaptured;
          return result;
        case Found::What::kGlobal:
          if (found.global->kind <= GlobalKind::kConstant) {
            result.root = Target::Root::kGlobal;
            result.reference = reference(found, expr->at);
            return result;
          }
          break;
        case Found::What::kLazy: {
          // An item of the values of the example, which is there once it was asked for.
          const Register value = temporary(expr->at);
          lazy_value(name, value, expr->at);
          emit(Op::kLoadConstant, value, text_constant(text_of(name), expr->at), 0,
               expr->at);
          result.root = Target::Root::kGlobal;
          result.reference =
              reference(program_.spec->key, intern("spec_lazy_values"), expr->at);
          result.steps.push_back({TargetStep::Kind::kIndex, {}, value, 0, expr->at});
          return result;
        }
        default:
          break;
      }
      break;
    }
    default:
      break;
  }
  result.root = Target::Root::kValue;
  result.reg = temporary(expr->at);
  into(expr, result.reg);
  return result;
}

void Compiler::load(const Target& place, Register to) {
  switch (place.root) {
    case Target::Root::kRegister:
    case Target::Root::kParameter:
    case Target::Root::kSelf:
    case Target::Root::kValue:
      if (place.reg != to) emit(Op::kMove, to, place.reg, 0, place.at);
      break;
    case Target::Root::kCell:
      emit(Op::kGetCell, to, place.reg, 0, place.at);
      break;
    case Target::Root::kCaptured:
      emit(Op::kGetCaptured, to, place.reg, 0, place.at);
      break;
    case Target::Root::kCapturedCell:
      emit(Op::kGetCaptured, to, place.reg, 0, place.at);
      emit(Op::kGetCell, to, to, 0, place.at);
      break;
    case Target::Root::kGlobal:
      emit(Op::kGetGlobal, to, place.reference, 0, place.at);
      break;
  }
  for (const TargetStep& step : place.steps) {
    switch (step.kind) {
      case TargetStep::Kind::kField:
        emit(Op::kGetField, to, to, site(step.field, step.at), step.at);
        break;
      case TargetStep::Kind::kIndex:
        emit(Op::kGetIndex, to, to, step.index, step.at);
        break;
      case TargetStep::Kind::kTuple:
        emit(Op::kGetTuple, to, to, static_cast<uint16_t>(step.item), step.at);
        break;
    }
  }
}

// Leaves in `to` the object at the place, or above it if not all steps are to be taken,
// so that changing the object changes what the place holds.
void Compiler::load_mutable(const Target& place, size_t steps, Register to,
                            bool of_call) {
  Register from = to;
  switch (place.root) {
    case Target::Root::kRegister:
      emit(Op::kUnshare, place.reg, 0, 0, place.at);
      if (steps != 0) {
        from = place.reg;
      } else if (place.reg != to) {
        emit(Op::kMove, to, place.reg, 0, place.at);
      }
      break;
    case Target::Root::kParameter:
      // Nobody knew at the start of the function that it would be changed.
      emit(of_call ? Op::kCopy : Op::kUnshare, place.reg, place.reg, 0, place.at);
      if (place.reg != to) emit(Op::kMove, to, place.reg, 0, place.at);
      break;
    case Target::Root::kSelf:
    case Target::Root::kValue:
      if (place.reg != to) emit(Op::kMove, to, place.reg, 0, place.at);
      if (!state_->owns_self || place.root == Target::Root::kValue) {
        emit(Op::kUnshare, to, 0, 0, place.at);
      }
      break;
    case Target::Root::kCell:
      emit(Op::kGetCellMutable, to, place.reg, 0, place.at);
      break;
    case Target::Root::kCaptured:
      emit(Op::kGetCaptured, to, place.reg, 0, place.at);
      emit(Op::kUnshare, to, 0, 0, place.at);
      break;
    case Target::Root::kCapturedCell:
      emit(Op::kGetCaptured, to, place.reg, 0, place.at);
      emit(Op::kGetCellMutable, to, to, 0, place.at);
      break;
    case Target::Root::kGlobal:
      emit(Op::kGetGlobalMutable, to, place.reference, 0, place.at);
      break;
  }
  for (size_t i = 0; i < steps; ++i) {
    const TargetStep& step = place.steps[i];
    switch (step.kind) {
      case TargetStep::Kind::kField:
        emit(Op::kGetFieldMutable, to, from, site(step.field, step.at), step.at);
        break;
      case TargetStep::Kind::kIndex:
        emit(Op::kGetIndexMutable, to, from, step.index, step.at);
        break;
      case TargetStep::Kind::kTuple:
        // Tuples do not change: what is changed is a copy.
        emit(Op::kGetTuple, to, from, static_cast<uint16_t>(step.item), step.at);
        emit(Op::kCopy, to, to, 0, step.at);
        break;
    }
    from = to;
  }
}

// Stores a value that already counts as held.
void Compiler::store(const Target& place, Register value, Span at) {
  if (place.steps.empty()) {
    switch (place.root) {
      case Target::Root::kRegister:
      case Target::Root::kParameter:
      case Target::Root::kSelf:
      case Target::Root::kValue:
        emit(Op::kMove, place.reg, value, 0, at);
        break;
      case Target::Root::kCell:
        emit(Op::kSetCell, place.reg, value, 0, at);
        break;
      case Target::Root::kCapturedCell: {
        const Register cell = temporary(at);
        emit(Op::kGetCaptured, cell, place.reg, 0, at);
        emit(Op::kSetCell, cell, value, 0, at);
        break;
      }
      case Target::Root::kCaptured:
        break;  // Refused before.
      case Target::Root::kGlobal:
        emit(Op::kSetGlobal, value, place.reference, 0, at);
        break;
    }
    return;
  }
  Register owner;
  const TargetStep& last = place.steps.back();
  const bool direct = place.steps.size() == 1 &&
                      (place.root == Target::Root::kRegister ||
                       (place.root == Target::Root::kSelf && state_->owns_self));
  if (direct) {
    // The instruction itself unshares what is in the variable.
    owner = place.reg;
  } else {
    owner = temporary(at);
    load_mutable(place, place.steps.size() - 1, owner);
  }
  switch (last.kind) {
    case TargetStep::Kind::kField:
      emit(Op::kSetField, owner, value, site(last.field, at), at);
      break;
    case TargetStep::Kind::kIndex:
      emit(Op::kSetIndex, owner, last.index, value, at);
      break;
    case TargetStep::Kind::kTuple:
      error("E1004", "the items of a tuple cannot be assigned", at);
      break;
  }
}

}  // namespace simple
