// Parts of values: fields, items, payloads, and what a loop iterates over.

#include <algorithm>
#include <charconv>

#include "runtime/interpreter.h"
#include "runtime/operations.h"
#include "runtime/table.h"
#include "runtime/unicode.h"
#include "syntax/spelling.h"

namespace simple {
namespace {

[[noreturn]] void no_field(const Type* type, std::string_view name) {
  Nearest nearest(name);
  for (const Field& field : type->fields) nearest.consider(text_of(field.name));
  for (const auto& [each, method] : type->methods) nearest.consider(text_of(each));
  fail("E1012", nearest.after("class `" + std::string(text_of(type->name)) +
                              "` has no field named `" + std::string(name) + "`"));
}

}  // namespace

// ---- Fields

bool Interpreter::find_field(Site& site, Value receiver) {
  auto* type = as<Instance>(receiver)->type;
  if (site.key == type && site.found == Site::Found::kField) return true;
  const int32_t index = type->field_index(site.name);
  if (index < 0) return false;
  site.key = type;
  site.found = Site::Found::kField;
  site.slot = index;
  return true;
}

Value Interpreter::get_member(Site& site, Value receiver) {
  const std::string_view name = text_of(site.name);
  if (receiver.is_object()) {
    switch (receiver.object->kind) {
      case Kind::kInstance:
        if (find_field(site, receiver))
          return as<Instance>(receiver)->fields()[site.slot];
        break;
      case Kind::kTuple: {
        auto* tuple = as<Tuple>(receiver);
        if (tuple->labels != nullptr) {
          for (size_t i = 0; i < tuple->labels->size() && i < tuple->small; ++i) {
            if ((*tuple->labels)[i] == site.name) return tuple->items()[i];
          }
        }
        break;
      }
      case Kind::kRange:
        if (name == "start") return as<Range>(receiver)->start;
        if (name == "end") return as<Range>(receiver)->end;
        if (name == "inclusive") return Value::of(as<Range>(receiver)->inclusive());
        break;
      case Kind::kSlice:
        if (name == "start") return as<SliceObject>(receiver)->start;
        if (name == "end") return as<SliceObject>(receiver)->end;
        if (name == "step") return as<SliceObject>(receiver)->step;
        break;
      case Kind::kEnum: {
        auto* value = as<EnumValue>(receiver);
        const auto& fields = value->type->variants[value->variant].fields;
        for (size_t i = 0; i < fields.size(); ++i) {
          if (fields[i] == site.name) return value->payload()[i];
        }
        break;
      }
      case Kind::kType: {
        auto* type = as<Type>(receiver);
        for (size_t i = 0; i < type->variants.size(); ++i) {
          if (type->variants[i].name != site.name) continue;
          if (type->variants[i].fields.empty()) {
            return make_variant(type, static_cast<uint32_t>(i), nullptr, 0);
          }
          // The variant as a function that makes it.
          static const NativeSpec spec{
              "<variant>",
              [](Vm& vm, Value* arguments, int count) -> Value {
                auto* owner = as<Type>(as<Tuple>(arguments[0])->items()[0]);
                const auto variant =
                    static_cast<uint32_t>(as<Tuple>(arguments[0])->items()[1].integer);
                const size_t wanted = owner->variants[variant].fields.size();
                if (static_cast<size_t>(count - 1) != wanted) {
                  fail("E1020",
                       "variant `" + std::string(text_of(owner->variants[variant].name)) +
                           "` expects " + std::to_string(wanted) + " argument(s)");
                }
                EnumValue* made = vm.heap().enum_value(owner, variant,
                                                       static_cast<uint32_t>(count - 1));
                for (int i2 = 1; i2 < count; ++i2) {
                  share(arguments[i2]);
                  made->slots()[i2 - 1] = arguments[i2];
                }
                return Value::of(static_cast<Object*>(made));
              },
              1, -1};
          const Value which = vm_.tuple({receiver, Value::of(static_cast<int64_t>(i))});
          return Value::of(static_cast<Object*>(heap_.bound(which, heap_.native(&spec))));
        }
        if (const auto found = type->statics.find(site.name);
            found != type->statics.end()) {
          return Value::of(found->second);
        }
        if (name == "name") return vm_.text(text_of(type->name));
        break;
      }
      default:
        break;
    }
  }
  // A method without parentheses: called if it needs nothing, a value otherwise.
  if (const Method* method = vm_.find_method(receiver, site.name)) {
    bool needs_nothing = true;
    if (method->callable->kind == Kind::kClosure) {
      needs_nothing = static_cast<Closure*>(method->callable)->code->required <= 1;
    } else if (method->callable->kind == Kind::kNative) {
      needs_nothing = static_cast<Native*>(method->callable)->spec->least == 0;
    }
    if (needs_nothing) return vm_.call_method(receiver, *method, {});
    share(receiver);
    return Value::of(static_cast<Object*>(heap_.bound(receiver, method->callable)));
  }
  if (site.fallback != nullptr) {
    const Value arguments[] = {receiver};
    return call(*site.fallback, arguments);
  }
  if (receiver.is_nil()) {
    fail("E1012", "cannot read field `" + std::string(name) + "` of nil");
  }
  // A method without parentheses, again.
  if (const Method* missing = vm_.find_method(receiver, names_.method_missing)) {
    const Value arguments[] = {
        vm_.text(name),
        Value::of(static_cast<Object*>(heap_.array(Elements::kValues, 0))), Value()};
    const bool takes_block = takes(missing->callable, 4);
    return vm_.call_method(receiver, *missing,
                           {arguments, static_cast<size_t>(takes_block ? 3 : 2)});
  }
  if (is(receiver, Kind::kInstance)) {
    no_field(as<Instance>(receiver)->type, name);
  }
  if (is(receiver, Kind::kType)) {
    fail("E1012", "type `" + std::string(text_of(as<Type>(receiver)->name)) +
                      "` has no `" + std::string(name) + "`");
  }
  fail("E1012", "a value of type " + type_name(receiver) + " has no field `" +
                    std::string(name) + "`");
}

void Interpreter::set_field(Site& site, Value& receiver, Value value) {
  const std::string name(text_of(site.name));
  // What a native object holds is set by a method.
  if (is(receiver, Kind::kHandle)) {
    if (const Method* method = vm_.find_method(receiver, intern("set_" + name))) {
      vm_.call_method(receiver, *method, {&value, 1});
      return;
    }
  }
  if (!is(receiver, Kind::kInstance)) {
    if (receiver.is_nil()) fail("E1012", "cannot set field `" + name + "` of nil");
    fail("E1012",
         "a value of type " + type_name(receiver) + " has no field `" + name + "`");
  }
  if (!find_field(site, receiver)) {
    no_field(as<Instance>(receiver)->type, name);
  }
  if (receiver.object->shared && copies(receiver.object)) receiver = heap_.copy(receiver);
  as<Instance>(receiver)->slots()[site.slot] = value;
}

Value Interpreter::get_index_mutable(Value container, Value index) {
  const auto own = [&](Slot& place) {
    unshare(heap_, place);
    return place.get();
  };
  if (is(container, Kind::kArray) && index.is_integral()) {
    auto* array = as<Array>(container);
    int64_t at = index.integer;
    if (at < 0) at += array->length;
    if (at >= 0 && at < array->length && array->elements() == Elements::kValues) {
      return own(array->slots()[at]);
    }
  } else if (is(container, Kind::kDict)) {
    if (Slot* value = table_find(vm_, as<Table>(container), index)) return own(*value);
    return Value();
  }
  return index_get(vm_, container, index);
}

// ---- Iterating

void Interpreter::iterate_prepare(Value* state) {
  Value& subject = state[0];
  state[1] = Value::of(int64_t{0});
  switch (subject.tag) {
    case Tag::kInt:
      subject = Value::of(
          static_cast<Object*>(heap_.range(Value::of(int64_t{0}), subject, false)));
      return;
    case Tag::kObject:
      break;
    default:
      fail("E1005", "a value of type " + type_name(subject) + " cannot be iterated");
  }
  switch (subject.object->kind) {
    case Kind::kArray:
    case Kind::kTuple:
    case Kind::kText:
      share(subject);
      return;
    case Kind::kRange: {
      const auto* range = as<Range>(subject);
      if (!range->start.is_integral() ||
          !(range->end.is_integral() || range->end.is_nil())) {
        fail("E1005", "a range to count over needs whole numbers, found " +
                          type_name(range->start) + " and " + type_name(range->end));
      }
      state[1] = Value::of(range->start.get().integer);
      return;
    }
    case Kind::kDict:
    case Kind::kSet: {
      share(subject);
      Iterator* iterator = heap_.iterator(subject);
      const std::vector<uint32_t> order = table_order(vm_, as<Table>(subject));
      Array* numbers = heap_.array(Elements::kInts, static_cast<int64_t>(order.size()));
      for (uint32_t entry : order) heap_.push(numbers, Value::of(int64_t{entry}));
      iterator->extra = Value::of(static_cast<Object*>(numbers));
      subject = Value::of(static_cast<Object*>(iterator));
      return;
    }
    case Kind::kInstance:
    case Kind::kHandle: {
      if (const Method* iter = vm_.find_method(subject, names_.iter)) {
        const Value inner = vm_.call_method(subject, *iter, {});
        if (!is(inner, Kind::kInstance)) {
          subject = inner;
          iterate_prepare(state);
          return;
        }
        subject = inner;
      }
      const auto* type = vm_.type_of(subject);
      if (type->find(names_.next) != nullptr) {
        Iterator* iterator = heap_.iterator(subject);
        subject = Value::of(static_cast<Object*>(iterator));
        return;
      }
      if (type->find(names_.len) != nullptr && type->find(names_.getitem) != nullptr)
        return;
      break;
    }
    case Kind::kEnum: {
      auto* value = as<EnumValue>(subject);
      if (value->type == vm_.types().option && value->variant == 0) {
        subject = value->payload()[0];
        iterate_prepare(state);
        return;
      }
      break;
    }
    default:
      break;
  }
  fail("E1005", "a value of type " + type_name(subject) + " cannot be iterated");
}

bool Interpreter::iterate_next(Value* state) {
  const Value subject = state[0];
  int64_t& position = state[1].integer;
  // Code from the cache need not have prepared what it iterates.
  if (!subject.is_object()) return false;
  state[1].tag = Tag::kInt;
  const auto behind = [&](int64_t end) {
    return static_cast<uint64_t>(position) >= static_cast<uint64_t>(end);
  };
  switch (subject.object->kind) {
    case Kind::kArray:
      if (behind(as<Array>(subject)->length)) return false;
      state[2] = as<Array>(subject)->get(position++);
      return true;
    case Kind::kTuple:
      if (behind(int64_t{subject.object->small})) return false;
      state[2] = as<Tuple>(subject)->items()[position++];
      return true;
    case Kind::kRange: {
      const auto* range = as<Range>(subject);
      if (!range->end.is_nil()) {
        const int64_t end = range->end.get().integer;
        if (position > end || (position == end && !range->inclusive())) return false;
        if (position == INT64_MAX) return false;
      }
      state[2] = Value::of(position++);
      return true;
    }
    case Kind::kText: {
      const std::string_view bytes = text(subject);
      if (behind(static_cast<int64_t>(bytes.size()))) return false;
      const auto at = static_cast<size_t>(position);
      size_t length = 1;
      while (at + length < bytes.size() && (bytes[at + length] & 0xC0) == 0x80) ++length;
      state[2] = vm_.character(bytes.substr(at, length));
      position += static_cast<int64_t>(length);
      return true;
    }
    case Kind::kIterator: {
      auto* iterator = as<Iterator>(subject);
      if (is(iterator->subject, Kind::kInstance) ||
          is(iterator->subject, Kind::kHandle)) {
        const Method* next = vm_.find_method(iterator->subject, names_.next);
        const Value item = vm_.call_method(iterator->subject, *next, {});
        if (is_none(item)) return false;
        state[2] = item;
        if (is(item, Kind::kEnum) && as<EnumValue>(item)->type == vm_.types().option) {
          state[2] = as<EnumValue>(item)->payload()[0];
        }
        return true;
      }
      auto* order = as<Array>(iterator->extra);
      if (behind(order->length)) return false;
      const auto* table = as<Table>(iterator->subject);
      const TableEntry& entry = table->entries[order->ints()[position++]];
      state[2] = table->kind == Kind::kSet ? entry.key.get()
                                           : vm_.tuple({entry.key, entry.value});
      return true;
    }
    case Kind::kInstance:
    case Kind::kHandle: {
      const Method* len = vm_.find_method(subject, names_.len);
      const Method* getitem = vm_.find_method(subject, names_.getitem);
      if (len == nullptr || getitem == nullptr) return false;
      const Value length = vm_.call_method(subject, *len, {});
      if (!length.is_integral() || position >= length.integer) return false;
      const Value arguments[] = {Value::of(position)};
      const Value item = vm_.call_method(subject, *getitem, arguments);
      ++state[1].integer;
      state[2] = item;
      return true;
    }
    default:
      return false;
  }
}

namespace {
bool over_dict(const Value& state) {
  return is(state, Kind::kIterator) && is(as<Iterator>(state)->subject, Kind::kDict);
}
}  // namespace

// for (a, b) in …
bool Interpreter::iterate_next_pair(Value* state) {
  if (over_dict(state[0])) {
    auto* iterator = as<Iterator>(state[0]);
    auto* order = as<Array>(iterator->extra);
    state[1].tag = Tag::kInt;
    int64_t& position = state[1].integer;
    if (static_cast<uint64_t>(position) >= static_cast<uint64_t>(order->length))
      return false;
    const TableEntry& entry =
        as<Table>(iterator->subject)->entries[order->ints()[position++]];
    state[2] = entry.key;
    state[3] = entry.value;
    return true;
  }
  if (!iterate_next(state)) return false;
  const Value item = state[2];
  const bool fits = (is(item, Kind::kTuple) && item.object->small == 2) ||
                    (is(item, Kind::kArray) && as<Array>(item)->length == 2);
  if (!fits) misfit(item);
  state[2] = match_item(item, 0);
  state[3] = match_item(item, 1);
  return true;
}

// for i, x in …, for key, value in …
bool Interpreter::iterate_next_numbered(Value* state) {
  Value& number = state[4];
  if (over_dict(state[0]) || number.tag == Tag::kBool) return iterate_next_pair(state);
  if (!iterate_next(state)) return false;
  const Value item = state[2];
  if (number.is_nil()) {
    if (is(item, Kind::kTuple) && item.object->small == 2) {
      number = Value::of(true);
      state[2] = match_item(item, 0);
      state[3] = match_item(item, 1);
      return true;
    }
    number = Value::of(int64_t{0});
  }
  state[2] = number;
  state[3] = item;
  number = Value::of(number.integer + 1);
  return true;
}

// ---- Patterns

bool Interpreter::is_none(Value value) const {
  if (value.is_nil()) return true;
  if (!is(value, Kind::kEnum)) return false;
  const auto* variant = as<EnumValue>(value);
  return variant->type == vm_.types().option && variant->variant == 1;
}

bool Interpreter::is_variant(const Site& site, Value value) const {
  const std::string_view name = text_of(site.name);
  if (is(value, Kind::kEnum)) {
    const auto* variant = as<EnumValue>(value);
    if (variant->type->variants[variant->variant].name == site.name) {
      return !site.owner || variant->type->name == site.owner ||
             variant->type->form != Type::Form::kEnum;
    }
    // A type's own name as a pattern.
    if (variant->type->name == site.name) return true;
    if (name != "Some" || site.owner || variant->type == vm_.types().option) return false;
    // Some(x) of a plain value, unless its enum has a Some of its own.
    return std::none_of(variant->type->variants.begin(), variant->type->variants.end(),
                        [&](const Variant& other) { return other.name == site.name; });
  }
  if (name == "None") return value.is_nil();
  if (name == "Some") return !value.is_nil();
  if (is(value, Kind::kInstance)) {
    const auto* type = as<Instance>(value)->type;
    if (type->name == site.name) return true;
    for (const Type* base : type->traits) {
      if (base->name == site.name) return true;
    }
  }
  if (is(value, Kind::kHandle)) return as<Handle>(value)->type->name == site.name;
  return false;
}

// The same of a type itself: mostly it is known without its name.
bool Interpreter::is_of(const Type* wanted, Value value) {
  if (vm_.type_of(value) == wanted) return true;
  const BuiltinTypes& types = vm_.types();
  if (wanted == types.integer || wanted == types.real || wanted == types.text ||
      wanted == types.array) {
    return false;
  }
  const bool is_made_of_fields = wanted->form == Type::Form::kStruct ||
                                 wanted->form == Type::Form::kClass ||
                                 wanted->form == Type::Form::kExtern;
  if (is_made_of_fields && !is(value, Kind::kInstance) && !is(value, Kind::kHandle)) {
    return false;
  }
  return is_type(wanted->name, value);
}

bool Interpreter::is_type(Symbol wanted, Value value) {
  std::string_view name = text_of(wanted);
  if (name.ends_with('?')) {
    if (value.is_nil()) return true;
    name.remove_suffix(1);
  }
  if (name == "any") return true;
  switch (value.tag) {
    case Tag::kNil:
    case Tag::kMissing:
      return name == "nil" || name == "Option" || name == "None";
    case Tag::kBool:
      return name == "bool";
    case Tag::kInt:
      return name == "i64" || name == "int" || name == "i32" || name == "i16" ||
             name == "i8";
    case Tag::kFloat:
      return name == "f64" || name == "float";
    case Tag::kF32:
      return name == "f32" || name == "float";
    case Tag::kU8:
      return name == "u8";
    case Tag::kU16:
      return name == "u16";
    case Tag::kU32:
      return name == "u32";
    case Tag::kU64:
      return name == "u64";
    case Tag::kSymbol:
      return name == "symbol" || name == "Symbol";
    case Tag::kObject:
      break;
  }
  switch (value.object->kind) {
    case Kind::kText:
      return name == "text" || name == "str" || name == "String" ||
             (name == "char" && count_characters(text(value)) == 1);
    case Kind::kArray:
      return name.starts_with('[') || name == "Array" || name == "array" ||
             name == "List" || name.starts_with("Array<") || name.starts_with("List<");
    case Kind::kDict:
      return name == "Dict" || name == "dict" || name.starts_with("Dict<") ||
             (name.starts_with('{') && name.find(':') != std::string_view::npos);
    case Kind::kSet:
      return name == "Set" || name.starts_with("Set<") ||
             (name.starts_with('{') && name.find(':') == std::string_view::npos);
    case Kind::kTuple:
      return name == "Tuple" || name == "tuple" || name.starts_with('(');
    case Kind::kClosure:
    case Kind::kNative:
    case Kind::kBound:
    case Kind::kExtern:
      return name.starts_with("fn") || name == "function" || name == "Function";
    case Kind::kRange:
      return name == "Range";
    default:
      break;
  }
  const Type* type = vm_.type_of(value);
  if (const size_t arguments = name.find('<'); arguments != std::string_view::npos) {
    name = name.substr(0, arguments);
  }
  if (text_of(type->name) == name) return true;
  for (const Type* base : type->traits) {
    if (text_of(base->name) == name) return true;
  }
  return false;
}

// Item `index` of what a variant holds; UINT16_MAX is all of it.
Value Interpreter::payload(Value value, uint16_t index) {
  if (is(value, Kind::kEnum)) {
    auto* variant = as<EnumValue>(value);
    const bool native = variant->type == vm_.types().option;
    if (index == UINT16_MAX) {
      if (variant->small == 1) return variant->payload()[0];
      if (!native && variant->small == 0) return value;  // Some(x) of a plain variant
      Tuple* all = heap_.tuple(variant->small);
      for (uint32_t i = 0; i < variant->small; ++i)
        all->slots()[i] = variant->payload()[i];
      return Value::of(static_cast<Object*>(all));
    }
    if (index < variant->small) return variant->payload()[index];
    // A variant of one tuple, matched with its parts.
    if (variant->small == 1 && is(variant->payload()[0], Kind::kTuple) &&
        index < variant->payload()[0].object->small) {
      return as<Tuple>(variant->payload()[0])->items()[index];
    }
    fail("E1006",
         "variant `" +
             std::string(text_of(variant->type->variants[variant->variant].name)) +
             "` holds " + std::to_string(variant->small) + " value(s)");
  }
  if (is(value, Kind::kInstance)) {
    auto* instance = as<Instance>(value);
    const uint32_t at = index == UINT16_MAX ? 0 : index;
    if (at < instance->small) return instance->fields()[at];
  }
  if (is(value, Kind::kTuple) && index != UINT16_MAX) {
    fail("E3002", "tuple index out of bounds: index is " + std::to_string(index) +
                      " but length is " + std::to_string(value.object->small));
  }
  if (index == UINT16_MAX) return value;  // Some(x) of a plain value
  fail("E1012",
       "a value of type " + type_name(value) + " has no item " + std::to_string(index));
}

Value Interpreter::payload_named(const Site& site, Value value) {
  Site probe;
  probe.name = site.name;
  return get_member(probe, value);
}

void Interpreter::misfit(Value value) {
  constexpr size_t kShown = 60;
  std::string shown = display(vm_, value);
  if (shown.size() > kShown) {
    size_t end = kShown;
    while (end > 0 && (shown[end] & 0xC0) == 0x80) --end;
    shown = shown.substr(0, end) + "…";
  }
  fail("E1006", "the value does not have the form of the pattern: " + shown);
}

Value Interpreter::match_item(Value value, int index) {
  if (is(value, Kind::kTuple)) {
    const auto count = static_cast<int64_t>(value.object->small);
    const int64_t at = index < 0 ? index + count : index;
    if (at >= 0 && at < count) return as<Tuple>(value)->items()[at];
  } else if (is(value, Kind::kArray)) {
    const auto* array = as<Array>(value);
    const int64_t at = index < 0 ? index + array->length : index;
    if (at >= 0 && at < array->length) return array->get(at);
  }
  misfit(value);
}

Value Interpreter::match_rest(Value value, int from, int64_t behind) {
  Array* rest = heap_.array(Elements::kValues, 0);
  int64_t count = 0;
  if (is(value, Kind::kTuple)) count = value.object->small;
  if (is(value, Kind::kArray)) count = as<Array>(value)->length;
  behind = std::clamp<int64_t>(behind, 0, count);
  for (int64_t i = from; i < count - behind; ++i) {
    const Value item =
        is(value, Kind::kTuple) ? as<Tuple>(value)->items()[i] : as<Array>(value)->get(i);
    share(item);
    heap_.push(rest, item);
  }
  return Value::of(static_cast<Object*>(rest));
}

// e.?: nil for what is nil or empty; 0 and false are something.
Value Interpreter::present(Value value) {
  if (is_none(value)) return Value();
  if (value.is_object()) {
    switch (value.object->kind) {
      case Kind::kText:
        return as<Text>(value)->length == 0 ? Value() : value;
      case Kind::kArray:
        return as<Array>(value)->length == 0 ? Value() : value;
      case Kind::kDict:
      case Kind::kSet:
        return as<Table>(value)->live == 0 ? Value() : value;
      case Kind::kTuple:
        return value.object->small == 0 ? Value() : value;
      case Kind::kEnum: {
        auto* variant = as<EnumValue>(value);
        if (variant->type == vm_.types().option) return variant->payload()[0];
        if (variant->type == vm_.types().result) {
          return variant->variant == 0 ? variant->payload()[0] : Value();
        }
        break;
      }
      default:
        break;
    }
  }
  return value;
}

Value Interpreter::unwrap(Value value) {
  if (is(value, Kind::kEnum)) {
    auto* variant = as<EnumValue>(value);
    if (variant->type == vm_.types().result) {
      if (variant->variant == 0) return variant->payload()[0];
      fail("E3004", "called unwrap on Err: " + display(vm_, variant->payload()[0]));
    }
    if (variant->type == vm_.types().option && variant->variant == 0) {
      return variant->payload()[0];
    }
  }
  if (is_none(value)) fail("E3004", "called unwrap on None");
  return value;
}

// ---- Making values

Value Interpreter::make_variant(Type* type, uint32_t variant, const Value* values,
                                uint32_t count) {
  Variant& description = type->variants[variant];
  if (type == vm_.types().option && variant == 1) return Value();
  if (count == 0) {
    if (description.singleton == nullptr) {
      description.singleton = heap_.immortal(heap_.enum_value(type, variant, 0));
    }
    return Value::of(static_cast<Object*>(description.singleton));
  }
  EnumValue* result = heap_.enum_value(type, variant, count);
  std::copy(values, values + count, result->slots());
  return Value::of(static_cast<Object*>(result));
}

void Interpreter::extend(Array* array, Value values) {
  Value state[4];
  state[0] = values;
  Rooted root(vm_, {values, Value::of(static_cast<Object*>(array))});
  iterate_prepare(state);
  root.add(state[0]);
  while (iterate_next(state)) {
    share(state[2]);
    heap_.push(array, state[2]);
  }
}

Value Interpreter::repeat(Value value, Value count) {
  if (!count.is_integral()) {
    fail("E1005", "[value; count] needs a whole number, found " + type_name(count));
  }
  if (count.integer < 0) {
    fail("E1005", "[value; count] with a count of " + std::to_string(count.integer));
  }
  Array* array = heap_.array(Elements::kValues, 0);
  // One by one would grow in steps.
  if (count.integer > 0) {
    heap_.push(array, value);
    heap_.reserve(array, count.integer);
    share(value);
    for (int64_t i = 1; i < count.integer; ++i) heap_.push(array, value);
  }
  return Value::of(static_cast<Object*>(array));
}

void Interpreter::merge(Table* table, Value other) {
  if (other.is_nil()) return;
  if (!is(other, Kind::kDict)) {
    fail("E1005", "only a dict can be spread in a dict, found " + type_name(other));
  }
  const auto* from = as<Table>(other);
  for (uint32_t i = 0; i < from->used; ++i) {
    const TableEntry& entry = from->entries[i];
    if (entry.key.is_missing()) continue;
    share(entry.key);
    share(entry.value);
    *table_insert(vm_, table, entry.key) = entry.value;
  }
}

Value Interpreter::display_all(const Value* values, int count) {
  // Most are short, and made of texts and integers.
  char short_text[128];
  char* end = short_text;
  int done = 0;
  for (; done < count; ++done) {
    const Value value = values[done];
    const auto left = static_cast<size_t>(std::end(short_text) - end);
    if (value.is_int()) {
      const auto written = std::to_chars(end, std::end(short_text), value.integer);
      if (written.ec != std::errc()) break;
      end = written.ptr;
    } else if (is_text(value) && text(value).size() <= left) {
      end += text(value).copy(end, left);
    } else {
      break;
    }
  }
  const std::string_view start(short_text, static_cast<size_t>(end - short_text));
  if (done == count) return vm_.text(start);
  // A method of the program's that displays may come here again.
  std::string out;
  out.swap(text_);
  out = start;
  for (int i = done; i < count; ++i) {
    display(vm_, values[i], out);
    heap_.check_text(out.size());
  }
  const Value result = vm_.text(out);
  text_.swap(out);
  return result;
}

Value Interpreter::format_value(Value value, std::string_view spec) {
  std::string out;
  format(vm_, value, spec, out);
  return vm_.text(out);
}

Value Interpreter::ellipsis() {
  if (!ellipsis_.is_object()) {
    Object* object = heap_.slice(Value(), Value(), Value());
    object->kind = Kind::kEllipsis;
    ellipsis_ = Value::of(object);
  }
  return ellipsis_;
}

}  // namespace simple
