// Equality, hashes and order.
#include <bit>
#include <cmath>
#include <cstring>
#include <random>

#include "runtime/hash.h"
#include "runtime/native_stack.h"
#include "runtime/numbers.h"
#include "runtime/operations_impl.h"
#include "runtime/table.h"

namespace simple {
namespace {

bool equal_at(Vm& vm, Value left, Value right, int depth);

bool equal_numbers(Value left, Value right) {
  if (left.is_real() != right.is_real()) return false;
  return compare_numbers(left, right) == 0;
}

bool equal_arrays(Vm& vm, const Array* left, const Array* right, int depth) {
  if (left->length != right->length) return false;
  const auto count = static_cast<size_t>(left->length);
  if (left->elements() == right->elements() && count != 0) {
    if (left->elements() == Elements::kInts) {
      return std::memcmp(left->data, right->data, count * sizeof(int64_t)) == 0;
    }
    if (left->elements() == Elements::kBytes) {
      return std::memcmp(left->data, right->data, count) == 0;
    }
  }
  // What is asked may be changed by an __eq__ that is called.
  for (int64_t i = 0; i < left->length && i < right->length; ++i) {
    if (!equal_at(vm, left->get(i), right->get(i), depth)) return false;
  }
  return true;
}

bool equal_values(Vm& vm, const Value* left, const Value* right, uint32_t count,
                  int depth) {
  for (uint32_t i = 0; i < count; ++i) {
    if (!equal_at(vm, left[i], right[i], depth)) return false;
  }
  return true;
}

bool equal_tables(Vm& vm, Table* left, Table* right, int depth) {
  if (left->live != right->live) return false;
  for (uint32_t i = 0; i < left->used; ++i) {
    const TableEntry entry = left->entries[i];
    if (entry.key.is_missing()) continue;
    const Slot* other = table_find(vm, right, entry.key);
    if (other == nullptr) return false;
    if (left->kind == Kind::kDict && !equal_at(vm, entry.value, *other, depth))
      return false;
  }
  return true;
}

bool equal_objects(Vm& vm, Object* left, Object* right, int depth) {
  switch (left->kind) {
    case Kind::kText:
      return same_text(static_cast<Text*>(left), static_cast<Text*>(right));
    case Kind::kArray:
      return equal_arrays(vm, static_cast<Array*>(left), static_cast<Array*>(right),
                          depth);
    case Kind::kDict:
    case Kind::kSet:
      return equal_tables(vm, static_cast<Table*>(left), static_cast<Table*>(right),
                          depth);
    case Kind::kTuple:
      return left->small == right->small &&
             equal_values(vm, static_cast<Tuple*>(left)->items(),
                          static_cast<Tuple*>(right)->items(), left->small, depth);
    case Kind::kRange: {
      const auto* a = static_cast<Range*>(left);
      const auto* b = static_cast<Range*>(right);
      return a->small == b->small && equal_at(vm, a->start, b->start, depth) &&
             equal_at(vm, a->end, b->end, depth);
    }
    case Kind::kSlice: {
      const auto* a = static_cast<SliceObject*>(left);
      const auto* b = static_cast<SliceObject*>(right);
      return equal_at(vm, a->start, b->start, depth) &&
             equal_at(vm, a->end, b->end, depth) && equal_at(vm, a->step, b->step, depth);
    }
    case Kind::kEllipsis:
      return true;
    case Kind::kInstance: {
      auto* a = static_cast<Instance*>(left);
      auto* b = static_cast<Instance*>(right);
      return a->type == b->type && a->small == b->small &&
             equal_values(vm, a->fields(), b->fields(), a->small, depth);
    }
    case Kind::kEnum: {
      auto* a = static_cast<EnumValue*>(left);
      auto* b = static_cast<EnumValue*>(right);
      return a->type == b->type && a->variant == b->variant && a->small == b->small &&
             equal_values(vm, a->payload(), b->payload(), a->small, depth);
    }
    case Kind::kBound: {
      const auto* a = static_cast<Bound*>(left);
      const auto* b = static_cast<Bound*>(right);
      return a->method == b->method && equal_at(vm, a->receiver, b->receiver, depth);
    }
    case Kind::kHandle:
      return static_cast<Handle*>(left)->type == static_cast<Handle*>(right)->type &&
             static_cast<Handle*>(left)->handle == static_cast<Handle*>(right)->handle &&
             static_cast<Handle*>(left)->handle != 0;
    case Kind::kNative:
      return static_cast<Native*>(left)->spec == static_cast<Native*>(right)->spec;
    default:
      return false;  // Functions, types and modules are equal to themselves only.
  }
}

bool equal_at(Vm& vm, Value left, Value right, int depth) {
  if (left.is_number() && right.is_number()) return equal_numbers(left, right);
  if (left.is_nil() || right.is_nil()) return left.is_nil() && right.is_nil();
  if (left.is_object() || right.is_object()) {
    check_depth(vm, depth, "compare");
    if (is_some(vm, left) || is_some(vm, right)) {
      return equal_at(vm, without_some(vm, left), without_some(vm, right), depth + 1);
    }
    if (const Method* method = protocol_method(vm, left, dunders().equals)) {
      return truth(vm, call_protocol(vm, left, *method, right));
    }
    if (const Method* method = protocol_method(vm, left, dunders().equal)) {
      return truth(vm, call_protocol(vm, left, *method, right));
    }
    if (!left.is_object() || !right.is_object()) return false;
    // The same object; an array may hold NaN, which differs from itself.
    if (left.object == right.object && left.object->kind != Kind::kArray &&
        left.object->kind != Kind::kTuple && left.object->kind != Kind::kDict) {
      return true;
    }
    return left.object->kind == right.object->kind &&
           equal_objects(vm, left.object, right.object, depth + 1);
  }
  return left.tag == right.tag && left.integer == right.integer;
}

// ---- Hashes

uint64_t read_word(const char* from, size_t bytes) {
  uint64_t word = 0;
  std::memcpy(&word, from, bytes);
  return word;
}

uint64_t hash_bytes(std::string_view bytes) {
  const char* at = bytes.data();
  size_t left = bytes.size();
  uint64_t state = kHashSecrets.words[0] ^ left;
  for (; left > 16; left -= 16, at += 16) {
    state = mix(read_word(at, 8) ^ kHashSecrets.words[1], read_word(at + 8, 8) ^ state);
  }
  const size_t first = left < 8 ? left : 8;
  state = mix(read_word(at, first) ^ kHashSecrets.words[2],
              read_word(at + first, left - first) ^ state);
  return mix(state ^ kHashSecrets.words[3], kHashSecrets.words[1]);
}

uint64_t hash_word(uint64_t word, uint64_t what) {
  return mix(word ^ kHashSecrets.words[0], kHashSecrets.words[1] ^ (what << 1));
}

uint64_t hash_real(double value) {
  if (value == 0) value = 0;  // -0.0 equals 0.0.
  return std::isnan(value) ? 0x7FF8 : hash_word(std::bit_cast<uint64_t>(value), 2);
}

uint64_t hash_at(Vm& vm, Value value, int depth);

uint64_t hash_list(Vm& vm, const Value* items, int64_t count, uint64_t state, int depth) {
  for (int64_t i = 0; i < count; ++i) {
    state = mix(state ^ hash_at(vm, items[i], depth), kHashSecrets.words[2] | 1);
  }
  return state;
}

uint64_t hash_table(Vm& vm, const Table* table, int depth) {
  uint64_t sum = table->live;  // Independent of the order of entries.
  for (uint32_t i = 0; i < table->used; ++i) {
    const TableEntry& entry = table->entries[i];
    if (entry.key.is_missing()) continue;
    sum += mix(entry.hash, hash_at(vm, entry.value, depth) | 1);
  }
  return hash_word(sum, 3);
}

uint64_t hash_object(Vm& vm, Value value, int depth) {
  Object* object = value.object;
  const uint64_t kind = static_cast<uint64_t>(object->kind) + 16;
  switch (object->kind) {
    case Kind::kArray: {
      const auto* array = static_cast<Array*>(object);
      uint64_t state = hash_word(static_cast<uint64_t>(array->length), kind);
      for (int64_t i = 0; i < array->length; ++i) {
        const Value item = array->get(i);
        state = hash_list(vm, &item, 1, state, depth);
      }
      return state;
    }
    case Kind::kDict:
    case Kind::kSet:
      return hash_table(vm, static_cast<Table*>(object), depth);
    case Kind::kTuple:
      return hash_list(vm, static_cast<Tuple*>(object)->items(), object->small, kind,
                       depth);
    case Kind::kRange:
      return hash_at(vm, static_cast<Range*>(object)->start, depth) * 3 +
             hash_at(vm, static_cast<Range*>(object)->end, depth) + object->small;
    case Kind::kInstance: {
      auto* instance = static_cast<Instance*>(object);
      const uint64_t type = hash_word(instance->type->name.id, kind);
      if (const Method* method = vm.find_method(value, dunders().hash)) {
        const Value own = call_protocol(vm, value, *method);
        if (!own.is_integral()) fail("E1003", "__hash__ has to return an i64");
        return hash_word(static_cast<uint64_t>(own.integer), kind);
      }
      // What __eq__ makes equal has to have one hash.
      if (vm.find_method(value, dunders().equal) != nullptr) return type;
      return hash_list(vm, instance->fields(), instance->small, type, depth);
    }
    case Kind::kEnum: {
      if (is_some(vm, value)) return hash_at(vm, without_some(vm, value), depth);
      auto* item = static_cast<EnumValue*>(object);
      const uint64_t state = hash_word(item->type->name.id, kind + 64 * item->variant);
      return hash_list(vm, item->payload(), item->small, state, depth);
    }
    case Kind::kType:
      return hash_word(reinterpret_cast<uintptr_t>(object), kind);
    default:
      fail("E1005", "a value of type " + type_name(value) + " cannot be a key");
  }
}

uint64_t hash_at(Vm& vm, Value value, int depth) {
  switch (value.tag) {
    case Tag::kNil:
    case Tag::kMissing:
      return hash_word(0, 4);
    case Tag::kBool:
      return hash_word(static_cast<uint64_t>(value.integer), 5);
    case Tag::kSymbol:
      return hash_word(static_cast<uint64_t>(value.integer), 6);
    case Tag::kFloat:
    case Tag::kF32:
      return hash_real(value.real);
    case Tag::kObject:
      if (value.object->kind == Kind::kText) return hash_text(as<Text>(value));
      check_depth(vm, depth, "hash");
      return hash_object(vm, value, depth + 1);
    default:
      return hash_integer(value.integer);
  }
}

// ---- Order

bool counts(Value value) { return value.is_number() || value.is_bool(); }

[[noreturn]] void no_order(Value left, Value right) {
  fail("E1005", "cannot compare " + type_name(left) + " and " + type_name(right));
}

int compare_texts(std::string_view left, std::string_view right) {
  const int result = order_of_texts(left, right);
  return result < 0 ? -1 : result > 0 ? 1 : 0;
}

int compare_at(Vm& vm, Value left, Value right, int depth);

int compare_objects(Vm& vm, Value left, Value right, int depth) {
  const auto by_items = [&](auto item, int64_t left_count, int64_t right_count) {
    for (int64_t i = 0; i < left_count && i < right_count; ++i) {
      const int result = compare_at(vm, item(left, i), item(right, i), depth);
      if (result != 0) return result;
    }
    return left_count < right_count ? -1 : left_count > right_count ? 1 : 0;
  };
  switch (left.object->kind) {
    case Kind::kText:
      return compare_texts(text(left), text(right));
    case Kind::kArray:
      return by_items([](Value list, int64_t i) { return as<Array>(list)->get(i); },
                      as<Array>(left)->length, as<Array>(right)->length);
    case Kind::kTuple:
      return by_items([](Value list, int64_t i) { return as<Tuple>(list)->items()[i]; },
                      left.object->small, right.object->small);
    case Kind::kEnum: {
      const auto* a = as<EnumValue>(left);
      const auto* b = as<EnumValue>(right);
      if (a->type != b->type) no_order(left, right);
      if (a->variant != b->variant) return a->variant < b->variant ? -1 : 1;
      return by_items(
          [](Value list, int64_t i) { return as<EnumValue>(list)->payload()[i]; },
          a->small, b->small);
    }
    default:
      no_order(left, right);
  }
}

int compare_at(Vm& vm, Value left, Value right, int depth) {
  if (is_text(left) && is_text(right)) return compare_texts(text(left), text(right));
  if (counts(left) && counts(right)) return compare_numbers(left, right);
  if (left.is_nil() && right.is_nil()) return 0;
  if (left.tag == Tag::kSymbol && right.tag == Tag::kSymbol) {
    return compare_texts(text_of(left.symbol()), text_of(right.symbol()));
  }
  if (!left.is_object() && !right.is_object()) no_order(left, right);
  check_depth(vm, depth, "compare");
  if (is_some(vm, left) || is_some(vm, right)) {
    return compare_at(vm, without_some(vm, left), without_some(vm, right), depth + 1);
  }
  if (const Method* method = protocol_method(vm, left, dunders().less)) {
    if (truth(vm, call_protocol(vm, left, *method, right))) return -1;
    const Method* other = protocol_method(vm, right, dunders().less);
    if (other != nullptr) {
      return truth(vm, call_protocol(vm, right, *other, left)) ? 1 : 0;
    }
    return equal_at(vm, left, right, depth) ? 0 : 1;
  }
  if (!left.is_object() || !right.is_object() ||
      left.object->kind != right.object->kind) {
    no_order(left, right);
  }
  return compare_objects(vm, left, right, depth + 1);
}

// The method for `left op right`, and the one with which the right operand answers.
struct Relation {
  Symbol own;
  Symbol mirrored;
};
Relation relation_of(ast::BinaryOp op) {
  const Dunders& names = dunders();
  switch (op) {
    case ast::BinaryOp::kLess:
      return {names.less, names.greater};
    case ast::BinaryOp::kLessEqual:
      return {names.less_equal, names.greater_equal};
    case ast::BinaryOp::kGreater:
      return {names.greater, names.less};
    default:
      return {names.greater_equal, names.less_equal};
  }
}

}  // namespace

const HashSecrets kHashSecrets;

HashSecrets::HashSecrets() {
  std::random_device device;
  for (uint64_t& word : words) word = uint64_t{device()} << 32 | device();
  words[1] |= 1;
}

void make_hash(Text* text) {
  text->hash = static_cast<uint32_t>(hash_bytes(text->view()));
  text->small |= Text::kHashed;
}

void check_depth(Vm& vm, int depth, const char* verb) {
  vm.check_stop();
  check_native_stack();
  if (depth <= kDeepest) return;
  fail("E3003", std::string("cannot ") + verb + " values that lie more than " +
                    std::to_string(kDeepest) + " deep in one another");
}

const Dunders& dunders() {
  static const Dunders names = {
      intern("__add__"),     intern("__sub__"),     intern("__mul__"),
      intern("__div__"),     intern("__mod__"),     intern("__pow__"),
      intern("__matmul__"),  intern("__and__"),     intern("__or__"),
      intern("__xor__"),     intern("__lshift__"),  intern("__rshift__"),
      intern("__radd__"),    intern("__rsub__"),    intern("__rmul__"),
      intern("__rdiv__"),    intern("__rmod__"),    intern("__rpow__"),
      intern("__rmatmul__"), intern("__rand__"),    intern("__ror__"),
      intern("__rxor__"),    intern("__rlshift__"), intern("__rrshift__"),
      intern("add_scalar"),  intern("sub_scalar"),  intern("mul_scalar"),
      intern("div_scalar"),  intern("__neg__"),     intern("__eq__"),
      intern("__ne__"),      intern("__lt__"),      intern("__le__"),
      intern("__gt__"),      intern("__ge__"),      intern("__hash__"),
      intern("__bool__"),    intern("__equals__"),  intern("__invert__"),
      intern("__float__"),   intern("__int__"),     intern("__contains__"),
      intern("__getitem__"), intern("__setitem__"), intern("__len__"),
      intern("fmt"),         intern("value"),
  };
  return names;
}

Value call_protocol(Vm& vm, Value receiver, const Method& method) {
  const Rooted rooted(vm, {receiver});
  return vm.call_method(receiver, method, {});
}

Value call_protocol(Vm& vm, Value receiver, const Method& method, Value argument) {
  const Rooted rooted(vm, {receiver, argument});
  return vm.call_method(receiver, method, {&argument, 1});
}

Value number_for(Vm& vm, Value value, Symbol protocol) {
  const Method* method = protocol_method(vm, value, protocol);
  if (method == nullptr) return value;
  const Value number = call_protocol(vm, value, *method);
  if (number.is_number() || number.is_bool()) return number;
  fail("E1003", "`" + std::string(text_of(protocol)) + "` gives a number, not " +
                    type_name(number));
}

bool is_some(Vm& vm, Value value) {
  return is(value, Kind::kEnum) && as<EnumValue>(value)->type == vm.types().option;
}

Value without_some(Vm& vm, Value value) {
  if (!is_some(vm, value)) return value;
  return value.object->small == 0 ? Value() : as<EnumValue>(value)->payload()[0];
}

bool truthy(Value value) {
  switch (value.tag) {
    case Tag::kNil:
    case Tag::kMissing:
      return false;
    case Tag::kFloat:
    case Tag::kF32:
      return value.real != 0;
    case Tag::kSymbol:
      return true;
    case Tag::kObject:
      switch (value.object->kind) {
        case Kind::kText:
          return as<Text>(value)->length != 0;
        case Kind::kArray:
          return as<Array>(value)->length != 0;
        case Kind::kDict:
        case Kind::kSet:
          return as<Table>(value)->live != 0;
        case Kind::kTuple:
          return value.object->small != 0;
        default:
          return true;
      }
    default:
      return value.integer != 0;
  }
}

bool equal(Vm& vm, Value left, Value right) { return equal_at(vm, left, right, 0); }

uint64_t hash(Vm& vm, Value value) { return hash_at(vm, value, 0); }

int compare(Vm& vm, Value left, Value right) { return compare_at(vm, left, right, 0); }

bool truth(Vm& vm, Value value) {
  if (!value.is_object()) return truthy(value);
  if (const Method* method = protocol_method(vm, value, dunders().truth)) {
    return truthy(call_protocol(vm, value, *method));
  }
  return truthy(value);
}

namespace {

// What the program's own methods say of `left op right`; missing if there are none.
Value by_method(Vm& vm, ast::BinaryOp op, Value left, Value right) {
  using ast::BinaryOp;
  const Dunders& names = dunders();
  if (op == BinaryOp::kEqual || op == BinaryOp::kNotEqual) {
    // nil is equal to nil alone, and Some(x) to what x is equal to.
    if (left.is_nil() || right.is_nil() || is_some(vm, left) || is_some(vm, right)) {
      return Value::missing();
    }
    const Symbol own = op == BinaryOp::kEqual ? names.equal : names.not_equal;
    if (const Method* method = protocol_method(vm, left, own)) {
      return call_protocol(vm, left, *method, right);
    }
    const bool asked = protocol_method(vm, left, names.equal) != nullptr ||
                       protocol_method(vm, left, names.equals) != nullptr;
    const Method* method = asked ? nullptr : protocol_method(vm, right, own);
    return method == nullptr ? Value::missing() : call_protocol(vm, right, *method, left);
  }
  const Relation methods = relation_of(op);
  if (const Method* method = protocol_method(vm, left, methods.own)) {
    return call_protocol(vm, left, *method, right);
  }
  if (const Method* method = protocol_method(vm, right, methods.mirrored)) {
    return call_protocol(vm, right, *method, left);
  }
  // a <= b is not (b < a).
  const Method* less = nullptr;
  if (op == BinaryOp::kLessEqual) less = protocol_method(vm, right, names.less);
  if (less != nullptr) {
    return Value::of(!truth(vm, call_protocol(vm, right, *less, left)));
  }
  if (op == BinaryOp::kGreaterEqual) less = protocol_method(vm, left, names.less);
  if (less != nullptr) {
    return Value::of(!truth(vm, call_protocol(vm, left, *less, right)));
  }
  return Value::missing();
}

bool in_order(ast::BinaryOp op, int order) {
  using ast::BinaryOp;
  if (order == 2) return false;
  switch (op) {
    case BinaryOp::kLess:
      return order < 0;
    case BinaryOp::kLessEqual:
      return order <= 0;
    case BinaryOp::kGreater:
      return order > 0;
    default:
      return order >= 0;
  }
}

}  // namespace

Value related(Vm& vm, ast::BinaryOp op, Value left, Value right) {
  using ast::BinaryOp;
  const bool of_texts = is_text(left) && is_text(right);
  if (!of_texts && (left.is_object() || right.is_object())) {
    const Value result = by_method(vm, op, left, right);
    if (!result.is_missing()) return result;
  }
  if (op == BinaryOp::kEqual) return Value::of(equal(vm, left, right));
  if (op == BinaryOp::kNotEqual) return Value::of(!equal(vm, left, right));
  return Value::of(in_order(
      op, of_texts ? compare_texts(text(left), text(right)) : compare(vm, left, right)));
}

bool relation(Vm& vm, ast::BinaryOp op, Value left, Value right) {
  return truth(vm, related(vm, op, left, right));
}

}  // namespace simple
