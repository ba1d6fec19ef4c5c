#include "handles/scope_stack.h"

#include <algorithm>
#include <utility>

#include "handles/handle_table.h"

namespace simple_torch {
namespace {

// Frees the handle unless it is dismissed.
class FreeOnFailure {
 public:
  explicit FreeOnFailure(simple_torch_handle handle) : handle_(handle) {}
  FreeOnFailure(const FreeOnFailure&) = delete;
  FreeOnFailure& operator=(const FreeOnFailure&) = delete;
  ~FreeOnFailure() {
    if (handle_ != 0) HandleTable::get().free_if_alive(handle_);
  }
  void dismiss() { handle_ = 0; }

 private:
  simple_torch_handle handle_;
};

}  // namespace

void ScopeStack::remember(Frame& frame, simple_torch_handle handle) {
  if (frame.members.size() >= frame.sweep_at) {
    std::erase_if(frame.members, [](simple_torch_handle each) {
      return !HandleTable::get().alive(each);
    });
    frame.sweep_at = std::max<size_t>(1024, frame.members.size() * 2);
  }
  frame.members.push_back(handle);
}

void ScopeStack::add(simple_torch_handle handle) {
  FreeOnFailure owner(handle);
  remember(frames_.back(), handle);
  owner.dismiss();
}

void ScopeStack::begin(simple_torch_handle scope) {
  FreeOnFailure owner(scope);
  frames_.push_back(Frame{scope, {}});
  owner.dismiss();
}

size_t ScopeStack::find(simple_torch_handle scope, const char* argument) const {
  for (size_t i = frames_.size(); i-- > 0;) {
    if (frames_[i].scope == scope) return i;
  }
  fail_argument(argument, "is a scope of another thread");
}

int64_t ScopeStack::end_innermost() {
  const Frame frame = std::move(frames_.back());
  frames_.pop_back();
  HandleTable& table = HandleTable::get();
  int64_t freed = 0;
  for (auto each = frame.members.rbegin(); each != frame.members.rend(); ++each) {
    if (table.free_if_alive(*each)) ++freed;
  }
  table.free_if_alive(frame.scope);
  return freed;
}

int64_t ScopeStack::end(simple_torch_handle scope, const char* argument) {
  const size_t depth = find(scope, argument);
  int64_t freed = 0;
  while (frames_.size() > depth) freed += end_innermost();
  return freed;
}

void ScopeStack::keep(simple_torch_handle scope, const char* scope_argument,
                      simple_torch_handle handle) {
  const size_t depth = find(scope, scope_argument);
  for (size_t i = frames_.size(); i-- > depth;) {
    std::vector<simple_torch_handle>& members = frames_[i].members;
    // What is kept was mostly made last.
    const auto found = std::find(members.rbegin(), members.rend(), handle);
    if (found == members.rend()) continue;
    if (depth > 0) remember(frames_[depth - 1], handle);
    members.erase(std::next(found).base());
    return;
  }
}

void ScopeStack::end_all() {
  while (open()) end_innermost();
}

}  // namespace simple_torch
