#include "core/fork.h"

#include <vector>

#include "core/platform.h"

namespace simple_torch {
namespace {

struct ForkList {
  ForkList() { platform::around_fork(&before, &parent, &child); }

  static ForkList& get() {
    static ForkList& immortal = *new ForkList;
    return immortal;
  }

  static void before() {
    ForkList& list = get();
    list.mutex.lock();
    for (std::mutex* each : list.mutexes) each->lock();
  }

  static void parent() {
    ForkList& list = get();
    for (std::mutex* each : list.mutexes) each->unlock();
    list.mutex.unlock();
  }

  static void child() {
    parent();
    for (void (*function)() : get().child_functions) function();
  }

  std::mutex mutex;  // Guards the lists.
  std::vector<std::mutex*> mutexes;
  std::vector<void (*)()> child_functions;
};

}  // namespace

void hold_during_fork(std::mutex& mutex) {
  ForkList& list = ForkList::get();
  const std::lock_guard lock(list.mutex);
  list.mutexes.push_back(&mutex);
}

void after_fork_in_child(void (*function)()) {
  ForkList& list = ForkList::get();
  const std::lock_guard lock(list.mutex);
  list.child_functions.push_back(function);
}

}  // namespace simple_torch
