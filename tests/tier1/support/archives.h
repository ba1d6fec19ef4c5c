// Archives and pickles that tests make by hand, well or badly.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

template <typename T>
std::string little(T value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

struct Record {
  std::string name;
  std::string content;
  uint16_t method = 0;
  // Where its header is to be, if not where it is.
  int64_t at = -1;
  // 0 for none.
  uint32_t sum = 0;
};

inline std::string archive_of(const std::vector<Record>& records) {
  std::string out;
  std::string list;
  for (const Record& each : records) {
    const auto at =
        static_cast<uint32_t>(each.at < 0 ? static_cast<int64_t>(out.size()) : each.at);
    const std::string sizes = little(static_cast<uint32_t>(each.content.size())) +
                              little(static_cast<uint32_t>(each.content.size()));
    const std::string name_size = little(static_cast<uint16_t>(each.name.size()));
    const std::string middle = std::string(4, '\0') + little(each.method) +
                               std::string(4, '\0') + little(each.sum) + sizes;
    out +=
        "PK\3\4" + middle + name_size + std::string(2, '\0') + each.name + each.content;
    list += "PK\1\2" + std::string(2, '\0') + middle + name_size + std::string(12, '\0') +
            little(at) + each.name;
  }
  const auto count = little(static_cast<uint16_t>(records.size()));
  return out + list + "PK\5\6" + std::string(4, '\0') + count + count +
         little(static_cast<uint32_t>(list.size())) +
         little(static_cast<uint32_t>(out.size())) + std::string(2, '\0');
}

// Instructions of a pickle.
inline std::string text(const std::string& text) {
  return "X" + little(static_cast<uint32_t>(text.size())) + text;
}
inline std::string integer(int64_t value) { return "\x8a\x08" + little(value); }
inline std::string repeated(const std::string& code, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += code;
  return all;
}
