#include "runtime/vm.h"

#include "runtime/builtins.h"
#include "runtime/interpreter.h"
#include "sffi/extern.h"
#include "spec/spec.h"

namespace simple {

Vm::Vm() : heap_(*this) {
  const auto builtin = [&](const char* name) {
    return heap_.type(Type::Form::kBuiltin, intern(name));
  };
  types_.nil = builtin("nil");
  types_.boolean = builtin("bool");
  types_.integer = builtin("i64");
  types_.real = builtin("f64");
  types_.text = builtin("text");
  types_.array = builtin("Array");
  types_.dict = builtin("Dict");
  types_.set = builtin("Set");
  types_.tuple = builtin("Tuple");
  types_.range = builtin("Range");
  types_.slice = builtin("Slice");
  types_.function = builtin("Function");
  types_.symbol = builtin("Symbol");
  types_.type = builtin("Type");
  types_.module = builtin("Module");
  types_.u8 = builtin("u8");
  types_.u16 = builtin("u16");
  types_.u32 = builtin("u32");
  types_.u64 = builtin("u64");
  types_.f32 = builtin("f32");
  types_.ellipsis = builtin("Ellipsis");
  types_.option = heap_.type(Type::Form::kEnum, intern("Option"));
  types_.result = heap_.type(Type::Form::kEnum, intern("Result"));
  const auto variant = [](Type* type, const char* name, size_t fields) {
    Variant entry;
    entry.name = intern(name);
    entry.fields.resize(fields);
    entry.ordinal = Value::of(static_cast<int64_t>(type->variants.size()));
    type->variants.push_back(entry);
  };
  variant(types_.option, "Some", 1);
  variant(types_.option, "None", 0);
  variant(types_.result, "Ok", 1);
  variant(types_.result, "Err", 1);
  externs_ = std::make_unique<Externs>(*this);
  interpreter_ = std::make_unique<Interpreter>(*this);
  define_core(*this);
  define_spec(*this);
  define_globals(*this);
  define_numbers(*this);
  define_text(*this);
  define_arrays(*this);
  define_dicts(*this);
  define_options(*this);
  define_system(*this);
  define_random(*this);
  define_json(*this);
  define_objects(*this);
  // Types by their names, for impl and as values. (type) is in front where a function has
  // the name as well.
  const std::pair<const char*, Type*> named[] = {{"nil", types_.nil},
                                                 {"bool", types_.boolean},
                                                 {"i64", types_.integer},
                                                 {"i32", types_.integer},
                                                 {"i16", types_.integer},
                                                 {"i8", types_.integer},
                                                 {"int", types_.integer},
                                                 {"f64", types_.real},
                                                 {"float", types_.real},
                                                 {"f32", types_.f32},
                                                 {"text", types_.text},
                                                 {"str", types_.text},
                                                 {"String", types_.text},
                                                 {"char", types_.text},
                                                 {"Array", types_.array},
                                                 {"List", types_.array},
                                                 {"Dict", types_.dict},
                                                 {"Set", types_.set},
                                                 {"Tuple", types_.tuple},
                                                 {"Range", types_.range},
                                                 {"Slice", types_.slice},
                                                 {"Ellipsis", types_.ellipsis},
                                                 {"Function", types_.function},
                                                 {"Symbol", types_.symbol},
                                                 {"u8", types_.u8},
                                                 {"u16", types_.u16},
                                                 {"u32", types_.u32},
                                                 {"u64", types_.u64},
                                                 {"Option", types_.option},
                                                 {"Result", types_.result}};
  for (const auto& [name, type] : named) {
    const Value value = Value::of(static_cast<Object*>(type));
    natives_[intern(std::string("(type)") + name)] = value;
    natives_.try_emplace(intern(name), value);
  }
}

Vm::~Vm() = default;

Type* Vm::type_of(Value value) const {
  switch (value.tag) {
    case Tag::kNil:
    case Tag::kMissing:
      return types_.nil;
    case Tag::kBool:
      return types_.boolean;
    case Tag::kInt:
      return types_.integer;
    case Tag::kFloat:
      return types_.real;
    case Tag::kU8:
      return types_.u8;
    case Tag::kU16:
      return types_.u16;
    case Tag::kU32:
      return types_.u32;
    case Tag::kU64:
      return types_.u64;
    case Tag::kF32:
      return types_.f32;
    case Tag::kSymbol:
      return types_.symbol;
    case Tag::kObject:
      break;
  }
  switch (value.object->kind) {
    case Kind::kText:
    case Kind::kTextBuffer:
      return types_.text;
    case Kind::kArray:
      return types_.array;
    case Kind::kDict:
      return types_.dict;
    case Kind::kSet:
      return types_.set;
    case Kind::kTuple:
      return types_.tuple;
    case Kind::kRange:
      return types_.range;
    case Kind::kSlice:
      return types_.slice;
    case Kind::kEllipsis:
      return types_.ellipsis;
    case Kind::kInstance:
      return as<Instance>(value)->type;
    case Kind::kEnum:
      return as<EnumValue>(value)->type;
    case Kind::kHandle:
      return as<Handle>(value)->type;
    case Kind::kType:
      return types_.type;
    case Kind::kModule:
      return types_.module;
    case Kind::kClosure:
    case Kind::kNative:
    case Kind::kBound:
    case Kind::kExtern:
    case Kind::kCell:
    case Kind::kIterator:
    case Kind::kFree:
      break;
  }
  return types_.function;
}

Value Vm::character(std::string_view bytes) {
  if (bytes.size() != 1 || static_cast<unsigned char>(bytes[0]) >= 128)
    return text(bytes);
  Value& known = characters_[static_cast<unsigned char>(bytes[0])];
  if (known.is_nil()) known = Value::of(heap_.immortal(heap_.text(bytes)));
  return known;
}

Value Vm::some(Value value) {
  EnumValue* result = heap_.enum_value(types_.option, 0, 1);
  result->slots()[0] = value;
  return Value::of(result);
}

Value Vm::ok(Value value) {
  EnumValue* result = heap_.enum_value(types_.result, 0, 1);
  result->slots()[0] = value;
  return Value::of(result);
}

Value Vm::err(Value value) {
  EnumValue* result = heap_.enum_value(types_.result, 1, 1);
  result->slots()[0] = value;
  return Value::of(result);
}

Value Vm::tuple(std::initializer_list<Value> items) {
  Tuple* result = heap_.tuple(static_cast<uint32_t>(items.size()));
  Slot* to = result->slots();
  for (const Value& item : items) *to++ = item;
  return Value::of(result);
}

Value Vm::call(Value callee, std::span<const Value> arguments) {
  return interpreter_->call(callee, arguments);
}

const Method* Vm::find_method(Value receiver, Symbol name) const {
  Type* type = type_of(receiver);
  if (const Method* method = type->find(name)) return method;
  // nil is None, and everything else may be asked like an Option.
  if (type != types_.result) {
    if (const Method* method = types_.option->find(name)) return method;
  }
  return nullptr;
}

Value Vm::call_method(Value receiver, const Method& method,
                      std::span<const Value> arguments) {
  return interpreter_->call_method(receiver, method.callable, arguments);
}

void Vm::stop() {
  stop_requested_.store(false, std::memory_order_relaxed);
  Exit exit{130, "error: runtime: interrupted\n"};
  std::string file;
  std::string excerpt;
  uint32_t line = 0;
  if (interpreter_->current_place(file, line, excerpt)) {
    exit.interrupted += "   --> " + file + ':' + std::to_string(line) + '\n';
  }
  throw exit;
}

void Vm::define(const NativeSpec* specs, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    natives_[intern(specs[i].name)] = Value::of(heap_.immortal(heap_.native(&specs[i])));
  }
}

void Vm::define_methods(Type* type, const NativeSpec* specs, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    Method method;
    method.callable = heap_.immortal(heap_.native(&specs[i]));
    method.mutates = specs[i].mutates;
    type->methods.set(intern(specs[i].name), method);
  }
}

void Vm::mark_roots() {
  mark_held();
  interpreter_->mark_globals();
}

void Vm::mark_held() {
  for (const Value& value : roots_) heap_.mark(value);
  interpreter_->mark_registers();
  externs_->mark(heap_);
}

}  // namespace simple
