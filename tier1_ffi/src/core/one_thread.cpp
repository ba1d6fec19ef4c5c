#include "core/one_thread.h"

#include <ATen/Parallel.h>

namespace simple_torch {
namespace {

// Of the OpenMP that libtorch has brought, and of MKL, which has a number of its own once
// a program has set one. Either may be missing.
struct Functions {
  using SetThreads = void (*)(int);
  using SetLocalThreads = int (*)(int);
  SetThreads set_threads =
      reinterpret_cast<SetThreads>(platform::find_symbol("omp_set_num_threads"));
  SetLocalThreads set_blas_threads = reinterpret_cast<SetLocalThreads>(
      platform::find_symbol("MKL_Set_Num_Threads_Local"));
};

const Functions& functions() {
  static const Functions found;
  return found;
}

}  // namespace

void OneThread::begin() {
  const Functions& found = functions();
  // It is also what makes libtorch set a new thread's number for the first time.
  const int threads = at::get_num_threads();
  if (found.set_threads == nullptr || threads <= 1 || at::in_parallel_region()) return;
  threads_ = threads;
  found.set_threads(1);
  if (found.set_blas_threads != nullptr) blas_threads_ = found.set_blas_threads(1);
}

void OneThread::end() {
  const Functions& found = functions();
  found.set_threads(threads_);
  if (found.set_blas_threads != nullptr) found.set_blas_threads(blas_threads_);
}

}  // namespace simple_torch
