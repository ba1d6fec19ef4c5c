#include "runtime/heap.h"

#include <sys/mman.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string>
#include <utility>

#include "runtime/failure.h"
#include "runtime/vm.h"

namespace simple {
namespace {

constexpr uint64_t kFirstThreshold = 16ull << 20;
// Below this a text is copied when something is appended; above it grows in a buffer.
constexpr uint32_t kShortText = 64;

size_t element_size(Elements elements) {
  switch (elements) {
    case Elements::kValues:
      return sizeof(Value);
    case Elements::kBytes:
      return 1;
    default:
      return 8;
  }
}

Elements fitting(Value value) {
  switch (value.tag) {
    case Tag::kInt:
      return Elements::kInts;
    case Tag::kFloat:
      return Elements::kFloats;
    case Tag::kU8:
      return Elements::kBytes;
    default:
      return Elements::kValues;
  }
}

// What fits the array's elements.
void store(Array* array, int64_t index, Value value) {
  switch (array->elements()) {
    case Elements::kInts:
      array->ints()[index] = value.integer;
      break;
    case Elements::kFloats:
      array->floats()[index] = value.real;
      break;
    case Elements::kBytes:
      array->bytes()[index] = static_cast<uint8_t>(value.integer);
      break;
    case Elements::kValues:
      array->slots()[index] = value;
      break;
  }
}

// How many elements of another kind have room where an array's are.
int64_t room(const Array* array, Elements elements) {
  return array->capacity * static_cast<int64_t>(element_size(array->elements())) /
         static_cast<int64_t>(element_size(elements));
}

// What is read first when an object is traced, if it does not lie in the object.
const void* parts_outside(const Object* object) {
  switch (object->kind) {
    case Kind::kArray: {
      const auto* array = static_cast<const Array*>(object);
      return array->elements() != Elements::kValues || array->has_elements_inside()
                 ? nullptr
                 : array->data;
    }
    case Kind::kDict:
    case Kind::kSet:
      return static_cast<const Table*>(object)->entries;
    default:
      return nullptr;
  }
}

// A free cell holds the next one behind its head.
Object* next_free(const Object* cell) {
  Object* next;
  std::memcpy(static_cast<void*>(&next), cell + 1, sizeof(next));
  return next;
}
void set_next_free(Object* cell, Object* next) {
  std::memcpy(static_cast<void*>(cell + 1), static_cast<void*>(&next), sizeof(next));
}

void share_all(const Value* values, int64_t count) {
  for (int64_t i = 0; i < count; ++i) share(values[i]);
}

}  // namespace

// Blocks lie at multiples of their size, so that an object leads to its block. The marks
// of its objects lie together: to sweep a block is to read them, and to touch only what
// died.
struct alignas(64) Heap::Block {
  // No two cells begin in one step.
  static constexpr size_t kStep = 2 * kGranule;
  uint8_t marks[kBlockSize / kStep];
  size_t cell;
  uint32_t count;

  char* cells() { return reinterpret_cast<char*>(this + 1); }
  Object* object(uint32_t index) {
    return reinterpret_cast<Object*>(cells() + index * cell);
  }
  static uint8_t& mark(Object* object) {
    const auto address = reinterpret_cast<uintptr_t>(object);
    auto* block = reinterpret_cast<Block*>(address & ~(kBlockSize - 1));
    return block->marks[(address & (kBlockSize - 1)) / kStep];
  }
};

// Objects that wait for their memory to come nearer.
class Heap::Coming {
 public:
  bool empty() const { return first_ == end_; }
  bool full() const { return end_ - first_ == kMost; }
  void add(Object* object, const void* wanted) {
    __builtin_prefetch(wanted);
    objects_[end_++ % kMost] = object;
  }
  Object* take() { return objects_[first_++ % kMost]; }

 private:
  static constexpr uint32_t kMost = 16;
  Object* objects_[kMost];
  uint32_t first_ = 0;
  uint32_t end_ = 0;
};

inline uint8_t& Heap::mark_of(Object* object) {
  return object->size_class == 0 ? object->mark : Block::mark(object);
}

void Heap::make_immortal(Object* object) { mark_of(object) = kImmortal; }

// Whether it was not marked before.
inline bool Heap::set_mark(Object* object) {
  uint8_t& mark = mark_of(object);
  if (mark == epoch_ || mark == kImmortal) return false;
  mark = epoch_;
  return true;
}

Heap::Heap(Vm& vm) : vm_(vm), threshold_(kFirstThreshold) {}

Heap::~Heap() {
  for (auto& blocks : blocks_) {
    for (Block* block : blocks) {
      for (uint32_t i = 0; i < block->count; ++i) {
        if (block->object(i)->kind != Kind::kFree) release_parts(block->object(i));
      }
    }
  }
  for (char* arena : arenas_) std::free(arena);
  for (Object* object : large_) {
    release_parts(object);
    std::free(object);
  }
  for (Type* type : types_) delete type;
}

// ---- Room

void Heap::check_room(uint64_t bytes) const {
  // Up to the threshold a collection was not due.
  const uint64_t waiting = allocated_ > threshold_ ? allocated_ - threshold_ : 0;
  if (limit_ == 0 || (bytes <= limit_ && waiting <= limit_ - bytes)) return;
  fail("E3010", "out of memory: " + std::to_string(bytes) + " bytes more, and " +
                    std::to_string(limit_) + " are allowed");
}

void Heap::check_text(uint64_t bytes) const {
  if (bytes > UINT32_MAX) {
    fail("E3010", "out of memory: a text cannot be longer than 4 GB");
  }
  check_room(bytes);
}

void* Heap::allocate_raw(size_t size) {
  check_room(size);
  void* memory = std::malloc(size);
  if (memory == nullptr) {
    fail("E3010", "out of memory: " + std::to_string(size) + " bytes");
  }
  return memory;
}

// ---- Cells

Object* Heap::allocate(Kind kind, size_t size) {
  const size_t size_class =
      std::max((size + kGranule - 1) / kGranule, Block::kStep / kGranule);
  Object* object;
  if (size_class <= kClasses) {
    object = free_[size_class];
    if (object == nullptr) {
      object = allocate_slow(size_class);
    } else {
      free_[size_class] = next_free(object);
    }
    object->size_class = static_cast<uint8_t>(size_class);
    account(static_cast<int64_t>(size_class * kGranule));
  } else {
    object = allocate_large(size);
    object->size_class = 0;
    account(static_cast<int64_t>(size));
  }
  object->kind = kind;
  object->shared = false;
  object->small = 0;
  if (stress_) want_collection();
  return object;
}

Object* Heap::allocate_slow(size_t size_class) {
  while (free_[size_class] == nullptr) {
    if (sweep_one(size_class)) continue;
    check_room(kBlockSize);
    Block* block = new_block();
    block->cell = size_class * kGranule;
    block->count = static_cast<uint32_t>((kBlockSize - sizeof(Block)) / block->cell);
    Object* next = nullptr;
    for (uint32_t i = block->count; i-- > 0;) {
      Object* cell = block->object(i);
      cell->kind = Kind::kFree;
      set_next_free(cell, next);
      next = cell;
    }
    // A new block has nothing to sweep.
    blocks_[size_class].insert(
        blocks_[size_class].begin() + static_cast<std::ptrdiff_t>(to_sweep_[size_class]),
        block);
    ++to_sweep_[size_class];
    free_[size_class] = next;
  }
  Object* object = free_[size_class];
  free_[size_class] = next_free(object);
  return object;
}

Heap::Block* Heap::new_block() {
  if (arenas_.empty() || arena_used_ == kArenaSize) {
    void* memory = nullptr;
    if (posix_memalign(&memory, kArenaSize, kArenaSize) != 0) {
      fail("E3010", "out of memory: the program's objects take " +
                        std::to_string(live_ + allocated_) + " bytes");
    }
    // What is more than a small program's is worth a large page of the system.
    if (!arenas_.empty()) madvise(memory, kArenaSize, MADV_HUGEPAGE);
    arenas_.push_back(static_cast<char*>(memory));
    arena_used_ = 0;
  }
  auto* block = new (arenas_.back() + arena_used_) Block{};
  arena_used_ += kBlockSize;
  return block;
}

Object* Heap::allocate_large(size_t size) {
  auto* object = static_cast<Object*>(allocate_raw(size));
  object->mark = 0;
  large_.push_back(object);
  return object;
}

bool Heap::sweep_one(size_t size_class) {
  auto& blocks = blocks_[size_class];
  size_t& next = to_sweep_[size_class];
  if (next == blocks.size()) return false;
  sweep_block(blocks[next++]);
  return true;
}

void Heap::sweep_block(Block* block) {
  Object* list = free_[block->cell / kGranule];
  for (uint32_t i = block->count; i-- > 0;) {
    Object* object = block->object(i);
    uint8_t& mark = Block::mark(object);
    if (mark == epoch_ || mark == kImmortal) continue;
    mark = 0;
    if (object->kind != Kind::kFree) {
      release_parts(object);
      object->kind = Kind::kFree;
    }
    set_next_free(object, list);
    list = object;
  }
  free_[block->cell / kGranule] = list;
}

void Heap::finish_sweeping() {
  for (size_t size_class = 1; size_class <= kClasses; ++size_class) {
    while (sweep_one(size_class)) {
    }
  }
}

void Heap::release_parts(Object* object) {
  switch (object->kind) {
    case Kind::kTextBuffer:
      std::free(static_cast<TextBuffer*>(object)->data);
      break;
    case Kind::kArray:
      if (!static_cast<Array*>(object)->has_elements_inside()) {
        std::free(static_cast<Array*>(object)->data);
      }
      break;
    case Kind::kDict:
    case Kind::kSet:
      std::free(static_cast<Table*>(object)->entries);
      std::free(static_cast<Table*>(object)->index);
      break;
    default:
      break;
  }
}

void Heap::account(int64_t bytes) {
  allocated_ += static_cast<uint64_t>(bytes);
  if (allocated_ > threshold_) want_collection();
}

void Heap::want_collection() {
  wants_collection_ = true;
  vm_.interrupt();
}

void Heap::want_young_collection() {
  wants_young_collection_ = true;
  vm_.interrupt();
}

// ---- Texts

Text* Heap::text_buffer(uint32_t length, char** bytes) {
  auto* result = static_cast<Text*>(allocate(Kind::kText, sizeof(Text) + length));
  result->length = length;
  result->hash = 0;
  result->buffer = nullptr;
  result->data = reinterpret_cast<char*>(result + 1);
  *bytes = reinterpret_cast<char*>(result + 1);
  return result;
}

Text* Heap::text(std::string_view bytes) {
  check_text(bytes.size());
  char* to;
  Text* result = text_buffer(static_cast<uint32_t>(bytes.size()), &to);
  if (!bytes.empty()) std::memcpy(to, bytes.data(), bytes.size());
  return result;
}

Text* Heap::concat(Text* left, Text* right) {
  const uint64_t length = uint64_t{left->length} + right->length;
  check_text(length);
  if (right->length == 0) return left;
  if (left->length == 0) return right;
  if (length <= kShortText) {
    char* to;
    Text* result = text_buffer(static_cast<uint32_t>(length), &to);
    std::memcpy(to, left->data, left->length);
    std::memcpy(to + left->length, right->data, right->length);
    return result;
  }
  TextBuffer* buffer = left->buffer;
  const bool at_end =
      buffer != nullptr && left->data + left->length == buffer->data + buffer->used;
  if (!at_end || buffer->capacity - buffer->used < right->length) {
    const uint64_t capacity = length * 2;
    buffer = static_cast<TextBuffer*>(allocate(Kind::kTextBuffer, sizeof(TextBuffer)));
    buffer->kind = Kind::kFree;  // Until it has its memory.
    buffer->data = static_cast<char*>(allocate_raw(capacity));
    buffer->kind = Kind::kTextBuffer;
    buffer->capacity = capacity;
    std::memcpy(buffer->data, left->data, left->length);
    buffer->used = left->length;
    account(static_cast<int64_t>(capacity));
  }
  auto* result = static_cast<Text*>(allocate(Kind::kText, sizeof(Text)));
  std::memcpy(buffer->data + buffer->used, right->data, right->length);
  result->data = buffer->data + buffer->used - left->length;
  buffer->used += right->length;
  result->length = static_cast<uint32_t>(length);
  result->hash = 0;
  result->buffer = buffer;
  return result;
}

// ---- Arrays

Array* Heap::array(Elements elements, int64_t capacity) {
  const size_t size = element_size(elements);
  const bool inside =
      static_cast<uint64_t>(capacity) <= (kClasses * kGranule - sizeof(Array)) / size;
  const size_t bytes = inside ? static_cast<size_t>(capacity) * size : 0;
  auto* result = static_cast<Array*>(allocate(Kind::kArray, sizeof(Array) + bytes));
  result->small = static_cast<uint32_t>(elements);
  result->length = 0;
  result->capacity = inside ? capacity : 0;
  result->data = bytes != 0 ? result + 1 : nullptr;
  if (!inside) reserve(result, capacity);
  return result;
}

Array* Heap::array(const Value* items, int64_t count) {
  Elements elements = count == 0 ? Elements::kValues : fitting(items[0]);
  for (int64_t i = 1; i < count; ++i) {
    if (fitting(items[i]) != elements) elements = Elements::kValues;
  }
  Array* result = array(elements, count);
  result->length = count;
  for (int64_t i = 0; i < count; ++i) store(result, i, items[i]);
  return result;
}

void Heap::reserve(Array* array, int64_t capacity) {
  if (capacity <= array->capacity) return;
  const size_t size = element_size(array->elements());
  if (capacity < 0 || static_cast<uint64_t>(capacity) > (uint64_t{1} << 46) / size) {
    fail("E3010", "out of memory: an array of " + std::to_string(capacity) + " elements");
  }
  const size_t bytes = static_cast<size_t>(capacity) * size;
  if (limit_ != 0 && bytes > limit_) {
    fail("E3010", "out of memory: an array of " + std::to_string(capacity) + " elements");
  }
  const bool inside = array->has_elements_inside();
  check_room(bytes);
  void* data = std::realloc(inside ? nullptr : array->data, bytes);
  if (data == nullptr) {
    fail("E3010", "out of memory: an array of " + std::to_string(capacity) + " elements");
  }
  if (inside) {
    std::memcpy(data, array->data, static_cast<size_t>(array->length) * size);
  }
  account(static_cast<int64_t>(bytes - static_cast<size_t>(array->capacity) * size));
  array->data = data;
  array->capacity = capacity;
}

void Heap::generalize(Array* array) {
  if (array->elements() == Elements::kValues) return;
  const int64_t capacity = std::max(array->capacity, int64_t{1});
  auto* values =
      static_cast<Value*>(allocate_raw(static_cast<size_t>(capacity) * sizeof(Value)));
  for (int64_t i = 0; i < array->length; ++i) values[i] = array->get(i);
  if (!array->has_elements_inside()) std::free(array->data);
  account(capacity * static_cast<int64_t>(sizeof(Value)));
  array->data = values;
  array->capacity = capacity;
  array->small = static_cast<uint32_t>(Elements::kValues);
}

// Elements become no larger by it, so each goes where those before it have been read.
void Heap::pack(Array* array, Elements elements) {
  const int64_t capacity = room(array, elements);
  for (int64_t i = 0; i < array->length; ++i) {
    const Value item = array->values()[i];
    array->small = static_cast<uint32_t>(elements);
    store(array, i, item);
    array->small = static_cast<uint32_t>(Elements::kValues);
  }
  array->small = static_cast<uint32_t>(elements);
  array->capacity = capacity;
}

void Heap::move_outside(Array* array) {
  if (array->has_elements_inside() || array->data == nullptr) {
    reserve(array, array->capacity + 1);
  }
}

void* Heap::take_elements(Array* array) {
  array->length = array->capacity = 0;
  return std::exchange(array->data, nullptr);
}

void Heap::push(Array* array, Value value) {
  const Elements wanted = fitting(value);
  if (array->elements() != wanted) {
    if (array->length == 0) {
      array->capacity = room(array, wanted);
      array->small = static_cast<uint32_t>(wanted);
    } else {
      generalize(array);
    }
  }
  if (array->length == array->capacity) {
    reserve(array, array->capacity < 4 ? 4 : array->capacity * 2);
  }
  store(array, array->length++, value);
}

void Heap::set(Array* array, int64_t index, Value value) {
  if (array->elements() != fitting(value)) generalize(array);
  store(array, index, value);
}

Array* Heap::copy(Array* array) {
  Array* result = this->array(array->elements(), array->length);
  if (array->length != 0) {
    std::memcpy(result->data, array->data,
                static_cast<size_t>(array->length) * element_size(array->elements()));
  }
  result->length = array->length;
  if (array->elements() == Elements::kValues) share_all(result->values(), result->length);
  return result;
}

// ---- Tables

Table* Heap::dict() {
  auto* result = static_cast<Table*>(allocate(Kind::kDict, sizeof(Table)));
  result->used = result->live = result->capacity = result->index_mask = 0;
  result->entries = nullptr;
  result->index = nullptr;
  result->recent_key = nullptr;
  result->numbered = 0;
  return result;
}

Table* Heap::set() {
  Table* result = dict();
  result->kind = Kind::kSet;
  return result;
}

Table* Heap::copy(Table* table) {
  Table* result = dict();
  result->kind = table->kind;
  if (table->used == 0) return result;
  result->entries =
      static_cast<TableEntry*>(allocate_raw(table->capacity * sizeof(TableEntry)));
  std::memcpy(static_cast<void*>(result->entries), table->entries,
              table->used * sizeof(TableEntry));
  result->used = table->used;
  result->live = table->live;
  result->capacity = table->capacity;
  if (table->index != nullptr) {
    const size_t bytes = (size_t{table->index_mask} + 1) * sizeof(IndexPlace);
    result->index = static_cast<IndexPlace*>(allocate_raw(bytes));
    std::memcpy(result->index, table->index, bytes);
    result->index_mask = table->index_mask;
  }
  account(static_cast<int64_t>(table->capacity * sizeof(TableEntry)));
  for (uint32_t i = 0; i < result->used; ++i) {
    share(result->entries[i].key);
    share(result->entries[i].value);
  }
  return result;
}

// ---- The rest

Tuple* Heap::tuple(uint32_t count) {
  auto* result =
      static_cast<Tuple*>(allocate(Kind::kTuple, sizeof(Tuple) + count * sizeof(Value)));
  result->small = count;
  result->labels = nullptr;
  for (uint32_t i = 0; i < count; ++i) result->slots()[i] = Value();
  return result;
}

Range* Heap::range(Value start, Value end, bool inclusive) {
  auto* result = static_cast<Range*>(allocate(Kind::kRange, sizeof(Range)));
  result->small = inclusive;
  result->start = start;
  result->end = end;
  return result;
}

SliceObject* Heap::slice(Value start, Value end, Value step) {
  auto* result = static_cast<SliceObject*>(allocate(Kind::kSlice, sizeof(SliceObject)));
  result->start = start;
  result->end = end;
  result->step = step;
  return result;
}

Instance* Heap::instance(Type* type) {
  const auto count = static_cast<uint32_t>(type->fields.size());
  auto* result = static_cast<Instance*>(
      allocate(Kind::kInstance, sizeof(Instance) + count * sizeof(Value)));
  result->small = count;
  result->type = type;
  for (uint32_t i = 0; i < count; ++i) result->slots()[i] = Value();
  return result;
}

Instance* Heap::copy(Instance* instance) {
  Instance* result = this->instance(instance->type);
  std::memcpy(static_cast<void*>(result->slots()), instance->fields(),
              instance->small * sizeof(Value));
  share_all(result->fields(), result->small);
  return result;
}

Value Heap::copy(Value value) {
  if (!value.is_object() || !copies(value.object)) return value;
  switch (value.object->kind) {
    case Kind::kArray:
      return Value::of(copy(as<Array>(value)));
    case Kind::kInstance:
      return Value::of(copy(as<Instance>(value)));
    default:
      return Value::of(copy(as<Table>(value)));
  }
}

EnumValue* Heap::enum_value(Type* type, uint32_t variant, uint32_t payload) {
  auto* result = static_cast<EnumValue*>(
      allocate(Kind::kEnum, sizeof(EnumValue) + payload * sizeof(Value)));
  result->small = payload;
  result->type = type;
  result->variant = variant;
  for (uint32_t i = 0; i < payload; ++i) result->slots()[i] = Value();
  return result;
}

Closure* Heap::closure(FunctionCode* code, uint32_t captured) {
  auto* result = static_cast<Closure*>(
      allocate(Kind::kClosure, sizeof(Closure) + captured * sizeof(Value)));
  result->small = captured;
  result->code = code;
  for (uint32_t i = 0; i < captured; ++i) result->slots()[i] = Value();
  return result;
}

Native* Heap::native(const NativeSpec* spec) {
  auto* result = static_cast<Native*>(allocate(Kind::kNative, sizeof(Native)));
  result->spec = spec;
  return result;
}

Bound* Heap::bound(Value receiver, Object* method) {
  auto* result = static_cast<Bound*>(allocate(Kind::kBound, sizeof(Bound)));
  result->receiver = receiver;
  result->method = method;
  return result;
}

Cell* Heap::cell(Value value) {
  auto* result = static_cast<Cell*>(allocate(Kind::kCell, sizeof(Cell)));
  result->value = value;
  return result;
}

Handle* Heap::handle(Type* type, int64_t handle) {
  auto* result = static_cast<Handle*>(allocate(Kind::kHandle, sizeof(Handle)));
  result->type = type;
  result->handle = handle;
  young_.push_back(result);
  return result;
}

Iterator* Heap::iterator(Value subject) {
  auto* result = static_cast<Iterator*>(allocate(Kind::kIterator, sizeof(Iterator)));
  result->subject = subject;
  result->extra = Value();
  result->position = 0;
  return result;
}

Type* Heap::type(Type::Form form, Symbol name) {
  auto* result = new Type;
  result->kind = Kind::kType;
  result->mark = kImmortal;
  result->size_class = 0;
  result->shared = true;
  result->small = 0;
  result->form = form;
  result->name = name;
  types_.push_back(result);
  return result;
}

// ---- Collecting

// Most of the time goes into waiting for memory, so what is looked at soon is asked for
// some steps before: objects first, then the elements that lie elsewhere.
void Heap::trace_all() {
  Coming objects;
  Coming parts;
  for (;;) {
    while (!gray_.empty() && !objects.full()) {
      objects.add(gray_.back(), gray_.back());
      gray_.pop_back();
    }
    if (!objects.empty()) {
      Object* object = objects.take();
      if (!set_mark(object)) continue;
      const void* outside = parts_outside(object);
      if (outside == nullptr) {
        trace(object);
        continue;
      }
      if (parts.full()) trace(parts.take());
      parts.add(object, outside);
    } else if (!parts.empty()) {
      trace(parts.take());
    } else {
      return;
    }
  }
}

void Heap::trace(Object* object) {
  const auto values = [this](const Value* items, int64_t count) {
    for (int64_t i = 0; i < count; ++i) mark(items[i]);
  };
  size_t bytes = object->size_class * kGranule;
  switch (object->kind) {
    case Kind::kFree:
    case Kind::kEllipsis:
    case Kind::kHandle:
    case Kind::kNative:
    case Kind::kExtern:
    case Kind::kType:
    case Kind::kModule:
      break;
    case Kind::kText:
      if (TextBuffer* buffer = static_cast<Text*>(object)->buffer) mark(buffer);
      if (object->size_class == 0) bytes = static_cast<Text*>(object)->length;
      break;
    case Kind::kTextBuffer:
      bytes += static_cast<TextBuffer*>(object)->capacity;
      break;
    case Kind::kArray: {
      auto* array = static_cast<Array*>(object);
      if (!array->has_elements_inside()) {
        bytes += static_cast<size_t>(array->capacity) * element_size(array->elements());
      }
      if (array->elements() == Elements::kValues) values(array->values(), array->length);
      break;
    }
    case Kind::kDict:
    case Kind::kSet: {
      auto* table = static_cast<Table*>(object);
      bytes += table->capacity * sizeof(TableEntry);
      table->recent_key = nullptr;
      for (uint32_t i = 0; i < table->used; ++i) {
        mark(table->entries[i].key);
        mark(table->entries[i].value);
      }
      break;
    }
    case Kind::kTuple:
      values(static_cast<Tuple*>(object)->items(), object->small);
      if (object->size_class == 0) bytes = object->small * sizeof(Value);
      break;
    case Kind::kRange:
      mark(static_cast<Range*>(object)->start);
      mark(static_cast<Range*>(object)->end);
      break;
    case Kind::kSlice:
      mark(static_cast<SliceObject*>(object)->start);
      mark(static_cast<SliceObject*>(object)->end);
      mark(static_cast<SliceObject*>(object)->step);
      break;
    case Kind::kInstance:
      values(static_cast<Instance*>(object)->fields(), object->small);
      break;
    case Kind::kEnum:
      values(static_cast<EnumValue*>(object)->payload(), object->small);
      break;
    case Kind::kClosure:
      values(static_cast<Closure*>(object)->captured(), object->small);
      break;
    case Kind::kBound:
      mark(static_cast<Bound*>(object)->receiver);
      mark(static_cast<Bound*>(object)->method);
      break;
    case Kind::kCell:
      mark(static_cast<Cell*>(object)->value);
      break;
    case Kind::kIterator:
      mark(static_cast<Iterator*>(object)->subject);
      mark(static_cast<Iterator*>(object)->extra);
      break;
  }
  live_ += bytes;
}

void Heap::collect() {
  const auto start = std::chrono::steady_clock::now();
  finish_sweeping();
  wants_collection_ = false;
  epoch_ = epoch_ == 1 ? 2 : 1;
  live_ = 0;
  vm_.character_places().forget();
  vm_.mark_roots();
  trace_all();
  for (Handle* handle : died_young_) {
    if (mark_of(handle) == epoch_) {
      fail("E1002", "internal: a native object was released that is still in use");
    }
  }
  died_young_.clear();
  let_die(young_);
  let_die(old_);

  // Large objects at once, cells as they are needed.
  size_t kept = 0;
  for (Object* object : large_) {
    if (object->mark == epoch_ || object->mark == kImmortal) {
      large_[kept++] = object;
    } else {
      release_parts(object);
      std::free(object);
    }
  }
  large_.resize(kept);
  to_sweep_.fill(0);
  free_.fill(nullptr);

  threshold_ = std::max(kFirstThreshold, live_);
  ++statistics_.collections;
  statistics_.live_bytes = live_;
  statistics_.allocated_bytes += allocated_;
  allocated_ = 0;
  const std::chrono::duration<double> pause = std::chrono::steady_clock::now() - start;
  statistics_.last_pause = pause.count();
  statistics_.longest_pause = std::max(statistics_.longest_pause, pause.count());
  if (limit_ != 0 && live_ > limit_) {
    fail("E3010", "out of memory: the program's objects take " + std::to_string(live_) +
                      " bytes, and " + std::to_string(limit_) + " are allowed");
  }
}

void Heap::collect_young() {
  wants_young_collection_ = false;
  vm_.mark_held();
  std::erase_if(globals_with_handles_, [this](Slot* global) {
    mark(*global);
    return !is(*global, Kind::kHandle);
  });
  for (Object* object : gray_) {
    if (object->kind == Kind::kHandle && object->small == Handle::kNew) {
      object->small = Handle::kHeld;
    }
  }
  gray_.clear();
  size_t kept = 0;
  for (Handle* handle : young_) {
    switch (handle->small) {
      case Handle::kNew:
        if (stress_ && handle->handle != 0) died_young_.push_back(handle);
        die(handle);
        break;
      case Handle::kHeld:
        handle->small = Handle::kNew;
        young_[kept++] = handle;
        break;
      default:
        old_.push_back(handle);
    }
  }
  young_.resize(kept);
}

void Heap::set_to_handle(Slot& global, Value value) {
  globals_with_handles_.insert(&global);
  global.set_without_note(value);
}

void Heap::let_die(std::vector<Handle*>& handles) {
  size_t kept = 0;
  for (Handle* handle : handles) {
    if (mark_of(handle) == epoch_) {
      handles[kept++] = handle;
    } else {
      die(handle);
    }
  }
  handles.resize(kept);
}

void Heap::die(Handle* handle) {
  if (handle->handle != 0) dead_handles_.push_back({handle->type, handle->handle});
  handle->handle = 0;
}

void Heap::take_all_handles() {
  for (std::vector<Handle*>* handles : {&young_, &old_}) {
    for (Handle* handle : *handles) die(handle);
    handles->clear();
  }
}

}  // namespace simple
