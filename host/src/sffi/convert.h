// Values as words and doubles, and back.
#ifndef SIMPLE_SFFI_CONVERT_H_
#define SIMPLE_SFFI_CONVERT_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "runtime/value.h"
#include "runtime/vm.h"
#include "sffi/boundary.h"
#include "sffi/invoke.h"

namespace simple {

// Memory that lives as long as one call.
class Scratch {
 public:
  Scratch() = default;
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  template <typename T>
  T* make(size_t count) {
    return static_cast<T*>(allocate(count * sizeof(T)));
  }

 private:
  void* allocate(size_t size);

  static constexpr size_t kInside = 512;
  alignas(16) char inside_[kInside];
  size_t used_ = 0;
  std::vector<std::unique_ptr<char[]>> more_;
};

// The arguments of a call in C.
struct Frame {
  int64_t words[kMaxSlots];
  double doubles[kMaxSlots];
  int word_count = 0;
  int double_count = 0;
  Scratch scratch;

  void word(int64_t word) { words[word_count++] = word; }
  void pointer(const void* address) { word(reinterpret_cast<int64_t>(address)); }
};

// Says in messages what a value is meant for: "`rt_x_y`: argument 1 (`a`)".
struct Purpose {
  Symbol function;
  size_t index = 0;  // From 1; 0 for the result of a callback.
  Symbol parameter;

  std::string text() const;
};

// Appends a value's words or double to the frame. Fails if it does not fit its type. A
// function value takes no words here, and an array that is kept has its address alone:
// the caller makes what else they need when nothing else can fail.
void put(Vm& vm, Frame& frame, const BoundaryType& type, Value value,
         const Purpose& purpose);
// Fails if a value is not one that put_function() can take; nil if it is left out.
Value check_function(Vm& vm, const BoundaryType& type, Value value,
                     const Purpose& purpose);

// What C gave as one word, or as a double's bits.
Value get(Vm& vm, const BoundaryType& type, int64_t bits);
// A number in two slots, or in three: complex numbers as two words and a kind.
Value get_number(Vm& vm, const int64_t* bits, int64_t kind, bool bits_are_address);

// A value's type as messages name it: i64, text, [f64], the name of a class.
std::string describe(Value value);

}  // namespace simple

#endif
