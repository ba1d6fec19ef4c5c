// Compiled modules on disk, so that what did not change is not compiled again.
//
// An entry is a file named after the module's path and the host that made it, so a module
// has one entry, which is replaced when the module changes. It says which source it was
// made of, and a digest of everything else that the compiler looked at. It is written
// beside its place and then moved there: others see all of it or nothing. Whatever is
// wrong with an entry, it counts as missing; whatever is wrong with the folder, the
// program runs.
#ifndef SIMPLE_COMPILE_CACHE_H_
#define SIMPLE_COMPILE_CACHE_H_

#include <filesystem>
#include <string>

#include "compile/digest.h"
#include "compile/image.h"

namespace simple {

// SIMPLE_CACHE; else simple in XDG_CACHE_HOME or ~/.cache. Empty if SIMPLE_CACHE is `off`
// or 0.
std::filesystem::path cache_folder_from_environment();

class Cache {
 public:
  struct Entry {
    Digest inputs;  // What the image depends on besides the source.
    ModuleImage image;
  };

  // Of an empty folder, nothing is read or written.
  explicit Cache(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // The entry of the module with this key, if there is one for this source. Its image has
  // passed verify().
  bool read(const std::string& key, Digest source, Entry& entry) const;
  void write(const std::string& key, Digest source, Digest inputs,
             const ModuleImage& image) const;
  // Removes the oldest entries until the others are no larger than this together.
  void shrink(uint64_t bytes) const;

  std::filesystem::path path(const std::string& key) const;

 private:
  std::filesystem::path folder_;
};

}  // namespace simple

#endif
