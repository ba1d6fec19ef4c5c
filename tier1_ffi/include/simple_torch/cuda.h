/**
 * CUDA: devices, memory, streams, events, graphs. What these functions need of CUDA is in
 * a library of its own, libsimple_torch_ffi_cuda, which is loaded together with this one
 * where the machine has NVIDIA's driver and libtorch is a build for CUDA. Where it is not
 * there, or no device is, they fail with UNSUPPORTED and the reason, and the number of
 * devices is 0.
 *
 * A parameter `device` is a CUDA device's number, as device.h has it; -1, or one without
 * an index, is this thread's current device.
 *
 * Out of memory. When libtorch's allocator has no block that fits, and before it asks the
 * driver for more, this library destroys what simple_torch_release_many() was given, and,
 * the more often the less memory is free, has the runtime collect; see memory.h. The
 * allocator's lock is held then: neither waits for another thread. A runtime that cannot
 * collect on that thread is asked at its next call.
 */
#ifndef SIMPLE_TORCH_CUDA_H_
#define SIMPLE_TORCH_CUDA_H_

#include "simple_torch/abi.h"

/**
 * How many CUDA devices can be used in this process.
 *
 * @return The count; 0 where there is none.
 */
SIMPLE_TORCH_API int64_t simple_torch_cuda_device_count(void);

/**
 * The current device of this thread: the one that is meant where none is named.
 *
 * @return Its index; UNSUPPORTED.
 */
SIMPLE_TORCH_API int64_t simple_torch_cuda_current_device(void);

/**
 * Makes a device the current one of this thread.
 *
 * @param device  A CUDA device.
 * @return        The index of the one before; BAD_ARGUMENT or UNSUPPORTED.
 */
SIMPLE_TORCH_API int64_t simple_torch_cuda_set_device(int64_t device);

/**
 * Waits until all work on a device is done.
 *
 * @param device  A CUDA device.
 * @return        0; BAD_ARGUMENT, UNSUPPORTED, or TORCH if some of that work failed.
 */
SIMPLE_TORCH_API int64_t simple_torch_cuda_synchronize(int64_t device);

/**
 * What a device is called, as "NVIDIA H100 80GB HBM3".
 *
 * @param device    A CUDA device.
 * @param buffer    Receives the text; may be NULL if `capacity` is 0.
 * @param capacity  Bytes in `buffer`.
 * @return          The length of the text; BAD_ARGUMENT or UNSUPPORTED.
 */
SIMPLE_TORCH_API int64_t simple_torch_cuda_device_name(int64_t device, char* buffer,
                                                       int64_t capacity);

/**
 * The number that tells a device from all others, as
 * "a5a4b7c4-1d4e-6a5b-8f7c-0123456789ab".
 *
 * @param device    A CUDA device.
 * @param buffer    Receives the text; may be NULL if `capacity` is 0.
 * @param capacity  Bytes in `buffer`.
 * @return          The length of the text; BAD_ARGUMENT or UNSUPPORTED.
 */
SIMPLE_TORCH_API int64_t simple_torch_cuda_device_uuid(int64_t device, char* buffer,
                                                       int64_t capacity);

/** What simple_torch_cuda_device_property() can be asked for. */
enum {
  /** The compute capability: 9 and 0 of 9.0. */
  SIMPLE_TORCH_CUDA_MAJOR = 0,
  SIMPLE_TORCH_CUDA_MINOR = 1,
  /** In bytes. */
  SIMPLE_TORCH_CUDA_TOTAL_MEMORY = 2,
  SIMPLE_TORCH_CUDA_MULTIPROCESSORS = 3,
  SIMPLE_TORCH_CUDA_WARP_SIZE = 4,
  SIMPLE_TORCH_CUDA_THREADS_PER_BLOCK = 5,
  SIMPLE_TORCH_CUDA_THREADS_PER_MULTIPROCESSOR = 6,
  SIMPLE_TORCH_CUDA_REGISTERS_PER_MULTIPROCESSOR = 7,
  SIMPLE_TORCH_CUDA_SHARED_MEMORY_PER_BLOCK = 8,
  /** The most that a kernel that asks for it can have. */
  SIMPLE_TORCH_CUDA_SHARED_MEMORY_PER_BLOCK_AT_MOST = 9,
  SIMPLE_TORCH_CUDA_SHARED_MEMORY_PER_MULTIPROCESSOR = 10,
  SIMPLE_TORCH_CUDA_L2_CACHE = 11,
  /** Truth values: it shares the machine's memory; it has others on its board. */
  SIMPLE_TORCH_CUDA_IS_INTEGRATED = 12,
  SIMPLE_TORCH_CUDA_IS_MULTI_GPU_BOARD = 13,
  /** Where it sits on the bus. */
  SIMPLE_TORCH_CUDA_PCI_DOMAIN = 14,
  SIMPLE_TORCH_CUDA_PCI_BUS = 15,
  SIMPLE_TORCH_CUDA_PCI_DEVICE = 16
};

/**
 * One figure about a device.
 *
 * @param device    A CUDA device.
 * @param property  A SIMPLE_TORCH_CUDA_ number.
 * @return          The figure; BAD_ARGUMENT or UNSUPPORTED.
 */
SIMPLE_TORCH_API int64_t simple_torch_cuda_device_property(int64_t device,
                                                           int64_t property);

/**
 * Whether a device can read and write another one's memory.
 *
 * @param device  A CUDA device.
 * @param peer    Another one.
 * @return        1 or 0; BAD_ARGUMENT or UNSUPPORTED.
 */
SIMPLE_TORCH_API int64_t simple_torch_cuda_can_access_peer(int64_t device, int64_t peer);

/**
 * Lets a device read and write another one's memory, if it can. Copies between devices do
 * this by themselves.
 *
 * @param device  A CUDA device.
 * @param peer    Another one.
 * @return        1 or, if it cannot, 0; BAD_ARGUMENT or UNSUPPORTED.
 */
SIMPLE_TORCH_API int64_t simple_torch_cuda_enable_peer_access(int64_t device,
                                                              int64_t peer);

/**
 * The newest version of CUDA that the driver knows.
 *
 * @return 1000 * major + 10 * minor, as 13000; UNSUPPORTED.
 */
SIMPLE_TORCH_API int64_t simple_torch_cuda_driver_version(void);

/**
 * The version of CUDA's run-time library.
 *
 * @return 1000 * major + 10 * minor, as 13000; UNSUPPORTED.
 */
SIMPLE_TORCH_API int64_t simple_torch_cuda_runtime_version(void);

/* ---- Random numbers ---- */

/**
 * Seeds the default generator of one device.
 *
 * @param device  A CUDA device.
 * @param seed    The seed's 64 bits.
 * @return        0; BAD_ARGUMENT or UNSUPPORTED.
 */
SIMPLE_TORCH_API int64_t simple_torch_cuda_manual_seed(int64_t device, int64_t seed);

/**
 * Seeds the default generators of all CUDA devices.
 *
 * @param seed  The seed's 64 bits.
 * @return      0; UNSUPPORTED.
 */
SIMPLE_TORCH_API int64_t simple_torch_cuda_manual_seed_all(int64_t seed);

/**
 * The seed that a device's default generator was last given.
 *
 * @param device    A CUDA device.
 * @param seed_out  Receives the seed's 64 bits.
 * @return          0; BAD_ARGUMENT or UNSUPPORTED.
 */
SIMPLE_TORCH_API int64_t simple_torch_cuda_initial_seed(int64_t device,
                                                        int64_t* seed_out);

/* ---- Memory ---- */

/**
 * How much memory a device has, for all processes together.
 *
 * @param device     A CUDA device.
 * @param free_out   Receives the bytes that are free.
 * @param total_out  Receives the bytes that it has.
 * @return           0; BAD_ARGUMENT or UNSUPPORTED.
 */
SIMPLE_TORCH_API int64_t simple_torch_cuda_memory_info(int64_t device, int64_t* free_out,
                                                       int64_t* total_out);

/**
 * One figure of libtorch's allocator.
 *
 * @param device  A CUDA device.
 * @param name    As in Python's torch.cuda.memory_stats: "allocated_bytes.all.current".
 * @return        The figure; BAD_ARGUMENT or UNSUPPORTED.
 */
SIMPLE_TORCH_API int64_t simple_torch_cuda_memory_statistic(int64_t device,
                                                            const char* name);

/**
 * All figures of libtorch's allocator: for each a line with its name, a blank and the
 * number, in the order of the names.
 *
 * @param device    A CUDA device.
 * @param buffer    Receives the text; may be NULL if `capacity` is 0.
 * @param capacity  Bytes in `buffer`.
 * @return          The length of the text; BAD_ARGUMENT or UNSUPPORTED.
 */
SIMPLE_TORCH_API int64_t simple_torch_cuda_memory_statistics(int64_t device, char* buffer,
                                                             int64_t capacity);

/**
 * Every piece of memory that the allocator holds on any device, and the blocks in it, as
 * JSON: a list of segments, with the members that Python's torch.cuda.memory_snapshot
 * has. It is made anew for each call, so it can have grown when the call is repeated.
 *
 * @param buffer    Receives the text; may be NULL if `capacity` is 0.
 * @param capacity  Bytes in `buffer`.
 * @return          The length of the text; BAD_ARGUMENT or UNSUPPORTED.
 */
SIMPLE_TORCH_API int64_t simple_torch_cuda_memory_snapshot(char* buffer,
                                                           int64_t capacity);

/**
 * Gives the memory that no tensor uses back to the driver, on all devices.
 *
 * @return 0; UNSUPPORTED.
 */
SIMPLE_TORCH_API int64_t simple_torch_cuda_memory_empty_cache(void);

/**
 * Bounds what this process takes of a device's memory.
 *
 * @param device    A CUDA device.
 * @param fraction  Of all it has; 0 to 1.
 * @return          0; BAD_ARGUMENT or UNSUPPORTED.
 */
SIMPLE_TORCH_API int64_t simple_torch_cuda_memory_set_fraction(int64_t device,
                                                               double fraction);

/**
 * That bound.
 *
 * @param device        A CUDA device.
 * @param fraction_out  Receives the fraction; 1 if none was set.
 * @return              0; BAD_ARGUMENT or UNSUPPORTED.
 */
SIMPLE_TORCH_API int64_t simple_torch_cuda_memory_fraction(int64_t device,
                                                           double* fraction_out);

/**
 * Sets the allocator's peaks back to what is held now.
 *
 * @param device  A CUDA device.
 * @return        0; BAD_ARGUMENT or UNSUPPORTED.
 */
SIMPLE_TORCH_API int64_t simple_torch_cuda_memory_reset_peak(int64_t device);

/**
 * Sets the allocator's sums of what was ever allocated and freed back to 0.
 *
 * @param device  A CUDA device.
 * @return        0; BAD_ARGUMENT or UNSUPPORTED.
 */
SIMPLE_TORCH_API int64_t simple_torch_cuda_memory_reset_accumulated(int64_t device);

/* ---- Streams ----
 * storage.h has simple_torch_stream_current(), simple_torch_stream_free() and what a
 * stream says of itself; simple_torch_op_record_stream() keeps a tensor's memory until a
 * stream's work is done. */

/**
 * A stream of libtorch's pool. There are 32 for each priority of a device, which are
 * given out in turn.
 *
 * @param device    A CUDA device.
 * @param priority  0, or a negative number for work that is to go before.
 * @return          A stream owned by the caller; 0 with BAD_ARGUMENT or UNSUPPORTED.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_cuda_stream_create(int64_t device,
                                                                     int64_t priority);

/**
 * The stream that a device's work goes to if none was set.
 *
 * @param device  A CUDA device.
 * @return        A stream owned by the caller; 0 with BAD_ARGUMENT or UNSUPPORTED.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_cuda_stream_default(int64_t device);

/**
 * Makes a stream the current one of its device, for this thread. The current device
 * stays.
 *
 * @param stream  Borrowed.
 * @return        0; BAD_HANDLE, STALE_HANDLE, WRONG_KIND, BAD_ARGUMENT or UNSUPPORTED.
 */
SIMPLE_TORCH_API int64_t simple_torch_cuda_stream_set_current(simple_torch_handle stream);

/**
 * A stream's priority.
 *
 * @param stream        Borrowed.
 * @param priority_out  Receives the priority.
 * @return              0; BAD_HANDLE, STALE_HANDLE, WRONG_KIND, BAD_ARGUMENT or
 * UNSUPPORTED.
 */
SIMPLE_TORCH_API int64_t simple_torch_cuda_stream_priority(simple_torch_handle stream,
                                                           int64_t* priority_out);

/**
 * The priorities that streams can have.
 *
 * @param lowest_out   Receives the priority of work that others go before.
 * @param highest_out  Receives the one of work that goes first; the smaller number.
 * @return             0; BAD_ARGUMENT or UNSUPPORTED.
 */
SIMPLE_TORCH_API int64_t simple_torch_cuda_stream_priorities(int64_t* lowest_out,
                                                             int64_t* highest_out);

/**
 * Whether all work of a stream is done.
 *
 * @param stream  Borrowed.
 * @return        1 or 0; BAD_HANDLE, STALE_HANDLE, WRONG_KIND, BAD_ARGUMENT or
 * UNSUPPORTED.
 */
SIMPLE_TORCH_API int64_t simple_torch_cuda_stream_query(simple_torch_handle stream);

/**
 * Waits until all work of a stream is done.
 *
 * @param stream  Borrowed.
 * @return        0; BAD_HANDLE, STALE_HANDLE, WRONG_KIND, BAD_ARGUMENT, UNSUPPORTED, or
 * TORCH if some of that work failed.
 */
SIMPLE_TORCH_API int64_t simple_torch_cuda_stream_synchronize(simple_torch_handle stream);

/**
 * Lets what is put on a stream from now on wait for all that is on another one now.
 *
 * @param stream   Borrowed.
 * @param awaited  Borrowed; another stream, of any CUDA device.
 * @return         0; BAD_HANDLE, STALE_HANDLE, WRONG_KIND, BAD_ARGUMENT or UNSUPPORTED.
 */
SIMPLE_TORCH_API int64_t simple_torch_cuda_stream_wait(simple_torch_handle stream,
                                                       simple_torch_handle awaited);

/* ---- Events ---- */

/**
 * Makes an event: a point in a stream's work that can be waited for. It belongs to the
 * device of the stream on which it is recorded first.
 *
 * @param timing    1 if times between it and others will be asked for, else 0.
 * @param blocking  1 if a thread that waits for it is to sleep meanwhile, else 0.
 * @return          An event owned by the caller; 0 with UNSUPPORTED.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_cuda_event_create(int64_t timing,
                                                                    int64_t blocking);

/**
 * Frees an event.
 *
 * @param event  Taken from the caller; 0 does nothing.
 * @return       0; BAD_HANDLE, STALE_HANDLE or WRONG_KIND.
 */
SIMPLE_TORCH_API int64_t simple_torch_cuda_event_free(simple_torch_handle event);

/**
 * Puts an event behind all that is on a stream now.
 *
 * @param event   Borrowed.
 * @param stream  Borrowed; of the event's device.
 * @return        0; BAD_HANDLE, STALE_HANDLE, WRONG_KIND, BAD_ARGUMENT, UNSUPPORTED or
 * TORCH.
 */
SIMPLE_TORCH_API int64_t simple_torch_cuda_event_record(simple_torch_handle event,
                                                        simple_torch_handle stream);

/**
 * Lets what is put on a stream from now on wait for an event.
 *
 * @param event   Borrowed.
 * @param stream  Borrowed; of any CUDA device.
 * @return        0; BAD_HANDLE, STALE_HANDLE, WRONG_KIND, BAD_ARGUMENT or UNSUPPORTED.
 */
SIMPLE_TORCH_API int64_t simple_torch_cuda_event_block(simple_torch_handle event,
                                                       simple_torch_handle stream);

/**
 * Whether the work before an event is done.
 *
 * @param event  Borrowed.
 * @return       1, also for one that was never recorded, or 0; BAD_HANDLE, STALE_HANDLE,
 * WRONG_KIND or UNSUPPORTED.
 */
SIMPLE_TORCH_API int64_t simple_torch_cuda_event_query(simple_torch_handle event);

/**
 * Waits until the work before an event is done.
 *
 * @param event  Borrowed.
 * @return       0; BAD_HANDLE, STALE_HANDLE, WRONG_KIND, UNSUPPORTED, or TORCH if some of
 * that work failed.
 */
SIMPLE_TORCH_API int64_t simple_torch_cuda_event_synchronize(simple_torch_handle event);

/**
 * The time from one event to another. Both must be over.
 *
 * @param event             Borrowed; made with timing.
 * @param later             Borrowed; made with timing.
 * @param milliseconds_out  Receives the time, good to half a microsecond.
 * @return                  0; BAD_HANDLE, STALE_HANDLE, WRONG_KIND, BAD_ARGUMENT,
 * UNSUPPORTED, VALUE or TORCH.
 */
SIMPLE_TORCH_API int64_t simple_torch_cuda_event_elapsed(simple_torch_handle event,
                                                         simple_torch_handle later,
                                                         double* milliseconds_out);

/* ---- Graphs ---- */

/** What other threads may do while one captures; see cudaStreamCaptureMode. */
enum {
  /** Nothing that is unsafe to capture. */
  SIMPLE_TORCH_CAPTURE_GLOBAL = 0,
  /** Only the capturing thread may do nothing of that. */
  SIMPLE_TORCH_CAPTURE_THREAD = 1,
  /** All may do anything. */
  SIMPLE_TORCH_CAPTURE_RELAXED = 2
};

/**
 * Makes a graph that is empty: work that is recorded once, and then launched as a whole.
 *
 * @return A graph owned by the caller; 0 with UNSUPPORTED.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_cuda_graph_create(void);

/**
 * Frees a graph, and its memory if no other graph shares it.
 *
 * @param graph  Taken from the caller; 0 does nothing.
 * @return       0; BAD_HANDLE, STALE_HANDLE or WRONG_KIND.
 */
SIMPLE_TORCH_API int64_t simple_torch_cuda_graph_free(simple_torch_handle graph);

/**
 * Begins to record: what is put on the current stream from now on is not done, but
 * becomes the graph. The current stream must not be the default one.
 *
 * @param graph  Borrowed; empty.
 * @param pool   The two numbers of a pool whose memory the graph shares with others that
 * are launched in the order in which they were recorded.
 * @param count  2, or 0 for a pool of its own.
 * @param mode   A SIMPLE_TORCH_CAPTURE_ number.
 * @return       0; BAD_HANDLE, STALE_HANDLE, WRONG_KIND, BAD_ARGUMENT, UNSUPPORTED or
 * TORCH.
 */
SIMPLE_TORCH_API int64_t simple_torch_cuda_graph_capture_begin(simple_torch_handle graph,
                                                               const int64_t* pool,
                                                               int64_t count,
                                                               int64_t mode);

/**
 * Ends the recording, on the stream on which it began.
 *
 * @param graph  Borrowed.
 * @return       0; BAD_HANDLE, STALE_HANDLE, WRONG_KIND, UNSUPPORTED, or TORCH also if
 * something was done that cannot be recorded.
 */
SIMPLE_TORCH_API int64_t simple_torch_cuda_graph_capture_end(simple_torch_handle graph);

/**
 * Launches the recorded work on the current stream. It reads and writes the same memory
 * as when it was recorded.
 *
 * @param graph  Borrowed.
 * @return       0; BAD_HANDLE, STALE_HANDLE, WRONG_KIND, UNSUPPORTED or TORCH.
 */
SIMPLE_TORCH_API int64_t simple_torch_cuda_graph_replay(simple_torch_handle graph);

/**
 * Makes a graph empty again.
 *
 * @param graph  Borrowed.
 * @return       0; BAD_HANDLE, STALE_HANDLE, WRONG_KIND, UNSUPPORTED or TORCH.
 */
SIMPLE_TORCH_API int64_t simple_torch_cuda_graph_reset(simple_torch_handle graph);

/**
 * The pool that a graph's memory is in, for graphs that are to share it.
 *
 * @param graph     Borrowed; recorded.
 * @param pool_out  Receives two numbers.
 * @param capacity  Numbers in `pool_out`, at least 2.
 * @return          2; BAD_HANDLE, STALE_HANDLE, WRONG_KIND, BAD_ARGUMENT, UNSUPPORTED or
 * TORCH.
 */
SIMPLE_TORCH_API int64_t simple_torch_cuda_graph_pool(simple_torch_handle graph,
                                                      int64_t* pool_out,
                                                      int64_t capacity);

/**
 * A new pool, for graphs that are to share their memory.
 *
 * @param pool_out  Receives two numbers.
 * @param capacity  Numbers in `pool_out`, at least 2.
 * @return          2; BAD_ARGUMENT or UNSUPPORTED.
 */
SIMPLE_TORCH_API int64_t simple_torch_cuda_pool_create(int64_t* pool_out,
                                                       int64_t capacity);

/**
 * Whether the current stream of this thread is being recorded.
 *
 * @return 1 or 0; UNSUPPORTED.
 */
SIMPLE_TORCH_API int64_t simple_torch_cuda_is_capturing(void);

#endif
