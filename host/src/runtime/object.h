// The objects of the heap. They are plain data: the heap makes, traces and frees them,
// and they never move, so the address of an array's elements can be given to native code.
//
// Value semantics. Arrays, dicts, sets and structs are values in the language; here they
// are shared until one of the holders changes it. A holder that is not alone sets
// `shared` on the object, and whoever wants to change an object that is shared changes a
// copy and puts that in the place that it came from. Text, tuples, ranges and enums never
// change.
#ifndef SIMPLE_RUNTIME_OBJECT_H_
#define SIMPLE_RUNTIME_OBJECT_H_

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "runtime/method_table.h"
#include "runtime/value.h"
#include "syntax/symbol.h"

namespace simple {

class Vm;
struct Module;
struct Type;
struct FunctionCode;

enum class Kind : uint8_t {
  kFree,  // A cell that holds no object.
  kText,
  kTextBuffer,
  kArray,
  kDict,
  kSet,
  kTuple,
  kRange,
  kSlice,
  kEllipsis,
  kInstance,  // of a class or a struct
  kEnum,
  kClosure,  // a function of the program, with what it captured
  kNative,
  kBound,   // a method with its receiver
  kCell,    // a variable shared with a block
  kHandle,  // of an extern type
  kIterator,
  kExtern,  // a function of a native library; see sffi/extern.h
  kType,
  kModule,
};

struct Object {
  Kind kind;
  uint8_t mark;        // The heap's, of objects that lie in none of its blocks.
  uint8_t size_class;  // The heap's; 0 for those.
  bool shared;         // See above; only arrays, dicts, sets and structs look at it.
  uint32_t small;      // What it means is the kind's business.
};

// A value inside of an object, or a global. Whatever puts a handle there comes by here,
// since a slot takes values and gives none to write to: see Heap::collect_young.
class Slot {
 public:
  Slot() = default;
  Slot(Value value) { *this = value; }  // NOLINT: a slot is a value
  Slot& operator=(Value value) {
    if (value.tag == Tag::kObject && value.object->kind == Kind::kHandle) {
      note_stored(value.object);
    }
    value_ = value;
    return *this;
  }
  // For a slot that a collection of young handles looks at itself.
  void set_without_note(Value value) { value_ = value; }
  operator const Value&() const { return value_; }  // NOLINT
  const Value& get() const { return value_; }
  bool is_nil() const { return value_.is_nil(); }
  bool is_missing() const { return value_.is_missing(); }
  bool is_integral() const { return value_.is_integral(); }

 private:
  static void note_stored(Object* handle);

  Value value_;
};
static_assert(sizeof(Slot) == sizeof(Value));

// UTF-8. `data` is followed by no NUL. Bytes lie behind the object, or in a buffer that
// several texts share: a text that was made by appending to another shares its bytes.
struct TextBuffer : Object {
  uint64_t used;
  uint64_t capacity;
  char* data;  // malloc
};
struct Text : Object {  // small: flags below
  static constexpr uint32_t kAscii = 1, kNotAscii = 2, kHashed = 4;
  uint32_t length;
  uint32_t hash;
  const char* data;
  TextBuffer* buffer;  // Or null.

  std::string_view view() const { return {data, length}; }
};

enum class Elements : uint32_t { kValues, kInts, kFloats, kBytes };
// An array that is made with room for few elements has them behind it, until it grows.
struct Array
    : Object {  // small: Elements. An empty array takes the kind of what comes first.
  int64_t length;
  int64_t capacity;
  void* data;  // Behind the object, or malloc's.

  bool has_elements_inside() const { return data == this + 1; }

  Elements elements() const { return static_cast<Elements>(small); }
  const Value* values() const { return static_cast<const Value*>(data); }
  Slot* slots() const { return static_cast<Slot*>(data); }
  int64_t* ints() const { return static_cast<int64_t*>(data); }
  double* floats() const { return static_cast<double*>(data); }
  uint8_t* bytes() const { return static_cast<uint8_t*>(data); }
  Value get(int64_t index) const {
    switch (elements()) {
      case Elements::kInts:
        return Value::of(ints()[index]);
      case Elements::kFloats:
        return Value::of(floats()[index]);
      case Elements::kBytes:
        return Value(Tag::kU8, bytes()[index]);
      default:
        return values()[index];
    }
  }
};

struct TableEntry {
  Slot key;  // kMissing in an entry that was removed
  Slot value;
  uint64_t hash;
};
// Where the index leads: the number of an entry plus one, or 0, and the low half of its
// hash, so that most of what collides on the way is passed without a look at the entry.
struct IndexPlace {
  uint32_t entry;
  uint32_t hash;
};
// A dict, and a set (whose values are nil). Entries in the order in which they came;
// `index` leads from hashes to entries. See runtime/table.h.
struct Table : Object {
  uint32_t used;        // entries, removed ones included
  uint32_t live;        // entries that are there
  uint32_t capacity;    // of entries
  uint32_t index_mask;  // size of index - 1; 0 with no index yet
  TableEntry* entries;  // malloc
  IndexPlace* index;    // malloc
  // The text that was looked up last, and its entry: a program that asks whether a key is
  // there asks for its value next. Until entries are removed or the collector runs.
  const Object* recent_key;
  uint32_t recent_entry;
  uint32_t numbered;  // How often the entries got new numbers, or none.
};

struct Tuple : Object {  // small: count. Values behind it.
  // Labels of (q: 1, r: 2), or null. Interned lists, never freed.
  const std::vector<Symbol>* labels;
  const Value* items() const { return reinterpret_cast<const Value*>(this + 1); }
  Slot* slots() { return reinterpret_cast<Slot*>(this + 1); }
};

struct Range : Object {  // small: 1 if inclusive
  Slot start;            // nil: open
  Slot end;
  bool inclusive() const { return small != 0; }
};

// a[1:4:2], handed to __getitem__ and __setitem__.
struct SliceObject : Object {
  Slot start, end, step;
};

struct Instance : Object {  // small: number of fields. Values behind it.
  Type* type;
  const Value* fields() const { return reinterpret_cast<const Value*>(this + 1); }
  Slot* slots() { return reinterpret_cast<Slot*>(this + 1); }
};

struct EnumValue : Object {  // small: number of payload values. Behind it.
  Type* type;
  uint32_t variant;
  uint32_t unused;
  const Value* payload() const { return reinterpret_cast<const Value*>(this + 1); }
  Slot* slots() { return reinterpret_cast<Slot*>(this + 1); }
};

struct Closure : Object {  // small: number of captured values. Behind it.
  FunctionCode* code;
  const Value* captured() const { return reinterpret_cast<const Value*>(this + 1); }
  Slot* slots() { return reinterpret_cast<Slot*>(this + 1); }
};

// A function in C++. `arguments` includes the receiver of a method. It may return any
// value, throw Failure, and must not keep pointers over a call of Vm::call (see Rooted).
using NativeFunction = Value (*)(Vm& vm, Value* arguments, int count);
struct NativeSpec {
  const char* name;
  NativeFunction function;
  int least;  // arguments, without the receiver
  int most;   // -1: any number
  // A method that changes its receiver: the machine sees to it that it is not shared.
  bool mutates = false;
};
struct Native : Object {
  const NativeSpec* spec;
};

struct Bound : Object {
  Slot receiver;
  Object* method;  // Closure or Native
};

struct Cell : Object {
  Slot value;
};

// A native object of an extern type. 0 once it was freed.
struct Handle : Object {  // small: a State
  // Whether it was ever in a slot, and, while the heap looks, whether it is held
  // elsewhere.
  enum State : uint32_t { kNew, kHeld, kStored };
  Type* type;
  int64_t handle;
};

inline void Slot::note_stored(Object* handle) { handle->small = Handle::kStored; }

// The state of a for loop over something that is neither an array nor a range.
struct Iterator : Object {
  Slot subject;
  Slot extra;  // a dict's sorted keys, an iterator object
  int64_t position;
};

struct Field {
  Symbol name;
  Symbol type;  // As it is written; none if it is not.
  // Of a struct: what it holds if nothing is given. Classes: nil.
  Value zero;
  bool has_default = false;
};
struct Variant {
  Symbol name;
  std::vector<Symbol> fields;      // Names of the payload; none for a positional one.
  Value ordinal;                   // V = 3; counts from 0 otherwise
  EnumValue* singleton = nullptr;  // Of a variant without payload.
  bool braces = false;
};
// What kind of thing a value is, and the methods of that kind. Types live as long as the
// machine.
struct Type : Object {
  enum class Form : uint8_t { kBuiltin, kClass, kStruct, kEnum, kTrait, kMixin, kExtern };
  Form form = Form::kBuiltin;
  Symbol name;
  Module* module = nullptr;
  std::vector<Field> fields;
  std::vector<Variant> variants;
  MethodTable methods;
  std::unordered_map<Symbol, Object*> statics;
  std::vector<Type*> traits;
  // Makes an instance; its parameters are the fields, or those of __init__.
  Object* constructor = nullptr;
  int32_t field_index(Symbol field) const {
    for (size_t i = 0; i < fields.size(); ++i) {
      if (fields[i].name == field) return static_cast<int32_t>(i);
    }
    return -1;
  }
  const Method* find(Symbol method) const { return methods.find(method); }
  bool is_value() const { return form == Form::kStruct; }
  // Form::kExtern: how its handles are released. The loader of native libraries sets it.
  void* release = nullptr;
};

template <typename T>
T* as(Value value) {
  return static_cast<T*>(value.object);
}
inline bool is(Value value, Kind kind) {
  return value.tag == Tag::kObject && value.object->kind == kind;
}
inline bool is_text(Value value) { return is(value, Kind::kText); }
inline std::string_view text(Value value) { return as<Text>(value)->view(); }

inline bool same_bytes(const char* left, const char* right, size_t length) {
  const auto same_words = [&](size_t at) {
    uint64_t a, b;
    std::memcpy(&a, left + at, 8);
    std::memcpy(&b, right + at, 8);
    return a == b;
  };
  // Most texts are short: the two words may overlap.
  if (length >= 8 && length <= 16) return same_words(0) && same_words(length - 8);
  return std::memcmp(left, right, length) == 0;
}
inline bool same_text(const Text* left, const Text* right) {
  return left == right || (left->length == right->length &&
                           same_bytes(left->data, right->data, left->length));
}
// By their bytes: less than 0, 0, or greater than 0. Mostly the first one decides.
inline int order_of_texts(std::string_view left, std::string_view right) {
  if (!left.empty() && !right.empty() && left[0] != right[0]) {
    return static_cast<uint8_t>(left[0]) - static_cast<uint8_t>(right[0]);
  }
  return left.compare(right);
}

// Whether objects of this kind are values that are copied when they are changed.
inline bool copies(const Object* object) {
  return object->kind == Kind::kArray || object->kind == Kind::kDict ||
         object->kind == Kind::kSet ||
         (object->kind == Kind::kInstance &&
          static_cast<const Instance*>(object)->type->form == Type::Form::kStruct);
}
// Says that a value has one more holder.
inline void share(Value value) {
  if (value.tag == Tag::kObject) value.object->shared = true;
}

}  // namespace simple

#endif
