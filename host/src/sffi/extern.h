// Functions of native libraries. `extern fn rt_<library>_<name>(…)` is the C function
// `simple_<library>_<name>` of `libsimple_<library>_ffi`; both are looked for when the
// function is called for the first time, so a declaration costs next to nothing and a
// program that never calls it runs without the library.
//
// What the machine does: it tells of every `extern type` (declare_type) and every `extern
// fn` (prepare) when a module is loaded, keeps the ExternFunction as the value of the
// name, and calls it with call(). The arguments have to lie in registers: a collection
// can happen inside. Around each collection it calls begin_collection() and
// release_dead(), when it is interrupted run_queued(), at the end of the program
// finish(), and mark() when the heap looks for roots.
#ifndef SIMPLE_SFFI_EXTERN_H_
#define SIMPLE_SFFI_EXTERN_H_

#include <atomic>
#include <deque>
#include <exception>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <vector>

#include "runtime/heap.h"
#include "runtime/object.h"
#include "runtime/value.h"
#include "runtime/vm.h"
#include "sffi/library.h"
#include "sffi/pace.h"
#include "syntax/symbol.h"

namespace simple {

class Externs;
class Gate;
struct Callback;
struct CallbackSignature;
struct ExternPlan;
struct Kept;

struct ExternParameter {
  Symbol name;
  Symbol type;  // As it is written: "[i64]?", "fn(i64, T) -> i64".
};
struct ExternDeclaration {
  Symbol name;
  std::vector<ExternParameter> parameters;
  Symbol result;             // As it is written; none for a function without result.
  Module* module = nullptr;  // Its extern types are found first.
};

// The object that a program calls. It belongs to Externs, not to the heap.
struct ExternFunction : Object {  // Kind::kExtern
  // How it is called: looks the C function up at first, then a way that fits its types.
  Value (*invoke)(ExternFunction& function, Value* arguments) = nullptr;
  int32_t count = 0;        // Parameters.
  void* address = nullptr;  // The C function, once it was found.
  Externs* externs = nullptr;
  ExternPlan* plan = nullptr;
  ExternDeclaration declaration;
};

// An extern type of one library. Several modules may declare it; their types are the
// same.
struct NativeType {
  Symbol name;
  Symbol library;
  ExternFunction* finalizer = nullptr;  // rt_…_free, once it was found.
};

[[noreturn]] void fail_count(const ExternFunction& function, int given);

// Calls a native function. Wrong arguments, a missing library and what fails in a
// callback are thrown as Failure. A result that says that the native function failed (0
// for a handle, a negative status) is a result like others: what it means is the
// program's business.
inline Value call(Vm&, ExternFunction& function, Value* arguments, int count) {
  if (count != function.count) [[unlikely]]
    fail_count(function, count);
  return function.invoke(function, arguments);
}

class Externs {
 public:
  // Belongs to the thread that makes it, which is the machine's.
  explicit Externs(Vm& vm);
  ~Externs();
  Externs(const Externs&) = delete;
  Externs& operator=(const Externs&) = delete;

  // ---- Loading modules. Both are cheap; the types of a function are read at its first
  // call.
  void declare_type(Type* type);
  ExternFunction* prepare(ExternDeclaration declaration);

  // ---- The life of the program
  // Around each collection: the second releases the handles that it found dead.
  void begin_collection();
  void release_dead();
  // The same after a collection of young handles, which looked at so many registers.
  void release_dead_young(size_t registers);
  // Runs callbacks of other threads that wait for the machine, and throws what failed in
  // them.
  void run_queued();
  // Releases every handle that is left. Callbacks fail from now on. Once is enough.
  void finish();
  // Marks what native code holds.
  void mark(Heap& heap);

  // Calls through libffi also where a faster way is known; for tests. Before the first
  // call.
  void set_portable(bool on) { portable_ = on; }
  bool portable() const { return portable_; }

  // ---- For the other files here
  Vm& vm() { return vm_; }
  Gate& gate() { return *gate_; }
  NativeLibrary& library(Symbol name, const ExternFunction& wanted);
  // The type that a name means in a function's declaration. Fails if there is none.
  Type* find_type(const ExternFunction& function, Symbol library, Symbol name);
  static NativeType* native_type(const Type* type) {
    return static_cast<NativeType*>(type->release);
  }
  ExternPlan* keep(std::unique_ptr<ExternPlan> plan);
  // How the functions of a written type are made callable from C.
  std::shared_ptr<const CallbackSignature> callback_signature(
      Symbol text, const ExternFunction& function, Symbol library);
  Callback* add_callback(std::shared_ptr<const CallbackSignature> signature,
                         Value function, const ExternFunction& user);
  // Removes the callbacks that C destroyed.
  void sweep_callbacks();
  // Takes back one that was never given to C.
  void drop_callback(Callback* callback);
  // An array that C reads until it says that it does no more.
  Kept* keep_array(Value array);
  // Keeps what is being handled to throw it when native code has returned.
  void keep_exception();
  bool has_exception() const { return exception_ != nullptr; }
  void throw_exception();
  // Whether there are callbacks, so that other threads may want the machine.
  bool attention() const { return attention_; }
  // A value that owns a native object. The objects behind the values take memory that the
  // heap does not know of, so many of them are a reason to collect.
  Value own(Type* type, int64_t handle) {
    Heap& heap = vm_.heap();
    const Value value = Value::of(static_cast<Object*>(heap.handle(type, handle)));
    if (heap.young_handles() >= most_young_) heap.want_young_collection();
    return value;
  }
  // The entry that a library asks to collect with.
  bool collect_now(bool young);

 private:
  void attach(NativeLibrary& library);
  void release_all_dead();
  void release(std::vector<Heap::Dead>& dead);
  ExternFunction* finalizer_of(NativeType& type);
  void sweep_kept();
  void update_attention();
  void adapt_paces();
  void set_pressure(NativeLibrary& library);
  void set_young(NativeLibrary& library);

  Vm& vm_;
  std::thread::id vm_thread_ = std::this_thread::get_id();
  bool attention_ = false;
  bool portable_ = false;
  bool collecting_ = false;
  bool finished_ = false;
  std::shared_ptr<Gate> gate_;
  std::exception_ptr exception_;
  std::atomic<bool> wants_collection_{false};
  std::deque<ExternFunction> functions_;
  std::vector<std::unique_ptr<ExternPlan>> plans_;
  std::vector<ExternFunction*> finalizers_;
  std::unordered_map<Symbol, std::vector<Type*>> types_;
  std::map<std::pair<uint32_t, uint32_t>, NativeType> native_types_;
  std::unordered_map<Symbol, std::unique_ptr<NativeLibrary>> libraries_;
  std::map<std::pair<uint32_t, uint32_t>, std::shared_ptr<const CallbackSignature>>
      signatures_;
  std::vector<Callback*> callbacks_;
  std::vector<Kept*> kept_;
  std::vector<Heap::Dead> spare_;  // So that a release allocates nothing.
  std::vector<int64_t> batch_;

  // How much is made between two collections of young handles: so little that the nearest
  // caches still have what is released, unless there is so much to look at that this
  // would take longer than the work.
  static constexpr size_t kYoungHandles = 64;
  static constexpr size_t kYoungBytes = size_t{256} << 10;
  static constexpr size_t kLooksPerHandle = 4;
  static constexpr size_t kBytesPerLook = 256;
  size_t most_young_ = kYoungHandles;
  size_t young_bytes_ = kYoungBytes;

  size_t kept_handles_ = 0;  // By the last collection that was not of young ones.
  bool has_many_handles_ = false;
  Pace handle_pace_{512, 1 << 20};
  bool under_pressure_ = false;
  Pace pressure_pace_{int64_t{4} << 20, int64_t{128} << 20};
  double collection_began_ = 0;  // In seconds of this thread, which others cannot slow
  double collection_ended_ = 0;  // down.
};

}  // namespace simple

#endif
