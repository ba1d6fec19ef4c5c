// Threads that do work behind the program, and hand over its results in the order in
// which it was asked for.
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <memory>
#include <vector>

namespace simple_torch {

class Workers {
 public:
  using Result = std::vector<at::Tensor>;
  using Work = std::function<Result()>;

  explicit Workers(int64_t threads);
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;
  // Waits for nothing: a collector's finalizer may be what frees it. Threads end when
  // they are through with what they have begun.
  ~Workers();

  void add(Work work);
  int64_t pending() const;
  // Throws what the work has thrown.
  Result next();

 private:
  struct Shared;
  void check_process() const;

  // Also the threads'.
  std::shared_ptr<Shared> shared_;
  const int64_t process_;
};

}  // namespace simple_torch
