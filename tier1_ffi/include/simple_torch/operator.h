/**
 * Any operator that libtorch knows, by its name: those of ATen, for which ops.h has
 * functions too, and all others: quantized, those of libraries loaded later, those that
 * the program registers.
 */
#ifndef SIMPLE_TORCH_OPERATOR_H_
#define SIMPLE_TORCH_OPERATOR_H_

#include "simple_torch/value.h"

/**
 * An operator.
 *
 * @param name      With its namespace: "aten::add".
 * @param overload  "Tensor"; "" for the one without a name; NULL for whichever fits the
 *                  arguments of a call.
 * @return          An operator owned by the caller; 0 with VALUE if there is none.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_operator_find(const char* name,
                                                                const char* overload);

/**
 * Calls an operator.
 *
 * @param operation  Borrowed.
 * @param arguments  In the order of the schema, borrowed. Those that are DEFAULT, and
 * those after the last one that is given, have their defaults.
 * @param count      Of the arguments.
 * @param results    Gets the results. Handles in it are owned by the caller.
 * @param capacity   The room in it; results that find none are dropped.
 * @return           How many results there are.
 */
SIMPLE_TORCH_API int64_t simple_torch_operator_call(simple_torch_handle operation,
                                                    const simple_torch_slot* arguments,
                                                    int64_t count,
                                                    simple_torch_slot* results,
                                                    int64_t capacity);

/**
 * An operator's schema, or those of all its overloads, one on a line.
 *
 * @param operation  Borrowed.
 * @param buffer     Gets the text; see abi.h.
 * @param capacity   The room in it.
 * @return           The text's length.
 */
SIMPLE_TORCH_API int64_t simple_torch_operator_schema(simple_torch_handle operation,
                                                      char* buffer, int64_t capacity);

/**
 * The operators that can be called, "aten::add.Tensor" each on a line, sorted.
 *
 * @param prefix    Those whose names begin so: "quantized::"; "" for all.
 * @param buffer    Gets the text; see abi.h.
 * @param capacity  The room in it.
 * @return          The text's length.
 */
SIMPLE_TORCH_API int64_t simple_torch_operator_list(const char* prefix, char* buffer,
                                                    int64_t capacity);

/**
 * Loads a library that registers operators when it is loaded. It runs that library's
 * code: load only what you trust. It stays loaded.
 *
 * @param path  Of the library's file.
 * @return      0; IO with the loader's message.
 */
SIMPLE_TORCH_API int64_t simple_torch_operator_load_library(const char* path);

/**
 * Frees an operator's handle.
 *
 * @param operation  Taken from the caller; 0 does nothing.
 * @return           0, or why it failed.
 */
SIMPLE_TORCH_API int64_t simple_torch_operator_free(simple_torch_handle operation);

#endif
