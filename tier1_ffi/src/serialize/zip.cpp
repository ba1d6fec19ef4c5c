#include "serialize/zip.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <new>

#include "core/file.h"

namespace simple_torch {
namespace {

static_assert(std::endian::native == std::endian::little,
              "numbers in files are read and written as they lie in memory");

constexpr uint32_t kLocalHeader = 0x04034b50;
constexpr uint32_t kDirectoryEntry = 0x02014b50;
constexpr uint32_t kEnd = 0x06054b50;
constexpr uint32_t kEnd64 = 0x06064b50;
constexpr uint32_t kEnd64Locator = 0x07064b50;
constexpr size_t kLocalHeaderSize = 30;
constexpr size_t kDirectoryEntrySize = 46;
constexpr size_t kEndSize = 22;
constexpr size_t kEnd64Size = 56;
constexpr size_t kLocatorSize = 20;
// A number that does not fit stands in an extra field of 64-bit numbers.
constexpr uint32_t kTooLarge = 0xffffffff;
constexpr uint16_t kExtra64 = 1;
constexpr uint16_t kVersion64 = 45;
constexpr uint16_t kNamesAreUtf8 = 0x800;
constexpr uint16_t kEncrypted = 1;
constexpr size_t kAlignment = 64;

// The number at a place that is known to be inside.
template <typename T>
T number(std::string_view bytes, size_t at) {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

template <typename T>
void put(std::string& out, T value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

bool fits(std::string_view bytes, uint64_t at, uint64_t size) {
  return at <= bytes.size() && size <= bytes.size() - at;
}

// Eight tables: what a byte does to the sum when 0 to 7 others follow it.
constexpr auto kSums = [] {
  std::array<std::array<uint32_t, 256>, 8> tables{};
  for (uint32_t byte = 0; byte < 256; ++byte) {
    uint32_t sum = byte;
    for (int bit = 0; bit < 8; ++bit) sum = (sum >> 1) ^ ((sum & 1) * 0xedb88320u);
    tables[0][byte] = sum;
  }
  for (size_t i = 1; i < 8; ++i) {
    for (size_t byte = 0; byte < 256; ++byte) {
      const uint32_t before = tables[i - 1][byte];
      tables[i][byte] = (before >> 8) ^ tables[0][before & 0xff];
    }
  }
  return tables;
}();

// A stream of zlib's that goes with its scope.
class Inflating {
 public:
  explicit Inflating(std::string_view packed) {
    // Its counts are of 32 bits; what is compressed is code, and never as large.
    constexpr size_t kMost = size_t{1} << 30;
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream_.avail_in = static_cast<uInt>(std::min(packed.size(), kMost));
    // Without zlib's own header.
    if (inflateInit2(&stream_, -MAX_WBITS) != Z_OK) throw std::bad_alloc();
  }
  Inflating(const Inflating&) = delete;
  Inflating& operator=(const Inflating&) = delete;
  ~Inflating() { inflateEnd(&stream_); }

  // Whether what it unpacks has this size and sum. No more than the size is unpacked.
  bool has(uint64_t size, uint32_t sum) {
    std::array<Bytef, 1 << 14> piece;
    uint64_t total = 0;
    uLong found = ::crc32(0, nullptr, 0);
    for (int status = Z_OK; status == Z_OK && total <= size;) {
      stream_.next_out = piece.data();
      stream_.avail_out = static_cast<uInt>(piece.size());
      status = inflate(&stream_, Z_NO_FLUSH);
      const auto count = static_cast<uInt>(piece.size()) - stream_.avail_out;
      found = ::crc32(found, piece.data(), count);
      total += count;
      if (status == Z_STREAM_END) return total == size && (sum == 0 || found == sum);
    }
    return false;
  }

 private:
  z_stream stream_{};
};

}  // namespace

uint32_t crc32(std::string_view bytes) {
  uint32_t sum = ~uint32_t{0};
  while (bytes.size() >= 8) {
    const uint32_t low = number<uint32_t>(bytes, 0) ^ sum;
    const auto high = number<uint32_t>(bytes, 4);
    sum = kSums[7][low & 0xff] ^ kSums[6][(low >> 8) & 0xff] ^
          kSums[5][(low >> 16) & 0xff] ^ kSums[4][low >> 24] ^ kSums[3][high & 0xff] ^
          kSums[2][(high >> 8) & 0xff] ^ kSums[1][(high >> 16) & 0xff] ^
          kSums[0][high >> 24];
    bytes.remove_prefix(8);
  }
  for (const char each : bytes) {
    sum = (sum >> 8) ^ kSums[0][(sum ^ static_cast<unsigned char>(each)) & 0xff];
  }
  return ~sum;
}

bool ZipReader::is_archive(Input& input) {
  return input.size() >= 4 && number<uint32_t>(input.view(0, 4), 0) == kLocalHeader;
}

ZipReader::ZipReader(Input& input) : input_(input), path_(input.name()) {
  const Directory directory = find_directory();
  if (!input_.has(directory.start, 0)) {
    fail_format(path_, "the list of records is not in the file");
  }
  const std::string_view list =
      input_.view(directory.start, input_.size() - directory.start);
  uint64_t at = 0;
  for (uint64_t i = 0; i < directory.count; ++i) {
    at += read_entry(list, at, directory.start);
  }
  for (const auto& [name, record] : records_) {
    if (const size_t slash = name.find('/'); slash != std::string::npos) {
      if (std::string_view(name).substr(slash) == "/data.pkl") {
        folder_ = name.substr(0, slash + 1);
      }
    }
  }
}

ZipReader::Directory ZipReader::find_directory() const {
  // A comment of at most 65535 bytes may follow.
  constexpr size_t kFarthest = kEnd64Size + kLocatorSize + kEndSize + 65535;
  if (input_.size() < kEndSize) fail_format(path_, "this is no whole archive");
  const uint64_t size = std::min<uint64_t>(input_.size(), kFarthest);
  const std::string_view tail = input_.view(input_.size() - size, size);
  size_t at = tail.size() - kEndSize;
  while (number<uint32_t>(tail, at) != kEnd) {
    if (at == 0) {
      fail_format(path_, "the end of the archive is missing: the file was cut short");
    }
    --at;
  }
  Directory found{number<uint32_t>(tail, at + 16), number<uint16_t>(tail, at + 10)};
  if (at >= kLocatorSize && number<uint32_t>(tail, at - kLocatorSize) == kEnd64Locator) {
    const auto place = number<uint64_t>(tail, at - kLocatorSize + 8);
    if (!input_.has(place, kEnd64Size)) {
      fail_format(path_, "the end of the archive is broken");
    }
    const std::string_view end = input_.view(place, kEnd64Size);
    if (number<uint32_t>(end, 0) != kEnd64) {
      fail_format(path_, "the end of the archive is broken");
    }
    found = {number<uint64_t>(end, 48), number<uint64_t>(end, 32)};
  }
  return found;
}

size_t ZipReader::read_entry(std::string_view list, uint64_t at, uint64_t list_start) {
  const auto broken = [&] {
    fail_format(path_, "the list of records is broken at byte " +
                           std::to_string(list_start + at));
  };
  if (!fits(list, at, kDirectoryEntrySize) ||
      number<uint32_t>(list, at) != kDirectoryEntry) {
    broken();
  }
  const auto name_size = number<uint16_t>(list, at + 28);
  const auto extra_size = number<uint16_t>(list, at + 30);
  const auto comment_size = number<uint16_t>(list, at + 32);
  const size_t whole = kDirectoryEntrySize + name_size + extra_size + comment_size;
  if (!fits(list, at, whole)) broken();
  const std::string name(list.substr(at + kDirectoryEntrySize, name_size));
  uint64_t packed_size = number<uint32_t>(list, at + 20);
  uint64_t size = number<uint32_t>(list, at + 24);
  uint64_t header = number<uint32_t>(list, at + 42);
  std::string_view extra = list.substr(at + kDirectoryEntrySize + name_size, extra_size);
  while (extra.size() >= 4) {
    const auto kind = number<uint16_t>(extra, 0);
    const auto length = number<uint16_t>(extra, 2);
    if (extra.size() - 4 < length) break;
    std::string_view numbers = extra.substr(4, length);
    if (kind == kExtra64) {
      for (uint64_t* each : {&size, &packed_size, &header}) {
        if (*each != kTooLarge || numbers.size() < 8) continue;
        *each = number<uint64_t>(numbers, 0);
        numbers.remove_prefix(8);
      }
    }
    extra.remove_prefix(4 + size_t{length});
  }
  const bool is_packed = number<uint16_t>(list, at + 10) != 0 || packed_size != size ||
                         (number<uint16_t>(list, at + 8) & kEncrypted) != 0;
  const Record record{content_at(name, header, packed_size), packed_size, size,
                      number<uint32_t>(list, at + 16), is_packed};
  // Records that share their bytes could make many times the file's size of it.
  total_ += record.size;
  if (total_ > input_.size()) fail_format(path_, "its records overlap");
  if (!records_.emplace(name, record).second) {
    fail_format(path_, "there are two records of the name '" + name + "'");
  }
  names_.emplace(record.at, name);
  return whole;
}

uint64_t ZipReader::content_at(const std::string& name, uint64_t header,
                               uint64_t size) const {
  const bool is_there = input_.has(header, kLocalHeaderSize);
  const std::string_view head =
      is_there ? input_.view(header, kLocalHeaderSize) : std::string_view();
  if (!is_there || number<uint32_t>(head, 0) != kLocalHeader) {
    fail_format(path_, "the header of the record '" + name + "' is broken");
  }
  const uint64_t start =
      header + kLocalHeaderSize + number<uint16_t>(head, 26) + number<uint16_t>(head, 28);
  if (!input_.has(start, size)) {
    fail_format(path_, "the record '" + name + "' of " + std::to_string(size) +
                           " bytes does not end in the file");
  }
  return start;
}

const ZipReader::Record& ZipReader::stored(const std::string& name) const {
  const auto found = records_.find(name);
  if (found == records_.end()) {
    fail_format(path_, "there is no record '" + name + "'");
  }
  if (found->second.is_packed) {
    fail_format(path_, "the record '" + name +
                           "' is compressed or encrypted, which PyTorch never does");
  }
  return found->second;
}

bool ZipReader::has_folder(const std::string& path) const {
  return std::any_of(records_.begin(), records_.end(), [&](const auto& each) {
    return ("/" + each.first).find("/" + path + "/") != std::string::npos;
  });
}

void ZipReader::check_sum(const std::string& name, const Record& record,
                          std::string_view content) const {
  // PyTorch can be told not to compute the sums; then they are 0.
  if (record.sum != 0 && record.sum != crc32(content)) {
    fail_format(path_, "the record '" + name + "' is damaged: its sum is wrong");
  }
}

std::string_view ZipReader::record(const std::string& name) const {
  const Record& record = stored(name);
  const std::string_view content = input_.view(record.at, record.size);
  check_sum(name, record, content);
  return content;
}

void ZipReader::read(const std::string& name, void* to) const {
  const Record& record = stored(name);
  if (!input_.read(record.at, to, record.size)) input_.check();
  check_sum(name, record, {static_cast<const char*>(to), record.size});
}

void ZipReader::check_read(uint64_t at, std::string_view bytes) const {
  const auto found = names_.find(at);
  if (found == names_.end()) return;
  const Record& record = records_.at(found->second);
  if (record.is_packed || record.size != bytes.size()) return;
  check_sum(found->second, record, bytes);
}

void ZipReader::check_compressed() const {
  // Code and its line numbers are compressed, never to a twentieth of their size.
  constexpr uint64_t kMost = 100;
  constexpr uint64_t kAlways = uint64_t{1} << 20;
  uint64_t unpacked = 0;
  for (const auto& [name, record] : records_) {
    if (!record.is_packed) continue;
    const bool overflows =
        __builtin_add_overflow(unpacked, record.unpacked_size, &unpacked);
    if (overflows || unpacked > input_.size() * kMost + kAlways) {
      fail_format(path_, "the record '" + name + "' of " + std::to_string(record.size) +
                             " bytes would become " +
                             std::to_string(record.unpacked_size));
    }
    const std::string_view packed = input_.view(record.at, record.size);
    if (!Inflating(packed).has(record.unpacked_size, record.sum)) {
      fail_format(path_, "the record '" + name + "' is damaged: its sum is wrong");
    }
  }
}

void ZipReader::check_paths() const {
  for (const auto& [name, record] : records_) {
    const bool leads_out = name.empty() || name.front() == '/' ||
                           ("/" + name + "/").find("/../") != std::string::npos ||
                           name.find('\\') != std::string::npos ||
                           name.find('\0') != std::string::npos;
    if (leads_out) {
      fail_format(path_, "the record '" + name + "' would lie outside its folder");
    }
  }
}

void ZipWriter::add(const std::string& name, std::string_view content) {
  Entry entry{folder_ + name, output_.position(), content.size(), crc32(content)};
  const bool is_large = content.size() >= kTooLarge;
  const auto size32 = is_large ? kTooLarge : static_cast<uint32_t>(content.size());
  std::string extra;
  if (is_large) {
    put<uint16_t>(extra, kExtra64);
    put<uint16_t>(extra, 16);
    put<uint64_t>(extra, content.size());
    put<uint64_t>(extra, content.size());
  }
  // PyTorch's own extra field, which only takes room.
  const uint64_t start =
      entry.at + kLocalHeaderSize + entry.name.size() + extra.size() + 4;
  const auto padding =
      static_cast<uint16_t>((kAlignment - start % kAlignment) % kAlignment);
  extra += "FB";
  put<uint16_t>(extra, padding);
  extra.append(padding, 'Z');

  std::string header;
  put<uint32_t>(header, kLocalHeader);
  put<uint16_t>(header, is_large ? kVersion64 : 0);
  put<uint16_t>(header, kNamesAreUtf8);
  put<uint16_t>(header, 0);  // stored
  put<uint32_t>(header, 0);  // no time
  put<uint32_t>(header, entry.sum);
  put<uint32_t>(header, size32);
  put<uint32_t>(header, size32);
  put<uint16_t>(header, static_cast<uint16_t>(entry.name.size()));
  put<uint16_t>(header, static_cast<uint16_t>(extra.size()));
  output_.write(header + entry.name + extra);
  output_.write(content);
  entries_.push_back(std::move(entry));
}

void ZipWriter::finish() {
  const uint64_t start = output_.position();
  std::string out;
  for (const Entry& each : entries_) {
    std::string numbers;
    const auto in_32_bits = [&](uint64_t value) {
      if (value < kTooLarge) return static_cast<uint32_t>(value);
      put<uint64_t>(numbers, value);
      return kTooLarge;
    };
    const uint32_t size = in_32_bits(each.size);
    const uint32_t packed_size = in_32_bits(each.size);
    const uint32_t at = in_32_bits(each.at);
    const uint16_t version = numbers.empty() ? 0 : kVersion64;
    put<uint32_t>(out, kDirectoryEntry);
    put<uint16_t>(out, version);
    put<uint16_t>(out, version);
    put<uint16_t>(out, kNamesAreUtf8);
    put<uint16_t>(out, 0);
    put<uint32_t>(out, 0);
    put<uint32_t>(out, each.sum);
    put<uint32_t>(out, packed_size);
    put<uint32_t>(out, size);
    put<uint16_t>(out, static_cast<uint16_t>(each.name.size()));
    put<uint16_t>(out, static_cast<uint16_t>(numbers.empty() ? 0 : 4 + numbers.size()));
    put<uint16_t>(out, 0);  // comment
    put<uint16_t>(out, 0);  // disk
    put<uint16_t>(out, 0);
    put<uint32_t>(out, 0);
    put<uint32_t>(out, at);
    out += each.name;
    if (!numbers.empty()) {
      put<uint16_t>(out, kExtra64);
      put<uint16_t>(out, static_cast<uint16_t>(numbers.size()));
      out += numbers;
    }
  }
  const uint64_t size = out.size();
  const uint64_t count = entries_.size();
  const bool is_large = count >= 0xffff || size >= kTooLarge || start >= kTooLarge;
  if (is_large) {
    put<uint32_t>(out, kEnd64);
    put<uint64_t>(out, kEnd64Size - 12);
    put<uint16_t>(out, kVersion64);
    put<uint16_t>(out, kVersion64);
    put<uint32_t>(out, 0);
    put<uint32_t>(out, 0);
    put<uint64_t>(out, count);
    put<uint64_t>(out, count);
    put<uint64_t>(out, size);
    put<uint64_t>(out, start);
    put<uint32_t>(out, kEnd64Locator);
    put<uint32_t>(out, 0);
    put<uint64_t>(out, start + size);
    put<uint32_t>(out, 1);
  }
  put<uint32_t>(out, kEnd);
  put<uint32_t>(out, 0);
  put<uint16_t>(out, is_large ? 0xffff : static_cast<uint16_t>(count));
  put<uint16_t>(out, is_large ? 0xffff : static_cast<uint16_t>(count));
  put<uint32_t>(out, is_large ? kTooLarge : static_cast<uint32_t>(size));
  put<uint32_t>(out, is_large ? kTooLarge : static_cast<uint32_t>(start));
  put<uint16_t>(out, 0);
  output_.write(out);
}

}  // namespace simple_torch
