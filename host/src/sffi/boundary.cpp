#include "sffi/boundary.h"

#include "runtime/failure.h"

namespace simple {
namespace {

class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  WrittenType whole() {
    WrittenType result = type();
    skip();
    return rest_.empty() ? result : wrong();
  }

 private:
  WrittenType type() {
    WrittenType first = part();
    if (!take("|")) return first;
    WrittenType all{WrittenType::Form::kUnion};
    all.parts.push_back(std::move(first));
    do {
      all.parts.push_back(part());
    } while (take("|"));
    return all;
  }

  WrittenType part() {
    WrittenType result = primary();
    while (take("?")) result.optional = true;
    return result;
  }

  WrittenType primary() {
    if (take("[")) {
      WrittenType array{WrittenType::Form::kArray};
      array.parts.push_back(type());
      return take("]") ? array : wrong();
    }
    if (take("(")) {
      WrittenType tuple{WrittenType::Form::kTuple};
      if (!list(tuple.parts)) return wrong();
      // (T) is T.
      if (tuple.parts.size() == 1) return WrittenType(tuple.parts[0]);
      return tuple;
    }
    WrittenType result{WrittenType::Form::kName};
    result.name = word();
    if (result.name.empty()) return wrong();
    if (result.name == "fn" && take("(")) {
      result.form = WrittenType::Form::kFunction;
      if (!list(result.parts)) return wrong();
      result.parts.push_back(take("->") ? type() : WrittenType{WrittenType::Form::kName});
    } else if (result.name == "Option" && take("<")) {
      WrittenType inner = type();
      inner.optional = true;
      return take(">") ? inner : wrong();
    } else if (result.name == "Kept" && take("<")) {
      WrittenType kept{WrittenType::Form::kKept};
      kept.parts.push_back(type());
      return take(">") ? kept : wrong();
    }
    return result;
  }

  // Up to the closing parenthesis.
  bool list(std::vector<WrittenType>& parts) {
    if (take(")")) return true;
    do {
      parts.push_back(type());
    } while (take(","));
    return take(")");
  }

  std::string_view word() {
    skip();
    size_t length = 0;
    while (length < rest_.size() &&
           (std::isalnum(static_cast<unsigned char>(rest_[length])) != 0 ||
            rest_[length] == '_' || static_cast<unsigned char>(rest_[length]) >= 0x80)) {
      ++length;
    }
    const std::string_view result = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return result;
  }

  bool take(std::string_view token) {
    skip();
    if (!rest_.starts_with(token)) return false;
    rest_.remove_prefix(token.size());
    return true;
  }

  void skip() {
    while (!rest_.empty() && (rest_[0] == ' ' || rest_[0] == '\n'))
      rest_.remove_prefix(1);
  }

  static WrittenType wrong() { return WrittenType{WrittenType::Form::kWrong}; }

  std::string_view rest_;
};

constexpr uint8_t bit(Elements elements) {
  return static_cast<uint8_t>(1 << static_cast<int>(elements));
}

bool is_unit(std::string_view name) {
  return name.empty() || name == "unit" || name == "nil" || name == "void";
}

// The shape of a number or text, or kUnit if the name is another's.
Shape simple_shape(std::string_view name) {
  if (name == "i64" || name == "int") return Shape::kInt;
  if (name == "i32") return Shape::kInt32;
  if (name == "bool") return Shape::kBool;
  if (name == "f64" || name == "float") return Shape::kFloat;
  if (name == "text" || name == "str") return Shape::kText;
  if (name == "Scalar") return Shape::kScalar;
  return Shape::kUnit;
}

// Of one packed array: a bit. Of others 0.
uint8_t packed_kind(const WrittenType& type) {
  if (type.form != WrittenType::Form::kArray || type.optional) return 0;
  const WrittenType& item = type.parts[0];
  if (item.form != WrittenType::Form::kName || item.optional) return 0;
  if (item.name == "i64" || item.name == "int") return bit(Elements::kInts);
  if (item.name == "f64" || item.name == "float") return bit(Elements::kFloats);
  if (item.name == "u8") return bit(Elements::kBytes);
  return 0;
}

[[noreturn]] void cannot_cross(const ExternFunction& function, const std::string& where,
                               std::string_view text) {
  fail("", "`" + std::string(text_of(function.declaration.name)) + "`: " + where +
               " is declared as `" + std::string(text) +
               "`, which native functions cannot have there");
}

struct Context {
  const ExternFunction& function;
  Symbol library;
  const std::string& where;
  std::string_view text;

  [[noreturn]] void refuse() const { cannot_cross(function, where, text); }
  Type* find(std::string_view name) const {
    return function.externs->find_type(function, library, intern(name));
  }
};

// Packed arrays, of which any will do.
uint8_t packed_kinds(const WrittenType& written, const Context& context) {
  if (written.form != WrittenType::Form::kUnion) {
    const uint8_t kind = packed_kind(written);
    if (kind == 0) context.refuse();
    return kind;
  }
  uint8_t kinds = 0;
  for (const WrittenType& part : written.parts) kinds |= packed_kinds(part, context);
  return kinds;
}

// Names alone; what may be optional where differs.
BoundaryType named_type(const WrittenType& written, const Context& context) {
  BoundaryType result;
  result.text = context.text;
  result.optional = written.optional;
  result.shape = simple_shape(written.name);
  switch (result.shape) {
    case Shape::kUnit:
      if (is_unit(written.name)) context.refuse();
      result.shape = Shape::kHandle;
      result.type = context.find(written.name);
      break;
    case Shape::kInt:
      if (written.optional) result.shape = Shape::kMaybeInt;
      break;
    case Shape::kFloat:
      if (written.optional) result.shape = Shape::kMaybeFloat;
      break;
    case Shape::kBool:
      if (written.optional) result.shape = Shape::kMaybeBool;
      break;
    case Shape::kInt32:
      if (written.optional) context.refuse();
      break;
    default:
      break;
  }
  return result;
}

BoundaryType array_type(const WrittenType& written, const Context& context) {
  BoundaryType result;
  result.text = context.text;
  result.optional = written.optional;
  WrittenType plain = written;
  plain.optional = false;
  result.packed = packed_kind(plain);
  if (result.packed != 0) {
    result.shape = Shape::kPacked;
    return result;
  }
  const WrittenType& item = written.parts[0];
  if (item.form != WrittenType::Form::kName) context.refuse();
  const BoundaryType of_item = named_type(item, context);
  result.optional_items = item.optional;
  result.type = of_item.type;
  if (of_item.shape == Shape::kHandle) {
    result.shape = Shape::kHandles;
  } else if (of_item.shape == Shape::kScalar) {
    result.shape = Shape::kScalars;
  } else {
    context.refuse();
  }
  return result;
}

}  // namespace

int slots_of(Shape shape) {
  switch (shape) {
    case Shape::kUnit:
      return 0;
    case Shape::kScalar:
    case Shape::kMaybeInt:
    case Shape::kMaybeFloat:
    case Shape::kMaybeBool:
      return 2;
    case Shape::kFunction:
    case Shape::kKept:
      return 3;
    default:
      return 1;
  }
}

int out_slots_of(Shape shape) { return shape == Shape::kScalar ? 2 : 1; }

WrittenType parse_type(std::string_view text) { return Reader(text).whole(); }

BoundaryType parameter_type(const WrittenType& written, std::string_view text,
                            const ExternFunction& function, Symbol library,
                            const std::string& where) {
  const Context context{function, library, where, text};
  BoundaryType result;
  switch (written.form) {
    case WrittenType::Form::kName:
      return named_type(written, context);
    case WrittenType::Form::kArray:
      return array_type(written, context);
    case WrittenType::Form::kUnion:
      result.shape = Shape::kPacked;
      result.text = text;
      result.packed = packed_kinds(written, context);
      return result;
    case WrittenType::Form::kKept:
      if (written.optional) context.refuse();
      result.shape = Shape::kKept;
      result.text = text;
      result.packed = packed_kinds(written.parts[0], context);
      return result;
    case WrittenType::Form::kFunction:
      result.shape = Shape::kFunction;
      result.text = text;
      result.optional = written.optional;
      result.function =
          function.externs->callback_signature(intern(text), function, library);
      return result;
    default:
      context.refuse();
  }
}

std::vector<BoundaryType> result_types(std::string_view text,
                                       const ExternFunction& function, Symbol library) {
  const std::string where = "the result";
  const WrittenType written = parse_type(text);
  const Context context{function, library, where, text};
  std::vector<BoundaryType> results;
  const auto add = [&](const WrittenType& part) {
    if (part.form != WrittenType::Form::kName) context.refuse();
    const bool own = results.empty();
    if (own && is_unit(part.name)) {
      results.emplace_back();
      return;
    }
    BoundaryType type = named_type(part, context);
    switch (type.shape) {
      case Shape::kMaybeInt:
      case Shape::kMaybeFloat:
      case Shape::kMaybeBool:
        context.refuse();
      case Shape::kScalar:
        // It takes two out pointers, so it cannot be a function's own result.
        if (own || type.optional) context.refuse();
        break;
      default:
        break;
    }
    results.push_back(std::move(type));
  };
  if (text.empty()) {
    results.emplace_back();
  } else if (written.form == WrittenType::Form::kTuple && !written.optional) {
    if (written.parts.empty()) results.emplace_back();  // ()
    for (const WrittenType& part : written.parts) add(part);
  } else {
    add(written);
  }
  return results;
}

BoundaryType callback_type(const WrittenType& written, bool is_result,
                           const ExternFunction& function, Symbol library,
                           const std::string& where) {
  const Context context{function, library, where, written.name};
  if (written.form != WrittenType::Form::kName) {
    cannot_cross(function, where, "a type that is no name");
  }
  if (is_result && is_unit(written.name)) return {};
  BoundaryType type = named_type(written, context);
  if (is_result && slots_of(type.shape) != 1) context.refuse();
  return type;
}

}  // namespace simple
