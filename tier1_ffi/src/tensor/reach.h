// What a shape and strides mean in memory that someone else laid out.
#pragma once

#include <c10/util/ArrayRef.h>

#include <cstdint>
#include <vector>

namespace simple_torch {

// How many elements lie between the first and the last that shape and strides reach, both
// included. Strides must be sound even where there is no element.
int64_t reach(c10::IntArrayRef shape, c10::IntArrayRef strides, const char* argument);

// Whether a shape and strides from a file stay in memory of so many elements, and can be
// counted, whatever numbers they are.
bool lies_within(uint64_t elements, int64_t offset, c10::IntArrayRef shape,
                 c10::IntArrayRef strides);

// The strides of a shape whose elements lie close together, the last dim's next to each
// other.
std::vector<int64_t> row_major(c10::IntArrayRef shape, const char* argument);

}  // namespace simple_torch
