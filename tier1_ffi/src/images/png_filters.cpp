// A pixel waits for the one before it, so what can be worked out side by side, in the
// lanes of a vector, are a pixel's channels; and where there is but one, pixels of
// different rows.
#include "images/png_filters.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace simple_torch::images {
namespace {

using Byte = unsigned char;
using Lanes = int16_t __attribute__((vector_size(16)));
using HalfBytes = Byte __attribute__((vector_size(8)));
using HalfWords = uint32_t __attribute__((vector_size(8)));

enum Filter : Byte { kNone, kLeft, kAbove, kAverage, kPaeth };

template <size_t kCount>
Lanes get(const Byte* from) {
  uint32_t word = 0;
  std::memcpy(&word, from, kCount);
  return __builtin_convertvector(reinterpret_cast<HalfBytes>(HalfWords{word, 0}), Lanes);
}

// Lanes from 0 to 255.
template <size_t kCount>
void put(Lanes lanes, Byte* to) {
  const uint32_t word =
      reinterpret_cast<HalfWords>(__builtin_convertvector(lanes, HalfBytes))[0];
  std::memcpy(to, &word, kCount);
}

struct Left {
  static Lanes expected(Lanes left, Lanes, Lanes) { return left; }
};
struct Average {
  static Lanes expected(Lanes left, Lanes above, Lanes) { return (left + above) >> 1; }
};
// Which of the three is nearest to left + above - corner; the first of them where two
// are.
struct Paeth {
  static Lanes expected(Lanes left, Lanes above, Lanes corner) {
    const Lanes low = left < above ? left : above;
    const Lanes high = left < above ? above : left;
    // Written so that little waits for `left`: that of the two is nearest which lies on
    // the other side of the plane's value, and otherwise the corner.
    const Lanes bound = (3 * corner - above) - left;
    const Lanes nearest = high <= bound ? low : corner;
    return bound <= low ? high : nearest;
  }
};

template <size_t kChannels, typename Filter>
void undo(const Byte* in, const Byte* above, Byte* out, size_t size) {
  Lanes left{};
  Lanes corner{};
  const auto undo_pixel = [&]<size_t kCount>(size_t at) {
    const Lanes over = get<kCount>(above + at);
    left = (get<kCount>(in + at) + Filter::expected(left, over, corner)) & 255;
    corner = over;
    put<kCount>(left, out + at);
  };
  // Four bytes are moved at once, and three are not; all pixels but the last have one
  // more behind them, and what is written over it is written anew.
  constexpr size_t kMoved = kChannels == 3 ? 4 : kChannels;
  size_t at = 0;
  for (; at + kChannels < size; at += kChannels)
    undo_pixel.template operator()<kMoved>(at);
  undo_pixel.template operator()<kChannels>(at);
}

void undo_above(const Byte* in, const Byte* above, Byte* out, size_t size) {
  for (size_t i = 0; i < size; ++i) out[i] = static_cast<Byte>(in[i] + above[i]);
}

template <size_t kChannels>
void undo_row(const Byte* in, const Byte* above, Byte* out, size_t size) {
  switch (*in++) {
    case kLeft:
      return undo<kChannels, Left>(in, above, out, size);
    case kAbove:
      return undo_above(in, above, out, size);
    case kAverage:
      return undo<kChannels, Average>(in, above, out, size);
    case kPaeth:
      return undo<kChannels, Paeth>(in, above, out, size);
    default:
      std::memcpy(out, in, size);
  }
}

// ---- Rows of one channel, eight at once, each a pixel behind the one above it: so what
// a row needs of that one is what the lane beside its own had one step and two steps ago.

constexpr size_t kRows = 8;

using Bytes = Byte __attribute__((vector_size(16)));
using Words = uint64_t __attribute__((vector_size(16)));

// The first halves of two with their bytes in turns, or the second halves.
Bytes mixed_firsts(Bytes a, Bytes b) {
  return __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7,
                                 23);
}
Bytes mixed_seconds(Bytes a, Bytes b) {
  return __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14,
                                 30, 15, 31);
}

// Eight bytes of each of eight rows, or of each of eight columns.
struct Square {
  Bytes parts[4];

  void read(const Byte* from, size_t stride) {
    for (Bytes& part : parts) {
      uint64_t lines[2];
      for (uint64_t& line : lines) {
        std::memcpy(&line, from, sizeof(line));
        from += stride;
      }
      part = reinterpret_cast<Bytes>(Words{lines[0], lines[1]});
    }
  }
  void write(Byte* to, size_t stride) const {
    for (const Bytes& part : parts) {
      for (const int half : {0, 1}) {
        const uint64_t line = reinterpret_cast<Words>(part)[half];
        std::memcpy(to, &line, sizeof(line));
        to += stride;
      }
    }
  }
  // Rows become columns, and columns rows: each round moves every byte to twice its
  // place, and eight rows of eight are there after three.
  void turn() {
    for (int round = 0; round < 3; ++round) {
      const auto [first, second, third, fourth] = parts;
      parts[0] = mixed_firsts(first, third);
      parts[1] = mixed_seconds(first, third);
      parts[2] = mixed_firsts(second, fourth);
      parts[3] = mixed_seconds(second, fourth);
    }
  }
};

// What lanes of different filters expect. All but the average are Paeth's where it sees
// nothing of some neighbours.
class MixedFilters {
 public:
  void set(size_t lane, Byte filter) {
    left_[lane] = filter != kNone && filter != kAbove ? -1 : 0;
    above_[lane] = filter != kNone && filter != kLeft ? -1 : 0;
    corner_[lane] = filter == kPaeth ? -1 : 0;
    average_[lane] = filter == kAverage ? -1 : 0;
  }
  Lanes expected(Lanes left, Lanes above, Lanes corner) const {
    left &= left_;
    above &= above_;
    const Lanes paeth = Paeth::expected(left, above, corner & corner_);
    const Lanes average = Average::expected(left, above, corner);
    return (average & average_) | (paeth & ~average_);
  }

 private:
  Lanes left_{};
  Lanes above_{};
  Lanes corner_{};
  Lanes average_{};
};

class RowsAtOnce {
 public:
  explicit RowsAtOnce(size_t size)
      : size_(size), steps_((size + 2 * kRows - 2) / kRows * kRows) {}

  // Rows of which none waits for its own pixels are faster one by one.
  bool are_worth_it(const Byte* in) const {
    for (size_t row = 0; row < kRows; ++row) {
      const Byte filter = in[row * (1 + size_)];
      if (filter == kAverage || filter == kPaeth) return true;
    }
    return false;
  }

  void undo(const Byte* in, const Byte* above_all, Byte* out) {
    // Where a row has not begun yet all is 0, and stays it; what is beyond its end is
    // not looked at.
    rows_.assign(kRows * steps_, 0);
    MixedFilters filters;
    for (size_t row = 0; row < kRows; ++row, in += size_) {
      filters.set(row, *in++);
      std::memcpy(begin_of(row), in, size_);
    }
    Lanes left{};
    Lanes above{};
    for (size_t at = 0; at < steps_; at += kRows) {
      Square square;
      square.read(&rows_[at], steps_);
      square.turn();
      for (size_t i = 0; i < kRows; i += 2) {
        Bytes& columns = square.parts[i / 2];
        const Lanes differences[2] = {
            reinterpret_cast<Lanes>(mixed_firsts(columns, Bytes{})),
            reinterpret_cast<Lanes>(mixed_seconds(columns, Bytes{}))};
        Lanes found[2];
        for (size_t k = 0; k < 2; ++k) {
          const Lanes corner = above;
          const size_t column = std::min(at + i + k, size_ - 1);
          above = __builtin_shufflevector(left, Lanes{}, 8, 0, 1, 2, 3, 4, 5, 6) |
                  Lanes{above_all[column]};
          left = (differences[k] + filters.expected(left, above, corner)) & 255;
          found[k] = left;
        }
        columns = __builtin_shufflevector(reinterpret_cast<Bytes>(found[0]),
                                          reinterpret_cast<Bytes>(found[1]), 0, 2, 4, 6,
                                          8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
      }
      square.turn();
      square.write(&rows_[at], steps_);
    }
    for (size_t row = 0; row < kRows; ++row, out += size_) {
      std::memcpy(out, begin_of(row), size_);
    }
  }

 private:
  Byte* begin_of(size_t row) { return &rows_[row * steps_ + row]; }

  size_t size_;
  size_t steps_;
  std::vector<Byte> rows_;
};

template <size_t kChannels>
void undo_rows(const Byte* in, Byte* out, size_t row_bytes, int64_t height) {
  const std::vector<Byte> nothing(row_bytes);
  const Byte* above = nothing.data();
  RowsAtOnce rows(row_bytes);
  for (auto left = static_cast<size_t>(height); left > 0;) {
    size_t count = 1;
    if (kChannels == 1 && left >= kRows && rows.are_worth_it(in)) {
      count = kRows;
      rows.undo(in, above, out);
    } else {
      undo_row<kChannels>(in, above, out, row_bytes);
    }
    left -= count;
    in += count * (1 + row_bytes);
    out += count * row_bytes;
    above = out - row_bytes;
  }
}

}  // namespace

bool has_known_filters(const Byte* rows, size_t row_bytes, int64_t height) {
  for (int64_t y = 0; y < height; ++y, rows += 1 + row_bytes) {
    if (*rows > kPaeth) return false;
  }
  return true;
}

void undo_filters(const Byte* rows, Byte* out, size_t row_bytes, int64_t height,
                  int channels) {
  constexpr decltype(&undo_rows<1>) kUndo[] = {undo_rows<1>, undo_rows<2>, undo_rows<3>,
                                               undo_rows<4>};
  kUndo[channels - 1](rows, out, row_bytes, height);
}

}  // namespace simple_torch::images
