// What a variable holds: sixteen bytes, a tag and a word. Whole numbers and floats are
// held as they are; the rest is a pointer to an object of the heap.
#ifndef SIMPLE_RUNTIME_VALUE_H_
#define SIMPLE_RUNTIME_VALUE_H_

#include <bit>
#include <cstdint>
#include <type_traits>

#include "syntax/symbol.h"

namespace simple {

struct Object;

// A whole word, so that a value is written and read in the same two pieces.
enum class Tag : uint64_t {
  kNil,
  kMissing,  // An argument that was not given. Programs never see it.
  kBool,
  kInt,    // i64, and what i8 … i32 suffixes make
  kFloat,  // f64
  kU8,
  kU16,
  kU32,
  kU64,
  kF32,  // `real` holds it exactly
  kSymbol,
  kObject,
};

struct Value {
  Tag tag = Tag::kNil;
  union {
    int64_t integer;  // kBool (0 or 1), kInt, kU8 … kU64 (their bits), kSymbol (its id)
    double real;      // kFloat, kF32
    Object* object;
  };

  Value() : integer(0) {}
  explicit Value(Tag t, int64_t bits) : tag(t), integer(bits) {}
  Value(const Value&) = default;
  // As two words, which is how registers are written: a processor that reads sixteen
  // bytes at once waits until both writes have left its store buffer.
  Value& operator=(const Value& other) {
    tag = other.tag;
    integer = other.integer;
    return *this;
  }

  static Value of(int64_t value) { return Value(Tag::kInt, value); }
  static Value of(bool value) { return Value(Tag::kBool, value ? 1 : 0); }
  static Value of(double value) {
    Value result;
    result.tag = Tag::kFloat;
    result.real = value;
    return result;
  }
  static Value of(Object* object) {
    Value result;
    result.tag = Tag::kObject;
    result.object = object;
    return result;
  }
  template <typename T>
  requires std::is_base_of_v<Object, T>
  static Value of(T* object) { return of(static_cast<Object*>(object)); }
  static Value of(Symbol symbol) { return Value(Tag::kSymbol, symbol.id); }
  static Value single(float value) {
    Value result;
    result.tag = Tag::kF32;
    result.real = value;
    return result;
  }
  static Value missing() { return Value(Tag::kMissing, 0); }

  bool is_nil() const { return tag == Tag::kNil; }
  bool is_missing() const { return tag == Tag::kMissing; }
  bool is_bool() const { return tag == Tag::kBool; }
  bool is_int() const { return tag == Tag::kInt; }
  bool is_float() const { return tag == Tag::kFloat; }
  bool is_object() const { return tag == Tag::kObject; }
  bool is_unsigned() const { return tag >= Tag::kU8 && tag <= Tag::kU64; }
  // i64 or unsigned.
  bool is_integral() const { return tag == Tag::kInt || is_unsigned(); }
  // f64 or f32.
  bool is_real() const { return tag == Tag::kFloat || tag == Tag::kF32; }
  bool is_number() const { return is_integral() || is_real(); }
  Symbol symbol() const { return {static_cast<uint32_t>(integer)}; }
};

}  // namespace simple

#endif
