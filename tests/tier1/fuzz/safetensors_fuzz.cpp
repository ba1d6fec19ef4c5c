// Any bytes are a file of safetensors or are refused.
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "calls.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t most);

namespace {

using fuzz::Handle;

// A file in memory that has a path.
class MemoryFile {
 public:
  MemoryFile(const uint8_t* data, size_t size) : number_(memfd_create("input", 0)) {
    if (number_ < 0 || write(number_, data, size) != static_cast<ssize_t>(size)) {
      fuzz::fail("no file can be made");
    }
    path_ = "/proc/self/fd/" + std::to_string(number_);
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile() { close(number_); }
  const char* path() const { return path_.c_str(); }

 private:
  int number_;
  std::string path_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const fuzz::LeavesNoHandles checked;
  const MemoryFile file(data, size);
  const Handle metadata(simple_torch_safetensors_metadata(file.path()));
  if (metadata == 0) fuzz::require_refusal();
  const Handle tensors(simple_torch_safetensors_load(file.path(), fuzz::kCpu));
  if (tensors == 0) {
    fuzz::require_refusal();
  } else {
    if (metadata == 0) fuzz::fail("tensors of a file without metadata");
    fuzz::use(tensors);
    fuzz::use(metadata);
  }
  const Handle tensor(simple_torch_safetensors_tensor(file.path(), "a", fuzz::kCpu));
  if (tensor == 0) {
    fuzz::require_refusal(
        {SIMPLE_TORCH_E_FORMAT, SIMPLE_TORCH_E_UNSUPPORTED, SIMPLE_TORCH_E_INDEX});
  }
  return 0;
}

// The length in front is made to fit the header most of the time.
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t most,
                                          unsigned seed) {
  uint64_t length = 0;
  if (seed % 8 == 0 || size < 8 || most < 16) return LLVMFuzzerMutate(data, size, most);
  std::memcpy(&length, data, 8);
  length = std::min<uint64_t>(length, size - 8);
  std::string header(reinterpret_cast<char*>(data) + 8, length);
  const std::string rest(reinterpret_cast<char*>(data) + 8 + length, size - 8 - length);
  header.resize(length + 64);
  header.resize(
      LLVMFuzzerMutate(reinterpret_cast<uint8_t*>(header.data()), length, header.size()));
  length = header.size();
  const std::string made = header + rest;
  if (8 + made.size() > most) return LLVMFuzzerMutate(data, size, most);
  std::memcpy(data, &length, 8);
  std::memcpy(data + 8, made.data(), made.size());
  return 8 + made.size();
}
