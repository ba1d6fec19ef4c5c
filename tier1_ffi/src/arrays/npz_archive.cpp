#include "arrays/npz_archive.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <new>

namespace simple_torch {
namespace {

constexpr uint32_t kLocalHeader = 0x04034b50;
constexpr uint32_t kListEntry = 0x02014b50;
constexpr uint32_t kEnd = 0x06054b50;
constexpr uint32_t kEnd64 = 0x06064b50;
constexpr uint32_t kEnd64Locator = 0x07064b50;
constexpr size_t kLocalHeaderSize = 30;
constexpr size_t kListEntrySize = 46;
constexpr size_t kEndSize = 22;
constexpr size_t kEnd64Size = 56;
constexpr size_t kLocatorSize = 20;
constexpr uint64_t kTooLarge = 0xffffffff;
constexpr uint16_t kExtra64 = 1;
constexpr uint16_t kDeflated = 8;
constexpr uint16_t kVersion64 = 45;
constexpr uint16_t kNamesAreUtf8 = 0x800;
constexpr uint16_t kEncrypted = 1;
// More than deflate makes of a byte.
constexpr uint64_t kMostPerByte = 1040;

// The number at a place that is known to be inside; zip has the lowest byte first.
template <typename T>
T number(std::string_view bytes, size_t at) {
  T value = 0;
  for (size_t i = sizeof(T); i-- > 0;) {
    value = static_cast<T>(static_cast<uint64_t>(value) << 8 |
                           static_cast<unsigned char>(bytes[at + i]));
  }
  return value;
}

template <typename T>
void put(std::string& out, uint64_t value) {
  for (size_t i = 0; i < sizeof(T); ++i) out += static_cast<char>(value >> 8 * i & 0xff);
}

bool fits(std::string_view bytes, uint64_t at, uint64_t size) {
  return at <= bytes.size() && size <= bytes.size() - at;
}

uint32_t sum_of(std::string_view bytes, uint32_t before = 0) {
  uLong sum = before;
  while (!bytes.empty()) {
    const size_t some = std::min(bytes.size(), size_t{1} << 30);
    sum = ::crc32(sum, reinterpret_cast<const Bytef*>(bytes.data()),
                  static_cast<uInt>(some));
    bytes.remove_prefix(some);
  }
  return static_cast<uint32_t>(sum);
}

// A stream of zlib's that goes with its scope. Its counts are of 32 bits, so what is
// larger goes through it in parts.
class Inflating {
 public:
  Inflating() {
    // Without zlib's own header.
    if (inflateInit2(&stream_, -MAX_WBITS) != Z_OK) throw std::bad_alloc();
  }
  Inflating(const Inflating&) = delete;
  Inflating& operator=(const Inflating&) = delete;
  ~Inflating() { inflateEnd(&stream_); }

  // Whether `packed` makes exactly `size` bytes.
  bool run(std::string_view packed, char* out, uint64_t size) {
    int status = Z_OK;
    while (status == Z_OK) {
      const auto in_part = static_cast<uInt>(std::min<uint64_t>(packed.size(), kPart));
      const auto out_part = static_cast<uInt>(std::min<uint64_t>(size, kPart));
      stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
      stream_.avail_in = in_part;
      stream_.next_out = reinterpret_cast<Bytef*>(out);
      stream_.avail_out = out_part;
      status = inflate(&stream_, Z_NO_FLUSH);
      packed.remove_prefix(in_part - stream_.avail_in);
      out += out_part - stream_.avail_out;
      size -= out_part - stream_.avail_out;
    }
    return status == Z_STREAM_END && size == 0 && packed.empty();
  }

 private:
  static constexpr uint64_t kPart = uint64_t{1} << 30;
  z_stream stream_{};
};

class Deflating {
 public:
  Deflating() {
    constexpr int kMemory = 8;
    if (deflateInit2(&stream_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, kMemory,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
      throw std::bad_alloc();
    }
  }
  Deflating(const Deflating&) = delete;
  Deflating& operator=(const Deflating&) = delete;
  ~Deflating() { deflateEnd(&stream_); }

  std::string run(const std::vector<std::string_view>& pieces) {
    std::string out;
    for (std::string_view piece : pieces) {
      while (!piece.empty()) {
        const size_t some = std::min(piece.size(), size_t{1} << 30);
        feed(piece.substr(0, some), Z_NO_FLUSH, out);
        piece.remove_prefix(some);
      }
    }
    feed({}, Z_FINISH, out);
    return out;
  }

 private:
  void feed(std::string_view in, int flush, std::string& out) {
    std::array<char, 1 << 16> room;
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));
    stream_.avail_in = static_cast<uInt>(in.size());
    do {
      stream_.next_out = reinterpret_cast<Bytef*>(room.data());
      stream_.avail_out = static_cast<uInt>(room.size());
      deflate(&stream_, flush);
      out.append(room.data(), room.size() - stream_.avail_out);
    } while (stream_.avail_out == 0);
  }
  z_stream stream_{};
};

struct List {
  uint64_t at;
  uint64_t count;
};

List find_list(std::string_view bytes, const std::string& name) {
  // A comment of at most 65,535 bytes may follow.
  if (bytes.size() < kEndSize) fail_format(name, "this is no archive");
  const size_t last = bytes.size() - kEndSize;
  const size_t first = last > 65535 ? last - 65535 : 0;
  size_t at = last;
  while (number<uint32_t>(bytes, at) != kEnd) {
    if (at == first) fail_format(name, "this is no archive, or it was cut short");
    --at;
  }
  if (at >= kLocatorSize && number<uint32_t>(bytes, at - kLocatorSize) == kEnd64Locator) {
    const auto end = number<uint64_t>(bytes, at - kLocatorSize + 8);
    if (!fits(bytes, end, kEnd64Size) || number<uint32_t>(bytes, end) != kEnd64) {
      fail_format(name, "the end of the archive is broken");
    }
    return {number<uint64_t>(bytes, end + 48), number<uint64_t>(bytes, end + 32)};
  }
  return {number<uint32_t>(bytes, at + 16), number<uint16_t>(bytes, at + 10)};
}

}  // namespace

NpzReader::NpzReader(std::string_view bytes, std::string name)
    : bytes_(bytes), name_(std::move(name)) {
  const List list = find_list(bytes_, name_);
  uint64_t at = list.at;
  for (uint64_t i = 0; i < list.count; ++i) at += read_entry(at);
}

size_t NpzReader::read_entry(size_t at) {
  if (!fits(bytes_, at, kListEntrySize) || number<uint32_t>(bytes_, at) != kListEntry) {
    fail_format(name_, "the list of the archive is broken");
  }
  const auto name_size = number<uint16_t>(bytes_, at + 28);
  const auto extra_size = number<uint16_t>(bytes_, at + 30);
  const size_t whole =
      kListEntrySize + name_size + extra_size + number<uint16_t>(bytes_, at + 32);
  if (!fits(bytes_, at, whole)) fail_format(name_, "the list of the archive is broken");
  Record record{std::string(bytes_.substr(at + kListEntrySize, name_size)),
                {},
                number<uint32_t>(bytes_, at + 24),
                number<uint32_t>(bytes_, at + 16),
                false};
  const auto method = number<uint16_t>(bytes_, at + 10);
  record.is_deflated = method == kDeflated;
  if ((method != 0 && method != kDeflated) ||
      (number<uint16_t>(bytes_, at + 8) & kEncrypted) != 0) {
    fail(Code::kUnsupported, "",
         name_ + ": `" + record.name +
             "` is encrypted, or compressed in another way "
             "than numpy does it");
  }
  uint64_t packed_size = number<uint32_t>(bytes_, at + 20);
  uint64_t header = number<uint32_t>(bytes_, at + 42);
  std::string_view extra = bytes_.substr(at + kListEntrySize + name_size, extra_size);
  while (extra.size() >= 4 && extra.size() - 4 >= number<uint16_t>(extra, 2)) {
    const auto kind = number<uint16_t>(extra, 0);
    std::string_view numbers = extra.substr(4, number<uint16_t>(extra, 2));
    extra.remove_prefix(4 + numbers.size());
    if (kind != kExtra64) continue;
    for (uint64_t* each : {&record.size, &packed_size, &header}) {
      if (*each != kTooLarge || numbers.size() < 8) continue;
      *each = number<uint64_t>(numbers, 0);
      numbers.remove_prefix(8);
    }
  }
  record.packed = packed_at(record.name, header, packed_size);
  // Records that share their bytes could make many times the file's size of it.
  total_ += packed_size;
  if (total_ > bytes_.size()) {
    fail_format(name_, "the archive says to hold more than it does");
  }
  const uint64_t most = record.is_deflated ? packed_size * kMostPerByte : packed_size;
  if (record.size > most || (!record.is_deflated && record.size != packed_size)) {
    fail_format(name_, "`" + record.name + "` says to be of " +
                           std::to_string(record.size) + " bytes, which " +
                           std::to_string(packed_size) + " cannot hold");
  }
  records_.push_back(std::move(record));
  return whole;
}

std::string_view NpzReader::packed_at(const std::string& name, uint64_t header,
                                      uint64_t size) const {
  if (!fits(bytes_, header, kLocalHeaderSize) ||
      number<uint32_t>(bytes_, header) != kLocalHeader) {
    fail_format(name_, "`" + name + "` is not where the archive says");
  }
  const uint64_t at = header + kLocalHeaderSize + number<uint16_t>(bytes_, header + 26) +
                      number<uint16_t>(bytes_, header + 28);
  if (!fits(bytes_, at, size)) {
    fail_format(name_, "`" + name + "` goes beyond the end of the file");
  }
  return bytes_.substr(at, size);
}

std::string_view NpzReader::content(const Record& record, std::string& room) const {
  std::string_view content = record.packed;
  if (record.is_deflated) {
    room.resize(record.size);
    if (!Inflating().run(record.packed, room.data(), room.size())) {
      fail_format(name_, "`" + record.name + "` is damaged: it cannot be unpacked");
    }
    content = room;
  }
  if (sum_of(content) != record.sum) {
    fail_format(name_, "`" + record.name + "` is damaged: its sum is wrong");
  }
  return content;
}

void NpzWriter::add(const std::string& name,
                    const std::vector<std::string_view>& pieces) {
  uint32_t sum = 0;
  uint64_t size = 0;
  for (const std::string_view each : pieces) {
    sum = sum_of(each, sum);
    size += each.size();
  }
  std::string packed;
  if (compresses_) packed = Deflating().run(pieces);
  const uint64_t packed_size = compresses_ ? packed.size() : size;
  const uint64_t at = file_.position();
  // All numbers of 64 bits stand in the extra field, as numpy has it.
  const auto common = [&](std::string& out) {
    put<uint16_t>(out, kNamesAreUtf8);
    put<uint16_t>(out, compresses_ ? kDeflated : 0);
    put<uint16_t>(out, 0);
    put<uint16_t>(out, 0x21);  // The first of January 1980.
    put<uint32_t>(out, sum);
    put<uint32_t>(out, kTooLarge);
    put<uint32_t>(out, kTooLarge);
    put<uint16_t>(out, name.size());
  };
  std::string header;
  put<uint32_t>(header, kLocalHeader);
  put<uint16_t>(header, kVersion64);
  common(header);
  put<uint16_t>(header, 20);
  header += name;
  put<uint16_t>(header, kExtra64);
  put<uint16_t>(header, 16);
  put<uint64_t>(header, size);
  put<uint64_t>(header, packed_size);
  file_.write(header);
  if (compresses_) {
    file_.write(packed);
  } else {
    for (const std::string_view each : pieces) file_.write(each);
  }
  put<uint32_t>(list_, kListEntry);
  put<uint16_t>(list_, kVersion64);
  put<uint16_t>(list_, kVersion64);
  common(list_);
  put<uint16_t>(list_, 28);
  list_.append(10, '\0');  // No comment, one disk, no attributes.
  put<uint32_t>(list_, kTooLarge);
  list_ += name;
  put<uint16_t>(list_, kExtra64);
  put<uint16_t>(list_, 24);
  put<uint64_t>(list_, size);
  put<uint64_t>(list_, packed_size);
  put<uint64_t>(list_, at);
  ++count_;
}

void NpzWriter::finish() {
  const uint64_t start = file_.position();
  const uint64_t size = list_.size();
  std::string& out = list_;
  const bool is_large = start + size >= kTooLarge || count_ >= 0xffff;
  if (is_large) {
    put<uint32_t>(out, kEnd64);
    put<uint64_t>(out, kEnd64Size - 12);
    put<uint16_t>(out, kVersion64);
    put<uint16_t>(out, kVersion64);
    put<uint32_t>(out, 0);
    put<uint32_t>(out, 0);
    put<uint64_t>(out, count_);
    put<uint64_t>(out, count_);
    put<uint64_t>(out, size);
    put<uint64_t>(out, start);
    put<uint32_t>(out, kEnd64Locator);
    put<uint32_t>(out, 0);
    put<uint64_t>(out, start + size);
    put<uint32_t>(out, 1);
  }
  put<uint32_t>(out, kEnd);
  put<uint32_t>(out, 0);
  put<uint16_t>(out, is_large ? 0xffff : count_);
  put<uint16_t>(out, is_large ? 0xffff : count_);
  put<uint32_t>(out, is_large ? kTooLarge : size);
  put<uint32_t>(out, is_large ? kTooLarge : start);
  put<uint16_t>(out, 0);
  file_.write(out);
}

}  // namespace simple_torch
