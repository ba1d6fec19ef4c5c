// Classes, structs, traits, enums and what impl adds to them.

#include <algorithm>
#include <string_view>
#include <unordered_set>

#include "compile/compiler_impl.h"
#include "runtime/object.h"

namespace simple {

using namespace ast;

namespace {

// Methods of what is built in that only look at it and call nothing. If a program's own
// type has one of these names, that one is expected to do the same.
bool only_looks(Symbol name) {
  static const std::unordered_set<std::string_view> names = {
      "len",       "length",    "is_empty", "get",     "has",       "contains",
      "first",     "last",      "keys",     "values",  "index_of",  "contains_key",
      "upper",     "lower",     "trim",     "split",   "join",      "starts_with",
      "substring", "ends_with", "replace",  "abs",     "min",       "max",
      "sqrt",      "to_float",  "to_int",   "to_text", "to_string", "unwrap",
      "is_some",   "unwrap_or", "is_none",  "char_at", "slice",     "floor"};
  return names.contains(text_of(name));
}

// Whether something is called that may change what others reach.
bool calls_out(Block* body) {
  bool found = false;
  Walker walker;
  walker.visit_expr = [&](Expr* expr) {
    found =
        found || expr->kind == ExprKind::kCall ||
        (expr->kind == ExprKind::kMethodCall && !only_looks(as<MethodCall>(expr)->name));
    return !found;
  };
  walker.block(body);
  return found;
}

}  // namespace

uint32_t Compiler::method(Function* function, Symbol type_name, const TypeImage* type,
                          bool is_static) {
  FunctionState state;
  state.is_method = !is_static;
  state.owns_self = function->is_mutating;
  state.forbids_self =
      !function->is_mutating && !is_static && text_of(function->name) != "__init__" &&
      text_of(function->name) != "__enter__" && text_of(function->name) != "__exit__";
  if (text_of(function->name) == "__init__") state.owns_self = true;
  state.image.calls_out = calls_out(function->body);
  state.type_name = type_name;
  if (type != nullptr) {
    for (const FieldImage& field : type->fields) {
      state.fields.insert(intern(self_.text(field.name)));
    }
    const auto form = static_cast<simple::Type::Form>(type->form);
    const auto has_method = [&](std::string_view name) {
      return std::any_of(
          type->methods.begin(), type->methods.end(),
          [&](const auto& known) { return self_.text(known.name) == name; });
    };
    state.fields_open =
        !type->bases.empty() || has_method("method_missing") ||
        (form != simple::Type::Form::kClass && form != simple::Type::Form::kStruct);
    // Methods that are not public may leave it to those that call them.
    state.keeps_invariant = function->is_mutating && !is_static &&
                            !text_of(function->name).starts_with("_") &&
                            has_method(kInvariant);
  }
  state.types_around = types_in_reach();
  FunctionState* around = state_;
  state_ = nullptr;
  std::string name;
  if (type != nullptr) name = std::string(self_.text(type->name)) + ".";
  name += text_of(function->name);
  const uint32_t index = this->function(function, state, name);
  state_ = around;
  return index;
}

void Compiler::add_method(TypeImage& image, MethodImage method) {
  std::erase_if(image.methods, [&](const MethodImage& other) {
    return other.name == method.name && other.is_static == method.is_static;
  });
  image.methods.push_back(std::move(method));
}

// `image` is looked up again for each method: compiling one may add types.
void Compiler::methods(uint32_t type_index, Symbol type_name,
                       const List<Function*>& functions, bool in_impl) {
  for (Function* function : functions) {
    if (function->body == nullptr) continue;
    const bool is_static_function = is_static(*function, in_impl);
    const TypeImage copy = self_.image.types[type_index];
    const uint32_t index = method(function, type_name, &copy, is_static_function);
    for (MethodImage& known : self_.image.types[type_index].methods) {
      if (self_.text(known.name) == text_of(function->name) &&
          known.is_static == is_static_function) {
        known.function = index;
        known.has_body = true;
      }
    }
    if (!is_static_function) continue;
    const Symbol hidden_name = intern(std::string(text_of(type_name)) + "." +
                                      std::string(text_of(function->name)));
    if (GlobalImage* global = self_.find(hidden_name)) global->index = index;
  }
}

void Compiler::type_declaration(TypeDecl* type) {
  const auto nested = self_.nested.find(type);
  const Symbol name = nested == self_.nested.end() ? type->name : nested->second;
  if (nested != self_.nested.end()) state_->scopes.back().types[type->name] = name;
  const uint32_t index = self_.find(name)->index;
  for (Symbol base : type->bases) {
    const Found found = find_base(base);
    if (type_of(found) == nullptr) {
      unknown("E1003", "type", base, type->name_at);
      continue;
    }
    self_.image.types[index].bases.push_back(reference(found, type->name_at));
  }
  methods(index, name, type->methods, false);
  forwards(type, index, name);
  if (type->form == TypeDecl::Form::kMixin) defaults(type, name);
  if (type->form == TypeDecl::Form::kClass || type->form == TypeDecl::Form::kStruct) {
    constructor(type, index, name);
  }
  // static val: variables that are set where the type is declared.
  for (Let* constant : type->constants) {
    if (constant->pattern->kind != PatternKind::kName || constant->value == nullptr)
      continue;
    const Register saved = state_->next;
    const Register value = temporary(constant->at);
    keep(constant->value, value);
    const Symbol hidden_name =
        intern(std::string(text_of(name)) + "." +
               std::string(text_of(as<NamePattern>(constant->pattern)->name)));
    emit(Op::kSetGlobal, value, reference("", hidden_name, constant->at), 0,
         constant->at);
    state_->next = saved;
  }
}

// alias fn size = inner.size: a method that calls the field's. alias Trait = field does
// that for every method of the trait.
void Compiler::forwards(TypeDecl* type, uint32_t index, Symbol name) {
  const auto forward = [&](Symbol method_name, Symbol field_name, Symbol target,
                           bool mutating) {
    Function function{};
    function.name = method_name;
    function.at = type->name_at;
    function.is_mutating = mutating;
    Parameter rest;
    rest.name = intern("arguments");
    rest.variadic = true;
    rest.at = type->name_at;
    std::vector<Parameter> parameters{rest};
    function.parameters = {parameters.data(), 1};
    Self self{};
    self.kind = ExprKind::kSelf;
    self.at = type->name_at;
    ast::Field field{};
    field.kind = ExprKind::kField;
    field.at = field.name_at = type->name_at;
    field.receiver = &self;
    field.name = field_name;
    Name arguments{};
    arguments.kind = ExprKind::kName;
    arguments.at = type->name_at;
    arguments.name = rest.name;
    Argument spread;
    spread.value = &arguments;
    spread.spread = true;
    std::vector<Argument> list{spread};
    MethodCall call{};
    call.kind = ExprKind::kMethodCall;
    call.at = call.name_at = type->name_at;
    call.receiver = &field;
    call.name = target;
    call.arguments = {list.data(), 1};
    ExprStmt statement{};
    statement.kind = StmtKind::kExpr;
    statement.at = type->name_at;
    statement.value = &call;
    std::vector<Stmt*> statements{&statement};
    Block body{};
    body.kind = ExprKind::kBlock;
    body.at = type->name_at;
    body.statements = {statements.data(), 1};
    function.body = &body;
    const TypeImage copy = self_.image.types[index];
    MethodImage image;
    image.function = method(&function, name, &copy, false);
    image.has_body = true;
    image.name = self_.string(method_name);
    image.mutates = mutating;
    image.info.variadic = true;
    image.info.parameters.push_back({self_.string(rest.name), true, false, 0});
    add_method(self_.image.types[index], std::move(image));
  };
  for (const Forward& item : type->forwards) {
    if (item.method) {
      forward(item.name, item.field, item.method, item.is_mutating);
      continue;
    }
    const Found trait = find(item.name);
    const TypeImage* image = type_of(trait);
    if (image == nullptr) {
      unknown("E1003", "type", item.name, item.at);
      continue;
    }
    self_.image.types[index].bases.push_back(reference(trait, item.at));
    const std::vector<MethodImage> wanted = image->methods;
    for (const MethodImage& known : wanted) {
      if (known.is_static) continue;
      const Symbol method_name = intern(trait.module->text(known.name));
      const auto& own = self_.image.types[index].methods;
      const bool defined = std::any_of(own.begin(), own.end(), [&](const MethodImage& m) {
        return self_.text(m.name) == text_of(method_name) && m.has_body;
      });
      if (!defined) forward(method_name, item.field, method_name, known.mutates);
    }
  }
}

// What a mixin's fields hold at first, as functions: whoever has the mixin calls them.
void Compiler::defaults(TypeDecl* type, Symbol name) {
  for (const FieldDecl& field : type->fields) {
    if (field.fallback == nullptr) continue;
    Function function{};
    function.name = field.name;
    function.at = field.at;
    FunctionState state;
    state.types_around = types_in_reach();
    FunctionState* around = state_;
    state_ = nullptr;
    const std::string title =
        std::string(text_of(name)) + ".(" + std::string(text_of(field.name)) + ")";
    const uint32_t made = this->function(&function, state, title, [&] {
      const Register value = temporary(field.at);
      keep(field.fallback, value);
      emit(Op::kReturn, value, 0, 0, field.at);
    });
    self_.find(intern(title))->index = made;
    state_ = around;
  }
}

// Makes instances of a type: its parameters are the fields, with their defaults, or those
// of __init__, which may be a mixin's.
void Compiler::constructor(TypeDecl* type, uint32_t index, Symbol name) {
  const TypeImage image = self_.image.types[index];
  const Span at = type->name_at;
  Function* init = nullptr;
  for (Function* function : type->methods) {
    if (text_of(function->name) == "__init__") init = function;
  }
  Function function{};
  function.name = type->name;
  function.at = at;
  std::vector<Parameter> parameters;
  const Symbol hidden_name = intern(std::string(text_of(name)) + ".(new)");
  const FunctionInfo info = self_.find(hidden_name)->info;
  if (init != nullptr) {
    for (const Parameter& parameter : init->parameters) parameters.push_back(parameter);
  } else {
    for (size_t i = 0; i < info.parameters.size(); ++i) {
      Parameter parameter;
      parameter.name = intern(self_.text(info.parameters[i].name));
      parameter.variadic = info.variadic && i + 1 == info.parameters.size();
      parameter.at = at;
      parameters.push_back(parameter);
    }
  }
  const bool calls_init = init != nullptr || image.inherits_init;
  function.parameters = {parameters.data(), static_cast<uint32_t>(parameters.size())};
  FunctionState state;
  state.types_around = types_in_reach();
  FunctionState* around = state_;
  state_ = nullptr;
  const uint32_t made = this->function(&function, state, self_.text(image.name), [&] {
    const size_t count = image.fields.size();
    const Register base = temporaries(std::max<size_t>(count, 1), at);
    for (size_t i = 0; i < count; ++i) {
      const auto reg = static_cast<Register>(base + i);
      const Symbol field_name = intern(self_.text(image.fields[i].name));
      const StringId computed = image.fields[i].default_function;
      uint32_t given = 0;
      if (!calls_init) {
        const Register parameter = local(field_name, state_)->reg;
        emit(Op::kMoveShare, reg, parameter, 0, at);
        given = jump(Op::kJumpIfGiven, reg, at);
      }
      if (Expr* fallback = field_default(type, field_name)) {
        check_type(
            self_.text(image.fields[i].type), fallback,
            "type mismatch: field `" + std::string(text_of(field_name)) + "` is of type");
        // Defaults do not see the other fields.
        std::vector<Variable> hidden_variables;
        hidden_variables.swap(state_->variables);
        keep(fallback, reg);
        hidden_variables.swap(state_->variables);
      } else if (computed != 0) {
        const std::string module(self_.text(image.fields[i].default_module));
        emit(Op::kCallGlobal, reg, reference(module, intern(self_.text(computed)), at), 0,
             at);
      } else if (image.fields[i].zero.tag != Tag::kNil) {
        emit(Op::kLoadConstant, reg, constant(image.fields[i].zero, at), 0, at);
      } else {
        emit(Op::kLoadNil, reg, 0, 0, at);
      }
      if (!calls_init) patch(given);
    }
    emit(Op::kNew, base, reference("", name, at), static_cast<uint16_t>(count), at);
    if (calls_init) initialize(parameters, info.variadic, base, at);
    if (!type->invariants.empty()) check_invariant(base, at);
    emit(Op::kReturn, base, 0, 0, at);
  });
  FunctionImage& compiled = self_.image.functions[made];
  for (ParameterImage& parameter : compiled.parameters) {
    if (!calls_init) parameter.optional = true;
  }
  if (image.inherits_init) {
    // Its defaults are the mixin's business.
    for (size_t i = 0; i < info.parameters.size(); ++i) {
      compiled.parameters[i].optional = info.parameters[i].optional;
    }
  }
  self_.image.types[index].constructor = made;
  if (GlobalImage* global = self_.find(hidden_name)) global->index = made;
  state_ = around;
  if (type->invariants.empty()) return;
  // A method that fails if one does not hold.
  Function check{};
  check.name = intern(kInvariant);
  check.at = at;
  FunctionState check_state;
  check_state.is_method = true;
  check_state.type_name = name;
  check_state.types_around = types_in_reach();
  state_ = nullptr;
  MethodImage invariant;
  invariant.function = this->function(&check, check_state, "invariant", [&] {
    for (const Contract& contract : type->invariants) {
      for (Expr* condition : contract.conditions) {
        Jumps holds;
        jump_when(condition, true, holds);
        const std::string message =
            "invariant of `" + std::string(self_.text(image.name)) + "` does not hold: " +
            std::string(source_.text().substr(condition->at.start, condition->at.length));
        emit(Op::kFail, text_constant("E5003", condition->at),
             text_constant(message, condition->at), 0, condition->at);
        patch(holds);
      }
    }
  });
  state_ = around;
  invariant.name = self_.string(kInvariant);
  invariant.has_body = true;
  add_method(self_.image.types[index], std::move(invariant));
}

// Calls __init__ of the new object in `object` with what the constructor was given.
void Compiler::initialize(const std::vector<Parameter>& parameters, bool variadic,
                          Register object, Span at) {
  const auto given = [&](size_t i) { return local(parameters[i].name, state_)->reg; };
  const size_t count = parameters.size();
  if (!variadic) {
    const Register base = temporaries(count + 1, at);
    emit(Op::kMove, base, object, 0, at);
    for (size_t i = 0; i < count; ++i) {
      emit(Op::kMove, static_cast<Register>(base + 1 + i), given(i), 0, at);
    }
    emit(Op::kCallMethod, base, site(intern("__init__"), at),
         static_cast<uint16_t>(count + 1), at);
    return;
  }
  const Register base = temporaries(3, at);
  const auto array = static_cast<Register>(base + 1);
  const auto names = static_cast<Register>(base + 2);
  emit(Op::kGetMethod, base, object, site(intern("__init__"), at), at);
  emit(Op::kArray, array, array, 0, at);
  emit(Op::kLoadNil, names, 0, 0, at);
  for (size_t i = 0; i + 1 < count; ++i) emit(Op::kArrayPush, array, given(i), 0, at);
  emit(Op::kSpread, array, given(count - 1), names, at);
  emit(Op::kCallSpread, base, array, names, at);
}

Expr* Compiler::field_default(TypeDecl* type, Symbol field) {
  for (const FieldDecl& declared : type->fields) {
    if (declared.name == field) return declared.fallback;
  }
  return nullptr;
}

void Compiler::enum_declaration(EnumDecl* type) {
  const auto nested = self_.nested.find(type);
  const Symbol name = nested == self_.nested.end() ? type->name : nested->second;
  if (nested != self_.nested.end()) state_->scopes.back().types[type->name] = name;
  methods(self_.find(name)->index, name, type->methods, false);
}

void Compiler::impl(Impl* node) {
  Symbol name;
  switch (node->type->kind) {
    case ast::Type::Kind::kNamed:
      name = node->type->name;
      break;
    case ast::Type::Kind::kArray:
      name = intern("Array");
      break;
    case ast::Type::Kind::kDict:
      name = intern("Dict");
      break;
    case ast::Type::Kind::kSet:
      name = intern("Set");
      break;
    case ast::Type::Kind::kTuple:
      name = intern("Tuple");
      break;
    case ast::Type::Kind::kFunction:
      name = intern("Function");
      break;
    case ast::Type::Kind::kOptional:
      name = intern("Option");
      break;
    case ast::Type::Kind::kUnion:
      error("E1003", "impl of a union is not supported by this host", node->type->at);
      return;
  }
  Found found = find(name);
  const TypeImage* type = type_of(found);
  if (type == nullptr &&
      !(found.what == Found::What::kNative && program_.native_types.contains(name))) {
    unknown("E1003", "type", name, node->type->at);
    return;
  }
  std::vector<uint32_t> traits;
  if (node->trait) {
    const Found trait = find(node->trait);
    if (type_of(trait) != nullptr) {
      traits.push_back(reference(trait, node->at));
    }
  }
  if (type != nullptr && found.module == &self_) {
    const uint32_t index = found.global->index;
    auto& bases = self_.image.types[index].bases;
    bases.insert(bases.end(), traits.begin(), traits.end());
    methods(index, found.name, node->methods, true);
    return;
  }
  ImplImage image;
  image.type =
      type != nullptr
          ? reference(found, node->at)
          : reference(kNatives, intern("(type)" + std::string(text_of(name))), node->at);
  image.traits = traits;
  for (Function* function : node->methods) {
    if (function->body == nullptr) continue;
    MethodImage entry;
    entry.name = self_.string(function->name);
    entry.is_static = is_static(*function, true);
    entry.mutates = function->is_mutating;
    entry.has_body = true;
    TypeImage named;
    named.form = static_cast<uint8_t>(simple::Type::Form::kBuiltin);
    named.name = self_.string(name);
    entry.function = method(function, found.name, &named, entry.is_static);
    for (const Parameter& parameter : function->parameters) {
      entry.info.parameters.push_back(
          {self_.string(parameter.name),
           parameter.fallback != nullptr || parameter.variadic, false, 0});
    }
    image.methods.push_back(std::move(entry));
  }
  self_.image.impls.push_back(std::move(image));
}

}  // namespace simple
