// The filters of PNG's rows: each byte is the difference to what its neighbours let
// expect, which are the one to the left, the one above, and the one above the left one.
#pragma once

#include <cstddef>
#include <cstdint>

namespace simple_torch::images {

// Whether each row begins with the number of a filter that there is.
bool has_known_filters(const unsigned char* rows, size_t row_bytes, int64_t height);

// Writes what the rows are, where samples have eight bits. Their filters must be known.
void undo_filters(const unsigned char* rows, unsigned char* out, size_t row_bytes,
                  int64_t height, int channels);

}  // namespace simple_torch::images
