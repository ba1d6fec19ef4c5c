/**
 * Numbers as objects, for a host that wants to keep one. Functions take numbers as bits
 * and kind (see abi.h) and need no object for it.
 */
#ifndef SIMPLE_TORCH_SCALAR_H_
#define SIMPLE_TORCH_SCALAR_H_

#include "simple_torch/abi.h"

/**
 * Makes a number.
 *
 * @param number_bits  The number's bits.
 * @param number_kind  A SIMPLE_TORCH_NUMBER_ kind, not NONE.
 * @return             A scalar owned by the caller; 0 with BAD_ARGUMENT.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_scalar_create(int64_t number_bits,
                                                                int64_t number_kind);

/**
 * What sort of number it is.
 *
 * @param scalar  Borrowed.
 * @return        A SIMPLE_TORCH_NUMBER_ kind.
 */
SIMPLE_TORCH_API int64_t simple_torch_scalar_kind(simple_torch_handle scalar);

/**
 * The number as an integer; its fraction is dropped.
 *
 * @param scalar       Borrowed.
 * @param integer_out  Gets it.
 * @return             0; TORCH for one that is too large or has an imaginary part.
 */
SIMPLE_TORCH_API int64_t simple_torch_scalar_integer(simple_torch_handle scalar,
                                                     int64_t* integer_out);

/**
 * The number as a complex one.
 *
 * @param scalar     Borrowed.
 * @param parts_out  Gets two doubles: the real and the imaginary part.
 * @return           0.
 */
SIMPLE_TORCH_API int64_t simple_torch_scalar_parts(simple_torch_handle scalar,
                                                   double* parts_out);

/**
 * The number as text: "3", "0.5", "true", "(1,-2)".
 *
 * @param scalar    Borrowed.
 * @param buffer    Gets the text; see abi.h.
 * @param capacity  The room in it.
 * @return          The text's length.
 */
SIMPLE_TORCH_API int64_t simple_torch_scalar_text(simple_torch_handle scalar,
                                                  char* buffer, int64_t capacity);

/**
 * Frees a scalar's handle.
 *
 * @param scalar  Taken from the caller; 0 does nothing.
 * @return        0, or why it failed.
 */
SIMPLE_TORCH_API int64_t simple_torch_scalar_free(simple_torch_handle scalar);

#endif
