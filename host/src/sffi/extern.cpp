#include "sffi/extern.h"

#include <time.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "runtime/failure.h"
#include "runtime/interpreter.h"
#include "runtime/vm.h"
#include "sffi/callback.h"
#include "sffi/gate.h"
#include "sffi/kept.h"
#include "sffi/plan.h"

namespace simple {
namespace {

// The first call of a function.
Value call_first(ExternFunction& function, Value* arguments) {
  make_ready(function);
  return function.invoke(function, arguments);
}

double thread_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

int64_t collect(void* context, int64_t reason, int64_t) {
  return static_cast<Externs*>(context)->collect_now(reason == kCollectYoung) ? 0 : 1;
}

}  // namespace

void fail_count(const ExternFunction& function, int given) {
  fail("E1020", "in call to `" + std::string(text_of(function.declaration.name)) +
                    "`: function expects " + std::to_string(function.count) +
                    " argument(s), but " + std::to_string(given) + " were provided");
}

Externs::Externs(Vm& vm) : vm_(vm), gate_(std::make_shared<Gate>()) {}

Externs::~Externs() {
  finish();
  sweep_callbacks();
  sweep_kept();
  leave_alone(vm_.heap(), kept_);
  const std::lock_guard lock(gate_->mutex());
  // C still has these: it may call them, in vain, and destroys them some day.
  for (Callback* callback : callbacks_) callback->externs = nullptr;
}

// ---- Declarations

void Externs::declare_type(Type* type) { types_[type->name].push_back(type); }

ExternFunction* Externs::prepare(ExternDeclaration declaration) {
  ExternFunction& function = functions_.emplace_back();
  function.kind = Kind::kExtern;
  function.mark = 0;
  function.size_class = 0;
  function.shared = true;
  function.small = 0;
  function.invoke = call_first;
  function.count = static_cast<int32_t>(declaration.parameters.size());
  function.externs = this;
  function.declaration = std::move(declaration);
  if (is_named_as_finalizer(function.declaration)) finalizers_.push_back(&function);
  return &function;
}

Type* Externs::find_type(const ExternFunction& function, Symbol library, Symbol name) {
  const auto found = types_.find(name);
  if (found == types_.end()) {
    fail("", "`" + std::string(text_of(function.declaration.name)) +
                 "`: its declaration names the type " + std::string(text_of(name)) +
                 ", and there is no `extern type " + std::string(text_of(name)) + "`");
  }
  // The module's own, else one that belongs to the library already, else the first.
  Type* best = nullptr;
  int best_rank = 0;
  for (Type* type : found->second) {
    const NativeType* native = native_type(type);
    const int rank = type->module == function.declaration.module       ? 3
                     : native != nullptr && native->library == library ? 2
                                                                       : 1;
    if (rank > best_rank) {
      best = type;
      best_rank = rank;
    }
  }
  if (best->release == nullptr) {
    NativeType& native = native_types_[{library.id, name.id}];
    native.name = name;
    native.library = library;
    best->release = &native;
  }
  return best;
}

NativeLibrary& Externs::library(Symbol name, const ExternFunction& wanted) {
  auto& library = libraries_[name];
  if (library == nullptr) {
    library = std::make_unique<NativeLibrary>(
        open_library(name, text_of(wanted.declaration.name)));
    attach(*library);
  }
  return *library;
}

ExternPlan* Externs::keep(std::unique_ptr<ExternPlan> plan) {
  return plans_.emplace_back(std::move(plan)).get();
}

// ---- Callbacks

std::shared_ptr<const CallbackSignature> Externs::callback_signature(
    Symbol text, const ExternFunction& function, Symbol library) {
  auto& signature = signatures_[{text.id, library.id}];
  if (signature == nullptr) {
    signature = make_signature(text_of(text), function, library,
                               this->library(library, function));
  }
  return signature;
}

Callback* Externs::add_callback(std::shared_ptr<const CallbackSignature> signature,
                                Value function, const ExternFunction& user) {
  auto* callback = new Callback;
  callback->gate = gate_;
  callback->externs = this;
  callback->signature = std::move(signature);
  callback->function = function;
  callback->user = user.declaration.name;
  callbacks_.push_back(callback);
  update_attention();
  return callback;
}

void Externs::drop_callback(Callback* callback) {
  callbacks_.erase(std::find(callbacks_.begin(), callbacks_.end(), callback));
  delete callback;
  update_attention();
}

void Externs::sweep_callbacks() {
  const std::lock_guard lock(gate_->mutex());
  std::erase_if(callbacks_, [](Callback* callback) {
    if (!callback->destroyed || callback->running != 0) return false;
    delete callback;
    return true;
  });
  update_attention();
}

void Externs::update_attention() { attention_ = !callbacks_.empty(); }

Kept* Externs::keep_array(Value array) {
  return kept_.emplace_back(make_kept(vm_.heap(), gate_, array));
}

void Externs::sweep_kept() { std::erase_if(kept_, removed); }

void Externs::keep_exception() {
  if (exception_ == nullptr) exception_ = std::current_exception();
}

void Externs::throw_exception() {
  std::rethrow_exception(std::exchange(exception_, nullptr));
}

void Externs::run_queued() {
  if (wants_collection_.exchange(false)) vm_.heap().want_collection();
  if (!attention_) return;
  gate_->run_queued();
  sweep_callbacks();
  if (exception_ != nullptr) throw_exception();
}

void Externs::mark(Heap& heap) {
  for (const Callback* callback : callbacks_) {
    heap.mark(callback->function);
    for (const auto& [thread, returned] : callback->returned) heap.mark(returned.value);
  }
  sweep_kept();
  for (const Kept* kept : kept_) heap.mark(kept->array);
}

// ---- Memory

void Externs::attach(NativeLibrary& library) {
  if (library.runtime_attach == nullptr) return;
  const NativeRuntime runtime{sizeof(NativeRuntime), this, collect, nullptr,
                              kCollectOnAttachingThread};
  library.runtime_attach(&runtime);
  set_pressure(library);
  set_young(library);
}

void Externs::set_pressure(NativeLibrary& library) {
  if (library.runtime_attach == nullptr || library.memory_set_pressure == nullptr) return;
  library.memory_set_pressure(pressure_pace_.limit());
}

void Externs::set_young(NativeLibrary& library) {
  if (library.runtime_attach == nullptr || library.memory_set_young == nullptr) return;
  library.memory_set_young(static_cast<int64_t>(young_bytes_));
}

void Externs::adapt_paces() {
  const double now = thread_seconds();
  const double pause = now - collection_began_;
  const double between = collection_began_ - collection_ended_;
  collection_ended_ = now;
  if (std::exchange(under_pressure_, false)) {
    if (pressure_pace_.adapt(pause, between)) {
      for (auto& [name, library] : libraries_) {
        if (library != nullptr) set_pressure(*library);
      }
    }
  } else if (std::exchange(has_many_handles_, false)) {
    handle_pace_.adapt(pause, between);
  }
  kept_handles_ = vm_.heap().old_handles();
}

bool Externs::collect_now(bool young) {
  if (!gate_->is_mine()) {
    bool collected = false;
    // The machine's own thread, in native code that has callbacks, takes it for a moment.
    if (vm_thread_ == std::this_thread::get_id() &&
        gate_->try_run([&] { collected = collect_now(young); })) {
      return collected;
    }
    if (!young) {
      wants_collection_ = true;
      vm_.interrupt();
    }
    return false;
  }
  if (collecting_ || finished_) return false;
  collecting_ = true;
  if (!young) under_pressure_ = true;
  try {
    if (young) {
      vm_.interpreter().collect_young();
    } else {
      vm_.interpreter().collect();
    }
  } catch (...) {
    // The program has no memory left: that is what the native call ends with.
    keep_exception();
  }
  collecting_ = false;
  return true;
}

void Externs::begin_collection() { collection_began_ = thread_seconds(); }

void Externs::release_dead() {
  release_all_dead();
  adapt_paces();
}

void Externs::release_dead_young(size_t registers) {
  release_all_dead();
  Heap& heap = vm_.heap();
  if (heap.old_handles() >= kept_handles_ + static_cast<size_t>(handle_pace_.limit())) {
    has_many_handles_ = true;
    heap.want_collection();
  }
  const size_t looks = registers + callbacks_.size();
  most_young_ = heap.young_handles() + std::max(kYoungHandles, looks / kLooksPerHandle);
  const size_t bytes = std::max(kYoungBytes, std::bit_ceil(looks) * kBytesPerLook);
  if (bytes == young_bytes_) return;
  young_bytes_ = bytes;
  for (auto& [name, library] : libraries_) {
    if (library != nullptr) set_young(*library);
  }
}

void Externs::release_all_dead() {
  if (vm_.heap().dead_handles().empty()) return;
  // What is released may ask for a collection, which finds more.
  std::vector<Heap::Dead> dead;
  dead.swap(spare_);
  dead.swap(vm_.heap().dead_handles());
  release(dead);
  dead.clear();
  spare_.swap(dead);
}

ExternFunction* Externs::finalizer_of(NativeType& type) {
  if (type.finalizer != nullptr) return type.finalizer;
  for (ExternFunction* function : finalizers_) {
    const std::string_view name = text_of(function->declaration.name);
    if (library_of(name) != text_of(type.library)) continue;
    if (function->declaration.parameters[0].type != type.name) continue;
    make_ready(*function);
    type.finalizer = function;
    return function;
  }
  return nullptr;
}

void Externs::release(std::vector<Heap::Dead>& dead) {
  for (size_t i = 0; i < dead.size();) {
    NativeType& type = *native_type(dead[i].type);
    const auto library = libraries_.find(type.library);
    if (library != libraries_.end() && library->second->release_many != nullptr) {
      // Everything of this library in one call.
      std::vector<int64_t> batch;
      batch.swap(batch_);
      size_t kept = i;
      for (size_t j = i; j < dead.size(); ++j) {
        if (native_type(dead[j].type)->library == type.library) {
          batch.push_back(dead[j].handle);
        } else {
          dead[kept++] = dead[j];
        }
      }
      dead.resize(kept);
      library->second->release_many(batch.data(), static_cast<int64_t>(batch.size()));
      batch.clear();
      batch_.swap(batch);
      continue;
    }
    if (ExternFunction* finalizer = finalizer_of(type)) {
      int64_t words[kWordRegisters] = {dead[i].handle};
      double doubles[kDoubleRegisters] = {};
      (*finalizer->plan->invoker)(words, doubles);
    }
    ++i;
  }
}

void Externs::finish() {
  if (finished_) return;
  // What is released here must not ask for a collection any more.
  finished_ = true;
  vm_.heap().take_all_handles();
  release_all_dead();
  gate_->shut();
  for (const auto& [name, library] : libraries_) {
    if (library != nullptr && library->runtime_attach != nullptr) {
      library->runtime_attach(nullptr);
    }
  }
}

}  // namespace simple
