// The compiler's core: instructions, registers, and what names mean.

#include "compile/compiler.h"

#include <algorithm>

#include "compile/compiler_impl.h"

namespace simple {

using namespace ast;

namespace {

constexpr uint32_t kMostRegisters = 60000;
constexpr size_t kMostConstants = 65535;

}  // namespace

void compile(const ast::Module& module, Interface& interface, Program& program,
             std::vector<Diagnostic>& diagnostics) {
  Compiler(module, interface, program, diagnostics).run();
}

namespace {

// given_lazy :user, \: … and the like give examples a name for the value.
void names_of_lazy_values(const ast::Module& module, std::unordered_set<Symbol>& names) {
  Walker walker;
  walker.visit_expr = [&](Expr* expr) {
    if (expr->kind != ExprKind::kCall) return true;
    const auto* call = as<Call>(expr);
    if (call->callee->kind != ExprKind::kName || call->arguments.empty() ||
        call->arguments[0].value->kind != ExprKind::kSymbol) {
      return true;
    }
    const std::string_view word = text_of(as<Name>(call->callee)->name);
    if (word == "given_lazy" || word == "let_lazy" || word == "given") {
      names.insert(as<SymbolLiteral>(call->arguments[0].value)->name);
    }
    return true;
  };
  walker.block(module.body);
}

}  // namespace

void Compiler::run() {
  if (program_.spec != nullptr) names_of_lazy_values(module_, lazy_names_);
  FunctionState state;
  state.is_module = true;
  Function start{};
  start.body = module_.body;
  self_.image.start = function(&start, state, "<module>", [&] {
    const auto& statements = module_.body->statements;
    for (size_t i = 0; i < statements.size(); ++i) {
      Stmt* node = statements[i];
      const bool last = i + 1 == statements.size();
      if (self_.is_prompt && last && node->kind == StmtKind::kExpr) {
        return_value(as<ExprStmt>(node)->value, node->at);
      } else {
        statement(node, -1);
      }
    }
  });
  // `main` is called when the statements are done, unless they call it.
  Walker walker;
  walker.visit_expr = [&](Expr* expr) {
    if (expr->kind == ExprKind::kCall &&
        as<Call>(expr)->callee->kind == ExprKind::kName &&
        text_of(as<Name>(as<Call>(expr)->callee)->name) == "main") {
      self_.image.calls_main = true;
    }
    return true;
  };
  walker.visit_stmt = [](Stmt* node) {
    return node->kind != StmtKind::kFunction && node->kind != StmtKind::kTypeDecl &&
           node->kind != StmtKind::kImpl && node->kind != StmtKind::kEnum;
  };
  walker.block(module_.body);
}

// ---- Diagnostics

void Compiler::error(const char* code, std::string message, Span at, std::string help) {
  diagnostics_.push_back({"semantic", code, std::move(message), at, std::move(help)});
}

void Compiler::unknown(const char* code, const char* what, Symbol name, Span at) {
  if (self_.misses_any || self_.missing.contains(name)) return;
  const std::string_view wanted = text_of(name);
  for (FunctionState* state = state_; state != nullptr; state = state->outer) {
    if (!state->ended.contains(name)) continue;
    error(code, std::string(what) + " `" + std::string(wanted) + "` not found", at,
          "the block that `" + std::string(wanted) +
              "` belongs to has ended; declare it before that block: var " +
              std::string(wanted) + " = nil");
    return;
  }
  Nearest nearest(wanted);
  const auto consider = [&](Symbol candidate) { nearest.consider(text_of(candidate)); };
  for (FunctionState* state = state_; state != nullptr; state = state->outer) {
    for (const Variable& variable : state->variables) consider(variable.name);
  }
  self_.suggest(nearest);
  for (const auto& [imported, found] : self_.imported) consider(imported);
  for (const Interface* module : self_.wildcards) module->suggest(nearest);
  if (!nearest.found()) {
    for (Symbol native : program_.natives) consider(native);
  }
  error(code, std::string(what) + " `" + std::string(wanted) + "` not found", at,
        nearest.question());
}

// ---- Emitting

uint32_t Compiler::emit(Op op, uint16_t a, uint16_t b, uint16_t c, Span at) {
  state_->image.code.push_back({op, a, b, c});
  state_->image.spans.push_back(at);
  return here() - 1;
}

uint32_t Compiler::emit_wide(Op op, uint16_t a, int32_t value, Span at) {
  Instruction instruction{op, a, 0, 0};
  instruction.set_wide(value);
  state_->image.code.push_back(instruction);
  state_->image.spans.push_back(at);
  return here() - 1;
}

void Compiler::jump_to(uint32_t target, Span at, Op op, uint16_t a) {
  patch(emit_wide(op, a, 0, at), target);
}

void Compiler::patch(uint32_t jump, uint32_t target) {
  Instruction& instruction = state_->image.code[jump];
  const int64_t offset = static_cast<int64_t>(target) - jump - 1;
  const bool is_near =
      (instruction.op >= Op::kJumpLess && instruction.op <= Op::kJumpNotEqualInt) ||
      instruction.op == Op::kCountPrepare;
  if (!is_near) {
    instruction.set_wide(static_cast<int32_t>(offset));
    return;
  }
  if (offset < INT16_MIN || offset > INT16_MAX) {
    error("E1005", "this function is too long to be compiled; divide it",
          state_->image.spans[jump]);
    return;
  }
  instruction.c = static_cast<uint16_t>(offset);
}

uint16_t Compiler::constant(ConstantImage constant, Span at) {
  auto& constants = state_->image.constants;
  for (size_t i = constants.size(); i-- > 0 && constants.size() - i < 64;) {
    if (constants[i].tag == constant.tag && constants[i].bits == constant.bits) {
      return static_cast<uint16_t>(i);
    }
  }
  if (constants.size() == kMostConstants) {
    error("E1005", "this function has too many constants; divide it", at);
    return 0;
  }
  constants.push_back(constant);
  return static_cast<uint16_t>(constants.size() - 1);
}

uint16_t Compiler::text_constant(std::string_view text, Span at) {
  return constant({Tag::kObject, self_.string(text)}, at);
}

uint16_t Compiler::site(SiteImage site, Span at) {
  if (state_->image.sites.size() == kMostConstants) {
    error("E1005", "this function is too long to be compiled; divide it", at);
    return 0;
  }
  state_->image.sites.push_back(std::move(site));
  return static_cast<uint16_t>(state_->image.sites.size() - 1);
}

uint16_t Compiler::site(Symbol name, Span at) {
  SiteImage image;
  image.name = self_.string(name);
  return site(std::move(image), at);
}

uint16_t Compiler::reference(std::string_view module, Symbol name, Span at) {
  const std::string key = std::string(module) + '\n' + std::string(text_of(name));
  if (const auto known = references_.find(key); known != references_.end()) {
    return known->second;
  }
  if (self_.image.references.size() == kMostConstants) {
    error("E1005", "this module uses too many names; divide it", at);
    return 0;
  }
  const auto index = static_cast<uint16_t>(self_.image.references.size());
  self_.image.references.push_back({self_.string(module), self_.string(name)});
  references_[key] = index;
  return index;
}

uint16_t Compiler::reference(const Found& found, Span at) {
  if (found.what == Found::What::kNative) return reference(kNatives, found.name, at);
  return reference(found.module == &self_ ? std::string_view() : found.module->key,
                   found.name, at);
}

// ---- Registers and scopes

Register Compiler::temporary(Span at) { return temporaries(1, at); }

Register Compiler::temporaries(size_t count, Span at) {
  const Register first = state_->next;
  if (first + count > kMostRegisters) {
    error("E1005", "this function has too many variables; divide it", at);
    return first;
  }
  state_->next = static_cast<Register>(first + count);
  state_->image.registers = std::max(state_->image.registers, state_->next);
  return first;
}

void Compiler::open_scope() {
  Scope scope;
  scope.variables = state_->variables.size();
  scope.next = state_->next;
  state_->scopes.push_back(std::move(scope));
}

void Compiler::close_scope(Span at) {
  // What was deferred runs at the end, and in a handler for each.
  const size_t index = state_->scopes.size() - 1;
  if (!state_->scopes[index].deferred.empty()) {
    leave(index, false);
    const uint32_t over = jump(Op::kJump, 0, at);
    auto& deferred = state_->scopes[index].deferred;
    std::vector<HandlerImage> handlers;
    for (size_t i = deferred.size(); i-- > 0;) {
      const uint32_t start = here();
      for (const auto& [from, to] : deferred[i].covered) {
        if (from != to) handlers.push_back({from, to, start});
      }
      deferred[i].covered_from = UINT32_MAX;
      run_deferred(deferred[i]);
      emit(Op::kRethrow, 0, 0, 0, at);
      for (size_t outer = 0; outer < i; ++outer) {
        deferred[outer].covered.emplace_back(start, here());
      }
    }
    // Those of blocks inside come first; they were added when those were closed.
    auto& all = state_->image.handlers;
    all.insert(all.end(), handlers.begin(), handlers.end());
    patch(over);
  }
  const Scope& scope = state_->scopes.back();
  for (size_t i = scope.variables; i < state_->variables.size(); ++i) {
    state_->ended.insert(state_->variables[i].name);
  }
  state_->variables.resize(scope.variables);
  state_->next = scope.next;
  state_->scopes.pop_back();
}

Variable& Compiler::declare(Symbol name, Register reg, bool is_mutable, Span at) {
  Variable variable;
  variable.name = name;
  variable.reg = reg;
  variable.is_mutable = is_mutable;
  if (is_mutable && state_->shared_with_blocks.contains(name)) {
    variable.is_cell = true;
    emit(Op::kNewCell, reg, reg, 0, at);
  }
  state_->variables.push_back(variable);
  return state_->variables.back();
}

// ---- What names mean

Variable* Compiler::local(Symbol name, FunctionState* state) {
  for (size_t i = state->variables.size(); i-- > 0;) {
    if (state->variables[i].name == name) return &state->variables[i];
  }
  return nullptr;
}

bool Compiler::exists_outside(FunctionState* state, Symbol name) {
  for (FunctionState* outer = state->outer; outer != nullptr; outer = outer->outer) {
    if (local(name, outer) != nullptr) return true;
  }
  return false;
}

// Whether there are only blocks, which share variables, between here and a variable.
bool Compiler::writes_through(Symbol name) {
  FunctionState* state = state_;
  while (state != nullptr && local(name, state) == nullptr) {
    if (!state->is_block) return false;
    state = state->outer;
  }
  return state != nullptr;
}

std::optional<uint16_t> Compiler::capture(FunctionState* state, Symbol name,
                                          bool& is_cell) {
  for (size_t i = 0; i < state->captured.size(); ++i) {
    if (state->captured[i].name == name) {
      is_cell = state->captured[i].is_cell;
      return static_cast<uint16_t>(i);
    }
  }
  if (state->outer == nullptr) return std::nullopt;
  bool outer_cell = false;
  if (Variable* variable = local(name, state->outer)) {
    outer_cell = variable->is_cell;
    escape(variable);
    // A parameter of the function around: it is kept by this one.
    if (variable->is_parameter) state->outer->escaping.push_back(variable->reg);
  } else if (!capture(state->outer, name, outer_cell)) {
    return std::nullopt;
  }
  Captured captured;
  captured.name = name;
  // A function that is declared in a block, a group of a spec above all, sees what the
  // block's variables hold when it runs. It cannot assign them.
  const bool declared_in_block =
      state->outer->is_block && state->function->name && !state->function->is_lambda;
  captured.is_cell = is_cell = outer_cell && (state->is_block || declared_in_block);
  state->captured.push_back(captured);
  return static_cast<uint16_t>(state->captured.size() - 1);
}

Found Compiler::find(Symbol name) {
  Found found;
  found.name = name;
  if (Variable* variable = local(name, state_)) {
    found.what = Found::What::kVariable;
    found.variable = variable;
    return found;
  }
  for (FunctionState* state = state_; state != nullptr; state = state->outer) {
    for (size_t i = state->scopes.size(); i-- > 0;) {
      const auto& types = state->scopes[i].types;
      if (const auto type = types.find(name); type != types.end()) {
        return find_global(type->second);
      }
    }
    const auto type = state->types_around.find(name);
    if (type != state->types_around.end()) return find_global(type->second);
  }
  if (exists_outside(state_, name)) {
    bool is_cell = false;
    if (const auto index = capture(state_, name, is_cell)) {
      found.what = Found::What::kCaptured;
      found.captured = *index;
      found.is_cell = is_cell;
      return found;
    }
  }
  return find_global(name);
}

// The types of the blocks that are open, for functions that see nothing else of them.
std::unordered_map<Symbol, Symbol> Compiler::types_in_reach() const {
  std::unordered_map<Symbol, Symbol> types;
  for (const FunctionState* state = state_; state != nullptr; state = state->outer) {
    for (size_t i = state->scopes.size(); i-- > 0;) {
      types.insert(state->scopes[i].types.begin(), state->scopes[i].types.end());
    }
    types.insert(state->types_around.begin(), state->types_around.end());
  }
  return types;
}

Found Compiler::global_of(Interface* module, uint32_t global) {
  Found found;
  found.what = Found::What::kGlobal;
  found.module = module;
  found.global = &module->image.globals[global];
  found.name = intern(module->text(found.global->name));
  return found;
}

std::optional<Found> Compiler::exported(Interface* module, ast::Expr* receiver,
                                        Symbol name, Span name_at) {
  Interface::Imported found;
  if (module->find_exported(name, found)) return global_of(found.module, found.global);
  Nearest nearest(text_of(name));
  module->suggest(nearest);
  error("E1034",
        "module `" + written(receiver->at) + "` has no `" + std::string(text_of(name)) +
            "`",
        name_at, nearest.question());
  return std::nullopt;
}

Found Compiler::find_global(Symbol name) {
  Found found;
  found.name = name;
  if (const auto own = self_.globals.find(name); own != self_.globals.end()) {
    return global_of(&self_, own->second);
  }
  if (const auto other = self_.imported.find(name); other != self_.imported.end()) {
    return global_of(other->second.module, other->second.global);
  }
  if (const auto alias = self_.aliases.find(name); alias != self_.aliases.end()) {
    found.what = Found::What::kModule;
    found.module = alias->second;
    return found;
  }
  Interface::Imported exported;
  for (Interface* module : self_.wildcards) {
    if (module->find_exported(name, exported))
      return global_of(exported.module, exported.global);
  }
  for (Interface* module : self_.wildcards) {
    found.module = module->find_module(name);
    if (found.module == nullptr) continue;
    found.what = Found::What::kModule;
    return found;
  }
  if (lazy_names_.contains(name)) {
    found.what = Found::What::kLazy;
    return found;
  }
  if (program_.prelude != nullptr && program_.prelude != &self_) {
    const auto own = program_.prelude->globals.find(name);
    if (own != program_.prelude->globals.end())
      return global_of(program_.prelude, own->second);
  }
  if (program_.natives.contains(name) || program_.native_types.contains(name)) {
    found.what = Found::What::kNative;
    return found;
  }
  if (program_.spec != nullptr && program_.spec != &self_) {
    const auto own = program_.spec->globals.find(name);
    if (own != program_.spec->globals.end() &&
        !program_.spec->image.globals[own->second].hidden) {
      program_.uses_spec = true;
      return global_of(program_.spec, own->second);
    }
  }
  return found;
}

// A trait or mixin: Module, nn.Module.
Found Compiler::find_base(Symbol name) {
  if (!is_dotted(name)) return find(name);
  Interface::Imported found;
  if (self_.find_dotted(text_of(name), found)) {
    return global_of(found.module, found.global);
  }
  return {};
}

TypeImage* Compiler::type_of(const Found& found) {
  if (found.what != Found::What::kGlobal || found.global->kind != GlobalKind::kType) {
    return nullptr;
  }
  return &found.module->image.types[found.global->index];
}

// The module that an expression names: a, or a.b where a exports the module b.
Interface* Compiler::module_of(Expr* expr) {
  if (expr->kind == ExprKind::kName) {
    const Found found = find(as<Name>(expr)->name);
    return found.what == Found::What::kModule ? found.module : nullptr;
  }
  if (expr->kind != ExprKind::kField) return nullptr;
  Interface* const around = module_of(as<Field>(expr)->receiver);
  return around == nullptr ? nullptr : around->find_module(as<Field>(expr)->name);
}

// The type that an expression names: P, module.P.
Found Compiler::find_type(Expr* expr) {
  Found nothing;
  if (expr->kind == ExprKind::kName) {
    const Found found = find(as<Name>(expr)->name);
    if (type_of(found) != nullptr) return found;
    if (found.what == Found::What::kNative &&
        program_.native_types.contains(found.name)) {
      return found;
    }
    return nothing;
  }
  if (expr->kind == ExprKind::kField) {
    auto* field = as<Field>(expr);
    Interface* const module = module_of(field->receiver);
    Interface::Imported exported;
    if (module == nullptr || !module->find_exported(field->name, exported))
      return nothing;
    const Found found = global_of(exported.module, exported.global);
    if (type_of(found) != nullptr) return found;
  }
  return nothing;
}

// A function that belongs to a type: `found` is where it is, the result what it takes.
const FunctionInfo* Compiler::hidden(const Found& type, std::string_view member,
                                     Found& found) {
  const Symbol name = intern(std::string(text_of(type.name)) + "." + std::string(member));
  const auto global = type.module->globals.find(name);
  if (global == type.module->globals.end()) return nullptr;
  found = global_of(type.module, global->second);
  return &found.global->info;
}

void Compiler::escape(const Variable* variable) {
  if (variable != nullptr && variable->is_parameter && !variable->is_cell &&
      local(variable->name, state_) == variable) {
    state_->escaping.push_back(variable->reg);
  }
}

}  // namespace simple
