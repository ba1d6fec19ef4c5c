// cache_seeds OUT FOLDER: writes the image of each program under the folder into OUT, as
// inputs for cache_fuzz. Programs that do not compile are left out.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "compile/cache.h"
#include "compile/stored.h"
#include "confined.h"

int main(int count, char** words) {
  namespace fs = std::filesystem;
  if (count != 3) {
    std::fputs("cache_seeds OUT FOLDER\n", stderr);
    return 2;
  }
  const fs::path out = words[1];
  fs::create_directories(out);
  const std::string path = simple::fuzz::program_path().string();
  size_t written = 0;
  for (const auto& program : fs::recursive_directory_iterator(words[2])) {
    if (program.path().extension() != ".spl") continue;
    std::ifstream file(program.path(), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    simple::fuzz::put_program(text);
    if (simple::fuzz::confined_engine()->check({path}) != 0) continue;
    simple::Cache::Entry entry;
    const simple::Cache cache(simple::fuzz::cache_path());
    if (!cache.read(path, simple::digest(text), entry)) continue;
    std::string bytes;
    simple::store(entry.image, bytes);
    const std::string name = program.path().parent_path().filename().string() + '.' +
                             program.path().stem().string();
    std::ofstream(out / name, std::ios::binary) << bytes;
    ++written;
  }
  std::printf("%zu images\n", written);
  return written == 0 ? 1 : 0;
}
