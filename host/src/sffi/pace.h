// How much of something may gather between two collections.
//
// What is forgotten is used again soonest, while the processor's caches still have it, if
// collections follow each other fast; how fast they may depends on what one costs, which
// is a matter of the program. So it is measured.
#ifndef SIMPLE_SFFI_PACE_H_
#define SIMPLE_SFFI_PACE_H_

#include <algorithm>
#include <cstdint>

namespace simple {

class Pace {
 public:
  constexpr Pace(int64_t least, int64_t most)
      : least_(least), most_(most), limit_(least) {}

  int64_t limit() const { return limit_; }

  // After a collection that took `pause`; the program ran for `between` since the one
  // before. Says whether the limit changed.
  bool adapt(double pause, double between) {
    const int64_t before = limit_;
    if (pause > kMuch * between) limit_ = std::min(limit_ * 2, most_);
    if (pause < kLittle * between) limit_ = std::max(limit_ / 2, least_);
    return limit_ != before;
  }

 private:
  static constexpr double kMuch = 0.15;
  static constexpr double kLittle = 0.05;

  int64_t least_;
  int64_t most_;
  int64_t limit_;
};

}  // namespace simple

#endif
