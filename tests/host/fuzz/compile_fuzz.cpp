// Compiles whatever bytes come, and writes all that is wrong with them. What compiles is
// kept in the cache: the machine has to find it sound there.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "compile/cache.h"
#include "confined.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  simple::fuzz::put_program(text);
  const std::string path = simple::fuzz::program_path().string();
  if (simple::fuzz::confined_engine()->check({path}) != 0) return 0;
  const simple::Cache cache(simple::fuzz::cache_path());
  // There is none of a spec in which examples do not compile.
  if (!std::filesystem::exists(cache.path(path))) return 0;
  simple::Cache::Entry entry;
  if (!cache.read(path, simple::digest(text), entry)) std::abort();
  return 0;
}
