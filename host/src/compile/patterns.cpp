// Patterns: in match, in if val, in let and for.

#include "compile/compiler_impl.h"

namespace simple {

using namespace ast;

void Compiler::bind(Symbol name, Register value, bool is_mutable, Span at) {
  if (text_of(name) == "_") return;
  const Register reg = temporary(at);
  emit(Op::kMoveShare, reg, value, 0, at);
  declare(name, reg, is_mutable, at);
}

void Compiler::pattern_names(Pattern* pattern, std::vector<Symbol>& names) {
  Walker walker;
  walker.visit_pattern = [&](Pattern* inner) {
    if (inner->kind == PatternKind::kName) {
      Found found;
      const Symbol name = as<NamePattern>(inner)->name;
      if (!compares(name, found) && !is_variant_name(name)) names.push_back(name);
    }
  };
  walker.pattern(pattern);
}

// Whether a plain name is that of a variant, which a pattern then means.
bool Compiler::is_variant_name(Symbol name) {
  const std::string_view text = text_of(name);
  if (text.empty() || text[0] < 'A' || text[0] > 'Z') return false;
  if (text == "None") return true;
  const auto has = [&](Interface* module) {
    for (const TypeImage& type : module->image.types) {
      for (const VariantImage& variant : type.variants) {
        if (module->text(variant.name) == text) return true;
      }
    }
    return false;
  };
  if (has(&self_)) return true;
  for (Interface* module : self_.imports) {
    if (module != nullptr && has(module)) return true;
  }
  return false;
}

// Whether a plain name in a pattern is compared instead of bound: an immutable variable
// of the module.
bool Compiler::compares(Symbol name, Found& found) {
  if (!comparing_ || local(name, state_) != nullptr) return false;
  const std::string_view text = text_of(name);
  if (text == "_") return false;
  found = find_global(name);
  return found.what == Found::What::kGlobal &&
         found.global->kind == GlobalKind::kConstant;
}

void Compiler::pattern(Pattern* node, Register value, Jumps& fails, bool is_mutable) {
  const Span at = node->at;
  switch (node->kind) {
    case PatternKind::kWildcard:
      return;
    case PatternKind::kName: {
      const Symbol name = as<NamePattern>(node)->name;
      Found found;
      if (is_variant_name(name)) {
        const Register yes = temporary(at);
        emit(Op::kIsVariant, yes, value, site(name, at), at);
        fails.push_back(jump(Op::kJumpIfNot, yes, at));
      } else if (compares(name, found)) {
        const Register constant = temporary(at);
        load(found, name, constant, at);
        emit(Op::kEqual, constant, value, constant, at);
        fails.push_back(jump(Op::kJumpIfNot, constant, at));
      } else {
        bind(name, value, is_mutable, at);
      }
      return;
    }
    case PatternKind::kLiteral: {
      Expr* literal = as<LiteralPattern>(node)->value;
      if (literal->kind == ExprKind::kNil) {
        fails.push_back(jump(Op::kJumpIfNotNil, value, at));
        return;
      }
      const Register constant = temporary(at);
      into(literal, constant);
      emit(Op::kEqual, constant, value, constant, at);
      fails.push_back(jump(Op::kJumpIfNot, constant, at));
      return;
    }
    case PatternKind::kRange: {
      auto* range = as<RangePattern>(node);
      const Register bound = temporaries(2, at);
      const auto second = static_cast<Register>(bound + 1);
      into(range->start, bound);
      into(range->end, second);
      emit(range->inclusive ? Op::kRangeInclusive : Op::kRange, bound, bound, second, at);
      emit(Op::kIn, bound, value, bound, at);
      fails.push_back(jump(Op::kJumpIfNot, bound, at));
      return;
    }
    case PatternKind::kVariant: {
      auto* variant = as<VariantPattern>(node);
      if (variant->path.empty()) {  // {name, age}: the fields of whatever has them
        for (const FieldPattern& field : variant->fields) {
          const Register item = temporary(at);
          emit(Op::kGetPayloadNamed, item, value, site(field.name, field.pattern->at),
               field.pattern->at);
          pattern(field.pattern, item, fails, is_mutable);
        }
        return;
      }
      SiteImage image;
      image.name = self_.string(variant->path.back());
      if (variant->path.size() > 1) {
        const Symbol owner = variant->path[variant->path.size() - 2];
        image.owner = self_.string(owner);
        const Found found = find(owner);
        if (const TypeImage* type = type_of(found)) {
          bool known = false;
          for (const VariantImage& candidate : type->variants) {
            known = known ||
                    found.module->text(candidate.name) == text_of(variant->path.back());
          }
          image.owner = self_.string(found.module->text(type->name));
          if (!known) {
            error("E1015",
                  "enum `" + std::string(text_of(owner)) + "` has no variant `" +
                      std::string(text_of(variant->path.back())) + "`",
                  at);
          }
        }
      }
      const Register yes = temporary(at);
      emit(Op::kIsVariant, yes, value, site(std::move(image), at), at);
      fails.push_back(jump(Op::kJumpIfNot, yes, at));
      // V(a, b) wants all of the payload; V(x) of several is the payload as a tuple.
      for (size_t i = 0; i < variant->fields.size(); ++i) {
        const FieldPattern& field = variant->fields[i];
        if (field.pattern->kind == PatternKind::kWildcard) continue;
        const Register item = temporary(at);
        if (field.name) {
          emit(Op::kGetPayloadNamed, item, value, site(field.name, field.pattern->at),
               field.pattern->at);
        } else {
          const bool alone = variant->fields.size() == 1;
          emit(Op::kGetPayload, item, value,
               static_cast<uint16_t>(alone ? UINT16_MAX : i), field.pattern->at);
        }
        pattern(field.pattern, item, fails, is_mutable);
      }
      return;
    }
    case PatternKind::kTuple: {
      auto* tuple = as<TuplePattern>(node);
      const Register item = temporary(at);
      emit(Op::kIsSequence, item, value,
           static_cast<uint16_t>(tuple->items.size() * 4 + 2), at);
      fails.push_back(jump(Op::kJumpIfNot, item, at));
      for (size_t i = 0; i < tuple->items.size(); ++i) {
        if (tuple->items[i]->kind == PatternKind::kWildcard) continue;
        const Register part = temporary(at);
        emit(Op::kMatchItem, part, value, static_cast<uint16_t>(i), tuple->items[i]->at);
        pattern(tuple->items[i], part, fails, is_mutable);
      }
      return;
    }
    case PatternKind::kArray: {
      auto* array = as<ArrayPattern>(node);
      const size_t count = array->items.size();
      const bool open = array->rest >= 0;
      const Register item = temporary(at);
      // An arm for arrays leaves tuples to others; a binding takes either apart.
      emit(Op::kIsSequence, item, value,
           static_cast<uint16_t>((open ? (count - 1) * 4 : count * 4 + 2) +
                                 (comparing_ ? 1 : 0)),
           at);
      fails.push_back(jump(Op::kJumpIfNot, item, at));
      for (size_t i = 0; i < count; ++i) {
        Pattern* inner = array->items[i];
        if (inner->kind == PatternKind::kWildcard) continue;
        const Register part = temporary(at);
        if (open && i == static_cast<size_t>(array->rest)) {
          emit(Op::kLoadInt, part, 0, static_cast<uint16_t>(count - 1 - i), at);
          emit(Op::kMatchRest, part, value, static_cast<uint16_t>(i), inner->at);
        } else {
          const bool behind = open && i > static_cast<size_t>(array->rest);
          const auto from = behind ? static_cast<int64_t>(i) - static_cast<int64_t>(count)
                                   : static_cast<int64_t>(i);
          emit(Op::kMatchItem, part, value, static_cast<uint16_t>(from), inner->at);
        }
        pattern(inner, part, fails, is_mutable);
      }
      return;
    }
    case PatternKind::kTyped: {
      auto* typed = as<TypedPattern>(node);
      const Register yes = temporary(at);
      SiteImage image;
      image.name = self_.string(spell(typed->type));
      emit(Op::kIsType, yes, value, site(std::move(image), at), at);
      fails.push_back(jump(Op::kJumpIfNot, yes, at));
      pattern(typed->pattern, value, fails, is_mutable);
      return;
    }
    case PatternKind::kOr: {
      auto* either = as<OrPattern>(node);
      // The names of the choices are the same variables.
      std::vector<Symbol> names;
      pattern_names(either->choices[0], names);
      std::vector<Register> registers;
      for (Symbol name : names) {
        (void)name;
        registers.push_back(temporary(at));
        emit(Op::kLoadNil, registers.back(), 0, 0, at);
      }
      Jumps matched;
      for (size_t i = 0; i < either->choices.size(); ++i) {
        Jumps next;
        const size_t variables = state_->variables.size();
        pattern(either->choices[i], value, next, false);
        for (size_t j = 0; j < names.size(); ++j) {
          if (const Variable* bound = local(names[j], state_)) {
            emit(Op::kMove, registers[j], bound->reg, 0, at);
          }
        }
        state_->variables.resize(variables);
        if (i + 1 < either->choices.size()) {
          matched.push_back(jump(Op::kJump, 0, at));
          patch(next);
        } else {
          fails.insert(fails.end(), next.begin(), next.end());
        }
      }
      patch(matched);
      for (size_t j = 0; j < names.size(); ++j) {
        declare(names[j], registers[j], is_mutable, at);
      }
      return;
    }
  }
}

void Compiler::destructure(Pattern* node, Register value, bool is_mutable) {
  Jumps fails;
  pattern(node, value, fails, is_mutable);
  if (fails.empty()) return;
  const uint32_t over = jump(Op::kJump, 0, node->at);
  patch(fails);
  emit(Op::kMisfit, value, 0, 0, node->at);
  patch(over);
}

void Compiler::match(Match* match, int to, bool returns) {
  const Register saved = state_->next;
  const Register value = any(match->subject);
  Jumps done;
  bool complete = false;
  for (const Arm& arm : match->arms) {
    open_scope();
    Jumps next;
    comparing_ = true;
    pattern(arm.pattern, value, next, false);
    comparing_ = false;
    if (arm.guard != nullptr) jump_when(arm.guard, false, next);
    if (returns) {
      block_returning(arm.body);
    } else {
      block(arm.body, to);
    }
    close_scope(arm.at);
    if (!returns) done.push_back(jump(Op::kJump, 0, arm.at));
    if (next.empty()) {
      complete = true;
      break;
    }
    patch(next);
  }
  if (!complete) {
    if (to >= 0 || returns) {
      emit(Op::kFail, text_constant("E1006", match->at),
           text_constant("match expression exhausted without matching any pattern",
                         match->at),
           0, match->at);
    }
  }
  patch(done);
  state_->next = saved;
}

}  // namespace simple
