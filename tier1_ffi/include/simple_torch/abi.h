/**
 * The rules that hold for every function of this library. Entries in the other headers
 * say only what is particular to them.
 *
 * Numbers. Every integer parameter and result is an int64_t; a truth value is 0 or 1 in
 * an int64_t. Real numbers are doubles. Nothing else is passed or returned by value: the
 * rest are pointers and handles.
 *
 * Handles. A simple_torch_handle names an object in the library's table: a tensor, a
 * generator, a scope. It is a checked number, never an address: a freed, foreign or
 * invented handle is an error, not a crash. 0 means "none".
 *   - A handle that a function returns is *owned by the caller*, who frees it exactly
 *     once. Freeing 0 does nothing; freeing twice is an error.
 *   - A handle that is passed in is *borrowed*: the function neither keeps nor frees it.
 *   - Any thread may use or free any handle; one that is freed while another thread is
 *     using it stays alive until that use ends.
 *
 * Success and failure. A function that returns a handle returns 0 on failure; one that
 * returns text returns NULL. Every other function returns a count or a status: 0 or more
 * on success, a negative SIMPLE_TORCH_E_ code on failure. Out parameters are untouched on
 * failure. The record of what went wrong is per thread: see error.h.
 *
 * Text in is UTF-8 and ends with NUL. Text out goes to a buffer with its capacity, and
 * the result is the length that was needed without the NUL: if it is not smaller than the
 * capacity, the text was cut (at a character's border) and the call can be repeated with
 * a larger buffer. A buffer of capacity 0 may be NULL.
 *
 * Lists in are a pointer and a count; a list of length 0 may be NULL. Shapes are lists of
 * int64_t.
 *
 * Dtypes are the numbers of c10::ScalarType (float32 is 6); -1 means "the default".
 * Devices are one number: the device type (0 CPU, 1 CUDA, …), or type + (index + 1) * 256
 * for a particular one; -1 means "the default". See dtype.h and device.h.
 *
 * Threads. Any function may be called from any thread unless its entry says otherwise.
 * Scopes and the error record belong to the thread. No lock of this library is held while
 * libtorch or a callback runs.
 *
 * Callbacks are a function pointer, a context and a destroy function that is called with
 * the context exactly once, also when the call that took them fails. A callback returns
 * 0, or another number when it failed; it says why with simple_torch_callback_error().
 */
#ifndef SIMPLE_TORCH_ABI_H_
#define SIMPLE_TORCH_ABI_H_

#include <stdint.h>

#if defined(_WIN32)
#if defined(SIMPLE_TORCH_BUILDING)
#define SIMPLE_TORCH_EXPORT __declspec(dllexport)
#else
#define SIMPLE_TORCH_EXPORT __declspec(dllimport)
#endif
#else
#define SIMPLE_TORCH_EXPORT __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
#define SIMPLE_TORCH_API extern "C" SIMPLE_TORCH_EXPORT
#else
#define SIMPLE_TORCH_API extern SIMPLE_TORCH_EXPORT
#endif

/** Bits: 0 | kind 7 | generation 24 | slot index + 1, 32. Always positive when valid. */
typedef int64_t simple_torch_handle;

/** What a handle can name; the answer of simple_torch_handle_kind(). */
enum {
  SIMPLE_TORCH_KIND_TENSOR = 1,
  SIMPLE_TORCH_KIND_LIST = 2,
  SIMPLE_TORCH_KIND_SCALAR = 3,
  SIMPLE_TORCH_KIND_VALUE = 4,
  SIMPLE_TORCH_KIND_MODULE = 5,
  SIMPLE_TORCH_KIND_OPTIMIZER = 6,
  SIMPLE_TORCH_KIND_GENERATOR = 7,
  SIMPLE_TORCH_KIND_OPERATOR = 8,
  SIMPLE_TORCH_KIND_IO = 9,
  SIMPLE_TORCH_KIND_SCOPE = 10,
  SIMPLE_TORCH_KIND_STORAGE = 11,
  SIMPLE_TORCH_KIND_STREAM = 12,
  SIMPLE_TORCH_KIND_EVENT = 13,
  SIMPLE_TORCH_KIND_GRAPH = 14,
  SIMPLE_TORCH_KIND_GRADIENTS = 16,
  SIMPLE_TORCH_KIND_DLPACK = 17,
  SIMPLE_TORCH_KIND_TRANSFER = 18,
  SIMPLE_TORCH_KIND_TRACE = 19,
  SIMPLE_TORCH_KIND_ARCHIVE = 20,
  SIMPLE_TORCH_KIND_PACKAGE = 21,
  SIMPLE_TORCH_KIND_SCRIPT = 22,
  SIMPLE_TORCH_KIND_PACKED = 23,
  SIMPLE_TORCH_KIND_WORKERS = 24
};

/** Failure codes. They follow the type of the error, never its text. */
enum {
  SIMPLE_TORCH_OK = 0,
  /** Not a handle that this library ever gave out. */
  SIMPLE_TORCH_E_BAD_HANDLE = -1,
  /** The handle's object was freed. */
  SIMPLE_TORCH_E_STALE_HANDLE = -2,
  /** A handle of another kind than the argument wants. */
  SIMPLE_TORCH_E_WRONG_KIND = -3,
  /** A null pointer, a negative count, a number that names no dtype or device, … */
  SIMPLE_TORCH_E_BAD_ARGUMENT = -4,
  /** An index or dimension out of range. */
  SIMPLE_TORCH_E_INDEX = -5,
  /** Dtypes or kinds of values that do not go together. */
  SIMPLE_TORCH_E_TYPE = -6,
  /** A value of the right type that makes no sense here. */
  SIMPLE_TORCH_E_VALUE = -7,
  /** libtorch has no kernel for this combination. */
  SIMPLE_TORCH_E_NOT_IMPLEMENTED = -8,
  SIMPLE_TORCH_E_OUT_OF_MEMORY = -9,
  /** A matrix is singular, a decomposition did not converge, … */
  SIMPLE_TORCH_E_LINALG = -10,
  /** A file, stream or device could not be read or written. */
  SIMPLE_TORCH_E_IO = -11,
  /** A damaged or foreign file. */
  SIMPLE_TORCH_E_FORMAT = -12,
  /** Code of the host, called back from here, failed. */
  SIMPLE_TORCH_E_CALLBACK = -13,
  SIMPLE_TORCH_E_CANCELLED = -14,
  /** Not in this libtorch, or not on this machine. */
  SIMPLE_TORCH_E_UNSUPPORTED = -15,
  /** Any other error of libtorch. */
  SIMPLE_TORCH_E_TORCH = -16,
  /** A defect of this library. */
  SIMPLE_TORCH_E_INTERNAL = -17
};

/**
 * A number that may be of any type, or absent, takes two parameters: its bits and its
 * kind. The bits of a float are those of the double; the bits of a complex number are the
 * address of two doubles, real and imaginary part.
 */
enum {
  SIMPLE_TORCH_NUMBER_NONE = 0,
  SIMPLE_TORCH_NUMBER_INT = 1,
  SIMPLE_TORCH_NUMBER_FLOAT = 2,
  SIMPLE_TORCH_NUMBER_BOOL = 3,
  SIMPLE_TORCH_NUMBER_COMPLEX = 4
};

/** The bits of a double, as a number's first slot. */
static inline int64_t simple_torch_float_bits(double value) {
  union {
    double real;
    int64_t bits;
  } slot;
  slot.real = value;
  return slot.bits;
}

/* Each of these is both slots of a number: simple_torch_tensor_fill(t,
 * SIMPLE_TORCH_INT(2)). */
#define SIMPLE_TORCH_NONE ((int64_t)0), ((int64_t)SIMPLE_TORCH_NUMBER_NONE)
#define SIMPLE_TORCH_INT(value) ((int64_t)(value)), ((int64_t)SIMPLE_TORCH_NUMBER_INT)
#define SIMPLE_TORCH_FLOAT(value) \
  simple_torch_float_bits(value), ((int64_t)SIMPLE_TORCH_NUMBER_FLOAT)
#define SIMPLE_TORCH_BOOL(value) \
  ((int64_t)((value) ? 1 : 0)), ((int64_t)SIMPLE_TORCH_NUMBER_BOOL)
/** `parts` is a `const double[2]` that outlives the call. */
#define SIMPLE_TORCH_COMPLEX(parts) \
  ((int64_t)(intptr_t)(parts)), ((int64_t)SIMPLE_TORCH_NUMBER_COMPLEX)

#endif
