// What the rows of this comparison share.
#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>

#include <functional>
#include <string>

#include "simple_torch/ops.h"
#include "simple_torch/simple_torch.h"

namespace simple_torch_benchmark {

// Ends the program: what is not right is not timed.
void require(bool condition, const std::string& what);
inline void require_done(int64_t result) {
  require(result == 0, simple_torch_error_message());
}
inline simple_torch_handle require_handle(simple_torch_handle handle) {
  require(handle != 0, simple_torch_error_message());
  return handle;
}

// A handle that is freed at the end of its scope.
class Held {
 public:
  explicit Held(simple_torch_handle handle) : handle_(require_handle(handle)) {}
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;
  ~Held() { simple_torch_release(handle_); }
  operator simple_torch_handle() const { return handle_; }

 private:
  simple_torch_handle handle_;
};

// A plain tensor under a handle, sharing its memory.
simple_torch_handle handle_of(const at::Tensor& tensor);

// Whether a row was asked for.
bool is_wanted(const std::string& row);

// Says how long the fastest of `blocks` blocks of `times` calls took for a call. Ours
// runs with our allocator, all else with libtorch's own.
void measure(const std::string& row, const std::string& side, int blocks, int times,
             const std::function<void()>& call);
// Says something else that was measured.
void say(const std::string& row, const std::string& side, int64_t number);

// The rows.
void compare_files(const std::string& folder);
void measure_resident(const std::string& folder);
void compare_calls();
void compare_images();

}  // namespace simple_torch_benchmark
