/**
 * What a program's time goes into: for each operator how often it was called, how long
 * that took, and how long without the operators within it. Measured is the time of the
 * CPU's clock in the thread that began it, and in threads that libtorch and
 * simple_torch_workers_start() let work for it. An operator of CUDA takes as long as it
 * takes to queue it.
 *
 * There is one profile at a time in the process.
 */
#ifndef SIMPLE_TORCH_PROFILE_H_
#define SIMPLE_TORCH_PROFILE_H_

#include "simple_torch/abi.h"

/**
 * Begins a profile.
 *
 * @return  0; VALUE if there is one already.
 */
SIMPLE_TORCH_API int64_t simple_torch_profile_begin(void);

/**
 * Ends the profile; by the thread that began it.
 *
 * @return  A value owned by the caller: a list with a tuple for each operator and range,
 *          of its name, the number of calls, and in nanoseconds all their time and that
 *          of their own. 0 with VALUE if there is no profile.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_profile_end(void);

/**
 * Begins a range of the program, which is measured as operators are, and which they lie
 * in, on this thread.
 *
 * @param name  How the range is called in the profile.
 * @return      How many ranges the thread is in now; BAD_ARGUMENT.
 */
SIMPLE_TORCH_API int64_t simple_torch_profile_enter(const char* name);

/**
 * Ends the innermost range of this thread.
 *
 * @return  0; VALUE if there is none.
 */
SIMPLE_TORCH_API int64_t simple_torch_profile_leave(void);

#endif
