// The header of a safetensors file: which tensors there are, and where.
#pragma once

#include <c10/core/ScalarType.h>

#include <string>
#include <utility>
#include <vector>

#include "core/file.h"

namespace simple_torch {

struct SafetensorsEntry {
  std::string name;
  // Undefined if no tensor of this libtorch holds what the format calls `dtype_name`.
  c10::ScalarType dtype;
  std::vector<int64_t> shape;
  // Where the elements lie behind the header.
  uint64_t begin = 0;
  uint64_t end = 0;
  std::string dtype_name{};
};

struct SafetensorsHeader {
  std::vector<SafetensorsEntry> entries;
  std::vector<std::pair<std::string, std::string>> metadata;
  // Where in the file the data begins.
  uint64_t data_start = 0;
};

// Reads and checks: every tensor of a known dtype has the bytes that its shape needs, and
// each byte of the file belongs to one tensor.
SafetensorsHeader read_safetensors_header(const MappedFile& file);

// With its length in front, filled up so that data aligned to 8 bytes can follow.
std::string safetensors_header_text(const SafetensorsHeader& header);

// The format's name of a dtype, or nullptr.
const char* safetensors_dtype_name(c10::ScalarType dtype);

}  // namespace simple_torch
