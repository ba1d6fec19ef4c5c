// What the functions of the probe libraries that take every type in every position have
// in common with the tests that call them.
//
// ROTATIONS(X) is a list of functions; each takes twenty parameters of the types of
// PROBE_TYPES, beginning with another one.
#ifndef PROBE_H_
#define PROBE_H_

// clang-format off
#define ROTATIONS(X) \
  X(0, i64, i32, truth, f64, text, text_or_nil, thing, thing_or_nil, scalar, i64_or_nil, f64_or_nil, bool_or_nil, scalar_or_nil, ints, floats, bytes, ints_or_nil, floats_or_nil, things, things_or_nil) \
  X(1, i32, truth, f64, text, text_or_nil, thing, thing_or_nil, scalar, i64_or_nil, f64_or_nil, bool_or_nil, scalar_or_nil, ints, floats, bytes, ints_or_nil, floats_or_nil, things, things_or_nil, scalars) \
  X(2, truth, f64, text, text_or_nil, thing, thing_or_nil, scalar, i64_or_nil, f64_or_nil, bool_or_nil, scalar_or_nil, ints, floats, bytes, ints_or_nil, floats_or_nil, things, things_or_nil, scalars, any_packed) \
  X(3, f64, text, text_or_nil, thing, thing_or_nil, scalar, i64_or_nil, f64_or_nil, bool_or_nil, scalar_or_nil, ints, floats, bytes, ints_or_nil, floats_or_nil, things, things_or_nil, scalars, any_packed, function) \
  X(4, text, text_or_nil, thing, thing_or_nil, scalar, i64_or_nil, f64_or_nil, bool_or_nil, scalar_or_nil, ints, floats, bytes, ints_or_nil, floats_or_nil, things, things_or_nil, scalars, any_packed, function, i64) \
  X(5, text_or_nil, thing, thing_or_nil, scalar, i64_or_nil, f64_or_nil, bool_or_nil, scalar_or_nil, ints, floats, bytes, ints_or_nil, floats_or_nil, things, things_or_nil, scalars, any_packed, function, i64, i32) \
  X(6, thing, thing_or_nil, scalar, i64_or_nil, f64_or_nil, bool_or_nil, scalar_or_nil, ints, floats, bytes, ints_or_nil, floats_or_nil, things, things_or_nil, scalars, any_packed, function, i64, i32, truth) \
  X(7, thing_or_nil, scalar, i64_or_nil, f64_or_nil, bool_or_nil, scalar_or_nil, ints, floats, bytes, ints_or_nil, floats_or_nil, things, things_or_nil, scalars, any_packed, function, i64, i32, truth, f64) \
  X(8, scalar, i64_or_nil, f64_or_nil, bool_or_nil, scalar_or_nil, ints, floats, bytes, ints_or_nil, floats_or_nil, things, things_or_nil, scalars, any_packed, function, i64, i32, truth, f64, text) \
  X(9, i64_or_nil, f64_or_nil, bool_or_nil, scalar_or_nil, ints, floats, bytes, ints_or_nil, floats_or_nil, things, things_or_nil, scalars, any_packed, function, i64, i32, truth, f64, text, text_or_nil) \
  X(10, f64_or_nil, bool_or_nil, scalar_or_nil, ints, floats, bytes, ints_or_nil, floats_or_nil, things, things_or_nil, scalars, any_packed, function, i64, i32, truth, f64, text, text_or_nil, thing) \
  X(11, bool_or_nil, scalar_or_nil, ints, floats, bytes, ints_or_nil, floats_or_nil, things, things_or_nil, scalars, any_packed, function, i64, i32, truth, f64, text, text_or_nil, thing, thing_or_nil) \
  X(12, scalar_or_nil, ints, floats, bytes, ints_or_nil, floats_or_nil, things, things_or_nil, scalars, any_packed, function, i64, i32, truth, f64, text, text_or_nil, thing, thing_or_nil, scalar) \
  X(13, ints, floats, bytes, ints_or_nil, floats_or_nil, things, things_or_nil, scalars, any_packed, function, i64, i32, truth, f64, text, text_or_nil, thing, thing_or_nil, scalar, i64_or_nil) \
  X(14, floats, bytes, ints_or_nil, floats_or_nil, things, things_or_nil, scalars, any_packed, function, i64, i32, truth, f64, text, text_or_nil, thing, thing_or_nil, scalar, i64_or_nil, f64_or_nil) \
  X(15, bytes, ints_or_nil, floats_or_nil, things, things_or_nil, scalars, any_packed, function, i64, i32, truth, f64, text, text_or_nil, thing, thing_or_nil, scalar, i64_or_nil, f64_or_nil, bool_or_nil) \
  X(16, ints_or_nil, floats_or_nil, things, things_or_nil, scalars, any_packed, function, i64, i32, truth, f64, text, text_or_nil, thing, thing_or_nil, scalar, i64_or_nil, f64_or_nil, bool_or_nil, scalar_or_nil) \
  X(17, floats_or_nil, things, things_or_nil, scalars, any_packed, function, i64, i32, truth, f64, text, text_or_nil, thing, thing_or_nil, scalar, i64_or_nil, f64_or_nil, bool_or_nil, scalar_or_nil, ints) \
  X(18, things, things_or_nil, scalars, any_packed, function, i64, i32, truth, f64, text, text_or_nil, thing, thing_or_nil, scalar, i64_or_nil, f64_or_nil, bool_or_nil, scalar_or_nil, ints, floats) \
  X(19, things_or_nil, scalars, any_packed, function, i64, i32, truth, f64, text, text_or_nil, thing, thing_or_nil, scalar, i64_or_nil, f64_or_nil, bool_or_nil, scalar_or_nil, ints, floats, bytes) \
  X(20, scalars, any_packed, function, i64, i32, truth, f64, text, text_or_nil, thing, thing_or_nil, scalar, i64_or_nil, f64_or_nil, bool_or_nil, scalar_or_nil, ints, floats, bytes, ints_or_nil) \
  X(21, any_packed, function, i64, i32, truth, f64, text, text_or_nil, thing, thing_or_nil, scalar, i64_or_nil, f64_or_nil, bool_or_nil, scalar_or_nil, ints, floats, bytes, ints_or_nil, floats_or_nil) \
  X(22, function, i64, i32, truth, f64, text, text_or_nil, thing, thing_or_nil, scalar, i64_or_nil, f64_or_nil, bool_or_nil, scalar_or_nil, ints, floats, bytes, ints_or_nil, floats_or_nil, things)
// clang-format on

#endif
