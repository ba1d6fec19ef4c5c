// The header is JSON of one fixed shape, so that a reader of just that shape will do.
#include "serialize/safetensors_header.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <unordered_set>

#include "core/utf8.h"
#include "device/dtype.h"

namespace simple_torch {
namespace {

// As the format's own library has it.
constexpr uint64_t kLongestHeader = 100'000'000;

struct DtypeName {
  const char* name;
  // Python's, because not every libtorch has the dtype.
  const char* dtype;
};
constexpr DtypeName kDtypeNames[] = {
    {"BOOL", "bool"},
    {"U8", "uint8"},
    {"I8", "int8"},
    {"U16", "uint16"},
    {"I16", "int16"},
    {"F16", "float16"},
    {"BF16", "bfloat16"},
    {"U32", "uint32"},
    {"I32", "int32"},
    {"F32", "float32"},
    {"U64", "uint64"},
    {"I64", "int64"},
    {"F64", "float64"},
    {"C64", "complex64"},
    {"F8_E5M2", "float8_e5m2"},
    {"F8_E4M3", "float8_e4m3fn"},
    {"F8_E8M0", "float8_e8m0fnu"},
};

class HeaderReader {
 public:
  HeaderReader(std::string_view text, const std::string& path)
      : text_(text), path_(path) {}

  SafetensorsHeader run() {
    if (!is_utf8(text_)) broken("there is a text that is not UTF-8");
    SafetensorsHeader header;
    std::unordered_set<std::string> names;
    members([&](std::string name) {
      if (!names.insert(name).second) broken("the name '" + name + "' stands twice");
      if (name == "__metadata__") {
        members([&](std::string key) { header.metadata.emplace_back(key, string()); });
      } else {
        header.entries.push_back(entry(std::move(name)));
      }
    });
    skip_space();
    if (at_ != text_.size()) broken("something follows the header's object");
    return header;
  }

 private:
  [[noreturn]] void broken(const std::string& what) const {
    fail_format(path_, "in the header, " + what + ", at byte " + std::to_string(8 + at_));
  }

  void skip_space() {
    while (at_ < text_.size() && std::strchr(" \t\r\n", text_[at_]) != nullptr &&
           text_[at_] != 0) {
      ++at_;
    }
  }
  bool accept(char expected) {
    skip_space();
    if (at_ == text_.size() || text_[at_] != expected) return false;
    ++at_;
    return true;
  }
  void need(char expected) {
    if (!accept(expected)) broken(std::string("there is no '") + expected + "'");
  }

  template <typename F>
  void members(F&& member) {
    need('{');
    if (accept('}')) return;
    do {
      std::string name = string();
      need(':');
      member(std::move(name));
    } while (accept(','));
    need('}');
  }

  SafetensorsEntry entry(std::string name) {
    SafetensorsEntry made{std::move(name), c10::ScalarType::Undefined, {}};
    std::vector<int64_t> offsets;
    bool has_shape = false;
    members([&](const std::string& key) {
      if (key == "dtype") {
        made.dtype_name = string();
        made.dtype = dtype_of(made.dtype_name);
      } else if (key == "shape") {
        made.shape = numbers();
        has_shape = true;
      } else if (key == "data_offsets") {
        offsets = numbers();
      } else {
        broken("the tensor '" + made.name + "' has an unknown member '" + key + "'");
      }
    });
    if (made.dtype_name.empty() || !has_shape || offsets.size() != 2) {
      broken("the tensor '" + made.name + "' lacks its dtype, shape or data_offsets");
    }
    made.begin = static_cast<uint64_t>(offsets[0]);
    made.end = static_cast<uint64_t>(offsets[1]);
    return made;
  }

  static c10::ScalarType dtype_of(const std::string& name) {
    for (const DtypeName& each : kDtypeNames) {
      if (name != each.name) continue;
      for (int i = 0; i < static_cast<int>(c10::ScalarType::Undefined); ++i) {
        const auto dtype = static_cast<c10::ScalarType>(i);
        if (std::strcmp(dtype_name(dtype), each.dtype) == 0) return dtype;
      }
    }
    return c10::ScalarType::Undefined;
  }

  std::vector<int64_t> numbers() {
    std::vector<int64_t> all;
    need('[');
    if (accept(']')) return all;
    do {
      skip_space();
      int64_t value = 0;
      const char* const start = text_.data() + at_;
      const auto [end, error] =
          std::from_chars(start, text_.data() + text_.size(), value);
      if (error != std::errc() || value < 0) broken("there is no possible number");
      at_ += static_cast<size_t>(end - start);
      all.push_back(value);
    } while (accept(','));
    need(']');
    return all;
  }

  std::string string() {
    need('"');
    std::string value;
    while (true) {
      if (at_ == text_.size()) broken("a text does not end");
      const char next = text_[at_++];
      if (next == '"') return value;
      if (static_cast<unsigned char>(next) < 0x20) broken("a text goes over its line");
      if (next == '\\') {
        add_escaped(value);
      } else {
        value += next;
      }
    }
  }

  void add_escaped(std::string& value) {
    if (at_ == text_.size()) broken("a text does not end");
    const char kind = text_[at_++];
    constexpr std::string_view kKinds = "\"\\/bfnrt";
    constexpr std::string_view kMeant = "\"\\/\b\f\n\r\t";
    if (const size_t place = kKinds.find(kind); place != std::string_view::npos) {
      value += kMeant[place];
    } else if (kind == 'u') {
      uint32_t code = hexadecimal();
      if (code >= 0xd800 && code < 0xdc00 && text_.substr(at_).starts_with("\\u")) {
        at_ += 2;
        const uint32_t low = hexadecimal();
        if (low < 0xdc00 || low > 0xdfff) broken("half a character");
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
      }
      if (code >= 0xd800 && code < 0xe000) broken("half a character");
      add_utf8(value, code);
    } else {
      broken("an unknown escape");
    }
  }

  uint32_t hexadecimal() {
    uint32_t code = 0;
    const char* const start = text_.data() + at_;
    if (text_.size() - at_ < 4) broken("a text does not end");
    const auto [end, error] = std::from_chars(start, start + 4, code, 16);
    if (error != std::errc() || end != start + 4) broken("an unknown escape");
    at_ += 4;
    return code;
  }

  static void add_utf8(std::string& value, uint32_t code) {
    const auto add = [&](uint32_t byte) { value += static_cast<char>(byte); };
    if (code < 0x80) return add(code);
    if (code < 0x800) {
      add(0xc0 | code >> 6);
    } else {
      if (code < 0x10000) {
        add(0xe0 | code >> 12);
      } else {
        add(0xf0 | code >> 18);
        add(0x80 | (code >> 12 & 0x3f));
      }
      add(0x80 | (code >> 6 & 0x3f));
    }
    add(0x80 | (code & 0x3f));
  }

  std::string_view text_;
  const std::string& path_;
  size_t at_ = 0;
};

void check_size(const SafetensorsEntry& entry, const std::string& path) {
  const bool is_known = entry.dtype != c10::ScalarType::Undefined;
  uint64_t bytes = is_known ? c10::elementSize(entry.dtype) : 1;
  bool is_possible = entry.begin <= entry.end && entry.shape.size() <= 64;
  // Sizes beside a 0 must make sense too: their product is used for strides.
  uint64_t product = 1;
  for (const int64_t each : entry.shape) {
    is_possible =
        is_possible &&
        !__builtin_mul_overflow(bytes, static_cast<uint64_t>(each), &bytes) &&
        !__builtin_mul_overflow(
            product, static_cast<uint64_t>(std::max<int64_t>(each, 1)), &product) &&
        product < (uint64_t{1} << 58);
  }
  if (!is_possible || (is_known && entry.end - entry.begin != bytes)) {
    fail_format(path, "the tensor '" + entry.name +
                          "' does not have the bytes that its shape needs");
  }
}

// Neither overlaps nor gaps: then what is read is never larger than the file.
void check_order(const SafetensorsHeader& header, uint64_t data_size,
                 const std::string& path) {
  std::vector<const SafetensorsEntry*> sorted;
  for (const SafetensorsEntry& each : header.entries) sorted.push_back(&each);
  std::sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) {
    return std::pair(a->begin, a->end) < std::pair(b->begin, b->end);
  });
  uint64_t at = 0;
  for (const SafetensorsEntry* each : sorted) {
    if (each->begin != at) {
      fail_format(path, "the tensor '" + each->name + "' begins at byte " +
                            std::to_string(each->begin) + " of the data, where byte " +
                            std::to_string(at) + " is next");
    }
    at = each->end;
  }
  if (at != data_size) {
    fail_format(path, "its tensors have " + std::to_string(at) +
                          " bytes, and the file has " + std::to_string(data_size) +
                          " for them");
  }
}

void put_text(std::string& out, const std::string& text) {
  constexpr const char* kDigits = "0123456789abcdef";
  out += '"';
  for (const char each : text) {
    const auto code = static_cast<unsigned char>(each);
    if (each == '"' || each == '\\') out += '\\';
    if (code < 0x20) {
      out += "\\u00";
      out += kDigits[code >> 4];
      out += kDigits[code & 15];
    } else {
      out += each;
    }
  }
  out += '"';
}

}  // namespace

const char* safetensors_dtype_name(c10::ScalarType dtype) {
  for (const DtypeName& each : kDtypeNames) {
    if (std::strcmp(dtype_name(dtype), each.dtype) == 0) return each.name;
  }
  return nullptr;
}

SafetensorsHeader read_safetensors_header(const MappedFile& file) {
  const std::string_view bytes = file.bytes();
  uint64_t length = 0;
  if (bytes.size() < 8) fail_format(file.path(), "the file ends before its header");
  std::memcpy(&length, bytes.data(), 8);
  if (length > kLongestHeader || length > bytes.size() - 8) {
    fail_format(file.path(),
                "a header of " + std::to_string(length) +
                    " bytes: this is no safetensors file, or it was cut short");
  }
  SafetensorsHeader header = HeaderReader(bytes.substr(8, length), file.path()).run();
  header.data_start = 8 + length;
  for (const SafetensorsEntry& each : header.entries) check_size(each, file.path());
  check_order(header, bytes.size() - header.data_start, file.path());
  return header;
}

std::string safetensors_header_text(const SafetensorsHeader& header) {
  std::string text = "{";
  if (!header.metadata.empty()) {
    text += "\"__metadata__\":{";
    for (const auto& [key, value] : header.metadata) {
      if (text.back() != '{') text += ',';
      put_text(text, key);
      text += ':';
      put_text(text, value);
    }
    text += '}';
  }
  for (const SafetensorsEntry& each : header.entries) {
    if (text.size() > 1) text += ',';
    put_text(text, each.name);
    text += std::string(":{\"dtype\":\"") + safetensors_dtype_name(each.dtype) +
            "\",\"shape\":[";
    for (size_t i = 0; i < each.shape.size(); ++i) {
      text += (i == 0 ? "" : ",") + std::to_string(each.shape[i]);
    }
    text += "],\"data_offsets\":[" + std::to_string(each.begin) + "," +
            std::to_string(each.end) + "]}";
  }
  text += '}';
  text.append((8 - text.size() % 8) % 8, ' ');
  const uint64_t length = text.size();
  std::string out(8, '\0');
  std::memcpy(out.data(), &length, 8);
  return out + text;
}

}  // namespace simple_torch
