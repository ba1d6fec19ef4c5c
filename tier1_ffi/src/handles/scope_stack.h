// The scopes that are open on a thread, and the handles that each will free.
#pragma once

#include <cstddef>
#include <vector>

#include "simple_torch/abi.h"

namespace simple_torch {

// What a scope's handle names. The handles that belong to a scope are kept by its thread.
class Scope {};

class ScopeStack {
 public:
  bool open() const { return !frames_.empty(); }

  // Makes a new handle belong to the innermost scope. Frees it if there is no memory to
  // remember it.
  void add(simple_torch_handle handle);

  void begin(simple_torch_handle scope);

  // Ends `scope` and those inside it; returns how many handles were freed.
  int64_t end(simple_torch_handle scope, const char* argument);

  void keep(simple_torch_handle scope, const char* scope_argument,
            simple_torch_handle handle);

  void end_all();

 private:
  struct Frame {
    simple_torch_handle scope;
    std::vector<simple_torch_handle> members;
    // When this many have gathered, those that were freed meanwhile are dropped.
    size_t sweep_at = 1024;
  };

  size_t find(simple_torch_handle scope, const char* argument) const;
  int64_t end_innermost();
  static void remember(Frame& frame, simple_torch_handle handle);

  std::vector<Frame> frames_;
};

}  // namespace simple_torch
