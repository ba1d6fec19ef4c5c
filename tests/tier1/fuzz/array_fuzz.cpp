// Any bytes are an array or an archive of numpy, or are refused, and take no more memory
// than their size allows.
#include <cstdlib>
#include <new>

#include "arrays/npy_header.h"
#include "arrays/npz_archive.h"

namespace {

using namespace simple_torch;

// Refused as it should be.
void require_expected(const Failure& failure) {
  if (failure.code() != Code::kFormat && failure.code() != Code::kUnsupported) {
    std::abort();
  }
}

void read_array(std::string_view content) {
  try {
    const NpyHeader header = read_npy_header(content, "input");
    if (header.bytes > content.size() || header.shape.size() > 64) std::abort();
    // A header of our own for the same array is read as the same; we write no quotes.
    if (header.letters.find('\'') != std::string::npos) return;
    const NpyHeader again = read_npy_header(npy_header_text(header), "input");
    if (again.shape != header.shape || again.columns_first != header.columns_first) {
      std::abort();
    }
  } catch (const Failure& failure) {
    require_expected(failure);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view content(reinterpret_cast<const char*>(data), size);
  read_array(content);
  try {
    const NpzReader reader(content, "input");
    uint64_t total = 0;
    for (const NpzReader::Record& each : reader.records()) {
      total += each.size;
      if (total > (size + 64) * 1040) std::abort();
      std::string room;
      try {
        read_array(reader.content(each, room));
      } catch (const Failure& failure) {
        require_expected(failure);
      }
    }
  } catch (const Failure& failure) {
    require_expected(failure);
  }
  return 0;
}
