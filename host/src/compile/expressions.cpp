// Expressions other than calls.

#include <bit>

#include "compile/compiler_impl.h"

namespace simple {

using namespace ast;

namespace {

std::optional<int64_t> small_int(const Expr* expr) {
  if (expr->kind == ExprKind::kInt) {
    const auto* number = static_cast<const Int*>(expr);
    const bool plain =
        number->type == NumberType::kPlain || number->type == NumberType::kI64;
    if (plain && number->value >= INT16_MIN && number->value <= INT16_MAX)
      return number->value;
  }
  if (expr->kind == ExprKind::kUnary &&
      static_cast<const Unary*>(expr)->op == UnaryOp::kNegate) {
    const auto inner = small_int(static_cast<const Unary*>(expr)->operand);
    if (inner && *inner > 0) return -*inner;
  }
  return std::nullopt;
}

ConstantImage number_constant(const Expr* expr) {
  if (expr->kind == ExprKind::kFloat) {
    const auto* number = static_cast<const Float*>(expr);
    if (number->type == NumberType::kF32) {
      return {Tag::kF32, std::bit_cast<int64_t>(
                             static_cast<double>(static_cast<float>(number->value)))};
    }
    return {Tag::kFloat, std::bit_cast<int64_t>(number->value)};
  }
  const auto* number = static_cast<const Int*>(expr);
  const auto bits = static_cast<uint64_t>(number->value);
  switch (number->type) {
    case NumberType::kU8:
      return {Tag::kU8, static_cast<int64_t>(bits & 0xFF)};
    case NumberType::kU16:
      return {Tag::kU16, static_cast<int64_t>(bits & 0xFFFF)};
    case NumberType::kU32:
      return {Tag::kU32, static_cast<int64_t>(bits & 0xFFFFFFFF)};
    case NumberType::kU64:
      return {Tag::kU64, number->value};
    case NumberType::kF32:
      return {Tag::kF32, std::bit_cast<int64_t>(
                             static_cast<double>(static_cast<float>(number->value)))};
    case NumberType::kF64:
      return {Tag::kFloat, std::bit_cast<int64_t>(static_cast<double>(number->value))};
    default:
      return {Tag::kInt, number->value};
  }
}

bool is_comparison(BinaryOp op) {
  return op >= BinaryOp::kEqual && op <= BinaryOp::kGreaterEqual;
}

}  // namespace

// Whether nobody else holds what an expression gives.
bool Compiler::fresh(const Expr* expr) {
  switch (expr->kind) {
    case ExprKind::kName:
    case ExprKind::kSelf:
    case ExprKind::kField:
    case ExprKind::kTupleField:
    case ExprKind::kIndex:
    case ExprKind::kIf:
    case ExprKind::kMatch:
    case ExprKind::kBlock:
    case ExprKind::kTry:
    case ExprKind::kForceUnwrap:
    case ExprKind::kPresent:
    case ExprKind::kCoalesce:
    case ExprKind::kCast:
      return false;
    case ExprKind::kMethodCall: {
      // push and the like give back what they changed.
      const Symbol name = static_cast<const MethodCall*>(expr)->name;
      const std::string_view text = text_of(name);
      return !changes_builtin(name) || text == "pop";
    }
    default:
      return true;
  }
}

bool Compiler::same_place(const Expr* left, const Expr* right) {
  if (left->kind != right->kind) return false;
  switch (left->kind) {
    case ExprKind::kSelf:
      return true;
    case ExprKind::kName:
      return static_cast<const Name*>(left)->name ==
             static_cast<const Name*>(right)->name;
    case ExprKind::kField:
      return static_cast<const Field*>(left)->name ==
                 static_cast<const Field*>(right)->name &&
             same_place(static_cast<const Field*>(left)->receiver,
                        static_cast<const Field*>(right)->receiver);
    default:
      return false;
  }
}

// keep, for a value that goes to a place: in `xs = xs.push(x)` there is still one holder.
void Compiler::keep_for(Expr* target, Expr* value, Register to) {
  if (value->kind == ExprKind::kMethodCall && !fresh(value) &&
      same_place(target, as<MethodCall>(value)->receiver)) {
    into(value, to);
  } else {
    keep(value, to);
  }
}

void Compiler::keep(Expr* expr, Register to) {
  if (expr->kind == ExprKind::kSelf && state_->owns_self) {
    // What a method that changes self keeps of it is a copy.
    emit(Op::kCopy, to, 0, 0, expr->at);
    return;
  }
  if (expr->kind == ExprKind::kName) {
    const Found found = find(as<Name>(expr)->name);
    if (found.what == Found::What::kVariable && !found.variable->is_cell) {
      escape(found.variable);
      emit(Op::kMoveShare, to, found.variable->reg, 0, expr->at);
      return;
    }
  }
  into(expr, to);
  if (!fresh(expr)) emit(Op::kShare, to, 0, 0, expr->at);
}

// An argument: the function that is called shares it if it keeps it. Only what it could
// change by another way is shared here.
void Compiler::argument(Expr* expr, Register to) {
  if (expr->kind == ExprKind::kSelf && state_->owns_self) {
    emit(Op::kCopy, to, 0, 0, expr->at);
    return;
  }
  if (expr->kind == ExprKind::kName || expr->kind == ExprKind::kSelf) {
    const Symbol name =
        expr->kind == ExprKind::kSelf ? intern("self") : as<Name>(expr)->name;
    const Found found = find(name);
    if (found.what == Found::What::kVariable && !found.variable->is_cell) {
      emit(Op::kMove, to, found.variable->reg, 0, expr->at);
      return;
    }
  }
  keep(expr, to);
}

// The register of a value; for a variable, its own.
Register Compiler::any(Expr* expr) {
  if (expr->kind == ExprKind::kName || expr->kind == ExprKind::kSelf) {
    const Symbol name =
        expr->kind == ExprKind::kSelf ? intern("self") : as<Name>(expr)->name;
    if (Variable* variable = local(name, state_);
        variable != nullptr && !variable->is_cell) {
      return variable->reg;
    }
  }
  const Register to = temporary(expr->at);
  into(expr, to);
  return to;
}

void Compiler::into(Expr* expr, Register to) {
  const Register saved = state_->next;
  const Span at = expr->at;
  switch (expr->kind) {
    case ExprKind::kNil:
      emit(Op::kLoadNil, to, 0, 0, at);
      break;
    case ExprKind::kBool:
      emit(Op::kLoadBool, to, as<Bool>(expr)->value ? 1 : 0, 0, at);
      break;
    case ExprKind::kInt: {
      const auto* number = as<Int>(expr);
      if (number->unit) {
        error("E1003", "units of numbers are not supported by this host", at);
        break;
      }
      const ConstantImage value = number_constant(expr);
      if (value.tag == Tag::kInt && value.bits >= INT32_MIN && value.bits <= INT32_MAX) {
        emit_wide(Op::kLoadInt, to, static_cast<int32_t>(value.bits), at);
      } else {
        emit(Op::kLoadConstant, to, constant(value, at), 0, at);
      }
      break;
    }
    case ExprKind::kFloat:
      if (as<Float>(expr)->unit) {
        error("E1003", "units of numbers are not supported by this host", at);
        break;
      }
      emit(Op::kLoadConstant, to, constant(number_constant(expr), at), 0, at);
      break;
    case ExprKind::kText:
      emit(Op::kLoadConstant, to, text_constant(as<Text>(expr)->value, at), 0, at);
      break;
    case ExprKind::kInterpolation:
      interpolation(as<Interpolation>(expr), to);
      break;
    case ExprKind::kSymbol:
      emit(Op::kLoadConstant, to,
           constant({Tag::kSymbol, self_.string(as<SymbolLiteral>(expr)->name)}, at), 0,
           at);
      break;
    case ExprKind::kName:
      name(as<Name>(expr), to);
      break;
    case ExprKind::kSelf: {
      const Found found = find(intern("self"));
      if (found.what == Found::What::kNothing) {
        error("E1001", "`self` outside of a method", at);
        break;
      }
      load(found, intern("self"), to, at);
      break;
    }
    case ExprKind::kArray:
      items(as<Array>(expr)->items, to, at);
      break;
    case ExprKind::kRepeat: {
      const Register parts = temporaries(2, at);
      const auto count = static_cast<Register>(parts + 1);
      keep(as<Repeat>(expr)->value, parts);
      into(as<Repeat>(expr)->count, count);
      emit(Op::kRepeat, to, parts, count, at);
      break;
    }
    case ExprKind::kTuple:
      tuple(as<Tuple>(expr), to);
      break;
    case ExprKind::kDict:
      dict(as<Dict>(expr), to);
      break;
    case ExprKind::kComprehension:
      comprehension(as<Comprehension>(expr), to);
      break;
    case ExprKind::kRange: {
      auto* range = as<Range>(expr);
      const Register parts = temporaries(2, at);
      const auto end = static_cast<Register>(parts + 1);
      const auto part = [&](Expr* value, Register reg) {
        if (value != nullptr) {
          into(value, reg);
        } else {
          emit(Op::kLoadNil, reg, 0, 0, at);
        }
      };
      part(range->start, parts);
      part(range->end, end);
      emit(range->inclusive ? Op::kRangeInclusive : Op::kRange, to, parts, end, at);
      break;
    }
    case ExprKind::kEllipsis:
      emit(Op::kEllipsis, to, 0, 0, at);
      break;
    case ExprKind::kUnary:
      unary(as<Unary>(expr), to);
      break;
    case ExprKind::kBinary:
      binary(as<Binary>(expr), to);
      break;
    case ExprKind::kCompareChain:
    case ExprKind::kLogical:
      condition_value(expr, to);
      break;
    case ExprKind::kIf: {
      const Register value = temporary(at);
      conditional(as<If>(expr), value, false);
      emit(Op::kMove, to, value, 0, at);
      break;
    }
    case ExprKind::kMatch: {
      const Register value = temporary(at);
      match(as<Match>(expr), value, false);
      emit(Op::kMove, to, value, 0, at);
      break;
    }
    case ExprKind::kLambda:
      closure(as<Lambda>(expr)->function, to, at);
      break;
    case ExprKind::kCall:
      call(as<Call>(expr), to);
      break;
    case ExprKind::kMethodCall:
      method_call(as<MethodCall>(expr), to);
      break;
    case ExprKind::kField:
      field(as<Field>(expr), to);
      break;
    case ExprKind::kTupleField: {
      const Register receiver = any(as<TupleField>(expr)->receiver);
      emit(Op::kGetTuple, to, receiver,
           static_cast<uint16_t>(as<TupleField>(expr)->index), at);
      break;
    }
    case ExprKind::kIndex:
      index(as<Index>(expr), to);
      break;
    case ExprKind::kSlice: {
      auto* slice = as<Slice>(expr);
      const Register parts = temporaries(3, at);
      Expr* values[] = {slice->start, slice->end, slice->step};
      for (Register i = 0; i < 3; ++i) {
        const auto reg = static_cast<Register>(parts + i);
        if (values[i] != nullptr) {
          into(values[i], reg);
        } else {
          emit(Op::kLoadNil, reg, 0, 0, at);
        }
      }
      emit(Op::kSlice, to, parts, 0, at);
      break;
    }
    case ExprKind::kTry:
      propagate(as<Try>(expr), to);
      break;
    case ExprKind::kForceUnwrap: {
      const Register value = any(as<ForceUnwrap>(expr)->value);
      emit(Op::kUnwrap, to, value, 0, at);
      break;
    }
    case ExprKind::kPresent: {
      const Register value = any(as<Present>(expr)->value);
      emit(Op::kPresent, to, value, 0, at);
      break;
    }
    case ExprKind::kCoalesce: {
      const Register value = temporary(at);
      into(as<Coalesce>(expr)->value, value);
      const uint32_t present = jump(Op::kUnwrapOr, value, at);
      into(as<Coalesce>(expr)->fallback, value);
      patch(present);
      emit(Op::kMove, to, value, 0, at);
      break;
    }
    case ExprKind::kCast:
      cast(as<Cast>(expr), to);
      break;
    case ExprKind::kConstruct:
      construct(as<Construct>(expr), to);
      break;
    case ExprKind::kMethodReference:
      emit(Op::kMethodReference, to, site(as<MethodReference>(expr)->name, at), 0, at);
      break;
    case ExprKind::kBlock: {
      const Register value = temporary(at);
      block(as<Block>(expr), value);
      emit(Op::kMove, to, value, 0, at);
      break;
    }
  }
  state_->next = saved;
}

// ---- Names

void Compiler::load(const Found& found, Symbol name, Register to, Span at) {
  switch (found.what) {
    case Found::What::kVariable:
      if (found.variable->is_cell) {
        emit(Op::kGetCell, to, found.variable->reg, 0, at);
      } else if (found.variable->reg != to) {
        emit(Op::kMove, to, found.variable->reg, 0, at);
      }
      return;
    case Found::What::kCaptured:
      emit(Op::kGetCaptured, to, found.captured, 0, at);
      if (found.is_cell) emit(Op::kGetCell, to, to, 0, at);
      return;
    case Found::What::kGlobal:
    case Found::What::kNative:
      emit(Op::kGetGlobal, to, reference(found, at), 0, at);
      return;
    case Found::What::kModule:
      error("E1010",
            "`" + std::string(text_of(name)) +
                "` is a module, which is no value; name what "
                "you want of it",
            at);
      return;
    case Found::What::kLazy:
      lazy_value(name, to, at);
      return;
    case Found::What::kNothing:
      unknown("E1001", "variable", name, at);
      return;
  }
}

void Compiler::name(Name* node, Register to) {
  const std::string_view text = text_of(node->name);
  const Found found = find(node->name);
  if (found.what == Found::What::kNothing) {
    if (text == "None") {
      emit(Op::kLoadNil, to, 0, 0, node->at);
      return;
    }
    if (state_->is_method && state_->fields.contains(node->name)) {
      error("E1001", "variable `" + std::string(text) + "` not found", node->at,
            "`" + std::string(text) + "` is a field; use self." + std::string(text));
      return;
    }
  }
  load(found, node->name, to, node->at);
}

// The value that given_lazy names, computed if no one in the example asked for it before.
void Compiler::lazy_value(Symbol name, Register to, Span at) {
  program_.uses_spec = true;
  const Register saved = state_->next;
  const Register base = temporary(at);
  emit(Op::kLoadConstant, base, text_constant(text_of(name), at), 0, at);
  emit(Op::kCallGlobal, base, reference(program_.spec->key, intern("given_value"), at), 1,
       at);
  if (to != base) emit(Op::kMove, to, base, 0, at);
  state_->next = saved;
}

// ---- Literals with parts

void Compiler::interpolation(Interpolation* text, Register to) {
  const size_t count = text->pieces.size();
  const Register parts = temporaries(count, text->at);
  for (size_t i = 0; i < count; ++i) {
    const Piece& piece = text->pieces[i];
    const auto reg = static_cast<Register>(parts + i);
    if (piece.value == nullptr) {
      emit(Op::kLoadConstant, reg, text_constant(piece.literal, text->at), 0, text->at);
      continue;
    }
    into(piece.value, reg);
    if (!piece.format.empty()) {
      emit(Op::kFormat, reg, reg, text_constant(piece.format, piece.value->at),
           piece.value->at);
    }
  }
  emit(Op::kDisplay, to, parts, static_cast<uint16_t>(count), text->at);
}

void Compiler::items(const List<Item>& list, Register to, Span at) {
  constexpr size_t kAtOnce = 64;
  bool plain = list.size() <= kAtOnce;
  for (const Item& item : list) plain = plain && !item.spread;
  if (plain) {
    const Register parts = temporaries(list.size(), at);
    for (size_t i = 0; i < list.size(); ++i) {
      keep(list[i].value, static_cast<Register>(parts + i));
    }
    emit(Op::kArray, to, parts, static_cast<uint16_t>(list.size()), at);
    return;
  }
  const Register result = temporaries(2, at);
  const auto value = static_cast<Register>(result + 1);
  emit(Op::kArray, result, result, 0, at);
  for (const Item& item : list) {
    keep(item.value, value);
    emit(item.spread ? Op::kArrayExtend : Op::kArrayPush, result, value, 0,
         item.value->at);
  }
  emit(Op::kMove, to, result, 0, at);
}

void Compiler::tuple(Tuple* node, Register to) {
  const auto& list = node->items;
  bool spread = false;
  bool labels = false;
  for (const Item& item : list) {
    spread = spread || item.spread;
    labels = labels || item.label;
  }
  if (spread) {
    items(list, to, node->at);
    emit(Op::kCallGlobal, to, reference(kNatives, intern("rt_core_tuple_of"), node->at),
         1, node->at);
    return;
  }
  const Register parts = temporaries(list.size(), node->at);
  for (size_t i = 0; i < list.size(); ++i) {
    keep(list[i].value, static_cast<Register>(parts + i));
  }
  emit(Op::kTuple, to, parts, static_cast<uint16_t>(list.size()), node->at);
  if (labels) {
    SiteImage image;
    for (const Item& item : list)
      image.argument_names.push_back(self_.string(item.label));
    emit(Op::kLabel, to, site(std::move(image), node->at), 0, node->at);
  }
}

void Compiler::dict(Dict* node, Register to) {
  const Register result = temporaries(3, node->at);
  const auto key = static_cast<Register>(result + 1);
  const auto value = static_cast<Register>(result + 2);
  emit(Op::kDict, result, 0, 0, node->at);
  for (const DictEntry& entry : node->entries) {
    if (entry.key == nullptr) {
      into(entry.value, value);
      emit(Op::kDictMerge, result, value, 0, entry.value->at);
      continue;
    }
    keep(entry.key, key);
    keep(entry.value, value);
    emit(Op::kDictSet, result, key, value, entry.key->at);
  }
  emit(Op::kMove, to, result, 0, node->at);
}

void Compiler::comprehension(Comprehension* node, Register to) {
  const Register result = temporary(node->at);
  if (node->key != nullptr) {
    emit(Op::kDict, result, 0, 0, node->at);
  } else {
    emit(Op::kArray, result, result, 0, node->at);
  }
  struct Open {
    Iteration iteration;
    Jumps skips;
  };
  std::vector<Open> loops;
  for (const Generator& generator : node->generators) {
    Open loop_open;
    loop_open.iteration =
        iterate(generator.iterable, generator.first, generator.pattern, node->at);
    for (Expr* condition : generator.conditions) {
      jump_when(condition, false, loop_open.skips);
    }
    loops.push_back(std::move(loop_open));
  }
  const Register value = temporaries(2, node->at);
  const auto second = static_cast<Register>(value + 1);
  if (node->key != nullptr) {
    keep(node->key, value);
    keep(node->value, second);
    emit(Op::kDictSet, result, value, second, node->value->at);
  } else {
    keep(node->value, value);
    emit(Op::kArrayPush, result, value, 0, node->value->at);
  }
  while (!loops.empty()) {
    const Open& loop_open = loops.back();
    close_scope(node->at);
    patch(loop_open.skips);
    jump_to(loop_open.iteration.start, node->at, Op::kJumpBack);
    patch(loop_open.iteration.exit);
    close_scope(node->at);
    loops.pop_back();
  }
  emit(Op::kMove, to, result, 0, node->at);
}

// ---- Operators

void Compiler::unary(Unary* node, Register to) {
  const Span at = node->at;
  switch (node->op) {
    case UnaryOp::kNegate:
      if (const auto value = small_int(node)) {
        emit_wide(Op::kLoadInt, to, static_cast<int32_t>(*value), at);
        return;
      }
      emit(Op::kNegate, to, any(node->operand), 0, at);
      return;
    case UnaryOp::kPlus:
      into(node->operand, to);
      return;
    case UnaryOp::kNot:
      emit(Op::kNot, to, any(node->operand), 0, at);
      return;
    case UnaryOp::kInvert:
      emit(Op::kInvert, to, any(node->operand), 0, at);
      return;
  }
}

void Compiler::binary(Binary* node, Register to) {
  // new * v and new & v make pointers elsewhere; here they are v.
  const bool makes_pointer =
      (node->op == BinaryOp::kMultiply || node->op == BinaryOp::kBitAnd) &&
      node->left->kind == ExprKind::kName &&
      text_of(as<Name>(node->left)->name) == "new" &&
      find(as<Name>(node->left)->name).what == Found::What::kNothing;
  if (makes_pointer) return into(node->right, to);
  operate(node->op, to, node->left, node->right, node->at);
}

bool Compiler::is_type_function(Symbol name) {
  const std::string_view text = text_of(name);
  return (text == "bool" || text == "int" || text == "float" || text == "str") &&
         find(name).what == Found::What::kNative;
}

void Compiler::operate(BinaryOp op, Register to, Expr* left, Expr* right, Span at,
                       bool changes) {
  const auto form = [changes](Op plain) { return changes ? simple::into(plain) : plain; };
  const Register saved = state_->next;
  check_operands(op, left, right, at);
  const Register first = any(left);
  if (op == BinaryOp::kAdd || op == BinaryOp::kSubtract) {
    if (const auto value = small_int(right);
        value && *value > INT16_MIN && right->kind == ExprKind::kInt) {
      const int64_t amount = op == BinaryOp::kAdd ? *value : -*value;
      emit(form(Op::kAddInt), to, first, static_cast<uint16_t>(amount), at);
      state_->next = saved;
      return;
    }
  }
  if (op <= BinaryOp::kRemainder &&
      (right->kind == ExprKind::kInt || right->kind == ExprKind::kFloat)) {
    const auto code =
        static_cast<Op>(static_cast<int>(Op::kAddConstant) + static_cast<int>(op) -
                        static_cast<int>(BinaryOp::kAdd));
    emit(form(code), to, first, constant(number_constant(right), at), at);
    state_->next = saved;
    return;
  }
  // bool, int, float and str are functions too; behind `is` they are types.
  if ((op == BinaryOp::kIs || op == BinaryOp::kIsNot) && right->kind == ExprKind::kName &&
      is_type_function(as<Name>(right)->name)) {
    SiteImage image;
    image.name = self_.string(as<Name>(right)->name);
    emit(Op::kIsType, to, first, site(std::move(image), at), at);
    if (op == BinaryOp::kIsNot) emit(Op::kNot, to, to, 0, at);
    state_->next = saved;
    return;
  }
  const Register second = any(right);
  switch (op) {
    case BinaryOp::kIn:
    case BinaryOp::kNotIn:
      emit(Op::kIn, to, first, second, at);
      if (op == BinaryOp::kNotIn) emit(Op::kNot, to, to, 0, at);
      break;
    case BinaryOp::kIs:
    case BinaryOp::kIsNot:
      emit(Op::kIs, to, first, second, at);
      if (op == BinaryOp::kIsNot) emit(Op::kNot, to, to, 0, at);
      break;
    default:
      if (is_comparison(op)) {
        emit(static_cast<Op>(static_cast<int>(Op::kEqual) + static_cast<int>(op) -
                             static_cast<int>(BinaryOp::kEqual)),
             to, first, second, at);
      } else {
        emit(form(static_cast<Op>(static_cast<int>(Op::kAdd) + static_cast<int>(op))), to,
             first, second, at);
      }
  }
  state_->next = saved;
}

// and, or, chains: always a bool.
void Compiler::condition_value(Expr* expr, Register to) {
  Jumps no;
  jump_when(expr, false, no);
  emit(Op::kLoadBool, to, 1, 0, expr->at);
  const uint32_t over = jump(Op::kJump, 0, expr->at);
  patch(no);
  emit(Op::kLoadBool, to, 0, 0, expr->at);
  patch(over);
}

void Compiler::jump_when(Expr* expr, bool when, Jumps& jumps) {
  const Register saved = state_->next;
  const Span at = expr->at;
  switch (expr->kind) {
    case ExprKind::kUnary:
      if (as<Unary>(expr)->op == UnaryOp::kNot) {
        jump_when(as<Unary>(expr)->operand, !when, jumps);
        return;
      }
      break;
    case ExprKind::kBool:
      if (as<Bool>(expr)->value == when) jumps.push_back(jump(Op::kJump, 0, at));
      return;
    case ExprKind::kLogical: {
      auto* logical = as<Logical>(expr);
      if (logical->is_and == when) {
        // All of them have to hold (or none): the first that does not goes past.
        Jumps past;
        jump_when(logical->left, !when, past);
        jump_when(logical->right, when, jumps);
        patch(past);
      } else {
        jump_when(logical->left, when, jumps);
        jump_when(logical->right, when, jumps);
      }
      return;
    }
    case ExprKind::kCompareChain: {
      auto* chain = as<CompareChain>(expr);
      Jumps fails;
      const Register pair = temporaries(2, at);
      into(chain->operands[0], pair);
      for (size_t i = 0; i < chain->ops.size(); ++i) {
        const auto left = static_cast<Register>(pair + i % 2);
        const auto right = static_cast<Register>(pair + 1 - i % 2);
        into(chain->operands[i + 1], right);
        const Register yes = temporary(at);
        emit(static_cast<Op>(static_cast<int>(Op::kEqual) +
                             static_cast<int>(chain->ops[i]) -
                             static_cast<int>(BinaryOp::kEqual)),
             yes, left, right, at);
        fails.push_back(jump(Op::kJumpIfNot, yes, at));
      }
      if (when) {
        jumps.push_back(jump(Op::kJump, 0, at));
        patch(fails);
      } else {
        jumps.insert(jumps.end(), fails.begin(), fails.end());
      }
      state_->next = saved;
      return;
    }
    case ExprKind::kBinary: {
      auto* compare = as<Binary>(expr);
      if (!is_comparison(compare->op)) break;
      check_operands(compare->op, compare->left, compare->right, at);
      // Pairs of instructions: jump if it holds, jump if it does not.
      const auto base = [&](Op equal, Op less) {
        switch (compare->op) {
          case BinaryOp::kEqual:
            return when ? equal : static_cast<Op>(static_cast<int>(equal) + 1);
          case BinaryOp::kNotEqual:
            return when ? static_cast<Op>(static_cast<int>(equal) + 1) : equal;
          default: {
            const int order = compare->op == BinaryOp::kLess        ? 0
                              : compare->op == BinaryOp::kLessEqual ? 2
                              : compare->op == BinaryOp::kGreater   ? 4
                                                                    : 6;
            return static_cast<Op>(static_cast<int>(less) + order + (when ? 0 : 1));
          }
        }
      };
      const Register left = any(compare->left);
      uint32_t jump_index;
      if (const auto value = small_int(compare->right)) {
        jump_index = emit(base(Op::kJumpEqualInt, Op::kJumpLessInt), left,
                          static_cast<uint16_t>(*value), 0, at);
      } else {
        const Register right = any(compare->right);
        jump_index = emit(base(Op::kJumpEqual, Op::kJumpLess), left, right, 0, at);
      }
      jumps.push_back(jump_index);
      state_->next = saved;
      return;
    }
    case ExprKind::kPresent: {
      // 0 and false are something.
      const Register value = any(as<Present>(expr)->value);
      const Register present = temporary(at);
      emit(Op::kPresent, present, value, 0, at);
      jumps.push_back(jump(when ? Op::kJumpIfNotNil : Op::kJumpIfNil, present, at));
      state_->next = saved;
      return;
    }
    default:
      break;
  }
  const Register value = any(expr);
  jumps.push_back(jump(when ? Op::kJumpIf : Op::kJumpIfNot, value, at));
  state_->next = saved;
}

// Falls through if the condition holds; its variables belong to the scope that is open.
void Compiler::condition(const Condition& condition, Jumps& if_not) {
  if (condition.pattern == nullptr) {
    jump_when(condition.value, false, if_not);
    return;
  }
  const Register value = temporary(condition.value->at);
  into(condition.value, value);
  // A plain name takes what is inside Some and Ok; nothing there, nothing bound.
  if (condition.pattern->kind == PatternKind::kName ||
      condition.pattern->kind == PatternKind::kTuple ||
      condition.pattern->kind == PatternKind::kArray) {
    const uint32_t present = jump(Op::kUnwrapOr, value, condition.value->at);
    if_not.push_back(jump(Op::kJump, 0, condition.value->at));
    patch(present);
    if (condition.pattern->kind == PatternKind::kName) {
      bind(as<NamePattern>(condition.pattern)->name, value, condition.mutable_binding,
           condition.pattern->at);
      return;
    }
  }
  pattern(condition.pattern, value, if_not, condition.mutable_binding);
}

// `to` is -1 if nobody wants the value; if the function returns it, both ends do.
void Compiler::conditional(If* node, int to, bool returns) {
  Jumps otherwise;
  open_scope();
  condition(node->condition, otherwise);
  if (returns) {
    block_returning(node->then);
  } else {
    block(node->then, to);
  }
  close_scope(node->at);
  if (node->otherwise == nullptr && to < 0 && !returns) {
    patch(otherwise);
    return;
  }
  uint32_t over = 0;
  if (!returns) over = jump(Op::kJump, 0, node->at);
  patch(otherwise);
  if (node->otherwise != nullptr) {
    if (returns) {
      block_returning(node->otherwise);
    } else {
      block(node->otherwise, to);
    }
  } else if (returns) {
    return_value(nullptr, node->at);
  } else {
    emit(Op::kLoadNil, static_cast<uint16_t>(to), 0, 0, node->at);
  }
  if (!returns) patch(over);
}

// ---- Parts of values

// P.CONSTANT, Shape.Dot, module.name: known before the program runs.
bool Compiler::static_field(Field* node, Register to) {
  if (Interface* const module = module_of(node->receiver)) {
    const std::optional<Found> found =
        exported(module, node->receiver, node->name, node->name_at);
    if (!found) return true;
    load(*found, node->name, to, node->at);
    return true;
  }
  const Found type = find_type(node->receiver);
  const TypeImage* image = type_of(type);
  if (image == nullptr) return false;
  for (size_t i = 0; i < image->variants.size(); ++i) {
    if (type.module->text(image->variants[i].name) != text_of(node->name)) continue;
    if (!image->variants[i].fields.empty()) break;  // As a function: at run time.
    emit(Op::kEnumUnit, to, reference(type, node->at), static_cast<uint16_t>(i),
         node->at);
    return true;
  }
  for (StringId constant : image->constants) {
    if (type.module->text(constant) != text_of(node->name)) continue;
    Found found;
    hidden(type, text_of(node->name), found);
    load(found, node->name, to, node->at);
    return true;
  }
  if (!node->safe) check_static(type, node->name, false, node->name_at);
  return false;
}

void Compiler::field(Field* node, Register to) {
  if (static_field(node, to)) return;
  const Register receiver = any(node->receiver);
  if (!node->safe) {
    member(node, receiver, to);
    return;
  }
  const Register value = temporary(node->at);
  emit(Op::kMove, value, receiver, 0, node->at);
  const uint32_t nothing = jump_if_nothing(value, node->at);
  member(node, value, value);
  patch(nothing);
  emit(Op::kMove, to, value, 0, node->at);
}

// a?.f: jumps with nil if there is nothing; Some is taken off.
uint32_t Compiler::jump_if_nothing(Register value, Span at) {
  const uint32_t something = jump(Op::kUnwrapOr, value, at);
  emit(Op::kLoadNil, value, 0, 0, at);
  const uint32_t nothing = jump(Op::kJump, 0, at);
  patch(something);
  return nothing;
}

void Compiler::member(Field* node, Register receiver, Register to) {
  if (node->receiver->kind == ExprKind::kSelf &&
      find_global(node->name).what == Found::What::kNothing) {
    check_member(node->name, false, node->name_at);
  } else if (!node->safe && find_global(node->name).what == Found::What::kNothing) {
    check_member(node->receiver, node->name, false, node->name_at);
  }
  // What is neither a field nor a method may be a function: x.f is f(x).
  SiteImage image;
  image.name = self_.string(node->name);
  const Found function = find_global(node->name);
  if (function.what == Found::What::kGlobal &&
      function.global->kind == GlobalKind::kFunction) {
    image.fallback = reference(function, node->at);
  }
  emit(Op::kGetField, to, receiver, site(std::move(image), node->name_at), node->name_at);
}

void Compiler::index(Index* node, Register to) {
  const Register receiver = any(node->receiver);
  const Register subscript = any(node->index);
  emit(Op::kGetIndex, to, receiver, subscript, node->at);
}

void Compiler::cast(Cast* node, Register to) {
  const Register value = any(node->value);
  SiteImage image;
  image.name = self_.string(spell(node->type));
  if (node->fallback == nullptr) {
    emit(Op::kCast, to, value, site(std::move(image), node->at), node->at);
    return;
  }
  // e as T or: d
  const Register base = temporaries(2, node->at);
  emit(Op::kMove, base, value, 0, node->at);
  emit(Op::kLoadConstant, static_cast<Register>(base + 1),
       text_constant(spell(node->type), node->at), 0, node->at);
  emit(Op::kCallGlobal, base, reference(kNatives, intern("rt_core_try_cast"), node->at),
       2, node->at);
  const uint32_t good = jump(Op::kJumpIfNotNil, base, node->at);
  into(node->fallback, base);
  patch(good);
  emit(Op::kMove, to, base, 0, node->at);
}

void Compiler::propagate(Try* node, Register to) {
  const Span at = node->at;
  const Register value = temporary(at);
  into(node->value, value);
  const uint32_t fails = jump(Op::kTry, value, at);
  const uint32_t over = jump(Op::kJump, 0, at);
  patch(fails);
  if (state_->is_module && !state_->is_block) {
    emit(Op::kCallGlobal, value, reference(kNatives, intern("rt_core_fail_with"), at), 1,
         at);
  } else {
    leave(0, true);
    return_register(value, true, at);
  }
  patch(over);
  emit(Op::kMove, to, value, 0, at);
}

void Compiler::construct(Construct* node, Register to) {
  const Found type = find_type(node->type);
  const TypeImage* image = type_of(type);
  if (image == nullptr) {
    if (node->type->kind == ExprKind::kName) {
      unknown("E1014", "class", as<Name>(node->type)->name, node->type->at);
    } else {
      error("E1014", "this is not a class or struct", node->type->at);
    }
    return;
  }
  if (node->base == nullptr) {
    make(type, node->arguments, nullptr, to, node->at);
    return;
  }
  const Register result = temporaries(2, node->at);
  const auto value = static_cast<Register>(result + 1);
  into(node->base, result);
  emit(Op::kCallGlobal, result, reference(kNatives, intern("rt_core_clone"), node->at), 1,
       node->at);
  for (const Argument& argument : node->arguments) {
    bool known = false;
    for (const FieldImage& field : image->fields) {
      known = known || type.module->text(field.name) == text_of(argument.name);
    }
    if (!known) {
      error("E1012",
            "class `" + std::string(type.module->text(image->name)) +
                "` has no field named `" + std::string(text_of(argument.name)) + "`",
            argument.value->at);
      continue;
    }
    keep(argument.value, value);
    emit(Op::kSetField, result, value, site(argument.name, argument.value->at),
         argument.value->at);
  }
  emit(Op::kMove, to, result, 0, node->at);
}

}  // namespace simple
