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

/** What a value is; the answer of simple_torch_value_type(). */
enum {
  SIMPLE_TORCH_TYPE_NONE = 0,
  SIMPLE_TORCH_TYPE_INT = 1,
  SIMPLE_TORCH_TYPE_FLOAT = 2,
  SIMPLE_TORCH_TYPE_BOOL = 3,
  SIMPLE_TORCH_TYPE_COMPLEX = 4,
  SIMPLE_TORCH_TYPE_TENSOR = 5,
  SIMPLE_TORCH_TYPE_DEVICE = 6,
  SIMPLE_TORCH_TYPE_TEXT = 7,
  SIMPLE_TORCH_TYPE_LIST = 8,
  SIMPLE_TORCH_TYPE_TUPLE = 9,
  SIMPLE_TORCH_TYPE_DICT = 10,
  SIMPLE_TORCH_TYPE_OTHER = 11,
  SIMPLE_TORCH_TYPE_GENERATOR = 12,
  SIMPLE_TORCH_TYPE_STORAGE = 13,
  SIMPLE_TORCH_TYPE_STREAM = 14,
  /** An instance of a class of TorchScript, a module for one: see script.h. */
  SIMPLE_TORCH_TYPE_OBJECT = 15
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
 * A value that is a text.
 *
 * @param text  Copied.
 * @return      A value owned by the caller; 0 on failure.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_value_from_text(const char* text);

/**
 * A value that is a text which may have NULs in it.
 *
 * @param data   Copied; UTF-8.
 * @param bytes  How many.
 * @return       A value owned by the caller; 0 with BAD_ARGUMENT and others.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_value_from_utf8(const void* data,
                                                                  int64_t bytes);

/**
 * A value that is a float.
 *
 * @param number  The float.
 * @return        A value owned by the caller; 0 on failure.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_value_from_float(double number);

/**
 * A value that is a complex number.
 *
 * @param real       Its real part.
 * @param imaginary  Its imaginary part.
 * @return           A value owned by the caller; 0 on failure.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_value_from_complex(double real,
                                                                     double imaginary);

/**
 * A value that is a tensor.
 *
 * @param tensor  Borrowed; the value owns the tensor too.
 * @return        A value owned by the caller; 0 on failure.
 */
SIMPLE_TORCH_API simple_torch_handle
simple_torch_value_from_tensor(simple_torch_handle tensor);

/**
 * A value that is a generator.
 *
 * @param generator  Borrowed; the value owns the generator too.
 * @return           A value owned by the caller; 0 on failure.
 */
SIMPLE_TORCH_API simple_torch_handle
simple_torch_value_from_generator(simple_torch_handle generator);

/**
 * A list of values of any types.
 *
 * @param values  Handles, borrowed.
 * @param count   Of the values.
 * @return        A value owned by the caller; 0 on failure, with VALUE if lists would lie
 *                more than 200 deep in each other.
 */
SIMPLE_TORCH_API simple_torch_handle
simple_torch_value_from_list(const simple_torch_handle* values, int64_t count);

/**
 * A tuple of values of any types.
 *
 * @param values  Handles, borrowed.
 * @param count   Of the values.
 * @return        As of simple_torch_value_from_list().
 */
SIMPLE_TORCH_API simple_torch_handle
simple_torch_value_from_tuple(const simple_torch_handle* values, int64_t count);

/**
 * A dict. It keeps the order of its keys; of equal keys the last counts.
 *
 * @param keys    Handles, borrowed: texts, ints, floats or bools.
 * @param values  Handles, borrowed.
 * @param count   Of the keys, and of the values.
 * @return        As of simple_torch_value_from_list(); TYPE for other keys.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_value_from_dict(
    const simple_torch_handle* keys, const simple_torch_handle* values, int64_t count);

/**
 * What a value is.
 *
 * @param value  Borrowed.
 * @return       A SIMPLE_TORCH_TYPE_ number.
 */
SIMPLE_TORCH_API int64_t simple_torch_value_type(simple_torch_handle value);

/**
 * An element of a list or tuple, as a value.
 *
 * @param value  Borrowed.
 * @param index  From 0; negative ones count from the end.
 * @return       A value owned by the caller; 0 with INDEX, or TYPE for other values.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_value_item(simple_torch_handle value,
                                                             int64_t index);

/**
 * The keys of a dict.
 *
 * @param value  Borrowed.
 * @return       A value, a list, owned by the caller; 0 with TYPE for other values.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_value_keys(simple_torch_handle value);

/**
 * The values of a dict, in the order of the keys.
 *
 * @param value  Borrowed.
 * @return       A value, a list, owned by the caller; 0 with TYPE for other values.
 */
SIMPLE_TORCH_API simple_torch_handle
simple_torch_value_members(simple_torch_handle value);

/**
 * The tensor that a value is.
 *
 * @param value  Borrowed.
 * @return       The tensor, owned by the caller; 0 with TYPE for other values.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_value_tensor(simple_torch_handle value);

/**
 * The generator that a value is.
 *
 * @param value  Borrowed.
 * @return       The generator, owned by the caller; 0 with TYPE for other values.
 */
SIMPLE_TORCH_API simple_torch_handle
simple_torch_value_generator(simple_torch_handle value);

/**
 * What stands in a dict under a key.
 *
 * @param value  Borrowed.
 * @param key    Borrowed: a value.
 * @return       A value owned by the caller; 0 with INDEX if there is none, or TYPE for
 *               other values.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_value_find(simple_torch_handle value,
                                                             simple_torch_handle key);

/**
 * The tensors of a list or tuple of tensors.
 *
 * @param value  Borrowed.
 * @return       A list owned by the caller; 0 with TYPE for other values.
 */
SIMPLE_TORCH_API simple_torch_handle
simple_torch_value_tensors(simple_torch_handle value);

/**
 * The int, bool (0 or 1) or device's number that a value is.
 *
 * @param value        Borrowed.
 * @param integer_out  Gets it.
 * @return             0; TYPE for other values.
 */
SIMPLE_TORCH_API int64_t simple_torch_value_integer(simple_torch_handle value,
                                                    int64_t* integer_out);

/**
 * The float or complex number that a value is.
 *
 * @param value      Borrowed.
 * @param parts_out  Gets two doubles: the number, or its real part; 0, or its imaginary
 *                   part.
 * @return           0; TYPE for other values.
 */
SIMPLE_TORCH_API int64_t simple_torch_value_parts(simple_torch_handle value,
                                                  double* parts_out);

/**
 * What a value would be in a slot: VALUE for lists, tuples, dicts, text and all others
 * that do not fit into one.
 *
 * @param value  Borrowed.
 * @return       A SIMPLE_TORCH_SLOT_ number.
 */
SIMPLE_TORCH_API int64_t simple_torch_value_kind(simple_torch_handle value);

/**
 * How many elements a list, tuple or dict has, or how many bytes a text.
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
 * A list of ints, or of bools, as integers.
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
 * A list of floats.
 *
 * @param value       Borrowed.
 * @param floats_out  Gets the elements.
 * @param capacity    The room in it: at least the list's length.
 * @return            The list's length; TYPE for other values.
 */
SIMPLE_TORCH_API int64_t simple_torch_value_floats(simple_torch_handle value,
                                                   double* floats_out, int64_t capacity);

/**
 * The same value again.
 *
 * @param value  Borrowed.
 * @return       A second owner of the value: what is changed in a list, a tensor or an
 *               object of one is changed in both; 0 on failure.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_value_alias(simple_torch_handle value);

/**
 * A copy of a value, with copies of its tensors and objects.
 *
 * @param value  Borrowed.
 * @return       A value owned by the caller; 0 on failure.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_value_clone(simple_torch_handle value);

/**
 * Whether two values are the same: of the same type, with equal elements. Tensors are if
 * their dtype, device, shape and elements are; objects of TorchScript if they are one.
 *
 * @param value  Borrowed.
 * @param other  Borrowed: a value.
 * @return       1 or 0.
 */
SIMPLE_TORCH_API int64_t simple_torch_value_equal(simple_torch_handle value,
                                                  simple_torch_handle other);

/**
 * A value as a type of TorchScript has it: lists, tuples and dicts get elements of the
 * type, an int becomes a float or complex number where one is wanted, and so does a tuple
 * of two floats, real and imaginary part.
 *
 * @param value      Borrowed.
 * @param type_name  "List[Tensor]", "Dict[str, Optional[int]]", …
 * @return           A value owned by the caller; 0 with TYPE if it does not fit, or TORCH
 *                   for a type that is none.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_value_as(simple_torch_handle value,
                                                           const char* type_name);

/**
 * The name of a value's type in TorchScript: "int", "List[Tensor]", ….
 *
 * @param value     Borrowed.
 * @param buffer    Gets the text; see abi.h.
 * @param capacity  The room in it.
 * @return          The text's length.
 */
SIMPLE_TORCH_API int64_t simple_torch_value_type_name(simple_torch_handle value,
                                                      char* buffer, int64_t capacity);

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
