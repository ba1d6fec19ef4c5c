// Reads whatever bytes come as the image of a module. What is no image is refused; what
// is one is written as the same bytes again; and what verify() lets through runs, and
// crashes nothing, whatever a compiler would have made. The inputs are entries of a cache
// without their headers; see cache_seeds.cpp.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "compile/cache.h"
#include "compile/stored.h"
#include "compile/verify.h"
#include "confined.h"

namespace {

// A program that nothing is missing from is believed to be what the entry is made of.
constexpr const char* kProgram = "print(1)\n";

// What everything else is that the image depends on: that of the program above.
simple::Digest inputs() {
  const std::string path = simple::fuzz::program_path().string();
  simple::fuzz::put_program(kProgram);
  simple::fuzz::confined_engine()->check({path});
  simple::Cache::Entry entry;
  if (!simple::Cache(simple::fuzz::cache_path())
           .read(path, simple::digest(kProgram), entry)) {
    std::abort();
  }
  return entry.inputs;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  simple::ModuleImage image;
  if (!simple::restore(bytes, image)) return 0;
  std::string again;
  simple::store(image, again);
  if (again != bytes) std::abort();
  if (simple::verify(image) != nullptr) return 0;
  static const simple::Digest known = inputs();
  simple::Cache(simple::fuzz::cache_path())
      .write(simple::fuzz::program_path().string(), simple::digest(kProgram), known,
             image);
  simple::fuzz::run_confined();
  return 0;
}
