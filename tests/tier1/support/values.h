// Values of any type, made and read in a few words.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "support/support.h"

namespace value {

inline simple_torch_handle of_slot(int64_t kind, int64_t bits) {
  const simple_torch_slot slot = {kind, bits, 0};
  return simple_torch_value_create(&slot);
}
inline simple_torch_handle none() { return of_slot(SIMPLE_TORCH_SLOT_NONE, 0); }
inline simple_torch_handle of(int64_t number) {
  return of_slot(SIMPLE_TORCH_SLOT_INT, number);
}
inline simple_torch_handle of(bool flag) {
  return of_slot(SIMPLE_TORCH_SLOT_BOOL, flag ? 1 : 0);
}
inline simple_torch_handle of(double number) {
  return simple_torch_value_from_float(number);
}
inline simple_torch_handle of(const char* text) {
  return simple_torch_value_from_text(text);
}
// Of a tensor that is not needed otherwise.
inline simple_torch_handle of_tensor(simple_torch_handle tensor) {
  const Owned given(tensor);
  return simple_torch_value_from_tensor(given);
}

// These free what they are made of.
inline simple_torch_handle list(const std::vector<simple_torch_handle>& items) {
  const simple_torch_handle made =
      simple_torch_value_from_list(items.data(), static_cast<int64_t>(items.size()));
  for (const simple_torch_handle each : items) simple_torch_release(each);
  return made;
}
inline simple_torch_handle tuple(const std::vector<simple_torch_handle>& items) {
  const simple_torch_handle made =
      simple_torch_value_from_tuple(items.data(), static_cast<int64_t>(items.size()));
  for (const simple_torch_handle each : items) simple_torch_release(each);
  return made;
}
inline simple_torch_handle dict(
    const std::vector<std::pair<const char*, simple_torch_handle>>& members) {
  std::vector<simple_torch_handle> keys;
  std::vector<simple_torch_handle> values;
  for (const auto& [name, handle] : members) {
    keys.push_back(of(name));
    values.push_back(handle);
  }
  const simple_torch_handle made = simple_torch_value_from_dict(
      keys.data(), values.data(), static_cast<int64_t>(keys.size()));
  for (const simple_torch_handle each : keys) simple_torch_release(each);
  for (const simple_torch_handle each : values) simple_torch_release(each);
  return made;
}

// What a function writes to a buffer.
template <typename F>
std::string written(F&& write) {
  const int64_t length = write(static_cast<char*>(nullptr), int64_t{0});
  EXPECT_GE(length, 0) << simple_torch_error_message();
  if (length < 0) return "";
  std::string text(static_cast<size_t>(length) + 1, '\0');
  write(text.data(), length + 1);
  text.pop_back();
  return text;
}
inline std::string text(simple_torch_handle value) {
  return written([&](char* buffer, int64_t room) {
    return simple_torch_value_text(value, buffer, room);
  });
}
inline std::string type(simple_torch_handle value) {
  return written([&](char* buffer, int64_t room) {
    return simple_torch_value_type_name(value, buffer, room);
  });
}
// The texts of a list.
inline std::vector<std::string> texts(simple_torch_handle list_value) {
  const Owned list(list_value);
  std::vector<std::string> all;
  for (int64_t i = 0; i < simple_torch_value_length(list); ++i) {
    const Owned item(simple_torch_value_item(list, i));
    all.push_back(text(item));
  }
  return all;
}
// The elements of the tensor that a value is.
inline std::vector<double> elements(simple_torch_handle value) {
  const Owned tensor(simple_torch_value_tensor(value));
  return values(tensor);
}
// What stands in a dict under a text.
inline simple_torch_handle find(simple_torch_handle dict_value, const char* name) {
  const Owned key(of(name));
  const simple_torch_handle found = simple_torch_value_find(dict_value, key);
  EXPECT_NE(found, 0) << "there is no " << name;
  return found;
}

}  // namespace value
