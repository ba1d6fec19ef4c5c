/**
 * Archives of libtorch's C++: what torch::save and torch::serialize write and read,
 * tensors and values by name, and archives within archives. Python's torch.jit.load
 * opens them as a module.
 *
 * An archive is a module of TorchScript without code: what script.h says of programs of
 * strangers is true of it.
 */
#ifndef SIMPLE_TORCH_ARCHIVE_H_
#define SIMPLE_TORCH_ARCHIVE_H_

#include "simple_torch/abi.h"

/* ---- Writing ---- */

/**
 * An empty archive, to be written to.
 *
 * @return An archive owned by the caller; 0 on failure.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_archive_create(void);

/**
 * Adds a tensor.
 *
 * @param archive    Borrowed; one that is written to.
 * @param name       Of the tensor: without dots, and not there yet.
 * @param tensor     Borrowed; the archive owns the tensor too.
 * @param is_buffer  1 if it is a buffer, 0 for a parameter.
 * @return           0; TYPE for an archive that was loaded, VALUE for the name.
 */
SIMPLE_TORCH_API int64_t simple_torch_archive_write_tensor(simple_torch_handle archive,
                                                           const char* name,
                                                           simple_torch_handle tensor,
                                                           int64_t is_buffer);

/**
 * Adds a value.
 *
 * @param archive  Borrowed; one that is written to.
 * @param name     As above.
 * @param value    Borrowed.
 * @return         As above.
 */
SIMPLE_TORCH_API int64_t simple_torch_archive_write_value(simple_torch_handle archive,
                                                          const char* name,
                                                          simple_torch_handle value);

/**
 * Adds an archive within the archive.
 *
 * @param archive  Borrowed; one that is written to.
 * @param name     As above.
 * @param part     Borrowed: another archive that is written to. Nothing can be added to
 *                 it after this.
 * @return         As above.
 */
SIMPLE_TORCH_API int64_t simple_torch_archive_write_archive(simple_torch_handle archive,
                                                            const char* name,
                                                            simple_torch_handle part);

/**
 * Saves an archive. An old file is replaced only when the new one is complete.
 *
 * @param archive  Borrowed; one that is written to.
 * @param path     Of the file.
 * @return         0; TYPE, IO or TORCH.
 */
SIMPLE_TORCH_API int64_t simple_torch_archive_save(simple_torch_handle archive,
                                                   const char* path);

/**
 * Saves an archive to a stream.
 *
 * @param archive  Borrowed; one that is written to.
 * @param io       Borrowed; stands behind what was written then.
 * @return         0; TYPE, CALLBACK or TORCH.
 */
SIMPLE_TORCH_API int64_t simple_torch_archive_write(simple_torch_handle archive,
                                                    simple_torch_handle io);

/* ---- Reading ---- */

/**
 * Loads an archive from a file.
 *
 * @param path    Of the file.
 * @param device  Where its tensors go; -1 is the CPU.
 * @return        An archive owned by the caller; 0 with IO or FORMAT.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_archive_load(const char* path,
                                                               int64_t device);

/**
 * Loads an archive from memory.
 *
 * @param data    Read during the call.
 * @param bytes   How many.
 * @param device  Where its tensors go; -1 is the CPU.
 * @return        An archive owned by the caller; 0 with FORMAT.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_archive_load_bytes(const void* data,
                                                                     int64_t bytes,
                                                                     int64_t device);

/**
 * Loads an archive from a stream, from where it stands to its end.
 *
 * @param io      Borrowed.
 * @param device  Where its tensors go; -1 is the CPU.
 * @return        An archive owned by the caller; 0 with CALLBACK or FORMAT.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_archive_read(simple_torch_handle io,
                                                               int64_t device);

/**
 * What is in an archive.
 *
 * @param archive  Borrowed; one that was loaded.
 * @return         A value, a list of texts, owned by the caller; 0 with TYPE.
 */
SIMPLE_TORCH_API simple_torch_handle
simple_torch_archive_keys(simple_torch_handle archive);

/**
 * A tensor of an archive.
 *
 * @param archive  Borrowed; one that was loaded.
 * @param name     Of the tensor.
 * @return         The tensor, owned by the caller; 0 with INDEX if there is none, TYPE
 *                 for another thing of that name.
 */
SIMPLE_TORCH_API simple_torch_handle
simple_torch_archive_tensor(simple_torch_handle archive, const char* name);

/**
 * A value of an archive.
 *
 * @param archive  Borrowed; one that was loaded.
 * @param name     Of the value.
 * @return         A value owned by the caller; 0 with INDEX or TYPE.
 */
SIMPLE_TORCH_API simple_torch_handle
simple_torch_archive_value(simple_torch_handle archive, const char* name);

/**
 * An archive within an archive.
 *
 * @param archive  Borrowed; one that was loaded.
 * @param name     Of the archive in it.
 * @return         An archive owned by the caller; 0 with INDEX or TYPE.
 */
SIMPLE_TORCH_API simple_torch_handle
simple_torch_archive_part(simple_torch_handle archive, const char* name);

/**
 * Frees an archive's handle.
 *
 * @param archive  Taken from the caller; 0 does nothing.
 * @return         0, or why it failed.
 */
SIMPLE_TORCH_API int64_t simple_torch_archive_free(simple_torch_handle archive);

#endif
