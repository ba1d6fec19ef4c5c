// Calls: of functions, types, variants and methods.

#include <algorithm>

#include "compile/compiler_impl.h"
#include "runtime/object.h"

namespace simple {

using namespace ast;

namespace {

// Words of specs whose first argument is the name of a group or an example.
bool names_of_specs(std::string_view word) {
  static const std::unordered_set<std::string_view> words = {
      "describe", "context", "it",      "test",    "example", "specify",
      "slow_it",  "skip_it", "pending", "feature", "scenario"};
  return words.contains(word);
}

// Words of specs whose block is an example.
bool has_example(std::string_view word) {
  return names_of_specs(word) && word != "describe" && word != "context" &&
         word != "feature";
}

// Whether a call hands over a function that is written there; one in a variable counts.
bool passes_function(const MethodCall& call) {
  if (call.block != nullptr) return true;
  return std::any_of(call.arguments.begin(), call.arguments.end(), [](const Argument& a) {
    return a.value->kind == ExprKind::kLambda || a.value->kind == ExprKind::kName ||
           a.value->kind == ExprKind::kField;
  });
}

}  // namespace

// Methods of what is built in that change it; those of programs are in Program::mutating.
bool Compiler::changes_builtin(Symbol name) {
  static const std::unordered_set<std::string_view> names = {
      "push", "append", "pop",    "insert",     "remove", "extend",  "clear",
      "set",  "merge",  "delete", "setdefault", "add",    "discard", "update"};
  return names.contains(text_of(name));
}

std::vector<StringId> Compiler::argument_names(const List<Argument>& arguments,
                                               Lambda* block, size_t before) {
  bool any_named = false;
  for (const Argument& argument : arguments) any_named = any_named || argument.name;
  if (!any_named) return {};
  std::vector<StringId> names(before, 0);
  for (const Argument& argument : arguments) names.push_back(self_.string(argument.name));
  if (block != nullptr) names.push_back(0);
  return names;
}

// Whether a named argument is no parameter's, and so labels one of the variadic ones.
bool Compiler::labels_some(const Interface& module, const FunctionInfo& info,
                           const List<Argument>& arguments) {
  return std::any_of(arguments.begin(), arguments.end(), [&](const Argument& argument) {
    return argument.name &&
           std::none_of(info.parameters.begin(), info.parameters.end(),
                        [&](const ParameterImage& parameter) {
                          return module.text(parameter.name) == text_of(argument.name);
                        });
  });
}

// Puts arguments where the parameters are: `slots` has one for each parameter, null where
// the default is meant, `rest` what goes to a variadic one. Says what is wrong with them.
bool Compiler::arrange(const FunctionInfo& info, const List<Argument>& arguments,
                       Lambda* block, std::vector<Expr*>& slots, std::vector<Expr*>& rest,
                       const std::string& name, const char* what, Span at) {
  const size_t count = info.parameters.size();
  slots.assign(count, nullptr);
  const size_t fixed = info.variadic ? count - 1 : count;
  size_t given = arguments.size() + (block != nullptr ? 1 : 0);
  size_t next = 0;
  const auto wrong_count = [&] {
    std::string expected = std::to_string(fixed);
    size_t least = 0;
    for (size_t i = 0; i < fixed; ++i) least += info.parameters[i].optional ? 0 : 1;
    if (info.variadic) {
      expected = "at least " + std::to_string(least);
    } else if (least != fixed) {
      expected = std::to_string(least) + " to " + std::to_string(fixed);
    }
    error("E1020",
          "in call to `" + name + "` (declared at line " + std::to_string(info.line) +
              "): " + what + " expects " + expected + " argument(s), but " +
              std::to_string(given) + " were provided",
          at);
    return false;
  };
  const auto place_next = [&](Expr* value) {
    while (next < fixed && slots[next] != nullptr) ++next;
    if (next < fixed) {
      slots[next++] = value;
    } else if (info.variadic) {
      rest.push_back(value);
    } else {
      return false;
    }
    return true;
  };
  // Named ones first, so that the others fill what is left.
  for (const Argument& argument : arguments) {
    if (!argument.name) continue;
    const auto text = text_of(argument.name);
    size_t index = 0;
    const auto same = [&](size_t i) {
      return compiled_strings_->text(info.parameters[i].name) == text;
    };
    while (index < count && !same(index)) ++index;
    if (index == count) {
      Nearest nearest(text);
      for (const ParameterImage& parameter : info.parameters) {
        nearest.consider(compiled_strings_->text(parameter.name));
      }
      error("E1020",
            "in call to `" + name + "` (declared at line " + std::to_string(info.line) +
                "): there is no parameter `" + std::string(text) + "`",
            argument.value->at, nearest.question());
      return false;
    }
    if (slots[index] != nullptr) {
      error("E1020", "argument `" + std::string(text) + "` is given twice",
            argument.value->at);
      return false;
    }
    slots[index] = argument.value;
  }
  for (const Argument& argument : arguments) {
    if (!argument.name && !place_next(argument.value)) return wrong_count();
  }
  if (block != nullptr) {
    // A block is the last argument.
    if (fixed == 0 ? !info.variadic : slots[fixed - 1] != nullptr) return wrong_count();
    if (fixed == 0) {
      rest.push_back(block);
    } else {
      slots[fixed - 1] = block;
    }
  }
  for (size_t i = 0; i < fixed; ++i) {
    if (slots[i] == nullptr && !info.parameters[i].optional) {
      // With names, say which; a plain call has too few.
      return wrong_count();
    }
  }
  for (size_t i = 0; i < fixed; ++i) {
    if (slots[i] == nullptr || slots[i] == block) continue;
    const ParameterImage& parameter = info.parameters[i];
    const std::string_view called = compiled_strings_->text(parameter.name);
    check_type(
        compiled_strings_->text(parameter.type), slots[i],
        "in call to `" + name + "` (declared at line " + std::to_string(info.line) +
            "): " + (called.empty() ? "it" : "`" + std::string(called) + "`") + " takes");
  }
  return true;
}

void Compiler::call_spread(const std::function<void(Register)>& callee,
                           const List<Argument>& arguments, Lambda* block, Register to,
                           Span at) {
  const Register base = temporaries(4, at);
  const auto array = static_cast<Register>(base + 1);
  const auto value = static_cast<Register>(base + 2);
  const auto names = static_cast<Register>(base + 3);
  callee(base);
  emit(Op::kArray, array, array, 0, at);
  emit(Op::kLoadNil, names, 0, 0, at);
  for (const Argument& item : arguments) {
    keep(item.value, value);
    if (item.spread) {
      emit(Op::kSpread, array, value, names, item.value->at);
      continue;
    }
    emit(Op::kArrayPush, array, value, 0, item.value->at);
    if (item.name) emit(Op::kNameLast, array, names, site(item.name, at), item.value->at);
  }
  if (block != nullptr) {
    into(block, value);
    emit(Op::kArrayPush, array, value, 0, at);
  }
  emit(Op::kCallSpread, base, array, names, at);
  if (to != base) emit(Op::kMove, to, base, 0, at);
}

void Compiler::call_value(Register callee, const List<Argument>& arguments, Lambda* block,
                          Register to, Span at) {
  for (const Argument& item : arguments) {
    if (item.spread) {
      call_spread([&](Register reg) { emit(Op::kMove, reg, callee, 0, at); }, arguments,
                  block, to, at);
      return;
    }
  }
  const size_t count = arguments.size() + (block != nullptr ? 1 : 0);
  const std::vector<StringId> names = argument_names(arguments, block, 0);
  const Register base = temporaries(count + 1, at);
  for (size_t i = 0; i < arguments.size(); ++i) {
    argument(arguments[i].value, static_cast<Register>(base + i));
  }
  if (block != nullptr) into(block, static_cast<Register>(base + arguments.size()));
  if (names.empty()) {
    emit(Op::kCall, base, callee, static_cast<uint16_t>(count), at);
  } else {
    SiteImage image;
    image.argument_names = names;
    emit(Op::kMove, static_cast<Register>(base + count), callee, 0, at);
    emit(Op::kCallNamed, base, site(std::move(image), at), static_cast<uint16_t>(count),
         at);
  }
  if (to != base) emit(Op::kMove, to, base, 0, at);
}

// Native code may write into arrays of numbers. One that a variable shares with others is
// copied first, into the variable. (A parameter's array is the caller's, and written
// there. To what is kept it does not write.)
bool Compiler::written_argument(const Found& function, size_t index, Expr* value,
                                Register reg) {
  if (function.what != Found::What::kGlobal ||
      function.global->kind != GlobalKind::kExtern || value->kind != ExprKind::kName) {
    return false;
  }
  const ExternImage& declared = function.module->image.externs[function.global->index];
  const std::string_view type = function.module->text(declared.parameter_types[index]);
  if (type.starts_with("Kept<")) return false;
  if (type.find("[i64]") == type.npos && type.find("[f64]") == type.npos &&
      type.find("[u8]") == type.npos) {
    return false;
  }
  const Found found = find(as<Name>(value)->name);
  const bool variable =
      (found.what == Found::What::kVariable && !found.variable->is_parameter) ||
      found.what == Found::What::kCaptured ||
      (found.what == Found::What::kGlobal && found.global->kind <= GlobalKind::kConstant);
  if (variable) load_mutable(place(value), 0, reg);
  return variable;
}

// A function that is known: its arguments are put in order here.
void Compiler::call_function(const Found& found, const FunctionInfo* info, Symbol name,
                             const List<Argument>& arguments, Lambda* block, Register to,
                             Span at) {
  for (const Argument& item : arguments) {
    if (item.spread) {
      call_spread([&](Register reg) { load(found, name, reg, at); }, arguments, block, to,
                  at);
      return;
    }
  }
  // Which arguments are for which parameters is found out by the call itself.
  if (info != nullptr &&
      (info->has_only_named() ||
       (info->variadic && labels_some(*found.module, *info, arguments)))) {
    const Register callee = temporary(at);
    load(found, name, callee, at);
    call_value(callee, arguments, block, to, at);
    return;
  }
  std::vector<Expr*> slots;
  std::vector<Expr*> rest;
  if (info != nullptr) {
    compiled_strings_ = found.module;
    if (!arrange(*info, arguments, block, slots, rest, std::string(text_of(name)),
                 "function", at)) {
      return;
    }
    // Missing ones at the end need not be passed.
    if (info->variadic) {
      slots.pop_back();
      if (rest.empty()) {
        while (!slots.empty() && slots.back() == nullptr) slots.pop_back();
      }
    } else {
      while (!slots.empty() && slots.back() == nullptr) slots.pop_back();
    }
    slots.insert(slots.end(), rest.begin(), rest.end());
  } else {
    for (const Argument& item : arguments) {
      if (item.name) {
        error("E1020", "`" + std::string(text_of(name)) + "` takes no named arguments",
              item.value->at);
        return;
      }
      slots.push_back(item.value);
    }
    if (block != nullptr) slots.push_back(block);
  }
  const Register base = temporaries(std::max<size_t>(slots.size(), 1), at);
  for (size_t i = 0; i < slots.size(); ++i) {
    const auto reg = static_cast<Register>(base + i);
    if (slots[i] == nullptr) {
      emit(Op::kLoadMissing, reg, 0, 0, at);
    } else if (!written_argument(found, i, slots[i], reg)) {
      argument(slots[i], reg);
    }
  }
  emit(Op::kCallGlobal, base, reference(found, at), static_cast<uint16_t>(slots.size()),
       at);
  if (to != base) emit(Op::kMove, to, base, 0, at);
}

// Words that the compiler knows.
bool Compiler::special_call(Call* call, Symbol name, Register to) {
  const std::string_view text = text_of(name);
  const auto& arguments = call->arguments;
  const bool one = arguments.size() == 1 && !arguments[0].name && !arguments[0].spread &&
                   call->block == nullptr;
  if (text == "Some" && one) {
    native_variant("Option", 0, arguments[0].value, to, call->at);
    return true;
  }
  if ((text == "Ok" || text == "Err") && arguments.size() <= 1 &&
      call->block == nullptr) {
    native_variant("Result", text == "Ok" ? 0 : 1,
                   arguments.empty() ? nullptr : arguments[0].value, to, call->at);
    return true;
  }
  if (text == "assert" && !arguments.empty() && arguments.size() <= 2 &&
      call->block == nullptr) {
    Assert assertion{};
    assertion.kind = StmtKind::kAssert;
    assertion.at = call->at;
    assertion.condition = arguments[0].value;
    if (arguments.size() == 2) assertion.message = arguments[1].value;
    assert_statement(&assertion);
    emit(Op::kLoadNil, to, 0, 0, call->at);
    return true;
  }
  if (text == "old" && one) {
    if (const auto value = state_->old_values.find(call);
        value != state_->old_values.end()) {
      emit(Op::kMove, to, value->second, 0, call->at);
      return true;
    }
  }
  return false;
}

void Compiler::call(Call* node, Register to) {
  Expr* callee = node->callee;
  const Span at = node->at;
  if (callee->kind != ExprKind::kName) {
    const Found type = find_type(callee);
    if (type_of(type) != nullptr) {
      make(type, node->arguments, node->block, to, at);
      return;
    }
    call_value(any(callee), node->arguments, node->block, to, at);
    return;
  }
  const Symbol name = as<Name>(callee)->name;
  const std::string_view text = text_of(name);
  const Found found = find(name);
  switch (found.what) {
    case Found::What::kVariable:
    case Found::What::kCaptured:
    case Found::What::kLazy:
      call_value(any(callee), node->arguments, node->block, to, at);
      return;
    case Found::What::kGlobal:
      switch (found.global->kind) {
        case GlobalKind::kType:
          make(found, node->arguments, node->block, to, at);
          return;
        case GlobalKind::kFunction:
        case GlobalKind::kExtern:
          if (found.module == program_.spec && node->block != nullptr &&
              has_example(text)) {
            examples_.insert(node->block->function);
          }
          // expect a == b compares the two sides itself, for a message that shows them.
          if (found.module == program_.spec && text == "expect" &&
              node->arguments.size() == 1 &&
              node->arguments[0].value->kind == ExprKind::kBinary) {
            auto* compare = as<Binary>(node->arguments[0].value);
            if (compare->op >= BinaryOp::kEqual &&
                compare->op <= BinaryOp::kGreaterEqual) {
              static const char* const signs[] = {"==", "!=", "<", "<=", ">", ">="};
              const char* sign = signs[static_cast<int>(compare->op) -
                                       static_cast<int>(BinaryOp::kEqual)];
              const Register base = temporaries(3, at);
              argument(compare->left, base);
              emit(Op::kLoadConstant, static_cast<Register>(base + 1),
                   text_constant(sign, at), 0, at);
              argument(compare->right, static_cast<Register>(base + 2));
              Found comparing = found;
              comparing.name = intern("expect_compare");
              emit(Op::kCallGlobal, base, reference(comparing, at), 3, at);
              emit(Op::kMove, to, base, 0, at);
              return;
            }
          }
          if (found.module == program_.spec && !node->arguments.empty() &&
              node->arguments[0].value->kind == ExprKind::kInterpolation) {
            // Names of groups and examples are not interpolated.
            ast::Text written{};
            written.kind = ExprKind::kText;
            written.at = node->arguments[0].value->at;
            std::string_view source =
                source_.text().substr(written.at.start, written.at.length);
            source.remove_prefix(std::min(source.find('"') + 1, source.size()));
            written.value = source.substr(0, source.rfind('"'));
            if (names_of_specs(text)) {
              std::vector<Argument> arguments(node->arguments.begin(),
                                              node->arguments.end());
              arguments[0].value = &written;
              call_function(found, &found.global->info, name,
                            {arguments.data(), static_cast<uint32_t>(arguments.size())},
                            node->block, to, at);
              return;
            }
          }
          call_function(found, found.global->decorated ? nullptr : &found.global->info,
                        name, node->arguments, node->block, to, at);
          return;
        default:
          call_value(any(callee), node->arguments, node->block, to, at);
          return;
      }
    case Found::What::kModule:
      error("E1002", "`" + std::string(text) + "` is a module and cannot be called", at);
      return;
    case Found::What::kNative:
      if (special_call(node, name, to)) return;
      call_function(found, nullptr, name, node->arguments, node->block, to, at);
      return;
    case Found::What::kNothing:
      break;
  }
  if (special_call(node, name, to)) return;
  // Inside `context obj:` a method of it.
  const Symbol context = intern("(context)");
  if (find(context).what != Found::What::kNothing) {
    MethodCall method{};
    Name receiver{};
    receiver.kind = ExprKind::kName;
    receiver.at = callee->at;
    receiver.name = context;
    method.kind = ExprKind::kMethodCall;
    method.at = at;
    method.receiver = &receiver;
    method.name = name;
    method.name_at = callee->at;
    method.arguments = node->arguments;
    method.block = node->block;
    method_call(&method, to);
    return;
  }
  // Type__name is Type.name.
  if (const size_t middle = text.find("__");
      middle != std::string_view::npos && middle != 0 && middle + 2 < text.size()) {
    Name type_name{};
    type_name.kind = ExprKind::kName;
    type_name.at = callee->at;
    type_name.name = intern(text.substr(0, middle));
    if (type_of(find(type_name.name)) != nullptr) {
      MethodCall method{};
      method.kind = ExprKind::kMethodCall;
      method.at = at;
      method.receiver = &type_name;
      method.name = intern(text.substr(middle + 2));
      method.name_at = callee->at;
      method.arguments = node->arguments;
      method.block = node->block;
      method_call(&method, to);
      return;
    }
  }
  unknown("E1002", "function", name, callee->at);
}

// ---- Types and variants

void Compiler::make(const Found& type, const List<Argument>& arguments, Lambda* block,
                    Register to, Span at) {
  const TypeImage& image = *type_of(type);
  const std::string name(type.module->text(image.name));
  const auto form = static_cast<simple::Type::Form>(image.form);
  if (form == simple::Type::Form::kExtern && program_.methods.contains(intern("new"))) {
    // Whoever has the functions that make such values may give the type a `new`.
    const Register callee = temporary(at);
    load(type, type.name, callee, at);
    emit(Op::kGetMethod, callee, callee, site(intern("new"), at), at);
    call_value(callee, arguments, block, to, at);
    return;
  }
  if (form != simple::Type::Form::kClass && form != simple::Type::Form::kStruct) {
    error("E1014", "`" + name + "` cannot be constructed: it is no class or struct", at);
    return;
  }
  bool named = false;
  bool spread = false;
  for (const Argument& item : arguments) {
    named = named || item.name;
    spread = spread || item.spread;
  }
  // Positional arguments for all that `new` takes call it.
  Found function;
  if (!named && !spread) {
    if (const FunctionInfo* info = hidden(type, "new", function);
        info != nullptr && info->parameters.size() == arguments.size() &&
        !(state_->function->name && text_of(state_->function->name) == "new" &&
          state_->type_name == type.name)) {
      call_function(function, info, intern(name + ".new"), arguments, block, to, at);
      return;
    }
  }
  const FunctionInfo* info = hidden(type, "(new)", function);
  if (info == nullptr) return;
  if (image.has_init || spread) {
    call_function(function, info, intern(name), arguments, block, to, at);
    return;
  }
  for (const Argument& item : arguments) {
    if (!item.name) continue;
    const bool known = std::any_of(
        image.fields.begin(), image.fields.end(), [&](const FieldImage& field) {
          return type.module->text(field.name) == text_of(item.name);
        });
    if (!known) {
      error("E1012",
            "class `" + name + "` has no field named `" +
                std::string(text_of(item.name)) + "`",
            item.value->at);
      return;
    }
  }
  const size_t given = arguments.size() + (block != nullptr ? 1 : 0);
  if (given > image.fields.size()) {
    error("E1023",
          "class `" + name + "` has " + std::to_string(image.fields.size()) +
              " field(s), but " + std::to_string(given) + " values were provided",
          at);
    return;
  }
  std::vector<Expr*> slots;
  std::vector<Expr*> rest;
  compiled_strings_ = type.module;
  if (!arrange(*info, arguments, block, slots, rest, name, "class", at)) return;
  // A class that holds nothing is made without its constructor too.
  bool complete = true;
  for (size_t i = 0; i < slots.size(); ++i) complete = complete && slots[i] != nullptr;
  if (!complete) {
    call_function(function, info, intern(name), arguments, block, to, at);
    return;
  }
  const Register base = temporaries(std::max<size_t>(slots.size(), 1), at);
  for (size_t i = 0; i < slots.size(); ++i)
    keep(slots[i], static_cast<Register>(base + i));
  emit(Op::kNew, base, reference(type, at), static_cast<uint16_t>(slots.size()), at);
  emit(Op::kMove, to, base, 0, at);
}

void Compiler::make_variant(const Found& type, uint32_t variant,
                            const List<Argument>& arguments, Register to, Span at) {
  const VariantImage& image = type_of(type)->variants[variant];
  FunctionInfo info;
  info.line = type_of(type)->line;
  for (size_t i = 0; i < image.fields.size(); ++i) {
    info.parameters.push_back({image.fields[i], false, false, image.types[i]});
  }
  std::vector<Expr*> slots;
  std::vector<Expr*> rest;
  compiled_strings_ = type.module;
  const std::string name = std::string(type.module->text(type_of(type)->name)) + "." +
                           std::string(type.module->text(image.name));
  if (!arrange(info, arguments, nullptr, slots, rest, name, "variant", at)) return;
  if (slots.empty()) {
    emit(Op::kEnumUnit, to, reference(type, at), static_cast<uint16_t>(variant), at);
    return;
  }
  const Register base = temporaries(slots.size(), at);
  for (size_t i = 0; i < slots.size(); ++i)
    keep(slots[i], static_cast<Register>(base + i));
  emit(Op::kEnum, base, reference(type, at), static_cast<uint16_t>(slots.size()), at);
  emit(Op::kNop, static_cast<uint16_t>(variant), 0, 0, at);
  emit(Op::kMove, to, base, 0, at);
}

void Compiler::native_variant(std::string_view type, uint32_t variant, Expr* value,
                              Register to, Span at) {
  const Register base = temporary(at);
  if (value != nullptr) {
    keep(value, base);
  } else {
    emit(Op::kLoadNil, base, 0, 0, at);
  }
  emit(Op::kEnum, base, reference(kNatives, intern("(type)" + std::string(type)), at), 1,
       at);
  emit(Op::kNop, static_cast<uint16_t>(variant), 0, 0, at);
  emit(Op::kMove, to, base, 0, at);
}

// ---- Methods

// What a call on a type or a module means is known here.
bool Compiler::static_call(MethodCall* node, Register to) {
  if (Interface* const module = module_of(node->receiver)) {
    const std::optional<Found> found =
        exported(module, node->receiver, node->name, node->name_at);
    if (!found) return true;
    if (found->global->kind == GlobalKind::kType) {
      make(*found, node->arguments, node->block, to, node->at);
    } else if (found->global->kind >= GlobalKind::kFunction) {
      call_function(*found, found->global->decorated ? nullptr : &found->global->info,
                    node->name, node->arguments, node->block, to, node->at);
    } else {
      const Register callee = temporary(node->at);
      load(*found, node->name, callee, node->at);
      call_value(callee, node->arguments, node->block, to, node->at);
    }
    return true;
  }
  const Found type = find_type(node->receiver);
  const TypeImage* image = type_of(type);
  if (image == nullptr) return false;
  const std::string_view name = text_of(node->name);
  for (size_t i = 0; i < image->variants.size(); ++i) {
    if (type.module->text(image->variants[i].name) == name) {
      make_variant(type, static_cast<uint32_t>(i), node->arguments, to, node->at);
      return true;
    }
  }
  Found function;
  if (const FunctionInfo* info = hidden(type, name, function)) {
    if (function.global->kind == GlobalKind::kFunction) {
      const std::string full =
          std::string(type.module->text(image->name)) + "." + std::string(name);
      call_function(function, info, intern(full), node->arguments, node->block, to,
                    node->at);
      return true;
    }
  }
  const auto form = static_cast<simple::Type::Form>(image->form);
  if (name == "new" &&
      (form == simple::Type::Form::kClass || form == simple::Type::Form::kStruct)) {
    make(type, node->arguments, node->block, to, node->at);
    return true;
  }
  // At run time: statics that another module adds, Type.method(object).
  check_static(type, node->name, true, node->name_at);
  return false;
}

void Compiler::method_call(MethodCall* node, Register to) {
  const Span at = node->name_at;
  if (static_call(node, to)) return;
  if (node->arrow) {
    // a->f(x) is a = a.f(x).
    MethodCall plain = *node;
    plain.arrow = false;
    const Register value = temporary(node->at);
    method_call(&plain, value);
    assign_to(node->receiver, value, true, node->at);
    emit(Op::kMove, to, value, 0, node->at);
    return;
  }
  for (const Argument& item : node->arguments) {
    if (!item.spread) continue;
    const Register receiver = any(node->receiver);
    call_spread(
        [&](Register reg) {
          emit(Op::kGetMethod, reg, receiver, site(node->name, at), at);
        },
        node->arguments, node->block, to, node->at);
    return;
  }
  if (!check_method_arguments(node)) return;
  // The receiver, if it is a place, may have to be changed there.
  Target where;
  const bool has_place = !node->safe && is_place(node->receiver);
  if (has_place) where = place(node->receiver);
  const size_t count = 1 + node->arguments.size() + (node->block != nullptr ? 1 : 0);
  const Register base = temporaries(count, node->at);
  if (has_place) {
    load(where, base);
  } else {
    into(node->receiver, base);
  }
  uint32_t nothing = 0;
  if (node->safe) nothing = jump_if_nothing(base, node->at);
  for (size_t i = 0; i < node->arguments.size(); ++i) {
    argument(node->arguments[i].value, static_cast<Register>(base + 1 + i));
  }
  if (node->block != nullptr) {
    into(node->block, static_cast<Register>(base + 1 + node->arguments.size()));
  }
  SiteImage image;
  image.name = self_.string(node->name);
  image.argument_names = argument_names(node->arguments, node->block, 1);
  const Found function = find_global(node->name);
  if (function.what == Found::What::kGlobal &&
      function.global->kind == GlobalKind::kFunction) {
    image.fallback = reference(function, at);
  } else if (node->receiver->kind == ExprKind::kSelf) {
    check_member(node->name, true, at);
  } else if (!node->safe) {
    check_member(node->receiver, node->name, true, at);
  }
  const bool predicted =
      changes_builtin(node->name) || program_.mutating.contains(node->name);
  const bool changeable = has_place && where.root != Target::Root::kValue;
  if (changeable) {
    if (where.root == Target::Root::kParameter && predicted) {
      state_->escaping.push_back(where.reg);
      // It counts as a variable of the function's own from here on.
      where.root = Target::Root::kRegister;
    }
    const bool own_self = where.root == Target::Root::kSelf && state_->owns_self;
    image.deep = !where.steps.empty() || where.root == Target::Root::kParameter;
    image.reachable = !where.steps.empty() || where.root == Target::Root::kGlobal ||
                      where.root == Target::Root::kCell ||
                      where.root == Target::Root::kCapturedCell;
    image.passes_function = passes_function(*node);
    const uint16_t index = site(std::move(image), at);
    emit(Op::kCallMethod, base, index, static_cast<uint16_t>(count), at);
    if (!own_self || !where.steps.empty()) {
      state_->mutations.push_back(
          {index, where, base, static_cast<uint16_t>(count), here(), at});
    }
  } else {
    emit(Op::kCallMethod, base, site(std::move(image), at), static_cast<uint16_t>(count),
         at);
  }
  if (node->safe) patch(nothing);
  if (to != base) emit(Op::kMove, to, base, 0, node->at);
}

}  // namespace simple
