#include "serialize/zip.h"

#include <algorithm>
#include <array>

#include "core/file.h"
#include "core/packing.h"
#include "serialize/zip_format.h"

namespace simple_torch {
namespace {

using namespace zip;

constexpr size_t kAlignment = 64;
// What is read and summed at a time: it is still in the processor's cache then.
constexpr uint64_t kPiece = uint64_t{1} << 20;

// Whether what it unpacks has this size and sum. No more than the size is unpacked.
bool unpacks_to(std::string_view packed, uint64_t size, uint32_t sum) {
  std::array<char, 1 << 14> piece;
  Inflating stream(packed);
  uint64_t total = 0;
  uint32_t found = 0;
  while (stream.goes_on() && total <= size) {
    const size_t count = stream.next(piece.data(), piece.size());
    found = crc32_of({piece.data(), count}, found);
    total += count;
  }
  return stream.is_at_end() && total == size && (sum == 0 || found == sum);
}

}  // namespace

bool ZipReader::is_archive(Input& input) {
  return input.size() >= 4 && number<uint32_t>(input.view(0, 4), 0) == kLocalHeader;
}

ZipReader::ZipReader(Input& input) : input_(input), path_(input.name()) {
  uint64_t total = 0;
  for (const Entry& each : read_directory(
           input, "the end of the archive is missing: the file was cut short")) {
    const bool is_packed = each.method != 0 || each.packed_size != each.size ||
                           (each.flags & kEncrypted) != 0;
    const Record record{each.at, each.packed_size, each.size, each.sum, is_packed};
    // Records that share their bytes could make many times the file's size of it.
    total += record.size;
    if (total > input_.size()) fail_format(path_, "its records overlap");
    if (!records_.emplace(each.name, record).second) {
      fail_format(path_, "there are two records of the name '" + each.name + "'");
    }
    names_.emplace(record.at, each.name);
  }
  for (const auto& [name, record] : records_) {
    if (const size_t slash = name.find('/'); slash != std::string::npos) {
      if (std::string_view(name).substr(slash) == "/data.pkl") {
        folder_ = name.substr(0, slash + 1);
      }
    }
  }
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

// PyTorch can be told not to compute the sums; then they are 0.
void ZipReader::check_sum(const std::string& name, const Record& record,
                          std::string_view content) const {
  if (record.sum != 0) check_sum(name, record, crc32_of(content));
}

void ZipReader::check_sum(const std::string& name, const Record& record,
                          uint32_t sum) const {
  if (record.sum != 0 && record.sum != sum) {
    fail_format(path_, "the record '" + name + "' is damaged: its sum is wrong");
  }
}

std::string_view ZipReader::record(const std::string& name) const {
  const Record& record = stored(name);
  const std::string_view content = input_.view(record.at, record.size);
  check_sum(name, record, content);
  return content;
}

template <typename Place>
void ZipReader::read_pieces(const std::string& name, const Record& record,
                            Place&& place) const {
  uint32_t sum = 0;
  for (uint64_t done = 0; done < record.size; done += kPiece) {
    const uint64_t size = std::min(kPiece, record.size - done);
    char* const bytes = place(done);
    if (!input_.read(record.at + done, bytes, size)) input_.check();
    if (record.sum != 0) sum = crc32_of({bytes, size}, sum);
  }
  check_sum(name, record, sum);
}

void ZipReader::read(const std::string& name, void* to) const {
  read_pieces(name, stored(name),
              [&](uint64_t done) { return static_cast<char*>(to) + done; });
}

void ZipReader::check_sums() const {
  std::vector<char> piece(kPiece);
  for (const auto& [name, record] : records_) {
    if (record.is_packed || record.sum == 0) continue;
    read_pieces(name, record, [&](uint64_t) { return piece.data(); });
  }
}

std::vector<std::string> ZipReader::names() const {
  std::vector<std::string> all;
  for (const auto& each : records_) all.push_back(each.first);
  return all;
}

std::string ZipReader::unpacked(const std::string& name) const {
  const Record& found = records_.at(name);
  if (!found.is_packed) return std::string(record(name));
  std::string content(found.unpacked_size, '\0');
  Inflating stream(input_.view(found.at, found.size));
  uint64_t done = 0;
  while (stream.goes_on() && done < content.size()) {
    done += stream.next(content.data() + done, content.size() - done);
  }
  return content;
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
    if (!unpacks_to(packed, record.unpacked_size, record.sum)) {
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
  Entry entry{folder_ + name, output_.position(), content.size(), crc32_of(content)};
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
  put<uint16_t>(header, entry.name.size());
  put<uint16_t>(header, extra.size());
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
    put<uint16_t>(out, each.name.size());
    put<uint16_t>(out, numbers.empty() ? 0 : 4 + numbers.size());
    put<uint16_t>(out, 0);  // comment
    put<uint16_t>(out, 0);  // disk
    put<uint16_t>(out, 0);
    put<uint32_t>(out, 0);
    put<uint32_t>(out, at);
    out += each.name;
    if (!numbers.empty()) {
      put<uint16_t>(out, kExtra64);
      put<uint16_t>(out, numbers.size());
      out += numbers;
    }
  }
  put_end(out, start, out.size(), entries_.size());
  output_.write(out);
}

}  // namespace simple_torch
