#include "memory/runtime.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "core/fork.h"
#include "core/guarded.h"
#include "core/ownership.h"
#include "memory/live_bytes.h"
#include "simple_torch/memory.h"

namespace simple_torch {
namespace {

constexpr auto kLongestWait = std::chrono::seconds(1);

// A runtime lives until it is detached and no thread is collecting with it any more.
struct Attached {
  Attached(const simple_torch_runtime& given, Ownership given_context)
      : runtime(given),
        thread(std::this_thread::get_id()),
        context(std::move(given_context)) {}
  bool collects_here() const {
    return runtime.thread_rule == SIMPLE_TORCH_COLLECT_ON_ANY_THREAD ||
           thread == std::this_thread::get_id();
  }

  const simple_torch_runtime runtime;
  const std::thread::id thread;
  const Ownership context;
};

struct State {
  State() { hold_during_fork(mutex); }

  std::mutex mutex;  // Guards what follows.
  std::shared_ptr<Attached> attached;
  // Requests of threads on which the runtime cannot collect. They are numbered; those up
  // to `taken` are being served, those up to `served` have been. How many of the others
  // still wait, and how many bytes they want.
  uint64_t asked = 0;
  uint64_t taken = 0;
  uint64_t served = 0;
  std::atomic<int64_t> waiting{0};
  int64_t bytes_wanted = 0;
  std::condition_variable done;

  // These, and `waiting`, are read without the mutex: what waits for one thread may wait
  // for long, and every call of all others looks at it.
  std::atomic<bool> pressure{false};
  std::atomic<bool> young{false};
  std::atomic<int64_t> collections{0};
  // The only thread on which the runtime collects, or none.
  std::atomic<std::thread::id> collects_only_on{};

  // Takes all requests to serve them; returns the bytes they want. With the mutex.
  int64_t take_requests() {
    taken = asked;
    waiting = 0;
    return std::exchange(bytes_wanted, 0);
  }
};

State& state() {
  static State& immortal = *new State;
  return immortal;
}

std::shared_ptr<Attached> current() {
  State& all = state();
  const std::lock_guard lock(all.mutex);
  return all.attached;
}

// Whether the runtime collects on another thread only.
bool is_anothers_to_collect() {
  const auto only = state().collects_only_on.load(std::memory_order_relaxed);
  return only != std::thread::id() && only != std::this_thread::get_id();
}

// Collecting may allocate, and what it frees may call back: one collection at a time on a
// thread.
constinit thread_local bool collecting = false;

bool collect(const Attached& attached, int64_t reason, int64_t bytes_wanted) {
  if (collecting) return false;
  collecting = true;
  const int64_t status =
      attached.runtime.collect(attached.runtime.context, reason, bytes_wanted);
  state().collections.fetch_add(1, std::memory_order_relaxed);
  HandleTable::get().drain();
  collecting = false;
  if (reason != SIMPLE_TORCH_COLLECT_YOUNG) live_bytes::rearm_pressure();
  live_bytes::rearm_young();
  return status == 0;
}

// Serves the threads that wait for the runtime's thread.
void serve_requests(const Attached& attached) {
  State& all = state();
  uint64_t taken = 0;
  int64_t bytes_wanted = 0;
  {
    const std::lock_guard lock(all.mutex);
    if (all.waiting == 0) return;
    bytes_wanted = all.take_requests();
    taken = all.taken;
  }
  collect(attached, SIMPLE_TORCH_COLLECT_OUT_OF_MEMORY, bytes_wanted);
  {
    const std::lock_guard lock(all.mutex);
    all.served = std::max(all.served, taken);
  }
  all.done.notify_all();
}

bool ask_and_wait(int64_t bytes_wanted) {
  State& all = state();
  std::unique_lock lock(all.mutex);
  const uint64_t ticket = ++all.asked;
  ++all.waiting;
  all.bytes_wanted += bytes_wanted;
  work_waits.store(true, std::memory_order_seq_cst);
  const bool served =
      all.done.wait_for(lock, kLongestWait, [&] { return all.served >= ticket; });
  if (!served && ticket > all.taken) {
    // Given up: nobody is to collect for it later.
    --all.waiting;
    all.bytes_wanted -= bytes_wanted;
  }
  return served;
}

}  // namespace

void set_up_runtime() { state(); }

void want_collection() {
  // In this order, and do_waiting_work() in the other one, so that nothing is missed.
  state().pressure.store(true, std::memory_order_seq_cst);
  work_waits.store(true, std::memory_order_seq_cst);
}

void want_young_collection() {
  state().young.store(true, std::memory_order_seq_cst);
  work_waits.store(true, std::memory_order_seq_cst);
}

void collect_young_before(int64_t bytes) {
  if (!live_bytes::young_is_due(bytes) || collecting || is_anothers_to_collect()) return;
  const std::shared_ptr<Attached> attached = current();
  if (attached == nullptr || !attached->collects_here()) return;
  state().young.store(false, std::memory_order_relaxed);
  collect(*attached, SIMPLE_TORCH_COLLECT_YOUNG, 0);
  live_bytes::rearm_young(bytes);
}

void collect_if_wanted() noexcept {
  State& all = state();
  if (!all.pressure.load(std::memory_order_seq_cst) &&
      !all.young.load(std::memory_order_seq_cst) &&
      all.waiting.load(std::memory_order_seq_cst) == 0) {
    return;
  }
  if (collecting || is_anothers_to_collect()) {
    // The runtime's own thread will see to it, or this one when it has collected.
    work_waits.store(true, std::memory_order_relaxed);
    return;
  }
  const std::shared_ptr<Attached> attached = current();
  if (attached == nullptr) {
    all.pressure.store(false, std::memory_order_relaxed);
    all.young.store(false, std::memory_order_relaxed);
    live_bytes::rearm_pressure();
    live_bytes::rearm_young();
    return;
  }
  if (!attached->collects_here()) {
    // It was attached a moment ago.
    work_waits.store(true, std::memory_order_relaxed);
    return;
  }
  serve_requests(*attached);
  if (all.young.exchange(false, std::memory_order_relaxed)) {
    collect(*attached, SIMPLE_TORCH_COLLECT_YOUNG, 0);
    if (live_bytes::pressure_is_due())
      all.pressure.store(true, std::memory_order_relaxed);
  }
  if (all.pressure.exchange(false, std::memory_order_relaxed)) {
    collect(*attached, SIMPLE_TORCH_COLLECT_PRESSURE, 0);
  }
}

bool collect_now(int64_t bytes_wanted) {
  const std::shared_ptr<Attached> attached = current();
  if (attached == nullptr || collecting) return false;
  if (attached->collects_here()) {
    return collect(*attached, SIMPLE_TORCH_COLLECT_OUT_OF_MEMORY, bytes_wanted);
  }
  return ask_and_wait(bytes_wanted);
}

bool collect_without_waiting() {
  const std::shared_ptr<Attached> attached = current();
  if (attached == nullptr || collecting) return false;
  if (!attached->collects_here()) {
    want_collection();
    return false;
  }
  return collect(*attached, SIMPLE_TORCH_COLLECT_OUT_OF_MEMORY, 0);
}

bool runtime_attached() { return current() != nullptr; }

int64_t collection_count() { return state().collections.load(std::memory_order_relaxed); }

}  // namespace simple_torch

using namespace simple_torch;

int64_t simple_torch_runtime_attach(const simple_torch_runtime* runtime) {
  // Of a struct of another size it is not even known where `destroy` lies.
  const bool known =
      runtime != nullptr && runtime->size == int64_t{sizeof(simple_torch_runtime)};
  Ownership context(known ? runtime->destroy : nullptr,
                    known ? runtime->context : nullptr);
  return guarded([&] {
    std::shared_ptr<Attached> next;
    if (runtime != nullptr) {
      if (!known) {
        fail_argument("runtime", "has size " + std::to_string(runtime->size) +
                                     " where this library knows " +
                                     std::to_string(sizeof(simple_torch_runtime)));
      }
      next = std::make_shared<Attached>(*runtime, std::move(context));
      if (runtime->collect == nullptr)
        fail_argument("runtime", "has no collect function");
      if (runtime->thread_rule != SIMPLE_TORCH_COLLECT_ON_ANY_THREAD &&
          runtime->thread_rule != SIMPLE_TORCH_COLLECT_ON_ATTACHING_THREAD) {
        fail_argument("runtime", "has an unknown thread_rule");
      }
    }
    State& all = state();
    const std::lock_guard lock(all.mutex);
    // What was attached before goes with `next`, after the lock: destroy() is host code.
    all.attached.swap(next);
    const bool anywhere =
        all.attached == nullptr ||
        all.attached->runtime.thread_rule == SIMPLE_TORCH_COLLECT_ON_ANY_THREAD;
    all.collects_only_on.store(anywhere ? std::thread::id() : std::this_thread::get_id(),
                               std::memory_order_relaxed);
    if (all.attached == nullptr) {
      // Nobody is left to wait for.
      all.take_requests();
      all.served = all.asked;
      all.done.notify_all();
    }
  });
}

int64_t simple_torch_runtime_poll(void) {
  return guarded([] {
    HandleTable::get().drain();
    collect_if_wanted();
  });
}
