/**
 * The record of the last failure on the calling thread. It stays until the next failure
 * on this thread or simple_torch_error_clear(); a call that succeeds leaves it alone.
 * Reading it does not change it.
 */
#ifndef SIMPLE_TORCH_ERROR_H_
#define SIMPLE_TORCH_ERROR_H_

#include "simple_torch/abi.h"

/**
 * The code of the last failure.
 *
 * @return A SIMPLE_TORCH_E_ code, or 0 when there is no record.
 */
SIMPLE_TORCH_API int64_t simple_torch_error_code(void);

/**
 * What went wrong: "function: argument: text", without a C++ backtrace.
 *
 * @return Text that is valid until the next failure on this thread, the clearing of the
 *         record or the end of the thread; "" when there is no record.
 */
SIMPLE_TORCH_API const char* simple_torch_error_message(void);

/**
 * The function that failed, as "simple_torch_tensor_zeros".
 *
 * @return Text that is valid as long as the library is loaded; "" when there is no
 * record.
 */
SIMPLE_TORCH_API const char* simple_torch_error_operation(void);

/**
 * The argument that was wrong, by its name in the header.
 *
 * @return Text that is valid until the next failure on this thread; "" when there is no
 *         record or the failure is not about one argument.
 */
SIMPLE_TORCH_API const char* simple_torch_error_argument(void);

/**
 * Where in libtorch the failure arose. The text is made when it is asked for, which takes
 * milliseconds. A libtorch older than 2.4 can only make it at once, so with those it
 * names only the place, unless SIMPLE_TORCH_BACKTRACE=1 was in the environment at the
 * start.
 *
 * @param buffer    Receives the text; may be NULL if `capacity` is 0.
 * @param capacity  Bytes in `buffer`.
 * @return          The length of the text; 0 when there is none; BAD_ARGUMENT, which is
 * not recorded, or OUT_OF_MEMORY, which is.
 */
SIMPLE_TORCH_API int64_t simple_torch_error_backtrace(char* buffer, int64_t capacity);

/**
 * Forgets the record of this thread.
 *
 * @return 0.
 */
SIMPLE_TORCH_API int64_t simple_torch_error_clear(void);

/**
 * The name of a code, as "STALE_HANDLE".
 *
 * @param code  A code, or 0.
 * @return      Static text; "UNKNOWN" for a number that is no code.
 */
SIMPLE_TORCH_API const char* simple_torch_error_name(int64_t code);

/**
 * What libtorch last warned of on this thread. Warnings are kept here and not printed;
 * only threads that libtorch starts itself still print theirs.
 *
 * @return Text that is valid until the next warning on this thread, the clearing or the
 * end of the thread; "" when there was none.
 */
SIMPLE_TORCH_API const char* simple_torch_warning_message(void);

/**
 * Forgets the warning of this thread.
 *
 * @return 0.
 */
SIMPLE_TORCH_API int64_t simple_torch_warning_clear(void);

/**
 * Says why a callback is about to return a failure. The function that called it back
 * reports the text with the code CALLBACK.
 *
 * @param text  Copied; cut if it is very long. NULL means no text.
 * @return      0.
 */
SIMPLE_TORCH_API int64_t simple_torch_callback_error(const char* text);

#endif
