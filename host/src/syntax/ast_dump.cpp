#include "syntax/ast_dump.h"

#include <charconv>

namespace simple {
namespace {

using ast::as;

constexpr const char* kNumberTypes[] = {"",    "i8",  "i16", "i32", "i64", "u8",
                                        "u16", "u32", "u64", "f32", "f64"};
constexpr const char* kBinaryOps[] = {
    "+",  "-",  "*",  "/", "%",  "**", "@",  "&",  "|",      "^",  "<<",
    ">>", "==", "!=", "<", "<=", ">",  ">=", "in", "not-in", "is", "is-not"};
constexpr const char* kUnaryOps[] = {"-", "+", "not", "~"};

const char* text_of(ast::BinaryOp op) { return kBinaryOps[static_cast<size_t>(op)]; }

class Dumper {
 public:
  std::string text;

  void put(std::string_view piece) { text += piece; }
  void put(Symbol symbol) { text += simple::text_of(symbol); }

  void quote(std::string_view value) {
    text += '"';
    for (const char c : value) {
      if (c == '"' || c == '\\') text += '\\';
      if (c == '\n') {
        text += "\\n";
      } else if (c == '\t') {
        text += "\\t";
      } else {
        text += c;
      }
    }
    text += '"';
  }

  void number(double value) {
    char buffer[40];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
    const std::string_view digits(buffer, static_cast<size_t>(end - buffer));
    put(digits);
    if (digits.find_first_of(".enai") == std::string_view::npos) put(".0");
  }

  void suffix(ast::NumberType type, Symbol unit) {
    put(kNumberTypes[static_cast<size_t>(type)]);
    if (unit) {
      put("_");
      put(unit);
    }
  }

  // ---- Lists --------------------------------------------------------------------------
  void items(const ast::List<ast::Item>& list) {
    for (const ast::Item& item : list) {
      put(item.spread ? " *" : " ");
      if (item.label) {
        put(item.label);
        put("=");
      }
      expression(item.value);
    }
  }

  void arguments(const ast::List<ast::Argument>& list, const ast::Lambda* block) {
    for (const ast::Argument& argument : list) {
      put(argument.spread ? " *" : " ");
      if (argument.name) {
        put(argument.name);
        put("=");
      }
      expression(argument.value);
    }
    if (block != nullptr) {
      put(" ");
      expression(block);
    }
  }

  void operands(std::string_view name, std::initializer_list<const ast::Expr*> list) {
    put("(");
    put(name);
    for (const ast::Expr* operand : list) {
      put(" ");
      expression(operand);
    }
    put(")");
  }

  void condition(const ast::Condition& condition) {
    if (condition.pattern == nullptr) return expression(condition.value);
    put(condition.mutable_binding ? "(var " : "(val ");
    pattern(condition.pattern);
    put(" ");
    expression(condition.value);
    put(")");
  }

  void block(const ast::Block* block) {
    if (block == nullptr) return put("none");
    if (block->statements.size() == 1) return statement(block->statements[0]);
    put("{");
    for (uint32_t i = 0; i < block->statements.size(); ++i) {
      if (i > 0) put("; ");
      statement(block->statements[i]);
    }
    put("}");
  }

  // ---- Expressions --------------------------------------------------------------------
  void expression(const ast::Expr* node) {
    using enum ast::ExprKind;
    if (node == nullptr) return put("_");
    switch (node->kind) {
      case kNil:
        return put("nil");
      case kBool:
        return put(as<const ast::Bool>(node)->value ? "true" : "false");
      case kInt: {
        const auto* literal = as<const ast::Int>(node);
        put(std::to_string(literal->value));
        return suffix(literal->type, literal->unit);
      }
      case kFloat: {
        const auto* literal = as<const ast::Float>(node);
        number(literal->value);
        return suffix(literal->type, literal->unit);
      }
      case kText:
        return quote(as<const ast::Text>(node)->value);
      case kInterpolation:
        put("(text");
        for (const ast::Piece& piece : as<const ast::Interpolation>(node)->pieces) {
          put(" ");
          if (piece.value == nullptr) {
            quote(piece.literal);
          } else if (piece.format.empty()) {
            expression(piece.value);
          } else {
            put("(format ");
            expression(piece.value);
            put(" ");
            put(piece.format);
            put(")");
          }
        }
        return put(")");
      case kSymbol:
        put(":");
        return put(as<const ast::SymbolLiteral>(node)->name);
      case kName:
        return put(as<const ast::Name>(node)->name);
      case kSelf:
        return put("self");
      case kArray:
        put("(array");
        items(as<const ast::Array>(node)->items);
        return put(")");
      case kRepeat:
        return operands("repeat", {as<const ast::Repeat>(node)->value,
                                   as<const ast::Repeat>(node)->count});
      case kTuple:
        put("(tuple");
        items(as<const ast::Tuple>(node)->items);
        return put(")");
      case kDict:
        put("(dict");
        for (const ast::DictEntry& entry : as<const ast::Dict>(node)->entries) {
          put(" ");
          if (entry.key == nullptr) {
            put("**");
            expression(entry.value);
          } else {
            operands("=", {entry.key, entry.value});
          }
        }
        return put(")");
      case kComprehension:
        return comprehension(as<const ast::Comprehension>(node));
      case kRange: {
        const auto* range = as<const ast::Range>(node);
        return operands(range->inclusive ? "..=" : "..", {range->start, range->end});
      }
      case kEllipsis:
        return put("...");
      case kUnary:
        return operands(kUnaryOps[static_cast<size_t>(as<const ast::Unary>(node)->op)],
                        {as<const ast::Unary>(node)->operand});
      case kBinary: {
        const auto* binary = as<const ast::Binary>(node);
        return operands(text_of(binary->op), {binary->left, binary->right});
      }
      case kCompareChain: {
        const auto* chain = as<const ast::CompareChain>(node);
        put("(chain ");
        expression(chain->operands[0]);
        for (uint32_t i = 0; i < chain->ops.size(); ++i) {
          put(" ");
          put(text_of(chain->ops[i]));
          put(" ");
          expression(chain->operands[i + 1]);
        }
        return put(")");
      }
      case kLogical: {
        const auto* logical = as<const ast::Logical>(node);
        return operands(logical->is_and ? "and" : "or", {logical->left, logical->right});
      }
      case kIf: {
        const auto* branch = as<const ast::If>(node);
        put("(if ");
        condition(branch->condition);
        put(" ");
        block(branch->then);
        if (branch->otherwise != nullptr) {
          put(" ");
          block(branch->otherwise);
        }
        return put(")");
      }
      case kMatch: {
        const auto* match = as<const ast::Match>(node);
        put("(match ");
        expression(match->subject);
        for (const ast::Arm& arm : match->arms) {
          put(" (");
          pattern(arm.pattern);
          if (arm.guard != nullptr) {
            put(" if ");
            expression(arm.guard);
          }
          put(" -> ");
          block(arm.body);
          put(")");
        }
        return put(")");
      }
      case kLambda: {
        const ast::Function* function = as<const ast::Lambda>(node)->function;
        put(function->is_block ? "(block" : "(\\");
        if (!function->is_block) parameters(*function);
        put(" ");
        block(function->body);
        return put(")");
      }
      case kCall: {
        const auto* call = as<const ast::Call>(node);
        put("(call ");
        expression(call->callee);
        arguments(call->arguments, call->block);
        return put(")");
      }
      case kMethodCall: {
        const auto* call = as<const ast::MethodCall>(node);
        put(call->arrow ? "(->" : call->safe ? "(?." : "(.");
        put(call->name);
        put(" ");
        expression(call->receiver);
        arguments(call->arguments, call->block);
        return put(")");
      }
      case kField: {
        const auto* field = as<const ast::Field>(node);
        put(field->safe ? "(?. " : "(. ");
        expression(field->receiver);
        put(" ");
        put(field->name);
        return put(")");
      }
      case kTupleField:
        put("(. ");
        expression(as<const ast::TupleField>(node)->receiver);
        put(" " + std::to_string(as<const ast::TupleField>(node)->index) + ")");
        return;
      case kIndex:
        return operands("at", {as<const ast::Index>(node)->receiver,
                               as<const ast::Index>(node)->index});
      case kSlice: {
        const auto* slice = as<const ast::Slice>(node);
        return operands("slice", {slice->start, slice->end, slice->step});
      }
      case kTry:
        return operands("?", {as<const ast::Try>(node)->value});
      case kForceUnwrap:
        return operands("!", {as<const ast::ForceUnwrap>(node)->value});
      case kPresent:
        return operands(".?", {as<const ast::Present>(node)->value});
      case kCoalesce:
        return operands("??", {as<const ast::Coalesce>(node)->value,
                               as<const ast::Coalesce>(node)->fallback});
      case kCast: {
        const auto* cast = as<const ast::Cast>(node);
        put("(as ");
        expression(cast->value);
        put(" ");
        type(cast->type);
        if (cast->fallback != nullptr) {
          put(" or ");
          expression(cast->fallback);
        }
        return put(")");
      }
      case kConstruct: {
        const auto* made = as<const ast::Construct>(node);
        put("(new ");
        expression(made->type);
        if (made->base != nullptr) {
          put(" ..");
          expression(made->base);
        }
        arguments(made->arguments, nullptr);
        return put(")");
      }
      case kMethodReference:
        put("&:");
        return put(as<const ast::MethodReference>(node)->name);
      case kBlock:
        put("(do ");
        block(as<const ast::Block>(node));
        return put(")");
    }
  }

  void comprehension(const ast::Comprehension* node) {
    put("(each ");
    if (node->key != nullptr) {
      operands("=", {node->key, node->value});
    } else {
      expression(node->value);
    }
    for (const ast::Generator& generator : node->generators) {
      put(" (for ");
      if (generator.first != nullptr) {
        pattern(generator.first);
        put(", ");
      }
      pattern(generator.pattern);
      put(" ");
      expression(generator.iterable);
      for (const ast::Expr* condition : generator.conditions) {
        put(" if ");
        expression(condition);
      }
      put(")");
    }
    put(")");
  }

  // ---- Patterns and types -------------------------------------------------------------
  void patterns(const ast::List<ast::Pattern*>& list, std::string_view separator) {
    for (uint32_t i = 0; i < list.size(); ++i) {
      if (i > 0) put(separator);
      pattern(list[i]);
    }
  }

  void pattern(const ast::Pattern* node) {
    using enum ast::PatternKind;
    switch (node->kind) {
      case kWildcard:
        return put("_");
      case kLiteral:
        return expression(as<const ast::LiteralPattern>(node)->value);
      case kRange: {
        const auto* range = as<const ast::RangePattern>(node);
        return operands(range->inclusive ? "..=" : "..", {range->start, range->end});
      }
      case kName:
        return put(as<const ast::NamePattern>(node)->name);
      case kVariant: {
        const auto* variant = as<const ast::VariantPattern>(node);
        for (uint32_t i = 0; i < variant->path.size(); ++i) {
          if (i > 0) put(".");
          put(variant->path[i]);
        }
        if (!variant->has_fields) return;
        put(variant->braces ? "{" : "(");
        for (uint32_t i = 0; i < variant->fields.size(); ++i) {
          if (i > 0) put(", ");
          if (variant->fields[i].name) {
            put(variant->fields[i].name);
            put("=");
          }
          pattern(variant->fields[i].pattern);
        }
        return put(variant->braces ? "}" : ")");
      }
      case kTuple:
        put("(");
        patterns(as<const ast::TuplePattern>(node)->items, ", ");
        return put(")");
      case kArray: {
        const auto* array = as<const ast::ArrayPattern>(node);
        put("[");
        for (uint32_t i = 0; i < array->items.size(); ++i) {
          if (i > 0) put(", ");
          if (array->rest == static_cast<int32_t>(i)) put("...");
          pattern(array->items[i]);
        }
        return put("]");
      }
      case kTyped:
        pattern(as<const ast::TypedPattern>(node)->pattern);
        put(": ");
        return type(as<const ast::TypedPattern>(node)->type);
      case kOr:
        return patterns(as<const ast::OrPattern>(node)->choices, " | ");
    }
  }

  void types(const ast::List<ast::Type*>& list, uint32_t from, uint32_t to,
             std::string_view separator) {
    for (uint32_t i = from; i < to; ++i) {
      if (i > from) put(separator);
      type(list[i]);
    }
  }

  void type(const ast::Type* node) {
    using Kind = ast::Type::Kind;
    const uint32_t count = node->arguments.size();
    switch (node->kind) {
      case Kind::kNamed:
        put(node->name);
        if (count == 0) return;
        put("<");
        types(node->arguments, 0, count, ", ");
        return put(">");
      case Kind::kArray:
        put("[");
        types(node->arguments, 0, count, ", ");
        if (node->length != nullptr) {
          put("; ");
          expression(node->length);
        }
        return put("]");
      case Kind::kDict:
      case Kind::kSet:
        put("{");
        types(node->arguments, 0, count, ": ");
        return put("}");
      case Kind::kTuple:
        put("(");
        types(node->arguments, 0, count, ", ");
        return put(")");
      case Kind::kFunction:
        put("fn(");
        types(node->arguments, 0, count - 1, ", ");
        put(") -> ");
        return type(node->arguments[count - 1]);
      case Kind::kUnion:
        return types(node->arguments, 0, count, " | ");
      case Kind::kOptional:
        type(node->arguments[0]);
        return put("?");
    }
  }

  // ---- Declarations -------------------------------------------------------------------
  void parameters(const ast::Function& function) {
    put(" (");
    bool first = true;
    if (function.has_self) {
      put("self");
      first = false;
    }
    for (const ast::Parameter& parameter : function.parameters) {
      if (!first) put(" ");
      first = false;
      if (parameter.pattern != nullptr) {
        pattern(parameter.pattern);
      } else {
        put(parameter.name);
      }
      if (parameter.type != nullptr) {
        put(": ");
        type(parameter.type);
      }
      if (parameter.variadic) put("...");
      if (parameter.fallback != nullptr) {
        put("=");
        expression(parameter.fallback);
      }
    }
    put(")");
    if (function.result != nullptr) {
      put(" -> ");
      type(function.result);
    }
  }

  void contracts(const ast::List<ast::Contract>& list) {
    constexpr const char* kKinds[] = {"requires", "ensures", "invariant"};
    for (const ast::Contract& contract : list) {
      put(" (");
      put(kKinds[static_cast<size_t>(contract.kind)]);
      if (contract.result) {
        put(" ");
        put(contract.result);
        put(":");
      }
      for (const ast::Expr* condition : contract.conditions) {
        put(" ");
        expression(condition);
      }
      put(")");
    }
  }

  void function(const ast::Function& function) {
    put("(");
    for (const ast::Expr* decorator : function.decorators) {
      put("@");
      expression(decorator);
      put(" ");
    }
    if (function.is_extern) put("extern ");
    if (function.is_static) put("static ");
    put(function.is_mutating ? "me " : "fn ");
    put(function.name);
    parameters(function);
    contracts(function.contracts);
    if (function.body != nullptr) {
      put(" ");
      block(function.body);
    }
    put(")");
  }

  void field(const ast::FieldDecl& field) {
    if (field.is_mutable) put("var ");
    put(field.name);
    if (field.type != nullptr) {
      if (field.name) put(": ");
      type(field.type);
    }
    if (field.fallback != nullptr) {
      put(" = ");
      expression(field.fallback);
    }
  }

  void type_declaration(const ast::TypeDecl* node) {
    constexpr const char* kForms[] = {"class", "struct", "trait", "mixin"};
    put("(");
    put(kForms[static_cast<size_t>(node->form)]);
    put(" ");
    put(node->name);
    for (const Symbol base : node->bases) {
      put(" <");
      put(base);
    }
    for (const ast::FieldDecl& item : node->fields) {
      put(" (");
      field(item);
      put(")");
    }
    for (const ast::Let* constant : node->constants) {
      put(" ");
      statement(constant);
    }
    for (const ast::Function* method : node->methods) {
      put(" ");
      function(*method);
    }
    for (const ast::Forward& forward : node->forwards) {
      put(forward.is_mutating ? " (alias me " : " (alias ");
      put(forward.name);
      put(" ");
      put(forward.field);
      if (forward.method) {
        put(".");
        put(forward.method);
      }
      put(")");
    }
    contracts(node->invariants);
    put(")");
  }

  void enum_declaration(const ast::EnumDecl* node) {
    put("(enum ");
    put(node->name);
    for (const ast::VariantDecl& variant : node->variants) {
      put(" ");
      put(variant.name);
      if (!variant.fields.empty()) {
        put(variant.braces ? "{" : "(");
        for (uint32_t i = 0; i < variant.fields.size(); ++i) {
          if (i > 0) put(", ");
          field(variant.fields[i]);
        }
        put(variant.braces ? "}" : ")");
      }
      if (variant.value != nullptr) {
        put("=");
        expression(variant.value);
      }
    }
    for (const ast::Function* method : node->methods) {
      put(" ");
      function(*method);
    }
    put(")");
  }

  void path(const ast::List<Symbol>& parts) {
    for (uint32_t i = 0; i < parts.size(); ++i) {
      if (i > 0) put(".");
      put(parts[i]);
    }
  }

  void names(const ast::List<ast::ImportName>& list) {
    for (const ast::ImportName& name : list) {
      put(" ");
      put(name.name);
      if (name.as != name.name) {
        put("=");
        put(name.as);
      }
    }
  }

  void import(const ast::Import* node) {
    put(node->reexport ? "(export-use " : "(use ");
    path(node->path);
    if (node->wildcard) put(".*");
    names(node->names);
    if (node->module_alias) {
      put(node->names_or_module ? " as? " : " as ");
      put(node->module_alias);
    }
    put(")");
  }

  // ---- Statements ---------------------------------------------------------------------
  void headed(std::string_view head, const ast::Expr* value, const ast::Block* body) {
    put("(");
    put(head);
    put(" ");
    expression(value);
    put(" ");
    block(body);
    put(")");
  }

  void label(Symbol name) {
    if (!name) return;
    put("'");
    put(name);
    put(" ");
  }

  void statement(const ast::Stmt* node) {
    using enum ast::StmtKind;
    switch (node->kind) {
      case kExpr:
        return expression(as<const ast::ExprStmt>(node)->value);
      case kLet: {
        const auto* let = as<const ast::Let>(node);
        put(let->is_const ? "(const " : let->is_mutable ? "(var " : "(val ");
        pattern(let->pattern);
        if (let->type != nullptr) {
          put(": ");
          type(let->type);
        }
        if (let->value != nullptr) {
          put(" ");
          expression(let->value);
        }
        if (let->otherwise != nullptr) {
          put(" else ");
          block(let->otherwise);
        }
        return put(")");
      }
      case kAssign: {
        const auto* assign = as<const ast::Assign>(node);
        const std::string sign = assign->compound ? text_of(assign->op) : "";
        return operands(sign + "=", {assign->target, assign->value});
      }
      case kReturn:
        if (as<const ast::Return>(node)->value == nullptr) return put("(return)");
        return operands("return", {as<const ast::Return>(node)->value});
      case kBreak: {
        const auto* leave = as<const ast::Break>(node);
        put("(break");
        if (leave->label) {
          put(" '");
          put(leave->label);
        }
        if (leave->value != nullptr) {
          put(" ");
          expression(leave->value);
        }
        return put(")");
      }
      case kContinue:
        put("(continue");
        if (as<const ast::Continue>(node)->label) {
          put(" '");
          put(as<const ast::Continue>(node)->label);
        }
        return put(")");
      case kWhile: {
        const auto* loop = as<const ast::While>(node);
        put("(while ");
        label(loop->label);
        condition(loop->condition);
        put(" ");
        block(loop->body);
        return put(")");
      }
      case kLoop:
        put("(loop ");
        label(as<const ast::Loop>(node)->label);
        block(as<const ast::Loop>(node)->body);
        return put(")");
      case kFor: {
        const auto* loop = as<const ast::For>(node);
        put("(for ");
        label(loop->label);
        if (loop->first != nullptr) {
          pattern(loop->first);
          put(", ");
        }
        pattern(loop->pattern);
        put(" ");
        expression(loop->iterable);
        put(" ");
        block(loop->body);
        return put(")");
      }
      case kPass:
        return put("pass");
      case kAssert:
        if (as<const ast::Assert>(node)->message == nullptr) {
          return operands("assert", {as<const ast::Assert>(node)->condition});
        }
        return operands("assert", {as<const ast::Assert>(node)->condition,
                                   as<const ast::Assert>(node)->message});
      case kDefer:
        put(as<const ast::Defer>(node)->on_error_only ? "(errdefer " : "(defer ");
        block(as<const ast::Defer>(node)->body);
        return put(")");
      case kWith: {
        const auto* with = as<const ast::With>(node);
        put("(with ");
        expression(with->resource);
        if (with->pattern != nullptr) {
          put(" as ");
          pattern(with->pattern);
        }
        put(" ");
        block(with->body);
        return put(")");
      }
      case kContext:
        return headed("context", as<const ast::Context>(node)->object,
                      as<const ast::Context>(node)->body);
      case kFunction:
        return function(*as<const ast::FunctionDecl>(node)->function);
      case kTypeDecl:
        return type_declaration(as<const ast::TypeDecl>(node));
      case kEnum:
        return enum_declaration(as<const ast::EnumDecl>(node));
      case kImpl: {
        const auto* impl = as<const ast::Impl>(node);
        put("(impl ");
        if (impl->trait) {
          put(impl->trait);
          put(" for ");
        }
        type(impl->type);
        for (const ast::Let* constant : impl->constants) {
          put(" ");
          statement(constant);
        }
        for (const ast::Function* method : impl->methods) {
          put(" ");
          function(*method);
        }
        return put(")");
      }
      case kAlias: {
        const auto* alias = as<const ast::Alias>(node);
        put("(alias ");
        put(alias->name);
        put(" ");
        if (alias->type != nullptr) type(alias->type);
        if (alias->value != nullptr) expression(alias->value);
        return put(")");
      }
      case kImport:
        return import(as<const ast::Import>(node));
      case kExport:
        put("(export");
        names(as<const ast::Export>(node)->names);
        if (!as<const ast::Export>(node)->from.empty()) {
          put(" from ");
          path(as<const ast::Export>(node)->from);
        }
        return put(")");
      case kExternType:
        put("(extern type ");
        put(as<const ast::ExternType>(node)->name);
        return put(")");
    }
  }
};

}  // namespace

std::string dump(const ast::Module& module) {
  Dumper dumper;
  for (uint32_t i = 0; i < module.body->statements.size(); ++i) {
    if (i > 0) dumper.put("\n");
    dumper.statement(module.body->statements[i]);
  }
  return std::move(dumper.text);
}

std::string dump(const ast::Stmt* statement) {
  Dumper dumper;
  dumper.statement(statement);
  return std::move(dumper.text);
}

std::string dump(const ast::Expr* expression) {
  Dumper dumper;
  dumper.expression(expression);
  return std::move(dumper.text);
}

std::string dump(const ast::Pattern* pattern) {
  Dumper dumper;
  dumper.pattern(pattern);
  return std::move(dumper.text);
}

std::string dump(const ast::Type* type) {
  Dumper dumper;
  dumper.type(type);
  return std::move(dumper.text);
}

}  // namespace simple
