// Any bytes are a module of TorchScript or an archive of libtorch's C++, or are refused.
// No method is called: a program may do what it likes. But loading may not lead out of
// memory, and what was loaded can be read whole.
#include "calls.h"

#include <string>
#include <vector>

namespace {

using fuzz::Handle;

void read_module(const uint8_t* data, int64_t size) {
  const Handle module(simple_torch_module_load_bytes(data, size, fuzz::kCpu));
  if (module == 0) return fuzz::require_refusal();
  for (const auto read : {simple_torch_module_parameters, simple_torch_module_buffers,
                          simple_torch_module_attributes}) {
    const Handle all(read(module, 1));
    if (all != 0) fuzz::use(all);
  }
}

void read_archive(const uint8_t* data, int64_t size) {
  const Handle archive(simple_torch_archive_load_bytes(data, size, fuzz::kCpu));
  if (archive == 0) return fuzz::require_refusal();
  const Handle keys(simple_torch_archive_keys(archive));
  const int64_t count = simple_torch_value_length(keys);
  for (int64_t i = 0; i < count; ++i) {
    const Handle key(simple_torch_value_item(keys, i));
    std::vector<char> name(static_cast<size_t>(simple_torch_value_text(key, nullptr, 0)) +
                           1);
    simple_torch_value_text(key, name.data(), static_cast<int64_t>(name.size()));
    const Handle value(simple_torch_archive_value(archive, name.data()));
    if (value != 0) fuzz::use(value);
    const Handle part(simple_torch_archive_part(archive, name.data()));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const fuzz::LeavesNoHandles checked;
  read_module(data, static_cast<int64_t>(size));
  read_archive(data, static_cast<int64_t>(size));
  return 0;
}
