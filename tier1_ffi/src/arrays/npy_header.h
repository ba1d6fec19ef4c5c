// What stands before the elements of an array of numpy. Nothing here knows libtorch.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace simple_torch {

struct NpyHeader {
  // As numpy has them: "<f4".
  std::string letters;
  bool columns_first = false;
  std::vector<int64_t> shape;
  // How many bytes it takes itself.
  size_t bytes = 0;
};

// Fails with FORMAT; `name` is what messages begin with.
NpyHeader read_npy_header(std::string_view content, const std::string& name);

// Byte by byte what numpy writes.
std::string npy_header_text(const NpyHeader& header);

}  // namespace simple_torch
