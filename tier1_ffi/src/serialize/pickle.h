// The part of Python's pickle format that torch.save makes of tensors, numbers, text,
// lists, tuples and dicts. A pickle is a program for a small machine; here nothing that
// it asks for is looked up or called but the few names that unpickler.cpp lists.
#pragma once

#include <ATen/core/ivalue.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace simple_torch {

// Where the memory of a pickle's tensors comes from.
class StorageSource {
 public:
  virtual ~StorageSource() = default;
  // The same storage each time for the same key. `bytes` is what the pickle says it has,
  // and what the result has at least; `location` is the device that it was on.
  virtual c10::Storage storage(const std::string& key, size_t bytes,
                               const std::string& location) = 0;
  // Whether the storages have their data yet. Until then nothing is made of it that has
  // to fit.
  virtual bool has_data() const { return true; }
};

// The value of a pickle, and how many bytes it took. Fails with FORMAT and UNSUPPORTED;
// `where` opens the message.
std::pair<c10::IValue, size_t> unpickle(std::string_view bytes, const std::string& where,
                                        StorageSource& storages);

// A storage that a pickle refers to, by the key that is its place in the list.
struct PickledStorage {
  c10::Storage storage;
  c10::ScalarType dtype;
};

struct Pickled {
  std::string bytes;
  std::vector<PickledStorage> storages;
};

// The pickle of a value. Tensors that share memory share a storage in it.
Pickled pickle(const c10::IValue& value);

}  // namespace simple_torch
