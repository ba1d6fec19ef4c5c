// The names of a module: what other modules can know of it before it is compiled.

#include <algorithm>

#include "compile/compiler.h"
#include "compile/walk.h"
#include "runtime/object.h"

namespace simple {
namespace {

using namespace ast;

class Declarer {
 public:
  Declarer(Interface& interface, Program& program, std::vector<Diagnostic>& diagnostics,
           const Source& source)
      : self_(interface), program_(program), diagnostics_(diagnostics), source_(source) {}

  void module(const ast::Module& module) {
    for (Stmt* statement : module.body->statements) declare(statement);
  }

 private:
  void error(const char* code, std::string message, Span at) {
    diagnostics_.push_back({"semantic", code, std::move(message), at, ""});
  }
  uint32_t line(Span at) const { return source_.place(at.start).line; }

  GlobalImage* add(Symbol name, GlobalKind kind, Span at) {
    if (const auto found = self_.globals.find(name); found != self_.globals.end()) {
      GlobalImage& earlier = self_.image.globals[found->second];
      const bool both_variables =
          earlier.kind <= GlobalKind::kConstant && kind <= GlobalKind::kConstant;
      if (both_variables) {
        earlier.kind = kind;
        return &earlier;
      }
      if (earlier.kind != kind || kind == GlobalKind::kType) {
        error("E1001", "`" + std::string(text_of(name)) + "` is declared twice", at);
        are_names_clear_ = false;
      }
      // The later one of two functions counts.
      return &earlier;
    }
    self_.globals[name] = static_cast<uint32_t>(self_.image.globals.size());
    GlobalImage global;
    global.name = self_.string(name);
    global.kind = kind;
    self_.image.globals.push_back(std::move(global));
    return &self_.image.globals.back();
  }

  // A type as it is written, if checks make use of it.
  StringId known_type(const ast::Type* type) {
    if (type == nullptr) return 0;
    const std::string text = spell(type);
    return look_of_type(text) == Look::kUnknown ? 0 : self_.string(text);
  }

  FunctionInfo info(const Function* function) {
    FunctionInfo result;
    result.line = line(function->at);
    result.result = known_type(function->result);
    for (const Parameter& parameter : function->parameters) {
      // Externs check what they are given, and say more about it.
      const bool checked = !function->is_extern && !parameter.variadic;
      result.parameters.push_back({self_.string(parameter.name),
                                   parameter.fallback != nullptr || parameter.variadic,
                                   result.variadic,
                                   checked ? known_type(parameter.type) : 0});
      if (parameter.variadic) result.variadic = true;
    }
    return result;
  }

  void variables(const Pattern* pattern, GlobalKind kind) {
    switch (pattern->kind) {
      case PatternKind::kName:
        add(static_cast<const NamePattern*>(pattern)->name, kind, pattern->at);
        break;
      case PatternKind::kTuple:
        for (Pattern* item : static_cast<const TuplePattern*>(pattern)->items) {
          variables(item, kind);
        }
        break;
      case PatternKind::kArray: {
        const auto* array = static_cast<const ArrayPattern*>(pattern);
        for (Pattern* item : array->items) variables(item, kind);
        break;
      }
      case PatternKind::kVariant:
        for (const FieldPattern& field :
             static_cast<const VariantPattern*>(pattern)->fields) {
          variables(field.pattern, kind);
        }
        break;
      case PatternKind::kTyped:
        variables(static_cast<const TypedPattern*>(pattern)->pattern, kind);
        break;
      default:
        break;
    }
  }

  void declare(Stmt* statement) {
    switch (statement->kind) {
      case StmtKind::kLet: {
        const auto* let = as<Let>(statement);
        variables(let->pattern,
                  let->is_mutable ? GlobalKind::kVariable : GlobalKind::kConstant);
        break;
      }
      case StmtKind::kAssign: {
        // A plain assignment to a name that is new makes a variable.
        const auto* assign = as<Assign>(statement);
        if (!assign->compound && assign->target->kind == ExprKind::kName) {
          const Symbol name = as<Name>(assign->target)->name;
          bool known = self_.globals.contains(name);
          for (Interface* earlier : self_.wildcards)
            known |= earlier->globals.contains(name);
          if (!known) add(name, GlobalKind::kVariable, statement->at);
        }
        break;
      }
      case StmtKind::kFunction: {
        Function* function = as<FunctionDecl>(statement)->function;
        const GlobalKind kind =
            function->is_extern ? GlobalKind::kExtern : GlobalKind::kFunction;
        GlobalImage* global = add(function->name, kind, function->at);
        global->info = info(function);
        global->decorated = !function->decorators.empty();
        if (function->is_extern) {
          global->index = static_cast<uint32_t>(self_.image.externs.size());
          ExternImage image;
          image.name = self_.string(function->name);
          for (const Parameter& parameter : function->parameters) {
            image.parameter_names.push_back(self_.string(parameter.name));
            image.parameter_types.push_back(self_.string(spell(parameter.type)));
          }
          image.result = self_.string(spell(function->result));
          image.at = function->at;
          self_.image.externs.push_back(std::move(image));
        }
        break;
      }
      case StmtKind::kTypeDecl: {
        const auto* type = as<TypeDecl>(statement);
        declare_type(type->name, type->name_at);
        break;
      }
      case StmtKind::kEnum: {
        const auto* type = as<EnumDecl>(statement);
        declare_type(type->name, type->name_at);
        break;
      }
      case StmtKind::kExternType: {
        const auto* type = as<ExternType>(statement);
        TypeImage image;
        image.name = self_.string(type->name);
        image.form = static_cast<uint8_t>(simple::Type::Form::kExtern);
        image.line = line(type->name_at);
        GlobalImage* global = add(type->name, GlobalKind::kType, type->name_at);
        global->index = static_cast<uint32_t>(self_.image.types.size());
        self_.image.types.push_back(std::move(image));
        break;
      }
      case StmtKind::kAlias: {
        const auto* alias = as<Alias>(statement);
        // A type by another name, or a function: a value that is set when the module
        // starts.
        add(alias->name, GlobalKind::kConstant, statement->at);
        break;
      }
      case StmtKind::kImport: {
        const auto* import = as<Import>(statement);
        ImportImage image = import_of(import->path, import->names, import->at);
        image.alias = self_.string(import->module_alias);
        image.wildcard = import->wildcard;
        image.name_or_module = import->names_or_module;
        image.reexport = import->reexport;
        self_.image.imports.push_back(std::move(image));
        break;
      }
      case StmtKind::kExport: {
        // export {A} from m is an import that others see.
        const auto* exported = as<Export>(statement);
        if (exported->from.empty()) break;
        ImportImage image = import_of(exported->from, exported->names, statement->at);
        image.reexport = true;
        self_.image.imports.push_back(std::move(image));
        break;
      }
      default:
        break;
    }
  }

  ImportImage import_of(const List<Symbol>& path, const List<ImportName>& names,
                        Span at) {
    ImportImage image;
    for (Symbol part : path) image.path.push_back(self_.string(part));
    for (const ImportName& name : names) {
      image.names.push_back({self_.string(name.name), self_.string(name.as), name.at});
    }
    image.at = at;
    return image;
  }

  GlobalImage* declare_type(Symbol name, Span at) {
    GlobalImage* global = add(name, GlobalKind::kType, at);
    global->index = static_cast<uint32_t>(self_.image.types.size());
    TypeImage image;
    image.name = self_.string(name);
    image.line = line(at);
    self_.image.types.push_back(std::move(image));
    return global;
  }

  void mutating(Symbol method) {
    program_.mutating.insert(method);
    if (mutating_.insert(method).second)
      self_.image.mutating.push_back(self_.string(method));
  }

  // A function that belongs to a type, as a global that programs cannot name.
  void hidden(Symbol type, std::string_view member, FunctionInfo info) {
    const Symbol name = intern(std::string(text_of(type)) + "." + std::string(member));
    GlobalImage* global = add(name, GlobalKind::kFunction, {});
    global->info = std::move(info);
    global->hidden = true;
  }

  void methods(Symbol type_name, TypeImage& type, const List<Function*>& functions,
               bool in_impl) {
    for (const Function* function : functions) {
      MethodImage method;
      method.name = self_.string(function->name);
      method.mutates = function->is_mutating;
      method.is_static = is_static(*function, in_impl);
      method.info = info(function);
      if (method.is_static) hidden(type_name, text_of(function->name), method.info);
      if (method.mutates) mutating(function->name);
      if (text_of(function->name) == "__init__") type.has_init = true;
      std::erase_if(type.methods, [&](const MethodImage& other) {
        return other.name == method.name && other.is_static == method.is_static;
      });
      type.methods.push_back(std::move(method));
    }
  }

  void fields(TypeImage& type, const List<FieldDecl>& declared, bool is_struct) {
    for (const FieldDecl& field : declared) {
      FieldImage image;
      image.name = self_.string(field.name);
      image.type = self_.string(spell(field.type));
      image.has_default = field.fallback != nullptr;
      if (is_struct) image.zero = zero_of(field.type);
      const auto same =
          std::find_if(type.fields.begin(), type.fields.end(),
                       [&](const FieldImage& f) { return f.name == image.name; });
      if (same == type.fields.end()) {
        type.fields.push_back(image);
      } else {
        error("E1012",
              "field `" + std::string(text_of(field.name)) + "` is declared twice",
              field.at);
      }
    }
  }

  // get_x, set_x and is_x that use self._x bring that field with them.
  void implied_fields(TypeImage& type, const List<Function*>& functions) {
    for (const Function* function : functions) {
      const std::string_view name = text_of(function->name);
      const size_t prefix = name.starts_with("get_") || name.starts_with("set_") ? 4
                            : name.starts_with("is_")                            ? 3
                                                                                 : 0;
      if (prefix == 0 || function->body == nullptr) continue;
      const Symbol field = intern("_" + std::string(name.substr(prefix)));
      bool used = false;
      Walker walker;
      walker.visit_expr = [&](Expr* expr) {
        used |= expr->kind == ExprKind::kField && as<ast::Field>(expr)->name == field &&
                as<ast::Field>(expr)->receiver->kind == ExprKind::kSelf;
        return !used;
      };
      walker.block(function->body);
      if (!used) continue;
      FieldImage image;
      image.name = self_.string(field);
      const auto same =
          std::find_if(type.fields.begin(), type.fields.end(),
                       [&](const FieldImage& f) { return f.name == image.name; });
      if (same == type.fields.end()) type.fields.push_back(image);
    }
  }

  // What a field of a struct holds if nothing is given.
  static ConstantImage zero_of(const ast::Type* type) {
    if (type == nullptr || type->kind != ast::Type::Kind::kNamed) return {};
    const std::string_view name = text_of(type->name);
    if (name == "bool") return {Tag::kBool, 0};
    if (name == "f64" || name == "f32" || name == "float") return {Tag::kFloat, 0};
    for (const char* integer : {"i64", "i32", "i16", "i8", "u64", "u32", "u16", "u8",
                                "int", "usize", "isize"}) {
      if (name == integer) return {Tag::kInt, 0};
    }
    return {};
  }

  void contents(const TypeDecl* declared, Symbol name) {
    TypeImage& type = self_.image.types[self_.find(name)->index];
    using From = TypeDecl::Form;
    using To = simple::Type::Form;
    type.name = self_.string(declared->name);
    switch (declared->form) {
      case From::kClass:
        type.form = static_cast<uint8_t>(To::kClass);
        break;
      case From::kStruct:
        type.form = static_cast<uint8_t>(To::kStruct);
        break;
      case From::kTrait:
        type.form = static_cast<uint8_t>(To::kTrait);
        break;
      case From::kMixin:
        type.form = static_cast<uint8_t>(To::kMixin);
        break;
    }
    // A mixin may be one of a struct.
    fields(type, declared->fields, declared->form != From::kClass);
    if (declared->form == From::kMixin) defaults(type, name);
    implied_fields(type, declared->methods);
    methods(name, type, declared->methods, false);
    for (const Forward& forward : declared->forwards) {
      program_.methods.insert(forward.name);
      if (forward.is_mutating) mutating(forward.name);
    }
    for (const Let* constant : declared->constants) {
      if (constant->pattern->kind != PatternKind::kName) continue;
      const Symbol constant_name = as<NamePattern>(constant->pattern)->name;
      type.constants.push_back(self_.string(constant_name));
      GlobalImage* global = add(
          intern(std::string(text_of(name)) + "." + std::string(text_of(constant_name))),
          constant->is_mutable ? GlobalKind::kVariable : GlobalKind::kConstant, {});
      global->hidden = true;
    }
    if (!declared->invariants.empty()) {
      type.has_init = true;
      MethodImage invariant;
      invariant.name = self_.string(kInvariant);
      type.methods.push_back(std::move(invariant));
    }
    constructor(name, type);
    if (declared->bases.size() == 0) return;
    Interface::Heir heir{self_.find(name)->index, {}, name, declared->name_at, false};
    for (Symbol base : declared->bases) heir.bases.push_back(nested_or_global(base));
    self_.heirs.push_back(std::move(heir));
  }

  // The functions that compute what fields of a mixin hold at first.
  void defaults(TypeImage& type, Symbol name) {
    for (FieldImage& field : type.fields) {
      if (!field.has_default) continue;
      const std::string member = "(" + std::string(self_.text(field.name)) + ")";
      hidden(name, member, {});
      field.default_function = self_.string(std::string(text_of(name)) + "." + member);
    }
  }

  void constructor(Symbol name, const TypeImage& type) {
    FunctionInfo make;
    make.line = type.line;
    for (const MethodImage& method : type.methods) {
      if (!method.is_static && self_.text(method.name) == "__init__") make = method.info;
    }
    if (make.parameters.empty()) {
      for (const FieldImage& field : type.fields)
        make.parameters.push_back({field.name, true, false, field.type});
    }
    hidden(name, "(new)", std::move(make));
  }

  void contents(const EnumDecl* declared, Symbol name) {
    TypeImage& type = self_.image.types[self_.find(name)->index];
    type.name = self_.string(declared->name);
    type.form = static_cast<uint8_t>(simple::Type::Form::kEnum);
    int64_t ordinal = 0;
    for (const VariantDecl& variant : declared->variants) {
      VariantImage image;
      image.name = self_.string(variant.name);
      image.braces = variant.braces;
      for (const FieldDecl& field : variant.fields) {
        image.fields.push_back(self_.string(field.name));
        image.types.push_back(known_type(field.type));
      }
      const Expr* value = variant.value;
      const bool negative = value != nullptr && value->kind == ExprKind::kUnary &&
                            static_cast<const Unary*>(value)->op == UnaryOp::kNegate;
      if (negative) value = static_cast<const Unary*>(value)->operand;
      if (value != nullptr) {
        if (value->kind == ExprKind::kInt) {
          ordinal = static_cast<const Int*>(value)->value;
          if (negative) ordinal = -ordinal;
        } else {
          error("E1015", "the value of a variant has to be a whole number", value->at);
        }
      }
      const bool known =
          std::any_of(type.variants.begin(), type.variants.end(),
                      [&](const VariantImage& v) { return v.name == image.name; });
      if (known) {
        error("E1015",
              "variant `" + std::string(text_of(variant.name)) + "` is declared twice",
              variant.at);
      }
      image.ordinal = ordinal++;
      type.variants.push_back(std::move(image));
    }
    methods(name, type, declared->methods, false);
  }

  void contents(const Impl* impl) {
    for (const Function* function : impl->methods) {
      program_.methods.insert(function->name);
      if (function->is_mutating) mutating(function->name);
    }
    if (impl->type->kind != ast::Type::Kind::kNamed) return;
    const Symbol name = nested_or_global(impl->type->name);
    GlobalImage* global = self_.find(name);
    if (global == nullptr || global->kind != GlobalKind::kType) {
      for (const Function* function : impl->methods) {
        program_.extended.insert(intern(std::string(text_of(impl->type->name)) + "." +
                                        std::string(text_of(function->name))));
      }
      return;
    }
    TypeImage& type = self_.image.types[global->index];
    methods(name, type, impl->methods, true);
  }

  Symbol nested_or_global(Symbol name) const {
    const auto found = latest_nested_.find(name);
    return found == latest_nested_.end() ? name : found->second;
  }

  // Types that are declared inside blocks are globals too; of several with one name, the
  // later ones are called otherwise, and only their block knows them by their own.
  void nested(Stmt* statement, Symbol name, Span at) {
    Symbol global = name;
    for (int i = 2; self_.globals.contains(global); ++i) {
      global = intern(std::string(text_of(name)) + "#" + std::to_string(i));
    }
    declare_type(global, at)->hidden = global != name;
    self_.nested[statement] = global;
    latest_nested_[name] = global;
  }

 public:
  // Everything below the module's own statements, then what types contain. False if it is
  // not clear what a name means.
  bool all(const ast::Module& module) {
    this->module(module);
    if (!are_names_clear_) return false;
    std::vector<Stmt*> order;
    Walker walker;
    int depth = 0;
    walker.visit_stmt = [&](Stmt* statement) {
      const bool inside = depth != 0;
      switch (statement->kind) {
        case StmtKind::kTypeDecl:
          if (inside) nested(statement, as<TypeDecl>(statement)->name, statement->at);
          order.push_back(statement);
          break;
        case StmtKind::kEnum:
          if (inside) nested(statement, as<EnumDecl>(statement)->name, statement->at);
          order.push_back(statement);
          break;
        case StmtKind::kImpl:
          order.push_back(statement);
          break;
        case StmtKind::kImport:
        case StmtKind::kExport:
          if (inside) declare(statement);
          break;
        case StmtKind::kFunction:
          if (inside && as<FunctionDecl>(statement)->function->is_extern)
            declare(statement);
          break;
        default:
          break;
      }
      return true;
    };
    for (Stmt* statement : module.body->statements) {
      depth = 0;
      if (walker.visit_stmt(statement)) {
        depth = 1;
        const auto visit = walker.visit_stmt;
        bool first = true;
        Walker below = walker;
        below.visit_stmt = [&](Stmt* inner) {
          if (first) {
            first = false;
            return true;
          }
          return visit(inner);
        };
        below.stmt(statement);
      }
    }
    latest_nested_.clear();
    for (Stmt* statement : order) {
      const auto found = self_.nested.find(statement);
      if (statement->kind == StmtKind::kTypeDecl) {
        const auto* type = as<TypeDecl>(statement);
        const Symbol name = found == self_.nested.end() ? type->name : found->second;
        if (found != self_.nested.end()) latest_nested_[type->name] = name;
        contents(type, name);
      } else if (statement->kind == StmtKind::kEnum) {
        const auto* type = as<EnumDecl>(statement);
        const Symbol name = found == self_.nested.end() ? type->name : found->second;
        if (found != self_.nested.end()) latest_nested_[type->name] = name;
        contents(type, name);
      } else {
        contents(as<Impl>(statement));
      }
    }
    return are_names_clear_;
  }

 private:
  std::unordered_map<Symbol, Symbol> latest_nested_;
  std::unordered_set<Symbol> mutating_;
  Interface& self_;
  Program& program_;
  std::vector<Diagnostic>& diagnostics_;
  const Source& source_;
  bool are_names_clear_ = true;
};

}  // namespace

StringId Interface::string(std::string_view text) {
  const auto [found, added] = string_ids.try_emplace(
      std::string(text), static_cast<StringId>(image.strings.size()));
  if (added) {
    if (text.empty()) {
      found->second = 0;
    } else {
      image.strings.emplace_back(text);
    }
  }
  return found->second;
}

std::string Interface::path(const ImportImage& import) const {
  std::string dotted;
  for (StringId part : import.path) {
    if (!dotted.empty()) dotted += '.';
    dotted += text(part);
  }
  return dotted;
}

GlobalImage* Interface::find(Symbol name) {
  const auto found = globals.find(name);
  return found == globals.end() ? nullptr : &image.globals[found->second];
}

bool Interface::find_exported(Symbol name, Imported& found, int depth) {
  if (depth > 32) return false;
  if (const auto own = globals.find(name); own != globals.end()) {
    found = {this, own->second};
    return true;
  }
  if (const auto other = imported.find(name); other != imported.end()) {
    found = other->second;
    return true;
  }
  for (const Exported& item : exports) {
    const bool everything = item.name == 0;
    if (!everything && text(item.as) != text_of(name)) continue;
    if (item.import >= imports.size() || imports[item.import] == nullptr) continue;
    const Symbol theirs = everything ? name : intern(text(item.name));
    if (imports[item.import]->find_exported(theirs, found, depth + 1)) return true;
  }
  return false;
}

Interface* Interface::find_module(Symbol name, int depth) {
  if (depth > 32) return nullptr;
  const auto own = exported_modules.find(name);
  if (own != exported_modules.end()) return own->second;
  for (const Exported& item : exports) {
    if (item.name != 0 || item.import >= imports.size()) continue;
    Interface* const from = imports[item.import];
    if (from == nullptr) continue;
    if (Interface* found = from->find_module(name, depth + 1)) return found;
  }
  return nullptr;
}

void Interface::suggest(Nearest& nearest, int depth) const {
  if (depth > 32) return;
  for (const auto& [name, global] : globals) {
    if (!image.globals[global].hidden) nearest.consider(text_of(name));
  }
  for (const auto& [name, module] : exported_modules) nearest.consider(text_of(name));
  for (const Exported& item : exports) {
    if (item.name != 0) {
      nearest.consider(text(item.as));
    } else if (item.import < imports.size() && imports[item.import] != nullptr) {
      imports[item.import]->suggest(nearest, depth + 1);
    }
  }
}

Interface* Interface::module_named(Symbol name) {
  if (const auto alias = aliases.find(name); alias != aliases.end()) return alias->second;
  for (Interface* module : wildcards) {
    if (Interface* found = module->find_module(name)) return found;
  }
  return nullptr;
}

bool Interface::find_dotted(std::string_view path, Imported& found) {
  size_t dot = path.find('.');
  Interface* module = module_named(intern(path.substr(0, dot)));
  while (module != nullptr) {
    const size_t start = dot + 1;
    dot = path.find('.', start);
    const Symbol part = intern(path.substr(start, dot - start));
    if (dot == std::string_view::npos) return module->find_exported(part, found);
    module = module->find_module(part);
  }
  return false;
}

std::string spell(const ast::Type* type) {
  if (type == nullptr) return "";
  const auto list = [&](size_t from, size_t to) {
    std::string result;
    for (size_t i = from; i < to; ++i) {
      if (i != from) result += ", ";
      result += spell(type->arguments[i]);
    }
    return result;
  };
  const size_t count = type->arguments.size();
  switch (type->kind) {
    case ast::Type::Kind::kNamed: {
      std::string name(text_of(type->name));
      if (count != 0) name += "<" + list(0, count) + ">";
      return name;
    }
    case ast::Type::Kind::kArray:
      return "[" + list(0, count) + "]";
    case ast::Type::Kind::kDict:
      return "{" + spell(type->arguments[0]) + ": " + spell(type->arguments[1]) + "}";
    case ast::Type::Kind::kSet:
      return "{" + list(0, count) + "}";
    case ast::Type::Kind::kTuple:
      return "(" + list(0, count) + ")";
    case ast::Type::Kind::kFunction: {
      const ast::Type* result = count == 0 ? nullptr : type->arguments[count - 1];
      std::string text = "fn(" + list(0, count == 0 ? 0 : count - 1) + ")";
      if (result != nullptr) text += " -> " + spell(result);
      return text;
    }
    case ast::Type::Kind::kUnion: {
      std::string text;
      for (const ast::Type* argument : type->arguments) {
        if (!text.empty()) text += " | ";
        text += spell(argument);
      }
      return text;
    }
    case ast::Type::Kind::kOptional:
      // Without brackets it would be the function's result that may be nil.
      if (type->arguments[0]->kind == ast::Type::Kind::kFunction) {
        return "(" + spell(type->arguments[0]) + ")?";
      }
      return spell(type->arguments[0]) + "?";
  }
  return "";
}

bool is_static(const ast::Function& function, bool in_impl) {
  if (function.is_static || function.has_self || !in_impl) return function.is_static;
  const std::string_view name = text_of(function.name);
  const bool by_name = name == "new" || name == "create" || name == "default" ||
                       name == "init" || name.starts_with("from_") ||
                       name.starts_with("with_");
  if (!by_name) return false;
  bool uses_self = false;
  Walker walker;
  walker.visit_expr = [&](ast::Expr* expr) {
    uses_self = uses_self || expr->kind == ast::ExprKind::kSelf;
    return !uses_self;
  };
  walker.block(function.body);
  return !uses_self;
}

bool declare(const ast::Module& module, Interface& interface, Program& program,
             std::vector<Diagnostic>& diagnostics) {
  return Declarer(interface, program, diagnostics, *module.source).all(module);
}

bool declare(ModuleImage&& image, Interface& interface, Program& program) {
  interface.image = std::move(image);
  const ModuleImage& stored = interface.image;
  for (uint32_t i = 0; i < stored.globals.size(); ++i) {
    const Symbol name = intern(stored.strings[stored.globals[i].name]);
    if (!interface.globals.try_emplace(name, i).second) return false;
  }
  for (StringId method : stored.mutating)
    program.mutating.insert(intern(stored.strings[method]));
  return true;
}

void Interface::misses(const ImportImage& import) {
  misses_any = misses_any || import.wildcard;
  for (const ImportNameImage& name : import.names) missing.insert(intern(text(name.as)));
  if (import.names.empty() && !import.wildcard) {
    missing.insert(intern(text(import.alias != 0 ? import.alias : import.path.back())));
  }
}

void connect(Interface& interface, std::vector<Diagnostic>& diagnostics) {
  const auto symbol = [&](StringId name) { return intern(interface.text(name)); };
  const auto bring = [&](Interface* from, Symbol name, Symbol as, Span at,
                         size_t import) {
    Interface::Imported found;
    if (from->find_exported(name, found)) {
      interface.imported[as] = found;
      return;
    }
    const auto& submodules = interface.submodules[import];
    if (const auto module = submodules.find(name); module != submodules.end()) {
      interface.aliases[as] = module->second;
      if (interface.image.imports[import].reexport) {
        interface.exported_modules[as] = module->second;
      }
      return;
    }
    interface.missing.insert(as);
    const std::string wanted(text_of(name));
    std::string path = interface.path(interface.image.imports[import]);
    if (interface.last_is_name[import]) path.resize(path.size() - wanted.size() - 1);
    Nearest nearest(wanted);
    from->suggest(nearest);
    diagnostics.push_back({"semantic", "E1034",
                           "module `" + path + "` has no `" + wanted + "`", at,
                           nearest.question()});
  };
  for (size_t i = 0; i < interface.image.imports.size(); ++i) {
    const ImportImage& import = interface.image.imports[i];
    Interface* from = interface.imports[i];
    if (from == nullptr) continue;
    const auto index = static_cast<uint32_t>(i);
    if (import.wildcard) {
      if (import.reexport) interface.exports.push_back({0, 0, index});
      for (const auto& [name, global] : from->globals) {
        if (!from->image.globals[global].hidden) {
          interface.imported.try_emplace(name, Interface::Imported{from, global});
        }
      }
      interface.wildcards.push_back(from);
    }
    for (const ImportNameImage& name : import.names) {
      bring(from, symbol(name.name), symbol(name.as), name.at, i);
      if (import.reexport) interface.exports.push_back({name.name, name.as, index});
    }
    if (import.wildcard || !import.names.empty()) continue;
    const Symbol last = symbol(import.path.back());
    const Symbol as = import.alias != 0 ? symbol(import.alias) : last;
    if (interface.last_is_name[i]) {
      bring(from, last, as, import.at, i);
    } else {
      interface.aliases[as] = from;
      if (import.reexport) interface.exported_modules[as] = from;
    }
  }
}

}  // namespace simple
