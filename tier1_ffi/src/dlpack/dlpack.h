// A DLPack struct that waits to be used, or to go back to who made it.
#pragma once

#include <atomic>

namespace simple_torch {

class Dlpack {
 public:
  Dlpack(void* managed, bool versioned) : managed_(managed), versioned_(versioned) {}
  Dlpack(const Dlpack&) = delete;
  Dlpack& operator=(const Dlpack&) = delete;
  // Gives the struct back, if it is still there.
  ~Dlpack();

  bool versioned() const { return versioned_; }
  // The struct, which is the caller's then. Of several threads one gets it; the others
  // fail with VALUE.
  void* take();
  void put_back(void* managed) { managed_ = managed; }

 private:
  std::atomic<void*> managed_;
  const bool versioned_;
};

}  // namespace simple_torch
