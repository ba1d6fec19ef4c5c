/**
 * The types of tensor elements, by number and by name. The numbers are those of
 * c10::ScalarType, so they are the same in every libtorch: uint8 0, int8 1, int16 2,
 * int32 3, int64 4, float16 5, float32 6, float64 7, complex32 8, complex64 9,
 * complex128 10, bool 11, then the quantized types, bfloat16 15 and newer ones.
 */
#ifndef SIMPLE_TORCH_DTYPE_H_
#define SIMPLE_TORCH_DTYPE_H_

#include "simple_torch/abi.h"

/**
 * How many dtypes this libtorch has: their numbers are 0 to the count minus one.
 *
 * @return The count.
 */
SIMPLE_TORCH_API int64_t simple_torch_dtype_count(void);

/**
 * A dtype's name, as Python's torch spells it.
 *
 * @param dtype  A dtype number.
 * @return       Static text such as "float32"; NULL with BAD_ARGUMENT.
 */
SIMPLE_TORCH_API const char* simple_torch_dtype_name(int64_t dtype);

/**
 * The dtype of a name.
 *
 * @param name  A name that simple_torch_dtype_name() gives, or one of the short ones:
 *              "float", "double", "half", "cfloat", "cdouble", "chalf", "short", "int",
 *              "long".
 * @return      Its number; BAD_ARGUMENT if this libtorch has no such dtype.
 */
SIMPLE_TORCH_API int64_t simple_torch_dtype_from_name(const char* name);

/**
 * The bytes that one element takes.
 *
 * @param dtype  A dtype number.
 * @return       The size; BAD_ARGUMENT.
 */
SIMPLE_TORCH_API int64_t simple_torch_dtype_size(int64_t dtype);

/**
 * Whether a dtype holds real floating-point numbers.
 *
 * @param dtype  A dtype number.
 * @return       1 or 0; BAD_ARGUMENT.
 */
SIMPLE_TORCH_API int64_t simple_torch_dtype_is_floating_point(int64_t dtype);

/**
 * Whether a dtype holds complex numbers.
 *
 * @param dtype  A dtype number.
 * @return       1 or 0; BAD_ARGUMENT.
 */
SIMPLE_TORCH_API int64_t simple_torch_dtype_is_complex(int64_t dtype);

/**
 * The dtype of a result computed from two dtypes.
 *
 * @param left   A dtype number.
 * @param right  A dtype number.
 * @return       A dtype number; BAD_ARGUMENT, or TORCH for types that do not mix.
 *
 * Wraps c10::promoteTypes.
 */
SIMPLE_TORCH_API int64_t simple_torch_dtype_promote(int64_t left, int64_t right);

/**
 * The dtype of new tensors for which none is given; float32 at the start.
 *
 * @return A dtype number.
 */
SIMPLE_TORCH_API int64_t simple_torch_dtype_default(void);

/**
 * Sets the default dtype, for all threads. libtorch keeps it in a plain variable: not to
 * be called while other threads make tensors.
 *
 * @param dtype  A real floating-point dtype.
 * @return       The default before; BAD_ARGUMENT, or TORCH for a dtype that cannot be the
 *               default.
 */
SIMPLE_TORCH_API int64_t simple_torch_dtype_set_default(int64_t dtype);

#endif
