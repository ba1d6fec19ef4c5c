// Reads whatever bytes come as an image: what is no image is refused, and nothing
// crashes. What is accepted has to be written as the same bytes again. For libFuzzer:
// clang++ -fsanitize=fuzzer,address. Seeds are entries of a cache without their headers.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "compile/stored.h"
#include "compile/verify.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  simple::ModuleImage image;
  if (!simple::restore(bytes, image)) return 0;
  std::string again;
  simple::store(image, again);
  if (again != bytes) std::abort();
  simple::verify(image);
  return 0;
}
