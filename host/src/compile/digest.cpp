#include "compile/digest.h"

#include <bit>
#include <cstring>

namespace simple {
namespace {

constexpr uint64_t kFirst = 0x87c37b91114253d5;
constexpr uint64_t kSecond = 0x4cf5ad432745937f;

uint64_t word(const char* at) {
  uint64_t value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

uint64_t spread_first(uint64_t k) { return std::rotl(k * kFirst, 31) * kSecond; }
uint64_t spread_second(uint64_t k) { return std::rotl(k * kSecond, 33) * kFirst; }

uint64_t finish(uint64_t k) {
  k = (k ^ k >> 33) * 0xff51afd7ed558ccd;
  k = (k ^ k >> 33) * 0xc4ceb9fe1a85ec53;
  return k ^ k >> 33;
}

}  // namespace

Digest digest(std::string_view bytes, Digest seed) {
  static_assert(std::endian::native == std::endian::little);
  auto [a, b] = seed;
  const char* at = bytes.data();
  size_t left = bytes.size();
  for (; left >= 16; at += 16, left -= 16) {
    a = (std::rotl(a ^ spread_first(word(at)), 27) + b) * 5 + 0x52dce729;
    b = (std::rotl(b ^ spread_second(word(at + 8)), 31) + a) * 5 + 0x38495ab5;
  }
  char tail[16] = {};
  if (left != 0) std::memcpy(tail, at, left);
  b ^= spread_second(word(tail + 8));
  a ^= spread_first(word(tail));
  a ^= bytes.size();
  b ^= bytes.size();
  a += b;
  b += a;
  a = finish(a);
  b = finish(b);
  a += b;
  b += a;
  return {a, b};
}

std::string hex(const Digest& digest) {
  static const char digits[] = "0123456789abcdef";
  std::string text;
  for (const uint64_t half : {digest.first, digest.second}) {
    for (int shift = 60; shift >= 0; shift -= 4) text += digits[half >> shift & 15];
  }
  return text;
}

}  // namespace simple
