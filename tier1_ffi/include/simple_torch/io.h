/**
 * Streams of bytes that the caller provides, or that lie in memory: values, modules and
 * archives are saved to them and loaded from them.
 *
 * A stream is read from where it stands to its end. Nothing is buffered on the way:
 * tensors are written from their own memory, and read into it.
 */
#ifndef SIMPLE_TORCH_IO_H_
#define SIMPLE_TORCH_IO_H_

#include "simple_torch/abi.h"

/**
 * What a stream of the caller can do. Each function returns 0, or another number when it
 * failed; simple_torch_callback_error() says why, and the function that used the stream
 * fails with CALLBACK and that text. One that the stream cannot do is NULL.
 */
typedef struct simple_torch_io_callbacks {
  /** sizeof(simple_torch_io_callbacks). */
  int64_t size;
  void* context;
  /** Takes up to `count` bytes, and says how many it took: at least one. */
  int64_t (*write)(void* context, const void* bytes, int64_t count, int64_t* count_out);
  /** Gives up to `capacity` bytes, and says how many: 0 at the end. */
  int64_t (*read)(void* context, void* bytes, int64_t capacity, int64_t* count_out);
  /** Where the stream stands, in bytes from its start. */
  int64_t (*position)(void* context, int64_t* position_out);
  /** Goes to a place, in bytes from the start, and says where the stream is then. */
  int64_t (*seek_start)(void* context, int64_t offset, int64_t* position_out);
  /** Goes to a place, in bytes from the end: 0 is the end, -1 the last byte. */
  int64_t (*seek_end)(void* context, int64_t offset, int64_t* position_out);
  /** Each is called with the context once, when the stream goes. They may be NULL. */
  void (*destroy_writer)(void* context);
  void (*destroy_reader)(void* context);
} simple_torch_io_callbacks;

/** What a stream that is made of one function is asked to do. */
enum {
  SIMPLE_TORCH_TRANSFER_WRITE = 0,
  SIMPLE_TORCH_TRANSFER_READ = 1,
  SIMPLE_TORCH_TRANSFER_POSITION = 2,
  SIMPLE_TORCH_TRANSFER_SEEK_START = 3,
  SIMPLE_TORCH_TRANSFER_SEEK_END = 4
};

/* ---- Making streams ---- */

/**
 * A stream of callbacks.
 *
 * @param callbacks  Copied. Read needs read, position, seek_start and seek_end; write
 *                   needs write.
 * @return           A stream owned by the caller; 0 with BAD_ARGUMENT.
 */
SIMPLE_TORCH_API simple_torch_handle
simple_torch_io_create(const simple_torch_io_callbacks* callbacks);

/**
 * A stream of one function that gets what it is asked to do as a transfer.
 *
 * @param call      Gets a transfer that is valid during the call.
 * @param context   Passed through.
 * @param destroy   Called once with `context`, when the stream goes. May be NULL.
 * @return          A stream owned by the caller; 0 with BAD_ARGUMENT.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_io_from_function(
    int64_t (*call)(void* context, simple_torch_handle transfer), void* context,
    void (*destroy)(void* context));

/**
 * A stream in memory, which grows when it is written to.
 *
 * @param data   Copied; its content. NULL for none.
 * @param bytes  How many.
 * @return       A stream owned by the caller, at its start; 0 on failure.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_io_memory(const void* data,
                                                            int64_t bytes);

/**
 * Frees a stream. What uses it in this moment still does.
 *
 * @param io  Taken from the caller; 0 does nothing.
 * @return    0, or a negative code.
 */
SIMPLE_TORCH_API int64_t simple_torch_io_free(simple_torch_handle io);

/* ---- Using streams ---- */

/**
 * Writes bytes where the stream stands.
 *
 * @param io     Borrowed.
 * @param data   Read during the call.
 * @param bytes  How many; all are written.
 * @return       0; CALLBACK, or IO if something uses the stream at this moment.
 */
SIMPLE_TORCH_API int64_t simple_torch_io_write(simple_torch_handle io, const void* data,
                                               int64_t bytes);

/**
 * Reads bytes where the stream stands.
 *
 * @param io        Borrowed.
 * @param buffer    Gets them.
 * @param capacity  How many at most.
 * @return          How many there were: fewer only at the end; CALLBACK or IO.
 */
SIMPLE_TORCH_API int64_t simple_torch_io_read(simple_torch_handle io, char* buffer,
                                              int64_t capacity);

/**
 * Where the stream stands.
 *
 * @param io  Borrowed.
 * @return    Bytes from its start; CALLBACK or IO.
 */
SIMPLE_TORCH_API int64_t simple_torch_io_position(simple_torch_handle io);

/**
 * Goes to a place.
 *
 * @param io      Borrowed.
 * @param offset  Bytes from the start.
 * @return        Where the stream is then; CALLBACK or IO.
 */
SIMPLE_TORCH_API int64_t simple_torch_io_seek_start(simple_torch_handle io,
                                                    int64_t offset);

/**
 * Goes to a place.
 *
 * @param io      Borrowed.
 * @param offset  Bytes from the end: 0 is the end, -1 the last byte.
 * @return        Where the stream is then; CALLBACK or IO.
 */
SIMPLE_TORCH_API int64_t simple_torch_io_seek_end(simple_torch_handle io, int64_t offset);

/* ---- What the function of a stream gets ---- */

/**
 * What the stream is to do.
 *
 * @param transfer  Borrowed.
 * @return          A SIMPLE_TORCH_TRANSFER_ number.
 */
SIMPLE_TORCH_API int64_t simple_torch_transfer_operation(simple_torch_handle transfer);

/**
 * How many bytes are to be written, or at most to be read, or where to go.
 *
 * @param transfer    Borrowed.
 * @param number_out  Gets the number.
 * @return            0.
 */
SIMPLE_TORCH_API int64_t simple_torch_transfer_number(simple_torch_handle transfer,
                                                      int64_t* number_out);

/**
 * The bytes that are to be written.
 *
 * @param transfer  Borrowed.
 * @param buffer    Gets them.
 * @param capacity  How many at most.
 * @return          How many there were; TYPE for what is no write.
 */
SIMPLE_TORCH_API int64_t simple_torch_transfer_take(simple_torch_handle transfer,
                                                    char* buffer, int64_t capacity);

/**
 * The bytes that were read; at the end of the stream none.
 *
 * @param transfer  Borrowed.
 * @param data      Copied.
 * @param bytes     How many: not more than were asked for.
 * @return          0; VALUE for too many, TYPE for what is no read.
 */
SIMPLE_TORCH_API int64_t simple_torch_transfer_give(simple_torch_handle transfer,
                                                    const void* data, int64_t bytes);

/**
 * How many bytes were written, or where the stream is.
 *
 * @param transfer  Borrowed.
 * @param number    It.
 * @return          0; TYPE for a read.
 */
SIMPLE_TORCH_API int64_t simple_torch_transfer_answer(simple_torch_handle transfer,
                                                      int64_t number);

/**
 * Frees a transfer before the function returns; nobody needs to.
 *
 * @param transfer  Taken from the caller; 0 does nothing.
 * @return          0, or a negative code.
 */
SIMPLE_TORCH_API int64_t simple_torch_transfer_free(simple_torch_handle transfer);

#endif
