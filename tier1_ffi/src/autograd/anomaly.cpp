// libtorch has each node's metadata made by its engine, which is ours: see engine.h.
#include "autograd/anomaly.h"

#include <torch/csrc/autograd/function.h>

#include <mutex>
#include <string>

#include "autograd/host_callback.h"
#include "autograd/modes.h"
#include "core/fork.h"
#include "simple_torch/autograd.h"

namespace simple_torch {
namespace {

using Where = HostCallback<const char*(void*)>;

struct State {
  State() { hold_during_fork(mutex); }
  std::mutex mutex;  // Guards what follows.
  std::shared_ptr<const Where> where;
  // Of the node that failed last, on whatever thread.
  std::string failed;
};

State& state() {
  static State& immortal = *new State;
  return immortal;
}

// The function that tells may call operators itself.
constinit thread_local bool telling = false;

std::string told() {
  std::shared_ptr<const Where> where;
  {
    const std::lock_guard lock(state().mutex);
    where = state().where;
  }
  if (where == nullptr || telling) return {};
  telling = true;
  const char* const text = (*where)();
  telling = false;
  return text == nullptr ? std::string() : std::string(text);
}

class Metadata final : public torch::autograd::AnomalyMetadata {
 public:
  void store_stack() override { where_ = told(); }
  void print_stack(const std::string&) override {
    const std::lock_guard lock(state().mutex);
    state().failed = where_;
  }

 private:
  std::string where_;
};

}  // namespace

std::unique_ptr<torch::autograd::AnomalyMetadata> telling_metadata() {
  const std::lock_guard lock(state().mutex);
  return state().where == nullptr ? nullptr : std::make_unique<Metadata>();
}

}  // namespace simple_torch

using namespace simple_torch;

int64_t simple_torch_anomaly_set_where(const char* (*where)(void* context), void* context,
                                       void (*destroy)(void* context)) {
  Ownership owned(destroy, context);
  return guarded([&] {
    std::shared_ptr<const Where> next;
    if (where != nullptr) {
      next = std::make_shared<const Where>(where, context, std::move(owned));
    }
    const std::lock_guard lock(state().mutex);
    // The one before goes after the lock: its destroy function is the host's.
    state().where.swap(next);
  });
}

const char* simple_torch_anomaly_where(void) {
  return guarded([]() -> const char* {
    TextBuffer& text = ThreadModes::get().anomaly_where;
    text.clear();
    const std::lock_guard lock(state().mutex);
    text.append(state().failed);
    return text.text();
  });
}
