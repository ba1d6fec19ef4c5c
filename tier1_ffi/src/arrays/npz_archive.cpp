#include "arrays/npz_archive.h"

#include <algorithm>
#include <array>
#include <new>

#include "core/packing.h"
#include "serialize/zip_format.h"

namespace simple_torch {
namespace {

using namespace zip;

// More than deflate makes of a byte.
constexpr uint64_t kMostPerByte = 1040;

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

}  // namespace

NpzReader::NpzReader(std::string_view bytes, std::string name) : name_(std::move(name)) {
  BytesInput input(name_, bytes);
  uint64_t total = 0;
  for (const Entry& each :
       read_directory(input, "this is no archive, or it was cut short")) {
    const bool is_deflated = each.method == kDeflated;
    if ((each.method != 0 && !is_deflated) || (each.flags & kEncrypted) != 0) {
      fail(Code::kUnsupported, "",
           name_ + ": `" + each.name +
               "` is encrypted, or compressed in another way "
               "than numpy does it");
    }
    // Records that share their bytes could make many times the file's size of it.
    total += each.packed_size;
    if (total > bytes.size()) {
      fail_format(name_, "the archive says to hold more than it does");
    }
    const uint64_t most =
        is_deflated ? each.packed_size * kMostPerByte : each.packed_size;
    if (each.size > most || (!is_deflated && each.size != each.packed_size)) {
      fail_format(name_, "`" + each.name + "` says to be of " +
                             std::to_string(each.size) + " bytes, which " +
                             std::to_string(each.packed_size) + " cannot hold");
    }
    records_.push_back({each.name, bytes.substr(each.at, each.packed_size), each.size,
                        each.sum, is_deflated});
  }
}

std::string_view NpzReader::content(const Record& record, std::string& room) const {
  std::string_view content = record.packed;
  if (record.is_deflated) {
    room.resize(record.size);
    if (!unpack_deflate(record.packed, room.data(), room.size())) {
      fail_format(name_, "`" + record.name + "` is damaged: it cannot be unpacked");
    }
    content = room;
  }
  if (crc32_of(content) != record.sum) {
    fail_format(name_, "`" + record.name + "` is damaged: its sum is wrong");
  }
  return content;
}

void NpzWriter::add(const std::string& name,
                    const std::vector<std::string_view>& pieces) {
  uint32_t sum = 0;
  uint64_t size = 0;
  for (const std::string_view each : pieces) {
    sum = crc32_of(each, sum);
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
  put<uint32_t>(list_, kDirectoryEntry);
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
  put_end(list_, start, list_.size(), count_);
  file_.write(list_);
}

}  // namespace simple_torch
