#include "core/packing.h"

#include <libdeflate.h>

#include <memory>
#include <new>

namespace simple_torch {
namespace {

struct FreeDecompressor {
  void operator()(libdeflate_decompressor* each) const {
    libdeflate_free_decompressor(each);
  }
};

template <auto kUnpack>
bool unpack(std::string_view packed, void* to, size_t size) {
  const std::unique_ptr<libdeflate_decompressor, FreeDecompressor> decompressor(
      libdeflate_alloc_decompressor());
  if (decompressor == nullptr) throw std::bad_alloc();
  size_t used = 0;
  // Without a place for the size that was made, another one is an error.
  const libdeflate_result result =
      kUnpack(decompressor.get(), packed.data(), packed.size(), to, size, &used, nullptr);
  return result == LIBDEFLATE_SUCCESS && used == packed.size();
}

}  // namespace

uint32_t crc32_of(std::string_view bytes, uint32_t before) {
  // Without bytes it is asked for the sum of none.
  return bytes.empty() ? before : libdeflate_crc32(before, bytes.data(), bytes.size());
}

bool unpack_deflate(std::string_view packed, void* to, size_t size) {
  return unpack<libdeflate_deflate_decompress_ex>(packed, to, size);
}

bool unpack_zlib(std::string_view packed, void* to, size_t size) {
  return unpack<libdeflate_zlib_decompress_ex>(packed, to, size);
}

}  // namespace simple_torch
