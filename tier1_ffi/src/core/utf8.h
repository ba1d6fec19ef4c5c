// Whether bytes are text.
#pragma once

#include <cstddef>
#include <string_view>

namespace simple_torch {

// Where there is the first byte that is no UTF-8, or the end.
size_t utf8_length(std::string_view text);
inline bool is_utf8(std::string_view text) { return utf8_length(text) == text.size(); }

}  // namespace simple_torch
