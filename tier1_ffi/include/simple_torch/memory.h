/**
 * Memory of tensors on the CPU, and the contract with a garbage-collected runtime.
 *
 * The library allocates libtorch's CPU memory itself. Blocks up to 1 MiB come from a
 * cache of the thread (at most 32 MiB for each), larger ones are mapped in huge pages and
 * kept in a cache that all threads share, of at most an eighth of the machine's memory
 * unless simple_torch_memory_set_cache_limit() says otherwise. Memory that has lain in a
 * cache for about two seconds is given back to the system. SIMPLE_TORCH_POOL=0 in the
 * environment switches both caches off.
 *
 * The library itself works in a forked child. libtorch's operators on large tensors do
 * not if the parent has used several threads: OpenMP's threads do not survive a fork.
 */
#ifndef SIMPLE_TORCH_MEMORY_H_
#define SIMPLE_TORCH_MEMORY_H_

#include "simple_torch/abi.h"

/** What simple_torch_memory_statistic() can be asked for. */
enum {
  /** Bytes that tensors and libtorch hold now. */
  SIMPLE_TORCH_MEMORY_LIVE_BYTES = 0,
  /** The most they held since the start or the last reset; exact to 64 KiB a thread. */
  SIMPLE_TORCH_MEMORY_PEAK_BYTES = 1,
  /** Bytes that lie in the caches. */
  SIMPLE_TORCH_MEMORY_CACHED_BYTES = 2,
  /** Blocks that were allocated since the start. */
  SIMPLE_TORCH_MEMORY_ALLOCATIONS = 3,
  /** How many of these came out of a cache. */
  SIMPLE_TORCH_MEMORY_POOL_HITS = 4,
  /** How often the runtime was asked to collect. */
  SIMPLE_TORCH_MEMORY_COLLECTIONS = 5
};

/**
 * One figure about a device's memory. Only the CPU's memory is counted here.
 *
 * @param device     A CPU device, or -1.
 * @param statistic  A SIMPLE_TORCH_MEMORY_ number.
 * @return           The figure; BAD_ARGUMENT, or UNSUPPORTED for another device.
 */
SIMPLE_TORCH_API int64_t simple_torch_memory_statistic(int64_t device, int64_t statistic);

/**
 * Sets the peak back to what is held now.
 *
 * @param device  A CPU device, or -1.
 * @return        0; BAD_ARGUMENT or UNSUPPORTED.
 */
SIMPLE_TORCH_API int64_t simple_torch_memory_reset_peak(int64_t device);

/**
 * Gives the caches' memory back to the system. A cache that its thread is using at this
 * very moment keeps its blocks.
 *
 * @return The bytes given back.
 */
SIMPLE_TORCH_API int64_t simple_torch_memory_trim(void);

/**
 * Bounds the cache of large blocks.
 *
 * @param bytes  The most it may keep; 0 keeps nothing, -1 is the default.
 * @return       The bound before; BAD_ARGUMENT.
 */
SIMPLE_TORCH_API int64_t simple_torch_memory_set_cache_limit(int64_t bytes);

/**
 * Sets the least number of live bytes at which the runtime is asked to collect. After a
 * collection it is asked again when the live bytes have grown by half, or by this much if
 * that is more.
 *
 * @param bytes  The threshold; 0 never asks, -1 is the default, 256 MiB.
 * @return       The threshold before; BAD_ARGUMENT.
 */
SIMPLE_TORCH_API int64_t simple_torch_memory_set_pressure(int64_t bytes);

/**
 * Sets after how many bytes more than there were after the last collection the runtime is
 * asked to release what was made lately and forgotten already. That is for a runtime that
 * can tell quickly: then the next tensors get memory that the processor's caches have.
 * It is asked when the next function is called, or before a large block is taken, which
 * may be in the midst of one.
 *
 * @param bytes  The number; 0 never asks, which is the default.
 * @return       The number before; BAD_ARGUMENT.
 */
SIMPLE_TORCH_API int64_t simple_torch_memory_set_young(int64_t bytes);

/** Why a runtime is asked to collect. */
enum {
  /** Native memory grew since the last collection. */
  SIMPLE_TORCH_COLLECT_PRESSURE = 0,
  /** An allocation failed, and is tried again afterwards; or a CUDA device's memory runs
   * low. */
  SIMPLE_TORCH_COLLECT_OUT_OF_MEMORY = 1,
  /** See simple_torch_memory_set_young(). */
  SIMPLE_TORCH_COLLECT_YOUNG = 2
};

/** On which threads a runtime can collect. */
enum {
  SIMPLE_TORCH_COLLECT_ON_ANY_THREAD = 0,
  /** Only on the thread that attached it. */
  SIMPLE_TORCH_COLLECT_ON_ATTACHING_THREAD = 1
};

/** A garbage-collected runtime's side of the contract. */
typedef struct simple_torch_runtime {
  /** sizeof(simple_torch_runtime), so that the struct can grow. */
  int64_t size;
  void* context;
  /**
   * Collects garbage and hands the dead handles to simple_torch_release_many().
   * For PRESSURE and YOUNG it is called between two operations, for OUT_OF_MEMORY in the
   * middle of one. It may call the library, but what it calls must not allocate much.
   * `bytes_wanted` is 0 where it is not known: then the lock of CUDA's allocator is held,
   * and `collect` must not wait for a thread that uses CUDA. A result other than 0 means
   * that nothing could be collected.
   */
  int64_t (*collect)(void* context, int64_t reason, int64_t bytes_wanted);
  /** Called once: when the runtime is detached or replaced, or if it is refused for
   * another reason than its size. May be NULL. */
  void (*destroy)(void* context);
  /** A SIMPLE_TORCH_COLLECT_ON_ number. */
  int64_t thread_rule;
} simple_torch_runtime;

/**
 * Attaches the runtime that owns handles in this process, in place of the one before.
 * When memory grows past the threshold, or an allocation fails, the library asks it to
 * collect. If it can only collect on its own thread and another thread needs it, the
 * request waits for the runtime's next call into the library; a thread whose allocation
 * failed waits for that at most a second.
 *
 * @param runtime  Copied. NULL detaches.
 * @return         0; BAD_ARGUMENT. On failure the former runtime stays attached.
 */
SIMPLE_TORCH_API int64_t simple_torch_runtime_attach(const simple_torch_runtime* runtime);

/**
 * Does what is waiting: destroys the objects of handles that simple_torch_release_many()
 * was given, and collects if that was asked for. Every other call does this in passing; a
 * runtime that is idle can call it from its event loop.
 *
 * @return 0.
 */
SIMPLE_TORCH_API int64_t simple_torch_runtime_poll(void);

#endif
