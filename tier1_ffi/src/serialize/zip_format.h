// What all zip archives have in common, whoever writes them: where numbers stand,
// sizes of 64 bits, the record at the end, and deflate. Nothing here knows libtorch.
#pragma once

#include <zlib.h>

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "core/input.h"

namespace simple_torch::zip {

static_assert(std::endian::native == std::endian::little,
              "numbers in files are read and written as they lie in memory");

inline constexpr uint32_t kLocalHeader = 0x04034b50;
inline constexpr uint32_t kDirectoryEntry = 0x02014b50;
inline constexpr size_t kLocalHeaderSize = 30;
// A number that does not fit stands in an extra field of 64-bit numbers.
inline constexpr uint32_t kTooLarge = 0xffffffff;
inline constexpr uint16_t kExtra64 = 1;
inline constexpr uint16_t kVersion64 = 45;
inline constexpr uint16_t kNamesAreUtf8 = 0x800;
inline constexpr uint16_t kEncrypted = 1;
inline constexpr uint16_t kDeflated = 8;

// The number at a place that is known to be inside.
template <typename T>
T number(std::string_view bytes, size_t at) {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

template <typename T>
void put(std::string& out, uint64_t number) {
  const auto value = static_cast<T>(number);
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

// A record, as the directory at the end of an archive has it.
struct Entry {
  std::string name;
  uint16_t flags;
  uint16_t method;
  uint32_t sum;
  uint64_t packed_size;
  uint64_t size;
  // Where its content begins, all of which is in the file.
  uint64_t at;
};
// All of them, in their order. Fails with FORMAT; `none` is said of what has no end.
std::vector<Entry> read_directory(Input& input, const char* none);

// Writes what stands behind a directory of that start and size.
void put_end(std::string& out, uint64_t start, uint64_t size, uint64_t count);

// A stream of zlib's that goes with its scope. Its counts are of 32 bits, so what is
// larger goes through it in parts.
class Inflating {
 public:
  explicit Inflating(std::string_view packed);
  Inflating(const Inflating&) = delete;
  Inflating& operator=(const Inflating&) = delete;
  ~Inflating() { inflateEnd(&stream_); }

  // How many of the next bytes it has unpacked, of at most so many.
  size_t next(char* to, uint64_t most);
  // Neither at its end nor found to be damaged.
  bool goes_on() const { return status_ == Z_OK; }
  bool is_at_end() const { return status_ == Z_STREAM_END; }

 private:
  std::string_view packed_;
  z_stream stream_{};
  int status_ = Z_OK;
};

}  // namespace simple_torch::zip
