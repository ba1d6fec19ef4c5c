// Which thread the machine belongs to while native code runs.
//
// A native function may call back from a thread of its own, and may wait for that thread
// before it returns. So while the machine's thread is inside native code the machine is
// open: another thread can enter it and run a function of the program there, and the
// first one gets it back when all have left. While the machine runs the program itself,
// other threads queue, and the machine runs what they want between two instructions.
#ifndef SIMPLE_SFFI_GATE_H_
#define SIMPLE_SFFI_GATE_H_

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace simple {

class Gate {
 public:
  // The machine is the calling thread's.
  Gate() : owner_(std::this_thread::get_id()) {}

  bool is_mine() const {
    return owner_.load(std::memory_order_relaxed) == std::this_thread::get_id();
  }

  // ---- By the thread that has the machine, around native code. What open() returns goes
  // to close(), which waits until those who entered meanwhile have left.
  int open();
  void close(int depth);

  // Does `task` with the machine, on this thread or on the machine's. `wake` makes the
  // machine look at the queue soon. False if it was shut before.
  bool run(const std::function<void()>& task, const std::function<void()>& wake);
  // The same if the machine is open, else nothing.
  bool try_run(const std::function<void()>& task);
  // Does what is queued; by the thread that has the machine.
  void run_queued();
  // Nobody enters any more.
  void shut();

  // Protects whatever else threads share with the machine.
  std::mutex& mutex() { return mutex_; }

 private:
  struct Request {
    const std::function<void()>* task;
    bool done = false;
  };
  void enter(std::unique_lock<std::mutex>& lock, const std::function<void()>& task);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<std::thread::id> owner_;
  bool open_ = false;
  std::atomic<bool> shut_{false};
  int depth_ = 0;  // How many other threads are inside, each above the one before.
  std::deque<Request*> queue_;
};

}  // namespace simple

#endif
