// Calling a C function whose parameters are known only now.
//
// Where the calling convention puts the first words and doubles in registers of their own
// and the other words on the stack, one C++ function type fits every signature whose
// doubles have registers: what is passed too much is ignored. That takes a few
// nanoseconds; libffi, which does all the rest, about thirty.
#ifndef SIMPLE_SFFI_INVOKE_H_
#define SIMPLE_SFFI_INVOKE_H_

#include <ffi.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace simple {

#if defined(__x86_64__) && !defined(_WIN32)
inline constexpr bool kHasDirectCalls = true;
inline constexpr int kWordRegisters = 6;
inline constexpr int kDoubleRegisters = 8;
#else
inline constexpr bool kHasDirectCalls = false;
inline constexpr int kWordRegisters = 6;
inline constexpr int kDoubleRegisters = 8;
#endif
inline constexpr int kMaxSlots = 128;

// The parameters of a C function: 'w' a word, 'i' an int32_t, 'd' a double; and its
// result, one of these or 'v'.
class Invoker {
 public:
  // `slots` has at most kMaxSlots.
  Invoker(void* address, const std::string& slots, char result, bool portable);

  // The result's bits. `words` has room for kMaxSlots, `doubles` for kDoubleRegisters at
  // least; those that the function does not have may be anything.
  int64_t operator()(int64_t* words, double* doubles) const {
    return direct_ != nullptr ? direct_(address_, words, doubles)
                              : portably(words, doubles);
  }
  bool is_direct() const { return direct_ != nullptr; }

 private:
  using Direct = int64_t (*)(void* address, const int64_t* words, const double* doubles);
  struct Description {
    ffi_cif cif;
    std::vector<ffi_type*> types;
  };

  int64_t portably(int64_t* words, double* doubles) const;

  void* address_;
  Direct direct_ = nullptr;
  std::string slots_;
  char result_;
  std::unique_ptr<Description> description_;
};

// The libffi type of a slot.
ffi_type* type_of_slot(char slot);

}  // namespace simple

#endif
