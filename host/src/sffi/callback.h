// Functions of the program as C sees them: a function pointer, a context and a destroy
// function, which C calls exactly once with the context.
//
// In C a callback `fn(i64, T) -> i64` is `int64_t (*)(void* context, int64_t, handle)`.
// Its parameters are passed as those of an extern function are. A handle that it gets is
// lent: it is empty when the callback has returned. A handle or text that it returns is
// lent too, until the same thread calls it again or it is destroyed. A callback without
// result returns 0. One that fails returns -1 (0 for a handle, NULL for text, NaN for a
// double). If the library has simple_<library>_callback_error(text), it is told why; the
// error itself is raised again in the program when the native function returns.
#ifndef SIMPLE_SFFI_CALLBACK_H_
#define SIMPLE_SFFI_CALLBACK_H_

#include <ffi.h>

#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "runtime/value.h"
#include "sffi/boundary.h"
#include "sffi/extern.h"
#include "sffi/gate.h"

namespace simple {

// A written function type, and the C function that all callbacks of that type share.
struct CallbackSignature {
  std::vector<BoundaryType> parameters;
  BoundaryType result;
  NativeLibrary* library = nullptr;

  ffi_cif cif;
  std::vector<ffi_type*> types;
  ffi_closure* closure = nullptr;
  void* code = nullptr;

  CallbackSignature() = default;
  ~CallbackSignature();
  CallbackSignature(const CallbackSignature&) = delete;
  CallbackSignature& operator=(const CallbackSignature&) = delete;
};

// What a callback returned last, to one thread.
struct Returned {
  Value value;
  std::string text;
};

// The context that C gets.
struct Callback {
  std::shared_ptr<Gate> gate;
  Externs* externs;  // Null once the program has ended; under the gate's mutex.
  std::shared_ptr<const CallbackSignature> signature;
  Value function;
  std::map<std::thread::id, Returned> returned;
  Symbol user;             // The extern function that it was given to.
  int running = 0;         // How many calls of it are under way; the machine's.
  bool destroyed = false;  // By C; the machine removes it. Under the gate's mutex.
};

// Reads the signature and makes its C function.
std::shared_ptr<const CallbackSignature> make_signature(std::string_view text,
                                                        const ExternFunction& function,
                                                        Symbol library,
                                                        NativeLibrary& opened);
// The C function that destroys a Callback.
void destroy_callback(void* context);

}  // namespace simple

#endif
