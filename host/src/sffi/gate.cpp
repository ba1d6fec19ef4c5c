#include "sffi/gate.h"

#include <algorithm>

namespace simple {

int Gate::open() {
  const std::lock_guard lock(mutex_);
  open_ = true;
  owner_ = std::thread::id();
  changed_.notify_all();
  return depth_;
}

void Gate::close(int depth) {
  std::unique_lock lock(mutex_);
  // Whoever entered uses the registers above ours, so the last to enter is the first to
  // leave.
  changed_.wait(lock, [&] { return open_ && depth_ == depth; });
  open_ = false;
  owner_ = std::this_thread::get_id();
}

void Gate::enter(std::unique_lock<std::mutex>& lock, const std::function<void()>& task) {
  open_ = false;
  owner_ = std::this_thread::get_id();
  ++depth_;
  lock.unlock();
  task();
  lock.lock();
  --depth_;
  open_ = true;
  owner_ = std::thread::id();
  changed_.notify_all();
}

bool Gate::try_run(const std::function<void()>& task) {
  std::unique_lock lock(mutex_);
  if (!open_ || shut_) return false;
  enter(lock, task);
  return true;
}

bool Gate::run(const std::function<void()>& task, const std::function<void()>& wake) {
  if (is_mine()) {
    if (shut_) return false;
    task();
    return true;
  }
  std::unique_lock lock(mutex_);
  if (shut_) return false;
  if (open_) {
    enter(lock, task);
    return true;
  }
  Request request{&task};
  queue_.push_back(&request);
  wake();
  const auto queued = [&] {
    return std::find(queue_.begin(), queue_.end(), &request) != queue_.end();
  };
  changed_.wait(lock, [&] { return request.done || ((open_ || shut_) && queued()); });
  if (request.done) return true;
  queue_.erase(std::find(queue_.begin(), queue_.end(), &request));
  if (shut_) return false;
  enter(lock, task);
  return true;
}

void Gate::run_queued() {
  std::unique_lock lock(mutex_);
  while (!queue_.empty()) {
    Request* request = queue_.front();
    queue_.pop_front();
    lock.unlock();
    (*request->task)();
    lock.lock();
    request->done = true;
    changed_.notify_all();
  }
}

void Gate::shut() {
  const std::lock_guard lock(mutex_);
  shut_ = true;
  changed_.notify_all();
}

}  // namespace simple
