// Makes new archives of old ones. A turned bit in an archive is found by the sum of its
// record and goes no further, so what is changed is the records, and the archive around
// them is made anew. Pickles are changed by whole instructions.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "core/failure.h"
#include "core/input.h"
#include "serialize/zip.h"
#include "serialize/zip_format.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t most);

namespace {

using namespace simple_torch;

class Text final : public Output {
 public:
  using Output::write;
  void write(const void* data, size_t size) override {
    bytes.append(static_cast<const char*>(data), size);
    position_ += size;
  }
  std::string bytes;
};

struct Part {
  std::string name;
  std::string content;
};

std::string unpacked(const zip::Entry& entry, std::string_view bytes) {
  constexpr uint64_t kMost = 1 << 16;
  const std::string_view packed = bytes.substr(entry.at, entry.packed_size);
  if (entry.method != zip::kDeflated) return std::string(packed);
  std::string content(std::min(entry.size, kMost), '\0');
  zip::Inflating stream(packed);
  size_t done = 0;
  while (stream.goes_on() && done < content.size()) {
    done += stream.next(content.data() + done, content.size() - done);
  }
  return content;
}

// None of what is no archive.
std::vector<Part> unpack(std::string_view bytes) {
  std::vector<Part> parts;
  try {
    BytesInput input("input", bytes);
    for (const zip::Entry& each : zip::read_directory(input, "")) {
      parts.push_back({each.name, unpacked(each, bytes)});
    }
  } catch (const Failure&) {
    parts.clear();
  }
  return parts;
}

std::string pack(const std::vector<Part>& parts) {
  Text out;
  ZipWriter archive(out, "");
  for (const Part& each : parts) archive.add(each.name, each.content);
  archive.finish();
  return out.bytes;
}

// How many bytes an instruction of a pickle has behind its code.
size_t argument_size(std::string_view code) {
  const auto counted = [&](size_t width) {
    if (code.size() < 1 + width) return code.size();
    uint64_t count = 0;
    std::memcpy(&count, code.data() + 1, width);
    return width + static_cast<size_t>(std::min<uint64_t>(count, code.size()));
  };
  switch (static_cast<unsigned char>(code[0])) {
    case 'K':
    case 'h':
    case 'q':
    case 0x80:
      return 1;
    case 'M':
      return 2;
    case 'J':
    case 'j':
    case 'r':
      return 4;
    case 'G':
    case 0x95:
      return 8;
    case 'U':
    case 0x8a:
    case 0x8c:
      return counted(1);
    case 'X':
    case 'T':
      return counted(4);
    case 0x8d:
      return counted(8);
    case 'c':
      if (const size_t first = code.find('\n'); first != std::string_view::npos) {
        return code.find('\n', first + 1);
      }
      return code.size();
    default:
      return 0;
  }
}

class Mutator {
 public:
  explicit Mutator(unsigned seed) : random_(seed) {}

  size_t below(size_t end) { return end == 0 ? 0 : random_() % end; }

  template <typename List>
  auto& pick(List& from) {
    return *(std::begin(from) + static_cast<std::ptrdiff_t>(below(std::size(from))));
  }

  std::string archive(std::vector<Part> parts) {
    switch (below(24)) {
      case 0:
        parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(below(parts.size())));
        break;
      case 1: {
        Part copy = pick(parts);
        bytes(copy.name);
        parts.push_back(std::move(copy));
        break;
      }
      case 2:
        bytes(pick(parts).name);
        break;
      case 3:
        std::swap(pick(parts).content, pick(parts).content);
        break;
      default:
        for (size_t left = below(3) + 1; left > 0; --left) change(likely(parts));
    }
    return pack(parts);
  }

  void pickle(std::string& code) {
    std::vector<std::string> all;
    for (std::string_view rest = code; !rest.empty();) {
      const size_t size = std::min(rest.size(), argument_size(rest));
      all.emplace_back(rest.substr(0, 1 + size));
      rest.remove_prefix(all.back().size());
    }
    const auto at = [&] { return static_cast<std::ptrdiff_t>(below(all.size())); };
    for (size_t left = below(4) + 1; left > 0 && !all.empty(); --left) {
      switch (below(8)) {
        case 0:
          all.erase(all.begin() + at());
          break;
        case 1:
          all.insert(all.begin() + at(), std::string(pick(all)));
          break;
        case 2:
          std::swap(pick(all), pick(all));
          break;
        case 3:
          all.insert(all.begin() + at(), std::string(1, pick(kCodes)));
          break;
        case 4:
          pick(all) = number();
          break;
        case 5:
          all.insert(all.begin() + at(), "c" + std::string(pick(kGlobals)) + "\n");
          break;
        case 6:
          pick(all) = std::string(pick(all));
          break;
        default:
          bytes(pick(all));
      }
    }
    code.clear();
    for (const std::string& each : all) code += each;
  }

  void bytes(std::string& text) {
    constexpr size_t kRoom = 64;
    const size_t size = text.size();
    text.resize(size + kRoom);
    auto* const data = reinterpret_cast<uint8_t*>(text.data());
    text.resize(LLVMFuzzerMutate(data, size, size + kRoom));
  }

 private:
  static constexpr std::string_view kCodes =
      "(.012NQR]abestu})\x81\x85\x86\x87\x88\x89\x93\x94";
  static constexpr std::string_view kGlobals[] = {
      "collections\nOrderedDict",
      "torch._utils\n_rebuild_tensor_v2",
      "torch._utils\n_rebuild_tensor_v3",
      "torch._utils\n_rebuild_parameter",
      "torch._utils\n_rebuild_qtensor",
      "torch._utils\n_rebuild_sparse_tensor",
      "torch._tensor\n_rebuild_from_type_v2",
      "torch.jit._pickle\nbuild_intlist",
      "torch.jit._pickle\nbuild_tensorlist",
      "torch.jit._pickle\nrestore_type_tag",
      "torch.jit._pickle\nbuild_tensor_from_id",
      "torch\nFloatStorage",
      "torch\nBoolStorage",
      "torch\nQUInt8Storage",
      "torch\nComplexDoubleStorage",
      "torch.storage\nUntypedStorage",
      "torch\nfloat64",
      "torch\nSize",
      "torch\ndevice",
      "builtins\ncomplex",
  };

  // One of those that are programs, most of the time.
  Part& likely(std::vector<Part>& parts) {
    std::vector<Part*> programs;
    for (Part& each : parts) {
      if (each.name.ends_with(".pkl") || each.name.ends_with(".py")) {
        programs.push_back(&each);
      }
    }
    return programs.empty() || below(8) == 0 ? pick(parts) : *pick(programs);
  }

  void change(Part& part) {
    if (part.name.ends_with("pkl") && below(4) != 0) {
      pickle(part.content);
    } else {
      bytes(part.content);
    }
  }

  // Near the border of something, or any.
  std::string number() {
    int64_t value = (int64_t{1} << below(63)) - static_cast<int64_t>(below(3));
    if (below(4) == 0) value = -value;
    if (below(2) == 0) value = static_cast<int64_t>(below(10));
    std::string code = "\x8a\x08";
    return code.append(reinterpret_cast<const char*>(&value), 8);
  }

  std::mt19937 random_;
};

}  // namespace

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t most,
                                          unsigned seed) {
  Mutator mutator(seed);
  const std::string_view old(reinterpret_cast<const char*>(data), size);
  std::string made;
  if (mutator.below(10) != 0) {
    if (std::vector<Part> parts = unpack(old); !parts.empty()) {
      made = mutator.archive(std::move(parts));
    } else if (old.starts_with('\x80')) {
      made = old;
      mutator.pickle(made);
    }
  }
  if (made.empty() || made.size() > most) return LLVMFuzzerMutate(data, size, most);
  std::memcpy(data, made.data(), made.size());
  return made.size();
}
