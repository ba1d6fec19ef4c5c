// Exports of workers.h, and the threads behind them.
#include "workers/workers.h"

#include <ATen/ThreadLocalState.h>
#include <ATen/core/ivalue.h>
#include <ATen/ops/index_select.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <exception>
#include <mutex>
#include <new>
#include <thread>

#include "core/fork.h"
#include "core/guarded.h"
#include "core/one_thread.h"
#include "core/platform.h"
#include "images/image.h"
#include "operators/arguments.h"
#include "simple_torch/workers.h"

namespace simple_torch {
namespace {

constexpr int64_t kMostThreads = 256;

struct Job {
  Workers::Work work;
  at::ThreadLocalState modes;
  Workers::Result result;
  std::exception_ptr failure;
  bool is_done = false;
};

// When the program ends libtorch goes, and nobody may be in it: what was begun is waited
// for, and nothing else is begun.
std::atomic<bool> is_ending = false;
std::atomic<int64_t> at_work = 0;

class AtWork {
 public:
  AtWork() { ++at_work; }
  AtWork(const AtWork&) = delete;
  AtWork& operator=(const AtWork&) = delete;
  ~AtWork() { --at_work; }
};

void end_work() {
  is_ending = true;
  while (at_work > 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

// Those that were at work are not in the child.
void forget_work() { at_work = 0; }

void end_work_with_the_program() {
  static const bool is_registered = [] {
    after_fork_in_child(&forget_work);
    return std::atexit(&end_work) == 0;
  }();
  if (!is_registered) throw std::bad_alloc();
}

void run(Job& job) {
  const AtWork busy;
  if (is_ending) return;
  try {
    const at::ThreadLocalStateGuard modes(job.modes);
    const OneThread one_thread(true);
    job.result = job.work();
  } catch (...) {
    job.failure = std::current_exception();
  }
  // What it holds goes on this thread, not on the one that waits.
  job.work = nullptr;
}

}  // namespace

struct Workers::Shared {
  std::mutex mutex;
  std::condition_variable work_came;
  std::condition_variable work_done;
  // Not begun; not taken.
  std::deque<std::shared_ptr<Job>> waiting;
  std::deque<std::shared_ptr<Job>> pending;
  bool is_over = false;

  void serve() {
    std::unique_lock lock(mutex);
    while (true) {
      work_came.wait(lock, [this] { return is_over || !waiting.empty(); });
      if (is_over) return;
      const std::shared_ptr<Job> job = std::move(waiting.front());
      waiting.pop_front();
      lock.unlock();
      run(*job);
      lock.lock();
      job->is_done = true;
      work_done.notify_all();
    }
  }

  void end() {
    std::deque<std::shared_ptr<Job>> unwanted;
    const std::lock_guard lock(mutex);
    is_over = true;
    waiting.swap(unwanted);
    work_came.notify_all();
  }
};

Workers::Workers(int64_t threads)
    : shared_(std::make_shared<Shared>()), process_(platform::process_id()) {
  end_work_with_the_program();
  for (int64_t i = 0; i < threads; ++i) {
    platform::Thread thread;
    if (!platform::start_thread(thread, [shared = shared_] { shared->serve(); })) {
      shared_->end();
      throw std::bad_alloc();
    }
    platform::leave_thread(thread);
  }
}

Workers::~Workers() {
  if (process_ == platform::process_id()) {
    shared_->end();
  } else {
    // A thread that is not here may hold the lock, so nothing of it can be given back.
    new std::shared_ptr<Shared>(std::move(shared_));
  }
}

void Workers::check_process() const {
  if (process_ == platform::process_id()) return;
  fail(Code::kUnsupported, "workers",
       "was started before this process was forked: its threads are in the other");
}

void Workers::add(Work work) {
  check_process();
  const auto job = std::make_shared<Job>();
  job->work = std::move(work);
  const std::lock_guard lock(shared_->mutex);
  shared_->pending.push_back(job);
  try {
    shared_->waiting.push_back(job);
  } catch (...) {
    shared_->pending.pop_back();
    throw;
  }
  shared_->work_came.notify_one();
}

int64_t Workers::pending() const {
  check_process();
  const std::lock_guard lock(shared_->mutex);
  return static_cast<int64_t>(shared_->pending.size());
}

Workers::Result Workers::next() {
  check_process();
  std::unique_lock lock(shared_->mutex);
  if (shared_->pending.empty()) {
    fail(Code::kValue, "workers", "has nothing to do that could be waited for");
  }
  const std::shared_ptr<Job> job = std::move(shared_->pending.front());
  shared_->pending.pop_front();
  shared_->work_done.wait(lock, [&] { return job->is_done; });
  if (job->failure != nullptr) std::rethrow_exception(job->failure);
  return std::move(job->result);
}

}  // namespace simple_torch

using namespace simple_torch;

simple_torch_handle simple_torch_workers_start(int64_t threads) {
  return guarded([&] {
    if (threads < 1 || threads > kMostThreads) {
      fail_argument("threads", "must be from 1 to " + std::to_string(kMostThreads) +
                                   ", and is " + std::to_string(threads));
    }
    return store(std::make_unique<Workers>(threads));
  });
}

int64_t simple_torch_workers_add_rows(simple_torch_handle workers,
                                      const simple_torch_handle* tensors, int64_t count,
                                      simple_torch_handle rows) {
  return guarded([&] {
    const auto all = borrow<Workers>(workers, "workers");
    std::vector<at::Tensor> sources = in::tensors(tensors, count, "tensors");
    at::Tensor places = *borrow_defined(rows, "rows");
    all->add([sources = std::move(sources), places = std::move(places)] {
      Workers::Result result;
      for (const at::Tensor& each : sources) {
        result.push_back(at::index_select(each, 0, places));
      }
      return result;
    });
  });
}

int64_t simple_torch_workers_add_images(simple_torch_handle workers,
                                        simple_torch_handle paths, int64_t channels) {
  return guarded([&] {
    const auto all = borrow<Workers>(workers, "workers");
    const auto value = borrow<c10::IValue>(paths, "paths");
    if (!value->isList()) fail(Code::kType, "paths", "is no list");
    std::vector<std::string> files;
    for (const c10::IValue& each : value->toListRef()) {
      if (!each.isString()) fail(Code::kType, "paths", "has what is no text");
      files.push_back(each.toStringRef());
    }
    check_image_form(channels, 8);
    all->add([files = std::move(files), channels] {
      Workers::Result result;
      for (const std::string& each : files) {
        result.push_back(load_image(each, channels, 8));
      }
      return result;
    });
  });
}

int64_t simple_torch_workers_pending(simple_torch_handle workers) {
  return guarded([&] { return borrow<Workers>(workers, "workers")->pending(); });
}

simple_torch_handle simple_torch_workers_next(simple_torch_handle workers) {
  return guarded([&] {
    return store(
        std::make_unique<TensorList>(borrow<Workers>(workers, "workers")->next()));
  });
}

int64_t simple_torch_workers_free(simple_torch_handle workers) {
  return guarded([&] { HandleTable::get().free(workers, Kind::kWorkers, "workers"); });
}
