// rt_random_…: one generator (xoshiro256**), from the clock or from a seed.
#include <bit>
#include <cmath>
#include <random>

#include "runtime/builtins.h"
#include "runtime/builtins/arguments.h"

namespace simple {
namespace {

class Generator {
 public:
  Generator() {
    std::random_device device;
    seed(uint64_t{device()} << 32 | device());
  }

  // The state from one word, by splitmix64, as the authors of the generator advise.
  void seed(uint64_t word) {
    for (uint64_t& part : state_) {
      word += 0x9E3779B97F4A7C15u;
      uint64_t mixed = word;
      mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9u;
      mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EBu;
      part = mixed ^ mixed >> 31;
    }
    spare_ = std::nan("");
  }

  uint64_t next() {
    const uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
    const uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

  // Below `count`, each number equally likely; 0 stands for 2^64.
  uint64_t below(uint64_t count) {
    if (count == 0) return next();
    const uint64_t uneven = (0 - count) % count;
    for (;;) {
      const uint64_t word = next();
      if (word >= uneven) return word % count;
    }
  }

  // In [0, 1), on a grid of 2^-53.
  double real() { return static_cast<double>(next() >> 11) * 0x1p-53; }

  // Normal numbers come in pairs (Marsaglia's polar method).
  double normal() {
    if (!std::isnan(spare_)) {
      const double result = spare_;
      spare_ = std::nan("");
      return result;
    }
    for (;;) {
      const double x = 2 * real() - 1;
      const double y = 2 * real() - 1;
      const double square = x * x + y * y;
      if (square >= 1 || square == 0) continue;
      const double factor = std::sqrt(-2 * std::log(square) / square);
      spare_ = y * factor;
      return x * factor;
    }
  }

 private:
  uint64_t state_[4];
  double spare_;
};

// Only the thread of the machine runs natives.
Generator& generator() {
  static Generator instance;
  return instance;
}

Value seed(Vm&, Value* arguments, int) {
  generator().seed(
      static_cast<uint64_t>(expect_integer(arguments[0], "rt_random_seed", 1)));
  return Value();
}

// From the first number to the second, both included.
Value integer(Vm&, Value* arguments, int) {
  const int64_t low = expect_integer(arguments[0], "rt_random_int", 1);
  const int64_t high = expect_integer(arguments[1], "rt_random_int", 2);
  if (high < low) {
    fail("E1005", "there is no number from " + std::to_string(low) + " to " +
                      std::to_string(high));
  }
  const uint64_t count = static_cast<uint64_t>(high) - static_cast<uint64_t>(low) + 1;
  return Value::of(
      static_cast<int64_t>(static_cast<uint64_t>(low) + generator().below(count)));
}

Value real(Vm&, Value*, int) { return Value::of(generator().real()); }
Value normal(Vm&, Value*, int) { return Value::of(generator().normal()); }

// A new array of the same elements in any order.
Value shuffled(Vm& vm, Value* arguments, int) {
  Array* result = vm.heap().copy(expect_array(arguments[0], "rt_random_shuffled", 1));
  for (int64_t i = result->length - 1; i > 0; --i) {
    const auto other =
        static_cast<int64_t>(generator().below(static_cast<uint64_t>(i) + 1));
    const Value item = result->get(i);
    vm.heap().set(result, i, result->get(other));
    vm.heap().set(result, other, item);
  }
  return Value::of(result);
}

const NativeSpec kFunctions[] = {
    {"rt_random_seed", seed, 1, 1},         {"rt_random_int", integer, 2, 2},
    {"rt_random_float", real, 0, 0},        {"rt_random_normal", normal, 0, 0},
    {"rt_random_shuffled", shuffled, 1, 1},
};

}  // namespace

void define_random(Vm& vm) { define_all(vm, kFunctions); }

}  // namespace simple
