// One object of a type for each thread, found in a nanosecond and still reachable from
// other threads: statistics add up over all of them, housekeeping visits them.
//
// An object is made at its thread's first use and destroyed when the thread ends, after
// the destructors of thread_local variables, so that memory and handles which those give
// up still find it. The main thread's object lives as long as the process.
#pragma once

#include <mutex>
#include <utility>
#include <vector>

#include "core/fork.h"
#include "core/platform.h"

namespace simple_torch {

// T is default constructible. When its thread ends, `finish()` is called on that thread
// and gives up what the object holds; then `retire()`, under the registry's lock, so that
// sums over all threads never miss what it has counted.
template <typename T>
class PerThread {
 public:
  static T& get() {
    T* const mine = mine_;
    return mine != nullptr ? *mine : make();
  }

  // Called once when the library is loaded.
  static void set_up() { registry(); }

  // The calling thread's object if it has one.
  static T* peek() { return mine_; }

  // Calls `body` with all objects, under the lock that also guards retire().
  template <typename F>
  static auto locked(F&& body) {
    Registry& all = registry();
    const std::lock_guard lock(all.mutex);
    return std::forward<F>(body)(std::as_const(all.objects));
  }

 private:
  struct Registry {
    Registry() { hold_during_fork(mutex); }
    std::mutex mutex;
    std::vector<T*> objects;
  };

  static Registry& registry() {
    static Registry& immortal = *new Registry;
    return immortal;
  }

  [[gnu::noinline, gnu::cold]] static T& make() {
    static const platform::ThreadExit at_exit(&end);
    T* const made = new T;
    {
      Registry& all = registry();
      const std::lock_guard lock(all.mutex);
      all.objects.push_back(made);
    }
    mine_ = made;
    at_exit.arm(made);
    return *made;
  }

  static void end(void* object) {
    T* const ending = static_cast<T*>(object);
    ending->finish();
    {
      Registry& all = registry();
      const std::lock_guard lock(all.mutex);
      ending->retire();
      std::erase(all.objects, ending);
    }
    mine_ = nullptr;
    delete ending;
  }

  SIMPLE_TORCH_FAST_TLS static inline constinit thread_local T* mine_ = nullptr;
};

}  // namespace simple_torch
