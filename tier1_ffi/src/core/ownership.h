// An object of the host that was handed over with a function that destroys it.
#pragma once

#include <utility>

namespace simple_torch {

// Calls the destroy function once, at the latest when this goes. What an exported
// function is given is put into one before guarded(), so that it also goes if nothing may
// run.
class Ownership {
 public:
  Ownership(void (*destroy)(void*), void* context)
      : destroy_(destroy), context_(context) {}
  Ownership(Ownership&& other) noexcept
      : destroy_(std::exchange(other.destroy_, nullptr)), context_(other.context_) {}
  ~Ownership() {
    if (destroy_ != nullptr) destroy_(context_);
  }

 private:
  void (*destroy_)(void*);
  void* context_;
};

}  // namespace simple_torch
