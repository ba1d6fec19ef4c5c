/**
 * Files of values and tensors: those of Python's torch.save and torch.load, and
 * safetensors.
 *
 * Reading runs nothing that a file asks for, and takes no more memory than a fixed number
 * of times the file's size. Failures are IO, FORMAT (damaged or foreign) or UNSUPPORTED,
 * and their message begins with the path. Writing replaces an old file only when the new
 * one is on the disk: an interrupted save leaves the old one as it was.
 */
#ifndef SIMPLE_TORCH_SERIALIZE_H_
#define SIMPLE_TORCH_SERIALIZE_H_

#include "simple_torch/abi.h"

/**
 * Saves a value of tensors, numbers, text, lists, tuples and dicts as Python's torch.save
 * does; torch.load reads it there, also with weights_only. Tensors that share memory
 * share it when they are loaded.
 *
 * @param value  Borrowed.
 * @param path   Of the file.
 * @return       0; IO, or UNSUPPORTED for tensors without data of their own and for other
 *               values.
 */
SIMPLE_TORCH_API int64_t simple_torch_value_save(simple_torch_handle value,
                                                 const char* path);

/**
 * Loads what torch.save wrote, of any version. Parameters come as tensors that require a
 * gradient, shapes as tuples, dtypes as their numbers; attributes of an OrderedDict are
 * left out.
 *
 * @param path    Of the file.
 * @param device  Where the tensors go, wherever they were; -1 is the CPU.
 * @return        A value owned by the caller; 0 on failure.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_value_load(const char* path,
                                                             int64_t device);

/**
 * The same, with each storage of the file on the device that a function of the host
 * chooses.
 *
 * @param path     Of the file.
 * @param place    Called once for each storage, with the device that it was on, "cpu" or
 *                 "cuda:0" or what else the file says; gives the device's number where it
 *                 goes. What is negative is a failure.
 * @param context  Passed to `place` and `destroy`.
 * @param destroy  Called exactly once, also if this fails; may be NULL.
 * @return         A value owned by the caller; 0 on failure, with CALLBACK or UNSUPPORTED
 *                 too.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_value_load_placed(
    const char* path, int64_t (*place)(void* context, const char* location),
    void* context, void (*destroy)(void* context));

/**
 * Saves a value to a stream, as simple_torch_value_save() does. What was written stays
 * there if it fails.
 *
 * @param value  Borrowed.
 * @param io     Borrowed; stands behind what was written then.
 * @return       0; CALLBACK, or UNSUPPORTED as above.
 */
SIMPLE_TORCH_API int64_t simple_torch_value_write(simple_torch_handle value,
                                                  simple_torch_handle io);

/**
 * Loads what torch.save wrote from a stream, from where it stands to its end.
 *
 * @param io      Borrowed.
 * @param device  Where the tensors go; -1 is the CPU.
 * @return        A value owned by the caller; 0 with CALLBACK, or as
 *                simple_torch_value_load().
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_value_read(simple_torch_handle io,
                                                             int64_t device);

/**
 * Loads from a stream as simple_torch_value_load_placed() does from a file.
 *
 * @param io       Borrowed.
 * @param place    Chooses a storage's device.
 * @param context  Passed to `place` and `destroy`.
 * @param destroy  Called exactly once, also if this fails; may be NULL.
 * @return         A value owned by the caller; 0 on failure.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_value_read_placed(
    simple_torch_handle io, int64_t (*place)(void* context, const char* location),
    void* context, void (*destroy)(void* context));

/**
 * Loads what torch.save wrote from memory.
 *
 * @param data    Read during the call.
 * @param bytes   How many.
 * @param device  Where the tensors go; -1 is the CPU.
 * @return        A value owned by the caller; 0 on failure.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_value_load_bytes(const void* data,
                                                                   int64_t bytes,
                                                                   int64_t device);

/**
 * Puts a file in the place of another one, which stays as it was until the new one is
 * whole and on the disk.
 *
 * @param path   Of the file.
 * @param data   Its content.
 * @param bytes  How many.
 * @return       0; IO or BAD_ARGUMENT.
 */
SIMPLE_TORCH_API int64_t simple_torch_file_replace(const char* path, const void* data,
                                                   int64_t bytes);

/**
 * Saves tensors as safetensors.
 *
 * @param tensors   Borrowed: a value, a dict of texts and tensors.
 * @param metadata  Borrowed: a value, a dict of texts and texts; 0 for none.
 * @param path      Of the file.
 * @return          0; TYPE, VALUE, UNSUPPORTED or IO.
 */
SIMPLE_TORCH_API int64_t simple_torch_safetensors_save(simple_torch_handle tensors,
                                                       simple_torch_handle metadata,
                                                       const char* path);

/**
 * The tensors of a safetensors file. On the CPU they are the file's pages, which are read
 * when they are first used and stay mapped as long as one of the tensors lives; writing
 * to a tensor does not change the file. Another program must not shorten it meanwhile.
 *
 * @param path    Of the file.
 * @param device  Where the tensors go; -1 is the CPU.
 * @return        A value, a dict of texts and tensors, owned by the caller; 0 on failure.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_safetensors_load(const char* path,
                                                                   int64_t device);

/**
 * One tensor of a safetensors file.
 *
 * @param path    Of the file.
 * @param name    Of the tensor.
 * @param device  Where it goes; -1 is the CPU.
 * @return        The tensor, owned by the caller; 0 with INDEX if there is none, and
 *                others.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_safetensors_tensor(const char* path,
                                                                     const char* name,
                                                                     int64_t device);

/**
 * The names of the tensors of a safetensors file, as they stand in it.
 *
 * @param path  Of the file.
 * @return      A value, a list of texts, owned by the caller; 0 on failure.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_safetensors_names(const char* path);

/**
 * What a safetensors file says besides its tensors.
 *
 * @param path  Of the file.
 * @return      A value, a dict of texts and texts, owned by the caller; 0 on failure.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_safetensors_metadata(const char* path);

#endif
