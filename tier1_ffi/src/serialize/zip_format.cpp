#include "serialize/zip_format.h"

#include <algorithm>
#include <new>
#include <optional>

#include "core/file.h"

namespace simple_torch::zip {
namespace {

constexpr uint32_t kEnd = 0x06054b50;
constexpr uint32_t kEnd64 = 0x06064b50;
constexpr uint32_t kEnd64Locator = 0x07064b50;
constexpr size_t kDirectoryEntrySize = 46;
constexpr size_t kEndSize = 22;
constexpr size_t kEnd64Size = 56;
constexpr size_t kLocatorSize = 20;
// What zlib is given at once.
constexpr uint64_t kPart = uint64_t{1} << 30;

bool fits(std::string_view bytes, uint64_t at, uint64_t size) {
  return at <= bytes.size() && size <= bytes.size() - at;
}

struct Directory {
  uint64_t start;
  // Where what stands behind it begins.
  uint64_t end;
  uint64_t count;
};

Directory find_directory(Input& input, const char* none) {
  // A comment of so many bytes may follow.
  constexpr size_t kMostComment = 65535;
  constexpr uint64_t kFarthest = kEnd64Size + kLocatorSize + kEndSize + kMostComment;
  if (input.size() < kEndSize) fail_format(input.name(), none);
  const uint64_t size = std::min(input.size(), kFarthest);
  const std::string_view tail = input.view(input.size() - size, size);
  const size_t last = tail.size() - kEndSize;
  size_t at = last;
  while (number<uint32_t>(tail, at) != kEnd) {
    if (at == 0 || last - at == kMostComment) fail_format(input.name(), none);
    --at;
  }
  if (at < kLocatorSize || number<uint32_t>(tail, at - kLocatorSize) != kEnd64Locator) {
    return {number<uint32_t>(tail, at + 16), input.size() - size + at,
            number<uint16_t>(tail, at + 10)};
  }
  const auto place = number<uint64_t>(tail, at - kLocatorSize + 8);
  const std::string_view end =
      input.has(place, kEnd64Size) ? input.view(place, kEnd64Size) : std::string_view();
  if (end.empty() || number<uint32_t>(end, 0) != kEnd64) {
    fail_format(input.name(), "the end of the archive is broken");
  }
  return {number<uint64_t>(end, 48), place, number<uint64_t>(end, 32)};
}

// Of the entry at a place of the directory, if all of it is there.
std::optional<size_t> entry_size(std::string_view list, size_t at) {
  if (!fits(list, at, kDirectoryEntrySize) ||
      number<uint32_t>(list, at) != kDirectoryEntry) {
    return std::nullopt;
  }
  const size_t whole = kDirectoryEntrySize + number<uint16_t>(list, at + 28) +
                       number<uint16_t>(list, at + 30) + number<uint16_t>(list, at + 32);
  return fits(list, at, whole) ? std::optional(whole) : std::nullopt;
}

uint64_t content_at(Input& input, const std::string& name, uint64_t header,
                    uint64_t size) {
  const std::string_view head = input.has(header, kLocalHeaderSize)
                                    ? input.view(header, kLocalHeaderSize)
                                    : std::string_view();
  if (head.empty() || number<uint32_t>(head, 0) != kLocalHeader) {
    fail_format(input.name(), "the header of the record '" + name + "' is broken");
  }
  const uint64_t start =
      header + kLocalHeaderSize + number<uint16_t>(head, 26) + number<uint16_t>(head, 28);
  if (!input.has(start, size)) {
    fail_format(input.name(), "the record '" + name + "' of " + std::to_string(size) +
                                  " bytes does not end in the file");
  }
  return start;
}

Entry read_entry(Input& input, std::string_view entry) {
  const auto name_size = number<uint16_t>(entry, 28);
  Entry found{std::string(entry.substr(kDirectoryEntrySize, name_size)),
              number<uint16_t>(entry, 8),
              number<uint16_t>(entry, 10),
              number<uint32_t>(entry, 16),
              number<uint32_t>(entry, 20),
              number<uint32_t>(entry, 24),
              number<uint32_t>(entry, 42)};
  std::string_view extra =
      entry.substr(kDirectoryEntrySize + name_size, number<uint16_t>(entry, 30));
  while (extra.size() >= 4 && extra.size() - 4 >= number<uint16_t>(extra, 2)) {
    const auto kind = number<uint16_t>(extra, 0);
    std::string_view numbers = extra.substr(4, number<uint16_t>(extra, 2));
    extra.remove_prefix(4 + numbers.size());
    if (kind != kExtra64) continue;
    for (uint64_t* each : {&found.size, &found.packed_size, &found.at}) {
      if (*each != kTooLarge || numbers.size() < 8) continue;
      *each = number<uint64_t>(numbers, 0);
      numbers.remove_prefix(8);
    }
  }
  found.at = content_at(input, found.name, found.at, found.packed_size);
  return found;
}

}  // namespace

std::vector<Entry> read_directory(Input& input, const char* none) {
  const Directory directory = find_directory(input, none);
  if (!input.has(directory.start, 0)) {
    fail_format(input.name(), "the list of records is not in the file");
  }
  const std::string_view list =
      input.view(directory.start, input.size() - directory.start);
  std::vector<Entry> entries;
  size_t at = 0;
  for (uint64_t i = 0; i < directory.count; ++i) {
    const auto size = entry_size(list, at);
    if (!size) {
      fail_format(input.name(), "the list of records is broken at byte " +
                                    std::to_string(directory.start + at));
    }
    entries.push_back(read_entry(input, list.substr(at, *size)));
    at += *size;
  }
  // Other readers count back from the end. Where they would find other records than
  // these, it is not known what they read.
  if (directory.start + at != directory.end) {
    fail_format(input.name(), "the list of records does not end where it should");
  }
  return entries;
}

void put_end(std::string& out, uint64_t start, uint64_t size, uint64_t count) {
  constexpr uint16_t kTooMany = 0xffff;
  const bool is_large = count >= kTooMany || size >= kTooLarge || start >= kTooLarge;
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
  put<uint16_t>(out, is_large ? kTooMany : count);
  put<uint16_t>(out, is_large ? kTooMany : count);
  put<uint32_t>(out, is_large ? kTooLarge : size);
  put<uint32_t>(out, is_large ? kTooLarge : start);
  put<uint16_t>(out, 0);
}

Inflating::Inflating(std::string_view packed) : packed_(packed) {
  // Without zlib's own header.
  if (inflateInit2(&stream_, -MAX_WBITS) != Z_OK) throw std::bad_alloc();
}

size_t Inflating::next(char* to, uint64_t most) {
  const auto in_part = static_cast<uInt>(std::min<uint64_t>(packed_.size(), kPart));
  const auto out_part = static_cast<uInt>(std::min<uint64_t>(most, kPart));
  stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed_.data()));
  stream_.avail_in = in_part;
  stream_.next_out = reinterpret_cast<Bytef*>(to);
  stream_.avail_out = out_part;
  status_ = inflate(&stream_, Z_NO_FLUSH);
  packed_.remove_prefix(in_part - stream_.avail_in);
  return out_part - stream_.avail_out;
}

}  // namespace simple_torch::zip
