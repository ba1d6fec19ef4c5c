// Sums and unpacking of bytes that are in memory as a whole, through libdeflate, which is
// several times as fast at both as zlib is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace simple_torch {

// CRC-32, as zip and PNG have it, of what `before` is the sum of and then `bytes`.
uint32_t crc32_of(std::string_view bytes, uint32_t before = 0);

// Whether exactly `size` bytes were packed as deflate does it, and are now unpacked
// there.
bool unpack_deflate(std::string_view packed, void* to, size_t size);
// The same with the header and the sum that zlib puts around it.
bool unpack_zlib(std::string_view packed, void* to, size_t size);

}  // namespace simple_torch
