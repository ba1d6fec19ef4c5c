/**
 * Autocast: operators that may compute in a shorter type do, and others get the type they
 * need. It is a state of the thread, for each type of device by itself.
 *
 * A device is given as in device.h; only its type counts, and -1 is the CPU.
 */
#ifndef SIMPLE_TORCH_AUTOCAST_H_
#define SIMPLE_TORCH_AUTOCAST_H_

#include "simple_torch/abi.h"

/**
 * Whether this libtorch has autocast for a type of device.
 *
 * @param device  Of that type.
 * @return        1 or 0; BAD_ARGUMENT.
 */
SIMPLE_TORCH_API int64_t simple_torch_autocast_available(int64_t device);

/**
 * Whether autocast is on.
 *
 * @param device  Of what type.
 * @return        1 or 0; BAD_ARGUMENT, UNSUPPORTED.
 */
SIMPLE_TORCH_API int64_t simple_torch_autocast_enabled(int64_t device);

/**
 * Switches autocast on or off.
 *
 * @param device   Of what type.
 * @param enabled  1 or 0.
 * @return         Whether it was on before; BAD_ARGUMENT, UNSUPPORTED.
 */
SIMPLE_TORCH_API int64_t simple_torch_autocast_set_enabled(int64_t device,
                                                           int64_t enabled);

/**
 * The shorter type.
 *
 * @param device  Of what type.
 * @return        A dtype; BAD_ARGUMENT, UNSUPPORTED.
 */
SIMPLE_TORCH_API int64_t simple_torch_autocast_dtype(int64_t device);

/**
 * Sets the shorter type.
 *
 * @param device  Of what type.
 * @param dtype   float16 or bfloat16.
 * @return        The one before; BAD_ARGUMENT, VALUE, UNSUPPORTED.
 */
SIMPLE_TORCH_API int64_t simple_torch_autocast_set_dtype(int64_t device, int64_t dtype);

/**
 * Whether weights that were cast are kept for the next use.
 *
 * @return  1 or 0.
 */
SIMPLE_TORCH_API int64_t simple_torch_autocast_cache_enabled(void);

/**
 * Sets whether weights that were cast are kept.
 *
 * @param enabled  1 or 0.
 * @return         Whether they were before; BAD_ARGUMENT.
 */
SIMPLE_TORCH_API int64_t simple_torch_autocast_set_cache_enabled(int64_t enabled);

/**
 * Drops what is kept.
 *
 * @return  0.
 */
SIMPLE_TORCH_API int64_t simple_torch_autocast_clear_cache(void);

/**
 * Counts a region in which autocast is used, for callers that set its parts one by one.
 *
 * @return  How many lie in each other now.
 */
SIMPLE_TORCH_API int64_t simple_torch_autocast_increment_nesting(void);

/**
 * Counts a region less. What is kept is dropped by whoever leaves the outermost one.
 *
 * @return  How many lie in each other now; VALUE if there was none.
 */
SIMPLE_TORCH_API int64_t simple_torch_autocast_decrement_nesting(void);

/**
 * Enters a region, up to simple_torch_mode_leave() (autograd.h), after which all is as it
 * was: regions and modes lie in each other in the order in which they were entered. The
 * cache is dropped at the end of the outermost.
 *
 * @param device   Of what type.
 * @param enabled  1 or 0.
 * @param dtype    float16 or bfloat16; -1 for the one that is set.
 * @param cache    1 or 0; -1 for what is set.
 * @return         What simple_torch_mode_leave() is to be given; BAD_ARGUMENT, VALUE,
 *                 UNSUPPORTED.
 */
SIMPLE_TORCH_API int64_t simple_torch_autocast_enter(int64_t device, int64_t enabled,
                                                     int64_t dtype, int64_t cache);

#endif
