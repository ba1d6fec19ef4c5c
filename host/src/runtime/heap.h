// Memory of the program's objects, and the collector.
//
// Objects lie in cells of equal size in blocks, large ones by themselves; none moves. A
// collection marks what can be reached, then cells are swept as new ones are needed. It
// happens only between two instructions of the machine, when every value that is in use
// lies in a register, a global or another root: native functions need not protect what
// they hold, unless they call back (see Rooted in vm.h).
#ifndef SIMPLE_RUNTIME_HEAP_H_
#define SIMPLE_RUNTIME_HEAP_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "runtime/object.h"

namespace simple {

class Heap {
 public:
  struct Statistics {
    uint64_t collections = 0;
    uint64_t live_bytes = 0;       // after the last collection
    uint64_t allocated_bytes = 0;  // since the last collection
    double last_pause = 0;         // seconds
    double longest_pause = 0;
  };

  explicit Heap(Vm& vm);
  ~Heap();
  Heap(const Heap&) = delete;
  Heap& operator=(const Heap&) = delete;

  // ---- Making objects. `shared` is false, the rest of the object is the caller's.
  Text* text(std::string_view bytes);
  Text* text_buffer(uint32_t length, char** bytes);  // To be filled in by the caller.
  Text* concat(Text* left, Text* right);             // Appends in place where it can.
  Array* array(Elements elements, int64_t capacity);
  Array* array(const Value* items, int64_t count);
  Table* dict();
  Table* set();
  Tuple* tuple(uint32_t count);  // Items are nil.
  Range* range(Value start, Value end, bool inclusive);
  SliceObject* slice(Value start, Value end, Value step);
  Instance* instance(Type* type);  // Fields are nil.
  EnumValue* enum_value(Type* type, uint32_t variant, uint32_t payload);
  Closure* closure(FunctionCode* code, uint32_t captured);
  Native* native(const NativeSpec* spec);
  Bound* bound(Value receiver, Object* method);
  Cell* cell(Value value);
  Handle* handle(Type* type, int64_t handle);
  Iterator* iterator(Value subject);
  Type* type(Type::Form form, Symbol name);  // Never freed.

  // ---- Arrays
  // Room for `capacity` elements. An empty array may change its kind of elements.
  void reserve(Array* array, int64_t capacity);
  // Makes the elements values, so that anything can be stored.
  void generalize(Array* array);
  // Makes values that are all of one kind elements of that kind, where they are.
  void pack(Array* array, Elements elements);
  // Sees to it that the elements have memory of their own, outside the object.
  void move_outside(Array* array);
  // The elements, to be freed by the caller; the array, whose elements lie outside, is
  // empty then.
  void* take_elements(Array* array);
  // Appends, changing the kind of elements where it must.
  void push(Array* array, Value value);
  void set(Array* array, int64_t index, Value value);
  Array* copy(Array* array);  // What it holds becomes shared.
  Table* copy(Table* table);
  Instance* copy(Instance* instance);
  // A copy of anything that copies(); others come back as they are.
  Value copy(Value value);

  // ---- Collecting
  void collect();
  // Finds those of the young handles that are dead, without a look at other objects. A
  // handle is young until it was put in an object: so nothing but registers, globals and
  // natives can have it. (See Slot, which notes what is put in it.)
  void collect_young();
  // A global may be given one handle after the other: that alone makes none old.
  void set_global(Slot& global, Value value) {
    if (is(value, Kind::kHandle)) {
      set_to_handle(global, value);
    } else {
      global = value;
    }
  }
  size_t young_handles() const { return young_.size(); }
  // The others that are owned.
  size_t old_handles() const { return old_.size(); }
  // Tells of memory that objects own outside the heap's cells.
  void account(int64_t bytes);
  // Fail if the program may not have so much more at once: what is made between two
  // instructions is not collected on the way. What makes a text piece by piece asks
  // before the pieces take all memory.
  void check_room(uint64_t bytes) const;
  void check_text(uint64_t bytes) const;
  bool wants_collection() const { return wants_collection_; }
  void want_collection();
  bool wants_young_collection() const { return wants_young_collection_ || stress_; }
  void want_young_collection();
  void set_stress(bool on) { stress_ = on; }
  bool stress() const { return stress_; }
  // The program's memory, as far as the heap knows, has to stay below this.
  void set_limit(uint64_t bytes) { limit_ = bytes; }
  const Statistics& statistics() const { return statistics_; }
  void mark(Value value) {
    if (value.tag == Tag::kObject) mark(value.object);
  }
  void mark(Object* object) { gray_.push_back(object); }
  // An object that lives as long as the machine, and holds nothing that does not: it is
  // neither traced nor freed. Constants, functions, types and natives are such.
  template <typename T>
  T* immortal(T* object) {
    make_immortal(object);
    return object;
  }

  // Handles that died are appended here by collect(); the machine releases them
  // afterwards.
  struct Dead {
    Type* type;
    int64_t handle;
  };
  std::vector<Dead>& dead_handles() { return dead_handles_; }
  // Every handle that is still owned, for the end of the program.
  void take_all_handles();

 private:
  struct Block;
  class Coming;
  static constexpr uint8_t kImmortal = 3;
  static constexpr size_t kGranule = 16;
  static constexpr size_t kClasses = 32;  // 32 … 512 bytes in steps of 16
  static constexpr size_t kBlockSize = 64 * 1024;
  static constexpr size_t kArenaSize = 2 * 1024 * 1024;

  Object* allocate(Kind kind, size_t size);
  Object* allocate_slow(size_t size_class);
  Object* allocate_large(size_t size);
  Block* new_block();
  void* allocate_raw(size_t size);
  bool sweep_one(size_t size_class);
  void sweep_block(Block* block);
  void release_parts(Object* object);
  uint8_t& mark_of(Object* object);
  bool set_mark(Object* object);
  void make_immortal(Object* object);
  void trace_all();
  void trace(Object* object);
  void finish_sweeping();
  // Keeps the handles that are marked.
  void let_die(std::vector<Handle*>& handles);
  void die(Handle* handle);
  void set_to_handle(Slot& global, Value value);

  Vm& vm_;
  std::array<Object*, kClasses + 1> free_{};
  std::array<std::vector<Block*>, kClasses + 1> blocks_;
  std::array<size_t, kClasses + 1> to_sweep_{};
  std::vector<char*> arenas_;  // What blocks are cut from.
  size_t arena_used_ = 0;      // Of the last one.
  std::vector<Object*> large_;
  std::vector<Type*> types_;
  std::vector<Handle*> young_;
  std::vector<Handle*> old_;
  std::unordered_set<Slot*> globals_with_handles_;
  std::vector<Handle*> died_young_;  // In the stress mode, until a collection checks it.
  std::vector<Dead> dead_handles_;
  std::vector<Object*> gray_;  // Reached, perhaps more than once; not marked yet.
  uint8_t epoch_ = 1;
  bool stress_ = false;
  bool wants_collection_ = false;
  bool wants_young_collection_ = false;
  uint64_t allocated_ = 0;
  uint64_t live_ = 0;
  uint64_t threshold_;
  uint64_t limit_ = 0;
  Statistics statistics_;
};

// Sees to it that what is in a place, a register or a slot, has no other holder.
template <typename Place>
void unshare(Heap& heap, Place& place) {
  const Value value = place;
  if (value.tag == Tag::kObject && value.object->shared && copies(value.object)) {
    place = heap.copy(value);
  }
}

}  // namespace simple

#endif
