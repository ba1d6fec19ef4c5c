/**
 * Values of any type, as operators outside ATen take and return them: slots for those
 * that a word can hold, handles for all others.
 */
#ifndef SIMPLE_TORCH_VALUE_H_
#define SIMPLE_TORCH_VALUE_H_

#include "simple_torch/abi.h"

/** What a slot holds. The first five are those of numbers in abi.h. */
enum {
  SIMPLE_TORCH_SLOT_NONE = 0,
  /** `bits` is the number; also dtypes, layouts and memory formats. */
  SIMPLE_TORCH_SLOT_INT = 1,
  SIMPLE_TORCH_SLOT_FLOAT = 2,
  SIMPLE_TORCH_SLOT_BOOL = 3,
  /** `bits` is the address of two doubles. */
  SIMPLE_TORCH_SLOT_COMPLEX = 4,
  /** `bits` is a handle. */
  SIMPLE_TORCH_SLOT_TENSOR = 5,
  /** `bits` is the handle of a list of tensors. */
  SIMPLE_TORCH_SLOT_LIST = 6,
  /** `bits` is the handle of a value. */
  SIMPLE_TORCH_SLOT_VALUE = 7,
  SIMPLE_TORCH_SLOT_GENERATOR = 8,
  SIMPLE_TORCH_SLOT_STORAGE = 9,
  SIMPLE_TORCH_SLOT_STREAM = 10,
  /** `bits` is a device's number. */
  SIMPLE_TORCH_SLOT_DEVICE = 11,
  /** `bits` is the address of text that ends with NUL. */
  SIMPLE_TORCH_SLOT_TEXT = 12,
  /** `bits` is the address of `count` items: handles of tensors, 0 for none. */
  SIMPLE_TORCH_SLOT_TENSORS = 13,
  /** … int64_t. */
  SIMPLE_TORCH_SLOT_INTS = 14,
  /** … double. */
  SIMPLE_TORCH_SLOT_FLOATS = 15,
  /** … int64_t, each 0 or 1. */
  SIMPLE_TORCH_SLOT_BOOLS = 16,
  /** … addresses of texts. */
  SIMPLE_TORCH_SLOT_TEXTS = 17,
  /** An argument that is left out: it has its default. Never a result. */
  SIMPLE_TORCH_SLOT_DEFAULT = 18
};

/** A value on its way in or out. */
typedef struct simple_torch_slot {
  /** A SIMPLE_TORCH_SLOT_ number. */
  int64_t kind;
  int64_t bits;
  /** Of the items of a list; otherwise not used. */
  int64_t count;
} simple_torch_slot;

/**
 * A value, for instance to put one into a list or to keep it.
 *
 * @param slot  Copied, with all it refers to. Not DEFAULT.
 * @return      A value owned by the caller; 0 on failure.
 */
SIMPLE_TORCH_API simple_torch_handle
simple_torch_value_create(const simple_torch_slot* slot);

/**
 * What a value would be in a slot: VALUE for lists, tuples, dicts, text and all others
 * that do not fit into one.
 *
 * @param value  Borrowed.
 * @return       A SIMPLE_TORCH_SLOT_ number.
 */
SIMPLE_TORCH_API int64_t simple_torch_value_kind(simple_torch_handle value);

/**
 * How many elements a list or tuple has.
 *
 * @param value  Borrowed.
 * @return       The length; TYPE for other values.
 */
SIMPLE_TORCH_API int64_t simple_torch_value_length(simple_torch_handle value);

/**
 * An element of a list or tuple; of any other value, the value itself as element 0.
 *
 * @param value     Borrowed.
 * @param index     From 0; negative ones count from the end.
 * @param slot_out  Gets the element. Handles in it are owned by the caller. A complex
 *                  number is a VALUE.
 * @return          0; INDEX and others.
 */
SIMPLE_TORCH_API int64_t simple_torch_value_get(simple_torch_handle value, int64_t index,
                                                simple_torch_slot* slot_out);

/**
 * A list of integers.
 *
 * @param value         Borrowed.
 * @param integers_out  Gets the elements.
 * @param capacity      The room in it: at least the list's length.
 * @return              The list's length; TYPE for other values.
 */
SIMPLE_TORCH_API int64_t simple_torch_value_integers(simple_torch_handle value,
                                                     int64_t* integers_out,
                                                     int64_t capacity);

/**
 * A value as text: of a text the text itself, of others what libtorch prints.
 *
 * @param value     Borrowed.
 * @param buffer    Gets the text; see abi.h.
 * @param capacity  The room in it.
 * @return          The text's length.
 */
SIMPLE_TORCH_API int64_t simple_torch_value_text(simple_torch_handle value, char* buffer,
                                                 int64_t capacity);

/**
 * Frees a value's handle.
 *
 * @param value  Taken from the caller; 0 does nothing.
 * @return       0, or why it failed.
 */
SIMPLE_TORCH_API int64_t simple_torch_value_free(simple_torch_handle value);

#endif
