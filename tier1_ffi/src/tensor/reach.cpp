#include "tensor/reach.h"

#include <algorithm>
#include <limits>
#include <string>

#include "core/failure.h"

namespace simple_torch {
namespace {

// Times the size of an element, which is at most 16 bytes, it still can be counted.
constexpr int64_t kMost = std::numeric_limits<int64_t>::max() / 16;

[[noreturn]] void refuse_too_many(const char* argument) {
  fail_argument(argument, "reach more elements than can be counted");
}

}  // namespace

int64_t reach(c10::IntArrayRef shape, c10::IntArrayRef strides, const char* argument) {
  int64_t last = 0;
  bool empty = false;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (strides[i] < 0) {
      fail_argument(argument, "has a negative stride, " + std::to_string(strides[i]));
    }
    empty = empty || shape[i] == 0;
    const int64_t steps = std::max<int64_t>(shape[i], 1) - 1;
    if (steps > 0 && strides[i] > (kMost - last) / steps) refuse_too_many(argument);
    last += steps * strides[i];
  }
  return empty ? 0 : last + 1;
}

bool lies_within(uint64_t elements, int64_t offset, c10::IntArrayRef shape,
                 c10::IntArrayRef strides) {
  // As many dims as any tensor has.
  if (shape.size() != strides.size() || shape.size() > 64 || offset < 0) return false;
  int64_t count = 1;
  int64_t last = offset;
  for (size_t i = 0; i < shape.size(); ++i) {
    int64_t steps = 0;
    const bool is_possible =
        shape[i] >= 0 && strides[i] >= 0 &&
        !__builtin_mul_overflow(count, std::max<int64_t>(shape[i], 1), &count) &&
        !__builtin_mul_overflow(std::max<int64_t>(shape[i] - 1, 0), strides[i], &steps) &&
        !__builtin_add_overflow(last, steps, &last);
    if (!is_possible) return false;
  }
  // The number of bytes must be a number too, and where they would begin.
  constexpr int64_t kMostElements = int64_t{1} << 58;
  if (count >= kMostElements || offset >= kMostElements) return false;
  // A view without elements reads nothing, wherever it begins: PyTorch makes them behind
  // the end.
  const bool is_empty = std::find(shape.begin(), shape.end(), 0) != shape.end();
  return is_empty || static_cast<uint64_t>(last) < elements;
}

std::vector<int64_t> row_major(c10::IntArrayRef shape, const char* argument) {
  std::vector<int64_t> strides(shape.size());
  int64_t step = 1;
  for (size_t i = shape.size(); i-- > 0;) {
    strides[i] = step;
    const int64_t size = std::max<int64_t>(shape[i], 1);
    if (size > kMost / step) refuse_too_many(argument);
    step *= size;
  }
  return strides;
}

}  // namespace simple_torch
