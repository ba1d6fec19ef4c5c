// Functions, lambdas and blocks.

#include <algorithm>

#include "compile/compiler_impl.h"

namespace simple {

using namespace ast;

namespace {

// The names that the blocks (not the lambdas) inside a function use.
void names_of_blocks(Block* body, std::unordered_set<Symbol>& names) {
  Walker inside;
  inside.visit_expr = [&](Expr* expr) {
    if (expr->kind == ExprKind::kName) names.insert(as<Name>(expr)->name);
    return true;
  };
  Walker walker;
  walker.visit_expr = [&](Expr* expr) {
    Lambda* block = nullptr;
    if (expr->kind == ExprKind::kCall) block = as<Call>(expr)->block;
    if (expr->kind == ExprKind::kMethodCall) block = as<MethodCall>(expr)->block;
    if (block != nullptr && block->function->is_block) inside.function(block->function);
    return true;
  };
  walker.block(body);
}

bool mentions(Function* function, Symbol name) {
  bool found = false;
  Walker walker;
  walker.visit_expr = [&](Expr* expr) {
    if (expr->kind == ExprKind::kName && as<Name>(expr)->name == name) found = true;
    return !found;
  };
  walker.block(function->body);
  return found;
}

}  // namespace

uint32_t Compiler::function(Function* function, FunctionState& state,
                            std::string_view name, const std::function<void()>& body) {
  state.function = function;
  state.image.name = self_.string(name);
  state.image.line = source_.place(function->at.start).line;
  names_of_blocks(function->body, state.shared_with_blocks);
  // Nested functions come after: the number is taken first.
  const auto index = static_cast<uint32_t>(self_.image.functions.size());
  self_.image.functions.emplace_back();
  FunctionState* around = state_;
  state_ = &state;
  open_scope();
  parameters(function);
  if (body) {
    body();
    emit(Op::kReturnNil, 0, 0, 0, function->at);
  } else {
    contracts(function);
    if (!checks_at_end()) {
      block_returning(function->body);
    } else {
      const Register result = temporary(function->at);
      block(function->body, result);
      return_register(result, true, function->at);
    }
  }
  finish(state);
  state_ = around;
  self_.image.functions[index] = std::move(state.image);
  return index;
}

void Compiler::parameters(Function* function) {
  FunctionState& state = *state_;
  state.image.is_method = state.is_method;
  if (state.is_method) {
    const Register self = temporary(function->at);
    Variable variable;
    variable.name = intern("self");
    variable.reg = self;
    variable.is_parameter = !state.owns_self;
    state.variables.push_back(variable);
  }
  const Register first = temporaries(function->parameters.size(), function->at);
  for (size_t i = 0; i < function->parameters.size(); ++i) {
    const Parameter& parameter = function->parameters[i];
    state.image.parameters.push_back({self_.string(parameter.name),
                                      parameter.fallback != nullptr || parameter.variadic,
                                      state.image.variadic, 0});
    if (parameter.variadic) state.image.variadic = true;
  }
  for (size_t i = 0; i < function->parameters.size(); ++i) {
    const Parameter& parameter = function->parameters[i];
    const auto reg = static_cast<Register>(first + i);
    if (parameter.fallback != nullptr) {
      const uint32_t given = jump(Op::kJumpIfGiven, reg, parameter.at);
      if (parameter.type != nullptr && !parameter.variadic) {
        check_type(spell(parameter.type), parameter.fallback,
                   "type mismatch: parameter `" + std::string(text_of(parameter.name)) +
                       "` is of type");
      }
      keep(parameter.fallback, reg);
      patch(given);
    }
    if (parameter.name) {
      for (size_t j = 0; j < i; ++j) {
        if (function->parameters[j].name == parameter.name &&
            text_of(parameter.name) != "_") {
          error("E1001",
                "parameter `" + std::string(text_of(parameter.name)) +
                    "` is declared twice",
                parameter.at);
        }
      }
      Variable variable;
      variable.name = parameter.name;
      variable.reg = reg;
      variable.is_mutable = true;
      variable.is_parameter = true;
      state.variables.push_back(variable);
    }
  }
  for (size_t i = 0; i < function->parameters.size(); ++i) {
    const Parameter& parameter = function->parameters[i];
    if (parameter.pattern != nullptr) {
      destructure(parameter.pattern, static_cast<Register>(first + i), false);
    }
  }
  // A nested function that calls itself.
  if (state.outer != nullptr && function->name && !state.is_method &&
      mentions(function, function->name)) {
    const Register reg = temporary(function->at);
    emit(Op::kGetSelfClosure, reg, 0, 0, function->at);
    Variable variable;
    variable.name = function->name;
    variable.reg = reg;
    state.variables.push_back(variable);
  }
}

void Compiler::contracts(Function* function) {
  for (Contract& contract : function->contracts) {
    if (contract.kind == Contract::Kind::kEnsures) {
      state_->ensures = &contract;
      // Values of old(e) are those at the start.
      Walker walker;
      walker.visit_expr = [&](Expr* expr) {
        if (expr->kind != ExprKind::kCall) return true;
        auto* call = as<Call>(expr);
        if (call->callee->kind != ExprKind::kName ||
            text_of(as<Name>(call->callee)->name) != "old" ||
            call->arguments.size() != 1) {
          return true;
        }
        const Register reg = temporary(expr->at);
        keep(call->arguments[0].value, reg);
        state_->old_values[expr] = reg;
        return false;
      };
      for (Expr* condition : contract.conditions) walker.expr(condition);
      continue;
    }
    if (contract.kind != Contract::Kind::kRequires) continue;
    for (Expr* condition : contract.conditions) {
      Jumps holds;
      jump_when(condition, true, holds);
      const std::string message =
          "precondition of `" + std::string(text_of(function->name)) +
          "` does not hold: " +
          std::string(source_.text().substr(condition->at.start, condition->at.length));
      emit(Op::kFail, text_constant("E5001", condition->at),
           text_constant(message, condition->at), 0, condition->at);
      patch(holds);
    }
  }
}

void Compiler::finish(FunctionState& state) {
  close_scope(state.function->at);
  // Calls whose receiver has to be changed in its place.
  for (size_t i = 0; i < state.mutations.size(); ++i) {
    const FunctionState::Mutation mutation = state.mutations[i];
    const uint32_t start = here();
    SiteImage again = state.image.sites[mutation.site];
    state.image.sites[mutation.site].mutate_at = static_cast<int32_t>(start);
    again.mutate_at = -1;
    load_mutable(mutation.place, mutation.place.steps.size(), mutation.base, true);
    const uint16_t call_site = site(std::move(again), mutation.at);
    emit(Op::kCallMethod, mutation.base, call_site, mutation.count, mutation.at);
    jump_to(mutation.back, mutation.at);
    // What handles the failure of the call handles it here, too.
    const size_t handlers = state.image.handlers.size();
    for (size_t j = 0; j < handlers; ++j) {
      const HandlerImage handler = state.image.handlers[j];
      if (handler.start < mutation.back && mutation.back <= handler.end) {
        state.image.handlers.push_back({start, here(), handler.target});
      }
    }
  }
  // Parameters that stay: said at the start, which moves everything else.
  auto& escaping = state.escaping;
  std::sort(escaping.begin(), escaping.end());
  escaping.erase(std::unique(escaping.begin(), escaping.end()), escaping.end());
  const auto count = static_cast<uint32_t>(escaping.size());
  if (count == 0) return;
  FunctionImage& image = state.image;
  std::vector<Instruction> start;
  for (Register reg : escaping) start.push_back({Op::kShare, reg, 0, 0});
  image.code.insert(image.code.begin(), start.begin(), start.end());
  image.spans.insert(image.spans.begin(), count, state.function->at);
  for (HandlerImage& handler : image.handlers) {
    handler.start += count;
    handler.end += count;
    handler.target += count;
  }
  for (SiteImage& entry : image.sites) {
    if (entry.mutate_at >= 0) entry.mutate_at += static_cast<int32_t>(count);
  }
}

// A lambda, a block or a nested function as a value.
void Compiler::closure(Function* function, Register to, Span at) {
  FunctionState state;
  state.outer = state_;
  state.is_block = function->is_block;
  const std::string_view name = function->name ? text_of(function->name) : "<lambda>";
  const size_t errors = diagnostics_.size();
  if (!function->refusal.empty()) {
    diagnostics_.push_back(
        {"parse", "", std::string(function->refusal), function->refused_at, ""});
  }
  const uint32_t index = this->function(function, state, name);
  if (examples_.contains(function) && diagnostics_.size() > errors &&
      !program_.only_checks) {
    fail_when_run(index, function, errors);
    state.captured.clear();
  }
  make_closure(index, state, to, at);
}

// An example with errors must not take the others of its file with it: it fails with the
// first of them. So an example that is skipped may use what this host does not have.
void Compiler::fail_when_run(uint32_t index, Function* function, size_t errors) {
  const Diagnostic first = diagnostics_[errors];
  diagnostics_.resize(errors);
  self_.has_broken_examples = true;
  std::string message = first.message;
  if (!first.help.empty()) message += " (" + first.help + ")";
  FunctionState failing;
  failing.outer = state_;
  failing.is_block = true;
  this->function(function, failing, "<lambda>", [&] {
    emit(Op::kFail, text_constant(first.code, first.at), text_constant(message, first.at),
         0, first.at);
  });
  self_.image.functions[index] = std::move(self_.image.functions.back());
  self_.image.functions.pop_back();
}

void Compiler::make_closure(uint32_t index, FunctionState& state, Register to, Span at) {
  const Register saved = state_->next;
  std::vector<CaptureImage> captures;
  for (const Captured& captured : state.captured) {
    CaptureImage image;
    if (Variable* variable = local(captured.name, state_)) {
      image.index = variable->reg;
      if (variable->is_cell && !captured.is_cell) {
        image.index = temporary(at);
        emit(Op::kGetCell, image.index, variable->reg, 0, at);
      }
    } else {
      bool is_cell = false;
      image.from_register = false;
      image.index = capture(state_, captured.name, is_cell).value_or(0);
      if (is_cell && !captured.is_cell) {
        const Register value = temporary(at);
        emit(Op::kGetCaptured, value, image.index, 0, at);
        emit(Op::kGetCell, value, value, 0, at);
        image.from_register = true;
        image.index = value;
      }
    }
    captures.push_back(image);
  }
  self_.image.functions[index].captures = std::move(captures);
  if (index > UINT16_MAX)
    error("E1005", "this module has too many functions; divide it", at);
  emit(Op::kClosure, to, static_cast<uint16_t>(index), 0, at);
  state_->next = saved;
}

// A function of the module. Its code is there before the module's statements run.
void Compiler::module_function(Function* function) {
  if (function->body == nullptr) {
    if (!function->is_extern) {
      error("E1002",
            "function `" + std::string(text_of(function->name)) + "` has no body",
            function->at);
    }
    return;
  }
  FunctionState state;
  FunctionState* around = state_;
  state_ = nullptr;
  const uint32_t index = this->function(function, state, text_of(function->name));
  state_ = around;
  self_.find(function->name)->index = index;
  if (!function->decorators.empty()) {
    const Register saved = state_->next;
    const Register value = temporary(function->at);
    const Found found = find_global(function->name);
    emit(Op::kGetGlobal, value, reference(found, function->at), 0, function->at);
    decorate(function, value);
    emit(Op::kSetGlobal, value, reference(found, function->at), 0, function->at);
    state_->next = saved;
  }
}

void Compiler::decorate(Function* function, Register value) {
  for (size_t i = function->decorators.size(); i-- > 0;) {
    Expr* decorator = function->decorators[i];
    const Register saved = state_->next;
    const Register callee = any(decorator);
    const Register base = temporary(decorator->at);
    emit(Op::kMove, base, value, 0, decorator->at);
    emit(Op::kCall, base, callee, 1, decorator->at);
    emit(Op::kMove, value, base, 0, decorator->at);
    state_->next = saved;
  }
}

}  // namespace simple
