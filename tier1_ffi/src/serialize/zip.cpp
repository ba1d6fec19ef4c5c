#include "serialize/zip.h"

#include <array>
#include <bit>
#include <cstring>

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

bool ZipReader::is_archive(std::string_view bytes) {
  return bytes.size() >= 4 && number<uint32_t>(bytes, 0) == kLocalHeader;
}

ZipReader::ZipReader(const MappedFile& file) : path_(file.path()), bytes_(file.bytes()) {
  const Directory directory = find_directory();
  uint64_t at = directory.start;
  for (uint64_t i = 0; i < directory.count; ++i) at += read_entry(at);
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
  constexpr size_t kFarthest = kEndSize + 65535;
  if (bytes_.size() < kEndSize) fail_format(path_, "this is no whole archive");
  size_t at = bytes_.size() - kEndSize;
  const size_t last = bytes_.size() > kFarthest ? bytes_.size() - kFarthest : 0;
  while (number<uint32_t>(bytes_, at) != kEnd) {
    if (at == last) {
      fail_format(path_, "the end of the archive is missing: the file was cut short");
    }
    --at;
  }
  Directory found{number<uint32_t>(bytes_, at + 16), number<uint16_t>(bytes_, at + 10)};
  if (at >= kLocatorSize &&
      number<uint32_t>(bytes_, at - kLocatorSize) == kEnd64Locator) {
    const auto end = number<uint64_t>(bytes_, at - kLocatorSize + 8);
    if (!fits(bytes_, end, kEnd64Size) || number<uint32_t>(bytes_, end) != kEnd64) {
      fail_format(path_, "the end of the archive is broken");
    }
    found = {number<uint64_t>(bytes_, end + 48), number<uint64_t>(bytes_, end + 32)};
  }
  return found;
}

size_t ZipReader::read_entry(uint64_t at) {
  if (!fits(bytes_, at, kDirectoryEntrySize) ||
      number<uint32_t>(bytes_, at) != kDirectoryEntry) {
    fail_format(path_, "the list of records is broken at byte " + std::to_string(at));
  }
  const auto name_size = number<uint16_t>(bytes_, at + 28);
  const auto extra_size = number<uint16_t>(bytes_, at + 30);
  const auto comment_size = number<uint16_t>(bytes_, at + 32);
  const size_t whole = kDirectoryEntrySize + name_size + extra_size + comment_size;
  if (!fits(bytes_, at, whole)) {
    fail_format(path_, "the list of records is broken at byte " + std::to_string(at));
  }
  const std::string name(bytes_.substr(at + kDirectoryEntrySize, name_size));
  uint64_t packed_size = number<uint32_t>(bytes_, at + 20);
  uint64_t size = number<uint32_t>(bytes_, at + 24);
  uint64_t header = number<uint32_t>(bytes_, at + 42);
  std::string_view extra =
      bytes_.substr(at + kDirectoryEntrySize + name_size, extra_size);
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
  const bool is_packed = number<uint16_t>(bytes_, at + 10) != 0 || packed_size != size ||
                         (number<uint16_t>(bytes_, at + 8) & kEncrypted) != 0;
  Record record{{}, number<uint32_t>(bytes_, at + 16), is_packed};
  if (!is_packed) record.content = content_at(name, header, size);
  // Records that share their bytes could make many times the file's size of it.
  total_ += record.content.size();
  if (total_ > bytes_.size()) fail_format(path_, "its records overlap");
  if (!records_.emplace(name, record).second) {
    fail_format(path_, "there are two records of the name '" + name + "'");
  }
  return whole;
}

std::string_view ZipReader::content_at(const std::string& name, uint64_t header,
                                       uint64_t size) const {
  if (!fits(bytes_, header, kLocalHeaderSize) ||
      number<uint32_t>(bytes_, header) != kLocalHeader) {
    fail_format(path_, "the header of the record '" + name + "' is broken");
  }
  const uint64_t start = header + kLocalHeaderSize +
                         number<uint16_t>(bytes_, header + 26) +
                         number<uint16_t>(bytes_, header + 28);
  if (!fits(bytes_, start, size)) {
    fail_format(path_, "the record '" + name + "' of " + std::to_string(size) +
                           " bytes does not end in the file");
  }
  return bytes_.substr(start, size);
}

std::string_view ZipReader::record(const std::string& name) const {
  const auto found = records_.find(name);
  if (found == records_.end()) {
    fail_format(path_, "there is no record '" + name + "'");
  }
  const Record& record = found->second;
  if (record.is_packed) {
    fail_format(path_, "the record '" + name +
                           "' is compressed or encrypted, which PyTorch never does");
  }
  // PyTorch can be told not to compute the sums; then they are 0.
  if (record.sum != 0 && record.sum != crc32(record.content)) {
    fail_format(path_, "the record '" + name + "' is damaged: its sum is wrong");
  }
  return record.content;
}

void ZipWriter::add(const std::string& name, std::string_view content) {
  Entry entry{folder_ + name, file_.position(), content.size(), crc32(content)};
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
  file_.write(header + entry.name + extra);
  file_.write(content);
  entries_.push_back(std::move(entry));
}

void ZipWriter::finish() {
  const uint64_t start = file_.position();
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
  file_.write(out);
}

}  // namespace simple_torch
