// Compiles and runs whatever bytes come: no program may crash the machine.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "confined.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  simple::fuzz::put_program({reinterpret_cast<const char*>(data), size});
  simple::fuzz::run_confined();
  return 0;
}
