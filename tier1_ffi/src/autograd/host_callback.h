// A function of the host that stays with a graph: called any number of times, from any
// thread, and destroyed once.
#pragma once

#include <memory>
#include <utility>

#include "core/arguments.h"
#include "core/guarded.h"
#include "core/ownership.h"
#include "handles/borrow.h"

namespace simple_torch {

template <typename Function>
class HostCallback {
 public:
  HostCallback(Function* function, void* context, Ownership owned)
      : function_(function), context_(context), owned_(std::move(owned)) {}

  template <typename... A>
  auto operator()(A... arguments) const {
    return function_(context_, arguments...);
  }

 private:
  Function* function_;
  void* context_;
  Ownership owned_;
};

using HandleCallback = HostCallback<int64_t(void*, simple_torch_handle)>;

// Frees a handle that was made for the time of a callback. What the callback freed
// itself is not there any more.
class Lent {
 public:
  explicit Lent(OwnedHandle handle) : handle_(handle.value) {}
  Lent(const Lent&) = delete;
  Lent& operator=(const Lent&) = delete;
  ~Lent() { HandleTable::get().free_if_alive(handle_); }
  simple_torch_handle handle() const { return handle_; }

 private:
  simple_torch_handle handle_;
};

// Calls back with a handle of what `make` stores. libtorch does that on threads of its
// own too, where no exported call is under way. A failure is thrown through libtorch.
template <typename Make>
void call_with_handle(const HandleCallback& callback, Make&& make) {
  const Call call("simple_torch_callback");
  const Lent lent(make());
  call_back([&] { return callback(lent.handle()); });
}

}  // namespace simple_torch
